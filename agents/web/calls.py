"""A call of the API: its route, its handler, and what the API description says about it, in one declaration.

`register` makes the Faust views from these, and `openapi` the description, so the two can't disagree.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web

from agents.web.guards.arrivals import Gate
from agents.web.guards.visitors import Visitors
from agents.web.ingest import Ingest
from agents.web.row_counts import RowCounts
from agents.web.services import WebServices
from agents.web.streams import Streams

Method = Literal["GET", "POST", "PUT"]
Access = Literal["open", "write", "read", "operate"]
"""The key that a call asks for, once there are keys: none, one that sends, one that reads, one that reads all apps."""


@dataclass(frozen=True)
class Context:
    """What a handler works with."""

    services: WebServices
    ingest: Ingest
    row_counts: RowCounts
    edits: Gate
    visitors: Visitors
    streams: Streams


Handler = Callable[[Context, web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or the headers. `schema` is JSON Schema as OpenAPI 3.0 has it."""

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True)
class Answer:
    """What a status means. `schema` is None for an answer without a described body."""

    description: str
    schema: Mapping[str, Any] | None = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class Call:
    """One method of one path. `answers` by status; those of errors need no schema, they have the common one.

    `capture` calls are open to pages of every origin. `hidden` ones are served and not described (static files).
    """

    method: Method
    path: str
    handler: Handler
    summary: str
    answers: Mapping[int, Answer] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Any] | None = None
    """The request body's `content` in OpenAPI's form."""
    tag: str = "journeywright"
    capture: bool = False
    access: Access = "open"
    key_in_body: bool = False
    """Whether the key may be the project token that PostHog's clients put into each body."""
    hidden: bool = False


NO_KEY: Final = Answer("No key, or one that is not known.")
OTHER_KEY: Final = Answer("A key for other things or for another app, or a page of another origin.")
OTHER_PAGE: Final = Answer("A page of another origin.")
OTHER_NAME: Final = Answer("A port without keys that was asked for under another's name.")
KEY_PARAMETER: Final = Parameter("key", "query", "The key that sends, for pages: a beacon has no headers.")


def ref(name: str) -> dict[str, str]:
    """A reference to a named schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}
