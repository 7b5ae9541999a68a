"""What few users typed is made up before it leaves: of the same shape, everywhere, and never made of the value."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.flows.synthetic import Visitor, alert
from pipeline.codegen.python.allow_list import check_code
from pipeline.flows.consensus import consensus
from pipeline.generate import test_of as write_flow
from pipeline.privacy.pseudonyms import (
    events_without_values,
    hidden,
    like,
    made_up,
    rare_texts,
    typed_texts,
)
from pipeline.privacy.replacing import CUT_CHARS_MIN, WORD_CHARS_MIN
from schemas import limits
from schemas.codecs import to_json
from schemas.elements import Element
from schemas.events import Effect, End, Recording, Typed, ValueChanged
from schemas.stories import ClickStep, FillStep, Story
from tests.flows.test_flow_assignment import told
from tests.flows.test_parameters import saves

REAL = 3
EDITOR = Element(tag="div", role="textbox", name="Text", editable=True)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Gartenfest", r"[A-Z][a-z]{9}"),
        ("ANNA-7", r"[A-Z]{4}-[1-9]"),
        ("ada@ferry.example", r"[a-z]{3}@example\.com"),
        ("+43 660 1234567", r"\+[1-9]\d [1-9]\d\d [1-9]\d{6}"),
        ("1984-02-29", r"1984-(0[1-9]|1[0-2])-([01]\d|2[0-8])"),
        ("2024-05", r"2024-(0[1-9]|1[0-2])"),
        ("2024-05-06T10:30", r"2024-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d"),
        ("31.12.1984", r"(0\d|1[0-2])\.(0\d|1[0-2])\.1984"),
        ("9:45", r"[1-9]:[0-5]\d"),
        ("https://ada.example/me?x=1", r"https://example\.com/[a-z]{2}\?[a-z]=[1-9]"),
        ("1250", r"[1-9]\d{3}"),
    ],
)
def test_made_up_values_have_the_same_shape(text: str, shape: str) -> None:
    """Letters for letters, digits for digits; dates, times, e-mail and web addresses stay such."""
    for seed in map(str, range(50)):
        assert re.fullmatch(shape, like(text, seed)), like(text, seed)


@given(st.text(max_size=60), st.text(max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_text_has_something_like_it(text: str, seed: str) -> None:
    """The same seed gives the same value, whatever the text is."""
    assert like(text, seed) == like(text, seed)


def test_a_made_up_value_says_nothing_of_the_value() -> None:
    """It comes from its place alone: two values of one shape in the same place are replaced alike."""
    told = [saves([name])[0].model_copy(update={"flow_key": "same"}) for name in ("Bernadette", "Rolfinesso")]
    (first,), (second,) = (made_up(story, frozenset(typed_texts(story.steps))).values() for story in told)
    assert like("Bernadette", "seed") == like("Hilmogirre", "seed")
    assert first == made_up(told[0], frozenset({"Bernadette"}))["Bernadette"]
    assert second == like("Rolfinesso", "same 0 0")


def real(stories: list[Story]) -> list[Story]:
    """The same as people's traffic: the made-up shop lies under a name that is set aside for examples."""
    return [story.model_copy(update={"traffic": "real"}) for story in stories]


def test_below_the_number_of_users_a_value_is_made_up_at_it_it_stays() -> None:
    """Two users are too few where three are asked for; three are enough; one user often is one user."""
    stories = real(saves(["Groceries"] * 2 + ["Paint"] * 3))
    assert rare_texts(stories, REAL) == {"Groceries"}
    same = [story.model_copy(update={"user_id": "ann"}) for story in real(saves(["Paint"] * 5))]
    assert rare_texts(same, REAL) == {"Paint"}
    assert rare_texts(stories, 1) == frozenset()


def test_a_test_of_real_users_has_nobodys_own_value() -> None:
    """The value is nowhere in the test, and what the page said back follows the made-up one."""
    stories = real(saves(["Bernadette Holm"]))
    test = write_flow(stories)
    check_code(test.code)
    assert b"ernadette" not in to_json(test)
    assert b"olm" not in to_json(test)
    made = made_up(stories[0], frozenset({"Bernadette Holm"}))["Bernadette Holm"]
    assert f'fill("{made}")' in test.code
    assert f"Saved '{made}'." in test.code
    assert made in test.story


def test_what_many_typed_stays_in_the_test() -> None:
    """Rows that three users typed are rows, the own values of the session that tells the steps among them."""
    code = write_flow(real(saves(["Groceries"] * 3 + ["Garden tools"] * 3))).code
    assert "Groceries" in code
    assert "Garden tools" in code


def test_a_session_whose_values_may_be_told_tells_the_steps() -> None:
    """Rather than one with fewer steps whose value would be made up, and might lead elsewhere."""
    few, *many = real(saves(["Bernadette Holm", "Paint", "Paint", "Paint"]))
    longer = [
        story.model_copy(update={"steps": (*story.steps[:at], story.steps[at], *story.steps[at:])})
        for at, story in enumerate(many)
    ]
    assert consensus([few, *longer]).story.id in {story.id for story in longer}
    assert consensus([few, *longer[:1]], users_min=1).story.id == few.id


def test_testers_values_stay() -> None:
    """One session of test traffic keeps its values, and what a tester typed too is nobody's secret."""
    stories = saves(["Bernadette Holm"])
    assert consensus(stories).story is stories[0]
    assert "Bernadette Holm" in write_flow(stories).code
    assert "Bernadette Holm" in write_flow(real(stories), users_min=1).code
    assert rare_texts([*real(saves(["Paint", "Paint", "Wood"])), saves(["Paint"])[0]], REAL) == {"Wood"}


def test_events_leave_with_made_up_values() -> None:
    """The events of an open window keep their number, ids and kinds; the typed text is nowhere in them."""
    visitor = Visitor("shop", 1, random.Random("plain"))
    visitor.open("/lists/new")
    visitor.write("List name", "Bernadette Holm")
    visitor.send("Save", "POST", "/lists", alert("Saved 'Bernadette Holm'."), url="/lists/bernadette-holm")
    out = events_without_values(visitor.events, "seed")
    assert [(one["id"], one["kind"]) for one in out] == [(one.id, one.kind) for one in visitor.events]
    assert "ernadette" not in str(out)
    assert "Saved" in str(out)
    assert out == events_without_values(visitor.events, "seed")


def test_parts_of_what_was_written_in_an_editor_are_made_up_alike() -> None:
    """A mark in the middle of a line makes three texts of it, and no one of them was typed as a whole: each stands as
    the made-up text has it there. What is in no text that was typed may say as much, and is left out."""
    typed = FillStep(
        target=EDITOR, value=Typed(text="Dear Anna Holm,\nsee you soon"), by_keys=True, event_id="e1", at_ms=1
    )
    bold = ValueChanged(
        element=EDITOR, before=" p\tDear Anna Holm,", after=" p\tDear\n p b\tAnna Holm\n p\t,\n p\tHOLM"
    )
    pressed = ClickStep(target=Element(tag="button"), changes=(bold,), event_id="e2", at_ms=2)
    story = _told("x", "Saved", "/lists").model_copy(update={"steps": (typed, pressed)})
    instead = made_up(story, frozenset([typed.value.text]))
    line = instead[typed.value.text].split("\n")[0]
    (change,) = hidden(story, instead).steps[1].changes
    assert isinstance(change, ValueChanged)
    assert change.before == f" p\t{line}"
    assert change.after == f" p\t{line[:4]}\n p b\t{line[5:14]}\n p\t,"


def test_what_stands_in_editors_leaves_raw_events_empty() -> None:
    """It may hold any part of what was typed."""
    visitor = Visitor("shop", 1, random.Random("plain"))
    made = ValueChanged(element=EDITOR, after=" p b\tBernadette")
    visitor.add(Effect, cause="c", changes=(made,))
    assert "Bernadette" not in str(events_without_values(visitor.events, "seed"))


def test_a_recording_leaves_empty() -> None:
    """What a compressed recording holds can't be looked through."""
    visitor = Visitor("shop", 1, random.Random("plain"))
    visitor.add(Recording, chunk="c2VjcmV0")
    assert "c2VjcmV0" not in str(events_without_values(visitor.events, "seed"))


def _told(value: str, said: str, url: str) -> Story:
    visitor = Visitor("shop", 1, random.Random("plain"))
    visitor.open("/lists/new")
    visitor.write("List name", value)
    visitor.send("Save", "POST", "/lists", alert(said), url=url)
    visitor.add(End)
    return told(visitor)


@pytest.mark.parametrize(
    ("value", "said", "url"),
    [
        ("Bernadette Holm", "Saved BERNADETTE HOLM", "/lists/bernadette-holm"),
        ("Bernadette Holm", "Saved", "/lists?name=Bernadette+Holm&x=Bernadette%20Holm"),
        ("Bernadette Holm", "Bernadette Ho…", "/lists/bernadette_holm"),
        ("Bernadette Holm", "Saved 'Bernadette\n  Holm'", "/lists"),
        ("Bernadette\nHolmqvist", "Saved Holmqvist, by Bernadette", "/lists"),
        ("ベルナデッテ", "ベルナデッテさん", "/lists/%E3%83%99%E3%83%AB%E3%83%8A%E3%83%87%E3%83%83%E3%83%86"),
    ],
)
def test_a_value_is_found_however_it_is_spelled(value: str, said: str, url: str) -> None:
    """In capitals, in addresses, cut off, broken over lines, line by line, within words."""
    story = _told(value, said, url)
    raw = to_json(hidden(story, made_up(story, frozenset({value})))).decode().casefold()
    for part in ("ernadette", "olm", "ベルナデッテ", "%e3%83%99%e3%83%ab"):
        assert part not in raw


@given(st.text(min_size=CUT_CHARS_MIN, max_size=40), st.sampled_from(["{}", "Saved '{}'.", "a{}b"]))
@settings(max_examples=60, deadline=None)
def test_no_text_gets_through(value: str, said: str) -> None:
    """Whatever is typed, the typed text stands nowhere afterwards, and the story is still a story."""
    story = _told(value, said.format(value), "/lists")
    texts = frozenset(typed_texts(story.steps))
    instead = made_up(story, texts)
    out = hidden(story, instead)
    for text in texts:
        if instead.get(text, text) != text and len(text) >= WORD_CHARS_MIN:
            assert text not in typed_texts(out.steps)
    assert out.id == story.id


def test_a_value_that_grows_is_cut_to_its_bound() -> None:
    """A short address becomes a longer one, as often as it stands in a text: the story is hidden all the same."""
    often = "a@b " * (limits.TEXT_CHARS_MAX // 4)
    story = _told("a@b", often, "/lists" + "?a@b" * 1_000).model_copy(update={"title": often})
    without = hidden(story, made_up(story, frozenset(["a@b"])))
    assert "a@b" not in to_json(without).decode()
    assert len(without.title) == limits.TEXT_CHARS_MAX
    assert len(without.final_state.url) == limits.URL_CHARS_MAX
