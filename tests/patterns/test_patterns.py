"""Patterns: their file, the texts that are compared, and the arithmetic."""

import numpy as np
import pytest

from agents.embedder import read_patterns
from pipeline.patterns.matching import Pattern, load_patterns, match_patterns, story_texts, tagged
from schemas.codecs import BadInput
from tests.stories.by_hand import Journey, button, sign_in, textbox

SEEDS = '[patterns.login]\nexamples = ["log in"]\n[patterns.search]\nexamples = ["search"]\n'


def test_the_built_in_patterns_cover_the_promised_ones() -> None:
    """Login, search, create, edit, delete and checkout are known without any file."""
    names = {pattern.name for pattern in read_patterns()}
    assert {"login", "search", "create", "edit", "delete", "checkout", "settings", "annotate"} <= names


def test_a_later_text_adds_examples_and_patterns() -> None:
    """A person's file extends a known pattern and adds one of its own."""
    extra = '[patterns.login]\nexamples = ["come in"]\n[patterns.refund]\nexamples = ["give money back"]\n'
    assert load_patterns(SEEDS, extra) == (
        Pattern("login", ("log in", "come in")),
        Pattern("search", ("search",)),
        Pattern("refund", ("give money back",)),
    )


def test_a_later_text_replaces_and_drops() -> None:
    """`replace` drops the earlier examples, `off` the whole pattern."""
    extra = '[patterns.login]\nreplace = true\nexamples = ["come in"]\n[patterns.search]\noff = true\n'
    assert load_patterns(SEEDS, extra) == (Pattern("login", ("come in",)),)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[patterns", "patterns:"),
        ("patterns = 3", "patterns:"),
        ('[patterns."A b"]\nexamples = ["x"]', "patterns.A b"),
        ("[patterns.a]\nexamples = [1]", "patterns.a.examples"),
        ("[patterns.a]\nexamples = []", "patterns.a.examples"),
        ("[patterns.a]", "patterns.a.examples"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(text: str, place: str) -> None:
    """What is wrong with a pattern file is said with its place, for the person who wrote it."""
    with pytest.raises(BadInput, match=place):
        load_patterns(SEEDS, text)


def test_texts_hold_no_values() -> None:
    """What goes to the model has neither what was typed nor names that the page showed."""
    journey = sign_in(Journey().opens(), user="ann@example.com").click(button("Add customer 'Zoe'"))
    journey.fill(textbox("Customer name"), "Xenia Quill").click(button("Save"))
    texts = " ".join(story_texts(journey.story()))
    assert "log in" in texts
    for value in ("ann@example.com", "Xenia", "Zoe"):
        assert value not in texts


def test_a_story_may_have_several_patterns_or_none() -> None:
    """Each goal is compared by itself; those of the main goal come first; below the threshold nothing matches."""
    patterns = (Pattern("a", ("x",)), Pattern("b", ("y", "z")))
    axes = np.eye(3, dtype=np.float32)
    examples = (axes[:1], axes[1:])
    main_b = np.stack([axes[2], axes[0] * 0.7 + axes[1] * 0.1])
    assert [(m.name, m.similarity) for m in match_patterns(main_b, examples, patterns)] == [("b", 1.0), ("a", 0.7)]
    assert match_patterns(main_b * 0.5, examples, patterns) == ()
    assert match_patterns(main_b, (), ()) == ()


def test_tags_are_the_names_of_the_patterns() -> None:
    """A tagged story carries both, in the same order."""
    patterns = (Pattern("a", ("x",)),)
    one = np.ones((1, 1), dtype=np.float32)
    story = tagged(Journey().opens().story(), match_patterns(one, (one,), patterns))
    assert story.tags == ("a",)
    assert story.patterns[0].similarity == 1.0
