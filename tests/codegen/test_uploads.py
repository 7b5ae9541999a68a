"""Files that a test makes up are valid ones of their kind: apps read what they are given."""

import ast
import configparser
import csv
import email
import io
import json
import struct
import tomllib
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.python.expressions import LINE_CHARS_MAX, Listing, Literal
from pipeline.codegen.uploads import in_memory
from schemas.stories import UploadStep
from tests.codegen.by_hand import at, base, by_label, story


def _content(name: str) -> bytes:
    made = in_memory(name)
    assert isinstance(made, Listing)
    content = made.items[2]
    assert isinstance(content, Literal)
    assert isinstance(content.value, bytes)
    return content.value


def _lines(start: str, end: str) -> Callable[[bytes], Any]:
    def reads(content: bytes) -> bool:
        lines = content.decode().split("\r\n")
        return (lines[0], lines[-2], lines[-1]) == (start, end, "") and all(":" in line for line in lines[:-1])

    return reads


def _png(content: bytes) -> bool:
    at, kinds = 8, []
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + size]
        assert struct.unpack(">I", content[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        kinds.append((kind, body))
        at += 12 + size
    pixels = b"".join(body for kind, body in kinds if kind == b"IDAT")
    return content.startswith(b"\x89PNG\r\n\x1a\n") and kinds[-1][0] == b"IEND" and len(zlib.decompress(pixels)) == 5


def _jpeg(content: bytes) -> bool:
    at = 2
    while content[at + 1] != 0xDA:  # each part says how long it is, up to the picture's own
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
        assert content[at] == 0xFF
    return content[:2] == b"\xff\xd8" and content.endswith(b"\xff\xd9")


READERS: dict[str, Callable[[bytes], Any]] = {
    "png": _png,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "webp": lambda content: content[:4] == b"RIFF" and struct.unpack("<I", content[4:8])[0] == len(content) - 8,
    "gif": lambda content: content[:6] == b"GIF89a" and content[19:20] == b"," and content.endswith(b"\x00;"),
    "pdf": lambda content: content.startswith(b"%PDF-") and b"/Root 1 0 R" in content and content.endswith(b"%%EOF\n"),
    "csv": lambda content: list(csv.DictReader(io.StringIO(content.decode()))),
    "ini": lambda content: configparser.ConfigParser().read_string(content.decode()) is None,
    "toml": lambda content: tomllib.loads(content.decode()),
    "zip": lambda content: zipfile.ZipFile(io.BytesIO(content)).namelist() == [],
    "eml": lambda content: email.message_from_bytes(content)["Subject"],
    "ics": _lines("BEGIN:VCALENDAR", "END:VCALENDAR"),
    "vcf": _lines("BEGIN:VCARD", "END:VCARD"),
    **dict.fromkeys(("json", "jsonl", "ndjson", "geojson"), json.loads),
    **dict.fromkeys(("svg", "xml", "gpx", "kml", "opml"), lambda content: ET.fromstring(content) is not None),
}


@pytest.mark.parametrize("ending", READERS)
def test_a_made_up_file_can_be_read_as_what_its_name_says(ending: str) -> None:
    """By a reader of that format, or by what every such file begins and ends with."""
    assert READERS[ending](_content(f"some file.{ending.upper()}"))


def test_a_file_of_an_unknown_kind_is_some_text() -> None:
    """It keeps its name, without the folders of whoever sent it."""
    made = in_memory("C:\\here\\notes.unknown")
    assert isinstance(made, Listing)
    assert made.items[0] == Literal("notes.unknown")
    assert _content("notes.unknown") == b"Some text\n"


@pytest.mark.parametrize("names", [("me.jpg",), ("May.ics", "me.png"), ('a "b".vcf',)])
def test_a_made_up_file_is_written_in_lines_that_can_be_read(names: tuple[str, ...]) -> None:
    """None is wider than others of the test, and together they are the file's bytes."""
    upload = UploadStep(target=by_label("Photo", type="file"), files=names, **base(at("/")))
    code = write_test(story(upload)).code
    assert max(map(len, code.splitlines())) <= LINE_CHARS_MAX
    found = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    assert [one for one in found if isinstance(one, bytes)] == [_content(name) for name in names]
