"""Traffic of made-up apps with known flows: events as a recorder sends them, one journey after another.

Every app has the same kinds of things to do with words, addresses and manners of its own; every visitor takes another
way. Nothing here knows how the pipeline tells flows apart.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.windowing.closed_window import ClosedWindow
from schemas.elements import Ancestor, ByRole, Candidate, Element
from schemas.events import (
    Appeared,
    Choice,
    Click,
    Dialog,
    Download,
    Effect,
    End,
    Event,
    Fill,
    Navigation,
    Page,
    Press,
    Request,
    Select,
    Typed,
)

THINGS: Final = (
    ("invoice", "customer"), ("recipe", "ingredient"), ("ticket", "agent"), ("course", "teacher"), ("song", "album"),
    ("flight", "passenger"), ("patient", "doctor"), ("article", "author"), ("house", "owner"), ("device", "room"),
)  # fmt: skip
WORDS: Final = (
    "amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris", "juniper", "kelp", "lotus",
    "maple", "nectar", "onyx", "pearl", "quartz", "raven", "sage", "thistle", "umber", "violet", "willow", "zephyr",
)  # fmt: skip
PEOPLE: Final = ("ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "lea")


@dataclass
class Visitor:
    """One journey in the making: the page it is on, and the events so far."""

    app: str
    number: int
    chance: random.Random
    url: str = ""
    at_ms: int = 1_700_000_000_000
    events: list[Event] = field(default_factory=list)

    def base(self) -> dict[str, Any]:
        self.at_ms += self.chance.randint(1200, 6000)
        name = f"{self.app}-{self.number}"
        return {
            "id": f"{name}-{len(self.events)}", "app": self.app, "session_id": name, "journey_id": name,
            "tab_id": "t", "at_ms": self.at_ms, "source": "capture", "page": Page(url=self.url, title=self.app),
        }  # fmt: skip

    def add(self, kind: Callable[..., Event], **more: Any) -> str:
        event = kind(**{**self.base(), **more})
        self.events.append(event)
        return event.id

    def came(self, cause: str | None, *changes: Any, url: str | None = None) -> None:
        """What came of an action: perhaps another page, and what showed."""
        before = self.url
        if url is not None and url != self.url:
            self.add(Navigation, url=self.home + url, cause=cause, how="load")
            self.url = self.home + url
        self.add(Effect, cause=cause, page=Page(url=before), after=Page(url=self.url, title=self.app), changes=changes)

    @property
    def home(self) -> str:
        return f"https://{self.app}.example"

    def some(self, share: float) -> bool:
        return self.chance.random() < share

    def words(self, count: int = 2) -> str:
        return " ".join(self.chance.sample(WORDS, count)).capitalize()

    # --- what visitors do ---

    def open(self, path: str) -> None:
        self.add(Navigation, url=self.home + path, how="load")
        self.url = self.home + path
        self.add(Effect, cause=None, after=Page(url=self.url), changes=())

    def follow(self, name: str, path: str, *near: Ancestor) -> None:
        found = element("a", "link", name, *near)
        self.came(self.add(Click, target=found), heading(name), url=path)

    def write(self, label: str, text: str, secret: bool = False, kind: str = "text") -> str:
        found = element("input", "searchbox" if kind == "search" else "textbox", label).model_copy(
            update={"type": "password" if secret else kind, "label": label}
        )
        if not secret and self.some(0.1):
            self.add(Fill, target=found, value=Typed(text=text[:2] + "q"))
        value = Typed(secret="password", token=text) if secret else Typed(text=text)
        return self.add(Fill, target=found, value=value)

    def send(self, label: str, method: str, path: str, *changes: Any, url: str | None, status: int = 200) -> None:
        found = element("button", "button", label).model_copy(update={"type": "submit"})
        cause = self.add(Click, target=found)
        self.add(Request, method=method, url=self.home + path, status=status, cause=cause)
        self.came(cause, *changes, url=url)

    def wander(self) -> None:
        """A look at another page and back."""
        if not self.some(0.25):
            return
        here = self.url.removeprefix(self.home)
        self.follow("Help", "/help", Ancestor(tag="nav", role="navigation"))
        if self.some(0.5):
            self.add(Navigation, url=self.home + here, how="back_forward")
            self.url = self.home + here
        else:
            self.open(here)


def element(tag: str, role: str, name: str, *near: Ancestor) -> Element:
    way = Candidate(locator=ByRole(role=role, name=name), count=1)
    return Element(tag=tag, role=role, name=name, text=name, candidates=(way,), ancestors=near)


def heading(text: str) -> Appeared:
    return Appeared(element=element("h1", "heading", text))


def alert(text: str) -> Appeared:
    return Appeared(element=element("div", "alert", text))


ROW: Final = Ancestor(tag="tr", role="row")


@dataclass(frozen=True)
class App:
    """A made-up app: its things and its manners."""

    name: str
    thing: str
    other: str
    slugs: bool
    dialogs: bool

    def path(self, thing: str, visitor: Visitor, name: str) -> str:
        place = name.lower().replace(" ", "-") if self.slugs else str(visitor.chance.randint(1, 9999))
        return f"/{thing}s/{place}"


Flow = Callable[[App, Visitor], None]


def sign_in(_app: App, v: Visitor, good: bool = True) -> None:
    v.open(v.chance.choice(["/login", "/login?next=/", "/"]))
    if v.url.endswith("/"):
        v.follow("Sign in", "/login", Ancestor(tag="nav", role="navigation"))
    for right in ([False] if v.some(0.2) else []) + [good]:
        person = v.chance.choice(PEOPLE)
        fields = [("Email", f"{person}@example.com", False), ("Password", "right" if right else "wrong", True)]
        if v.some(0.3):
            fields.reverse()
        for label, text, secret in fields:
            v.write(label, text, secret)
        said = [heading("Dashboard")] if right else [alert("Invalid email or password.")]
        v.send("Sign in", "POST", "/login", *said, url=v.chance.choice(["/home", "/"]) if right else "/login")


def refused(app: App, v: Visitor) -> None:
    sign_in(app, v, good=False)


def sign_out(app: App, v: Visitor) -> None:
    sign_in(app, v)
    v.wander()
    v.follow("Sign out", "/login", Ancestor(tag="nav", role="navigation"))


def search(app: App, v: Visitor) -> None:
    v.open(v.chance.choice(["/", f"/{app.thing}s"]))
    v.wander()
    for _ in range(2 if v.some(0.2) else 1):
        term = v.words(1)
        cause = v.write("Search", term, kind="search")
        if v.some(0.5):
            cause = v.add(Press, target=element("input", "searchbox", "Search"), key="Enter")
            v.came(cause, heading(f"Results for {term}"), url=f"/search?q={term}")
        else:
            v.send("Search", "GET", f"/search?q={term}", heading(f"Results for {term}"), url=f"/search?q={term}")


def search_open(app: App, v: Visitor) -> None:
    search(app, v)
    name = v.words()
    v.follow(name, app.path(app.thing, v, name), Ancestor(tag="li", role="listitem"))


def _make(app: App, v: Visitor, thing: str, good: bool = True) -> None:
    sign_in(app, v)
    v.wander()
    if v.some(0.5):
        v.open(f"/{thing}s/new")
    else:
        v.follow(f"{thing.title()}s", f"/{thing}s", Ancestor(tag="nav", role="navigation"))
        v.follow(f"New {thing}", f"/{thing}s/new")
    name = v.words()
    fields = [("Name", name), ("Code", str(v.chance.randint(10, 999)))] + (
        [("Notes", v.words(3))] if v.some(0.4) else []
    )
    v.chance.shuffle(fields)
    if v.some(0.2):
        v.write(*fields[0])
        v.send(f"Save {thing}", "POST", f"/{thing}s", alert("Code is required."), url=f"/{thing}s/new")
    for label, text in fields:
        v.write(label, text)
    said = alert(f"{thing.title()} '{name}' created.") if good else alert("This name is already taken.")
    v.send(f"Save {thing}", "POST", f"/{thing}s", said, url=app.path(thing, v, name) if good else f"/{thing}s/new")


def make(app: App, v: Visitor) -> None:
    _make(app, v, app.thing)


def make_other(app: App, v: Visitor) -> None:
    _make(app, v, app.other)


def make_taken(app: App, v: Visitor) -> None:
    _make(app, v, app.thing, good=False)


def _pick(app: App, v: Visitor) -> str:
    sign_in(app, v)
    v.open(f"/{app.thing}s")
    v.wander()
    name = v.words()
    path = app.path(app.thing, v, name)
    if v.some(0.2):
        wrong = v.words()
        v.follow(wrong, app.path(app.thing, v, wrong), ROW)
        v.open(f"/{app.thing}s")
    v.follow(name, path, ROW)
    return name


def edit(app: App, v: Visitor) -> None:
    name = _pick(app, v)
    v.follow("Edit", v.url.removeprefix(v.home) + "/edit")
    v.write("Name", v.words())
    v.send("Save changes", "POST", v.url, alert(f"'{name}' saved."), url=v.url.removeprefix(v.home)[: -len("/edit")])


def _delete(app: App, v: Visitor, sure: bool) -> None:
    name = _pick(app, v)
    cause = v.add(Click, target=element("button", "button", f"Delete {app.thing}"))
    v.add(Dialog, dialog="confirm", message=f"Delete '{name}'?", accepted=sure, cause=cause)
    if sure:
        v.add(Request, method="DELETE", url=v.url, status=204, cause=cause)
        v.came(cause, alert(f"'{name}' deleted."), url=f"/{app.thing}s")


def delete(app: App, v: Visitor) -> None:
    _delete(app, v, True)


def look(app: App, v: Visitor) -> None:
    v.open(f"/{app.thing}s")
    name = v.words()
    v.follow(name, app.path(app.thing, v, name), ROW)


def settings(app: App, v: Visitor) -> None:
    sign_in(app, v)
    v.follow("Settings", "/settings", Ancestor(tag="nav", role="navigation"))
    choice = v.chance.choice(["English", "Deutsch", "Norsk"])
    found = element("select", "combobox", "Language").model_copy(update={"label": "Language"})
    v.add(Select, target=found, options=(Choice(value=choice[:2], label=choice),))
    v.send("Save settings", "POST", "/settings", alert("Settings saved."), url="/settings")


def export(app: App, v: Visitor) -> None:
    sign_in(app, v)
    v.open(f"/{app.thing}s")
    v.wander()
    cause = v.add(Click, target=element("button", "button", "Export"))
    v.add(Download, filename=f"{app.thing}-{v.number}.csv", cause=cause)


def register(_app: App, v: Visitor) -> None:
    v.open("/register")
    fields = [("Name", v.words()), ("Email", f"{v.words(1)}@example.com"), ("City", v.words(1))]
    v.chance.shuffle(fields)
    for label, text in fields:
        v.write(label, text)
    v.write("Password", "secret", secret=True)
    v.send("Create account", "POST", "/register", heading("Welcome"), url="/home")


def buy(app: App, v: Visitor) -> None:
    for _ in range(v.chance.randint(1, 3)):
        v.open(f"/{app.thing}s")
        name = v.words()
        v.follow(name, app.path(app.thing, v, name), ROW)
        v.send("Add to cart", "POST", "/cart", alert("Added to your cart."), url=None)
    v.follow("Cart", "/cart", Ancestor(tag="nav", role="navigation"))
    v.write("Address", v.words(3))
    v.send("Place order", "POST", "/orders", alert("Thank you."), url=f"/orders/{v.chance.randint(1, 9999)}")


FLOWS: Final[tuple[Flow, ...]] = (
    sign_in, refused, sign_out, search, search_open, make, make_other, make_taken, edit, delete, look, settings, export,
    register, buy,
)  # fmt: skip
APPS: Final = tuple(
    App(f"app{number}", thing, other, slugs=number % 2 == 0, dialogs=number % 3 == 0)
    for number, (thing, other) in enumerate(THINGS)
)


def traffic(count: int, seed: int = 1) -> Iterator[tuple[str, ClosedWindow]]:
    """(true flow, closed window) for `count` journeys; some flows are far more frequent than others."""
    chance = random.Random(seed)
    weights = [1 / (1 + place) for place in range(len(FLOWS))]
    for number in range(count):
        app = chance.choice(APPS)
        flow = chance.choices(FLOWS, weights)[0]
        visitor = Visitor(app.name, number, random.Random(f"{seed}:{number}"))
        flow(app, visitor)
        visitor.add(End)
        events = tuple(visitor.events)
        journey = events[0].journey_id
        yield f"{app.name} {flow.__name__}", ClosedWindow(journey, len(events), app.name, journey, "end", events)
