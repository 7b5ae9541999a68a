"""How many things a text says there are."""

import re
from typing import Final

from pipeline.semantics.generated import parts

_COUNTS: Final = re.compile(r"(?<![\w.,:/#$€£¥-])(\d+ [^\W\d]{2,4} )?(\d{1,6}) [^\W\d]{2}")
"""`6 Variables`, `View 2 deleted edits`, `Custom query (8 matches)`; before it, what makes it the user's own progress:
`2 of 3 steps`"""
_RANGE: Final = re.compile(r"(?<![\w.,:/#-])\d{1,6} ?[^\W\d]{0,4}[-–]? ?\d{1,6} [^\W\d]{2,4} (\d{1,6})(?!\w)")
"""`Messages 1 to 6 of 6`, `1 – 6 of 6`"""
_BADGE: Final = re.compile(r"[^\W\d] (\d{1,4})\s*\Z")
"""`Inbox 5`"""
_WITH_BADGES: Final = frozenset({"link", "menuitem", "tab", "treeitem"})
COUNTED_CHARS_MAX: Final = 120
"""Of a longer text the beginning alone is looked at for numbers of things."""


def most_counted(text: str, role: str | None) -> int:
    """The largest number of things in the text of an element with this role; 0 where it counts none."""
    said = "".join("…" if part.pattern else part.text for part in parts(text))
    counted = [int(hit[2]) for hit in _COUNTS.finditer(said) if hit[1] is None]
    counted += [int(hit[1]) for hit in _RANGE.finditer(said)]
    counted += [int(hit[1]) for hit in _BADGE.finditer(said) if role in _WITH_BADGES]
    return max(counted, default=0)
