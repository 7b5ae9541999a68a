"""Small files in memory for tests that upload: valid ones of the recorded kind."""

from typing import Final

from pipeline.codegen.python.expressions import Expr, Listing, Literal

_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005000"
    "1ff89993d1d0000000049454e44ae426082"
)
_KINDS: Final[dict[str, tuple[str, bytes]]] = {
    "png": ("image/png", _PNG),
    "jpg": ("image/jpeg", _PNG),
    "jpeg": ("image/jpeg", _PNG),
    "gif": ("image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    "svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "pdf": ("application/pdf", b"%PDF-1.4\n%%EOF\n"),
    "csv": ("text/csv", b"name,value\nfirst,1\n"),
    "tsv": ("text/tab-separated-values", b"name\tvalue\nfirst\t1\n"),
    "json": ("application/json", b'[{"name": "first", "value": 1}]'),
    "xml": ("application/xml", b"<items/>"),
    "html": ("text/html", b"<p>Some text</p>"),
    "md": ("text/markdown", b"Some text\n"),
    "txt": ("text/plain", b"Some text\n"),
    "zip": ("application/zip", b"PK\x05\x06" + b"\x00" * 18),
}


def in_memory(name: str) -> Expr:
    """A file as `set_input_files` takes it, with the recorded name and content of its kind."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1] or "file.txt"
    kind, content = _KINDS.get(base.rsplit(".", 1)[-1].lower(), ("application/octet-stream", b"Some text\n"))
    return Listing((Literal(base), Literal(kind), Literal(content)), ("name", "mimeType", "buffer"))
