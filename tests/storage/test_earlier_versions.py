"""Rows that an earlier version wrote under wider bounds."""

from importlib import import_module

import orjson
from sqlalchemy import select, update

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


def test_stories_that_were_there_have_their_users(storage: Storage) -> None:
    """The user that a story names, be it among characters that no database takes; the session where it names none."""
    named, nameless = a_story("s1", user_id="ada"), a_story("s2")
    storage.put_stories([named, nameless])
    fill = import_module("agents.storage.migrations.versions.v0011_users_and_arrivals").fill
    with storage._engine.begin() as connection:
        odd = orjson.dumps({**orjson.loads(to_json(named)), "notes": ["a\0b"]}).decode()
        connection.execute(update(STORIES).where(STORIES.c.id == "s1").values(body=odd))
        connection.execute(update(STORIES).values(user_id="", stored_at=""))
        fill(connection)
        columns = (STORIES.c.user_id, STORIES.c.stored_at, STORIES.c.start_timestamp)
        found = {row.user_id: row.stored_at == row.start_timestamp for row in connection.execute(select(*columns))}
    assert found == {"ada": True, nameless.session_id: True}


def _all_stories(storage: Storage) -> list[StoredStory]:
    """The stories of all pages: rows as large as these have a page of their own."""
    page = storage.stories()
    found = list(page.items)
    while page.next_cursor is not None:
        page = storage.stories(StoryFilter(), PageRequest(cursor=page.next_cursor))
        found += page.items
    return found
