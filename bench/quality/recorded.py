"""`journeywright record` as a generator of the harness: `python -m bench.quality --record [app[:journey]…]`.

The browser is the command's own; the harness's journey works in it over CDP, as a person would by hand.
`python -m bench.quality.recorded RESULTS OTHERS` says which tests of two folders `results/…-tests` are the same.
"""

import difflib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, ClassVar

REPO = Path(__file__).resolve().parents[2]
PYTHON = REPO / ".venv" / "bin" / "python"
START_S = 60.0
END_S = 120.0
WAIT = 'printf %s "$CDP_URL" > "$1.part" && mv "$1.part" "$1" && cat > /dev/null'
"""What the command runs: it tells where the browser is, and ends with its standard input."""


class _Page:
    """A page that is opened by its first `goto`: the command starts with an address, not with an empty tab."""

    def __init__(self, opened: Any) -> None:
        self._opened, self._page = opened, None
        self._handlers: list[tuple[str, Any]] = []

    def goto(self, url: str, **options: Any) -> None:
        """Begins the recording there, or goes on to there."""
        if self._page is not None:
            self._page.goto(url, **options)
            return
        self._page = self._opened(url)
        for event, handler in self._handlers:
            self._page.on(event, handler)
        self._page.wait_for_load_state()

    def on(self, event: str, handler: Any) -> None:
        """Listens, from the beginning where there is no page yet."""
        if self._page is None:
            self._handlers.append((event, handler))
        else:
            self._page.on(event, handler)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)


class Recorded:
    """What the harness asks of a generator: start, attach, before_close, finish, stop."""

    name = "record"
    env: ClassVar[dict[str, str]] = {}
    context_options: ClassVar[dict[str, bool]] = {}
    goto_pause_ms = 0

    def start(self) -> None:
        self.folder = Path(os.environ["MEASURE_OUT"]) / "recorded"

    def attach(self, context: Any, app_name: str, _base_url: str) -> None:
        self.app, self.engine, self.process = app_name, context.browser.browser_type, None
        self.folder = self.folder.with_name(f"recorded-{time.time_ns()}")
        context.new_page = lambda: _Page(self._open)

    def _open(self, url: str) -> Any:
        self.folder.mkdir(parents=True)
        told = self.folder / "cdp"
        with (self.folder / "log").open("wb") as log:
            self.process = _record(url, self.app, self.folder / "project", told, log)
        end = time.monotonic() + START_S
        while not told.exists():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"record did not start: {(self.folder / 'log').read_text()[-1000:]}")
            time.sleep(0.1)
        self.browser = self.engine.connect_over_cdp(told.read_text())
        context = self.browser.contexts[0]
        context.set_default_timeout(15_000)
        return context.pages[0]

    def before_close(self, _context: Any) -> None:
        """The program that drives the browser ends; the command then has the pages hand over what they hold."""
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(END_S)
            self.browser.close()

    def finish(self, _journey_name: str, out_dir: Path) -> list[Path]:
        project = self.folder / "project"
        if self.process is None or self.process.returncode or not project.exists():
            print((self.folder / "log").read_text()[-2000:])
            return []
        for file in project.iterdir():
            if file.is_file():
                (out_dir / file.name).write_bytes(file.read_bytes())
        return sorted(out_dir.glob("test_*.py"))

    def stop(self) -> None:
        """Nothing is left running."""


def _record(url: str, app: str, out: Path, told: Path, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [str(PYTHON), "-m", "agents.cli", "record", url, "--out", str(out), "--app", app, "--headless"]
    return subprocess.Popen(
        [*command, "--", "sh", "-c", WAIT, "wait", str(told)],
        cwd=REPO, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip


def main(one: Path, other: Path) -> int:
    """Prints which journeys have the same tests in both folders, and how the others differ; how many differ."""
    differing = 0
    for folder in sorted(path for path in one.glob("*/*") if path.is_dir()):
        name = folder.relative_to(one)
        if not (other / name).is_dir():
            continue
        texts = [_tests(place) for place in (folder, other / name)]
        print(name, "same" if texts[0] == texts[1] else "OTHER")
        if texts[0] != texts[1]:
            differing += 1
            sys.stdout.writelines(f"  {line}\n" for line in difflib.unified_diff(*texts, lineterm="", n=0))
    return differing


def _tests(folder: Path) -> list[str]:
    return [line for file in sorted(folder.glob("test_*.py")) for line in file.read_text().splitlines()]


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]), Path(sys.argv[2]))))
