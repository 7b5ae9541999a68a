"""A step of the story as statements in Playwright's idiom."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from pipeline.codegen import addresses, uploads
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.codegen.expected_requests import ExpectedRequest, explained
from pipeline.codegen.gestures import answered, checked, chosen, click, drag, goes_with_it, press, scroll, settled
from pipeline.codegen.locators.finder import Finder, expect
from pipeline.codegen.locators.selectors import ROLES
from pipeline.codegen.pace import HELD_MS
from pipeline.codegen.python.expressions import (
    Attr,
    Expr,
    Listing,
    Literal,
    Name,
    flat,
    function,
    method,
)
from pipeline.codegen.python.names import stem_of, variable_name
from pipeline.codegen.python.program import FILL_CREDENTIAL, Assign, Program, Remark, Run, Statement, With
from pipeline.codegen.typing import blur_after, reacts_to_typing, takes_keys, typed_by_keys
from pipeline.codegen.values.asked_fields import MASKED_NOTE, UNASKED_NOTE, asked_field, field_for_shown
from pipeline.codegen.values.credentials import Credentials, is_secret
from pipeline.codegen.values.own_texts import OwnTexts
from pipeline.codegen.values.readings import Reading, before_secret, between
from pipeline.semantics import urls
from pipeline.semantics.text import BOX_ROLES
from schemas.elements import Element
from schemas.events import ShownIn
from schemas.generated_tests import Need
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    GotoStep,
    HoverStep,
    PressStep,
    ReloadStep,
    ScrollStep,
    SelectStep,
    Step,
    UploadStep,
)

PICKED_INPUTS: Final = frozenset({"date", "datetime-local", "month", "week", "time", "color", "range"})
"""Types of fields whose values are no text; a type that browsers don't know is a text's."""
MASKED_TEXTS: Final = {
    "email": "person@example.com",
    "number": "1",
    "tel": "5550100",
    "url": "https://example.com/",
    "date": "2030-01-02",
}


@dataclass
class Writer:
    """Writes the steps of one story into a program. `home` is the origin that `base_url` stands for."""

    program: Program
    credentials: Credentials
    home: str
    fixed: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    ticking: frozenset[str] = frozenset()
    pieces: frozenset[str] = frozenset()
    """Texts that stand by themselves somewhere in the story."""
    emptied: bool = False
    """Whether a field was left with nothing somewhere in the story."""
    after_removed: frozenset[str] = frozenset()
    """The ids of the steps that type right after a field which the page removed."""
    by_buttons: dict[str, Expr] = field(default_factory=dict)
    """What a field must hold at the steps with a text that a button wrote, by their ids."""
    at_rest: frozenset[str] = frozenset()
    """The ids of the steps that wait until their editor is at rest."""
    leaving: frozenset[str] = frozenset()
    """The ids of the choices in a list that take the focus from where one was typing."""
    outer: dict[str, Element] = field(default_factory=dict)
    """The entries that the pointer comes over first, by the event of the click that needs it."""
    held: frozenset[str] = frozenset()
    """The ids of the clicks that hold the button down as a hand does."""
    buttons: frozenset[str] = frozenset()
    """What the buttons and links of the story's pages are called."""
    own_counts: frozenset[tuple[str, str]] = frozenset()
    """The numbers of items that are the story's own doing, each by its step's event id and its list."""
    standing: frozenset[tuple[str, str]] = frozenset()
    """The texts that only seemed to go, each by its step's event id."""
    texts: OwnTexts = field(default_factory=OwnTexts)
    needs: tuple[Need, ...] = ()
    """The things that the story used and had not made."""
    pages: dict[str, Expr] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    not_repeated: list[str] = field(default_factory=list)
    """What the test does otherwise than the user did, or not at all: said in its docstring too."""
    waited: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    """Locators, as code, that the test has used or asserted in the document at hand."""
    told: set[str] = field(default_factory=set)
    """Assertions, as code, that the test has made in the document at hand."""
    proven: set[str] = field(default_factory=set)
    """Values that were entered, and that an assertion has found in the page since."""
    remarked: set[str] = field(default_factory=set)
    """Locators by a place among several, as code, of which the test has said so."""
    variables: dict[str, Expr] = field(default_factory=dict)
    varying: frozenset[str] = frozenset()
    """Values that are another in each row of the test."""
    fixed_checks: frozenset[Hashable] = frozenset()
    """Assertions that hold as they are in each row."""
    readings: tuple[Reading, ...] = ()
    """What is read from the pages, to be typed later."""
    read: dict[str, Expr] = field(default_factory=dict)
    """The variables that hold it, by the recorded value."""
    offered: dict[str, list[Expr]] = field(default_factory=dict)
    """All assertions that could be made after a step, by its event's id."""
    asserted: list[tuple[str, Expr]] = field(default_factory=list)
    """Those that were made, each with the step's event id."""
    requested: tuple[ExpectedRequest, ...] = ()
    """The requests that the next action must cause, the one that is asserted first."""
    amendments: Amendments = NONE
    last: bool = False
    """Whether the story's last step is being written."""

    @property
    def main(self) -> Expr:
        """The page that the program begins with."""
        return Name(self.program.page)

    def page_of(self, step: Step) -> Expr:
        """The page variable of the step's tab; a tab that nobody opened gets a page of its own."""
        if step.tab_id not in self.pages:
            if not self.pages:
                self.pages[step.tab_id] = self.main
            else:
                name = self._fresh("tab")
                self.program.act(Assign(name, method(Attr(self.main, "context"), "new_page")))
                self.pages[step.tab_id] = Name(name)
        return self.pages[step.tab_id]

    @property
    def used(self) -> frozenset[str]:
        """The names of the things that the story used and had not made."""
        return frozenset(need.name for need in self.needs)

    @property
    def entered(self) -> tuple[str, ...]:
        """What the story has entered until the step at hand, by which a page tells of it."""
        return self.texts.until(self.program.step, self.fixed)

    @property
    def own(self) -> tuple[str, ...]:
        """What the story has entered until then, and the names of the things that it used: what with these in it is
        about the user's own."""
        return (*self.entered, *self.used)

    def finder(self, step: Step) -> Finder:
        avoided = frozenset(locator for place, locator in self.amendments.avoided if place == self.program.step)
        return Finder(self.page_of(step), self.fixed, self.hidden, avoided, self.pieces)

    def write(self, step: Step) -> bool:
        """Adds the step's action; False (and a note) where it can't be rebuilt."""
        page, finder = self.page_of(step), self.finder(step)
        for answer in step.dialogs[:1]:
            self.program.act(answered(page, answer))
        actions = self._actions(step, page, finder)
        if actions is None:
            self._admit("A step was left out: the recording doesn't tell how to find its element.")
            return False
        waits = settled(step, finder, actions[0]) if step.event_id in self.at_rest else []
        outer = finder.best(self.outer[step.event_id]) if step.event_id in self.outer else None
        waits = [*([] if outer is None else [Run(method(outer.expr, "hover"))]), *waits]
        *before, last = [*waits, *actions]
        self._remark(step, finder, actions)
        self.program.act(*before)
        self._wrapped(step, page, (last, *blur_after(step, last, self.requested)))
        return True

    def _remark(self, step: Step, finder: Finder, actions: Sequence[Statement]) -> None:
        """Says which of several an action is on, where nothing but its place tells."""
        target = getattr(step, "target", None)
        if not isinstance(target, Element):
            return
        found = finder.best(target)
        if found is None or not found.place:
            return
        code = flat(found.expr)
        if code not in self.remarked and any(code in flat(one.expr) for one in actions if isinstance(one, Run)):
            self.remarked.add(code)
            role = target.role if target.role in ROLES else "element"
            self.program.act(Remark(f"The {role} is the {found.place}: only its place tells it from the others."))

    def _admit(self, note: str) -> None:
        """Says what is not done as the user did it. The words are ours, never the page's."""
        self.notes.append(note)
        self.not_repeated.append(note)

    def _wrapped(self, step: Step, page: Expr, actions: tuple[Statement, ...]) -> None:
        """The actions within what must happen because of them: a new tab, a download, a request."""
        after: list[Statement] = []
        for requested in self.requested:
            name = self._fresh("response_info") if requested.status else ""
            actions = (With(method(page, "expect_response", requested.matcher()), name, actions),)
        if step.download is not None:
            name = self._fresh("download_info")
            actions = (With(method(page, "expect_download"), name, actions),)
        if step.opens_tab is not None:
            name, popup = self._fresh("popup_info"), self._fresh("popup")
            actions = (With(method(page, "expect_popup"), name, actions),)
            after.append(Assign(popup, Attr(Name(name), "value")))
            self.pages[step.opens_tab] = Name(popup)
        self.program.act(*explained(self.requested), *actions, *after)

    def last_variable(self, stem: str) -> Expr:
        """The newest variable with this stem."""
        return self.variables[stem]

    def _fresh(self, stem: str) -> str:
        name = variable_name(stem, 1 + sum(stem_of(known) == stem for known in self.variables))
        self.variables[name] = Name(name)
        self.variables[stem] = Name(name)
        return name

    def _actions(self, step: Step, page: Expr, finder: Finder) -> list[Statement] | None:
        match step:
            case GotoStep():
                return [Run(method(page, "goto", self.place(step.url)))]
            case ReloadStep():
                return [Run(method(page, "reload"))]
            case BackStep(delta=delta):
                return [Run(method(page, "go_back" if delta < 0 else "go_forward"))]
            case ScrollStep():
                return scroll(step, page, finder)
            case PressStep():
                return press(step, page, finder)
            case DragStep():
                if step.target.tag in ("canvas", "svg"):
                    self._admit("What was drawn is repeated as one straight line.")
                return drag(step, finder)
            case CheckStep():
                return self._check(step, finder)
            case ClickStep() | FillStep() | SelectStep() | UploadStep() | HoverStep():
                found = finder.best(step.target)
                if found is None:
                    return None
                self.met.add(flat(found.expr))
                return self._on(step, found.expr, page)
            case _:
                assert_never(step)

    def place(self, url: str) -> str:
        """What `goto` gets: a path for the story's own site, so that `base_url` applies, else the whole address."""
        origin = urls.origin(url)
        return addresses.relative(url) if origin in ("", self.home) else origin + addresses.relative(url)

    def _check(self, step: CheckStep, finder: Finder) -> list[Statement] | None:
        """A box behind its drawing is ticked by its label, as people do it; without one, by the Space key."""
        label = finder.by_text(step.target) if step.target.covered else None
        found = label or finder.best(step.target)
        if found is None:
            return None
        self.met.add(flat(found.expr))
        if goes_with_it(step):
            # `check` would look for what has gone by then.
            return [Run(method(found.expr, "click"))]
        if step.target.covered and label is None:
            return [Run(method(found.expr, "press", "Space"))]
        return [Run(checked(step, found.expr))]

    def _on(
        self, step: ClickStep | FillStep | SelectStep | UploadStep | HoverStep, on: Expr, page: Expr
    ) -> list[Statement]:
        match step:
            case ClickStep() if step.by_key:
                return [Run(method(on, "press", "Space"))]
            case ClickStep() if step.target.covered and step.target.role in BOX_ROLES:
                label = self.finder(step).by_text(step.target)
                return [Run(method(on, "press", "Space") if label is None else method(label.expr, "click"))]
            case ClickStep():
                # A button with no box of its own is pressed by what holds it, where its sign is drawn.
                pressed = on if step.target.visible else method(on, "locator", "..")
                return [Run(click(step, pressed, HELD_MS if step.event_id in self.held else 0))]
            case FillStep() if step.event_id in self.by_buttons and not {step.before, step.value.text} & self.varying:
                held = self.by_buttons[step.event_id]
                written = Run(method(expect(on), "to_have_value", held))
                return [written] if isinstance(held, Literal) else [written, *self._fill(step, on, page)]
            case FillStep():
                return self._fill(step, on, page)
            case SelectStep():
                # A choice by a script leaves the focus where it is.
                focus = [Run(method(on, "focus"))] if step.event_id in self.leaving else []
                return [*focus, Run(chosen(step, on))]
            case UploadStep(files=files, chooser=chooser):
                named = [uploads.in_memory(name) for name in files[:10]]
                what = named[0] if len(named) == 1 else Listing(tuple(named))
                return self._choose(step, on, what) if chooser else [Run(method(on, "set_input_files", what))]
            case HoverStep():
                return [Run(method(on, "hover"))]
            case _:
                assert_never(step)

    def _choose(self, step: UploadStep, on: Expr, files: Expr) -> list[Statement]:
        """Files for an input that is in no document: the chooser that opens by the click takes them."""
        name = self._fresh("file_chooser_info")
        opening = With(method(self.page_of(step), "expect_file_chooser"), name, (Run(method(on, "click")),))
        return [opening, Run(method(Attr(Name(name), "value"), "set_files", files))]

    def _fill(self, step: FillStep, on: Expr, page: Expr) -> list[Statement]:
        target, value = step.target, step.value
        if value.shown_in is not None:
            if copying := self._shown(step, value.shown_in, on):
                return copying
            if value.secret is None:
                self._admit("A value was copied from the page; the test types the recorded one.")
        if is_secret(step):
            where, what = self._secret(step, on)
            by_keys = isinstance(what, Literal) and reacts_to_typing(step, self.ticking)
            return [Run(method(where, "press_sequentially", what)) if by_keys else self._typed(where, what)]
        waits = self._awaited(step, on)
        if value.text in self.read:
            return [*waits, Run(method(on, "fill", self.read[value.text]))]
        name, what = self.credentials.names.get(value.text), Literal(value.text)
        if not isinstance(name, Literal | None) and (asked := asked_field(name, on, target)) is not None:
            return [*waits, self._typed(asked, name)]
        reacts = reacts_to_typing(step, self.ticking) or step.event_id in self.after_removed
        if value.text not in self.varying and (step.by_keys or (reacts and step.before)):
            keys = typed_by_keys(step, page, on)
            if keys is not None:
                return [*waits, *keys]
            if step.by_keys:
                self._admit("Not all keys pressed in a field are known: the test fills in the text as a whole.")
        rich = takes_keys(target)
        appended = bool(step.before) and value.text.startswith(step.before) and len(value.text) > len(step.before)
        if rich and appended:
            to_end = (Run(method(on, "click")), Run(method(on, "press", "ControlOrMeta+End")))
            return [*waits, *to_end, Run(method(on, "press_sequentially", value.text[len(step.before) :]))]
        if reacts and target.type not in PICKED_INPUTS and len(value.text) <= 80:
            cleared = [Run(method(on, "fill", ""))] if step.before else []
            return [*waits, *cleared, Run(method(on, "press_sequentially", what))]
        return [*waits, Run(method(on, "fill", what))]

    def _typed(self, on: Expr, what: Expr) -> Statement:
        """Fills in a text as it is, and what comes from the environment only where it belongs."""
        return Run(method(on, "fill", what) if isinstance(what, Literal) else function(FILL_CREDENTIAL, on, what))

    def _awaited(self, step: FillStep, on: Expr) -> list[Statement]:
        """A field that the page fills by itself must be filled before it is overwritten; one out of sight that takes
        the keys of an editor holds what the editor puts there while it is used."""
        key = flat(on)
        if key in self.waited or not step.before or takes_keys(step.target):
            self.waited.add(key)
            return []
        self.waited.add(key)
        return [Run(method(expect(on), "not_to_have_value", ""))]

    def _secret(self, step: FillStep, on: Expr) -> tuple[Expr, Expr]:
        found = self.credentials.passwords.get(step.event_id)
        where = asked_field(found, on, step.target)
        if found is not None and where is not None:
            return where, found
        self.notes.append(MASKED_NOTE if found is None else UNASKED_NOTE)
        return on, Literal(MASKED_TEXTS.get(step.target.type or "", "some text"))

    def _shown(self, step: FillStep, shown: ShownIn, on: Expr) -> list[Statement] | None:
        """A text that the page displays is read from there; a secret goes only where the page asks for it."""
        secret = step.value.secret
        found = self.finder(step).best(step.target.model_copy(update={"candidates": shown.candidates}))
        where = on if secret is None else field_for_shown(secret, on, step.target)
        if found is None or where is None or not (shown.before or shown.after or secret is None):
            return None
        if not (shown.before or shown.after):
            name = self._fresh("copied")
            return [Assign(name, method(found.expr, "inner_text")), Run(method(on, "fill", Name(name)))]
        shown_name, name = self._fresh("shown"), self._fresh("password" if secret else "copied")
        text = between(Name(shown_name), before_secret(shown), shown.after)
        if not shown.before or not shown.after:
            text = method(text, "strip")
        typed = function(FILL_CREDENTIAL, where, Name(name)) if secret else method(on, "fill", Name(name))
        return [Assign(shown_name, method(found.expr, "inner_text")), Assign(name, text), Run(typed)]

    def read_after(self, step: Step, place: int) -> None:
        """Reads what the step of this place brought up and a later one types."""
        for reading in self.readings:
            found = self.finder(step).best(reading.element) if reading.step == place else None
            if found is None:
                continue
            name = self._fresh("copied")
            if reading.in_field:
                self.program.act(Assign(name, method(found.expr, "input_value")))
            else:
                text = between(method(found.expr, "inner_text"), reading.before.strip(), reading.after.lstrip())
                self.program.act(Assign(name, method(text, "strip")))
            self.read[reading.value] = Name(name)
