"""Logs: one record a line, whatever is in it; with its context; noisy libraries once a minute."""

import json
import logging
from collections.abc import Iterator

import pytest

from agents import logs

HOSTILE = 'a"\n2026-01-01T00:00:00.000Z CRITICAL agents: forged\r\x1b[2J\u2028\ud800 é'


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in logs.NOISY}
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_json_has_each_fact_as_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    """Time, level, logger and message, and what the record is about; nothing of Python's own."""
    logs.set_up("info", "json")
    about = {"journey_id": "j", "partition": 3, "offset": 17}
    logging.getLogger("agents.stream").info("told %s", "s-1", extra=about)
    (line,) = capsys.readouterr().err.splitlines()
    record = json.loads(line)
    assert record.pop("time").endswith("Z")
    assert record == {"level": "info", "logger": "agents.stream", "message": "told s-1", **about}


@pytest.mark.parametrize("form", ["json", "text"])
def test_texts_from_outside_never_break_a_line(form: logs.LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    """In message, context and exception: only the first line of a record begins like one."""
    logs.set_up("info", form)
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("agents").exception("bad %s", HOSTILE, extra={"journey_id": HOSTILE})
    lines = capsys.readouterr().err.split("\n")
    assert lines.pop() == ""
    if form == "json":
        (line,) = lines
        record = json.loads(line)
        assert "forged" in record["message"]
        assert "forged" in record["journey_id"]
        assert record["trace"].startswith("Traceback")
    assert not [line for line in lines[1:] if not line.startswith("    ")]
    assert all(one.isprintable() for line in lines for one in line)


def test_values_that_json_has_not_are_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A context of any kind must not break the logging of an error."""
    logs.set_up("info", "json")
    logging.getLogger("agents").error("x", extra={"about": {1: {2, 3}}, "error": ValueError("no"), "big": 2**70})
    assert json.loads(capsys.readouterr().err)["message"] == "x"


def test_a_message_is_cut_at_its_bound(capsys: pytest.CaptureFixture[str]) -> None:
    """One character fewer is whole."""
    logs.set_up("info", "json")
    for count in (logs.MESSAGE_CHARS_MAX, logs.MESSAGE_CHARS_MAX + 1):
        logging.getLogger("agents").error("x" * count)
    lines = capsys.readouterr().err.splitlines()
    assert [len(json.loads(line)["message"]) for line in lines] == [logs.MESSAGE_CHARS_MAX] * 2


def record(name: str, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, text, values, None)


def test_a_noisy_library_is_heard_once_a_minute() -> None:
    """The first failure is shown at once, the same one again after a minute with the number of those between; another
    message and our own are never held back."""
    now_s = 100.0
    repeats = logs.Repeats(lambda: now_s)
    first = [repeats.filter(record("aiokafka.conn", "no answer from %s", n)) for n in range(50)]
    assert first == [True, *[False] * 49]
    assert repeats.filter(record("aiokafka.conn", "connection refused"))
    assert all(repeats.filter(record("agents.stream", "no answer")) for _ in range(3))
    now_s += logs.REPEAT_S
    again = record("aiokafka.conn", "no answer from %s", 51)
    assert repeats.filter(again)
    assert logs.message_of(again) == "no answer from 51 (49 more like this left out)"


def test_messages_without_end_are_remembered_within_a_bound() -> None:
    """A library that builds its texts by hand can't fill the memory."""
    repeats = logs.Repeats(lambda: 1.0)
    for number in range(3 * logs.MESSAGES_MAX):
        assert repeats.filter(record("faust.x", f"text {number}"))
        assert len(repeats._shown_s) <= logs.MESSAGES_MAX


def test_debug_of_libraries_is_not_even_built(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever level is asked for: their debug records would cost a tenth of the worker's time. Warnings are shown, and
    a level above warnings holds for them too."""
    logs.set_up("debug", "text")
    assert not logging.getLogger("aiokafka.consumer").isEnabledFor(logging.INFO)
    logging.getLogger("aiokafka.consumer").warning("seen")
    logs.set_up("error", "text")
    logging.getLogger("aiokafka.consumer").warning("unseen")
    said = capsys.readouterr().err
    assert "seen" in said
    assert "unseen" not in said


def test_our_own_traces_stand_below_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    """Those without values, given as `extra`, are shown like any other."""
    logs.set_up("info", "text")
    logging.getLogger("agents").error("bad", extra={"trace": "KeyError\n  here.py:1 f", "offset": 1})
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.endswith("ERROR agents: bad [offset=1]")
    assert rest == ["    KeyError", "      here.py:1 f"]
