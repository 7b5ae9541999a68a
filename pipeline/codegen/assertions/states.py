"""What fields hold, what state controls are in, and how many items a list has, as assertions."""

from collections.abc import Sequence
from typing import Final, assert_never

from pipeline.codegen.assertions.check import TEXT_CHARS_MAX, Check, says_part
from pipeline.codegen.assertions.salience import Typing, in_margin
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, Found, expect, is_bare
from pipeline.codegen.python.expressions import Listing, Literal, method
from pipeline.semantics.generated import is_token, is_volatile
from schemas.elements import ByRole, Element
from schemas.events import Appeared, Change, CountChanged, StateChanged, ValueChanged

COUNT_MAX: Final = 60
"""Longer lists are not counted."""
TYPED_CHARS_MIN: Final = 3
"""So many letters of a typed text tell where a value comes from."""


def value_check(finder: Finder, element: Element, after: str) -> Check | None:
    """That a field holds a value; only that it holds one, where the app made that up. None for secrets."""
    if element.masked or element.type == "password" or len(after) > TEXT_CHARS_MAX or _is_unseen(element):
        return None
    found = _steady(finder, element, after)
    if found is None:
        return None
    if is_volatile(after, finder.fixed) or _is_made_up_id(after, finder.fixed):
        return Check(method(expect(found.expr), "not_to_have_value", ""), 44, "value", after)
    if element.tag == "select" and (not after or element.role == "listbox"):
        return None  # none is chosen, or several
    if element.tag == "select":
        # What the user sees chosen; the option's own value may be anything.
        chosen_option = method(found.expr, "locator", "option:checked")
        return Check(method(expect(chosen_option), "to_have_text", after), 48, "value", after)
    return Check(method(expect(found.expr), "to_have_value", after), 62 if after else 48, "value", after)


def _is_unseen(element: Element) -> bool:
    """Whether a field only holds its value for a form: it has no name, and nobody who looked
    for its role would find it."""
    roles = (one for one in element.candidates if isinstance(one.locator, ByRole))
    return bool(element.candidates and element.role) and not (element.name or element.label) and not any(roles)


def _is_made_up_id(value: str, fixed: tuple[str, ...]) -> bool:
    """Whether the page filled in an id of its own making: not what was typed, nor that in the form of an address."""
    return is_token(value) and _letters(value) not in map(_letters, fixed)


def comes_with_an_id(change: Change, changes: Sequence[Change], typing: Typing) -> bool:
    """Whether a text field that came with the step holds one word which stands nowhere else and that nobody typed: it
    may be an id of a new thing, another one each time, and no shape tells `deifa-tpcge` from a name."""
    if not isinstance(change, ValueChanged) or change.before or change.element.tag == "select":
        return False
    field, value = change.element, _letters(change.after)
    came = any(isinstance(one, Appeared) and _same_field(one.element, field) for one in changes)
    is_word = not any(char.isspace() for char in change.after) and not value.isdigit() and value != ""
    typed = [letters for text in typing.texts if len(letters := _letters(text)) >= TYPED_CHARS_MIN]
    known = change.after in typing.pieces or any(text in value or value in text for text in typed)
    return came and is_word and not known


def _same_field(one: Element, other: Element) -> bool:
    return (one.role, one.name, one.id) == (other.role, other.name, other.id)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _steady(finder: Finder, element: Element, value: str) -> Found | None:
    """The best unique locator that doesn't look for the value itself."""
    ways = [way for way in finder.all(element) if way.unique and not (value and says_part(way.says, value))]
    ways = [way for way in ways if way.score < PATH_SCORE]
    return min(ways, key=lambda way: way.score, default=None)


def state_check(finder: Finder, change: StateChanged) -> Check | None:
    """That a control is in its new state: checked, disabled, or what its `aria-` attribute says."""
    element = change.element
    found = finder.best(element)
    if found is None or not found.unique or found.score >= PATH_SCORE or is_bare(found):
        return None
    subject, score = expect(found.expr), 56 - (12 if in_margin(element) else 0)
    name = element.name or element.text or ""
    match change.state:
        case "checked":
            return Check(
                method(subject, "to_be_checked" if change.after else "not_to_be_checked"), score, "state", name
            )
        case "disabled":
            return Check(
                method(subject, "to_be_disabled" if change.after else "to_be_enabled"), score - 14, "state", name
            )
        case "selected" | "expanded" | "pressed":
            if element.tag == "option" or (change.state == "selected" and element.role == "option"):
                return None
            if element.tag in ("details", "summary") or _has_twin(change, found):
                return None
            attribute = f"aria-{change.state}"
            return Check(
                method(subject, "to_have_attribute", attribute, str(change.after).lower()), score - 10, "state", name
            )
        case _:
            assert_never(change.state)


def _has_twin(change: StateChanged, found: Found) -> bool:
    """Whether what closed is looked for by the text that was chosen in it: its item stands there for a moment more."""
    return change.state == "expanded" and not change.after and found.says == change.element.text


def count_check(finder: Finder, change: CountChanged) -> Check | None:
    """That a list has its new texts in their order, or so many items."""
    if change.after > COUNT_MAX or in_margin(change.element):
        return None
    root = finder.root(change.element)
    if root is None:
        return None
    items = finder.candidate(root, change.items.model_copy(update={"count": 0}))
    if items is None or items.score > 1000:
        return None
    if change.texts and all(text.strip() and not is_volatile(text, finder.fixed) for text in change.texts):
        ordered = Listing(tuple(Literal(text) for text in change.texts))
        return Check(method(expect(items.expr), "to_have_text", ordered), 64, "order", " ".join(change.texts))
    if change.texts:
        return None
    return Check(method(expect(items.expr), "to_have_count", change.after), 40, "count", f"count {change.after}")
