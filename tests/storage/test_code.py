"""Generated tests, a person's edits, and their files."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.storage import CodeFiles, CodeFilter, EditConflict, NoSuchTest, Storage
from agents.storage.files import file_path, safe_name
from agents.storage.sql.code_rows import REVISIONS_MAX
from pipeline.codegen.python.program import FIXTURES
from tests.storage.samples import APP, a_story, a_test

EDIT = "def test_sign_in(page):\n    page.goto('/better')\n"


def stored_id(storage: Storage) -> str:
    """The id of a test that has just been stored."""
    story = a_story()
    storage.put_story(story)
    assert storage.put_test(a_test(story))
    return a_test(story).id


def test_a_test_is_stored_once_and_found(storage: Storage) -> None:
    """A test comes back as it was written, with its flow's support; writing it again changes nothing."""
    key = stored_id(storage)
    first = storage.test(key)
    assert storage.put_test(a_test(a_story()))
    assert storage.test(key) == first
    assert first is not None
    assert first.test == a_test(a_story())
    assert first.support == 1
    assert not first.saved
    assert [one.origin for one in storage.revisions(key)] == ["generated"]


def test_a_test_of_a_story_that_was_overtaken_is_not_stored(storage: Storage) -> None:
    """A slow writer can't replace the test of more stories, or of a newer version."""
    key = stored_id(storage)
    earlier = a_story("s0", start_timestamp="2024-01-01T00:00:00.000Z")
    storage.put_story(earlier)
    assert storage.put_test(a_test(earlier, a_story()))
    assert not storage.put_test(a_test(a_story()))
    stored = storage.test(key)
    assert stored is not None
    assert stored.test.story_id == "s0"


def test_a_test_is_wanted_until_its_topic_has_it(storage: Storage) -> None:
    """A crash between storing and publishing leaves the flow asking for its test; a slow publisher learns that it was
    overtaken."""
    stored_id(storage)
    assert storage.put_story(a_story()).needs_test
    assert storage.note_published(a_test(a_story()))
    assert storage.put_test(a_test(a_story()))
    assert not storage.put_story(a_story()).needs_test
    newer = a_story(version=4)
    storage.put_story(newer)
    storage.put_test(a_test(newer))
    assert not storage.note_published(a_test(a_story()))
    assert storage.put_story(newer).needs_test


def test_an_edit_survives_every_regeneration(storage: Storage) -> None:
    """What a person saved stays the code, however often the test is generated anew."""
    key = stored_id(storage)
    before = storage.test(key)
    assert before is not None
    saved = storage.save_edit(key, EDIT, before.etag)
    assert saved.saved
    assert saved.code == EDIT
    assert saved.etag != before.etag
    for version in range(4, 4 + 2 * REVISIONS_MAX):
        storage.put_story(a_story(version=version))
        assert storage.put_test(a_test(a_story(version=version)))
    stored = storage.test(key)
    assert stored is not None
    assert stored.code == EDIT
    assert stored.saved
    assert stored.etag == saved.etag
    origins = [one.origin for one in storage.revisions(key)]
    assert origins.count("edited") == 1
    assert origins.count("generated") == REVISIONS_MAX


def test_an_edit_over_another_edit_is_refused(storage: Storage) -> None:
    """Who read an older state is told so, and nothing is written."""
    key = stored_id(storage)
    before = storage.test(key)
    assert before is not None
    saved = storage.save_edit(key, EDIT, before.etag)
    with pytest.raises(EditConflict) as conflict:
        storage.save_edit(key, "x = 1\n", before.etag)
    assert conflict.value.etag == saved.etag
    assert storage.save_edit(key, EDIT, saved.etag) == saved
    with pytest.raises(NoSuchTest):
        storage.save_edit("nobody's", EDIT, None)


def test_tests_are_found_by_any_story_of_their_flow(storage: Storage) -> None:
    """A test answers to its supporters' story and session ids, not only to its representative's."""
    key = stored_id(storage)
    storage.put_story(a_story("s2", session_id="session-2"))

    def found(wanted: CodeFilter) -> list[str]:
        return [one.test.id for one in storage.tests(wanted).items]

    for wanted in (
        CodeFilter(user_story_id="s1"),
        CodeFilter(user_story_id="s2"),
        CodeFilter(session_id="session-2"),
        CodeFilter(tag="login", app=APP, saved=False),
    ):
        assert found(wanted) == [key]
    for wanted in (CodeFilter(user_story_id="s3"), CodeFilter(tag="search"), CodeFilter(saved=True)):
        assert found(wanted) == []


def test_a_saved_test_outlives_its_flow(storage: Storage) -> None:
    """The test of an emptied flow goes, unless a person has put work into it."""
    key = stored_id(storage)
    assert storage.withdraw_test(key) is None, "the flow still has a story"
    storage.withdraw_story("s1")
    gone = storage.withdraw_test(key)
    assert gone is not None
    assert storage.test(key) is None
    stored_id(storage)
    storage.save_edit(key, EDIT, None)
    storage.withdraw_story("s1")
    assert storage.withdraw_test(key) is None
    kept = storage.test(key)
    assert kept is not None
    assert kept.code == EDIT


def test_files_hold_what_people_should_run(storage: Storage, tmp_path: Path) -> None:
    """The file has the generated code, then the edit, under the test's readable name; and goes with the test."""
    files = CodeFiles(f"file://{tmp_path}/files", storage)
    key = stored_id(storage)
    path = files.publish(key)
    assert path == "shop.example/test_sign_in.py"
    assert files.read(path) == a_test(a_story()).code
    storage.save_edit(key, EDIT, None)
    files.publish(key)
    assert files.read(path) == EDIT
    assert [file.name for file in (tmp_path / "files/shop.example").iterdir()] == ["test_sign_in.py"]


@pytest.mark.parametrize("fixture", FIXTURES)
def test_beside_a_test_lie_the_fixtures_that_it_takes(storage: Storage, tmp_path: Path, fixture: str) -> None:
    """Whichever it is: without it pytest would not run the file."""
    files = CodeFiles(f"file://{tmp_path}/files", storage)
    story = a_story()
    storage.put_story(story)
    test = a_test(story)
    code = f"def test_sign_in(page, {fixture}: {FIXTURES[fixture]}) -> None:\n    page.goto('/')\n"
    assert storage.put_test(test.model_copy(update={"code": code}))
    path = files.publish(test.id)
    assert path is not None
    assert f"def {fixture}(" in (tmp_path / "files" / path).with_name("conftest.py").read_text()


def test_two_tests_of_one_name_have_two_files(storage: Storage, tmp_path: Path) -> None:
    """Tests that want one name get two files, in either order of publishing; and the name is passed on."""
    files = CodeFiles(str(tmp_path), storage)
    ids = []
    for flow_key in ("one", "two"):
        story = a_story(flow_key, flow_key=flow_key)
        storage.put_story(story)
        storage.put_test(a_test(story))
        ids.append(a_test(story).id)
        files.publish(ids[-1])
    first, second = sorted(ids)
    paths = {key: stored.path for key in ids if (stored := storage.test(key))}
    assert paths == {
        first: "shop.example/test_sign_in.py",
        second: f"shop.example/test_sign_in__{second.replace('-', '')}.py",
    }
    assert {file.name for file in (tmp_path / "shop.example").iterdir()} == {
        "test_sign_in.py",
        f"test_sign_in__{second.replace('-', '')}.py",
    }
    by_id = {a_test(a_story(key, flow_key=key)).id: key for key in ("one", "two")}
    storage.withdraw_story(by_id[first])
    gone = storage.withdraw_test(first)
    assert gone is not None
    files.withdraw(gone)
    assert [file.name for file in (tmp_path / "shop.example").iterdir()] == ["test_sign_in.py"]
    assert files.read("shop.example/test_sign_in.py").startswith(f"# {by_id[second]} ")


ODD = st.sampled_from(
    ["Shop", "shop", "shop.", "SHOP", "con", "x-con", "cafe\u0301", "caf\u00e9", "a" * 101, "a" * 102, "-"]
)
NAMES = ODD | st.text(max_size=8)
TEXTS = NAMES | NAMES.map(safe_name) | NAMES.map(safe_name).map(safe_name) | NAMES.map(safe_name).map(str.upper)


@given(TEXTS, TEXTS)
def test_no_two_apps_share_a_folder(one: str, other: str) -> None:
    """Whatever they are called, one like the folder of the other too; and a name can be made on any file system."""
    if one != other:
        assert safe_name(one) != safe_name(other)
    for name in (safe_name(one), safe_name(other)):
        assert re.fullmatch(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?", name)
        assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name)


def test_names_of_files_are_safe_whatever_an_app_is_called() -> None:
    """No app or title leaves its folder, hides, or meets another's file."""
    hostile = ["../../etc", "..", ".", "", "/", "a/b", "a\\b", "con", "A.x", "a.x", "\0", "x" * 300, "\ud800"]
    names = [safe_name(name) for name in hostile]
    assert len(set(names)) == len(names)
    for name in names:
        assert name
        assert "/" not in name
        assert "\\" not in name
        assert not name.startswith(".")
        assert len(name) <= 140
    assert file_path("../..", "../test_x.py").count("/") == 1
