"""What the user typed, chose or deleted is what a test proves, where the page shows it."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.assertions.salience import looks_glued
from schemas.elements import Ancestor, ByRole, ByTag, Candidate, Element, Scope
from schemas.events import Appeared, Change, Choice, CountChanged, Gone, TextChanged, Typed, ValueChanged
from schemas.stories import (
    CheckStep,
    ClickStep,
    FillStep,
    GotoStep,
    NetworkRequest,
    SelectStep,
    UploadStep,
)
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

CLASSED = Candidate(locator=ByTag(tag="p", classes=("name",)), count=1)
FORM, LIST = at("/bills/add"), at("/bills")


def _saved(*changes: Change) -> str:
    fills = (
        FillStep(target=by_label("What"), value=Typed(text="Ski pass"), **base(FORM)),
        FillStep(target=by_label("How much"), value=Typed(text="132.5"), **base(FORM)),
        SelectStep(target=by_label("Payer", tag="select"), options=(Choice(value="b", label="Bobby"),), **base(FORM)),
    )
    save = ClickStep(
        target=by_role("button", "button", "Save"), **base(FORM, LIST, changes=changes, navigates=True, loads=True)
    )
    return write_test(story(*fills, save)).code


def test_a_list_left_with_nothing_is_asserted_where_the_page_says_none() -> None:
    """A server that keeps the old choice says something else there."""
    steps = (
        SelectStep(target=by_label("Pets", tag="select"), options=(), **base(FORM)),
        SelectStep(target=by_label("Payer", tag="select"), options=(Choice(value="b", label="Bobby"),), **base(FORM)),
        SelectStep(target=by_label("Area", tag="select"), options=(Choice(value="c", label="Coast"),), **base(FORM)),
    )
    shown = tuple(Appeared(element=by_text("dd", text, role="definition")) for text in ("Coast", "Bobby", "none"))
    save = ClickStep(
        target=by_role("button", "button", "Save"), **base(FORM, LIST, changes=shown, navigates=True, loads=True)
    )
    assert 'page.get_by_text("none"' in write_test(story(*steps, save)).code


def test_each_value_is_asserted_where_it_shows_and_not_the_furniture() -> None:
    """Typed and chosen values come before headings and other rows; one that is not shown costs nothing."""
    code = _saved(
        Appeared(element=by_role("h1", "heading", "Bills of the trip")),
        Appeared(element=by_role("h2", "heading", "Members")),
        Appeared(element=by_text("td", "Cheese fondue", role="cell")),
        Appeared(element=by_text("td", "Ski pass", role="cell")),
        Appeared(element=by_text("td", "132.50", role="cell")),
        Appeared(element=by_text("td", "Bobby", role="cell")),
    )
    for wanted in ('"Ski pass"', '"132.50"', '"Bobby", exact=True'):
        assert f"expect(page.get_by_text({wanted})).to_be_visible()" in code
    assert "Cheese fondue" not in code
    assert "Members" not in code


def _appeared(element: Element) -> Appeared:
    return Appeared(element=element)


def test_the_files_that_were_sent_are_the_users_rows() -> None:
    """A table that shows the names of the files proves that they arrived; other cells of it may be others'."""
    sent = ("receipt.pdf", "dinner.png")
    row = (Ancestor(tag="tr", role="row"),)
    cells = (by_text("td", text, role="cell", ancestors=row) for text in (*sent, "old bill.pdf"))
    shown = (Appeared(element=by_text("p", "2 receipts sent", role="status")), *map(_appeared, cells))
    upload = UploadStep(target=by_role("button", "button", "Attach"), files=sent, chooser=True, **base(FORM))
    send = ClickStep(target=by_role("button", "button", "Send"), **base(FORM, changes=shown))
    code = write_test(story(upload, send)).code
    for name in sent:
        assert f'expect(page.get_by_text("{name}")).to_be_visible()' in code
    assert "old bill" not in code


def _row(name: str, button: str) -> Element:
    scope = Scope(locator=ByRole(role="row"), count=3, has_text=name)
    found = Candidate(locator=ByRole(role="button", name=button), within=(scope,), count=1)
    return Element(tag="button", role="button", name=button, candidates=(found,))


@pytest.mark.parametrize(
    ("shown", "is_asserted"),
    [
        ((by_text("div", "The bill Cheese fondue has been deleted."),), True),
        ((by_text("td", "Ski pass", role="cell"),), True),
        ((by_text("td", "Cheese fondue", role="cell"),), False),
    ],
)
def test_what_was_deleted_is_no_longer_in_its_list(shown: tuple[Element, ...], is_asserted: bool) -> None:
    """The list that comes after the deletion is looked through for the row, unless it may still be there."""
    confirm = at("/bills/7/delete")
    delete = ClickStep(target=_row("Cheese fondue", "Delete"), **base(LIST, confirm, navigates=True, loads=True))
    sure = ClickStep(
        target=by_role("button", "button", "Delete it"),
        **base(confirm, LIST, changes=tuple(Appeared(element=one) for one in shown), navigates=True, loads=True),
    )
    code = write_test(story(delete, sure)).code
    assert ('expect(page.get_by_role("row").filter(has_text="Cheese fondue")).to_be_hidden()' in code) == is_asserted


@pytest.mark.parametrize(("left", "is_asserted"), [(("Choir", "Garden"), True), (("Choir", "Old lists"), False)])
def test_what_was_deleted_is_not_among_the_cards_that_come_back(left: tuple[str, ...], is_asserted: bool) -> None:
    """The question takes the place of the list, and the answer brings it back, all within one page."""
    card = Scope(locator=ByRole(role="article"), count=3, has_text="Old lists")
    found = Candidate(locator=ByRole(role="button", name="Delete"), within=(card,), count=1)
    button = Element(tag="button", role="button", name="Delete", candidates=(found,))
    went = tuple(Gone(element=by_text("h3", name, role="heading")) for name in ("Choir", "Garden", "Old lists"))
    came = tuple(Appeared(element=by_text("h3", name, role="heading")) for name in left)
    delete = ClickStep(target=button, **base(LIST, LIST, changes=went))
    word = FillStep(target=by_label("Word"), value=Typed(text="DELETE"), **base(LIST))
    sure = ClickStep(target=by_role("button", "button", "Delete"), **base(LIST, LIST, changes=came))
    lines = [line.strip() for line in write_test(story(delete, word, sure)).code.splitlines()]
    gone = 'expect(page.get_by_role("article").filter(has_text="Old lists")).to_be_hidden()'
    assert (gone in lines) == is_asserted
    if is_asserted:  # while the question stands, all cards are hidden
        assert lines[lines.index(gone) - 1] == 'expect(page.get_by_role("article")).not_to_have_count(0)'


def test_a_list_is_looked_through_for_what_was_deleted_when_it_is_opened_later() -> None:
    """The deletion led elsewhere; the list that the user went back to proves it."""
    delete = ClickStep(target=_row("Cheese fondue", "Delete"), **base(LIST, at("/home"), navigates=True, loads=True))
    back = GotoStep(url=LIST.url, **base(at("/home"), LIST, changes=(Appeared(element=by_text("td", "Ski pass")),)))
    code = write_test(story(delete, back)).code
    assert 'expect(page.get_by_role("row").filter(has_text="Cheese fondue")).to_be_hidden()' in code


def test_the_row_that_was_ticked_to_be_deleted_is_no_longer_there() -> None:
    """The button stands below the list: the box tells which row it was for."""
    scope = Scope(locator=ByRole(role="row"), count=3, has_text="Dot Pine")
    found = Candidate(locator=ByRole(role="checkbox"), within=(scope,), count=1)
    row = (Ancestor(tag="tr", role="row", name="Dot Pine Millford"),)
    box = Element(tag="input", role="checkbox", ancestors=row, candidates=(found,))
    told = Appeared(element=by_text("div", "1 item has been deleted."))
    delete = ClickStep(
        target=by_role("button", "button", "Delete"), **base(LIST, LIST, changes=(told,), navigates=True, loads=True)
    )
    asked = NetworkRequest(method="POST", url=LIST.url, status=200, cause=delete.event_id)
    code = write_test(story(CheckStep(target=box, **base(LIST)), delete, network_requests=(asked,))).code
    assert 'expect(page.get_by_role("row").filter(has_text="Dot Pine")).to_be_hidden()' in code


def test_a_list_that_lacks_one_cell_lacks_what_was_deleted() -> None:
    """The page comes back without saying in its address which list it shows."""
    left = (
        Appeared(element=by_text("div", "Cheese fondue deleted.")),
        Gone(element=by_text("td", "Cheese fondue", role="cell")),
    )
    shown = at("/bills?house=7")
    delete = ClickStep(
        target=_row("Cheese fondue", "Delete"), **base(shown, LIST, changes=left, navigates=True, loads=True)
    )
    code = write_test(story(delete)).code
    assert 'expect(page.get_by_role("row").filter(has_text="Cheese fondue")).to_be_hidden()' in code


@pytest.mark.parametrize(
    ("typed", "is_of_row"), [("159.23", True), ("Rent of May", False)], ids=["another value", "another name"]
)
def test_a_changed_row_shows_what_was_entered_beside_what_others_did(typed: str, is_of_row: bool) -> None:
    """The row of the thing that was edited is looked for by its name; its other cells hold what others entered."""
    edit = ClickStep(target=_row("Rent", "edit"), **base(LIST, FORM, navigates=True, loads=True))
    fill = FillStep(target=by_label("How much"), value=Typed(text=typed), **base(FORM))
    text = f"2025-01-10 Anouk Rent {typed.removeprefix('Rent ')} Everyone but Emil Karlsson of Hill Street edit"
    rows = tuple(
        Appeared(element=by_text("tr", one, role="row", name=one))
        for one in (text, "2025-01-11 Bela Petrol 61.40 Everyone but Emil Karlsson of Hill Street edit")
    )
    save = ClickStep(
        target=by_role("button", "button", "Save"), **base(FORM, LIST, changes=rows, navigates=True, loads=True)
    )
    sent = NetworkRequest(url=FORM.url, method="POST", status=200, cause=save.event_id)
    code = write_test(story(edit, fill, save, network_requests=(sent,))).code
    told = f'expect(page.get_by_role("row").filter(has_text="Rent")).to_contain_text("{typed}")'
    assert (told in code) == is_of_row
    assert "Petrol" not in code
    if is_of_row:
        assert "Karlsson" not in code


def test_a_row_that_was_looked_up_is_told_by_what_was_typed() -> None:
    """What else stands in it, others entered: the link with the word that was looked for is enough."""
    search, found = at("/issues/search"), at("/issues?title=window")
    fill = FillStep(target=by_label("Title"), value=Typed(text="window"), **base(search))
    row = "Window cracked resolved"
    shown = (
        Appeared(element=by_text("tr", row, role="row", name=row)),
        Appeared(element=by_role("a", "link", "Window cracked", text="Window cracked")),
    )
    go = ClickStep(
        target=by_role("button", "button", "Find"), **base(search, found, changes=shown, navigates=True, loads=True)
    )
    code = write_test(story(fill, go)).code
    assert 'get_by_role("link", name="Window cracked")' in code
    assert "resolved" not in code


@pytest.mark.parametrize("loads", [True, False])
def test_the_heading_of_a_page_of_results_says_what_was_looked_for(loads: bool) -> None:
    """`Searching for: anna` is what a page that came is about; on a page that stayed it may be there for a moment."""
    fill = FillStep(target=by_role("input", "searchbox", "Find"), value=Typed(text="anna"), **base(LIST))
    heading = Appeared(element=by_role("h4", "heading", "Searching for: anna", text="Searching for: anna"))
    there = at("/found") if loads else None
    find = ClickStep(
        target=by_role("button", "button", "Go"),
        **base(LIST, there, changes=(heading,), navigates=loads, loads=loads),
    )
    assert ('name="Searching for: anna")' in write_test(story(fill, find)).code) is loads


def test_a_card_that_was_deleted_is_no_longer_there() -> None:
    """A list may be made of plain blocks: the one of the link that deletes is told by its name."""
    scope = Scope(locator=ByTag(tag="div", classes=("entry",)), count=3, has_text="Cheese fondue")
    found = Candidate(locator=ByRole(role="link", name="Delete"), within=(scope,), count=1)
    others = Candidate(locator=ByRole(role="link", name="Delete"), count=3)
    link = Element(tag="a", role="link", name="Delete", candidates=(others, found))
    delete = ClickStep(target=link, **base(LIST, LIST, navigates=True, loads=True))
    code = write_test(story(delete)).code
    assert 'expect(page.locator("div.entry").filter(has_text="Cheese fondue")).to_be_hidden()' in code


def test_a_message_stands_beside_the_value_that_it_names() -> None:
    """That the app said so is one thing, that the list shows it another; a form's text with its lists is neither."""
    code = _saved(
        Appeared(element=by_text("div", "The bill Ski pass was added.", role="status")),
        Appeared(element=by_text("td", "Ski pass", role="cell")),
        Appeared(element=by_text("div", "Action: -------- Delete Bobby Go 0 of 2 selected")),
    )
    assert "was added." in code
    assert 'get_by_text("Ski pass")' in code
    assert "of 2 selected" not in code


def _settings(before: str, *changes: Change) -> str:
    page = at("/settings")
    fill = FillStep(target=by_label("Hours"), value=Typed(text="5"), before=before, **base(page))
    save = ClickStep(
        target=by_role("button", "button", "Save"), **base(page, page, changes=changes, navigates=True, loads=True)
    )
    return write_test(story(fill, save)).code


def test_a_setting_is_asserted_in_its_form_when_that_comes_again() -> None:
    """A field that had held what was stored holds now what was saved; an empty one may be for one more thing."""
    kept = 'expect(page.get_by_label("Hours")).to_have_value("5")'
    said = Appeared(element=by_text("div", "Settings were updated.", live=True))
    assert kept in _settings("3", said)
    assert kept not in _settings("", said)
    assert kept not in _settings("3", said, ValueChanged(element=by_label("Hours"), after="4"))
    assert kept not in _settings("3", said, Gone(element=by_label("Hours")))


def test_a_result_is_asserted_where_the_best_check_was_made_before() -> None:
    """A part of the form that comes again proves nothing the second time; the balance that changed does."""
    part = Appeared(element=by_role("h2", "heading", "New payment"))
    balance = TextChanged(
        element=by_role("a", "link", "Checking 54.80"), before="Checking 100.00", after="Checking 54.80"
    )
    opened = ClickStep(target=by_role("button", "button", "Add new"), **base(LIST, LIST, changes=(part,)))
    added = ClickStep(target=by_role("button", "button", "Add"), **base(LIST, LIST, changes=(part, balance)))
    done = ClickStep(target=by_role("button", "button", "Close"), **base(LIST))
    code = write_test(story(opened, added, done)).code
    assert code.count("New payment") == 1
    assert 'expect(page.get_by_role("link", name="Checking 54.80")).to_be_visible()' in code


def _board_saved(typed: str, shown: str, after: int = 1) -> str:
    """The test of who typed something, and saved a board that the page lists below."""
    item = by_text("li", shown, role="listitem")
    saved = by_role("ol", "list", "Saved")
    items = Candidate(locator=ByRole(role="listitem"), within=(Scope(locator=ByRole(role="list", name="Saved")),))
    grown = CountChanged(element=saved, items=items, before=0, after=after)
    fill = FillStep(target=by_label("New card"), value=Typed(text=typed), **base(LIST))
    changes = (Appeared(element=by_role("h2", "heading", "Saved boards")), Appeared(element=item), grown)
    save = ClickStep(target=by_role("button", "button", "Save"), **base(LIST, LIST, changes=changes))
    sent = NetworkRequest(url=LIST.url, method="POST", status=200, cause=save.event_id)
    return write_test(story(fill, save, network_requests=(sent,))).code


@pytest.mark.parametrize(("after", "is_asserted"), [(1, True), (3, False)])
def test_the_one_item_that_was_saved_is_asserted_whole(after: int, is_asserted: bool) -> None:
    """What was moved stands in no field, though something else was typed: the item that came tells how it was saved.
    Where a list got several more, it may be another one's."""
    code = _board_saved("milk", "To do: Write offer, Call Ben, Fix printer; Done: Pay rent, Plan trip", after)
    assert ("Write offer, Call Ben, Fix printer; Done: Pay rent" in code) is is_asserted


def test_what_was_typed_in_capitals_within_words_is_no_text_run_together() -> None:
    """`GitHub` is a name where it was typed so; `FixturesGitHub` is two texts without a space."""
    code = _board_saved("GitHub", "To do: Write offer, Call Ben, Fix printer; Done: Pay rent, GitHub", after=3)
    assert "Pay rent, GitHub" in code
    assert looks_glued("GitHub")
    assert not looks_glued("to GitHub", ["GitHub"])
    assert looks_glued("FixturesGitHub", ["GitHub"])


@pytest.mark.parametrize(("count", "is_asserted"), [(4, True), (5, False)])
def test_the_names_on_many_cards_are_others_things(count: int, is_asserted: bool) -> None:
    """Headings that come in number are those of listed things, but for the one that the user made."""
    names = ("Choir", "Garden", "Harvest", "School", "Trips 79")[-count:]
    shown = tuple(Appeared(element=by_role("h3", "heading", name, level=3)) for name in names)
    named = FillStep(target=by_label("Title"), value=Typed(text="Trips 79"), **base(at("/boards")))
    saved = ClickStep(target=by_role("button", "button", "Create"), **base(at("/boards"), at("/boards"), changes=shown))
    code = write_test(story(named, saved)).code
    assert 'get_by_role("heading", name="Trips 79")' in code
    assert any(f'name="{name}"' in code for name in names[:-1]) is is_asserted


@pytest.mark.parametrize("name", ["Rowing B \u2014 0", "Rowing B - 0 learners and more that nobody else says"])
def test_a_row_whose_cells_run_together_is_told_by_what_was_entered(name: str) -> None:
    """No space parts them in the page's own text, and some of it may be for screen readers alone."""
    text = f"Select row {name}".replace(" \u2014", "\u2014")
    row = by_text("tr", text, role="row", name=name)
    typed = FillStep(target=by_label("Name"), value=Typed(text="Rowing B"), **base(FORM))
    save = ClickStep(target=by_role("button", "button", "Save"), **base(FORM, LIST, changes=(_appeared(row),)))
    code = write_test(story(typed, save)).code
    assert 'page.get_by_role("row").filter(has_text="Rowing B")' in code
    assert text not in code


@pytest.mark.parametrize(
    ("before", "after", "asserted"),
    [
        ("Day school (3ac6) Edit", "Night school (3ac6) Edit", '"Night school")'),
        ("Day school (3ac6) Edit", "Night school (7bd1) Edit", '"Night school (7bd1) Edit")'),
        ("Night school (draft) Edit", "Night school Edit", '"Night school Edit")'),
    ],
    ids=["the rest as it was", "another rest", "there before"],
)
def test_of_a_changed_text_only_what_was_typed_is_asserted_where_the_rest_was_there(
    before: str, after: str, asserted: str
) -> None:
    """An id of the server and the caption of a link stand in the same text, as they did before."""
    named = Element(tag="p", classes=("name",), text=after, candidates=(CLASSED,))
    typed = FillStep(target=by_label("Name"), value=Typed(text="Night school"), **base(FORM))
    changed = TextChanged(element=named, before=before, after=after)
    save = ClickStep(target=by_role("button", "button", "Save"), **base(FORM, FORM, changes=(changed,)))
    assert f"to_contain_text({asserted}" in " ".join(write_test(story(typed, save)).code.split()).replace("( ", "(")


@pytest.mark.parametrize("by_label_of_box", [True, False])
def test_what_was_ticked_is_asserted_where_it_is_listed_afterwards(by_label_of_box: bool) -> None:
    """Somebody was picked from many by a box, or by its label, and stands in the list of the group then."""
    pages = at("/groups/7/add"), at("/groups/7")
    if by_label_of_box:
        ticks: ClickStep | CheckStep = ClickStep(target=by_text("label", "Dina Moe"), **base(pages[0]))
    else:
        ticks = CheckStep(target=by_role("input", "checkbox", "Dina Moe"), checked=True, **base(pages[0]))
    texts = ("Coaches of the group", "Learners of the group", "Cleo Vang", "Dina Moe")
    shown = (Appeared(element=by_text("div", "One person added.")), *(_appeared(by_text("td", one)) for one in texts))
    confirm = ClickStep(target=by_role("button", "button", "Confirm"), **base(*pages, changes=shown, navigates=True))
    code = write_test(story(ticks, confirm)).code.rpartition("Confirm")[2]
    assert 'page.get_by_text("Dina Moe")' in code
    assert "Cleo Vang" not in code
