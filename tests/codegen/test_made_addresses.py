"""What of an address a server made up for one thing is not asserted."""

import pytest

from pipeline.codegen import addresses


@pytest.mark.parametrize(
    ("fragment", "is_kept"),
    [("Qlyblw", False), ("YGwq-g", False), ("new4", False), ("details", True), ("/boards/Alpha", True), ("", True)],
)
def test_a_fragment_is_asserted_where_it_names_a_place_of_the_app(fragment: str, is_kept: bool) -> None:
    """A route or a word is one; a mix of cases and digits is the id of what was just made."""
    found = addresses.address(f"http://127.0.0.1/list#{fragment}", frozenset())
    assert found is not None
    assert (found.text is not None) == (is_kept and fragment != "")
    assert not (fragment and not is_kept and fragment in found.place)


def test_a_fragment_that_was_there_before_is_asserted() -> None:
    """It names something that the story knows already."""
    found = addresses.address("http://127.0.0.1/list#Qlyblw", frozenset({"Qlyblw"}))
    assert found is not None
    assert found.text == "/list#Qlyblw"


def test_parameters_with_a_word_that_was_chosen_come_first() -> None:
    """A form sends much along that nobody chose, and a tick that only says in which way it is written."""
    url = "http://127.0.0.1/issues?utf8=%E2%9C%93&set=on&sort=name&by=tracker_id"
    found = addresses.address(url, frozenset(), chosen=("Tracker",))
    assert found is not None
    assert found.place == r"/issues\?.*\bset=on\b.*\bby=tracker_id\b"


def test_parameters_that_were_left_empty_name_no_place() -> None:
    """A form sends all its fields along: those that hold something say what was asked for; a flag has no value."""
    found = addresses.address("http://127.0.0.1/bills?search=&from=&payer=Ann&till=&token=x1", frozenset())
    assert found is not None
    assert found.place == r"/bills\?.*\bpayer=Ann\b"
    flag = addresses.address("http://127.0.0.1/bills?edit&token=x1", frozenset())
    assert flag is not None
    assert "edit" in flag.place
