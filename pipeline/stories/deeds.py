"""From steps to deeds: what a story did, apart from how the user got there, from second thoughts and from data."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, assert_never

from pipeline.stories.likeness import (
    DATA,
    SIDE_FIELD,
    Data,
    data_of,
    group,
    identity,
    in_menu,
    is_item,
    is_search,
    shortcut,
)
from pipeline.stories.outcome import errors
from pipeline.stories.verbs import (
    CART,
    CHECK_OUT,
    CREATE,
    DELETE,
    EDIT,
    PAGING,
    SEARCH,
    SIGN_OUT,
    is_password,
    words_on,
)
from pipeline.stories.words import caption, is_button, is_text_field
from schemas.elements import Element
from schemas.events import Page, StateChanged
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    GotoStep,
    HoverStep,
    NetworkRequest,
    PressStep,
    ReloadStep,
    ScrollStep,
    SelectStep,
    Step,
    UploadStep,
)

CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SIGN_IN_FIELDS_MAX: Final = 3
"""Fields of a sign-in, the password among them; a form with more registers somebody."""
_CANCEL: Final = re.compile(r"^(cancel|close|dismiss|discard|never ?mind|no\b|[×✕✖x]$)", re.I)
_VIEWS: Final = frozenset({"link", "tab", "menuitem", "treeitem", "row", "cell", "gridcell", "listitem", "option"})

DeedKind = Literal["sign in", "search", "open form", "do", "leave filled in"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done.

    `place` is the pattern of the page it was done on, `fields` the identities of what was filled in for it, sorted,
    `what` the identity of the control, `outcome` what came of it: nothing to say, or the kind of refusal. `steps` are
    the numbers of the story's steps that it is made of, the control last.
    """

    kind: DeedKind
    place: str
    fields: tuple[str, ...]
    what: str
    outcome: str
    steps: tuple[int, ...]

    def like(self, other: "Deed") -> bool:
        """Whether it is the same attempt, be it with other fields or another outcome."""
        return self.kind == other.kind and (self.kind in ("sign in", "search") or self.what == other.what)


@dataclass(frozen=True, slots=True)
class Deeds:
    """All that a story did, and where it ended: pattern of the last page, and what was looked at there."""

    done: tuple[Deed, ...]
    end: tuple[str, ...]

    def shape(self) -> list[object]:
        """What makes stories one flow, ready to be hashed."""
        return [[[d.kind, d.place, list(d.fields), d.what, d.outcome] for d in self.done], list(self.end)]


@dataclass
class _Teller:
    """One pass over the steps; it lives only inside `deeds_of`."""

    steps: Sequence[Step]
    data: Data
    sent: dict[str, list[NetworkRequest]]
    done: list[Deed] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    at: str = ""
    view: str = ""
    """What was opened last without the address changing: a tab, an entry of a menu, a thing."""
    searched: bool = False

    def tell(self) -> None:
        for number, step in enumerate(self.steps):
            match step:
                case GotoStep() | ReloadStep() | BackStep():
                    self._move()
                case FillStep() | SelectStep() | CheckStep() | UploadStep():
                    self._field(number, step)
                case ClickStep():
                    self._click(number, step)
                case PressStep():
                    self._press(number, step)
                case DragStep():
                    self._do(number, step, f"drag onto {identity(step.onto, self.data)}")
                case HoverStep() | ScrollStep():
                    pass
                case _:
                    assert_never(step)
        if self.filled:
            self._settle_search()
        if self.filled:
            fields, numbers = self._taken()
            self._add(Deed("leave filled in", self.at, fields, "", "", numbers))

    # --- what kind of step it is ---

    def _move(self) -> None:
        """Another page: what was typed and never sent off doesn't count."""
        self._settle_search()
        self.filled.clear()
        self.view = ""

    def _field(self, number: int, step: FillStep | SelectStep | CheckStep | UploadStep) -> None:
        if not self.filled:
            self.at = self._place(step)
        name = group(step.target) if isinstance(step, CheckStep) else identity(step.target, self.data)
        if isinstance(step, FillStep) and not step.value.secret and not step.value.text and not step.before:
            self.filled.pop(name, None)
        else:
            self.filled[name] = number
        if isinstance(step, FillStep | SelectStep) and step.navigates:
            self._do(number, step, "")

    def _click(self, number: int, step: ClickStep) -> None:
        words = caption(step.target)
        if step.dialogs and not any(dialog.accepted for dialog in step.dialogs):
            return
        if is_text_field(step.target) or PAGING.match(words):
            return
        if step.target.role in ("checkbox", "radio", "switch"):
            self.at = self.at if self.filled else self._place(step)
            self.filled[group(step.target)] = number
        elif _CANCEL.match(words) and not self._writes(step):
            self._cancel()
        elif self._reveals(step):
            return
        elif self._looks(step, words):
            self._look(step)
        elif (kind := _opener(step, words)) and not self.filled:
            self._add(Deed("open form", "", (), kind, "", (number,)))
        else:
            self._do(number, step, "" if self._seeks(step) else identity(step.target, self.data))

    def _press(self, number: int, step: PressStep) -> None:
        if step.key == "Escape" and not step.modifiers:
            self._cancel()
        elif step.key == "Enter" and (self.filled or step.navigates or self._writes(step)):
            self._do(number, step, "enter")
        elif shortcut(step):
            self._do(number, step, f"press {shortcut(step)}")

    def _reveals(self, step: ClickStep) -> bool:
        """A menu or section that opens: only a way to what is in it."""
        opens = any(isinstance(change, StateChanged) and change.state == "expanded" for change in step.changes)
        return opens and not step.navigates and not self._writes(step)

    def _looks(self, step: ClickStep, words: str) -> bool:
        """Whether it only leads somewhere or shows something."""
        if any(verb.search(words) for verb in (SIGN_OUT, DELETE, CART, CHECK_OUT)) or step.download is not None:
            return False
        if step.target.role in _VIEWS or step.target.tag == "a":
            return True
        if is_button(step.target):
            return step.navigates and not self.filled and not self._writes(step)
        return not self._writes(step) and (step.navigates or is_item(step.target))

    def _look(self, step: ClickStep) -> None:
        self._settle_search()
        found = self.searched and not _in_chrome(step.target)
        self.filled.clear()
        self.view = "" if step.navigates else identity(step.target, self.data, found)
        if found and not step.navigates:
            self.view = f"found {DATA}"

    def _seeks(self, step: ClickStep) -> bool:
        """Whether the control sends a search off."""
        words = words_on(step.target)
        names = bool(SEARCH.search(words)) or "search" in words.lower() or not caption(step.target)
        return names and any(is_search(self.steps[number]) for number in self.filled.values())

    def _cancel(self) -> None:
        """What was begun is given up."""
        self.filled.clear()
        if self.view:
            self.view = ""
        elif self.done and self.done[-1].kind == "open form":
            self.done.pop()

    # --- deeds ---

    def _settle_search(self) -> None:
        """Something typed into a search box has been searched for, however it was sent off."""
        seeking = {name: number for name, number in self.filled.items() if is_search(self.steps[number])}
        if seeking:
            self._add(Deed("search", "", tuple(sorted(seeking)), "", "", tuple(sorted(seeking.values()))))
            self.searched = True
        for name in seeking:
            del self.filled[name]

    def _do(self, number: int, step: Step, what: str) -> None:
        place = self.at if self.filled else self._place(step)
        fields, numbers = self._taken()
        numbers = (*numbers, *(() if number in numbers else (number,)))
        used = [self.steps[at] for at in numbers]
        if any(is_password(one) for one in used) and len(fields) <= SIGN_IN_FIELDS_MAX:
            self._add(Deed("sign in", "", fields, "", self._refusal(step, signs_in=True), numbers))
        elif any(is_search(one) for one in used) and (what in ("", "enter")):
            self._add(Deed("search", "", fields, "", "", numbers))
            self.searched = True
        else:
            self._add(Deed("do", self._context(place, step, fields), fields, what, self._refusal(step), numbers))
        if step.navigates:
            self.view = ""

    def _context(self, place: str, step: Step, fields: Sequence[str]) -> str:
        """Where it was done; what stands in a menu can be done everywhere."""
        if not fields and isinstance(step, ClickStep) and in_menu(step.target):
            return ""
        led_to = _led_to(step, self.data) if step.navigates else place
        if fields and led_to not in ("", place) and self.done and self.done[-1].kind == "open form":
            return f"to {led_to}"  # a form that opens over many pages is told by where it leads
        return f"{place} {self.view}" if self.view and DATA not in self.view else place

    def _taken(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The fields filled in so far, sorted, side fields left out, and their steps; they are used up by this."""
        names = _telling(self.filled)
        numbers = tuple(sorted(self.filled.values()))
        self.filled.clear()
        return names, numbers

    def _add(self, deed: Deed) -> None:
        """Adds a deed; one that tries again what the page refused, or only repeats it, replaces the earlier one."""
        last = self.done[-1] if self.done else None
        if last is not None and last.like(deed):
            again = last.outcome or deed.kind in ("sign in", "search", "open form") or not deed.fields
            if again:
                if deed.kind == "search":
                    self.done[-1] = deed
                    return
                fields = _telling({*last.fields, *deed.fields})
                kept = last.outcome if deed.outcome and not deed.fields else deed.outcome
                self.done[-1] = replace(deed, place=last.place, fields=fields, outcome=kept)
                return
        self.done.append(deed)

    def _refusal(self, step: Step, signs_in: bool = False) -> str:
        """What the page said against it, in its own words apart from data; nothing where it was taken."""
        told = errors(step.changes)
        if told:
            return "refused" if signs_in else f"refused: {self.data.without(told[0])[:80]}"
        if step.navigates:
            return ""  # what fails beside a new page (a ping, a lock let go) is not the answer
        bad = [r.status for r in self.sent.get(step.event_id, ()) if r.method in CHANGING and (r.status or 0) >= 400]
        return "refused" if bad else ""

    def _writes(self, step: Step) -> bool:
        return any(request.method in CHANGING for request in self.sent.get(step.event_id, ()))

    def _place(self, step: Step) -> str:
        return self.data.place(step.page.url)


def _telling(fields: Iterable[str]) -> tuple[str, ...]:
    """The fields sorted, without side fields where there are others."""
    names = sorted(fields)
    return tuple([name for name in names if not SIDE_FIELD.search(name)] or names)


def _opener(step: ClickStep, words: str) -> str:
    """Whether the control opens a form, and for what."""
    if step.target.type == "submit" or step.navigates:
        return ""
    return "create" if CREATE.match(words) else "edit" if EDIT.match(words) else ""


def _in_chrome(target: Element) -> bool:
    return any(a.role in ("navigation", "banner", "menu", "menubar", "tablist") for a in target.ancestors)


def deeds_of(steps: Sequence[Step], requests: Sequence[NetworkRequest], final_page: Page) -> Deeds:
    """What these steps did. Pure; any steps give some deeds, never an exception."""
    data = data_of(steps)
    sent: dict[str, list[NetworkRequest]] = {}
    for request in requests:
        if request.cause is not None:
            sent.setdefault(request.cause, []).append(request)
    teller = _Teller(steps, data, sent)
    teller.tell()
    done = tuple(teller.done)
    last = done[-1] if done else None
    place = data.place(final_page.url)
    if last is not None and last.kind == "sign in" and _led_to(steps[last.steps[-1]], data) in ("", place):
        # Where a sign-in leads depends on where the user was stopped.
        return Deeds(done, ())
    return Deeds(done, tuple(part for part in (place, teller.view) if part))


def _led_to(step: Step, data: Data) -> str:
    return data.place(step.after.url) if step.after is not None else ""
