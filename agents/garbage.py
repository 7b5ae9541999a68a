"""How often Python looks for garbage that refers to itself.

What this program makes are trees of frozen values: they are freed when nobody refers to them any more, with no search.
By default Python searches after every 700 new objects, and reads all that is alive again and again: three quarters of
the time of parsing a story, in a worker that holds many. What is counted are objects that were made and not freed since
the last search: a batch of stories that waits to be written is more than 50,000, after which a worker searched fifteen
times in 1,000 journeys, and found next to nothing.
"""

import gc
from typing import Final

NEW_MAX: Final = 500_000
"""New objects after which the youngest are searched: a hundred megabytes of garbage that is not freed yet, at most."""
YOUNG_MAX: Final = 20
MIDDLE_MAX: Final = 50
"""Searches of one age after which the next older one is searched too."""


def search_seldom() -> None:
    """For the whole process from now on. What is alive now, libraries most of all, is never searched again."""
    gc.set_threshold(NEW_MAX, YOUNG_MAX, MIDDLE_MAX)
    gc.collect()
    gc.freeze()
