"""Texts of generated pages: those that may be told, and secrets in the forms that they have in real pages."""

from dataclasses import dataclass, field
from random import Random

PLAIN = ("Orders", "Notes", "Overview", "Account", "Details", "Status", "Team", "Plan", "Updates", "History")
_STARTS = ("Zor", "Quim", "Vlab", "Jex", "Wub", "Kriv", "Phol", "Xan", "Thub", "Glim")
_ENDS = ("ablin", "oquist", "etrax", "ovend", "umbrik", "yzand", "ilphor", "ewick")
_CARDS = ("4111111111111111", "5500005555555559", "340000000000009", "6011000000000004")


@dataclass
class Words:
    """Draws texts, and keeps the secrets among them."""

    random: Random
    secrets: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Texts of elements that are used and nowhere masked."""
    shown: list[str] = field(default_factory=list)
    """The secrets that stand as texts in masked elements once the page is there."""

    def plain(self) -> str:
        """A text that may be told."""
        return f"{self.random.choice(PLAIN)} {self.random.choice(PLAIN).lower()}"

    def text(self, masked: bool) -> str:
        """A text of an element: a secret where the element is masked."""
        if not masked:
            return self.plain()
        self.shown.append(self.secret())
        return self.shown[-1]

    def secret(self) -> str:
        """A text that must never be told: a name, a number, a sentence, an address, a word."""
        draw = self.random
        made = draw.choice(
            (
                lambda: f"{self._name()} {self._name()}",
                lambda: f"{draw.randint(100, 999)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}",
                lambda: f"{self._name()} {self._name()} owes {draw.randint(10_000, 99_999)}",
                lambda: f"{self._name().lower()}.{self._name().lower()}@{self._name().lower()}.example",
                lambda: f"{self._name()}{draw.randint(1000, 9999)}",
                lambda: f"feels {self._name().lower()} about {self._name().lower()} and sad",
                self._name,
            )
        )()
        return self._kept(made)

    def slug(self) -> str:
        """A secret as an id or a part of an address is made of it."""
        return self._kept(f"{self._name()}-{self._name()}".lower())

    def password(self) -> str:
        """A password: of one word, of several, with signs."""
        draw = self.random
        words = [self._name().lower() for _ in range(3)]
        return self._kept(
            draw.choice((f"{words[0]}{draw.randint(10, 99)}!", " ".join(words), f"{words[0]}/{words[1]}&%"))
        )

    def digits(self, length: int) -> str:
        """A code."""
        return self._kept("".join(str(self.random.randint(0, 9)) for _ in range(length)))

    def card(self) -> str:
        """The number of a card, in one of the groupings."""
        number = self._kept(self.random.choice(_CARDS))
        return self.random.choice((number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))))

    def _name(self) -> str:
        tail = "".join(self.random.choice("bdfglmnprtvz") + self.random.choice("aeiou") for _ in range(2))
        return self.random.choice(_STARTS) + self.random.choice(_ENDS) + tail

    def _kept(self, secret: str) -> str:
        self.secrets.append(secret)
        return secret
