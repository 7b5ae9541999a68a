"""Values that differ between sessions become rows of the test; what few users typed never does."""

import ast
import random
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.flows.synthetic import Visitor, alert, heading
from pipeline.codegen import write_test
from pipeline.codegen.python.allow_list import ForbiddenCode, check_code
from pipeline.codegen.python.expressions import Name, method
from pipeline.codegen.python.parametrize import fits
from pipeline.generate import agreed
from pipeline.generate import test_of as write_flow
from schemas.elements import Ancestor
from schemas.events import End, Fill, Press
from schemas.generated_tests import Parameter
from schemas.stories import Story
from tests.flows.test_flow_assignment import told


def saves(values: list[str], said: str = "Saved '{}'.") -> list[Story]:
    """One session for each value, which the page says back."""
    out = []
    for number, value in enumerate(values):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/lists/new")
        visitor.write("List name", value)
        visitor.send("Save", "POST", "/lists", alert(said.format(value)), url="/lists")
        visitor.add(End)
        out.append(told(visitor))
    return out


NAMES = ["Groceries"] * 3 + ["Garden tools"] * 3 + ["Paint"] * 3


def test_values_of_many_users_become_rows() -> None:
    """Each value that three users typed is a row, the representative's first, and what the page says follows it."""
    code = write_flow(real(saves(NAMES))).code
    check_code(code)
    assert "@pytest.mark.parametrize(" in code
    rows, body = code.split("def test_")[0], code.split('"""')[2]
    for name in set(NAMES):
        assert rows.count(name) == 1
        assert name not in body
    assert "ids=['p1', 'p2', 'p3']" in code.replace('"', "'")
    assert ".fill(new_name)" in code
    assert '"Saved \'" + new_name + "\'."' in code


def real(stories: list[Story]) -> list[Story]:
    """The same as people's traffic: the made-up shop lies under a name that is set aside for examples."""
    return [story.model_copy(update={"traffic": "real"}) for story in stories]


def test_values_of_few_users_are_no_rows() -> None:
    """A value that only two users typed is no row; nor is anybody's where all differ."""
    code = write_flow(real(saves(["Groceries"] * 3 + ["Secret plan"] * 2))).code
    assert "parametrize" not in code
    assert "Secret" not in code
    assert "parametrize" not in write_flow(real(saves(["Groceries", "Garden tools", "Paint"]))).code


def test_test_traffic_needs_no_crowd() -> None:
    """Where testers typed it, each session may give a row, three at most."""
    stories = saves(["Groceries", "Garden tools", "Paint", "Wood"])
    (parameter,) = agreed(stories).parameters
    assert len(parameter.values) == 3
    assert parameter.name == "new_name"


def test_a_heading_with_how_many_there_are_follows_the_value() -> None:
    """The number is another one for each value; what stands after it says what was looked for."""
    stories = []
    for number, (value, found) in enumerate([("orchard", 2), ("salt", 1), ("rope", 4)]):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/books")
        visitor.write("Search", value)
        shown = heading(f"{found} Results for: {value}")
        visitor.send("Search", "GET", f"/search?query={value}", shown, url=f"/search?query={value}")
        visitor.add(End)
        stories.append(told(visitor))
    code = write_flow(stories).code
    assert "parametrize" in code
    assert 'get_by_role("heading", name="Results for: " + search_text)' in code


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Subject *", "subject"),
        ("Betreff:", "subject"),
        ("Prénom", "first_name"),
        ("Last name", "last_name"),
        ("To", "recipient"),
        ("Move to", "value"),
        ("Código postal", "postcode"),
        ("Frobnication", "value"),
        ("__import__('os')", "value"),
    ],
)
def test_a_parameter_is_called_by_what_its_field_is_for(label: str, name: str) -> None:
    """In words of ours, whatever language and words the page has; `value` where none fits."""

    def sends(number: int, value: str) -> Story:
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/lists/new")
        visitor.write(label, value)
        visitor.send("Save", "POST", "/lists", alert("Saved."), url="/lists")
        visitor.add(End)
        return told(visitor)

    stories = [sends(number, value) for number, value in enumerate(("Groceries", "Paint", "Wood"))]
    assert [parameter.name for parameter in agreed(stories).parameters] == [name]
    check_code(write_flow(stories).code)


def test_parameters_of_one_kind_are_numbered() -> None:
    """Two fields for the same kind of thing give two names."""
    stories = []
    for number, (one, other) in enumerate([("Groceries", "Green"), ("Paint", "Black"), ("Wood", "White")]):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/lists/new")
        visitor.write("List name", one)
        visitor.write("Colour name", other)
        visitor.send("Save", "POST", "/lists", alert("Saved."), url="/lists")
        visitor.add(End)
        stories.append(told(visitor))
    assert [parameter.name for parameter in agreed(stories).parameters] == ["new_name", "new_name_2"]


def test_rows_that_would_find_what_the_row_before_made_are_none() -> None:
    """Each row makes one more in the same app: a text that all of them make would stand there twice, and how many there
    are would differ. Where nothing is made, both stay as they are."""

    def sends(number: int, value: str, method: str, said: str) -> Story:
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/lists/new")
        visitor.write("List name", value)
        visitor.write("Colour", "Dark green")
        visitor.send("Save", method, "/lists", alert(f"Saved '{value}'."), heading(said), url="/lists")
        visitor.add(End)
        return told(visitor)

    for said in ("1 list", "Dark green lists"):
        makes, asks = (
            agreed([sends(number, value, method, said) for number, value in enumerate(("Groceries", "Paint", "Wood"))])
            for method in ("POST", "GET")
        )
        assert makes.parameters == ()
        assert len(asks.parameters[0].values) == 3


def test_what_is_equal_stays_a_literal() -> None:
    """With one value there is nothing to vary."""
    assert "parametrize" not in write_flow(saves(["Groceries"] * 5)).code


def test_a_session_that_saw_something_else_is_no_row() -> None:
    """A value after which the page said something that the test would not expect is left out."""
    stories = saves(["Groceries"] * 3) + saves(["Paint"] * 6, said="Saved, but '{}' is odd.")[3:]
    values = [value for parameter in agreed(stories).parameters for value in parameter.values]
    assert "Paint" not in values


def test_an_address_made_of_the_value_is_another_in_each_row() -> None:
    """Where the value stands in an address in another spelling, the test knows the address without it."""
    story = saves(["Garden tools"])[0]
    last = story.steps[-1].model_copy(
        update={"after": story.steps[-1].page.model_copy(update={"url": "https://shop.example/list/garden-tools"})}
    )
    story = story.model_copy(update={"steps": (*story.steps[:-1], last)})
    code = write_test(story, (Parameter(name="value", values=("Garden tools", "Paint")),)).code
    assert "parametrize" in code
    assert "garden-tools" not in code
    assert 'to_have_url(re.compile(r"/list/[^/]+' in code


def test_a_value_inside_of_a_pattern_can_not_be_put_together() -> None:
    """Where the value stands in a regular expression, however spelled, the test keeps the representative's own."""
    value = Parameter(name="value", values=("Garden tools", "Paint"))
    filled = method(Name("page"), "fill", "Garden tools")
    assert fits([filled], value)
    for text in ("Saved Garden tools: .*", "/lists/garden-tools$", "/lists/Garden%20tools"):
        assert not fits([filled, method(Name("re"), "compile", text)], value)


def test_detours_and_enter_instead_of_the_button_still_give_rows() -> None:
    """A session is a row by what it did and saw, not by how it got there."""
    stories = saves(["Groceries", "Garden tools"])
    visitor = Visitor("shop", 7, random.Random("plain"))
    visitor.open("/help")
    visitor.open("/lists/new")
    field = visitor.write("List name", "Paint")
    sent = next(event.target for event in visitor.events if event.id == field and isinstance(event, Fill))
    cause = visitor.add(Press, target=sent, key="Enter")
    visitor.came(cause, alert("Saved 'Paint'."), url="/lists")
    visitor.add(End)
    found = agreed([*stories, told(visitor).model_copy(update={"flow_key": stories[0].flow_key})])
    assert {value for parameter in found.parameters for value in parameter.values} >= {"Paint"}


@given(st.text(min_size=3, max_size=30), st.text(min_size=3, max_size=30))
@settings(max_examples=40, deadline=None)
def test_hostile_values_stay_data(one: str, other: str) -> None:
    """Whatever is typed, the program passes the gate and its rows hold the very texts."""
    story = saves([one])[0]
    test = write_test(story, (Parameter(name="value", values=(one, other)),))
    check_code(test.code)
    if test.parameters:
        (function,) = (node for node in ast.parse(test.code).body if isinstance(node, ast.FunctionDef))
        (decorator,) = function.decorator_list
        assert isinstance(decorator, ast.Call)
        assert ast.literal_eval(decorator.args[1]) == [one, other]


@pytest.mark.parametrize(
    "line", ["@pytest.mark.skip", "@eval('1')", "@pytest.mark.parametrize('x', [open('f')])", "@os.system"]
)
def test_the_gate_lets_no_other_decorator_through(line: str) -> None:
    """Only rows of constants may stand before a test."""
    with pytest.raises(ForbiddenCode):
        check_code(f"import pytest\n\n\n{line}\ndef test_x(page):\n    page.goto('/')\n")


def finds(values: list[str]) -> list[Story]:
    """One session for each word that is searched for; all of them find the same page, which says all the words."""
    out = []
    for number, value in enumerate(values):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/")
        visitor.write("Search", value, kind="search")
        visitor.send(
            "Search", "GET", "/search", alert(f"Found for '{value}'."), heading("Wood and paint"), url="/search"
        )
        visitor.add(End)
        out.append(told(visitor))
    return out


def test_what_a_page_says_to_everybody_is_no_echo() -> None:
    """A text that holds one of the words whatever was searched for stays as it is in each row; what repeats the word
    follows it."""
    code = write_flow(finds(["paint", "Wood", "paint"])).code
    check_code(code)
    assert "@pytest.mark.parametrize(" in code
    assert '"Wood and paint"' in code
    assert '"Found for \'" + search_text + "\'."' in code


def searches(values: list[str], shown_first: str = "All notes") -> list[Story]:
    """One session for each value that is searched for; the page of results has it in its address alone."""
    out = []
    for number, value in enumerate(values):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/notes")
        visitor.follow("Notes", "/notes", Ancestor(tag="nav", role="navigation"))
        visitor.came(None, heading(shown_first))
        visitor.write("Search", value, kind="search")
        visitor.send("Find", "GET", f"/notes?q={value}", url=f"/notes?q={quote_plus(value)}")
        visitor.add(End)
        out.append(told(visitor))
    return out


def test_an_address_keeps_what_was_looked_for_as_it_was_typed() -> None:
    """A search that shows nothing but its address is known by it, with each row's own value."""
    code = write_flow(searches(["shop", "news", "jobs"])).code
    check_code(code)
    assert "parametrize" in code
    assert 'to_have_url("/notes?q=" + search_text)' in code


def test_a_value_that_addresses_escape_is_not_put_into_one() -> None:
    """Where the values are written otherwise in an address, no row's address is put together from them."""
    code = write_flow(searches(["garden tools", "local news", "open jobs"])).code
    check_code(code)
    assert "to_have_url" in code
    assert '"/notes?q=" +' not in code


def test_words_from_before_a_value_was_typed_are_not_that_value() -> None:
    """What stood there before is asserted as it is in every row, though it is spelled as one of the values is."""
    code = write_flow(searches(["Shop", "news", "jobs"], "Shop")).code
    body = code.split('"""')[2]
    assert "parametrize" in code
    assert '"Shop"' in body
    assert 'to_have_url("/notes?q=" + search_text)' in body


def test_values_after_something_was_changed_are_no_rows() -> None:
    """The second row would find the machine as the first one left it: connected, with nothing to connect by."""
    stories = []
    for number, value in enumerate(["Groceries", "Garden tools", "Paint"]):
        visitor = Visitor("shop", number, random.Random("plain"))
        visitor.open("/machine")
        visitor.send("Connect", "POST", "/connection", alert("Connected."), url=None)
        visitor.write("Command", value)
        visitor.send("Run", "POST", "/commands", alert(f"Ran '{value}'."), url=None)
        visitor.add(End)
        stories.append(told(visitor))
    assert agreed(stories).parameters == ()
