"""What is kept with the nodes of a program is what would be worked out again."""

import ast
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codegen.python.allow_list import ForbiddenCode, _walked
from pipeline.codegen.python.expressions import Attr, Literal, Name, flat, method
from pipeline.semantics.generated import _places

NO_NODES = {"id", "attr", "name", "asname", "module", "level", "kind", "type_comment", "type_ignores", "ctx"}
"""Fields in which texts and numbers stand, and what a name is used for."""
WORDS = st.text(alphabet="ab_1é ²-", min_size=1, max_size=4)


def test_a_changed_node_has_a_text_of_its_own() -> None:
    """The text that was asked for stays with the node: equal nodes stay equal, and a changed one has another text."""
    asked, other = method(Name("page"), "goto", "/one"), method(Name("page"), "goto", "/one")
    assert flat(asked) == 'page.goto("/one")'
    assert asked == other
    assert hash(asked) == hash(other)
    assert flat(replace(asked, args=(Literal("/two"),))) == 'page.goto("/two")'
    assert flat(replace(asked, function=Attr(Name("tab"), "goto"))) == 'tab.goto("/one")'


@given(text=st.text(alphabet="ab_1é ²-", max_size=12), word=WORDS)
def test_a_word_is_found_where_a_regular_expression_finds_it(text: str, word: str) -> None:
    """By itself, not in the midst of another one, with letters, digits and signs of any script."""
    assert _places(text, word) == [hit.start() for hit in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


PROGRAM = """import os
from playwright.sync_api import Page
def test_a(page):
    assert page.first == "a" in "b" or -1
    page.on("x", lambda dialog: dialog.accept("a" + "b"))
    with page.expect_popup(timeout=-1) as popup_info:
        field = page.get({"d": [os.environ["e"]]})
"""


def test_no_node_of_a_program_is_left_out_of_the_gate() -> None:
    """The gate's own walk finds every node that Python's finds, but for what names are used for (loaded, stored)."""
    tree = ast.parse(PROGRAM)
    contexts = (ast.Load, ast.Store)
    wanted = [id(node) for node in ast.walk(tree) if not isinstance(node, contexts)]
    assert list(map(id, _walked(tree, ()))) == wanted


def test_a_forbidden_node_is_found_wherever_a_node_may_stand() -> None:
    """Whatever field of whatever node of a program it is put into, be it one that no program of ours fills."""
    count = len(list(ast.walk(ast.parse(PROGRAM))))
    for number, shape in enumerate(map(type, ast.walk(ast.parse(PROGRAM)))):
        for name in set(shape._fields) - NO_NODES:
            if shape is ast.Constant or (name == "arg" and shape in (ast.arg, ast.keyword)):
                continue  # texts and numbers, too
            if shape in (ast.Import, ast.ImportFrom):
                continue  # what they import is looked at by its name
            tree = ast.parse(PROGRAM)
            node = list(ast.walk(tree))[number]
            held = getattr(node, name)
            setattr(node, name, [*held, ast.Await()] if isinstance(held, list) else ast.Await())
            with pytest.raises(ForbiddenCode):
                _walked(tree, ())
    assert count > 60


def test_a_name_that_is_deleted_is_forbidden() -> None:
    """Names are loaded or stored, nothing else."""
    tree = ast.Module([ast.Expr(ast.Name("page", ast.Del()))], [])
    with pytest.raises(ForbiddenCode):
        _walked(tree, ())
