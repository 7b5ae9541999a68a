"""What the sessions of a flow agree on becomes its test; one session alone gives its own story."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.flows.synthetic import APPS, Visitor, alert, element, heading, make
from pipeline.flows.consensus import SAMPLES_MAX, consensus, evidence_of, sampled
from pipeline.generate import tests_of as write_tests
from schemas.codecs import to_json
from schemas.elements import ById, ByRole, Candidate, Scope
from schemas.events import Appeared, Click, Effect, End, Fill, Navigation, Page, Press, Typed
from schemas.stories import Story
from tests.flows.acts import PlainVisitor
from tests.flows.test_flow_assignment import told


def said_in(story: Story) -> set[str]:
    """The texts of all changes."""
    return {
        change.element.text or "" for step in story.steps for change in step.changes if isinstance(change, Appeared)
    }


def sessions(*extra: str, value: str = "Ada", button_ids: tuple[str, ...] = ()) -> list[Story]:
    """One session for each of `extra`: the same form sent off, the page saying that text besides `Saved.`."""
    out = []
    for number, text in enumerate(extra):
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/profile")
        visitor.write("Nickname", value)
        button = element("button", "button", "Save")
        if button_ids:
            way = Candidate(locator=ById(value=button_ids[number]), count=1)
            button = button.model_copy(update={"candidates": (*button.candidates, way)})
        cause = visitor.add(Click, target=button)
        changes = (alert("Saved."), Appeared(element=element("p", "paragraph", text)))
        visitor.add(Effect, cause=cause, after=Page(url=visitor.url), changes=changes)
        visitor.add(End)
        out.append(told(visitor))
    assert len({story.flow_key for story in out}) == 1
    return out


def test_one_session_gives_its_own_story() -> None:
    """Nothing is dropped, reworded or reordered when there is nobody to compare with."""
    story = sessions("Tip of the day: breathe.")[0]
    found = consensus([story])
    assert to_json(found.story) == to_json(story)
    assert found.dropped == 0


def test_what_varied_is_dropped() -> None:
    """The same inputs, another text each time: chance, so the test is silent about it; what all saw stays."""
    story = consensus(sessions("Tip: breathe.", "Tip: run.", "Tip: sleep.")).story
    assert said_in(story) == {"Saved."}


def test_what_nearly_all_saw_is_kept() -> None:
    """One session in ten without a text doesn't cost it."""
    story = consensus(sessions(*["Welcome back."] * 9, "")).story
    assert "Welcome back." in said_in(story)


def test_the_number_of_a_thing_that_was_made_is_dropped() -> None:
    """Who typed something else saw the same sentence with another number: that is no outcome to hold anybody to."""
    stories = [
        sessions(f"Order {number} was placed.", value=name)[0].model_copy(update={"id": name})
        for number, name in enumerate(("Ada", "Bob", "Cleo"), 31)
    ]
    assert said_in(consensus(stories).story) == {"Saved."}
    alike = [story for name in ("Ada", "Bob") for story in sessions("2 of 3 steps are done.", value=name)]
    alike = [story.model_copy(update={"id": str(number)}) for number, story in enumerate(alike)]
    assert "2 of 3 steps are done." in said_in(consensus(alike).story)


@pytest.mark.parametrize(("role", "is_kept"), [("treeitem", False), ("heading", True)])
def test_how_many_things_a_folder_holds_is_dropped(role: str, is_kept: bool) -> None:
    """A number behind the name of a folder or a tab counts what others sent; that of a heading may be its name."""

    def opens(number: int) -> Story:
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/mail")
        cause = visitor.add(Click, target=element("a", "link", "Cherry delivery"))
        visitor.came(cause, alert("Opened."), Appeared(element=element("li", role, "Inbox 5")))
        visitor.add(End)
        return told(visitor).model_copy(update={"id": str(number)})

    assert ("Inbox 5" in said_in(consensus(map(opens, range(3))).story)) is is_kept


def test_a_message_is_told_up_to_its_number() -> None:
    """What it says before a number that is another one in each session is the same for all; half a sentence is none."""
    texts = [f"The code is not the right one. Only {left} attempts are left." for left in (4, 3, 2)]
    stories = [story.model_copy(update={"id": str(number)}) for number, story in enumerate(sessions(*texts))]
    assert said_in(consensus(stories).story) == {"Saved.", "The code is not the right one."}
    texts = [f"The code is wrong, {left} attempts are left." for left in (4, 3, 2)]
    stories = [story.model_copy(update={"id": str(number)}) for number, story in enumerate(sessions(*texts))]
    assert said_in(consensus(stories).story) == {"Saved."}


def test_a_heading_of_what_was_typed_is_told_by_its_name() -> None:
    """How many things are under it is no part of its name, and another number each time."""
    stories = []
    for number, value in enumerate(("Journeys", "Open air", "Night trains")):
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/shelves/7/edit")
        visitor.write("Name", value)
        cause = visitor.add(Click, target=element("button", "button", "Update"))
        way = Candidate(locator=ByRole(role="heading", name=f"{value} Books"), count=1)
        plain = element("h1", "heading", f"{value} > Books ({number})")
        named = plain.model_copy(update={"name": f"{value} Books", "candidates": (way,)})
        visitor.add(Effect, cause=cause, after=Page(url=visitor.url), changes=(Appeared(element=named),))
        visitor.add(End)
        stories.append(told(visitor).model_copy(update={"id": str(number)}))
    assert said_in(consensus(stories).story) & {f"{value} Books" for value in ("Journeys", "Open air", "Night trains")}


def test_what_others_typed_is_dropped() -> None:
    """A list that shows what other sessions made says nothing of this one."""
    stories = [
        sessions(text, value=name)[0].model_copy(update={"id": name})
        for name, text in (
            ("Adam", "Bobby and Cleo are here."),
            ("Bobby", "Cleo is here."),
            ("Cleo", "Nobody is here."),
        )
    ]
    assert said_in(consensus(stories).story) == {"Saved."}


def test_a_moment_is_no_other_text() -> None:
    """What was saved at another time was saved in the same words."""
    stories = [sessions(f"Last change: 2026/11/{day} 10:{day} by you.", value="Ada")[0] for day in (11, 12, 13)]
    stories = [story.model_copy(update={"id": str(number)}) for number, story in enumerate(stories)]
    assert any("Last change" in text for text in said_in(consensus(stories).story))


def test_what_a_page_calls_each_user_is_dropped() -> None:
    """The tester signs in with another account than any of those who were recorded."""

    def signs_in(number: int, login: str, name: str) -> Story:
        visitor = Visitor("shop", number, random.Random(number))
        visitor.open("/login")
        visitor.add(Fill, target=element("input", "textbox", "Login"), value=Typed(text=login))
        word = element("input", "textbox", "Password").model_copy(update={"type": "password"})
        visitor.add(Fill, target=word, value=Typed(secret="password", token=login))
        cause = visitor.add(Click, target=element("button", "button", "Sign in"))
        visitor.came(cause, alert(f"Welcome back, {name}."), heading("All lamps"), url="/lamps")
        visitor.add(End)
        return told(visitor).model_copy(update={"id": str(number)})

    people = (("ada", "Ms Quill"), ("bob", "Mr Stone"), ("cleo", "Dr Marsh"))
    stories = [signs_in(number, login, name) for number, (login, name) in enumerate(people)]
    assert len({story.flow_key for story in stories}) == 1
    assert said_in(consensus(stories).story) == {"All lamps"}
    assert "Welcome back, Ms Quill." in said_in(consensus(stories[:1]).story)


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("6 trees", False),
        ("1 tree", True),
        ("View or undelete 2 deleted edits?", False),
        ("Custom query (8 matches)", False),
        ("Messages 1 to 6 of 6", False),
        ("1 – 6 of 6", False),
        ("Results (1 of 1)", True),
        ("Total 24.10 paid", True),
        ("Lamp #12 was sent", True),
        ("This page was last edited on 29 November 2026, at 12:21.", True),
    ],
)
def test_how_many_things_there_are_is_dropped(text: str, is_kept: bool) -> None:
    """The same number in all sessions of an hour is chance; of no more things than the user entered, it is not."""
    stories = [story.model_copy(update={"id": str(number)}) for number, story in enumerate(sessions(*[text] * 3))]
    assert (text in said_in(consensus(stories).story)) is is_kept
    assert "Saved." in said_in(consensus(stories).story)


def test_what_a_page_showed_one_session_alone_is_dropped() -> None:
    """Nobody else came that way: what was listed there may be anybody's. What the page is called stays, and so does all
    that the only session of a flow saw."""

    def by_way_of(path: str, number: int) -> Story:
        visitor = Visitor("shop", number, random.Random(number))
        visitor.add(Navigation, url=visitor.home + path, how="load")
        visitor.url = visitor.home + path
        name = path.strip("/").capitalize()
        seen = (
            Appeared(element=element("h1", "heading", name).model_copy(update={"level": 1})),
            Appeared(element=element("h2", "heading", "Spring sale")),
        )
        visitor.add(Effect, cause=None, after=Page(url=visitor.url, title=f"{name} – Shop"), changes=seen)
        visitor.open("/profile")
        visitor.write("Nickname", "Ada")
        visitor.came(visitor.add(Click, target=element("button", "button", "Save")), alert("Saved."))
        visitor.add(End)
        return told(visitor).model_copy(update={"id": str(number)})

    several = [by_way_of(path, number) for number, path in enumerate(("/offers", "/news", "/help"))]
    assert len({story.flow_key for story in several}) == 1
    found = consensus(several).story
    assert "Spring sale" not in said_in(found)
    assert said_in(found) & {"Offers", "News", "Help"}
    assert "Spring sale" in said_in(consensus(several[:1]).story)


def test_what_one_session_alone_was_refused_with_is_kept() -> None:
    """Enter or the button: the page says no to a wrong password in the same words, and without them the test would type
    the right one."""

    def tries(by_key: bool) -> Story:
        visitor = PlainVisitor("shop", int(by_key), random.Random(1))
        visitor.open("/login")
        visitor.write("User", "ada")
        visitor.write("Password", "wrong", secret=True)
        field = element("input", "textbox", "Password")
        button = element("button", "button", "Log in")
        sent = visitor.add(Press, target=field, key="Enter") if by_key else visitor.add(Click, target=button)
        visitor.came(sent, alert("Sorry, that was wrong."))
        visitor.add(End)
        return told(visitor).model_copy(update={"id": str(int(by_key))})

    several = [tries(True), tries(False)]
    assert len({story.flow_key for story in several}) == 1
    assert said_in(consensus(several).story) == {"Sorry, that was wrong."}


def test_one_session_in_three_costs_it() -> None:
    """A text that a third of the sessions didn't see is not asserted."""
    story = consensus(sessions("Hello.", "Hello.", "")).story
    assert "Hello." not in said_in(story)


def signs_in(number: int, user: str, greeting: str, tip: str = "Hm.", wrong_first: bool = False) -> Story:
    """A visitor who signs in after a look at some page, perhaps with a wrong password first, and is greeted."""
    visitor = PlainVisitor("shop", number, random.Random(number))
    visitor.open(f"/page-{number}")
    visitor.open("/login")
    for right in (False, True) if wrong_first else (True,):
        visitor.write("User", user)
        visitor.write("Password", "right" if right else "wrong", secret=True)
        seen = (Appeared(element=element("p", "paragraph", greeting)), Appeared(element=element("p", "paragraph", tip)))
        answer = seen if right else (alert("Sorry, that was wrong."),)
        visitor.send("Log in", "POST", "/login", *answer, url="/home" if right else "/login/again")
    visitor.add(End)
    return told(visitor).model_copy(update={"id": str(number)})


def test_what_one_choice_decides_is_kept() -> None:
    """Who came by other ways tells all the same: everybody of that name was greeted so, and nobody else was."""
    names = [("ada", "Ada Lane"), ("bob", "Bob Hill")] * 3
    stories = [signs_in(number, user, f"Hello, {name}.") for number, (user, name) in enumerate(names)]
    assert said_in(consensus(stories).story) == {"Hello, Ada Lane.", "Hm."}


def test_what_a_value_that_may_not_be_told_decides_is_dropped() -> None:
    """Where the name that was typed is made up in the test, nothing is kept that goes by it: the page's own words would
    tell who it was."""
    stories = [
        signs_in(number, user, f"Hello, {name}.").model_copy(update={"traffic": "real", "user_id": user})
        for number, (user, name) in enumerate([("ada", "Ada Lane")] * 3 + [("bob", "Bob Hill"), ("cleo", "Cleo Wood")])
    ]
    assert not any("Lane" in text for text in said_in(consensus(stories).story))


def test_a_refused_try_is_not_the_one_that_went_through() -> None:
    """Sessions with a wrong password first tell what came of the right one, wherever the next try was made."""
    stories = [signs_in(number, "ada", "Hello, Ada.", wrong_first=number > 0) for number in range(4)]
    found = consensus(stories).story
    assert said_in(found) == {"Hello, Ada.", "Hm."}


def previews(number: int, times: int) -> Story:
    """A visitor who looks at a preview so many times; its heading comes with the first one and stays."""
    visitor = PlainVisitor("shop", number, random.Random(number))
    visitor.open("/edit")
    for time in range(times):
        visitor.write("Text", f"{number} and {time}")
        visitor.send("Preview", "POST", "/preview", *([heading("Preview")] if time == 0 else []), url=None)
    visitor.add(End)
    return told(visitor).model_copy(update={"id": str(number), "flow_key": "preview"})


def test_what_stood_there_already_was_seen_too() -> None:
    """Who did it twice saw nothing new the second time, and still had it before their eyes."""
    assert "Preview" in said_in(consensus([previews(number, 1 + number % 2) for number in range(6)]).story)


def test_what_others_looked_for_is_not_what_they_made() -> None:
    """A word that another user searched for may stand in the page of everybody."""
    stories = []
    for number, term in enumerate(("wood", "stone", "paint")):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/")
        cause = visitor.write("Search", term, kind="search")
        visitor.came(cause, Appeared(element=element("p", "paragraph", "We sell wood, stone and paint.")))
        visitor.add(End)
        stories.append(told(visitor).model_copy(update={"id": str(number)}))
    assert said_in(consensus(stories).story) == {"We sell wood, stone and paint."}


def test_what_another_search_found_is_dropped() -> None:
    """Of the results only those with the word that was looked for are the search's own: the rest goes by the word."""
    stories = []
    for number, (term, other) in enumerate((("wood", "Red ones fade."), ("stone", "Stay here."), ("paint", "Dry it."))):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/")
        cause = visitor.write("Search", term, kind="search")
        visitor.came(cause, Appeared(element=element("p", "paragraph", f"We sell {term}.")))
        visitor.came(cause, Appeared(element=element("p", "paragraph", other)))
        visitor.add(End)
        stories.append(told(visitor).model_copy(update={"id": str(number)}))
    (said,) = said_in(consensus(stories).story)
    assert said.startswith("We sell ")


def many(count: int) -> list[Story]:
    """Sessions of one flow with other values, detours and second tries."""
    out = []
    for number in range(count):
        visitor = Visitor(APPS[0].name, number, random.Random(number))
        make(APPS[0], visitor)
        visitor.add(End)
        out.append(told(visitor))
    return out


MANY = many(7)
WRITTEN = to_json(write_tests(MANY))


@given(st.permutations(MANY), st.integers(0, 6))
@settings(max_examples=12, deadline=None)
def test_any_order_gives_the_same_bytes(stories: list[Story], twice: int) -> None:
    """The tests of a set of stories are the same bytes in any order, with any of them told twice."""
    assert to_json(write_tests([*stories, stories[twice]])) == WRITTEN


def test_the_draw_is_bounded_and_stays() -> None:
    """However many sessions there are, a fixed number counts, and of several versions the newest."""
    stories = [MANY[0].model_copy(update={"id": f"{number:03}"}) for number in range(60)]
    newer = stories[4].model_copy(update={"version": 99})
    drawn = sampled([newer, *reversed(stories)])
    assert [story.id for story in drawn] == [f"{number:03}" for number in range(SAMPLES_MAX)]
    assert drawn[4].version == 99
    assert evidence_of([("a", 1), ("b", 2)]) == evidence_of([("b", 2), ("a", 1)]) != evidence_of([("a", 1), ("b", 3)])


def test_the_number_that_a_thing_is_called_by_is_no_reason_to_drop_what_says_it() -> None:
    """`Issue #25 created` is the same text as `Issue #31 created`: tests look for any number there."""
    stories = []
    for number, name in enumerate(("Leak", "Noise", "Smell", "Draught")):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/issues/new")
        visitor.write("Subject", name)
        visitor.send("Create", "POST", "/issues", alert(f"Issue #{25 + number} created."), url="/issues")
        visitor.add(End)
        stories.append(told(visitor))
    assert r"Issue #\d+ created" in write_tests(stories)[0].code


def test_what_the_page_says_of_the_row_that_was_used_is_the_same_for_another_row() -> None:
    """Each user deleted another one of a list: that it says so is no chance, and its name is the row's."""
    out = []
    for number in (1, 2, 3):
        visitor = PlainVisitor("mail", number, random.Random(number))
        visitor.open("/aliases")
        row = Scope(locator=ByRole(role="row"), has_text=f"old{number}@hill.example", count=1)
        way = Candidate(locator=ByRole(role="button", name="Delete"), within=(row,), count=1)
        target = element("button", "button", "Delete").model_copy(update={"candidates": (way,)})
        cause = visitor.add(Click, target=target)
        changes = (alert(f"old{number}@hill.example deleted."),)
        visitor.add(Effect, cause=cause, after=Page(url=visitor.url), changes=changes)
        visitor.add(End)
        out.append(told(visitor))
    story = consensus(out, users_min=1).story
    assert len(said_in(story)) == 1
