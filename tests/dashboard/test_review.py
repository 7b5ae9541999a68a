"""Review: a person's work, done with the keyboard alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Shown, photograph, violations

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def codes_put_back(shown: Shown) -> Iterator[None]:
    """The machine is that of other tests too, and may write more tests meanwhile: what was edited says again what it
    said before."""
    before = {stored.test.id: stored.code for stored in shown.storage.tests().items}
    yield
    for stored in shown.storage.tests().items:
        if stored.code != before.get(stored.test.id, stored.code):
            shown.storage.save_edit(stored.test.id, before[stored.test.id], None)


def test_the_failing_checkout_is_found_understood_edited_and_approved(
    shown: Shown, open_page: Callable[..., Page]
) -> None:
    """By keys alone: search, open, see why and where it fails, edit with the server's checks, save, approve; then the
    next one is shown. The server has all of it."""
    flow = shown.flow("salt", "check", "out")
    assert flow.test_id is not None
    page = open_page(shown.url)
    expect(page.locator("tbody [data-row]").first).to_have_text(flow.title)  # what fails comes first
    page.keyboard.press("/")
    page.keyboard.type("state:failing checkout")
    expect(page.locator("tbody [data-row]")).to_have_text([flow.title])
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(flow.title)
    page.keyboard.press("e")
    expect(page.get_by_role("region", name="Why it fails")).to_contain_text(
        "Step 12, Click the button 'Place the order'"
    )
    expect(page.locator(".code li.broke")).to_contain_text('name="Place the order"')
    expect(page.locator(".code li", has_text="expect(").last).to_contain_text("notices missing text, server error")
    assert violations(page) == []
    photograph(page, "review")
    page.keyboard.press("e")
    text = page.get_by_role("textbox", name="The test's code")
    expect(text).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("    page.wait_for_timeout(")
    expect(page.get_by_text("'(' was never closed")).to_be_visible()
    assert violations(page) == []
    photograph(page, "edit")
    page.keyboard.type("1000)")
    page.keyboard.press("Control+Home")
    page.keyboard.type("# by hand")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a fixed wait is too short on some days")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()  # at the top of the page, where one can go on
    assert page.evaluate("scrollY") == 0
    reasons = page.locator(".code li", has_text="seen by")
    expect(reasons.first).to_contain_text("expect(")  # each where its assertion is now
    expect(reasons.filter(has_not_text="expect(")).to_have_count(0)
    expect(page.get_by_role("button", name="What changed")).to_be_enabled()
    page.keyboard.press("d")
    expect(page.locator(".diff li.new")).to_contain_text(["# by hand", "page.wait_for_timeout(1000)"])
    assert violations(page) == []
    waiting = page.get_by_role("link", name="to look at")
    before = waiting.inner_text()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(flow.title)
    expect(page.get_by_role("status").filter(has_text=f"Approved: {flow.title}")).to_be_visible()
    expect(waiting).not_to_have_text(before)
    expect(page.get_by_role("main")).to_be_focused()
    stored = shown.storage.test(flow.test_id)
    assert stored is not None
    assert stored.saved
    assert "page.wait_for_timeout(1000)" in stored.code
    assert shown.storage.decisions(flow.test_id)[0].decision == "approve"
    assert stored.state == "reviewed"


def test_back_from_a_flow_the_keys_go_on_from_its_row(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Whoever works through a list by keys keeps the place in it; a page that is opened begins at its beginning."""
    page = open_page(shown.url)
    rows = page.locator("tbody [data-row]")
    expect(rows.first).to_be_visible()
    for _ in range(3):
        page.keyboard.press("j")
    third = rows.nth(2).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(third)
    expect(page.get_by_role("main")).to_be_focused()
    page.go_back()
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(3)).to_be_focused()


def test_a_test_is_rejected_with_a_reason(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Without a reason it isn't; the reason is shown with the other decisions."""
    flow = shown.flow("wrong", "password")
    assert flow.test_id is not None
    page = open_page(f"{shown.url}/review/{flow.test_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with a wrong password")
    page.keyboard.press("r")
    page.keyboard.type("an a is no approval while one types")
    page.get_by_label("Why is it rejected?").fill("")
    expect(page.get_by_role("button", name="Reject", exact=True)).to_be_disabled()
    page.get_by_label("Why is it rejected?").fill("covered by another one")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in with a wrong password")
    page.goto(f"{shown.url}/review/{flow.test_id}")
    expect(page.get_by_text("covered by another one")).to_be_visible()
    assert shown.storage.decisions(flow.test_id)[0].decision == "reject"


def test_an_edit_over_another_persons_is_refused(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Nothing is lost: the text stays in the editor, and the page says what to do."""
    flow = shown.flow("maps", "inner")
    assert flow.test_id is not None
    page = open_page(f"{shown.url}/review/{flow.test_id}")
    page.get_by_role("button", name="Edit").click()
    text = page.get_by_role("textbox", name="The test's code")
    expect(text).to_be_focused()
    shown.storage.save_edit(flow.test_id, "def test_it(page):\n    expect(page)\n", None)
    page.keyboard.type("# mine\n")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("changed this test since you opened it")
    expect(text).to_contain_text("# mine")


def test_the_queue_has_what_asks_for_a_person(shown: Shown, open_page: Callable[..., Page]) -> None:
    """And the frame counts it."""
    page = open_page(f"{shown.url}/review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")
    expect(page.locator("tbody [data-row]").first).to_be_visible()
    count = page.locator("tbody [data-row]").count()
    expect(page.get_by_role("link", name=f"Review {count} to look at")).to_be_visible()
    assert violations(page) == []
