"""The pytest plugin that watches a test while it is proven, in the process that runs it.

The test is there once for each run. Before each the plugin asks for its orders, and after it says what it saw: lines of
JSON on a channel to the runner. Secrets are never told: of requests only method, address without query, and status.
"""

import json
import os
import select
import socket
import threading
import traceback
from collections.abc import Generator, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from agents.proof.child import CHANNEL
from agents.proof.failures import failure
from agents.proof.watch import CHARS_MAX, Watch

ORDERS: Final = "JOURNEYWRIGHT_PROOF"
"""The variable with what holds for all runs, as JSON: `runs`, `reached`, `chapters`, `expect_ms`."""
RUN: Final = "proof_run"
"""The parameter that tells the runs of a test apart."""


class Channel:
    """To the runner: it is asked for the orders of each run, and told what came of it."""

    def __init__(self, number: int) -> None:
        threading.Thread(target=_end_with, args=[number], name="runner gone", daemon=True).start()
        self._file = socket.socket(fileno=number).makefile("rw", encoding="utf-8")

    def orders(self) -> dict[str, Any] | None:
        """Those of the next run; None where there is none."""
        self.tell({"ready": True})
        line = self._file.readline()
        return json.loads(line) if line else None

    def tell(self, message: dict[str, Any]) -> None:
        self._file.write(json.dumps(message) + "\n")
        self._file.flush()


def _end_with(number: int) -> None:
    """Ends this process, and with it the browser, once the runner is gone, however that ended."""
    hung_up = select.poll()
    hung_up.register(number, 0)  # that the other end is closed is told in any case
    hung_up.poll()
    os._exit(1)


class Proof:
    """The runs of a test in this process, one after the other."""

    def __init__(self) -> None:
        self.everywhere: dict[str, Any] = json.loads(os.environ.get(ORDERS, "{}"))
        self.channel = Channel(int(os.environ[CHANNEL])) if CHANNEL in os.environ else None
        self.watch = Watch({}, self.everywhere)
        self._run = -1
        self._orders: dict[str, Any] | None = None

    def begin(self, run: int) -> bool:
        """The next test belongs to this run. False: it is not wanted any more."""
        if self.channel is None:
            return True
        if run != self._run:
            self.end()
            self._run, self._orders = run, self.channel.orders()
        self.watch = Watch(self._orders or {}, self.everywhere)
        self.watch.set_timeouts()
        return self._orders is not None

    def end(self) -> None:
        """All tests of the run under way are at their end, and their contexts closed."""
        if self._orders is not None:
            self.tell({"done": True})
            self._orders = None

    def tell(self, message: dict[str, Any]) -> None:
        if self.channel is not None:
            self.channel.tell(message)


PROOF = Proof()


def proof_step(step: int) -> None:
    """The test begins this step of its story."""
    PROOF.watch.at(step)


@pytest.fixture(name=RUN)
def proof_run(request: pytest.FixtureRequest) -> int:
    """The number of the run."""
    return int(request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Has each test once for each run; the rows of values of one run follow each other."""
    metafunc.fixturenames.append(RUN)
    metafunc.parametrize(RUN, range(PROOF.everywhere.get("runs", 1)), indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Asks for the orders of the run that the test belongs to; without any it is passed over."""
    run: int = item.callspec.params[RUN]  # type: ignore[attr-defined]
    return None if PROOF.begin(run) else True


def pytest_sessionfinish() -> None:
    """The last run is over."""
    PROOF.end()


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A test that can't be imported is never run."""
    if report.failed:
        lines = [line for line in report.longreprtext.splitlines() if line.startswith("E ")]
        told = lines[-1].removeprefix("E ").strip() if lines else "the file can't be imported"
        PROOF.tell(_told({"error_type": "load", "error": told[:CHARS_MAX]}, 0.0))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Lets the browser find no other hosts: a redirect is asked of no route."""
    result = yield
    if (
        fixturedef.argname == "browser_type_launch_args"
        and isinstance(result, dict)
        and PROOF.watch.reached is not None
    ):
        hosts = dict.fromkeys(urlsplit(one).hostname or "" for one in PROOF.watch.reached)
        rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in hosts if host)])
        result["args"] = [*result.get("args", []), f"--host-resolver-rules={rules}"]
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watches the contexts that the test was given, before its first line."""
    given = getattr(item, "funcargs", {}).values()
    contexts = [
        one.context if isinstance(one, Page) else one for one in given if isinstance(one, Page | BrowserContext)
    ]
    for context in dict.fromkeys(contexts):
        PROOF.watch.attach(context)
    try:
        return (yield)
    finally:
        PROOF.watch.end_step()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps what is known at the moment of a failure, before the browser is closed."""
    report = yield
    facts: dict[str, Any] | None = None
    if call.when == "call" and call.excinfo is not None:
        facts = failure(call.excinfo.value, call.excinfo.tb, str(item.path), PROOF.watch.pages)
        PROOF.watch.leave(report.longreprtext)
    elif call.excinfo is not None:
        text = "".join(traceback.format_exception_only(call.excinfo.value)).strip()
        facts = {"error_type": "other", "error": text[:CHARS_MAX], "started": call.when != "setup"}
        PROOF.watch.leave(report.longreprtext)
    elif call.when == "call":
        PROOF.watch.show()
    if call.when == "call" or facts is not None:
        PROOF.tell(_told(facts, call.duration))
    return report


def _told(facts: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
    watch = PROOF.watch
    return {
        "passed": facts is None,
        "seconds": seconds,
        "steps_seconds": sorted(watch.steps_s.items()),
        "step": watch.step if watch.step >= 0 else None,
        "answers": watch.answers,
        "page_errors": [one["text"] for one in watch.page_errors if one["step"] == watch.step],
        "applied": watch.applied,
        "blocked": sorted(watch.blocked),
        **(facts or {}),
    }
