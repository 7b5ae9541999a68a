"""Whatever the events, there is a story or none, and it is always the same."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.stories.build import build_story
from schemas import limits
from schemas.codecs import from_json, to_json
from schemas.elements import Ancestor, ByPath, ByRole, ByTestId, Candidate, Element, PathStep
from schemas.events import (
    EVENT,
    Appeared,
    Check,
    Choice,
    Click,
    CountChanged,
    Dialog,
    Download,
    Drag,
    Effect,
    End,
    Event,
    Fill,
    Gone,
    Hover,
    Navigation,
    Opaque,
    Page,
    Popup,
    Press,
    Request,
    Scroll,
    Select,
    StateChanged,
    TextChanged,
    Typed,
    Upload,
    ValueChanged,
)
from schemas.stories import STORY, GotoStep
from tests.stories.by_hand import window

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "Log in", "Delete 'x'", "Search", "Save", "Error: wrong", "Page 'a' created.", "\u202e\x00\n", "'"]
    ),
)
MAYBE = st.none() | TEXTS
URLS = st.one_of(
    st.sampled_from(
        ["", "https://a.example/", "https://a.example/x/1?q=2#/y", "https://[bad", "about:blank", "//", "?"]
    ),
    st.text(max_size=20),
)
IDS = st.sampled_from(["e1", "e2", "e3", "e4", "e5"])
TABS = st.sampled_from(["", "t1", "t2"])
PAGES = st.builds(Page, url=URLS, title=TEXTS)
LOCATORS = st.one_of(
    st.builds(ByTestId, value=TEXTS),
    st.builds(ByRole, role=TEXTS, name=MAYBE),
    st.builds(ByPath, steps=st.tuples(st.builds(PathStep, tag=st.just("div"), nth_of_type=st.integers(1, 3)))),
)
CANDIDATES = st.builds(Candidate, locator=LOCATORS, count=st.integers(0, 3), index=st.integers(0, 2))
ROLES = st.sampled_from([None, "button", "link", "textbox", "searchbox", "row", "heading", "alert", "odd", "checkbox"])
TAGS = st.sampled_from(["div", "input", "a", "h1", "h9", "body", "select", "textarea"])
ELEMENTS = st.builds(
    Element,
    tag=TAGS,
    type=st.sampled_from([None, "password", "submit", "search", "radio"]),
    role=ROLES,
    name=MAYBE,
    text=MAYBE,
    label=MAYBE,
    id=MAYBE,
    test_id=MAYBE,
    classes=st.lists(TEXTS, max_size=2).map(tuple),
    editable=st.booleans(),
    candidates=st.lists(CANDIDATES, max_size=2).map(tuple),
    ancestors=st.lists(st.builds(Ancestor, tag=st.just("li"), role=ROLES, name=MAYBE), max_size=2).map(tuple),
)
CHANGES = st.one_of(
    st.builds(Appeared, element=ELEMENTS, transient=st.booleans()),
    st.builds(Gone, element=ELEMENTS),
    st.builds(TextChanged, element=ELEMENTS, before=TEXTS, after=TEXTS),
    st.builds(ValueChanged, element=ELEMENTS, before=TEXTS, after=TEXTS),
    st.builds(StateChanged, element=ELEMENTS, state=st.sampled_from(["checked", "expanded"]), after=st.booleans()),
    st.builds(CountChanged, element=ELEMENTS, items=CANDIDATES, before=st.integers(0, 3), after=st.integers(0, 3)),
)
TYPED = st.builds(Typed, text=TEXTS) | st.builds(Typed, secret=st.sampled_from(["password", "otp", "card", "masked"]))
BASE = {
    "app": st.just("a"),
    "session_id": st.just("s"),
    "journey_id": st.just("j"),
    "tab_id": TABS,
    "at_ms": st.integers(0, 60_000) | st.integers(0, 32_503_680_000_000),
    "source": st.sampled_from(["capture", "native", "challenge", "posthog"]),
    "page": PAGES,
}
CAUSED = {**BASE, "cause": st.none() | IDS | st.just("unknown")}
TARGETED = {**BASE, "target": ELEMENTS}


def _kind(model: type, **fields: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(model, id=IDS, **fields)


PLACES = st.integers(0, 9) | st.sampled_from([-0.0, 0.0, 0.5, 3.0])

EVENTS = st.one_of(
    _kind(Click, **TARGETED, clicks=st.integers(1, 3), button=st.sampled_from(["left", "right"])),
    _kind(Fill, **TARGETED, value=TYPED, before=TEXTS),
    _kind(
        Select,
        **TARGETED,
        options=st.lists(st.builds(Choice, value=TEXTS, label=TEXTS), min_size=1, max_size=2).map(tuple),
    ),
    _kind(Check, **TARGETED, checked=st.booleans()),
    _kind(Press, **TARGETED, key=st.sampled_from(["Enter", "Tab", "End", "a", ""]), modifiers=st.just(("Control",))),
    _kind(Upload, **TARGETED, files=st.lists(TEXTS, max_size=2).map(tuple)),
    _kind(Drag, **TARGETED, onto=ELEMENTS),
    _kind(Hover, **TARGETED),
    _kind(Scroll, **BASE, target=st.none() | ELEMENTS, x_px=st.integers(-9, 9), y_px=PLACES),
    _kind(Dialog, **CAUSED, dialog=st.sampled_from(["alert", "confirm"]), message=TEXTS),
    _kind(Popup, **CAUSED, url=URLS, opened_tab_id=TABS),
    _kind(Download, **CAUSED, filename=TEXTS),
    _kind(
        Navigation,
        **CAUSED,
        url=URLS,
        how=st.sampled_from(["load", "reload", "back_forward", "spa", "hash"]),
        target=st.none() | ELEMENTS,
    ),
    _kind(Request, **CAUSED, url=URLS, type=st.sampled_from(["fetch", "img"])),
    _kind(Effect, **CAUSED, after=PAGES, changes=st.lists(CHANGES, max_size=4).map(tuple)),
    _kind(End, **BASE),
    _kind(Opaque, **BASE, name=TEXTS),
)


def _distinct(events: list[Event]) -> list[Event]:
    return [event.model_copy(update={"id": f"e{index}"}) for index, event in enumerate(events, 1)]


WINDOWS = st.lists(EVENTS, min_size=1, max_size=14).map(_distinct)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(WINDOWS)
def test_any_mix_of_events_gives_a_story_or_none(events: list[Event]) -> None:
    """Any events give a story that begins with an address, has words for each step and survives its codec."""
    story = build_story(window(events))
    acts = (Click, Fill, Select, Check, Press, Upload, Drag, Hover, Scroll, Navigation)
    assert (story is None) == (not any(isinstance(event, acts) for event in events))
    if story is None:
        return
    assert isinstance(story.steps[0], GotoStep)
    assert story.title
    assert story.sentence.endswith(".")
    assert all(step.said for step in story.steps)
    assert len(story.actions) == len(story.steps)
    assert len(story.flow_key) == 32
    raw = to_json(story)
    assert len(raw) <= limits.MESSAGE_BYTES_MAX
    assert to_json(from_json(STORY, raw)) == raw
    again = build_story(window([from_json(EVENT, to_json(event)) for event in events]))
    assert to_json(again) == raw, "events that were kept as bytes are told as those at hand"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WINDOWS)
def test_equal_events_give_equal_bytes(events: list[Event]) -> None:
    """The story is a function of the events: a copy that went through JSON gives the same bytes."""
    adapter: TypeAdapter[list[Event]] = TypeAdapter(list[Event])
    copies = adapter.validate_json(to_json(events))
    first, second = build_story(window(events)), build_story(window(copies))
    assert (first is None) == (second is None)
    assert first is None or to_json(first) == to_json(second)
