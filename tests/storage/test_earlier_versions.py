"""Rows that an earlier version wrote under wider bounds."""

import orjson
from sqlalchemy import update

from agents.storage import PageRequest, Storage, StoredStory, StoryFilter
from agents.storage.tables import STORIES, TESTS
from pipeline.generate import test_of as write_flow
from schemas import limits
from schemas.codecs import to_json
from schemas.stories import GotoStep
from tests.storage.samples import APP, a_story, a_test


def test_an_earlier_versions_rows_are_read_on(storage: Storage) -> None:
    """Lists, single stories, flows, the sessions that a test is written from, and tests."""
    step = GotoStep(event_id="1", at_ms=1, url="https://shop.example/")
    stories = [a_story(f"s{number}", steps=(step,)) for number in range(3)]
    state = storage.put_stories(stories)[0]
    test = a_test(*stories)
    assert storage.put_test(test)
    longer = {"title": "t" * 500, "notes": ["n" * 900] * 300}
    with storage._engine.begin() as connection:
        for story in stories:
            body = orjson.dumps({**orjson.loads(to_json(story)), **longer}).decode()
            connection.execute(update(STORIES).where(STORIES.c.id == story.id).values(body=body))
        body = orjson.dumps({**orjson.loads(to_json(test)), **longer}).decode()
        connection.execute(update(TESTS).values(body=body))

    title = "t" * limits.TEXT_CHARS_MAX
    assert [one.story.title for one in _all_stories(storage)] == [title] * 3
    one = storage.story("s1")
    assert one is not None
    assert len(one.story.notes) == limits.STORY_NOTES_MAX
    sessions = storage.sessions(state.flow_id)
    assert storage.put_test(write_flow(sessions, state.flow_id))
    assert [flow.sample and flow.sample.title for flow in storage.flows(APP)] == [title]
    assert [flow.title for flow in storage.seen_flows(APP, 1)] == [title]
    assert len(storage.tests().items) == 1


def _all_stories(storage: Storage) -> list[StoredStory]:
    """The stories of all pages: rows as large as these have a page of their own."""
    page = storage.stories()
    found = list(page.items)
    while page.next_cursor is not None:
        page = storage.stories(StoryFilter(), PageRequest(cursor=page.next_cursor))
        found += page.items
    return found
