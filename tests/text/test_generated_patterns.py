"""Generated texts are found by their patterns, each tried only where a text has the signs of its kind."""

import re
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.semantics.generated_patterns import PATTERNS, GeneratedPattern, generated_in
from pipeline.semantics.lexicon import TABLES
from tests.text.costs import UNITS, grows_too_fast, repeated

pytestmark = pytest.mark.slow

BESIDE: Final = st.sampled_from(
    ("", " ", "Saved ", " (7)", " · ", ": ", "Created ", "version ", "x", "4", "[", "]", "ſ")
)
AGES: Final = (
    *("4 minutes ago", "JUST NOW", "now", "Yesterday", "tomorrow", "moments ago", "today", "in 3 days"),
    *("vor einer Stunde", "in 5 Tagen", "gerade eben", "Heute", "gestern"),
    *("hace 2 horas", "dentro de 3 días", "en unos minutos", "ahora mismo", "hoy", "AYER"),
    *("il y a 3 jours", "dans une heure", "à l’instant", "Aujourd'hui"),
)


def _as_one_pattern(text: str) -> list[tuple[int, int, int]]:
    """What is found where all are alternatives of one pattern, which is looked for everywhere."""
    every = re.compile("|".join(f"(?P<k{place}>{kind.pattern.pattern})" for place, kind in enumerate(PATTERNS)))
    hits = every.finditer(text)
    return [(next(i for i in range(len(PATTERNS)) if hit[f"k{i}"] is not None), *hit.span()) for hit in hits]


@pytest.mark.parametrize("kind", PATTERNS, ids=lambda kind: kind.pattern.pattern[:24])
@given(data=st.data())
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_signs_hide_nothing(kind: GeneratedPattern, data: st.DataObject) -> None:
    """A text made of what a pattern matches, with others beside it, is cut as if all patterns were looked for."""
    text = data.draw(BESIDE) + data.draw(st.from_regex(kind.pattern)) + data.draw(BESIDE)
    assert [(PATTERNS.index(one), *hit.span()) for one, hit in generated_in(text)] == _as_one_pattern(text)


@pytest.mark.parametrize("text", AGES)
def test_each_way_to_say_an_age_has_a_sign(text: str) -> None:
    """Ages of each language are found, in letters of any case."""
    assert [hit.group() for _, hit in generated_in(text)] == [text]


def test_each_language_has_signs_of_its_ages() -> None:
    """A language without would have all texts looked through for its ages, or none."""
    assert all(table["times"]["signs_of_ages"] for table in TABLES.values())


@pytest.mark.parametrize("unit", UNITS)
def test_all_patterns_together_are_linear(unit: str) -> None:
    """Twice the text takes about twice the time, however many of its places a pattern may begin at."""
    assert not grows_too_fast(lambda text: list(generated_in(text)), lambda chars: repeated(unit, chars), 2_560)
