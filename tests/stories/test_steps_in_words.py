"""Each step in plain English, whatever the page says."""

from schemas.elements import ByRole, Candidate, Element, Scope
from schemas.events import Appeared, Choice, Drag, Hover, Navigation, Press, Scroll, Select, Stroke, Upload
from tests.stories.by_hand import (
    Journey,
    button,
    heading,
    link,
    password,
    textbox,
)


def test_each_step_in_plain_english() -> None:
    """Every kind of step has words of its own."""
    icon, bin_ = button("Card"), Element(tag="div", text="Done")
    journey = Journey().opens("https://shop.example/a/b?token=secret").fill(textbox("Email"), "ann@example.com")
    journey.fill(password(), secret="password").click(icon, button="right").press(icon, "Enter")
    journey.add(Press, target=icon, key="s", modifiers=("Control",)).add(Hover, target=link("Menu"))
    journey.add(Select, target=textbox("Country"), options=(Choice(value="fr", label="France"),))
    journey.add(Upload, target=textbox("File"), files=("a.csv",)).add(Drag, target=icon, onto=bin_).add(Scroll)
    journey.add(Navigation, url=journey.page.url, how="reload").fill(textbox("Notes"), "", before="old")
    assert journey.said() == [
        "Open shop.example/a/b",
        "Fill in 'Email' with 'ann@example.com'",
        "Fill in 'Password' with the password",
        "Right-click the button 'Card'",
        "Press Enter in 'Card'",
        "Press Control+S in 'Card'",
        "Point at the link 'Menu'",
        "Choose 'France' in 'Country'",
        "Choose the file 'a.csv' for 'File'",
        "Drag the button 'Card' onto the element 'Done'",
        "Scroll the page",
        "Reload the page",
        "Empty 'Notes'",
    ]


def test_texts_of_the_page_stay_on_one_line() -> None:
    """Line breaks, control and direction characters of the page don't reach the words for people."""
    journey = (
        Journey().opens().click(link(("a\n\u202eb\x00c " + "long " * 60)[:200])).shows(Appeared(element=heading("x")))
    )
    story = journey.story()
    assert story.title.startswith("Open 'a bc long")
    assert len(story.title) <= 120


def test_keys_that_wrote_nothing_are_named() -> None:
    """An editor that was left by Escape, or saved by a shortcut, was not filled in, and no title says that it was."""
    cell = Element(tag="div", role="textbox", name="Cell", editable=True)
    escape, save = Stroke(key="Escape"), Stroke(key="s", modifiers=("Control",))
    journey = Journey().opens().fill(cell, "x = 1", before="x = 1", keys=(escape, save), by_keys=True)
    journey.click(button("Title")).fill(cell, "x = 2", before="x = 1", keys=(Stroke(text="2"),), by_keys=True)
    assert journey.said()[1] == "Press Escape and Control+S in 'Cell'"
    assert journey.said()[3] == "Fill in 'Cell' with 'x = 2'"


def test_a_list_without_a_name_is_called_by_what_is_written_around_it() -> None:
    """As the user reads it: the row of a settings page says `Theme`, the list itself has no label."""
    row = Scope(locator=ByRole(role="listitem"), has_text="Theme")
    alone = Candidate(locator=ByRole(role="combobox"), within=(row,), count=1)
    themes = Element(tag="select", role="combobox", candidates=(alone,))
    journey = Journey().opens("https://shop.example/settings")
    journey.add(Select, target=themes, options=(Choice(value="teal", label="Teal"),))
    assert journey.said()[1] == "Choose 'Teal' in 'Theme'"
    assert journey.asks("https://shop.example/api/settings").story().title == "Change 'Theme' in the settings"
