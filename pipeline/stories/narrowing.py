"""Which steps change no more than what of a list is shown, or in which order."""

import re
from typing import Final
from urllib.parse import parse_qsl

from pipeline.stories.addresses import place, query
from schemas.stories import CheckStep, ClickStep, SelectStep

Narrowing = ClickStep | SelectStep | CheckStep
_SORTING: Final = re.compile(r"sort\w*|order(_?by)?|dir(ection)?", re.I)
_FILTERING: Final = re.compile(r"filter\w*|status|state|category|tag|label|type|facet|group|view_?by", re.I)
"""Keys of a query that say how a list is shown, and what of it."""


def sorts(step: Narrowing) -> bool:
    """Whether only the order of what the page shows is another one now, by its address."""
    asked = _newly_asked(step)
    around = [(one.role, one.tag) for one in step.target.ancestors]
    head = any(role == "columnheader" or tag == "th" for role, tag in (*around, (step.target.role, step.target.tag)))
    return bool(asked) and (head or all(map(_SORTING.fullmatch, asked)))


def filters(step: Narrowing) -> bool:
    """Whether it is only another part of the same list that the page shows now, by its address."""
    asked = _newly_asked(step)
    return bool(asked) and all(map(_FILTERING.fullmatch, asked))


def _newly_asked(step: Narrowing) -> list[str]:
    """The keys of the query that are new, or have another value, on the same page."""
    if step.after is None or place(step.after.url) != place(step.page.url):
        return []
    before = set(parse_qsl(query(step.page.url)))
    return [key for key, value in parse_qsl(query(step.after.url)) if (key, value) not in before]
