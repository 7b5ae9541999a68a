"""Garbage is searched seldom, and is still found."""

import subprocess
import sys
from typing import Final

import pytest

pytestmark = pytest.mark.slow

_SEARCHES: Final = """
import gc
from agents.garbage import NEW_MAX, search_seldom

def searches(work):
    before = sum(one["collections"] for one in gc.get_stats())
    kept = work()
    return sum(one["collections"] for one in gc.get_stats()) - before

def values():
    return [[] for _ in range(4 * NEW_MAX)]

class Loop:
    alive = 0
    def __init__(self):
        self.me = self
        Loop.alive += 1
    def __del__(self):
        Loop.alive -= 1

often = searches(values)
search_seldom()
assert searches(values) <= 5 < often, often
most = 0
for _ in range(8 * NEW_MAX):
    Loop()
    most = max(most, Loop.alive)
assert 0 < most <= NEW_MAX + 1, most
print("as it should be")
"""


def test_garbage_is_searched_seldom_and_found() -> None:
    """Many values are made with few searches, and loops that nobody holds are freed before there are more of them than
    the bound says. In a process of its own: the setting is the process's."""
    done = subprocess.run([sys.executable, "-c", _SEARCHES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "as it should be"), done.stderr
