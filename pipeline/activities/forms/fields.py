"""What was entered into a form, in words: fields filled in, boxes ticked, options chosen, things moved."""

from collections.abc import Callable, Sequence
from typing import Final

from pipeline.activities.phrases import DRAGS, SWITCHES, TICKS, Phrase
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.object_names import row_of
from pipeline.semantics.text import caption, clean, field, joints, listed, numbers_row, quoted
from pipeline.semantics.verbs import SORTS, words_on
from pipeline.semantics.wording import only_keys, shown
from pipeline.steps.draft import identity
from schemas.stories import CheckStep, DragStep, FillStep, SelectStep, UploadStep

FIELDS_NAMED_MAX: Final = 3
"""Fields that a title names one by one."""
Field = FillStep | SelectStep | CheckStep | UploadStep | DragStep


def entered(fields: Sequence[Field]) -> list[Phrase]:
    """A phrase for each kind of entry, in this order: filled in, ticked, unticked, switched, chosen, moved."""
    groups: tuple[tuple[str, Callable[[Field], bool]], ...] = (
        ("fill in", lambda step: isinstance(step, FillStep) and not only_keys(step)),
        ("tick", lambda step: _is_box(step) and _is_on(step)),
        ("untick", lambda step: _is_box(step) and not _is_on(step)),
        ("switch on", lambda step: _is_switch(step) and _is_on(step)),
        ("switch off", lambda step: _is_switch(step) and not _is_on(step)),
        ("choose", lambda step: _is_radio(step) or isinstance(step, SelectStep | UploadStep)),
        ("move", lambda step: isinstance(step, DragStep)),
    )
    fields = _as_left(fields)
    phrases = []
    for verb, belongs in groups:
        names = list(dict.fromkeys(_name(step) for step in fields if belongs(step)))
        if names:
            phrases.append(Phrase(verb, listed(_few(names))))
    return phrases


def _as_left(fields: Sequence[Field]) -> list[Field]:
    """What was entered, of each box only how it was left."""
    last = {identity(step.target): step for step in fields if _is_box(step) or _is_switch(step)}
    return [step for step in fields if last.get(identity(step.target), step) is step]


def narrowed_by(fields: Sequence[Field]) -> list[Phrase]:
    """A phrase for what a list was sorted by, and one for what it was filtered by."""
    groups: dict[str, list[str]] = {}
    for step in fields:
        groups.setdefault("sort" if SORTS.search(words_on(step.target)) else "filter", []).append(_name(step))
    return [Phrase(verb, f"by {listed(_few(list(dict.fromkeys(names))))}") for verb, names in groups.items()]


def plainly_entered(fields: Sequence[Field], submitted: bool) -> str:
    """The same without any name or value; nothing where nothing was entered."""
    if not fields:
        return ""
    if any(isinstance(step, FillStep) for step in fields):
        return "fill in a text field and submit the form" if submitted else "fill in a text field"
    if any(_is_switch(step) for step in fields):
        return SWITCHES
    if any(_is_box(step) for step in fields):
        return "tick check boxes and submit the form" if submitted else TICKS
    if all(isinstance(step, DragStep) for step in fields):
        return DRAGS
    return "choose an option and submit the answer" if submitted else "choose an option"


def _tells_by_value(step: FillStep) -> bool:
    """Whether nothing on the page names the field, so that what was typed says more."""
    target = step.target
    named = any(map(clean, (target.name, target.label, target.placeholder, target.title)))
    return not named and not step.value.secret and bool(clean(step.value.text))


def _name(step: Field) -> str:
    if isinstance(step, FillStep) and _tells_by_value(step):
        return quoted(step.value.text)
    if isinstance(step, SelectStep):
        return listed([quoted(shown(option)) for option in step.options]) or field(step.target)
    if isinstance(step, DragStep):
        glued = joints(caption(step.onto)) > 1  # all that stands in a place that has no name
        return field(step.target) if glued else f"{field(step.target)} to {field(step.onto)}"
    said = (step.target.name, step.target.label, step.target.text, step.target.title)
    named = any(clean(one) and not numbers_row(one) for one in said)
    row = row_of(step.target) if isinstance(step, CheckStep) and not named else ""
    if row:
        return quoted(row)
    name = caption(step.target) if _is_switch(step) else ""
    return quoted(WORDS["switch_words"].sub("", name)) if name else field(step.target)


def _few(names: list[str]) -> list[str]:
    if len(names) <= FIELDS_NAMED_MAX:
        return names
    return [*names[: FIELDS_NAMED_MAX - 1], f"{len(names) - FIELDS_NAMED_MAX + 1} more"]


def _is_radio(step: Field) -> bool:
    return isinstance(step, CheckStep) and "radio" in (step.target.role, step.target.type)


def _is_switch(step: Field) -> bool:
    return isinstance(step, CheckStep) and step.target.role == "switch"


def _is_box(step: Field) -> bool:
    return isinstance(step, CheckStep) and not _is_radio(step) and not _is_switch(step)


def _is_on(step: Field) -> bool:
    return isinstance(step, CheckStep) and step.checked
