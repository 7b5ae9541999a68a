"""How our own bugs are logged: what kind and where, without the message, which may quote what a user typed."""

import traceback
from typing import Final

FRAMES_MAX: Final = 30


def trace_of(error: BaseException) -> str:
    """The types of an error and of those behind it, each with the places it came through; no values."""
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and len(parts) < FRAMES_MAX:
        parts.append(type(one).__name__)
        parts += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(one.__traceback__)
        ]
        one = one.__cause__ or one.__context__
    return "\n".join(parts[:FRAMES_MAX])
