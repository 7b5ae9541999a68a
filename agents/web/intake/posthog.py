"""What an unmodified posthog-js needs when its `api_host` is ours: ingestion, remote configuration, empty flags.

It retries on 5xx and drops on 4xx, so being busy is answered with 503 here. Recording is on (a client built without
its recorder looks for that in vain and goes on without); surveys, flags and all else that would poll are off.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from agents.web.answers import json_answer
from agents.web.calls import KEY_PARAMETER, Answer, Call, Context, Parameter
from agents.web.errors import ApiError

INGEST_PATHS = ("/e/", "/i/v0/e/", "/batch/", "/s/", "/capture/", "/track/")
FLAG_PATHS = ("/flags/", "/decide/")
SCRIPT_UNSAFE = {ord("<"): "\\u003c", 0x2028: "\\u2028", 0x2029: "\\u2029"}
TOKEN_CHARS_MAX = 200


def configuration(token: str) -> dict[str, object]:
    """The remote configuration: autocapture and recording on, everything that needs a server of PostHog's off."""
    return {
        "token": token,
        "supportedCompression": ["gzip", "gzip-js"],
        "hasFeatureFlags": False,
        "captureDeadClicks": False,
        "capturePerformance": {"network_timing": True, "web_vitals": False, "web_vitals_allowed_metrics": None},
        "autocapture_opt_out": False,
        "autocaptureExceptions": False,
        "errorTracking": {"autocaptureExceptions": False, "suppressionRules": []},
        "logs": {"captureConsoleLogs": False},
        "analytics": {"endpoint": "/i/v0/e/"},
        "elementsChainAsString": True,
        "sessionRecording": {
            "endpoint": "/s/",
            "consoleLogRecordingEnabled": False,
            "recorderVersion": "v2",
            "sampleRate": None,
            "minimumDurationMilliseconds": None,
            "linkedFlag": None,
            "networkPayloadCapture": None,
            "urlTriggers": [],
            "urlBlocklist": [],
            "eventTriggers": [],
            "scriptConfig": None,
        },
        "heatmaps": False,
        "conversations": False,
        "surveys": False,
        "productTours": False,
        "defaultIdentifiedOnly": True,
    }


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if len(token) > TOKEN_CHARS_MAX:
        raise ApiError(400, "bad_request", "the token is too long", "use the token of the page's posthog.init")
    return token.encode("utf-8", "replace").decode()


async def post_batch(context: Context, request: web.Request) -> web.Response:
    """Takes a batch. Single events that can't be read are counted, not told: the client could do nothing about it."""
    intake = await context.ingest.take(request, busy_status=503)
    if intake.refused and not intake.accepted:
        raise ApiError(400, "nothing_acceptable", intake.refused[0].error, "")
    return json_answer({"status": 1})


async def get_config(_context: Context, request: web.Request) -> web.Response:
    """The remote configuration as JSON."""
    return json_answer(configuration(_token(request)))


async def get_config_script(_context: Context, request: web.Request) -> web.Response:
    """The remote configuration as a script."""
    token = _token(request)
    name, config = (orjson.dumps(part).decode().translate(SCRIPT_UNSAFE) for part in (token, configuration(token)))
    text = (
        "(function(){var all=window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
        f"all[{name}]={{config:{config},siteApps:[]}};}})();\n"
    )
    return web.Response(text=text, content_type="text/javascript", headers={"Cache-Control": "public, max-age=300"})


async def post_flags(_context: Context, _request: web.Request) -> web.Response:
    """No flags."""
    return json_answer(
        {
            **configuration(""),
            "flags": {},
            "featureFlags": {},
            "featureFlagPayloads": {},
            "errorsWhileComputingFlags": False,
        }
    )


_TOKEN = Parameter("token", "path", "The project token of the page's posthog.init.", required=True)
_ANY_BODY: Mapping[str, Any] = {"*/*": {"schema": {}}}
_OBJECT = {"type": "object"}
_INGEST_ANSWERS = {
    200: Answer("Taken.", _OBJECT),
    400: Answer("Nothing of it can be read."),
    403: Answer("A token for other things, events of another app only, or a page of an origin not listed."),
    408: Answer("The body did not arrive in time."),
    413: Answer("Too large."),
    415: Answer("An encoding that we don't read."),
    503: Answer("Busy, too many events of this sender, or Kafka is away."),
}

CALLS = (
    *(
        Call("POST", path, post_batch, "A batch of a PostHog client. Its project token is its key.", _INGEST_ANSWERS,
             (KEY_PARAMETER,), body=_ANY_BODY, tag="posthog", capture=True, access="write", key_in_body=True)
        for with_slash in INGEST_PATHS
        for path in (with_slash, with_slash.rstrip("/"))
    ),
    *(
        Call("POST", path, post_flags, "Feature flags of a PostHog client: none.",
             {200: Answer("None.", _OBJECT), 403: Answer("A page of an origin not listed.")}, body=_ANY_BODY,
             tag="posthog", capture=True)
        for with_slash in FLAG_PATHS
        for path in (with_slash, with_slash.rstrip("/"))
    ),
    Call("GET", "/array/{token}/config", get_config, "Remote configuration of a PostHog client.",
         {200: Answer("The configuration.", _OBJECT), 400: Answer("A token that is none.")}, (_TOKEN,), tag="posthog",
         capture=True),
    Call("GET", "/array/{token}/config.js", get_config_script, "The same as a script.",
         {200: Answer("The script.", {"type": "string"}, "text/javascript"), 400: Answer("A token that is none.")},
         (_TOKEN,), tag="posthog", capture=True),
)  # fmt: skip
