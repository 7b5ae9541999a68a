"""What the user entered, and where the page shows it: the text itself, or the number in the app's own form."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.values.credentials import is_secret
from pipeline.semantics.controls import prompt_answers
from pipeline.semantics.derived import once_per_step
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.verbs import is_search_field
from schemas.stories import CheckStep, ClickStep, FillStep, SelectStep, Step, UploadStep

WORD_CHARS_MIN: Final = 3
"""Shorter texts stand in others by chance: they count where they are all that is shown."""
VALUES_MAX: Final = 40
STEPS_MAX: Final = 200
"""Steps that are looked through, from the last one back: a test asks after each step of its story."""
EMPTIED: Final = ""
"""What is entered where a field or list is left with nothing: a page that says "none" shows it."""
_MARKS_BEFORE: Final = re.compile(r"\A(?:[*#=+>!-]{1,12}|\d{1,3}[.)]) ")
"""What makes a line a list's item, a heading or a quotation, before the space behind it."""
_MARKS_AFTER: Final = re.compile(r" [=#]{1,12}\Z")
_NUMBER: Final = re.compile(r"\d[\d.,]{0,20}\d|\d")
_WHOLE_NUMBER: Final = re.compile(r"[-+]?\d[\d.,]{0,20}")
_THOUSANDS: Final = re.compile(r"(?<=\d)[.,](?=\d{3}(?:\D|\Z))")


@dataclass(frozen=True)
class Entered:
    """The texts that were typed or chosen, and the names of files, in their order."""

    values: tuple[str, ...] = ()

    def shown_in(self, text: str) -> frozenset[str]:
        """Which of them a text shows.

        `Entered(("45.2", "Corner shop")).shown_in("Corner shop £45.20")` has both.
        """
        folded = text.casefold()
        return frozenset(value for value in self.values if shows(folded, value))


NOTHING: Final = Entered()


def entered_in(steps: Sequence[Step], names: Iterable[str] = ()) -> Entered:
    """What was entered in these steps, without what is withheld, without words that were only looked for and without
    the `names` of people who signed in."""
    known = set(names)
    values = dict.fromkeys(value for step in steps[-STEPS_MAX:] for value in _entered_by(step))
    return Entered(tuple(value for value in values if value not in known)[-VALUES_MAX:])


@once_per_step
def _entered_by(step: Step) -> tuple[str, ...]:
    return (*_entered_in_control(step), *prompt_answers(step))


def _entered_in_control(step: Step) -> tuple[str, ...]:
    if isinstance(step, FillStep) and not is_secret(step) and not is_search_field(step.target):
        text = step.value.text
        emptied = [EMPTIED] if step.before and not text else []
        return (*_lines_added(step.before, text), *emptied)
    if isinstance(step, SelectStep):
        chosen = tuple(option.label.strip() for option in step.options if option.label.strip())
        return chosen if step.options else (EMPTIED,)
    if isinstance(step, UploadStep):
        return tuple(name.strip() for name in step.files if name.strip())
    if (isinstance(step, CheckStep) and step.checked) or (isinstance(step, ClickStep) and step.target.tag == "label"):
        name = (step.target.name or step.target.text or "").strip()
        return (name,) if name else ()
    return ()


def _lines_added(before: str, after: str) -> list[str]:
    """The lines that are new in a field, without the marks of a wiki or of Markdown, which a page that shows them makes
    lists and headings of: `* Second floor` gives `Second floor`."""
    if before and after.startswith(before):
        after = after[len(before) :]
    elif "\n" in before:
        old = frozenset(before.splitlines())
        new = [line for line in after.splitlines() if line.strip() and line not in old]
        after = "\n".join(new) or after  # lines that were only moved, or are left, are looked for as well
    lines = (line.strip() for line in after.splitlines())
    return [_unmarked(line) for line in lines if line]


def _unmarked(line: str) -> str:
    plain = _MARKS_AFTER.sub("", _MARKS_BEFORE.sub("", line))
    return plain if len(plain) >= WORD_CHARS_MIN and plain[:1].isalpha() else line


def shows(folded: str, value: str) -> bool:
    """Whether a text in lower case shows a value."""
    if value == EMPTIED:
        return WORDS["nothing"].search(folded) is not None
    word = value.casefold()
    if _WHOLE_NUMBER.fullmatch(value):
        return folded == word or _shows_number(folded, value)
    if len(word) < WORD_CHARS_MIN:
        return folded == word
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if not _goes_on(folded[at - 1 : at]) and not _goes_on(folded[end : end + 1]):
            return True
        at = folded.find(word, at + 1)
    return False


def _goes_on(char: str) -> bool:
    return char.isalnum() or char == "_"


def _shows_number(text: str, value: str) -> bool:
    """Whether a text shows a number as an amount: with its fraction, or long enough to be no count."""
    wanted = _amounts(value.lstrip("+-"))
    found = (hit[0] for hit in _NUMBER.finditer(text))
    return any(_amounts(one) & wanted for one in found if len(one) >= WORD_CHARS_MIN)


def _amounts(number: str) -> frozenset[float]:
    """What a number may mean: a point or comma before three digits parts thousands, or begins the fraction."""
    plain = _THOUSANDS.sub("", number)
    forms = {plain, number} if number.count(".") + number.count(",") == 1 else {plain}
    return frozenset(float(form.replace(",", ".")) for form in forms if form.count(".") + form.count(",") <= 1)
