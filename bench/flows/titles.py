"""`python -m bench.flows.titles`: the titles of the recorded journeys, judged by a fixed rubric.

A title is judged point by point, each yes or no; what is asked is fixed here and the same for every app. What a person
would want to read can't be told by a program: the rubric finds what no person would want.
"""

import re
import sys
from collections.abc import Callable

from bench.flows.__main__ import recorded
from bench.flows.journeys import Journey
from schemas.stories import ClickStep, FillStep, Story

CHARS_MAX = 120
_MACHINE = re.compile(r"https?://|[{}<>]|\b[0-9a-f]{8,}\b|__|::|#\w|\bnull\b|\bundefined\b|\bdiv\b|\bspan\b", re.I)
_WORDS = {
    "login": r"\b(log|sign)s? in\b",
    "search": r"\b(search|look|find)",
    "create": r"\b(create|add|write|make|publish|fill)",
    "edit": r"\b(edit|change|update)",
    "delete": r"\b(delete|remove)",
    "settings": r"\b(change|set|tick|add|create|turn)",
    "annotate": r"\b(label|annotat|choose|mark|tick|submit)",
}
_NAMED = re.compile(r"'([^']+)'|“([^”]+)”")
_VERB = re.compile(r"(add|cancel|create|delete|edit|new|remove|save|show|submit|update)\b", re.I)
_KEY = re.compile(r"\[\w\]$")

SECRETS = ("wikipass1", "labelpass1", "wagtailpass1", "wrong-pass", "letmein")
"""Passwords that the journeys use."""

RUBRIC: dict[str, Callable[[Journey, Story], bool]] = {
    "begins with a capital and a verb": lambda _, s: bool(re.match(r"[A-Z][a-z]+\b", s.title)),
    "fits a line": lambda _, s: 0 < len(s.title) <= CHARS_MAX,
    "has no machine's words": lambda _, s: not _MACHINE.search(s.title),
    "says what it is about": lambda j, s: bool(re.search(_WORDS[j.pattern], s.title, re.I)),
    "names what was made or sought": lambda j, s: j.pattern not in ("create", "search") or _names_input(s),
    "names things, not controls": lambda _, s: not _names_control(s),
    "gives no secret away": lambda _, s: not any(word in s.title + s.sentence for word in SECRETS),
    "the sentence is one": lambda _, s: s.sentence.startswith("The user ") and s.sentence.endswith("."),
    "a refusal is told": lambda j, s: "refused" not in j.flow or bool(re.search("wrong|refus|fail", s.sentence)),
}


def _names_input(story: Story) -> bool:
    """Whether some words that the user typed stand in the title."""
    texts = [step.value.text for step in story.steps if isinstance(step, FillStep) and step.value.text]
    words = {word for text in texts for word in re.findall(r"\w{2,}", text)}
    return any(word in story.title for word in words)


def _names_control(story: Story) -> bool:
    """Whether the title calls something by what a control says that was clicked for it (`Edit the page 'Edit this
    page'`), or by the key that presses one."""
    clicked = {" ".join((step.target.name or "").split()) for step in story.steps if isinstance(step, ClickStep)}
    named = [name for pair in _NAMED.findall(story.title) for name in pair if name]
    return any((name in clicked and _VERB.match(name)) or _KEY.search(name) for name in named)


def main() -> int:
    runs = recorded()
    total = 0
    for name, judge in RUBRIC.items():
        bad = [(journey, story) for journey, _, story in runs if not judge(journey, story)]
        total += len(runs) - len(bad)
        print(f"{(len(runs) - len(bad)) / len(runs):6.1%}  {name}")
        for journey, story in bad[:2]:
            print(f"          not: {journey.app}:{journey.name}: {story.title} | {story.sentence}"[:200])
    print(f"{total / (len(runs) * len(RUBRIC)):6.1%}  of all points, {len(runs)} titles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
