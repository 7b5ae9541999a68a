"""A deed: one thing that a story did, and what of it tells flows apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.stories.likeness import SIDE_FIELD

SEND: Final = "send"
"""Enter, or a button that only sends off."""
LEADS: Final = "to "
"""Begins the place of a deed that is told by where it led."""
TYPED: Final = "{typed}"
"""Several fields that were typed."""
CHANGED: Final = "{changed}"
"""A field that held something before: which of them was changed is data."""
CHOSEN: Final = "choose "
"""Begins the names of lists, boxes and switches, which have a value by themselves."""

DeedKind = Literal["sign in", "search", "open form", "do", "leave filled in"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done.

    `place` is the pattern of the page it was done on, `fields` the identities of what was filled in for it, sorted,
    `what` the identity of the control, `outcome` what came of it: nothing to say, or the kind of refusal. `steps` are
    the numbers of the story's steps that it is made of, the control last. `form` is what tells the form from others on
    its page, where the source says it.
    """

    kind: DeedKind
    place: str
    fields: tuple[str, ...]
    what: str
    outcome: str
    steps: tuple[int, ...]
    form: str = ""

    def told(self) -> list[str]:
        """The fields as they tell flows apart. Of a form with several it is left to the user which of them to fill in;
        what the page refused was not filled in right; a button of its own says more than what was chosen before."""
        names = list(self.fields)
        if self.kind != "do":
            return names
        if self.outcome:
            return []
        if self.what not in ("", SEND):
            names = [name for name in names if not name.startswith(CHOSEN)]
        typed = [name for name in names if not name.startswith(CHOSEN)]
        if typed and self.form:
            return [f"form {self.form}", *(name for name in typed if name == CHANGED)]
        return [TYPED] if len(typed) > 1 else names

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
        return [[[d.kind, d.place, d.told(), d.what, d.outcome] for d in self.done], list(self.end)]


def telling(fields: Iterable[str]) -> tuple[str, ...]:
    """The fields that tell what was done, sorted: that something was changed, where it was; else those that had to be
    typed; else what was chosen; else side fields."""
    names = sorted(fields)
    if CHANGED in names:
        return (CHANGED,)
    chosen = [name for name in names if name.startswith(CHOSEN)]
    typed = [name for name in names if not name.startswith(CHOSEN)]
    return tuple([name for name in typed if not SIDE_FIELD.search(name)] or chosen or typed)
