"""Title, flow and test say the same of who was let in, whatever was tried before and done between."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.activities.classify import activities_of
from pipeline.activities.forms.password_forms import password_forms
from pipeline.codegen import write_test
from schemas.events import Page
from schemas.stories import FillStep, Step, Story
from tests.activities.test_password_forms import LOGIN, WRONG, Acts, at
from tests.stories.by_hand import HOME, alert, button, heading, link

TRIES: dict[str, Acts] = {
    "in": lambda v: v.enters().new_page(f"{HOME}home", heading("Home")),
    "in, with complaints": lambda v: v.enters().new_page(f"{HOME}home", alert("2 errors")),
    "in, same address": lambda v: v.enters().form_goes(heading("Home")),
    "refused, said": lambda v: v.enters("wrong").new_page(LOGIN, WRONG),
    "refused, by status": lambda v: v.enters("wrong").asks(f"{HOME}api/login", status=403).same_page(),
    "refused, hidden text beside": lambda v: v.enters("wrong").new_page(LOGIN, WRONG.model_copy(update={"live": True})),
    "nothing told": lambda v: v.enters().same_page(),
}


BETWEEN: dict[str, Acts] = {
    "nothing": lambda v: v,
    "look": lambda v: v.click(link("News")).leads_to(f"{HOME}news"),
    "out": lambda v: v.click(link("Log out")).leads_to(LOGIN),
    "account": lambda v: v.types("Name", "bob").secret("new").click(button("Save")).new_page(f"{HOME}users"),
    "error text": lambda v: v.click(button("Refresh")).shows_new(alert("Could not refresh")),
    "prompt": lambda v: v.secret("right", "Confirm password").click(button("Confirm")).new_page(f"{HOME}sudo"),
}


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(TRIES)), st.lists(st.sampled_from(sorted(BETWEEN)), max_size=3)),
        min_size=1,
        max_size=3,
    )
)
def test_title_flow_and_test_agree_on_who_was_let_in(plan: list[tuple[str, list[str]]]) -> None:
    """However the tries, the accounts that are made and the complaints of pages are mixed."""
    visit = at()
    for way, between in plan:
        if visit.page.url != LOGIN:
            visit.opens(LOGIN)
        TRIES[way](visit)
        for act in between:
            BETWEEN[act](visit)
    story = visit.story()
    assert_agreed(story)


def assert_agreed(story: Story) -> None:
    """What title, flow key and test say of each sign-in is what the one reading says."""
    passwords = password_forms(story.steps, story.network_requests)
    read = [form for form in passwords if form.purpose == "sign in" and form.sent is not None]
    let_in = [form for form in read if not form.refused]
    told = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url))
    activities = {activity.steps[-1]: activity for activity in told.done if activity.kind == "sign in"}
    for form in read:
        if form.sent in activities:
            assert bool(activities[form.sent].outcome) == form.refused
    if not let_in:
        assert "wrong password" in story.title or "wrong password" in story.sentence or "try" in story.title.lower()
    elif not any(form.refused for form in read):
        assert "wrong password" not in story.title + story.sentence
    code = write_test(story).code
    own = [form for form in passwords if form.purpose in ("sign in", "confirm")]
    typed = {form: {_token(story.steps[at]) for at in form.passwords} for form in passwords}
    right = {token for form in passwords if form not in own or not form.refused for token in typed[form]}
    assert ("not-the-password" in code) == any(typed[form] - right for form in own if form.refused)
    assert ('"APP_PASSWORD"' in code) == any(not form.refused for form in own)


def _token(step: Step) -> str:
    assert isinstance(step, FillStep)
    return step.value.token or ""
