"""Patterns found in the traffic: goals that no known pattern reaches, gathered by likeness, named in their own words.

A found pattern is a proposal with its evidence. Who agrees puts it into the file of patterns, under a name of their
own, or several as one; from then on the file's pattern reaches these goals, and they are proposed no more.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.patterns.matching import (
    BROWSE,
    EXAMPLE_CHARS_MAX,
    EXAMPLES_MAX,
    SIMILARITY_MIN,
    WORDLESS,
    Vectors,
    own_texts,
    similarities,
)
from pipeline.privacy.pseudonyms import USERS_MIN, title_for_all
from schemas.stories import Story

TEXTS_FOUND_MAX: Final = 500
"""Different goals that are laid beside each other, the most frequent first: the work grows with their square."""
JOURNEYS_MIN: Final = 3
"""What fewer journeys did is chance, or one person's habit."""
TITLES_MAX: Final = 3
NAME_WORDS_MAX: Final = 3
NAME_CHARS_MAX: Final = 40
SIMILARITY_DIGITS: Final = 3
_FILLERS: Final = re.compile(
    r"(an?|the|th[ai]s|that|my|your|our|to|of|in|on|at|for|with|and|or|as|its?|is|was|has|been|by|from|into|new"
    r"|click|open|press|fill|submit|form|button|field|text|box|tick)"
)
_WORD: Final = re.compile(r"[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class SeenGoals:
    """A flow with what its stories were after: `texts` as they are embedded, `title` that of a story, `journeys` how
    many went through it."""

    flow_id: str
    title: str
    texts: tuple[str, ...]
    journeys: int


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """Goals that are like each other and like no known pattern.

    `examples` are the goals, the most frequent first; `flows` and `journeys` the evidence, with some `titles`;
    `similarity` is the mean cosine of the examples with the first one.
    """

    name: str
    examples: tuple[str, ...]
    flows: tuple[str, ...]
    journeys: int
    titles: tuple[str, ...]
    similarity: float


def seen_goals(flow_id: str, sample: Story, journeys: int, users_min: int = USERS_MIN) -> SeenGoals:
    """A flow from one of its stories: all of them did the same. Its title holds nothing that fewer users may have
    typed."""
    texts = tuple(text for text in own_texts(sample) if text not in (BROWSE, WORDLESS))
    return SeenGoals(flow_id, title_for_all(sample, users_min), texts, journeys)


def texts_of(flows: Iterable[SeenGoals]) -> tuple[str, ...]:
    """The goals of these flows, each once: the TEXTS_FOUND_MAX most frequent, then in alphabetical order."""
    counts: Counter[str] = Counter()
    for flow in flows:
        for text in flow.texts:
            counts[text] += flow.journeys
    ranked = sorted(counts, key=lambda text: (-counts[text], text))
    return tuple(sorted(ranked[:TEXTS_FOUND_MAX]))


def found_patterns(
    flows: Sequence[SeenGoals],
    vectors: Vectors,
    known: Sequence[Vectors],
    names: Collection[str] = (),
    threshold: float = SIMILARITY_MIN,
) -> tuple[FoundPattern, ...]:
    """The patterns in these flows that `known` ones, called `names`, do not reach; those of most journeys first.

    `vectors` has a row of unit length for each of `texts_of(flows)`. Pure: the same flows in any order give the same.
    """
    texts = texts_of(flows)
    reach = similarities(vectors, known)
    new = [place for place in range(len(texts)) if not known or float(reach[place].max()) < threshold]
    groups: dict[int, list[int]] = {}
    for place, label in zip(new, _labels(vectors[new], threshold), strict=True):
        groups.setdefault(label, []).append(place)
    found = [_pattern([texts[place] for place in group], vectors[group], flows) for group in groups.values()]
    found = [one for one in found if one.journeys >= JOURNEYS_MIN]
    return _named(sorted(found, key=lambda one: (-one.journeys, one.examples)), names)


def _labels(vectors: Vectors, threshold: float) -> list[int]:
    """A number for each row; rows whose groups are alike on the average have the same."""
    if len(vectors) < 2:
        return [0] * len(vectors)
    from sklearn.cluster import AgglomerativeClustering  # takes a second to import, and few ask for it

    grouping = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - threshold
    )
    return [int(label) for label in grouping.fit_predict(vectors)]


def _pattern(texts: Sequence[str], vectors: Vectors, flows: Sequence[SeenGoals]) -> FoundPattern:
    own = set(texts)
    using = sorted((flow for flow in flows if own & set(flow.texts)), key=lambda flow: (-flow.journeys, flow.flow_id))
    counts = {text: sum(flow.journeys for flow in using if text in flow.texts) for text in texts}
    ranked = sorted(texts, key=lambda text: (-counts[text], len(text), text))
    first = vectors[texts.index(ranked[0])]
    return FoundPattern(
        name=_name(ranked[0]),
        examples=tuple(text[:EXAMPLE_CHARS_MAX] for text in ranked[:EXAMPLES_MAX]),
        flows=tuple(flow.flow_id for flow in using),
        journeys=sum(flow.journeys for flow in using),
        titles=tuple(dict.fromkeys(flow.title for flow in using))[:TITLES_MAX],
        similarity=round(float((vectors @ first).mean()), SIMILARITY_DIGITS),
    )


def _name(text: str) -> str:
    """The telling words of a goal: the page's own after a colon, where there are any."""
    for part in (text.rpartition(":")[2], text):
        words = [word for word in _WORD.findall(part.lower()) if not _FILLERS.fullmatch(word)]
        if words:
            return "-".join(words[:NAME_WORDS_MAX])[:NAME_CHARS_MAX].rstrip("-")
    return "pattern"


def _named(found: Sequence[FoundPattern], names: Collection[str]) -> tuple[FoundPattern, ...]:
    """The same, no two of one name, and none with a known one."""
    taken: set[str] = set(names)
    out = []
    for one in found:
        name, number = one.name, 2
        while name in taken:
            end = f"-{number}"
            name, number = one.name[: NAME_CHARS_MAX - len(end)] + end, number + 1
        taken.add(name)
        out.append(replace(one, name=name))
    return tuple(out)


def pattern_file(found: Iterable[FoundPattern]) -> str:
    """The found patterns as a part of a file of patterns, their evidence as comments."""
    parts = []
    for one in found:
        told = [f"# {one.journeys} journeys, {len(one.flows)} flows: {'; '.join(map(_line, one.titles))}"]
        told += [f"[patterns.{one.name}]", "examples = ["]
        told += [f"    {_toml(example)}," for example in one.examples]
        parts.append("\n".join([*told, "]", ""]))
    return "\n".join(parts)


def _line(text: str) -> str:
    """The text on one line."""
    return "".join(char if char.isprintable() else " " for char in text)


def _toml(text: str) -> str:
    """A basic TOML string; what can't be printed becomes a space, half of a character as well."""
    return '"' + _line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
