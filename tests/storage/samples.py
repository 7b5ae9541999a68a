"""Stories and tests to store."""

from typing import Any

from pipeline.flows.consensus import evidence_of
from pipeline.flows.ids import flow_id, test_id
from schemas.generated_tests import GeneratedTest
from schemas.stories import State, Story

APP = "shop.example"


def a_story(story_id: str = "s1", **changes: Any) -> Story:
    """A small story of the flow `sign in`, unless told otherwise."""
    fields: dict[str, Any] = {
        "id": story_id,
        "version": 3,
        "app": APP,
        "journey_id": f"journey of {story_id}",
        "session_id": "session-1",
        "title": "Sign in",
        "start_timestamp": "2024-10-10T22:53:05.563Z",
        "end_timestamp": "2024-10-10T22:54:05.563Z",
        "initial_state": State(url="https://shop.example/"),
        "final_state": State(url="https://shop.example/home"),
        "tags": ("login",),
        "flow_key": "sign in",
    }
    return Story(**{**fields, **changes})


def a_test(story: Story, *others: Story, **changes: Any) -> GeneratedTest:
    """The test that this story's flow would get, if it and `others` were all that the flow draws."""
    flow = flow_id(story.app, story.flow_key)
    fields: dict[str, Any] = {
        "id": test_id(story.app, flow),
        "version": story.version,
        "app": story.app,
        "flow_id": flow,
        "story_id": story.id,
        "session_id": story.session_id,
        "name": "test_sign_in",
        "file_name": "test_sign_in.py",
        "title": story.title,
        "sessions": 1 + len(others),
        "evidence": evidence_of((one.id, one.version) for one in (story, *others)),
        "story": story.sentence,
        "code": f"# {story.id} {story.version}\ndef test_sign_in(page):\n    page.goto('/')\n",
    }
    return GeneratedTest(**{**fields, **changes})
