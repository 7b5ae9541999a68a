"""What the buttons of a list do to the things whose rows were ticked."""

import pytest

from schemas.elements import Ancestor, Element
from schemas.events import Appeared
from tests.stories.by_hand import HOME, Journey, alert, button, link


def _ticked(rows: tuple[str, ...], act: str, message: str) -> Journey:
    journey = Journey().opens(f"{HOME}hosts")
    for number, row in enumerate(rows):
        around = (Ancestor(tag="td", role="cell"), Ancestor(tag="tr", role="row", name=row))
        box = Element(
            tag="input", type="checkbox", role="checkbox", id=f"host_{number}", ancestors=around, form="hosts / all"
        )
        journey = journey.check(box)
    journey = journey.click(button(act, type="submit")).answers(f"{act} selected hosts?").asks(f"{HOME}hosts")
    return journey.shows(*(Appeared(element=one) for one in (alert(message), link("Crane"), link("Edit"), link("Web"))))


@pytest.mark.parametrize(
    ("rows", "message", "title"),
    [
        (("Crane Items 99 Triggers 56 Web Enabled",), "Host disabled", "Disable the host 'Crane'"),
        (("Boat Items 99 Triggers 56 Web Enabled",), "Host disabled", "Disable the host"),
        (("Crane Items 99 Web",), "Your wish was done", "Disable 'Crane'"),
        (("Crane Items 99 Web", "Boat Items 3 Web"), "Hosts disabled", "Disable the hosts"),
        (("Crane Items 99 Web",), "Changes saved", "Disable 'Crane'"),
        (("Crane Items 99 Web",), "Successfully disabled.", "Disable 'Crane'"),
        (("Crane Items 99 Web",), "Please wait", "Disable 'Crane'"),
        (("Crane Items 99 Web",), "Alles erledigt", "Disable 'Crane'"),
        (("Edit Crane Items 99",), "Host disabled", "Disable the host"),
    ],
)
def test_a_button_that_acts_on_ticked_rows_is_told_with_the_thing(
    rows: tuple[str, ...], message: str, title: str
) -> None:
    """By the link with which the row begins, not by all that stands in it, and by what the page says it is, if its
    message is of that act and the things are of this page. A link that says an act is no name."""
    assert _ticked(rows, "Disable", message).story().title == title
