"""The language that a sender asks pages to be in."""

import re
from dataclasses import replace
from typing import Final

from pipeline.intake.reading import Intake
from schemas.base import LANGUAGE
from schemas.events import Event, Navigation

_LANGUAGE: Final = re.compile(LANGUAGE)


def first_language(accepted: str) -> str | None:
    """The first language of an Accept-Language header (`de-DE,de;q=0.9`), which is the preferred one; None where that
    names none."""
    first = accepted.partition(",")[0].partition(";")[0].strip()
    return first if _LANGUAGE.fullmatch(first) else None


def in_language(intake: Intake, language: str | None) -> Intake:
    """The intake with this language in each page that was opened and of which nobody said another one."""
    if language is None or not any(isinstance(event, Navigation) for event in intake.events):
        return intake
    # What was printed of an event that changes is not it any more: it is printed anew.
    return replace(intake, events=tuple(_in(event, language) for event in intake.events), printed={})


def _in(event: Event, language: str) -> Event:
    if not isinstance(event, Navigation) or event.language is not None:
        return event
    return event.model_copy(update={"language": language})
