"""Names that every session made anew are another in each run of the test, wherever it needs them."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.flows.synthetic import Visitor, alert
from pipeline.codegen import write_test
from pipeline.codegen.project.files import project_files
from pipeline.codegen.python.allow_list import ForbiddenCode, check_code
from pipeline.generate import agreed
from pipeline.generate import test_of as write_flow
from schemas.events import Appeared, End, Typed
from schemas.stories import ClickStep, FillStep, GotoStep, Story
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story
from tests.codegen.conftest import namer
from tests.flows.test_flow_assignment import told

GOLDEN = Path(__file__).parent / "goldens" / "unique_name.txt"
PAGE = at("/shelves.html", "Shelves")
NAMES = ("Harbour lights", "Old letters", "Maps of the coast")


def makes(values: Sequence[str], field: str = "Shelf name", opened: str = "/shelves/new") -> list[Story]:
    """One session for each value: it makes a shelf and opens it."""
    out = []
    for number, value in enumerate(values):
        visitor = Visitor("shelves", number, random.Random("plain"))
        visitor.open(opened)
        visitor.write(field, value)
        visitor.send("Create shelf", "POST", "/shelves", alert(f"Shelf '{value}' was created."), url="/shelves")
        visitor.add(End)
        out.append(told(visitor).model_copy(update={"traffic": "real"}))
    return out


def shelf() -> Story:
    """A shelf that is made and opened."""
    name = "Harbour lights"
    return story(
        GotoStep(url=HOME + "/shelves.html", **base(at(""), PAGE)),
        FillStep(target=by_label("Name"), value=Typed(text=name), **base(PAGE)),
        ClickStep(
            target=by_role("button", "button", "Add shelf"),
            **base(PAGE, PAGE, changes=(Appeared(element=by_text("li", name)),)),
        ),
        ClickStep(
            target=by_role("a", "link", name),
            **base(PAGE, PAGE, changes=(Appeared(element=by_role("h2", "heading", f"Shelf {name}", level=2)),)),
        ),
        finalState={"url": PAGE.url},
        title="Add a shelf",
        sentence="The user adds a shelf and opens it.",
    )


def test_a_name_that_all_chose_otherwise_is_unique() -> None:
    """Of three sessions with a name of its own each, the test has a name of its own in each run, in all statements."""
    code = write_flow(makes(NAMES)).code
    check_code(code)
    assert re.search(r"\n    name = unique\(\"\w+( \w+)*\"\)\n    page\.goto", code)
    assert ".fill(name)" in code
    assert '"Shelf \'" + name + "\'' in code


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (NAMES[:2], "Shelf name"),
        ((*NAMES, "Old letters"), "Shelf name"),
        (("12.50", "7.00", "1.20"), "Shelf name"),
        (NAMES, "Search"),
        (("Shelf", "Box", "Case"), "Shelf name"),
    ],
)
def test_what_needs_no_name_of_its_own_stays(values: tuple[str, ...], field: str) -> None:
    """Two sessions prove nothing, a name that two gave was free twice, amounts are no names, a search makes nothing,
    and a word that the app shows to those who never typed it is the app's."""
    found = agreed(makes(values, field)).unique
    assert not {"Shelf"} & set(found)
    assert values[0] == "Shelf" or found == ()


def test_rows_are_made_unique_each() -> None:
    """A test with rows makes the value of each row unique, in the variable that it has."""
    stories = [one.model_copy(update={"traffic": "test"}) for one in makes(NAMES)]
    code = write_flow(stories).code
    assert "parametrize" in code
    assert "\n    new_name = unique(new_name)\n" in code


def test_a_name_in_a_pattern_stays() -> None:
    """What stands in an address that the test opens can't be put together, so the name is the recorded one."""
    made = shelf()
    opened = made.steps[0].model_copy(update={"url": HOME + "/shelves.html?of=harbour-lights"})
    code = write_test(made.model_copy(update={"steps": (opened, *made.steps[1:])}), unique=("Harbour lights",)).code
    assert "unique" not in code


def test_the_project_has_the_fixture() -> None:
    """A project whose tests make names unique has the fixture for it, others have none."""
    test = write_flow(makes(NAMES))
    assert "def unique()" in project_files([test])["conftest.py"]
    assert "def unique()" not in project_files([write_test(shelf())])["conftest.py"]


@pytest.mark.parametrize("call", ["unique.mro()", "exec('1')", "unique.__globals__"])
def test_the_fixture_opens_no_door(call: str) -> None:
    """A program may call the fixture, and nothing of it."""
    head = "from playwright.sync_api import Page\n\n\ndef test_a(page: Page, unique: Callable[[str], str]) -> None:\n"
    with pytest.raises(ForbiddenCode):
        check_code(f"{head}    {call}\n")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Spring sale", r"Spring sale [0-9a-f]{6}"),
        ("spring-sale", r"spring-sale-[0-9a-f]{6}"),
        ("spring", r"spring[0-9a-f]{6}"),
        ("ida@example.com", r"ida[0-9a-f]{6}@example\.com"),
    ],
)
def test_names_keep_their_shape(name: str, pattern: str) -> None:
    """What has no blanks gets none, and an address of e-mail stays one; each run has a mark of its own."""
    first, second = namer(), namer()
    assert re.fullmatch(pattern, first(name))
    assert first(name) == first(name) != second(name)


def test_it_reads_as_written_by_a_person() -> None:
    """The program's text is the one that people looked at and found good."""
    assert write_test(shelf(), unique=("Harbour lights",)).code == GOLDEN.read_text()


@pytest.mark.slow
def test_it_passes_where_the_recorded_name_is_taken(whole_pages: str, run_code: Callable[[str, str], None]) -> None:
    """On a page that has what the recording made, the test passes, and fails with the recorded name."""
    run_code(write_test(shelf(), unique=("Harbour lights",)).code, whole_pages)
    with pytest.raises(AssertionError):
        run_code(write_test(shelf()).code.replace(".first", ""), whole_pages)


@pytest.mark.slow
def test_it_fails_where_the_name_is_lost(broken_pages: str, run_code: Callable[[str, str], None]) -> None:
    """Where the page shows the thing without its name, the test notices."""
    with pytest.raises(AssertionError):
        run_code(write_test(shelf(), unique=("Harbour lights",)).code, broken_pages)
