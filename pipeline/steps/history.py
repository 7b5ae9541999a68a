"""A tab's history, to tell back from forward: the browser names only the address that it came to."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class History:
    """The addresses of one tab, as far as the window knows them, and the place among them where the tab is."""

    addresses: list[str] = field(default_factory=list)
    place: int = -1

    def visit(self, url: str) -> Literal[1]:
        """A new page: what lay ahead is gone."""
        if self.place < 0 or self.addresses[self.place] != url:
            self.addresses[self.place + 1 :] = [url]
            self.place += 1
        return 1

    def go(self, url: str) -> Literal[-1, 1]:
        """Back or forward to an address: the nearest one that fits; back when neither side knows it."""
        behind = [place for place in range(self.place) if self.addresses[place] == url]
        ahead = [place for place in range(self.place + 1, len(self.addresses)) if self.addresses[place] == url]
        if ahead and (not behind or ahead[0] - self.place < self.place - behind[-1]):
            self.place = ahead[0]
            return 1
        if behind:
            self.place = behind[-1]
        return -1
