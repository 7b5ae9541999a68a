"""A test runs in a browser like that of the people whose sessions it is written from."""

from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page

from agents.local.folders import write_project
from agents.local.project import run_project
from pipeline.codegen import check_code, project_files, write_test
from pipeline.codegen.python.allow_list import ForbiddenCode
from pipeline.flows.consensus import consensus
from pipeline.generate import sources
from pipeline.generate import tests_of as write_flows
from schemas.events import Appeared
from schemas.stories import ClickStep, GotoStep, Step, Story
from tests.capture.conftest import capture_js
from tests.codegen.by_hand import at, base, by_role, story
from tests.codegen.test_sign_in import THINGS, adds, project
from tests.codegen.visits import recorded, served

__all__ = ["capture_js"]
PHONE = '@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844})'


def sized(told: Story, width_px: int | None, height_px: int | None) -> Story:
    """The story in a window of that size."""

    def in_window(step: Step) -> Step:
        return step.model_copy(
            update={"page": step.page.model_copy(update={"width_px": width_px, "height_px": height_px})}
        )

    return told.model_copy(update={"steps": tuple(map(in_window, told.steps))})


def opens_a_page(*shown: str) -> Story:
    """Somebody opens a page, and follows a link to one with these headings."""
    came = tuple(Appeared(element=by_role("h2", "heading", name, level=2)) for name in shown)
    link = by_role("a", "link", "Offers")
    return story(
        GotoStep(url=at("/").url, **base(at("/"), at("/"))),
        ClickStep(target=link, navigates=True, **base(at("/"), at("/offers"), changes=came)),
    )


@pytest.mark.parametrize(
    ("width_px", "height_px", "viewport"),
    [
        (390, 844, '{"width": 390, "height": 844}'),
        (1023, 700, '{"width": 1023, "height": 700}'),
        (1024, 700, None),
        (1440, 900, None),
        (1920, 955, '{"width": 1920, "height": 955}'),
        (None, None, None),
        (1, 844, None),
        (390, 100_000, None),
    ],
)
def test_an_unusual_window_is_named(width_px: int | None, height_px: int | None, viewport: str | None) -> None:
    """Windows of phones and of large screens stand with the test, and sizes that no screen has are not believed."""
    code = write_test(sized(opens_a_page("Spring offers"), width_px, height_px)).code
    check_code(code)
    assert ("browser_context_args" in code) == (viewport is not None)
    assert viewport is None or f"@pytest.mark.browser_context_args(viewport={viewport})" in code


@pytest.mark.parametrize(
    "line",
    [
        '@pytest.mark.browser_context_args(viewport={"width": 390, "height": 99999})',
        '@pytest.mark.browser_context_args(viewport={"width": 390, "height": exit()})',
        '@pytest.mark.browser_context_args(viewport={"width": True, "height": 844})',
        '@pytest.mark.browser_context_args(storage_state="/etc/passwd")',
        '@pytest.mark.browser_context_args(viewport={"height": 844, "width": 390})',
        '@pytest.mark.browser_context_args(locale="de", locale="de")',
        '@pytest.mark.browser_context_args(locale="de/../x")',
        "@pytest.mark.browser_context_args()",
        f"{PHONE}\n{PHONE}",
    ],
)
def test_the_gate_lets_nothing_but_a_size_through(line: str) -> None:
    """No other option of a browser's context, and no other kind of value, comes into a test."""
    code = write_test(sized(opens_a_page("Spring offers"), 390, 844)).code
    assert PHONE in code
    with pytest.raises(ForbiddenCode):
        check_code(code.replace(PHONE, line))


def test_sessions_of_one_layout_agree_among_themselves() -> None:
    """What the fewer sessions in windows of the other kind did not see takes nothing away."""

    def told(number: int, width_px: int, *shown: str) -> Story:
        return sized(opens_a_page(*shown), width_px, 900).model_copy(update={"id": f"s{number}"})

    wide = [told(number, 1280, "Spring offers") for number in range(3)]
    narrow = [told(number, 390, "Offers near you") for number in range(3, 5)]
    found = consensus([*wide, *narrow])
    assert len(found.sessions) == 5
    assert [one.element.name for one in found.story.steps[1].changes] == ["Spring offers"]
    found = consensus([*wide[:1], *narrow])
    assert [one.element.name for one in found.story.steps[1].changes] == ["Offers near you"]


@pytest.mark.parametrize(
    ("language", "mark"),
    [("de-DE", '@pytest.mark.browser_context_args(locale="de-DE")'), ("en-US", None), (None, None)],
)
def test_another_language_than_the_usual_one_is_named(language: str | None, mark: str | None) -> None:
    """The test of a German's journey asks for German pages. The usual language is the project's, where one was told."""
    told = opens_a_page("Spring offers").model_copy(update={"language": language})
    test = write_test(told)
    check_code(test.code)
    assert ("locale" in test.code) == (mark is not None)
    assert mark is None or f"{mark}\n" in test.code
    conftest = project_files([test], {test.id: consensus([told])})["conftest.py"]
    assert ('"locale": "en-US"' in conftest) == (language == "en-US")


def test_window_and_language_stand_in_one_line() -> None:
    """A journey on a phone in another language has both."""
    told = sized(opens_a_page("Ofertas"), 390, 844).model_copy(update={"language": "es"})
    code = write_test(told).code
    check_code(code)
    assert '@pytest.mark.browser_context_args(locale="es", viewport={"width": 390, "height": 844})\n' in code


def test_sessions_in_one_language_agree_among_themselves() -> None:
    """What the same page says in another language takes nothing away; `de-AT` and `de` are one language."""

    def told(number: int, language: str, *shown: str) -> Story:
        return opens_a_page(*shown).model_copy(update={"id": f"s{number}", "language": language})

    german = [told(1, "de-AT", "Angebote"), told(2, "de", "Angebote")]
    found = consensus([*german, told(3, "en-US", "Offers")])
    assert [one.element.name for one in found.story.steps[1].changes] == ["Angebote"]


def test_a_sign_in_is_shared_by_tests_of_one_layout() -> None:
    """It is done in a window of that kind; whoever has another one signs in by themselves."""
    stories = [sized(adds(what), 390, 844) for what in THINGS]
    files = project(*stories)
    assert '"viewport": {"width": 390, "height": 844}' in files["conftest.py"]
    files = project(*(sized(adds(what), 1280, 800) for what in THINGS), sized(adds("Soap"), 390, 844))
    assert "viewport" not in files["conftest.py"]
    own = [name for name, text in files.items() if "def test_" in text and "signed_in_page" not in text]
    assert len(own) == 1


SHOP = """<!doctype html><title>Boats</title><style>@media (max-width: 700px) { nav { display: none }
nav.open { display: block } } @media (min-width: 701px) { #menu { display: none } }</style>
<button id="menu" onclick="document.querySelector('nav').classList.toggle('open')">Menu</button>
<nav><a href="/hire">Hire</a></nav><h1>%s</h1>"""


def _opens_the_menu(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Hire").click()
    page.get_by_role("heading", name="Boats for hire").wait_for()


def boats() -> web.Application:
    """Two pages whose menu folds on a phone."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(
            text=SHOP % {"/": "All boats"}.get(request.path, "Boats for hire"), content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/hire", answer)
    return app


@pytest.mark.slow
def test_a_journey_on_a_phone_passes(chromium: Browser, capture_js: str, chromium_path: str, tmp_path: Path) -> None:
    """A menu that only a narrow window has is opened by the test, which has such a window."""
    viewport = {"width": 390, "height": 844}
    stories = recorded(chromium, capture_js, boats(), [_opens_the_menu], viewport=viewport)
    write_project(tmp_path, project_files(write_flows(stories), sources(stories)))
    with served(boats()) as shop:
        verdicts = run_project(tmp_path, shop.url, Path(chromium_path), {})
    assert [verdict.failure for verdict in verdicts] == [""]


GREETINGS = {"de": "Willkommen im Laden", "en": "Welcome to the shop"}


def greets() -> web.Application:
    """A page in the language that is asked for."""

    async def answer(request: web.Request) -> web.Response:
        said = GREETINGS.get(request.headers.get("Accept-Language", "")[:2], "?")
        page = f'<!doctype html><title>Shop</title><a href="/more">{said}</a><h1>{said[:10]}{request.path}</h1>'
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/more", answer)
    return app


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de-DE", "en-US"])
def test_a_journey_in_another_language_passes(
    language: str, chromium: Browser, capture_js: str, chromium_path: str, tmp_path: Path
) -> None:
    """The test's browser asks for pages in the language in which the page was recorded."""

    def follows_the_greeting(page: Page) -> None:
        page.goto("/")
        page.get_by_role("link").click()
        page.wait_for_url("/more")
        page.get_by_role("heading").wait_for()

    stories = recorded(chromium, capture_js, greets(), [follows_the_greeting], locale=language)
    assert [story.language for story in stories] == [language]
    write_project(tmp_path, project_files(write_flows(stories), sources(stories)))
    with served(greets()) as shop:
        verdicts = run_project(tmp_path, shop.url, Path(chromium_path), {})
    assert [verdict.failure for verdict in verdicts] == [""]
