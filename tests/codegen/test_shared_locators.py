"""Variables of a test: for what it uses often, and for frames that it looks into."""

from pipeline.codegen import write_test
from schemas.elements import ByRole, ByTitle, Candidate, Element
from schemas.events import Appeared, Typed
from schemas.generated_tests import Parameter
from schemas.stories import ClickStep, FillStep
from tests.codegen.by_hand import at, base, by_label, by_role, story

PAGE = at("/notes")


def test_a_frame_that_is_looked_into_twice_has_a_variable() -> None:
    """One of each: what is typed into them stands beside what it is typed into, not beside where that is."""

    def within(title: str, label: str, text: str) -> FillStep:
        frame = (Candidate(locator=ByTitle(value=title), count=1),)
        target = by_label(label).model_copy(update={"frames": (frame,)})
        return FillStep(target=target, value=Typed(text=text), **base(PAGE))

    steps = [within("Contact", "First name", "Ada"), within("Card", "Bank", "Rhine"), within("Contact", "Town", "Ulm")]
    code = write_test(story(*steps)).code
    assert code.count('get_by_title("Contact")') == 1
    assert 'frame = page.get_by_title("Contact").content_frame' in code
    assert 'frame.get_by_label("Town").fill("Ulm")' in code
    assert 'page.get_by_title("Card").content_frame.get_by_label("Bank").fill("Rhine")' in code
    both = write_test(story(*steps, within("Card", "Account", "12"))).code
    assert 'frame_2 = page.get_by_title("C' in both
    assert both.count(".content_frame") == 2


def test_a_locator_that_is_used_often_has_a_variable() -> None:
    """It is given its value right before the first use, and the lines of steps are still right."""
    field = by_label("Note")
    steps = [FillStep(target=field, value=Typed(text=f"Note {number}"), **base(PAGE)) for number in range(4)]
    test = write_test(story(*steps))
    assert test.code.count('page.get_by_label("Note")') == 1
    assert '    field = page.get_by_label("Note")\n    field.fill("Note 0")' in test.code
    lines = test.code.splitlines()
    assert "goto" in lines[test.step_lines[0] - 1]
    assert all(f"Note {number}" in lines[test.step_lines[number] - 1] for number in (1, 2, 3))


def test_a_long_message_is_called_a_message() -> None:
    """A variable is named by the role of what is found, however it is chosen among others."""
    text = "The page and its discussion page have been added to your watchlist."
    found = Candidate(locator=ByRole(role="status"), count=1)
    told = Appeared(element=Element(tag="div", role="status", text=text, candidates=(found,)))
    watch = ClickStep(target=by_role("a", "link", "Watch"), **base(PAGE, PAGE, changes=(told,)))
    assert "message = page.get_by_role" in write_test(story(watch)).code


def test_many_arguments_have_a_line_each() -> None:
    """No line is wider than others of a test."""
    labels = [f"Field {number}" for number in range(7)]
    steps = [FillStep(target=by_label(label), value=Typed(text=f"Ann {label}"), **base(PAGE)) for label in labels]
    parameters = tuple(
        Parameter(
            name="search_text" if number == 0 else f"search_text_{number + 1}", values=(f"Ann {label}", f"Bob {label}")
        )
        for number, label in enumerate(labels)
    )
    code = write_test(story(*steps), parameters).code
    assert "\n    search_text_4: str,\n" in code
    head = code[code.index("def test_") : code.index('"""')]
    assert max(map(len, head.splitlines())) <= 100
