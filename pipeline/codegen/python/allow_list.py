"""The last gate: a generated program is parsed and held to the few shapes of syntax that the writer makes."""

import ast
import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Final

from pipeline.codegen.python.names import SEARCHED, stem_of
from pipeline.codegen.python.program import FILL_CREDENTIAL, FIXTURES
from pipeline.codegen.python.quoting import is_plain
from pipeline.semantics.browsers import HEIGHT_PX, WIDTH_PX
from pipeline.semantics.lexicon import FIELDS
from schemas.base import LANGUAGE

MODULES: Final = frozenset({"os", "re", "pytest"})
IMPORTS: Final = {"playwright.sync_api": {"Locator", "Page", "expect"}, "collections.abc": {"Callable"}}
NAMES: Final = frozenset({"page", "signed_in_page", "expect", "os", "re", "dialog", *FIXTURES})
ANNOTATIONS: Final = frozenset({"Page", "str", *FIXTURES.values()})
"""Of arguments."""
FUNCTIONS: Final = frozenset({"expect", *FIXTURES})
VARIABLES: Final = (
    "user", "password", "shown", "popup", "popup_info", "tab", "download", "download_info", "file_chooser_info",
    "response_info", "response", "field", "value", "copied", "choice", "button", "link", "row", "dialog_box", "cell",
    "element", "frame", "box", "item", "heading", "name", SEARCHED, *FIELDS,
)  # fmt: skip
METHODS: Final = frozenset(
    [
        "goto",
        "reload",
        "go_back",
        "go_forward",
        "click",
        "dblclick",
        "fill",
        "blur",
        "focus",
        "clear",
        "press",
        "press_sequentially",
        "type",
        "insert_text",
        "select_text",
        "check",
        "uncheck",
        "select_option",
        "set_input_files",
        "set_files",
        "hover",
        "wheel",
        "scroll_into_view_if_needed",
        "locator",
        "get_by_role",
        "get_by_label",
        "get_by_placeholder",
        "get_by_alt_text",
        "get_by_text",
        "get_by_title",
        "get_by_test_id",
        "filter",
        "first",
        "last",
        "nth",
        "content_frame",
        "to_be_visible",
        "to_be_hidden",
        "to_be_checked",
        "not_to_be_checked",
        "to_be_disabled",
        "to_be_enabled",
        "to_be_attached",
        "to_have_text",
        "to_contain_text",
        "not_to_contain_text",
        "to_have_value",
        "not_to_have_value",
        "to_have_values",
        "to_have_count",
        "not_to_have_count",
        "to_have_url",
        "to_have_title",
        "to_have_attribute",
        "to_match_aria_snapshot",
        "expect_popup",
        "expect_file_chooser",
        "expect_download",
        "expect_response",
        "value",
        "ok",
        "status",
        "suggested_filename",
        "endswith",
        "once",
        "on",
        "accept",
        "dismiss",
        "keyboard",
        "mouse",
        "environ",
        "get",
        "compile",
        "inner_text",
        "input_value",
        "partition",
        "split",
        "join",
        "context",
        "new_page",
        "wait_for",
        "wait_for_load_state",
        "request",
        "post_data",
        "method",
        "strip",
        "to_be_focused",
    ]
)
_SHAPES: Final = frozenset({
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.FunctionDef, ast.arguments, ast.arg, ast.Expr, ast.Assign,
    ast.Assert, ast.With, ast.withitem, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Load, ast.Store,
    ast.Constant, ast.Subscript, ast.List, ast.Dict, ast.BoolOp, ast.Or, ast.Compare, ast.Eq, ast.In, ast.Lambda,
    ast.BinOp, ast.Add, ast.UnaryOp, ast.USub,
})  # fmt: skip
_CONTEXTS: Final = (ast.Load, ast.Store)
"""What a name is used for stands in these; `del` alone would have another one, and is no allowed statement."""
_VALUES: Final = frozenset(
    {"id", "attr", "name", "asname", "module", "level", "kind", "type_comment", "type_ignores", "ctx"}
)
"""Fields in which no nodes stand that have to be looked at."""


def _inner_fields(shape: type[ast.AST]) -> tuple[str, ...]:
    values = _VALUES | ({"arg"} if shape in (ast.arg, ast.keyword) else set())
    return () if shape is ast.Constant else tuple(name for name in shape._fields if name not in values)


_INNER: Final = {shape: _inner_fields(shape) for shape in _SHAPES}
"""The fields of each allowed shape in which nodes may stand."""


class ForbiddenCode(AssertionError):
    """The writer made something outside its allow-list: our own bug, never the input's."""


def check_code(code: str, functions: tuple[str, ...] = ()) -> None:
    """Raises ForbiddenCode unless the program has only the allowed shapes, imports, names and methods.

    It must be one test function with its imports, or exactly `functions`, in this order.
    """
    if not code.isascii() and not all(map(is_plain, set(code))):
        raise ForbiddenCode("the program has signs that can't be seen or that deceive")
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise ForbiddenCode(f"the program doesn't parse: {type(error).__name__}") from error
    _top(tree, functions)
    written = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    known = {id(part) for one in written for part in (*one.decorator_list, *_annotations(one))}
    _credentials(_walked(tree, known))


def _walked(tree: ast.AST, known: Container[int]) -> list[ast.AST]:
    """All nodes but those of the `known` parts, each of them held to what is allowed. It is asked of each test that is
    written, so it looks only where a shape has nodes."""
    nodes: list[ast.AST] = []
    waiting: list[ast.AST | None] = [tree]
    for node in waiting:
        if node is None or id(node) in known:
            continue
        fields = _INNER.get(type(node))
        if fields is None:
            raise ForbiddenCode(f"{type(node).__name__} is not allowed")
        check = _CHECKS.get(type(node))
        if check is not None:
            check(node)
        nodes.append(node)
        for name in fields:
            inner = getattr(node, name)
            if type(inner) is list:
                waiting += inner
            else:
                waiting.append(inner)
    return nodes


def _top(tree: ast.Module, wanted: tuple[str, ...]) -> None:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    others = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.Import, ast.ImportFrom))]
    names = tuple(function.name for function in functions)
    if not all(map(str.isascii, names)):
        raise ForbiddenCode("the name of a function is not ASCII")
    if others or (names != wanted if wanted else len(names) != 1 or not names[0].startswith("test_")):
        raise ForbiddenCode(f"the program is not {' and '.join(wanted) or 'one test function'} with its imports")
    decorators = [decorator for function in functions for decorator in function.decorator_list]
    kinds = [] if wanted else [_parametrizes, _sets_browser]
    for decorator in decorators:
        kind = next((one for one in kinds if one(decorator)), None)
        if kind is None:
            raise ForbiddenCode("a decorator is not allowed")
        kinds.remove(kind)


def _annotations(function: ast.FunctionDef) -> list[ast.expr]:
    found = [argument.annotation for argument in function.args.args if argument.annotation is not None]
    if any(_as_code(annotation) not in ANNOTATIONS for annotation in found):
        raise ForbiddenCode("an argument is of a kind that is not allowed")
    return found


def _as_code(expr: ast.expr) -> str:
    return expr.id if isinstance(expr, ast.Name) else ast.unparse(expr)


def _parametrizes(decorator: ast.expr) -> bool:
    """Whether it is `@pytest.mark.parametrize(…)` with constants alone."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.parametrize":
        return False
    inside = [*decorator.args, *(keyword.value for keyword in decorator.keywords)]
    allowed = (ast.Constant, ast.List, ast.Tuple, ast.Load)
    return all(isinstance(node, allowed) for value in inside for node in ast.walk(value))


def _sets_browser(decorator: ast.expr) -> bool:
    """Whether it is `@pytest.mark.browser_context_args(locale="…", viewport={"width": …, "height": …})`, or one of the
    two, with the name of a language and sizes of screens."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.browser_context_args":
        return False
    options = {option.arg: option.value for option in decorator.keywords}
    if decorator.args or not options or len(options) < len(decorator.keywords):
        return False
    return all(name in _OPTIONS and _OPTIONS[name](value) for name, value in options.items())


def _is_language(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_LANGUAGE.fullmatch(node.value))


def _is_viewport(node: ast.expr) -> bool:
    match node:
        case ast.Dict(keys=[ast.Constant(value="width"), ast.Constant(value="height")], values=[width, height]):
            return _is_in(width, WIDTH_PX) and _is_in(height, HEIGHT_PX)
        case _:
            return False


def _is_in(node: ast.expr, sizes: range) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in sizes


_LANGUAGE: Final = re.compile(LANGUAGE)
_OPTIONS: Final[Mapping[str | None, Callable[[ast.expr], bool]]] = {"locale": _is_language, "viewport": _is_viewport}


def _number(node: ast.UnaryOp) -> None:
    """A whole number below zero may have a sign: a place left of an element's corner, a wheel that turns up."""
    operand = node.operand
    if not (isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant) and type(operand.value) is int):
        raise ForbiddenCode("UnaryOp is not allowed")


def _import(node: ast.Import) -> None:
    if any(alias.name not in MODULES or alias.asname for alias in node.names):
        raise ForbiddenCode("an import is not allowed")


def _import_from(node: ast.ImportFrom) -> None:
    if any(alias.name not in IMPORTS.get(node.module or "", ()) or alias.asname for alias in node.names):
        raise ForbiddenCode("an import is not allowed")


def _name(node: ast.Name) -> None:
    if (node.id not in NAMES and stem_of(node.id) not in VARIABLES) or not isinstance(node.ctx, _CONTEXTS):
        raise ForbiddenCode("a name is not allowed")


def _attribute(node: ast.Attribute) -> None:
    if node.attr not in METHODS:
        raise ForbiddenCode(f"the method {node.attr} is not allowed")


def _call(node: ast.Call) -> None:
    if isinstance(node.func, ast.Name) and node.func.id not in FUNCTIONS:
        raise ForbiddenCode("a call is not allowed")


_CHECKS: Final[Mapping[type[ast.AST], Callable[[Any], None]]] = {
    ast.UnaryOp: _number,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
}
"""What is asked of a node beyond its shape."""


def _credentials(nodes: Sequence[ast.AST]) -> None:
    """What comes from the environment, or was read off a page as a secret, goes nowhere but into the fixture that looks
    where it types it."""
    fills = _fills(nodes)
    used = [node for node in nodes if type(node) is ast.Name and not isinstance(node.ctx, ast.Store)]
    secret = [node for node in used if node.id == "os" or stem_of(node.id) == "password"]
    shown = [node for node in used if stem_of(node.id) == "shown"]
    typed = {id(inner) for call in fills for inner in ast.walk(call.args[1])} if secret else set()
    read = (
        {id(inner) for one in nodes if isinstance(one, ast.Assign) for inner in ast.walk(one.value)} if shown else set()
    )
    astray = [node for node in secret if id(node) not in typed] + [node for node in shown if id(node) not in read]
    if astray:
        raise ForbiddenCode(f"{astray[0].id} is used outside {FILL_CREDENTIAL}")


def _fills(nodes: Sequence[ast.AST]) -> list[ast.Call]:
    calls = [node for node in nodes if type(node) is ast.Call]
    found = [call for call in calls if type(call.func) is ast.Name and call.func.id == FILL_CREDENTIAL]
    if any(len(call.args) != 2 or call.keywords for call in found):
        raise ForbiddenCode(f"{FILL_CREDENTIAL} takes a field and a value")
    return found
