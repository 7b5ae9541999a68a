"""Whatever a story says, its test types credentials on the app's own pages only."""

import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote_plus, urlsplit

import pytest

from agents.local.folders import write_project
from agents.local.project import ProjectResult, run_project
from pipeline.codegen import check_code, project_files, write_test
from pipeline.codegen.project.conftest_file import Wanted, conftest
from pipeline.codegen.project.fixtures import ALLOWED_ORIGINS
from pipeline.codegen.python.allow_list import ForbiddenCode
from schemas.elements import ByTitle, Candidate
from schemas.events import Appeared
from schemas.stories import ClickStep, FillStep, PressStep, Step, Story
from tests.codegen.by_hand import at, base, by_label, by_role, goes, secret, story, types_into

PASSWORD: Final = "the real pass-word"
FORM: Final = """<h1>Sign in</h1><form method=post action="{action}"><label>User <input name=u></label>
<label>Password <input type=password name=p></label><button{more}>Sign in</button></form>
<script>document.addEventListener("input", (e) => fetch("/key?" + encodeURIComponent(e.target.value)));</script>"""
"""A form that tells each key to its server, so that what is only typed is seen as well."""


def quote_js(text: str) -> str:
    """A text within a script that stands in an attribute or a page."""
    return "decodeURIComponent('" + quote(text, safe="") + "')"


@dataclass
class Place:
    """A web site on an origin of its own, which keeps all that it hears; `other` is where its links lead."""

    name: str = "127.0.0.1"
    port: int = 0
    other: str = ""
    heard: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://{self.name}:{self.port}"

    def page(self, path: str) -> str | None:
        """The text of a page; None where the way there leads to the other site."""
        form = FORM.format(action="/in", more="")
        away = f"{self.other}/login"
        pages = {
            "/": "<h1>Shop</h1><button>Open</button>",
            "/login": form,
            f"/{self.other.removeprefix('http://')}/login": form,  # our server takes two slashes for one
            "/goes-away": f"<h1>Wait</h1><script>location = '{away}'</script>",
            "/refreshes": f"<meta http-equiv=refresh content='0; url={away}'>",
            "/foreign-frame": f"<h1>Shop</h1><iframe title=sign-in src='{away}'></iframe>",
            "/own-frame": "<h1>Shop</h1><iframe title=sign-in src='/login'></iframe>",
            "/data-frame": f"<iframe title=sign-in src='data:text/html,{quote(form)}'></iframe>",
            "/srcdoc-frame": f'<iframe title=sign-in srcdoc="{form.replace(chr(34), "&quot;")}"></iframe>',
            "/pop-up": f"<button onclick=\"window.open('{away}')\">Open</button>",
            "/posts-away": FORM.format(action=f"{self.other}/in", more=""),
            "/button-posts-away": "<div><template shadowrootmode=open>"
            + FORM.format(action="/in", more=f" formaction='{self.other}/in'")
            + "</template></div>",
            "/mails-away": FORM.format(action="mailto:someone@else.test", more=""),
            "/posts-to-data": FORM.format(action="data:text/html,x", more=""),
            "/image-posts-away": FORM.format(action="/in", more="").replace(
                "</form>", f"<input type=image alt=Go formaction='{self.other}/in'></form>"
            ),
            "/button-elsewhere": FORM.format(action="/in", more="").replace("<form", "<form id=f")
            + f"<button form=f formaction='{self.other}/in'>Go</button>",
            "/named-like-questions": FORM.format(action=f"{self.other}/in", more="").replace(
                "</form>", "<input type=hidden name=getAttribute><input type=hidden name=getRootNode></form>"
            ),
            "/writes-a-window": f'<button onclick="window.open().document.write({quote_js(form)})">Open</button>',
            "/blob-frame": "<iframe title=sign-in></iframe><script>document.querySelector('iframe').src = "
            f"URL.createObjectURL(new Blob([{quote_js(form)}], {{type: 'text/html'}}))</script>",
            "/based-away": f"<base href='{self.other}/'>{FORM.format(action='in', more='')}",
            "/script-form": FORM.format(action="javascript:void(document.body.innerHTML='<h1>Welcome</h1>')", more=""),
            "/leaves-as-it-is-typed": form + f"<script>setTimeout(() => location = '{away}', 300)</script>",
            "/draws-anew": form
            + "<script>let n = 0; const t = setInterval(() => { const f = document.querySelector('form');"
            "f.replaceWith(f.cloneNode(true)); if (++n > 20) clearInterval(t); }, 20)</script>",
            "/search": "<label>Find a password <input></label><a href='/notes'>Notes</a>",
            "/vault": "<label>Door <input type=password oninput=\"fetch('/key?'+encodeURIComponent(value))\"></label>",
            "/notes": "<label>Note <textarea oninput=\"fetch('/key?'+encodeURIComponent(this.value))\"></textarea>",
        }
        return pages.get(path, None if path == "/redirects" else "<h1>Nothing here</h1>")

    @property
    def knows(self) -> bool:
        """Whether the password came here."""
        return any(PASSWORD in one for one in self.heard)


def _handler(place: Place) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Silence."""

        def _answer(self, text: str | None) -> None:
            body = f"<!doctype html><title>T</title>{text or ''}".encode()
            self.send_response(200 if text is not None else 302)
            if text is None:
                self.send_header("Location", f"{place.other}/login")
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            place.heard.append(unquote_plus(self.path))
            self._answer(place.page(urlsplit(self.path).path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            place.heard.append(unquote_plus(body.decode()))
            self._answer("<h1>Welcome</h1>")

    return Handler


@pytest.fixture
def places() -> Iterator[tuple[Place, Place]]:
    """The app and a stranger, on two ports."""
    both = (Place(), Place())
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(place)) for place in both]
    for place, server in zip(both, servers, strict=True):
        place.port, server.daemon_threads = server.server_port, True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    both[0].other, both[1].other = both[1].origin, both[0].origin
    yield both
    for server in servers:
        server.shutdown()
        server.server_close()


def signs_in(title: str, *before: Step, framed: bool = False, tab: str = "") -> Story:
    """A story that comes to a form somehow and signs in there."""
    iframe = Candidate(locator=ByTitle(value="sign-in"), count=1)
    inside: dict[str, Any] = {"frames": ((iframe,),)} if framed else {}
    page = at("/login")
    where: dict[str, Any] = {"tab_id": tab} if tab else {}
    welcome = Appeared(element=by_role("h1", "heading", "Welcome", **inside))
    steps = (
        goes("/"),
        *before,
        FillStep(
            target=by_label("Password", type="password", in_password_form=True, **inside),
            value=secret(),
            **base(page, **where),
        ),
        ClickStep(
            target=by_role("button", "button", "Sign in", **inside), **base(page, page, changes=(welcome,), **where)
        ),
    )
    return story(*steps, id=f"story {title}", flow_key=title, title=title, app="shop")


def opens_a_pop_up(path: str) -> tuple[Step, ...]:
    """A page whose button opens another tab."""
    button = by_role("button", "button", "Open")
    return goes(path), ClickStep(target=button, **base(at(path), opens_tab="new"))


def copies(to: str) -> Story:
    """A story that types a password where it can be read, copies it, and puts it in elsewhere."""
    box, note = by_label("Find a password"), by_label("Note", tag="textarea")
    keys = [PressStep(target=box, key=key, modifiers=("Control",), **base(at("/search"))) for key in ("a", "c")]
    cut = [PressStep(target=box, key=key, modifiers=("Control",), **base(at("/search"))) for key in ("a", "x")]
    puts = PressStep(target=note, key="v", modifiers=("Control",), **base(at("/notes")))
    fill = FillStep(target=box, value=secret(), **base(at("/search")))
    return story(
        goes("/"), goes("/search"), fill, *keys, *cut, goes(to), puts, id="copies", flow_key="copies", title="copies"
    )


def run(
    folder: Path, home: Place, chromium: str, *stories: Story, origins: tuple[str, ...] = (), **env: str
) -> dict[str, ProjectResult]:
    """Runs the tests of these stories as an exported project at the app; the verdicts by the stories' titles."""
    tests = [write_test(one) for one in stories]
    for test in tests:
        check_code(test.code)
    write_project(folder, project_files(tests, origins=origins))
    verdicts = run_project(folder, home.origin, Path(chromium), {"APP_PASSWORD": PASSWORD, **env})
    return {verdict.name.removeprefix("test_").replace("_", " "): verdict for verdict in verdicts}


@pytest.mark.slow
def test_a_stranger_gets_no_credential(places: tuple[Place, Place], chromium_path: str, tmp_path: Path) -> None:
    """Whatever way a story takes to a stranger's form, or its words to a stranger: nothing is typed there, and the test
    says where it was and what can be done."""
    home, stranger = places
    away = f"{stranger.origin}/login"
    refused = [
        signs_in("absolute", goes(away)),
        signs_in("slashes", goes(away.replace("//", "////"))),
        signs_in("backslashes", goes(away.replace("//", "\\\\"))),
        signs_in("tabs", goes(away.replace("://", ":\t/\n/"))),
        signs_in("user", goes(away.replace("//", "//shop.test:80@"))),
        signs_in("name of the app", goes(f"http://localhost:{home.port}/login")),
        signs_in("redirect", goes("/redirects")),
        signs_in("script", goes("/goes-away")),
        signs_in("refresh", goes("/refreshes")),
        signs_in("frame", goes("/foreign-frame"), framed=True),
        signs_in("frame of nowhere", goes("/srcdoc-frame"), framed=True),
        signs_in("frame of data", goes("/data-frame"), framed=True),
        signs_in("window", *opens_a_pop_up("/pop-up"), tab="new"),
        signs_in("form", goes("/posts-away")),
        signs_in("button", goes("/button-posts-away")),
        signs_in("base", goes("/based-away")),
        signs_in("mail", goes("/mails-away")),
        signs_in("data", goes("/posts-to-data")),
        signs_in("image", goes("/image-posts-away")),
        signs_in("button elsewhere", goes("/button-elsewhere")),
        signs_in("written window", *opens_a_pop_up("/writes-a-window"), tab="new"),
        signs_in("blob", goes("/blob-frame"), framed=True),
    ]
    verdicts = run(
        tmp_path,
        home,
        chromium_path,
        *refused,
        signs_in("race", goes("/leaves-as-it-is-typed")),
        signs_in("names", goes("/named-like-questions")),
        copies(f"{stranger.origin}/notes"),
    )
    assert len(verdicts) == len(refused) + 3
    for one in refused:
        failure = verdicts[one.title].failure
        assert "Nothing was typed" in failure, (one.title, failure)
        assert ALLOWED_ORIGINS in failure
    assert stranger.origin in verdicts["absolute"].failure
    assert f"only for {home.origin}" in verdicts["absolute"].failure
    assert not stranger.knows


@pytest.mark.slow
def test_no_credential_is_shown_where_a_story_says_so(
    places: tuple[Place, Place], chromium_path: str, tmp_path: Path
) -> None:
    """A note that everybody reads is called a field for a password by events: nothing is typed. A field that the page
    hides the text of gets it, whatever it is called."""
    home, _ = places
    note = types_into("/notes", by_label("Note", type="password", in_password_form=True))
    assert not run(tmp_path / "notes", home, chromium_path, note)["notes"].passed
    assert not home.knows
    vault = types_into("/vault", by_label("Door", type="password", in_password_form=True))
    verdict = run(tmp_path / "vault", home, chromium_path, vault)["vault"]
    assert verdict.passed, verdict.failure
    assert home.knows


@pytest.mark.slow
def test_the_app_gets_its_credentials(places: tuple[Place, Place], chromium_path: str, tmp_path: Path) -> None:
    """On the app's own pages, in its own frames wherever they are shown, and where the page draws the form anew
    meanwhile, the tests sign in."""
    home, stranger = places
    stories = [
        signs_in("form", goes("/login")),
        signs_in("path of two slashes", goes(f"/\\{stranger.name}:{stranger.port}/login")),
        signs_in("frame", goes("/own-frame"), framed=True),
        signs_in("framed by another", goes(f"{stranger.origin}/foreign-frame"), framed=True),
        signs_in("form of a script", goes("/script-form")),
        signs_in("form drawn anew", goes("/draws-anew")),
    ]
    verdicts = run(tmp_path, home, chromium_path, *stories)
    assert [verdicts[one.title].failure for one in stories] == [""] * len(stories)
    assert home.knows
    assert not stranger.knows


@pytest.mark.slow
@pytest.mark.parametrize("how", ["project", "variable"])
def test_an_origin_that_was_named_gets_them(
    places: tuple[Place, Place], chromium_path: str, tmp_path: Path, how: str
) -> None:
    """In the project's settings, or in the environment for one run."""
    home, stranger = places
    named = stranger.origin if how == "project" else f"https://other.test {stranger.origin.upper()}/"
    more: dict[str, Any] = {"origins": (named,)} if how == "project" else {ALLOWED_ORIGINS: named}
    verdicts = run(tmp_path, home, chromium_path, signs_in("absolute", goes(f"{stranger.origin}/login")), **more)
    assert verdicts["absolute"].failure == ""
    assert stranger.knows


@pytest.mark.parametrize(
    "line",
    [
        'page.get_by_label("Search").fill(os.environ["APP_PASSWORD"])',
        'page.goto("/?q=" + os.environ["APP_PASSWORD"])',
        'fill_credential(page.get_by_text(os.environ["APP_PASSWORD"]), "x")',
        'expect(page.get_by_label("Password")).to_have_value(os.environ.get("APP_USER"))',
        'value = os.environ["APP_PASSWORD"]',
        'fill_credential(page.get_by_label("Password"), "x", os.environ["APP_PASSWORD"])',
        'fill_credential(page.get_by_label("Password"), value=os.environ["APP_PASSWORD"])',
        'password = page.get_by_text("Code").inner_text()\n    page.get_by_label("Code").fill(password)',
        'shown = page.get_by_text("Code").inner_text()\n    page.get_by_label("Code").fill(shown)',
        'value = fill_credential\n    value(page.get_by_label("Password"), os.environ["APP_PASSWORD"])',
        'shown = os\n    password = shown.environ["APP_PASSWORD"]',
    ],
)
def test_a_credential_goes_nowhere_else(line: str) -> None:
    """The last gate takes no program in which a value of the environment, or a secret that a page shows, reaches
    anything but the fixture that looks where it types."""
    head = "import os\nfrom collections.abc import Callable\nfrom playwright.sync_api import Locator, Page, expect\n"
    function = f"def test_it(page: Page, fill_credential: Callable[[Locator, str], None]) -> None:\n    {line}\n"
    with pytest.raises(ForbiddenCode):
        check_code(head + function)


def test_what_nobody_signs_in_to_has_no_such_fixture() -> None:
    """A project without credentials is as plain as before."""
    plain = write_test(story(goes("/"), ClickStep(target=by_role("button", "button", "Open"), **base(at("/")))))
    files = project_files([plain])
    assert "fill_credential" not in "".join(files.values())
    assert "allowed_origins" not in "".join(files.values())


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://bücher.test/x", "http://xn--bcher-kva.test:80"),
        ("HTTPS://Shop.test", "https://shop.test:443"),
        ("https://faß.test", ""),
        ("https://βόλος.test", ""),
        ("https://a\u200cb.test", ""),
        ("data:text/html,x", ""),
        ("blob:http://shop.test/1", ""),
        ("//shop.test", ""),
    ],
)
def test_an_origin_is_read_as_browsers_do_or_not_at_all(address: str, origin: str) -> None:
    """Names that Python's own reading makes another name of are no origin that anything could be typed on."""
    made: dict[str, Any] = {}
    text = conftest(Wanted({"fill_credential"}))
    start = text.index("def origin_of")
    exec(
        "from urllib.parse import urlsplit\nPORTS = {'http': 80, 'https': 443}\n"
        + text[start : text.index("@pytest", start)],
        made,
    )
    assert made["origin_of"](address) == origin


def test_origins_are_written_as_data() -> None:
    """Whatever a person names, the project's settings stay TOML with that text."""
    odd = 'http://a"b]\\\n.test'
    files = project_files([write_test(signs_in("form", goes("/login")))], origins=(odd, "https://login.test"))
    settings = tomllib.loads(files["pyproject.toml"])["tool"]["pytest"]["ini_options"]
    assert settings["allowed_origins"] == [odd, "https://login.test"]
    assert "APP_ALLOWED_ORIGINS" in files["README.md"]
