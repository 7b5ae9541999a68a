"""The facts of a step: each is found once, however often and by whomever it is asked."""

from collections import Counter

import pytest

from pipeline.semantics import step_meaning
from pipeline.semantics.step_meaning import meaning_of
from pipeline.stories.build import build_story
from schemas.elements import Ancestor, Element
from schemas.events import Page
from schemas.stories import ClickStep, GotoStep
from tests.stories.by_hand import HOME, Journey, button, link, textbox


def _click(target: Element, before: str = "", after: str = "") -> ClickStep:
    led = Page(url=f"{HOME}{after}") if after else None
    page = Page(url=f"{HOME}{before}")
    return ClickStep(event_id="e", at_ms=1, page=page, after=led, navigates=bool(after), target=target)


def test_a_step_that_is_asked_again_gives_the_answer_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact is asked of the elements when it is first wanted, never before, and once."""
    asked: Counter[str] = Counter()

    def in_menu(_target: Element) -> bool:
        asked["in_menu"] += 1
        return True

    monkeypatch.setattr(step_meaning, "in_menu", in_menu)
    step = _click(link("Books"))
    assert not asked
    assert meaning_of(step).in_menu
    assert meaning_of(step).in_menu
    assert asked == {"in_menu": 1}


def test_the_elements_of_a_story_are_asked_once_for_each_of_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of a story is told, and no step was asked twice where its control stands."""
    asked: Counter[int] = Counter()

    def counted(target: Element) -> bool:
        asked[id(target)] += 1
        return False

    monkeypatch.setattr(step_meaning, "in_table_row", counted)
    journey = Journey().opens(f"{HOME}queues")
    for name in ("orders", "mails", "prints"):
        journey.click(link(name)).leads_to(f"{HOME}queues/{name}").opens(f"{HOME}queues")
    story = build_story(journey.fill(textbox("Name"), "Ada").click(button("Save")).window())
    assert story is not None
    assert asked
    assert set(asked.values()) == {1}


def test_facts_of_an_element_are_empty_where_a_step_acts_on_none() -> None:
    """Opening an address has no control: it says nothing, and stands nowhere."""
    opened = meaning_of(GotoStep(event_id="e", at_ms=1, url=HOME))
    assert (opened.caption, opened.name, opened.row_verb) == ("", "", "")
    assert [opened.in_menu, opened.in_table_row, opened.is_item, opened.leads] == [False] * 4


def test_a_link_in_a_lists_table_opens_one_of_that_list_where_it_leads_below_it_by_its_name() -> None:
    """On `/queues` by `orders` to `/queues/main/orders`; not from a menu, and not by another name."""
    row = Ancestor(tag="tr", role="row", name="main orders")
    inside = link("orders").model_copy(update={"ancestors": (row,)})
    assert meaning_of(_click(inside, "queues", "queues/main/orders")).opens_one_of_list
    assert not meaning_of(_click(inside, "queues", "queues/main/mails")).opens_one_of_list
    assert not meaning_of(_click(link("orders"), "queues", "queues/main/orders")).opens_one_of_list
