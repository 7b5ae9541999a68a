"""Pattern tags of the recorded journeys against their labels, with thresholds chosen on other apps."""

from collections import Counter

import numpy as np

from agents.embedder import Embedder, read_patterns
from bench.flows.journeys import Journey
from bench.flows.measures import confusion, macro_f1
from pipeline.patterns.matching import SIMILARITY_MIN
from schemas.stories import Story

THRESHOLDS = tuple(round(float(value), 2) for value in np.arange(0.45, 0.86, 0.05))
NONE = "(none)"


def measure_patterns(runs: list[tuple[Journey, str, Story]]) -> None:
    """Prints macro-F1 of the main tag for each app left out, its confusion matrix, and the precision of all tags."""
    embedder = Embedder(read_patterns(), min(THRESHOLDS))
    try:
        tagged = embedder.tag_sync([story for _, _, story in runs])
    finally:
        embedder.close()
    truth = [journey.pattern for journey, _, _ in runs]
    apps = [journey.app for journey, _, _ in runs]
    said = [""] * len(runs)
    for app in sorted(set(apps)):
        others = [place for place, other in enumerate(apps) if other != app]
        threshold = max(THRESHOLDS, key=lambda t: (_f1(tagged, truth, others, t), -abs(t - SIMILARITY_MIN)))
        own = [place for place, other in enumerate(apps) if other == app]
        for place in own:
            said[place] = _main(tagged[place], threshold)
        print(f"   {app}: threshold {threshold} from the other apps, macro-F1 {_f1(tagged, truth, own, threshold):.3f}")
    score, rows = macro_f1(truth, said)
    print(f"patterns: {len(runs)} stories, macro-F1 {score:.4f} (leave one app out)")
    fixed, _ = macro_f1(truth, [_main(story, SIMILARITY_MIN) for story in tagged])
    print(f"   macro-F1 {fixed:.4f} with the built-in threshold {SIMILARITY_MIN}")
    for label, (precision, recall, f1) in rows.items():
        print(f"   {label:<10} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")
    print(confusion(truth, said))
    wrong = Counter(
        f"{journey.app}:{journey.name} is said to be {tag}"
        for (journey, _, _), tag, true in zip(runs, said, truth, strict=True)
        if tag != true
    )
    for mistake, count in wrong.most_common(3):
        print(f"   mistake: {mistake} ({count} times)")


def _main(story: Story, threshold: float) -> str:
    """The tag of the story's main goal."""
    return next((match.name for match in story.patterns if match.similarity >= threshold), NONE)


def _f1(tagged: list[Story], truth: list[str], places: list[int], threshold: float) -> float:
    return macro_f1([truth[p] for p in places], [_main(tagged[p], threshold) for p in places])[0]
