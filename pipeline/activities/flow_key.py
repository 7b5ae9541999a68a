"""The key of a flow: what was done and how it ended, values left out. Equal keys mean the same flow."""

import hashlib
from collections.abc import Sequence
from typing import Final

import orjson

from pipeline.activities.classify import deeds_of
from pipeline.activities.forms.password_forms import PasswordForms
from schemas.events import Page
from schemas.stories import NetworkRequest, Step, Story

KEY_VERSION: Final = 9
"""Part of every key: raise it when the meaning of deeds changes, and flows get new ids at one known moment."""
KEY_CHARS: Final = 32


def key_of(story: Story) -> str:
    """The key that a story, told at any time, has by the rules of today."""
    return flow_key(story.steps, Page(url=story.final_state.url, title=story.final_state.title), story.network_requests)


def flow_key(
    steps: Sequence[Step],
    final_page: Page,
    requests: Sequence[NetworkRequest] = (),
    passwords: PasswordForms | None = None,
) -> str:
    """A hash of what was done, where, with which fields, and of the outcome. `passwords` are the forms with a password,
    where they are known."""
    shape = deeds_of(steps, requests, final_page, passwords).shape()
    return hashlib.sha256(orjson.dumps([KEY_VERSION, shape])).hexdigest()[:KEY_CHARS]
