"""Windows that are told in one go: all of them, in their order, within the bounds."""

from hypothesis import given
from hypothesis import strategies as st

from agents.stream.journeys.delivery import TOGETHER_BYTES_MAX, TOGETHER_MAX, portions
from pipeline.windowing.flush import WindowEmitted

SIZES = st.lists(st.sampled_from([1, 1_000, TOGETHER_BYTES_MAX // 2, TOGETHER_BYTES_MAX, TOGETHER_BYTES_MAX + 1]))


@given(sizes=SIZES)
def test_portions_hold_all_windows_within_the_bounds(sizes: list[int]) -> None:
    """No window is left out or moved, and no portion of several is beyond a bound."""
    told = [WindowEmitted(f"{n}", "app", "j", "end", (b"x" * size,)) for n, size in enumerate(sizes)]
    found = portions(told)
    assert [one for some in found for one in some] == told
    for some in found:
        assert 1 <= len(some) <= TOGETHER_MAX
        assert len(some) == 1 or sum(len(one.bodies[0]) for one in some) <= TOGETHER_BYTES_MAX


def test_a_portion_is_filled_up_to_its_bound() -> None:
    """TOGETHER_MAX small windows go together, one more goes into the next portion."""
    told = [WindowEmitted(f"{n}", "app", "j", "end", (b"x",)) for n in range(TOGETHER_MAX + 1)]
    assert [len(some) for some in portions(told)] == [TOGETHER_MAX, 1]
