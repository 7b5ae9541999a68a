"""Text in Playwright's idiom: filled in as a whole, typed key by key, or read from the page where it was copied."""

from collections.abc import Mapping, Sequence, Set
from typing import Final

from pipeline.codegen.expected_requests import ExpectedRequest
from pipeline.codegen.gestures import key_name
from pipeline.codegen.locators.text_matchers import regex
from pipeline.codegen.pace import moves_caret
from pipeline.codegen.python import program
from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal, Name, method
from pipeline.codegen.python.program import Run, Statement
from pipeline.codegen.python.quoting import escaped
from pipeline.codegen.tickers import ticks
from pipeline.semantics.generated import is_token, parts
from pipeline.semantics.text import is_button, is_editor
from pipeline.steps.draft import same_target
from schemas.elements import Element
from schemas.events import Appeared, Change, StateChanged, Stroke
from schemas.stories import ClickStep, FillStep, PressStep, Step

STATEMENTS_MAX: Final = 60
"""Keys of one field that a test presses; with more of them nobody could read it."""

PASTED_CHARS_MIN: Final = 24
"""Ids from so many characters on are pasted."""

CARET_MS: Final = 100
"""So long a key that moves the caret of an editor is held: browsers tell pages of its new place a moment later, and
keys that come before that go to the old one."""


def takes_keys(target: Element) -> bool:
    """Whether keys go to it by the focus alone: an editor, or a field out of sight that takes the keys of one."""
    return is_editor(target) or not target.visible or target.tag not in ("input", "textarea")


def typed_by_keys(step: FillStep, page: Expr, on: Expr) -> list[Statement] | None:
    """The keys as they were pressed; None where they are not known, or the caret stood where no key leads to."""
    if not step.keys or len(step.keys) > STATEMENTS_MAX:
        return None
    if takes_keys(step.target):
        return _strokes(step.keys, Attr(page, "keyboard"), "type")
    begin = _caret(step, on)
    pressed = _strokes(step.keys, on, "press_sequentially")
    return None if begin is None or pressed is None else [*begin, *pressed]


def reacts_to_typing(step: FillStep, ticking: frozenset[str]) -> bool:
    """Whether the page answered the typing itself (suggestions, a filter, another field that it fills, a button that
    it enables): then keys are typed one by one, as some pages hear nothing but keys. `ticking` are the shapes of texts
    that change by themselves."""
    text = step.value.text
    if "\n" in text or _is_pasted(text) or not (text or step.value.secret):
        return False
    return any(_enables(change) or (_is_seen(change) and not ticks(change, ticking)) for change in step.changes)


def _is_seen(change: Change) -> bool:
    return change.change in ("appeared", "count", "gone", "text", "value")


def _enables(change: Change) -> bool:
    return isinstance(change, StateChanged) and change.state == "disabled" and not change.after


def after_removed_fields(steps: Sequence[Step]) -> frozenset[str]:
    """The ids of the steps that type right after a field which the page replaced by its text when the user left it with
    Tab. The page may still be at work on that, and would lose what is filled in at once: keys give it the time."""
    return frozenset(
        typing.event_id
        for typed, leaves, typing in zip(steps, steps[1:], steps[2:], strict=False)
        if isinstance(typed, FillStep)
        and isinstance(leaves, PressStep)
        and leaves.key == "Tab"
        and isinstance(typing, FillStep)
        and any(_shows(change, typed.value.text) for change in leaves.changes)
    )


def written_by_buttons(steps: Sequence[Step], names: Mapping[str, Expr], read: Set[str]) -> dict[str, Expr]:
    """What a field must hold at the steps that nobody typed, by their ids: a button put more behind what had just been
    typed into it (a signature, a smiley). To fill that in would hide a button that does nothing. `names` are those of
    who signs in, `read` what a test reads from the pages: of a text that begins so, nobody knows how it goes on."""
    anybody = any(not isinstance(name, Literal) for name in names.values())
    return {
        more.event_id: _held(typed.value.text, more.value.text, anybody)
        for typed, pressed, more in zip(steps, steps[1:], steps[2:], strict=False)
        if isinstance(typed, FillStep)
        and typed.keys
        and isinstance(pressed, ClickStep)
        and is_button(pressed.target)
        and isinstance(more, FillStep)
        and _continues(typed, more)
        and not {typed.value.text, more.value.text} & {*names, *read}
    }


def _held(typed: str, text: str, anybody: bool) -> Expr:
    """The text, or a pattern where a part behind what was typed is another one each time: a date, an id. Where
    `anybody` may have signed in, none of its words is sure."""
    cut = parts(text[len(typed) :])
    if anybody:
        return regex(f"^{escaped(typed)}[\\s\\S]+")
    if any(part.pattern for part in cut):
        return regex("^" + escaped(typed) + "".join(part.pattern or escaped(part.text) for part in cut))
    return Literal(text)


def _continues(typed: FillStep, more: FillStep) -> bool:
    """Whether a field holds what was typed into it and something behind it, for which no key was pressed."""
    plain = more.value.secret is None and not (more.keys or more.by_keys or takes_keys(more.target))
    longer = len(more.value.text) > len(more.before or "") and more.value.text.startswith(typed.value.text)
    return plain and longer and more.before == typed.value.text != "" and same_target(typed.target, more.target)


def _shows(change: Change, text: str) -> bool:
    return isinstance(change, Appeared) and bool(text) and (change.element.text or "").strip() == text.strip()


def _is_pasted(text: str) -> bool:
    """Whether nobody types such a text: a long id or key. A page that asks the server about each of its letters would
    get the answers in any order."""
    return len(text) >= PASTED_CHARS_MIN and is_token(text)


def _strokes(keys: tuple[Stroke, ...], on: Expr, typing: str) -> list[Statement] | None:
    out: list[Statement] = []
    for stroke, after in zip(keys, (*keys[1:], None), strict=True):
        if stroke.text:
            how = "insert_text" if stroke.pasted and typing == "type" else typing
            out.append(Run(method(on, how, stroke.text)))
            continue
        pressed = key_name(stroke.key, stroke.modifiers)
        if pressed is None:
            return None
        held = {"delay": CARET_MS} if typing == "type" and after is not None and moves_caret(stroke) else {}
        out.append(Run(method(on, "press", pressed, **held)))
    return out


def _caret(step: FillStep, on: Expr) -> list[Statement] | None:
    """Brings the caret where it was before the first key."""
    selects = bool(step.keys) and step.keys[0].key.lower() == "a" and "Control" in step.keys[0].modifiers
    if not step.before or selects or step.keys[0].key in ("Home", "End"):
        return []
    match step.caret:
        case "all":
            return [Run(method(on, "select_text"))]
        case "end":
            return [Run(method(on, "press", "ControlOrMeta+End" if step.target.tag == "textarea" else "End"))]
        case "start":
            return [Run(method(on, "press", "ControlOrMeta+Home" if step.target.tag == "textarea" else "Home"))]
        case _:
            return None


def blur_after(step: Step, action: Statement, requested: Sequence[ExpectedRequest]) -> tuple[Statement, ...]:
    """Leaves the field that was typed in, where the page saved it only then; nothing otherwise. A page that saves while
    one types did so before, and what is typed by keys may need the cursor afterwards."""
    if not isinstance(step, FillStep) or step.autosaved or step.by_keys or not any(one.pattern for one in requested):
        return ()
    match action:
        case Run(
            expr=Call(function=Attr(of=field, name="fill" | "press_sequentially"))
            | Call(function=Name(id=program.FILL_CREDENTIAL), args=(field, *_))
        ):
            return (Run(method(field, "blur")),)
        case _:
            return ()
