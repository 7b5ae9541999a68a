"""The dashboard: its pages, and the files that they load. `make setup` builds both.

Every page is the same document: what it shows, the script reads from the address. Addresses in it are relative to a
`base` that leads back to where the port is mounted, so that it works behind any path prefix without knowing it.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from aiohttp import web

from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import ApiError, Handler, not_found

FOLDER: Final = Path(__file__).parent.parent / "static" / "dashboard"
PAGE_FILE: Final = "index.html"
KINDS: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
HASHED: Final = re.compile(r"[a-z]+-[A-Z0-9]{8}\.(?:js|css|svg)")
"""Names that the build gives: another content has another name."""
# The editor marks lines by pictures in addresses of their own (data:), and what a run left is shown from memory
# (blob:): neither runs anything.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:; "
    "connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Encoding",
}
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent."""

    plain: bytes
    packed: bytes
    etag: str


@lru_cache(maxsize=64)
def file(path: Path, _changed_ns: int) -> File:
    """A built file, read again when it changes."""
    plain = path.read_bytes()
    return File(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:32])


async def get_page(_context: Context, request: web.Request) -> web.Response:
    """The document of every page."""
    return get_document(request)


def get_document(request: web.Request) -> web.Response:
    """The document, for the address that was asked for. Raises ApiError where it is not built."""
    path = FOLDER / PAGE_FILE
    try:
        found = file(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise ApiError(404, "not_built", "the dashboard is not built yet", "run `make setup`; GET /docs") from None
    depth = request.rel_url.raw_path.count("/") - 1
    text = found.plain.decode().replace('<base href="./">', f'<base href="{"../" * depth or "./"}">')
    page = text.encode()
    sent = File(page, gzip.compress(page, mtime=0), f"{found.etag}-{depth}")
    return _sent(request, sent, "text/html", PAGE_HEADERS)


@web.middleware
async def not_found_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who follows a wrong link with a browser is told so by a page, from which one can go on."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
            raise
        page = get_document(request)
        page.set_status(404)
        return page


async def get_file(_context: Context, request: web.Request) -> web.Response:
    """A script or style sheet; its name changes with its content, so it is kept for good."""
    name = request.match_info["name"]
    path = FOLDER / name
    if not HASHED.fullmatch(name) or not path.is_file():
        raise not_found("file", name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    return _sent(request, file(path, path.stat().st_mtime_ns), KINDS[path.suffix], headers)


def _sent(request: web.Request, found: File, content_type: str, headers: dict[str, str]) -> web.Response:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    told = {**headers, "ETag": f'"{found.etag}{"-gzip" if packed else ""}"'}
    if found.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=told)
    if packed:
        told["Content-Encoding"] = "gzip"
    body = found.packed if packed else found.plain
    return web.Response(body=body, headers=told, content_type=content_type, charset="utf-8")


ID: Final = Parameter("id", "path", "An id.", required=True)
PAGES: Final = ("/flows", "/review", "/runs", "/coverage", "/live")
"""What follows `/` or the address of one thing below it is read by the script."""
_PAGES_OF_ONE: Final = ("/flows/{id}", "/review/{id}")
_HTML: Final = {200: Answer("A page.", {"type": "string"}, "text/html"), 304: Answer("Not changed."),
                404: Answer("Not built.")}  # fmt: skip

CALLS: Final[tuple[Call, ...]] = (
    Call("GET", "/", get_page, "The dashboard.", _HTML, tag="operations"),
    *(Call("GET", path, get_page, "A page of the dashboard.", hidden=True) for path in PAGES),
    *(Call("GET", path, get_page, "A page of the dashboard.", hidden=True, parameters=(ID,)) for path in _PAGES_OF_ONE),
    Call("GET", "/dashboard/{name}", get_file, "A file of the dashboard.", hidden=True,
         parameters=(Parameter("name", "path", "A file's name.", required=True),)),
)  # fmt: skip
