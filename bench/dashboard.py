"""Many flows to look at, and how long their lists take: `python -m bench.dashboard --flows 5000 --data FOLDER`.

Fills a database with made-up flows, each with a test and some with verdicts, and prints how long the calls of the
dashboard's home take. `journeywright up --data FOLDER` shows them.
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.settings import load
from agents.storage import PageRequest, Storage
from agents.storage.sql.flow_lists import FLOW_SORTS, FlowFilter
from pipeline.flows.consensus import evidence_of
from pipeline.flows.ids import flow_id, test_id
from schemas.generated_tests import GeneratedTest
from schemas.stories import State, Story
from schemas.verdicts import Run, Verdict

APPS = ("shop", "desk", "learning", "billing", "intranet-of-the-northern-offices")
THINGS = ("order", "invoice", "ticket", "course", "customer", "parcel", "page", "photo", "meeting", "contract")
ACTIVITIES = (("Create the", "create"), ("Delete the", "delete"), ("Search for the", "search"), ("Edit the", "edit"))
STEPS = ("Open {app}.example/{thing}s", "Click the link 'New {thing}'", "Fill in 'Name' with '{name}'", "Click 'Save'")
ROUNDS = 20


def fill(storage: Storage, flows: int, seed: int = 1) -> None:
    """Makes the flows, a hundred at a time."""
    draw = random.Random(seed)
    now = datetime.now(UTC)
    for number in range(flows):
        app, thing, (activity, tag) = draw.choice(APPS), draw.choice(THINGS), draw.choice(ACTIVITIES)
        name = f"{draw.choice('ABCDEFGHKLMNOP')}{draw.randrange(1_000)}"
        stories = [
            _story(
                f"{number}-{one}",
                app,
                number,
                f"{activity} {thing} {name}",
                tag,
                now - timedelta(hours=draw.randrange(700)),
            )
            for one in range(1 + min(40, int(draw.paretovariate(1.2))))
        ]
        storage.put_stories(stories)
        if number % 25 == 24:
            continue
        steps = [step.format(app=app, thing=thing, name=name) for step in STEPS]
        test = _test(stories, number, steps)
        storage.put_test(test)
        for one in range(draw.choice((0, 0, 1, 4, 12))):
            storage.put_verdict(_verdict(test, one, now - timedelta(days=12 - one), draw.random() < 0.85))


def _story(name: str, app: str, number: int, title: str, tag: str, at: datetime) -> Story:
    start = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Story(
        id=name, version=1, app=app, journey_id=name, session_id=name, title=title, startTimestamp=start,
        endTimestamp=start, initialState=State(), finalState=State(), tags=(tag,), flow_key=f"key {number}",
        traffic="test",
    )  # fmt: skip


def _test(stories: list[Story], number: int, steps: list[str]) -> GeneratedTest:
    first = min(stories, key=lambda story: story.id)
    drawn = sorted((story.id, story.version) for story in stories)[:20]
    flow = flow_id(first.app, first.flow_key)
    code = "\n".join(["def test_it(page):", *(f"    page.step({at})" for at in range(len(steps)))])
    return GeneratedTest(
        id=test_id(first.app, flow), version=1, app=first.app, flow_id=flow, story_id=first.id, name="test_it",
        file_name=f"test_{number}.py", title=first.title, story=f"The user does: {first.title}.", tags=first.tags,
        steps=tuple(steps), code=code, step_lines=(2, 3, 4, 5), sessions=len(drawn), evidence=evidence_of(drawn),
    )  # fmt: skip


def _verdict(test: GeneratedTest, number: int, at: datetime, passed: bool) -> Verdict:
    when = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    run = Run(outcome="passed", seconds=1.0) if passed else Run(outcome="failed", seconds=6.0, kind="app", step=3)
    return Verdict(
        id=f"{test.id}-{number}", test_id=test.id, revision=1, app=test.app, build=str(100 + number),
        environment="staging", started_at=when, ended_at=when, outcome=run.outcome, kind=run.kind, runs=(run,),
        run_id=f"{test.app}-{number}",
    )  # fmt: skip


def main() -> None:
    """Fills and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, default=5_000)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    storage = Storage.open(load(data=arguments.data.absolute()).storage_url)
    if not storage.counts().flows:
        fill(storage, arguments.flows)
    print(storage.counts())
    wanted = {"all": FlowFilter(), "words": FlowFilter(words=("invoice", "save")), "tag": FlowFilter(tag="search")}
    wanted["failing"] = FlowFilter(states=("failing",))
    for name, one in wanted.items():
        for sort in FLOW_SORTS:
            page, took_s = None, []
            for _ in range(ROUNDS):
                began = time.process_time()
                page = storage.flow_page(one, sort, PageRequest(50))
                took_s.append(time.process_time() - began)
            assert page is not None
            print(f"{name:8} {sort:10} {page.total:6} flows {sorted(took_s)[ROUNDS // 2] * 1000:7.1f} ms CPU")
    storage.close()


if __name__ == "__main__":
    main()
