"""All changes of the sample app, as a table; exit code 1 where a decision was wrong: `make healing`."""

import argparse
import sys

from agents.local.browser import find_chromium
from agents.settings import load
from tests.proof.healing.changes import CHANGES
from tests.proof.healing.judge import BEFORE, chromium, judge, visits
from tests.proof.healing.shop import Version


def main() -> int:
    """Records and judges; prints a line a change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="How often a healed test is run.")
    parser.add_argument("--only", default="", help="Changes whose name holds this.")
    arguments = parser.parse_args()
    path = str(find_chromium(load()))
    wrong = healed = repairable = 0
    chosen = [change for change in CHANGES if arguments.only in change.name]
    with chromium(path) as browser:
        before = visits(browser, Version(), BEFORE)
        for change in chosen:
            told = judge(browser, path, before, change, lambda _: None, arguments.runs)
            repairable += change.repairable
            healed += change.repairable and told.right
            bad = told.decision != change.decision or (told.proof.repaired is not None and not change.repairable)
            wrong += bad
            mark = "ok   " if told.right else "WRONG" if bad else "not healed"
            verdict = told.proof.verdict
            said = "; ".join(told.proof.reasons) or ", ".join(run.rule for run in verdict.runs if run.rule)
            print(f"{mark} | {change.name} | {change.decision} | {told.decision} ({told.rule}) | {verdict.outcome}"
                  f" {verdict.kind or ''} | {said}", flush=True)  # fmt: skip
    print(f"{len(chosen)} changes, {wrong} wrong decisions, {healed} of {repairable} repairable tests healed")
    return 1 if wrong or healed < 0.9 * repairable else 0


if __name__ == "__main__":
    sys.exit(main())
