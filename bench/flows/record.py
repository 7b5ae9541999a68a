"""`python -m bench.flows.record [app[:journey]…] [--times N] [--offset N]`: records the labelled set.

Each journey is run N times (default 8) through the harness's apps, recorded by our recorder. The events go to
$JOURNEYWRIGHT_BENCH_DATA (default: .data/bench) as flows/APP/JOURNEY/NUMBER.jsonl; what is there already stays. The
apps' state is a copy of its own, so that other measurements may go on beside it.
"""

import importlib
import os
import random
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.flows.journeys import JOURNEYS, Journey, Turn
from bench.quality.offline import CAPTURE, Offline, _Collector

REPO = Path(__file__).resolve().parents[2]
RESET: frozenset[str] = frozenset({"delete_page", "delete_safety", "annotate_battery", "annotate_thanks"})
"""Journeys that take something away, or can be done once: the app is put back before each run."""


def data_folder() -> Path:
    """Where recordings lie."""
    return Path(os.environ.get("JOURNEYWRIGHT_BENCH_DATA") or REPO / ".data" / "bench")


def private_trials() -> Path:
    """A root for the harness with the installed apps of the shared one and a state of its own."""
    shared = Path(os.environ.get("TRIALS_ROOT") or REPO.parent / ".quality")
    own = data_folder() / "trials"
    own.mkdir(parents=True, exist_ok=True)
    for name in ("envs", "npm", "venv"):
        if not (own / name).exists():
            (own / name).symlink_to(shared / name)
    for state in (shared / "state").iterdir():
        folder = own / "state" / state.name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "template").exists():
            (folder / "template").symlink_to(state / "template")
    return own


class Recorder(Offline):
    """The recorder alone: what it posts is kept."""

    def begin(self) -> None:
        self.script = CAPTURE.read_text()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
        self.server.daemon_threads = True
        self.server.bodies = []  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def record(self, browser: Any, journey: Journey, base: str, number: int) -> bytes:
        """The bodies of one run, a line each. Raises what the journey raises."""
        context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        context.set_default_timeout(20_000)
        self.attach(context, journey.app, base)
        try:
            chance = random.Random(f"{journey.app}:{journey.name}:{number}")
            journey.run(context.new_page(), base, Turn(number, chance))
            self.before_close(context)
        finally:
            context.close()
        return b"\n".join(self.server.bodies)  # type: ignore[attr-defined]


def main(arguments: list[str]) -> int:
    """Records what is missing; the number of runs that failed."""
    options = {"--times": 8, "--offset": 500}
    for name in options:
        if name in arguments:
            at = arguments.index(name)
            options[name] = int(arguments[at + 1])
            del arguments[at : at + 2]
    os.environ["TRIALS_ROOT"] = str(private_trials())
    harness = Path(os.environ.get("JOURNEYWRIGHT_QUALITY") or REPO.parent / "shared" / "quality")
    sys.path.insert(0, str(harness / "apps"))
    wanted = [j for j in JOURNEYS if not arguments or j.app in arguments or f"{j.app}:{j.name}" in arguments]
    common = importlib.import_module("_common")
    from playwright.sync_api import sync_playwright

    recorder = Recorder()
    recorder.begin()
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=common.CHROMIUM, args=common.FLAGS)
        for name in dict.fromkeys(journey.app for journey in wanted):
            app = importlib.import_module(name)
            runs = [
                (journey, number) for journey in wanted if journey.app == name for number in range(options["--times"])
            ]
            failed += record_app(recorder, browser, app, runs, app.PORT + options["--offset"])
        browser.close()
    recorder.stop()
    return failed


def record_app(recorder: Recorder, browser: Any, app: Any, runs: list[tuple[Journey, int]], port: int) -> int:
    """Records the runs of one app; how many failed."""
    failed, started = 0, False
    try:
        for journey, number in runs:
            out = data_folder() / "flows" / journey.app / journey.name / f"{number}.jsonl"
            if out.exists():
                continue
            if not started or journey.name in RESET:
                app.reset()
                app.start(port)
                started = True
            try:
                events = recorder.record(browser, journey, f"http://127.0.0.1:{port}", number)
            except Exception as error:  # noqa: BLE001 (a run that fails is told, and the others go on)
                failed += 1
                print("FAILED", journey.app, journey.name, number, str(error).splitlines()[:3], flush=True)
                continue
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(events)
            print("ok", journey.app, journey.name, number, len(events), flush=True)
    finally:
        app.stop()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
