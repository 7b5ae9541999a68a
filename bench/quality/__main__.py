"""`python -m bench.quality [app[:journey]…] [--mutants] [--runs N] [--redo] [--offline]`: measures our tests.

The harness lies at $JOURNEYWRIGHT_QUALITY (default: ../shared/quality beside this checkout); apps, results and its
Python environment at $TRIALS_ROOT (default: ../.quality). What is not said here is passed on to its measure.py.
`--offline` runs the recorder and the pure core without Kafka and without a server of ours, for quick trials.
"""

import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Runs the harness with our generator; its exit code."""
    harness = Path(os.environ.get("JOURNEYWRIGHT_QUALITY") or REPO.parent / "shared" / "quality")
    trials = Path(os.environ.get("TRIALS_ROOT") or REPO.parent / ".quality")
    python = trials / "venv" / "bin" / "python"
    for needed in (harness / "measure.py", python):
        if not needed.exists():
            print(f"{needed} is missing: see the harness's README for its setup", file=sys.stderr)
            return 2
    offline = "--offline" in arguments
    passed = [argument for argument in arguments if argument != "--offline"]
    generator = "bench.quality.offline:Offline" if offline else "journeywright"
    environment = {
        **os.environ,
        "TRIALS_ROOT": str(trials),
        "MEASURE_OUT": os.environ.get("MEASURE_OUT") or str(trials / "out"),
        "JOURNEYWRIGHT_REPO": str(REPO),
        "PYTHONPATH": str(REPO),
    }
    chosen = [] if "--generator" in passed else ["--generator", generator]
    command = [str(python), str(harness / "measure.py"), *chosen, *passed]
    return subprocess.run(command, env=environment, cwd=trials, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
