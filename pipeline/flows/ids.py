"""Flows: stories of one app that do the same thing have one flow, and a flow has one test.

Ids are uuid5 of what they identify, so every worker, and `generate` without any, names them alike.
"""

import json
from typing import Final
from uuid import UUID, uuid5

from pipeline.semantics.derived import once_per_text

NAMESPACE: Final = UUID("6b2f5c0e-2d3c-5f0a-9a57-0f3f6f6f7a11")
"""The namespace of flow and test ids. Never change it: ids in storage and on topics come from it."""


def flow_id(app: str, flow_key: str) -> str:
    """The id of the flow that a story with this key belongs to."""
    return _id("flow", app, flow_key)


def test_id(app: str, flow: str) -> str:
    """The id of a flow's test."""
    return _id("test", app, flow)


@once_per_text
def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE, json.dumps(parts)))
