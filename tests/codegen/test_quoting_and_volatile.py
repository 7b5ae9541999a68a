"""Captured text as literals, patterns and selectors; what in texts and addresses will be different next time."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codegen import addresses
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.quoting import css_string, escaped, is_plain, pattern_of, quoted, quoted_pattern
from pipeline.semantics import generated

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text("\"'\\\n\r\0{}()[]\u202e\ud800;#", max_size=20)


@given(ANY_TEXT)
def test_a_quoted_text_is_one_literal_of_the_same_value(text: str) -> None:
    """Whatever the text, its literal has nothing that can't be seen, is on one line, and evaluates to the text."""
    literal = quoted(text)
    assert literal.isprintable()
    assert all(map(is_plain, literal))
    assert len(literal.splitlines()) == 1
    assert ast.literal_eval(literal) == text


@given(ANY_TEXT | ANY_TEXT.map(escaped))
def test_a_pattern_is_one_literal_of_the_same_value(text: str) -> None:
    """As for a text; a raw literal stands where it says the same."""
    literal = quoted_pattern(text)
    assert all(map(is_plain, literal))
    assert len(literal.splitlines()) == 1
    assert ast.literal_eval(literal) == text


def test_a_pattern_reads_as_people_write_it() -> None:
    """It is a raw text, and nothing is escaped twice."""
    assert quoted_pattern("(a|b)") == 'r"(a|b)"'
    assert quoted_pattern(r"/orders/\d+") == r'r"/orders/\d+"'
    assert quoted_pattern("a\\") == r'"a\\"'


@pytest.mark.parametrize(
    "text", ["£24.10", "田中 さくら", "Grüße …", "Привет", "5 m²", "हिन्दी", "→ 3 €", "Ελλάδα", "«ça»", "👍"]
)
def test_texts_stand_in_literals_as_people_see_them(text: str) -> None:
    """Letters of all scripts, currencies, arrows and pictures need no escapes."""
    assert quoted(text) == f'"{text}"'


@pytest.mark.parametrize(
    "text", ["a\u202eb", "p\u0430ypal", "\uff50age", "a\u200bb", "x\u0301", "שלום", "a\u00a0b", "\ue001"]
)
def test_what_deceives_is_escaped(text: str) -> None:
    """Marks that turn the line, letters of another script in a Latin word, what looks like ASCII, what isn't seen."""
    assert quoted(text).isascii()


@given(ANY_TEXT)
def test_an_escaped_text_matches_itself(text: str) -> None:
    """The regular expression for a text matches this text, and needs no flags."""
    assert re.fullmatch(escaped(text), text)


@given(ANY_TEXT)
def test_a_css_string_never_ends_early(text: str) -> None:
    """No text can close the quotes of its CSS string or break its line."""
    inner = css_string(text)[1:-1]
    assert re.fullmatch(r"(?:\\[0-9a-f]{1,6} |[^\"\\\n\r\f])*", inner)


@pytest.mark.parametrize(
    "text",
    [
        "Last modified: 2025/11/23 06:14",
        "saved 2 minutes ago",
        "Updated just now",
        "budget.csv51m agonotes.md",
        "23 Nov 2025",
        "November 23, 2025 at 6:14 PM",
        "November November 2026",
        "took 0.21 seconds",
        "Session 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "build 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "Listening on http://127.0.0.1:8123",
        "© 2025 Acme",
        "Memory 21.02 GB",
        "notes.md 512 bytes",
        "272 B",
        "Version 4",
        "Now at revision 12",
        "Files are kept in /srv/pads/data",
        "Config: /home/ada/.config/app.toml",
        "12.5 % busy",
        "Sent 3.2 kB/s",
        "2 msgs/s",
        "0 B/s",
        "1.4 Mbit/s",
        "0 Mb/s",
        "Aliases: 8 / Unlimited",
        "9 / ∞",
        "Down 93.7 Mbps",
        "47.2 °C",
        "−3 °F",
        "2.4 GHz",
        "1180 RPM",
        "< 1m",
        "2h 5m",
        "1 d, 3 h, 12 min",
        "Worker pid 4711",
        "Opened 1z1ve3bf",
        "Order 100001: confirmation",
        "12. März 2025",
        "3 de mayo de 2025",
        "vor 5 Minuten",
        "hace 2 horas",
        "2025年3月2日",
        "1 a.m.",
        "10 PM",
        "now · dora",
        "[SUP-417] The lamp",
        "SUP-417: The lamp",
        "Add folder (pvehx-vckrt)",
        "Manage Components (7)",
        "100%",
    ],
)
def test_what_changes_from_run_to_run_is_volatile(text: str) -> None:
    """Dates, times, ages, durations, ids, hashes and addresses of the machine are volatile."""
    assert generated.is_volatile(text)


@pytest.mark.parametrize(
    "text",
    [
        "1-3 of 3 pages",
        "20 % off",
        "/doc/usage",
        "Last reward: 1.00",
        "Spin at 3000 rpm for 5 minutes.",
        "Order 12",
        "A 2.4 GHz antenna",
        "45 m",
        "< 1 mile",
        "Bake at 180 °C",
        "Monday note",
        "$ 12.50",
        "1 amber lamp",
        "Do it now",
        "UTF-8 text",
        "Notes (read-only)",
        "Notes (first draft)",
        "Cart (1)",
        "Trees (2 of 3)",
    ],
)
def test_data_is_not_volatile(text: str) -> None:
    """Numbers, prices and words that are data stay."""
    assert not generated.is_volatile(text)


@pytest.mark.parametrize("text", ["November", "Nov", "Monday", "Tue"])
def test_a_month_or_day_alone_is_of_its_time(text: str) -> None:
    """What a calendar shows today it won't show next month; as a part of other words it is a word."""
    assert generated.is_volatile(text)
    assert not generated.is_volatile(text, fixed=(text,))
    assert not generated.is_volatile(f"{text} plan")


def test_what_the_user_typed_is_never_volatile() -> None:
    """A date that the story itself typed may be asserted back."""
    assert generated.is_volatile("Due 2031-05-06")
    assert not generated.is_volatile("Due 2031-05-06", ("2031-05-06",))


def test_of_a_folder_only_what_was_typed_is_fixed() -> None:
    """The name that the user gave stays, the place in the server's file system does not; one typed whole stays."""
    cut = generated.parts("/home/ada/Recipes", ("Recipes",))
    assert [(part.text, part.pattern is None) for part in cut] == [("/home/ada/", False), ("Recipes", True)]
    assert not generated.is_volatile("/home/ada/Recipes", ("/home/ada/Recipes",))


def test_the_pattern_of_a_text_keeps_its_fixed_parts() -> None:
    """Volatile parts become wildcards inside and are cut off at the ends."""
    cut = generated.parts("team/roadmap.txt · Last modified: 2025/11/23 06:14 by bob")
    assert re.search(pattern_of(cut), "team/roadmap.txt · Last modified: 1999/01/02 10:00 by bob")
    assert not re.search(pattern_of(cut), "team/roadmap.txt · Last modified: 1999/01/02 10:00 by ann")


def test_an_address_keeps_its_words_and_templates_new_ids() -> None:
    """Ids in the path become patterns, unless the story opened that address itself; tokens never stay."""
    home = "http://127.0.0.1:9000"
    flag = addresses.address(home + "/status/17?edit", frozenset())
    assert flag is not None
    assert flag.holds_at(home + "/status/19?edit")
    assert re.search(flag.place, home + "/status/19?edit")
    assert not re.search(flag.place, home + "/status/19?editor")
    plain = addresses.address(home + "/projects/?q=red", frozenset())
    assert plain is not None
    assert (plain.text, plain.path) == ("/projects/?q=red", "/projects/")
    made = addresses.address(home + "/projects/17/data?tab=4", frozenset())
    assert made is not None
    assert made.text is None
    assert re.search(made.pattern, home + "/projects/99/data?tab=8")
    assert not re.search(made.pattern, home + "/projects/99/database")
    known = addresses.address(home + "/projects/17", addresses.segments_of(home + "/projects/17/edit"))
    assert known is not None
    assert known.text == "/projects/17"
    assert addresses.relative(home + "/?id=start&sectok=abc&x=1#top") == "/?id=start&x=1#top"
    routed = addresses.address(home + "/#/email/1z1ve3bf", frozenset())
    assert routed is not None
    assert routed.holds_at(home + "/#/email/9k2ab7cd")
    assert not routed.holds_at(home + "/#/settings")
    letters = addresses.address(home + "/#/email/1naaxysz", frozenset())
    assert letters is not None
    assert letters.holds_at(home + "/#/email/kee1gxxi")
    withheld = addresses.address(home + "/token/withheld?for=withheld#withheld", frozenset({"withheld"}))
    assert withheld is not None
    assert withheld.text is None
    assert withheld.holds_at(home + "/token/OATH0001?for=x#y")
    glued = addresses.address(home + "/tracker/issue15", frozenset())
    assert glued is not None
    assert re.search(glued.pattern, home + "/tracker/issue7")
    assert not re.search(glued.pattern, home + "/tracker/user7")


@pytest.mark.parametrize(
    ("recorded", "pattern"),
    [
        ("/contacts/17", r"/contacts/\d+$"),
        ("/contacts/17?tab=4", r"/contacts/\d+(\?|$)"),
        ("/contacts/17#", r"/contacts/\d+(#|$)"),
        ("/contacts/17/?", r"/contacts/\d+/(\?|$)"),
        ("/contacts/?", r"/contacts/(\?|$)"),
        ("/wiki?id=start&sectok=abc&do=login", r"/wiki\?.*\bid=start\b.*\bdo=login\b"),
        ("/#/email/1z1ve3bf", r"/#/email/[^/]+([?/]|$)"),
    ],
)
def test_the_pattern_of_an_address_is_one_that_a_person_would_write(recorded: str, pattern: str) -> None:
    """A path ends where the recorded address did; what never stood behind it is not provided for."""
    found = addresses.address("http://127.0.0.1:9000" + recorded, frozenset())
    assert found is not None
    assert found.place == pattern


def test_a_sentence_in_an_address_is_the_servers() -> None:
    """What the server says in a query may be said in other words the next time; a word or two are the app's."""
    home = "http://127.0.0.1:9000"
    said = addresses.address(home + "/user?ok=phone%2C%20city%20edited%20ok", frozenset())
    assert said is not None
    assert said.text is None
    kept = addresses.address(home + "/user?tab=home%20address", frozenset())
    assert kept is not None
    assert re.search(kept.place, home + "/user?tab=home+address")
    assert not re.search(kept.place, home + "/user?tab=work+address")


@pytest.mark.parametrize(
    ("recorded", "same", "others"),
    [
        ("/?q=garden+hose", ["/?q=garden%20hose", "/?page=1&q=garden+hose#top"], ["/?q=garden", "/?q=garden+hoses"]),
        ("/a?m=1%2B1%3D", ["/a?m=1%2B1%3D", "/a?m=1%2B1="], ["/a?m=11", "/a"]),
        ("/a?m=1%2b1%3d", ["/a?m=1%2b1%3d", "/a?m=1%2b1="], ["/a?m=11", "/a"]),
        ("/a?x=b&x=b", ["/a?x=b", "/a?x=b&x=b"], ["/a?x=c"]),
        ("/a?q=J%C3%BCrgen", ["/a?q=J%C3%BCrgen", "/a?q=Jürgen"], ["/a?q=Jurgen"]),
        ("/#", ["/", "/#"], ["/home"]),
        ("/?%40ok_message=Welcome%21", ["/?%40ok_message=Hello%21", "/"], ["/home"]),
        ("/wiki#rev-12", ["/wiki#rev-13", "/wiki"], ["/wikis"]),
        ("/#/orders/1043/items", ["/#/orders/7/items", "/#/orders/7/items?x"], ["/#/orders/7", "/#/users/7/items"]),
        ("/?view=list&stamp=998877#/all", ["/?view=list#/all", "/?view=list&stamp=1#/all?x"], ["/?view=grid#/all"]),
    ],
)
def test_a_place_is_the_same_however_its_address_is_written(recorded: str, same: list[str], others: list[str]) -> None:
    """Escapes, doubled parameters, empty fragments, revisions and ids make no other place; what was asked for does."""
    home = "http://127.0.0.1:9000"
    found = addresses.address(home + recorded, frozenset())
    assert found is not None
    assert found.text is None
    for url in same:
        assert re.search(found.place, home + url), url
    for url in others:
        assert not re.search(found.place, home + url), url


def test_an_address_made_of_what_varies_is_a_pattern() -> None:
    """A value that is another one in each row of a test stands in no literal address."""
    home = "http://127.0.0.1:9000"
    for url in ("/lists/garden-tools", "/?q=Garden%20tools", "/a#Garden+tools"):
        found = addresses.address(home + url, frozenset(), frozenset({"Garden tools"}))
        assert found is not None
        assert found.text is None


def test_a_short_typed_text_is_no_part_of_a_date() -> None:
    """What was typed is fixed where it stands by itself only."""
    assert generated.is_volatile("2026-11-25 00:04", ("0",))
    assert not generated.is_volatile("09:30", ("09:30",))


@pytest.mark.parametrize(
    ("before", "holds"),
    [
        ("http://shop/orders/18?tab=items", True),
        ("http://shop/orders/18?x=1&tab=items#top", True),
        ("http://shop/orders/18?tab=all", False),
        ("http://shop/orders/new?tab=items", False),
        ("http://shop/orders/18", False),
        ("not an address", False),
    ],
)
def test_address_tells_whether_it_held_before(before: str, holds: bool) -> None:
    """An assertion that was true before the step proves nothing: path and parameters decide, in time linear in the
    address alone."""
    found = addresses.address("http://shop/orders/17?tab=items", frozenset())
    assert found is not None
    assert found.holds_at(before) is holds
    assert holds == (addresses.split_url(before) is not None and re.search(found.place, before) is not None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Saved\u200c", "Saved"),
        ("\u200d Saved \u2060now", "Saved now"),
        ("sa\u00adved\u200b", "saved"),
        ("Opening hours\u200e", "Opening hours"),
        ("a\u200eb", "a\u200eb"),
        ("\u200b\u200c\u200b", ""),
        ("\u200eSaved \u200f", "Saved"),
        ("one\ufefftwo", "one two"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
    ],
)
def test_invisible_characters_are_left_out_unless_a_word_is_written_with_them(text: str, shown: str) -> None:
    """A text is looked for as the browser compares it: a joiner within a word is part of it."""
    assert readable(text) == shown


@given(text=st.text("ab \n\u200b\u00ad\u200c\u200d\u2060\u200e\u200f\u202e\u2069\ufeff\ue000", max_size=12))
def test_a_name_without_invisible_characters_stays_as_it_is(text: str) -> None:
    """Whatever was left out between and around them, none is left over at its ends: what nobody sees names nothing."""
    shown = readable(text)
    assert readable(shown) == shown
    assert not shown or (shown[0] in "ab" and shown[-1] in "ab")
