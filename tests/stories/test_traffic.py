"""Whose traffic a session is: what the producer says, else where its pages lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake import read_body
from pipeline.stories.traffic import traffic_of
from schemas.events import Click, Event, Navigation, Page, Traffic
from tests.stories.by_hand import button


def click(url: str, traffic: Traffic | None = None) -> Event:
    return Click(
        id="e",
        app="a",
        session_id="s",
        journey_id="j",
        at_ms=0,
        page=Page(url=url),
        traffic=traffic,
        target=button("Go"),
    )


@pytest.mark.parametrize(
    ("url", "traffic"),
    [
        ("http://127.0.0.1:8000/a", "test"),
        ("http://127.9.9.9/", "test"),
        ("http://[::1]:8000/", "test"),
        ("http://localhost:3000/", "test"),
        ("https://app.localhost/", "test"),
        ("https://shop.test/", "test"),
        ("https://www.example.com/login", "test"),
        ("https://shop.example./", "test"),
        ("https://example.com.evil.io/", "real"),
        ("https://notexample.com/", "real"),
        ("https://shop.acme.io/?u=http://localhost/", "real"),
        ("https://localhost@acme.io/", "real"),
        ("http://10.0.0.1/", "real"),
        ("http://[::1/", "real"),
        ("", "real"),
        ("about:blank", "real"),
    ],
)
def test_pages_where_no_user_can_be_are_testers(url: str, traffic: Traffic) -> None:
    """Loopback, and names set aside for tests and examples; nothing that only looks like one; in doubt people."""
    assert traffic_of([click(url)]) == traffic


def test_what_the_producer_says_counts() -> None:
    """A staging system under an ordinary name, and real users of an app on the machine itself."""
    assert traffic_of([click("https://staging.acme.io/", "test")]) == "test"
    assert traffic_of([click("http://localhost/", "real")]) == "real"


@given(st.lists(st.sampled_from(["real", "test", None]), min_size=1, max_size=6), st.randoms())
def test_in_any_order_and_where_they_disagree_people_win(said: list[Traffic | None], chance: object) -> None:
    """One event of people's makes it people's; the order says nothing."""
    events = [click("https://acme.io/", one) for one in said]
    expected = "real" if "real" in said or "test" not in said else "test"
    assert traffic_of(events) == expected
    assert traffic_of(events[::-1]) == expected


def test_one_page_of_people_is_enough() -> None:
    """A session that goes from one's own machine to somebody's site; yet where a visitor came from is not asked."""
    assert traffic_of([click("http://localhost/"), click("https://acme.io/")]) == "real"
    came = Navigation(
        id="e",
        app="a",
        session_id="s",
        journey_id="j",
        at_ms=0,
        page=Page(url="https://search.io/"),
        url="http://localhost/",
    )
    assert traffic_of([came]) == "test"


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"click","session_id":"s","at_ms":1,"traffic":"test","target":{"tag":"a"}}',
        b'{"event":"$click","timestamp":1700000000,"properties":{"session_id":"s","traffic":"test"}}',
        b'{"event":"$autocapture","timestamp":1700000000,"properties":{"$session_id":"s","traffic":"test"}}',
    ],
)
def test_every_format_can_say_it(body: bytes) -> None:
    """Our own, the challenge format, PostHog's; another word there is somebody else's, and says nothing to us."""
    (event,) = read_body(body).events
    assert event.traffic == "test"
    if b"kind" not in body:
        (event,) = read_body(body.replace(b'"test"', b'"organic"')).events
        assert event.traffic is None
