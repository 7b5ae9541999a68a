"""Several effects of one step become what the page showed in the end."""

from pipeline.steps.effects import merged
from schemas.elements import ByTag, Candidate, Element
from schemas.events import Appeared, CountChanged, Gone, StateChanged, TextChanged
from tests.stories.by_hand import alert, heading

ITEMS = Candidate(locator=ByTag(tag="li"))
LIST = Element(tag="ul")


def test_what_came_and_went_is_transient() -> None:
    """A toast was there, and is not any more."""
    (change,) = merged([Appeared(element=alert("Saving")), Gone(element=alert("Saving"))])
    assert isinstance(change, Appeared)
    assert change.transient


def test_what_went_and_came_back_is_no_change() -> None:
    """A part of the page was only drawn anew."""
    assert merged([Gone(element=heading("A")), Appeared(element=heading("A"))]) == ()


def test_chains_of_texts_and_counts_become_one() -> None:
    """From the first state to the last; none when they are equal."""
    total = Element(tag="output")
    steps = [TextChanged(element=total, before=str(n), after=str(n + 1)) for n in range(3)]
    counts = [CountChanged(element=LIST, items=ITEMS, before=n, after=n + 1) for n in range(2)]
    text, count = merged([*steps, *counts])
    assert isinstance(text, TextChanged)
    assert isinstance(count, CountChanged)
    assert (text.before, text.after, count.before, count.after) == ("0", "3", 0, 2)
    assert merged([*steps, TextChanged(element=total, before="3", after="0")]) == ()


def test_the_last_state_counts() -> None:
    """Opened, closed and opened again is open."""
    menu = Element(tag="button", id="menu")
    changes = [StateChanged(element=menu, state="expanded", after=after) for after in (True, False, True)]
    assert merged(changes) == (changes[-1],)
