"""Flows and one flow, as people look at them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Shown, photograph, violations

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def titles(page: Page) -> list[str]:
    """The flows of the list."""
    return page.locator("tbody [data-row]").all_inner_texts()


def test_the_list_is_searched_and_the_address_tells_it(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Words, tags and states narrow it; the address can be shared, and back works. Keys do nothing while one types."""
    page = open_page(shown.url)
    expect(page.get_by_role("status").filter(has_text="flows")).to_have_text("6 flows")
    assert violations(page) == []
    photograph(page, "flows")
    page.keyboard.press("/")
    page.keyboard.type("jk tag:login")
    expect(page.get_by_role("heading", name="No flow is like that")).to_be_visible()
    page.get_by_role("searchbox").fill("tag:login wrong")
    expect(page.locator("tbody [data-row]")).to_have_text(["Sign in with a wrong password"])
    expect(page).to_have_url(f"{shown.url}/?q=tag%3Alogin+wrong")
    page.reload()
    expect(page.locator("tbody [data-row]")).to_have_text(["Sign in with a wrong password"])
    page.get_by_role("searchbox").fill("state:odd")
    expect(page.get_by_role("alert")).to_contain_text("state: is one of failing")


def test_a_flow_is_opened_by_keys_and_back_returns(shown: Shown, open_page: Callable[..., Page]) -> None:
    """j and k move along the rows, Enter opens, `?` lists the keys."""
    page = open_page(f"{shown.url}/?q=checkout")
    expect(page.locator("tbody [data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add 'Salt and Smoke' to the cart and check out")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("next")
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("checkout")


def test_a_step_and_its_lines_light_each_other(shown: Shown, open_page: Callable[..., Page]) -> None:
    """By the mouse, by focus, and by the address; each assertion says how many sessions saw it, and each step where its
    event lies in the log."""
    flow = shown.flow("salt", "check", "out")
    page = open_page(f"{shown.url}/flows/{flow.flow_id}?step=12")
    lit = page.locator(".code li.lit")
    expect(lit.first).to_contain_text('page.get_by_role("button", name="Place the order").click()')
    expect(lit.filter(has_text="Your order is on its way")).to_contain_text("2/2")
    expect(page.locator(".story li.lit")).to_contain_text("Click the button 'Place the order'")
    assert violations(page) == []
    photograph(page, "flow")
    page.get_by_role("button", name="Click the link 'Check out'").focus()
    expect(lit.first).to_contain_text('page.get_by_role("link", name="Check out").click()')
    page.locator(".code li", has_text='name="Add to basket"').hover()
    expect(page.locator(".story li.lit")).to_contain_text("Click the button 'Add to basket'")
    page.get_by_role("button", name="Click the link 'Check out'").click()
    expect(page).to_have_url(f"{shown.url}/flows/{flow.flow_id}?step=3")
    page.get_by_role("button", name="Where its events lie").click()
    expect(page.locator(".story .place")).to_have_text([re.compile(r"^\S*events-\d+-\d+$")] * 12)


def test_two_flows_are_merged_with_a_preview_and_parted(shown: Shown, open_page: Callable[..., Page]) -> None:
    """The preview says what moves; afterwards the flow leads to the other one, and can be parted there."""
    flow, other = shown.flow("delete", "night"), shown.flow("maps", "inner")
    page = open_page(f"{shown.url}/flows/{flow.flow_id}")
    page.get_by_label("Merge this flow into").fill("inner sea")
    page.get_by_role("button", name="Create the book").click()
    expect(page.get_by_role("heading", name="What merging does")).to_be_visible()
    expect(page.get_by_text("1 journey of this flow joins the 1 of the other.")).to_be_visible()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("belong to another flow")).to_be_visible()
    assert shown.storage.flow(flow.flow_id).merged_into == other.flow_id
    page.get_by_text("Part them again").click()
    page.get_by_role("button", name="Part", exact=True).click()
    expect(page.get_by_text("belong to another flow")).to_be_hidden()
    assert shown.storage.flow(flow.flow_id).merged_into is None
