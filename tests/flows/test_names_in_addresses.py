"""Parts of addresses that nobody typed and that are still the names of things: with other names it is the same flow."""

import pytest

from schemas.elements import Ancestor, Element
from schemas.events import Appeared
from tests.stories.by_hand import HOME, Journey, button, heading, link, searchbox, textbox


def saved_at(path: str) -> str:
    """The key of a visit that types a comment on that page and saves it."""
    return saves(Journey().opens(f"{HOME}{path}"))


def saves(journey: Journey) -> str:
    journey.fill(textbox("Motto"), "Slow").click(button("Save", type="submit")).asks(f"{HOME}api/save")
    return journey.shows_new(heading("Saved")).story().flow_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann/web-shop/issues/new", "bob/garden/issues/new"),
        ("event/harbour/concert/orders/new", "event/harbour/boats/orders/new"),
        ("harbour/concert/checkout", "quay/boats/checkout"),
        ("handbook/fire-drill/edit", "handbook/lost-property/edit"),
        ("handbook/cloakroom-rules/@@sharing", "handbook/fire-drill/@@sharing"),
        ("receipt/UPRVN", "receipt/HTZUV"),
    ],
)
def test_names_tell_no_flows(one: str, other: str) -> None:
    """Of owners and their things, of shops, of what has pages of its own; codes in capitals."""
    assert saved_at(one) == saved_at(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("site-settings/edit", "user-profile/edit"),
        ("inventory/new", "payroll/new"),
        ("admin/users/new", "admin/groups/new"),
        ("receipt/rechtsschutz", "receipt/durchschnitt"),
        ("ADMIN/USERS", "ADMIN/ORDERS"),
        ("en/shop/products/new", "en/blog/products/new"),
        ("app/crm/leads/new", "app/hr/leads/new"),
        ("handbook/@@sharing", "handbook/@@history"),
    ],
)
def test_the_apps_own_words_tell_flows(one: str, other: str) -> None:
    """What an app calls its own pages is no name of a thing."""
    assert saved_at(one) != saved_at(other)


def test_long_addresses_are_read_in_a_moment() -> None:
    """Names are looked for among the first parts alone, however many there are."""
    assert saved_at("cats/" * 800) != saved_at("cats")


def in_table(name: str) -> Element:
    return link(name, ancestors=(Ancestor(tag="tr", role="row", name=f"{name} 3 April"),))


def test_a_word_of_the_name_may_stand_for_it() -> None:
    """An event is opened in a table, and its address has but one word of what it is called."""

    def opens(name: str, word: str) -> str:
        journey = Journey().opens(f"{HOME}control").click(in_table(name)).leads_to(f"{HOME}control/at/{word}")
        return saves(journey.shows_new(heading(name)))

    assert opens("Harbour Concert", "concert") == opens("Quay Walk", "walk")
    assert opens("Harbour Concert", "here") != opens("Quay Walk", "there")


def test_what_a_list_leads_to_is_a_thing_whatever_word_it_is_called_by() -> None:
    """A link in a table of a list's page leads below it, to an address that ends with its name; a menu does not."""

    def opens(name: str, in_list: bool = True) -> str:
        target = in_table(name) if in_list else link(name, ancestors=(Ancestor(tag="nav", role="navigation"),))
        journey = Journey().opens(f"{HOME}#/queues").click(target).leads_to(f"{HOME}#/queues/%2F/{name}", "hash")
        return saves(journey.shows_new(heading(f"Queue {name}")))

    assert opens("orders") == opens("mail.bounced") == opens("members")
    assert opens("orders", in_list=False) != opens("members", in_list=False)


def test_what_a_list_leads_to_is_deleted_by_its_name() -> None:
    """Not "an order": the word is the thing's name, not that of the list."""
    journey = Journey().opens(f"{HOME}#/queues").click(in_table("orders"))
    journey.leads_to(f"{HOME}#/queues/%2F/orders", "hash").shows_new(heading("Queue orders"))
    journey.click(button("Delete Queue")).asks(f"{HOME}api/queues/%2F/orders", "DELETE")
    assert journey.leads_to(f"{HOME}#/queues", "hash").shows_new(heading("Queues")).story().title == "Delete 'orders'"


def test_what_a_search_found_is_a_thing() -> None:
    """Though its name is short and its address ends with it; a menu leads to a page of the app."""

    def finds(name: str, path: str) -> str:
        found = link(name, ancestors=(Ancestor(tag="li", role="listitem"),))
        journey = Journey().opens(HOME).fill(searchbox(), name[:4]).press(searchbox(), "Enter")
        journey.leads_to(f"{HOME}search?q={name[:4]}").shows_new(heading("Results"))
        return journey.click(found).leads_to(f"{HOME}{path}").shows_new(heading(name)).story().flow_key

    assert finds("Parking permits", "parking-permits") == finds("School visits", "school-visits")


def test_a_dialog_that_shows_what_was_clicked() -> None:
    """Which thing was looked at over the list, and then acted on, is data."""

    def looks(name: str) -> str:
        dialog = Element(tag="div", role="dialog", name="Details")
        journey = Journey().opens(f"{HOME}books").click(link(name))
        return saves(journey.shows(Appeared(element=dialog), Appeared(element=heading(name))))

    assert looks("Bread by Night") == looks("Glass Birds")


def test_a_link_that_spells_its_address_out_names_one_of_many() -> None:
    """`Town Services /status/town` and `Boat Services /status/boats` open two of one kind; with no name beside it, or
    with another address, it is a page of the app."""

    def opened_by(words: str, path: str) -> str:
        journey = Journey().opens(f"{HOME}pages").click(link(words)).leads_to(f"{HOME}{path}")
        return saves(journey)

    assert opened_by("Town Services /board/town", "board/town") == opened_by(
        "Boat Services /board/boats", "board/boats"
    )
    assert opened_by("Town Services", "board/town") != opened_by("Boat Services", "board/boats")
