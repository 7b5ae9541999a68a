"""The activities of a story as they are found: what tries again, repeats or takes back an earlier one changes that."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.activities.activity import CHOSEN, LEADS, LISTINGS, ONLY_WAYS, Activity, identifying_fields
from pipeline.activities.facts.responses import Answers
from schemas.stories import Step


@dataclass
class ActivityList:
    """What was done so far, in its order. It lives only while a story is read."""

    steps: Sequence[Step]
    answers: Answers
    found: list[Activity] = field(default_factory=list)
    record: list[Activity] = field(default_factory=list)
    """Each activity as it was read, also those that a later one repeats, and pages that were only looked at."""

    @property
    def last(self) -> Activity | None:
        return self.found[-1] if self.found else None

    def last_is(self, kind: str, what: str | None = None) -> bool:
        """Whether the last one is of this kind, done by this control (None: by any)."""
        last = self.last
        return last is not None and last.kind == kind and what in (None, last.what)

    def add(self, activity: Activity) -> None:
        """Adds an activity; one that repeats the last, or tries it again after a refusal, replaces it."""
        self.record.append(activity)
        last = self.last
        let_in = activity.kind == "sign in" and last is not None and not last.outcome
        if last is not None and last.like(activity) and not (let_in and activity.outcome):
            more = all(name.startswith(CHOSEN) for name in activity.fields) and activity.place == last.place
            again = last.outcome or activity.kind in ONLY_WAYS or activity.kind == "open form" or more
            again = again or (bool(activity.form) and activity.form == last.form and not self._did_more(last))
            if again:
                if activity.kind in LISTINGS:
                    self.found[-1] = last if last.what == "filter" else activity
                    return
                # A form that comes back with what was refused holds that: the first try tells what it was.
                typed = any(not name.startswith(CHOSEN) for name in last.fields)
                tried = bool(last.outcome and last.form and typed)
                fields = last.fields if tried else identifying_fields({*last.fields, *activity.fields})
                form = last.form if tried else activity.form or last.form
                same_refusal = activity.outcome and not activity.fields and activity.kind != "sign in"
                kept = last.outcome if same_refusal else activity.outcome
                place = activity.place if activity.place.startswith(LEADS) else last.place
                self.found[-1] = replace(activity, place=place, fields=fields, outcome=kept, form=form)
                return
        self.found.append(activity)

    def _did_more(self, activity: Activity) -> bool:
        """Whether what sent it off asked for a change, or led somewhere."""
        sent = self.steps[activity.steps[-1]]
        return sent.navigates or self.answers.writes(sent)

    def take_back(self) -> Activity:
        """Drops the last one: the user thought better of it."""
        dropped = self.found.pop()
        self.record = [one for one in self.record if one.steps != dropped.steps]
        return dropped
