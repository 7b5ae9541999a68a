"""What is said of the code that a person is editing, line by line. Nothing of it is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

PROBLEMS_MAX: Final = 50
WAITS: Final = frozenset({"sleep", "wait_for_timeout"})
SKIPS: Final = frozenset({"skip", "skipif", "xfail"})


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """One thing about the code: an `error` can't be saved, a `warning` can. `line` is None for the whole."""

    line: int | None
    severity: Literal["error", "warning"]
    message: str


def problems_of(code: str) -> tuple[CodeProblem, ...]:
    """What is wrong with the code of a test, by line; at most PROBLEMS_MAX.

    >>> problems_of("def test_x(page):")[0].severity
    'error'
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return (CodeProblem(error.lineno, "error", error.msg),)
    except (ValueError, RecursionError, MemoryError):
        message = "Python can't parse this code (NUL bytes, or nesting that is too deep)"
        return (CodeProblem(None, "error", message),)
    if not tree.body:
        return (CodeProblem(None, "error", "there is no code"),)
    found = sorted({*_of_the_whole(tree), *_of_calls(tree)}, key=lambda one: (one.line or 0, one.message))
    return tuple(found[:PROBLEMS_MAX])


def _of_the_whole(tree: ast.Module) -> Iterator[CodeProblem]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    tests = [node for node in functions if node.name.startswith("test_")]
    if not tests:
        yield CodeProblem(None, "warning", "no function's name begins with test_: pytest finds no test in this file")
    for test in tests:
        asserts = any(isinstance(node, ast.Assert) or _called(node) == "expect" for node in ast.walk(test))
        if not asserts:
            yield CodeProblem(test.lineno, "warning", f"{test.name} asserts nothing: it passes whatever the app shows")


def _of_calls(tree: ast.Module) -> Iterator[CodeProblem]:
    for node in ast.walk(tree):
        name = _called(node)
        line = getattr(node, "lineno", None)
        if name in WAITS:
            yield CodeProblem(line, "warning", "a fixed wait is too short on some days; wait for what comes: expect(…)")
        if isinstance(node, ast.Attribute) and node.attr in SKIPS:
            yield CodeProblem(
                line, "warning", f"{node.attr}: nobody will see that this test doesn't run; quarantine it"
            )
        if isinstance(node, ast.keyword) and node.arg == "force" and getattr(node.value, "value", None) is True:
            yield CodeProblem(line, "warning", "force=True clicks what users can't: the test no longer notices that")


def _called(node: ast.AST) -> str:
    """The name of what is called; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
