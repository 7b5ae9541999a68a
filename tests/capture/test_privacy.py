"""Secrets and masked regions never leave the page, not even where the page itself repeats them."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from schemas.elements import ByTestId
from schemas.events import Event
from tests.capture.site import END, Site
from tests.capture.test_actions import actions
from tests.capture.told import until_told

pytestmark = pytest.mark.slow
Record = Callable[[str, Callable[[Page], None]], list[Event]]


def fill_all(page: Page) -> None:
    page.get_by_label("User").press_sequentially("ada")
    page.get_by_label("Password").press_sequentially("hunter22!")
    page.get_by_label("Code").press_sequentially("482913")
    page.get_by_label("Card").press_sequentially("4111 1111 1111 1111")
    page.get_by_label("Number").press_sequentially("5500005555555559")
    page.get_by_label("Diary").press_sequentially("dear diary")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Hello ada").wait_for()


def test_secrets_are_not_sent(record: Record, site: Site) -> None:
    """Passwords, codes, card numbers and masked fields arrive as what they are, without their text, ever."""
    events = record("secrets.html", fill_all)
    fills = [one for one in events if one.kind == "fill"]
    assert [(one.value.text, one.value.secret) for one in fills] == [
        ("ada", None),
        ("", "password"),
        ("", "otp"),
        ("", "card"),
        ("", "card"),
        ("", "masked"),
    ]
    assert len({one.value.token for one in fills[1:]}) == 5
    told = site.told()
    assert "Hello ada" in told
    for secret in ("hunter22!", "482913", "4111", "5500005555555559", "dear diary", "Private words"):
        assert secret not in told, secret


CHECKED = """<!doctype html><html lang="en"><head><title>Pay</title></head><body>
<label>Reference <input id="ref"></label><script>
ref.oninput = () => {
  if (ref.value.length < 18) return;
  const ways = ["%20" + encodeURIComponent(ref.value), ref.value.replaceAll(" ", "+")];
  for (const told of ways) fetch("/api/check?v=" + told);
};
</script></body></html>"""


def test_a_number_of_a_card_in_an_address(page: Page, site: Site) -> None:
    """A plain field into which a card's number was typed is known by its value alone; no request tells it, however it
    writes the blanks, nor while the user is still there."""
    site.pages["/checked.html"] = (CHECKED, "text/html", {})
    page.goto(f"{site.url}/checked.html")
    page.get_by_label("Reference").press_sequentially("3400 0000 0000 009")
    until_told(page, site, "request", 2)
    page.evaluate(END)
    assert len(site.kind("request")) == 2
    for told in (site.told(), site.told().replace("%20", ""), site.told().replace("+", "")):
        assert "340000000000009" not in told


def test_examples_in_a_placeholder_name_no_secret(record: Record) -> None:
    """A list of what could be typed ("e.g. Bank, Credit Card") doesn't make the field one for card numbers."""
    events = record("secrets.html", lambda page: page.get_by_label("Kind").press_sequentially("Savings"))
    assert [(one.value.text, one.value.secret) for one in events if one.kind == "fill"] == [("Savings", None)]


def test_page_that_repeats_a_secret(record: Record, site: Site) -> None:
    """The effect tells the page's greeting with the password taken out of it."""
    events = record("secrets.html", fill_all)
    texts = [change.element.text for one in events if one.kind == "effect" for change in one.changes]
    assert "Hello ada, you typed •••" in texts


def test_secret_that_the_page_shows(record: Record, site: Site) -> None:
    """A demo password on the page: the fill tells where it stands and the words around it, not the password."""
    events = record("secrets.html", lambda page: page.get_by_label("Password").press_sequentially("open-sesame-7"))
    (fill,) = [one for one in events if one.kind == "fill"]
    shown = fill.value.shown_in
    assert shown is not None
    assert shown.candidates
    assert "open-sesame-7" not in site.told()


def test_words_that_happen_to_be_the_secret_tell_nothing(record: Record, site: Site) -> None:
    """A password that is a common word stands on many pages: saying where would tell it."""
    events = record("secrets.html", lambda page: page.get_by_label("Password").press_sequentially("Diary"))
    (fill,) = [one for one in events if one.kind == "fill"]
    assert fill.value.shown_in is None


def test_equal_secrets_have_equal_tokens(record: Record) -> None:
    """Two fields with the same secret can be told to be equal."""

    def do(page: Page) -> None:
        page.get_by_label("Password").press_sequentially("hunter22!")
        page.get_by_label("Diary").press_sequentially("x")
        page.get_by_label("Number").press_sequentially("hunter22!")

    first, diary, again = [one.value for one in record("secrets.html", do) if one.kind == "fill"]
    assert (again.secret, again.token) == ("password", first.token)
    assert diary.token != first.token


def test_masked_region_has_no_texts(record: Record, site: Site) -> None:
    """A button in a masked region is told without its words."""
    events = record("secrets.html", lambda page: page.get_by_role("button", name="Read Bob").click())
    (click,) = [one for one in events if one.kind == "click"]
    assert click.target.masked
    assert (click.target.name, click.target.text) == (None, None)
    assert "Bob" not in site.told()


def test_mask_all_sends_structure_only(record: Record, site: Site) -> None:
    """With data-mask="all" there is no value and no free text in what is sent, and still a way to find each element."""

    def do(page: Page) -> None:
        page.get_by_label("Diagnosis").press_sequentially("a cold")
        page.get_by_label("Ward").select_option("w2")
        page.get_by_test_id("save").click()

    events = record("masked.html?patient=Miller", do)
    told = site.told()
    for word in ("Miller", "Diagnosis", "a cold", "South", "w2"):
        assert word not in told, word
    click = next(one for one in events if one.kind == "click")
    assert ByTestId(value="save") in [one.locator for one in click.target.candidates]
    assert [one.kind for one in events if one.kind in {"fill", "select", "click"}] == ["fill", "select", "click"]


def test_fields_beside_a_password_are_marked(record: Record) -> None:
    """The user name of a sign-in form says that it stands beside a password."""
    events = record("secrets.html", lambda page: page.get_by_label("User").press_sequentially("ada"))
    (fill,) = [one for one in events if one.kind == "fill"]
    assert fill.target.in_password_form


def test_secret_in_an_address(page: Page, site: Site, record: Record) -> None:
    """A page that puts the password into the next address: it is in none of the addresses that are told."""

    def do(page: Page) -> None:
        page.get_by_label("Password").press_sequentially("hunter/22!")
        page.evaluate("location.href = '/other.html?pw=' + encodeURIComponent('hunter/22!') + '&x=1'")
        page.get_by_role("heading", name="The other page").wait_for()

    record("secrets.html", do)
    told = site.told()
    assert "hunter" not in told
    assert "x=1" in told


@pytest.mark.parametrize(
    ("driven", "said", "traffic"),
    [(True, None, "test"), (False, None, None), (True, "real", "real"), (False, "test", "test"), (False, "odd", None)],
)
def test_whose_traffic_it_is(
    browser: Browser, site: Site, capture_js: str, driven: bool, said: str | None, traffic: str | None
) -> None:
    """What the page says counts; else a browser that a program drives is a tester's, and of others nothing is said."""
    context = browser.new_context()
    told = json.dumps({"endpoint": site.endpoint, "app": "pages", "traffic": said})
    hides = "" if driven else "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });"
    context.add_init_script(script=f"{hides} window.JOURNEYWRIGHT = {told};\n{capture_js}\n")
    page = context.new_page()
    page.goto(f"{site.url}/form.html")
    page.evaluate(END)
    context.close()
    assert {event.traffic for event in site.events()} == {traffic}


def test_words_around_a_masked_part_still_find_the_element(record: Record, site: Site) -> None:
    """A row with a masked cell has a hole in its name; the title, ids and answers of the page don't say the cell."""
    events = record("marked.html", lambda page: page.get_by_role("button", name="Change").click())
    (click,) = [one for one in events if one.kind == "click"]
    assert [one.name for one in click.target.ancestors if one.role == "row"] == ["••• Gold Change"]
    texts = [change.element.text for one in events if one.kind == "effect" for change in one.changes]
    assert "Saved •••" in texts
    assert not {"jane", "roe"} & set(re.findall(r"[a-z]+", site.told().lower()))


def test_plain_words_of_masked_controls_may_stand_elsewhere(record: Record) -> None:
    """A masked "Edit" takes nothing from another button of that name, nor from what the page says in such words."""
    events = record("marked.html", lambda page: page.get_by_role("button", name="Edit").last.click())
    (click,) = [one for one in events if one.kind == "click"]
    assert (click.target.name, click.target.masked) == ("Edit", False)
    texts = [change.element.text for one in events if one.kind == "effect" for change in one.changes]
    assert "Ready to Reschedule" in texts


@pytest.mark.parametrize("kind", ['type="hidden" name="title"', 'autocomplete="username" tabindex="-1"'])
def test_a_field_for_the_page_itself_is_not_named_by_what_stands_before_it(record: Record, kind: str) -> None:
    """A message about passwords before it makes no secret of its value, which addresses and names may hold: neither of
    a hidden field nor of the login name that stands beside a password for the browser's own list of passwords."""

    def do(page: Page) -> None:
        page.evaluate(
            """(kind) => document.body.insertAdjacentHTML('afterbegin',
            '<form id="orchardForm"><p>Incorrect password entered.</p>' +
            `<input ${kind} value="Special:Orchard">` +
            '<label>Login <input name="who"></label></form>')""",
            kind,
        )
        page.evaluate("history.pushState({}, '', '?title=Special:Orchard')")
        page.get_by_label("Login").press_sequentially("Ada")

    (fill,) = actions(record("form.html", do))
    assert "Special:Orchard" in fill.page.url
    assert "orchardForm" in str(fill.target)


def test_a_box_that_looks_things_up_is_no_password(record: Record) -> None:
    """Widgets ask for a new password only to keep browsers quiet; one that is called a password is one all the same."""

    def do(page: Page) -> None:
        page.get_by_label("Country").press_sequentially("Norway")
        page.get_by_label("Password").press_sequentially("hunter22!")

    fills = [one.value for one in record("marked.html", do) if one.kind == "fill"]
    assert [(one.text, one.secret) for one in fills] == [("Norway", None), ("", "password")]


LINKED = """<!doctype html><title>People</title><div data-mask><a href="/people?who=Quimtrax+Zorablin">Open</a></div>
<button onclick="said.textContent = 'Hello Quimtrax Zorablin'">Show</button><p id="said"></p>"""


def test_what_a_masked_link_asks_for_is_withheld(page: Page, site: Site) -> None:
    """The values in a masked link's address are told nowhere else either."""
    site.pages["/linked.html"] = (LINKED, "text/html; charset=utf-8", {})
    page.goto(f"{site.url}/linked.html")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Hello").wait_for()
    page.evaluate(END)
    assert "Hello" in site.told()
    assert not re.search("Quimtrax|Zorablin", site.told())
