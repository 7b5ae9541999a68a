"""Figures about an assignment of stories to flows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.metrics import homogeneity_completeness_v_measure


@dataclass(frozen=True)
class Quality:
    stories: int
    true_flows: int
    found_flows: int
    homogeneity: float
    completeness: float
    v_measure: float
    mistakes: tuple[str, ...]
    """The worst ones first, in words."""


def quality(truth: Sequence[str], found: Sequence[str], names: Sequence[str]) -> Quality:
    """`truth` and `found` are the flows of each story, `names` what to call it in a mistake."""
    homogeneity, completeness, v_measure = homogeneity_completeness_v_measure(truth, found)
    by_truth: dict[str, Counter[str]] = defaultdict(Counter)
    by_found: dict[str, Counter[str]] = defaultdict(Counter)
    example = {}
    for true, key, name in zip(truth, found, names, strict=True):
        by_truth[true][key] += 1
        by_found[key][true] += 1
        example.setdefault((true, key), name)
    mistakes = []
    for true, keys in by_truth.items():
        rest = keys.most_common()[1:]
        if rest:
            stray = sum(count for _, count in rest)
            told = f"'{true}' is split into {len(keys)}: {stray} stories stray, as {example[true, rest[0][0]]}"
            mistakes.append((stray, told))
    for trues in by_found.values():
        rest = trues.most_common()[1:]
        if rest:
            stray = sum(count for _, count in rest)
            names_of = ", ".join(f"'{true}' ({count})" for true, count in trues.most_common(4))
            mistakes.append((stray, f"one flow for {names_of}"))
    mistakes.sort(key=lambda item: (-item[0], item[1]))
    return Quality(
        len(truth), len(by_truth), len(by_found), homogeneity, completeness, v_measure,
        tuple(told for _, told in mistakes),
    )  # fmt: skip


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> tuple[float, dict[str, tuple[float, float, float]]]:
    """The mean F1 of the labels that occur in `truth`, and (precision, recall, F1) of each."""
    rows = {}
    for label in sorted(set(truth)):
        hits = sum(t == s == label for t, s in zip(truth, said, strict=True))
        precision = hits / max(1, sum(s == label for s in said))
        recall = hits / sum(t == label for t in truth)
        rows[label] = (precision, recall, 2 * precision * recall / max(1e-9, precision + recall))
    return sum(row[2] for row in rows.values()) / len(rows), rows


def confusion(truth: Sequence[str], said: Sequence[str]) -> str:
    """The confusion matrix as text: rows are the truth."""
    labels = sorted(set(truth) | set(said))
    counts = Counter(zip(truth, said, strict=True))
    wide = max(map(len, labels)) + 1
    head = " " * wide + "".join(f"{label[:9]:>10}" for label in labels)
    rows = [f"{true:<{wide}}" + "".join(f"{counts[true, label] or '.':>10}" for label in labels) for true in labels]
    return "\n".join([head, *(row for row in rows if any(char.isdigit() for char in row))])
