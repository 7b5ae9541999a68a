"""What is asserted holds after the step and next time; what an app made up, glued together or saved late is known."""

import pytest

from pipeline.codegen import project_files, write_test
from schemas.elements import ById, ByRole, ByText, Candidate, Element, Scope
from schemas.events import Appeared, Gone, StateChanged, TextChanged, Typed, ValueChanged
from schemas.stories import ClickStep, FillStep, GotoStep, NetworkRequest
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

PAGE = at("/notes")
NEXT = at("/home")


def test_what_the_next_step_uses_is_not_asserted_before() -> None:
    """The step looks for it itself; while the pointer was on it, it may have been all there was to see."""
    menu = (Appeared(element=by_role("button", "button", "Delete")),)
    opened = ClickStep(target=by_role("button", "button", "More"), **base(PAGE, PAGE, changes=menu))
    delete = ClickStep(target=by_role("button", "button", "Delete"), **base(PAGE))
    code = write_test(story(opened, delete)).code
    assert 'get_by_role("button", name="Delete").click()' in code
    assert 'expect(page.get_by_role("button", name="Delete"))' not in code


def test_a_button_that_can_be_used_now_is_asserted_where_the_next_step_leaves_it() -> None:
    """A click waits for it anyway; used later, that it can be used is what came of the typing."""
    save = by_role("button", "button", "Save")
    enabled = (StateChanged(element=save, state="disabled", after=False),)
    typed = FillStep(target=by_label("Call"), value=Typed(text="Ann"), **base(PAGE, PAGE, changes=enabled))
    click, other = (ClickStep(target=one, **base(PAGE)) for one in (save, by_role("button", "button", "More")))
    assert "to_be_enabled" not in write_test(story(typed, click)).code
    assert "to_be_enabled" in write_test(story(typed, other)).code


@pytest.mark.parametrize(
    ("value", "is_asserted"),
    [
        ("2r9tz-ulrwp", False),
        ("pvehx-vckrt", False),
        ("html5-forms", True),
        ("short-story", True),
        ("48.20", True),
    ],
)
def test_an_id_that_the_page_filled_in_is_only_there(value: str, is_asserted: bool) -> None:
    """It is another one next time; what follows from the words that were typed is the same."""
    filled = (ValueChanged(element=by_label("Folder ID"), after=value),)
    typed = FillStep(target=by_label("Title"), value=Typed(text="HTML5 forms"), **base(PAGE, PAGE, changes=filled))
    code = write_test(story(typed, ClickStep(target=by_role("button", "button", "Save"), **base(PAGE)))).code
    assert (f'to_have_value("{value}")' in code) == is_asserted
    assert ('not_to_have_value("")' in code) != is_asserted


@pytest.mark.parametrize(
    ("value", "is_asserted"), [("deifa-tpcge", False), ("garden", True), ("3600", True), ("Daily at noon", True)]
)
def test_a_word_in_a_new_form_is_asserted_where_the_story_knows_it(value: str, is_asserted: bool) -> None:
    """It may be the id of what is made in the form; a number or a sentence is a default, and a name is known."""
    shown = Appeared(element=by_text("td", "garden"))
    opened = GotoStep(url=HOME, **base(PAGE, PAGE, changes=(shown,)))
    came = (Appeared(element=by_label("Folder ID")), ValueChanged(element=by_label("Folder ID"), after=value))
    add = ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=came))
    save = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE))
    assert (f'to_have_value("{value}")' in write_test(story(opened, add, save)).code) == is_asserted


def test_a_number_that_changes_from_look_to_look_is_not_asserted() -> None:
    """Nobody did anything in between: the number changes by itself. One that a step changed is its effect."""

    def opened(number: int) -> GotoStep:
        return GotoStep(
            url=HOME + "/status",
            **base(
                at("/status"),
                at("/status"),
                changes=(
                    Appeared(element=by_text("p", f"{number} calls were served so far.")),
                    Appeared(element=by_text("p", "The service is running.")),
                ),
            ),
        )

    code = write_test(story(opened(3), opened(7))).code
    assert "were served" not in code
    assert "The service is running." in code
    add = FillStep(target=by_label("Call"), value=Typed(text="Ann"), **base(at("/status")))
    assert "7 calls were served so far." in write_test(story(opened(3), add, opened(7))).code


def test_that_a_thing_in_use_went_away_is_asserted() -> None:
    """Its going is what such a step is for; of other things that went with it one alone says enough."""
    row = Scope(locator=ByRole(role="row"), has_text="Tech news")
    delete = by_role("a", "link", "Delete").model_copy(
        update={"candidates": (Candidate(locator=ByRole(role="link", name="Delete"), within=(row,), count=1),)}
    )
    came = (
        Appeared(element=by_text("div", "Tag deleted, removing from watches×").model_copy(update={"role": "alert"})),
        Gone(element=by_role("button", "button", "Cancel")),
        Gone(element=by_role("a", "link", "Tech news")),
    )
    code = write_test(story(ClickStep(target=delete, **base(PAGE, PAGE, changes=came)))).code
    assert 'expect(page.get_by_text("Tag deleted, removing from watches")).to_be_visible()' in code
    assert 'expect(page.get_by_role("link", name="Tech news")).to_be_hidden()' in code


def test_what_is_named_by_a_time_is_not_said_to_be_gone() -> None:
    """Another day nothing is called so, and the assertion would hold whatever the page shows."""
    gone = (
        Gone(element=by_role("a", "link", "Old mill 2026-11-30 03:47:24 - OK 2026-11-30 03:55:25 - OK")),
        Gone(element=by_text("div", "Old mill")),
    )
    code = write_test(
        story(ClickStep(target=by_role("button", "button", "Hide"), **base(PAGE, PAGE, changes=gone)))
    ).code
    assert code.count(".to_have_count(0)") == code.count('get_by_text("Old mill").filter(visible=True)).to_have') == 1
    assert ".to_be_hidden()" not in code


def test_what_was_written_into_a_log_is_looked_for_there() -> None:
    """Others write as well, and beside it stands when: of what is new the user's own line is asserted."""
    log = Element(tag="div", role="log", live=True, candidates=(Candidate(locator=ByRole(role="log"), count=1),))
    news = (TextChanged(element=log, before="Hello", after="Hello ann:04:40 Who has the key?"),)
    typed = FillStep(target=by_label("Message"), value=Typed(text="Who has the key?"), **base(PAGE, PAGE))
    sent = ClickStep(target=by_role("button", "button", "Send"), **base(PAGE, PAGE, changes=news))
    others = ClickStep(target=by_role("button", "button", "Send"), **base(PAGE, PAGE, changes=news))
    assert 'get_by_role("log")).to_contain_text("Who has the key?")' in write_test(story(typed, sent)).code
    assert "to_contain_text" not in write_test(story(others)).code


@pytest.mark.parametrize(("last", "is_asserted"), [("3 / 6", False), ("3 / 7", True)])
def test_which_of_how_many_one_sees_is_not_asserted_where_others_count_too(last: str, is_asserted: bool) -> None:
    """`3 / 7` after `1 / 7` may be how far one is; where there are six of them now, others may have made more."""
    first = Appeared(element=by_text("span", "1 / 7"))
    opens = ClickStep(target=by_role("a", "link", "Crates"), **base(PAGE, NEXT, changes=(first,), navigates=True))
    now = TextChanged(element=by_text("span", last), before="1 / 7", after=last)
    go = ClickStep(target=by_role("button", "button", "OK"), **base(NEXT, NEXT, changes=(now,)))
    assert (f'"{last}"' in write_test(story(opens, go)).code) is is_asserted


@pytest.mark.parametrize("tag", ["p", "strong", "div"])
def test_a_short_message_that_says_what_was_done_comes_first(tag: str) -> None:
    """`Settings saved.` has neither a role nor a class that says so, and the clock of the page says nothing."""
    told = by_text(tag, "Settings saved.", role={"p": "paragraph", "strong": "strong"}.get(tag))
    old, new = (
        by_text("span", "Universal time is").model_copy(update={"text": f"Universal time is 2026-11-30 04:25:4{n}."})
        for n in (6, 7)
    )
    close = by_role("button", "button", "Dismiss this notice.", text="Dismiss this notice.")
    changes = (Gone(element=old), Appeared(element=told), Appeared(element=new), Appeared(element=close))
    save = ClickStep(
        target=by_role("button", "button", "Save Changes"),
        **base(PAGE, PAGE, changes=changes, navigates=True, loads=True),
    )
    code = write_test(story(save)).code
    assert code.index("Settings saved.") < code.index("Dismiss")
    assert "Universal" not in code


def test_what_was_done_is_asserted_before_other_news() -> None:
    """A message that says so goes before warnings and what a page says of things anyway; headings of columns never."""
    shown = (
        Appeared(element=by_text("th", "How much?")),
        Appeared(element=by_text("li", "Click to reload.").model_copy(update={"classes": ("warning",)})),
        Appeared(element=by_text("p", "This product does not have any reviews yet.")),
        Appeared(element=by_text("li", "Stored 1 entries.")),
    )
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=shown))
    next_one = ClickStep(target=by_role("button", "button", "Next"), **base(PAGE))
    code = write_test(story(saved, next_one)).code
    first = code.partition('name="Save"')[2].partition("expect(")[2]
    assert first.startswith('page.get_by_text("Stored 1 entries.")'), code
    assert "How much?" not in code


@pytest.mark.parametrize(
    ("text", "value", "reads"),
    [
        ("Your code: 4F7K22QX", "4F7K22QX", 'inner_text().partition("Your code:")[2].strip()'),
        ("4F7K22QX", "4F7K22QX", "inner_text().strip()"),
        ("Booking 812345 is yours", "812345", 'partition("Booking")[2].partition("is yours")[0].strip()'),
        ("Pay 240 euros", "240", ""),
        ("Due 2031-05-06", "2031-05-06", ""),
    ],
)
def test_what_a_page_made_up_is_read_from_the_page(text: str, value: str, reads: str) -> None:
    """What the user typed after the page had shown it is another one next time; an amount or a date is the user's."""
    ways = (Candidate(locator=ById(value="told"), count=1), Candidate(locator=ByText(value=text), count=1))
    changes = (Appeared(element=by_text("p", text).model_copy(update={"candidates": ways})),)
    made = ClickStep(target=by_role("button", "button", "Book"), **base(PAGE, PAGE, changes=changes))
    typed = FillStep(target=by_label("Code"), value=Typed(text=value), **base(PAGE))
    answer = (Appeared(element=by_text("p", f"Booking {value} was found.")),)
    find = ClickStep(target=by_role("button", "button", "Find"), **base(PAGE, PAGE, changes=answer))
    code = write_test(story(made, typed, find)).code
    if reads:
        assert "copied = page.locator(" in code
        assert reads in "".join(line.strip() for line in code.splitlines()), code
        assert 'get_by_label("Code").fill(copied)' in code
        assert value not in code, code
    else:
        assert f'fill("{value}")' in code


def test_what_a_journey_uses_and_did_not_make_is_told() -> None:
    """In the docstring and as data: what was opened or used in a row, not what the journey itself had entered; and in
    the project's README, with the test that makes such a thing."""
    lists, one = at("/products"), at("/products/17")
    found = (Appeared(element=by_role("h1", "heading", "Clean Networks", level=1)),)
    opened = ClickStep(
        target=by_role("a", "link", "Clean Networks"), **base(lists, one, changes=found, navigates=True, loads=True)
    )
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(one, one))
    uses = write_test(story(opened, saved, title="Save Clean Networks"))
    assert [(need.name, need.kind) for need in uses.needs] == [("Clean Networks", "product")]
    assert "Needs 'Clean Networks'." in uses.code
    new = FillStep(target=by_label("Title"), value=Typed(text="Clean Networks"), **base(at("/products/new")))
    made = write_test(story(new, opened, title="Create a product", tags=("create",), flow_key="other"))
    assert made.needs == ()
    assert made.makes == ("product",)
    assert "| Save Clean Networks | Clean Networks | Create a product |" in project_files([uses, made])["README.md"]
    assert "such a thing" not in project_files([made])["README.md"]


def test_a_number_that_nobody_entered_is_not_asserted_between_steps() -> None:
    """Nor is it at any other place: a page shows `0.00` here and there, and twice for a moment."""

    def after_adding(*texts: str) -> str:
        came = tuple(Appeared(element=by_text("td", text)) for text in texts)
        add = ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=came))
        typed = FillStep(target=by_label("Amount"), value=Typed(text="45.20"), **base(PAGE, PAGE))
        return write_test(story(typed, add, ClickStep(target=by_role("button", "button", "Save"), **base(PAGE)))).code

    assert '"0.00"' not in after_adding("0.00")
    assert '"45.20")).to_be_visible()' in after_adding("45.20")
    assert '"To pay: 0.00")).to_be_visible()' in after_adding("To pay: 0.00")


def test_an_address_is_known_by_what_the_user_chose() -> None:
    """Not by whatever else stands in its query."""
    asked = "?status=open&status=new&col=id&kind=Bug%20report&order=7xk2m9q1"
    typed = FillStep(target=by_label("Kind"), value=Typed(text="Bug report"), **base(at("/query")))
    update = ClickStep(
        target=by_role("button", "button", "Update"), **base(at("/query"), at("/query" + asked), navigates=True)
    )
    code = write_test(story(typed, update)).code
    assert "kind=Bug" in code
    assert "col=id" not in code


def test_nothing_is_asserted_twice_between_the_steps() -> None:
    """What came up once more in the same document was looked for already; the outcome is always told."""
    shown = (Appeared(element=by_role("h2", "heading", "Details")),)
    more = [
        ClickStep(target=by_role("button", "button", name), **base(PAGE, PAGE, changes=shown))
        for name in ("Open", "Close", "Again")
    ]
    assert write_test(story(*more)).code.count("to_be_visible()") == 2


@pytest.mark.parametrize("loads", [True, False])
def test_what_a_new_document_lacks_is_not_asserted(loads: bool) -> None:
    """That a message with its button, or whatever was on the page before, is gone from the next one says nothing."""
    gone = (Gone(element=by_text("div", "Welcome back ×")), Gone(element=by_role("button", "button", "Tour")))
    click = ClickStep(target=by_role("a", "link", "Dashboard"), **base(PAGE, PAGE, changes=gone, loads=loads))
    code = write_test(story(click, ClickStep(target=by_role("a", "link", "Products"), **base(PAGE)))).code
    assert "Welcome" not in code
    assert ("Tour" in code) is not loads


def test_the_root_alone_is_no_address_to_assert() -> None:
    """A pattern that every address has says nothing."""
    click = ClickStep(target=by_role("a", "link", "Home"), **base(PAGE, at("/?welcome_message=Good%20day%20to%20you")))
    code = write_test(story(click, ClickStep(target=by_role("a", "link", "Notes"), **base(PAGE)))).code
    assert "re.compile" not in code


def test_a_row_is_asserted_without_its_buttons() -> None:
    """What stands at the end of a row to act on it, or between the parts of a menu, is no part of what was done."""
    bill = FillStep(target=by_label("What?"), value=Typed(text="Ski pass"), **base(PAGE))
    shown = (
        Appeared(element=by_text("tr", "Bob Ski pass 132.50 (44.17 each) Edit Delete bill", role="row")),
        Appeared(element=by_text("p", "Money Balances Add bill")),
        Appeared(element=by_role("a", "link", "Edit Ski pass")),
        *(Appeared(element=by_role("a", "link", name)) for name in ("Edit", "Delete bill", "Balances", "Add bill")),
    )
    code = write_test(
        story(bill, ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, NEXT, changes=shown)))
    ).code
    assert 'get_by_text("Bob Ski pass 132.50 (44.17 each)")' in code
    for unwanted in ("Balances", "Delete bill", "Edit Ski pass"):
        assert unwanted not in code, code


@pytest.mark.parametrize(
    "said",
    ["Spring sale 0 minutes ago Home page", "Spring sale Groups Operator Permissions | |"],
    ids=["time", "signs"],
)
def test_a_row_that_is_not_one_text_is_found_by_what_was_entered(said: str) -> None:
    """Its other cells say what the app made of it; a row of a list that says just what was entered is looked for so."""
    typed = FillStep(target=by_label("Name"), value=Typed(text="Spring sale"), **base(PAGE))

    def saved(text: str) -> str:
        shown = (Appeared(element=by_text("tr", text, role="row")),)
        save = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, NEXT, changes=shown))
        return write_test(story(typed, save)).code

    assert 'expect(page.get_by_role("row").filter(has_text="Spring sale")).to_be_visible()' in saved(said)
    assert 'expect(page.get_by_text("Spring sale")).to_be_visible()' in saved("Spring sale")


def test_a_time_alone_is_nothing_to_assert() -> None:
    """Of an age or a date, not even its unit stays."""
    age = by_text("span", "19 minutes ago").model_copy(
        update={"candidates": (Candidate(locator=ByText(value="minutes ago"), count=1),)}
    )
    dates = by_text("small", "Jan 1, 2025 thru Dec 31, 2025")
    done = (Appeared(element=age), Appeared(element=dates), Appeared(element=by_text("p", "The watch was added.")))
    code = write_test(
        story(ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=done)))
    ).code
    assert "was added" in code
    assert "ago" not in code
    assert "thru" not in code


def test_a_card_is_needed_by_its_name_alone() -> None:
    """A link around a whole card has more in its caption than the name of the thing."""
    card = by_role("a", "link", "Survey of reviews Project options 0 / 3 0 0 0 28 Nov")
    opened = ClickStep(target=card, navigates=True, **base(at("/projects"), at("/projects/7")))
    assert [need.name for need in write_test(story(opened)).needs] == ["Survey of reviews Project options"]
    alone = opened.model_copy(update={"changes": (Appeared(element=by_text("span", "Survey of reviews")),)})
    assert [need.name for need in write_test(story(alone)).needs] == ["Survey of reviews"]


def test_a_block_of_many_parts_is_not_asserted_as_a_whole() -> None:
    """Each part of an entry in a history says more by itself; what was entered is asserted, and what was done."""
    answer = FillStep(target=by_label("Comment"), value=Typed(text="New toner is in."), **base(PAGE))
    whole = (
        "Toner is empty and Resolved To submitter Edit now · dora Emailed New toner is in. Changed Status from Open."
    )
    shown = (
        Appeared(element=by_text("li", whole, role="listitem")),
        Appeared(element=by_role("h6", "heading", "Toner is empty and Resolved", text="Toner is empty and Resolved")),
        Appeared(element=by_text("p", "New toner is in.")),
        Appeared(element=by_text("li", "Changed Status from Open.", role="listitem")),
        Appeared(element=by_text("small", "now · dora")),
        Appeared(element=by_text("dd", "You can insert the details of a ticket in your message, see the page on it.")),
    )
    sent = NetworkRequest(method="POST", url=HOME + "/answer", at_ms=1, status=200, cause="save")
    save = ClickStep(
        target=by_role("button", "button", "Save"),
        **{**base(PAGE, PAGE, changes=shown, loads=True), "event_id": "save"},
    )
    code = write_test(story(answer, save, networkRequests=(sent,))).code
    assert "To submitter" not in code
    assert "insert the details" not in code
    assert "now" not in code
    for wanted in ("New toner is in.", "Changed Status from Open."):
        assert f'get_by_text("{wanted}")' in code, code


def test_a_long_message_in_a_list_is_asserted() -> None:
    """A sentence is no name that is too long: many a form lists its errors."""
    error = "Please enter a correct username and password. Note that both fields may be case-sensitive."
    shown = (Appeared(element=by_text("li", error, role="listitem")),)
    refused = ClickStep(target=by_role("button", "button", "Login"), **base(PAGE, PAGE, changes=shown, loads=True))
    code = write_test(story(refused, ClickStep(target=by_role("button", "button", "Login"), **base(PAGE)))).code
    assert "Please enter a correct username and password." in code


def test_a_value_that_was_only_added_to_is_what_was_entered() -> None:
    """The whole of it is the name of the thing now, and no caption of a link in its row."""
    name = FillStep(target=by_label("Name"), value=Typed(text="Cafe Luna and Garden"), before="Cafe Luna", **base(PAGE))
    shown = (
        Appeared(element=by_text("tr", "Cafe Luna and Garden View Update", role="row")),
        *(Appeared(element=by_role("a", "link", caption, text=caption)) for caption in ("View", "Update")),
        Appeared(element=by_text("a", "Cafe Luna and Garden")),
        Appeared(
            element=by_text("p", "Customer 'Cafe Luna and Garden' was changed. View it on the site or edit it again")
        ),
    )
    save = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, NEXT, changes=shown))
    code = write_test(story(name, save)).code
    assert "View Update" not in code
    assert "Customer 'Cafe Luna and Garden' was changed." in code


@pytest.mark.parametrize(("role", "asserted"), [(None, False), ("menuitem", False), ("listbox", True)])
def test_what_came_while_one_went_into_a_field_is_not_asserted(role: str | None, asserted: bool) -> None:
    """An editor of the page that was still loading shows its buttons then; a list that opened is the field's own."""
    came = by_role("div", role, "Paragraph styles") if role else by_text("span", "Paragraph styles")
    changes = (Appeared(element=came.model_copy(update={"text": "Paragraph styles"})),)
    field = by_role("input", "textbox", "Book title")
    enters = ClickStep(target=field, **base(PAGE, PAGE, changes=changes))
    typed = FillStep(target=field, value=Typed(text="Rope and Knot"), **base(PAGE))
    assert ("Paragraph styles" in write_test(story(enters, typed)).code) is asserted
