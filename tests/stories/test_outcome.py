"""What pages answer: messages and refusals, by their marks and by their words."""

import pytest

from pipeline.semantics.messages import errors, messages
from schemas import limits
from schemas.elements import Element
from schemas.events import Appeared, TextChanged
from tests.stories.by_hand import HOME, Journey, button, password, textbox


@pytest.mark.parametrize(
    "classes",
    [
        ("messages", "messages--status"),
        ("status-message", "error"),
        ("alert", "alert-with-button"),
        ("form-label", "error"),
    ],
)
def test_messages_are_messages_whatever_else_their_classes_say(classes: tuple[str, ...]) -> None:
    """A badge and a button are red; a message with a button in it is a message."""
    told = Element(tag="div", text="The name is taken", classes=classes)
    assert messages([Appeared(element=told)]) == ["The name is taken"]
    badge = Element(tag="span", text="Canceled", classes=("label", "label-danger"))
    assert errors([Appeared(element=badge)]) == []


def test_what_a_framework_says_of_a_wrong_password_is_a_refusal() -> None:
    """It asks for the right one, in a text that nothing marks."""
    told = Element(tag="li", text="Please enter a correct username and password. Note that both may be case-sensitive.")
    journey = Journey().opens(f"{HOME}login").fill(textbox("User"), "ann").fill(password(), secret="password")
    journey.click(button("Log in")).leads_to(f"{HOME}login").shows_new(told)
    assert journey.story().title == "Log in with a wrong password"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The user Otto Holm has been deleted", "Delete the user 'Otto Holm'"),
        ("Your comment on Monday was deleted", "Delete an item"),
    ],
)
def test_a_name_without_marks_stands_behind_the_noun(text: str, title: str) -> None:
    """In an English sentence a noun begins with a small letter, and the words of a name with capital ones."""
    journey = Journey().opens(f"{HOME}things/7").click(button("Delete")).leads_to(f"{HOME}things")
    journey.shows_new(Element(tag="div", role="status", live=True, text=text))
    assert journey.story().title == title


def test_hostile_answers_are_read_in_a_moment() -> None:
    """Words that could be read in many ways, and text without an end, cost no more than others."""
    for text in ("Item " + "was successfully " * 500 + "x", "a" * 9_000):
        journey = Journey().opens(HOME).fill(textbox("Name"), "x").click(button("Save", type="submit"))
        shown = Element(tag="p", role="alert", text=text[: limits.TEXT_CHARS_MAX])
        changes = [TextChanged(element=shown, after=said) for said in (text, f"Error: {text}")]
        story = journey.shows(*changes).story()
        assert story.title
