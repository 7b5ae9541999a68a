"""Titles of what is opened, made and changed by menus and dialogs: files, above all."""

import pytest

from schemas.elements import Ancestor, Element
from schemas.events import Page
from tests.stories.by_hand import (
    HOME,
    Journey,
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


def _opened_file() -> Journey:
    row = Element(tag="span", text="tides.csv")
    journey = sign_in(Journey().opens(f"{HOME}login")).click(row, clicks=2).asks(f"{HOME}api/marks/9")
    return journey.leads_to(f"{HOME}tree/tides.csv", how="spa").shows_new(button("Delimiter"))


def _edited_file() -> Journey:
    journey = Journey().opens(f"{HOME}tree").click(Element(tag="span", text="stats.py"), clicks=2)
    journey.leads_to(f"{HOME}tree/stats.py", how="spa")
    journey.page = Page(url=journey.page.url, title="stats.py - Workbench")
    return journey.fill(textbox("Text"), "LIMIT = 7", before="LIMIT = 5").click(button("Save")).asks(f"{HOME}api/save")


def _renamed_file() -> Journey:
    journey = (
        Journey()
        .opens(f"{HOME}tree/untitled.txt", title="untitled.txt - Workbench")
        .click(button("Text File"))
        .shows_new(heading("Rename file"))
    )
    journey.fill(textbox("File name"), "lamps.txt", before="untitled.txt").click(button("Rename and Save"))
    return journey.asks(f"{HOME}api/files/untitled.txt", "PATCH")


def _duplicated() -> Journey:
    journey = Journey().opens().click(in_row(button("More"), "port.json"))
    entry = Element(tag="li", role="menuitem", name="Duplicate Ctrl+D", text="Duplicate Ctrl+D")
    return journey.shows_new(entry).click(entry).asks(f"{HOME}api/files")


CASES = [
    (_opened_file(), "Open 'tides.csv'", "The user logs in and opens 'tides.csv'."),
    (_edited_file(), "Edit the file 'stats.py'", "The user edits the file 'stats.py'."),
    (_renamed_file(), "Rename the file 'untitled.txt'", "The user renames the file 'untitled.txt'."),
    (
        Journey()
        .opens()
        .click(in_row(button("Run All Cells"), "tides.ipynb"))
        .asks(f"{HOME}api/run")
        .shows_new(alert("7")),
        "Run all cells of 'tides.ipynb'",
        "The user runs all cells of 'tides.ipynb'.",
    ),
    (
        Journey()
        .opens(f"{HOME}experiments")
        .click(button("Create"))
        .shows_new(heading("Create Experiment", level=2))
        .fill(textbox("Name"), "neap-96")
        .click(button("Create"))
        .asks(f"{HOME}api/experiments/create")
        .leads_to(f"{HOME}experiments/7/overview", how="spa"),
        "Create the experiment 'neap-96'",
        "The user creates the experiment 'neap-96'.",
    ),
    (_duplicated(), "Duplicate 'port.json'", "The user duplicates 'port.json'."),
]


@pytest.mark.parametrize(("journey", "title", "sentence"), CASES, ids=[case[1] for case in CASES])
def test_titles_and_sentences(journey: Journey, title: str, sentence: str) -> None:
    """Title and sentence tell what was done, to what, and what the page answered."""
    story = journey.story()
    assert story.title == title
    assert story.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("path", "title"),
    [("reviews/4/diff/1", "Open 'Diff' of 'Name the pilot'"), ("diffs/new", "Open 'Name the pilot' and 'Diff'")],
)
def test_what_the_menu_of_a_thing_opened_is_a_part_of_it(path: str, title: str) -> None:
    """Where its address lies below that of the thing; the title says more than that somebody signed in."""
    journey = sign_in(Journey().opens(f"{HOME}login")).click(link("Name the pilot")).leads_to(f"{HOME}reviews/4")
    journey = journey.shows_new(heading("Name the pilot"))
    tab = Element(tag="a", role="menuitem", name="Diff", text="Diff", ancestors=(Ancestor(tag="ul", role="menu"),))
    assert journey.click(tab).leads_to(f"{HOME}{path}").shows_new(heading("Latest")).story().title == title


def _in_parts(*more: Element) -> Journey:
    """A page of several parts, each with a heading of its own, and the dialog in which one of its things is changed."""
    journey = Journey().opens().shows_new(heading("Set a password"), heading("Folders"), heading("This device"))
    journey.click(button("Edit")).shows_new(*more)
    return journey.fill(textbox("Label"), "Old records", before="Music").click(button("Save"))


def test_a_heading_in_brackets_names_what_is_changed() -> None:
    """The dialog says it, as so many do."""
    assert _in_parts(heading("Edit folder (Music)")).story().title == "Edit 'Music'"


def test_no_part_of_a_page_is_what_was_opened() -> None:
    """Where a page has several parts, the first heading names none of its things."""
    assert "Set a password" not in _in_parts().story().title


def _in_menu(words: str) -> Element:
    return link(words).model_copy(update={"ancestors": (Ancestor(tag="nav", role="navigation"),)})


def test_what_the_menu_of_a_page_leads_to_is_about_that_page() -> None:
    """A form behind a menu says in its heading what it is for, and its button of what kind that is; a page of the app
    behind the same menu is about something else."""

    def moved(heading_there: str) -> str:
        journey = Journey().opens(f"{HOME}w/Crane_inspection").shows_new(heading("Crane inspection"))
        journey.click(_in_menu("Move")).leads_to(f"{HOME}w/Special").shows_new(heading(heading_there))
        journey.fill(textbox("New title"), "Cranes", before="Crane inspection").click(button("Move page"))
        return journey.asks(f"{HOME}w/Special").shows_new(heading("Move succeeded")).story().title

    assert moved("Move Crane inspection") == "Move the page 'Crane inspection'"
    assert moved("Move several") == "Move the page"
    assert moved("Move Crane inspection 2") == "Move the page"


def test_what_was_open_is_edited_whatever_part_of_it_the_heading_says() -> None:
    """`section` in brackets is no name of a thing."""
    journey = Journey().opens(f"{HOME}w/Berth_4").shows_new(heading("Berth 4"))
    journey.click(link("edit")).leads_to(f"{HOME}w?title=Berth_4").shows_new(heading("Editing Berth 4 (section)"))
    journey.fill(textbox("Text"), "Radio: 12", before="Phone: 4").click(button("Save changes"))
    story = journey.leads_to(f"{HOME}w/Berth_4").shows_new(alert("Your edit was saved.")).story()
    assert story.title == "Edit 'Berth 4'"


@pytest.mark.parametrize(
    ("heading_there", "title"),
    [
        ('Edit "Atlas roadmap"', "Edit 'Atlas roadmap'"),
        ('Edit task "Call Atlas"', "Edit 'Call Atlas'"),
        ('Edit "Announcements"', "Edit 'Announcements'"),
    ],
)
def test_what_a_heading_has_in_quotes_is_what_is_edited(heading_there: str, title: str) -> None:
    """Though the name of what is open is a part of it."""
    name = "Ann" if "Ann" in heading_there else "Atlas"
    journey = Journey().opens(f"{HOME}p/7").shows_new(heading(name)).click(button("Edit"))
    journey.shows_new(heading(heading_there), textbox("Text")).fill(textbox("Text"), "Radio", before="Phone")
    assert journey.click(button("Save")).asks(f"{HOME}api/p").story().title == title


def test_what_is_chosen_in_drawn_lists_belongs_to_the_form_that_an_act_opened() -> None:
    """What was acted on is what the answer and the row both name, not the first name in the row."""
    row = Ancestor(tag="tr", role="row", name="18:14 Opening hours (diff | hist) Jonas (talk | block)")
    journey = Journey().opens(f"{HOME}changes").click(link("block").model_copy(update={"ancestors": (row,)}))
    journey.leads_to(f"{HOME}special/block").shows_new(heading("Block user"))
    journey.click(Element(tag="div", role="combobox", name="Expiry")).click(
        Element(tag="div", role="option", name="1 week")
    )
    journey.fill(textbox("Other reason"), "spam")
    journey.click(button("Block this user", type="submit")).leads_to(f"{HOME}special/block/done")
    assert journey.shows_new(alert("Jonas has been blocked.")).story().title == "Block 'Jonas'"


@pytest.mark.parametrize(
    ("row", "answer", "title"),
    [
        ("Opening hours Jonas (talk | block)", "User has been blocked for 24 hours", "Block 'Opening hours"),
        ("Harbour office (talk | block)", "The user has been blocked by the office", "Block 'Harbour office"),
        ("Account of Jonas (talk | block)", "Account blocked", "Block 'Account of Jonas"),
        ("Jonas Lind (talk | block)", "Jonas has been blocked", "Block 'Jonas Lind"),
        ("18:14 Opening hours Jonas Lind (talk | block)", "Jonas Lind has been blocked", "Block 'Jonas Lind'"),
        ("18:14 Opening hours Jonas Lind (talk | block)", "Jonas has been blocked", "Block '18:14 Opening hours"),
        ("18:14 Opening hours jonas (talk | block)", "The user 'jonas' was blocked", "Block 'jonas'"),
    ],
)
def test_only_what_an_answer_is_about_names_what_was_done(row: str, answer: str, title: str) -> None:
    """A name in quotes or at its beginning; a word that both have by chance names nothing, nor does part of a name."""
    around = (Ancestor(tag="tr", role="row", name=row),)
    journey = Journey().opens(f"{HOME}changes").click(link("block").model_copy(update={"ancestors": around}))
    journey.leads_to(f"{HOME}special/block").shows_new(heading("Block user"))
    journey.fill(textbox("Other reason"), "spam").click(button("Block this user", type="submit"))
    told = journey.leads_to(f"{HOME}special/block/done").shows_new(alert(answer)).story().title
    assert told.startswith(title)


@pytest.mark.parametrize(("pressed", "title"), [("Cancel", "Fill in 'Reason'"), ("Ban", "Ban 'Jonas'")])
def test_an_act_whose_form_was_given_up_was_not_done(pressed: str, title: str) -> None:
    """`Cancel` sends nothing off, whatever was typed before; `Close` behind what was sent off takes nothing back."""
    journey = Journey().opens(f"{HOME}members").click(in_row(button("Ban"), "Jonas"))
    journey.shows_new(Element(tag="div", role="dialog", name="Ban"), textbox("Reason"))
    journey.fill(textbox("Reason"), "spam").click(button(pressed))
    story = (journey.asks(f"{HOME}api/members/7/ban") if pressed == "Ban" else journey.touches()).story()
    assert story.title == title
    journey.click(button("Close")).touches()
    assert journey.story().title == title


def test_an_account_is_called_so_where_nothing_says_what_was_made() -> None:
    """A name alone could be that of anything; what the control says that led there is what it is."""

    def made(opener: str) -> str:
        journey = sign_in(Journey().opens(f"{HOME}login")).click(link(opener)).leads_to(f"{HOME}members")
        journey.fill(textbox("Username"), "Paulina").fill(password("Password"), secret="password")
        journey.fill(password("Confirm password"), secret="password").click(button("Save", type="submit"))
        return journey.leads_to(f"{HOME}members?done=1").shows_new(heading("Done")).story().title

    assert made("Add") == "Create the account 'Paulina'"
    assert made("Add user") == "Create the user 'Paulina'"


def test_a_search_for_what_a_part_of_is_made_stays_out_of_the_title() -> None:
    """`Talk:Berth 4` is a part of what was looked for."""
    journey = Journey().opens().fill(searchbox(), "Berth 4").press(searchbox(), "Enter")
    journey.leads_to(f"{HOME}wiki/Berth_4").shows_new(heading("Berth 4"))
    area = Element(tag="textarea", role="textbox", name="Text", label="Text")
    journey.click(link("Discussion")).leads_to(f"{HOME}w?title=Talk:Berth_4&action=edit")
    journey.fill(area, "Who pays?").click(button("Save page", type="submit"))
    journey.leads_to(f"{HOME}wiki/Talk:Berth_4").shows_new(heading("Talk:Berth 4"), alert("The page has been created."))
    assert journey.story().title == "Create the page 'Talk:Berth 4'"


def test_a_time_that_ends_as_a_search_is_no_part_of_what_was_looked_for() -> None:
    """Nothing but a word before a colon says which part of a thing it is."""
    journey = Journey().opens().fill(searchbox(), "30 feet").press(searchbox(), "Enter")
    journey.leads_to(f"{HOME}found").shows_new(heading("Nothing found")).click(link("Add slot"))
    journey.leads_to(f"{HOME}slots/new").fill(textbox("Name"), "12:30 feet").click(button("Add slot", type="submit"))
    title = journey.leads_to(f"{HOME}slots/7").shows_new(heading("12:30 feet")).story().title
    assert title == "Search for '30 feet' and create the slot '12:30 feet'"


def test_a_click_into_a_field_stands_between_no_act_and_its_form() -> None:
    """Nor does a choice in a drawn list: what the menu of a page says is what its form does."""
    journey = Journey().opens(f"{HOME}w/Berth_4").shows_new(heading("Berth 4")).click(_in_menu("Protect"))
    journey.leads_to(f"{HOME}w/special").shows_new(heading("Change protection settings for Berth 4"))
    journey.click(Element(tag="div", role="option", name="Administrators")).click(textbox("Reason"))
    journey.fill(textbox("Reason"), "vandalised").click(button("Confirm", type="submit"))
    assert journey.leads_to(f"{HOME}w/Berth_4/history").story().title == "Protect 'Berth 4'"
