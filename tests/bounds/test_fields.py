"""Every field of every value has bounds, and its type says them."""

from typing import Any

import pytest

import pipeline.intake.rrweb.chunks  # noqa: F401 - its values count too
from schemas import limits
from schemas.base import Text, Value
from schemas.events import EVENT, Event
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.bounds.sizes import Unbounded, bytes_max, models


@pytest.mark.parametrize("model", sorted(models(), key=lambda one: one.__qualname__), ids=lambda one: one.__name__)
def test_every_field_has_a_bound(model: type[Value]) -> None:
    """Texts, lists and objects have a greatest length, numbers a range within 64 bits, however deep they lie."""
    assert bytes_max(model) > 0


@pytest.mark.parametrize("loose", [str, int, float, tuple[Text, ...], dict[Text, Text], list[str], Any, str | None])
def test_a_field_without_a_bound_is_found(loose: Any) -> None:
    """The walk over the fields would notice any kind of field that somebody adds without a bound."""
    with pytest.raises(Unbounded):
        bytes_max(loose)


def test_all_that_travels_is_walked() -> None:
    """What is read and written is among the models."""
    assert {Story, GeneratedTest, *_kinds()} <= set(models())


def _kinds() -> set[type[Value]]:
    union: Any = Event
    return set(union.__origin__.__args__)


@pytest.mark.parametrize("text", ["\ud800", "a" * (limits.TEXT_CHARS_MAX + 1)])
def test_no_text_is_too_long_or_half_a_character(text: str) -> None:
    """A value can't be made with what no JSON or database takes."""
    common = {"id": "1", "app": "a", "session_id": "s", "journey_id": "j", "at_ms": 0}
    with pytest.raises(ValueError, match=r"page\.title"):
        EVENT.validate_python({**common, "kind": "end", "page": {"title": text}})
