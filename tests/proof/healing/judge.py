"""Records the sample app in Chromium before and after a change, decides, and runs what was decided."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from agents.local.browser import FLAGS
from agents.proof.prover import Proof, Subject, Traffic, Wanted, prove
from agents.proof.runner import Environment
from pipeline.generate import agreed, stories_of, test_of
from pipeline.windowing.partition import Windowing
from schemas.events import EVENT
from schemas.stories import Story
from tests.capture.site import CAPTURE, END
from tests.proof.healing.changes import Act, Change, order, reads_help, task
from tests.proof.healing.shop import Version, served

GAP_MS: Final = 1_800_000
BEFORE: Final[tuple[Act, ...]] = (*((order(),) * 5), *((task(),) * 5), reads_help, reads_help)
_NUMBERS: Final = itertools.count(1)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def recorded(browser: Browser, url: str, act: Act, number: int) -> list[Story]:
    """The stories of one visit."""
    context = browser.new_context(base_url=url)
    context.set_default_timeout(10_000)
    bodies: list[str] = []
    visit = next(_NUMBERS)

    def take(_source: Any, body: str) -> int:
        bodies.append(body)
        return 202

    context.expose_binding("deliver", take)
    told = {"app": "supplies", "traffic": "test"}
    context.add_init_script(
        script=f"window.JOURNEYWRIGHT = Object.assign({json.dumps(told)}, {{deliver: window.deliver}});\n"
        + CAPTURE.read_text()
    )
    page = context.new_page()
    act(page, number)
    page.evaluate(END)
    context.close()
    raws = [event for body in bodies for event in json.loads(body)["events"]]
    events = {raw["id"]: EVENT.validate_python({**raw, "session_id": f"s{visit}"}) for raw in raws}
    ordered = sorted(events.values(), key=lambda one: (one.at_ms, one.tab_id, one.seq))
    return stories_of(ordered, Windowing(gap_ms=GAP_MS))


def visits(browser: Browser, version: Version, acts: Sequence[Act]) -> list[Story]:
    """The stories of several visits to one version."""
    with served(version) as app:
        return [story for number, act in enumerate(acts) for story in recorded(browser, app.url, act, number)]


@dataclass(frozen=True)
class Judged:
    """What came of a change: `right` says that the decision was the right one and, where the test was to be healed,
    that the new one passes."""

    change: Change
    decision: str
    rule: str
    proof: Proof

    @property
    def right(self) -> bool:
        healed = self.proof.repaired is not None and self.proof.verdict.outcome == "passed"
        return self.decision == self.change.decision and healed == self.change.repairable


def subject_of(change: Change, before: Sequence[Story], fresh: Sequence[Story]) -> Subject:
    """The test of the change's flow, with the traffic on either side of the change."""
    path = "/orders/placed" if change.flow == "order" else "/tasks"
    mine = [story for story in before if path in story.final_state.url]
    keys = [story.flow_key for story in mine]
    flow = [story for story in mine if story.flow_key == max(keys, key=keys.count)]
    traffic = Traffic(before, fresh, "build 118", lambda stories: test_of(stories, 1), lambda s: agreed(s, 1).story)
    return Subject(test_of(flow, 1), 1, agreed(flow, 1).story, traffic=traffic)


def judge(
    browser: Browser, path: str, before: Sequence[Story], change: Change, say: Callable[[str], None], runs: int = 1
) -> Judged:
    """Records the change, and proves the test on it."""
    fresh = visits(browser, change.version, change.visits)
    subject = subject_of(change, before, fresh)
    with served(change.version) as app:
        proof = prove(subject, Environment(app.url, Path(path)), Wanted(runs=runs, heal=True), say)
    assert proof.healing is not None
    return Judged(change, proof.healing.decision, proof.healing.name, proof)
