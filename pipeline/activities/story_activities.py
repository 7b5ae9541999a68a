"""All that a story did, and what of it makes stories one flow."""

from dataclasses import dataclass

from pipeline.activities.activity import LISTINGS, ONLY_WAYS, Activity
from pipeline.activities.facts.responses import Verdicts


@dataclass(frozen=True, slots=True)
class Activities:
    """All that a story did, and where it ended: pattern of the last page, and what was looked at there. `quiet` deeds
    only changed how a page looks. `verdicts` say of each step what came of it."""

    done: tuple[Activity, ...]
    end: tuple[str, ...]
    quiet: tuple[Activity, ...]
    verdicts: Verdicts

    def shape(self) -> list[object]:
        """What makes stories one flow, ready to be hashed: a sign-in and a search are but the way to what was done
        after them, and the same done twice is the same."""
        done = [deed for deed in self.done if deed not in self.quiet]
        acts = [at for at, deed in enumerate(done) if deed.kind not in ONLY_WAYS]
        ways = [at for at, deed in enumerate(done) if deed.kind in LISTINGS]
        last = max((*acts[-1:], *ways[-1:]), default=-1)
        told: list[object] = []
        for at, deed in enumerate(done):
            only_way = (deed.kind in LISTINGS and at < last) or (deed.kind == "sign in" and not deed.outcome)
            if only_way and len(done) > 1:
                continue
            shown = [deed.kind, deed.place, deed.told(), deed.what, deed.outcome]
            if told[-1:] != [shown]:
                told.append(shown)
        return [told, list(self.end)]
