"""Messages as they came, without what the intake would have kept back: for the dead letters.

The intake drops the values of secret fields event by event. A message of which something could not be read has not
been through it, so the same words that make a field secret there are looked for here, and whatever may be its value
goes. It is done by what may stay, not by what must go: of an event that speaks of a secret field only names, kinds,
ids and times stay; of a recording no text at all, since its page may lie in another message than its input.

What is no JSON stays as it came if nothing in it speaks of a secret. Else it is withheld as a whole: the message itself
lies in its topic still, and the letter names its partition and offset.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from pipeline.intake.addresses import bare_url
from pipeline.intake.bodies import GZIP_MAGIC, BrokenLine, Opening, clean, documents, unwrapped
from pipeline.intake.cards import holds_card
from pipeline.intake.elements import tells_secret
from pipeline.intake.rrweb.recordings import is_rrweb
from pipeline.semantics import urls
from schemas import limits
from schemas.avro import AvroReader, schema_id
from schemas.codecs import BadInput

WITHHELD: Final = b'{"withheld":"this message could not be read, and it may hold a secret"}'
_KEPT: Final = frozenset(
    {
        "kind", "event", "type", "id", "uuid", "app", "session_id", "journey_id", "user_id", "tab_id", "distinct_id",
        "$session_id", "$journey_id", "$window_id", "$insert_id", "sessionid", "journeyid", "timestamp", "at", "at_ms",
        "seq", "v", "source", "tag", "tag_name", "tagname", "role", "eventtype", "event_type", "$event_type",
        "elementtype", "element_type", "method", "status", "by", "change", "secret", "offset", "sent_at", "url",
        "$current_url", "$host", "$pathname", "name_attribute", "autocomplete", "$lib", "host",
    }
)  # fmt: skip
"""Keys, in lower case, whose texts and numbers stay in an event that speaks of a secret field."""
_KEYS: Final = frozenset({"token", "api_key", "apikey", "access_token", "id_token", "secret_key", "authorization"})
"""Keys, in lower case, of secrets wherever they stand."""
_PARTS: Final = (
    "pass", "pwd", "pswd", "contras", "mot", "kennw", "senha", "wachtwoord", "toegang", "key", "seed", "otp", "2fa",
    "mfa", "tan", "one", "cod", "kod", "kood", "auth", "cc", "card", "cvc", "cvv", "cv2", "csc", "iban", "kart", "cart",
    "tarjet", "cryptogr", "pin", "secret", "token", "api", "sig", "sid", "sess", "ticket", "magic", "invit", "assert",
    "cred", "jwt", "hmac", "eyj", "reset", "verif", "confirm", "activat", "unsub", "sso", "://", "%", "\\u", "bearer",
    "memor", "secur", "mnem", "senord", "adgangsk", "salasana", "heslo", "hesla", "hesle", "heslu", "hesly", "hesel",
    "hasl", "jelsz", "paro", "ifre", "kh", "sandi", "laluan", "lozink", "zapork", "gesl", "slaptaz", "fjalekal",
    "pasahitz", "lykilor", "clave", "chave", "mdp", "einmal", "engang", "solo uso", "sicher", "freisch", "digit",
    "step", "factor", "licen", "recover", "unlock", "pr", "saml", "nonce", "sas", "pw", "best", "hash", "device",
    "pairing", "puk", "geheim", "taj", "hem", "sala", "titk", "gizl", "slapt", "slepen", "skrivn", "rahas", "tunnus",
    "jet", "maiden", "mutter", "fille", "panien", "kizlik", "jelm", "losenfr", "answer", "wort", "netz", "netw",
    "natverk", "netv", "sieciow", "safe", "wpa", "priv", "soukr", "sukrom", "zasebn", "yksit", "ozel", "pribadi",
    "semilla", "segret", "bi mat", "khoa", "adgang", "acces", "zug", "turva", "suoja", "biztons", "guvenl", "sigurn",
    "varnos", "saugos", "drosib", "keaman", "bezp", "sakerh", "sikkerh", "beveil", "dostep", "pristup", "tilgang",
    "atkomst", "paas", "hozzaf", "erisim", "prieig", "piekl", "dostop", "akses", "tok", "tkn", "srf", "digest", "mac=",
    "checksum", "refresh", "optout", "hook", "login", "log-in",
)  # fmt: skip
"""One of these is in every ASCII text that speaks of a secret: looked for first, for that is quick."""
_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_ESCAPE: Final = re.compile(r"(?<!\\)\\+u00([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})")
SEARCHED_BYTES_MAX: Final = limits.MESSAGE_BYTES_MAX
"""A longer message is withheld as a whole: to search it costs a second for each megabyte, and more."""
_RUN_CHARS_MAX: Final = 16 * 1024
"""A longer run of what may be base64 is withheld without opening it."""
_DEPTH_MAX: Final = 4 * limits.NESTING_MAX
_USER: Final = re.compile(r"://[^/\s\"'@]*@")


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may be kept of a message, and whether that is less than came."""

    raw: bytes
    changed: bool


def redacted(raw: bytes, headers: Mapping[str, bytes], avro: AvroReader | None = None) -> Redacted:
    """What may be kept of a message that could not be read, or not all of it; nothing of one beyond SEARCHED_BYTES_MAX,
    which would take long to search."""
    if len(raw) > SEARCHED_BYTES_MAX:
        return Redacted(WITHHELD, True)
    try:
        return _redacted(raw, headers, avro)
    except BadInput:
        return Redacted(WITHHELD, True) if _suspect(raw) else Redacted(raw, False)
    except RecursionError:
        return Redacted(WITHHELD, True)


def without_recording(body: bytes) -> bytes:
    """An event of ours, as canonical JSON, that was masked at intake; of a recording only what it is. Its inputs are
    masked once they are read together with their page, which may have come in another message."""
    if b'"kind":"recording"' not in body:
        return body
    return orjson.dumps({**orjson.loads(body), "chunk": urls.WITHHELD})


def _redacted(raw: bytes, headers: Mapping[str, bytes], avro: AvroReader | None) -> Redacted:
    if schema_id(raw) is None:
        content_type = headers.get("content-type", b"").decode("latin-1").lower()
        text = unwrapped(raw, limits.BODY_BYTES_MAX, content_type, {}, Opening.of(len(raw)))
        found = documents(text)
    elif avro is None:
        raise BadInput("Avro, and nobody to read it")
    else:
        text, found = b"", [clean(avro.events(raw))]
    broken = any(isinstance(one, BrokenLine) for one in found)
    kept = [one if isinstance(one, BrokenLine) else _document(one) for one in found]
    # A text may speak of what its document doesn't hold: JSON's readers drop the first of two equal keys.
    if kept == found and not (_suspect(text) if broken else _speaks(text.decode("utf-8", "replace"))):
        return Redacted(raw, False)
    return Redacted(WITHHELD if broken else b"\n".join(map(orjson.dumps, kept)), True)


def _document(node: Any) -> Any:
    """An envelope, a list of events, or an event, each event looked at for itself."""
    if isinstance(node, list) and not any(is_rrweb(one) for one in node):
        return [_document(one) for one in node]
    if isinstance(node, dict):
        for name in ("events", "batch", "json"):
            if isinstance(node.get(name), (list, dict)):
                rest = {key: value for key, value in node.items() if key != name}
                return {**_event(rest), name: _document(node[name])}
    return _event(node)


def _event(node: Any) -> Any:
    return _walked(node, _bare if _is_secret(node) else _plain, 0)


def _is_secret(node: Any) -> bool:
    """Whether anything in an event speaks of a secret field, or it is of a recording."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "$snapshot_data" in one or "chunk" in one or is_rrweb(one):
                return True
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and ("$snapshot" in one or tells_secret(_unescaped(one))):
            return True
    return False


def _plain(key: str, value: Any) -> Any:
    """A scalar of an event without secrets: addresses may hold one all the same, and texts the number of a card."""
    if key in _KEYS and isinstance(value, (str, int, float)):
        return urls.WITHHELD
    if key not in _KEPT and isinstance(value, (str, int)) and holds_card(f"{value}"):
        return urls.WITHHELD
    return bare_url(value) if isinstance(value, str) else value


def _bare(key: str, value: Any) -> Any:
    """A scalar of an event that speaks of a secret field."""
    if value is None or isinstance(value, bool):
        return value
    return _plain(key, value) if key in _KEPT else urls.WITHHELD


def _walked(node: Any, scalar: Callable[[str, Any], Any], depth: int, key: str = "") -> Any:
    """The node with each scalar replaced; what lies too deep is withheld."""
    if isinstance(node, (dict, list)) and depth > _DEPTH_MAX:
        return urls.WITHHELD
    if isinstance(node, dict):
        return {name: _walked(value, scalar, depth + 1, name.lower()) for name, value in node.items()}
    if isinstance(node, list):
        return [_walked(value, scalar, depth + 1, key) for value in node]
    return scalar(key, node)


def _suspect(raw: bytes) -> bool:
    """Whether bytes that are no JSON may hold a secret: they are no text, or speak of one, be it in base64."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return True
    if "\0" in text or _speaks(text):
        return True
    runs = _RUN.findall(text)
    return any(len(run) > _RUN_CHARS_MAX for run in runs) or any(_packed(run[at:]) for run in runs for at in range(4))


def _speaks(text: str) -> bool:
    if holds_card(text):
        return True
    plain = text.lower()
    if text.isascii() and not any(part in plain for part in _PARTS):
        return False
    text = _unescaped(text)
    return tells_secret(text) or bool(_USER.search(text)) or bare_url(f"?{text}") != f"?{text}"


def _packed(run: str) -> bool:
    """Whether a run of base64 holds gzip, or a text that speaks of a secret."""
    try:
        inner = base64.b64decode(run[: len(run) // 4 * 4], altchars=b"-_" if "-" in run or "_" in run else None)
    except ValueError:
        return False
    zlib_like = inner[:1] == b"\x78" and int.from_bytes(inner[:2]) % 31 == 0
    return zlib_like or inner.startswith(GZIP_MAGIC) or _speaks(inner.decode("latin-1"))


def _unescaped(text: str) -> str:
    """The text without JSON's and the form's ways to write a plain letter."""
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
