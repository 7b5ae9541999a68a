"""Moments as text."""

from datetime import datetime, timedelta

_BEGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, without saying so: that would be printed


def iso(at_ms: int) -> str:
    """Milliseconds since 1970 as ISO 8601 in UTC with milliseconds: `2024-10-10T22:53:05.563Z`."""
    return (_BEGIN + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds") + "Z"
