"""The pure core does no more work on a fixed input than it did: what it costs can't creep up unseen."""

import json
import os
import re
import subprocess
import sys
from typing import Final

from bench.core import RECORD, work_of

GROWTH_MAX: Final = 1.15
CALLS_MIN: Final = 5
"""Growth of a small stage that is not looked at."""


def test_the_core_does_not_cost_more_than_it_did() -> None:
    """Calls an event are at most 15 % above the record, over all stages and in each. Calls are counted, not seconds: a
    count is the same under any load. Where more work is meant, `python -m bench.core --record` writes the record
    anew."""
    command = [sys.executable, "-m", "bench.core", "--calls"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    now, before = json.loads(done.stdout), json.loads(RECORD.read_text())
    assert now.keys() == before.keys()
    assert all(count > 0 for count in now.values())
    assert sum(now.values()) <= GROWTH_MAX * sum(before.values()), f"calls an event, before: {before}, now: {now}"
    grown = {stage for stage, count in now.items() if count > GROWTH_MAX * before[stage] + CALLS_MIN}
    assert not grown, f"calls an event, before: {before}, now: {now}"


def test_what_is_looked_for_in_texts_counts() -> None:
    """One call that looks for all words of some languages is more work than one that looks for a word; what is no call
    is none."""
    every = re.compile("|".join(f"word{number}" for number in range(200)))
    assert work_of("c_call", every.search) > 10 * work_of("c_call", re.compile("word").search)
    assert work_of("c_call", "text".upper) == work_of("call", None) == 1
    assert work_of("return", None) == work_of("c_return", every.search) == 0
