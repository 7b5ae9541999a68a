"""Events made by hand: a journey is told action by action, times and ids follow."""

from typing import Any, Self

from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from schemas.elements import Ancestor, Element
from schemas.events import (
    Appeared,
    Change,
    Check,
    Choice,
    Click,
    Dialog,
    Download,
    Effect,
    End,
    Event,
    Fill,
    Gone,
    Navigation,
    Page,
    Popup,
    Press,
    Request,
    Secret,
    Select,
    Typed,
    Upload,
)
from schemas.stories import Step, Story

HOME = "https://shop.example/"
APP = "shop"


def button(name: str, **more: Any) -> Element:
    return Element(tag="button", role="button", name=name, text=name, **more)


def link(name: str, **more: Any) -> Element:
    return Element(tag="a", role="link", name=name, text=name, **more)


def textbox(label: str, **more: Any) -> Element:
    return Element(tag="input", type="text", role="textbox", name=label, label=label, **more)


def switch(name: str) -> Element:
    return Element(tag="button", role="switch", name=name)


def password(label: str = "Password") -> Element:
    return Element(tag="input", type="password", role="textbox", name=label, label=label, in_password_form=True)


def searchbox(label: str = "Search") -> Element:
    return Element(tag="input", type="search", role="searchbox", name=label, label=label)


def heading(text: str, level: int = 1) -> Element:
    return Element(tag=f"h{level}", role="heading", name=text, text=text, level=level)


def alert(text: str, *classes: str) -> Element:
    return Element(tag="div", role="alert", text=text, classes=classes)


def in_row(element: Element, name: str) -> Element:
    return element.model_copy(update={"ancestors": (Ancestor(tag="tr", role="row", name=name),)})


class Journey:
    """Events of one journey in the order in which they are told, one second apart unless `wait_ms` says otherwise."""

    def __init__(self, source: str = "capture") -> None:
        self.events: list[Event] = []
        self.source = source
        self.at_ms = 1_700_000_000_000
        self.page = Page()
        self.tab = "t1"

    def _base(self, wait_ms: int) -> dict[str, Any]:
        self.at_ms += wait_ms
        return {
            "id": f"e{len(self.events)}",
            "app": APP,
            "session_id": "s1",
            "journey_id": "j1",
            "tab_id": self.tab,
            "at_ms": self.at_ms,
            "source": self.source,
            "page": self.page,
        }

    def add(self, kind: type[Event], wait_ms: int = 1_000, **fields: Any) -> Self:
        self.events.append(kind(**{**self._base(wait_ms), **fields}))
        return self

    def opens(self, url: str = HOME, *changes: Change, title: str = "") -> Self:
        """An address is typed, and the page shows `changes`."""
        self.add(Navigation, url=url)
        self.page = Page(url=url, title=title)
        return self.shows(*changes, cause=None) if changes else self

    def click(self, target: Element, wait_ms: int = 1_000, **more: Any) -> Self:
        return self.add(Click, wait_ms, target=target, **more)

    def fill(self, target: Element, text: str = "", secret: Secret | None = None, **more: Any) -> Self:
        return self.add(Fill, target=target, value=Typed(text=text, secret=secret), **more)

    def press(self, target: Element, key: str) -> Self:
        return self.add(Press, target=target, key=key)

    def check(self, target: Element, checked: bool = True) -> Self:
        return self.add(Check, target=target, checked=checked)

    def upload(self, target: Element, *files: str) -> Self:
        return self.add(Upload, target=target, files=files)

    def select(self, target: Element, label: str) -> Self:
        return self.add(Select, target=target, options=(Choice(value=label.lower(), label=label),))

    def asks(self, url: str, method: str = "POST", status: int = 200, **more: Any) -> Self:
        """The last action sends a request."""
        return self.add(Request, 10, url=url, method=method, status=status, cause=self.events[-1].id, **more)

    def answers(self, message: str, accepted: bool = True) -> Self:
        """The last action opens a confirmation."""
        return self.add(Dialog, 10, dialog="confirm", message=message, accepted=accepted, cause=self.events[-1].id)

    def downloads(self, filename: str) -> Self:
        """The last action brings a file."""
        return self.add(Download, 10, filename=filename, cause=self.events[-1].id)

    def popup(self, url: str, tab: str) -> Self:
        """The last action opens a tab, in which the journey goes on."""
        self.add(Popup, 10, url=url, opened_tab_id=tab, cause=self.events[-1].id)
        self.tab, self.page = tab, Page(url=url)
        return self

    def leads_to(self, url: str, how: str = "load") -> Self:
        """The last action leads to another page."""
        self.add(Navigation, 50, url=url, how=how, cause=self.events[-1].id)
        self.page = Page(url=url)
        return self

    def shows(self, *changes: Change, cause: str | None = "last") -> Self:
        """What the page shows once it is quiet, because of the last action."""
        action = next((e.id for e in reversed(self.events) if not isinstance(e, Navigation | Request | Dialog)), None)
        named = action if cause == "last" else cause
        return self.add(Effect, 100, cause=named, after=self.page, changes=changes)

    def touches(self) -> Self:
        """The page answered the last action where it was, and in no way that can be read."""
        return self.add(Effect, 100, cause=self.events[-1].id, after=self.page, touched=True)

    def shows_new(self, *elements: Element) -> Self:
        return self.shows(*(Appeared(element=element) for element in elements))

    def loses(self, *elements: Element) -> Self:
        return self.shows(*(Gone(element=element) for element in elements))

    def end(self) -> Self:
        return self.add(End)

    def window(self) -> ClosedWindow:
        return window(self.events)

    def story(self) -> Story:
        built = build_story(self.window())
        assert built is not None
        return built

    def steps(self) -> tuple[Step, ...]:
        return self.story().steps

    def said(self) -> list[str]:
        return [step.said for step in self.steps()]


def window(events: list[Event]) -> ClosedWindow:
    """A closed window of these events, as the windows hand it on."""
    ordered = tuple(sorted(events, key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id)))
    first = ordered[0]
    return ClosedWindow("story-1", len(ordered), first.app, first.journey_id, "silence", ordered)


def sign_in(journey: Journey, user: str = "ann@example.com", fails: bool = False) -> Journey:
    """A sign-in at /login, accepted or refused."""
    journey.fill(textbox("Email"), user).fill(password(), secret="password").click(button("Log in"))
    if fails:
        return journey.leads_to("https://shop.example/login").shows_new(alert("Wrong e-mail or password."))
    return journey.leads_to("https://shop.example/home").shows_new(heading("Welcome"))


def a_post(name: str = "Old trees") -> Journey:
    """A post of that name, opened from the list of posts."""
    journey = Journey().opens(f"{HOME}posts").click(link(name)).leads_to(f"{HOME}posts/old-trees")
    return journey.shows_new(heading(name))
