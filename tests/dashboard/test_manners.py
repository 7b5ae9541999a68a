"""Whoever reads it: with large letters, few colours, no motion, no mouse, in their own language."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import violations
from tests.storage.samples import a_story, a_test
from tests.web.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

RING = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return at === document.body ? null : [at.outerHTML.slice(0, 80), style.outlineStyle !== "none" && seen];
}"""
"""What has the focus, and whether that can be seen; None for nothing."""
CUT_OFF = "document.documentElement.scrollWidth - innerWidth"


def filled(site: Site) -> tuple[str, ...]:
    """The addresses of all pages of a site with two flows, one of them with a test."""
    story = a_story("s", steps=())
    site.storage.put_stories([story, a_story("other", flow_key="search", title="Search for a plant")])
    test = a_test(story, steps=("Open the shop", "Click 'Sign in'"), step_lines=(1, 3), code=f"{a_test(story).code}\n")
    assert site.storage.put_test(test)
    site.metrics.note_dead_letter("unreadable", "no JSON", "events", 3, 1_234_567)
    site.metrics.lag.labels("events", "3").set(1_234_567)
    return ("/", f"/flows/{test.flow_id}?step=1", "/review", f"/review/{test.id}", "/runs", "/coverage", "/live")


def test_at_twice_the_size_nothing_is_cut_off(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """A window of 1280 px at 200 %: no page has to be moved sideways, and what has the focus is seen, from the first
    key to the last, without a mouse."""
    site = make_site()
    page = open_page(site.url, width=640, device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})
    for path in filled(site):
        page.goto(site.url + path)
        expect(page.locator("main h1").first).to_be_attached()
        expect(page.get_by_text("Loading")).to_have_count(0)
        assert page.evaluate(CUT_OFF) <= 0, path
        page.keyboard.press("Tab")
        reached = 0
        while found := page.evaluate(RING):
            assert found[1], (path, found[0])
            page.keyboard.press("Tab")
            reached += 1
        assert reached > 8, path


def test_with_few_colours_nothing_is_lost(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """What is lit, chosen or drawn differs from what is not by more than a shade that the reader's colours replace."""
    site = make_site()
    flows, flow, *_, coverage, _ = filled(site)
    page = open_page(site.url + flow, forced_colors="active")
    lit = page.locator(".story li.lit")
    expect(lit).to_have_css("outline-style", "solid")
    expect(page.locator(".story li:not(.lit)").first).to_have_css("outline-style", "none")
    page.goto(site.url + flows)
    expect(page.locator("nav [aria-current]")).to_have_css("outline-style", "solid")
    page.goto(site.url + coverage)
    drawn = page.locator(".days")
    expect(drawn).to_be_visible()
    colours = page.evaluate(
        "[...'some other people'.split(' ')].map((name) => { const at = getComputedStyle(document.querySelector("
        "`.days .${name}`)); return name === 'people' ? at.stroke : at.fill; })"
    )
    assert len({*colours, page.evaluate("getComputedStyle(document.body).backgroundColor")}) == len(colours) + 1
    assert violations(page) == []


@pytest.mark.parametrize(("locale", "written"), [("de-DE", "1.234.567"), ("en-IN", "12,34,567")])
def test_numbers_are_written_as_the_reader_writes_them(
    make_site: Callable[..., Site], open_page: Callable[..., Page], locale: str, written: str
) -> None:
    """As the browser says, whatever the server's own language is."""
    site = make_site()
    *_, live = filled(site)
    page = open_page(site.url + live, locale=locale)
    expect(page.locator(".figure", has_text="messages to go")).to_contain_text(written)


def test_who_asks_for_no_motion_gets_none(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """Neither transitions nor animations."""
    site = make_site()
    page = open_page(f"{site.url}{filled(site)[0]}")
    button = page.get_by_role("button", name="Keys")
    expect(button).to_have_css("transition-duration", "0s")
    page.emulate_media(reduced_motion="no-preference")
    expect(button).not_to_have_css("transition-duration", "0s")
