"""Rows of tables: those that others made, and short texts made sure by the row that they stand in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.codegen.assertions.check import Check
from pipeline.codegen.locators.finder import Finder, Found
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.expressions import Attr, Expr, method
from pipeline.codegen.python.parametrize import whole
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.object_names import card_texts, heads_a_card, in_row, is_row
from schemas.elements import ByRole, ByText, Candidate, Element, Scope
from schemas.events import Appeared, Change
from schemas.stories import Step

SHORT_CHARS: Final = 2
"""Texts up to so many characters, and plain numbers, stand in others by chance."""
NAME_CHARS_MIN: Final = 3
"""A shorter text of another cell doesn't tell its row."""
OWN_CELLS_MAX: Final = 3
"""So many of the texts that the user entered tell a row."""
_LOOSE_SIGN: Final = re.compile(r"(?<!\S)[|·•/]+(?!\S)")
"""Signs that part the buttons of a row."""
_DRAWN: Final = frozenset({"text", "tspan", "g"})
"""Elements that only drawings have."""
_NUMBER: Final = re.compile(r"\d{1,4}")


def without_others_rows(step: Step, own: Iterable[str]) -> Step:
    """The step without the rows of the page that it led to and what is drawn there, but for what has a text of the
    user's `own`, entered or used: others make such things, and take them away."""
    words = own_words(own)
    kept = tuple(
        change
        for change in step.changes
        if not (is_of_others_row(change, step.changes, words) or _is_of_others_drawing(change, words))
    )
    return step.model_copy(update={"changes": kept})


def own_words(own: Iterable[str]) -> tuple[str, ...]:
    """Texts of the user in one case, to be looked for in others."""
    return tuple(dict.fromkeys(text.strip().casefold() for text in own if text.strip()))


def is_of_others_row(change: Change, changes: Sequence[Change], words: Sequence[str]) -> bool:
    """Whether what came is a row or stands in one, or in a card, that is not about the user's `words`: it has none of
    them, or only amidst a text of one of its cells, or the row is told by another text."""
    element = change.element
    if not isinstance(change, Appeared):
        return False
    text = f"{element.name or ''} {element.text or ''}".casefold()
    if heads_a_card(element, changes):
        return not any(word in text for word in words)
    if not in_row(element):
        around = [text, *map(str.casefold, card_texts(element))]
        return len(around) > 1 and not any(word in one for word in words for one in around)
    if not any(word in text for word in words):
        return True
    if is_row_element(element):
        return _only_amidst_cells(element, changes, words)
    scopes = [scope for one in element.candidates if one.count == 1 for scope in one.within if is_row(scope)]
    told = [(scope.has_text or "").casefold() for scope in scopes]
    return bool(told) and not any(word in row for row in told for word in words)


def _is_of_others_drawing(change: Change, words: Sequence[str]) -> bool:
    """Whether what came stands in a drawing, such as a chart or a plan, and has none of the user's `words`."""
    element = change.element
    drawn = element.tag in _DRAWN or any(one.tag == "svg" for one in element.ancestors)
    text = f"{element.name or ''} {element.text or ''}".casefold()
    return isinstance(change, Appeared) and drawn and not any(word in text for word in words)


def _only_amidst_cells(row: Element, changes: Sequence[Change], words: Sequence[str]) -> bool:
    """Whether cells of the row are known, and none of them begins with a text of the user, as that of a thing does
    which was made or changed."""
    text = readable(row.name or row.text or "").casefold()
    parts = [readable(one.element.text or "").casefold() for one in changes if not is_row_element(one.element)]
    cells = [part for part in parts if NAME_CHARS_MIN <= len(part) < len(text) and part in text]
    return bool(cells) and not any(cell.startswith(word) for cell in cells for word in words)


def row_of_own(finder: Finder, element: Element, texts: Iterable[str]) -> Found | None:
    """A row with a time or signs between its controls, or whose cells run together, by those of the `texts` that the
    user entered which stand in it. None for another element, and for a row that says nothing else."""
    if element.role != "row":
        return None
    said = readable(element.text or element.name or "")
    loose = is_volatile(said, finder.fixed) or _LOOSE_SIGN.search(said) or cells_run_together(element)
    root = finder.root(element) if loose else None
    own = [text for text in dict.fromkeys(texts) if len(text) >= NAME_CHARS_MIN and whole(text).search(said)]
    own = [text for text in own if not any(text != other and text in other for other in own)]
    if root is None or not own or said in own:
        return None
    expr: Expr = method(root, "get_by_role", "row")
    for text in own[:OWN_CELLS_MAX]:
        expr = method(expr, "filter", has_text=text)
    others = any(other not in said and all(text in other for text in own) for other in finder.shown)
    return Found(Attr(expr, "first") if others else expr, 0, said)


def without_found_rows(checks: Sequence[Check], own: Iterable[str]) -> list[Check]:
    """The checks without those of whole rows, where another one shows a part of the row with a text of the user's
    `own` in it: what else stands in a row that was looked up, others entered."""
    words = own_words(own)
    telling = [one.says for one in checks if one.kind != "row" and any(word in one.says.casefold() for word in words)]
    return [one for one in checks if one.kind != "row" or not any(text in one.says for text in telling)]


def made_sure(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes with short texts (`6`) looked for as a whole, and in their row where another cell of it is told from
    all other texts: that no other text held it was chance."""
    return tuple(
        change.model_copy(update={"element": _sure(change.element, changes)}) if _is_short(change) else change
        for change in changes
    )


def _is_short(change: Change) -> bool:
    text = readable(change.element.text or "")
    is_small = 0 < len(text) <= SHORT_CHARS or _NUMBER.fullmatch(text) is not None
    return isinstance(change, Appeared) and is_small


def _sure(element: Element, changes: Sequence[Change]) -> Element:
    text = readable(element.text or "")
    whole = tuple(map(_as_a_whole, element.candidates))
    told = next(_tellers(text, changes), None)
    if told is not None and not any(one.within and one.count == 1 for one in whole):
        row = Scope(locator=ByRole(role="row"), has_text=told, count=1)
        whole = (Candidate(locator=ByText(value=text, exact=True), within=(row,), count=1),)
    return element.model_copy(update={"candidates": whole})


def _as_a_whole(candidate: Candidate) -> Candidate:
    locator = candidate.locator
    if not isinstance(locator, ByText) or candidate.count != 1:
        return candidate
    return candidate.model_copy(update={"locator": locator.model_copy(update={"exact": True})})


def _tellers(text: str, changes: Sequence[Change]) -> Iterator[str]:
    """The texts of other cells that came with the one row in which this text stands once, each the only one of the
    page."""
    came = [change.element for change in changes if isinstance(change, Appeared)]
    rows = [readable(one.name or "") for one in came if is_row_element(one)]
    holding = [name for name in rows if name.split().count(text) == 1]
    if len(holding) != 1 or sum(name.split().count(text) for name in rows) != 1:
        return
    for one in came:
        own = readable(one.text or "")
        alone = any(isinstance(way.locator, ByText) and way.count == 1 and not way.within for way in one.candidates)
        if alone and not is_row_element(one) and NAME_CHARS_MIN <= len(own) < len(holding[0]) and own in holding[0]:
            yield own


def cells_run_together(element: Element) -> bool:
    """Whether it is a row whose text is not what one reads there: no space parts its cells (`Rowing B— 0`), or some of
    it is for screen readers alone."""
    name, text = readable(element.name or ""), readable(element.text or "")
    return is_row_element(element) and bool(name and text) and not element.text_cut and name != text


def is_row_element(element: Element) -> bool:
    """Whether the element is a row of a table."""
    return element.role == "row" or element.tag == "tr"
