"""The form that is being filled in: which fields, and what tells it from other forms."""

from dataclasses import dataclass, field
from typing import Final

from pipeline.activities.activity import CHANGED, CHOSEN, DEFAULT, SEND, TYPED, identifying_fields
from pipeline.semantics.elements import SIDE_FIELD, Data, choice, identity, is_search
from pipeline.semantics.text import caption, clean
from pipeline.semantics.verbs import SETTINGS_PAGES, is_remark, named_in_path
from schemas.elements import Element
from schemas.events import StateChanged
from schemas.stories import CheckStep, ClickStep, FillStep, SelectStep, UploadStep

FieldStep = FillStep | SelectStep | CheckStep | UploadStep
_BY_ITSELF: Final = frozenset({"number", "date", "time", "month", "week", "datetime-local", "range", "color"})
"""Types of fields that a form fills in by itself, also for something new."""


@dataclass
class FormState:
    """What was filled in since something was sent off last: `fields` are the numbers of the steps by identity. It lives
    only while a story is read."""

    data: Data
    fields: dict[str, int] = field(default_factory=dict)
    place: str = ""
    """The pattern of the page on which it began."""
    _form: str = ""
    _holds: bool = False
    """Whether the form's first field held something when the user came to it."""
    _new: bool = False
    """Whether that field was filled in and held nothing before."""
    _files: bool = False
    """Whether a file was chosen."""
    _only_remarks: bool = False
    """Whether nothing but remarks were typed: they change no thing, though they stand in the form of one."""
    _only_choices: bool = False
    """Whether nothing was typed but remarks, and something chosen."""
    _entered: dict[str, set[str]] = field(default_factory=dict)
    """What the user typed into each field so far: a field that holds that held nothing before."""

    def __bool__(self) -> bool:
        return bool(self.fields)

    def add(self, number: int, step: FieldStep) -> None:
        """Takes a field that was filled in; one that was emptied again counts no more."""
        self._begin(step)
        name = self._name(step)
        self._files = self._files or isinstance(step, UploadStep)
        self._new = self._new or _begins_form(step)
        self._only_remarks = self._only_remarks and is_remark(step)
        self._only_choices = self._only_choices and (isinstance(step, SelectStep | CheckStep) or is_remark(step))
        if isinstance(step, FillStep) and not step.value.secret and not step.value.text and not clean(step.before):
            self.fields.pop(name, None)
        else:
            self.fields[name] = number
        if isinstance(step, FillStep):
            self._entered.setdefault(identity(step.target, self.data), set()).add(step.value.text)

    def choose(self, number: int, step: ClickStep) -> None:
        """Takes a box or a switch that was clicked."""
        self._begin(step)
        self._only_remarks = False
        self.fields[f"{CHOSEN}{choice(_chosen_by(step), self.data)}"] = number

    def sent_by(self, step: ClickStep) -> None:
        """Takes the form of the button that sends it off, where the fields said nothing of theirs."""
        if self.fields and not self._form:
            self._take_form(step)

    def keep(self, number: int, step: ClickStep) -> None:
        """Takes a form that held something and is sent off, whatever was changed in it by the page's own controls."""
        if step.target.form and step.target.form_holds:
            self._begin(step)
            self._only_remarks = False
            self.fields[CHANGED] = number

    def typed(self) -> bool:
        """Whether something was typed, not only chosen; side fields count where it is known which form they are of."""
        names = [name for name in self.fields if name != DEFAULT] if self._form else identifying_fields(self.fields)
        return any(not name.startswith(CHOSEN) for name in names)

    def changes(self) -> bool:
        """Whether something was typed, a file chosen, or something else in a form that held what there was before (a
        thing's, or settings), whichever: of these it makes no difference."""
        chosen = bool(self.fields and self._form) and (self._holds or named_in_path(self.place, *SETTINGS_PAGES))
        return self.typed() or chosen or bool(self._form and self._files)

    def is_form(self) -> bool:
        """Whether something was entered, be it only chosen, into a form that is known as one."""
        return bool(self.fields and self._form)

    def take(self, what: str = "") -> tuple[tuple[str, ...], tuple[int, ...], str]:
        """The fields that tell what was done, sorted, the numbers of all of their steps, and what tells the form from
        others; used up by this. `what` is the control: one that sends off does so to the form as a whole; beside one
        that has words of its own, side fields say nothing."""
        names, numbers = identifying_fields(self.fields), tuple(sorted(self.fields.values()))
        if what not in ("", SEND) and all(SIDE_FIELD.search(name) for name in names):
            names = ()
        elif self._form and (self.is_form() if what == SEND else self.typed()):
            new = tuple(name for name in names if name != CHANGED and not name.startswith(CHOSEN)) or (TYPED,)
            held = (self._holds and not self._new) or named_in_path(self.place, *SETTINGS_PAGES)
            names = (CHANGED, *self._first_choice()) if held and not self._only_remarks else new
        self.fields.clear()
        return names, numbers, self._form if numbers else ""

    def _first_choice(self) -> tuple[str, ...]:
        """The choice that a change of a thing began with, where nothing was typed for it but remarks: to give it to
        somebody else is another thing to do than to close it."""
        if not self._only_choices or named_in_path(self.place, *SETTINGS_PAGES):
            return ()
        chosen = {number: name for name, number in self.fields.items() if name.startswith(CHOSEN)}
        return (chosen[min(chosen)],) if chosen else ()

    def _begin(self, step: FieldStep | ClickStep) -> None:
        if not self.fields:
            self.place = self.data.place(step.page.url)
            self._new = self._files = False
            self._only_remarks = self._only_choices = True
        if not self.fields or not self._form:  # a control of the page's own making may say nothing of its form
            self._take_form(step)

    def _take_form(self, step: FieldStep | ClickStep) -> None:
        self._form, self._holds = self.data.without(step.target.form), step.target.form_holds

    def _name(self, step: FieldStep) -> str:
        match step:
            case CheckStep():
                return f"{CHOSEN}{choice(step.target, self.data)}"
            case SelectStep() | UploadStep():
                return f"{CHOSEN}{identity(step.target, self.data)}"
            case FillStep() if step.target.type == "file":
                return f"{CHOSEN}{identity(step.target, self.data)}"
            case FillStep():
                name = identity(step.target, self.data)
                held = clean(step.before) and step.before not in self._entered.get(name, ())
                if not held or step.value.secret or is_search(step) or SIDE_FIELD.search(name):
                    return name
                return DEFAULT if step.target.role == "spinbutton" or step.target.type in _BY_ITSELF else CHANGED


def _chosen_by(step: ClickStep) -> Element:
    """The box or choice that a click took: that of the label that was clicked, where the page shows which it is."""
    taken = (one.element for one in step.changes if isinstance(one, StateChanged) and one.state == "checked")
    own = (one for one in taken if caption(one) == caption(step.target))
    return next(own, step.target) if step.target.tag == "label" else step.target


def _begins_form(step: FieldStep) -> bool:
    """Whether the first field of a form was filled in that held nothing before."""
    if not isinstance(step, FillStep) or not step.target.form or clean(step.before):
        return False
    first = step.target.form.rpartition(" / ")[2]
    return first in (step.target.name_attribute, clean(step.target.name), clean(step.target.label))
