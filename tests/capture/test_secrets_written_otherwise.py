"""Secrets and masked texts in unusual places, words and spellings leave the page in no form."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from schemas.events import Effect, Event
from tests.capture.site import END, Site
from tests.masking.run import leaks

pytestmark = pytest.mark.slow
Record = Callable[[str, Callable[[Page], None]], list[Event]]


@pytest.fixture
def tagged(browser: Browser, site: Site, capture_js: str) -> Iterator[Callable[..., list[Event]]]:
    """Opens a page with this body, does something there, ends the journey, and gives the events."""
    context = browser.new_context()

    def run(body: str, do: Callable[[Page], None], mask: str = "") -> list[Event]:
        told = json.dumps({"endpoint": site.endpoint, "app": "pages", "mask": mask})
        context.add_init_script(script=f"window.JOURNEYWRIGHT = {told};\n{capture_js}\n")
        site.pages["/own.html"] = (f"<!doctype html><title>x</title>{body}", "text/html; charset=utf-8", {})
        page = context.new_page()
        page.goto(f"{site.url}/own.html")
        do(page)
        page.evaluate(END)
        return site.events()

    yield run
    context.close()


FIELDS = (
    "<label>API token <input></label>", "<label>Memorable word <input></label>", "<label>Lösenord <input></label>",
    "<label>비밀번호 <input></label>", "<label>Nowym hasłem <input></label>", "<label>Ověřovací kód <input></label>",
    "<label>Номер карты <input></label>", "<label>رمز عبور <input></label>",
    "<label>Word <input style='-webkit-text-security: disc'></label>",
    "<div><p>Enter the 6-digit code</p><input></div>", "<div><p>Code sent to your phone</p><input></div>",
    "<label>Code <input inputmode=numeric></label>", "<label>Code <input maxlength=6></label>",
    "<table><tr><th>User</th><th>Password</th></tr><tr><td>Ada</td><td><div><input></div></td></tr></table>",
    "<div role=group aria-label=Passphrase><div><input></div></div>",
    "<x-password><template shadowrootmode=open><input></template></x-password>",
    "<input formcontrolname=password>", "<div><input placeholder=' '><span>Password</span></div>",
    "<input aria-describedby=rule><p id=rule>Your password needs eight characters</p>",
    "<x-box><x-label>Password</x-label><div><div><input></div></div></x-box>",
    "<div><input maxlength=4><input maxlength=4><input maxlength=4><input maxlength=4></div>",
    "<label>Chave <input></label>", "<label>Cyfrinair <input></label>", "<label>Nova šifra <input></label>",
    "<h2>Recovery phrase</h2><p><input placeholder='1.'><input placeholder='2.'><input placeholder='3.'></p>",
    "<label>Word <input oninput=\"this.value = this.value.replace(/./g, '*')\"></label>",
    "<div contenteditable>Note <label>API key <input></label></div>",
)  # fmt: skip
OPEN_FIELDS = (
    "<label>Promo code <input maxlength=8></label>", "<label>Post code <input inputmode=numeric></label>",
    "<label>Nickname <input aria-describedby=rule class=no-password></label>",
    "<label>Palavras-chave <input></label>", "<label>Šifra artikla <input></label>",
    "<p>Address</p><label>Line 1 <input></label><label>Line 2 <input></label><label>Line 3 <input></label>",
)  # fmt: skip


def test_fields_that_take_a_secret_by_what_they_are_called(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """In any language, by the words beside them, by the head of their column, by their style and attributes; what is
    called something else is told."""
    markup = "".join(f"<section id=s{at}>{one}</section>" for at, one in enumerate((*FIELDS, *OPEN_FIELDS)))

    def do(page: Page) -> None:
        for at in range(len(FIELDS) + len(OPEN_FIELDS)):
            page.locator(f"#s{at} input").first.press_sequentially(f"74{at:02}39")

    events = tagged(markup, do)
    typed = [one.value.text for one in events if one.kind == "fill"]
    assert typed == [*[""] * len(FIELDS), *(f"74{len(FIELDS) + at:02}39" for at in range(len(OPEN_FIELDS)))]
    assert not [at for at in range(len(FIELDS)) if f"74{at:02}39" in site.told()]


REPEATS = (
    ("Thubyz Ndzimi", "?n=Thubyz%26%23x61%3Bndzimi", "%3Bndzimi"),
    ("Ulqorvan", "?n=%255culqo%2572van", "2572van"),
    ("Zoé Métrax", "?n=Zo%E9%20M%E9trax", "M%E9trax"),
    ("Zoé Métrax", "Saved Zo&eacute; M&eacute;trax", "M&eacute;trax"),
    ("王小明", "欢迎王小明回来", "王小明"),
    ("김철수", "김철수님 안녕하세요", "김철수"),
    ("Li Wu", "Saved Li Wu", "Li Wu"),
    ("Zora Quimtrax", "Quimtraxs Akte", "Quimtrax"),
    ("Иван Петровский", "Письмо Ивана Петровского", "Петровск"),
    ("Jexo Vlaborius the third", "Dear Jexo Vlabor…", "Vlabor"),
    ("Glimewick Yzand", "XGlimewick", "Glimewick"),
    ("Großmannstein Weißkopfer", "grossmannstein-weisskopfer", "grossmann"),
    ("Νικόλαος Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ", "ΠΑΠΑΔ"),
    ("Jørgen Sørensøn", "jorgen-sorenson", "sorens"),
    ("Jürgen Lüdenschöidt", "juergen-luedenschoeidt", "luedensch"),
    ("Łukasz Wróbłewski", "lukasz-wroblewski", "wroblew"),
    ("Işıl Yıldırımoğlu", "YILDIRIMOĞLU", "YILDIR"),
    ("Kjæraas Æbelund", "aebelund-kjaeraas", "aebel"),
    ("عبدالرحمن الخوارزمي", "عبـــدالرحــمن الخــوارزمي", "الخــو"),
)  # fmt: skip


def test_masked_texts_in_other_spellings_and_scripts(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """As old scripts write addresses, as markup writes letters, in scripts without blanks, two short words, and letters
    as capitals, slugs and the like write them."""
    masked = "".join(f"<p data-mask>{name}</p>" for name, _, _ in REPEATS)
    shows = "".join(
        f"<button onclick=\"q.textContent = '{shown.replace('&', '&amp;')}'\">B{at}</button>"
        for at, (_, shown, _) in enumerate(REPEATS)
    )

    def do(page: Page) -> None:
        for at in range(len(REPEATS)):
            page.get_by_role("button", name=f"B{at}", exact=True).click()

    tagged(f"{masked}<p role=status id=q></p>{shows}", do)
    assert not [part for _, _, part in REPEATS if part in site.told()]


FILLING = " ".join(f"word{chr(97 + at % 26)}" for at in range(120))
PLACES = (
    (
        "<a data-mask href='mailto:zorablin.quimtrax@krivox.example'>Write</a>",
        "Sent to zorablin.quimtrax@krivox.example",
    ),
    ("<a data-mask href='tel:+4815162342'>Call</a>", "Called +48 151 62342"),
    ("<img data-mask alt='' srcset='/a.jpg 1x, /p/wubewick-thubend.jpg 2x'>", "wubewick-thubend"),
    (f"<p data-mask>{FILLING} with Xanyzand Pholumbrik at the end</p>", "Xanyzand Pholumbrik"),
    (f"<p data-mask title='{FILLING} with Krivetrax Glimovend at the end'>x</p>", "Krivetrax Glimovend"),
    ("<p data-mask>73619284</p>", "Is 73619284"),
)
"""A masked element, and what the page puts into its address of it."""


def test_masked_texts_that_stand_in_other_places(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """In an address to write to or to call, in one of several pictures, at the end of a long text or attribute; and a
    number right behind a percent-encoded sign."""
    buttons = "".join(
        f"<button onclick=\"history.pushState(0, '', '?q=' + encodeURIComponent('{shown}'))\">B{at}</button>"
        for at, (_, shown) in enumerate(PLACES)
    )

    def do(page: Page) -> None:
        for button in page.get_by_role("button").all():
            button.click()

    tagged("".join(masked for masked, _ in PLACES) + buttons, do)
    secrets = ["zorablin quimtrax", "4815162342", "wubewick", "Pholumbrik", "Glimovend", "73619284"]
    assert not leaks(site.received, secrets, site.url)
    assert "?q=Sent" in site.told()


TOKEN = "aB3xQ9zL7mK2"
GRANTING = (
    f"'See https://ada:{TOKEN}@host/x now'", f"'Your link: https://host/invite/{TOKEN}'",
    f"(history.pushState(0, '', '?{TOKEN}'), 1)", f"(history.pushState(0, '', '#{TOKEN}'), 2)",
    f"(history.pushState(0, '', '?hdnts=exp=1~hmac={TOKEN}'), 3)",
    f"(history.pushState(0, '', '?a=1%26token={TOKEN}'), 4)",
)  # fmt: skip


def test_tokens_without_a_name_and_in_texts(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """A whole query or fragment that is a token, one behind other signs, a link that the page shows amid words."""
    buttons = "".join(f'<button onclick="q.textContent = {one}">B{at}</button>' for at, one in enumerate(GRANTING))

    def do(page: Page) -> None:
        for button in page.get_by_role("button").all():
            button.click()

    tagged(f"{buttons}<p role=status id=q></p>", do)
    assert "Your link" in site.told()
    assert TOKEN not in site.told()


WRITTEN = (
    "btoa(i.value)", "'Basic_' + btoa('ada:' + i.value + ':x')", "btoa(btoa(i.value))",
    "btoa(JSON.stringify({ p: i.value })).replace(/=/g, '')", "hex(i.value)", "hex(i.value).toUpperCase()",
    "'tok_' + hex(i.value)", "[...i.value].reverse().join('')", "spaced(hex(i.value), 2, ' ')",
    "'the e ' + spaced(hex(i.value), 2, ':')", "'20251129 ' + spaced(hex(i.value), 2, ', 0x')",
    "'\\\\x' + spaced(hex(i.value), 2, '\\\\x')", "spaced(btoa(i.value), 4, ' ')",
    "spaced(btoa('p=' + i.value), 5, '-')",
    "hex(i.value).replace(/../g, '$&00')", "btoa(i.value.replace(/./g, '$&\\0'))",
)  # fmt: skip
SHOWS = ("q.textContent = 'Is ' + {0}", "fetch('/api/' + {0})", "history.replaceState(0, '', '?n=' + {0})")


def test_secrets_in_other_bases_and_backwards(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """A password in base 64 or 16, amid others, twice, with signs between its bytes, or from its end on, is found
    as what it is; what says something else in such signs is told."""
    buttons = "".join(
        f'<button onclick="{SHOWS[at % len(SHOWS)].format(one)}">B{at}</button>' for at, one in enumerate(WRITTEN)
    )
    hexed = "const hex = (t) => [...t].map((c) => c.charCodeAt(0).toString(16)).join('');"
    hexed += "const spaced = (t, n, by) => t.match(RegExp('.{1,' + n + '}', 'g')).join(by)"
    more = "<button onclick=\"q.textContent = 'Is ' + btoa('plain words')\">Plain</button>"

    def do(page: Page) -> None:
        page.get_by_label("Password").fill("hunterZebra42")
        for button in page.get_by_role("button").all():
            button.click()

    tagged(
        f"<script>{hexed}</script><label>Password <input id=i type=password></label>{buttons}{more}"
        "<p role=status id=q></p>",
        do,
    )
    told = site.told()
    assert "cGxhaW4gd29yZHM" in told
    assert not leaks(site.received, ["hunterZebra42"], site.url)
    told += re.sub(r"0x|\\\\x|\W", "", told)
    written = ("680075006e00", "aAB1AG4A", "aHVudGVyWmVicmE0Mg", "YUhWdWRHVnlXbVZpY21FME1n", "68756e74657", "24arbeZ")
    assert not [one for one in written if one in told]


GOES_ON = """w.oninput = ({ target }) => { if (target.value.length !== 5) return;
const n = document.createElement('input'); n.value = target.value; w.replaceChildren(n); n.focus() }"""


def test_a_field_that_goes_on_with_a_password(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """The page puts a nameless text field in the place of the one that a password is being typed into; what is typed
    into another field afterwards is told."""

    def do(page: Page) -> None:
        page.locator("#w input").click()
        page.keyboard.type("hunterZebra42")
        page.get_by_label("Search").press_sequentially("hats")
        page.get_by_role("button").click()

    markup = f"<div id=w><input type=password></div><script>{GOES_ON}</script><label>Search <input></label>"
    events = tagged(f"{markup}<button>Go</button>", do)
    fills = [one.value for one in events if one.kind == "fill"]
    assert {one.secret for one in fills[:-1]} == {"password"}
    assert fills[-1].text == "hats"
    assert "Zebra" not in site.told()


def test_a_frame_that_may_not_know_its_page(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """A sandboxed frame with a recorder of its own can't know that it stands in a masked region: it tells nothing."""
    site.pages["/inner.html"] = ("<button>Zorablin Quimtrax</button>", "text/html; charset=utf-8", {})

    def do(page: Page) -> None:
        page.frames[1].get_by_role("button").click()
        page.get_by_role("button", name="Go").click()

    tagged("<div data-mask><iframe sandbox=allow-scripts src=/inner.html></iframe></div><button>Go</button>", do)
    assert "Go" in site.told()
    assert "Quimtrax" not in site.told()


BRIEFLY = """const m = document.createElement('p'); m.dataset.mask = ''; m.textContent = 'Jex Umbrik';
document.body.append(m); m.remove(); q.textContent = 'Gone: Jex Umbrik'"""


def test_what_was_masked_for_a_moment_and_what_was_chosen(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """A masked element that went before anybody looked, a file and an option that the page repeats, a box that is
    written in."""
    markup = f"""<p role=status id=q></p><button onclick="{BRIEFLY}">Briefly</button>
<input type=file data-mask aria-label=File onchange="q.textContent = this.files[0].name.split('.')[0]">
<label>Who <select onchange="q.textContent = 'For ' + this.value"><option>-</option><option>Vlab Quimtrax</option>
</select></label><div contenteditable role=textbox aria-label=Notes>x</div>"""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Briefly").click()
        page.get_by_label("File").set_input_files({"name": "zora-quim.pdf", "mimeType": "text/plain", "buffer": b"x"})
        page.get_by_label("Who").select_option(index=1)
        page.get_by_role("textbox", name="Notes").press_sequentially("Thub Etrax")
        page.get_by_role("button", name="Briefly").click()

    tagged(markup, do, "fields")
    told = site.told()
    assert "Who" in told
    assert not [one for one in ("Umbrik", "zora", "Quimtrax", "Etrax") if one in told]


def test_letters_that_spell_a_masked_text(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """Each in an item, a cell or a button of its own; letters that spell nothing are told."""
    shown = (("ul", "li", "Zorablin"), ("tr", "td", "48151623"), ("p", "button", "Zorablin"), ("ol", "li", "Plainly"))
    buttons = "".join(
        f"""<button onclick="q{at}.innerHTML = [...'{text}'].map((c) => '<{inner}>' + c + '</{inner}>').join('')">
B{at}</button>{f"<table><{outer} id=q{at}></{outer}></table>" if outer == "tr" else f"<{outer} id=q{at}></{outer}>"}"""
        for at, (outer, inner, text) in enumerate(shown)
    )

    def do(page: Page) -> None:
        for at in range(len(shown)):
            page.get_by_role("button", name=f"B{at}").click()
            page.wait_for_timeout(300)

    events = tagged(f"<p data-mask>Zorablin Quimtrax</p><p data-mask>48151623</p>{buttons}", do)
    changes = [change.element for one in events if isinstance(one, Effect) for change in one.changes]
    told = "".join(change.text or change.name or "" for change in changes)
    assert "Plainly" in told
    assert "orabl" not in told.replace("•", "")
    assert "8151" not in told.replace("•", "")


def test_a_document_that_is_edited_as_a_whole(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """Called a password by what stands before its frame: neither its keys nor its text are told."""

    def do(page: Page) -> None:
        page.frames[1].evaluate("document.designMode = 'on'")
        page.frames[1].locator("body").click()
        page.keyboard.type("hunterZebra42")
        page.get_by_role("button").click()

    events = tagged("<p>Password</p><iframe srcdoc='<p>x</p>'></iframe><button>Go</button>", do)
    assert [one.value.secret for one in events if one.kind == "fill"] == ["password"]
    assert "unterZ" not in site.told()
    assert "Zebra" not in "".join(one.key for one in events if one.kind == "press")


STYLES = (
    "s.replaceSync(RULE); document.adoptedStyleSheets = [s]",
    "document.adoptedStyleSheets = [s]; setTimeout(() => s.insertRule(RULE), 50)",
    "t.textContent = '#b::before{content:var(--n)}'; b.style.setProperty('--n', JSON.stringify('Zorablin Quimtrax'))",
    "setTimeout(() => t.sheet.insertRule(RULE), 50)",
    "b.attachShadow({mode: 'open'}).innerHTML = '<i id=b>'; b.shadowRoot.adoptedStyleSheets = [s]; s.insertRule(RULE)",
)


@pytest.mark.parametrize("script", STYLES, ids=range(len(STYLES)))
def test_words_that_a_style_sheet_puts_into_a_masked_element(
    site: Site, tagged: Callable[..., list[Event]], script: str
) -> None:
    """A sheet that a script adopts or changes says what no change of the page says: it is read as it is when something
    is told."""
    rule = """const s = new CSSStyleSheet(), RULE = '#b::before{content:"Zorablin Quimtrax"}';"""
    repeats = "onclick=\"document.title = q.textContent = 'Zorablin Quimtrax'\""
    shown = f"<style id=t></style><p id=b data-mask>x</p><button {repeats}>Go</button><p id=q role=status></p>"

    def press(page: Page) -> None:
        page.wait_for_function(
            "getComputedStyle(b.shadowRoot?.firstElementChild ?? b, '::before').content.includes('Zorablin')"
        )
        page.get_by_role("button").click()

    tagged(f"{shown}<script>{rule}{script}</script>", press)
    assert site.received
    assert leaks(site.received, ["Zorablin", "Quimtrax"], site.url) == []


CARD = "4111111111111111"
GROUPED = {
    **{sign: sign.join(CARD[at : at + 4] for at in range(0, 16, 4)) for sign in ("/", ",", ":", " | ", "\u2063", "")},
    "one by one": " ".join(CARD),
    "unseen": "\u200b".join(CARD),
    "wide": CARD.translate(str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")),
    "with its date": "4111 1111 1111 1111 12/29",
    "of fifteen": "3782/822463/10005",
    "odd": "4111 1111 11 1111 11",
    "Arabic": CARD.translate(
        str.maketrans("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
    ),
    "bold": CARD.translate(str.maketrans("0123456789", "".join(map(chr, range(0x1D7EC, 0x1D7F6))))),
}
WHOLE = (
    "41111111 11111111", "411111111111 1111", "4111 11111111 1111", "41 11 11 11 11 11 11 11", "411-111-111-111-111-1",
    "4111      1111      1111      1111", "4111 - - - 1111 - - - 1111 - - - 1111",
)  # fmt: skip
"""Groups that other numbers have, too."""
NO_CARDS = ("2024-11-28 10:30:00", "20241128/20241129", "4111 1111 1111 1112", "45 33 28 51 60 22 31 41")


@pytest.mark.parametrize("typed", [*GROUPED.values(), *NO_CARDS], ids=[*GROUPED, *NO_CARDS])
def test_cards_in_other_groups_and_digits(site: Site, tagged: Callable[..., list[Event]], typed: str) -> None:
    """Whatever signs stand between, in a field that says nothing of it, and where the page shows it; other numbers may
    be told."""
    again = "onclick=\"q.textContent = 'Paid by ' + i.value\""
    body = f"<label>Number <input id=i></label><button {again}>Go</button><p id=q role=status></p>"

    def fills(page: Page) -> None:
        page.get_by_label("Number").fill(typed)
        page.get_by_role("button").click()

    tagged(body, fills)
    assert site.received
    assert (typed in site.told()) == (typed in NO_CARDS)


@pytest.mark.parametrize("typed", WHOLE)
def test_a_card_that_is_all_of_a_value(site: Site, tagged: Callable[..., list[Event]], typed: str) -> None:
    """Whatever its groups are, and however wide the gaps between them."""
    events = tagged("<label>Number <input></label>", lambda page: page.get_by_label("Number").fill(typed))
    assert [(one.value.text, one.value.secret) for one in events if one.kind == "fill"] == [("", "card")]
    assert typed not in site.told()


def test_keys_within_data_of_an_address(site: Site, tagged: Callable[..., list[Event]]) -> None:
    """What a name grants is withheld as a key of data, too, in clear and encoded."""
    asks = (
        "fetch('/q?v=' + encodeURIComponent(JSON.stringify({page: 'two', user: {password: 'Zorablin', pin: 4815162}})))"
    )
    goes = "history.pushState(null, '', '#{%22token%22:%22Quimtrax%22,%22tab%22:%22three%22}')"
    tagged(f'<button onclick="{asks};{goes}">Go</button>', lambda page: page.get_by_role("button").click())
    told = site.told()
    assert "two" in told
    assert "three" in told
    assert leaks(site.received, ["Zorablin", "Quimtrax", "4815162"], site.url) == []
