"""Probes, metrics and docs."""

from pathlib import Path
from typing import Any, Final

import swagger_ui_bundle
from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from agents.storage import StorageUnavailable
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context, Parameter, ref
from agents.web.errors import not_found
from agents.web.queries import off_loop

SWAGGER: Final = Path(str(swagger_ui_bundle.__file__)).parent / "vendor"
ASSETS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
DOCS_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>journeywright: API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png"></head>
<body><div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
"""
DOCS_SCRIPT: Final = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", deepLinking: true});\n'
DOCS_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)


async def get_healthz(_context: Context, _request: web.Request) -> web.Response:
    """The process lives and its event loop turns."""
    return json_answer({"alive": True})


async def get_readyz(context: Context, _request: web.Request) -> web.Response:
    """Whether this worker can do its work, and what is missing if not."""
    context.services.refresh()
    reasons = {name: check() for name, check in context.services.checks.items()}
    reasons["storage"] = await off_loop(_storage_reason, context)
    checks = {name: {"ok": reason is None, "reason": reason or ""} for name, reason in sorted(reasons.items())}
    ready = all(reason is None for reason in reasons.values())
    headers = {} if ready else {"Retry-After": "1"}
    return json_answer({"ready": ready, "checks": checks}, status=200 if ready else 503, headers=headers)


def _storage_reason(context: Context) -> str | None:
    try:
        context.services.storage.check()
    except StorageUnavailable as error:
        return str(error)
    return None


async def get_metrics(context: Context, _request: web.Request) -> web.Response:
    """All metrics in Prometheus's text format."""
    context.services.refresh()
    await context.row_counts.refresh(context.services)
    return web.Response(body=context.services.metrics.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


async def get_docs(_context: Context, _request: web.Request) -> web.Response:
    """The docs: Swagger UI from its package, nothing from elsewhere."""
    return web.Response(text=DOCS_PAGE, content_type="text/html", headers={"Content-Security-Policy": DOCS_POLICY})


async def get_docs_asset(_context: Context, request: web.Request) -> web.StreamResponse:
    """A file of Swagger UI; only those that the page names."""
    name = request.match_info["name"]
    if name == "start.js":
        return web.Response(text=DOCS_SCRIPT, content_type="text/javascript")
    if name not in ASSETS:
        raise not_found("file", name)
    found = next(SWAGGER.glob(f"*/{name}"))
    return web.FileResponse(found, headers={"Content-Type": ASSETS[name], "Cache-Control": "public, max-age=86400"})


def _text(content_type: str) -> dict[str, Any]:
    return {"schema": {"type": "string"}, "content_type": content_type}


CALLS = (
    Call("GET", "/healthz", get_healthz, "Whether the process lives.",
         {200: Answer("It does.", ref("Alive"))}, tag="operations"),
    Call("GET", "/readyz", get_readyz, "Whether this worker can do its work, with reasons.",
         {200: Answer("It can.", ref("Readiness")), 503: Answer("Not yet, or not now.", ref("Readiness"))},
         tag="operations"),
    Call("GET", "/metrics", get_metrics, "Metrics in Prometheus's text format.",
         {200: Answer("Metrics.", **_text("text/plain"))}, tag="operations", access="operate"),
    Call("GET", "/docs", get_docs, "These docs.", {200: Answer("A page.", **_text("text/html"))}, tag="operations"),
    Call("GET", "/docs/{name}", get_docs_asset, "A file of the docs.", hidden=True,
         parameters=(Parameter("name", "path", "A file's name.", required=True),)),
)  # fmt: skip
