"""What a journey uses and did not make: it must be there before the test runs."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from pipeline.semantics.addresses import place, thing_in
from pipeline.semantics.controls import prompt_answers
from pipeline.semantics.elements import in_menu
from pipeline.semantics.messages import headings, quotes
from pipeline.semantics.object_names import came_with, is_row
from pipeline.semantics.path_segments import ROUTE
from pipeline.semantics.text import caption, clean, is_button, is_link, short
from pipeline.semantics.urls import join
from pipeline.semantics.verbs import CANCEL, CART, CHECK_OUT, CONFIRM, CREATE, DELETE, EDIT, SETTINGS, SIGN_IN, says
from schemas import limits
from schemas.elements import Element
from schemas.events import Gone
from schemas.generated_tests import Need
from schemas.stories import CheckStep, ClickStep, FillStep, SelectStep, Step, Story

NAME_CHARS_MIN: Final = 2
NAME_CHARS_MAX: Final = 40
"""A longer caption is that of a card, with more in it than a name."""
DOING: Final = (CANCEL, CART, CREATE, EDIT, DELETE, SETTINGS, SIGN_IN, CHECK_OUT)
"""Links that are called by what they do, not by a thing."""
_WORD: Final = re.compile(r"\w+")
USED_IN_ROWS: Final = frozenset({"button", "link", "checkbox", "menuitem"})


def needs_of(story: Story) -> tuple[Need, ...]:
    """The things by name, each with what such things are called where the address says it; in the order of use."""
    made: list[str] = []
    found: dict[str, Need] = {}
    shown, named = _short_texts(story), _changed(story)
    for before, step in zip((None, *story.steps), story.steps, strict=False):
        made += _entered(step)
        for name, kind in () if _sends_off(before, step) else _used(step, named):
            told = short(_name_alone(clean(name), shown))
            if _is_of_controls(before, step, told):
                continue
            own = any(text and (text in told.casefold() or told.casefold() in text) for text in made)
            if len(told) >= NAME_CHARS_MIN and not own:
                found.setdefault(told.casefold(), Need(name=told, kind=kind))
    return tuple(found.values())[: limits.NEEDS_MAX]


def _changed(story: Story) -> frozenset[str]:
    """What the story changed or deleted, by its title."""
    return frozenset(quotes(story.title)) if {"edit", "delete"} & set(story.tags) else frozenset()


def _is_of_controls(before: Step | None, step: Step, told: str) -> bool:
    """Whether a row says nothing but what its controls say: what the step before brought to ask whether one is sure,
    with nothing but the answers, and what was pressed then in the place where the question stands now."""
    if not isinstance(step, ClickStep) or not isinstance(before, ClickStep) or not came_with(before, step.target):
        return False
    if caption(before.target) == told:
        return is_button(before.target) and says(step, CONFIRM) and not says(step, DELETE)
    _, asks, answers = told.rpartition("?")
    words = _WORD.findall(answers)
    return bool(asks and words) and all(CONFIRM.match(word) or CANCEL.match(word) for word in words)


def _sends_off(before: Step | None, step: Step) -> bool:
    """Whether a button sent off what was entered right before: the row in which an old page lays it out is no thing."""
    entered = isinstance(before, FillStep | SelectStep)
    return entered and isinstance(step, ClickStep) and step.target.type == "submit"


def _short_texts(story: Story) -> frozenset[str]:
    """The texts that stand by themselves in the story's pages and may be names."""
    came = (change.element for step in story.steps for change in step.changes if not isinstance(change, Gone))
    return frozenset(clean(one.text) for one in came if one.text and len(one.text) <= NAME_CHARS_MAX)


def _name_alone(text: str, shown: frozenset[str]) -> str:
    """The name that begins the whole text of a card: as it stands alone on another page, or up to the first number."""
    if len(text) <= NAME_CHARS_MAX:
        return text
    named = max((one for one in shown if text.startswith(f"{one} ")), key=len, default="")
    words = list(takewhile(lambda word: any(map(str.isalpha, word)), text.split()))
    return named or " ".join(words) or text


def makes_of(story: Story) -> tuple[str, ...]:
    """What things are called that the journey makes, by the addresses where it entered them and where it ended."""
    if "create" not in story.tags:
        return ()
    entered = [step.page.url for step in story.steps if isinstance(step, FillStep)]
    return tuple(dict.fromkeys(filter(None, map(thing_in, (*entered[-1:], story.final_state.url)))))


def _entered(step: Step) -> list[str]:
    if isinstance(step, FillStep):
        return [line.strip().casefold() for line in step.value.text.splitlines() if line.strip()]
    if isinstance(step, SelectStep):
        return [option.label.strip().casefold() for option in step.options]
    return [text.casefold() for text in prompt_answers(step)]


def _used(step: Step, named: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The row in which the step did something by a button, a box or a link, and the thing whose page a link opened, or
    that it showed in the page at hand: by its address, or as it is `named` as what the story changed."""
    if not isinstance(step, ClickStep | CheckStep) or in_menu(step.target):
        return
    target, kind = step.target, thing_in(step.page.url)
    if target.role in USED_IN_ROWS and kind:
        yield from ((row, kind) for row in _rows(target)[:1])
    leads = isinstance(step, ClickStep) and is_link(target) and step.navigates
    if leads and step.after is not None and not any(says(step, verb) for verb in DOING):
        name, opened = caption(target), thing_in(step.after.url)
        elsewhere = place(step.after.url) != place(step.page.url)
        if (opened or name in named) and elsewhere and not ROUTE.fullmatch(name.casefold()):
            yield name, opened
    if isinstance(step, ClickStep) and not step.navigates and (shown := _shown_here(step, named)):
        yield shown


def _shown_here(step: ClickStep, named: frozenset[str]) -> tuple[str, str] | None:
    """The thing to whose page a link leads, where a script showed it here, under a heading of the same words."""
    name, address = caption(step.target), step.target.href
    if not is_link(step.target) or name not in headings(step.changes):
        return None
    kind = thing_in(join(step.page.url, address)) if address else ""
    return (name, kind) if kind or name in named else None


def _rows(target: Element) -> list[str]:
    """What tells the row of the element from the others, where it is needed to find it."""
    own = caption(target)
    scopes = (scope for candidate in target.candidates for scope in candidate.within if is_row(scope))
    texts = [(scope.has_text, clean(scope.has_text)) for scope in scopes if scope.has_text]
    return [told for told, text in texts if text.casefold() not in own.casefold() and not _is_captioned(text, own)]


def _is_captioned(text: str, own: str) -> bool:
    """Whether a cell says only what its link is called, behind its column's caption, which is there for small screens
    and which nobody sees on others: `WorkoutRainy commute`."""
    ahead = text.removesuffix(own)
    return ahead != text and ahead[-1:].islower() and own[:1].isupper()
