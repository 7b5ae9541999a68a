"""What was only asked for: a page whose address asks for what was typed or chosen."""

from collections.abc import Sequence

from pipeline.stories.addresses import folded, newly_asked
from pipeline.stories.answers import Answers
from schemas.stories import CheckStep, FillStep, SelectStep, Step


def asks_for(used: Sequence[Step], step: Step, answers: Answers) -> bool:
    """Whether a form of these steps, sent off by `step`, only led to a page whose address asks for what was typed."""
    if step.after is None or answers.writes(step):
        return False
    typed = {folded(one.value.text) for one in used if isinstance(one, FillStep)}
    return bool(typed & newly_asked(step.page.url, step.after.url))


def chose_among(used: Sequence[Step], step: Step, answers: Answers) -> bool:
    """Whether it only asked for the same page again, by what was chosen."""
    if step.after is None or answers.writes(step) or any(isinstance(one, FillStep) for one in used):
        return False
    chosen = any(isinstance(one, SelectStep | CheckStep) for one in used)
    return chosen and not answers.leads_on(step) and bool(newly_asked(step.page.url, step.after.url))
