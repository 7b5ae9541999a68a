"""All regular expressions of the program, found by looking: in what modules hold, and at each call of `re`."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.semantics.derived import Wording

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("schemas", "pipeline", "agents")
OWN_INPUT: Final = ("agents/demo/", "agents/settings.py")
"""What reads texts of this program and of the person who runs it alone."""
METHODS: Final = frozenset({"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
_CALLS: Final = METHODS | {"compile"}
AnyPattern = re.Pattern[str] | re.Pattern[bytes]


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and how it is used."""

    where: str
    pattern: AnyPattern
    methods: frozenset[str]


@dataclass(frozen=True)
class Unknown:
    """A call whose pattern is made while the program runs; `source` is its first argument as it is written."""

    where: str
    source: str


def files() -> list[Path]:
    """The modules that read what comes from outside."""
    every = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in every if not str(path.relative_to(ROOT)).startswith(OWN_INPUT)]


@cache
def trees() -> dict[Path, ast.Module]:
    """Each module's syntax."""
    return {path: ast.parse(path.read_text("utf-8")) for path in files()}


def held() -> list[Found]:
    """The patterns that modules and their classes hold, in whatever containers."""
    used = _methods_by_name()
    private = {path: _methods_by_name(path) for path in trees()}
    found: dict[tuple[str, int, object], Found] = {}
    for path, tree in trees().items():
        if not any(isinstance(node, ast.Name) and node.id == "re" for node in ast.walk(tree)):
            continue  # it makes none; one that it imported is looked at where it was made
        module = importlib.import_module(_module_name(path))
        for name, value in vars(module).items():
            for pattern in _within(value, module.__name__):
                key = (repr(pattern.pattern), pattern.flags, module.__name__ if name.startswith("_") else name)
                methods = (private[path] if name.startswith("_") else used).get(name, METHODS)
                found.setdefault(key, Found(f"{module.__name__}.{name}", pattern, methods))
    return list(found.values())


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _within(value: Any, module: str, depth: int = 3) -> Iterator[AnyPattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Wording):
        yield value.pattern
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _within(item, module, depth - 1)
    elif depth and isinstance(value, dict):
        for item in [*value, *value.values()]:
            yield from _within(item, module, depth - 1)
    elif depth and isinstance(value, type) and value.__module__ == module:
        for item in vars(value).values():
            yield from _within(item, module, depth - 1)
    elif depth and type(value).__module__ == module and hasattr(type(value), "__dataclass_fields__"):
        for name in type(value).__dataclass_fields__:
            yield from _within(getattr(value, name, None), module, depth - 1)


@cache
def _methods_by_name(path: Path | None = None) -> dict[str, frozenset[str]]:
    """How the pattern of each name is used, in one module or wherever that is."""
    used: dict[str, set[str]] = {}
    for tree in trees().values() if path is None else [trees()[path]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                name = getattr(node.value, "id", None) or getattr(node.value, "attr", None)
                if name and name != "re":
                    used.setdefault(name, set()).add(node.attr)
    return {name: frozenset(methods) for name, methods in used.items()}


def called() -> tuple[list[Found], list[Unknown]]:
    """The patterns that stand in calls of `re` within functions, and the calls whose pattern is made there."""
    known, unknown = [], []
    for path, tree in trees().items():
        where = str(path.relative_to(ROOT))
        for call in _calls_in_functions(tree):
            source = call.args[0]
            if isinstance(source, ast.Constant):
                flags = _flags(call)
                pattern = re.compile(source.value, flags)
                method = call.func.attr  # type: ignore[attr-defined]
                methods = METHODS if method == "compile" else frozenset({method})
                known.append(Found(f"{where}:{call.lineno}", pattern, methods))
            else:
                unknown.append(Unknown(where, ast.unparse(source)))
    return known, unknown


def _calls_in_functions(tree: ast.Module) -> Iterator[ast.Call]:
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            body = [function.body] if isinstance(function, ast.Lambda) else function.body
            for node in [each for part in body for each in ast.walk(part)]:
                func = node.func if isinstance(node, ast.Call) else None
                if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "re" and func.attr in _CALLS:
                    yield node


def _flags(call: ast.Call) -> int:
    """The flags that a call names: as a keyword, or last."""
    named = [word.value for word in call.keywords if word.arg == "flags"]
    last = [one for one in call.args[1:] if "re." in ast.unparse(one) and ast.unparse(one).startswith("re.")]
    out = 0
    for node in [*named, *last]:
        for word in re.findall(r"re\.([A-Z]+)", ast.unparse(node)):
            out |= getattr(re, word)
    return out
