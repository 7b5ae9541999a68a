"""What is chosen in a form whose lists the page draws itself is part of the form, not a search or a look."""

import pytest

from pipeline.semantics.verbs import is_search_field
from schemas.elements import Ancestor, Element
from schemas.events import Appeared, TextChanged, ValueChanged
from tests.stories.by_hand import HOME, Journey, alert, button, link, textbox

FORM = (Ancestor(tag="form", role="form"),)
HINT = "type here to search"


@pytest.mark.parametrize(
    ("field", "searches"),
    [
        (textbox("Groups", placeholder=HINT, form="user / name"), False),
        (textbox(f"Groups. {HINT}", placeholder=HINT, form="user / name"), False),
        (textbox("Groups", placeholder=HINT), True),
        (textbox(HINT, placeholder=HINT, form="user / name"), True),
        (textbox("Filter by groups", placeholder=HINT, form="list / name"), True),
        (textbox("Groups", placeholder=HINT, form="list / name", id="filter_groups"), True),
        (textbox("Groups", placeholder=HINT, form="list / name", classes=("search",)), True),
        (textbox("Groups", placeholder=HINT, form="search_form / name"), True),
        (textbox("Keywords", placeholder="Search products", form="shop / kw", name_attribute="kw"), True),
        (textbox("Products", placeholder="Search products", form="shop / Products"), True),
        (textbox("Products", placeholder="Search products", form="Products"), True),
    ],
)
def test_a_field_of_a_form_is_called_by_its_label_not_by_its_hint(field: Element, searches: bool) -> None:
    """`Groups` of a user is looked up to be chosen; a box without a name of its own, one that filters, or one that its
    form begins with, as a site's search box does, searches."""
    assert is_search_field(field) is searches


def test_what_is_looked_up_to_be_chosen_belongs_to_the_form() -> None:
    """The name that was typed before it names what was made, and the form is sent off as a whole."""
    found = Element(tag="li", role="listitem", text="Guests")
    field = textbox("Groups", placeholder=HINT, form="user / name")
    journey = Journey().opens(f"{HOME}users").click(button("Create user")).leads_to(f"{HOME}users/new")
    journey = journey.fill(textbox("Name", form="user / name"), "Vera").fill(field, "Gue").shows_new(found)
    journey = journey.click(found).shows(ValueChanged(element=field, before="Gue", after=""))
    journey = journey.click(button("Add")).asks(f"{HOME}users").shows_new(alert("User added"))
    assert journey.story().title == "Create the user 'Vera'"


def _chooses(choice: str) -> Journey:
    inside = (Ancestor(tag="ul", role="list"), *FORM)
    items = [Element(tag="li", role="listitem", text=text, ancestors=inside) for text in ("Blue", "Dark")]
    shown = button("Theme", ancestors=FORM)
    journey = Journey().opens(f"{HOME}profile").click(shown).shows(*(Appeared(element=item) for item in items))
    journey = journey.click(next(item for item in items if item.text == choice))
    journey = journey.shows(TextChanged(element=shown, before="Default", after=choice))
    journey = journey.fill(textbox("Rows", form="user / rows"), "80").click(button("Update"))
    return journey.asks(f"{HOME}profile").shows_new(alert("Profile updated"))


def test_which_choice_was_made_neither_names_a_thing_nor_tells_flows_apart() -> None:
    """The control that brought the list says afterwards what was chosen: a value of the form, as of any list."""
    blue, dark = (_chooses(choice).story() for choice in ("Blue", "Dark"))
    assert blue.title == "Edit the profile"
    assert blue.flow_key == dark.flow_key


def _sets_state(word: str) -> Journey:
    shown = Element(tag="button", role="button", name="State", text="Draft", ancestors=FORM)
    journey = Journey().opens(f"{HOME}issues/7").click(button(word, ancestors=FORM))
    return journey.shows(TextChanged(element=shown, before="Draft", after=word))


def test_a_button_of_a_form_whose_state_another_one_shows_is_no_choice() -> None:
    """`Publish` and `Approve` do what they say, and stay two flows."""
    publish, approve = (_sets_state(word).story() for word in ("Publish", "Approve"))
    assert publish.flow_key != approve.flow_key
    assert (publish.title, approve.title) == ("Publish it", "Approve it")


def test_the_search_box_of_a_site_searches_whatever_it_is_called() -> None:
    """A box called `Keywords` or `Products`, alone in its form, with a hint to search, is told as a search."""
    stories = []
    for label in ("Keywords", "Products"):
        field = textbox(label, placeholder="Search products", form="shop / kw", name_attribute="kw")
        found = Journey().opens(HOME).fill(field, "lamp").press(field, "Enter").shows_new(link("Blue lamp"))
        stories.append(found.story())
    assert [story.title for story in stories] == ["Search for 'lamp'"] * 2
