"""How far the sessions of a flow agree with its test, step by step."""

from pipeline.flows.agreement import agreement
from pipeline.generate import test_of as write_test
from tests.flows.test_consensus import sessions


def test_each_assertion_says_how_many_sessions_saw_it() -> None:
    """What all saw is asserted of all, at its line of the code, in the step that it belongs to."""
    stories = sessions("Tip: breathe.", "Tip: run.", "Tip: sleep.")
    test = write_test(stories, 1)
    found = agreement(stories, test, 1)
    assert [step.said for step in found.steps] == list(test.steps)
    assert all(step.sessions == 3 for step in found.steps)
    asserted = [one for step in found.steps for one in step.assertions]
    lines = test.code.splitlines()
    assert [one.statement for one in asserted] == [line.strip() for line in lines if "expect(" in line]
    assert all(lines[one.line - 1].strip() == one.statement for one in asserted)
    (saved,) = [one for one in asserted if "Saved." in one.statement]
    assert saved.sessions == 3


def test_what_varied_is_told_with_the_number_of_those_who_saw_it() -> None:
    """Only what fewer than the test asks for saw; the session that tells the steps comes first."""
    stories = sessions("Tip: breathe.", "Tip: run.", "Tip: sleep.")
    test = write_test(stories, 1)
    found = agreement(stories, test, 1)
    varied = [one for step in found.steps for one in step.varied]
    assert [(one.text[:4], one.sessions) for one in varied] == [("Tip:", 1)]
    assert found.sessions[0].id == test.story_id
    assert {one.id for one in found.sessions} == {one.id for one in stories}


def test_how_many_values_were_given_is_told_and_not_which() -> None:
    """Of people's traffic no value that few typed is in any text."""
    stories = [*sessions("a"), *sessions("a", "b", value="Gwendolyn")[1:]]
    real = [story.model_copy(update={"traffic": "real"}) for story in stories]
    found = agreement(real, write_test(real, 3), 3)
    assert max(step.values for step in found.steps) == 2
    told_all = " ".join(step.said + " ".join(one.text for one in step.varied) for step in found.steps)
    assert "Gwendolyn" not in told_all
    assert "Ada" not in told_all


def test_a_test_of_other_sessions_is_not_compared() -> None:
    """Right after a flow has changed, its test may be of a story that is not drawn any more."""
    stories = sessions("a", "b")
    gone = write_test(stories, 1).model_copy(update={"story_id": "gone"})
    found = agreement(stories, gone, 1)
    assert (found.steps, len(found.sessions)) == ((), 2)


def test_an_edited_test_has_no_lines_of_steps() -> None:
    """Then only the steps are told, without assertions."""
    stories = sessions("a")
    edited = write_test(stories, 1).model_copy(update={"code": "x = 1\n", "step_lines": ()})
    found = agreement(stories, edited, 1)
    assert [step.line for step in found.steps] == [0] * len(stories[0].steps)
    assert not any(step.assertions for step in found.steps)


def test_an_assertion_over_several_lines_is_told_as_one() -> None:
    """It begins at its first line, and what it says on the others counts."""
    stories = sessions("a", "b")
    test = write_test(stories, 1)
    (line,) = [one for one in test.code.splitlines() if "Saved." in one and one.strip().startswith("expect(")]
    inside = line.strip().removeprefix("expect(").removesuffix(").to_be_visible()")
    broken = f"    expect(\n        {inside}\n    ).to_be_visible()"
    found = agreement(stories, test.model_copy(update={"code": test.code.replace(line, broken)}), 1)
    (saved,) = [one for step in found.steps for one in step.assertions if "Saved." in one.statement]
    assert (saved.statement, saved.sessions) == (line.strip(), 2)
    assert test.code.splitlines()[saved.line - 1] == line
