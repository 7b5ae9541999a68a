"""Patterns: what a story is about, by the likeness of its goals to example sentences."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from pipeline.activities.flow_key import kinds_done
from pipeline.activities.intents import goals_of
from pipeline.activities.phrases import SMALL, TICKS, Goal
from pipeline.semantics.addresses import query, route
from pipeline.semantics.derived import once_per_story
from pipeline.semantics.messages import without_quotes
from pipeline.semantics.text import caption, is_button, short
from pipeline.semantics.verbs import SETTINGS
from schemas import limits
from schemas.codecs import BadInput
from schemas.stories import ClickStep, PatternMatch, Step, Story

Vectors = NDArray[np.float32]
"""One unit vector a row."""

SIMILARITY_MIN: Final = 0.6
"""The cosine from which on a goal belongs to a pattern."""
SIMILARITY_DIGITS: Final = 3
"""Similarities are rounded, so that the last bits of a sum don't make two workers' stories differ."""
PATTERNS_MAX: Final = 200
EXAMPLES_MAX: Final = 50
EXAMPLE_CHARS_MAX: Final = 300
_FORMS: Final = frozenset({"create", "edit", "submit", "choose"})
_ACTS: Final = frozenset({"act", "delete"})
SETTINGS_PAGE: Final = "go to the settings page"
BROWSE: Final = "browse: open pages by links"
WORDLESS: Final = "click click"
"""What is said of a story that only clicked on data."""
TEXTS_MAX: Final = 8
"""Goals of one story that are looked at."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Pattern:
    name: str
    examples: tuple[str, ...]


def load_patterns(*texts: str) -> tuple[Pattern, ...]:
    """The patterns of TOML texts, later ones extending or overriding earlier ones.

    A table `[patterns.NAME]` holds `examples`; with `replace = true` they take the place of the earlier ones, with
    `off = true` the pattern is dropped. Raises BadInput with the place of what can't be read.
    """
    known: dict[str, Pattern] = {}
    for text in texts:
        known = _extended(known, _tables(text))
    return tuple(known.values())


def _tables(text: str) -> Mapping[str, Any]:
    try:
        tables = tomllib.loads(text).get("patterns", {})
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"patterns: {error}") from None
    if not isinstance(tables, dict) or len(tables) > PATTERNS_MAX:
        raise BadInput(f"patterns: at most {PATTERNS_MAX} tables [patterns.NAME] are expected")
    return tables


def _extended(known: dict[str, Pattern], tables: Mapping[str, Any]) -> dict[str, Pattern]:
    out = dict(known)
    for name, table in tables.items():
        if not _NAME.fullmatch(name) or not isinstance(table, dict):
            raise BadInput(f"patterns.{short(name)}: a name has small letters, digits, - and _, and holds a table")
        if table.get("off") is True:
            out.pop(name, None)
            continue
        examples = table.get("examples")
        if not isinstance(examples, list) or not all(isinstance(item, str) and item.strip() for item in examples):
            raise BadInput(f"patterns.{name}.examples: a list of sentences is expected")
        earlier = () if table.get("replace") is True or name not in out else out[name].examples
        merged = tuple(dict.fromkeys((*earlier, *(item[:EXAMPLE_CHARS_MAX] for item in examples))))
        if not 0 < len(merged) <= EXAMPLES_MAX:
            raise BadInput(f"patterns.{name}.examples: from 1 to {EXAMPLES_MAX} sentences are expected")
        out[name] = Pattern(name, merged)
    return out


@once_per_story
def story_texts(story: Story) -> tuple[str, ...]:
    """What is embedded: one short plain sentence for each goal of the story, without any value or secret.

    The main goal stands first. A story that only opens pages says so, and one that ends with a button that no goal
    has words for says what is on the button; stories of the same kind give the same texts, so that few of them are ever
    new to the model. A goal whose words are only the page's (`approve`) is told in broader ones as well.
    """
    return _texts(story, broadly=True)


def own_texts(story: Story) -> tuple[str, ...]:
    """The same in the goals' own words alone."""
    return _texts(story, broadly=False)


def _texts(story: Story, broadly: bool) -> tuple[str, ...]:
    goals = goals_of(story.steps, story.network_requests)
    after = [goal for kind in ("sign_in", "sign_in_refused", "sign_out") for goal in goals if goal.kind == kind]
    strong = [goal for at, goal in enumerate(goals) if goal.kind not in SMALL and not _marks(goals[at : at + 2])]
    own = [goal for goal in reversed(strong) if goal not in after]
    told = [text for goal in own for text in (goal.plain, goal.also if broadly and not _is_vague(goal) else "")]
    vague = [goal.also for goal in own if broadly]
    texts = [text for text in (*told, *vague, *(goal.plain for goal in after)) if text]
    if any(SETTINGS.search(goal.order) for goal in goals if goal.kind in SMALL):
        texts.insert(0 if _is_setting(story, goals) else len(texts), SETTINGS_PAGE)
    pressed = _pressed(story, goals)
    opened = any(goal.kind == "open" for goal in goals) or not goals
    if not texts and opened:
        texts = [*pressed, BROWSE]
    elif not texts:
        texts = pressed or [WORDLESS]
    else:
        texts = [*texts[: TEXTS_MAX - len(pressed)], *pressed]
    return tuple(dict.fromkeys(texts))[:TEXTS_MAX]


def _is_vague(goal: Goal) -> bool:
    """Whether it is a button of whose words no verb is known."""
    return goal.kind == "act" and goal.phrases[0].verb == "click"


def _marks(goals: Sequence[Goal]) -> bool:
    """Whether the first of two goals only ticks what the second does something to."""
    return len(goals) == 2 and goals[0].kind == "choose" and goals[0].plain == TICKS and goals[1].kind in _ACTS


def _is_setting(story: Story, goals: Sequence[Goal]) -> bool:
    """Whether the last form that was sent off was come to by the settings: what it makes or changes is one."""
    main = max((at for at, goal in enumerate(goals) if goal.kind in _FORMS), default=0)
    way = range(main - 1, -1, -1)
    small = next((at for at in way if goals[at].kind not in SMALL), -1) + 1
    led = [at for at in range(small, main) if SETTINGS.search(goals[at].order)]
    return bool(led) and not _left(story.steps[goals[led[-1]].first], story.steps[goals[main].first])


def _left(settings: Step, form: Step) -> bool:
    """Whether a form stands elsewhere than the settings, which had a page of their own."""
    if settings.after is None or not settings.navigates:
        return False
    asked = {pair for pair in parse_qsl(query(settings.after.url)) if SETTINGS.search(pair[1])}
    if asked - set(parse_qsl(query(form.page.url))):
        return True
    there, here = route(settings.after.url), route(form.page.url)
    beside = max(len(there) - 1, 1)
    return bool(set(there) - set(here)) and here[:beside] != there[:beside]


def _pressed(story: Story, goals: Sequence[Goal]) -> list[str]:
    """The button that the story ends with, where it belongs to no goal with words of its own."""
    step = story.steps[goals[-1].last] if goals and goals[-1].kind in SMALL else None
    if not isinstance(step, ClickStep) or not is_button(step.target):
        return []
    words = without_quotes(caption(step.target))
    return [f"click {words}"] if words else []


def similarities(vectors: Vectors, pattern_vectors: Sequence[Vectors]) -> Vectors:
    """Cosines: a row for each vector, a column for each pattern (its nearest example counts)."""
    if not pattern_vectors:
        return np.zeros((len(vectors), 0), dtype=np.float32)
    return np.stack([(vectors @ examples.T).max(axis=1) for examples in pattern_vectors], axis=1)


def match_patterns(
    vectors: Vectors,
    pattern_vectors: Sequence[Vectors],
    patterns: Sequence[Pattern],
    threshold: float = SIMILARITY_MIN,
) -> tuple[PatternMatch, ...]:
    """The patterns of one story, whose goals are the rows of `vectors` (unit length, the main goal first).

    `pattern_vectors` holds the examples' vectors of each of `patterns`. A story may belong to several patterns or to
    none; those of its main goal come first, then by falling similarity.
    """
    found: dict[str, float] = {}
    for row in similarities(vectors, pattern_vectors):
        ranked = sorted(zip(row.tolist(), patterns, strict=True), key=lambda pair: (-pair[0], pair[1].name))
        for similarity, pattern in ranked:
            value = round(min(similarity, 1.0), SIMILARITY_DIGITS)
            if value >= threshold:
                found[pattern.name] = max(value, found.get(pattern.name, 0.0))
    return tuple(PatternMatch(name=name, similarity=similarity) for name, similarity in found.items())


def tagged(story: Story, matches: Sequence[PatternMatch]) -> Story:
    """The story with its patterns, and their names as its tags."""
    kept = tuple(matches[: limits.TAGS_MAX])
    copy = story.model_copy(update={"patterns": kept, "tags": tuple(match.name for match in kept)})
    if (kinds := kinds_done.known(story)) is not None:
        kinds_done.note(copy, kinds)
    return copy
