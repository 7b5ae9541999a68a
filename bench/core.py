"""`python -m bench.core [--profile | --calls | --record] [--rounds N]`: what the pure core costs, stage by stage.

No broker and no model: fixed messages of a small shop are read, put into windows, closed, told, printed, read again
and written as tests. Without an option it prints CPU microseconds an event for each stage (the best of some rounds, and
as a ratio to a fixed loop of the same rounds, which is comparable between machines), and calls an event, in which a
look for a pattern counts by the pattern's size. `--profile` names the ten dearest functions of each stage. `--calls`
prints the calls alone, as JSON: they are the same under any load. `--record` writes them to `core_calls.json`, against
which CI compares.
"""

import argparse
import cProfile
import json
import pstats
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.flows.synthetic import traffic
from pipeline.generate import stories_of_window
from pipeline.generate import test_of as written
from pipeline.intake import read_message
from pipeline.patterns.matching import story_texts
from pipeline.windowing.events import RawEvent, light
from pipeline.windowing.flush import WindowEmitted
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.segments import SegmentLog
from schemas.codecs import from_json, to_json
from schemas.messages import messages_of
from schemas.stories import STORY

RECORD: Final = Path(__file__).with_name("core_calls.json")
SEED: Final = 19
JOURNEYS: Final = 40
BEGIN_MS: Final = 1_700_000_000_000
MESSAGE_EVENTS: Final = 9
FLUSH_MESSAGES: Final = 50
LOOP: Final = 200_000
"""Turns of the loop that everything is compared with."""
PAGES: Final = ("/", "/login", "/cart", "/search", "/product/17", "/product/4242", "/account/orders", "/help/returns")
TAGS: Final = (("button", "btn btn-primary"), ("a", "nav-link"), ("input", "form-control"), ("div", "card"))
CAPTIONS: Final = 1_000
"""Different captions of controls: more than are kept of what was found in them, as in real traffic."""
PATTERN_BYTES: Final = 200
"""What looking for a pattern counts beside its call: one for so many bytes of the compiled pattern. A pattern of all
words of four languages costs fifty times as much as a short one, and a call of either is one call."""

Watch = Callable[[str, Callable[[], Any]], Any]
"""Runs the work of the stage that has this name, and notes something of it."""


def messages() -> list[bytes]:
    """The fixed input: journeys of a shop side by side, several events a message."""
    drawn = random.Random(SEED)
    out: list[tuple[int, bytes]] = []
    for number in range(JOURNEYS):
        begin_ms = BEGIN_MS + number * 1_000
        events = [
            _event(drawn, f"j-{number}", place, begin_ms + place * 2_000) for place in range(drawn.randint(8, 28))
        ]
        events.append(_event(drawn, f"j-{number}", len(events), begin_ms + len(events) * 2_000, "$journey_end"))
        for first in range(0, len(events), MESSAGE_EVENTS):
            part = events[first : first + MESSAGE_EVENTS]
            out.append((begin_ms + (first + len(part)) * 2_000, json.dumps({"events": part}).encode()))
    return [raw for _, raw in sorted(out)]


def _event(drawn: random.Random, journey: str, place: int, at_ms: int, name: str = "") -> dict[str, Any]:
    name = name or ("$navigation" if place % 6 == 0 else drawn.choice(("$click", "$click", "$input")))
    tag, classes = drawn.choice(TAGS)
    text = f"value {drawn.randrange(10**6)}" if name == "$input" else f"Press here {drawn.randrange(CAPTIONS)}"
    page = PAGES[(place // 6 + len(journey)) % len(PAGES)]
    target = {} if name == "$navigation" else {"elementType": "input" if name == "$input" else tag, "elementText": text}
    return {
        "uuid": f"{journey}-{place}",
        "event": name,
        "timestamp": at_ms,
        "properties": {
            "journey_id": journey,
            "session_id": f"s-{journey}",
            "distinct_id": f"u-{drawn.randrange(9)}",
            "$current_url": f"https://shop.example{page}",
            "elementAttributes": {"id": f"{tag}-{drawn.randrange(50)}", "class": classes},
            **target,
        },
    }


def run(watch: Watch) -> int:
    """All stages, each under `watch`; the number of events."""
    raw = messages()
    read = watch("read", lambda: [_lights(one) for one in raw])
    told = watch("window", lambda: _told(read))
    windows = watch("close", lambda: [one.window() for one in told])
    stories = watch("tell", lambda: [story for window in windows for story in stories_of_window(window)])
    watch("texts", lambda: [story_texts(story) for story in stories])
    printed = watch("print", lambda: [to_json(story) for story in stories])
    again = watch("read again", lambda: [from_json(STORY, one) for one in printed])
    watch("write", lambda: [written([story], 3, "flow") for story in again])
    ours = [message.value for _, window in traffic(JOURNEYS, 1) for message in messages_of(window.events)]
    watch("read ours", lambda: [_lights(one) for one in ours])
    return sum(map(len, read))


def _lights(raw: bytes) -> list[RawEvent]:
    """The events of a message as a worker takes them."""
    intake = read_message(raw)
    return [light(event, intake.printed.get(id(event))) for event in intake.events]


def _told(read: list[list[RawEvent]]) -> list[WindowEmitted]:
    state = PartitionWindows(Windowing(1_800_000), SegmentLog("0", "owner"))
    told: list[WindowEmitted] = []
    for offset, events in enumerate(read):
        state.apply(offset, BEGIN_MS + offset * 1_000, events)
        if state.urgent or offset % FLUSH_MESSAGES == 0:
            told += [said for said in state.flush().stories if isinstance(said, WindowEmitted)]
    return told


def work_of(event: str, function: object) -> int:
    """What an event of the profiler counts: one for a call, and more where a pattern is looked for."""
    if event == "c_call":
        owner = getattr(function, "__self__", None)
        return 1 + (sys.getsizeof(owner) // PATTERN_BYTES if type(owner) is re.Pattern else 0)
    return int(event == "call")


def calls() -> dict[str, float]:
    """Calls an event of each stage, of functions in Python and in C, and the size of what is looked for in texts: a
    count, so no load changes it."""
    found: dict[str, float] = {}

    def watch(name: str, work: Callable[[], Any]) -> Any:
        count = 0

        def called(_frame: object, event: str, function: object) -> None:
            nonlocal count
            count += work_of(event, function)

        sys.setprofile(called)
        try:
            return work()
        finally:
            sys.setprofile(None)
            found[name] = count

    events = run(watch)
    return {name: round(count / events, 1) for name, count in found.items()}


def seconds(rounds: int) -> tuple[dict[str, float], float]:
    """CPU seconds an event of each stage, and of the loop: the best of the rounds."""
    best: dict[str, float] = {}
    loop_s = float("inf")

    def watch(name: str, work: Callable[[], Any]) -> Any:
        began_s = time.process_time()
        out = work()
        best[name] = min(best.get(name, float("inf")), time.process_time() - began_s)
        return out

    events = 1
    for _ in range(rounds):
        events = run(watch)
        began_s = time.process_time()
        for number in range(LOOP):
            str(number)
        loop_s = min(loop_s, time.process_time() - began_s)
    return {name: spent_s / events for name, spent_s in best.items()}, loop_s


def profile() -> None:
    """Prints the ten dearest functions of each stage."""

    def watch(name: str, work: Callable[[], Any]) -> Any:
        profiler = cProfile.Profile(time.process_time)
        out = profiler.runcall(work)
        print(f"--- {name}")
        pstats.Stats(profiler).sort_stats("tottime").print_stats(10)
        return out

    run(watch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--profile", "--calls", "--record"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.profile:
        profile()
        return
    counted = calls()
    if options.record:
        RECORD.write_text(json.dumps(counted, indent=2) + "\n")
    if options.calls or options.record:
        print(json.dumps(counted))
        return
    spent, loop_s = seconds(options.rounds)
    print(f"{'stage':12}{'CPU us/event':>14}{'of the loop':>14}{'calls/event':>14}")
    for name, one_s in [*spent.items(), ("all", sum(spent.values()))]:
        many = counted.get(name, sum(counted.values()))
        print(f"{name:12}{one_s * 1e6:14.1f}{one_s / loop_s * 1e3:13.2f}‰{many:14.1f}")


if __name__ == "__main__":
    main()
