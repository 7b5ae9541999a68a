"""`python -m tests.fuzz --seconds 3600 --seed 1`: the long form, with a report. Exit code 1 if anything was wrong."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.fuzz.run import run


def main() -> int:
    """Runs once, for so many seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3_600)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    report = run(folder, chosen.seed, chosen.seconds)
    print(report)
    if report.wrong:
        print(f"logs and data: {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
