"""How our own bugs are logged: what kind and where, without the message, which may quote what a user typed."""

import traceback
from typing import Final

FRAMES_MAX: Final = 30
_ABOUT_VALUES: Final = (ValueError, TypeError, LookupError, AttributeError, AssertionError)


def trace_of(error: BaseException) -> str:
    """The types of an error and of those behind it, each with the places it came through; no values."""
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and len(parts) < FRAMES_MAX:
        parts.append(type(one).__name__)
        frames = traceback.extract_tb(one.__traceback__)
        parts += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        one = one.__cause__ or one.__context__
    return "\n".join(parts[:FRAMES_MAX])


def message_of(error: BaseException) -> str:
    """What an error says, if it is about our surroundings; of one about values only its kind."""
    kind = type(error).__name__
    return kind if isinstance(error, _ABOUT_VALUES) else f"{kind}: {error}"
