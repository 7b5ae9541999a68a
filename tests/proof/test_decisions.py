"""Diagnoses, repairs, states and mutants: the pure part of proving a test."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.proof.failures import statement_at
from agents.proof.strengthening import _assertion
from pipeline.codegen import project_files, write_test
from pipeline.codegen.amendments import Amendments
from pipeline.codegen.project.files import quarantine_list
from pipeline.proof.diagnosis import RULES, diagnose
from pipeline.proof.evidence import Answer, RunFacts
from pipeline.proof.instrument import instrumented, lines_after_edit
from pipeline.proof.mutants import Request, asserted_texts, mutants_of
from pipeline.proof.repair import locator_of, next_repair
from pipeline.proof.states import STATES, Standing, state_of
from pipeline.proof.verdicts import outcome_of, run_of
from schemas.elements import ByRole, ByTestId, Candidate, Element
from schemas.events import Page, Typed
from schemas.limits import NOTE_CHARS_MAX
from schemas.stories import ClickStep, FillStep, GotoStep, NetworkRequest, State, Story
from schemas.verdicts import Run

pytestmark = pytest.mark.slow

FAILED = RunFacts(passed=False, seconds=1, step=2, statement="page.get_by_role('button').click()")


PASSES = "def test_it() -> None:\n    assert True\n"


def answer(status: int, *, document: bool = False, step: int = 2) -> Answer:
    return Answer("POST", "http://shop/orders", status, document, step)


CASES = {
    "not started": replace(FAILED, started=False),
    "can't be imported": replace(FAILED, error_type="load"),
    "variable not set": replace(FAILED, error_type="secret_missing"),
    "foreign origin": replace(FAILED, error_type="wrong_origin"),
    "address not reached": replace(FAILED, error_type="navigation"),
    "server error": replace(FAILED, answers=(answer(503),)),
    "sign-in refused": replace(FAILED, signs_in=True, asks_password=True),
    "page missing": replace(FAILED, answers=(answer(404, document=True),)),
    "option missing": replace(FAILED, error_type="options"),
    "request lost": replace(FAILED, answers=(answer(0),)),
    "script error": replace(FAILED, page_errors=("TypeError: x is undefined",)),
    "several matches": replace(FAILED, error_type="strict", matched=2),
    "came late": replace(FAILED, error_type="assertion", asserts=True, matched=1, late=True),
    "wrong outcome": replace(FAILED, error_type="assertion", asserts=True, last=True, matched=0),
    "wrong content": replace(FAILED, error_type="assertion", asserts=True, matched=1),
    "element missing": replace(FAILED, error_type="timeout", matched=0),
    "element not ready": replace(FAILED, error_type="timeout", matched=1),
    "no rule": FAILED,
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_explains_its_failure(name: str) -> None:
    """Every rule has a run that it, and no earlier one, explains."""
    assert diagnose(CASES[name]).name == name


def test_every_rule_has_a_case_and_tells_what_to_do() -> None:
    """No rule is without a proof here, and each says to a person what it means and what comes next."""
    assert [rule.name for rule in RULES] == list(CASES)
    assert all(rule.means and rule.next_step for rule in RULES)


def test_what_came_late_is_no_reason_to_assert_less() -> None:
    """An assertion that holds a moment later holds here: it is neither left out nor asked of another element."""
    statement = "expect(page.get_by_text('x')).to_be_visible()"
    early = replace(FAILED, error_type="assertion", asserts=True, statement=statement)
    assert next_repair(replace(early, matched=1), Amendments()) is not None
    assert next_repair(replace(early, matched=1, late=True), Amendments()) is None


def test_error_of_an_earlier_step_does_not_blame_the_app() -> None:
    """What the server answered long before the failing step says nothing about it."""
    facts = replace(CASES["element missing"], step=5, answers=(answer(500, step=1),))
    assert diagnose(facts).kind == "test"


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ("", ("not_run", "environment")),
        ("p", ("passed", None)),
        ("ppp", ("passed", None)),
        ("pfp", ("flaky", "test")),
        ("ff", ("failed", "app")),
        ("n", ("not_run", "environment")),
        ("nff", ("failed", "app")),
    ],
)
def test_runs_come_to_one_outcome(outcomes: str, told: tuple[str, str | None]) -> None:
    """A test that fails now and then is flaky, one that could not be run says nothing about itself."""
    made = {
        "p": Run(outcome="passed", seconds=1),
        "f": Run(outcome="failed", seconds=1, kind="app"),
        "n": Run(outcome="not_run", seconds=1, kind="environment"),
    }
    assert outcome_of([made[one] for one in outcomes]) == told


def test_texts_of_a_run_are_cut_at_their_bound() -> None:
    """However long an error is, a verdict can be stored."""
    run = run_of(replace(FAILED, error="x" * 10_000, statement="y" * 10_000, seconds=10.0**9))
    assert len(run.error) == len(run.statement) == NOTE_CHARS_MAX


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing(1), "draft"),
        (Standing(2, "repaired"), "healed"),
        (Standing(1, outcome="passed", proved_revision=1), "proven"),
        (Standing(2, "repaired", outcome="passed", proved_revision=2), "healed"),
        (Standing(2, "repaired", "approve", 2, "passed", 2), "reviewed"),
        (Standing(1, outcome="failed", proved_revision=1), "failing"),
        (Standing(1, outcome="flaky", proved_revision=1), "flaky"),
        (Standing(2, outcome="passed", proved_revision=1), "outdated"),
        (Standing(2, "edited", "approve", 2, "failed", 1), "reviewed"),
        (Standing(2, "edited", "approve", 1, "failed", 1), "outdated"),
        (Standing(1, decision="approve", decided_revision=1, outcome="passed", proved_revision=1), "reviewed"),
        (Standing(2, decision="approve", decided_revision=1, outcome="passed", proved_revision=2), "proven"),
        (Standing(1, decision="reject", decided_revision=1, outcome="passed", proved_revision=1), "quarantined"),
        (Standing(2, decision="reject", decided_revision=1), "draft"),
        (Standing(3, decision="quarantine", decided_revision=1, outcome="passed", proved_revision=3), "quarantined"),
        (Standing(1, decision="release", decided_revision=1), "draft"),
    ],
)
def test_state_follows_from_verdict_and_decision(standing: Standing, state: str) -> None:
    """A person's decision wins; a verdict counts for the revision that it was about."""
    assert state_of(standing) == state


@given(st.builds(Standing, st.integers(0, 3), st.sampled_from(["generated", "edited", "repaired"]),
                 st.sampled_from([None, "approve", "reject", "quarantine", "release"]), st.integers(0, 3),
                 st.sampled_from([None, "passed", "failed", "flaky", "not_run"]), st.integers(0, 3)))  # fmt: skip
def test_nothing_unproven_or_quarantined_is_called_proven(standing: Standing) -> None:
    """`proven` needs a verdict `passed` on the very revision, and nobody who said otherwise."""
    state = state_of(standing)
    assert state in STATES
    if state == "proven":
        assert standing.outcome == "passed"
        assert standing.proved_revision == standing.revision
        assert standing.decision != "quarantine"


def test_locator_that_does_not_match_once_is_replaced_and_then_its_assertion_left_out() -> None:
    """Between the steps first another recorded locator is tried, then the assertion is dropped; an action only gets
    other locators."""
    facts = replace(FAILED, asserts=True, matched=0, statement="expect(page.get_by_text('Hi')).to_be_visible()")
    first = next_repair(facts, Amendments())
    assert first is not None
    assert first.amendments.avoided == {(2, "page.get_by_text('Hi')")}
    second = next_repair(replace(facts, statement="expect(page.get_by_role('note')).to_be_visible()"), first.amendments)
    assert second is not None
    assert second.amendments.dropped == {"expect(page.get_by_role('note')).to_be_visible()"}
    clicked = next_repair(replace(FAILED, matched=2), Amendments())
    assert clicked is not None
    assert not clicked.amendments.dropped


@given(st.booleans(), st.sampled_from([None, 0, 1, 2]), st.integers(0, 3))
def test_assertions_of_the_last_step_are_never_left_out(asserts: bool, matched: int | None, step: int) -> None:
    """Whatever fails in the last step, no repair takes an assertion away from what the test ends on."""
    facts = replace(FAILED, asserts=asserts, matched=matched, step=step, last=True)
    facts = replace(facts, statement="expect(page.get_by_text('Hi')).to_be_visible()")
    repair = next_repair(facts, Amendments())
    assert repair is None or not repair.amendments.dropped


@pytest.mark.parametrize(
    ("statement", "locator"),
    [
        ('page.get_by_role("button", name="Save").click()', "page.get_by_role('button', name='Save')"),
        ("expect(page.get_by_text('a')).to_be_visible()", "page.get_by_text('a')"),
        ("fill_credential(page.get_by_label('E-mail'), 'x')", "page.get_by_label('E-mail')"),
        ("page.get_by_role('row').nth(2).hover()", "page.get_by_role('row').nth(2)"),
        ("expect(page).to_have_url('/x')", None),
        ("page.goto('/x')", None),
        ("x = 1", None),
    ],
)
def test_locator_of_astatement_at(statement: str, locator: str | None) -> None:
    """What a statement acts on is found in actions and assertions alike; the page itself is no locator."""
    assert locator_of(statement) == locator


def button(name: str) -> Element:
    named = Candidate(locator=ByRole(role="button", name=name), count=1)
    by_id = Candidate(locator=ByTestId(value="save"), count=1)
    return Element(tag="button", role="button", name=name, text=name, candidates=(named, by_id))


def by_role(role: str, name: str) -> Element:
    found = Candidate(locator=ByRole(role=role, name=name), count=1)
    return Element(tag="input", type="text", role=role, name=name, candidates=(found,))


def saved() -> Story:
    page, bread = Page(url="http://shop/notes", title="Notes"), Typed(text="Buy bread")
    return Story(
        id="s", version=1, app="shop", journey_id="j", session_id="s", title="Save the note",
        start_timestamp="2026-01-01T00:00:00.000Z", end_timestamp="2026-01-01T00:01:00.000Z",
        initial_state=State(url="http://shop/notes"), final_state=State(url="http://shop/notes/17", title="Note"),
        network_requests=(
            NetworkRequest(url="http://shop/notes", method="GET", status=200, cause="e1"),
            NetworkRequest(url="http://shop/notes/17/save", method="POST", status=200, cause="e3"),
        ),
        steps=(
            GotoStep(event_id="e1", at_ms=1, url="http://shop/notes", page=page, after=page),
            FillStep(event_id="e2", at_ms=2, target=by_role("textbox", "Title"), value=bread, page=page, after=page),
            ClickStep(event_id="e3", at_ms=3, target=button("Save"), page=page, after=page),
        ),
    )  # fmt: skip


def test_avoided_locator_gives_the_next_recorded_one() -> None:
    """A repaired test is written from the same evidence: only the locator that failed is another one."""
    story = saved()
    first = write_test(story)
    assert 'page.get_by_role("button", name="Save").click()' in first.code
    repaired = write_test(
        story, amendments=Amendments(avoided=frozenset({(2, "page.get_by_role('button', name='Save')")}))
    )
    assert 'page.get_by_test_id("save").click()' in repaired.code
    assert first.code.replace('get_by_role("button", name="Save")', 'get_by_test_id("save")') == repaired.code


def test_each_step_begins_on_its_line() -> None:
    """The lines of the steps are those on which their first statements stand, or the comment before it."""
    test = write_test(saved())
    lines = test.code.splitlines()
    opens, types, saves = (line - 1 for line in test.step_lines)
    assert lines[opens].startswith("    page.goto(")
    assert lines[types].startswith("    page.get_by_role(")
    assert lines[saves].startswith("    # ")
    assert lines[saves + 1].startswith("    with page.expect_response(")


def test_instrumented_copy_tells_its_steps_and_is_else_the_same() -> None:
    """The copy that the runner runs differs by nothing but the calls that tell the step."""
    test = write_test(saved())
    copy = instrumented(test.code, test.step_lines)
    ast.parse(copy)
    assert [f"proof_step({n})" in copy for n in range(3)] == [True] * 3
    kept = [line for line in copy.split("\n") if "proof_step" not in line]
    assert kept == test.code.split("\n")
    assert instrumented(test.code, ()) == test.code


def test_steps_of_an_edited_test_begin_where_their_lines_are_now() -> None:
    """Lines that were added move them; a line that was changed, or that stands within something else now, is none."""
    test = write_test(saved())
    lines = test.code.split("\n")
    opens, types, saves = test.step_lines
    longer = "\n".join(["# by hand", *lines[: saves - 1], "    page.reload()", *lines[saves - 1 :]])
    assert lines_after_edit(test.code, test.step_lines, longer) == (opens + 1, types + 1, saves + 2)
    ast.parse(instrumented(longer, (opens + 1, types + 1, saves + 2)))
    changed = test.code.replace(lines[types - 1], lines[types - 1].replace("Title", "Name"))
    assert changed != test.code
    assert lines_after_edit(test.code, test.step_lines, changed) == (opens, 0, saves)
    quoted = test.code.replace(lines[types - 1], f'    """\n{lines[types - 1]}\n    """')
    assert lines_after_edit(test.code, test.step_lines, quoted) == (opens, 0, saves + 2)
    assert lines_after_edit(test.code, test.step_lines, "def test_it(page:\n") == ()


def test_mutants_break_what_the_story_changed_and_saw() -> None:
    """The write of the last step, the typed value, the texts of the end and the last control are broken; ids in an
    address may differ."""
    story = saved()
    planned = {mutant.kind: mutant for mutant in mutants_of(story, write_test(story))}
    wanted = Request("POST", ("", "notes", "", "save"))
    assert planned["server_error"].request == planned["lost_request"].request == wanted
    assert planned["altered_value"].texts == ("Buy bread",)
    assert planned["dead_control"].step == 2
    assert "stale_answer" in planned


def test_text_that_is_gone_in_the_end_can_not_be_missing() -> None:
    """A test that expects a text to be gone holds whatever else stands there: no mutant changes that text."""
    shown = write_test(saved())
    more = 'expect(page.get_by_text("Old note")).to_be_hidden()\n    expect(page.get_by_text("Mine")).to_have_count(0)'
    gone = shown.model_copy(update={"code": f"{shown.code.rstrip()}\n    {more}\n"})
    assert asserted_texts(shown)
    assert asserted_texts(gone) == asserted_texts(shown)


def test_quarantined_test_of_a_project_is_not_run(tmp_path: Path) -> None:
    """The exported conftest.py reads the list beside it; no file of a test is changed for it."""
    test = write_test(saved())
    other = test.model_copy(update={"id": "z"})
    for name, text in project_files([test, other], quarantined={"z": "it is\nbeing rebuilt"}).items():
        (tmp_path / name).write_text(text)
    command = (sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-k", "_2", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 skipped" in done.stdout, done.stdout
    assert "quarantined: it is being rebuilt" in done.stdout


@pytest.mark.parametrize(("quarantined", "outcome"), [("z", "1 skipped"), ("a", "1 passed")])
def test_a_list_of_a_larger_project_names_no_other_test(tmp_path: Path, quarantined: str, outcome: str) -> None:
    """Where only the second of two tests of one name was exported, its file has another name than in the list."""
    first, second = (write_test(saved()).model_copy(update={"id": one, "code": PASSES}) for one in ("a", "z"))
    files = project_files([second])
    assert second.file_name in files
    files["quarantine.txt"] = quarantine_list([first, second], {quarantined: "it waits"})
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    command = (sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome in done.stdout, done.stdout


def test_a_locator_with_a_name_is_told_written_out(tmp_path: Path) -> None:
    """In the statement that failed, so that a repair knows which locator to replace; a page's name stays."""
    file = tmp_path / "test_it.py"
    file.write_text(
        "def test_it(page):\n"
        "    popup = popup_info.value\n"
        "    field = popup.get_by_label('Note')\n"
        "    field.fill('Tea')\n"
        "    expect(field).to_have_value('Tea')\n"
    )
    filled, expected = statement_at(str(file), 4), statement_at(str(file), 5)
    assert filled is not None
    assert expected is not None
    assert ast.unparse(filled) == "popup.get_by_label('Note').fill('Tea')"
    assert locator_of(ast.unparse(expected)) == "popup.get_by_label('Note')"


@pytest.mark.parametrize(
    ("statement", "assertion"),
    [
        ('expect(page.get_by_text("Saved")).to_be_visible()', "expect(page.get_by_text('Saved')).to_be_visible()"),
        ('expect(page.get_by_text("Saved and then so', None),
        ("page.get_by_text('Saved').click()", None),
        ("", None),
    ],
)
def test_only_a_whole_assertion_amends_a_test(statement: str, assertion: str | None) -> None:
    """A statement is told up to a bound: of one that was cut nobody knows what it asserted."""
    assert _assertion(statement) == assertion
