"""Title, flow and test are projections of the same activities."""

from pipeline.activities.activity import Activity
from pipeline.activities.classify import activities_of
from schemas.events import Page
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, button, password, textbox


def done_in(story: Story) -> tuple[Activity, ...]:
    """What a story did, as its flow is told by it."""
    return activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).done


def test_a_sign_up_sent_by_its_address_is_no_search() -> None:
    """A form with a password whose name stands in the next address is a form: it was told as "Sign up" by the title
    and as a search by the flow."""
    journey = Journey().opens(f"{HOME}join").fill(textbox("Name"), "bob")
    journey.fill(password(), "", secret="password").fill(password("Again"), "", secret="password")
    story = journey.click(button("Go", type="submit")).leads_to(f"{HOME}join/done?name=bob").story()
    assert (story.title, [activity.kind for activity in done_in(story)]) == ("Sign up", ["submit"])
