"""The journeys of dokuwiki."""

from typing import Final

from bench.flows.journeys.script import PAGE, Turn, journey, sign_in, write

DOKU: Final = ("dokuwiki", "wikipass1")
DOKU_PAGES: Final = {"FAQ": "guides:faq", "Install guide": "guides:install"}


def doku_login(page: PAGE, base: str, turn: Turn, user: str, password: str = DOKU[1], wait: bool = True) -> None:
    page.goto(base + "/doku.php?id=" + ("start" if not turn.some(0.3) else "guides:faq"))
    if turn.some(0.25):
        page.goto(base + "/doku.php?id=team:meeting")
        page.go_back()
    if turn.some(0.2):
        page.goto(base + "/doku.php?id=start&do=login")
    else:
        page.get_by_role("link", name="Log In").click()
    submit = page.get_by_role("button", name="Log In")
    if turn.number in (2, 5) and wait:
        sign_in(turn, page.get_by_label("Username"), page.get_by_label("Password"), (user, "nonsense"), submit)
        page.get_by_text("Sorry, username or password was wrong").wait_for()
    values = (user, password)
    sign_in(turn, page.get_by_label("Username"), page.get_by_label("Password"), values, submit)
    page.get_by_text("Logged in as" if wait else "Sorry, username or password was wrong").first.wait_for()


@journey("dokuwiki", "login_admin", "login", "login")
def _doku_login(page: PAGE, base: str, turn: Turn) -> None:
    doku_login(page, base, turn, turn.one("admin", "bob"))


@journey("dokuwiki", "login_refused", "login refused", "login")
def _doku_refused(page: PAGE, base: str, turn: Turn) -> None:
    doku_login(page, base, turn, turn.one("admin", "bob", "eve"), turn.one("wrong", "guess1", "letmein"), wait=False)


@journey("dokuwiki", "login_bob_logout", "login and logout", "login")
def _doku_logout(page: PAGE, base: str, turn: Turn) -> None:
    doku_login(page, base, turn, turn.one("bob", "admin"))
    if turn.some(0.3):
        page.get_by_role("link", name="Sitemap").first.click()
    page.get_by_role("link", name="Log Out").first.click()
    page.get_by_text("You are currently not logged in!").wait_for()


def doku_search(page: PAGE, base: str, turn: Turn, term: str) -> None:
    page.goto(base + "/doku.php?id=start")
    if turn.some(0.3):
        page.get_by_role("link", name="FAQ").first.click()
    field = page.locator("#qsearch__in")
    if turn.some(0.25):
        write(field, term[:3])
    write(field, term)
    page.wait_for_timeout(500)
    if turn.some(0.5):
        page.locator("#dw__search").get_by_role("button").click()
    else:
        page.keyboard.press("Enter")
    page.locator(".search_fulltext_result, .search_results").get_by_role("link").first.click()
    page.locator(".docInfo").wait_for()


@journey("dokuwiki", "search_wizard", "search and open", "search")
def _doku_wizard(page: PAGE, base: str, turn: Turn) -> None:
    doku_search(page, base, turn, turn.one("wizard", "browser", "installer", "wizard"))


@journey("dokuwiki", "search_agenda", "search and open", "search")
def _doku_agenda(page: PAGE, base: str, turn: Turn) -> None:
    doku_search(page, base, turn, turn.one("agenda", "planning", "quarterly"))


@journey("dokuwiki", "create_page", "create a page", "create")
def _doku_create(page: PAGE, base: str, turn: Turn) -> None:
    doku_login(page, base, turn, turn.one("bob", "admin"))
    word = turn.one("roadmap", "budget", "holidays", "retro", "hiring", "office", "parking", "snacks")
    page.goto(f"{base}/doku.php?id=team:{word}{turn.number}")
    page.get_by_role("link", name="Create this page").first.click()
    write(page.locator("#wiki__text"), f"====== {word.title()} ======\nShip number {turn.number} in March.\n")
    if not turn.some(0.3):
        write(page.locator("#edit__summary"), turn.one("first version", "draft", "notes of today"))
    page.get_by_role("button", name="Save").click()
    page.get_by_text(f"Ship number {turn.number}").first.wait_for()


@journey("dokuwiki", "edit_faq", "edit with preview", "edit")
def _doku_edit(page: PAGE, base: str, turn: Turn) -> None:
    doku_login(page, base, turn, turn.one("bob", "admin"))
    page.goto(base + "/doku.php?id=start")
    page.get_by_role("link", name=turn.one("FAQ", "FAQ", "Install guide")).first.click()
    page.get_by_role("link", name="Edit this page").first.click()
    text = page.locator("#wiki__text")
    text.click()
    text.press("ControlOrMeta+End")
    line = turn.one("Where is the printer? Second floor.", "Who waters plants? Nobody.", "When is lunch? At noon.")
    text.press_sequentially(f"  * {line} {turn.number}\n", delay=4)
    for _ in range(2 if turn.some(0.25) else 1):
        page.get_by_role("button", name="Preview").click()
        page.get_by_text(line.split("?")[0]).first.wait_for()
    page.get_by_role("button", name="Save").click()
    page.locator(".docInfo").wait_for()
