"""What nobody sees, and what the recorder withheld, is not asserted; what went without a new page is."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.python.names import sentence
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.object_names import row_of
from schemas.elements import Ancestor, ByRole, ByTag, Candidate, Element, Scope
from schemas.events import Appeared, Change, Gone, StateChanged, Typed, ValueChanged
from schemas.stories import ClickStep, FillStep
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

PAGE = at("/studies")
DELETE = "delete study"


def _click(name: str, *changes: Appeared | Gone | ValueChanged | StateChanged, element: Element | None = None) -> str:
    target = element or by_role("button", "button", name)
    return write_test(story(ClickStep(target=target, **base(PAGE, PAGE, changes=changes)))).code


def test_a_field_that_only_holds_a_value_for_a_form_is_not_asserted() -> None:
    """It has no name, and who looks for its role doesn't find it; one that has either is asserted."""
    found = Candidate(locator=ByTag(tag="input", classes=("native",)), count=1)
    hidden = Element(tag="input", role="textbox", candidates=(found,))
    assert "to_have_value" not in _click("Create", ValueChanged(element=hidden, after="desc"))
    shown = hidden.model_copy(update={"candidates": (Candidate(locator=ByRole(role="textbox"), count=1), found)})
    assert 'to_have_value("desc")' in _click("Create", ValueChanged(element=shown, after="desc"))
    assert 'to_have_value("desc")' in _click("Create", ValueChanged(element=by_label("Order"), after="desc"))


def test_a_title_with_something_withheld_is_not_asserted() -> None:
    """The page shows something else where the recorder put its sign."""
    step = ClickStep(target=by_role("button", "button", "Go"), **base(PAGE, at("/studies", "private••• Office")))
    assert "to_have_title" not in write_test(story(step)).code
    step = ClickStep(target=by_role("button", "button", "Go"), **base(PAGE, at("/studies", "Private Office")))
    assert 'to_have_title("Private Office")' in write_test(story(step)).code


def test_numbers_that_nobody_writes_down_are_a_programs() -> None:
    """A result of a computation with all its places; amounts and coordinates are not."""
    assert is_volatile("heat 4.408098436506364")
    assert not is_volatile("heat 4.4081")


def test_a_list_that_closed_is_not_looked_for_by_what_was_chosen_in_it() -> None:
    """Its item has the same text and stands there for a moment more."""
    target = by_text("div", "Maximize", role="combobox")
    closed = StateChanged(element=target, state="expanded", after=False)
    assert "aria-expanded" not in _click("Maximize", closed)
    opened = StateChanged(element=target, state="expanded", after=True)
    assert '"aria-expanded", "true"' in _click("Maximize", opened)


def test_what_was_deleted_is_gone_without_a_new_page() -> None:
    """The card's heading, and not what else the page drew anew."""
    scopes = [Scope(locator=ByTag(tag="div"), has_text=text, count=1) for text in ("Car brakesKind: low", "Car brakes")]
    ways = [Candidate(locator=ByRole(role="button", name=DELETE), count=3, index=1)]
    ways += [Candidate(locator=ByRole(role="button", name=DELETE), within=(scope,), count=1) for scope in scopes]
    asked = Element(tag="button", role="button", name=DELETE, candidates=tuple(ways))
    headings = [Appeared(element=by_role("h2", "heading", name, text=name)) for name in ("Garden pump", "Car brakes")]
    sure = Appeared(element=by_role("h2", "heading", "Delete study", text="Delete study"))
    steps = [
        ClickStep(target=by_role("a", "link", "Studies"), **base(at("/"), PAGE, changes=tuple(headings))),
        ClickStep(target=asked, **base(PAGE, PAGE, changes=(sure,))),
        ClickStep(
            target=by_role("button", "button", "Yes, delete"),
            **base(
                PAGE,
                PAGE,
                changes=(
                    Gone(element=headings[1].element),
                    Appeared(element=by_role("a", "link", "Send feedback", text="Send feedback")),
                ),
            ),
        ),
    ]
    code = write_test(story(*steps)).code
    assert 'filter(has_text="Car brakes")' in code
    assert 'expect(page.get_by_role("heading", name="Car brakes")).to_be_hidden()' in code


def test_a_message_is_looked_for_among_what_can_be_seen() -> None:
    """With its number left out, a hidden text of the page may begin alike."""
    message = "The token was added with the number OATH00017821."
    element = by_text("span", message)
    assert ".filter(visible=True).first" in _click("Add", Appeared(element=element)).replace("\n", "").replace(" ", "")
    plain = _click("Add", Appeared(element=by_text("span", "The token was added to the list.")))
    assert "visible=True" not in plain


def test_words_of_a_docstring_keep_their_signs() -> None:
    """Underscores and square brackets, and no line is broken after a hyphen."""
    assert sentence("The user sees '[7] study_name=a'", "") == "The user sees '[7] study_name=a'."
    long = "The user creates 'rocket-fins', and sees 'Success to create a study with the name rocket-fins'"
    told = story(FillStep(target=by_label("Name"), value=Typed(text="a"), **base(PAGE)), title="Make", sentence=long)
    lines = write_test(told).code.splitlines()
    assert not any(line.endswith("rocket-") for line in lines)


def test_a_card_without_a_role_is_one_by_the_buttons_that_others_have_too() -> None:
    """Its ancestors tell nothing; a button that is the only one of its name is in no card."""
    scope = Scope(locator=ByTag(tag="div"), has_text="Car brakes", count=1)
    inside = Candidate(locator=ByRole(role="button", name=DELETE), within=(scope,), count=1)
    named = Candidate(locator=ByRole(role="button", name=DELETE), count=3)
    many = Element(tag="button", name=DELETE, candidates=(named, inside), ancestors=(Ancestor(tag="div"),))
    assert row_of(many) == "Car brakes"
    single = many.model_copy(update={"candidates": (named.model_copy(update={"count": 1}), inside)})
    assert row_of(single) == ""


def test_what_a_dialog_hid_from_screen_readers_has_not_gone() -> None:
    """The words of a heading behind it came as plain text when it opened, and seem to go as it closes; what stood
    nowhere else has gone."""
    behind = by_role("h2", "heading", "Old Orchard Current realm", text="Old Orchard Current realm")
    plain, once = by_text("div", "Old Orchard"), by_text("div", "Old Hall")
    ask = by_role("div", "dialog", "Sure?", text="Sure?")

    def step(target: Element, *changes: Change) -> ClickStep:
        return ClickStep(target=target, **base(PAGE, PAGE, changes=changes))

    def code_for(text: Element) -> str:
        typed = Typed(text=text.text or "")
        starts = FillStep(target=by_label("Name"), value=typed, **base(PAGE, PAGE, changes=(Appeared(element=behind),)))
        opens = step(by_role("button", "button", "Publish"), Appeared(element=ask), Appeared(element=text))
        answers = step(by_role("button", "button", "Yes"), Gone(element=ask), Gone(element=text))
        return write_test(story(starts, opens, answers)).code

    def hides(text: str) -> str:
        return f'expect(page.get_by_text("{text}").filter(visible=True)).to_have_count(0)'

    assert hides("Old Hall") in code_for(once)
    assert hides("Old Orchard") not in code_for(plain)


@pytest.mark.parametrize(
    ("tag", "classes", "text", "seen"),
    [
        ("i", ("material-icons", "icon-close"), "close", False),
        ("span", ("material-symbols-outlined",), "arrow_back", False),
        ("i", ("remark",), "close", True),
        ("span", ("status-icon",), "paid", True),
        ("span", ("has-icon", "badge"), "shipped", True),
        ("span", ("material-icons",), "12", True),
        ("span", ("with-icon",), "3 trees were planted", True),
    ],
)
def test_the_name_of_a_sign_that_a_font_draws_is_no_text(
    tag: str, classes: tuple[str, ...], text: str, seen: bool
) -> None:
    """Nobody sees it; a text beside a sign is one."""
    shown = by_text(tag, text).model_copy(update={"classes": classes})
    step = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(Appeared(element=shown),)))
    assert (f'get_by_text("{text}"' in write_test(story(step)).code) is seen


def test_what_a_save_brought_has_not_gone_with_its_dialog() -> None:
    """The name of what was made stands in the list behind; what the dialog alone had has gone with it."""
    name, hint = by_text("h2", "Tide account", role="heading"), by_text("p", "Ask your office.", role="paragraph")

    def closed(first: str) -> str:
        makes = ClickStep(
            target=by_role("button", "button", first),
            **base(PAGE, PAGE, changes=(Appeared(element=name), Appeared(element=hint))),
        )
        close = ClickStep(
            target=by_role("button", "button", "Close this dialog"),
            **base(PAGE, PAGE, changes=(Gone(element=name),)),
        )
        return write_test(story(makes, close)).code.rpartition("Close this dialog")[2]

    assert "Tide account" not in closed("Save")
    assert "Tide account" in closed("Show details")
