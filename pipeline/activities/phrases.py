"""The words for a goal, and how they become titles and sentences."""

from dataclasses import dataclass
from typing import Final, Literal

from pipeline.semantics.text import listed, third_person

GoalKind = Literal[
    "sign_in",
    "sign_in_refused",
    "confirm",
    "sign_up",
    "sign_out",
    "search",
    "filter",
    "create",
    "edit",
    "delete",
    "check_out",
    "cart",
    "upload",
    "download",
    "settings",
    "submit",
    "choose",
    "act",
    "open",
    "click",
]


SMALL: Final = frozenset({"open", "click"})
"""Kinds of goals of which nothing is known but which control was used."""
EDITS: Final = "edit: change what exists already"
CREATES: Final = "create: add something new"
COMMENTS: Final = "create: write a new comment"
SETS: Final = "change the settings and save the preferences"
SWITCHES: Final = "switch an option on or off"
DELETES: Final = "delete: remove an existing item and confirm"
DOWNLOADS: Final = "download: export and save data to disk"
TICKS: Final = "tick check boxes"
DRAGS: Final = "drag something to another place"
LOOKS_UP: Final = "search: type a search term and look at the results"
NARROWS: Final = "filter the list by a word"
"""What goals are called in plain words, whatever the page calls them."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`Phrase("search", "for 'agenda'")`."""

    verb: str
    rest: str = ""

    @property
    def order(self) -> str:
        """As an order: `search for 'agenda'`."""
        return f"{self.verb} {self.rest}".strip()

    @property
    def report(self) -> str:
        """In the third person: `searches for 'agenda'`."""
        return f"{third_person(self.verb)} {self.rest}".strip()


@dataclass(frozen=True, slots=True)
class Goal:
    """What the steps from `first` to `last` were for. `plain` says it without any value, `also` in broader words
    where its own are only the page's. `rule` is the rule that read it so."""

    kind: GoalKind
    first: int
    last: int
    phrases: tuple[Phrase, ...]
    plain: str
    also: str = ""
    rule: str = ""

    @property
    def order(self) -> str:
        if len(self.phrases) == 1:
            return self.phrases[0].order
        return listed([phrase.order for phrase in self.phrases])

    @property
    def report(self) -> str:
        return listed([phrase.report for phrase in self.phrases])
