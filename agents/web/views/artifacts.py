"""What failed runs left: traces, pictures, videos, what was printed. Sent as files that no browser runs."""

from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from aiohttp import web

from agents.storage import StorageUnavailable
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import may_see
from agents.web.queries import off_loop
from agents.web.views.tests import AWAY

KINDS: Final = {
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
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
    try:
        found = await off_loop(context.services.artifacts.read, artifact)
    except OSError as error:
        raise StorageUnavailable(str(error)) from error
    if found is None:
        message = f"{artifact.name} is not where this worker looks any more, or never was"
        raise ApiError(404, "not_here", message, f"it was left at {artifact.url}")
    headers = {
        **_HEADERS,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artifact.name)}",
        "Content-Type": KINDS.get(PurePosixPath(artifact.name).suffix, _ANY),
    }
    return (
        web.FileResponse(found, headers=headers)
        if isinstance(found, Path)
        else web.Response(body=found, headers=headers)
    )


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/verdicts/{id}/artifacts/{name}",
        get_artifact,
        "A file that a failed run left: its trace (`playwright show-trace` opens it), a picture, a video, its output.",
        answers={
            200: Answer("The file.", {"type": "string", "format": "binary"}, _ANY),
            404: Answer("No such verdict or file, or the file is kept elsewhere; the hint says where."),
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
