"""What the makers of a page's parts share: chance, words, masks, and the marks of what is used."""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.masking.words import Words

_MASKS = ("data-mask", 'data-mask=""', 'data-mask="all"', 'data-mask="true"')


@dataclass
class Act:
    """What the user does with the element whose `data-k` is `key`."""

    kind: str
    key: int
    text: str = ""


@dataclass
class Drawing:
    """A page that is being made."""

    random: Random
    words: Words
    mask: str
    """The recorder's `data-mask`."""
    acts: list[Act] = field(default_factory=list)
    further: dict[str, str] = field(default_factory=dict)
    """Pages of frames, by their address."""
    _key: int = 0

    def number(self) -> int:
        """A number that is used once."""
        self._key += 1
        return self._key

    def used(self, *kinds: str, text: str = "") -> str:
        """The attribute of an element that may be used in one of these ways."""
        key = self.number()
        self.acts.append(Act(self.random.choice(kinds), key, text))
        return f"data-k={key}"

    def marked(self, around: bool, often: float = 0.25) -> tuple[str, bool]:
        """Attributes of an element, and whether it is masked: only then a secret is in one of them."""
        own = not around and self.random.random() < often
        found = [self.random.choice(_MASKS)] if own else []
        if (around or own) and self.random.random() < 0.15:
            found.append(self._telling())
        return " ".join(["", *found]), around or own

    def inner(self, masked: bool) -> str:
        """An inline text, or one with a masked part."""
        if self.random.random() > 0.3:
            return self.words.text(masked)
        marks, hidden = self.marked(masked, 0.7)
        tag = self.random.choice(("span", "b", "em", "i"))
        part = f"<{tag}{marks}>{self.words.text(hidden)}</{tag}>"
        return f"{self.words.text(masked)} {part} {self.words.text(masked)}"

    def _telling(self) -> str:
        made: list[tuple[str, Callable[[], str]]] = [
            ("id", lambda: f"of-{self.words.slug()}"),
            ("data-testid", lambda: f"record-{self.words.slug()}"),
            ("class", lambda: f"for-{self.words.slug()}"),
            ("title", self.words.secret),
            ("aria-label", self.words.secret),
            ("data-name", self.words.secret),
            ("aria-description", self.words.secret),
        ]
        name, make = self.random.choice(made)
        return f'{name}="{html.escape(make())}"'
