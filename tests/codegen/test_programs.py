"""Whole programs: their text, and what they do in a real browser on a page of ours and on a broken copy of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.python.expressions import LINE_CHARS_MAX
from pipeline.semantics.wording import said
from schemas.elements import ByAttribute, ByRole, ByText, Candidate, Element, Scope
from schemas.events import Appeared, Choice, CountChanged, Gone, TextChanged, Typed
from schemas.generated_tests import Parameter
from schemas.stories import CheckStep, ClickStep, DialogAnswer, FillStep, GotoStep, SelectStep, Story
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

GOLDENS = Path(__file__).parent / "goldens"
PAGE = at("/notes.html", "Notes")


def _note(text: str) -> Element:
    return by_text("li", text)


def _signed_in() -> tuple[GotoStep | FillStep | ClickStep, ...]:
    password = by_label("Password", type="password", in_password_form=True)
    user = by_label("User", autocomplete="username", in_password_form=True)
    fault = by_text("p", "User and password do not match.", role="alert", live=True)
    who = by_text("p", "Signed in at 10:31:07 AM as somebody")
    return (
        GotoStep(url=HOME + "/notes.html", **base(at(""), PAGE)),
        FillStep(target=user, value=Typed(text="ann"), **base(PAGE)),
        FillStep(target=password, value=Typed(secret="password", token="1"), **base(PAGE)),
        ClickStep(
            target=by_role("button", "button", "Sign in"), **base(PAGE, PAGE, changes=(Appeared(element=fault),))
        ),
        FillStep(target=password, value=Typed(secret="password", token="2"), **base(PAGE)),
        ClickStep(
            target=by_role("button", "button", "Sign in"),
            **base(
                PAGE, PAGE, changes=(Appeared(element=by_role("h1", "heading", "Your notes")), Appeared(element=who))
            ),
        ),
    )


def sign_in() -> Story:
    """A wrong password, then the right one."""
    return story(
        *_signed_in(), title="Sign in after a wrong password", sentence="The user signs in after a wrong password."
    )


def add_note() -> Story:
    """A note with a colour, pinned."""
    total = Element(
        tag="p", text="1 notes in all", candidates=(Candidate(locator=ByText(value="1 notes in all"), count=1),)
    )
    items = Candidate(locator=ByRole(role="listitem"), count=1)
    changes = (
        Appeared(element=_note("Buy milk (Green)")),
        TextChanged(element=total, before="No notes yet", after="1 notes in all"),
        CountChanged(element=_note("Buy milk (Green)"), items=items, before=0, after=1),
    )
    colour = by_role("select", "combobox", "Colour")
    return story(
        *_signed_in(),
        FillStep(target=by_label("New note"), value=Typed(text="Buy milk"), **base(PAGE)),
        SelectStep(target=colour, options=(Choice(value="g", label="Green"),), **base(PAGE)),
        CheckStep(target=by_role("input", "checkbox", "Pin it", type="checkbox"), **base(PAGE)),
        ClickStep(target=by_role("button", "button", "Add note"), **base(PAGE, PAGE, changes=changes)),
        title="Add a note",
        sentence="The user signs in and adds a note.",
    )


def delete_note() -> Story:
    """The note is deleted again, after a question."""
    row = Scope(locator=ByRole(role="listitem"), has_text="Buy milk")
    button = Element(
        tag="button", role="button", name="Delete",
        candidates=(Candidate(locator=ByRole(role="button", name="Delete"), within=(row,), count=1),),
    )  # fmt: skip
    asked = (DialogAnswer(dialog="confirm", message="Delete the note?"),)
    changes = (Gone(element=_note("Buy milk (Green)")), Appeared(element=by_text("p", "No notes left")))
    return story(
        *add_note().steps,
        ClickStep(target=button, **base(PAGE, PAGE, changes=changes, dialogs=asked)),
        title="Delete a note",
        sentence="The user adds a note and deletes it.",
    )


STORIES: tuple[tuple[str, Callable[[], Story]], ...] = (
    ("sign_in", sign_in),
    ("add_note", add_note),
    ("delete_note", delete_note),
)


@pytest.mark.parametrize(("name", "made"), STORIES)
def test_programs_read_as_written_by_a_person(name: str, made: Callable[[], Story]) -> None:
    """The program's text is the one that people looked at and found good."""
    code = write_test(made()).code
    assert code == (GOLDENS / f"{name}.txt").read_text()
    assert max(map(len, code.splitlines())) <= LINE_CHARS_MAX


@pytest.mark.slow
@pytest.mark.parametrize(("name", "made"), STORIES)
def test_programs_pass_on_the_page(
    name: str,
    made: Callable[[], Story],
    whole_pages: str,
    run_code: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Run against the page that they were recorded on, the programs pass."""
    monkeypatch.setenv("APP_PASSWORD", "sesame")
    run_code(write_test(made()).code, whole_pages)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "made"), STORIES[1:])
def test_programs_fail_on_a_broken_copy(
    name: str,
    made: Callable[[], Story],
    broken_pages: str,
    run_code: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the page shows a wrong result or nothing happens, the programs fail."""
    monkeypatch.setenv("APP_PASSWORD", "sesame")
    with pytest.raises(AssertionError):
        run_code(write_test(made()).code, broken_pages)


def test_a_draft_that_is_saved_as_it_is_typed_is_waited_for() -> None:
    """By the last word that was added: not by an address, which other answers for the same draft have as well."""
    text = by_label("Text")
    saved = FillStep(target=text, value=Typed(text='Tea\n"and" milk.'), before="Tea", autosaved=True, **base(PAGE))
    wordless = FillStep(target=by_label("Sum"), value=Typed(text="12"), autosaved=True, **base(PAGE))
    unsaved = FillStep(target=by_label("Note"), value=Typed(text="Milk"), **base(PAGE))
    last = ClickStep(target=by_role("button", "button", "Done"), **base(PAGE, PAGE))
    told = story(saved, wordless, unsaved, last)
    wait = 'with page.expect_response(lambda response: "milk" in (response.request.post_data or "")):'
    assert [line.strip() for line in write_test(told).code.splitlines() if "expect_response" in line] == [wait]
    rows = Parameter(name="text", values=('Tea\n"and" milk.', "Tea and sugar"))
    assert "expect_response" not in write_test(told, (rows,)).code


def test_what_was_withheld_or_made_by_chance_is_no_way_to_find_anything() -> None:
    """The recorder's sign for a secret, an address with an id of its own, one letter that went: none is in the code."""
    named = by_role("a", "link", "••• 120.50")
    address = ByAttribute(tag="a", attribute="href", value="/accounts/7133d959-b654-4b34-841f-0d278460f74f")
    account = by_text("a", "Savings").model_copy(update={"candidates": (Candidate(locator=address, count=1),)})
    total = by_role("a", "link", "All accounts").model_copy(
        update={"name": "All accounts 120.50", "text": "All accounts120.50"}
    )
    changes = (
        Appeared(element=named),
        TextChanged(element=account, before="Savings 0.00", after="Savings 1.00"),
        TextChanged(element=total, before="All accounts 0.00", after="All accounts 120.50"),
        Gone(element=by_text("b", "S")),
        Appeared(element=by_text("p", "The account was created.")),
    )
    press = ClickStep(target=by_role("button", "button", "Create"), **base(PAGE, PAGE, changes=changes))
    code = write_test(story(press)).code
    assert "The account was created." in code
    for unwanted in ("•", "u2022", "7133d959", '"S"', "to_contain_text"):
        assert unwanted not in code, code


def test_a_text_that_changes_is_found_by_the_words_that_stay() -> None:
    """Not by its place or address, which others may share."""
    counter = by_text("p", "notes in the list").model_copy(update={"text": "2 notes in the list"})
    changes = (TextChanged(element=counter, before="1 notes in the list", after="2 notes in the list"),)
    press = ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=changes))
    code = write_test(story(press)).code
    assert 'expect(page.get_by_text("notes in the list")).to_contain_text("2 notes in the list")' in code


def test_a_name_whose_end_varies_leaves_no_comma_behind() -> None:
    """`Pickup, 14:05` is found as `Pickup`: nobody would write the comma."""
    press = ClickStep(target=by_role("button", "button", "Pickup, 14:05"), **base(PAGE, PAGE))
    assert 'get_by_role("button", name="Pickup").click()' in write_test(story(press)).code


def test_what_is_shown_again_is_neither_an_effect_nor_gone() -> None:
    """A page that draws itself anew shows the same words, with another time after them: to look for the words proves
    nothing, as they were there before."""
    old, new = (by_text("p", "Signed up").model_copy(update={"text": f"Signed up 10:0{n}:00"}) for n in (1, 2))
    changes = (Appeared(element=new), Gone(element=old), Gone(element=by_text("p", "Not saved yet")))
    press = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=changes))
    code = write_test(story(press)).code
    assert "Signed up" not in code
    assert 'get_by_text("Not saved yet").filter(visible=True)).to_have_count(0)' in code
    clock = TextChanged(element=new, before="Signed up 10:01:00", after="Signed up 10:02:00")
    press = press.model_copy(update={"changes": (clock, Gone(element=by_text("p", "Not saved yet")))})
    assert "Signed up" not in write_test(story(press)).code


def test_what_another_one_still_says_is_not_looked_for_once_it_went() -> None:
    """Told with no way to find it: the browser's own list, behind the one that closed, has the option as well."""
    went = by_role("div", "option", "Bern", text="Bern")
    for ways, found in ((went.candidates, True), ((), False)):
        gone = Gone(element=went.model_copy(update={"candidates": ways}))
        press = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(gone,)))
        assert ('get_by_role("option", name="Bern")' in write_test(story(press)).code) is found


@pytest.mark.parametrize(("home", "reads"), [("/ann/notes", False), ("/notes", True), ("/login/ann", True)])
def test_pages_of_a_users_own_belong_to_that_user(home: str, reads: bool) -> None:
    """Where the name of who signs in stands in the addresses that follow, the environment can't name another; a word
    that the address had before is the app's."""
    login = at("/login/ann" if home == "/login/ann" else "/login")
    user = by_label("User", autocomplete="username", in_password_form=True)
    password = by_label("Password", type="password", in_password_form=True)
    code = write_test(
        story(
            FillStep(target=user, value=Typed(text="ann"), **base(login)),
            FillStep(target=password, value=Typed(secret="password", token="1"), **base(login)),
            ClickStep(target=by_role("button", "button", "Sign in"), **base(login, at(home))),
        )
    ).code
    assert ('os.environ.get("APP_USER") or "ann"' in code) is reads


@pytest.mark.parametrize("text", ["Wrap as a gift", None])
def test_a_box_behind_a_drawing_is_ticked_where_people_click(text: str | None) -> None:
    """By its label's words; where nothing but the box itself finds it, by the Space key: no click is forced."""
    box = by_role("input", "checkbox", "Gift", type="checkbox", covered=True)
    if text is not None:
        box = box.model_copy(update={"candidates": (*box.candidates, Candidate(locator=ByText(value=text), count=1))})
    code = write_test(story(CheckStep(target=box, **base(PAGE)))).code
    assert ('get_by_text("Wrap as a gift").check()' in code) == (text is not None)
    assert ('get_by_role("checkbox", name="Gift").press("Space")' in code) == (text is None)
    clicked = write_test(story(ClickStep(target=box, **base(PAGE)))).code  # where nobody told whether it is on
    assert ('get_by_text("Wrap as a gift").click()' in clicked) == (text is not None)
    assert ('get_by_role("checkbox", name="Gift").press("Space")' in clicked) == (text is None)


@pytest.mark.parametrize(
    ("count", "place", "alone", "pressed"),
    [
        (2, {"index": 1}, False, 'get_by_text("Yes").nth(1).check()'),
        (2, {"index": 1}, True, 'get_by_role("radio", name="Yes").press("Space")'),
        (2, {}, False, 'get_by_role("radio", name="Yes").first.press("Space")'),
        (0, {"index": 1}, True, 'get_by_role("radio", name="Yes").press("Space")'),
    ],
)
def test_a_box_whose_words_stand_twice(count: int, place: dict[str, int], alone: bool, pressed: str) -> None:
    """Two groups have a `Yes` each: the words are pressed where they are known to stand, unless the box itself is
    found alone."""
    box = by_role("input", "radio", "Yes", type="radio", covered=True)
    role = box.candidates[0] if alone else box.candidates[0].model_copy(update={"count": 2})
    box = box.model_copy(update={"candidates": (role, Candidate(locator=ByText(value="Yes"), count=count, **place))})
    assert f"page.{pressed}" in write_test(story(CheckStep(target=box, **base(PAGE)))).code


def test_a_click_that_a_key_made_is_done_by_the_key() -> None:
    """Pages may act on what only a pointer does."""
    told = story(ClickStep(target=by_role("button", "button", "Bold"), by_key=True, **base(PAGE)))
    assert 'get_by_role("button", name="Bold").press("Space")' in write_test(told).code
    assert said(told.steps[0]).startswith("Press Space on")


def test_no_secret_is_in_the_program() -> None:
    """Passwords come from the environment; one that the page refused stays wrong."""
    code = write_test(sign_in()).code
    assert 'os.environ["APP_PASSWORD"]' in code
    assert 'fill("not-the-password")' in code
    assert 'os.environ.get("APP_USER") or "ann"' in code
