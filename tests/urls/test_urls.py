"""Addresses mean here what they mean in a browser."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright

from pipeline.codegen.actions import Writer
from pipeline.codegen.project.conftest_file import Wanted, conftest
from pipeline.codegen.test_writer import writer_for
from pipeline.semantics.urls import join, origin, parse, parse_any, without_user
from schemas.stories import GotoStep
from tests.codegen.by_hand import at, base, story

SHOP: Final = "http://shop.test"
SCHEMES = ("", "http:", "https:", "HTTP:", "hTTps:", "javascript:", "data:", "blob:", "file:", "ftp:", "about:", "x:")
SLASHES = ("", "/", "//", "///", "////", "\\", "\\\\", "/\\", "\\/", "/\t/", "\n//", " //", "/./", "/.//", "/%2f/")
USERS = ("", "ann@", "ann:pw@", ":@", "a@b@", "shop.test:80@", "shop.test\\@", "%40@", "@")
HOSTS = (
    *("evil.test", "EVIL.test", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:1.2.3.4]", "localhost"),
    *("bücher.test", "xn--bcher-kva.test", "ＥＶＩＬ.test", "evil。test", "evil.test.", "e\tvil.test", "e vil.test"),
    *("", "..", "%65vil.test", "shop.test", "shop.test.evil.test", "a_b.test"),
)  # fmt: skip
PORTS = ("", ":", ":80", ":443", ":8000", ":65536", ":08", ":x", ":\t80")
ENDS = (
    *("", "/", "/login", "\\login", "/a/../b", "/a/..\\..\\b", "//evil.test/x", "/\\evil.test", "/a b", "/ü"),
    *("/%2e%2e/b", "/.", "/a/./"),
    *("?next=//evil.test", "?q=ü'\"<", "#/route", "#a b", "/;x=1", "/a\tb\n", "\0", "/\u2028"),
    *("?", "#", "/x?#"),
)  # fmt: skip
ADDRESSES = st.tuples(*map(st.sampled_from, (SCHEMES, SLASHES, USERS, HOSTS, PORTS, ENDS))).map("".join) | st.text(
    st.characters(exclude_categories=()) | st.sampled_from("/\\:@?#.%\t\n[]"), max_size=30
)
ASK: Final = """([text, base]) => {
  let url;
  try { url = new URL(text, base ?? undefined); } catch { return null; }
  return [url.protocol, url.host, url.pathname, url.search, url.hash, url.origin, url.href];
}"""


@pytest.fixture(scope="module")
def page(chromium_path: str) -> Iterator[Page]:
    """An empty page of a real Chromium, which says how it reads addresses."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()


def asked(page: Page, text: str, base: str | None = None) -> list[str] | None:
    """`new URL(text, base)`: protocol, host, path, query, fragment, origin, all of it; None where there is none."""
    sayable = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    found: list[str] | None = page.evaluate(ASK, [sayable, base])
    # Chromium lets a blank or a bracket into a host, as `%20`: no such host can be had, and the standard refuses it.
    return None if found is not None and "%" in found[1] else found


def same(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether they differ at most in what is written as `%7C`: Chromium does so with more characters than the standard
    asks for."""
    return tuple(map(unquote, ours)) == tuple(map(unquote, theirs))


BROWSER = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.mark.slow
@BROWSER
@given(ADDRESSES)
def test_what_is_parsed_is_what_chromium_parses(page: Page, text: str) -> None:
    """For any text, Chromium's `new URL` and ours agree whether it is a web address, and on each of its parts."""
    theirs, ours = asked(page, text), parse(text)
    web = theirs is not None and theirs[0] in ("http:", "https:")
    assert bool(ours is not None and ours.origin) == web, (text, theirs, ours)
    assert origin(text) == (theirs[5] if web and theirs else "")
    if web and theirs is not None and ours is not None:
        protocol, host, path, query, fragment, *_ = theirs
        assert (f"{ours.scheme}:", ours.host) == (protocol, host)
        assert same((ours.path, ours.query, ours.fragment), (path, query[1:], fragment[1:]))


@pytest.mark.slow
@BROWSER
@given(ADDRESSES, st.sampled_from([SHOP, "https://shop.test:8443/a/b?c#d", "http://u:p@shop.test/x/"]))
def test_what_is_joined_is_what_chromium_joins(page: Page, text: str, here: str) -> None:
    """A link on a page leads where Chromium says that it leads."""
    theirs = asked(page, text, here)
    if theirs is not None and theirs[0] in ("http:", "https:"):
        assert same((join(here, text),), (theirs[6],))
        assert origin(join(here, text)) == theirs[5]


@pytest.mark.slow
@BROWSER
@given(ADDRESSES)
def test_what_a_test_opens_is_the_recorded_place(page: Page, text: str) -> None:
    """`goto` gets an address that, opened on whatever the base URL is, stays there where the recording was on the app's
    own site, and else leads to the origin that Chromium reads in it; never to another scheme."""
    text = text.encode("utf-8", "replace").decode()  # no recorded text has half a character
    step = GotoStep(url=text, **base(at("/")))
    writer: Writer = writer_for(story(GotoStep(url=f"{SHOP}/", **base(at("/"))), step))
    opened = asked(page, writer.place(text), "https://staging.test:8443/app")
    recorded = asked(page, text)
    elsewhere = recorded is not None and recorded[0] in ("http:", "https:") and recorded[5] != SHOP
    assert opened is not None
    assert opened[5] == (recorded[5] if elsewhere and recorded else "https://staging.test:8443")
    if recorded is not None and not elsewhere and recorded[5] == SHOP:
        assert same((opened[2],), (recorded[2],))


@given(ADDRESSES, ADDRESSES)
def test_an_exported_project_tells_origins_apart_as_we_do(one: str, other: str) -> None:
    """For addresses as a browser spells them, which the frames of a page have."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"fill_credential"})), "conftest", "exec"), scope)
    first, second = (parse(text) for text in (one, other))
    if first is not None and second is not None:
        spelled = [f"{found.scheme}://{found.host}{found.path}" for found in (first, second)]
        mine = [scope["origin_of"](address) for address in spelled]
        assert [bool(one) for one in mine] == [bool(found.origin) for found in (first, second)]
        assert (mine[0] == mine[1]) == (first.origin == second.origin)


@pytest.mark.parametrize(
    "named", ["HTTPS://Bücher.test:443/path", "https://xn--bcher-kva.test", "https://u:p@BÜCHER.test/"]
)
def test_an_origin_may_be_named_as_people_write_it(named: str) -> None:
    """In capitals, with the port that goes without saying, in its own script."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"fill_credential"})), "conftest", "exec"), scope)
    assert scope["origin_of"](named) == scope["origin_of"](origin(named))


def test_a_path_of_two_slashes_stays_a_path() -> None:
    """What browsers read as `http://shop.test//evil.test/login` leads to that path of any site, not to evil.test."""
    found = parse(f"{SHOP}/\\evil.test/login")
    assert found is not None
    assert (found.origin, found.path) == (SHOP, "//evil.test/login")
    assert join("http://staging.test/", found.relative) == "http://staging.test//evil.test/login"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("http://ann:secret@shop.test/a", "http://shop.test/a"),
        ("http:\\\\ann:secret@shop.test/a", "http://shop.test/a"),
        ("http:/ann:secret@shop.test/a", "http://shop.test/a"),
        ("//ann:secret@shop.test/a", "http://shop.test/a"),
        ("ftp://ann@files.test/", "ftp://files.test/"),
        ("http://shop.test/@ann?mail=a@b.test", "http://shop.test/@ann?mail=a@b.test"),
        ("mailto:ann@shop.test", "mailto:ann@shop.test"),
        ("ann@shop.test", "ann@shop.test"),
    ],
)
def test_a_users_name_and_password_are_taken_out(text: str, bare: str) -> None:
    """However they were written before the host."""
    assert without_user(text) == bare


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("/login?x=1#y", ("", "", "/login", "x=1", "y")),
        ("//other.test/a", ("", "other.test", "/a", "", "")),
        ("not an address", ("", "", "not an address", "", "")),
        ("file:///tmp/a", ("file", "", "/tmp/a", "", "")),
        ("http://shop.test", ("http", "shop.test", "/", "", "")),
    ],
)
def test_what_has_no_host_counts_as_a_part_of_some_site(text: str, parts: tuple[str, ...]) -> None:
    """Addresses of events may be paths alone, or no addresses."""
    found = parse_any(text)
    assert (found.scheme, found.host, found.path, found.query, found.fragment) == parts
