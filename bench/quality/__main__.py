"""`python -m bench.quality [app[:journey]…] [--mutants] [--runs N] [--redo] [--offline|--record]`: measures our tests.

The harness lies at $JOURNEYWRIGHT_QUALITY (default: ../shared/quality beside this checkout); apps, results and its
Python environment at $TRIALS_ROOT (default: ../.quality). What is not said here is passed on to its measure.py.
`--offline` runs the recorder and the pure core without Kafka and without a server of ours, for quick trials; `--record`
lets `journeywright record` watch the journeys.
"""

import subprocess
import sys

from bench.quality.places import found

GENERATORS = {"--offline": "bench.quality.offline:Offline", "--record": "bench.quality.recorded:Recorded"}


def main(arguments: list[str]) -> int:
    """Runs the harness with our generator; its exit code."""
    try:
        places = found()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    generators = [GENERATORS[argument] for argument in arguments if argument in GENERATORS]
    passed = [argument for argument in arguments if argument not in GENERATORS]
    chosen = [] if "--generator" in passed else ["--generator", *(generators[-1:] or ["journeywright"])]
    command = [str(places.python), str(places.harness / "measure.py"), *chosen, *passed]
    return subprocess.run(command, env=places.variables(), cwd=places.trials, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
