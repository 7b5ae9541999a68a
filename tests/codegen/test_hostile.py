"""No captured text can become code: whatever stands in a story, the program has the same shape."""

import ast
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.codegen import check_code, project_files, write_test
from pipeline.codegen.python.names import sentence
from schemas.elements import (
    ByAltText,
    ByAttribute,
    ById,
    ByLabel,
    ByPath,
    ByPlaceholder,
    ByRole,
    ByTag,
    ByTestId,
    ByText,
    ByTitle,
    Candidate,
    Element,
    PathStep,
    Scope,
)  # fmt: skip
from schemas.events import (
    Appeared,
    Choice,
    CountChanged,
    Gone,
    Page,
    ShownIn,
    StateChanged,
    TextChanged,
    Typed,
    ValueChanged,
)
from schemas.stories import (
    CheckStep,
    ClickStep,
    DialogAnswer,
    DragStep,
    FillStep,
    GotoStep,
    HoverStep,
    NetworkRequest,
    PressStep,
    ScrollStep,
    SelectStep,
    State,
    Step,
    Story,
    UploadStep,
)  # fmt: skip
from tests.codegen.by_hand import HOME, at, base, story

EVIL = [
    '"""\nimport os; os.system("x")\n"""',
    "'); __import__('os').system('x') #",
    '\\"); raise SystemExit #',
    "{__import__('os')}",
    "\0\u202e\u2028\U0010ffff",
    "../../../etc/passwd",
    'x" >> css=body',
    "])}; drop table --",
]
HOSTILE = st.sampled_from(EVIL) | st.text(max_size=40) | st.sampled_from(EVIL).map(lambda evil: "word " + evil)


def candidates(x: str) -> tuple[Candidate, ...]:
    """Every kind of locator with the text in it."""
    locators: list[Any] = [
        ByTestId(value=x, attribute=x), ByRole(role="button", name=x, exact=True), ByRole(role=x), ByLabel(value=x),
        ByPlaceholder(value=x), ByAltText(value=x), ByText(value=x), ByTitle(value=x), ById(value=x),
        ByAttribute(tag=x, attribute=x, value=x), ByAttribute(tag="a", attribute="href", value=x),
        ByTag(tag=x, classes=(x,)), ByPath(steps=(PathStep(tag=x, nth_of_type=2),)),
    ]  # fmt: skip
    scope = Scope(locator=ByRole(role="row", name=x), has_text=x)
    sure = Candidate(locator=ByPath(steps=(PathStep(tag="main", nth_of_type=1),)), count=1)
    return (*(Candidate(locator=one, count=1, within=(scope,)) for one in locators), sure)


def element(x: str, **more: Any) -> Element:
    return Element(tag="input", role="textbox", name=x, text=x, label=x, id=x, candidates=candidates(x), **more)


def full_story(x: str) -> Story:
    """A story with every kind of step and change, and the text in each of their fields."""
    page = Page(url=f"{HOME}/{x}", title=x)
    found = element(x)
    changes = (
        Appeared(element=found), Gone(element=found), TextChanged(element=found, before="", after=x),
        ValueChanged(element=found, after=x), StateChanged(element=found, state="checked", after=True),
        CountChanged(element=found, items=Candidate(locator=ByText(value=x)), before=1, after=2),
    )  # fmt: skip
    shown = ShownIn(candidates=candidates(x), before=x, after=x)
    asked = (DialogAnswer(dialog="prompt", message=x, value=x),)
    steps: tuple[Step, ...] = (
        GotoStep(url=f"{HOME}/{x}", **base(page)),
        FillStep(target=found, value=Typed(text=x), before=x, **base(page)),
        FillStep(target=found, value=Typed(secret="password", token=x), **base(page)),
        FillStep(target=found, value=Typed(secret="password", token="t", shown_in=shown), **base(page)),
        SelectStep(target=found, options=(Choice(value=x, label=x),), **base(page)),
        CheckStep(target=found, **base(page)),
        PressStep(target=found, key=x, **base(page)),
        PressStep(target=found, key="Enter", modifiers=("Control",), **base(page)),
        UploadStep(target=found, files=(x,), **base(page)),
        DragStep(target=found, onto=found, **base(page)),
        HoverStep(target=found, **base(page)),
        ScrollStep(target=found, y_px=10, **base(page)),
        ClickStep(
            target=found,
            **base(page, at("/next", x), changes=changes, dialogs=asked, download=x),
        ),
    )  # fmt: skip
    request = NetworkRequest(url=f"{HOME}/{x}", method=x, status=200, cause=steps[-1].event_id)
    state = State(url=x, title=x, texts=(x,))
    return story(
        *steps, title=x, sentence=x, initialState=state, finalState=state, network_requests=(request,), flow_key=x
    )  # fmt: skip


@given(HOSTILE)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hostile_texts_stay_data(evil: str) -> None:
    """The program parses, passes the gate, and each hostile text is at most the value of a constant."""
    test = write_test(full_story(evil))
    check_code(test.code)
    tree = ast.parse(test.code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {"page", "expect"} <= names
    assert "__import__" not in names
    assert "system" not in {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@given(st.sampled_from(EVIL), st.sampled_from(EVIL))
@settings(deadline=None)
def test_the_shape_does_not_depend_on_the_words(one: str, other: str) -> None:
    """Steps of the same kinds with other words give the same tree of syntax, constants left out."""

    def shape(words: str) -> list[str]:
        typed = FillStep(target=element("Plain name"), value=Typed(text=words), **base(at("/")))
        tree = ast.parse(write_test(story(GotoStep(url=HOME + "/", **base(at("/"))), typed, title="Same")).code)
        return [type(node).__name__ for node in ast.walk(tree)]

    assert shape(one) == shape(other)


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
def test_names_of_functions_and_files_are_plain(title: str) -> None:
    """A title can't become a path or code: names are words of a to z and numbers."""
    test = write_test(story(GotoStep(url=HOME + "/", **base(at("/"))), title=title, sentence=title))
    assert test.name.replace("_", "").isalnum()
    assert test.name.isascii()
    assert test.file_name == f"{test.name}.py"
    assert set(project_files([test, test.model_copy(update={"id": "2"})])) >= {test.file_name, f"{test.name}_2.py"}


@given(HOSTILE | st.text(max_size=200))
@settings(deadline=None)
def test_a_docstring_holds_a_sentence_as_it_is_read(text: str) -> None:
    """Nothing ends it, begins an escape, or can't be seen; names and numbers stand as the page shows them."""
    told = sentence(text, "")
    assert not set(told) & {'"', "\\", "\n", "\u202e", "\u200b"}
    assert ast.literal_eval(f'"""{told}"""') == told
    assert sentence(f"The user sees 'Results (1–2)' of '田中 さくら' {text}", "").startswith(
        "The user sees 'Results (1–2)' of '田中 さくら'"
    )


@given(HOSTILE)
@settings(max_examples=25, deadline=None)
def test_the_same_story_gives_the_same_bytes(text: str) -> None:
    """Writing is a pure function."""
    told = full_story(text)
    assert write_test(told) == write_test(told)


def test_other_origins_and_schemes_never_become_a_goto_of_code() -> None:
    """Only http(s) addresses are opened; anything else becomes the site's root."""
    test = write_test(story(GotoStep(url="javascript:alert(1)", **base(at("/")))))
    assert "javascript" not in test.code
    assert 'page.goto("/")' in test.code


def test_a_story_without_steps_has_a_test_that_opens_its_site_alone() -> None:
    """Anybody who may write to the stories' topic can send one: it ends no worker."""
    test = write_test(full_story("Lamp").model_copy(update={"steps": ()}))
    check_code(test.code)
    compile(test.code, test.file_name, "exec")
    assert test.code.rstrip().endswith('page.goto("/")')
