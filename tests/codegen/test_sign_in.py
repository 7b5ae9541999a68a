"""A sign-in that many flows begin with is done once by the exported project, and nothing else changes."""

import ast
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page

from agents.demo.shop import SHOP, VISIT, make_shop
from agents.demo.stock import PASSWORD
from agents.local.folders import write_project
from agents.local.project import run_project
from pipeline.codegen import check_code, project_files, write_test
from pipeline.codegen.project.shared_sign_in import FLOWS_MIN, NAMES_MIN, shared_sign_in
from pipeline.codegen.python.allow_list import ForbiddenCode
from pipeline.flows.consensus import Consensus, consensus
from pipeline.generate import sources
from pipeline.generate import tests_of as write_flows
from schemas.events import Appeared, Typed
from schemas.stories import ClickStep, FillStep, GotoStep, Step, Story
from tests.capture.conftest import capture_js
from tests.codegen.by_hand import at, base, by_label, by_role, story
from tests.codegen.visits import Server, recorded, served

__all__ = ["capture_js"]
LOGIN, START = at("/login", "Sign in"), at("/start", "Start")


def signs_in(user: str = "ann@example.com") -> tuple[Step, ...]:
    """The way into the app."""
    name = by_label("E-mail", type="email", in_password_form=True)
    password = by_label("Password", type="password", in_password_form=True)
    welcome = Appeared(element=by_role("h1", "heading", "Your things"))
    return (
        GotoStep(url=LOGIN.url, **base(at(""), LOGIN)),
        FillStep(target=name, value=Typed(text=user), **base(LOGIN)),
        FillStep(target=password, value=Typed(secret="password", token="1"), **base(LOGIN)),
        ClickStep(
            target=by_role("button", "button", "Sign in"),
            **base(LOGIN, START, changes=(welcome,), navigates=True),
        ),
    )


def adds(what: str, *before: Step) -> Story:
    """A story that signs in (or does something else first) and adds something."""
    added = Appeared(element=by_role("p", "paragraph", f"{what} was added"))
    steps = (
        *(before or signs_in()),
        FillStep(target=by_label(f"New {what}"), value=Typed(text="Blue"), **base(START)),
        ClickStep(target=by_role("button", "button", f"Add {what}"), **base(START, START, changes=(added,))),
    )
    return story(*steps, id=f"story {what}", flow_key=what, title=f"Add a {what}", finalState={"url": START.url})


def flows_of(*stories: Story) -> dict[str, Consensus]:
    """Each story as a flow of its own, by the id of its test."""
    return {write_test(one).id: consensus([one]) for one in stories}


def project(*stories: Story) -> dict[str, str]:
    """The exported project of these stories."""
    return project_files([write_test(one) for one in stories], flows_of(*stories))


THINGS = ("cup", "hat", "pen")


def test_three_flows_share_a_sign_in() -> None:
    """They start on the page that the sign-in leads to; conftest.py signs in, once, as the sign-in's own test does."""
    own = story(*signs_in(), id="own", flow_key="own", title="Sign in", finalState={"url": START.url})
    files = project(*(adds(what) for what in THINGS), own)
    for what in THINGS:
        code = files[f"test_add_a_{what}.py"]
        check_code(code)
        assert "(signed_in_page: Page) -> None:" in code
        assert "APP_PASSWORD" not in code
        assert "/login" not in code
        assert f'signed_in_page.get_by_role("button", name="Add {what}").click()' in code
    assert files["test_sign_in.py"] == write_test(own).code
    conftest = files["conftest.py"]
    ast.parse(conftest)
    assert 'fill_credential(page.get_by_label("Password"), os.environ["APP_PASSWORD"])' in conftest
    assert conftest.count('expect(page.get_by_role("heading", name="Your things")).to_be_visible()') == 2
    assert "signed_in_page" in files["README.md"]


def test_below_the_least_number_nothing_changes() -> None:
    """With one flow too few each test still signs in by itself, and conftest.py is the plain one."""
    stories = [adds(what) for what in THINGS[: FLOWS_MIN - 1]]
    alone = project_files([write_test(one) for one in stories])
    assert {name: text for name, text in project(*stories).items() if name != ".env.example"} == {
        name: text for name, text in alone.items() if name != ".env.example"
    }


def test_a_saved_test_is_never_rewritten() -> None:
    """A test that is in no flow given keeps its code; the others share the sign-in."""
    stories = [adds(what) for what in (*THINGS, "map")]
    edited = write_test(stories[3]).model_copy(update={"code": "def test_mine(page):\n    pass\n"})
    files = project_files([*(write_test(one) for one in stories[:3]), edited], flows_of(*stories[:3]))
    assert files["test_add_a_map.py"] == edited.code


def _signs_out(one: Story) -> Story:
    leave = ClickStep(target=by_role("button", "button", "Sign out"), **base(START, LOGIN, navigates=True))
    return one.model_copy(update={"steps": (*one.steps, leave)})


def _signs_in_again(one: Story) -> Story:
    return one.model_copy(update={"steps": (*one.steps, *signs_in())})


def _does_something_first(one: Story) -> Story:
    wish = ClickStep(
        target=by_role("button", "button", "Remember this"),
        **base(LOGIN, LOGIN, changes=(Appeared(element=by_role("p", "paragraph", "Remembered.")),)),
    )
    return one.model_copy(update={"steps": (one.steps[0], wish, *one.steps[1:])})


def _shows_the_name(one: Story) -> Story:
    shown = Appeared(element=by_role("p", "paragraph", "ann@example.com added it"))
    last = one.steps[-1].model_copy(update={"changes": (shown,)})
    return one.model_copy(update={"steps": (*one.steps[:-1], last)})


def _is_refused(one: Story) -> Story:
    fault = Appeared(element=by_role("p", "alert", "Wrong password", live=True))
    refused = one.steps[3].model_copy(update={"changes": (fault,), "after": LOGIN, "navigates": False})
    return one.model_copy(update={"steps": (*one.steps[:3], refused, *one.steps[4:])})


@pytest.mark.parametrize(
    "changed",
    [_signs_out, _signs_in_again, _does_something_first, _shows_the_name, _is_refused],
    ids=lambda f: f.__name__,
)
def test_what_needs_a_sign_in_of_its_own_keeps_it(changed: Callable[[Story], Story]) -> None:
    """A flow that ends the session, signs in again, did something before, shows who it is, or is refused."""
    odd = changed(adds("map"))
    files = project(*(adds(what) for what in THINGS), odd)
    assert "signed_in_page" in files["test_add_a_cup.py"]
    assert files["test_add_a_map.py"] == write_test(odd).code


def test_another_users_own_flow_keeps_its_sign_in() -> None:
    """What only ben did may need ben; what users of two names did, anybody can."""
    bens = adds("map", *signs_in("ben@example.com"))
    both = [bens, adds("map").model_copy(update={"id": "zoe's", "session_id": "z"})]
    flows = flows_of(*(adds(what) for what in THINGS))
    name = write_test(bens).id
    alone, shared = (shared_sign_in({**flows, name: consensus(told)}) for told in (both[:1], both))
    assert alone is not None
    assert shared is not None
    assert name not in alone.codes
    assert name in shared.codes
    assert NAMES_MIN == 2


def test_nothing_is_shared_where_nothing_shows_that_one_is_signed_in() -> None:
    """Without a thing to look for, nobody could tell whether the storage still holds the sign-in."""
    mute = [*signs_in()[:3], signs_in()[3].model_copy(update={"changes": ()})]
    assert shared_sign_in(flows_of(*(adds(what, *mute) for what in THINGS))) is None


def test_the_order_of_the_tests_does_not_matter() -> None:
    """The same flows give the same bytes."""
    stories = [adds(what) for what in (*THINGS, "map")]
    assert project(*stories) == project(*stories[::-1])


@pytest.mark.parametrize("code", ["def sign_in(page):\n    page.goto('/')\n", "import os\n"])
def test_the_gate_wants_the_very_functions(code: str) -> None:
    """conftest.py gets what was asked for, and nothing beside it."""
    with pytest.raises(ForbiddenCode):
        check_code(code, ("sign_in", "see_signed_in"))


def test_hostile_texts_stay_data_in_the_conftest() -> None:
    """Whatever the sign-in page says, the functions hold it as text."""
    evil = '"""); import os  # ' + "'\\\n"
    welcome = Appeared(element=by_role("h1", "heading", evil + "Welcome home"))
    begin = [*signs_in()[:3], signs_in()[3].model_copy(update={"changes": (welcome,)})]
    conftest = project(*(adds(what, *begin) for what in THINGS))["conftest.py"]
    names = [node.name for node in ast.parse(conftest).body if isinstance(node, ast.FunctionDef)]
    assert names == [
        *(
            "browser_type_launch_args",
            "browser",
            "pytest_collection_modifyitems",
            "pytest_addoption",
            "origin_of",
            "fill_credential",
        ),
        *("sign_in", "see_signed_in", "sign_in_state", "signed_in_page"),
    ]


# --- in a real browser ---


@web.middleware
async def forgets(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """Who opens an address by hand is signed in no more, as in an app that keeps the sign-in in the page."""
    if request.method == "GET" and "Referer" not in request.headers and request.path == "/account":
        request[VISIT].email = None
    return await handler(request)


@web.middleware
async def greets(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """Who opens an address by hand has to close a dialog first, as in an app that comes up anew with each load."""
    response = await handler(request)
    if isinstance(response, web.Response) and "Referer" not in request.headers and request.path == "/account":
        dialog = '<div role="dialog" style="position: fixed; inset: 0; background: white">Read this first</div>'
        response.text = (response.text or "").replace("</body>", dialog + "</body>")
    return response


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("ada@ferry.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Welcome back").wait_for()


def _put_into_the_basket(page: Page) -> None:
    _sign_in(page)
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_role("link", name="Salt and Smoke").click()
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Check out").wait_for()


def _search(page: Page) -> None:
    _sign_in(page)
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_label("Search the catalogue").press_sequentially("harbour", delay=15)
    page.get_by_role("link", name="Harbour Lights").click()
    page.get_by_role("heading", name="Harbour Lights").wait_for()


def _wish(page: Page) -> None:
    _sign_in(page)
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_role("link", name="The Long Quay").click()
    page.get_by_role("button", name="Add to my list").click()
    page.get_by_text("The Long Quay").wait_for()


def _sign_ins(shop: Server) -> int:
    """In how many sessions somebody has signed in."""
    return sum(visit.email is not None for visit in shop.app[SHOP].visits.values())


@pytest.mark.slow
def test_the_project_signs_in_once_and_passes(
    chromium: Browser, capture_js: str, chromium_path: str, tmp_path: Path
) -> None:
    """Recorded in Chromium at a real shop, the four tests pass with two sign-ins in all: the fixture's, and that of the
    sign-in's own test. Where the app does not know the user again, or asks something of who comes back, each test signs
    in, and all pass as well."""
    stories = recorded(chromium, capture_js, make_shop(), (_sign_in, _put_into_the_basket, _search, _wish))
    write_project(tmp_path, project_files(write_flows(stories), sources(stories)))
    texts = [file.read_text() for file in sorted(tmp_path.glob("test_*.py"))]
    assert sum("signed_in_page" in text for text in texts) == 3
    assert not [file for file in tmp_path.iterdir() if PASSWORD in file.read_text()]
    others = []
    for odd in (forgets, greets):
        others.append(make_shop())
        others[-1].middlewares.append(odd)
    for app, sign_ins in zip((make_shop(), *others), (2, 4, 5), strict=True):
        with served(app) as shop:
            verdicts = run_project(tmp_path, shop.url, Path(chromium_path), {"APP_PASSWORD": PASSWORD})
            assert [verdict.failure for verdict in verdicts] == [""] * 4
            assert _sign_ins(shop) == sign_ins
