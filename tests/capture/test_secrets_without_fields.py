"""Secrets that are entered by drawn keys, that stand in no field, or of which the page shows a part."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from schemas.events import Click, Event, Press
from tests.capture.site import END, Site

pytestmark = pytest.mark.slow
PASSWORD = "hunterZebra42"
DRAW = "<script>f.v = ''; f.onkeydown = (e) => { e.preventDefault(); f.v += e.key; f.textContent += '*' }</script>"


@pytest.fixture
def told(browser: Browser, site: Site, capture_js: str) -> Iterator[Callable[..., list[Event]]]:
    """Opens a page with this body, does something there, ends the journey, and gives the events."""
    context = browser.new_context()

    def run(body: str, do: Callable[[Page], None]) -> list[Event]:
        settings = json.dumps({"endpoint": site.endpoint, "app": "pages"})
        context.add_init_script(script=f"window.JOURNEYWRIGHT = {settings};\n{capture_js}\n")
        site.pages["/own.html"] = (f"<!doctype html><title>x</title>{body}", "text/html; charset=utf-8", {})
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{site.url}/own.html")
        do(page)
        page.get_by_role("button", name="Done").click()
        page.evaluate(END)
        assert page.evaluate("journeywright.errors()") == {"count": 0, "last": ""}
        return site.events()

    yield run
    context.close()


def _pad(asks: str, show: str, order: str = "1234567890", key: str = "<button {0}>{1}</button>") -> str:
    keys = "".join(key.format(f'id=k{one} onclick="v += {one}; {show}"', one) for one in order)
    back = f'<button onclick="v = v.slice(0, -1); {show}">Back</button>'
    return f"{asks}<script>v = ''</script><div>{keys}{back}</div><button>Done</button>"


PADS = (
    _pad("<h1>Enter your PIN</h1><p id=q></p>", "q.textContent += '•'"),
    _pad("<h1>Passcode</h1><p id=q></p>", "q.textContent = v", "7294160538", "<button {0}>{1}<i>abc</i></button>"),
    _pad("<input type=password readonly id=q>", "q.value = v", key="<div role=button {0} aria-label='No {1}'>x</div>"),
    _pad("<section><label>Security code <input id=q></label></section>", "q.value = v"),
)
OTHER_PADS = (
    _pad("<h1>Calculator</h1><p id=q></p>", "q.textContent = v"),
    _pad("<label>Phone <input id=q></label>", "q.value = v"),
    _pad("<h1>Enter your PIN</h1><p id=q></p>", "q.textContent = v", "48392"),
)


def _presses(page: Page, digits: str = "483924") -> None:
    for digit in digits:
        (page.locator(f"#k{digit}") if digit.isdigit() else page.get_by_role("button", name="Back")).click()


@pytest.mark.parametrize("pad", PADS)
def test_the_keys_of_a_pad_for_a_pin_are_not_told(site: Site, told: Callable[..., list[Event]], pad: str) -> None:
    """Neither which were pressed, nor in which places, and what they wrote nowhere."""
    events = told(pad, _presses)
    assert [one.target.name for one in events if isinstance(one, Click)] == ["Done"]
    assert not [one for one in events if isinstance(one, Press)]
    assert "4839" not in site.told()


@pytest.mark.parametrize("digits", ["481<39", "4817<<39", "51<2<<4839"])
def test_digits_that_are_taken_back(site: Site, told: Callable[..., list[Event]], digits: str) -> None:
    """The page says the rest of them later, and that isn't told."""
    for pad in PADS:
        shows = pad.replace("<button>Done", '<p id=r></p><button onclick="r.textContent = `PIN ${v} is set`">Done')
        told(shows, lambda page: _presses(page, digits))
        assert "is set" in site.told()
        assert "4839" not in site.told()


def test_signs_that_are_taken_back_in_a_box_that_a_page_draws(site: Site, told: Callable[..., list[Event]]) -> None:
    """As on a pad."""
    takes = "event.preventDefault(); v = event.key === 'Backspace' ? v.slice(0, -1) : v + event.key"
    box = f"<div id=f tabindex=0 role=textbox aria-label=Password onkeydown=\"{takes}; textContent += '*'\">.</div>"

    def do(page: Page) -> None:
        page.locator("#f").focus()
        for part in ("hunx", "terx", "zebx"):
            page.keyboard.type(part)
            page.keyboard.press("Backspace")
        page.keyboard.type("ra")

    told(f"<script>v = ''</script>{box}<button onclick='q.textContent = `Is ${{v}}`'>Done</button><p id=q></p>", do)
    assert "Done" in site.told()
    assert "hunterzebra" not in site.told()


MENU = "<nav><a href=#p>Change password</a></nav>"
NO_PADS = (
    f"{MENU}<main><table>{''.join(f'<tr><td><a id=k{one}>Item {one}</a>' for one in range(10))}</table></main>",
    f"{MENU}<main>{''.join(f'<a href=#{one} id=k{one}>{one}</a> ' for one in range(10))}</main>",
    f"{MENU}<main><h1>How likely?</h1>{''.join(f'<button id=k{one}>{one}</button>' for one in range(11))}</main>",
    "<h1>Change your password</h1>"
    + "".join(f"<p><button id=k{one}>{one}</button>{'<i>.</i>' * 20}</p>" for one in range(10)),
)


@pytest.mark.parametrize("body", NO_PADS)
def test_clicks_on_numbers_of_other_pages(told: Callable[..., list[Event]], body: str) -> None:
    """Links, items, answers, and buttons far from each other, on a page that has words for a secret somewhere."""
    clicks = [one for one in told(f"{body}<button>Done</button>", _presses) if isinstance(one, Click)]
    assert len(clicks) == 7


def test_words_of_keys_while_something_masked_changes(site: Site, told: Callable[..., list[Event]]) -> None:
    """A clock: what is pressed meanwhile is no secret for that."""
    clock = "<p id=c data-mask>0</p><script>setInterval(() => (c.textContent = 'At ' + Date.now()), 20)</script>"
    board = (
        "<div id=b tabindex=0>Board</div><button onclick=\"q.textContent = 'A set of tiles'\">Done</button><p id=q></p>"
    )

    def do(page: Page) -> None:
        page.locator("#b").focus()
        page.keyboard.type("set", delay=50)

    told(f"{clock}{board}", do)
    assert "A set of tiles" in site.told()


@pytest.mark.parametrize("pad", OTHER_PADS)
def test_keys_of_other_pads_are_told(told: Callable[..., list[Event]], pad: str) -> None:
    """Of a calculator, of a telephone, and digits that are not all ten of them."""
    clicks = [one.target.name for one in told(pad, _presses) if isinstance(one, Click)]
    assert clicks == [*"483924", "Done"]


DRAWN = (
    "<label id=l>Password</label><div id=f tabindex=0 role=textbox aria-labelledby=l>.</div>" + DRAW,
    "<x-own id=f tabindex=0 style='display:block'>.</x-own><script>f.attachShadow({ mode: 'closed' })</script>" + DRAW,
)


@pytest.mark.parametrize("box", DRAWN)
def test_keys_that_a_page_takes_for_a_secret_are_not_told(
    site: Site, told: Callable[..., list[Event]], box: str
) -> None:
    """In a box that it draws, in a closed shadow tree; what they made together is shown later, and not told either."""

    def do(page: Page) -> None:
        page.locator("#f").focus()
        page.keyboard.type(PASSWORD)

    events = told(f"{box}<button onclick='q.textContent = `Is ${{f.v}}`'>Done</button><p id=q role=status></p>", do)
    assert not [one for one in events if isinstance(one, Press)]
    assert PASSWORD not in site.told()
    assert "Done" in site.told()


@pytest.mark.parametrize(("asks", "keys"), [("Enter your PIN", "k"), ("Choose a seat", "4839k")])
def test_digits_that_a_page_takes_at_no_element(told: Callable[..., list[Event]], asks: str, keys: str) -> None:
    """They are not told where the page asks for a code; letters are, and digits elsewhere."""
    takes = "<p id=q></p><script>document.onkeydown = (e) => { e.preventDefault(); q.textContent += '*' }</script>"
    events = told(f"<h1>{asks}</h1>{takes}<button>Done</button>", lambda page: page.keyboard.type("4839k"))
    assert "".join(one.key for one in events if isinstance(one, Press)) == keys


SHOWN_PARTS = ("v.slice(0, 9) + '…'", "v.slice(0, 10) + '****'", "'****' + v.slice(4)", "v.slice(0, 12)")


@pytest.mark.parametrize("part", SHOWN_PARTS)
def test_most_of_a_password_is_withheld_like_the_whole(site: Site, told: Callable[..., list[Event]], part: str) -> None:
    """Its beginning or its end, of two thirds of its letters or more."""
    shows = f"v = x.value; q.textContent = 'Yours is ' + {part}"
    body = f'<label>Password <input type=password id=x></label><button onclick="{shows}">Done</button><p id=q></p>'
    told(body, lambda page: page.get_by_label("Password").press_sequentially(PASSWORD))
    shown = site.told()
    assert "Yours is" in shown
    assert not [at for at in range(len(PASSWORD) - 6) if PASSWORD[at : at + 7] in shown]


def test_the_word_that_a_password_begins_with_is_told(site: Site, told: Callable[..., list[Event]]) -> None:
    """It may be anybody's: `manager` of `manager12`."""
    body = "<label>Password <input type=password id=x></label><p id=q></p>"
    body += "<button onclick=\"q.textContent = 'You are manager here'\">Done</button>"
    told(body, lambda page: page.get_by_label("Password").press_sequentially("manager12"))
    assert "You are manager here" in site.told()


def test_a_field_that_shows_dots_once_it_is_left(site: Site, told: Callable[..., list[Event]]) -> None:
    """What was typed there is told nowhere."""
    style = "<style>#x:not(:focus) { -webkit-text-security: disc }</style>"
    shows = "setTimeout(() => (q.textContent = 'Is ' + x.value))"
    body = f'{style}<label>Word <input id=x></label><button onclick="{shows}">Done</button><p id=q></p>'
    told(body, lambda page: page.get_by_label("Word").press_sequentially(PASSWORD))
    assert PASSWORD not in site.told()


SHOWS_MORE = ("#b:hover::after", "tr:hover > #b::after")


@pytest.mark.parametrize("rule", SHOWS_MORE)
def test_what_a_masked_element_shows_under_the_pointer_alone(
    site: Site, told: Callable[..., list[Event]], rule: str
) -> None:
    """The words of a style sheet, there or beside it, are withheld where the page repeats them later."""
    cells = "<table><tr><td id=a>Row<td id=b data-mask>...</table>"
    body = f"<style>{rule} {{ content: 'Zorablin Quimtrax' }}</style>{cells}<p id=q></p>"
    body += "<button onclick=\"q.textContent = 'Hello Zorablin Quimtrax'\">Done</button>"

    def do(page: Page) -> None:
        page.locator("#a" if "tr" in rule else "#b").hover()

    told(body, do)
    assert "Zorablin" not in site.told()
    assert "Hello" in site.told()


def test_the_pointer_over_one_of_many_masked_rows(site: Site, told: Callable[..., list[Event]]) -> None:
    """The row itself is read first, and not all the others with what is in them."""
    style = "<style>#r:hover::after { content: 'Zorablin Quimtrax' }</style>"
    rows = "<p data-mask>Row" + "<i>.</i>" * 90
    body = f"{style}<button onclick=\"q.textContent = 'Hello Zorablin Quimtrax'\">Done</button><p id=q></p>"
    body += f"<div>{rows * 500}<p id=r data-mask>Last</p></div>"
    spent: list[float] = []

    def do(page: Page) -> None:
        page.locator("#r").scroll_into_view_if_needed()
        page.evaluate(
            "new PerformanceObserver((all) => all.getEntries().forEach((one) => one.name === 'pointerover' && "
            "(window.spent = [...(window.spent ?? []), one.processingEnd - one.processingStart])))"
            ".observe({ type: 'event', durationThreshold: 16 })"
        )
        page.locator("#r").hover()
        page.wait_for_timeout(300)
        spent.extend(page.evaluate("window.spent ?? []"))

    told(body, do)
    assert "Hello" in site.told()
    assert "Zorablin" not in site.told()
    assert max(spent, default=0) < 100, spent
