"""Environments in a TOML file, and their files of secrets."""

from pathlib import Path

import pytest

from agents.proof.environments import SECRETS_BYTES_MAX, read_environments, read_secrets
from agents.proof.runner import Environment
from agents.settings import BadSettings

GOOD = """[staging]
app = "shop"
base_url = "https://staging.shop.example/"
allowed_origins = ["https://login.shop.example"]
secrets = "staging.env"
parallel = 2
expect_s = 12
"""


def test_environment_is_read_with_its_secrets(tmp_path: Path) -> None:
    """All that the file says; the secrets lie in a file beside it."""
    (tmp_path / "environments.toml").write_text(GOOD)
    (tmp_path / "staging.env").write_text("# who signs in\n\nAPP_USER=ada\nAPP_PASSWORD=a=b c\n")
    known = read_environments(tmp_path / "environments.toml")
    place = known.place("staging")
    assert (place.app, place.parallel) == ("shop", 2)
    assert known.environment("staging", Path("chromium")).expect_s == 12
    assert known.identities(place) == {"APP_USER": "ada", "APP_PASSWORD": "a=b c"}
    with pytest.raises(BadSettings, match="there is staging"):
        known.place("production")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("staging = 1", "staging"),
        ('[s]\nbase_url = "https://a.example"', "s.app"),
        ('[s]\napp = "a"\nbase_url = "file:///etc"', "base_url"),
        ('[s]\napp = "a"\nbase_url = "https://a.example"\nparallel = 17', "parallel"),
        ('[s]\napp = "a"\nbase_url = "https://a.example"\nexpect_s = 61', "expect_s"),
        ('[s]\napp = "a"\nbase_url = "https://a.example"\npassword = "x"', "password"),
        ("[s", "no TOML"),
    ],
)
def test_file_that_cannot_be_used_is_told_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    """One line that names what is wrong."""
    path = tmp_path / "environments.toml"
    path.write_text(text)
    with pytest.raises(BadSettings, match=why):
        read_environments(path)


def test_secrets_are_never_shown_in_what_is_said_of_their_file(tmp_path: Path) -> None:
    """A line that can't be used is named by its number; a file beyond the bound is refused."""
    path = tmp_path / "s.env"
    path.write_text("APP_USER=ada\nhunter2")
    with pytest.raises(BadSettings, match="line 2") as refused:
        read_secrets(path)
    assert "hunter2" not in str(refused.value)
    path.write_text("#" * (SECRETS_BYTES_MAX + 1))
    with pytest.raises(BadSettings, match="more than"):
        read_secrets(path)


def test_pages_may_reach_what_is_named_and_nothing_else() -> None:
    """The app's own origins and those that are named; a star opens all."""
    here = Environment("http://127.0.0.1:80/x", Path("chromium"), allowed_origins=("https://a.example",))
    assert here.reached == ["http://127.0.0.1", "https://a.example"]
    assert Environment("http://a.example", Path("chromium"), reached_origins=("*",)).reached is None
