"""What is taken for made up anew each time, and what for the user's own."""

import pytest

from pipeline.codegen.assertions.candidates import beginning
from pipeline.semantics.generated import is_id, is_volatile, parts


@pytest.mark.parametrize(
    ("text", "typed", "volatile"),
    [
        ("11/30/2026", ("30", "Corner shop"), True),  # an amount of 30
        ("30.11.2026", ("11",), True),
        ("12:30", ("30",), True),
        ("Nov 30, 2026, 12:05", ("30", "2026"), True),
        ("11/30/2026", ("11/30/2026",), False),
        ("11/30/2026", ("30", "11", "2026"), False),  # in three fields
        ("30 November 2026", ("30 November",), False),
        ("30 Nov", ("30",), False),
        ("#30", ("30",), False),
        ("30 KB", ("30",), False),
    ],
)
def test_a_number_that_was_typed_makes_no_date_the_users_own(text: str, typed: tuple[str, ...], volatile: bool) -> None:
    """A date or time of which the story typed all numbers, or words, is; one that holds such a number by chance is of
    the day on which it was recorded."""
    assert is_volatile(text, typed) == volatile


@pytest.mark.parametrize("version", ["5.0.3+dfsg-3~deb12u7", "v2.11.0-rc.1", "26.0.1-SNAPSHOT", "4.2.0+build.9"])
def test_a_version_is_one_with_what_its_maker_put_after_it(version: str) -> None:
    """Nothing of it is left to look for in a page."""
    assert [part.text for part in parts(f"Server {version} (Debian)", ()) if not part.pattern] == [
        "Server ",
        " (Debian)",
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Created Nov. 30, 2026 by Mira", ["Created ", " by Mira"]),
        ("Created Nov.", ["Created "]),
        ("Last logged in Sept", ["Last logged in "]),
        ("Fällig 3. Dez. 2026", ["Fällig "]),
        ("Reçu le 3 févr. 2026", ["Reçu le "]),
        ("Created by Jan", ["Created by Jan"]),
        ("Assigned to June", ["Assigned to June"]),
        ("Welcome April", ["Welcome April"]),
        ("Willkommen Jan", ["Willkommen Jan"]),
        ("Chapitre sept", ["Chapitre sept"]),
        ("Marketing", ["Marketing"]),
        ("New Marketing", ["New Marketing"]),
        ("Junction 12", ["Junction 12"]),
        ("Novelties", ["Novelties"]),
    ],
)
def test_months_are_words_of_their_own_and_end_what_was_cut_in_a_date(text: str, left: list[str]) -> None:
    """Words that begin like one are what people call things; a recorder cuts long texts between words."""
    assert [part.text for part in parts(text) if part.pattern is None] == left


@pytest.mark.parametrize(
    ("cut", "kept"), [("Kept for you until Nov. 3", "Kept for you until"), ("Kept for May Lee", "Kept for")]
)
def test_a_month_that_ends_a_cut_text_is_left_out(cut: str, kept: str) -> None:
    """The recorder cut a date there, or a name, of which the rest is looked for without it."""
    assert beginning(cut) == kept


@pytest.mark.parametrize(
    ("part", "made"),
    [
        ("sjgHnhjGxxgLirvE", True),
        ("QwrtzPLkjhGfdsXcvb", True),
        ("applicationSettingsOverview", False),
        ("htmlDocumentOfAccount", False),
        ("htmlToPdfConverter", False),
        ("sshKeysForGpgSigning", False),
        ("DHCPSettingsDNSLookup", False),
        ("gcpVpcNetworkSettings", False),
        ("sjgHnhj", False),
        ("internationalisation", False),
    ],
)
def test_many_letters_that_make_no_words_are_an_id(part: str, made: bool) -> None:
    """As some apps make their ids, which by chance have no digit."""
    assert is_id(part) is made
