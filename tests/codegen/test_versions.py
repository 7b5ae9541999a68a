"""The version of the app is another one after the next release, a price is not."""

import pytest

from pipeline.codegen import write_test
from schemas.elements import Ancestor
from schemas.events import Appeared, Typed
from schemas.stories import ClickStep, FillStep, GotoStep
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

PAGE = at("/notes")
NEXT = at("/home")


@pytest.mark.parametrize(
    ("text", "is_asserted"),
    [("Review desk (Free) 8.1", False), ("Review desk v2.4.0", False), ("Review desk of Ann", True), ("Lot 8.1", True)],
)
def test_the_version_of_the_app_is_not_asserted(text: str, is_asserted: bool) -> None:
    """Where it stands behind the name of the app, as the title of the page has it: the next one is another."""
    shown = Appeared(element=by_role("h1", "heading", text, text=text))
    opened = GotoStep(url=f"{HOME}/home", **base(at("/"), at("/home", "Log in | Review desk"), changes=(shown,)))
    code = write_test(story(opened, ClickStep(target=by_role("a", "link", "Log in"), **base(NEXT)))).code
    assert (text in code) is is_asserted


@pytest.mark.parametrize(
    ("text", "title", "is_asserted"),
    [
        ("Milk 1.99", "Milk | Shop", True),
        ("Total 12.50", "Cart | Total | Shop", True),
        ("Shop 8.1", "Cart | Shop", True),
        ("Shop v8.1", "Cart | Shop", False),
        ("Shop 8.1.4", "Cart | Shop", False),
        ("Rope 1.2", "Log in | Rope", True),
    ],
)
def test_a_price_is_no_version(text: str, title: str, is_asserted: bool) -> None:
    """A page is called by what it is about; a version says more than two numbers, and nothing that was entered."""
    shown = Appeared(element=by_role("h1", "heading", text, text=text))
    typed = FillStep(target=by_label("Thing"), value=Typed(text="Rope"), **base(PAGE))
    to = at("/things/1", title)
    save = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, to, changes=(shown,), navigates=True))
    assert (f'"{text}"' in write_test(story(typed, save)).code) is is_asserted


def test_two_numbers_behind_the_name_of_the_app_are_its_version_in_the_footer() -> None:
    """Nothing is sold there."""
    footer = (Ancestor(tag="footer", role="contentinfo"),)
    shown = Appeared(element=by_text("p", "Shop 8.1", ancestors=footer))
    to = at("/things/1", "Cart | Shop")
    opens = ClickStep(target=by_role("a", "link", "Cart"), **base(PAGE, to, changes=(shown,), navigates=True))
    assert "Shop 8.1" not in write_test(story(opens)).code
