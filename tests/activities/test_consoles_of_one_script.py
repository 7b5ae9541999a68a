"""Consoles that one script serves are read: routes in the query, `Go` for every form, a picture beside each word."""

import pytest

from pipeline.semantics.addresses import path_words, place, route
from pipeline.semantics.text import caption
from schemas.elements import Ancestor, Element
from schemas.events import Appeared, StateChanged
from tests.stories.by_hand import HOME, Journey, alert, button, link, password, textbox

SCRIPT = f"{HOME}index.php"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("index.php?route=/table/search&db=a", ("index.php", "table", "search")),
        ("index.php?db=a&route=%2Ftable%2Fsearch", ("index.php", "table", "search")),
        ("?r=site/login", ("site", "login")),
        ("index.php?route=home", ("index.php",)),
        ("index.php?back=/table/search", ("index.php",)),
    ],
)
def test_a_route_in_the_query_is_a_path(url: str, parts: tuple[str, ...]) -> None:
    """Where the query has one, it says which page of the app it is; what else stands there is no part of that."""
    assert route(HOME + url) == parts
    assert place(HOME + url)[1].strip("/").split("/") == list(parts)
    assert path_words(HOME + url) >= {word for part in parts for word in part.split(".")}


def test_a_word_that_a_picture_repeats_is_said_once() -> None:
    """`Drop Drop` is the icon's name and the link's text."""
    assert caption(link("Drop Drop")) == "Drop"
    assert caption(link("Drop the drop")) == "Drop the drop"


def _goes(message: str) -> Journey:
    journey = Journey().opens(f"{SCRIPT}?route=/table/change&table=picker").fill(textbox("Name"), "Lena")
    return journey.click(button("Go")).asks(f"{SCRIPT}?route=/table/replace").shows_new(alert(message))


def test_go_sends_a_form_off_where_the_page_says_what_it_did() -> None:
    """Where the page says nothing of a change, `Go` looks something up."""
    assert "earch" not in _goes("1 row inserted.").story().title
    assert "earch" not in _goes("The row has been inserted.").story().title
    assert _goes("Showing rows 0 - 3").story().title == "Search for 'Lena'"


@pytest.mark.parametrize(("way_out", "title"), [(True, "Log in"), (False, "Log in with a wrong password")])
def test_who_can_sign_out_was_let_in(way_out: bool, title: str) -> None:
    """Whatever sounds wrong on the page behind the sign-in, which has the same address."""
    journey = Journey().opens(SCRIPT).fill(textbox("User name"), "ann").fill(password(), secret="password")
    journey.click(button("Log in")).leads_to(f"{SCRIPT}?token=")
    wrong = alert("Some error occurred while getting the info.")
    journey.shows_new(wrong, *([Element(tag="img", role="img", name="Log out")] if way_out else []))
    assert journey.story().title == title


def test_the_first_cell_of_a_row_is_no_head_of_a_column() -> None:
    """Its link opens what the row is about, though the cell is marked as a head, of the row."""
    row = (Ancestor(tag="th", role="cell"), Ancestor(tag="tr", role="row", name="tree 6 rows"))
    head = (Ancestor(tag="th", role="columnheader"), Ancestor(tag="tr", role="row", name="Name Rows"))
    url = f"{HOME}db/structure"
    opens = Journey().opens(url).click(link("tree", ancestors=row)).leads_to(f"{url}?pos=0")
    sorts = Journey().opens(url).click(link("Name", ancestors=head)).leads_to(f"{url}?pos=0")
    assert "Sort" not in opens.story().title
    assert sorts.story().title == "Sort by 'Name'"


def _deletes(name: str, *closes: StateChanged) -> Journey:
    row = (Ancestor(tag="tr", role="row", name=name), Ancestor(tag="div", role="tabpanel", id="tab-1"))
    journey = Journey().opens(f"{HOME}#parties").click(Element(tag="div", text=name, ancestors=row), clicks=2)
    journey.leads_to(f"{HOME}#parties/7", "hash").shows_new(textbox("Name:"))
    journey.click(Element(tag="a", role="menuitem", name="Delete", text="Delete"))
    journey.shows(*closes, Appeared(element=Element(tag="div", role="dialog")), Appeared(element=button("OK")))
    return journey.click(button("OK")).asks(f"{HOME}rpc").shows_new(alert("Records removed."))


def test_the_menu_that_an_act_was_taken_from_closes_and_is_no_section_that_opens() -> None:
    """`Delete` in a menu, upon which the page asks whether to, deletes."""
    closed = StateChanged(element=button("More"), state="expanded", after=False)
    assert "elete" in _deletes("Fir Crates", closed).story().title


def test_a_row_in_the_panel_of_a_tab_is_one_of_many() -> None:
    """The panel may be called `tab-1`, as an entry of a menu may be."""
    assert _deletes("Fir Crates").story().flow_key == _deletes("Gorse Nets").story().flow_key


def test_to_drop_a_thing_is_to_delete_it() -> None:
    """The page asks whether to, and sends it off upon `OK`."""
    row = (Ancestor(tag="td", role="cell", name="Drop Drop"), Ancestor(tag="tr", role="row", name="old_a 0 rows"))
    journey = Journey().opens(f"{HOME}db/structure").click(link("Drop Drop", ancestors=row))
    journey.shows_new(Element(tag="div", role="dialog", name="Confirm"), button("OK"))
    journey.click(button("OK")).asks(f"{SCRIPT}?route=/sql").shows_new(alert("MySQL returned an empty result set."))
    assert journey.story().title.startswith("Delete")


def test_who_did_it_is_no_name_of_what_was_made() -> None:
    """`You have added a new user` makes no `you have`."""
    journey = Journey().opens(f"{HOME}accounts").click(link("Add user account"))
    journey.fill(textbox("User name"), "anton").click(button("Go")).asks(f"{HOME}privileges")
    assert "you have" not in journey.shows_new(alert("You have added a new user.")).story().title


def test_a_link_to_sign_out_may_say_what_comes_then() -> None:
    """Its text holds the question that it asks; an entry of a list that only names such a thing is no way out."""
    journey = Journey().opens(f"{HOME}notes").click(link("Log out Please confirm that you want to logout!"))
    assert journey.shows_new(button("Confirm")).click(button("Confirm")).leads_to(HOME).story().title == "Log out"


@pytest.mark.parametrize(
    "name",
    [
        "How to ask people to log out of the old console",
        "Log out problems on the old console since May",
        "Sign out sheet for the garden tools 2024",
    ],
)
def test_a_thing_called_like_a_way_to_sign_out_is_none(name: str) -> None:
    """An entry of a list may begin with any words: its click opens a thing."""
    note = Journey().opens(f"{HOME}notes").click(link(name)).leads_to(f"{HOME}notes/7").story()
    assert note.title.startswith("Open ")
