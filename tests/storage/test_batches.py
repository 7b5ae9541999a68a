"""Tests that are stored, published and noted together: what comes of it is what came of them one by one."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from agents.storage import CodeFiles, Storage
from agents.storage.engine import make_engine
from schemas.generated_tests import GeneratedTest
from tests.storage.samples import a_story, a_test

FLOWS = ("buy", "look", "sign in")
EDIT = "def test_sign_in(page):\n    page.goto('/better')\n"

ROUNDS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(FLOWS), st.tuples(st.integers(1, 3), st.booleans(), st.booleans()), min_size=1),
        st.none() | st.sampled_from(FLOWS),
    ),
    min_size=1,
    max_size=4,
)
"""Versions of the flows' stories, each with whether its test is out of date by then and whether it has another name;
and a flow whose test somebody edits afterwards."""


@cache
def empty_database() -> bytes:
    """The file of a migrated database: to migrate costs more than an example."""
    with TemporaryDirectory() as folder:
        Storage.open(f"sqlite:///{folder}/s.db").close()
        return (Path(folder) / "s.db").read_bytes()


def stored_in(folder: Path, rounds: Iterable[tuple[dict[str, tuple[int, bool, bool]], str | None]], one_by_one: bool):
    """What is known after these rounds, and the files."""
    (folder / "s.db").write_bytes(empty_database())
    storage = Storage(make_engine(f"sqlite:///{folder}/s.db"))
    files = CodeFiles(f"file://{folder}/files", storage)
    answers = []
    for wanted, edited in rounds:
        tests = []
        for flow, (version, late, named) in wanted.items():
            story = a_story(flow, flow_key=flow, version=version)
            storage.put_story(story)
            name = f"test_{flow.replace(' ', '_')}" if named else "test_it"
            tests.append(a_test(story, name=name, file_name=f"{name}.py"))
            if late:
                storage.put_story(a_story(flow, flow_key=flow, version=version + 1))
        answers.append(written(storage, files, tests, one_by_one))
        if edited is not None:
            key = a_test(a_story(flow_key=edited)).id
            if storage.test(key) is not None:
                storage.save_edit(key, EDIT, None)
                files.publish(key)
    names = [a_test(a_story(flow_key=flow)).id for flow in FLOWS]
    kept = [storage.test(name) for name in names]
    revisions = [[(one.number, one.origin, one.code) for one in storage.revisions(name)] for name in names]
    needed = [state.flow_id for state in storage.unsettled_flows()]
    found = {path.name: path.read_text() for path in folder.glob("files/*/*.py")}
    storage.close()
    return answers, kept, revisions, sorted(needed), found


def written(storage: Storage, files: CodeFiles, tests: Sequence[GeneratedTest], one_by_one: bool) -> list[bool]:
    if not one_by_one:
        answers = storage.put_tests(tests)
        files.publish_all([test.id for test, kept in zip(tests, answers, strict=True) if kept])
        return answers + storage.note_all_published(tests)
    answers = [storage.put_test(test) for test in tests]
    for test, kept in zip(tests, answers, strict=True):
        if kept:
            files.publish(test.id)
    return answers + [storage.note_published(test) for test in tests]


@settings(max_examples=15, deadline=None)
@given(rounds=ROUNDS)
def test_together_is_as_one_by_one(rounds: list[tuple[dict[str, tuple[int, bool, bool]], str | None]]) -> None:
    """Whatever versions, names and edits there were: rows, revisions, states and answers are the same, and so are the
    files."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert stored_in(Path(one), rounds, True) == stored_in(Path(other), rounds, False)


def test_statements_do_not_grow_with_the_tests(storage: Storage) -> None:
    """Thirty new tests take as many statements as three."""

    def statements(count: int, app: str) -> int:
        stories = [a_story(f"{app}-{n}", app=app, flow_key=f"{n}") for n in range(count)]
        storage.put_stories(stories)
        asked: list[str] = []

        def count_it(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(storage._engine, "before_cursor_execute", count_it)
        assert all(storage.put_tests([a_test(story) for story in stories]))
        event.remove(storage._engine, "before_cursor_execute", count_it)
        return len(asked)

    assert 0 < statements(30, "many") == statements(3, "few")
