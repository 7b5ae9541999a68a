"""The last gate: a generated program is parsed and held to the few shapes of syntax that the writer makes."""

import ast
from collections.abc import Sequence
from typing import Final

from pipeline.codegen.python.program import FILL_CREDENTIAL, UNIQUE
from pipeline.codegen.python.quoting import is_plain
from pipeline.semantics.lexicon import FIELDS

MODULES: Final = frozenset({"os", "re", "pytest"})
IMPORTS: Final = {"playwright.sync_api": {"Locator", "Page", "expect"}, "collections.abc": {"Callable"}}
NAMES: Final = frozenset({"page", "signed_in_page", "expect", "os", "re", "dialog", FILL_CREDENTIAL, UNIQUE})
ANNOTATIONS: Final = frozenset({"Page", "str", "Callable[[Locator, str], None]", "Callable[[str], str]"})
"""Of arguments."""
FUNCTIONS: Final = frozenset({"expect", FILL_CREDENTIAL, UNIQUE})
VARIABLES: Final = (
    "user", "password", "shown", "popup", "popup_info", "tab", "download", "download_info", "file_chooser_info",
    "response_info", "response", "field", "value", "copied", "choice", "button", "link", "row", "dialog_box", "cell",
    "element", "frame", "box", "item", "heading", "name", "search_text", *FIELDS,
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
        "drag_to",
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
        "to_have_value",
        "not_to_have_value",
        "to_have_values",
        "to_have_count",
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


class ForbiddenCode(AssertionError):
    """The writer made something outside its allow-list: our own bug, never the input's."""


def check_code(code: str, functions: tuple[str, ...] = ()) -> None:
    """Raises ForbiddenCode unless the program has only the allowed shapes, imports, names and methods.

    It must be one test function with its imports, or exactly `functions`, in this order.
    """
    if not all(map(is_plain, set(code))):
        raise ForbiddenCode("the program has signs that can't be seen or that deceive")
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise ForbiddenCode(f"the program doesn't parse: {type(error).__name__}") from error
    _top(tree, functions)
    written = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    seen = [part for one in written for part in (*one.decorator_list, *_annotations(one))]
    known = {id(inner) for part in seen for inner in ast.walk(part)}
    nodes = _walked(tree)
    for node in nodes:
        if id(node) not in known:
            _node(node)
    _credentials(nodes)


def _walked(tree: ast.AST) -> list[ast.AST]:
    """All nodes, as `ast.walk` finds them, in a third of its time."""
    nodes = [tree]
    for node in nodes:
        for name in node._fields:
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                nodes += [one for one in inner if isinstance(one, ast.AST)]
            elif isinstance(inner, ast.AST):
                nodes.append(inner)
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
    if len(decorators) > (0 if wanted else 1) or any(not _parametrizes(decorator) for decorator in decorators):
        raise ForbiddenCode("a decorator is not allowed")


def _annotations(function: ast.FunctionDef) -> list[ast.expr]:
    found = [argument.annotation for argument in function.args.args if argument.annotation is not None]
    if any(ast.unparse(annotation) not in ANNOTATIONS for annotation in found):
        raise ForbiddenCode("an argument is of a kind that is not allowed")
    return found


def _parametrizes(decorator: ast.expr) -> bool:
    """Whether it is `@pytest.mark.parametrize(…)` with constants alone."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.parametrize":
        return False
    inside = [*decorator.args, *(keyword.value for keyword in decorator.keywords)]
    allowed = (ast.Constant, ast.List, ast.Tuple, ast.Load)
    return all(isinstance(node, allowed) for value in inside for node in ast.walk(value))


def _is_negative(node: ast.UnaryOp) -> bool:
    """Whether it is a whole number below zero: a place left of an element's corner, a wheel that turns up."""
    operand = node.operand
    return isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant) and type(operand.value) is int


def _node(node: ast.AST) -> None:
    if type(node) not in _SHAPES or (isinstance(node, ast.UnaryOp) and not _is_negative(node)):
        raise ForbiddenCode(f"{type(node).__name__} is not allowed")
    match node:
        case ast.Import(names=names):
            if any(alias.name not in MODULES or alias.asname for alias in names):
                raise ForbiddenCode("an import is not allowed")
        case ast.ImportFrom(module=module, names=names):
            if any(alias.name not in IMPORTS.get(module or "", ()) or alias.asname for alias in names):
                raise ForbiddenCode("an import is not allowed")
        case ast.Name(id=name):
            if name not in NAMES and _stem(name) not in VARIABLES:
                raise ForbiddenCode("a name is not allowed")
        case ast.Attribute(attr=name):
            if name not in METHODS:
                raise ForbiddenCode(f"the method {name} is not allowed")
        case ast.UnaryOp() | ast.Call():
            _applied(node)
        case _:
            pass


def _applied(node: ast.UnaryOp | ast.Call) -> None:
    match node:
        case ast.UnaryOp(operand=ast.Constant(value=int() | float())):
            pass
        case ast.UnaryOp():
            raise ForbiddenCode("only a number may have a sign")
        case ast.Call(func=called):
            if isinstance(called, ast.Name) and called.id not in FUNCTIONS:
                raise ForbiddenCode("a call is not allowed")


def _credentials(nodes: Sequence[ast.AST]) -> None:
    """What comes from the environment, or was read off a page as a secret, goes nowhere but into the fixture that looks
    where it types it."""
    fills = _fills(nodes)
    used = [node for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)]
    secret = [node for node in used if node.id == "os" or _stem(node.id) == "password"]
    shown = [node for node in used if _stem(node.id) == "shown"]
    typed = {id(inner) for call in fills for inner in ast.walk(call.args[1])} if secret else set()
    read = (
        {id(inner) for one in nodes if isinstance(one, ast.Assign) for inner in ast.walk(one.value)} if shown else set()
    )
    astray = [node for node in secret if id(node) not in typed] + [node for node in shown if id(node) not in read]
    if astray:
        raise ForbiddenCode(f"{astray[0].id} is used outside {FILL_CREDENTIAL}")


def _fills(nodes: Sequence[ast.AST]) -> list[ast.Call]:
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    found = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == FILL_CREDENTIAL]
    if any(len(call.args) != 2 or call.keywords for call in found):
        raise ForbiddenCode(f"{FILL_CREDENTIAL} takes a field and a value")
    return found


def _stem(name: str) -> str:
    return name.rstrip("0123456789").rstrip("_")
