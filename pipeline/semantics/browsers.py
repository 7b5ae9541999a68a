"""The browser that a journey was made in: the size of its window, and the language that it asks pages to be in.

On a phone a page has another layout, with other ways to the same thing; in another language, other words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.stories import Step, Story

NARROW_PX_MAX: Final = 1023
"""Windows up to this width are those of phones, tablets and half a screen: menus fold, columns go."""
WIDE_PX_MIN: Final = 1600
"""From this width on pages may show more than in the usual window of a test, which has 1,280 pixels."""
WIDTH_PX: Final = range(240, 3_841)
HEIGHT_PX: Final = range(240, 2_401)
"""Sizes that screens have; others are not believed."""
USUAL_LANGUAGE: Final = "en-US"
"""What a project's browser asks for, where that was told of any of its journeys."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The inner size of a window."""

    width_px: int
    height_px: int

    @property
    def is_narrow(self) -> bool:
        """Whether pages may fold their menus in it."""
        return self.width_px <= NARROW_PX_MAX


@dataclass(frozen=True, slots=True)
class Browser:
    """What a test's browser must have that is not the usual; None for what is, or what nobody knows."""

    screen: Screen | None = None
    language: str | None = None


USUAL: Final = Browser()
"""The one that tests have."""


def screen_of(steps: Sequence[Step]) -> Screen | None:
    """The window that the journey began in; None where nobody recorded its size."""
    for step in steps:
        width_px, height_px = step.page.width_px, step.page.height_px
        if width_px is not None and height_px is not None and width_px in WIDTH_PX and height_px in HEIGHT_PX:
            return Screen(width_px, height_px)
    return None


def unusual_browser(story: Story) -> Browser:
    """What of the journey's browser pages may answer otherwise than they answer the one that tests have."""
    screen = screen_of(story.steps)
    usual = screen is None or not (screen.is_narrow or screen.width_px >= WIDE_PX_MIN)
    language = None if story.language == USUAL_LANGUAGE else story.language
    return Browser(None if usual else screen, language)


def layout_of(story: Story) -> tuple[bool, str]:
    """What stories must have in common to show the same: whether the window is narrow, and the language."""
    screen = screen_of(story.steps)
    return screen is not None and screen.is_narrow, (story.language or "").partition("-")[0].casefold()
