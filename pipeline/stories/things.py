"""What things are called: the one that a control stands beside, the one that was opened, the one that was deleted."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.stories.addresses import singular, slug
from pipeline.stories.likeness import in_menu
from pipeline.stories.outcome import done, headings, quotes
from pipeline.stories.verbs import CART, CREATE, DELETE, EDIT, SETTINGS, SIGN_IN, is_commit, named_in_path, says
from pipeline.stories.words import caption, clean, is_link, quoted, short
from schemas.elements import ByRole, Element, Scope
from schemas.stories import CheckStep, ClickStep, GotoStep, Step

ROW_ROLES: Final = frozenset({"row", "listitem", "article"})
ROW_CHARS_MAX: Final = 60
"""A longer name of a row is that of all its cells: no name for a thing."""


def object_phrase(noun: str, name: str, article: str = "") -> str:
    if noun and name:
        return f"the {noun} {quoted(name)}"
    if noun:
        return f"{article} {noun}" if article else one_of(noun)
    return quoted(name) if name else "an item"


def one_of(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' or re.match('u(?!s|ni)', noun) else 'a'} {noun}"


def deleted_object(steps: Sequence[Step], first: int, last: int) -> str:
    """The name of what was deleted, with its noun where the page says it; nothing when the page never said it."""
    own = steps[first : last + 1]
    success = done(own)
    if success and success.verb == "delete" and success.object:
        return object_phrase(success.noun if len(success.noun.split()) <= 2 else "", success.object)
    for step in own:
        for dialog in step.dialogs:
            if found := quotes(dialog.message):
                return quoted(found[0])
    for asked in (heading for step in own for heading in headings(step.changes)):
        if found := quotes(asked):
            return quoted(found[0])
    step = steps[first]
    if isinstance(step, ClickStep):
        if row := row_of(step.target):
            return quoted(row)
        if found := quotes(caption(step.target)):
            return quoted(found[0])
    name = opened_before(steps, first)
    if name and " " not in name and named_in_path(steps[first].page.url, name.lower()):
        return one_of(singular(name.lower()))  # the heading of the list, not the name of a thing in it
    return quoted(name) if name else ""


def acted_on(steps: Sequence[Step], index: int) -> str:
    """The name of what a control does something to: its row's, else what was opened before; nothing where that is a
    list."""
    step = steps[index]
    if isinstance(step, ClickStep) and (row := row_of(step.target)):
        return quoted(row)
    name = opened_before(steps, index)
    listed_there = named_in_path(step.page.url, name.rpartition(" ")[2].lower())
    own_page = slug(name) in slug(step.page.url)
    return quoted(name) if " " in name and (own_page or not listed_there) else ""


def ticked_before(steps: Sequence[Step], index: int) -> str:
    """`it` or `them`, where boxes in rows were ticked right before for what is done now; nothing where none was."""
    count = 0
    for step in reversed(steps[:index]):
        target = step.target if isinstance(step, CheckStep | ClickStep) else None
        if target is None or target.role != "checkbox" or not any(one.role in ROW_ROLES for one in target.ancestors):
            break
        count += 1
    return "" if not count else "it" if count == 1 else "them"


def row_of(target: Element) -> str:
    """What tells the row that holds the element from the other rows; its whole name where that is short."""
    for candidate in target.candidates:
        for scope in candidate.within:
            if scope.has_text and is_row(scope):
                return scope.has_text
    names = (ancestor.name for ancestor in target.ancestors if ancestor.role in ROW_ROLES and ancestor.name)
    row = clean(next(names, "").removesuffix(caption(target)))
    return row if len(row) <= ROW_CHARS_MAX else ""


def is_row(scope: Scope) -> bool:
    """Whether it says in which of many rows, by what is written in it."""
    return bool(scope.has_text) and isinstance(scope.locator, ByRole) and scope.locator.role in ROW_ROLES


def opened_name(step: ClickStep) -> str:
    """What a click opened: its caption; of a cell in a table, which may say anything of its row, the new heading."""
    new = headings(step.changes) if step.target.role in ("cell", "gridcell") or step.target.tag == "td" else []
    return new[0] if new else caption(step.target)


def opened_before(steps: Sequence[Step], index: int) -> str:
    """What the user opened last before step `index`: the link's name, else the page's heading."""
    for step in reversed(steps[:index]):
        if isinstance(step, ClickStep) and not is_commit(step):
            name = opened_name(step)
            opens = (is_link(step.target) or step.navigates) and not in_menu(step.target)
            verbs = (CART, CREATE, EDIT, DELETE, SETTINGS, SIGN_IN)
            if opens and name and not any(says(step, verb) for verb in verbs):
                return name
        if found := headings(step.changes):
            return found[0]
        if isinstance(step, GotoStep) and step.after is not None and step.after.title:
            return short(step.after.title)
    return ""
