"""Who only looked for something, or at something: what tells these flows apart."""

import pytest

from bench.flows.synthetic import Visitor, element, heading
from schemas.elements import Ancestor
from schemas.events import Appeared, Click, Fill, Navigation, Page, Typed
from tests.flows.acts import Acts, key, signs_in


def _seeks(label: str, text: str, url: str | None = None) -> Acts:
    """Types into a search field; `url` is the page that it leads to, None where it searches within the page."""

    def act(visitor: Visitor) -> None:
        field = element("input", "searchbox", label)
        cause = visitor.add(Fill, target=field, value=Typed(text=text))
        if url is not None:
            visitor.add(Navigation, url=visitor.home + url, cause=cause)
            visitor.page = Page(url=visitor.home + url)
        visitor.came(cause, Appeared(element=element("li", "listitem", "Inject")))

    return act


def test_two_search_fields_of_one_page_search_different_things() -> None:
    """One filters the nodes, another finds the flows: neither leads to another page."""
    assert key(_seeks("Filter nodes", "http")) == key(_seeks("Filter nodes", "file"))
    assert key(_seeks("Filter nodes", "http")) != key(_seeks("Search flows", "http"))


def test_a_search_that_opens_a_page_is_the_same_from_any_field() -> None:
    """The field in the page's head and that of the results."""
    assert key(_seeks("Search", "cows", "/found")) == key(_seeks("Find more", "cows", "/found"))


def _enters(label: str, shows: bool = True, role: str = "navigation") -> Acts:
    """Presses an entry of a menu that shows something on the same page, or opens another menu."""

    def act(visitor: Visitor) -> None:
        around = (Ancestor(tag="nav", role=role),)
        cause = visitor.add(Click, target=element("a", "link", label).model_copy(update={"ancestors": around}))
        visitor.came(cause, *([heading(f"{label} of yours")] if shows else []))

    return act


@pytest.mark.parametrize("by_menu", [False, True])
def test_who_signs_in_and_opens_one_part_of_the_page_came_for_that(by_menu: bool) -> None:
    """Also where the address stays, and a menu was opened first; an entry that shows nothing tells nothing."""
    way = (_enters("More", shows=True),) if by_menu else ()
    alone = key(signs_in)
    assert key(signs_in, *way, _enters("Settings")) != alone
    assert key(signs_in, *way, _enters("Settings")) != key(signs_in, *way, _enters("Help"))
    assert key(signs_in, *way, _enters("Settings", shows=False)) == alone
