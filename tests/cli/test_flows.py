"""`journeywright flows`: seeing, merging and parting on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.cli import root
from agents.composition import Services
from agents.settings import Settings, load
from pipeline.flows.ids import flow_id
from tests.storage.samples import APP, a_story
from tests.stories.by_hand import HOME, Journey, button, link

ENTER, BUTTON = (flow_id(APP, key) for key in ("enter", "button"))


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A storage with two flows, one of them with a title that looks like markup."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JOURNEYWRIGHT_{name.upper()}", raising=False)
    monkeypatch.setenv("JOURNEYWRIGHT_DATA", str(tmp_path / "data"))
    services = Services(load())
    services.storage.put_stories(
        [a_story("a", flow_key="button"), a_story("c", flow_key="enter", title="Sign in [/b] twice")]
    )
    yield services
    services.close()


def test_flows_are_listed_merged_and_parted(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    """A flow may be named by the beginning of its id; what the list shows is plain text."""
    assert root.run(("flows", "--app", APP)) == 0
    assert "Sign in [/b] twice" in capsys.readouterr().out
    assert root.run(("flows", "--app", APP, "--merge", ENTER[:8], "--into", BUTTON)) == 0
    assert services.storage.support(BUTTON) == 2
    assert ENTER in capsys.readouterr().out
    assert root.run(("flows", "--app", APP, "--part", ENTER[:8])) == 0
    assert services.storage.support(BUTTON) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--app", "nobody"), "there is no story"),
        (("--app", APP, "--merge", "x"), "go together"),
        (("--app", APP, "--merge", "x", "--into", BUTTON), "0 flows"),
        (("--app", APP, "--merge", "", "--into", BUTTON), "go together"),
        (("--app", APP, "--merge", BUTTON, "--into", BUTTON), "itself"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    services: Services, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    """What is wrong, and nothing is changed."""
    assert root.run(("flows", *arguments)) == 1
    assert says in " ".join(capsys.readouterr().err.split())
    assert services.storage.flow(BUTTON).changes == ()


def test_explain_says_which_rule_told_a_story(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    """What the title and the flow are made of comes with its rule and its evidence; an unknown story is said."""
    journey = Journey().opens().click(link("Old")).leads_to(f"{HOME}old")
    story = journey.click(button("Archive")).asks(f"{HOME}archive").story()
    services.storage.put_stories([story])
    assert root.run(("explain", story.id)) == 0
    told = capsys.readouterr().out
    assert "Click the link 'Old'  (step 2; rule: it only leads on or shows something)" in told
    assert "archive 'Old'  (step 3; rule: click: a verb that does something to a thing)" in told
    assert "POST shop.example/archive was answered 200" in told
    assert root.run(("explain", "nobody")) == 1
    assert "there is no story" in capsys.readouterr().err
