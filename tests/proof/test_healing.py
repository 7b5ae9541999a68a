"""Healing from traffic: what new sessions say about a test, and what is done about it."""

from dataclasses import replace

import pytest

from agents.local.browser import find_chromium
from agents.settings import load
from pipeline.codegen import write_test
from pipeline.flows.trace import Session
from pipeline.proof.alignment import Traits, align
from pipeline.proof.endings import EndText, Reader, end_texts, lost, says
from pipeline.proof.healing import HEALING_RULES, decide, evidence_sentences
from pipeline.proof.traffic import NewStep, Outlook, StepNow, Watched
from schemas.elements import ByRole, ByTestId, Candidate, Element
from schemas.events import Typed
from schemas.stories import CheckStep, ClickStep, FillStep, NetworkRequest, Story
from tests.proof.healing.changes import CHANGES
from tests.proof.healing.judge import BEFORE, chromium, judge, visits
from tests.proof.healing.shop import Version
from tests.proof.test_decisions import CASES as RUNS
from tests.proof.test_decisions import FAILED
from tests.proof.test_prover import story as saved

GOOD = Outlook(
    visits=10, taken=5, succeeded=5, ended_alike=5, touched=8, server_failed=0, expected=5.0, success_before=1.0,
    came_for_it=5, steps=(StepNow(1, 5, 5, 5, "the field", 5), StepNow(2, 5, 5, 5, "the button", 5)),
)  # fmt: skip
LOST = replace(GOOD, steps=(GOOD.steps[0], StepNow(2, 5, 0, 5, "the button 'Keep'", 5)))
CASES = {
    "not usable here": (LOST, RUNS["address not reached"]),
    "broken in the run": (LOST, RUNS["server error"]),
    "broken for users": (replace(LOST, server_failed=3), None),
    "nobody comes": (replace(GOOD, taken=0, succeeded=0, ended_alike=0, expected=8.0), FAILED),
    "too few sessions": (replace(LOST, taken=2, succeeded=2, ended_alike=2), None),
    "end not known": (replace(GOOD, success_before=0.0), None),
    "users fail": (replace(LOST, succeeded=2, ended_alike=2), None),
    "ends otherwise": (replace(LOST, ended_alike=1), None),
    "two versions": (replace(LOST, steps=(StepNow(2, 5, 2, 5, "the button", 3),)), None),
    "done otherwise": (LOST, RUNS["element missing"]),
    "as before": (GOOD, None),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_has_a_case_that_it_alone_decides(name: str) -> None:
    """Every rule has traffic that it, and no earlier one, is about."""
    assert decide(*CASES[name]).name == name


def test_every_healing_rule_has_a_case() -> None:
    """No rule is without a proof here, and each says what it means."""
    assert [rule.name for rule in HEALING_RULES] == list(CASES)
    assert all(rule.means for rule in HEALING_RULES)


@pytest.mark.parametrize("run", ["server error", "request lost", "script error", "not started", "sign-in refused"])
def test_nothing_is_healed_where_the_run_blames_the_app_or_the_place(run: str) -> None:
    """However sure the new sessions are, a server that fails while the test runs is not healed away."""
    assert decide(LOST, RUNS[run]).decision in ("app", "environment")


def test_test_that_passes_is_not_out_of_date() -> None:
    """Nobody came, and the test still passes: it is only seldom used."""
    traffic, _ = CASES["nobody comes"]
    assert decide(traffic, replace(FAILED, passed=True)).decision == "wait"


def visit(number: int, button: str = "Save", test_id: str = "save", told: str = "", extra: bool = False) -> Story:
    """Another user's session: with another text, at a button that may be another one, perhaps with a step more."""
    text = f"Note {number} of bread"
    first = saved()
    goto, fill, click = first.steps
    assert isinstance(fill, FillStep)
    assert isinstance(click, ClickStep)
    ways = (Candidate(locator=ByRole(role="button", name=button), count=1),
            Candidate(locator=ByTestId(value=test_id), count=1))  # fmt: skip
    target = Element(tag="button", role="button", name=button, text=button, test_id=test_id, candidates=ways)
    shown = told or f"Saved: {text}"
    (change,) = click.changes
    element = change.element.model_copy(update={"text": shown})
    click = click.model_copy(update={"target": target, "changes": (change.model_copy(update={"element": element}),)})
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree",
                  candidates=(Candidate(locator=ByRole(role="checkbox", name="I agree"), count=1),))  # fmt: skip
    tick = CheckStep(event_id="e9", at_ms=3, target=box, page=fill.page, after=fill.page, said="Tick 'I agree'")
    steps = (goto, fill.model_copy(update={"value": Typed(text=text)}), *([tick] if extra else []), click)
    return first.model_copy(update={"id": f"s{number}", "session_id": f"s{number}", "steps": steps})


def watched() -> Watched:
    return Watched(saved(), write_test(saved()))


BEFORE_IT = tuple(visit(number) for number in range(5))


def test_same_way_still_finds_the_button() -> None:
    """Nothing changed: each step was done, and the test's way found its element in each session."""
    found = watched().outlook(BEFORE_IT, [visit(number) for number in range(10, 14)])
    assert (found.taken, found.succeeded, found.ended_alike) == (4, 4, 4)
    assert not found.lost
    assert not found.added
    assert decide(found).decision == "keep"


def test_renamed_button_is_told_before_the_test_fails() -> None:
    """From traffic alone: the way is lost, users come to the same end, and the sentence says by what."""
    fresh = [visit(number, button="Keep", test_id="keep") for number in range(10, 14)]
    found = watched().outlook(BEFORE_IT, fresh)
    assert decide(found).decision == "heal"
    assert evidence_sentences(found, saved(), "build 118") == (
        "since build 118, 4 of 4 sessions did step 3 by the button 'Keep', not by the button 'Save'",
    )


def test_new_step_of_all_users_is_found() -> None:
    """What most new sessions did and the test doesn't is a step more."""
    found = watched().outlook(BEFORE_IT, [visit(number, extra=True) for number in range(10, 14)])
    assert found.added == (NewStep("Tick 'I agree'", 4),)
    assert decide(found).decision == "heal"


def test_other_end_is_for_a_person() -> None:
    """A renamed button, and the page confirms something else: that is never healed."""
    fresh = [visit(number, button="Keep", told="Saved: nothing") for number in range(10, 14)]
    assert decide(watched().outlook(BEFORE_IT, fresh)).decision in ("app", "changed")


def test_server_that_fails_elsewhere_is_another_tests_matter() -> None:
    """Most new visits meet an error at something else: this test is judged by its own steps."""
    fresh = [visit(number, button="Keep", test_id="keep") for number in range(10, 14)]
    failed = NetworkRequest(url="http://shop/other", method="POST", status=500, cause="elsewhere")
    elsewhere = [one.model_copy(update={"network_requests": (*one.network_requests, failed)}) for one in fresh]
    assert decide(watched().outlook(BEFORE_IT, elsewhere)).decision == "heal"
    here = failed.model_copy(update={"cause": fresh[0].steps[-1].event_id})
    broken = [one.model_copy(update={"network_requests": (*one.network_requests, here)}) for one in fresh]
    assert decide(watched().outlook(BEFORE_IT, broken)).decision == "app"


def test_last_good_session_is_the_newest_that_did_all_as_the_test_does() -> None:
    """Without a time of the deploy, new is what came after that session."""
    early = visit(1).model_copy(update={"start_timestamp": "2026-01-01T00:00:00.000Z"})
    late = visit(2).model_copy(update={"start_timestamp": "2026-01-02T00:00:00.000Z"})
    changed = visit(3, button="Keep", test_id="k").model_copy(update={"start_timestamp": "2026-01-03T00:00:00.000Z"})
    assert watched().last_good([changed, early, late]) == late.start_timestamp
    assert watched().last_good([changed]) == ""


def test_step_that_stands_elsewhere_is_the_same_step() -> None:
    """Two steps that changed places are found as moved, and not as one gone and one new."""
    goto, fill, tick, click = visit(1, extra=True).steps
    moved = visit(1).model_copy(update={"steps": (goto, tick, fill, click)})
    laid = align(Traits(Session(visit(1, extra=True))), Traits(Session(moved)))
    assert laid.places == (0, 2, 1, 3)
    assert laid.added == ()


def test_end_of_another_session_is_read_apart_from_what_was_typed() -> None:
    """What each user typed is no difference, be it one digit; what the app says of it by itself is."""
    test = write_test(saved())
    assert EndText("Saved: Buy bread") in end_texts(test)
    mine, other = Reader(Session(saved())), Reader(Session(visit(1)))
    assert says(EndText("Saved: Buy bread"), mine, ["Saved: Note 1 of bread"], other)
    assert not says(EndText("Saved: Buy bread"), mine, ["Saved: Buy butter"], other)
    assert says(EndText(r"Order \d+", pattern=True), mine, ["Order 17"], other)


def test_test_that_says_less_of_its_end_is_noticed() -> None:
    """The new test must say of its end all that the old one does."""
    test = write_test(saved())
    weaker = test.model_copy(update={"code": test.code.replace("Saved: Buy bread", "Saved")})
    assert lost(test, Session(saved()), test, Session(saved())) == ()
    assert lost(test, Session(saved()), weaker, Session(saved())) == ("Saved: Buy bread",)


def test_a_name_that_is_made_unique_is_said() -> None:
    """A new test whose sessions each made a thing of their own name says of its end no less for that."""
    test = write_test(saved())
    said = test.code.replace("'Saved: Buy bread'", '"Saved: Buy bread"')
    assert '"Saved: Buy bread"' in said
    first, rest = said.split("    page.goto(", 1)
    unique = f'{first}    name = unique("Buy bread")\n    page.goto({rest}'.replace(
        '"Saved: Buy bread"', '"Saved: " + name'
    )
    lines = tuple(line + 1 if line else 0 for line in test.step_lines)
    newer = test.model_copy(update={"code": unique, "step_lines": lines})
    assert lost(test, Session(saved()), newer, Session(saved())) == ()


@pytest.mark.slow
def test_changes_of_a_real_app_are_decided_right() -> None:
    """Recorded in Chromium before and after: what can be healed is written anew and passes, what is broken is not."""
    chosen = ("new box that is required", "order is lost without a word")
    path = str(find_chromium(load()))
    with chromium(path) as browser:
        before = visits(browser, Version(), [BEFORE[0]] * 3)
        for change in (one for one in CHANGES if one.name in chosen):
            few = replace(change, visits=change.visits[:3])
            told = judge(browser, path, before, few, lambda _: None)
            assert told.right, (change.name, told.decision, told.rule, told.proof)
