"""All that a story did, and what of it makes stories one flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.activities.activity import ACTS, LISTINGS, ONLY_WAYS, Activity
from pipeline.activities.facts.responses import Verdicts


@dataclass(frozen=True, slots=True)
class Activities:
    """All that a story did.

    `end` is where it ended: the pattern of the last page, and what was looked at there. `quiet` activities only changed
    how a page looks. `verdicts` say of each step what came of it.
    """

    done: tuple[Activity, ...]
    end: tuple[str, ...]
    quiet: tuple[Activity, ...]
    verdicts: Verdicts
    record: tuple[Activity, ...] = ()
    """Each activity as it was read, in order: also first tries and repetitions, which `done` has once, and pages that
    were looked at."""
    click_rules: Mapping[int, str] = field(default_factory=dict)
    """The rule that read a click, by the number of its step."""

    def kinds(self) -> frozenset[str]:
        """What was done, whatever fields were filled in for it: two ways of filling in a form are one kind."""
        done = {f"{one.key_kind}|{one.place}|{one.form}|{one.what}|{one.outcome}" for one in self.done}
        return frozenset(done or {f"look at {' '.join(self.end)}"})

    def acting(self) -> frozenset[int]:
        """The numbers of the steps by which the app was asked to do something."""
        return frozenset(
            number for one in self.done if one.kind in ACTS and one not in self.quiet for number in one.steps
        )

    def shape(self) -> list[object]:
        """What makes stories one flow, ready to be hashed: a sign-in and a search are but the way to what was done
        after them, and the same done twice is the same."""
        done = [activity for activity in self.done if activity not in self.quiet]
        acts = [at for at, activity in enumerate(done) if activity.kind not in ONLY_WAYS]
        ways = [at for at, activity in enumerate(done) if activity.kind in LISTINGS]
        last = max((*acts[-1:], *ways[-1:]), default=-1)
        acts_shown: list[object] = []
        for at, activity in enumerate(done):
            signed_in = activity.kind == "sign in" and not activity.outcome
            only_way = signed_in or (activity.kind in LISTINGS and at < last)
            if only_way and len(done) > 1:
                continue
            shown = [activity.key_kind, activity.place, activity.key_fields(), activity.what, activity.outcome]
            if acts_shown[-1:] != [shown]:
                acts_shown.append(shown)
        return [acts_shown, list(self.end)]
