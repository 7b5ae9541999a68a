"""The main job on one machine, start to end: broker, worker, shop, visitors, stories, tests, and the tests run."""

import json
import secrets
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.composition import Services
from agents.demo.stock import PASSWORD
from agents.demo.visitors import LATER, VISITS, Visit
from agents.local import processes
from agents.local.browser import FLAGS, apart, find_chromium
from agents.local.folders import write_project
from agents.local.project import ProjectResult, run_project
from agents.local.supervisor import Machine
from agents.private import make_folder
from agents.proof.prover import Proof, Since, Wanted
from agents.proof.runner import Environment
from agents.settings import Settings
from pipeline.codegen import project_files
from schemas.verdicts import Verdict

APP = "ferry-street-books"
STORIES_S = 60.0
"""How long the last story and its test may take after the last visit; on an idle machine it is one second."""
SHOP_S = 20.0
PROOF_RUNS = 2


class DemoFailed(RuntimeError):
    """The demonstration could not be finished. The message says where it stopped, in one line."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a story with the test of its flow, what came of it, and the proof where there is one."""

    story: str
    tags: tuple[str, ...]
    support: int
    test: str
    verdict: ProjectResult | None
    proof: Verdict | None = None


@dataclass(frozen=True)
class Outcome:
    """What the demonstration ends with; `stories` counts the visits' stories, `rows` has one for each flow."""

    rows: tuple[Row, ...]
    stories: int
    project: Path

    @property
    def good(self) -> bool:
        """Whether every flow has a test, every test passed, and none that was proven failed to."""
        run = bool(self.rows) and all(row.verdict is not None and row.verdict.passed for row in self.rows)
        return run and all(row.proof is None or row.proof.outcome == "passed" for row in self.rows)


class Demo:
    """One run. `say` gets a line of progress at a time."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._say = say
        self._chromium = find_chromium(settings)
        self.folder = (settings.data / "demo").absolute()
        shutil.rmtree(self.folder, ignore_errors=True)
        own = {"data": self.folder, "storage": "", "files": "", "web_port": processes.free_port(), "web_url": ""}
        own |= {"api_keys": None, "cors_origins": "*", "rate_events_s": 0}
        # On a broker of the user's own, topics of this run's own: what is there already is none of its business.
        prefix = f"{settings.topic_prefix}demo-{secrets.token_hex(3)}-" if settings.brokers else ""
        self.machine = Machine(settings.model_copy(update={**own, "topic_prefix": prefix}), say=say)
        self.project = self.folder / "project"

    def record(self) -> int:
        """Has the visitors come, and waits for their stories and tests. Returns the number of stories."""
        told: set[str] = set()
        with self.shop(f"{self.machine.url}/capture.js") as shop:
            self._say(f"Shop at {shop}; {len(VISITS)} visitors come, each with a browser window of their own")
            for visit in self._visits(shop, VISITS):
                self._say(f"  {visit.who} {visit.why}")
                self._tell_new(told)
        self._await_stories(told, len(VISITS))
        return len(told)

    def _await_stories(self, told: set[str], wanted: int) -> None:
        deadline = time.monotonic() + STORIES_S
        while len(told) < wanted or not self._all_tested():
            if time.monotonic() > deadline:
                raise DemoFailed(f"{len(told)} of {wanted} stories came within {STORIES_S:.0f} s of the last visit")
            time.sleep(0.2)
            self._tell_new(told)

    def change(self) -> list[tuple[str, Proof]]:
        """Changes the shop, has others visit it, and proves the tests on it: what came of each, by its title."""
        services = Services(self.machine.settings)
        try:
            # The tests as they were before: what the new visits say must not be in them.
            subjects = services.subjects(APP, _raised)
            since = Since(datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), "2")
            told = {story["id"] for story in self._all("stories")}
            self._say("The shop changes: a button has another name, and no book can be saved")
            with self.shop(f"{self.machine.url}/capture.js", changed=True) as shop:
                for visit in self._visits(shop, LATER):
                    self._say(f"  {visit.who} {visit.why}")
            self._await_stories(told, len(told) + len(LATER))
            with self.shop(changed=True) as shop:
                place = Environment(shop, self._chromium, "demo", "2", variables={"APP_PASSWORD": PASSWORD})
                wanted = Wanted(runs=1, heal=True, run_id=str(uuid.uuid4()))
                seen = [services.with_traffic(subject, since) for subject in subjects]
                with ThreadPoolExecutor(2) as pool:
                    proofs = list(pool.map(lambda one: services.prove(one, place, wanted, self._say), seen))
            return [(subject.test.title, proof) for subject, proof in zip(subjects, proofs, strict=True)]
        finally:
            services.close()

    def export(self) -> list[dict[str, Any]]:
        """Writes the project. Returns its tests as the web port tells them."""
        services = Services(self.machine.settings)
        try:
            tests = services.tests(APP)
            write_project(self.project, project_files(tests, services.sources(tests)))
        finally:
            services.close()
        return self._all("tests")

    def verify(self, tests: list[dict[str, Any]], stories: int) -> Outcome:
        """Runs the project against a fresh shop, which no recorder watches."""
        self._say(f"Running {len(tests)} tests against a fresh copy of the shop")
        with self.shop() as shop:
            verdicts = run_project(self.project, shop, self._chromium, {"APP_PASSWORD": PASSWORD})
        rows = []
        for test in tests:
            mine = _in_all([verdict for verdict in verdicts if verdict.file == test["file_name"]])
            rows.append(Row(test["title"], tuple(test["tags"]), test["support"], test["file_name"], mine))
        return Outcome(tuple(sorted(rows, key=lambda row: row.story)), stories, self.project)

    def prove(self, outcome: Outcome) -> Outcome:
        """Proves the stored tests: runs each, also on a shop broken on purpose, and keeps the verdicts. The outcome
        with them."""
        self._say(f"Proving {len(outcome.rows)} tests: {PROOF_RUNS} runs of each, and runs on a shop broken on purpose")
        services = Services(self.machine.settings)
        wanted = Wanted(PROOF_RUNS, mutants=True, artifacts=services.artifacts, run_id=str(uuid.uuid4()))
        try:
            with self.shop() as shop, ThreadPoolExecutor(2) as pool:
                place = Environment(shop, self._chromium, "demo", "1", variables={"APP_PASSWORD": PASSWORD})
                subjects = services.subjects(APP, _raised)
                proofs = list(pool.map(lambda one: services.prove(one, place, wanted, self._say), subjects))
        finally:
            services.close()
        told = {subject.test.file_name: proof.verdict for subject, proof in zip(subjects, proofs, strict=True)}
        return replace(outcome, rows=tuple(replace(row, proof=told.get(row.test)) for row in outcome.rows))

    @contextmanager
    def shop(self, recorder: str = "", changed: bool = False) -> Iterator[str]:
        """A fresh shop in a process of its own, `changed`: its next version. Yields its address."""
        port = processes.free_port()
        command = [sys.executable, "-m", "agents.demo.shop", "--port", str(port), "--recorder", recorder]
        command += ["--changed"] if changed else []
        log = self.folder / "log" / "shop.log"
        make_folder(log.parent)
        process = processes.start(command, log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            processes.stop(process, 2.0)

    def _visits(self, shop: str, visits: Sequence[Visit]) -> Iterator[Visit]:
        from playwright.sync_api import Error, sync_playwright

        with ExitStack() as stack:
            with apart():
                playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=str(self._chromium), args=list(FLAGS))
            for visit in visits:
                context = browser.new_context(base_url=shop)
                page = context.new_page()
                try:
                    visit.act(page)
                    # As an app would at sign-out or after an order: the journey is over, and all of it was delivered.
                    page.evaluate("() => window.journeywright.end()")
                except Error as error:
                    first = error.message.partition("\n")[0]
                    raise DemoFailed(f"{visit.who}, who {visit.why}, could not go on: {first}") from None
                context.close()
                yield visit
            browser.close()

    def _tell_new(self, told: set[str]) -> None:
        for story in reversed(self._all("stories")):
            if story["id"] not in told:
                told.add(story["id"])
                self._say(f"    story: {story['title']}  [{', '.join(story['tags']) or 'no pattern'}]")

    def _all_tested(self) -> bool:
        return all(story["hasTests"] for story in self._all("stories"))

    def _all(self, kind: str) -> list[dict[str, Any]]:
        """All stories, or all tests, newest first."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            query = {"app": APP, "limit": 100, **({"cursor": cursor} if cursor else {})}
            url = f"{self.machine.url}/api/v1/{kind}?{urllib.parse.urlencode(query)}"
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    page = json.load(answer)
            except OSError as error:
                raise DemoFailed(f"the worker does not answer ({error}); its log is in {self.folder / 'log'}") from None
            found += page[kind]
            cursor = page["next_cursor"]
        return found


def _raised(_what: str, error: Exception) -> None:
    raise error


def _in_all(verdicts: list[ProjectResult]) -> ProjectResult | None:
    """One verdict for a file's tests, which are several where a flow has rows of values; None where none ran."""
    if not verdicts:
        return None
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return replace((failed or verdicts)[0], seconds=sum(verdict.seconds for verdict in verdicts))


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SHOP_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise DemoFailed(f"the shop did not start; its log is {log}")
