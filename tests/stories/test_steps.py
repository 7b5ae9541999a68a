"""Which events become steps, and what is attached to them."""

import pytest

from pipeline.stories.build import build_story
from schemas.elements import ById, ByRole, Candidate, Element
from schemas.events import Appeared, Click, Download, Event, Navigation, Page, Request
from schemas.stories import BackStep, ClickStep, FillStep, GotoStep, ReloadStep
from tests.stories.by_hand import HOME, Journey, alert, button, heading, link, textbox, window

NEXT = "https://shop.example/next"


def test_the_first_step_opens_the_first_page() -> None:
    """A typed address is the first step, and what the page showed belongs to it."""
    (goto,) = Journey().opens(HOME, Appeared(element=heading("Shop")), title="Shop").steps()
    assert isinstance(goto, GotoStep)
    assert goto.url == HOME
    assert [change.element.name for change in goto.changes] == ["Shop"]
    assert goto.after == Page(url=HOME, title="Shop")


def test_without_a_navigation_the_first_page_comes_from_the_first_action() -> None:
    """A journey whose beginning was not recorded still begins with an address."""
    journey = Journey("challenge")
    journey.page = Page(url=HOME)
    first, second = journey.click(button("Buy")).steps()
    assert isinstance(first, GotoStep)
    assert first.url == HOME
    assert isinstance(second, ClickStep)


def test_an_unknown_first_address_is_noted() -> None:
    """Where no event tells an address, the story says so."""
    assert Journey().click(button("Buy")).story().notes == ("The address of the first page is not known.",)


@pytest.mark.parametrize("kind", [Request, Download])
def test_a_window_without_any_step_has_no_story(kind: type[Event]) -> None:
    """Requests and the like alone are nothing that anybody did."""
    fields = {"url": HOME} if kind is Request else {"filename": "a.csv"}
    assert build_story(Journey().add(kind, **fields).end().window()) is None


def test_a_caused_navigation_is_no_step() -> None:
    """The page that a click leads to belongs to the click."""
    _, click = Journey().opens().click(link("Next")).leads_to(NEXT).steps()
    assert click.navigates
    assert click.after == Page(url=NEXT)


def test_an_address_typed_later_is_a_step() -> None:
    """A navigation of our recorder without a cause is an address that the user opened."""
    journey = Journey().opens().click(link("Next")).leads_to(NEXT).opens("https://shop.example/admin/")
    assert [step.type for step in journey.steps()] == ["goto", "click", "goto"]


def test_a_source_without_causes_gives_navigations_to_the_action_before() -> None:
    """In formats that don't tell causes, a navigation soon after a click is its doing."""
    journey = Journey("posthog").opens().click(link("Next")).add(Navigation, 2_000, url=NEXT)
    _, click = journey.steps()
    assert click.navigates


def test_a_page_that_changed_unseen_belongs_to_the_action_before() -> None:
    """Where no navigation tells of it, the next action's page tells where a click led."""
    journey = Journey("challenge").opens().click(link("Next"))
    journey.page = Page(url=NEXT)
    _, click, _ = journey.click(button("Go")).steps()
    assert click.navigates
    assert click.after == Page(url=NEXT)


def test_a_page_that_changed_after_a_fill_was_opened() -> None:
    """Typing alone leads nowhere: the new page is opened by its address."""
    journey = Journey("challenge").opens().fill(textbox("Name"), "x")
    journey.page = Page(url=NEXT)
    assert [step.type for step in journey.click(button("Go")).steps()] == ["goto", "fill", "goto", "click"]


def test_a_navigation_that_names_its_link_is_a_click() -> None:
    """The challenge format tells link and navigation in one record, with the old address."""
    journey = Journey("challenge").opens().add(Navigation, url=HOME, target=link("Profile"))
    journey.page = Page(url=NEXT)
    steps = journey.fill(textbox("Name"), "x").steps()
    assert [step.type for step in steps] == ["goto", "click", "fill"]
    assert steps[1].after == Page(url=NEXT)


def test_a_redirect_right_after_an_address_is_no_step() -> None:
    """The site sends the user on: one address was opened."""
    journey = Journey().opens().add(Navigation, 200, url=NEXT)
    (goto,) = journey.steps()
    assert isinstance(goto, GotoStep)
    assert goto.url == HOME
    assert goto.after == Page(url=NEXT)


def test_a_second_address_at_once_is_a_step_where_the_user_asked_for_it() -> None:
    """Who opens one address right after another was not sent on by the site: the recorder tells the two apart."""
    first, second = Journey().opens().add(Navigation, 200, url=NEXT, asked_by="user").steps()
    assert (first.type, second.type) == ("goto", "goto")
    assert second.url == NEXT


def test_a_page_that_sends_on_later_is_a_redirect_all_the_same() -> None:
    """ "You will be taken there in five seconds": the page asked, so nobody typed an address."""
    (goto,) = Journey().opens().add(Navigation, 5_000, url=NEXT, asked_by="page").steps()
    assert goto.after == Page(url=NEXT)


def test_a_page_that_sends_on_much_later_is_none() -> None:
    """Who is sent away after minutes (the session has ended) is somewhere else, and the address before was right."""
    first, second = Journey().opens().add(Navigation, 600_000, url=NEXT, asked_by="page").steps()
    assert (first.type, second.type) == ("goto", "goto")


def test_a_part_of_the_address_that_the_page_sets_while_it_loads_is_no_step() -> None:
    """A page that chooses its first tab by a fragment, before it has finished answering the click that led to it, was
    not told so by the user; afterwards it may well have been."""
    tab = NEXT + "#tab"
    journey = Journey("capture").opens().click(button("Next"))
    cause = journey.events[-1].id
    journey.add(Navigation, 500, url=NEXT, cause=cause, asked_by="page")
    journey.add(Navigation, 1_500, url=tab, how="hash")
    journey.page = Page(url=tab)
    journey.shows(Appeared(element=heading("Next")), cause=cause)
    _, click = journey.steps()
    assert click.after == Page(url=tab)
    journey.add(Navigation, 1_500, url=NEXT + "#other", how="hash")
    assert [step.type for step in journey.steps()] == ["goto", "click", "goto"]


def test_a_part_of_the_address_that_the_page_says_it_set_is_no_step() -> None:
    """An editor that names its draft in the address once it has saved it, long after the last key, opened no page."""
    journey = Journey("capture").opens().click(button("Next"))
    journey.shows(Appeared(element=heading("Next")), cause=journey.events[-1].id)
    journey.add(Navigation, 9_000, url=HOME + "#/draft/7", how="hash", asked_by="page")
    assert [step.type for step in journey.steps()] == ["goto", "click"]


def test_repeated_navigations_to_the_same_address_are_one() -> None:
    """The same address again, with nothing done in between, says nothing new."""
    journey = Journey().opens().add(Navigation, 5_000, url=HOME).add(Navigation, 5_000, url=HOME)
    assert [step.type for step in journey.steps()] == ["goto"]


def test_reload_back_and_forward_are_steps() -> None:
    """History is used as the user used it."""
    journey = Journey().opens().click(link("Next")).leads_to(NEXT)
    journey.add(Navigation, url=NEXT, how="reload").add(Navigation, url=HOME, how="back_forward")
    journey.add(Navigation, url=NEXT, how="back_forward")
    steps = journey.steps()
    assert isinstance(steps[2], ReloadStep)
    assert [step.delta for step in steps if isinstance(step, BackStep)] == [-1, 1]


def test_effects_go_to_their_cause_and_merge() -> None:
    """Several effects of one step become one, in order; an effect without a cause goes to the action before it."""
    journey = Journey().opens().click(button("Save")).shows_new(alert("Saving")).shows_new(heading("Saved"))
    cause = next(event.id for event in journey.events if event.kind == "click")
    journey.click(button("Other")).shows(Appeared(element=alert("Late")), cause=cause)
    journey.shows(Appeared(element=heading("Other page")), cause=None)
    _, save, other = journey.steps()
    assert [change.element.text for change in save.changes] == ["Saving", "Saved", "Late"]
    assert [change.element.text for change in other.changes] == ["Other page"]


def test_dialogs_popups_and_downloads_belong_to_their_step() -> None:
    """What a click asked, opened and fetched stands with the click."""
    journey = Journey().opens().click(button("Delete all")).answers("Sure?", accepted=False)
    journey.click(button("Export")).add(Download, filename="all.csv", cause="e3")
    journey.click(link("Help")).popup("https://shop.example/help", "t2").shows_new(heading("Help"))
    journey.click(link("Contents"))
    _, delete, export, help_link, contents = journey.steps()
    assert [(dialog.message, dialog.accepted) for dialog in delete.dialogs] == [("Sure?", False)]
    assert export.download == "all.csv"
    assert help_link.opens_tab == "t2"
    assert contents.tab_id == "t2"


def test_what_an_opened_tab_shows_at_first_is_kept_apart() -> None:
    """A tab in which nothing was done yet has shown something all the same, and not in the opener's page."""
    journey = Journey().opens().click(link("Help")).popup("https://shop.example/help", "t2")
    journey.shows(Appeared(element=heading("Help")), cause=None)
    _, step = journey.steps()
    assert step.changes == ()
    assert [change.element.name for change in step.opened_changes] == ["Help"]
    assert step.opened_page == Page(url="https://shop.example/help")


def test_a_tab_that_nobody_opened_begins_with_its_address() -> None:
    """Each tab has to come from somewhere."""
    journey = Journey().opens().click(button("A"))
    journey.tab, journey.page = "t2", Page(url=NEXT)
    steps = journey.click(button("B")).steps()
    assert [(step.type, step.tab_id) for step in steps][2:] == [("goto", "t2"), ("click", "t2")]


def test_requests_name_the_step_that_caused_them() -> None:
    """A request of an action that was folded into another names the one that is left."""
    journey = Journey().opens().fill(textbox("Name"), "a").asks("/api/check?n=a")
    journey.fill(textbox("Name"), "ab").asks("/api/check?n=ab")
    story = journey.story()
    (_, fill) = story.steps
    assert isinstance(fill, FillStep)
    assert fill.value.text == "ab"
    assert [request.cause for request in story.network_requests] == [fill.event_id, fill.event_id]


@pytest.mark.parametrize(
    ("method", "status", "typing", "autosaved"),
    [
        ("PUT", 204, True, True),
        ("PATCH", 200, True, True),
        ("PUT", 302, True, True),
        ("PUT", 204, False, False),
        ("PUT", 500, True, False),
        ("POST", 200, True, False),
    ],
)
def test_a_field_knows_that_its_value_was_saved_as_it_was_typed(
    method: str, status: int, typing: bool, autosaved: bool
) -> None:
    """Only a request that took the text along while it was typed, that replaces something, and that succeeded."""
    journey = Journey().opens().fill(textbox("Text"), "Spring sale")
    journey.asks("https://shop.example/api/draft", method, status, typing=typing)
    _, fill = journey.steps()
    assert isinstance(fill, FillStep)
    assert fill.autosaved == autosaved


def test_what_was_told_before_its_cause_still_finds_it() -> None:
    """A field's value is told when the field is left, after what its typing caused."""
    journey = Journey().opens().fill(textbox("Name"), "x")
    fill = journey.events.pop()
    journey.shows(Appeared(element=alert("Free")), cause=fill.id)
    journey.events.append(fill.model_copy(update={"at_ms": journey.at_ms + 1}))
    _, step = journey.steps()
    assert [change.element.text for change in step.changes] == ["Free"]


def test_the_order_of_the_steps_is_the_order_of_the_window() -> None:
    """Equal windows give equal stories."""
    journey = Journey().opens().click(button("A")).click(button("B")).fill(Element(tag="input", id="x"), "1")
    assert build_story(window(journey.events)) == build_story(window(journey.events[::-1]))


def test_a_page_that_is_shown_before_the_click_is_told_comes_of_the_click() -> None:
    """A menu that acts as the button goes down changes the address before the browser makes a click of it."""
    journey = Journey().opens().click(button("Menu")).shows_new(link("Reports"))
    journey.add(Navigation, url=f"{HOME}reports", how="spa", cause="late")
    journey.add(Click, target=link("Reports"), id="late")
    menu, reports = journey.steps()[1:]
    assert isinstance(menu, ClickStep)
    assert isinstance(reports, ClickStep)
    assert (menu.navigates, reports.navigates) == (False, True)
    assert reports.after is not None
    assert reports.after.url == f"{HOME}reports"


@pytest.mark.parametrize(
    ("came", "pressed", "named"),
    [
        (("Red", "Green"), "Red", "Red"),
        (("Red", "Red"), "Red", "Red Pick it"),
        (("Green",), "Red", "Red Pick it"),
        (("Red",), "other", "Red Pick it"),
    ],
)
def test_what_says_more_under_the_pointer_is_called_as_it_came(came: tuple[str, ...], pressed: str, named: str) -> None:
    """Nobody finds it by the rest before the pointer is on it; of two with that text nobody knows which it was, and
    what stands elsewhere is another one."""

    def option(text: str, name: str, place: str = "") -> Element:
        way = Candidate(locator=ByRole(role="option", name=name), count=1)
        at = Candidate(locator=ById(value=place or text), count=1)
        return Element(tag="li", role="option", text=text, name=name, name_from="content", candidates=(way, at))

    journey = Journey().opens().click(button("Colour")).shows_new(*(option(name, name) for name in came))
    journey.click(button("Help"))
    target = journey.click(option("Red", "Red Pick it", pressed)).steps()[-1]
    assert isinstance(target, ClickStep)
    assert target.target.name == named
    assert target.target.candidates[0].locator == ByRole(role="option", name=named)
