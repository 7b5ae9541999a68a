"""The largest windows that the bounds allow give a story and a test that have room in a message."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.generate import test_of as write_flow
from pipeline.intake import read_body
from pipeline.patterns.matching import PATTERNS_MAX, Pattern, match_patterns, tagged
from pipeline.stories.size_limit import ENVELOPE_BYTES
from schemas import limits
from schemas.codecs import to_json
from schemas.elements import (
    Ancestor,
    ByAttribute,
    ByLabel,
    ByPath,
    ByRole,
    ByTag,
    Candidate,
    Element,
    PathStep,
    Scope,
)
from schemas.events import (
    Appeared,
    Check,
    Choice,
    Click,
    Dialog,
    Download,
    Drag,
    Effect,
    End,
    Event,
    Fill,
    Navigation,
    Page,
    Popup,
    Press,
    Request,
    Scroll,
    Select,
    TextChanged,
    Typed,
    Upload,
)
from schemas.stories import ActionSummary, GotoStep, PatternMatch, Story
from tests.bounds.journeys import FRAMING_BYTES, told, written
from tests.bounds.sizes import bytes_max

WORST = {
    "control characters": "\x01",  # six bytes in JSON
    "emoji": "\U0001f600",  # ten characters in a program
    "quotes": '"',
    "backslashes": "\\",
    "letters that fold to eighteen": "\ufdfa",
    "words": "wrong password ",
    "percent": "%00",
}
TEXT, VALUE, URL = limits.TEXT_CHARS_MAX, limits.VALUE_CHARS_MAX, limits.URL_CHARS_MAX


def full(char: str, chars_max: int) -> str:
    return (char * chars_max)[:chars_max]


def element(char: str, tag: str = "textarea", number: int = 0) -> Element:
    """An element in which every text and list is as long as it may be, and that a test can find."""
    text = f"{number} {full(char, TEXT)}"[:TEXT]
    way = PathStep(tag="div", nth_of_type=limits.COUNT_MAX)
    scopes = (Scope(locator=ByRole(role="row", name=text), has_text=text, count=limits.COUNT_MAX),)
    sure = (
        Candidate(locator=ByRole(role="textbox", name=text), count=1),
        Candidate(locator=ByLabel(value=text), count=1),
    )
    others: list[Any] = [
        ByAttribute(tag=tag, attribute="href", value=full(char, URL)),
        ByTag(tag=text, classes=(text,) * 20),
    ]
    others += [ByPath(steps=(way,) * limits.PATH_STEPS_MAX)] * (limits.CANDIDATES_MAX - 4)
    more = tuple(Candidate(locator=one, within=scopes * limits.ANCESTORS_MAX, count=2) for one in others)
    ancestor = Ancestor(tag="form", role=text, name=text, test_id=text, id=text)
    return Element(
        tag=tag, type="text", role="textbox", name=text, text=text, label=text, placeholder=text, alt=text, title=text,
        id=text, test_id=text, href=full(char, URL), classes=(text,) * limits.CLASSES_MAX, form=text,
        candidates=(*sure, *more), ancestors=(ancestor,) * limits.ANCESTORS_MAX,
    )  # fmt: skip


def small(char: str, number: int) -> Element:
    """An element with little but its name."""
    name = f"{number} {full(char, 100)}"
    return Element(tag="textarea", role="textbox", name=name, candidates=(
        Candidate(locator=ByRole(role="textbox", name=name), count=1),))  # fmt: skip


def common(char: str, number: int) -> dict[str, Any]:
    page = Page(url=f"https://shop.test/{number}?{full(char, URL)}"[:URL], title=full(char, TEXT), width_px=1)
    who = full(char, limits.ID_CHARS_MAX)
    return {"id": f"{number} {who}"[: limits.ID_CHARS_MAX], "app": who, "session_id": who, "journey_id": who,
            "user_id": who, "tab_id": who, "at_ms": 1_700_000_000_000 + number, "page": page}  # fmt: skip


def fills(char: str) -> Iterator[Event]:
    for number in range(100):
        text = f"{number}{full(char, VALUE)}"[:VALUE]
        yield Fill(**common(char, number), target=small(char, number), value=Typed(text=text), before=text[::-1])


def choices(char: str) -> Iterator[Event]:
    options = tuple(
        Choice(value=f"{at}{full(char, 3_000)}", label=full(char, TEXT)) for at in range(limits.OPTIONS_MAX)
    )
    for number in range(20):
        yield Select(**common(char, number), target=small(char, number), options=options)


def everything(char: str) -> Iterator[Event]:
    """A step of each kind on elements that are as large as can be."""
    large, text = element(char), full(char, TEXT)
    more: list[dict[str, Any]] = [{"button": "right", "clicks": 3, "position": (limits.PLACE_PX_MAX, 0.1)}]
    yield Click(**common(char, 1), target=large, modifiers=("Alt", "Control", "Meta", "Shift"), **more[0])
    yield Check(**common(char, 2), target=large)
    yield Press(**common(char, 3), target=large, key=text)
    yield Upload(**common(char, 4), target=large, files=tuple(f"{at}{text}"[:TEXT] for at in range(limits.FILES_MAX)))
    yield Drag(**common(char, 5), target=large, onto=large, position=(1, 1), onto_position=(-limits.PLACE_PX_MAX, 1))
    yield Scroll(**common(char, 6), target=large, x_px=limits.PLACE_PX_MAX, y_px=-limits.PLACE_PX_MAX)
    yield Navigation(**common(char, 7), url=full(char, URL), target=large)
    yield Popup(**common(char, 8), url=full(char, URL), opened_tab_id=text, cause=common(char, 1)["id"])
    yield Download(**common(char, 9), filename=text, url=full(char, URL), cause=common(char, 1)["id"])


def effects(char: str) -> Iterator[Event]:
    """One click that asks, sends and shows as much as can be, and the first page that does so too."""
    yield Navigation(**common(char, 0), url=f"https://shop.test/{full(char, URL)}"[:URL])
    shown = Appeared(element=element(char, "p"))
    for first in (0, 10_000):
        cause = common(char, first)["id"]
        yield Click(**common(char, first + 1), target=small(char, 1))
        for number in range(first + 2, first + 26):
            base = common(char, number)
            yield Dialog(**base, dialog="prompt", message=full(char, VALUE), value=full(char, VALUE), cause=cause)
        for number in range(first + 30, first + 34):
            changed = (TextChanged(element=small(char, at), before=full(char, VALUE), after=f"{at}{full(char, 4_000)}")
                       for at in range(limits.CHANGES_MAX - 2))  # fmt: skip
            yield Effect(
                **common(char, number), cause=cause, after=Page(url=full(char, URL)), changes=(shown, *changed)
            )


def requests(char: str) -> Iterator[Event]:
    yield Click(**common(char, 0), target=small(char, 0))
    for number in range(1, 1_000):
        base = common(char, number) | {"page": Page()}
        yield Request(**base, method="POST", url=full(char, URL), status=limits.STATUS_MAX, cause=common(char, 0)["id"])


@pytest.mark.slow
@pytest.mark.parametrize("char", WORST.values(), ids=WORST)
@pytest.mark.parametrize("window", [fills, choices, everything, effects, requests])
def test_the_largest_windows_are_told(window: Any, char: str) -> None:
    """Whatever takes the most room, the story and the test say what was left out, and fit."""
    events = [*window(char), End(**common(char, 99_999))]
    (story, *_) = told(events)
    test = write_flow([story])
    written(test)
    whole = len(b"".join(map(to_json, events)))
    if whole > 8 * limits.MESSAGE_BYTES_MAX:
        assert any("too large" in note or "Only the first" in note for note in story.notes)


def test_a_cut_test_says_so() -> None:
    """In its docstring and in its notes; the story is whole."""
    typed = Typed(text="\U0001f600" * 9_990)
    events = [Fill(**common("a", at) | {"page": Page()}, target=small("a", at), value=typed) for at in range(10)]
    (story,) = told(events)
    test = write_flow([story])
    assert len(story.steps) > len(test.steps)
    assert "too large" in test.notes[0]
    assert test.notes[0] in " ".join(test.code.split())
    assert not any("too large" in note for note in story.notes)


def test_what_can_not_be_cut_has_room() -> None:
    """What is left of the largest story adds up to less than a message, by the bounds of its fields alone."""
    least = bytes_max(Story, frozenset({"steps", "network_requests", "actions", "tags", "patterns"}))
    least += bytes_max(ActionSummary) + bytes_max(GotoStep, frozenset({"changes", "opened_changes", "dialogs"}))
    assert least <= limits.MESSAGE_BYTES_MAX - ENVELOPE_BYTES


def test_a_story_has_no_more_tags_than_there_is_room_for() -> None:
    """However many patterns a story matches, TAGS_MAX are kept, the first ones."""
    import numpy as np

    one = np.ones((1, 1), np.float32)
    patterns = [Pattern(f"p{number}", ("x",)) for number in range(PATTERNS_MAX)]
    matches = match_patterns(one, [one] * PATTERNS_MAX, patterns)
    assert len(matches) == PATTERNS_MAX
    (story,) = told([Click(**common("a", 0), target=small("a", 0))])
    kept = tagged(story, matches)
    assert kept.patterns == matches[: limits.TAGS_MAX]
    assert kept.tags == tuple(match.name for match in kept.patterns)
    assert len(to_json([PatternMatch(name="x" * 40, similarity=-0.123)] * limits.TAGS_MAX)) < ENVELOPE_BYTES // 2


def test_no_event_outgrows_its_bound() -> None:
    """What is filled in and put right (a mark for a secret, U+FFFD for a byte) makes no event larger than allowed."""
    element = {"tag": "a", "href": "/?" + "pin=1&" * 330}
    changes = [{"change": "text", "element": element, "after": "x" * 2_000}] * limits.CHANGES_MAX
    base = {"kind": "effect", "app": "a", "session_id": "s", "journey_id": "j", "at_ms": 1}
    grows = to_json({**base, "id": "1", "changes": changes})
    intake = read_body(b"[" + grows + b"]")
    assert len(grows) < limits.EVENT_BYTES_MAX
    assert "bytes" in intake.refused[0].error
    broken = b'{"kind":"opaque","id":"2","app":"a","session_id":"s","at_ms":1,"name":"' + b"\xff" * 300_000 + b'"}'
    for event in read_body(broken).events:
        assert len(to_json(event)) <= limits.EVENT_BYTES_MAX
    assert FRAMING_BYTES + 2 * limits.EVENT_BYTES_MAX < limits.MESSAGE_BYTES_MAX
