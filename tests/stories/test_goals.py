"""What steps were for: goals told by what was done and what came of it, in the title and in the words for patterns."""

import pytest

from pipeline.activities.phrases import COMMENTS, CREATES, DELETES, DOWNLOADS, EDITS, NARROWS, SETS, SWITCHES, TICKS
from pipeline.patterns.matching import SETTINGS_PAGE, own_texts, story_texts
from schemas.elements import Ancestor, ByRole, Candidate, Element
from schemas.events import CountChanged, Drag, Gone, Page
from tests.stories.by_hand import HOME, Journey, alert, button, heading, in_row, link, password, textbox

FORM = "fill in a text field and submit the form"
SEARCH = "search: type a search term and look at the results"
CREATE = "create: add something new"
SIGN_UP = "register: open a new account as a member"


def opened(path: str, *names: str) -> Journey:
    """A journey that is on that page, by links of these names."""
    journey = Journey().opens()
    for name in names:
        journey.click(link(name)).leads_to(HOME + path).shows_new(heading(name))
    return journey if names else Journey().opens(HOME + path)


def submit(name: str) -> Element:
    return button(name).model_copy(update={"type": "submit"})


def header(name: str) -> Element:
    return button(name).model_copy(update={"ancestors": (Ancestor(tag="th", role="columnheader", name=name),)})


def switch(name: str) -> Element:
    return button(name).model_copy(update={"role": "switch"})


def counts(before: int, after: int) -> CountChanged:
    things = Element(tag="ul", role="list", name="Things")
    return CountChanged(
        element=things, items=Candidate(locator=ByRole(role="listitem"), count=after), before=before, after=after
    )


def box(name: str) -> Element:
    return in_row(Element(tag="input", type="checkbox", role="checkbox", name=name), name)


def row(name: str) -> Element:
    return in_row(Element(tag="span", text=name, name=name), name)


ALONE = Element(tag="input", type="checkbox", role="checkbox", name="Read", form="read / Read")
FILE = Element(tag="input", type="file", name="File", label="File")

CASES = [
    pytest.param(
        opened("deals/7", "Soylent audit").click(button("Won")).asks(f"{HOME}api/deals/7", "PATCH"),
        "Click 'Won' on 'Soylent audit'",
        ("click Won", EDITS),
        id="a button that changed something, whatever it says",
    ),
    pytest.param(
        opened("leads/7", "Ann Bell").click(button("Convert to customer")).asks(f"{HOME}leads/7/convert"),
        "Convert 'Ann Bell' to customer",
        ("convert to customer", EDITS),
        id="a verb",
    ),
    pytest.param(
        opened("keys").click(in_row(button("Revoke"), "deploy")).asks(f"{HOME}keys/7", "DELETE"),
        "Revoke 'deploy'",
        ("revoke", DELETES),
        id="a verb that does away with something",
    ),
    pytest.param(
        opened("visits/7", "Visit of Monday").click(button("Cancel appointment")).asks(f"{HOME}visits/7", "DELETE"),
        "Cancel appointment 'Visit of Monday'",
        ("cancel appointment", DELETES),
        id="to cancel a thing is no giving up",
    ),
    pytest.param(
        opened("log").click(button("Export CSV")).asks(f"{HOME}log/export"),
        "Export CSV",
        ("export CSV", DOWNLOADS),
        id="an export without a download",
    ),
    pytest.param(opened("flags").click(switch("dark-mode")), "Switch 'dark-mode'", (SWITCHES,), id="a switch"),
    pytest.param(
        opened("people").click(header("Name")).leads_to(f"{HOME}people?sort=name"),
        "Sort by 'Name'",
        (NARROWS,),
        id="the head of a column",
    ),
    pytest.param(
        opened("posts").click(link("Drafts")).leads_to(f"{HOME}posts?status=draft"),
        "Filter by 'Drafts'",
        (NARROWS,),
        id="a link that narrows the list",
    ),
    pytest.param(
        opened("posts").click(link("Old news")).leads_to(f"{HOME}posts?id=7"),
        "Open 'Old news'",
        ("browse: open pages by links",),
        id="a link to a thing of the list",
    ),
    pytest.param(
        opened("shop").select(textbox("Size"), "Large").shows(counts(9, 2)),
        "Filter by 'Large'",
        (NARROWS,),
        id="a choice that narrows the list",
    ),
    pytest.param(
        opened("records").fill(textbox("Term"), "Garden").press(textbox("Term"), "Enter")
        .leads_to(f"{HOME}records?f=Garden"),
        "Search for 'Garden'",
        (SEARCH,),
        id="what was typed stands in the address",
    ),
    pytest.param(
        opened("hosts", "New host").fill(textbox("Host"), "lake.example").fill(textbox("Login"), "etl")
        .fill(password(), secret="password").click(submit("Save")).shows_new(alert("Saved")),
        "Create the host 'lake.example'",
        (CREATE,),
        id="a password that is kept lets nobody in",
    ),
    pytest.param(
        opened("start").fill(textbox("Name"), "Road trip").fill(password(), secret="password").click(submit("Create"))
        .shows_new(heading("Road trip")),
        "Create 'Road trip'",
        (CREATE,),
        id="a password of what is made",
    ),
    pytest.param(
        opened("register").fill(textbox("Name"), "Ann").fill(password(), secret="password").click(submit("Create"))
        .shows_new(heading("Welcome")),
        "Sign up",
        (SIGN_UP,),
        id="a password of who registers",
    ),
    pytest.param(
        opened("records").click(row("New bakery")).shows_new(textbox("Title"))
        .fill(textbox("Title"), "Old bakery", before="New bakery").click(submit("Save changes"))
        .shows_new(alert("Done")),
        "Edit 'New bakery'",
        (EDITS,),
        id="a thing that is called New",
    ),
    pytest.param(
        opened("tickets").click(link("New badge", ancestors=(Ancestor(tag="tr", role="row", name="New badge"),)))
        .leads_to(f"{HOME}tickets/7").select(textbox("Status"), "Open").click(submit("Save"))
        .leads_to(f"{HOME}tickets/7"),
        "Edit the ticket",
        (EDITS,),
        id="a link to a thing that is called New",
    ),
    pytest.param(
        opened("tickets/new").fill(textbox("Subject"), "Beamer broken").upload(FILE, "beamer.png")
        .click(submit("Create")).leads_to(f"{HOME}tickets/8"),
        "Create the ticket 'Beamer broken'",
        (CREATES,),
        id="a file with something that has a name",
    ),
    pytest.param(
        opened("books/7", "Glass Birds").check(ALONE).asks(f"{HOME}toggle/7"),
        "Tick 'Read' on 'Glass Birds'",
        (EDITS,),
        id="a box that says itself what is done",
    ),
    pytest.param(
        opened("files/new").upload(FILE, "beamer.png").click(submit("Add file")).leads_to(f"{HOME}files/8"),
        "Upload 'beamer.png'",
        ("upload a file",),
        id="a file alone",
    ),
    pytest.param(
        opened("issues/7").fill(textbox("Comment"), "Me too").click(submit("Comment")).shows_new(heading("Me too")),
        "Fill in 'Comment' and click 'Comment'",
        ("comment", COMMENTS),
        id="an empty form on the page of a thing",
    ),
    pytest.param(
        opened("issues/7").select(textbox("Priority"), "Low").asks(f"{HOME}issues/7", "PATCH"),
        "Choose 'Low'",
        (EDITS,),
        id="a choice on the page of a thing",
    ),
    pytest.param(
        opened("mail").check(box("Report 1")).check(box("Report 2")).click(button("Archive")).asks(f"{HOME}mail"),
        "Tick 'Report 1' and 'Report 2' and archive them",
        ("archive", EDITS),
        id="boxes that only say what is archived",
    ),
    pytest.param(
        opened("board").add(Drag, target=row("Card"), onto=button("Done")).shows(counts(1, 0)),
        "Move 'Card' to 'Done'",
        ("drag something to another place", EDITS),
        id="what is moved",
    ),
    pytest.param(
        opened("mail").check(box("Report 1")).click(button("Delete")).asks(f"{HOME}mail", "DELETE"),
        "Tick 'Report 1' and delete it",
        (DELETES,),
        id="a box that only says what is deleted",
    ),
    pytest.param(
        opened("posts").click(in_row(link("Move “Old news” to the Trash"), "Old news"))
        .leads_to(f"{HOME}posts?trashed=1"),
        "Delete 'Old news'",
        (DELETES,),
        id="what is moved to the trash",
    ),
    pytest.param(
        opened("comments").check(box("Me too")).select(textbox("Bulk actions"), "Approve").click(submit("Apply"))
        .asks(f"{HOME}comments").leads_to(f"{HOME}comments"),
        "Tick 'Me too', choose 'Approve' and click 'Apply'",
        (EDITS,),
        id="a choice for ticked rows",
    ),
    pytest.param(
        opened("premium/pay").fill(textbox("Card number"), "4111").click(submit("Continue")).leads_to(f"{HOME}welcome"),
        "Check out",
        ("checkout: place the order and pay",),
        id="the number of a card",
    ),
    pytest.param(
        opened("me/profile").fill(textbox("Name"), "Ann", before="An").click(submit("Save")).shows_new(alert("Saved")),
        "Edit the profile",
        (SETS, EDITS),
        id="the user's own page",
    ),
    pytest.param(
        opened("requests/7", "Licence for Ann").fill(textbox("Reason"), "Too dear").click(submit("Reject request"))
        .asks(f"{HOME}requests/7").shows_new(alert("Rejected")),
        "Reject request 'Licence for Ann'",
        ("reject request", EDITS),
        id="a form whose button says what it does to the thing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("journey", "title", "texts"), CASES)
def test_what_it_was_for(journey: Journey, title: str, texts: tuple[str, ...]) -> None:
    """The title says it with what was on the page; the words for patterns say it without, the main goal first."""
    story = journey.story()
    assert story.title == title
    assert story_texts(story) == texts


def test_the_last_thing_that_was_changed_is_the_title() -> None:
    """Pages that were only opened afterwards say nothing."""
    journey = opened("deals/7", "Soylent audit").click(button("Won")).asks(f"{HOME}api/deals/7", "PATCH")
    journey.click(link("Inbox")).leads_to(f"{HOME}inbox").click(link("Calendar")).leads_to(f"{HOME}calendar")
    assert journey.story().title == "Click 'Won' on 'Soylent audit'"


def test_own_words_are_without_the_broader_ones() -> None:
    """What is found in the traffic is named by the page's words; known broader ones would hide it."""
    story = opened("mail").click(in_row(button("Snooze"), "Report 1")).asks(f"{HOME}mail/1").story()
    assert own_texts(story) == ("snooze",)
    assert story_texts(story) == ("snooze", EDITS)


def test_what_is_chosen_after_a_search_narrows_what_was_found() -> None:
    """The form of a search ends with it."""
    journey = opened("").fill(textbox("Where to"), "Potsdam").click(submit("Find")).leads_to(f"{HOME}hotels?to=potsdam")
    story = journey.select(textbox("Stars"), "5").leads_to(f"{HOME}hotels?to=potsdam&stars=5").story()
    assert story_texts(story) == (NARROWS, SEARCH)
    assert story.title == "Search for 'Potsdam' and filter by '5'"


@pytest.mark.parametrize(
    ("settings", "then", "path", "is_one"),
    [
        ("settings", "Mail", "settings/mail", True),
        ("account/settings", "Keys", "account/keys", True),
        ("settings", "Articles", "articles", False),
    ],
)
def test_who_left_the_settings_sets_nothing(settings: str, then: str, path: str, is_one: bool) -> None:
    """A form is one of the settings where it was come to by them, unless these were a page that was left again."""
    journey = opened("").click(link("Settings")).leads_to(HOME + settings).click(link(then)).leads_to(HOME + path)
    journey.click(button("New")).shows_new(textbox("Title")).fill(textbox("Title"), "Summer").click(submit("Add"))
    texts = story_texts(journey.shows_new(heading("Summer")).story())
    assert (texts[0] == SETTINGS_PAGE) is is_one
    assert CREATE in texts


def test_a_box_that_is_for_nothing_else_is_told() -> None:
    """Only what is acted on next makes boxes a mere way."""
    story = opened("mail").check(box("Report 1")).loses(row("Report 1")).story()
    assert TICKS in story_texts(story)
    assert Gone in {type(change) for change in story.steps[-1].changes}


@pytest.mark.parametrize(
    ("opener", "title", "looks", "told"),
    [
        ("Add feed", "New feed - Reader", "Find a feed", "Create the feed 'https://rail.example/rss'"),
        ("Feeds", "New feed - Reader", "Find a feed", "Search for 'https://rail.example/rss'"),
        ("New arrivals", "New arrivals", "Search", "Search for 'https://rail.example/rss'"),
        ("New York hotels", "New York hotels", "Search hotels", "Search for 'https://rail.example/rss'"),
        ("Add to your trip", "Add to your trip", "Search", "Search for 'https://rail.example/rss'"),
    ],
)
def test_what_is_looked_for_to_make_something_of_it_is_made(opener: str, title: str, looks: str, told: str) -> None:
    """Behind `Add feed` a feed is found by its address, and kept; on pages that only begin with such a word one looks
    for something."""
    journey = Journey().opens(f"{HOME}feeds", title="Feeds").click(link(opener))
    journey = journey.leads_to(f"{HOME}subscribe")
    journey.page = Page(url=f"{HOME}subscribe", title=title)
    journey = journey.shows_new(heading(title.partition(" - ")[0]))
    journey = journey.fill(textbox("URL"), "https://rail.example/rss").click(button(looks, type="submit"))
    journey = journey.asks(f"{HOME}subscribe", resource="document").leads_to(f"{HOME}feed/7/entries")
    assert journey.shows_new(heading("Rail Weekly")).story().title == told
