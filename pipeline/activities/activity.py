"""An activity: one thing that a story did, and what of it tells flows apart."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from pipeline.semantics.elements import SIDE_FIELD
from pipeline.semantics.verbs import MAKING_PAGES

SEND: Final = "send"
"""Enter, or a button that only sends off."""
TO_CART: Final = "add to cart"
"""What puts a thing into the cart."""
LEADS: Final = "to "
"""Begins the place of an activity that is told by where it led."""
THING: Final = "thing "
"""Begins the place of an activity that is told by what it changed, wherever that is shown."""
TYPED: Final = "{typed}"
"""Several fields that were typed."""
CHANGED: Final = "{changed}"
"""A field that held something before: which of them was changed is data."""
DEFAULT: Final = "{default}"
"""A number or date that held something before: a form has those by itself."""
CHOSEN: Final = "choose "
"""Begins the names of lists, boxes and switches, which have a value by themselves."""

_MAKING: Final = re.compile(rf"/({'|'.join(MAKING_PAGES)}|\+)$")
"""How the addresses of pages end where one thing is made, whatever is filled in for it."""

ActivityKind = Literal[
    "sign in", "sign out", "search", "filter", "open form", "delete", "submit", "act", "browse", "leave filled in"
]
LISTINGS: Final = frozenset({"search", "filter"})
"""What only lists things."""
ACTS: Final = frozenset({"sign out", "delete", "submit", "act"})
"""What asks the app to do something."""
_KEY_KINDS: Final[dict[str, str]] = {**dict.fromkeys(ACTS, "do"), "filter": "narrow"}
"""What kinds are called in the keys of flows: control and fields tell acts apart there, whatever they are called."""
ONLY_WAYS: Final = LISTINGS | {"sign in"}
"""What is but the way to what is done after it."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that was done, typed: title, flow, coverage and tests are projections of the same activities.

    `place` is the pattern of the page it was done on, `fields` the identities of what was filled in for it, sorted,
    `what` the identity of the control, `outcome` what came of it: nothing to say, or the kind of refusal. `steps` are
    the numbers of the story's steps that it is made of, the control last. `form` is what tells the form from others on
    its page, where the source says it. `rule` is the rule that read it so; it tells no activities apart.
    """

    kind: ActivityKind
    place: str
    fields: tuple[str, ...]
    what: str
    outcome: str
    steps: tuple[int, ...]
    form: str = ""
    rule: str = field(default="", compare=False)

    @property
    def key_kind(self) -> str:
        """The kind as it tells flows apart."""
        return _KEY_KINDS.get(self.kind, self.kind)

    def key_fields(self) -> list[str]:
        """The fields as they tell flows apart. Of a form with several it is left to the user which of them to fill in;
        what the page refused was not filled in right; a button of its own says more than what was chosen before."""
        names = list(self.fields)
        if self.kind not in ACTS:
            return names
        if self.outcome:
            return []
        if CHANGED in names and self.form:
            return [f"form {self.form}", *names]
        if self.what not in ("", SEND):
            names = [name for name in names if not name.startswith(CHOSEN)]
        typed = [name for name in names if not name.startswith(CHOSEN)]
        named = any(name not in (CHANGED, DEFAULT) and not SIDE_FIELD.search(name) for name in typed)
        if named and not self.form and _MAKING.search(self.place):
            return [TYPED]
        if typed and self.form:
            return [f"form {self.form}"]
        by_place = self.what == SEND and self.place.startswith((THING, LEADS)) and typed and CHANGED not in typed
        return [TYPED] if len(typed) > 1 or by_place else names

    def like(self, other: "Activity") -> bool:
        """Whether it is the same attempt, be it with other fields or another outcome."""
        if self.key_kind != other.key_kind:
            return False
        again = bool(self.outcome) and self.place == other.place
        return self.kind in ONLY_WAYS or self.what == other.what or again


def identifying_fields(fields: Iterable[str]) -> tuple[str, ...]:
    """The fields that tell what was done, sorted: that something was changed, where it was; else those that had to be
    typed; else what was chosen; else side fields."""
    names = sorted(fields)
    chosen = [name for name in names if name.startswith(CHOSEN)]
    typed = [name for name in names if not name.startswith(CHOSEN) and name != DEFAULT]
    if CHANGED in names or (DEFAULT in names and not typed):
        return (CHANGED,)
    return tuple([name for name in typed if not SIDE_FIELD.search(name)] or chosen or typed)
