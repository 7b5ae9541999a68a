"""What was done is told with the name of the thing that it was done to, by whatever the page says of it."""

import pytest

from pipeline.semantics.object_names import object_phrase
from schemas.elements import Ancestor, ByRole, ByTag, Candidate, Element, Scope
from schemas.events import CountChanged, Drag
from tests.stories.by_hand import (
    HOME,
    Journey,
    alert,
    button,
    heading,
    in_row,
    link,
    password,
    sign_in,
    switch,
    textbox,
)


def test_what_a_menu_of_a_row_does_is_done_to_the_row() -> None:
    """Not to the list that the page shows."""
    row = in_row(button("More actions"), "Call Ann")
    menu = Ancestor(tag="ul", role="menu")
    journey = Journey().opens(f"{HOME}today").shows_new(heading("Today")).click(row)
    archive = Element(tag="li", role="menuitem", name="Archive", text="Archive", ancestors=(menu,))
    story = journey.click(archive).asks(f"{HOME}api/tasks/7/archive").loses(row).story()
    assert story.title == "Archive 'Call Ann'"
    journey = Journey().opens(f"{HOME}today").shows_new(heading("Today")).click(row)
    delete = Element(tag="li", role="menuitem", name="Delete", text="Delete", ancestors=(menu,))
    assert journey.click(delete).asks(f"{HOME}api/tasks/7", "DELETE").loses(row).story().title == "Delete 'Call Ann'"


def test_what_a_button_of_a_row_brings_acts_on_the_row() -> None:
    """Also where the entries of its menu are plain buttons at the end of the page, and where one opens a form; the
    button may have no name."""
    row = in_row(Element(tag="button", role="button"), "Call Ann")
    journey = Journey().opens(f"{HOME}today").shows_new(heading("Today")).click(row)
    journey = journey.shows_new(button("Delete"), button("Edit"))
    deleted = journey.click(button("Delete")).asks(f"{HOME}api/tasks/7", "DELETE").loses(row)
    assert deleted.story().title == "Delete 'Call Ann'"
    journey = Journey().opens(f"{HOME}today").shows_new(heading("Today")).click(row)
    journey = journey.shows_new(button("Delete"), button("Edit")).click(button("Edit")).shows_new(heading("Edit task"))
    journey = journey.fill(textbox("Due"), "Soon", before="Now").click(button("Save")).asks(f"{HOME}api/tasks/7")
    assert journey.story().title == "Edit 'Call Ann'"


@pytest.mark.parametrize(
    ("row", "alone", "title"),
    [
        ("Outdoors 8 unread entries", "Outdoors", "Archive 'Outdoors'"),
        ("Harbour Notes 4 unread entries 4 entries in total", "Harbour Notes", "Archive 'Harbour Notes'"),
        ("Area 51", "Area", "Archive 'Area 51'"),
        ("Route 66 road trip", "Plans", "Archive 'Route 66 road trip'"),
        ("Meeting with 3 new clients", "", "Archive 'Meeting with 3 new clients'"),
    ],
)
def test_how_many_of_something_a_row_has_is_no_part_of_its_name(row: str, alone: str, title: str) -> None:
    """Cards say it beside their names, and another number tomorrow; where the name stands nowhere alone, the number may
    well belong to it."""
    around = (Ancestor(tag="div", role="group", name=alone), Ancestor(tag="article", role="article", name=row))
    archive = button("Archive").model_copy(update={"ancestors": around})
    journey = Journey().opens(f"{HOME}shelves").click(archive).asks(f"{HOME}api/shelves/7/archive")
    assert journey.story().title == title


def test_an_answer_to_what_an_act_asks_back_belongs_to_it() -> None:
    """The page asks beside the button, which is no other act; another control that a click brought is one."""
    for words in ("Mark all as read", "Mark all items as read"):
        journey = Journey().opens(f"{HOME}shelves").click(in_row(button(words), "Outdoors"))
        journey = journey.shows_new(button("yes"), button("no")).click(button("yes")).asks(f"{HOME}api/shelves/7/read")
        assert journey.story().title == "Mark all of 'Outdoors' as read"


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize("came", ["Remove", "Accept offer"])
def test_an_act_that_another_one_brought_is_no_answer_to_it(came: str, writes: bool) -> None:
    """What is done is done, and what can be done next is another act, whether or not the first asked the app."""
    journey = Journey().opens(f"{HOME}lamps").click(in_row(button("Share"), "Lamp"))
    journey = journey.asks(f"{HOME}api/lamps/7/share") if writes else journey
    journey = journey.shows_new(alert("Shared."), button(came)).click(in_row(button(came), "Lamp"))
    title = journey.asks(f"{HOME}api/lamps/7/next").story().title
    assert title.startswith("Share 'Lamp' and ")


def test_what_a_question_names_again_is_its_answer() -> None:
    """`Accept offer` answers what was asked; without the question it is an act."""
    journey = Journey().opens(f"{HOME}lamps").click(in_row(button("Share"), "Lamp"))
    journey = journey.shows_new(heading("Share it, and accept the offer?"), button("Accept offer"))
    assert journey.click(button("Accept offer")).asks(f"{HOME}api/lamps/7").story().title == "Share 'Lamp'"


def test_a_reason_for_a_deletion_belongs_to_it() -> None:
    """Its field held something, and changes nothing of the thing."""
    journey = Journey().opens(f"{HOME}wiki/Pear_trees?action=delete").shows_new(heading("Pear trees"))
    journey = journey.fill(textbox("Other reason"), "Not needed", before="content was: all of it")
    journey = journey.click(button("Delete page")).leads_to(f"{HOME}wiki").shows_new(alert("It is gone."))
    assert journey.story().title == "Delete 'Pear trees'"


def test_what_was_opened_in_place_after_a_sign_in_is_what_the_user_came_for() -> None:
    """The title says so, and the flow is another than that of the sign-in alone; the thing that was opened is what a
    control does something to next, though its row holds more."""
    row = in_row(link("Broken press"), "Ivo Lund Broken press 264 B")
    inbox = sign_in(Journey().opens(f"{HOME}login")).leads_to(f"{HOME}inbox")
    alone = inbox.story()
    opened = inbox.click(row).shows_new(heading("Broken press"))
    read = opened.story()
    assert read.title == "Open 'Broken press'"
    assert read.flow_key != alone.flow_key
    toolbar = button("Delete").model_copy(update={"ancestors": (Ancestor(tag="ul", role="menu"),)})
    assert opened.click(toolbar).asks(f"{HOME}api/mail/2", "DELETE").loses(row).story().title == "Delete 'Broken press'"


def test_two_parts_that_the_page_shows_as_one_are_one_name() -> None:
    """A first and a last name, say."""
    journey = (
        Journey().opens(f"{HOME}contacts/new").fill(textbox("First name"), "Ada").fill(textbox("Last name"), "Fern")
    )
    shown = Element(tag="td", role="cell", text="Ada Fern")
    story = journey.click(button("Save")).asks(f"{HOME}api/contacts").shows_new(alert("Saved."), shown).story()
    assert story.title == "Create the contact 'Ada Fern'"


def test_an_entry_of_a_menu_is_no_card() -> None:
    """What stands beside it in the menu is no name of the thing that it acts on."""
    ways = (
        Candidate(locator=ByRole(role="link", name="Watch"), count=2),
        Candidate(
            locator=ByRole(role="link", name="Watch"),
            within=(Scope(locator=ByTag(tag="ul", classes=("tabs",)), has_text="Read", count=1),),
            count=1,
        ),
    )
    menu = (
        Ancestor(tag="li", role="listitem"),
        Ancestor(tag="ul", role="list"),
        Ancestor(tag="nav", role="navigation"),
    )
    watch = link("Watch").model_copy(update={"candidates": ways, "ancestors": menu})
    journey = Journey().opens(f"{HOME}wiki/Apple_trees").shows_new(heading("Apple trees")).click(watch)
    story = journey.asks(f"{HOME}api/watch").shows_new(alert("It is on your watchlist.")).story()
    assert story.title == "Watch 'Apple trees'"


def test_a_label_that_explains_itself_is_told_up_to_its_colon() -> None:
    """What follows is help, however it is tied to the field."""
    field = textbox("Real name: It is shown below your posts, if you give one.")
    story = Journey().opens(f"{HOME}preferences").fill(field, "Ada").click(button("Save")).leads_to(HOME).story()
    assert story.title == "Change 'Real name' in the settings"
    time = textbox("Opens: 9:00")
    assert "'Opens: 9:00'" in Journey().opens(HOME).fill(time, "x").story().steps[-1].said


def test_a_number_in_what_was_typed_is_no_name() -> None:
    """A page may show its figures as headings."""
    journey = Journey().opens(f"{HOME}join").fill(textbox("Nickname"), "Birch 12").click(button("Create profile"))
    story = journey.leads_to(f"{HOME}welcome").shows_new(heading("2"), alert("The profile has been created.")).story()
    assert story.title == "Create the profile 'Birch 12'"


def test_a_nameless_switch_is_that_of_what_was_opened() -> None:
    """The only one on the page of a thing needs no name."""
    journey = Journey().opens(f"{HOME}pools").click(link("west-pool")).leads_to(f"{HOME}pools/7")
    story = journey.click(switch("")).asks(f"{HOME}api/pools/7", "PATCH").shows_new(alert("Pool paused")).story()
    assert story.title == "Switch 'west-pool'"


def test_nothing_of_the_page_before_the_sign_in_is_acted_on() -> None:
    """Its heading is no name of a thing."""
    journey = Journey().opens(f"{HOME}login").shows_new(heading("Please sign in")).fill(textbox("User"), "ann")
    journey = journey.fill(password(), secret="password").click(button("Go")).shows_new(button("ann"))
    journey = journey.click(button("Enroll token")).asks(f"{HOME}api/tokens").shows_new(alert("Done."))
    assert journey.story().title == "Enroll the token"


def test_a_text_field_that_asks_not_to_be_filled_in_takes_no_password() -> None:
    """Pages mark any field so to keep browsers quiet: what was withheld there signs nobody in and confirms nothing."""
    odd = textbox("Description").model_copy(update={"autocomplete": "new-password"})
    journey = sign_in(Journey().opens(f"{HOME}login")).opens(f"{HOME}lamps/new").fill(odd, secret="password")
    story = journey.click(button("Add lamp")).asks(f"{HOME}lamps").shows_new(alert("Added.")).story()
    assert "password" not in (story.sentence or "")
    assert "Fill in 'Description' with a text" in [step.said for step in story.steps]
    asks = textbox("New password").model_copy(update={"autocomplete": "new-password"})
    story = Journey().opens(f"{HOME}me").fill(asks, secret="password").click(button("Save")).story()
    assert "Fill in 'New password' with the password" in [step.said for step in story.steps]


def test_an_option_that_is_kept_at_once_is_chosen() -> None:
    """As one of a list of the page's own."""
    option = Element(tag="div", role="option", name="High", text="High")
    journey = Journey().opens(f"{HOME}tasks/7").click(button("Priority")).click(option).asks(f"{HOME}api/tasks/7")
    assert journey.touches().story().title == "Choose 'High'"


def test_the_choice_of_a_list_is_chosen_and_its_list_not_told() -> None:
    """A list of the page's own is clicked to open it: what the user did is what was chosen in it."""
    listed = Element(tag="button", role="combobox", text="Monthly")
    option = Element(tag="li", role="option", name="Yearly", text="Yearly")
    journey = Journey().opens(f"{HOME}balance").click(listed).shows_new(option).click(option)
    assert journey.shows_new(heading("2024")).story().title == "Choose 'Yearly'"


def test_what_is_made_has_the_name_of_the_list_before() -> None:
    """A page for something new under a thing of another kind doesn't make that thing."""

    def title(address: str) -> str:
        journey = Journey().opens(f"{HOME}{address}").fill(textbox("Title"), "Roof").click(button("Post"))
        return journey.asks(f"{HOME}{address}").leads_to(f"{HOME}p2").story().title

    assert title("courses/knots/forum/new") == "Create 'Roof'"
    assert title("courses/knots/questions/new") == "Create the question 'Roof'"


def test_a_page_of_a_wiki_has_the_name_in_its_address() -> None:
    """Where nothing was filled in but its text, and a first line says something else."""
    area = Element(tag="textarea", role="textbox", name="Text", label="Text")
    journey = Journey().opens(f"{HOME}wiki/LaunchPlan").click(button("Create this page"))
    journey.fill(area, "Countdown starts at ten.").click(button("Submit changes", type="submit"))
    story = journey.asks(f"{HOME}wiki/LaunchPlan").leads_to(f"{HOME}wiki/LaunchPlan").story()
    assert story.title == "Create the page 'LaunchPlan'"


def test_a_heading_is_what_can_be_seen_of_it() -> None:
    """Its text may have what is hidden in it as well: help for a file's upload."""
    glued = heading("Island").model_copy(update={"text": "Drop the file here to uploadIsland"})
    story = Journey().opens(HOME).click(button("Show")).shows_new(glued).story()
    assert "'Island'" in story.sentence
    assert "Drop" not in story.sentence


def test_a_sign_in_an_address_is_no_kind_of_thing() -> None:
    """`/p/plan` is the plan and no p."""
    journey = Journey().opens(f"{HOME}").click(link("Plan")).leads_to(f"{HOME}p/plan")
    story = (
        journey.fill(textbox("Text"), "Tall", before="Small").click(button("Save")).shows_new(alert("Done.")).story()
    )
    assert story.title == "Edit 'Plan'"


def test_a_control_without_a_name_is_called_by_what_holds_it() -> None:
    """A sign in a box of a drawing that asks the app for something; one that no words hold is nothing to tell."""
    box = Scope(locator=ByTag(tag="g", classes=("node",)), has_text="Every morning")
    way = Candidate(locator=ByTag(tag="rect", classes=("sign",)), count=1, within=(box,))

    def title(sign: Element) -> str:
        return sign_in(Journey().opens(HOME)).click(sign).asks(f"{HOME}start").story().title

    assert title(Element(tag="rect", candidates=(way,))) == "Click 'Every morning'"
    assert title(Element(tag="rect")) == "Log in"


@pytest.mark.parametrize("name", ["Select row 3", "Zeile 3 auswählen", "Seleccionar fila 3", "Sélectionner la ligne 3"])
def test_a_box_that_says_the_number_of_its_row_is_called_by_what_the_row_says(name: str) -> None:
    """A box of a list without a name of its own, in each language; one with a name is called so."""
    row = Scope(locator=ByRole(role="row"), has_text="picker")
    way = Candidate(locator=ByRole(role="checkbox", name="row"), within=(row,), count=1)

    def title(said: str) -> str:
        box = Element(tag="input", role="checkbox", type="checkbox", name=said, candidates=(way,))
        journey = Journey().opens(f"{HOME}roles").check(box).click(button("Go on")).asks(f"{HOME}roles")
        return journey.story().title

    assert "'picker'" in title(name)
    assert "'Row 3 of the choir'" in title("Row 3 of the choir")


def test_what_is_glued_around_the_only_control_names_nothing() -> None:
    """The entry of a bar holds a button and its menu, whose texts run together; several such buttons have each its own
    row."""

    def title(count: int) -> str:
        around = Scope(locator=ByRole(role="listitem"), has_text="FullSends everything")
        ways = (
            Candidate(locator=ByRole(role="button", name="Frobnicate"), count=count),
            Candidate(locator=ByRole(role="button", name="Frobnicate"), within=(around,), count=1),
        )
        target = button("Frobnicate", candidates=ways)
        return Journey().opens(HOME).click(target).asks(f"{HOME}frob").story().title

    assert title(1) == "Click 'Frobnicate'"
    assert title(2) == "Click 'Frobnicate' on 'FullSends everything'"


@pytest.mark.parametrize(
    ("onto", "title"),
    [("Every morningScale readingShow heat", "Move 'inject'"), ("In progress", "Move 'inject' to 'In progress'")],
)
def test_a_place_is_named_only_by_words_of_its_own(onto: str, title: str) -> None:
    """All that stands in a drawing, run together, is no name of it."""
    journey = Journey().opens(HOME)
    journey.add(Drag, target=Element(tag="div", text="inject"), onto=Element(tag="div", text=onto))
    assert journey.shows_new(alert("Done.")).story().title == title


def test_a_hash_route_says_what_is_edited() -> None:
    """A console of one page has its places behind the hash: what stands before it is the same everywhere."""
    journey = Journey().opens(f"{HOME}admin/console/#/orchard/users/5c4f44e4-ce6a-4290-b3c0-a68928652fe6/keys")
    journey.fill(textbox("Label"), "Old", before="New").click(button("Save")).shows_new(alert("Done."))
    assert journey.story().title == "Edit the keys"


def test_a_box_that_asked_for_a_change_filters_nothing() -> None:
    """A switch that the app keeps at once, and whose message makes a list of messages longer; one that asks for nothing
    but another list filters that."""
    longer = CountChanged(
        element=Element(tag="ul", role="list"), items=Candidate(locator=ByRole(role="listitem")), before=0, after=1
    )

    def title(method: str) -> str:
        box = Element(tag="input", role="checkbox", name="Registration")
        return Journey().opens(HOME).click(box).asks(f"{HOME}realm", method).shows(longer).story().title

    assert title("PUT") == "Choose 'Registration'"
    assert title("GET") == "Filter by 'Registration'"


def test_what_is_asked_before_a_deletion_names_its_object() -> None:
    """The control stands in no row, and the page has several parts, none of which is what was opened."""
    journey = Journey().opens(f"{HOME}console").click(button("Log in")).leads_to(f"{HOME}home")
    journey = journey.shows_new(heading("Connection", 2), heading("Files", 2)).click(link("Remove"))
    sure = Element(tag="p", role="paragraph", text='You are about to delete "vase.txt" forever.')
    journey = journey.shows_new(heading("Are you sure?", 3), sure)
    journey = journey.click(link("Proceed")).asks(f"{HOME}api/files/vase", "DELETE")
    assert journey.story().title == "Delete 'vase.txt'"


def test_a_row_is_called_by_what_one_reads_in_it() -> None:
    """Its text begins with the label of its box, which is for screen readers; details are no thing of their own."""
    scope = Scope(locator=ByRole(role="row"), has_text="Select Ana Brekke, Learner", count=1)
    inside = Candidate(locator=ByRole(role="button"), within=(scope,), count=1)
    row = Ancestor(tag="tr", role="row", name="Select Ana Brekke ana H-101 Female 2012")
    opener = Element(tag="button", role="button", candidates=(inside,), ancestors=(row,))
    journey = Journey().opens(f"{HOME}users").shows_new(heading("Users")).click(opener)
    entry = Element(text="Edit details", tag="span")
    journey = journey.shows_new(Element(tag="ul", role="menu"), entry).click(entry).leads_to(f"{HOME}users/7")
    journey = journey.shows_new(heading("Edit user details")).fill(textbox("Full name"), "Ana Lie", before="Ana")
    assert journey.click(button("Save")).asks(f"{HOME}api/users/7").story().title == "Edit 'Ana Brekke'"


@pytest.mark.parametrize(
    ("heading_of_form", "title"),
    [("Rename facility", "Rename the facility"), ("Change preferences", "Edit 'Facility settings'")],
)
def test_what_a_dialog_says_that_it_is_for_is_what_was_done(heading_of_form: str, title: str) -> None:
    """The control that opened it says `Edit`, and the page is called by what the thing is, or by more."""
    journey = Journey().opens(f"{HOME}facility").click(link("Settings")).leads_to(f"{HOME}facility/settings")
    journey = journey.shows_new(heading("Facility settings")).click(button("Edit"))
    journey = journey.shows_new(heading(heading_of_form)).fill(textbox("Name"), "Night school", before="Day school")
    assert journey.click(button("Save")).asks(f"{HOME}api/facility/7").story().title == title


def test_a_form_of_a_page_with_several_headings_is_called_by_its_own() -> None:
    """None of them is a thing that was opened; the form's own says what is changed."""
    journey = Journey().opens(f"{HOME}me").shows_new(heading("Profile"), heading("EDIT")).click(link("Edit"))
    journey = journey.shows_new(heading("Edit profile")).fill(textbox("Full name"), "Ana Lie", before="Ana")
    assert journey.click(button("Save")).asks(f"{HOME}api/users/7").story().title == "Edit the profile"


@pytest.mark.parametrize(
    ("path", "is_file"), [("files/port.yml", True), ("domains/example.com", False), ("users/ana.lie", False)]
)
def test_only_what_ends_as_files_do_is_a_file(path: str, is_file: bool) -> None:
    """Servers and persons have dots in their names as well."""
    journey = Journey().opens(f"{HOME}{path}", title=f"{path.rpartition('/')[2]} - Workbench")
    journey = journey.fill(textbox("Text"), "Lamp", before="Rope").click(button("Save"))
    assert ("file" in journey.asks(f"{HOME}api/save").story().title) is is_file


@pytest.mark.parametrize("opened", ["Clean Networks", "Row 5"])
def test_what_is_renamed_is_called_by_the_name_under_which_it_was_opened(opened: str) -> None:
    """Whoever repeats the edit finds it by that; the answer of the page says the new one. What only stood in the field
    (another customer's name) is told nowhere."""
    journey = Journey().opens(f"{HOME}products").click(link(opened)).leads_to(f"{HOME}products/5/")
    journey.shows_new(heading(opened)).fill(textbox("Title"), "Clean Nets", before="Clean Networks")
    journey.click(button("Save")).leads_to(f"{HOME}products").shows_new(alert("Updated product 'Clean Nets'."))
    name = "Clean Networks" if opened == "Clean Networks" else "Clean Nets"
    assert journey.story().title == f"Edit the product '{name}'"


def test_a_message_that_says_a_thing_and_its_name_says_each_once() -> None:
    """Without quotes nothing tells the noun from the name that follows it."""
    assert object_phrase("group sales", "sales") == "the group 'sales'"
    assert object_phrase("group", "sales") == "the group 'sales'"
    assert object_phrase("sales", "sales") == "a sales"
    assert object_phrase("user group", "Group") == "the user group 'Group'"
    assert object_phrase("shopping list", "List") == "the shopping list 'List'"
