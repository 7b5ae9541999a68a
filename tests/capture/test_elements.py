"""An element that was acted on arrives with what finds it again: names, counts, frames, shadow roots, rows."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from schemas.elements import ById, ByPath, ByRole, ByText, Candidate
from tests.capture.site import Site
from tests.capture.test_actions import Record, actions, unique
from tests.capture.told import until_told

pytestmark = pytest.mark.slow


def test_iframes_tell_how_to_reach_them(record: Record) -> None:
    """Actions inside same-origin frames arrive with the way to the frame, also in a frame that a script wrote."""

    def do(page: Page) -> None:
        page.frame_locator("[name=inner]").get_by_label("Amount").press_sequentially("12")
        page.frame_locator("[name=inner]").get_by_role("button").click()
        page.frame_locator("#written").get_by_label("Text").press_sequentially("hello")

    amount, pay, text = actions(record("frames.html", do))
    assert (amount.value.text, pay.target.name, text.value.text) == ("12", "Pay", "hello")
    hops = [hop[0].locator.model_dump()["value"] for hop in (*pay.target.frames, *text.target.frames)]
    assert hops == ["inner", "Editor"]
    assert [one.count for one in pay.target.candidates if one.locator == ByRole(role="button", name="Pay")] == [1]


def test_shadow_roots_are_open_books(record: Record) -> None:
    """Nested open shadow roots: the inner element is meant, and counted as Playwright counts, through all roots."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Switch on").nth(1).click()
        page.get_by_label("Mode").nth(1).select_option("Night")
        page.get_by_label("Away").first.check()

    click, select, check = actions(record("shadow.html", do))
    assert click.target.shadow
    named = [one for one in click.target.candidates if one.locator == ByRole(role="button", name="Switch on")]
    assert [(one.count, one.index) for one in named if not one.within] == [(2, 1)]
    assert [one.label for one in select.options] == ["Night"]
    assert check.checked


TABS = """<!doctype html><title>Tabs</title><style>.panel { display: none } #one:checked ~ .first,
#two:checked ~ .second, .menu:focus-within ~ .third { display: block }</style>
<input type="radio" name="tab" id="one" checked><label for="one">One</label>
<input type="radio" name="tab" id="two"><label for="two">Two</label><span class="menu"><button>More</button></span>
<div class="panel first"><button>Print</button></div><div class="panel second"><button>Send</button></div>
<div class="panel third" tabindex="-1"><button onmousedown="event.preventDefault()">Archive</button></div>"""


def test_what_a_style_sheet_shows_later_is_called_by_its_name(record: Record, site: Site) -> None:
    """Tabs and menus without a script: by what is ticked, or has the focus, more is shown, and the tree is the same."""
    site.pages["/tabs.html"] = (TABS, "text/html", {})

    def do(page: Page) -> None:
        until_told(page, site, "effect")
        page.wait_for_timeout(400)  # all that is named is known by then
        page.get_by_text("Two").click()
        page.get_by_role("button", name="Send").click()
        page.get_by_role("button", name="More").click()
        page.get_by_role("button", name="Archive").click()

    clicks = [one for one in actions(record("tabs.html", do)) if one.kind == "click"]
    assert [one.target.name for one in clicks] == ["Send", "More", "Archive"]
    ways = [one.locator for one in clicks[0].target.candidates if one.count == 1]
    assert ByRole(role="button", name="Send") in ways


def test_inside_of_a_component_is_called_as_the_label_around_it(record: Record) -> None:
    """The box that a web component draws in its shadow root has no label of its own: a person reads the one around."""

    def do(page: Page) -> None:
        page.evaluate(
            """() => { customElements.define("my-box", class extends HTMLElement { constructor() { super();
                 this.attachShadow({ mode: "open" }).innerHTML = "<input type=checkbox>" } });
               document.body.insertAdjacentHTML("beforeend", "<label><my-box></my-box> Urgent</label>") }"""
        )
        page.wait_for_timeout(200)
        page.locator("my-box input").check()

    (check,) = actions(record("shadow.html", do))
    assert (check.kind, check.target.label) == ("check", "Urgent")


def test_names_that_contain_another_get_an_exact_variant(record: Record) -> None:
    """ "Save" beside "Save as draft": the loose form finds both, the exact one only it."""
    (click,) = actions(record("table.html", lambda page: page.get_by_role("button", name="Save", exact=True).click()))
    named = [(one.locator, one.count) for one in click.target.candidates if isinstance(one.locator, ByRole)]
    counts = {locator.exact: count for locator, count in named if locator.name}
    assert counts == {False: 2, True: 1}


def test_row_is_told_apart_by_its_text(record: Record) -> None:
    """One of several equal buttons: found within the row that has a telling text, and within a named tile."""

    def do(page: Page) -> None:
        page.get_by_role("row").filter(has_text="Alan").get_by_role("button").click()
        page.get_by_test_id("tile-south").get_by_role("button").click()

    edit, tile = actions(record("table.html", do))
    scoped = [one for one in unique(edit.target) if one.within and one.within[0].has_text == "Alan Turing"]
    assert scoped
    assert scoped[0].within[0].count == 1
    assert any(one.within and one.within[0].locator.by == "test_id" for one in unique(tile.target))


def test_a_field_is_told_apart_by_no_choice_of_its_list(record: Record) -> None:
    """What an open list offers is another with each letter: the field is found within what holds it for good."""
    field = '<x-field><span><input role="combobox" aria-label="Account">%s</span></x-field>'
    choices = '<ul role="listbox"><li role="option">Cash</li></ul>'

    def do(page: Page) -> None:
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", field % "")
        page.evaluate(
            "html => document.body.insertAdjacentHTML('beforeend', html)",
            f'<div role="dialog" aria-label="New entry">{field % choices}</div>',
        )
        page.get_by_role("dialog").get_by_role("combobox").press_sequentially("Ca")

    (fill,) = actions(record("table.html", do))
    scopes = [scope for one in fill.target.candidates for scope in one.within]
    assert "Cash" not in [scope.has_text for scope in scopes]
    assert ByRole(role="dialog", name="New entry") in [
        one.within[0].locator for one in unique(fill.target) if one.within
    ]


def test_generated_ids_and_classes_are_no_candidates(record: Record) -> None:
    """An id with a counter, a hashed class and one for a passing state are left out; a path is the last resort."""
    (click,) = actions(record("table.html", lambda page: page.locator("#react-select-7-input").click()))
    assert not [one for one in click.target.candidates if isinstance(one.locator, ById)]
    assert not [
        one for one in click.target.candidates if re.search("css-1q2w3e|editor_hidden|boxFieldActive", str(one.locator))
    ]
    assert isinstance(click.target.candidates[-1].locator, ByPath)


def test_one_of_a_list_is_found_by_its_own_words(record: Record) -> None:
    """What is around something that does a thing of its own (a file and its name) is no text, but a part of its row."""

    def do(page: Page) -> None:
        page.add_style_tag(content=".file-itemName { display: inline-block; padding: 10px }")
        page.locator("span.file-itemName").nth(1).click(button="right", position={"x": 2, "y": 2})

    (click,) = actions(record("table.html", do))
    (found, *_) = unique(click.target)
    assert (found.locator.by, found.within[0].has_text) == ("tag", "budget.csv")


def test_words_of_a_part_find_what_is_around_it(record: Record) -> None:
    """Without a role, a name or a class of its own: the text of a part of it, if that does nothing itself."""
    (click,) = actions(record("table.html", lambda page: page.locator(".pane-aB3xQ").click()))
    assert ByText(value="Nothing chosen") in [one.locator for one in unique(click.target)]


def test_words_of_a_part_that_nobody_sees_find_nothing(record: Record) -> None:
    """What is folded away in a search bar can't be clicked: its words are no way to the bar around it."""

    def do(page: Page) -> None:
        page.locator("body").evaluate(
            """body => body.insertAdjacentHTML("afterbegin", `<div role="search" style="width: 200px; height: 40px">
            <div style="width: 0; height: 0; overflow: hidden"><i>No rules</i><b>Add filter</b></div></div>`)"""
        )
        page.get_by_role("search").click()

    (click,) = actions(record("table.html", do))
    assert not [one for one in click.target.candidates if isinstance(one.locator, ByText)]
    assert ByRole(role="search") in [one.locator for one in unique(click.target)]


def test_icon_font_characters_are_no_name(record: Record) -> None:
    """Characters that mean something only in their font are in no name."""
    (click,) = actions(record("table.html", lambda page: page.get_by_role("button", name="Star").click()))
    assert click.target.name == "Star"


def test_alternative_text_of_a_style_is_the_name(record: Record) -> None:
    """Of `content: "glyph" / "words"` in a style sheet the words alone are spoken, as in Playwright; none is none."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Important Archive everything").click()
        page.get_by_role("link", name="Next page").click()

    flagged, paged = actions(record("records.html", do))
    assert (flagged.target.name, paged.target.name) == ("Important Archive everything", "Next page")


REQUIRED = """<!doctype html><title>Model</title>
<style>label::before { content: "*" } .plain label::before { display: none }
label::after { content: attr(data-more); visibility: hidden }
</style><form class="plain"><label for="name">Model name</label><input id="name"></form>
<form><label for="note" data-more="of it">Note</label><input id="note"></form>"""


def test_what_a_style_does_not_show_is_in_no_name(record: Record, site: Site) -> None:
    """A form that hides its marks of required fields has no star in their names, as in Playwright; nor is a name made
    of the words by which a hidden sign makes room."""
    site.pages["/model.html"] = (REQUIRED, "text/html", {})

    def do(page: Page) -> None:
        page.locator("#name").fill("a")
        page.locator("#note").fill("b")
        page.locator("#name").focus()

    assert [one.target.name for one in actions(record("model.html", do))] == ["Model name", "*Note"]


def test_row_is_told_apart_from_far_inside(record: Record) -> None:
    """A menu deep in a row is found by what tells the row from the others, however many wrappers are between."""

    def do(page: Page) -> None:
        page.get_by_role("row").filter(has_text="Garden hose").get_by_role("button", name="Actions").click()

    (click,) = actions(record("records.html", do))
    within = [one.within[0] for one in click.target.candidates if one.count == 1 and one.within]
    assert "Garden hose" in [scope.has_text for scope in within]


CAPTIONS = """<!doctype html><title>Workouts</title><style>td > span, td > i { display: none }</style>
<table>%s</table>"""
CAPTIONED = """<tr><td><span>Workout</span><a href='#'>%s</a></td>
<td>%s <i>in all</i><button>Copy</button></td></tr>"""


def test_captions_that_nobody_sees_tell_no_row_apart(record: Record, site: Site) -> None:
    """A cell says its column's caption for narrow screens: its row is told by what can be read on this one."""
    rows = CAPTIONED % ("Round the lake", "4 km") + CAPTIONED % ("Up the hill", "2 km")
    site.pages["/captions.html"] = (CAPTIONS % rows, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_role("link", name="Up the hill").click()
        page.get_by_role("button", name="Copy").last.click()

    for click in actions(record("captions.html", do)):
        told = {scope.has_text for one in click.target.candidates for scope in one.within if scope.has_text}
        assert told
        assert told <= {"Up the hill", "2 km"}


def test_counts_are_playwrights(page: Page, record: Record) -> None:
    """Each candidate of each action finds, in Playwright, as many elements as its count says."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("A")
        page.get_by_role("button", name="Save").hover()

    (fill,) = actions(record("form.html", do))
    for one in fill.target.candidates:
        if one.within or one.locator.by == "path":
            continue
        assert located(page, one).count() == one.count, one


def located(page: Page, candidate: Candidate) -> Any:
    """The candidate as a Playwright locator."""
    said = candidate.locator.model_dump()
    match said.pop("by"):
        case "role":
            return page.get_by_role(said["role"], **{key: said[key] for key in ("name", "exact") if said["name"]})
        case "label":
            return page.get_by_label(said["value"], exact=said["exact"])
        case "placeholder":
            return page.get_by_placeholder(said["value"], exact=said["exact"])
        case "text":
            return page.get_by_text(said["value"], exact=said["exact"])
        case "id":
            return page.locator(f"#{said['value']}")
        case "attribute":
            return page.locator(f'{said["tag"]}[{said["attribute"]}="{said["value"]}"]')
        case "tag":
            return page.locator(said["tag"] + "".join("." + name for name in said["classes"]))
        case other:
            raise AssertionError(other)


def test_select_box_is_not_named_by_its_options(record: Record, site: Site) -> None:
    """A label around a select box counts by its words, not by the options inside."""
    (select,) = actions(record("form.html", lambda page: page.get_by_label("Country").select_option("at")))
    values = [one.locator.model_dump().get("value") for one in select.target.candidates if one.locator.by == "label"]
    assert "Country" in values


def test_choices_of_a_list_tell_nothing_apart(record: Record) -> None:
    """Nobody sees them until the list opens: they are no text of what is around it."""

    def do(page: Page) -> None:
        page.evaluate(
            """document.body.insertAdjacentHTML('beforeend',
            '<table><tr class=filter><td class=how>Kind <select><option>is<option>is not</select>' +
            '<td class=what><select><option>major<option>minor</select></table>')"""
        )
        page.locator(".what select").select_option("minor")
        page.locator("td.how").click(position={"x": 2, "y": 2})

    (select, click) = actions(record("form.html", do))
    told = str([one.model_dump() for step in (select, click) for one in step.target.candidates])
    assert "majorminor" not in told
    assert "isis not" not in told


def test_field_tells_its_form(record: Record) -> None:
    """Whatever is filled in first, the fields of one form tell the same form, and those of another one another; a
    field that forms of all kinds have tells none."""

    def do(page: Page) -> None:
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Name").fill("Ada")
        page.evaluate(
            """document.body.insertAdjacentHTML('beforeend',
            '<form name="find"><input name="query" aria-label="Find"></form><input aria-label="Alone">' +
            '<form><input name="id"><input name="phone" aria-label="Phone"></form>')"""
        )
        page.get_by_label("Find").fill("x")
        page.get_by_label("Alone").fill("y")
        page.get_by_label("Phone").fill("z")

    fills = [one for one in actions(record("form.html", do)) if one.kind == "fill"]
    assert [one.target.form for one in fills] == ["name", "name", "find / query", "", "phone"]


def test_form_tells_what_it_held_at_each_visit(record: Record) -> None:
    """A form that is filled in anew, and then opened again with what it holds, is empty first and full then."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("Ada")
        page.get_by_label("E-mail").press_sequentially("a@b.c")
        page.get_by_role("heading", name="Sign up").click()
        page.get_by_label("E-mail").press_sequentially("d")

    fills = [one for one in actions(record("form.html", do)) if one.kind == "fill"]
    assert [one.target.form_holds for one in fills] == [False, False, True]
