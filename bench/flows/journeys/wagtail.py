"""The journeys of wagtail."""

import re
from typing import Final

from bench.flows.journeys.script import PAGE, Turn, journey, sign_in, write

WAG: Final = ("admin", "wagtailpass1")
WAG_PAGES: Final = ("About us", "Contact", "Careers", "Old news")


def wag_login(page: PAGE, base: str, turn: Turn, retry: bool = False, password: str = WAG[1]) -> None:
    page.goto(base + ("/admin/" if not turn.some(0.3) else "/admin/login/"))
    user, secret = page.get_by_label("Username"), page.get_by_label("Password")
    submit = page.get_by_role("button", name="Sign in")
    if retry:
        sign_in(turn, user, secret, (WAG[0], "wrong-pass"), submit)
        page.get_by_text("match").first.wait_for()
        if turn.some(0.5):
            page.goto(base + "/admin/")
    sign_in(turn, user, secret, (WAG[0], password), submit)
    if password == WAG[1]:
        page.get_by_role("heading", name="Acme").first.wait_for()
    else:
        page.get_by_text("match").first.wait_for()


def wag_wander(page: PAGE, base: str, turn: Turn) -> None:
    if turn.some(0.3):
        page.get_by_role("link", name=turn.one("Images", "Documents")).first.click()
        page.get_by_role("heading", name=turn.one("Images", "Documents")).first.wait_for()
        if turn.some(0.6):
            page.go_back()
        else:
            page.goto(base + "/admin/")


@journey("wagtail", "login_admin", "login", "login")
def _wag_login(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn)


@journey("wagtail", "login_wrong_then_right", "login", "login")
def _wag_retry(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn, retry=True)


@journey("wagtail", "login_refused", "login refused", "login")
def _wag_refused(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn, password=turn.one("wrong-pass", "guess", "letmein"))


def wag_search(page: PAGE, base: str, turn: Turn, term: str) -> None:
    wag_login(page, base, turn)
    wag_wander(page, base, turn)
    field = page.get_by_role("searchbox").or_(page.locator("#menu-search-q")).first
    write(field, term)
    page.keyboard.press("Enter")
    page.get_by_text("matching page").first.wait_for()


@journey("wagtail", "search_contact", "search", "search")
def _wag_contact(page: PAGE, base: str, turn: Turn) -> None:
    wag_search(page, base, turn, turn.one("Contact", "About us"))


@journey("wagtail", "search_careers", "search", "search")
def _wag_careers(page: PAGE, base: str, turn: Turn) -> None:
    wag_search(page, base, turn, turn.one("Careers", "Old news"))


@journey("wagtail", "create_page", "create a page", "create")
def _wag_create(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn)
    wag_wander(page, base, turn)
    page.goto(base + "/admin/pages/3/")
    page.get_by_role("link", name="Add child page").first.click()
    page.wait_for_url("**/add/**")
    title = turn.one("Spring sale", "Summer sale", "Jobs in Oslo", "Press", "Team", "History")
    field = page.get_by_placeholder("Page title").or_(page.locator("#id_title")).first
    if turn.some(0.3):
        write(field, "Sprng")
    write(field, f"{title} {turn.number}")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("created and published").wait_for()


@journey("wagtail", "create_redirect", "add a redirect", "settings")
def _wag_redirect(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn)
    if turn.some(0.3):
        page.goto(base + "/admin/redirects/")
    else:
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("link", name="Redirects").click()
    page.get_by_role("link", name="Add redirect").first.click()
    fills = [
        (page.get_by_label("Redirect from"), f"/old-{turn.one('news', 'blog', 'shop')}-{turn.number}"),
        (page.get_by_label("Redirect to any URL"), f"https://example.com/{turn.one('news', 'blog', 'shop')}/"),
    ]
    forgets = turn.number == 4
    if turn.some(0.4) or forgets:
        fills.reverse()
    for field, value in fills[: 1 if forgets else 2]:
        write(field, value)
    page.get_by_role("button", name="Create").click()
    if forgets:
        page.get_by_text(re.compile("required|error", re.I)).first.wait_for()
        write(*fills[1])
        page.get_by_role("button", name="Create").click()
    page.get_by_text(re.compile("Redirect '.*' added")).wait_for()


@journey("wagtail", "delete_page", "delete a page", "delete")
def _wag_delete(page: PAGE, base: str, turn: Turn) -> None:
    wag_login(page, base, turn)
    wag_wander(page, base, turn)
    page.goto(base + "/admin/pages/3/")
    rows = page.get_by_role("table").get_by_role("row").get_by_role("link").filter(has_text=re.compile(r"\w{3}"))
    title = turn.one("Old news", "Careers", "Contact", "About us")
    rows.filter(has_text=title).first.click()
    page.wait_for_url("**/edit/**")
    page.get_by_role("button", name="Actions").first.click()
    page.get_by_role("link", name="Delete").first.click()
    page.get_by_role("button", name="Yes, delete").click()
    page.get_by_text(re.compile("Page '.*' deleted")).wait_for()
