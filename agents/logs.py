"""What a worker logs, and how: one record a line, as text for people or as JSON for machines.

What a record is about (`journey_id`, `topic`, `partition`, `offset`, …) comes as `extra=`; JSON has each as a field of
its own. Texts from outside never break a line in two, nor look like a line of ours.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal

LogFormat = Literal["text", "json"]

NOISY: Final = ("aiokafka", "faust", "mode")
"""Libraries that write thousands of lines in an outage of a minute."""
REPEAT_S: Final = 60.0
"""How long the same message of a noisy library is left out after it was shown."""
MESSAGES_MAX: Final = 1_000
"""Different messages of noisy libraries that are remembered."""
MESSAGE_CHARS_MAX: Final = 10_000
"""What is shown of a message."""

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "left_out", "trace"}


def set_up(level: str, form: LogFormat) -> None:
    """Sets up the logs of this process, in place of what was there: to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(Repeats())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in NOISY:
        # Building their debug records costs a tenth of the worker's time, shown or not.
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


class Repeats(logging.Filter):
    """Lets a message of a noisy library through once in REPEAT_S, with the number of those that were left out since.

    The same message is the same text before its values are filled in.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._shown_s: dict[tuple[str, int, str], float] = {}
        self._left_out: dict[tuple[str, int, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is shown."""
        if record.name.partition(".")[0] not in NOISY:
            return True
        key = (record.name, record.levelno, str(record.msg)[:100])
        now_s = self._clock()
        if now_s - self._shown_s.get(key, -REPEAT_S) < REPEAT_S:
            self._left_out[key] = self._left_out.get(key, 0) + 1
            return False
        if len(self._shown_s) >= MESSAGES_MAX:
            self._shown_s.clear()
            self._left_out.clear()
        self._shown_s[key] = now_s
        record.left_out = self._left_out.pop(key, 0)
        return True


class TextFormatter(logging.Formatter):
    """`time level logger: message`; further lines of a trace are indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line; with a trace, as several of which only the first begins with a time."""
        context = " ".join(f"{name}={value}" for name, value in context_of(record).items())
        first = _one_line(f"{message_of(record)} [{context}]" if context else message_of(record))
        rest = "".join(f"\n    {_one_line(line)}" for line in trace_in(self, record).splitlines())
        return f"{time_of(record)} {record.levelname} {record.name}: {first}{rest}"


class JsonFormatter(logging.Formatter):
    """One JSON object: `time`, `level`, `logger`, `message`, the record's context, `trace` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        fields: dict[str, Any] = {
            **context_of(record),
            "time": time_of(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        if trace := trace_in(self, record):
            fields["trace"] = trace
        return json.dumps(fields, default=str, skipkeys=True)  # in ASCII: nothing else may end a line


def time_of(record: logging.LogRecord) -> str:
    """ISO 8601 in UTC, with milliseconds."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_of(record: logging.LogRecord) -> str:
    """The message with its values, cut at MESSAGE_CHARS_MAX, and how many like it were left out."""
    left_out = getattr(record, "left_out", 0)
    more = f" ({left_out} more like this left out)" if left_out else ""
    return record.getMessage()[:MESSAGE_CHARS_MAX] + more


def context_of(record: logging.LogRecord) -> dict[str, Any]:
    """What the record is about: all that came as `extra=`."""
    return {name: value for name, value in vars(record).items() if name not in _OWN}


def trace_in(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Our own trace, without values (`extra={"trace": …}`), or the exception with its own; else nothing."""
    ours: str = getattr(record, "trace", "")
    if ours:
        return ours
    return formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""


def _one_line(text: str) -> str:
    """Characters that end a line, or steer a terminal, as escapes."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
