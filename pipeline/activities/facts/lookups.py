"""What was only asked for: a page whose address asks for what was typed or chosen, or is named so."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.activities.facts.responses import Answers
from pipeline.semantics.addresses import folded, new_path_parts, new_query_values
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.verbs import words_on
from schemas.stories import CheckStep, DragStep, FillStep, SelectStep, Step, UploadStep

_CODE: Final = WORDS["code_field"]
"""Fields for what a thing is called by."""
_NUMBERED: Final = re.compile(r"[^\W\d]+[-_]?(\d+)")
"""A kind with the number of a thing, as one part of an address: `issue3`"""


def asks_for(used: Sequence[Step], step: Step, answers: Answers) -> bool:
    """Whether a form of these steps, sent off by `step`, only led to a page whose address asks for what was typed, or
    is that of the thing that is called so (`Go to order`)."""
    if step.after is None or answers.writes(step):
        return False
    typed = {folded(one.value.text) for one in used if isinstance(one, FillStep)} - {""}
    said = new_query_values(step.page.url, step.after.url)
    if (answers.asks(step) and not answers.speaks(step)) or (not answers.recorded and is_called(used)):
        parts = new_path_parts(step.page.url, step.after.url)
        said |= parts | {found[1] for found in map(_NUMBERED.fullmatch, parts) if found is not None}
    return bool(typed & said)


def is_called(used: Sequence[Step]) -> bool:
    """Whether nothing was entered but what a thing is called by."""
    entries = [one for one in used if isinstance(one, FillStep | SelectStep | CheckStep | UploadStep | DragStep)]
    fill = entries[0] if len(entries) == 1 else None
    return isinstance(fill, FillStep) and bool(_CODE.search(words_on(fill.target)))


def chose_among(used: Sequence[Step], step: Step, answers: Answers) -> bool:
    """Whether it only asked for the same page again, by what was chosen."""
    if step.after is None or answers.writes(step) or any(isinstance(one, FillStep) for one in used):
        return False
    chosen = any(isinstance(one, SelectStep | CheckStep) for one in used)
    return chosen and not answers.leads_on(step) and bool(new_query_values(step.page.url, step.after.url))
