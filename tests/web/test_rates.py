"""The token bucket of a sender, at its bounds."""

import pytest

from agents.web.errors import ApiError
from agents.web.guards.rates import BURST_S, SENDERS_MAX, Rates


class Clock:
    """A clock that is set by hand."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_is_taken_and_the_average_held() -> None:
    """The last event of a burst is let in, the next one isn't, and is after the time that was told."""
    clock = Clock()
    rates = Rates(5, now_s=clock)
    for _ in range(round(5 * BURST_S)):
        rates.require("a", 429)
        rates.spend("a", 1)
    with pytest.raises(ApiError) as caught:
        rates.require("a", 429)
    assert (caught.value.status, caught.value.retry_after_s) == (429, 1)
    rates.require("b", 429)
    clock.now_s += 1
    rates.require("a", 429)


def test_a_body_larger_than_the_burst_is_paid_for_afterwards() -> None:
    """It is taken whole, and the sender waits until it is paid."""
    clock = Clock()
    rates = Rates(5, now_s=clock)
    rates.require("a", 503)
    rates.spend("a", 1_000)
    with pytest.raises(ApiError) as caught:
        rates.require("a", 503)
    assert (caught.value.status, caught.value.retry_after_s) == (503, 191)
    clock.now_s += 190.2
    rates.require("a", 503)


def test_nothing_is_bounded_by_default() -> None:
    """A rate of 0 lets everything in, and remembers nobody."""
    rates = Rates(0)
    for _ in range(100):
        rates.require("a", 429)
        rates.spend("a", 10_000)
    assert not rates._left


def test_the_number_of_senders_is_bounded() -> None:
    """Of SENDERS_MAX + 1 the one that was silent longest is forgotten."""
    rates = Rates(1, now_s=Clock())
    for number in range(SENDERS_MAX + 1):
        rates.spend(str(number), 100)
    assert len(rates._left) == SENDERS_MAX
    rates.require("0", 429)
    with pytest.raises(ApiError):
        rates.require("1", 429)
