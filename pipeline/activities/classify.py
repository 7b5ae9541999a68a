"""From steps to activities: what a story did, apart from how the user got there, from second thoughts and from data."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.activities.activity import ACTS, ONLY_WAYS, THING, TO_CART, Activity
from pipeline.activities.activity_rules import led_to
from pipeline.activities.classifier import Classifier
from pipeline.activities.facts.passive import is_one_page, only_browses, quiet_activities
from pipeline.activities.facts.responses import Answers, Verdicts
from pipeline.activities.facts.variables import data_of
from pipeline.activities.forms.password_forms import PasswordForms, password_forms
from pipeline.activities.story_activities import Activities
from pipeline.semantics.controls import asks_to_delete, does_by_itself
from pipeline.semantics.elements import DATA, Data
from schemas.events import Page
from schemas.stories import NetworkRequest, Step


def activities_of(
    steps: Sequence[Step],
    requests: Sequence[NetworkRequest],
    final_page: Page,
    passwords: PasswordForms | None = None,
) -> Activities:
    """What these steps did. Pure; any steps give some activities, never an exception. `passwords` are the forms with a
    password of the whole story, where these steps are but its beginning."""
    data = data_of(steps)
    passwords = password_forms(steps, requests) if passwords is None else passwords
    reading = Classifier(steps, data, Answers(steps, requests, data), passwords)
    reading.run()
    done, record = tuple(reading.done.found), tuple(reading.done.record)
    verdicts = Verdicts(steps, reading.answers, reading.outcomes)
    quiet = quiet_activities(done, steps, reading.answers)
    last = next((activity for activity in reversed(done) if activity not in quiet), None)
    if last is not None and last.kind != "leave filled in":
        # Who goes on to somewhere else has done nothing more; what was found, or come for, is opened yet.
        end_at = last.steps[-1] + 1
        if last.kind in ONLY_WAYS:
            still = (at for at in range(len(steps) - 1, end_at - 1, -1) if not only_browses(steps, at))
            end_at = next(still, end_at - 1) + 1
        if last.kind == "sign in" and not last.outcome and is_one_page(steps[end_at:]):
            end_at = len(steps)  # who came in and opened one page of the menu came for that
        if end_at < len(steps):
            page = steps[end_at - 1].after or steps[end_at].page
            found = activities_of(steps[:end_at], requests, page if page.url else final_page, passwords)
            seen = (one for one in reading.done.record if one.steps[0] >= end_at)
            verdicts = verdicts.but(found.verdicts)
            return replace(found, verdicts=verdicts, record=(*found.record, *seen), click_rules=reading.click_rules)
    end = _end(reading, last, final_page)
    return Activities(done, end, quiet, verdicts, record, reading.click_rules)


def _end(reading: Classifier, last: Activity | None, final_page: Page) -> tuple[str, ...]:
    """Where the story ended, as far as that says something of what was done: the pattern of the page, and what was
    opened on it."""
    data, steps, view = reading.data, reading.steps, reading.view
    end = data.place(final_page.url)
    if last is None:
        return tuple(filter(None, (end, view)))
    if last.kind != "sign in":
        if last.place.startswith(THING):
            return ()  # wherever it is shown
        # Which thing was open when something was done to it is data.
        view = "" if last.kind in ACTS and DATA in view else view
        return tuple(filter(None, ("" if _leaves_no_place(last, steps[last.steps[-1]], data, end) else end, view)))
    submit = steps[last.steps[-1]]
    stayed = end == data.place(submit.page.url) and not last.outcome and not any(step.changes for step in steps)
    if led_to(submit, data) in ("", end) and not stayed and not view:
        # Where a sign-in leads depends on where the user was stopped. Who is still there may not have been let in: a
        # format that tells no effects has nothing else to say so.
        return ()
    return tuple(filter(None, (end, view)))


def _leaves_no_place(last: Activity, step: Step, data: Data, end: str) -> bool:
    """Whether where the user is after the last activity says nothing of it: a thing was taken away, or something was
    done to it from wherever it is shown."""
    if asks_to_delete(step):
        return not last.outcome
    anywhere = last.what == TO_CART or (does_by_itself(step) and not last.place)
    return anywhere and end == data.place(step.page.url)
