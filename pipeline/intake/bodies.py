"""Bytes from outside to JSON documents, within bounds.

A body may be one JSON document, NDJSON, gzip of either, a form with `data=`, or base64. What comes out is clean: no
NUL, no lone surrogate, no number that JSON can't carry, no nesting beyond NESTING_MAX.
"""

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import orjson

from pipeline.intake.salvage import salvaged
from schemas import limits
from schemas.codecs import BadInput

GZIP_MAGIC = b"\x1f\x8b"
_REPLACEMENT = "\ufffd"
_UNSAFE = dict.fromkeys((0, *range(0xD800, 0xE000)), _REPLACEMENT)
_WRAPPINGS_MAX = 3
"""gzip within base64 within gzip is the deepest that any client sends."""

GZIP_PIECE_BYTES = 8 * 1024
"""Fed to the decompressor at once: what a member leaves over is read again."""
GZIP_MEMBERS_MAX = 256
"""Members of a gzip body; more where each opens to GZIP_MEMBER_BYTES_MIN in the average."""
GZIP_MEMBER_BYTES_MIN = 4 * 1024
OPENED_BYTES_FREE = 64 * 1024
"""What a body of any size may open to."""
OPENED_PER_BYTE_MAX = 40
"""Bytes beyond these for each byte as it came, all of its wrappings and all recordings in it together. gzip makes a
thirtieth of recordings at most."""
PARTS_FREE = 30_000
"""Parts (members of objects, items of lists) of a body of any size."""
PARTS_PER_BYTE_MAX = 4
"""Parts beyond these for each byte as it came. Recordings that gzip makes a thirtieth of come to three."""
JOURNEYS_FREE = 50
"""Journeys that a body of any size may have events of."""
JOURNEY_BYTES_MIN = 100
"""Bytes as they came for each journey beyond these: a journey in gzip costs more to tell than to send."""
TOKENS_MAX = 100
"""Project tokens of one body that are looked up before the body is read."""
_TOKEN = re.compile(rb'"(?:api_key|token)"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"([^"\\]{1,200})"')


class TooLarge(BadInput):
    """A body beyond a bound: 413 by HTTP."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one reading may take: bytes after decompression, events."""

    bytes_max: int
    events_max: int

    def journeys_max(self, received_bytes: int) -> int:
        """How many journeys may have events in what came with so many bytes."""
        return JOURNEYS_FREE + received_bytes // JOURNEY_BYTES_MIN


@dataclass(slots=True)
class Opening:
    """How many bytes the compressed parts of a body may still open to."""

    left: int

    @classmethod
    def of(cls, received_bytes: int) -> "Opening":
        """For a body that came with so many bytes."""
        return cls(OPENED_BYTES_FREE + OPENED_PER_BYTE_MAX * received_bytes)

    def spend(self, opened_bytes: int) -> None:
        """Raises TooLarge where that is more than is left; then nothing is left."""
        too_many = opened_bytes > self.left
        self.left = max(0, self.left - opened_bytes)
        if too_many:
            raise TooLarge("it opens to far more bytes than were sent; send it in smaller pieces")


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of NDJSON that is no JSON; `line` counts from 1."""

    line: int
    reason: str


def documents(text: bytes, lines_max: int = limits.BODY_EVENTS_MAX, *, by_event: bool = False) -> list[Any]:
    """The JSON documents of an unwrapped body: usually one, with NDJSON one a line (BrokenLine for a line that is
    no JSON). With `by_event` a list of events of which some are no JSON is taken apart (BrokenItem for each of those).
    Raises BadInput when nothing of it is JSON, TooLarge for more lines than `lines_max`."""
    if not text.strip():
        raise BadInput('the body is empty; send one event, a list, or {"events": [...]}')
    try:
        return [parsed(text)]
    except BadInput as whole:
        lines = _lines(text, lines_max)
        if lines is not None:
            return lines
        document = salvaged(text, parsed) if by_event else None
        if document is None:
            raise whole from None
        return [document]


def require_few_parts(text: bytes, received_bytes: int) -> None:
    """Raises TooLarge where an unwrapped body has so many parts that reading it costs far more than sending it did."""
    parts = max(sum(map(text.count, (b",", b"[", b"{"))), text.count(b"]") + text.count(b"}"), text.count(b'"') // 4)
    if parts > PARTS_FREE + PARTS_PER_BYTE_MAX * received_bytes:
        raise TooLarge(
            f"the body has {parts} parts, too many for its {received_bytes} bytes; send it in smaller pieces"
        )


def tokens_in(text: bytes) -> list[str]:
    """The first TOKENS_MAX project tokens that stand anywhere in an unwrapped body, in the order of their coming. It is
    not read as JSON: that costs more than whoever has no token is worth."""
    found: dict[bytes, None] = {}
    for hit in _TOKEN.finditer(text):
        found[hit[1]] = None
        if len(found) == TOKENS_MAX:
            break
    return [one.decode("utf-8", "replace") for one in found]


def unwrapped(raw: bytes, bytes_max: int, content_type: str, query: Mapping[str, str], opening: Opening) -> bytes:
    """The body without its gzip, form and base64 wrappings, as UTF-8. Raises BadInput, TooLarge beyond `bytes_max`, or
    beyond what `opening` leaves for what was compressed."""
    for _ in range(_WRAPPINGS_MAX):
        if len(raw) > bytes_max:
            raise TooLarge(f"the body has more than {bytes_max} bytes; send it in smaller pieces")
        head = raw[:64].lstrip()
        if raw.startswith(GZIP_MAGIC):
            raw = gunzip(raw, min(bytes_max, opening.left))
            opening.spend(len(raw))
        elif head.startswith(b"data=") or ("x-www-form-urlencoded" in content_type and b"data=" in raw[:4096]):
            raw = _from_base64(_form_data(raw))
        elif query.get("compression") == "base64" and head[:1] not in (b"{", b"["):
            raw = _from_base64(raw)
        else:
            break
    if len(raw) > bytes_max:
        raise TooLarge(f"the body has more than {bytes_max} bytes; send it in smaller pieces")
    return raw.removeprefix(b"\xef\xbb\xbf")


def gunzip(raw: bytes, bytes_max: int) -> bytes:
    """Decompresses gzip of many members, never to more than `bytes_max` bytes, in time that grows with the bytes alone.
    Raises TooLarge also for more members than GZIP_MEMBERS_MAX that open to nearly nothing."""
    out: list[bytes] = []
    left, place, members = bytes_max + 1, 0, 0
    view = memoryview(raw)
    while place < len(raw):
        members += 1
        if members > GZIP_MEMBERS_MAX + (bytes_max + 1 - left) // GZIP_MEMBER_BYTES_MIN:
            raise TooLarge(f"the gzip body has more than {GZIP_MEMBERS_MAX} small members; send it as one")
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            if place >= len(raw):
                raise BadInput("the gzip body ends too early; send it again whole")
            fed = view[place : place + GZIP_PIECE_BYTES]
            try:
                piece = stream.decompress(stream.unconsumed_tail + bytes(fed), left)
            except zlib.error:
                raise BadInput("the body begins like gzip and can't be decompressed") from None
            place += len(fed)
            out.append(piece)
            left -= len(piece)
            if left <= 0:
                raise TooLarge(f"the body has more than {bytes_max} bytes once decompressed; send it in smaller pieces")
        place -= len(stream.unused_data)
        while place < len(raw) and not raw[place]:
            place += 1
    return b"".join(out)


def _form_data(raw: bytes) -> bytes:
    for field in raw.split(b"&"):
        name, _, value = field.partition(b"=")
        if name.strip() == b"data":
            return unquote_to_bytes(value.replace(b"+", b" "))
    raise BadInput("the form has no field `data`")


def _from_base64(raw: bytes) -> bytes:
    """Base64 in either alphabet, with spaces where a form turned `+` into them; JSON as it is."""
    text = raw.strip()
    if text[:1] in (b"{", b"["):
        return text
    text = text.replace(b" ", b"+").translate(bytes.maketrans(b"-_", b"+/"), delete=b"\r\n\t").rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("the body should be base64 and isn't") from None


def parsed(raw: bytes) -> Any:
    """One JSON document, clean and within NESTING_MAX. Raises BadInput."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg:
            raise BadInput(_TOO_DEEP) from None
        return _parsed_leniently(raw, error)
    if b"\\u0000" in raw:
        return clean(document)
    _measure(document)
    return document


def _parsed_leniently(raw: bytes, strict: orjson.JSONDecodeError) -> Any:
    """For what orjson refuses and we want: lone surrogates and broken UTF-8, which become U+FFFD."""
    if b"\\u" not in raw and b"\\U" not in raw and _is_utf8(raw):
        raise BadInput(_not_json(strict))
    try:
        document = json.loads(raw.decode("utf-8", "replace"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadInput(_not_json(strict)) from None
    return clean(document)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _not_json(error: orjson.JSONDecodeError) -> str:
    return f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"


_TOO_DEEP = f"objects and lists are nested deeper than {limits.NESTING_MAX}"


def _measure(document: Any) -> None:
    """Refuses what is nested too deeply, level by level, so that no depth can exhaust the stack.

    The pages of a recording are as deep as they are; they are read without recursion.
    """
    level = [document]
    for _ in range(limits.NESTING_MAX):
        deeper: list[Any] = []
        for node in level:
            if type(node) is dict:
                deeper += [item for key, item in node.items() if type(item) in (dict, list) and key != "childNodes"]
            elif type(node) is list:
                deeper += [item for item in node if type(item) in (dict, list)]
        if not deeper:
            return
        level = deeper
    raise BadInput(_TOO_DEEP)


def clean(document: Any) -> Any:
    """A document with nothing in it that can't be kept: texts, numbers and depth within what JSON's readers bear.

    Also for what came otherwise than as JSON: bytes become texts, and so does any other value. Raises BadInput.
    """
    _measure(document)
    try:
        return _cleaned(document)
    except RecursionError:
        raise BadInput(_TOO_DEEP) from None


def _cleaned(node: Any, recording: bool = False) -> Any:
    """The document with U+FFFD for NUL and lone surrogates, and floats for integers that 64 bits can't hold.

    In a recording, texts that are gzip's bytes stay as they are: they are opened by those who read recordings.
    """
    if isinstance(node, str):
        return node if recording and _is_gzip(node) else node.translate(_UNSAFE)
    if isinstance(node, dict):
        return {
            key.translate(_UNSAFE): _cleaned(item, recording or key == "$snapshot_data") for key, item in node.items()
        }
    if isinstance(node, list):
        return [_cleaned(item, recording) for item in node]
    if isinstance(node, bytes):
        return _cleaned(node.decode("utf-8", "replace"))
    if isinstance(node, float) and not math.isfinite(node):
        raise BadInput("a number is too large for JSON's readers")
    if isinstance(node, int) and not isinstance(node, bool) and not -(2**63) <= node < 2**64:
        return _as_float(node)
    return node if node is None or isinstance(node, (int, float)) else str(node)


def _is_gzip(text: str) -> bool:
    return text.startswith("\x1f\x8b") and ord(max(text)) < 256


def _as_float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        raise BadInput("a number is too large for JSON's readers") from None


def _lines(text: bytes, lines_max: int) -> list[Any] | None:
    """The documents of NDJSON, or None where it is rather one broken document: under half of the lines are JSON."""
    rows: list[Any] = []
    good = 0
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        if len(rows) == lines_max:
            if good * 2 < len(rows):
                return None
            raise TooLarge(f"the body has more than {lines_max} lines; send it in smaller pieces")
        try:
            document = parsed(line)
        except BadInput as error:
            rows.append(BrokenLine(number, str(error)))
            continue
        if isinstance(document, (dict, list)):
            good += 1
            rows.append(document)
        else:
            rows.append(BrokenLine(number, "neither an object nor a list"))
    return rows if len(rows) > 1 and good * 2 >= len(rows) else None
