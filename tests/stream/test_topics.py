"""What is checked of the broker before a worker joins the group."""

import asyncio
from collections.abc import Callable

import pytest

from agents.settings import BadSettings
from agents.stream.broker.topics import ensure_topics
from tests.stream.conftest import Stream

pytestmark = pytest.mark.slow


def test_a_session_shorter_than_the_broker_allows_is_refused(make_stream: Callable[..., Stream]) -> None:
    """At start, with setting and bound, instead of failing to join for ever. The broker of the tests allows 1 s."""
    settings = make_stream().settings
    assert asyncio.run(ensure_topics(settings.model_copy(update={"session_s": 1.0}))) == 4
    with pytest.raises(BadSettings, match=r"JOURNEYWRIGHT_SESSION_S.* 1 s \(group\.min\.session\.timeout\.ms\)"):
        asyncio.run(ensure_topics(settings.model_copy(update={"session_s": 0.999})))
