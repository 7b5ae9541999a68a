"""A password often begins like a login name or a word of the page: such words are told, the password is not."""

import re

import pytest
from playwright.sync_api import Page

from schemas.elements import ByRole
from tests.capture.site import END, Site

pytestmark = pytest.mark.slow

HTML = "text/html; charset=utf-8"
WORDS = """<!doctype html><title>{name} - desk</title><h1>{name}</h1><button onclick="o.textContent='Well, {name}'">Open
{name}</button><label>Search <input name=q></label><p id=o></p>"""
SIGN_IN = """<form action=/next.html><label>Login <input name=user></label><label>E-mail <input name=mail></label>
<label>Password <input type=password oninput="fetch('/api/strength?p=' + this.value); fetch('/api/meter/' + this.value);
peek.textContent = 'Peek: ' + this.value; history.replaceState(null, '', '?q=' + this.value)"></label>
<button>Sign in</button></form><p id=peek></p>"""


def use(page: Page, name: str, word: str) -> None:
    page.get_by_role("button", name=f"Open {name}").click()
    page.get_by_label("Search").press_sequentially(word)


def sign_in(page: Page, word: str, password: str) -> None:
    page.get_by_label("Login").press_sequentially(word)
    page.get_by_label("E-mail").press_sequentially(f"{word}@example.com")
    page.get_by_label("Password").press_sequentially(password, delay=30)


@pytest.mark.parametrize(
    ("word", "password"), [("carol", "carolpass1"), ("admin", "adminpass1"), ("carol", "my9carol")]
)
def test_words_that_a_password_begins_with_are_told(page: Page, site: Site, word: str, password: str) -> None:
    """Login, e-mail, search and headings before, beside and after the password, in this visit and in the next one."""
    name = word.capitalize()
    words = WORDS.format(name=name)
    site.pages |= {
        "/first.html": (words + "<a href=/sign.html>On</a>", HTML, {}),
        "/sign.html": (words + SIGN_IN, HTML, {}),
        "/next.html": (words, HTML, {}),
    }
    for _ in range(2):
        page.goto(f"{site.url}/first.html")
        use(page, name, word)
        page.get_by_role("link", name="On").click()
        use(page, name, word)
        sign_in(page, word, password)
        page.get_by_label("Search").fill("")
        use(page, name, word)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/next.html*")
        use(page, name, word)
        page.evaluate(END)
    visit = [word, word, word, f"{word}@example.com", None, "", word, word]
    fills = [one.value for one in site.kind("fill")]
    assert [None if one.secret else one.text for one in fills] == visit * 2
    clicks = [one.target for one in site.kind("click") if one.target.name == f"Open {name}"]
    assert len(clicks) == 8
    assert all(ByRole(role="button", name=f"Open {name}") in [c.locator for c in one.candidates] for one in clicks)
    changed = [change.element.text for one in site.kind("effect") for change in one.changes]
    assert changed.count(f"Well, {name}") >= 6
    assert {one.page.title for one in site.events()} <= {f"{name} - desk", ""}
    asked = [one.url.removeprefix(site.url) for one in site.kind("request") if "/api/" in one.url]
    assert {one.replace("•", "") for one in asked if len(one) > len("/api/meter/abc")} <= {"/api/strength?p="}
    beginnings = {password[:end] for end in range(4, len(password) + 1)} - {word}
    told = site.told().replace(f"{word}@example.com", "")
    assert not {one for one in beginnings if re.search(rf"\b{one}\b", told.lower())}


def test_a_login_that_is_the_password_is_withheld(page: Page, site: Site) -> None:
    """Equal texts can't be told apart: the whole password is told nowhere."""
    site.pages |= {"/sign.html": (SIGN_IN, HTML, {}), "/next.html": (WORDS.format(name="Carol"), HTML, {})}
    page.goto(f"{site.url}/sign.html")
    page.get_by_label("Password").press_sequentially("carolpass1")
    page.get_by_label("Login").press_sequentially("carolpass1")
    page.evaluate(END)
    assert [one.value.text for one in site.kind("fill")] == ["", ""]
    assert "carol" not in site.told()
