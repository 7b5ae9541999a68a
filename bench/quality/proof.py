"""`python -m bench.quality.proof [app[:journey]…] [--redo] [--no-mutants] [--expect-timeout S] [--report]`.

Proves what was recorded: first `python -m bench.quality --offline` records the journeys. Then each journey's story and
test go into a storage of their own, and `journeywright prove --runs 3 --mutants --repair` runs against a fresh copy of
the app, reset before each run as the harness does it. What is measured lies beside the harness's results, in `proof/`;
the tests as they were published lie in `proof/harness/`, where the harness measures them again: `MEASURE_OUT=…/proof/
harness python -m bench.quality --offline --runs 3 --mutants` says whether they reach their evidence, and what they
notice.
"""

import argparse
import fcntl
import importlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from agents.storage import Storage
from agents.storage.sql.verdict_rows import VerdictFilter
from bench.quality.places import REPO, Places, found
from pipeline.codegen import project_files
from pipeline.generate import test_of
from schemas.codecs import to_json
from schemas.stories import STORY
from schemas.verdicts import VERDICT, Verdict

OFFLINE = "bench.quality.offline:Offline"
PORTS_ABOVE = 3000
"""Where the copies of the apps listen, above the harness's own ports."""
PROVE_S = 1800


class Copies:
    """A copy of one app, and the address to POST to that makes it a fresh one. `seconds` is what that took so far."""

    def __init__(self, app: Any, folder: Path, offset: int) -> None:
        app.A.run = folder / app.NAME
        self.app, self.seconds, self.port = app, 0.0, app.PORT + offset
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def reset(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def renew(self) -> None:
        began_s = time.monotonic()
        self.app.reset()
        self.app.start(self.port)
        self.seconds += time.monotonic() - began_s

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.app.stop()
        shutil.rmtree(self.app.A.run, ignore_errors=True)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        copies = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                try:
                    copies.renew()
                except Exception as error:  # noqa: BLE001 (an app that does not start fails the proof, by this answer)
                    traceback.print_exc()
                    self.send_error(500, " ".join(f"{type(error).__name__}: {error}".split())[:200])
                else:
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silence."""

        return Handler


@contextmanager
def copies_of(app: Any, offset: int) -> Iterator[Copies]:
    """A copy of an app, in memory where there is such a folder."""
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else Path(app.A.dir)
    copies = Copies(app, base / f"proof-{offset}", offset)
    try:
        yield copies
    finally:
        copies.close()


@dataclass(frozen=True)
class Proven:
    """What came of one journey's test. `state` is that of the test afterwards, `origin` how its code came to be."""

    state: str
    origin: str
    seconds: float
    resets: float
    changed: bool
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(to_json(self.verdict))
        return {"state": self.state, "origin": self.origin, "seconds": round(self.seconds, 1),
                "resets": round(self.resets, 1), "changed": self.changed, "verdict": told}  # fmt: skip


def prove(
    copies: Copies, who: tuple[str, str], recorded: Path, folder: Path, published: Path, options: Sequence[str]
) -> Proven:
    """Proves the test of one recorded journey; the project with the test as people get it goes to `published`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'journeywright.db'}"
    stories = [STORY.validate_json(line) for line in (recorded / "stories.jsonl").read_bytes().splitlines() if line]
    storage = Storage.open(url)
    storage.put_stories(stories)
    written = test_of([one for one in stories if one.flow_key == stories[0].flow_key], 1)
    storage.put_test(written)
    storage.close()
    command = [
        *(sys.executable, "-m", "agents.cli", "prove", "--app", written.app, "--data", str(folder), "--storage", url),
        *("--base-url", f"http://127.0.0.1:{copies.port}", "--reset", copies.reset, "--reach", "*"),
        *("--runs", "3", "--repair", "--users-min", "1", *options),
    ]
    user, password = who
    variables = {**os.environ, "APP_USER": user or "", "APP_PASSWORD": password or "", "PYTHONPATH": str(REPO)}
    copies.seconds = 0.0
    began_s = time.monotonic()
    with (folder / "prove.txt").open("w") as output:
        subprocess.run(command, env=variables, stdout=output, stderr=output, timeout=PROVE_S, check=False)
    seconds = time.monotonic() - began_s
    storage = Storage.open(url)
    try:
        (stored,) = storage.tests().items
        (verdict,) = storage.verdicts(VerdictFilter(test_id=stored.test.id)).items
    finally:
        storage.close()
    shutil.rmtree(published, ignore_errors=True)
    published.mkdir(parents=True)
    for name, content in project_files([stored.test.model_copy(update={"code": stored.code})]).items():
        (published / name).write_text(content)
    return Proven(stored.state, stored.origin, seconds, copies.seconds, stored.code != written.code, verdict)


def prove_app(places: Places, name: str, only: set[str], redo: bool, options: Sequence[str]) -> list[str]:
    """Proves the journeys of one app that were recorded and not proven before; those that could not be, with why."""
    failed: list[str] = []
    app = importlib.import_module(name)
    offset = int(os.environ.get("MEASURE_PORT_OFFSET", "1000")) + PORTS_ABOVE
    known = _read(places.out / "results" / f"{OFFLINE}.json")
    with copies_of(app, offset) as copies:
        for journey, scripted in app.journeys().items():
            key = f"{name}:{journey}"
            recorded = places.out / "results" / f"{OFFLINE}-tests" / name / journey
            done = _read(places.out / "proof" / "proof.json")
            if (only and journey not in only) or not known.get(key, {}).get("generated") or (key in done and not redo):
                continue
            published = places.out / "proof" / "harness" / "results" / f"{OFFLINE}-tests" / name / journey
            who = scripted.extra.get("who") or (app.USER, app.PASSWORD)
            try:
                told = prove(copies, who, recorded, places.out / "proof" / name / journey, published, options).as_json()
            except Exception as error:  # noqa: BLE001 (the next journey goes on; the command fails at its end)
                failed.append(f"{key}: {type(error).__name__}: {error}")
                print(failed[-1], file=sys.stderr, flush=True)
                continue
            _update(places.out / "proof" / "proof.json", {key: told})
            fresh = {**known[key], "runs": [], "mutants": {}}
            _update(places.out / "proof" / "harness" / "results" / f"{OFFLINE}.json", {key: fresh})
            print(row(key, told), flush=True)
    return failed


def row(key: str, told: dict[str, Any]) -> str:
    """One line of the table."""
    verdict = VERDICT.validate_python(told["verdict"])
    passed = sum(run.outcome == "passed" for run in verdict.runs)
    applied = [mutant for mutant in verdict.mutants if mutant.applied]
    missed = [mutant.kind for mutant in applied if not mutant.noticed]
    why = "; ".join(verdict.evidence) or "; ".join(
        f"{run.rule}: {run.statement or run.error}" for run in verdict.runs[:1] if run.rule
    )
    cells = (
        key,
        f"{passed}/{len(verdict.runs)}",
        told["origin"],
        told["state"],
        f"{len(applied) - len(missed)}/{len(applied)}" + (f" not {', '.join(missed)}" if missed else ""),
        f"{told['seconds']:.0f} s ({told['resets']:.0f} s resets)",
        why[:300].replace("|", "\\|"),
    )
    return f"| {' | '.join(cells)} |"


def report(places: Places) -> None:
    """Prints the table of what was proven so far, and its sums."""
    told = _read(places.out / "proof" / "proof.json")
    print("| journey | runs | code | state | mutants noticed | time | why |\n|---|---|---|---|---|---|---|")
    for key, one in sorted(told.items()):
        print(row(key, one))
    verdicts = {key: VERDICT.validate_python(one["verdict"]) for key, one in told.items()}
    passed = [key for key, one in verdicts.items() if one.outcome == "passed"]
    first = [key for key in passed if told[key]["origin"] in ("generated", "strengthened")]
    kinds: dict[str, list[int]] = {}
    for verdict in verdicts.values():
        for mutant in verdict.mutants:
            if mutant.applied:
                counts = kinds.setdefault(mutant.kind, [0, 0])
                counts[0] += mutant.noticed
                counts[1] += 1
    times = sorted(one["seconds"] for one in told.values())
    print(f"\n{len(told)} journeys: {len(first)} pass all runs as they were written, {len(passed)} after repair")
    print("mutants noticed: " + ", ".join(f"{kind} {a} of {b}" for kind, (a, b) in sorted(kinds.items())))
    if times:
        over = sum(time_s >= 90 for time_s in times)
        print(f"seconds a test: median {times[len(times) // 2]:.0f}, longest {times[-1]:.0f}, {over} of 90 s or more")


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


def _update(path: Path, values: dict[str, Any]) -> None:
    """Adds to a file that several of these commands may write, each for other apps."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps({**_read(path), **values}, indent=1, sort_keys=True))
        partial.replace(path)


def main(arguments: list[str]) -> int:
    """Proves the journeys of the apps that are named, all by default; prints the table with `--report`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redo", action="store_true", help="Prove again what was proven before.")
    parser.add_argument("--no-mutants", action="store_true", help="Only run and repair: a third of the time.")
    parser.add_argument("--expect-timeout", type=int, default=5, metavar="S", help="The harness itself waits for 15 s.")
    parser.add_argument("--report", action="store_true", help="Only print the table.")
    parser.add_argument("what", nargs="*", metavar="app[:journey]")
    chosen = parser.parse_args(arguments)
    try:
        places = found()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    failed: list[str] = []
    options = ["--expect-timeout", str(chosen.expect_timeout), *([] if chosen.no_mutants else ["--mutants"])]
    if not chosen.report:
        os.environ["TRIALS_ROOT"] = str(places.trials)
        sys.path.insert(0, str(places.harness / "apps"))
        apps: dict[str, set[str]] = {}
        for one in chosen.what or sorted(path.stem for path in (places.harness / "apps").glob("[!_]*.py")):
            name, _, journey = one.partition(":")
            apps.setdefault(name, set()).update({journey} - {""})
        for name, only in apps.items():
            failed += prove_app(places, name, only, chosen.redo, options)
    report(places)
    for why in failed:
        print(f"not proven: {why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
