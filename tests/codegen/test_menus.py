"""A menu that opens under the pointer is opened so in the test, though the recording may have no hover."""

import pytest

from pipeline.codegen import write_test
from schemas.elements import Ancestor, Element
from schemas.events import Appeared
from schemas.stories import ClickStep, GotoStep, HoverStep, Step
from tests.codegen.by_hand import HOME, at, base, by_role, by_text, story

DESK = at("/desk")
PERSON = by_role("li", "menuitem", "Ann Lie")
HOVERS = 'page.get_by_role("menuitem", name="Ann Lie").hover()'
AROUND = tuple(
    Ancestor(tag=tag, role=role, name=name)
    for tag, role, name in (
        ("li", "menuitem", "Sign out"), ("ul", "menu", ""), ("li", "menuitem", "Ann Lie"), ("ul", "menu", ""),
    )
)  # fmt: skip


def _opens(*shown: Element) -> GotoStep:
    came = tuple(Appeared(element=one) for one in shown)
    return GotoStep(url=f"{HOME}/desk", **base(at("/"), DESK, changes=came, loads=True))


def _entry(*ancestors: Ancestor) -> ClickStep:
    target = by_text("label", "Sign out", ancestors=ancestors or AROUND)
    return ClickStep(target=target, **base(DESK, at("/")))


@pytest.mark.parametrize(
    ("steps", "hovers"),
    [
        ((_opens(PERSON), _entry()), 1),
        ((_opens(PERSON, by_role("a", "link", "Sign out")), _entry()), 0),
        ((_opens(PERSON), ClickStep(target=PERSON, **base(DESK)), _entry()), 0),
        ((_opens(PERSON), HoverStep(target=PERSON, **base(DESK)), _entry()), 1),
        ((_opens(PERSON), _entry(*AROUND[:2])), 0),
        ((_opens(), _entry()), 0),
    ],
    ids=["not seen", "seen before", "clicked open", "told", "no entry around", "outer one unknown"],
)
def test_the_pointer_comes_over_the_entry_whose_menu_nobody_saw_open(steps: tuple[Step, ...], hovers: int) -> None:
    """Once, and right before the entry within is clicked."""
    code = write_test(story(*steps)).code
    assert code.count(HOVERS) == hovers
    assert not hovers or code.index(HOVERS) < code.index("Sign out")
