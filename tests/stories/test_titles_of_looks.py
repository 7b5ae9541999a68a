"""What a story was for where nothing was changed, and what its sentence says that the user saw."""

import pytest

from schemas.elements import Ancestor, ByRole, ByTag, Candidate, Element, Scope
from schemas.events import Appeared, Gone
from tests.stories.by_hand import HOME, Journey, alert, button, heading, link, searchbox, sign_in, textbox


def test_pages_that_were_looked_at_after_signing_in_are_what_it_was_for() -> None:
    """Who signs in and goes through the menu did more than sign in; of five pages the last four are named."""
    journey = sign_in(Journey().opens(f"{HOME}login"))
    menu = (Ancestor(tag="ul", role="menu"),)

    def look_at(name: str) -> None:
        item = Element(tag="a", role="menuitem", name=name, text=name, ancestors=menu)
        journey.click(item).leads_to(f"{HOME}{name.lower()}").shows_new(heading(name))

    for name in ("Plugins", "Logs"):
        look_at(name)
    story = journey.story()
    assert story.title == "Open 'Plugins' and 'Logs'"
    assert story.sentence == "The user logs in and opens 'Plugins' and 'Logs'."
    for name in ("Users", "Backups", "Help"):
        look_at(name)
    assert journey.story().title == "Open 'Logs', 'Users', 'Backups' and 'Help'"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("Order 100001 with SAVE-2041: confirmation", "Order … with SAVE-2041: confirmation"),
        ("Plan 2024 was ordered", "Plan 2024 was ordered"),
    ],
)
def test_a_number_that_is_another_one_each_time_is_not_what_the_user_saw(shown: str, said: str) -> None:
    """The next order has the next number; the sentence stands over the test of it as well. What was typed stays, and
    so does what may be a year."""
    journey = Journey().opens(f"{HOME}checkout").fill(textbox("Voucher"), "SAVE-2041").click(button("Place order"))
    told = journey.shows_new(heading(shown)).story()
    assert told.sentence.endswith(f"and sees '{said}'.")


def test_what_only_led_to_the_control_that_opens_a_form_edits_nothing() -> None:
    """`Edit` may show a list in another way, with the button by which something new is made."""
    url = f"{HOME}services"
    journey = Journey().opens(url).click(button("Edit")).leads_to(f"{url}/list")
    journey = journey.click(button("Create service")).shows_new(heading("New service"))
    journey = journey.fill(textbox("Name", form="service / name"), "Tide page").click(link("Tags"))
    journey = journey.fill(textbox("tag", form="service / name"), "owner").click(button("Add")).asks(url)
    assert journey.shows_new(alert("Service created")).story().title == "Create the service 'Tide page'"


def test_what_leads_on_or_is_closed_is_no_deed() -> None:
    """A button that leads to the next step of a form, and a dialog that is closed, say nothing of what was made."""
    journey = Journey().opens(f"{HOME}keys").fill(searchbox("Kind"), "Header").press(searchbox("Kind"), "Enter")
    journey = journey.click(button("Continue", type="submit")).shows_new(alert("Ask the house for more."))
    journey = journey.fill(textbox("Name", form="key / name"), "Door").click(button("Save")).asks(f"{HOME}keys")
    journey = journey.shows_new(alert("Key created"), heading("Key successfully created inside your space"))
    journey = journey.click(button("Close this dialog")).shows(Gone(element=button("Delete")))
    assert journey.story().title == "Create the key 'Door'"


def test_what_only_asks_for_more_is_no_deed() -> None:
    """`Invite` brings a form for whom, and that is sent off by another button."""
    whom = textbox("Addresses", form="addresses")
    journey = Journey().opens(f"{HOME}users").click(button("Invite")).shows(Appeared(element=whom))
    journey = journey.fill(whom, "olaf").click(button("Create link")).asks(f"{HOME}invitations")
    assert journey.shows_new(alert("Link copied")).story().title == "Create the link 'olaf'"


def test_a_field_that_only_its_markup_names_is_called_by_what_is_written_around_it() -> None:
    """A number that a script gave a widget says nothing to anybody."""
    around = Scope(locator=ByTag(tag="fieldset"), has_text="Age of news:", count=1)
    way = Candidate(locator=ByRole(role="spinbutton"), count=1, within=(around,))
    widget = Element(tag="input", role="spinbutton", type="text", id="widget_Spinner_0", form="set / age")
    for field in (widget.model_copy(update={"candidates": (way,)}), widget):
        story = Journey().opens(f"{HOME}settings").fill(field, "48").click(button("Save")).asks(HOME).story()
        named = "Age of news" if field.candidates else "widget spinner 0"
        assert f"'{named}'" in story.title


@pytest.mark.parametrize("word", ["Block", "Archive", "Approve", "Invite"])
@pytest.mark.parametrize("sent", ["OK", "Submit", "Enter"])
def test_a_deed_that_asks_for_a_reason_stays_one(word: str, sent: str) -> None:
    """What sends the reason off says nothing itself: the control that asked for it says what was done."""
    reason = textbox("Reason")
    journey = Journey().opens(f"{HOME}users/7").click(button(word)).shows(Appeared(element=reason))
    journey = journey.fill(reason, "spam")
    journey = journey.press(reason, sent) if sent == "Enter" else journey.click(button(sent))
    story = journey.asks(f"{HOME}users/7/x").shows_new(Element(tag="p", text="spam")).story()
    assert story.title == f"{word} it"


@pytest.mark.parametrize("heading_of_page", ["Apple pie", ""])
def test_a_row_that_is_added_to_what_is_edited_is_part_of_the_edit(heading_of_page: str) -> None:
    """`Edit` of a thing opens that thing, whatever the next button adds to it."""
    shown = [heading(heading_of_page)] if heading_of_page else []
    journey = Journey().opens(f"{HOME}recipes/7").shows_new(*shown).click(link("Edit"))
    journey = journey.leads_to(f"{HOME}recipes/7/edit").shows_new(heading("Edit recipe"))
    journey = journey.click(button("Add ingredient")).shows_new(heading("Ingredients", 2), textbox("Ingredient"))
    journey = journey.fill(textbox("Ingredient"), "Sugar").click(button("Save")).asks(f"{HOME}recipes/7")
    title = journey.leads_to(f"{HOME}recipes/7").story().title
    assert title.startswith("Edit")
    assert heading_of_page in title


def test_a_row_that_is_added_on_a_page_of_a_slug_is_part_of_the_edit() -> None:
    """Nor is it another form where the page is known by the thing's name, and what is sent replaces the thing."""
    url = f"{HOME}invoices/spring"
    journey = Journey().opens(url).shows_new(heading("Spring")).click(button("Edit")).shows_new(button("Add item"))
    journey = journey.click(button("Add item")).fill(textbox("Description", form="invoice"), "Sugar")
    assert journey.click(button("Save")).asks(url, "PUT").story().title.startswith("Edit")


@pytest.mark.parametrize("word", ["Continue", "Next", "Proceed", "Weiter"])
@pytest.mark.parametrize("message", ["Your order has been placed.", "Order placed successfully", "Thank you"])
def test_the_last_button_of_a_wizard_does_something(word: str, message: str) -> None:
    """What sends something off does it, though its button says the same as those that only led on before."""
    journey = Journey().opens(f"{HOME}checkout").click(button(word, type="submit")).asks(f"{HOME}orders")
    story = journey.leads_to(f"{HOME}checkout/done").shows_new(alert(message)).story()
    assert story.title == "Check out"
