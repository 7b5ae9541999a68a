"""What is asserted of any events on their way: to messages, stories and tests, as JSON and as Avro, and back."""

import json
from collections.abc import Iterable, Sequence

from pipeline.codegen.python.allow_list import check_code
from pipeline.generate import test_of as write_flow
from pipeline.intake import Intake, read_message
from pipeline.stories.splitting import NoStory, build_stories
from pipeline.windowing.batch import close_all
from pipeline.windowing.partition import Windowing
from schemas import limits
from schemas.avro import (
    AvroReader,
    event_list_to_avro,
    events_to_avro,
    generated_test_to_avro,
    schema_text,
    story_to_avro,
)
from schemas.codecs import from_json, to_json
from schemas.events import Event
from schemas.generated_tests import GENERATED_TEST, GeneratedTest
from schemas.messages import messages_of
from schemas.stories import STORY, PatternMatch, Story

WINDOWING = Windowing(gap_ms=1_800_000)
FRAMING_BYTES = 2_000
"""Key, headers and framing of a message."""
FILE_NAME_CHARS = 255
READER = AvroReader()
for number, name in enumerate(("events", "story", "test")):
    READER.add(number, schema_text(name))  # type: ignore[arg-type]


def fits(raw: bytes) -> bool:
    """Whether it has room in a message."""
    return len(raw) + FRAMING_BYTES <= limits.MESSAGE_BYTES_MAX


def sent(events: Sequence[Event]) -> None:
    """The messages of these events are within bounds, and say the same to who reads them."""
    again: list[Event] = []
    for message in messages_of(events):
        packed = event_list_to_avro(0, message.value)
        assert fits(message.value)
        assert fits(packed)
        intake, unpacked = read_message(message.value), read_message(packed, avro=READER)
        assert not intake.refused
        assert unpacked == intake
        again += intake.events
    assert sorted(map(to_json, again)) == sorted(map(to_json, events))
    assert READER.events(events_to_avro(0, events)) is not None


def told(events: Iterable[Event]) -> list[Story]:
    """The stories of these events, each within bounds and read back as it was written."""
    stories: list[Story] = []
    for window in close_all(events, WINDOWING):
        try:
            parts = build_stories(window)
        except NoStory:
            continue
        for story in parts:
            held(story)
            stories.append(story)
    return stories


def held(story: Story) -> None:
    """A story and its test are within bounds, with all tags that it can have, and read back as they were written."""
    matches = tuple(PatternMatch(name=f"{number:040}", similarity=-0.123) for number in range(limits.TAGS_MAX))
    story = story.model_copy(update={"patterns": matches, "tags": tuple(match.name for match in matches)})
    raw, packed = to_json(story), story_to_avro(1, story)
    assert fits(raw)
    assert fits(packed)
    assert b"\\u0000" not in raw.replace(b"\\\\", b"")
    assert to_json(from_json(STORY, raw)) == raw == to_json(READER.story(packed))
    written(write_flow([story]))


def written(test: GeneratedTest) -> None:
    """A test is within bounds, and is read back as it was written."""
    raw, packed = to_json(test), generated_test_to_avro(2, test)
    assert fits(raw)
    assert fits(packed)
    assert len(test.code.encode()) <= limits.CODE_BYTES_MAX
    check_code(test.code)
    assert len(test.file_name) <= FILE_NAME_CHARS
    assert to_json(from_json(GENERATED_TEST, raw)) == raw == to_json(READER.test(packed))


def accounted(intake: Intake, count: int) -> None:
    """Each event that came is taken, or refused with a reason; our own code stumbles over none."""
    assert not intake.faults
    assert intake.seen == count
    assert intake.accepted + len(intake.refused) == count
    assert len({one.index for one in intake.refused}) == len(intake.refused)
    assert all(one.error and json.dumps(one.error) for one in intake.refused)
