"""Proving with a real browser against a real server: what is noticed, repaired, and never repaired."""

import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from agents.proof.artifacts import ArtifactStore
from agents.proof.failures import _error_type, failure
from agents.proof.prover import Proof, Subject, Wanted, prove
from agents.proof.runner import Environment, Runner
from agents.proof.watch import Watch, _intercepted, altered
from pipeline.codegen import write_test
from pipeline.generate import test_of as written_from
from pipeline.proof.evidence import signs_in_before
from pipeline.proof.mutants import Mutant
from schemas.elements import ByRole, ByText, Candidate, Element
from schemas.events import Appeared, Page, Typed
from schemas.stories import ClickStep, FillStep, State, Story
from tests.proof.healing.judge import chromium
from tests.proof.healing.shop import Version, served
from tests.proof.test_decisions import by_role, saved

SECRET = "seagull-lantern-77"


@dataclass
class App:
    """A page that saves a note. `button` is its caption, `broken` makes saving fail, `silent` saves nothing and says
    that it did not. `more` stands at the end of the page, `hop` is where /hop leads."""

    port: int = 0
    button: str = "Save"
    broken: bool = False
    silent: bool = False
    note: str = ""
    more: str = ""
    hop: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self) -> str:
        told = f"<p role=status>Saved: {self.note}</p>" if self.note and not self.silent else ""
        return (
            f"<!doctype html><title>Notes</title><h1>Notes</h1>{told}<form method=post action=/notes/17/save>"
            "<label>Title <input name=title></label><label>Password <input type=password name=p></label>"
            f"<button data-testid=save>{self.button}</button></form>{self.more}"
        )


@pytest.fixture
def app() -> Iterator[App]:
    """The app on a free port."""
    app = App()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/hop":
                self.send_response(302)
                self.send_header("Location", app.hop)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = app.page().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if app.broken:
                self.send_error(500)
                return
            app.note = sent.split("title=")[1].split("&")[0].replace("+", " ")
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    app.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield app
    server.shutdown()
    server.server_close()


def story(secret: bool = False) -> Story:
    """Somebody saves a note, and the page says so."""
    told = saved()
    goto, fill, click = told.steps
    assert isinstance(click, ClickStep)
    assert isinstance(fill, FillStep)
    found = Candidate(locator=ByText(value="Saved: Buy bread"), count=1)
    status = Element(tag="p", role="status", text="Saved: Buy bread", candidates=(found,))
    after = Page(url="http://shop/notes/17/save", title="Notes")
    click = click.model_copy(update={"changes": (Appeared(element=status),), "after": after})
    typed = Typed(secret="password", token="t1")
    password = fill.model_copy(update={"event_id": "e2b", "target": by_role("textbox", "Password"), "value": typed})
    steps = (goto, fill, *([password] if secret else []), click)
    ending = State(url=after.url, title=after.title)
    requests = told.network_requests[1:]
    return told.model_copy(update={"steps": steps, "network_requests": requests, "final_state": ending})


def proved(app: App, chromium: str, wanted: Wanted, told: Story, **variables: str) -> Proof:
    environment = Environment(app.url, Path(chromium), variables=variables)
    subject = Subject(write_test(told), 1, told, partial(written_from, [told], 1, ""))
    return prove(subject, environment, wanted, lambda _: None)


@pytest.mark.slow
def test_good_test_passes_and_notices_every_mutant(app: App, chromium_path: str) -> None:
    """The proof names each way in which the app was broken, and the statement that noticed it."""
    proof = proved(app, chromium_path, Wanted(runs=2, mutants=True), story())
    assert proof.verdict.outcome == "passed", proof.verdict
    applied = {mutant.kind: mutant for mutant in proof.verdict.mutants if mutant.applied}
    assert {"server_error", "lost_request", "altered_value", "missing_text", "wrong_text", "dead_control"} <= set(
        applied
    )
    assert [kind for kind, mutant in applied.items() if not mutant.noticed] == []
    assert all(mutant.statement for mutant in applied.values())


def quiet_story() -> Story:
    """The same, where the recorder saw a heading come and the message only in the final state."""
    told = story()
    heading = Element(tag="h1", role="heading", name="Notes", text="Notes", level=1)
    found = Candidate(locator=ByRole(role="heading", name="Notes"), count=1)
    came = Appeared(element=heading.model_copy(update={"candidates": (found,)}))
    *before, click = told.steps
    ending = told.final_state.model_copy(update={"texts": ("Saved: Buy bread",)})
    return told.model_copy(
        update={"steps": (*before, click.model_copy(update={"changes": (came,)})), "final_state": ending}
    )


@pytest.mark.slow
def test_test_that_does_not_notice_a_mutant_gets_the_recorded_assertion_that_does(app: App, chromium_path: str) -> None:
    """And no other one; the revision says what was added and why, and all that it asserted before it still asserts."""
    proof = proved(app, chromium_path, Wanted(runs=2, mutants=True, repair=True), quiet_story())
    weak = write_test(quiet_story())
    assert "Buy bread" not in weak.code.partition("expect(")[2]
    assert (proof.verdict.outcome, proof.origin, proof.repaired) == ("passed", "strengthened", None)
    assert proof.revised is not None
    added = [line for line in proof.revised.code.splitlines() if line not in weak.code.splitlines()]
    assert len([line for line in added if "expect(" in line]) == 1
    assert "Saved: Buy bread" in "".join(added)
    assert set(weak.code.splitlines()) <= set(proof.revised.code.splitlines())
    assert {"altered_value"} <= {mutant.kind for mutant in proof.verdict.mutants if mutant.noticed}
    assert any(reason.startswith("added, for it notices") for reason in proof.reasons)


@pytest.mark.slow
def test_what_nothing_recorded_would_notice_is_said(app: App, chromium_path: str) -> None:
    """The test stays as it is, and its verdict names what it does not notice."""
    told = quiet_story()
    told = told.model_copy(update={"final_state": told.final_state.model_copy(update={"texts": ()})})
    proof = proved(app, chromium_path, Wanted(runs=1, mutants=True, repair=True), told)
    assert (proof.verdict.outcome, proof.revised) == ("passed", None)
    assert any("nothing else that was recorded" in said and "altered value" in said for said in proof.verdict.evidence)


@pytest.mark.slow
def test_renamed_button_is_repaired_from_recorded_evidence(app: App, chromium_path: str) -> None:
    """Another recorded locator is used, with the reason; the assertion that the test ends on stays."""
    app.button = "Keep"
    proof = proved(app, chromium_path, Wanted(runs=2, repair=True), story())
    assert proof.verdict.outcome == "passed"
    assert proof.repaired is not None
    assert 'get_by_test_id("save")' in proof.repaired.code
    assert "Saved: Buy bread" in proof.repaired.code
    assert any("matches no element" in reason for reason in proof.reasons)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["broken", "silent"])
def test_broken_app_is_named_and_nothing_is_repaired(app: App, chromium_path: str, fault: str, tmp_path: Path) -> None:
    """Where the app answers wrongly the verdict says `app`, and the test is left as it is."""
    setattr(app, fault, True)
    artifacts = ArtifactStore(f"file://{tmp_path}")
    proof = proved(app, chromium_path, Wanted(runs=2, repair=True, artifacts=artifacts), story())
    assert (proof.verdict.outcome, proof.verdict.kind, proof.repaired) == ("failed", "app", None)
    assert {artifact.name for artifact in proof.verdict.artifacts} >= {"output.txt", "trace.zip"}


@pytest.mark.slow
def test_secrets_are_in_no_artifact(app: App, chromium_path: str, tmp_path: Path) -> None:
    """What was typed from the environment is in no trace and no output, though the run failed after it was typed."""
    app.silent = True
    artifacts = ArtifactStore(f"file://{tmp_path}")
    proof = proved(app, chromium_path, Wanted(runs=1, artifacts=artifacts), story(secret=True), APP_PASSWORD=SECRET)
    assert proof.verdict.outcome == "failed"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in kept} >= {"output.txt", "trace.zip"}
    for path in kept:
        raws = [path.read_bytes()]
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                raws = [archive.read(name) for name in archive.namelist()]
        assert all(SECRET.encode() not in raw for raw in raws)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*"))


@pytest.mark.slow
def test_app_that_is_away_is_the_environments_fault(app: App, chromium_path: str, free_port: Callable[[], int]) -> None:
    """Nothing listens at the base URL: neither the test nor the app is blamed, and a password within that address,
    which Playwright's error quotes, is in no verdict."""
    address = replace(app, port=free_port()).url.replace("://", f"://ada:{SECRET}@")
    told = story()
    subject = Subject(write_test(told), 1, told, partial(written_from, [told], 1, ""))
    proof = prove(subject, Environment(address, Path(chromium_path)), Wanted(runs=1), lambda _: None)
    assert (proof.verdict.outcome, proof.verdict.kind) == ("failed", "environment")
    assert SECRET not in proof.verdict.model_dump_json()


def test_password_counts_from_the_step_that_types_it() -> None:
    """A page that asks for a password before the test has typed one refused nobody."""
    test = write_test(story())
    assert not signs_in_before(test, None)
    types = test.model_copy(update={"code": test.code.replace('"Buy bread"', 'os.environ["APP_PASSWORD"]')})
    assert [signs_in_before(types, step) for step in (0, 1, 2, None)] == [False, True, True, True]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Page.goto: Timeout 10000ms exceeded.", "navigation"), ("Page.goto: net::ERR_TIMED_OUT", "navigation"),
     ("Locator.click: Timeout 10000ms exceeded.", "timeout")],
)  # fmt: skip
def test_address_that_does_not_answer_in_time_is_not_reached(text: str, kind: str) -> None:
    """Waiting for a page in vain says nothing about the test; waiting for an element does."""
    assert _error_type(TimeoutError(text), text) == kind


@pytest.mark.parametrize(
    ("text", "other"), [("Buy bread", "bread Buy"), ("£24.10", "£35.21"), ("bread", "daerb"), ("aa", "aa")]
)
def test_altered_value_is_another_text(text: str, other: str) -> None:
    """Digits change; else words or letters change places, where that makes a difference."""
    assert altered(text) == other


@pytest.mark.parametrize("comes", [True, False])
def test_what_comes_just_after_its_time_is_late(chromium_path: str, tmp_path: Path, comes: bool) -> None:
    """A statement that holds at the moment of its failure had not been given the time that the page took."""
    path = tmp_path / "test_late.py"
    path.write_text('expect(page.get_by_text("Saved")).to_be_visible(timeout=10)\n')
    with chromium(chromium_path) as browser:
        page = browser.new_page()
        page.set_content("<p>Notes</p>")
        with pytest.raises(AssertionError) as failed:
            exec(compile(path.read_text(), str(path), "exec"), {"page": page, "expect": expect})
        if comes:
            page.set_content("<p>Saved</p>")
        assert failure(failed.value, failed.tb, str(path), [page])["late"] is comes


@pytest.mark.slow
@pytest.mark.parametrize(("reached", "asked"), [((), set()), (("*",), {"/picture", "/hop"})])
def test_pages_reach_named_origins_only(
    app: App, chromium_path: str, reached: tuple[str, ...], asked: set[str]
) -> None:
    """What lies elsewhere gets no request, be it asked for straight or by a redirect, unless somebody said so."""
    with served(Version(handle=lambda _, path, __: (other.append(path), (200, "", ""))[1])) as elsewhere:
        other: list[str] = []
        foreign = elsewhere.url.replace("127.0.0.1", "localhost")
        app.more = f"<img src={foreign}/picture><img src=/hop>"
        app.hop = f"{foreign}/hop"
        environment = Environment(app.url, Path(chromium_path), reached_origins=reached)
        with Runner(environment) as runner:
            report = runner.run(write_test(story()))
    assert report.facts.passed, report
    assert set(other) - {"/favicon.ico"} == asked
    assert report.blocked == (() if reached else (foreign,))


def test_broken_app_is_waited_for_as_long_as_a_good_one_may_need() -> None:
    """Three times what the step or the one before took of runs that passed, and never less than the bound; as long as
    always before the app is broken, and where no run passed."""
    test, mutant = write_test(story()), Mutant("dead_control", 2)
    with Runner(Environment("http://127.0.0.1:9", Path("chromium"))) as runner:
        assert runner._waits_ms(test, mutant) is None
        for seconds in (0.1, 1.5, 1.0):
            runner._note_times(test, [(-1, 0.7), (0, seconds), (1, 0.2)])
        waits_ms = runner._waits_ms(test, mutant)
        assert waits_ms == [4_500, 4_500, 1_500]
        assert runner._waits_ms(test, None) is None
        assert runner._waits_ms(write_test(story(secret=True)), mutant) is None
    watch = Watch({"waits_ms": waits_ms, "mutant": {"kind": "dead_control", "step": 1}}, {})
    told = []
    for step in range(3):
        watch.at(step)
        told.append(watch.waits_ms(5_000))
    assert told == [5_000, 4_500, 1_500]
    expect.set_options(timeout=5_000)


def test_the_time_of_each_step_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the beginning of one step to that of the next, or to the end of the run."""
    seconds = iter([100.0, 100.5, 103.0, 104.0])
    monkeypatch.setattr("agents.proof.watch.time.monotonic", lambda: next(seconds))
    watch = Watch({}, {})
    watch.end_step()
    watch.at(0)
    watch.at(1)
    watch.end_step()
    assert watch.steps_s == {-1: 0.5, 0: 2.5, 1: 1.0}


@pytest.mark.parametrize(
    ("segments", "url", "looked_at"),
    [
        (("", "api", "notes"), "http://a.example/api/notes?of=main.js", True),
        (("", "api", "notes"), "http://a.example/", True),
        (("", "api", "notes"), "http://a.example/assets/main.js?v=3", False),
        (("", "api", "notes"), "http://a.example/assets/font.woff2", False),
        (("", "files", "photo.png"), "http://a.example/files/photo.png", True),
    ],
)
def test_the_own_files_of_an_app_go_their_own_way(segments: tuple[str, ...], url: str, looked_at: bool) -> None:
    """No write changes them, and each that is looked at takes time; unless the write is that of such a file."""
    found = _intercepted({"method": "PUT", "segments": segments}).match(url)
    assert (found is not None) == looked_at
