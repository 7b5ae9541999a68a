"""Which steps change no more than what of a list is shown, or in which order."""

import re
from typing import Final
from urllib.parse import parse_qsl

from pipeline.stories.addresses import place, query
from pipeline.stories.routes import is_id
from schemas.stories import CheckStep, ClickStep, SelectStep

Narrowing = ClickStep | SelectStep | CheckStep
_SORTING: Final = re.compile(r"sort|order|direction|asc|desc", re.I)
_FILTERING: Final = re.compile(r"filter|hide|status|states?\b|categor|tag|label|types?\b|facet|group", re.I)
"""Words in the keys of a query that say how a list is shown, and what of it."""


def sorts(step: Narrowing) -> bool:
    """Whether only the order of what the page shows is another one now, by its address."""
    asked = _newly_asked(step)
    around = [(one.role, one.tag) for one in step.target.ancestors]
    head = any(role == "columnheader" or tag == "th" for role, tag in (*around, (step.target.role, step.target.tag)))
    return bool(asked) and (head or any(map(_SORTING.match, asked)))


def filters(step: Narrowing) -> bool:
    """Whether it is only another part of the same list that the page shows now, by its address."""
    asked = _newly_asked(step)
    return any(_FILTERING.match(word) for key in asked for word in re.split(r"[-_.]", key))


def _newly_asked(step: Narrowing) -> list[str]:
    """The keys of the query that are new, or have another value, on the same page; none where they name a thing."""
    if step.after is None or place(step.after.url) != place(step.page.url):
        return []
    before = set(parse_qsl(query(step.page.url)))
    asked = [(key, value) for key, value in parse_qsl(query(step.after.url)) if (key, value) not in before]
    return [] if any(is_id(value) and not value.isdigit() for _, value in asked) else [key for key, _ in asked]
