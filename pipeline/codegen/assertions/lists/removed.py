"""That a thing which was deleted is no longer where the user found it."""

from collections.abc import Sequence
from typing import Final

from pipeline.activities.intents import goals_of
from pipeline.activities.phrases import Goal
from pipeline.codegen.addresses import address
from pipeline.codegen.assertions.check import CHANGES_MAX, Check, not_seen
from pipeline.codegen.assertions.salience import is_message as is_told
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, expect
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.expressions import Attr, Call, Expr, method
from pipeline.semantics.addresses import new_query_values, place
from pipeline.semantics.controls import asks_to_delete
from pipeline.semantics.derived import once_per_element, once_per_text
from pipeline.semantics.messages import is_message
from pipeline.semantics.object_names import is_row, ticked_before
from pipeline.semantics.text import is_link
from pipeline.semantics.urls import join
from schemas.elements import Element
from schemas.events import Appeared, Change, Gone
from schemas.stories import CheckStep, ClickStep, GotoStep, Step, Story

CELLS: Final = frozenset({"cell", "gridcell", "rowheader"})
ENTRIES: Final = frozenset({None, "link", "cell", "gridcell", "rowheader", "listitem", "treeitem", "option"})
"""What the name of a thing stands in, in a list."""
NAME_CHARS_MIN: Final = 3
"""A shorter text may stand anywhere."""
_ANY_PAGE: Final = "http://page.invalid/"
BACK_MIN: Final = 2
"""So many names that went and came again are those of a list."""
STEPS_BACK_MAX: Final = 20
"""In so many steps up to a deletion its thing is looked for among what was clicked and listed."""


def removed_check(finder: Finder, story: Story, index: int) -> Check | None:
    """The row, item or link of what the step of this place or one before it deleted, where the page that it led to is
    the one on which the user had found it: it is not there any more. None where the page may show it still."""
    step = story.steps[index]
    if step.after is None:
        return None
    if not any(map(asks_to_delete, story.steps[: index + 1])):
        return None  # without classifying the story once more, which costs more than all else here
    goals = goals_of(story.steps, story.network_requests)
    deletions = [goal for goal in goals if goal.kind == "delete" and goal.last <= index]
    if not deletions:
        return None
    goal = deletions[-1]
    if not (step.navigates or isinstance(step, GotoStep)):
        return _removed_within(finder, story, step, deletions) if goal.last == index else None
    asked = story.steps[goal.first]
    since = [change for one in story.steps[goal.last : index + 1] for change in one.changes]
    box = _ticked(story.steps, goal.first)
    if box is not None and _shows_again(box.page.url, step.after.url):
        for text, found in _rows(finder, box.target):
            if _is_gone(text, since):
                return Check(method(expect(found), "to_be_hidden"), 66, "removed", f"gone {text}")
    for click in reversed([one for one in story.steps[: goal.first + 1] if isinstance(one, ClickStep)]):
        if not _shows_again(click.page.url, step.after.url) and not _lost_one_cell(step):
            continue
        told = goal.phrases[0].rest
        ways = _rows(finder, click.target, told) if click is asked else _ways_to_thing(finder, click.target)
        for text, found in ways:
            is_it = click is asked or text.casefold() in told.casefold()
            if is_it and _is_gone(text, since):
                return Check(method(expect(found), "to_be_hidden"), 66, "removed", f"gone {text}")
    before = story.steps[max(0, goal.last - STEPS_BACK_MAX) : goal.last]
    return _missing(finder, before, step, since, goal.phrases[0].rest)


def _missing(finder: Finder, before: Sequence[Step], last: Step, since: Sequence[Change], told: str) -> Check | None:
    """The entry of the thing that is `told` of, where the `last` step led to a page that listed it `before`, or lists
    what has links as its own: now others of the entries came, and not it. (Before any of them is there, nothing of the
    list is.)"""
    if "'" not in told:
        return None  # no name is told
    there = last.after.url if last.after is not None else ""
    earlier = [one for one in before if one.after is not None and _shows_again(one.after.url, there)]
    listed = [entry for one in earlier for entry in _entries(one)]
    clicked = [one.target for one in before if isinstance(one, ClickStep) and is_link(one.target)]
    entries = [entry for entry in (*reversed(clicked), *listed) if f"'{_name(entry)}'" in told]
    gone = {text for text in set(map(_name, entries)) if _is_gone(text, since)}
    if not gone or len(now := _entries(last)) < BACK_MIN:
        return None  # what is left costs more
    known = set(map(_name, listed))
    for entry in (one for one in entries if _name(one) in gone):
        text = _name(entry)
        alike = [one for one in now if one.role == entry.role and (_name(one) in known or _leads_alike(one, entry))]
        if len(alike) < BACK_MIN or (entry.role is None and _is_said(text, since)):
            continue  # what is found by its text alone is found in a message, too
        if (best := _best(finder, entry)) is not None and (other := _best(finder, alike[0])) is not None:
            shown = method(expect(other), "to_be_visible")
            return Check(not_seen(best), 66, "removed", f"gone {text}", before=shown)
    return None


def _entries(step: Step) -> list[Element]:
    """The entries that a step brought."""
    came = (one.element for one in step.changes if isinstance(one, Appeared) and one.element.role in ENTRIES)
    return [one for one in came if len(_name(one)) >= NAME_CHARS_MIN]


@once_per_element
def _name(element: Element) -> str:
    return readable(element.text or element.name or "")


def _leads_alike(one: Element, other: Element) -> bool:
    """Whether two links lead to things of one kind: addresses that differ by an id alone."""
    if not one.href or not other.href or one.href == other.href:
        return False
    return _kind_of_page(one.href) == _kind_of_page(other.href)


@once_per_text
def _kind_of_page(href: str) -> str:
    found = address(join(_ANY_PAGE, href), frozenset())
    return found.pattern if found is not None else href


def _is_said(text: str, changes: Sequence[Change]) -> bool:
    """Whether anything that is there now says it."""
    there = (change.element for change in changes if not isinstance(change, Gone))
    return any(text.casefold() in (one.text or one.name or "").casefold() for one in there)


def _best(finder: Finder, element: Element) -> Expr | None:
    """The best way to what is found by what it says, and is the only one."""
    ways = [way for way in finder.all(element) if way.unique and way.says and way.score < PATH_SCORE]
    return min(ways, key=lambda way: way.score).expr if ways else None


def _ticked(steps: Sequence[Step], first: int) -> CheckStep | None:
    """The box of the one row that was ticked for what is deleted then."""
    box = steps[first - 1] if first and ticked_before(steps, first) == "it" else None
    return box if isinstance(box, CheckStep) and box.checked else None


def _removed_within(finder: Finder, story: Story, step: Step, deletions: Sequence[Goal]) -> Check | None:
    """The thing that is gone from a page that stayed, where the last of the `deletions` ends with this step."""
    told = deletions[-1].phrases[0].rest
    return _taken_out(finder, step, told) or _left_out(finder, story, step, deletions)


def _taken_out(finder: Finder, step: Step, told: str) -> Check | None:
    """The name of the thing, where the page took it out without being loaded anew."""
    for change in step.changes:
        text = readable(change.element.text or change.element.name or "") if isinstance(change, Gone) else ""
        if len(text) < NAME_CHARS_MIN or text.casefold() not in told.casefold() or not _is_gone(text, step.changes):
            continue
        if (best := _best(finder, change.element)) is not None:
            return Check(not_seen(best), 66, "removed", f"gone {text}")
    return None


def _left_out(finder: Finder, story: Story, step: Step, deletions: Sequence[Goal]) -> Check | None:
    """The row or card of the thing, where what asked for it took a list away and this step brought that back without
    it."""
    came = {readable(one.element.text or "") for one in step.changes if isinstance(one, Appeared)} - {""}
    for goal in reversed(deletions):
        asked = story.steps[goal.first]
        went = {readable(one.element.text or "") for one in asked.changes if isinstance(one, Gone)}
        if not isinstance(asked, ClickStep) or len(went & came) < BACK_MIN:
            continue
        for text, found in _rows(finder, asked.target, goal.phrases[0].rest):
            if text in went and _is_gone(text, step.changes) and (others := _whatever_text(found)) is not None:
                back = method(expect(others), "not_to_have_count", 0)
                return Check(method(expect(found), "to_be_hidden"), 66, "removed", f"gone {text}", before=back)
    return None


def _whatever_text(found: Expr) -> Expr | None:
    """The rows or cards of which one is found by its text. The one is hidden, too, while all of them are away."""
    match found:
        case Call(function=Attr(of=several, name="filter")):
            return several
        case _:
            return None


def _shows_again(before: str, after: str) -> bool:
    """Whether two addresses are those of one list: the parameters that it was shown by are there again."""
    return place(before) == place(after) and not new_query_values(after, before)


def _lost_one_cell(step: Step) -> bool:
    """Whether a page of the same place came that lacks one cell of those before, and no other: the same list, whatever
    its address says of it."""
    same = step.after is not None and place(step.page.url) == place(step.after.url)
    gone = {one.element.text for one in step.changes if isinstance(one, Gone) and one.element.role in CELLS}
    return same and len(gone) == 1


def _ways_to_thing(finder: Finder, target: Element) -> list[tuple[str, Expr]]:
    """The name of what was clicked, or of what stands in its row, with how it is found."""
    out = _rows(finder, target)
    link = finder.best(target) if is_link(target) else None
    if link is not None and link.unique and link.says and link.score < PATH_SCORE:
        out.append((link.says, link.expr))
    return out


def _rows(finder: Finder, target: Element, told: str = "") -> list[tuple[str, Expr]]:
    """What tells the row of an element from the others, with how the row is found; so is a card with the name that is
    `told` of it."""
    root = finder.root(target)
    around = [scope for candidate in target.candidates for scope in candidate.within]
    scopes = [scope for scope in around if is_row(scope) or (told and (scope.has_text or " ") in told)]
    found = [(scope.has_text, finder.scope(root, scope)) for scope in scopes] if root is not None else []
    return [(text, way.expr) for text, way in found if text and way is not None]


def _is_gone(text: str, changes: Sequence[Change]) -> bool:
    """Whether the new page says nothing of it but that it was deleted. Of a page with more on it than is recorded, only
    such a message tells."""
    came = [change.element for change in changes if not isinstance(change, Gone)]
    named = [one for one in came if text.casefold() in (one.text or one.name or "").casefold()]
    told = any(map(_is_answer, came)) or len(changes) < CHANGES_MAX
    return told and all(map(_is_answer, named))


def _is_answer(element: Element) -> bool:
    return is_message(element) or is_told(element.text or "")
