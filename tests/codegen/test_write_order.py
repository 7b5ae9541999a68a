"""What a test waits for between two actions that write the same thing."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from schemas.stories import ClickStep, NetworkRequest
from tests.codegen.by_hand import HOME, at, base, by_role, story

PAGE = at("/")
DRAFT = "/items/Draft%20of%20'Minutes'"


def _deleted(first: str = DRAFT, second: str = "/items/Minutes", method: str = "PUT", **of_first: Any) -> str:
    """The test of somebody who presses Edit and then Delete; `of_first` is what the first request has otherwise."""
    edits = ClickStep(target=by_role("button", "button", "Edit"), **base(PAGE))
    deletes = ClickStep(target=by_role("button", "button", "Delete"), **base(PAGE))
    saved = NetworkRequest(method=method, url=HOME + first, status=204, cause=edits.event_id)
    list_saved = NetworkRequest(method="PUT", url=f"{HOME}/items/OpenOnes", status=204, cause=edits.event_id)
    gone = NetworkRequest(method="DELETE", url=HOME + second, status=204, cause=deletes.event_id)
    requests = (saved.model_copy(update=of_first), list_saved, gone)
    return write_test(story(edits, deletes, network_requests=requests)).code


@pytest.mark.parametrize(
    ("first", "second", "pattern"),
    [
        (DRAFT, "/items/Minutes", r"/items/Draft%20of%20'Minutes'(\?|$)"),
        ("/notes/17", "/notes/17", r"/notes/\d+$"),
    ],
)
def test_what_is_written_again_at_once_is_saved_first(first: str, second: str, pattern: str) -> None:
    """A page that saves in the background drops what comes while it is still saving the same thing. A request for
    something else that the first action causes too is no answer."""
    code = _deleted(first, second)
    assert f'expect_response(re.compile(r"{pattern}")' in "".join(code.split("\n        ")).replace("\n    )", ")")
    assert code.index("expect_response") < code.index('name="Edit"') < code.index('name="Delete"')
    assert code.count("expect_response") == 2


@pytest.mark.parametrize(
    "otherwise",
    [
        {"first": "/drafts/17"},
        {"first": "/a", "second": "/b/a"},
        {"first": "/items/preferences", "second": "/items/refe"},
        {"first": "/settings/notes-view", "second": "/api/notes"},
        {"first": "/items/red-sea-x4k9-draft", "second": "/items/red-sea-x4k9"},
        {"method": "POST"},
        {"method": "GET"},
        {"status": 409},
        {"cause": None},
        {"url": "http://elsewhere.test" + DRAFT},
    ],
)
def test_no_other_request_is_waited_for_in_between(otherwise: dict[str, Any]) -> None:
    """What writes something else, goes to a list, was refused or runs by itself says nothing of the next action."""
    code = _deleted(**otherwise)
    assert code.count("expect_response") == 1
    assert code.index('name="Edit"') < code.index("expect_response")
