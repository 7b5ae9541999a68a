"""The window that a journey was made in: on a phone a page has another layout, and other ways to the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.stories import Step

NARROW_PX_MAX: Final = 1023
"""Windows up to this width are those of phones, tablets and half a screen: menus fold, columns go."""
WIDE_PX_MIN: Final = 1600
"""From this width on pages may show more than in the usual window of a test, which has 1,280 pixels."""
WIDTH_PX: Final = range(240, 3_841)
HEIGHT_PX: Final = range(240, 2_401)
"""Sizes that screens have; others are not believed."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The inner size of a window."""

    width_px: int
    height_px: int

    @property
    def is_narrow(self) -> bool:
        """Whether pages may fold their menus in it."""
        return self.width_px <= NARROW_PX_MAX


def screen_of(steps: Sequence[Step]) -> Screen | None:
    """The window that the journey began in; None where nobody recorded its size."""
    for step in steps:
        width_px, height_px = step.page.width_px, step.page.height_px
        if width_px is not None and height_px is not None and width_px in WIDTH_PX and height_px in HEIGHT_PX:
            return Screen(width_px, height_px)
    return None


def unusual_screen(steps: Sequence[Step]) -> Screen | None:
    """The window of a journey that pages may lay out otherwise than in the one that tests have; None for the others."""
    screen = screen_of(steps)
    return screen if screen is not None and (screen.is_narrow or screen.width_px >= WIDE_PX_MIN) else None


def is_narrow(steps: Sequence[Step]) -> bool:
    """Whether the journey was made in a narrow window."""
    screen = screen_of(steps)
    return screen is not None and screen.is_narrow
