"""Where the harness and what belongs to it lie: the checkout, the installed apps, the results."""

import os
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """`harness` are its scripts, `trials` the installed apps and its Python environment, `out` the results."""

    harness: Path
    trials: Path
    out: Path

    @property
    def python(self) -> Path:
        """The harness's interpreter."""
        return self.trials / "venv" / "bin" / "python"

    def variables(self) -> dict[str, str]:
        """The environment in which its scripts run, with ours in it."""
        told = {"TRIALS_ROOT": self.trials, "MEASURE_OUT": self.out, "JOURNEYWRIGHT_REPO": REPO, "PYTHONPATH": REPO}
        return {**os.environ, **{name: str(path) for name, path in told.items()}}


def found() -> Places:
    """As the environment says, else beside this checkout. Raises FileNotFoundError where the harness is not there."""
    harness = Path(os.environ.get("JOURNEYWRIGHT_QUALITY") or REPO.parent / "shared" / "quality")
    trials = Path(os.environ.get("TRIALS_ROOT") or REPO.parent / ".quality")
    places = Places(harness, trials, Path(os.environ.get("MEASURE_OUT") or trials / "out"))
    for needed in (harness / "measure.py", places.python):
        if not needed.exists():
            raise FileNotFoundError(f"{needed} is missing: see the harness's README for its setup")
    return places
