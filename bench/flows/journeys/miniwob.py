"""The journeys of miniwob."""

import re

from bench.flows.journeys.script import PAGE, Turn, journey, write


def wob(page: PAGE, base: str, task: str, seed: int) -> str:
    page.goto(f"{base}/miniwob/{task}.html?seed={seed}")
    page.locator("#sync-task-cover").click()
    page.locator("#sync-task-cover").wait_for(state="hidden")
    return str(page.locator("#query").inner_text())


def wanted_by(pattern: str, told: str) -> str:
    """The part of the task's words that the pattern catches. Raises LookupError where the task says something else."""
    hit = re.search(pattern, told)
    if hit is None:
        raise LookupError(f"the task has no {pattern}: {told}")
    return hit[1]


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
    term = wanted_by(r'"([^"]+)" and press', told)
    place = int(wanted_by(r"click the (\d+)", told))
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
    write(page.locator("#tt"), wanted_by(r'"([^"]+)"', told))
    page.get_by_role("button", name="Submit").click()
    wob_done(page)


@journey("miniwob", "checkboxes", "tick boxes", "settings")
def _wob_boxes(page: PAGE, base: str, turn: Turn) -> None:
    seed = 5 + turn.number
    while (told := wanted_by(r"Select (.*) and click", wob(page, base, "click-checkboxes", seed))) == "nothing":
        seed += 50
    wanted = told.split(", ")
    if turn.some(0.4):
        wanted.reverse()
    for word in wanted:
        page.get_by_label(word, exact=True).check()
    page.get_by_role("button", name="Submit").click()
    wob_done(page)
