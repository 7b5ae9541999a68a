"""Moments as text."""

from datetime import UTC, datetime, timedelta

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at_ms: int) -> str:
    """Milliseconds since 1970 as ISO 8601 in UTC with milliseconds: `2024-10-10T22:53:05.563Z`."""
    moment = _BEGIN + timedelta(milliseconds=at_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
