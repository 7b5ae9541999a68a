"""No text costs more than in proportion to its length, whatever it is made of."""

import re
from typing import Final

import pytest

from tests.text.costs import UNITS, grows_too_fast, repeated, units_of, ways
from tests.text.patterns import METHODS, AnyPattern, Found, called, held

CHARS: Final = 1_280
"""Long enough to tell quadratic from linear. What looks too dear is tried with four times as many."""
_WORD_WITHIN: Final = r"(?<!\w)a\-a\-a(?!\w)"
MADE: Final[dict[tuple[str, str], str]] = {
    ("pipeline/flows/foreign_texts.py", "f'(?<!\\\\w)(?:{words})(?!\\\\w)'"): _WORD_WITHIN,
    ("pipeline/codegen/parameter_rows.py", "f'(?<!\\\\w){re.escape(value)}(?!\\\\w)'"): _WORD_WITHIN,
    (
        "pipeline/semantics/elements.py",
        "f\"(?<!\\\\w){'[^a-z0-9]+'.join(parts)}(?!\\\\w)\"",
    ): "(?<!\\w)a[^a-z0-9]+a(?!\\w)",
    ("pipeline/codegen/python/parametrize.py", "f'(?<!\\\\w){re.escape(value)}(?!\\\\w)'"): _WORD_WITHIN,
    (
        "pipeline/codegen/values/credentials.py",
        "f'(?<![\\\\w@.-]){re.escape(name)}(?![\\\\w@-])'",
    ): r"(?<![\w@.-])a\-a(?![\w@-])",
    ("pipeline/codegen/values/credentials.py", "re.escape(part)"): r"a\-a",
    ("pipeline/codegen/values/readings.py", "f'(?<!\\\\w){re.escape(value)}(?!\\\\w)'"): _WORD_WITHIN,
    ("pipeline/codegen/addresses.py", "f'{self.path}$'"): r"/a/\d+/[^/]+/a$",
    ("pipeline/codegen/addresses.py", "self._route"): r"#/a/\d+/[^/]+(?:[?/]|$)",
    ("pipeline/codegen/locators/finder.py", "f'{re.escape(own)}\\\\s?\\\\d+'"): r"a\s?\d+",
    ("pipeline/codegen/assertions/salience.py", "f'(?<!\\\\w){re.escape(word)}(?!\\\\w)'"): _WORD_WITHIN,
    ("pipeline/semantics/lexicon/__init__.py", "shape"): r"\b(?P<act>mark as done|mark|a)$",
    ("pipeline/semantics/lexicon/__init__.py", "'|'.join(every)"): r"\b(log|sign)[ -]?(in|on)\b|\banmelden\b",
    (
        "pipeline/semantics/lexicon/__init__.py",
        "f'{subject}(?:(?:{between}) ){{0,6}}\\\\b(?P<verb>{verbs})\\\\b'",
    ): r"^(?:(?:the|a) )?(?!(?:a|was)\b)(?P<noun>[^\W\d_](?:[^\W\d_]| ){1,30}?)\s*(?:(?:a|was) ){0,6}\b(?P<verb>aa)\b",
    (
        "pipeline/semantics/lexicon/__init__.py",
        "f'^(?:(?:{between}) )?(?P<verb>{verbs})\\\\b (?:(?:{articles}) )?{noun}\\\\s*{NAMED}'",
    ): r"^(?:(?:a|was) )?(?P<verb>aa)\b (?:(?:the|a) )?(?P<noun>[^\W\d_](?:[^\W\d_]| ){1,30}?)\s*'[^']{1,80}'",
    ("pipeline/proof/endings.py", "f'(?<!\\\\w){re.escape(text)}(?!\\\\w)'"): _WORD_WITHIN,
    (
        "pipeline/codegen/locators/held_values.py",
        "f'(?<![\\\\d.,]){re.escape(figure)}(?![\\\\d]|[.,]\\\\d)'",
    ): r"(?<![\d.,])12(?![\d]|[.,]\d)",
    ("pipeline/codegen/write_order.py", "pattern"): r"/a/\d+/[^/]+$",
    ("pipeline/proof/endings.py", "wanted.text"): r"/a/[^/]+/(?:[?#]|$)",
    ("agents/proof/watch.py", "f'^(?:http|ws)(?!(?:{hosts})(?:[/?#]|$))'"): r"^(?:http|ws)(?!(?:a|s://a)(?:[/?#]|$))",
}
"""One of each kind of pattern that is made while the program runs, by its file and what stands there."""

KNOWN, UNKNOWN = called()
EVERY: Final = [
    *held(),
    *KNOWN,
    *(Found(f"{file}: {source}", re.compile(made, re.I), METHODS) for (file, source), made in MADE.items()),
]


def quadratic(pattern: AnyPattern, methods: frozenset[str] = METHODS) -> list[str]:
    """What costs too much with a pattern, and how much."""
    found = []
    for method, work in ways(Found("", pattern, methods)):
        for unit in dict.fromkeys([*UNITS, *units_of(pattern)]):
            said = grows_too_fast(work, lambda chars, unit=unit: repeated(unit, chars), CHARS)  # type: ignore[misc]
            if said:
                found.append(f"{method} of {unit!r}…: {said}")
                break
    return found


def test_every_pattern_is_known() -> None:
    """A new pattern is found by itself; one that is made from other texts must have an example here."""
    made = {(one.where, one.source) for one in UNKNOWN}
    assert made == set(MADE)
    assert len(EVERY) > 150


@pytest.mark.slow
@pytest.mark.parametrize("found", EVERY, ids=lambda found: found.where)
def test_a_pattern_is_linear(found: Found) -> None:
    """Four times the text takes about four times the time, whatever it repeats."""
    assert not quadratic(found.pattern, found.methods)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [r"\S+@\S", r"\s*x$", r"(?=.*\d)[a-f]{8,}"])
def test_what_is_not_linear_is_noticed(pattern: str) -> None:
    """Patterns of the kinds that were there once, or that people write."""
    assert quadratic(re.compile(pattern), frozenset({"search"}))
