"""Title, flow and test are projections of the same activities: they can't contradict each other."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import generate
from pipeline.activities.activity import ACTS, LISTINGS, Activity
from pipeline.activities.classify import activities_of
from pipeline.activities.forms.password_forms import password_forms
from pipeline.activities.intents import goals_of
from pipeline.activities.phrases import Goal
from pipeline.activities.story_activities import Activities
from pipeline.codegen.values.credentials import WRONG
from schemas.elements import ByTag, Candidate, Element
from schemas.events import CountChanged, Page
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, in_row, link, password, searchbox, textbox


def activities_in(story: Story) -> Activities:
    return activities_of(story.steps, story.network_requests, Page(url=story.final_state.url))


def _signs_in(journey: Journey) -> Journey:
    journey.opens(f"{HOME}login").fill(textbox("User name"), "ann").fill(password(), secret="password")
    return journey.click(button("Log in", type="submit"))


def _fills(journey: Journey, words: str = "Save") -> Journey:
    journey.opens(f"{HOME}items/new").fill(textbox("Title", form="item / title"), "Wet cellar")
    return journey.click(button(words, type="submit", form="item / title"))


def _deletes(journey: Journey) -> Journey:
    return journey.opens(f"{HOME}items").click(in_row(button("Delete"), "Wet cellar"))


def _searches(journey: Journey, place: str = "items") -> Journey:
    return journey.opens(HOME + place).fill(searchbox(), "cellar")


def _sorts(journey: Journey) -> Journey:
    return journey.opens(f"{HOME}items").select(Element(tag="select", role="combobox", name="Sort by"), "Name")


ACTS_OF_USERS: dict[str, Callable[[Journey], Any]] = {
    "signs in": lambda journey: _signs_in(journey).leads_to(f"{HOME}home").shows_new(heading("Home")),
    "is refused": lambda journey: _signs_in(journey).asks(f"{HOME}login", status=401),
    "is told so": lambda journey: _signs_in(journey).shows_new(alert("Wrong user name or password.")),
    "signs out": lambda journey: journey.click(button("Log out")).leads_to(f"{HOME}bye"),
    "searches by Enter": lambda journey: (
        _searches(journey).press(searchbox(), "Enter").leads_to(f"{HOME}items?q=cellar")
    ),
    "searches by a button": lambda journey: _searches(journey).click(button("Search")).asks(f"{HOME}items", "GET"),
    "searches while typing": lambda journey: _searches(journey).shows(
        CountChanged(element=heading("Items"), before=3, after=1, items=Candidate(locator=ByTag(tag="li")))
    ),
    "looks for a label in a form": lambda journey: (
        _searches(journey.opens(f"{HOME}items/new").fill(textbox("Title"), "Wet cellar"), "items/new")
        .click(button("Save", type="submit"))
        .asks(f"{HOME}items")
        .leads_to(f"{HOME}items/7")
    ),
    "asks by a form": lambda journey: (
        journey.opens(f"{HOME}items/new")
        .fill(textbox("Author"), "Lee")
        .click(button("Go on"))
        .leads_to(f"{HOME}items/found?author=Lee")
    ),
    "sorts": _sorts,
    "deletes": lambda journey: _deletes(journey).asks(f"{HOME}items/7", "DELETE"),
    "deletes and says yes": lambda journey: _deletes(journey).answers("Sure?").asks(f"{HOME}items/7", "DELETE"),
    "thinks better of it": lambda journey: _deletes(journey).answers("Sure?", accepted=False),
    "cancels": lambda journey: _deletes(journey).shows_new(heading("Sure?")).click(button("Cancel")),
    "may not delete": lambda journey: (
        _deletes(journey).asks(f"{HOME}items/7", "DELETE", 403).shows_new(alert("You may not delete this."))
    ),
    "saves": lambda journey: _fills(journey).asks(f"{HOME}items", status=201).leads_to(f"{HOME}items/7"),
    "may not save": lambda journey: _fills(journey).asks(f"{HOME}items", status=422),
    "saves by itself": lambda journey: journey.opens(f"{HOME}draft").fill(textbox("Text"), "x").asks(f"{HOME}d", "PUT"),
    "fails by itself": lambda journey: (
        journey.opens(f"{HOME}draft").fill(textbox("Text"), "x").asks(f"{HOME}d", "PUT", 500)
    ),
    "archives": lambda journey: journey.opens(f"{HOME}items/7").click(button("Archive")).asks(f"{HOME}items/7/archive"),
    "signs up": lambda journey: (
        journey.opens(f"{HOME}join")
        .fill(textbox("Name"), "bob")
        .fill(password(), secret="password")
        .fill(password("Again"), secret="password")
        .click(button("Go", type="submit"))
        .leads_to(f"{HOME}join/done?name=bob")
    ),
    "makes an account": lambda journey: (
        journey.opens(f"{HOME}users/add")
        .fill(textbox("Name"), "bob")
        .fill(searchbox("Find a role"), "Edi")
        .fill(password(), secret="password")
        .fill(password("Repeat"), secret="password")
        .click(button("Save"))
        .asks(f"{HOME}users")
        .leads_to(f"{HOME}users")
    ),
    "buys": lambda journey: journey.opens(f"{HOME}shop/7").click(button("Add to cart")).asks(f"{HOME}cart"),
    "looks": lambda journey: journey.opens(f"{HOME}items").click(link("Help")).leads_to(f"{HOME}help"),
}
"""What users do, and what apps answer."""


def owned_by(goal: Goal, activities: Activities) -> list[Activity]:
    """The activities that a goal has the words for: those that ended in its steps."""
    return [one for one in activities.record if goal.first <= one.steps[-1] <= goal.last]


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(ACTS_OF_USERS)), min_size=1, max_size=5))
def test_title_flow_and_test_agree(visit: list[str]) -> None:
    """Whatever is done in whatever order: each goal says what its activities are, and each activity is in a goal; who
    was refused tried, and types no real password."""
    journey = Journey().opens()
    for name in visit:
        ACTS_OF_USERS[name](journey)
    story = journey.story()
    activities = activities_in(story)
    goals = goals_of(story.steps, story.network_requests)
    for goal in goals:
        kinds = {one.kind for one in owned_by(goal, activities)}
        assert (goal.kind in ("search", "filter")) == bool(kinds & LISTINGS), goal
        assert (goal.kind == "delete") == ("delete" in kinds), goal
        assert (goal.kind == "sign_out") == ("sign out" in kinds), goal
        assert (goal.kind in ("sign_in", "sign_in_refused", "confirm")) == ("sign in" in kinds), goal
        last = [one for one in owned_by(goal, activities) if one.kind in ACTS | {"sign in"}][-1:]
        tried = goal.kind == "sign_in_refused" or goal.phrases[0].verb == "try"
        if goal.kind not in ("delete", "act"):
            assert tried == any(one.outcome for one in last), goal
    covered = {number for goal in goals for number in range(goal.first, goal.last + 1)}
    assert {number for one in activities.record for number in one.steps} <= covered
    _test_agrees(story, activities)


def _test_agrees(story: Story, activities: Activities) -> None:
    """The test types a wrong password only where somebody was refused. Where no account is made in the story, it types
    the real one just where somebody was let in."""
    entered = [one for one in activities.record if one.kind == "sign in"]
    test = generate.test_of([story])
    assert WRONG not in test.code or any(one.outcome for one in entered)
    forms = password_forms(story.steps, story.network_requests)
    if all(form.purpose in ("sign in", "confirm") for form in forms):
        never = all(one.outcome for one in entered)
        assert ("APP_PASSWORD" in test.environment) != never
        assert WRONG in test.code or not entered or not never


def test_a_sign_up_sent_by_its_address_is_no_search() -> None:
    """A form with a password whose name stands in the next address is a form: it was told as "Sign up" by the title
    and as a search by the flow."""
    journey = Journey().opens(f"{HOME}join").fill(textbox("Name"), "bob")
    journey.fill(password(), "", secret="password").fill(password("Again"), "", secret="password")
    story = journey.click(button("Go", type="submit")).leads_to(f"{HOME}join/done?name=bob").story()
    assert (story.title, [activity.kind for activity in activities_in(story).done]) == ("Sign up", ["submit"])


def test_what_sends_a_form_off_ends_it_whatever_it_says() -> None:
    """A button that says no word for sending (`Enroll Token`) sent the form off: its fields are told with it."""
    journey = Journey().opens(f"{HOME}token/enroll").fill(textbox("Description", form="token / description"), "Key")
    story = journey.click(button("Enroll Token")).asks(f"{HOME}token/init").story()
    assert len(goals_of(story.steps, story.network_requests)) == len(activities_in(story).record) == 1


def test_a_row_that_speaks_of_paying_is_only_opened() -> None:
    """What is written in a letter says nothing of what opening it does, though the app notes that it was read."""
    letter = in_row(button("ann@example.com today Please remove or pay the old bill"), "old bill")
    journey = Journey().opens(f"{HOME}mails").click(letter).asks(f"{HOME}api/mails/9", "PATCH")
    assert journey.leads_to(f"{HOME}mails/9").story().title.startswith("Open ")


def test_an_entry_of_a_menu_that_changes_a_thing_is_an_act() -> None:
    """`Archive` in a menu asked the app to archive: the title said so, and the flow held nothing."""
    entry = Element(tag="li", role="menuitem", name="Archive", text="Archive")
    story = Journey().opens(f"{HOME}today").click(entry).asks(f"{HOME}api/tasks/7/archive").story()
    assert [one.kind for one in activities_in(story).done] == ["act"]
    assert story.title.startswith("Archive")


def test_a_secret_that_is_set_confirms_nothing() -> None:
    """Who is signed in and sets something that is withheld as a password confirms no password by that."""
    journey = Journey().opens(f"{HOME}login").fill(textbox("User name"), "ann").fill(password(), secret="password")
    journey.click(button("Log in", type="submit")).leads_to(f"{HOME}home").shows_new(heading("Home"))
    journey.opens(f"{HOME}tokens/7").fill(password("Key"), secret="password").click(button("Set description"))
    story = journey.asks(f"{HOME}tokens/description/7").story()
    assert "confirm" not in story.title
    assert [one.kind for one in activities_in(story).record] == ["sign in", "submit"]


def test_a_button_that_says_log_in_signs_in_beside_any_number_of_fields() -> None:
    """A console asks for the system, the user and the database: its title and its test know it as a sign-in."""
    journey = Journey().opens(HOME).select(Element(tag="select", role="combobox", name="System"), "SQLite 3")
    journey.fill(textbox("Username"), "ann").fill(password(), secret="password").fill(textbox("Database"), "shop")
    story = journey.click(button("Login")).leads_to(f"{HOME}db").shows_new(heading("Database: shop")).story()
    assert story.title == "Log in"
    assert 'os.environ["APP_PASSWORD"]' in generate.test_of([story]).code
