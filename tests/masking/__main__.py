"""`python -m tests.masking --seed 1 --count 2000`: the long form. Exit code 1 if a secret was sent."""

import argparse
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.capture.site import CAPTURE, REPO
from tests.masking.run import seeds, visited

TAB_PAGES_MAX = 25
"""After so many pages a new tab with a storage of its own takes over."""


def main() -> int:
    """Visits the pages and says what was found, each page by the seed that makes it again."""
    parser = argparse.ArgumentParser(prog="python -m tests.masking", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2_000, help="how many pages")
    parser.add_argument("--jobs", type=int, default=2, help="browsers at the same time")
    parser.add_argument("--only", default="", metavar="SEED/NUMBER", help="one page alone")
    chosen = parser.parse_args()
    subprocess.run(["npm", "run", "-s", "build"], cwd=REPO / "capture", check=True)
    capture_js = CAPTURE.read_text()
    waiting = [chosen.only] if chosen.only else seeds(chosen.seed, chosen.count)
    parts = [waiting[at : at + TAB_PAGES_MAX] for at in range(0, len(waiting), TAB_PAGES_MAX)]
    done, wrong, acts, began_s = 0, 0, 0, time.monotonic()
    with ProcessPoolExecutor(chosen.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for part in pool.map(partial(visited, capture_js), parts):
            for one in part:
                for fault in one.wrong:
                    print(f"{one.seed}: {fault}", flush=True)
            done, wrong = done + len(part), wrong + sum(bool(one.wrong) for one in part)
            acts += sum(one.acts for one in part)
            print(f"{time.monotonic() - began_s:6.0f} s  {done} pages, {acts} acts, {wrong} wrong", flush=True)
    print(f"seed {chosen.seed}: {done} pages, {acts} acts, {wrong} of them wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
