"""Small files in memory for tests that upload: valid ones of the recorded kind."""

from typing import Final

from pipeline.codegen.python.expressions import Expr, Listing, Literal

_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63606060f80f000104010080bbd1"
    "5b0000000049454e44ae426082"
)
_JPEG: Final = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + 64 * "ff" + "ffc0000b080001000101011100ffc4001400010000"
    "0000000000000000000000000003ffc40014100100000000000000000000000000000000ffda0008010100003f0047ffd9"
)
_WEBP: Final = bytes.fromhex("524946461e000000574542505650384c110000002f0000000007d0fffef7bfff8188e87f0000")
_KINDS: Final[dict[str, tuple[str, bytes]]] = {
    "png": ("image/png", _PNG),
    "jpg": ("image/jpeg", _JPEG),
    "jpeg": ("image/jpeg", _JPEG),
    "webp": ("image/webp", _WEBP),
    "gif": (
        "image/gif",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    ),
    "svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
    "pdf": (
        "application/pdf",
        (
            b"%PDF-1.0\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        ),
    ),
    "csv": ("text/csv", b"name,value\nfirst,1\n"),
    "tsv": ("text/tab-separated-values", b"name\tvalue\nfirst\t1\n"),
    "json": ("application/json", b'[{"name": "first", "value": 1}]'),
    "jsonl": ("application/jsonl", b'{"name": "first", "value": 1}\n'),
    "ndjson": ("application/x-ndjson", b'{"name": "first", "value": 1}\n'),
    "geojson": ("application/geo+json", b'{"type": "FeatureCollection", "features": []}'),
    "xml": ("application/xml", b"<items/>"),
    "gpx": ("application/gpx+xml", b'<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"/>'),
    "kml": ("application/vnd.google-earth.kml+xml", b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'),
    "opml": ("text/x-opml", b'<opml version="2.0"><head/><body><outline text="first"/></body></opml>'),
    "yaml": ("application/yaml", b"name: first\n"),
    "yml": ("application/yaml", b"name: first\n"),
    "toml": ("application/toml", b'name = "first"\n'),
    "ini": ("text/plain", b"[first]\nvalue = 1\n"),
    "sql": ("application/sql", b"SELECT 1;\n"),
    "html": ("text/html", b"<!doctype html><title>First</title><p>Some text</p>"),
    "md": ("text/markdown", b"Some text\n"),
    "txt": ("text/plain", b"Some text\n"),
    "log": ("text/plain", b"Some text\n"),
    "ics": (
        "text/calendar",
        (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n"
            b"DTSTAMP:20240101T090000Z\r\nDTSTART:20240101T090000Z\r\nDTEND:20240101T100000Z\r\nSUMMARY:First\r\n"
            b"END:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    ),
    "vcf": (
        "text/vcard",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:First;Ann;;;\r\nFN:Ann First\r\nEMAIL:ann@example.com\r\nEND:VCARD\r\n",
    ),
    "eml": (
        "message/rfc822",
        (
            b"From: ann@example.com\r\nTo: bob@example.com\r\nSubject: First\r\n"
            b"Date: Mon, 01 Jan 2024 09:00:00 +0000\r\n\r\nSome text\r\n"
        ),
    ),
    "diff": ("text/x-diff", b"--- a/first.txt\n+++ b/first.txt\n@@ -1 +1 @@\n-Some text\n+Other text\n"),
    "patch": ("text/x-diff", b"--- a/first.txt\n+++ b/first.txt\n@@ -1 +1 @@\n-Some text\n+Other text\n"),
    "srt": ("application/x-subrip", b"1\n00:00:00,000 --> 00:00:01,000\nSome text\n"),
    "zip": ("application/zip", b"PK\x05\x06" + b"\x00" * 18),
}


def in_memory(name: str) -> Expr:
    """A file as `set_input_files` takes it, with the recorded name and content of its kind."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1] or "file.txt"
    kind, content = _KINDS.get(base.rsplit(".", 1)[-1].lower(), ("application/octet-stream", b"Some text\n"))
    return Listing((Literal(base), Literal(kind), Literal(content)), ("name", "mimeType", "buffer"))
