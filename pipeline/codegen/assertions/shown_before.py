"""What a page shows after a save as it did before: it says nothing of what was saved."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.selection import tells_what_was_done
from pipeline.codegen.locators.text_matchers import readable
from pipeline.semantics.addresses import place
from schemas.events import Appeared
from schemas.stories import Step

SHOWN_BEFORE: Final = 25
"""What a check loses for what its page showed when the story came by it earlier."""
_OF_TEXTS: Final = frozenset(
    {"text", "heading", "link", "button", "paragraph", "strong", "cell", "listitem", "img", "status"}
)


def with_less_for_unchanged(checks: Sequence[Check], steps: Sequence[Step], entered: Sequence[str]) -> list[Check]:
    """The checks after the last of these steps, with less for texts that the same page showed before, when an earlier
    step led there, and which have nothing to do with what was `entered`."""
    last = steps[-1]
    there = place(last.after.url) if last.after is not None else ""
    shown = {
        readable(change.element.name or change.element.text or "").casefold()
        for step in steps[:-1]
        if step.after is not None and place(step.after.url) == there
        for change in step.changes
        if isinstance(change, Appeared)
    }
    words = [text.casefold() for text in entered if text]

    def is_unchanged(check: Check) -> bool:
        said = check.says.casefold()
        old = check.kind in _OF_TEXTS and said in shown and not tells_what_was_done(check.says)
        return old and not any(word in said or said in word for word in words)

    return [replace(one, score=one.score - SHOWN_BEFORE) if is_unchanged(one) else one for one in checks]
