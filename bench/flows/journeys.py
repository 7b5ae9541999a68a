"""The journeys of the harness's apps once more, each with other users, values, detours and mistakes.

Every journey is a function of a page, the app's base address and a `Turn`; its label names the flow that a person would
say it is: whoever does the same thing has the same label, however they got there.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

PAGE = Any
Run = Callable[[PAGE, str, "Turn"], None]


@dataclass(frozen=True)
class Turn:
    """One run of a journey: its number (0 is the plain one) and the chance that varies it."""

    number: int
    chance: random.Random

    def some(self, share: float) -> bool:
        """Whether this run does what a share of the runs do; the plain run does nothing extra."""
        return self.number > 0 and self.chance.random() < share

    def one(self, *things: Any) -> Any:
        return things[self.number % len(things)]


@dataclass(frozen=True)
class Journey:
    """`flow` is the label of truth, `pattern` the label of what it is about."""

    app: str
    name: str
    flow: str
    pattern: str
    run: Run


JOURNEYS: Final[list[Journey]] = []


def journey(app: str, name: str, flow: str, pattern: str) -> Callable[[Run], Run]:
    """Adds a journey."""

    def add(run: Run) -> Run:
        JOURNEYS.append(Journey(app, name, flow, pattern, run))
        return run

    return add


def write(field: Any, text: str) -> None:
    """Types as a person does, over what stands there."""
    field.click()
    if field.evaluate("e => !!(e.value || (e.isContentEditable && e.innerText.trim()))"):
        field.press("ControlOrMeta+a")
        field.press("Delete")
    field.press_sequentially(text, delay=4)


def sign_in(turn: Turn, user: Any, password: Any, values: tuple[str, str], submit: Any) -> None:
    """Fills in the two fields in some order, with second thoughts, and sends them off by button or Enter."""
    fills = [(user, values[0]), (password, values[1])]
    if turn.some(0.25):
        write(user, values[0][:-1] + "x")
    if turn.some(0.3):
        fills.reverse()
    for field, value in fills:
        write(field, value)
    if turn.some(0.3):
        password.press("Enter")
    else:
        submit.click()


# --- dokuwiki ---

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


# --- labelstudio ---

LABEL: Final = ("ann@example.com", "labelpass1")


def label_login(page: PAGE, base: str, turn: Turn, retry: bool = False, password: str = LABEL[1]) -> None:
    page.goto(base + ("/user/login/" if not turn.some(0.4) else "/"))
    user, secret = page.locator("#email"), page.locator("#password")
    submit = page.get_by_role("button", name="Log in")
    if turn.some(0.2):
        page.get_by_role("link", name="Sign up").first.click()
        page.go_back()
    for wrong in ["wrong-pass"] if retry else []:
        sign_in(turn, user, secret, (LABEL[0], wrong), submit)
        page.get_by_text("don't match").first.wait_for()
        if not turn.some(0.5):
            page.goto(base + "/user/login/")
    sign_in(turn, user, secret, (LABEL[0], password), submit)
    if password == LABEL[1]:
        page.get_by_role("heading", name="Welcome").wait_for()
    else:
        page.get_by_text("don't match").first.wait_for()


@journey("labelstudio", "login_ok", "login", "login")
def _label_login(page: PAGE, base: str, turn: Turn) -> None:
    label_login(page, base, turn)


@journey("labelstudio", "login_retry", "login", "login")
def _label_retry(page: PAGE, base: str, turn: Turn) -> None:
    label_login(page, base, turn, retry=True)


@journey("labelstudio", "login_refused", "login refused", "login")
def _label_refused(page: PAGE, base: str, turn: Turn) -> None:
    label_login(page, base, turn, password=turn.one("wrong-pass", "guess", "letmein"))


def label_project(page: PAGE, base: str, turn: Turn, name: str, text: str) -> None:
    label_login(page, base, turn, retry=turn.number == 3)
    if turn.some(0.3):
        page.goto(base + "/projects/")
    page.get_by_role("button", name=re.compile("^Create")).first.click()
    title = page.get_by_role("textbox", name="Project Name")
    title.wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('input')].some(e => /^New Project/.test(e.value))")
    fills = [(title, name), (page.get_by_role("textbox", name="Description"), text)]
    if turn.some(0.4):
        fills.reverse()
    for field, value in fills:
        write(field, value)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/projects/*/data**")
    page.get_by_text("Import data to get your project started").wait_for()


@journey("labelstudio", "create_receipts", "create a project", "create")
def _label_receipts(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Receipts", "Invoices", "Tickets", "Letters")
    label_project(page, base, turn, f"{name} {turn.number}", "Scans of paper slips")


@journey("labelstudio", "create_signs", "create a project", "create")
def _label_signs(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Street signs", "Shop fronts", "Birds")
    label_project(page, base, turn, f"{name} {turn.number}", turn.one("Photos of signs", "Pictures"))


def label_annotate(page: PAGE, base: str, turn: Turn, project: str, text: str) -> None:
    label_login(page, base, turn)
    page.goto(base + "/projects/")
    if turn.some(0.3):
        page.get_by_text("Support tickets", exact=True).first.click()
        page.get_by_text("Thanks for the help!").first.wait_for()
        page.goto(base + "/projects/")
    page.get_by_text(project, exact=True).first.click()
    page.get_by_text(text).first.click()
    choices = [turn.one("Negative", "Neutral", "Positive")]
    if turn.some(0.3):
        choices.insert(0, turn.one("Positive", "Negative", "Neutral"))
    for choice in choices:
        page.locator("label").filter(has_text=choice).first.click()
    page.get_by_role("button", name=re.compile("Submit|Update")).first.click()
    page.get_by_text(re.compile("Annotation (saved|updated) successfully")).first.wait_for()


@journey("labelstudio", "annotate_battery", "annotate a task", "annotate")
def _label_battery(page: PAGE, base: str, turn: Turn) -> None:
    text = turn.one("The battery is awful.", "I love this phone.", "It arrived on Tuesday.")
    label_annotate(page, base, turn, "Sentiment of reviews", text)


@journey("labelstudio", "annotate_thanks", "annotate a task", "annotate")
def _label_thanks(page: PAGE, base: str, turn: Turn) -> None:
    label_annotate(page, base, turn, "Support tickets", turn.one("Thanks for the help!", "My order is late."))


# --- miniwob ---


def wob(page: PAGE, base: str, task: str, seed: int) -> str:
    page.goto(f"{base}/miniwob/{task}.html?seed={seed}")
    page.locator("#sync-task-cover").click()
    page.locator("#sync-task-cover").wait_for(state="hidden")
    return str(page.locator("#query").inner_text())


def wob_done(page: PAGE) -> None:
    page.wait_for_function("() => WOB_DONE_GLOBAL && WOB_RAW_REWARD_GLOBAL > 0", timeout=8000)


def wob_login(page: PAGE, base: str, turn: Turn, seed: int) -> None:
    user, secret = re.findall(r'"([^"]+)"', wob(page, base, "login-user", seed))
    fills = [("#username", user), ("#password", secret)]
    if turn.some(0.3):
        write(page.locator("#username"), "nobody")
    if turn.some(0.4):
        fills.reverse()
    for field, value in fills:
        write(page.locator(field), value)
    page.get_by_role("button", name="Login").click()
    wob_done(page)


@journey("miniwob", "login_seed1", "login", "login")
def _wob_login1(page: PAGE, base: str, turn: Turn) -> None:
    wob_login(page, base, turn, 1 + 2 * turn.number)


@journey("miniwob", "login_seed2", "login", "login")
def _wob_login2(page: PAGE, base: str, turn: Turn) -> None:
    wob_login(page, base, turn, 2 + 2 * turn.number)


def wob_search(page: PAGE, base: str, turn: Turn, seed: int) -> None:
    told = wob(page, base, "search-engine", seed)
    term = re.search(r'"([^"]+)" and press', told)[1]  # type: ignore[index]
    place = int(re.search(r"click the (\d+)", told)[1])  # type: ignore[index]
    if turn.some(0.3):
        write(page.locator("#search-text"), "oops")
        page.get_by_role("button", name="Search").click()
    write(page.locator("#search-text"), term)
    page.get_by_role("button", name="Search").click()
    for _ in range((place - 1) // 3):
        page.locator("#pagination .page-link, #pagination a").filter(has_text=">").first.click()
    page.locator("#page-content .search-title, #page-content a").nth((place - 1) % 3).click()
    wob_done(page)


@journey("miniwob", "search_seed1", "search and open", "search")
def _wob_search1(page: PAGE, base: str, turn: Turn) -> None:
    wob_search(page, base, turn, 1 + 2 * turn.number)


@journey("miniwob", "search_seed4", "search and open", "search")
def _wob_search4(page: PAGE, base: str, turn: Turn) -> None:
    wob_search(page, base, turn, 4 + 2 * turn.number)


@journey("miniwob", "enter_text", "enter a text", "create")
def _wob_text(page: PAGE, base: str, turn: Turn) -> None:
    told = wob(page, base, "enter-text", 3 + turn.number)
    if turn.some(0.3):
        write(page.locator("#tt"), "hmm")
    write(page.locator("#tt"), re.search(r'"([^"]+)"', told)[1])  # type: ignore[index]
    page.get_by_role("button", name="Submit").click()
    wob_done(page)


@journey("miniwob", "checkboxes", "tick boxes", "settings")
def _wob_boxes(page: PAGE, base: str, turn: Turn) -> None:
    seed = 5 + turn.number
    told = wob(page, base, "click-checkboxes", seed)
    wanted = re.search(r"Select (.*) and click", told)[1].split(", ")  # type: ignore[index]
    while wanted == ["nothing"]:
        seed += 50
        told = wob(page, base, "click-checkboxes", seed)
        wanted = re.search(r"Select (.*) and click", told)[1].split(", ")  # type: ignore[index]
    if turn.some(0.4):
        wanted.reverse()
    for word in wanted:
        page.get_by_label(word, exact=True).check()
    page.get_by_role("button", name="Submit").click()
    wob_done(page)


# --- tiddlywiki ---


def tiddly_saved(page: PAGE) -> None:
    page.wait_for_function("() => !document.body.classList.contains('tc-dirty')", timeout=15000)


def tiddly_wander(page: PAGE, turn: Turn) -> None:
    """A look at another tiddler, closed again or not."""
    if turn.some(0.3):
        page.get_by_role("link", name="Chemicals").first.click()
        page.get_by_role("heading", name="Chemicals").wait_for()
        if turn.some(0.5):
            box = page.locator("[data-tiddler-title='Chemicals']")
            box.get_by_role("button", name="Close this tiddler").click()


def tiddly_new(page: PAGE, base: str, turn: Turn, title: str, text: str, tag: str | None) -> None:
    page.goto(base)
    tiddly_wander(page, turn)
    page.get_by_role("button", name="new tiddler").click()
    editor = page.get_by_role("region", name="Editor")
    body = editor.frame_locator("iframe").locator("textarea")
    if turn.some(0.4):
        write(body, text)
        write(editor.locator("input.tc-titlebar"), title)
    else:
        write(editor.locator("input.tc-titlebar"), title)
        write(body, text)
    if tag:
        write(editor.get_by_placeholder("tag name"), tag)
        editor.get_by_role("button", name="add", exact=True).first.click()
    page.get_by_role("button", name="Confirm changes to this tiddler").click()
    page.get_by_role("heading", name=title).wait_for()
    tiddly_saved(page)


@journey("tiddlywiki", "create_centrifuge", "create a tagged tiddler", "create")
def _tiddly_tagged(page: PAGE, base: str, turn: Turn) -> None:
    title = turn.one("Centrifuge", "Microscope", "Fume hood", "Scales")
    tiddly_new(page, base, turn, f"{title} {turn.number}", f"Runs {turn.number} times.", turn.one("lab", "todo"))


@journey("tiddlywiki", "create_note", "create a tiddler", "create")
def _tiddly_note(page: PAGE, base: str, turn: Turn) -> None:
    title = turn.one("Monday note", "Visit", "Order list")
    tiddly_new(page, base, turn, f"{title} {turn.number}", f"Order {turn.number} more gloves.", None)


def tiddly_search(page: PAGE, base: str, turn: Turn, term: str, hit: str) -> None:
    page.goto(base)
    tiddly_wander(page, turn)
    if turn.some(0.3):
        write(page.get_by_role("searchbox"), term[:4] + "zz")
    write(page.get_by_role("searchbox"), term)
    page.locator(".tc-search-results").get_by_role("link", name=hit).first.click()
    page.get_by_role("heading", name=hit).first.wait_for()


@journey("tiddlywiki", "search_goggles", "search and open", "search")
def _tiddly_goggles(page: PAGE, base: str, turn: Turn) -> None:
    tiddly_search(page, base, turn, *turn.one(("goggles", "Safety rules"), ("Pipettes", "Shopping")))


@journey("tiddlywiki", "search_ethanol", "search and open", "search")
def _tiddly_ethanol(page: PAGE, base: str, turn: Turn) -> None:
    tiddly_search(page, base, turn, *turn.one(("ethanol", "Chemicals"), ("acetone", "Chemicals")))


@journey("tiddlywiki", "edit_chemicals", "edit a tiddler", "edit")
def _tiddly_edit(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Chemicals", "Safety rules")
    page.goto(base)
    page.get_by_role("link", name=name).first.click()
    page.locator(f"[data-tiddler-title='{name}']").get_by_role("button", name="Edit this tiddler").click()
    body = page.get_by_role("region", name="Editor").frame_locator("iframe").locator("textarea")
    body.click()
    body.press("ControlOrMeta+End")
    body.press_sequentially(turn.one(" Methanol is poisonous.", " Mind the step.", " Ask first."), delay=4)
    page.get_by_role("button", name="Confirm changes to this tiddler").click()
    tiddly_saved(page)


@journey("tiddlywiki", "delete_safety", "delete a tiddler", "delete")
def _tiddly_delete(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Safety rules", "Chemicals")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(base)
    if turn.some(0.3):
        write(page.get_by_role("searchbox"), "gloves")
        page.get_by_role("searchbox").press("ControlOrMeta+a")
        page.get_by_role("searchbox").press("Delete")
    page.get_by_role("link", name=name).first.click()
    page.locator(f"[data-tiddler-title='{name}']").get_by_role("button", name="Edit this tiddler").click()
    page.get_by_role("button", name="Delete this tiddler").click()
    page.get_by_text(f"Draft of '{name}'").first.wait_for(state="detached")
    tiddly_saved(page)


# --- wagtail ---

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
    if turn.some(0.4):
        fills.reverse()
    for field, value in fills[: 1 if turn.number == 4 else 2]:
        write(field, value)
    page.get_by_role("button", name="Create").click()
    if turn.number == 4:
        page.get_by_text(re.compile("required|error", re.I)).first.wait_for()
        write(fills[1][0], fills[1][1])
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
