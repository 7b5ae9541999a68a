"""Comments that a test has on what its reader would ask about."""

from collections.abc import Callable

import pytest

from pipeline.codegen.python.expressions import Attr, Expr, Lambda, Literal, Name, function, method
from pipeline.codegen.python.program import Blank, Program, Remark, Run, Statement, With
from pipeline.codegen.python.remarks import RULES, add_remarks

PAGE = Name("page")
FIELD = method(PAGE, "get_by_label", "Name")


def _expected(found: Expr, name: str, *args: str) -> Run:
    return Run(method(function("expect", found), name, *args))


def _click() -> Run:
    return Run(method(FIELD, "click"))


EXAMPLES: list[tuple[str, Callable[[], Statement]]] = [
    ("script", lambda: Run(method(PAGE, "wait_for_load_state"))),
    ("holds a value", lambda: _expected(FIELD, "not_to_have_value", "")),
    ("key by key", lambda: Run(method(FIELD, "press_sequentially", "Ada"))),
    ("background", lambda: With(method(PAGE, "expect_response", "/save"), "", (_click(),))),
    (
        "background",
        lambda: With(method(PAGE, "expect_popup"), "", (With(method(PAGE, "expect_response", "/s"), "", (_click(),)),)),
    ),
    ("opens a dialog", lambda: Run(method(PAGE, "once", "dialog", Lambda("dialog", method(Name("dialog"), "accept"))))),
    ("twice", lambda: _expected(Attr(method(PAGE, "get_by_text", "Saved"), "first"), "to_be_visible")),
    (
        "Others may match",
        lambda: _expected(
            Attr(method(method(PAGE, "get_by_role", "row"), "filter", has_text="hive"), "first"), "to_be_visible"
        ),
    ),
]


def _said(body: list[Statement]) -> list[str]:
    program = Program()
    for step, statement in enumerate(body):
        program.step = step
        program.act(statement)
    add_remarks(program)
    assert [one for one in program.body if not isinstance(one, Remark)] == body
    return [one.text for one in program.body if isinstance(one, Remark)]


@pytest.mark.parametrize(("word", "made"), EXAMPLES)
def test_what_a_reader_would_ask_about_has_one_comment(word: str, made: Callable[[], Statement]) -> None:
    """It stands before the first such statement, and not before the second one."""
    (said,) = _said([_click(), made(), Blank(), made()])
    assert word in said


def test_each_rule_has_an_example() -> None:
    """All that can be said is said of one of the examples."""
    assert {text for _, made in EXAMPLES for text in _said([made()])} == {rule.says for rule in RULES}


def test_words_of_the_page_get_no_comment() -> None:
    """A text that names the methods is a text; and what is merely seen, filled or expected to be filled is plain."""
    texts = ["page.wait_for_load_state()", "expect_response", ".first"]
    body: list[Statement] = [_expected(method(PAGE, "get_by_text", text), "to_be_visible") for text in texts]
    assert _said([*body, Run(method(FIELD, "fill", "x")), _expected(FIELD, "not_to_have_value", "x")]) == []
    assert _said([Run(Literal("wait_for_load_state"))]) == []


def test_a_step_begins_with_its_comment() -> None:
    """Who looks at the lines of a step sees the comment too."""
    program = Program()
    for step, statement in enumerate([_click(), Run(method(PAGE, "wait_for_load_state"))]):
        program.step = step
        program.act(statement)
    add_remarks(program)
    code, (first, second) = program.file("test_x", "X.", (), 2)
    lines = code.splitlines()
    assert "click" in lines[first - 1]
    assert lines[second - 1].lstrip().startswith("# ")
