"""Are eight sessions worth more than one? Tests from one session and from eight, before the same mutants.

`Eight` is a generator for the harness of `bench.quality`: it writes each test from the session that the harness watches
and from seven recorded ones (`python -m bench.flows.record`). Run it beside one that differs in nothing else, compare:

    python -m bench.quality --generator bench.quality.offline:Offline --mutants
    python -m bench.quality --generator bench.flows.kills:Eight --mutants
    python -m bench.flows.kills
"""

import json
import os
import re
import sys
from pathlib import Path

from bench.flows.record import data_folder
from bench.quality.offline import REPO, Offline

SESSIONS = 8
_ORIGIN = re.compile(rb"http://127\.0\.0\.1:\d+")


class Eight(Offline):
    """From the session that was watched and the first seven recorded ones, at the address where the app runs now."""

    name = "eight"

    def others(self, journey_name: str, out_dir: Path) -> list[str]:
        folder = data_folder() / "flows" / self.app / journey_name
        files = sorted(folder.glob("*.jsonl"))[: SESSIONS - 1]
        if len(files) < SESSIONS - 1:
            print(f"{folder}: {len(files)} recorded sessions, {SESSIONS - 1} are needed: python -m bench.flows.record")
        moved = []
        for file in files:
            here = out_dir / "others" / file.name
            here.parent.mkdir(exist_ok=True)
            here.write_bytes(_ORIGIN.sub(self.base_url.encode(), file.read_bytes()))
            moved.append(str(here))
        return moved


def main() -> int:
    """Prints what became of the mutants that both tests of a journey met; 1 where eight sessions did worse."""
    trials = Path(os.environ.get("TRIALS_ROOT") or REPO.parent / ".quality")
    out = Path(os.environ.get("MEASURE_OUT") or trials / "out")
    one, eight = (
        json.loads((out / "results" / f"{name}.json").read_text())
        for name in ("bench.quality.offline:Offline", "bench.flows.kills:Eight")
    )
    killed, survived = [0, 0, 0], [0, 0, 0]
    for journey in sorted(one.keys() & eight.keys()):
        runs = [[run["ok"] for run in found[journey]["runs"]] for found in (one, eight)]
        print(f"{journey}: clean runs {sum(runs[0])}/{len(runs[0])} and {sum(runs[1])}/{len(runs[1])}")
        for mutant in sorted(one[journey]["mutants"].keys() & eight[journey]["mutants"].keys()):
            harmful = mutant.startswith("H")
            met = [found[journey]["mutants"][mutant] for found in (one, eight)]
            if harmful and any(run["ok"] and not run["fired"] for run in met):
                continue  # a test that typed other values never met what the mutant takes away
            good = [not found["ok"] and bool(found["fired"]) if harmful else found["ok"] for found in met]
            counts = killed if harmful else survived
            for place, more in enumerate((1, good[0], good[1])):
                counts[place] += more
            if good[0] != good[1]:
                better = "eight sessions" if good[1] else "one session"
                print(f"   {mutant}: only the test from {better} is right")
    for word, (of, first, second) in (("harmful killed", killed), ("benign survived", survived)):
        print(f"{word}: one session {first} of {of}, eight sessions {second} of {of}")
    return int(killed[2] < killed[1] or survived[2] < survived[1])


if __name__ == "__main__":
    sys.exit(main())
