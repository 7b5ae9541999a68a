"""A ready-to-run pytest project around generated tests."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.codegen.project.conftest_file import Wanted, conftest
from pipeline.codegen.project.fixtures import STORAGE_STATE
from pipeline.codegen.project.people import People, people_of
from pipeline.codegen.project.shared_sign_in import shared_sign_in
from pipeline.codegen.python.names import variable_name
from pipeline.codegen.python.program import FILL_CREDENTIAL, fixtures_of
from pipeline.codegen.test_writer import write_test
from pipeline.codegen.values.credentials import PASSWORD, USER, credentials
from pipeline.flows.consensus import Consensus
from pipeline.semantics.browsers import USUAL_LANGUAGE
from schemas.generated_tests import GeneratedTest, Need

PEOPLE_TOLD_MIN: Final = 2
"""So many people are listed in the README; one needs no table."""
_NAME: Final = re.compile(r"[\w.@+-]{1,100}")
_NOT_TOLD: Final = re.compile(r"[^\w .,:/()@'-]")
"""Signs that could be marks of another kind in a table."""

_PYPROJECT: Final = """[project]
name = "recorded-flows"
version = "0"
requires-python = ">=3.11"
dependencies = ["pytest>=8", "pytest-playwright>=0.7", "playwright>=1.57"]

[tool.pytest.ini_options]
testpaths = ["."]
"""

_PYPROJECT_ORIGINS: Final = """# Where the tests may type APP_* values, beside the origin of --base-url.
allowed_origins = [{origins}]
"""

_README: Final = """# Recorded flows

One Playwright test for each flow that users of the app went through.

```sh
pip install pytest pytest-playwright && playwright install chromium
pytest --base-url https://your-app.example
```

An installed Chromium is used where Playwright's own is missing; `CHROMIUM` names one.
{signed_in}{environment}{origins}{needs}"""

_README_ORIGINS: Final = """
They are typed on pages of the origin of `--base-url` only (scheme, host and port). Where the sign-in lies elsewhere, a
test fails before it types anything and says where it was; if that place is the app's, name it, in `pyproject.toml` as
one of `allowed_origins` (`journeywright export --allow-origin https://login.example` writes it there), or for one run:

```sh
APP_ALLOWED_ORIGINS="https://login.example" pytest --base-url https://your-app.example
```
"""

_NEEDS_HEAD: Final = """
These must be there before the tests run:

| test | needs | such a thing is made by |
|---|---|---|"""

_README_SIGNED_IN: Final = """
Tests that take `signed_in_page` start after the sign-in of `conftest.py`, which is done once: they share what the
server keeps for a session. `journeywright export --sign-in each` gives each test a sign-in of its own.
"""


def project_files(
    tests: Iterable[GeneratedTest],
    flows: Mapping[str, Consensus] | None = None,
    *,
    origins: Sequence[str] = (),
    storage_state: bool = False,
    quarantined: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """File name → content. File names are those of the tests, numbered where two are alike; in the order of their ids,
    so that the same tests give the same project.

    `flows` are what tests were written from, by test id. Where enough of them begin with the same sign-in, the project
    signs in once and these tests start after it. Tests that stand in no `flows` keep their code as it is. `origins` are
    those on which credentials may be typed beside that of the base URL.
    `storage_state`: the sessions began signed in, so the tests start with the storage state that a variable names.
    `quarantined` are the ids of tests that are not to be run now, each with why: `quarantine.txt` lists their files.
    `tests.json` has the file of each test by its id: such a list may be that of a project with more tests.
    """
    ordered = sorted(tests, key=lambda test: (test.file_name, test.id))
    people = people_of(flows or {})
    ordered = [_numbered(test, flows or {}, people) for test in ordered]
    shared = shared_sign_in(flows or {}, people.numbers)
    codes = {test.id: test.code if shared is None else shared.codes.get(test.id, test.code) for test in ordered}
    fixtures = frozenset().union(*map(fixtures_of, codes.values()), [FILL_CREDENTIAL] if shared else [])
    fills = FILL_CREDENTIAL in fixtures
    known = [told.story for told in (flows or {}).values()]
    wanted = Wanted(
        fixtures,
        storage_state,
        language=any(story.language == USUAL_LANGUAGE for story in known),
        slowest_ms=max((story.slowest_ms for story in known), default=0),
    )
    allowed = _PYPROJECT_ORIGINS.format(origins=", ".join(map(json.dumps, origins)))
    files = {
        "conftest.py": conftest(wanted, shared),
        "pyproject.toml": _PYPROJECT + (allowed if fills else ""),
        "README.md": _README.format(
            signed_in=_README_SIGNED_IN if shared else "",
            environment=_environment(ordered, people, storage_state),
            origins=_README_ORIGINS if fills else "",
            needs=_needs(ordered),
        ),
    }
    names = _variables(ordered, storage_state)
    if names:
        files[".env.example"] = "".join(f"{line}\n" for line in _example(names, people))
    placed = file_names(ordered)
    files |= {placed[test.id]: codes[test.id] for test in ordered}
    files["tests.json"] = json.dumps({test.id: placed[test.id] for test in ordered}, indent=1) + "\n"
    if quarantined:
        files["quarantine.txt"] = quarantine_list(ordered, quarantined)
    return files


def file_names(tests: Iterable[GeneratedTest]) -> dict[str, str]:
    """The file of each test by the test's id: the name that it wants, numbered where two are alike."""
    taken = {"conftest.py"}
    names: dict[str, str] = {}
    for test in sorted(tests, key=lambda test: (test.file_name, test.id)):
        name, number = test.file_name, 2
        while name in taken:
            name = f"{test.file_name.removesuffix('.py')}_{number}.py"
            number += 1
        taken.add(name)
        names[test.id] = name
    return names


def quarantine_list(tests: Iterable[GeneratedTest], quarantined: Mapping[str, str]) -> str:
    """The text of `quarantine.txt`: the file of each test that is not to be run now, its id, and why, one a line."""
    names = file_names(tests)
    told = ((names[test], f"id={test}", *why.split()) for test, why in quarantined.items() if test in names)
    return "".join(" ".join(words) + "\n" for words in sorted(told))


def _numbered(test: GeneratedTest, flows: Mapping[str, Consensus], people: People) -> GeneratedTest:
    """The test with the variables of its people, where these are not the first of the project. A test that stands in no
    flow stays as it is."""
    told, numbers = flows.get(test.id), people.numbers.get(test.id, {})
    if told is None or numbers == credentials(told.story.steps, told.story.network_requests).people:
        return test
    written = write_test(told.story, told.parameters, fixed=told.fixed, unique=told.unique, people=numbers)
    return test.model_copy(update={"code": written.code, "environment": written.environment})


def _variables(tests: Iterable[GeneratedTest], storage_state: bool) -> list[str]:
    return sorted({name for test in tests for name in test.environment} | ({STORAGE_STATE} if storage_state else set()))


def _example(names: Iterable[str], people: People) -> list[str]:
    """The lines of `.env.example`: each variable, and for login names who they were when it was recorded."""
    recorded = {variable_name(USER, person.number): person.name for person in people.all if person.name}
    return [f"{name}={_plain(recorded.get(name, ''))}" for name in names]


def _plain(text: str) -> str:
    """A value as it may stand in a line of settings; nothing where it holds other signs than names have."""
    return text if _NAME.fullmatch(text) else ""


def _environment(tests: list[GeneratedTest], people: People, storage_state: bool) -> str:
    names = _variables(tests, storage_state)
    if not names:
        return ""
    told = "\nThe tests read these from the environment (`.env.example` lists them): "
    return told + ", ".join(f"`{name}`" for name in names) + ".\n" + _people(tests, people)


def _people(tests: Iterable[GeneratedTest], people: People) -> str:
    """A table of who signs in where, if they are several."""
    if len(people.all) < PEOPLE_TOLD_MIN:
        return ""
    titles = {test.id: _told(test.title) for test in tests}
    rows = ["", "| login name, as recorded | variables | signs in to |", "|---|---|---|"]
    for person in people.all:
        named = f"`{variable_name(USER, person.number)}`, `{variable_name(PASSWORD, person.number)}`"
        flows = "; ".join(titles[test] for test in person.tests if test in titles)
        rows.append(f"| {_plain(person.name)} | {named} | {flows} |")
    return "\n".join([*rows, ""])


def _needs(tests: Sequence[GeneratedTest]) -> str:
    """A table of what must be there before each test, and which other test makes such a thing."""
    rows = [
        f"| {_told(test.title)} | {_told(need.name)} | {'; '.join(_makers(test, need, tests))} |"
        for test in tests
        for need in test.needs
    ]
    head = [
        "",
        "These must be there before the tests run:",
        "",
        "| test | needs | such a thing is made by |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""]) if rows else ""


def _makers(test: GeneratedTest, need: Need, tests: Sequence[GeneratedTest]) -> list[str]:
    others = (one for one in tests if one.id != test.id and one.app == test.app)
    return [_told(one.title) for one in others if need.kind and need.kind in one.makes]


def _told(text: str) -> str:
    return _NOT_TOLD.sub(" ", text)
