"""Apps that are asked for everything at one address, by POST: a look is no change there."""

import pytest

from bench.flows.synthetic import Visitor, element
from pipeline.activities.facts.responses import calls_in, changing
from schemas.events import Appeared, Click, Request
from schemas.stories import NetworkRequest
from tests.flows.acts import Acts, key, sends, types
from tests.stories.by_hand import HOME, Journey, button, link, textbox

SCRIPT = f"{HOME}index.php"


def _asked(*causes: str | None, url: str = "http://127.0.0.1/yard/", method: str = "POST") -> list[NetworkRequest]:
    return [NetworkRequest(url=url, method=method, status=200, cause=cause) for cause in causes]


@pytest.mark.parametrize(
    ("requests", "calls"),
    [
        (_asked("look", "look", "look", "save"), True),
        (_asked(None, None, None, "save"), False),
        (_asked("look", "look", "save"), False),
        (_asked("save", "save", "save"), False),
        (_asked("look", "look", "look", "save", method="PUT"), False),
        ([], False),
    ],
)
def test_several_calls_by_one_step_and_another_s_make_an_address_for_all(
    requests: list[NetworkRequest], calls: bool
) -> None:
    """Three forms are not sent off by one press; one press may well send three files, where nothing else is asked."""
    assert bool(calls_in(requests)) is calls


def _opens(label: str) -> Acts:
    """Presses an element that no markup calls a link, upon which the app is called and shows a list."""

    def act(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("div", "", label).model_copy(update={"role": None}))
        for _ in range(3):
            visitor.add(Request, method="POST", url=f"{visitor.home}/yard/", status=200, cause=cause)
        visitor.came(cause, Appeared(element=element("tr", "row", "Birch")), url="/parties")

    return act


def test_where_every_click_calls_the_app_a_look_is_still_no_act() -> None:
    """What the user opened on the way there makes no other flow of a form that is sent off."""
    form = (types("Name", "Elm", form="name"), sends("Save", to="/yard/"))
    assert key(_opens("Parties"), _opens("Alder"), *form) == key(_opens("Parties"), *form)


def _follows(label: str, to: str) -> Acts:
    """Follows a link to a page that asks by POST for the figures that it shows."""

    def act(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("a", "link", label).model_copy(update={"href": to}))
        visitor.add(Request, method="POST", url=f"{visitor.home}/stats/figures", status=200, cause=cause)
        visitor.came(cause, Appeared(element=element("h2", "heading", label)), url=to)

    return act


def _filters(label: str, *, asks: bool) -> Acts:
    """Chooses in a list what the page shows, for which it may ask for other figures."""

    def act(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("div", "option", label))
        if asks:
            visitor.add(Request, method="POST", url=f"{visitor.home}/stats/figures", status=200, cause=cause)
        visitor.came(cause, Appeared(element=element("td", "cell", "Birch")), url=f"/posts?kind={label}")

    return act


def test_what_a_link_asks_for_as_well_is_no_change() -> None:
    """A choice for which a page asks by POST, as it did when it was opened, is the choice for which it did not."""
    opened = _follows("Posts", "/posts")
    assert key(opened, _filters("drafts", asks=True)) == key(opened, _filters("drafts", asks=False))


def _marks(label: str, role: str) -> Acts:
    """Opens a thing, or presses a button: for both the app is told at one address how the thing is marked."""

    def act(visitor: Visitor) -> None:
        tag = "a" if role == "link" else "button"
        cause = visitor.add(Click, target=element(tag, role, label).model_copy(update={"href": "/mails/7"}))
        visitor.add(Request, method="POST", url=f"{visitor.home}/api/flags", status=200, cause=cause)
        visitor.came(cause, Appeared(element=element("h2", "heading", label)), url="/mails/7")

    return act


def test_a_button_that_asks_where_a_link_asks_too_is_an_act() -> None:
    """To open a mail marks it as read; who then presses `Mark unread` did something more."""
    opened = _marks("Harvest", "link")
    assert key(opened, _marks("Mark unread", "button")) != key(opened)


def _opens_page(journey: Journey, name: str, *, news: bool, how: str = "load") -> Journey:
    """Follows a link of an app that one script serves; each page of it may ask for the news as it comes."""
    url = f"{SCRIPT}?action={name}"
    journey = journey.click(link(name, href=url))
    return (journey.asks(f"{SCRIPT}?action=news.get") if news else journey).leads_to(url, how)


@pytest.mark.parametrize("news", [False, True])
def test_what_every_page_asks_for_as_it_comes_is_no_change(news: bool) -> None:
    """A form that narrows a list, whose page then asks for the news as the pages before it did, has changed nothing."""
    journey = _opens_page(Journey().opens(SCRIPT), "group.list", news=news)
    journey = _opens_page(journey, "user.list", news=news).fill(textbox("Owner"), "ada").click(button("Apply"))
    journey = journey.asks(f"{SCRIPT}?action=news.get") if news else journey
    journey = journey.leads_to(f"{SCRIPT}?action=user.list&filter_owner=ada")
    assert journey.story().title == "Search for 'ada'"


def test_what_a_button_sends_beside_the_news_is_a_change() -> None:
    """What a button alone sends is none of the news."""
    sent = f"{SCRIPT}?action=tree.save"
    journey = _opens_page(Journey().opens(SCRIPT), "tree.list", news=True).fill(textbox("Name"), "Elm")
    story = journey.click(button("Save")).asks(sent).leads_to(SCRIPT).story()
    assert [one.url for one in changing(story.steps, story.network_requests)] == [sent]


def test_a_button_of_a_page_that_stays_may_save_where_the_page_asks_for_all() -> None:
    """As apps do that have one address for whatever they ask: what a link brings is a look, what `Save` sends is none,
    though it leads to another view."""
    journey = Journey().opens(SCRIPT)
    for name in ("tree.list", "user.list"):
        journey = _opens_page(journey, name, news=True, how="spa")
    story = journey.fill(textbox("Name"), "Elm").click(button("Save")).asks(f"{SCRIPT}?action=news.get")
    story = story.leads_to(f"{SCRIPT}?action=tree.view", "spa").story()
    assert [one.cause for one in changing(story.steps, story.network_requests)] == [story.steps[-1].event_id]


def test_acts_at_one_address_for_all_are_flows_of_their_own() -> None:
    """Where links lead to pages that ask at the same bare address as they load, what a button sends there is an act."""
    keys = set()
    for act in ("Archive", "Approve", "Reject", "Publish"):
        journey = Journey().opens(HOME)
        for name in ("trees", "users"):
            journey = journey.click(link(name, href=f"{HOME}{name}")).asks(f"{HOME}rpc").leads_to(f"{HOME}{name}")
        story = journey.click(button(act)).asks(f"{HOME}rpc").leads_to(f"{HOME}trees/7").story()
        assert [one.cause for one in changing(story.steps, story.network_requests)] == [story.steps[-1].event_id]
        keys.add(story.flow_key)
    assert len(keys) == 4
