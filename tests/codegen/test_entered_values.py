"""Which texts count as entered, and where a page shows them."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.assertions.entered import VALUES_MAX, Entered, entered_in, shows
from schemas.events import Appeared, Typed
from schemas.stories import ClickStep, DialogAnswer, FillStep
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

FORM, LIST = at("/bills/add"), at("/bills")


@pytest.mark.parametrize(
    ("value", "text", "is_shown"),
    [
        ("45.2", "£45.20", True),
        ("45.20", "-45,20 €", True),
        ("1200", "Checking 1,200.00", True),
        ("5000.50", "5.000,50", True),
        ("1.200", "1,200 kg", True),
        ("30", "30.00", True),
        ("30", "30", True),
        ("30", "30 days", False),
        ("5", "Listing 5 of 15", False),
        ("45.20", "145.20", False),
        ("kg", "kg", True),
        ("kg", "12 kg", False),
        ("Corner shop", "paid to corner shop.", True),
        ("Corner shop", "Corner shopping", False),
        ("", "None", True),
        ("", "None of these", False),
    ],
)
def test_a_value_is_known_in_the_form_in_which_the_app_shows_it(value: str, text: str, is_shown: bool) -> None:
    """An amount gets a currency and its fraction; a small number or a short word beside others may be anything."""
    assert shows(text.casefold(), value) is is_shown


def test_values_are_bounded_and_leave_out_who_signed_in() -> None:
    """The newest are kept; the name of who signed in is no data."""
    fills = [
        FillStep(target=by_label("Line"), value=Typed(text=f"line {number}"), **base(FORM))
        for number in range(VALUES_MAX + 1)
    ]
    assert len(entered_in(fills).values) == VALUES_MAX
    assert entered_in(fills[:2], {"line 0"}) == Entered(("line 1",))


@pytest.mark.parametrize(
    ("before", "after", "entered"),
    [
        ("= FAQ =\n", "= FAQ =\n  * Where is it? Upstairs.", ("Where is it? Upstairs.",)),
        ("= FAQ =\n* One line\n", "= FAQ =\n* New line\n* One line\n", ("New line",)),
        ("", "## Plan ##\n1. Ship it\n> Quoted", ("Plan", "Ship it", "Quoted")),
        ("a one\nb two", "b two\na one", ("b two", "a one")),
        ("", "-45.20", ("-45.20",)),
        ("", "* 12", ("* 12",)),
    ],
)
def test_lines_are_looked_for_without_the_marks_of_a_wiki(before: str, after: str, entered: tuple[str, ...]) -> None:
    """A page shows an item or a heading without what made it one; lines that were there before weren't entered."""
    fill = FillStep(target=by_label("Text", tag="textarea"), value=Typed(text=after), before=before, **base(FORM))
    assert entered_in([fill]).values == entered


def test_the_answer_to_a_prompt_is_looked_for() -> None:
    """The page asked for the name of a label, and shows it beside words of its icons."""
    shown = tuple(Appeared(element=by_text("i", text)) for text in ("close", "label"))
    entry = Appeared(element=by_text("span", "Kitchen"))
    asked = (DialogAnswer(dialog="prompt", message="Caption:", value="Kitchen"),)
    create = ClickStep(
        target=by_role("button", "button", "Create label"), **base(LIST, LIST, changes=(*shown, entry), dialogs=asked)
    )
    assert 'get_by_text("Kitchen", exact=True)' in write_test(story(create)).code
    refused = create.model_copy(update={"dialogs": (asked[0].model_copy(update={"accepted": False}),)})
    assert entered_in([create]).values == ("Kitchen",)
    assert entered_in([refused]).values == ()
