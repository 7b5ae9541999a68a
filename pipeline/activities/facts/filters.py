"""Which steps change no more than what of a list is shown, or in which order."""

import re
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import parse_qsl

from pipeline.semantics.addresses import place, query
from pipeline.semantics.elements import in_menu
from pipeline.semantics.generated import is_id
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.text import caption, is_button, is_link
from pipeline.semantics.verbs import SORTING, SORTS, words_on
from schemas.events import CountChanged
from schemas.stories import CheckStep, ClickStep, FillStep, SelectStep, Step

Narrowing = ClickStep | SelectStep | CheckStep
_SORTING: Final = re.compile(r"sort|order|direction|asc|desc", re.I)
_FILTERING: Final = re.compile(r"filter|search|hide|status|states?\b|categor|tag|label|types?\b|facet|group", re.I)
"""Words in the keys of a query that say how a list is shown, and what of it."""
_SHOWING: Final = WORDS["showing"]
"""How buttons begin that say which things of a list are shown."""
_OF_ROWS: Final = frozenset({"cell", "gridcell", "rowheader"})
ASKED_MAX: Final = 2
"""Of how many keys one choice changes the value: by what, and which way. An app that opens a page writes all it has."""


def narrowed(step: Narrowing) -> Literal["sort", "filter"] | None:
    """How it changes only what of a list the page shows, or in which order, by the page's address."""
    asked = _newly_asked(step)
    if not asked:
        return "filter" if _says_what_is_shown(step) else None
    around = (_is_head(one.role, one.tag) for one in step.target.ancestors)
    head = _is_head(step.target.role, step.target.tag) or any(around)
    if len(asked) > ASKED_MAX and not head:
        return None
    if is_link(step.target) and in_menu(step.target) and not all(map(_says_how, asked)):
        return None  # a page of the app, in the order that it has by itself
    if head or any(map(_SORTING.match, asked)):
        return "sort"
    return "filter" if _says_what_is_shown(step) or any(map(_says_which, asked)) else None


def _says_what_is_shown(step: Narrowing) -> bool:
    """Whether it is a button that says which things of a list are shown, and others are."""
    return is_button(step.target) and bool(_SHOWING.match(caption(step.target))) and shows_others(step)


def _is_head(role: str | None, tag: str | None) -> bool:
    """Whether it is the head of a column; the first cell of a row may be marked as its head."""
    return role == "columnheader" or (tag == "th" and role not in _OF_ROWS)


def _says_how(key: str) -> bool:
    """Whether a key of a query says how a list is shown, or what of it."""
    return bool(_SORTING.match(key)) or _says_which(key)


def _says_which(key: str) -> bool:
    """Whether a key of a query says what of a list is shown."""
    return any(map(_FILTERING.match, re.split(r"[-_.]", key)))


def shows_others(step: Step) -> bool:
    """Whether a list has another length afterwards, or the address asks for something else."""
    asks = step.after is not None and query(step.after.url) != query(step.page.url)
    return asks or any(isinstance(change, CountChanged) and not change.texts for change in step.changes)


def narrows(step: Step) -> bool:
    """Whether what was entered only changes which things of a list are shown, or their order."""
    if not isinstance(step, FillStep | SelectStep | CheckStep):
        return False
    return bool(SORTING.search(words_on(step.target))) or shows_others(step)


def narrowed_by_entries(used: Sequence[Step]) -> Literal["sort", "filter"] | None:
    """How steps that filled in fields changed only what of a list the page shows; None where one of them did not."""
    entries = [step for step in used if isinstance(step, FillStep | SelectStep | CheckStep) and narrows(step)]
    if not used or len(entries) < len(used):
        return None
    return "sort" if all(SORTS.search(words_on(step.target)) for step in entries) else "filter"


def _newly_asked(step: Narrowing) -> list[str]:
    """The keys of the query that are new, or have another value, on the same page; none where they name a thing."""
    if step.after is None or place(step.after.url) != place(step.page.url):
        return []
    before = set(parse_qsl(query(step.page.url)))
    asked = [(key, value) for key, value in parse_qsl(query(step.after.url)) if (key, value) not in before]
    opens = any(is_id(value) and not value.isdigit() and not _says_which(key) for key, value in asked)
    return [] if opens else [key for key, _ in asked]
