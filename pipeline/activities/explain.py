"""Which rule said what of a story, and from which evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.activities.activity import Activity
from pipeline.activities.classify import activities_of
from pipeline.activities.forms.password_forms import PasswordForms, password_forms
from pipeline.activities.intents import goals_of
from pipeline.activities.story_activities import Activities
from pipeline.semantics.addresses import spoken
from pipeline.semantics.messages import errors, messages
from pipeline.semantics.text import quoted
from schemas.events import Page
from schemas.stories import NetworkRequest, Story

EVIDENCE_MAX: Final = 12
"""So many pieces of evidence are named for one activity."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What some steps were read as. `steps` are their numbers, from 1; `evidence` is in plain words."""

    steps: tuple[int, ...]
    activity: str
    rule: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a story is told as it is: `title` has what title, sentence and tags are made of, `flow` what its flow is told
    by, `end` where it ended, and `other_clicks` those that the flow is not told by."""

    title: tuple[Reason, ...]
    flow: tuple[Reason, ...]
    end: tuple[str, ...]
    other_clicks: tuple[Reason, ...]


def explain(story: Story) -> Explanation:
    """Reads a story as it was read when it was told, and says why.

    Pure. The words of the story stand in it: where a story may not be shown, neither may this.
    """
    page = Page(url=story.final_state.url, title=story.final_state.title)
    passwords = password_forms(story.steps, story.network_requests)
    activities = activities_of(story.steps, story.network_requests, page, passwords)
    goals = goals_of(story.steps, story.network_requests, passwords, activities)
    evidence = _Evidence(story, passwords, activities)
    title = []
    for goal in goals:
        steps = range(goal.first, goal.last + 1)
        title.append(Reason(_numbers(steps), goal.order, goal.rule, evidence.of_steps(steps)))
    flow = [
        Reason(_numbers(done.steps), _in_words(done), _rule_of(done, activities), evidence.of_steps(done.steps[-1:]))
        for done in activities.done
    ]
    in_flow = {number for done in activities.done for number in done.steps}
    others = [
        Reason((number + 1,), story.steps[number].said, rule, ())
        for number, rule in sorted(activities.click_rules.items())
        if number not in in_flow
    ]
    return Explanation(tuple(title), tuple(flow), activities.end, tuple(others))


def _numbers(places: Sequence[int]) -> tuple[int, ...]:
    return tuple(place + 1 for place in places)


def _in_words(done: Activity) -> str:
    """An activity in words: `do 'send' with name, on /items/{id}: refused`."""
    parts = [
        done.kind,
        quoted(done.what) if done.what else "",
        f"with {', '.join(done.fields)}" if done.fields else "",
        f"on {done.place}" if done.place else "",
        f"in the form {quoted(done.form)}" if done.form else "",
    ]
    return " ".join(filter(None, parts)) + (f": {done.outcome}" if done.outcome else "")


def _rule_of(done: Activity, activities: Activities) -> str:
    if done in activities.quiet:
        return "only changed what the page shows: no part of the flow"
    return done.rule


class _Evidence:
    """What speaks for a reading: what sent it off, what the app was asked for, what the page showed."""

    def __init__(self, story: Story, passwords: PasswordForms, activities: Activities) -> None:
        self._steps = story.steps
        self._passwords = passwords
        self._verdicts = activities.verdicts
        self._asked: dict[str, list[NetworkRequest]] = {}
        for request in story.network_requests:
            if request.cause is not None:
                self._asked.setdefault(request.cause, []).append(request)

    def of_steps(self, places: Sequence[int]) -> tuple[str, ...]:
        found = dict.fromkeys(text for place in places for text in self._of(place))
        return tuple(found)[-EVIDENCE_MAX:]

    def _of(self, number: int) -> Iterator[str]:
        step = self._steps[number]
        yield step.said
        for request in self._asked.get(step.event_id, ()):
            yield f"{request.method} {spoken(request.url)} was answered {request.status or 'by nothing'}"
        if step.after is not None and step.after.url != step.page.url:
            yield f"it led to {spoken(step.after.url)}"
        yield from (f"the page said {quoted(text)}" for text in messages(step.changes))
        form = self._passwords.sent_by(number)
        if form is not None:
            by = f", by: {form.answer.evidence}" if form.answer.evidence else ""
            yield f"a form with a password ({form.purpose}): {form.answer.verdict}{by}"
        elif (errors(step.changes) or self._asked.get(step.event_id)) and self._verdicts.refused(number):
            yield "it was refused"
