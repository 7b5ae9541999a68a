"""What failed runs left: traces, pictures, videos, what was printed. Sent as files that no browser runs."""

from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from agents.web.admission import may_see
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import ApiError, not_found
from agents.web.queries import off_loop
from agents.web.views_tests import AWAY
from schemas.verdicts import Artifact

KINDS: Final = {
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".webm": "video/webm",
    ".zip": "application/zip",
}
_ANY: Final = "application/octet-stream"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


async def get_artifact(context: Context, request: web.Request) -> web.StreamResponse:
    """One file of a verdict."""
    key, name = request.match_info["id"], request.match_info["name"]
    verdict = await off_loop(context.services.storage.verdict, key)
    if verdict is None or not may_see(request, verdict.app):
        raise not_found("verdict", key)
    artifact = next((one for one in verdict.artifacts if one.name == name), None)
    if artifact is None:
        raise not_found("artifact", name)
    path = await off_loop(path_of, artifact, context.services.settings.artifacts_folder)
    if path is None:
        message = f"{artifact.name} is not on this machine any more, or never was"
        raise ApiError(404, "not_here", message, f"it was left at {artifact.url}")
    headers = {**_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.name)}"}
    return web.FileResponse(path, headers={**headers, "Content-Type": KINDS.get(path.suffix, _ANY)})


def path_of(artifact: Artifact, folder: Path) -> Path | None:
    """Where the file lies; None where it is not among the artifacts of this machine."""
    try:
        address = urlsplit(artifact.url)
        if address.scheme != "file" or address.netloc not in ("", "localhost"):
            return None
        path = Path(unquote(address.path)).resolve()
        inside = path.is_relative_to(folder.resolve())
        return path if inside and path.is_file() else None
    except (OSError, ValueError):  # no address, or a name that no file system takes
        return None


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/verdicts/{id}/artifacts/{name}",
        get_artifact,
        "A file that a failed run left: its trace (`playwright show-trace` opens it), a picture, a video, its output.",
        answers={
            200: Answer("The file.", {"type": "string", "format": "binary"}, _ANY),
            404: Answer("No such verdict or file, or the file lies on another machine; the hint says where."),
            503: AWAY,
        },
        parameters=(
            Parameter("id", "path", "The verdict's id.", required=True),
            Parameter("name", "path", "The name among the verdict's artifacts.", required=True),
        ),
        tag="tests",
        access="read",
    ),
)
