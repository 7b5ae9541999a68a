"""Ids at their bounds, of characters that take four bytes each."""

import random

from agents.storage import CodeFilter, Storage, StoryFilter
from pipeline.flows.ids import flow_id
from schemas import limits
from tests.storage.samples import a_story, a_test


def wide(seed: int) -> str:
    """An id of the greatest length that no index can press together."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(0x10000, 0x110000)) for _ in range(limits.ID_CHARS_MAX))


def test_the_widest_ids_have_room_in_every_index(storage: Storage) -> None:
    """A story and a test of which each id, tag and name is as wide as can be are stored, found, merged and noted."""
    app, session, tag, key = wide(1), wide(2), wide(3), wide(4)
    story = a_story(wide(5), app=app, session_id=session, journey_id=wide(6), flow_key=key, tags=(tag,))
    other = story.model_copy(update={"id": wide(7), "flow_key": wide(8)})
    storage.put_stories([story, other])
    test = a_test(story, id=wide(9), file_name=wide(10), name=wide(11))
    assert storage.put_test(test)
    assert storage.story(story.id) is not None
    assert storage.stories(StoryFilter(app=app, session_id=session, tag=tag)).items
    assert storage.tests(CodeFilter(app=app, tag=tag)).items
    assert storage.files_named(app, test.file_name)
    assert storage.note_failure(test.flow_id, wide(12), wide(13))
    assert storage.merge_flow(flow_id(app, other.flow_key), test.flow_id).merged_into == test.flow_id
