"""What is said of the code that a person is editing."""

import pytest

from pipeline.codegen.edit_checks import PROBLEMS_MAX, problems_of

GOOD = "def test_x(page):\n    expect(page).to_have_url('/')\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (GOOD, []),
        ("def test_x(page:\n    pass", [(1, "error", "was never closed")]),
        ("", [(None, "error", "no code")]),
        ("x = '\0'", [(None, "error", "")]),
        ("(" * 5_000, [(1, "error", "")]),
        ("x = 1\n", [(None, "warning", "begins with test_")]),
        ("def test_x(page):\n    page.goto('/')\n", [(1, "warning", "asserts nothing")]),
        ("def test_x(page):\n    assert page\n", []),
        (GOOD + "    page.wait_for_timeout(5)\n", [(3, "warning", "fixed wait")]),
        (GOOD + "    time.sleep(5)\n", [(3, "warning", "fixed wait")]),
        (GOOD + "    page.click('a', force=True)\n", [(3, "warning", "force=True")]),
        (GOOD + "    page.click('a', force=False)\n", []),
        ("@pytest.mark.skip\n" + GOOD, [(1, "warning", "skip")]),
        (GOOD + "    pytest.xfail('later')\n", [(3, "warning", "xfail")]),
    ],
)
def test_each_problem_is_told_at_its_line(code: str, said: list[tuple[int | None, str, str]]) -> None:
    """What doesn't parse is an error; what a good tester would not write is a warning."""
    found = problems_of(code)
    assert [(one.line, one.severity) for one in found] == [(line, severity) for line, severity, _ in said]
    assert all(words in one.message for one, (_, _, words) in zip(found, said, strict=True))


def test_there_is_a_bound() -> None:
    """The first ones are told."""
    found = problems_of(GOOD + "    time.sleep(5)\n" * 200)
    assert [one.line for one in found] == list(range(3, 3 + PROBLEMS_MAX))
