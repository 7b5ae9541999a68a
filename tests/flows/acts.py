"""What visitors of one made-up tracker do, an act at a time, and what is told of it."""

import random
from collections.abc import Callable
from typing import Any

from bench.flows.synthetic import Visitor, alert, element, heading
from pipeline.activities.classify import activities_of
from schemas.elements import Element
from schemas.events import (
    Click,
    End,
    Fill,
    Page,
    Press,
    Request,
    Select,
    Typed,
)
from tests.flows.test_flow_assignment import told

Acts = Callable[[Visitor], None]


class PlainVisitor(Visitor):
    """Does what is said and nothing else."""

    def some(self, share: float) -> bool:
        return False


def key(*acts: Acts) -> str:
    """The flow key of a visitor of one made-up tracker who does these things."""
    visitor = PlainVisitor("tracker", 1, random.Random("plain"))
    visitor.open("/issues/new")
    for act in acts:
        act(visitor)
    visitor.add(End)
    return told(visitor).flow_key


def shape_of(*acts: Acts) -> list[object]:
    """What tells the flow of a visitor who does these things."""
    visitor = PlainVisitor("tracker", 1, random.Random("plain"))
    visitor.open("/issues/new")
    for act in acts:
        act(visitor)
    visitor.add(End)
    story = told(visitor)
    return activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).shape()


def types(label: str, text: str = "Wet cellar", before: str = "", form: str = "", holds: bool = False) -> Acts:
    more = {"type": "text", "label": label, "form": form, "form_holds": holds}
    field = element("input", "textbox", label).model_copy(update=more)
    return lambda visitor: nothing(visitor.add(Fill, target=field, value=Typed(text=text), before=before))


def chooses(label: str) -> Acts:
    field = element("select", "combobox", label)
    return lambda visitor: nothing(visitor.add(Select, target=field, options=({"value": "1", "label": "High"},)))


def nothing(_: str) -> None:
    return None


def sends(
    label: str, *changes: Any, url: str | None = "/issues/7", status: int = 200, to: str = "/issues", by: str = "POST"
) -> Acts:
    """Presses a button, upon which the address `to` is asked, and the page `url` comes."""
    return lambda visitor: visitor.send(label, by, to, *changes, url=url, status=status)


def enters(url: str | None = "/issues/7") -> Acts:
    def act(visitor: Visitor) -> None:
        cause = visitor.add(Press, target=element("input", "textbox", "Title"), key="Enter")
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("Wet cellar"), url=url)

    return act


def clicks(target: Element, **more: Any) -> Acts:
    def act(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=target, **more), alert("Done."))

    return act


def posts(label: str, path: str, *changes: Any, url: str | None = None, **more: Any) -> Acts:
    """A press on a button that sends a request there."""
    target = element("button", "button", label).model_copy(update=more)

    def act(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=target)
        visitor.add(Request, method="POST", url=visitor.home + path, status=200, cause=cause)
        visitor.came(cause, *changes, url=url)

    return act


def signs_in(visitor: Visitor) -> None:
    """Signs in with name and password."""
    visitor.open("/login")
    visitor.write("User", "ada")
    visitor.write("Password", "secret", secret=True)
    visitor.send("Log in", "POST", "/login", heading("Welcome"), url="/home")


REFUSED = sends("Save issue", alert("Title is too short."), url=None, status=422)
SENT = (types("Title", form="title"), sends("Save"))
PLAIN = key(types("Title"), sends("Save issue"))
