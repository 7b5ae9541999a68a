"""Equal keys mean the same flow: structure and outcome count, values don't."""

import pytest

from pipeline.semantics.addresses import pattern
from schemas.elements import Element
from schemas.events import Appeared, Change, Dialog, Gone, StateChanged
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, in_row, link, searchbox, sign_in, textbox

DETAILS = Element(tag="a", role="link", name="Details", text="Details", href="#")


def _sign_in(user: str, fails: bool = False) -> Story:
    return sign_in(Journey().opens(f"{HOME}login"), user, fails).story()


def _order(number: int, name: str) -> Story:
    journey = Journey().opens(f"{HOME}orders/{number}").fill(textbox("Name"), name).click(button("Save"))
    return journey.leads_to(f"{HOME}orders/{number}/saved?at={number}").story()


def _search(word: str, hit: str) -> Story:
    journey = Journey().opens().fill(searchbox(), word).click(button("Search")).leads_to(f"{HOME}search?q={word}")
    return journey.click(in_row(link(hit), hit)).leads_to(f"{HOME}items/{len(word)}").story()


def test_a_withheld_part_of_an_address_names_one_of_many() -> None:
    """Chance wrote it, so it may look like an id in one session and like a key in another: the same page."""
    assert pattern("https://shop.test/pads/withheld/edit") == pattern("https://shop.test/pads/4711/edit")


def test_values_don_t_count() -> None:
    """Other users, other numbers in addresses, other words typed: the same flow."""
    assert _sign_in("ann@example.com").flow_key == _sign_in("bob@example.com").flow_key
    assert _order(17, "Ann").flow_key == _order(4711, "Bob").flow_key


def test_what_a_search_found_does_not_count() -> None:
    """Searching for another word and opening another of the results is the same flow."""
    assert _search("agenda", "meeting").flow_key == _search("wizard", "Install guide").flow_key


def test_the_outcome_counts() -> None:
    """The right password and a wrong one are two flows."""
    assert _sign_in("ann@example.com").flow_key != _sign_in("ann@example.com", fails=True).flow_key


def test_a_refusal_counts_even_on_the_same_page() -> None:
    """The same steps with an error at the end are another flow."""

    def sends(answer: str) -> Story:
        return Journey().opens().fill(textbox("Amount"), "5").click(button("Pay")).shows_new(alert(answer)).story()

    assert sends("Thank you").flow_key == sends("Thanks again").flow_key
    assert sends("Thank you").flow_key != sends("Payment failed").flow_key


def test_other_controls_are_other_flows() -> None:
    """Saving is not deleting."""

    def clicks(name: str) -> Story:
        return Journey().opens().click(button(name)).shows_new(alert("Done")).story()

    assert clicks("Save").flow_key != clicks("Delete").flow_key


def test_a_form_over_many_pages_is_told_by_where_it_leads() -> None:
    """The same dialog opened on two pages is one flow where it leads to the same; where it leads elsewhere, or leads
    nowhere, it is another."""

    def makes(url: str, to: str | None) -> Story:
        journey = Journey().opens(url).click(button("Create project")).shows_new(textbox("Project name"))
        journey.fill(textbox("Project name"), "Receipts").click(button("Save"))
        return (journey.leads_to(to) if to else journey.shows_new(alert("Saved"))).story()

    home, listed = HOME, f"{HOME}projects"
    assert makes(home, f"{HOME}projects/7/data").flow_key == makes(listed, f"{HOME}projects/8/data").flow_key
    assert makes(home, f"{HOME}projects/7/data").flow_key != makes(home, f"{HOME}teams/7/data").flow_key
    assert makes(home, None).flow_key != makes(listed, None).flow_key


def test_a_page_named_after_the_typed_words_is_the_same_page() -> None:
    """The address that a typed title leads to is a pattern."""

    def creates(title: str, slug: str) -> Story:
        journey = Journey().opens(f"{HOME}new").fill(textbox("Title"), title).click(button("Create"))
        return journey.leads_to(f"{HOME}pages/{slug}").story()

    assert creates("Spring sale", "spring-sale").flow_key == creates("Big news", "big-news").flow_key


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/orders/17/", "/orders/{id}"),
        ("https://shop.example/u/0f8fad5b-d9cb-469f-a165-70867728950e", "/u/{id}"),
        ("https://shop.example/t/5f3a9c81d2", "/t/{id}"),
        ("https://shop.example/search?q=x&page=2", "/search?page&q"),
        ("https://shop.example/doku.php?id=start&do=edit", "/doku.php?do=edit&id"),
        ("https://shop.example/#/users/5", "/#/users/{id}"),
        ("https://shop.example/#Chemicals", "/"),
        ("https://other.example/x", "https://other.example/x"),
        ("not a url", "not a url"),
        ("https://shop.example/tickets/SUP-417/reply", "/tickets/{id}/reply"),
        ("https://shop.example/#/b/g5bfdg7m", "/#/b/{id}"),
        ("https://shop.example/#/items?filter=Garden", "/#/items"),
        ("https://shop.example/p/clay-vase", "/p/{id}"),
        ("https://shop.example/doctors/dr-ravi-menon", "/doctors/{id}"),
        ("https://shop.example/hotel/seeblick", "/hotel/{id}"),
        ("https://shop.example/recipes/3902-rustic-chowder", "/recipes/{id}"),
        ("https://shop.example/projects/website/issues/new", "/projects/{id}/issues/new"),
        ("https://shop.example/projects/settings", "/projects/settings"),
        ("https://shop.example/settings/billing", "/settings/billing"),
        ("https://shop.example/admin/users/roles", "/admin/users/roles"),
        ("https://shop.example/courses/music-basics/quiz", "/courses/{id}/quiz"),
    ],
)
def test_patterns_of_addresses(url: str, expected: str) -> None:
    """Ids, values and fragments that name data are taken out; the app's own origin too."""
    assert pattern(url, "https://shop.example") == expected


@pytest.mark.parametrize(
    ("role", "href"), [("menuitem", "#"), ("link", "#"), ("link", "#!"), ("link", "javascript:void(0)"), (None, None)]
)
def test_an_icon_that_only_asks_the_app_for_a_change_is_no_look_at_the_page(role: str | None, href: str | None) -> None:
    """It leads nowhere, has no name but its id, and no message comes of it: the flag of a menu above a thing."""
    flag = Element(tag="a", role=role, id="toolbar-flag", href=href)

    def opened() -> Journey:
        journey = sign_in(Journey().opens(f"{HOME}login")).click(link("Name the pilot"))
        return journey.leads_to(f"{HOME}reviews/4").shows_new(heading("Name the pilot"))

    told = opened().click(flag).asks(f"{HOME}api/watched", status=201).story()
    assert told.flow_key != opened().story().flow_key
    assert told.title == "Click 'toolbar flag' on 'Name the pilot'"


@pytest.mark.parametrize(
    ("came", "is_act"),
    [
        ((Appeared(element=heading("Lamp, 7 EUR")),), False),
        ((Appeared(element=heading("Kept")), Gone(element=DETAILS)), True),
        ((Appeared(element=heading("Kept")), StateChanged(element=DETAILS, state="pressed", after=True)), True),
        ((Appeared(element=alert("Kept for you")),), True),
    ],
    ids=["a look", "another control", "another state", "a message"],
)
def test_a_look_at_something_may_be_asked_for_like_a_change(came: tuple[Change, ...], is_act: bool) -> None:
    """Some apps ask so for all that they show; an act tells what it did."""
    journey = sign_in(Journey().opens(f"{HOME}login")).click(link("Name the pilot"))
    journey = journey.leads_to(f"{HOME}reviews/4").shows_new(heading("Name the pilot"))
    told = journey.click(DETAILS).asks(f"{HOME}view").shows(*came).story()
    assert told.title.startswith("Click 'Details'") is is_act


def _asked_by_browser(control: str, told: str) -> Journey:
    journey = Journey().opens(f"{HOME}books").click(button(control))
    return journey.add(Dialog, 10, dialog="prompt", message="Name?", value=told, cause=journey.events[-1].id)


def test_what_the_browser_asked_a_name_for_tells_flows_apart_the_name_does_not() -> None:
    """A shelf and a book are two things to make; a number is no name of what was made."""
    sea, hill = (_asked_by_browser("Add shelf", name).story() for name in ("Sea", "Hill"))
    book, rows = _asked_by_browser("Add book", "Moby").story(), _asked_by_browser("Add rows", "3").story()
    assert sea.flow_key == hill.flow_key
    assert len({sea.flow_key, book.flow_key, rows.flow_key}) == 3
    assert [one.title for one in (sea, book, rows)] == [
        "Create the shelf 'Sea'", "Create the book 'Moby'", "Click 'Add rows'"
    ]  # fmt: skip
