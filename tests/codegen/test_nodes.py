"""What is kept with the nodes of a program is what would be worked out again."""

import ast
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.codegen.python.allow_list import _walked
from pipeline.codegen.python.expressions import Attr, Literal, Name, flat, method
from pipeline.semantics.generated import _places

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


def test_no_node_of_a_program_is_left_out_of_the_gate() -> None:
    """The gate's own walk finds every node that Python's finds, in the same order."""
    tree = ast.parse(
        "import os\ndef test_a(page: Page) -> None:\n    with page.a(b=-1, *c, **{'d': [e for e in f]}): g[1:2] = 3\n"
    )
    assert list(map(id, _walked(tree))) == list(map(id, ast.walk(tree)))
