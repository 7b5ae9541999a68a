"""Each rule of the tables decides the journey that stands beside it as its example."""

import re
from collections.abc import Callable

import pytest

from pipeline.activities.activity_rules import RULES
from pipeline.activities.classifier import Classifier
from pipeline.activities.classify import activities_of
from pipeline.activities.click_effects import CLICK_EFFECTS
from pipeline.activities.clicks import CLICK_RULES
from pipeline.activities.facts.responses import Answers
from pipeline.activities.facts.variables import data_of
from pipeline.activities.forms.kinds import FORM_RULES
from pipeline.activities.forms.password_forms import password_forms
from pipeline.activities.intents import GOAL_RULES, goals_of
from schemas.elements import Ancestor, Element
from schemas.events import Dialog, Fill, Page
from tests.stories.by_hand import HOME, Journey, alert, button, link, password, searchbox, textbox

NAMES = [
    *((rule.name, rule.example) for rule in GOAL_RULES),
    *((f"form: {rule.name}", rule.example) for rule in FORM_RULES),
    *((f"click: {rule.name}", rule.example) for rule in CLICK_RULES),
]


def _presses(journey: Journey, part: str, texts: list[str]) -> None:
    last = journey.events[-1]
    assert isinstance(last, Fill)
    journey.press(last.target, part.rpartition(" ")[2]).leads_to(f"{HOME}found")


def _path(part: str) -> str:
    return HOME + part.rpartition(" /")[2]


ACTS: dict[str, Callable[[Journey, str, list[str]], object]] = {
    "open ": lambda journey, part, _: journey.opens(_path(part)),
    "fill search": lambda journey, _, texts: journey.fill(searchbox(texts[0]), texts[1]),
    "fill ": lambda journey, _, texts: journey.fill(textbox(texts[0], form="".join(texts[2:])), texts[1]),
    "change ": lambda journey, _, texts: journey.fill(textbox(texts[0]), texts[2], before=texts[1]),
    "type password": lambda journey, *_: journey.fill(password(), "", secret="password"),
    "choose ": lambda journey, _, texts: journey.select(
        Element(tag="select", role="combobox", name=texts[1], label=texts[1]), texts[0]
    ),
    "upload ": lambda journey, _, texts: journey.upload(Element(tag="input", type="file", name="File"), texts[0]),
    "click link": lambda journey, _, texts: journey.click(link(texts[0])),
    "click option": lambda journey, _, texts: journey.click(
        Element(tag="li", role="option", name=texts[0], ancestors=(Ancestor(tag="ul", role="listbox"),))
    ),
    "click field": lambda journey, _, texts: journey.click(textbox(texts[0])),
    "told ": lambda journey, _, texts: journey.add(
        Dialog, 10, dialog="prompt", message="Name?", value=texts[0], cause=journey.events[-1].id
    ),
    "answers no": lambda journey, _, texts: journey.answers(texts[0], accepted=False),
    "opens a tab": lambda journey, *_: journey.popup(f"{HOME}help", "t2"),
    "click box": lambda journey, _, texts: journey.click(Element(tag="span", role="checkbox", name=texts[0])),
    "submit ": lambda journey, _, texts: journey.click(button(texts[0], type="submit")),
    "click ": lambda journey, _, texts: journey.click(button(texts[0])),
    "press ": _presses,
    "comes ": lambda journey, part, _: journey.leads_to(_path(part)),
    "says ": lambda journey, _, texts: journey.shows_new(alert(texts[0])),
    "asks ": lambda journey, part, _: journey.asks(_path(part), part.split(" ")[1]),
    "file ": lambda journey, _, texts: journey.downloads(texts[0]),
}
"""What the parts of an example mean, by how they begin."""


def journey_of(example: str) -> Journey:
    """The journey that an example tells."""
    journey = Journey()
    for part in example.split("; "):
        texts = re.findall(r"'(.*?)'(?= with | from | to | in |$)", part)
        act = next(act for begin, act in ACTS.items() if part.startswith(begin))
        act(journey, part, texts)
    return journey


@pytest.mark.parametrize(("name", "example"), NAMES, ids=[name for name, _ in NAMES])
def test_a_rule_decides_its_own_example(name: str, example: str) -> None:
    """The last goal of the journey is read by the rule, and the title is what the example says."""
    told, _, title = example.partition(" => ")
    story = journey_of(told).story()
    goals = goals_of(story.steps, story.network_requests)
    last = goals[-1]
    table = last.rule.partition(":")[0]
    assert (table if name in ("form", "click") else last.rule, story.title) == (name, title)


@pytest.mark.parametrize(("name", "example"), [(rule.name, rule.example) for rule in RULES], ids=lambda text: text)
def test_a_rule_makes_the_activity_of_its_example(name: str, example: str) -> None:
    """The last activity of the journey is made by the rule, and has the kind that the example says."""
    told, _, kind = example.partition(" => ")
    story = journey_of(told).story()
    last = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).record[-1]
    assert (last.rule, last.kind) == (name, kind)


@pytest.mark.parametrize(
    ("name", "example"), [(rule.name, rule.example) for rule in CLICK_EFFECTS], ids=lambda text: text
)
def test_a_rule_decides_what_the_click_of_its_example_does(name: str, example: str) -> None:
    """Some click of the journey is read by the rule."""
    story = journey_of(example).story()
    data = data_of(story.steps)
    passwords = password_forms(story.steps, story.network_requests)
    reading = Classifier(story.steps, data, Answers(story.steps, story.network_requests, data), passwords)
    reading.run()
    assert name in reading.click_rules.values()
