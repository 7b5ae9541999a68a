"""The life of one partition of `events` in the hands of a worker, as a table of transitions.

```
assigned ── take up ──► recovering ── taken up ──► live ◄── drained ── full
   │                        │                       │  ── filled ──►    │
   └───────── let go ───────┴───────── let go ──────┴───── let go ──────┴──► stopping ── ended ──► gone
```

`assigned`: the group gave it, its rows are being read. `recovering`: its windows are made from the rows. `live`:
messages are taken. `full`: as many wait for a flush as may; no more are fetched, of this partition alone. `stopping`:
what it has in hand is dropped. `gone`: nothing of it is left, and nobody waits for it.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a partition stands."""

    ASSIGNED = "assigned"
    RECOVERING = "recovering"
    LIVE = "live"
    FULL = "full"
    STOPPING = "stopping"
    GONE = "gone"


class Step(StrEnum):
    """What happens to it."""

    TAKE_UP = "take up"
    TAKEN_UP = "taken up"
    FILLED = "filled"
    DRAINED = "drained"
    LET_GO = "let go"
    ENDED = "ended"


TRANSITIONS: Final[dict[tuple[State, Step], State]] = {
    (State.ASSIGNED, Step.TAKE_UP): State.RECOVERING,
    (State.RECOVERING, Step.TAKEN_UP): State.LIVE,
    (State.LIVE, Step.FILLED): State.FULL,
    (State.FULL, Step.DRAINED): State.LIVE,
    (State.ASSIGNED, Step.LET_GO): State.STOPPING,
    (State.RECOVERING, Step.LET_GO): State.STOPPING,
    (State.LIVE, Step.LET_GO): State.STOPPING,
    (State.FULL, Step.LET_GO): State.STOPPING,
    (State.STOPPING, Step.ENDED): State.GONE,
}
"""All that may happen; everything else is a fault of ours."""


class ImpossibleStep(AssertionError):
    """A step that the table does not have."""


def after(state: State, step: Step) -> State:
    """The state after a step. Raises ImpossibleStep.

    >>> after(State.LIVE, Step.FILLED)
    <State.FULL: 'full'>
    """
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise ImpossibleStep(f"{step} can't happen to a partition that is {state}") from None


def takes(state: State) -> bool:
    """Whether messages are taken: also while it is full, for those that were fetched already."""
    return state in (State.LIVE, State.FULL)


def step_of(state: State, waiting: int, size: int, most: int, most_size: int) -> Step | None:
    """What the messages that wait for a flush, and their bytes, make of a partition: full at either bound, drained at
    half of both."""
    if state is State.LIVE and (waiting >= most or size >= most_size):
        return Step.FILLED
    if state is State.FULL and waiting <= most // 2 and size <= most_size // 2:
        return Step.DRAINED
    return None
