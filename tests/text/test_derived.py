"""What is kept of answers: the right ones, and no more of them than the bound says."""

import copy
import gc
import pickle
import re
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from pipeline.activities import intents
from pipeline.generate import stories_of_window
from pipeline.patterns.matching import own_texts, story_texts
from pipeline.semantics.derived import (
    ELEMENTS_MAX,
    READINGS_MAX,
    STEPS_MAX,
    TEXTS_MAX,
    RecentByIdentity,
    RecentCache,
    Wording,
    _Found,
    once_per_changes,
    once_per_element,
    once_per_step,
    once_per_steps,
    once_per_story,
    once_per_text,
    tells_digits_apart,
)
from pipeline.semantics.lexicon import BUTTON_ACTS, LINK_ACTS, ROW_ACTS, WORDS
from pipeline.semantics.text import caption
from pipeline.windowing.closed_window import ClosedWindow
from schemas.base import made
from schemas.codecs import to_json
from schemas.elements import ByText, Element
from schemas.events import Appeared, Change, Click, Navigation, Page
from schemas.limits import TEXT_CHARS_MAX
from schemas.stories import GotoStep, NetworkRequest, Step, Story

EVERY_WORDING = [*WORDS.values(), *(acts.pattern for acts in (*ROW_ACTS, *LINK_ACTS, *BUTTON_ACTS))]


def test_a_short_text_is_looked_at_once_for_each_way_of_asking() -> None:
    """What a pattern says is what it would say anew, of no text as well; longer texts are looked at each time."""
    words = Wording(re.compile("s(av)e|drop", re.I))
    long = "x" * TEXT_CHARS_MAX + " Save"
    for text in ("Save all", "Saved", "drop", "", long):
        for asked, anew in ((words.search, words.pattern.search), (words.match, words.pattern.match)):
            first, again, right = asked(text), asked(text), anew(text)
            assert (first and first.span()) == (again and again.span()) == (right and right.span())
    assert words.search("Save all") is words.search("Save all")
    assert words.search("Save all") is not words.match("Save all")
    assert words.fullmatch("drop") is words.fullmatch("drop")
    assert words.search(long) is not words.search(long)
    assert words.sub("", "Save all") == " all"


def test_no_more_texts_are_kept_for_a_pattern_than_the_bound_says() -> None:
    """Beyond TEXTS_MAX all older answers go."""
    words = Wording(re.compile(r"\d+"))
    first = words.search("0")
    for number in range(TEXTS_MAX - 1):
        words.search(f"a {number}")
    assert words.search("0") is first
    words.search("one more")
    assert words.search("0") is not first


@pytest.mark.parametrize("words", EVERY_WORDING, ids=lambda words: words.pattern.pattern[:30])
def test_texts_that_differ_in_digits_are_answered_as_each_would_be(words: Wording) -> None:
    """What was not found in a text is not looked for in others of its shape; what is found stands in each itself."""
    fresh = Wording(words.pattern)
    texts = [f"{said} {number}" for said in ("Save", "Press here", "Sign out", "Step", "Page") for number in (1, 22, 9)]
    for text in ["404", "1", "17", *texts, *reversed(texts)]:
        for asked, anew in ((fresh.search, words.pattern.search), (fresh.match, words.pattern.match)):
            found, right = asked(text), anew(text)
            assert (found and (found.string, found.span())) == (right and (right.string, right.span()))


def test_a_pattern_that_names_a_digit_tells_digits_apart() -> None:
    """How often something is repeated is no digit of a text."""
    told = {source: tells_digits_apart(re.compile(source)) for source in ("4x", "[2-9]", r"(a)\1", r"\d{2,3} a{0,1}")}
    assert told == {"4x": True, "[2-9]": True, r"(a)\1": True, r"\d{2,3} a{0,1}": False}
    words = Wording(re.compile("^40[4-9]$"))
    assert [bool(words.search(text)) for text in ("400", "404", "401", "409")] == [False, True, False, True]


def test_of_texts_in_which_nothing_is_found_one_of_a_shape_is_looked_at() -> None:
    """Thousands of numbered rows cost one look, and are forgotten as all other texts are."""
    looked: list[str] = []

    def find(text: str) -> re.Match[str] | None:
        looked.append(text)
        return None

    found = _Found(find, {ord(digit): "0" for digit in "123456789"})
    assert not any(found[f"row {number}"] for number in range(100, 999))
    assert looked[0] == "row 100"
    assert len(looked) <= 2
    assert len(found) <= TEXTS_MAX + 1


def test_an_element_is_read_once() -> None:
    """The same element is read once; an equal one is another element."""
    read: Counter[str] = Counter()

    @once_per_element
    def name(target: Element) -> str:
        read[target.name or ""] += 1
        return target.name or ""

    one, other = Element(name="Save"), Element(name="Save")
    assert [name(one), name(one), name(other), name(other)] == ["Save"] * 4
    assert read["Save"] == 2


def test_no_more_elements_are_kept_than_the_bound_says() -> None:
    """Beyond ELEMENTS_MAX the older answers go: the first element is read again."""
    read: Counter[str] = Counter()

    @once_per_element
    def name(target: Element) -> str:
        read[target.name or ""] += 1
        return target.name or ""

    first = Element(name="first")
    others = [Element(name=f"{number}") for number in range(ELEMENTS_MAX)]
    for target in (first, *others, first):
        assert name(target) == target.name
    assert read["first"] == 2
    assert set(read.values()) == {1, 2}


def test_an_element_is_never_taken_for_one_that_is_gone() -> None:
    """Elements that come and go, and so would have each other's identity, have their own captions."""
    for number in range(4 * ELEMENTS_MAX):
        assert caption(Element(name=f"Button {number}")) == f"Button {number}"


def test_a_step_and_what_it_changed_are_read_once() -> None:
    """The same step is read once, and so are its changes; a list, which somebody may change, is read each time. Whoever
    changes the answer changes nobody else's."""
    read: list[object] = []

    @once_per_step
    def address(step: GotoStep) -> str:
        read.append(step)
        return step.url

    @once_per_changes
    def names(changes: Iterable[Change]) -> list[str]:
        read.append(changes)
        return [change.element.name or "" for change in changes]

    step = GotoStep(event_id="e", at_ms=1, tab_id="", url="/a", changes=(Appeared(element=Element(name="Saved")),))
    for _ in range(2):
        assert address(step) == "/a"
        assert names(step.changes) == ["Saved"]
        names(step.changes).append("else")
    assert len(read) == 2
    assert names(()) == []
    assert names(list(step.changes)) == names(list(step.changes)) == ["Saved"]
    assert len(read) == 4


def test_no_more_steps_are_kept_than_the_bound_says() -> None:
    """Beyond STEPS_MAX the older answers go: the first step is read again."""
    read: Counter[str] = Counter()

    @once_per_step
    def name(step: GotoStep) -> str:
        read[step.url] += 1
        return step.url

    first, *others = [GotoStep(event_id="e", at_ms=1, tab_id="", url=f"/{n}") for n in range(STEPS_MAX + 1)]
    for step in (first, *others, first):
        name(step)
    assert read[first.url] == 2
    assert set(read.values()) == {1, 2}


def test_a_changed_copy_is_as_pydantic_makes_it() -> None:
    """With its own copy of what a value holds."""
    one = Element(tag="a", name="Red sea")
    quick, slow = one.model_copy(update={"name": "Blue"}), one.model_copy(update={"name": "Blue"}, deep=True)
    assert quick == slow == Element(tag="a", name="Blue")
    assert to_json(quick) == to_json(slow)
    assert one.model_copy() == one
    assert hash(one.model_copy()) == hash(one)
    assert one not in (quick, "Red sea", ByText(value="Red sea"))
    assert one.name == "Red sea"


def test_a_value_holds_nothing_but_its_fields() -> None:
    """However it was made: which of its fields were said would weigh as much as all else."""
    said = Element(tag="a", name="Red sea")
    read = Element.model_validate_json(said.model_dump_json())
    copies = (said.model_copy(), said.model_copy(update={"name": "Blue"}), copy.deepcopy(said))
    for one in (said, read, made(Element, {"tag": "a"}), *copies, pickle.loads(pickle.dumps(said))):
        assert not any(isinstance(held, (set, frozenset)) for held in gc.get_referents(one))
        assert hash(one) == hash(one.model_copy())
    assert read == said == copy.deepcopy(said) == pickle.loads(pickle.dumps(said))


def test_no_more_texts_are_kept_than_the_bound_says() -> None:
    """Beyond TEXTS_MAX the text that was not asked for longest goes."""
    read: Counter[str] = Counter()

    @once_per_text
    def upper(text: str) -> str:
        read[text] += 1
        return text.upper()

    for text in ("first", "first", *map(str, range(TEXTS_MAX)), "first"):
        assert upper(text) == text.upper()
    assert read["first"] == 2
    assert read["0"] == 1


def _window() -> ClosedWindow:
    common = {"app": "shop", "session_id": "s", "journey_id": "j", "page": Page(url="https://shop.test/")}
    opened = Navigation(id="1", at_ms=1, url="https://shop.test/", **common)
    clicked = Click(id="2", at_ms=2, target=Element(tag="button", role="button", name="Pay"), **common)
    return ClosedWindow("id", 2, "shop", "j", "end", (opened, clicked))


def _goto(url: str) -> GotoStep:
    return GotoStep(event_id=url, at_ms=1, url=url)


def test_steps_are_read_once_with_what_they_asked_for() -> None:
    """The same steps with the same requests are read once, also in another list; fewer of them are read anew."""
    read: Counter[int] = Counter()

    @once_per_steps
    def count(steps: Sequence[Step], requests: Sequence[NetworkRequest]) -> int:
        read[len(steps)] += 1
        return len(steps) + len(requests)

    steps = [_goto("/a"), _goto("/b")]
    request = NetworkRequest(method="GET", url="/x", at_ms=1)
    assert [count(steps, ()), count(tuple(steps), []), count(steps[:1], ()), count(steps, (request,))] == [2, 2, 1, 3]
    assert read == {2: 2, 1: 1}


def test_no_more_readings_are_kept_than_the_bound_says() -> None:
    """Beyond READINGS_MAX the older answers go, and are right when they are asked for again."""
    read: Counter[str] = Counter()

    @once_per_steps
    def first_url(steps: Sequence[Step], _requests: Sequence[NetworkRequest]) -> str:
        read[steps[0].event_id] += 1
        return steps[0].event_id

    every = [[_goto(f"/{number}")] for number in range(READINGS_MAX + 1)]
    for steps in (*every, every[0]):
        assert first_url(steps, ()) == steps[0].event_id
    assert read["/0"] == 2


def test_what_is_known_of_a_story_goes_with_it() -> None:
    """A story is read once for as long as it lives; nothing is kept of one that is gone."""
    read: Counter[str] = Counter()

    @once_per_story
    def title(story: Story) -> tuple[str, ...]:
        read[story.id] += 1
        return (story.title,)

    (story,) = stories_of_window(_window())
    answer = weakref.ref(story)
    assert title(story) is title(story)
    assert read == {"id": 1}
    changed = story.model_copy(update={"title": "Other"})
    assert title(changed) == ("Other",)
    del story
    assert answer() is None


def test_who_knows_the_answer_may_note_it() -> None:
    """It is then not computed; a story that was not noted is not known."""

    @once_per_story
    def title(_: Story) -> str:
        raise AssertionError

    (story,) = stories_of_window(_window())
    other = story.model_copy()
    assert title.note(story, "noted") == "noted" == title(story) == title.known(story)
    assert title.known(other) is None


def test_the_newest_values_are_kept_and_twice_as_many_never() -> None:
    """With a bound of 3: of any values put, the last three are there, and never more than six."""
    for many in range(1, 20):
        kept: RecentCache[int, str] = RecentCache(3)
        for number in range(many):
            kept.put(number, str(number))
        found = [number for number in range(many) if kept.pop(number) is not None]
        assert found[-3:] == list(range(many))[-3:]
        assert len(found) <= 6


def test_a_value_that_is_put_again_is_the_new_one_and_taken_once() -> None:
    """Also where the older one stands in the old half."""
    kept: RecentCache[str, int] = RecentCache(1)
    kept.put("a", 1)
    kept.put("a", 2)
    assert (kept.pop("a"), kept.pop("a")) == (2, None)


def test_a_story_that_is_told_has_its_texts_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model is to be asked was read with the story: asking for it again reads no goals."""
    (story,) = stories_of_window(_window())
    again = Story.model_validate_json(story.model_dump_json(by_alias=True))
    expected = story_texts(again)
    monkeypatch.setattr(intents, "Reader", None)
    assert story_texts(story) == expected
    with pytest.raises(TypeError):
        own_texts(again.model_copy(deep=True))


def test_what_is_made_of_an_object_is_made_once_within_a_bound() -> None:
    """The same object is answered from memory, an equal one is another object; beyond twice the weight of a half the
    older ones are forgotten, save those that were asked for meanwhile."""
    made: list[Element] = []

    def name(target: Element) -> str:
        made.append(target)
        return target.name or ""

    known = RecentByIdentity[Element, str](3, lambda target: len(target.name or ""))
    asked, forgotten = Element(name="a"), Element(name="a")
    assert [known.get(one, name) for one in (asked, forgotten, asked)] == ["a"] * 3
    assert [id(one) for one in made] == [id(asked), id(forgotten)]
    for _ in range(4):
        for letter in "bcd":
            known.get(Element(name=letter), name)
        known.get(asked, name)
    assert sum(one is asked for one in made) == 1
    known.get(forgotten, name)
    assert sum(one is forgotten for one in made) == 2


@pytest.mark.parametrize(
    ("sign", "title", "called"),
    [("+", "Add journal entry", "Add journal entry"), ("+", None, "+"), ("›", "»", "›"), ("OK", "Take it over", "OK")],
)
def test_a_sign_is_called_by_its_title(sign: str, title: str | None, called: str) -> None:
    """A control that shows a sign alone is called as its title says in words; two letters are a word of their own."""
    assert caption(Element(name=sign, text=sign, title=title)) == called
