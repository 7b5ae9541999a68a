"""The journeys of labelstudio."""

import re
from typing import Final

from bench.flows.journeys.script import PAGE, Turn, journey, sign_in, write

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
