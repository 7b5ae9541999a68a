"""The process that runs a test, its bounds, and what failed runs leave."""

import base64
import json
import os
import select
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page

from agents.proof import artifacts, child
from agents.proof.artifacts import ArtifactStore, VerdictFolder
from agents.proof.child import Child, Ended, Stopped
from agents.proof.runner import Environment, Runner
from pipeline.codegen import write_test
from pipeline.proof.diagnosis import diagnose
from tests.proof.healing.judge import chromium
from tests.proof.test_prover import App, app, story

__all__ = ["app"]

SPEAK = f"import json, os, socket, sys, time; s = socket.socket(fileno=int(os.environ[{child.CHANNEL!r}]))\n"
SOON_S = 20.0
STOPPING = Event()


@pytest.fixture
def spoken(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Child]:
    """A process that runs the program given as the parameter."""
    started = Child([sys.executable, "-c", SPEAK + request.param], tmp_path, {}, tmp_path / "log", STOPPING)
    yield started
    started.end()


@pytest.mark.parametrize("spoken", ["s.sendall(s.recv(99)); time.sleep(60)"], indirect=True)
def test_lines_go_both_ways(spoken: Child) -> None:
    """What is said is heard, and who waits in vain is told so."""
    spoken.say({"a": "ä"})
    assert spoken.hear(time.monotonic() + SOON_S) == {"a": "ä"}
    with pytest.raises(Ended, match="too long"):
        spoken.hear(time.monotonic())


SAYS_ON = "while True: time.sleep(0.02); s.sendall({!r})"


@pytest.mark.parametrize("spoken", [SAYS_ON.format(b"{}\n"), SAYS_ON.format(b".")], indirect=True)
def test_who_always_says_something_meets_its_deadline(spoken: Child) -> None:
    """A run that is never silent is ended like others, and shows meanwhile that it is waited for."""
    deadline_s = time.monotonic() + 2
    with pytest.raises(Ended, match="too long"):
        list(iter(lambda: spoken.hear(deadline_s), None))


@pytest.mark.parametrize("spoken", ["time.sleep(60)", SAYS_ON.format(b".")], indirect=True)
def test_who_is_to_end_does_not_wait(spoken: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover that is stopped says nothing of the run under way."""
    monkeypatch.setattr(STOPPING, "is_set", lambda: True)
    with pytest.raises(Stopped):
        spoken.hear(time.monotonic() + SOON_S)


@pytest.mark.parametrize("spoken", [f"s.sendall(b'x' * {child.SAID_BYTES_MAX + 1}); time.sleep(60)"], indirect=True)
def test_process_that_says_too_much_is_ended(spoken: Child) -> None:
    """A line without an end fills no memory of ours."""
    with pytest.raises(Ended, match="it said more than 4 MiB"):
        spoken.hear(time.monotonic() + SOON_S)


@pytest.mark.parametrize(
    "spoken",
    [
        """import subprocess
subprocess.run([sys.executable, "-c", "import time; a = bytes(1) * 90_000_000; time.sleep(60)"],
               start_new_session=True)"""
    ],
    indirect=True,
)
def test_process_that_uses_too_much_memory_is_ended(spoken: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound counts what the process and its descendants use."""
    monkeypatch.setattr(child, "MEMORY_BYTES_MAX", 80_000_000)
    with pytest.raises(Ended, match="used more than"):
        spoken.hear(time.monotonic() + SOON_S)


LEAVES = "import subprocess; p = subprocess.Popen(['sleep', '60']{}); s.sendall(b'%d\\n' % p.pid); time.sleep(60)"


@pytest.mark.parametrize(
    "spoken",
    [LEAVES.format(""), LEAVES.format(", start_new_session=True")],
    indirect=True,
    ids=["in its session", "in a session of its own"],
)
def test_what_a_process_started_ends_with_it(spoken: Child) -> None:
    """Nothing is left running."""
    watched = os.pidfd_open(int(str(spoken.hear(time.monotonic() + SOON_S))))
    spoken.end()
    ended, _, _ = select.select([watched], [], [], SOON_S)
    os.close(watched)
    assert ended


def test_oldest_artifacts_go_first(tmp_path: Path) -> None:
    """Neither more verdicts of one test nor more bytes are kept than the bounds say."""
    for number in range(4):
        folder = tmp_path / ("one" if number < 3 else "other") / f"verdict-{number}"
        folder.mkdir(parents=True)
        (folder / "trace.zip").write_bytes(b"x" * 100)
        os.utime(folder / "trace.zip", (number + 1, number + 1))
    url = f"file://{tmp_path}"
    ArtifactStore(url, folders_max=2, bytes_max=1000).prune("one")
    assert [path.name for path in sorted(tmp_path.glob("*/*"))] == ["verdict-1", "verdict-2", "verdict-3"]
    ArtifactStore(url, folders_max=2, bytes_max=200).prune("one")
    assert [path.name for path in sorted(tmp_path.glob("*/*"))] == ["verdict-2", "verdict-3"]


def test_artifacts_are_bounded_in_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file at the bound is kept, one beyond it is not; secrets are taken out of texts."""
    monkeypatch.setattr(artifacts, "FILE_BYTES_MAX", 20)
    left = tmp_path / "left"
    left.mkdir()
    (left / "page.png").write_bytes(b"x" * 20)
    (left / "trace.zip").write_bytes(b"x" * 21)
    (left / "trace-2.zip").write_bytes(b"PK\x03\x04 cut off")
    (left / "console.txt").write_text("said hunter22")
    folder = VerdictFolder(ArtifactStore(f"file://{tmp_path / 'kept'}"), "test", "verdict")
    folder.keep(left, {"APP_PASSWORD": "hunter22"})
    assert [one.name for one in folder.artifacts()] == ["console.txt", "page.png"]
    assert (tmp_path / "kept" / "test" / "verdict" / "console.txt").read_text() == "said [secret]"


PLAY = """async () => {
  const video = document.querySelector('video'), track = video.textTracks[0];
  const once = (name) => new Promise((done, fail) => {
    video.addEventListener(name, done, { once: true });
    video.addEventListener('error', () => fail(new Error(video.error.message)), { once: true });
  });
  if (video.readyState < 2) await once('loadeddata');
  track.mode = 'hidden';
  while (document.querySelector('track').readyState < 2) await new Promise((done) => setTimeout(done, 20));
  const cues = [...track.cues].map((cue) => [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent]);
  const shown = [];
  for (const [start] of cues) {
    const came = once('seeked');
    video.currentTime = start;
    await came;
    shown.push(video.currentTime);
  }
  return { cues, shown, duration: video.duration, width: video.videoWidth };
}"""


def assert_plays(page: Page, video: Path, chapters: Path, steps: Sequence[str]) -> None:
    """A browser plays the video, and goes to each chapter, one for each step, the last of which ends with the video."""
    sources = [
        f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
        for kind, file in (("video/webm", video), ("text/vtt", chapters))
    ]
    page.set_content("<video src='{}'><track kind=chapters src='{}' default></video>".format(*sources))
    told = page.evaluate(PLAY)
    starts, ends, titles = zip(*told["cues"], strict=True)
    assert list(titles) == [" ".join(step.split()) for step in steps]
    assert told["shown"] == pytest.approx(list(starts), abs=0.01)
    assert told["duration"] == pytest.approx(ends[-1], abs=0.01)
    assert told["width"] > 100


@pytest.mark.slow
def test_failed_run_leaves_what_explains_it(app: App, chromium_path: str, tmp_path: Path) -> None:
    """The trace has the story's sentences as chapters; the console, failed requests and a video are beside it. A run
    that passed leaves its video where that is wanted, and the next run of the same process knows nothing of it."""
    said = ("Open the notes", "Write <Buy bread> & more", "Save the\nnote")
    test = write_test(story()).model_copy(update={"steps": said})
    store = ArtifactStore(f"file://{tmp_path}")
    good, shown, bad = (VerdictFolder(store, "test", name) for name in ("good", "shown", "bad"))
    with Runner(Environment(app.url, Path(chromium_path))) as runner:
        assert runner.run(test, kept=good, videos="failed").facts.passed
        assert runner.run(test, kept=shown, videos="all").facts.passed
        app.more, app.broken = "<script>console.error('out of bread')</script>", True
        assert not runner.run(test, kept=bad, videos="failed").facts.passed
        app.more, app.broken = "", False
        assert runner.run(test).facts.passed
    assert [good.artifacts(), [one.name for one in shown.artifacts()]] == [(), ["video.vtt", "video.webm"]]
    folder = tmp_path / "test" / "bad"
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"output.txt", "console.txt", "requests.txt", "trace.zip", "page.png", "video.webm", "video.vtt"}
    assert "out of bread" in (folder / "console.txt").read_text()
    assert f"500 POST {app.url}/notes/17/save" in (folder / "requests.txt").read_text()
    with chromium(chromium_path) as browser:
        for one in (folder, tmp_path / "test" / "shown"):
            assert_plays(browser.new_page(), one / "video.webm", one / "video.vtt", test.steps)
    with zipfile.ZipFile(folder / "trace.zip") as archive:
        actions = [json.loads(line) for line in archive.read("trace.trace").splitlines()]
    chapters = [one["title"] for one in actions if one.get("method") == "tracingGroup"]
    assert chapters == list(test.steps)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "rule"),
    [("import os; os._exit(3)", "not started"), ("import no_such_module", "can't be imported")],
)
def test_test_that_cannot_run_is_told_and_the_next_one_runs(
    app: App, chromium_path: str, before: str, rule: str
) -> None:
    """A process that goes away says nothing about the app, and takes no other run with it."""
    test = write_test(story())
    with Runner(Environment(app.url, Path(chromium_path))) as runner:
        broken = runner.run(test.model_copy(update={"code": f"{before}\n{test.code}", "step_lines": ()})).facts
        assert diagnose(broken).name == rule, broken
        assert runner.run(test).facts.passed


@pytest.mark.slow
def test_browser_that_is_gone_takes_one_run_with_it(app: App, chromium_path: str) -> None:
    """The next run has a browser of its own."""
    test = write_test(story())
    crash = test.code.replace("    page.goto(", "    page.context.browser.close()\n    page.goto(", 1)
    assert crash != test.code
    crashing = test.model_copy(update={"code": crash, "step_lines": ()})
    with Runner(Environment(app.url, Path(chromium_path))) as runner:
        assert [runner.run(crashing).facts.error_type for _ in range(2)] == ["closed", "closed"]
        assert runner.run(test).facts.passed
