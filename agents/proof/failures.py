"""What is known of a failure at its moment: the statement, what its locator matches, and what kind of error it is."""

import ast
import copy
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final

from playwright.sync_api import Error, Page

from agents.proof.watch import CHARS_MAX

NOW_MS: Final = 100
"""How long it may take to see whether a statement holds at this moment."""


def failure(error: BaseException, trace: TracebackType | None, path: str, pages: Sequence[Page]) -> dict[str, Any]:
    """The facts of a failure in the file `path`, while the pages are still open."""
    frame, line = _frame_in(trace, path)
    statement = statement_at(path, line) if line else None
    text = str(error)
    return {
        "error_type": _error_type(error, text),
        "error": next((one.strip() for one in text.splitlines() if one.strip()), type(error).__name__)[:CHARS_MAX],
        "statement": ast.unparse(statement)[:CHARS_MAX] if statement is not None else "",
        "asserts": statement is not None and _asserts(statement),
        "matched": None if statement is None or frame is None else _matched(statement, frame),
        "late": statement is not None and frame is not None and _holds_now(statement, frame),
        "asks_password": any(_asks_password(page) for page in pages),
    }


def _frame_in(trace: TracebackType | None, path: str) -> tuple[FrameType | None, int]:
    frame: FrameType | None = None
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            frame, line = trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    return frame, line


def statement_at(path: str, line: int) -> ast.stmt | None:
    """The innermost statement that holds a line of the file, with locators in the place of variables that hold them."""
    tree = ast.parse(Path(path).read_text())
    holding = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    found: ast.stmt | None = max(holding, key=lambda node: node.lineno, default=None)
    return None if found is None else _WrittenOut(tree).visit(found)


class _WrittenOut(ast.NodeTransformer):
    """Puts the locators of a test in the place of their variables."""

    def __init__(self, tree: ast.Module) -> None:
        self._locators = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and _finds(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._locators.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _finds(value: ast.expr) -> bool:
    """Whether a value is a locator: it ends with a way to find something."""
    called = value.func if isinstance(value, ast.Call) else value
    ways = ("locator", "filter", "nth", "first", "content_frame")
    return isinstance(called, ast.Attribute) and (called.attr.startswith("get_by_") or called.attr in ways)


def _asserts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assert):
        return True
    return any(isinstance(node, ast.Name) and node.id == "expect" for node in ast.walk(statement))


def _matched(statement: ast.stmt, frame: FrameType) -> int | None:
    """How many elements the locator of a statement matches now."""
    found = _locator(statement)
    if found is None:
        return None
    try:
        locator = _evaluated(found, frame)
        return int(locator.count()) if hasattr(locator, "count") and hasattr(locator, "filter") else None
    except Error:
        return None


def _evaluated(expression: ast.expr, frame: FrameType) -> Any:
    """The value of an expression of the test, at the place where the test stands. Raises what the expression raises."""
    code = compile(ast.fix_missing_locations(ast.Expression(expression)), "<statement>", "eval")
    return eval(code, frame.f_globals, frame.f_locals)  # noqa: S307 (the test's own expression, which has just run)


def _holds_now(statement: ast.stmt, frame: FrameType) -> bool:
    """Whether what a statement expects of the page is there at this moment."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not _expects(call):
        return False
    asked = copy.deepcopy(call)
    asked.keywords = [one for one in asked.keywords if one.arg != "timeout"]
    asked.keywords.append(ast.keyword("timeout", ast.Constant(NOW_MS)))
    try:
        _evaluated(asked, frame)
    except (AssertionError, Error):
        return False
    return True


def _expects(call: ast.Call) -> bool:
    """Whether a call is `expect(…).to_…()`."""
    subject = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(subject, ast.Call) and isinstance(subject.func, ast.Name) and subject.func.id == "expect"


def _locator(statement: ast.stmt) -> ast.expr | None:
    """What a statement acts on: `X` of `X.click()`, `expect(X).to_…()`, `fill_credential(X, …)`, `drag(X, …)`,
    `settled(X)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    called = statement.value.func
    if isinstance(called, ast.Name) and called.id in ("fill_credential", "drag", "settled") and statement.value.args:
        return statement.value.args[0]
    if not isinstance(called, ast.Attribute):
        return None
    subject = called.value
    if isinstance(subject, ast.Call) and _expects(statement.value):
        return subject.args[0] if subject.args else None
    return subject


def _error_type(error: BaseException, text: str) -> str:
    if isinstance(error, KeyError):
        return "secret_missing" if str(error).strip("'\"").startswith("APP_") else "other"
    if isinstance(error, SyntaxError | ImportError):
        return "load"
    checks = (
        ("Nothing was typed: ", "wrong_origin"),
        ("strict mode violation", "strict"),
        ("did not find some options", "options"),
        ("net::ERR_", "navigation"),
        ("Page.goto: Timeout", "navigation"),
        ("has been closed", "closed"),
    )
    for words, kind in checks:
        if words in text:
            return kind
    if isinstance(error, AssertionError):
        return "assertion"
    return "timeout" if "Timeout" in type(error).__name__ else "other"


def _asks_password(page: Page) -> bool:
    try:
        return not page.is_closed() and bool(page.evaluate(_EMPTY_FIELD))
    except Error:
        return False


_EMPTY_FIELD: Final = """() => [...document.querySelectorAll('input[type=password]')]
  .some((field) => !field.value && field.checkVisibility())"""
