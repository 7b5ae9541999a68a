"""Whether something was refused is read once: title, flow and explanation can't contradict each other."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import generate
from pipeline.activities.activity import ACTS
from pipeline.activities.classify import activities_of
from pipeline.activities.explain import explain
from pipeline.activities.forms.password_forms import password_forms
from pipeline.activities.intents import goals_of
from pipeline.codegen.values.credentials import WRONG
from schemas.elements import Element
from schemas.events import Appeared, Page, Request
from tests.stories.by_hand import HOME, Journey, alert, button, heading, password, textbox

ANSWERS: dict[str, Callable[[Journey], Any]] = {
    "nothing": lambda journey: journey,
    "an alert": lambda journey: journey.shows_new(alert("The title is not valid.")),
    "a message of success": lambda journey: journey.shows_new(alert("The item was created.")),
    "the user's own words": lambda journey: journey.shows_new(alert("Wrong turn")),
    "a heading": lambda journey: journey.shows_new(heading("You did not pass")),
    "a sent request": lambda journey: journey.asks(f"{HOME}items", status=201),
    "a request that was refused": lambda journey: journey.asks(f"{HOME}items", status=422),
    "a lookup that was refused": lambda journey: journey.asks(f"{HOME}items/list", status=404),
    "both": lambda journey: journey.asks(f"{HOME}items", status=422).shows_new(alert("Nothing was saved.")),
    "another page": lambda journey: journey.leads_to(f"{HOME}items/7").shows_new(heading("Item 7")),
    "a page with old trouble": lambda journey: journey.leads_to(f"{HOME}jobs").shows_new(alert("3 jobs failed")),
    "a text without marks": lambda journey: journey.shows(Appeared(element=Element(tag="p", text="It is required"))),
}
"""What apps do when a form is sent off."""
PLACES = ("items/new", "items/7", "settings", "feedback")
BUTTONS = ("Save", "Create", "Go on", "Send", "Update")


def visits() -> st.SearchStrategy[list[tuple[str, str, str]]]:
    one = st.tuples(st.sampled_from(PLACES), st.sampled_from(BUTTONS), st.sampled_from(sorted(ANSWERS)))
    return st.lists(one, min_size=1, max_size=4)


@settings(deadline=None)
@given(visits())
def test_a_form_is_told_as_refused_where_its_flow_is(visit: list[tuple[str, str, str]]) -> None:
    """However forms, buttons and answers are mixed: a goal says `try` exactly where what it sent off was refused."""
    journey = Journey().opens()
    for place, words, answer in visit:
        journey.opens(HOME + place).fill(textbox("Title"), "Wrong turn").click(button(words, type="submit"))
        ANSWERS[answer](journey)
    story = journey.story()
    told = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url))
    goals = goals_of(story.steps, story.network_requests)
    sent = {done.steps[-1]: done for done in told.done if done.kind in ACTS}
    for goal in goals:
        if goal.rule.startswith("form: ") and goal.kind not in ("search", "filter") and goal.last in sent:
            refused = [told.verdicts.refused(place) for place in range(goal.first, goal.last + 1) if place in sent]
            assert (goal.phrases[0].verb == "try") == refused[-1]
            assert bool(sent[goal.last].outcome) == refused[-1]
    said = [text for reason in explain(story).title for text in reason.evidence]
    assert ("it was refused" in said) == any(goal.phrases[0].verb == "try" for goal in goals)


def test_a_lookup_that_fails_refuses_nothing() -> None:
    """A list that can't be had, asked for beside the form, is no answer to the form."""
    journey = Journey().opens(f"{HOME}albums/new").fill(textbox("Title"), "Hours").click(button("Create"))
    journey.asks(f"{HOME}albums/7", "MKCOL", 201).asks(f"{HOME}shares/list", "POST", 404)
    assert journey.story().title == "Create the album 'Hours'"


def test_settings_that_were_refused_were_tried() -> None:
    """What the flow says of them, the title says too."""
    journey = Journey().opens(f"{HOME}settings").fill(textbox("Motto"), "Slow").click(button("Save"))
    assert journey.shows_new(alert("The motto is too short.")).story().title == "Try to change 'Motto' in the settings"


SIGN_INS: dict[str, Callable[[Journey], Any]] = {
    "another page": lambda journey: journey.leads_to(f"{HOME}home").shows_new(heading("Welcome")),
    "another page with old trouble": lambda journey: journey.leads_to(f"{HOME}home").shows_new(alert("3 jobs failed")),
    "the form gone": lambda journey: journey.loses(textbox("User"), password()),
    "an alert": lambda journey: journey.shows_new(alert("Wrong user or password.")),
    "the page again": lambda journey: journey.leads_to(f"{HOME}login").shows_new(alert("Invalid login.")),
    "a request that was refused": lambda journey: journey.asks(f"{HOME}login", status=401),
    "a request that was taken": lambda journey: journey.asks(f"{HOME}login").leads_to(f"{HOME}home"),
    "words on the next page": lambda journey: journey.leads_to(f"{HOME}home").shows_new(heading("Invalid invoices")),
}
"""What apps do when somebody signs in."""


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(SIGN_INS)), min_size=1, max_size=3))
def test_title_flow_and_test_agree_on_sign_ins(visit: list[str]) -> None:
    """However often and with whatever answers: who was let in at last is told so and types the real password, who never
    was types none."""
    journey = Journey()
    for answer in visit:
        journey.opens(f"{HOME}login").fill(textbox("User"), "ann").fill(password(), secret="password")
        SIGN_INS[answer](journey.click(button("Log in", type="submit")))
    story = journey.story()
    forms = [form for form in password_forms(story.steps, story.network_requests) if form.purpose == "sign in"]
    assert len(forms) == len(visit)
    done = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).done
    never = all(form.refused for form in forms)
    assert all(bool(one.outcome) for one in done if one.kind == "sign in") == never
    assert ("wrong password" in story.title) == any(form.refused for form in forms)
    test = generate.test_of([story])
    assert ("APP_PASSWORD" in test.environment) != never
    if not any(form.refused for form in forms):
        assert WRONG not in test.code


@pytest.mark.parametrize(("statuses", "title"), [((401, 401), "Log in with a wrong password"), ((401, 207), "Log in")])
def test_who_may_see_nothing_was_refused(statuses: tuple[int, ...], title: str) -> None:
    """An app that asks for what it shows with each name and password may say no to that alone; a page that asked once
    without them, and was let in then, was let in."""
    journey = Journey().opens(f"{HOME}web").fill(textbox("User"), "ann").fill(password(), secret="password")
    cause = journey.click(button("Log in")).events[-1].id
    for status in statuses:
        journey.add(Request, 10, url=HOME, method="PROPFIND", status=status, cause=cause)
    assert journey.story().title == title


def test_the_hint_of_a_form_that_opens_refuses_nothing() -> None:
    """The page asks for a word before it deletes; a form that was sent off empty is refused by the same words."""
    asks = Element(tag="span", role="alert", text="Please type DELETE", classes=("error",))
    opened = Journey().opens(f"{HOME}lists").click(button("Delete list")).shows_new(heading("Delete list"), asks)
    sent = Journey().opens(f"{HOME}lists").click(button("Delete list")).shows_new(asks)
    refused = []
    for journey in (opened, sent):
        story = journey.story()
        done = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).done
        refused.append(bool(done[-1].outcome))
    assert refused == [False, True]


def _account_made(*said: str) -> Journey:
    """An administrator, signed in, makes an account; the form comes again with what the page says."""
    journey = Journey().opens(f"{HOME}login").fill(textbox("User name"), "ann").fill(password(), secret="password")
    journey.click(button("Log in")).leads_to(f"{HOME}home").shows_new(heading("Home"))
    journey.click(button("Add")).leads_to(f"{HOME}edit").fill(textbox("Name"), "gus68")
    journey.fill(password(), secret="password").fill(password("Again"), secret="password").click(button("Add user"))
    return journey.leads_to(f"{HOME}edit").shows_new(*map(alert, said))


def test_what_the_page_says_was_done_was_done_whatever_failed_beside_it() -> None:
    """The same form comes again for the next account, and a mail could not be sent: the account is made."""
    done, failed = "The user gus68 has been added.", "Unable to send mail to gus68!"
    titles = [_account_made(*said).story().title for said in ((done,), (done, failed), (failed,))]
    assert titles == ["Create the user 'gus68'"] * 2 + ["Try to create the user 'gus68'"]
