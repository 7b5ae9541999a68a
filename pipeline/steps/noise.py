"""What needs no step: a person who repeats the journey would leave it out, and the page would end up the same."""

from collections.abc import Callable
from typing import Final

from pipeline.semantics.text import caption, is_editor, is_hidden_editor_field, is_interactive, is_text_field
from pipeline.steps.draft import Draft, identity, same_target
from pipeline.steps.effects import without_passing
from schemas import limits
from schemas.elements import Element
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
    UploadStep,
)

DOUBLE_WITHIN_MS: Final = 1_000
"""Single clicks so shortly before a double click on the same element are its halves."""
IMPATIENT_WITHIN_MS: Final = 700
"""A second click on the same element so soon is impatience, when the first one already led away."""
LABEL_WITHIN_MS: Final = 500
"""A click on a label and the change of its box are one thing when they are so close."""
CARET_KEYS: Final = frozenset(
    {"Home", "End", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Tab", "Shift"}
)
CONTAINER_TAGS: Final = frozenset(
    {"html", "body", "main", "section", "article", "header", "footer", "nav", "aside", "form", "fieldset", "table"}
    | {"tbody", "thead", "ul", "ol", "dl", "svg", "path", "p", "hr", "center"}
)


def without_noise(drafts: list[Draft], effects_known: bool) -> list[Draft]:
    """The drafts that matter.

    `effects_known` says whether the source reports effects at all: without them, a click that seems to do nothing may
    well have done something.
    """
    kept = _coalesced(drafts)
    kept = _latest_fills(kept)
    kept = _followed(kept, _only_focuses)
    kept = _followed(kept, lambda draft, successor: _does_nothing(draft, successor, effects_known))
    kept = _coalesced(kept)
    return _without_redundant_toggles(kept) if effects_known else kept


def _coalesced(drafts: list[Draft]) -> list[Draft]:
    kept: list[Draft] = []
    for draft in drafts:
        while kept and kept[-1].step.tab_id == draft.step.tab_id and _replaces(draft, kept[-1]):
            gone = kept.pop()
            if isinstance(draft.step, FillStep) and isinstance(gone.step, FillStep):
                draft.step = _as_one(gone.step, draft.step)
            if _is_not_repeated(gone, draft):
                gone.changes, draft.changes = without_passing(gone.changes, draft.changes)
            draft.absorb(gone)
        if kept and kept[-1].step.tab_id == draft.step.tab_id and _impatient(draft, kept[-1]):
            kept[-1].absorb(draft)
        else:
            kept.append(draft)
    return kept


def _without_redundant_toggles(drafts: list[Draft]) -> list[Draft]:
    """A box that was toggled there and back again before it was toggled at last is only that, where the page answered
    neither: ticked, unticked and ticked is ticked."""
    kept: list[Draft] = []
    for draft in drafts:
        kept.append(draft)
        while len(kept) > 2 and _are_redundant(*kept[-3:]):
            there, back = kept[-3:-1]
            draft.absorb(back)
            draft.absorb(there)
            del kept[-3:-1]
    return kept


def _are_redundant(there: Draft, back: Draft, again: Draft) -> bool:
    """Whether the first two of three toggles of one box cancel each other out, and the page answered neither."""
    boxes = all(
        isinstance(one.step, CheckStep) and one.step.tab_id == again.step.tab_id for one in (there, back, again)
    )
    same = boxes and all(same_target(one.target, again.target) for one in (there, back))
    return same and not any(one.touched or one.has_effect() for one in (there, back))


def _is_not_repeated(gone: Draft, draft: Draft) -> bool:
    """Whether the later step is done in the place of the earlier one, and not after it: the keys of both are pressed
    only where the page takes part in the typing, or the field held something before."""
    fill = draft.step
    joined = isinstance(fill, FillStep) and fill.keys and (fill.by_keys or fill.before)
    return (
        isinstance(draft.step, FillStep | CheckStep | SelectStep) and type(gone.step) is type(draft.step) and not joined
    )


def _as_one(first: FillStep, second: FillStep) -> FillStep:
    """Two fills of a field, one right after the other."""
    keys = (*first.keys, *second.keys) if first.keys and second.keys else ()
    return second.model_copy(
        update={
            "before": first.before,
            "page": first.page,
            "keys": keys if len(keys) <= limits.STROKES_MAX else (),
            "caret": first.caret,
            "by_keys": first.by_keys or second.by_keys,
        }
    )


def _replaces(now: Draft, before: Draft) -> bool:
    """Whether the later step makes the earlier one needless."""
    match now.step, before.step:
        case (FillStep() as second, FillStep() as first):
            told = not (second.by_keys or first.by_keys) or bool(second.keys and first.keys)
            return told and same_target(now.target, before.target)
        case (CheckStep() as second, CheckStep() as first):
            # Ticked and unticked again are two things: what the page did about the first may stay done, also unseen,
            # and to untick a box that is not ticked does nothing. Only there and back before a third one is left out.
            return second.checked == first.checked and same_target(now.target, before.target)
        case (SelectStep(), SelectStep()):
            return same_target(now.target, before.target)
        case (UploadStep(chooser=True), UploadStep()):
            return False
        case (UploadStep(), UploadStep()) | (ScrollStep(), ScrollStep()) | (HoverStep(), HoverStep()):
            return same_target(now.target, before.target)
        case (ClickStep(), HoverStep()):
            return same_target(now.target, before.target)
        case (ClickStep() as double, ClickStep() as single):
            soon = double.at_ms - single.at_ms <= DOUBLE_WITHIN_MS
            return double.clicks > single.clicks and soon and same_target(double.target, single.target)
        case (CheckStep() | SelectStep() | UploadStep(), ClickStep()):
            soon = now.step.at_ms - before.step.at_ms <= LABEL_WITHIN_MS
            return same_target(now.target, before.target) or (soon and _labels(before.target, now.target))
        case (GotoStep() as second, GotoStep() as first):
            return second.url == first.url
        case _:
            return False


def _labels(label: Element | None, box: Element | None) -> bool:
    if label is None or box is None or (is_interactive(label) and label.tag != "label"):
        return False
    words = caption(box)
    return bool(words) and words in (caption(label), label.text)


def _impatient(now: Draft, before: Draft) -> bool:
    if not (isinstance(now.step, ClickStep) and isinstance(before.step, ClickStep)):
        return False
    soon = now.step.at_ms - before.step.at_ms <= IMPATIENT_WITHIN_MS
    led_away = before.navigates or now.navigates
    return soon and led_away and now.step.clicks == before.step.clicks and same_target(now.target, before.target)


def _latest_fills(drafts: list[Draft]) -> list[Draft]:
    """Of several fills of one field only the last, when nothing but other fields was touched in between."""
    kept: list[Draft] = []
    later: dict[tuple[str, object], Draft] = {}
    for draft in reversed(drafts):
        if isinstance(draft.step, FillStep) and draft.step.by_keys:
            later.clear()
        elif isinstance(draft.step, FillStep):
            key = (draft.step.tab_id, identity(draft.step.target))
            again = later.get(key)
            if again is not None and isinstance(again.step, FillStep) and not draft.navigates:
                again.step = again.step.model_copy(update={"before": draft.step.before})
                again.event_ids += draft.event_ids
                continue
            later[key] = draft
        elif not isinstance(draft.step, CheckStep | SelectStep) and not _focuses(draft):
            later.clear()
        kept.append(draft)
    kept.reverse()
    return kept


def _focuses(draft: Draft) -> bool:
    """Whether it is a click in a text field that did nothing else."""
    clicked = isinstance(draft.step, ClickStep) and is_text_field(draft.step.target)
    return clicked and not draft.has_effect()


def _followed(drafts: list[Draft], needless: Callable[[Draft, Draft | None], bool]) -> list[Draft]:
    """Drops each draft that is needless before its successor in the same tab, which takes over what came of it."""
    kept: list[Draft] = []
    following: dict[str, Draft] = {}
    for draft in reversed(drafts):
        successor = following.get(draft.step.tab_id)
        if needless(draft, successor):
            if successor is not None:
                successor.absorb(draft)
            continue
        kept.append(draft)
        following[draft.step.tab_id] = draft
    kept.reverse()
    return kept


def _only_focuses(draft: Draft, successor: Draft | None) -> bool:
    """A click or a caret key in a text field that is filled next, or that nothing came of.

    A click by which something goes is kept: a list may fold up by a click beside it, and not by leaving its field.
    In an editor, and before keys that go to what has the focus, a click or a Tab says where they go.
    """
    target = draft.target
    if target is None or not is_text_field(target) or _needs_focus(successor):
        return False
    filled = successor is not None and isinstance(successor.step, FillStep) and same_target(target, successor.target)
    match draft.step:
        case ClickStep() as click:
            plain = click.button == "left" and not click.modifiers and click.position is None
            return plain and not is_editor(target) and not draft.shows()
        case PressStep() as press:
            leaves = press.key == "Tab" and target.role != "combobox" and not draft.touched
            return not draft.shows() and (leaves or (press.key in CARET_KEYS and filled))
        case _:
            return False


def _needs_focus(successor: Draft | None) -> bool:
    """Whether what comes next are keys for what has the focus."""
    if successor is None:
        return False
    return isinstance(successor.step, PressStep) or (isinstance(successor.step, FillStep) and successor.step.by_keys)


def _puts_caret(successor: Draft | None) -> bool:
    """Whether what comes next are keys for an editor whose text is drawn beside the field that takes them: the click
    before said where in it."""
    step = successor.step if successor is not None else None
    return isinstance(step, FillStep) and step.by_keys and is_hidden_editor_field(step.target)


def _does_nothing(draft: Draft, successor: Draft | None, effects_known: bool) -> bool:
    """Whether nothing came of it and nothing was to be expected."""
    if draft.has_effect():
        return False
    match draft.step:
        case FillStep() as fill:
            same = fill.value.secret is None and fill.value.text == fill.before and (effects_known or not fill.before)
            return same and not fill.by_keys
        case PressStep() as press:
            # A list of suggestions knows whether its field still has the focus; some pages take the key themselves.
            leaves = press.key == "Tab" and (press.target.role == "combobox" or draft.touched)
            return effects_known and press.key in ("Tab", "Delete") and not leaves and not _needs_focus(successor)
        case HoverStep() | ScrollStep():
            return False
        case ClickStep() as click:
            leads = _puts_caret(successor)
            if click.position is not None or draft.touched or leads or is_interactive(click.target):
                return False
            nameless = not caption(click.target)
            return effects_known or nameless or click.target.tag in CONTAINER_TAGS
        case GotoStep() | ReloadStep() | BackStep() | SelectStep() | CheckStep() | UploadStep() | DragStep():
            return False
