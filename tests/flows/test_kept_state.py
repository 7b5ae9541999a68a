"""What a page writes by itself, and what only brings a field or a view, is nothing that was done."""

from bench.flows.synthetic import Visitor, element, heading
from schemas.elements import Element
from schemas.events import (
    Appeared,
    Click,
    Navigation,
    Press,
    Request,
)
from tests.flows.acts import SENT, Acts, key


def test_a_tab_that_is_open_already_leads_nowhere() -> None:
    """Who clicks the tab on which one is, and sees but its name as a hint, did the same as who came from another."""
    tab = element("a", "link", "Barn")
    hint = Appeared(element=Element(tag="div", text="Barn"))

    def comes(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=tab), heading("Barn"), url="/issues/new#barn")

    def stays(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=tab), hint)

    def shows(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=tab), hint, heading("Hay and straw"))

    assert key(stays, *SENT) == key(comes, *SENT) == key(*SENT)
    assert key(shows, *SENT) != key(*SENT)


def test_a_shortcut_that_brings_a_field_is_but_the_way_to_it() -> None:
    """Ctrl+F and the menu bring the same search field; a combination that brings another one did something itself."""
    field = element("input", "searchbox", "Search")

    def presses(*shown: Element) -> Acts:
        def act(visitor: Visitor) -> None:
            cause = visitor.add(Press, target=Element(tag="body"), key="f", modifiers=("Control",))
            visitor.came(cause, *(Appeared(element=one) for one in shown))

        return act

    def seeks(visitor: Visitor) -> None:
        visitor.write("Search", "cellar", kind="search")
        visitor.send("Search", "GET", "/search", heading("Results"), url="/search")

    assert key(presses(field), seeks) == key(seeks)
    assert key(presses(element("input", "searchbox", "Find")), seeks) != key(seeks)


def _writing(*writes: str, button: str) -> Acts:
    """A page at which two things are clicked, one of them with this button; those of `writes` replace one thing."""

    def do(visitor: Visitor) -> None:
        visitor.open("/desk")
        opened = next(one.id for one in reversed(visitor.events) if isinstance(one, Navigation))
        for name, held in (("goto", ""), ("File", button), ("Old letter", "left")):
            pressed = element("button", "button", name)
            cause = visitor.add(Click, target=pressed, button=held) if held else opened
            method = "PUT" if name in writes else "GET"
            visitor.add(Request, cause=cause, url="https://shop.example/api/desks/1?t=7", method=method, status=200)

    return do


def test_where_a_page_keeps_its_own_state_nothing_is_done() -> None:
    """It writes down what stands open as soon as it has loaded, and after each click, even one that only opens a menu:
    that tells no flows apart. Two buttons that change one thing do, though a page that loads writes there as well."""
    every = ("goto", "File", "Old letter")
    assert key(_writing(*every, button="right")) == key(_writing(button="right"))
    assert key(_writing("File", "Old letter", button="right")) != key(_writing(button="right"))
    assert key(_writing(*every, button="left")) != key(_writing(button="left"))
