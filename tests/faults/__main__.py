"""`python -m tests.faults --seed 1 --count 100`: the long form, with a report. Exit code 1 if anything was wrong."""

import argparse
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.brokers import CLUSTER
from tests.faults.run import CLUSTER_KINDS, KINDS, run


def main() -> int:
    """Runs `count` faults in one go."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="how many faults")
    parser.add_argument("--journeys", type=float, default=4.0, help="new journeys a second")
    parser.add_argument("--kinds", default="", help="which faults, with commas between; all unless said")
    parser.add_argument("--brokers", type=int, choices=(1, CLUSTER), default=1, help="one alone, or a cluster of three")
    parser.add_argument("--keep", action="store_true", help="leave logs and data where they are")
    chosen = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # of our producer; an outage is meant here
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    began_s = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began_s:6.0f} s  {text}", flush=True)

    every = KINDS if chosen.brokers == 1 else CLUSTER_KINDS
    kinds = tuple(chosen.kinds.split(",")) if chosen.kinds else every
    report = run(folder, chosen.seed, chosen.count, chosen.journeys, kinds, say, chosen.brokers)
    print(report)
    if report.right and not chosen.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"logs and data: {folder}")
    return 0 if report.right else 1


if __name__ == "__main__":
    sys.exit(main())
