"""What titles call things, and which verb they use for what was done."""

import pytest

from schemas.elements import Ancestor, Element
from tests.stories.by_hand import (
    HOME,
    Journey,
    a_post,
    alert,
    button,
    heading,
    in_row,
    link,
    password,
    searchbox,
    sign_in,
    switch,
    textbox,
)


def _users(message: str = "The user was deleted.") -> Journey:
    return Journey().opens(f"{HOME}users").shows_new(heading("Users"))


def _form(url: str, *fields: tuple[str, str, str]) -> Journey:
    journey = Journey().opens(url)
    for label, text, before in fields:
        journey.fill(textbox(label), text, before=before)
    return journey


NAMES = [
    (
        a_post().click(in_row(link("Edit this page [e]"), "Edit this page")).leads_to(f"{HOME}posts/old-trees/edit")
        .fill(textbox("Text"), "Tall", before="Small").click(button("Save")).leads_to(f"{HOME}posts/old-trees"),
        "Edit the page 'Old trees'",
    ),
    (
        Journey().opens(f"{HOME}posts").shows_new(heading("Posts")).click(button("Quick edit"))
        .fill(textbox("Tags"), "oak", before="elm").click(button("Update")).shows_new(alert("Done.")),
        "Edit a post",
    ),
    (
        Journey().opens(HOME).click(link("N/A Old mill 12:07 - 200 OK")).shows_new(heading("Old mill"))
        .click(button("Delete")).answers("Sure?"),
        "Delete 'Old mill'",
    ),
    (
        a_post("Export takes forever").click(button("Delete")).answers("Sure?"),
        "Delete 'Export takes forever'",
    ),
    (
        a_post().click(button("Delete")).shows_new(heading("Really delete it?")).click(button("Cancel"))
        .click(button("Delete")).click(button("Yes, delete")).shows_new(alert("Gone.")),
        "Delete 'Old trees'",
    ),
    (
        a_post().click(link("Delete")).leads_to(f"{HOME}posts/old-trees/delete").fill(textbox("Reason"), "double")
        .press(textbox("Reason"), "Enter").leads_to(f"{HOME}posts"),
        "Delete 'Old trees'",
    ),
    (
        _users().click(in_row(button("Delete"), "Select row 4 erik erik@office.example Hall Kebab toggle"))
        .shows_new(alert("The user was deleted.")),
        "Delete 'erik'",
    ),
    (
        _users().check(in_row(Element(tag="input", role="checkbox", id="a"), "ann"))
        .check(in_row(Element(tag="input", role="checkbox", id="b"), "bob"))
        .click(button("Delete")).shows_new(alert("Deleted.")),
        "Tick 'ann' and 'bob' and delete them",
    ),
    (
        a_post().click(link("\u274c").model_copy(update={"title": "Delete"})).shows_new(heading("Delete"))
        .click(button("Delete")).shows_new(alert("Gone.")),
        "Delete 'Old trees'",
    ),
    (
        Journey().opens(f"{HOME}flags").check(switch("Toggle Guest mode on")),
        "Switch on 'Guest mode'",
    ),
    (
        Journey().opens(f"{HOME}flags").check(switch("Benachrichtigungen einschalten")),
        "Switch on 'Benachrichtigungen'",
    ),
    (
        Journey().opens(f"{HOME}db").click(link("old_prices")).leads_to(f"{HOME}db?table=old_prices")
        .shows_new(heading("Table: old_prices")).click(link("Alter table")).leads_to(f"{HOME}db?alter=old_prices")
        .shows_new(heading("Alter table: old_prices")).click(button("Drop")).asks(f"{HOME}db")
        .leads_to(f"{HOME}db").shows_new(alert("Table has been dropped.")),
        "Delete 'old_prices'",
    ),
    (
        _users().click(in_row(button("del"), "erik"))
        .answers("Do you really want to remove the user?").shows_new(alert("Gone.")),
        "Delete 'erik'",
    ),
    (
        Journey().opens(f"{HOME}add").fill(textbox("Address"), "http://heron.test/").click(button("Add link"))
        .asks(f"{HOME}links/new", "GET").leads_to(f"{HOME}links/new?post=http%3A%2F%2Fheron.test%2F")
        .shows_new(heading("New link")).fill(textbox("Title"), "Herons").click(button("Save"))
        .asks(f"{HOME}links").leads_to(f"{HOME}links").shows_new(heading("Herons")),
        "Create the link 'Herons'",
    ),
]  # fmt: skip
"""What things are called, and what is no name."""

ACTIVITIES = [
    (a_post().click(button("Reply")).shows_new(alert("Sent.")), "Reply to 'Old trees'"),
    (
        a_post().fill(textbox("Comment"), "Nice.").click(button("Submit changes")).leads_to(f"{HOME}posts/old-trees"),
        "Comment on the post 'Old trees'",
    ),
    (
        # Nothing sends it off: a field for notes that saves by itself is changed like any other.
        Journey().opens(f"{HOME}0").fill(textbox("Note"), "Feed the cat", before="Water the plants"),
        "Change 'Note'",
    ),
    (
        sign_in(Journey().opens(f"{HOME}login"))
        .click(Element(tag="a", role="link", name="Watch groups", ancestors=(Ancestor(tag="nav", role="navigation"),)))
        .leads_to(f"{HOME}tags"),
        "Open 'Watch groups'",
    ),
    (
        _form(f"{HOME}compose", ("Subject", "Re: Lunch", "Re: ")).click(button("Send")).shows_new(alert("Sent.")),
        "Send 'Re: Lunch'",
    ),
    (
        a_post().fill(textbox("New title"), "Tall trees", before="Old trees").click(button("Move page", type="submit"))
        .leads_to(f"{HOME}posts/tall-trees"),
        "Move the post 'Old trees'",
    ),
    (
        _form(f"{HOME}variables/new", ("Key", "region", "")).click(button("Save")).asks(f"{HOME}api", status=409)
        .shows_new(heading("Add variable", 2)),
        "Try to create the variable 'region'",
    ),
    (
        _form(f"{HOME}login", ("Email", "ann@example.com", "")).fill(password(), secret="password")
        .fill(password("Confirm password"), secret="password").click(button("Go")).shows_new(alert("Too short."))
        .fill(password(), secret="password").fill(password("Confirm password"), secret="password")
        .click(button("Go")).leads_to(f"{HOME}home"),
        "Sign up",
    ),
    (
        sign_in(Journey().opens(f"{HOME}login")).opens(f"{HOME}users/7/settings")
        .fill(textbox("Last name"), "Hall", before="Hill").click(button("Save")).shows_new(alert("Saved.")),
        "Edit the user",
    ),
    (
        Journey().opens(f"{HOME}issues/7")
        .select(Element(tag="select", role="combobox", name="Priority", form="title", form_holds=True), "High")
        .click(button("Save changes")).leads_to(f"{HOME}issues/7"),
        "Edit the issue",
    ),
    (
        Journey().opens(f"{HOME}basket").shows_new(heading("Basket")).fill(textbox("Quantity"), "2", before="1")
        .click(button("Update")).leads_to(f"{HOME}basket"),
        "Edit the basket",
    ),
    (
        a_post("Walnut").click(button("Add to basket")).shows_new(alert("Added.")).opens(f"{HOME}basket")
        .click(button("Place order")).asks(f"{HOME}orders").leads_to(f"{HOME}thanks"),
        "Add 'Walnut' to the cart and place the order",
    ),
    (
        sign_in(Journey().opens(f"{HOME}login")).click(link("Projects")).asks(f"{HOME}move")
        .shows_new(alert("Moved successfully.")),
        "Click 'Projects'",
    ),
    (
        Journey().opens(f"{HOME}trash").press(Element(tag="tr", role="row", name="Old news"), "Delete")
        .shows_new(alert("Deleted.")),
        "Delete an item",
    ),
]  # fmt: skip
"""What was done, in the page's own verbs."""


@pytest.mark.parametrize(("journey", "title"), NAMES + ACTIVITIES, ids=[case[1] for case in NAMES + ACTIVITIES])
def test_titles_name_things_and_say_what_was_done(journey: Journey, title: str) -> None:
    """Not controls, lists or questions; in the verbs of the page, and no more than was done."""
    assert journey.story().title == title


@pytest.mark.parametrize(("news", "told"), [("November", ""), ("12", ""), ("Old trees", ", and sees 'Old trees'")])
def test_a_date_or_a_number_is_no_news(news: str, told: str) -> None:
    """It tells nothing of what was done, and is another one the next time."""
    journey = _form(f"{HOME}posts/new", ("Title", "Oaks", "")).click(button("Create")).shows_new(heading(news))
    assert journey.story().sentence == f"The user creates the post 'Oaks'{told}."


def test_the_sentence_tells_what_was_done_before_what_is_there() -> None:
    """A success before other messages, and neither what the page is about nor the rows of a list of messages."""
    row = Element(tag="tr", role="row", text="Karl 18:40 Plants", classes=("message",))
    told = (alert("Loading..."), alert("9 contacts"), row, alert("Successfully saved."))
    journey = _form(f"{HOME}contacts/new", ("Name", "Quinn", "")).click(button("Save")).shows_new(*told)
    assert journey.story().sentence.endswith("and sees 'Successfully saved'.")


@pytest.mark.parametrize(("sought", "title"), [("trees", "Delete 'Old trees'"), ("#7", "Delete 'Old trees'")])
def test_what_was_only_looked_up_stays_out_of_the_title(sought: str, title: str) -> None:
    """By its name or its number, for something that was done to it; the sentence tells of it."""
    journey = Journey().opens().fill(searchbox(), sought).press(searchbox(), "Enter").leads_to(f"{HOME}search?q=x")
    journey.click(link("Old trees")).leads_to(f"{HOME}posts/7").shows_new(heading("Old trees"))
    story = journey.click(button("Delete")).answers("Sure?").story()
    assert story.title == title
    assert story.sentence.startswith(f"The user searches for '{sought}'")


@pytest.mark.parametrize(("word", "done", "title"), [("Start", "started", "Start"), ("Clear", "cleared", "Clear")])
def test_a_link_that_says_what_it_did_by_its_address_has_done_it(word: str, done: str, title: str) -> None:
    """The address carries the message to the page that shows it; the word of the row that is in it is the name."""
    control = in_row(link(word), f"stopped Not started reporter {word} View")
    said = Element(tag="div", text=f"Process reporter {done}")
    journey = Journey().opens(HOME).click(control).leads_to(f"{HOME}?message=Process%20reporter%20{done}")
    assert journey.shows_new(said).story().title == f"{title} 'reporter'"
    opened = Journey().opens(HOME).click(link("Start")).leads_to(f"{HOME}start").shows_new(heading("Getting started"))
    assert opened.story().title == "Open 'Start'"


@pytest.mark.parametrize(
    ("opener", "message", "title"),
    [
        ("Create SLA", "SLA created", "Create the SLA 'Camera'"),
        ("CREATE SHIP", "Ship created", "Create the ship 'Camera'"),
        ("Create ship", "THE ship IS created", "Create the ship 'Camera'"),
        ("Create ship", "Your NEW SHIP was created", "Create the ship 'Camera'"),
    ],
)
def test_abbreviations_are_written_as_the_page_writes_them(opener: str, message: str, title: str) -> None:
    """What a page writes in capitals only for looks is told as any word."""
    journey = Journey().opens(HOME).click(button(opener)).shows_new(heading("New")).fill(textbox("Name"), "Camera")
    assert journey.click(button("Add")).asks(HOME).shows_new(alert(message)).story().title == title
