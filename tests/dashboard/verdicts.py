"""What came of running the demonstration's tests, twice: all passed at first, and the checkout fails since."""

import ast
import base64
from collections.abc import Iterable
from pathlib import Path

from agents.storage import Storage, StoredTest
from pipeline.proof.webm import Chapter, Frame, webm, webvtt
from schemas.verdicts import Artifact, MutantResult, Run, Verdict

BUILDS = (("117", "2026-11-27T09:00:00.000Z"), ("118", "2026-11-28T09:00:00.000Z"))
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FRAME = bytes.fromhex("1002009d012a1000100000070885858899848801241000606b00feffbaff40")
"""A key picture of 16 by 16 pixels, all black."""
CHAPTERS = (Chapter("The user opens the cart.", 0), Chapter("The user places the order <now>.", 1000))
VIDEO_MS = 3000
PLACE_ORDER = "page.get_by_role('button', name='Place the order').click()"
"""As a run tells it: the statement, not the line."""


def prepare(storage: Storage, proof: Path) -> None:
    """Stores the verdicts of two proving runs; what the failed one left lies in the folder `proof`."""
    left = tuple(leave(proof / "t" / "v"))
    tests = sorted(storage.tests().items, key=lambda one: one.test.title)
    for build, at in BUILDS:
        for stored in tests:
            fails = build == "118" and "check out" in stored.test.title
            assert storage.put_verdict(verdict(stored, build, at, left if fails else None))


def leave(folder: Path) -> Iterable[Artifact]:
    """The files that a failed run leaves."""
    folder.mkdir(parents=True)
    video = webm(16, 16, [Frame(at_ms, True, FRAME) for at_ms in range(0, VIDEO_MS, 500)], CHAPTERS, VIDEO_MS)
    files = {"output.txt": b"1 failed", "page.png": PICTURE, "trace.zip": b"PK", "video.webm": video,
             "video.vtt": webvtt(CHAPTERS, VIDEO_MS).encode()}  # fmt: skip
    for name, content in files.items():
        (folder / name).write_bytes(content)
        yield Artifact(name=name, url=(folder / name).as_uri())


def verdict(stored: StoredTest, build: str, at: str, left: tuple[Artifact, ...] | None) -> Verdict:
    """One test's verdict: three runs that passed and noticed breaks, or two that failed alike and left something."""
    fails = left is not None
    test = stored.test
    last = len(test.steps) - 1
    error = "TimeoutError: Locator.click: Timeout 5000ms exceeded."
    failed = Run(outcome="failed", seconds=6.2, kind="test", rule="the locator finds nothing", step=last,
                 statement=PLACE_ORDER, error=error)  # fmt: skip
    runs = (failed, failed) if fails else tuple(Run(outcome="passed", seconds=1.1 + one / 10) for one in range(3))
    return Verdict(
        id=f"{build}-{test.id}",
        test_id=test.id,
        revision=stored.revision,
        app=test.app,
        build=build,
        environment="staging",
        run_id=f"run-{build}",
        started_at=at,
        ended_at=at.replace("09:00:00", "09:00:30"),
        outcome="failed" if fails else "passed",
        kind="test" if fails else None,
        runs=runs,
        mutants=() if fails else tuple(mutants(stored)),
        artifacts=left or (),
    )


def mutants(stored: StoredTest) -> Iterable[MutantResult]:
    """The last assertion notices a missing text, and nobody a late answer."""
    statements = [ast.unparse(node) for node in ast.walk(ast.parse(stored.code)) if isinstance(node, ast.Expr)]
    asserted = [statement for statement in statements if statement.startswith("expect(")]
    if asserted:
        yield MutantResult(kind="missing_text", applied=True, noticed=True, statement=asserted[-1])
        yield MutantResult(kind="server_error", applied=True, noticed=True, statement=asserted[-1])
    yield MutantResult(kind="stale_answer", applied=True, noticed=False)
    yield MutantResult(kind="dead_control", applied=False, noticed=False)
