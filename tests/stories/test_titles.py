"""Titles and sentences as a product manager would write them."""

import pytest

from schemas.elements import Ancestor, Element
from schemas.events import Appeared
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
    textbox,
)

WIKI = "https://wiki.example/"


def _search() -> Journey:
    return Journey().opens().fill(searchbox(), "agenda").press(searchbox(), "Enter").leads_to(f"{HOME}search?q=agenda")


def _page() -> Journey:
    journey = Journey().opens().click(link("Add child page")).leads_to(f"{HOME}pages/add/")
    journey.fill(textbox("Page title"), "Spring sale").click(button("More actions")).shows_new(button("Publish"))
    return journey.click(button("Publish")).shows_new(alert("Page 'Spring sale' created and published."))


def _policy() -> Journey:
    journey = Journey().opens(f"{HOME}policies").click(link("Add / update a policy")).shows_new(textbox("Name"))
    return journey.fill(textbox("Name"), "Expire").click(button("Add / update policy")).shows_new(heading("Expire"))


def _trash() -> Journey:
    """A link in a row that takes the row away by its address, and comes back to the list."""
    row = Ancestor(tag="tr", role="row", name="Select Old trees")
    link_away = link("Move “Old trees” to the Trash", ancestors=(row,))
    journey = Journey().opens(f"{HOME}posts", Appeared(element=link_away)).click(link_away)
    return journey.leads_to(f"{HOME}posts").loses(link_away).shows_new(heading("Posts"))


def _approves() -> Journey:
    row = Ancestor(tag="tr", role="row", name="comment Ann ann@example.com")
    approve = button("Approve this comment", ancestors=(row,))
    return Journey().opens(f"{HOME}comments").click(approve).asks(f"{HOME}api").shows_new(alert("Approved (2)"))


def _wiki_page() -> Journey:
    body = Element(tag="textarea", id="wiki__text")
    journey = Journey().opens(WIKI).click(link("Create this page")).leads_to(f"{WIKI}doku.php?do=edit")
    journey.fill(body, "====== Roadmap ======\nShip it.").fill(textbox("Edit summary"), "first")
    return journey.click(button("Save")).leads_to(f"{WIKI}roadmap").shows_new(heading("Roadmap"))


def _wiki_page_with_a_remark() -> Journey:
    body = Element(tag="textarea", id="text")
    journey = Journey().opens(WIKI).click(link("Create this page")).leads_to(f"{WIKI}RecipeRye?action=edit")
    journey.fill(body, "Mix 4 cups and wait.").fill(textbox("Comment about this change (optional)"), "first draft")
    return journey.click(button("Submit changes")).leads_to(f"{WIKI}RecipeRye").shows_new(heading("Downloads"))


def _delete() -> Journey:
    journey = Journey().opens().click(link("Old news")).leads_to(f"{HOME}pages/7/edit/").click(link("Delete"))
    return journey.leads_to(f"{HOME}pages/7/delete/").click(button("Yes, delete")).leads_to(HOME)


def _retry() -> Journey:
    return sign_in(sign_in(Journey().opens(f"{HOME}login"), fails=True))


def _tidy() -> Journey:
    journey = Journey().opens().click(link("Safety rules")).shows_new(heading("Safety rules"))
    journey.click(button("Edit this tiddler")).shows_new(textbox("Title")).click(button("Delete this tiddler"))
    return journey.answers('Do you wish to delete the tiddler "Safety rules"?')


def _row() -> Journey:
    return Journey().opens().click(in_row(button("Delete"), "Monday note")).shows_new(alert("Done"))


def _edit() -> Journey:
    journey = Journey().opens().click(link("Chemicals")).shows_new(heading("Chemicals"))
    journey.click(button("Edit this tiddler")).fill(textbox("Text"), "Acetone. Poison.", before="Acetone.")
    return journey.click(button("Confirm changes to this tiddler")).shows_new(heading("Chemicals"))


def _checkout() -> Journey:
    journey = Journey().opens(f"{HOME}cart").click(link("Checkout")).leads_to(f"{HOME}checkout")
    journey.fill(textbox("Street"), "Main street").click(button("Continue")).leads_to(f"{HOME}checkout/pay")
    return journey.click(button("Place order")).leads_to(f"{HOME}orders/9").shows_new(heading("Thank you"))


def _boxes() -> Journey:
    journey = Journey().opens()
    for name in ("red", "blue"):
        journey.check(Element(tag="input", type="checkbox", role="checkbox", name=name))
    return journey.click(button("Submit")).shows_new(alert("Noted"))


def _annotation() -> Journey:
    journey = Journey().opens().check(Element(tag="input", type="checkbox", role="checkbox", name="Negative"))
    said = Element(tag="div", text="Annotation saved successfully")
    return journey.click(button("Submit current annotation")).shows_new(said)


def _retired() -> Journey:
    row = in_row(button("Lock out"), "carla")
    return sign_in(Journey().opens(f"{HOME}login")).click(row).leads_to(f"{HOME}users").shows_new(alert("Done."))


def _article() -> Journey:
    cell = Element(tag="td", role="cell", name="published", text="published")
    journey = (
        Journey().opens(f"{HOME}articles").click(cell).leads_to(f"{HOME}articles/7").shows_new(heading("Old trees"))
    )
    return journey.click(button("Delete")).answers("Sure?")


def _issue() -> Journey:
    journey = Journey().opens(f"{HOME}issue7").select(Element(tag="select", role="combobox", name="Status"), "Open")
    return journey.click(button("Submit changes")).leads_to(f"{HOME}issue7").shows_new(heading("Issue"))


def _made(message: str, url: str = f"{HOME}payees/add") -> Journey:
    journey = Journey().opens(url).fill(textbox("IBAN"), "DE12").fill(textbox("Payee name"), "Zoe Jensen")
    return journey.click(button("Add payee", type="submit")).shows_new(alert(message))


def test_a_sign_in_that_is_refused_twice_is_refused() -> None:
    """Though the page says the same as before, so that nothing of it is new."""
    journey = sign_in(Journey().opens(f"{HOME}login"), fails=True)
    journey.fill(password(), secret="password").click(button("Log in")).leads_to(f"{HOME}login").shows()
    assert journey.story().title == "Log in with a wrong password"


CASES = [
    (
        Journey()
        .opens(f"{HOME}orders")
        .click(link("Open only"))
        .leads_to(f"{HOME}orders?status=open")
        .click(button("Log out"))
        .leads_to(HOME),
        "Filter by 'Open only' and log out",
        "The user filters by 'Open only' and logs out.",
    ),
    (
        Journey()
        .opens(f"{HOME}articles")
        .click(link("How to move house"))
        .leads_to(f"{HOME}articles/how-to-move-house")
        .fill(textbox("Body"), "Pack first", before="Pack")
        .click(button("Save", type="submit"))
        .leads_to(f"{HOME}articles"),
        "Edit the article 'How to move house'",
        "The user edits the article 'How to move house'.",
    ),
    (
        a_post("Groceries")
        .click(link("New note"))
        .leads_to(f"{HOME}notes/new")
        .fill(textbox("Note"), "Call Bob")
        .click(button("Save", type="submit"))
        .leads_to(f"{HOME}notes/7")
        .shows_new(alert("Note created")),
        "Create the note 'Call Bob'",
        "The user creates the note 'Call Bob', and sees 'Note created'.",
    ),
    (
        Journey()
        .opens(f"{HOME}track")
        .fill(textbox("Order number"), "SO 17")
        .click(button("Go"))
        .leads_to(f"{HOME}track/SO%2017"),
        "Search for 'SO 17'",
        "The user searches for 'SO 17'.",
    ),
    (
        Journey()
        .opens(f"{HOME}posts")
        .click(link("Drafts"))
        .leads_to(f"{HOME}posts?status=draft")
        .click(in_row(button("Publish"), "Old trees"))
        .shows_new(alert("Done.")),
        "Publish 'Old trees'",
        "The user filters by 'Drafts' and publishes 'Old trees', and sees 'Done'.",
    ),
    (
        a_post()
        .click(link("Retract"))
        .leads_to(f"{HOME}posts/old-trees")
        .shows_new(alert("State changed."))
        .fill(textbox("Text"), "Hello")
        .click(button("Send")),
        "Retract 'Old trees' and fill in 'Text' and click 'Send'",
        "The user retracts 'Old trees', fills in 'Text' and clicks 'Send'.",
    ),
    (
        a_post().click(link("Retract")).leads_to(f"{HOME}posts/old-trees").shows_new(alert("State changed.")),
        "Retract 'Old trees'",
        "The user retracts 'Old trees', and sees 'State changed'.",
    ),
    (
        a_post()
        .click(link("Cancel order"))
        .leads_to(f"{HOME}posts/old-trees/cancel")
        .shows_new(heading("Sure?"))
        .click(button("Yes, cancel order", type="submit"))
        .leads_to(f"{HOME}posts/old-trees")
        .shows_new(alert("Done.")),
        "Cancel order 'Old trees'",
        "The user cancels order 'Old trees', and sees 'Done'.",
    ),
    (
        Journey()
        .opens(f"{HOME}shelves/new")
        .click(button("Save", type="submit"))
        .shows_new(alert("Title is required."))
        .fill(textbox("Title"), "Rainy days")
        .click(button("Save", type="submit"))
        .leads_to(f"{HOME}shelves/7")
        .shows_new(alert("Shelf Rainy days created")),
        "Create the shelf 'Rainy days'",
        "The user creates the shelf 'Rainy days'",
    ),
    (
        a_post()
        .click(link("Rename"))
        .leads_to(f"{HOME}posts/old-trees/object_rename")
        .fill(textbox("New name"), "Trees", before="Old trees")
        .click(button("Save", type="submit"))
        .leads_to(f"{HOME}posts/trees")
        .shows_new(heading("Trees")),
        "Rename 'Old trees'",
        "The user renames 'Old trees'",
    ),
    (
        Journey()
        .opens(f"{HOME}shelf/7")
        .shows_new(heading("Shelf: 'To read'"))
        .click(button("Delete"))
        .shows_new(alert("Shelf deleted.")),
        "Delete 'To read'",
        "The user deletes 'To read'",
    ),
    (
        Journey()
        .opens(f"{HOME}orders")
        .fill(textbox("Order code"), "UPRVN")
        .press(textbox("Order code"), "Enter")
        .leads_to(f"{HOME}orders/UPRVN")
        .shows_new(heading("Order UPRVN")),
        "Search for 'UPRVN'",
        "The user searches for 'UPRVN', and sees 'Order UPRVN'.",
    ),
    (
        a_post().click(button("Unpublish")).shows_new(alert("Done.")),
        "Unpublish 'Old trees'",
        "The user unpublishes",
    ),
    (
        a_post().click(button("Mark as read")).shows_new(alert("Done.")),
        "Mark 'Old trees' as read",
        "The user marks 'Old trees' as read",
    ),
    (
        a_post()
        .click(button("Reply"))
        .shows(Appeared(element=heading("Reply")))
        .fill(textbox("Text"), "Hello")
        .click(button("Send"))
        .shows_new(alert("Sent.")),
        "Reply to 'Old trees'",
        "The user replies to 'Old trees'",
    ),
    (
        a_post()
        .click(link("Resolve"))
        .leads_to(f"{HOME}posts/old-trees/update")
        .shows(Appeared(element=heading("Update 'Old trees'")))
        .fill(textbox("Text"), "Done")
        .click(button("Update post", type="submit"))
        .shows_new(alert("The status is invalid.")),
        "Try to resolve 'Old trees'",
        "The user tries to resolve 'Old trees', and sees 'The status is invalid'.",
    ),
    (
        a_post().click(button("Mute")).shows_new(alert("Muted.")).fill(textbox("Text"), "Hello").click(button("Send")),
        "Mute 'Old trees' and fill in 'Text' and click 'Send'",
        "The user mutes 'Old trees', fills in 'Text' and clicks 'Send'",
    ),
    (_made("Zoe Jensen was added to your payees."), "Create the payee 'Zoe Jensen'", "The user creates the payee"),
    (_made("Successfully created."), "Create the payee 'Zoe Jensen'", "The user creates the payee 'Zoe Jensen'"),
    (
        _made("The IBAN is invalid."),
        "Try to create the payee 'Zoe Jensen'",
        "The user tries to create the payee 'Zoe Jensen', and sees 'The IBAN is invalid'.",
    ),
    (
        Journey()
        .opens(f"{HOME}profile/edit")
        .fill(textbox("City"), "Graz", before="Linz")
        .click(button("Save"))
        .shows_new(alert("Your details were saved.")),
        "Edit the details",
        "The user edits the details",
    ),
    (
        _annotation(),
        "Tick 'Negative' and submit current annotation",
        "The user ticks 'Negative' and submits current annotation, and sees 'Annotation saved successfully'.",
    ),
    (_retired(), "Lock out 'carla'", "The user logs in and locks out 'carla'"),
    (_article(), "Delete 'Old trees'", "The user deletes 'Old trees'"),
    (_issue(), "Edit the issue", "The user edits the issue"),
    (
        Journey()
        .opens()
        .fill(Element(tag="input", type="text", role="textbox", id="tt"), "Emily")
        .click(button("Submit")),
        "Fill in 'Emily' and submit",
        "The user fills in 'Emily' and submits.",
    ),
    (sign_in(Journey().opens(f"{HOME}login")), "Log in", "The user logs in, and sees 'Welcome'."),
    (
        sign_in(Journey().opens(f"{HOME}login"), fails=True),
        "Log in with a wrong password",
        "The user logs in with a wrong password, and sees 'Wrong e-mail or password'.",
    ),
    (_retry(), "Log in after a wrong password", "The user logs in after a wrong password, and sees 'Welcome'."),
    (
        _search().click(link("meeting")).leads_to(f"{HOME}meeting"),
        "Search for 'agenda' and open the result 'meeting'",
        "The user searches for 'agenda' and opens the result 'meeting'.",
    ),
    (_search(), "Search for 'agenda'", "The user searches for 'agenda'."),
    (_page(), "Create the page 'Spring sale'", "The user creates the page 'Spring sale'"),
    (_policy(), "Create the policy 'Expire'", "The user creates the policy 'Expire'"),
    (_trash(), "Delete 'Old trees'", "The user deletes 'Old trees'"),
    (_approves(), "Approve the comment 'Ann'", "The user approves the comment 'Ann'"),
    (_wiki_page(), "Create the page 'Roadmap'", "The user creates the page 'Roadmap'"),
    (_wiki_page_with_a_remark(), "Create the page 'RecipeRye'", "The user creates the page 'RecipeRye'"),
    (_delete(), "Delete 'Old news'", "The user deletes 'Old news'."),
    (_tidy(), "Delete 'Safety rules'", "The user deletes 'Safety rules'."),
    (_row(), "Delete 'Monday note'", "The user deletes 'Monday note'"),
    (_edit(), "Edit the tiddler 'Chemicals'", "The user edits the tiddler 'Chemicals'."),
    (_checkout(), "Check out", "The user checks out, and sees 'Thank you'."),
    (_boxes(), "Tick 'red' and 'blue' and submit", "The user ticks 'red' and 'blue' and submits"),
    (
        Journey().opens(HOME, Appeared(element=button("Go")), title="Shop"),
        "Open the page 'Shop'",
        "The user opens the page 'Shop'.",
    ),
    (Journey().opens().click(link("Terms")).leads_to(f"{HOME}terms"), "Open 'Terms'", "The user opens 'Terms'."),
]


@pytest.mark.parametrize(("journey", "title", "sentence"), CASES, ids=[case[1] for case in CASES])
def test_titles_and_sentences(journey: Journey, title: str, sentence: str) -> None:
    """Title and sentence tell what was done, to what, and what the page answered."""
    story = journey.story()
    assert story.title == title
    assert story.sentence.startswith(sentence)


def test_signing_in_first_stays_out_of_the_title() -> None:
    """The title names what the user was after; the sentence tells all of it."""
    journey = sign_in(Journey().opens(f"{HOME}login")).click(button("New project")).fill(textbox("Name"), "Receipts")
    story = journey.click(button("Save")).shows_new(heading("Receipts")).story()
    assert story.title == "Create the project 'Receipts'"
    assert story.sentence == "The user logs in and creates the project 'Receipts'."


def test_what_a_live_region_says_each_time_is_not_what_the_user_came_to_see() -> None:
    """The head of a page with the name of who signed in comes back with it."""
    journey = Journey().opens(f"{HOME}notes").click(link("Notes")).shows_new(alert("Hilda")).click(link("Groceries"))
    journey = journey.leads_to(f"{HOME}notes/7").fill(textbox("Note"), "Bread", before="Milk").click(button("Save"))
    told = journey.asks(f"{HOME}api/notes/7").shows_new(alert("Hilda"), alert("Kept for you")).story()
    assert told.sentence.endswith("and sees 'Kept for you'.")


def test_a_notice_that_stood_there_after_the_sign_in_is_not_what_the_user_came_to_see() -> None:
    """It sounds like a success and comes back with its page; a success that comes twice was answered twice."""
    notice = alert("The privacy policy has been updated.")
    journey = sign_in(Journey().opens(f"{HOME}login")).shows_new(notice).click(link("Posts"))
    journey = journey.leads_to(f"{HOME}posts").click(in_row(button("Delete"), "Old trees"))
    assert journey.leads_to(f"{HOME}home").shows_new(notice).story().sentence.endswith("deletes 'Old trees'.")
    first = a_post().click(button("Unpublish")).shows_new(alert("Post updated.")).click(button("Feature"))
    assert first.shows_new(alert("Post updated.")).story().sentence.endswith("and sees 'Post updated'.")
