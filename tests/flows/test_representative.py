"""Which session of a flow tells the steps of its test."""

import random

import pytest

from bench.flows.synthetic import alert
from pipeline.flows.consensus import consensus
from pipeline.flows.representative import representative
from pipeline.flows.trace import Session
from pipeline.generate import tests_of as write_tests
from pipeline.semantics.verbs import is_password
from schemas.events import End
from tests.flows.acts import PlainVisitor
from tests.flows.test_consensus import many, sessions, signs_in
from tests.flows.test_flow_assignment import told
from tests.stories.by_hand import HOME, Journey, textbox


def test_the_session_that_typed_what_most_typed_tells_the_steps() -> None:
    """Of sessions that took the same steps, though another is a step shorter or was earlier."""
    often, seldom = sessions("a", "b", "c", value="Ada"), sessions("d", value="Zo")
    longer = [story.model_copy(update={"steps": (*story.steps, story.steps[-1])}) for story in often]
    chosen = representative([Session(story) for story in (*seldom, *longer)]).story
    assert chosen.id in {story.id for story in longer}


def test_the_cleanest_session_tells_the_steps() -> None:
    """What most took before fewest steps; of equal ones the earliest; of these the smallest id."""
    stories = many(9)
    chosen = representative([Session(story) for story in stories]).story
    again = chosen.model_copy(update={"start_timestamp": "0"})
    assert representative([Session(chosen), Session(again)]).story is again
    with pytest.raises(ValueError, match="empty"):
        representative([])


def test_the_session_that_tells_did_what_most_did() -> None:
    """A field that most users filled in is filled in by the test, though one user did without."""
    stories = []
    for number in range(5):
        visitor = PlainVisitor("shop", number, random.Random(number))
        visitor.open("/lists/new")
        visitor.write("Name", "Groceries")
        if number:
            visitor.write("Notes", "for Friday")
        visitor.send("Save", "POST", "/lists", alert("Saved."), url="/lists")
        visitor.add(End)
        stories.append(told(visitor).model_copy(update={"id": str(number), "flow_key": "lists"}))
    assert len(consensus(stories).story.steps) == 4


def test_the_session_that_tells_signs_in() -> None:
    """Where users were signed in already, the test still begins with what nobody can do without."""
    stories = [signs_in(number, "ada", "Hello, Ada.") for number in range(3)]
    already = [story.model_copy(update={"id": f"a{n}", "steps": story.steps[4:]}) for n, story in enumerate(stories)]
    found = consensus([*already, stories[0].model_copy(update={"id": "z"})]).story
    assert any(is_password(step) for step in found.steps)


def test_the_user_who_came_most_often_tells_the_steps() -> None:
    """Whoever runs the tests has one password at hand, most likely that of the user who is seen most."""
    stories = [signs_in(number, name, "Hello.") for number, name in enumerate(("bob", "ada", "ada", "cleo"))]
    assert "ada" in write_tests(stories)[0].code


def test_the_session_whose_texts_are_known_tells_the_steps() -> None:
    """What was withheld, as it held most of the password, is made up, and finds nothing where it is searched for."""
    withheld, known = (
        Journey().opens(HOME).fill(textbox("Name"), "ada").fill(textbox("Search"), text, secret=secret).story()
        for text, secret in (("", "masked"), ("elm", None))
    )
    assert representative([Session(withheld), Session(known)]).story is known
