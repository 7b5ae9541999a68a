"""The pure core does no more work on a fixed input than it did: what it costs can't creep up unseen."""

import json
import os
import subprocess
import sys
from typing import Final

from bench.core import RECORD

GROWTH_MAX: Final = 1.15


def test_the_core_does_not_cost_more_than_it_did() -> None:
    """Calls an event over all stages are at most 15 % above the record. Calls are counted, not seconds: a count is the
    same under any load. Where more work is meant, `python -m bench.core --record` writes the record anew."""
    command = [sys.executable, "-m", "bench.core", "--calls"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    now, before = json.loads(done.stdout), json.loads(RECORD.read_text())
    assert now.keys() == before.keys()
    assert all(count > 0 for count in now.values())
    assert sum(now.values()) <= GROWTH_MAX * sum(before.values()), f"calls an event, before: {before}, now: {now}"
