"""Of the ways to find an element those are kept that the other sessions had as well."""

import random
import re

from bench.flows.synthetic import ROW, Visitor, alert, element, heading
from pipeline.flows.consensus import consensus
from pipeline.generate import tests_of as write_tests
from pipeline.steps.draft import target_of
from schemas.elements import ById, ByPath, ByRole, ByTag, ByText, Candidate, Element, PathStep, Scope
from schemas.events import Click, Effect, End, Fill, Page, Typed, ValueChanged
from schemas.stories import ClickStep, Story
from tests.flows.acts import PlainVisitor
from tests.flows.test_consensus import sessions
from tests.flows.test_flow_assignment import told


def test_unsteady_ways_lose_their_place() -> None:
    """An id that is another one in each session is no way to find the button."""
    story = consensus(sessions("", "", "", button_ids=("b81", "b22", "b93"))).story
    target = target_of(story.steps[-1])
    assert target is not None
    assert [candidate.locator.by for candidate in target.candidates] == ["role"]


def test_a_steady_way_keeps_its_place() -> None:
    """An id that everybody saw stays."""
    story = consensus(sessions("", "", "", button_ids=("save", "save", "save"))).story
    target = target_of(story.steps[-1])
    assert target is not None
    assert [candidate.locator.by for candidate in target.candidates] == ["role", "id"]


def test_a_name_that_is_found_loosely_is_found_exactly() -> None:
    """On a page with more links, only the whole name finds it; where there are fewer, nobody needed to say so."""
    stories = []
    for number in range(4):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/project")
        whole = Candidate(locator=ByRole(role="link", name="Issues", exact=True), count=1)
        part = Candidate(locator=ByRole(role="link", name="Issues"), count=1 if number else 2)
        place = Candidate(locator=ById(value="issues"), count=1)
        target = element("a", "link", "Issues")
        ways = (part, place) if number else (part, whole, place)
        visitor.came(visitor.add(Click, target=target.model_copy(update={"candidates": ways})), heading("Issues"))
        visitor.add(End)
        stories.append(told(visitor).model_copy(update={"start_timestamp": str(number), "id": str(number)}))
    (chosen,) = (step for step in consensus(stories).story.steps if isinstance(step, ClickStep))
    assert any(way.count == 1 and isinstance(way.locator, ByRole) for way in chosen.target.candidates)


def test_an_option_is_found_without_the_hint_that_stands_behind_it_for_a_moment() -> None:
    """Its name has a hint while the pointer is on it; each user chose another one."""

    def picks(number: int, name: str) -> Story:
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/plans")
        names = (f"{name} Press enter to select", name)
        ways = tuple(Candidate(locator=ByRole(role="option", name=one), count=1) for one in names)
        option = element("li", "option", names[0]).model_copy(update={"text": name, "candidates": ways})
        visitor.add(Click, target=option)
        visitor.add(End)
        return told(visitor)

    step = consensus([picks(0, "North Mill"), picks(1, "South Mill"), picks(2, "Old Bridge")]).story.steps[-1]
    assert isinstance(step, ClickStep)
    assert len(step.target.candidates) == 2


def presses(number: int, holder: str, same_place: bool = True, button: bool = False) -> Story:
    """One user presses the sign of a thing in a drawing, or a button of the same thing's."""
    visitor = PlainVisitor("plans", number, random.Random(number))
    visitor.open("/plan")
    thing = Scope(locator=ByTag(tag="g", classes=("thing",)), has_text=holder)
    ways = [Candidate(locator=ByTag(tag="rect", classes=("sign",)), count=1, within=(thing,))]
    if button:
        ways = [Candidate(locator=ByRole(role="button", name="Start"), count=1)]
    place = 2 if same_place else 2 + number
    ways.append(Candidate(locator=ByTag(tag="rect", classes=("sign",)), count=3, index=1))
    ways.append(Candidate(locator=ByPath(steps=(PathStep(tag="g", nth_of_type=place),)), count=1))
    target = Element(tag="rect", candidates=tuple(ways))
    visitor.came(visitor.add(Click, target=target), heading("Started"))
    visitor.add(End)
    return told(visitor).model_copy(update={"start_timestamp": str(number), "id": str(number), "flow_key": "plan"})


def test_what_stands_in_a_thing_is_found_by_that_thing() -> None:
    """Each user took another thing, at the same place of another plan: its words tell it, not the place."""
    (_, step) = consensus([presses(0, "Mill"), presses(1, "Bridge"), presses(2, "Clock")]).story.steps
    assert isinstance(step, ClickStep)
    first = step.target.candidates[0]
    assert [scope.has_text for scope in first.within] == ["Mill"]


def test_the_words_of_a_thing_count_only_where_everybody_found_it_so() -> None:
    """One user pressed something that no thing holds: its words tell nobody else's."""
    (_, step) = consensus([presses(0, "Mill"), presses(1, "Bridge"), presses(2, "", button=True)]).story.steps
    assert isinstance(step, ClickStep)
    assert not any(scope.has_text for one in step.target.candidates for scope in one.within)


def test_which_row_was_acted_on_is_the_users_choice() -> None:
    """In what row a control stands differs from user to user: the test finds its own row as its session did, also where
    another one had but one of them to choose from, and keeps what the page said of it."""
    stories = []
    for number, name in enumerate(("Alice", "Bert", "Carla", "Dora", "Emil")):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/members")
        plain = Candidate(locator=ByText(value="Archive"), count=1 if number == 3 else 2)
        row = Scope(locator=ByRole(role="row"), has_text=f"{name} (x1)")
        scoped = Candidate(locator=ByText(value="Archive"), count=1, within=(row,))
        target = element("button", "button", "Archive", ROW.model_copy(update={"name": f"{name} (x1) Archive"}))
        ways = (plain,) if number == 3 else (plain, scoped)
        cause = visitor.add(Click, target=target.model_copy(update={"candidates": ways}))
        visitor.came(cause, alert(f"Member '{name}' has been archived."))
        visitor.add(End)
        stories.append(told(visitor))
    assert len({story.flow_key for story in stories}) == 1
    code = write_tests(stories)[0].code
    (name,) = re.findall(r'filter\(has_text="(\w+) \(x1\)"\)', code)
    assert f"Member '{name}' has been archived." in code.replace("\\'", "'")


def test_of_an_editor_is_left_how_it_is_found_now() -> None:
    """What each wrote in it is their own; that there are two of them once it was written is not."""
    out = []
    for number in range(3):
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/book")
        twice = Candidate(locator=ByRole(role="textbox"), count=2)
        editor = Element(tag="div", role="textbox", editable=True, candidates=(twice,))
        cause = visitor.add(Fill, target=editor, value=Typed(text=f"{number} * 4"), by_keys=True)
        shown = ValueChanged(element=editor, after=f" div span\t{number}\n div\t*\n div span\t4")
        visitor.add(Effect, cause=cause, after=Page(url=visitor.url), changes=(shown,))
        visitor.add(End)
        out.append(told(visitor))
    (change,) = consensus(out).story.steps[1].changes
    assert isinstance(change, ValueChanged)
    assert (change.before, change.after) == ("", "")
    assert [one.count for one in change.element.candidates] == [2]
