"""The command line: it teaches, it fails in one line, its exit codes mean something, and it starts quickly."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.cli import root
from agents.cli.commands.up import workers_of
from agents.settings import Settings

COMMANDS = (
    "demo",
    "record",
    "up",
    "worker",
    "generate",
    "replay",
    "export",
    "explain",
    "coverage",
    "flows",
    "patterns",
    "verify",
    "doctor",
)
HEAVY = {"faust", "torch", "sentence_transformers", "sklearn", "playwright", "sqlalchemy", "aiohttp"}


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Answer]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `journeywright …` in this process, with a data folder of the test's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JOURNEYWRIGHT_{name.upper()}", raising=False)
    monkeypatch.setenv("JOURNEYWRIGHT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "150")

    def run(*arguments: str) -> Answer:
        code = root.run(arguments)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run


def test_help_names_every_command(cli: Cli) -> None:
    """The first thing that one types shows all that can be done."""
    answer = cli("--help")
    assert answer.code == 0
    assert all(command in answer.out for command in COMMANDS)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "demo"])
def test_each_command_teaches_by_an_example(cli: Cli, command: str) -> None:
    """Help is enough to use a command: what it does, an example, what its settings are."""
    answer = cli(command, "--help")
    assert answer.code == 0
    assert f"journeywright {command}" in answer.out


def test_up_shows_every_setting_with_its_variable(cli: Cli) -> None:
    """One place shows all settings. A secret has no option, since command lines are read by others."""
    shown = cli("up", "--help").out
    for name in Settings.model_fields:
        option = f"--{name.replace('_', '-')}"
        assert (option in shown) == (name != "kafka_sasl_password"), name


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nonsense",), 2, "No such command"),
        (("export",), 2, "Missing option"),
        (("worker",), 2, "JOURNEYWRIGHT_BROKERS"),
        (("up", "--gap-s", "soon"), 2, "JOURNEYWRIGHT_GAP_S"),
        (("up", "--brokers", "x:1", "--workers", "0"), 2, "--workers"),
        (("doctor", "--only", "weather"), 2, "weather"),
        (("generate", "/nowhere.json", "--out", "/tmp/x"), 1, "/nowhere.json"),
        (("replay", "/nowhere.json", "--brokers", "127.0.0.1:1"), 1, "/nowhere.json"),
        (("export", "--out", "/tmp/never-written"), 1, "no test"),
        (("export", "--out", "/tmp/never-written", "--storage", "nonsense"), 2, "JOURNEYWRIGHT_STORAGE"),
        pytest.param(
            ("export", "--out", "/tmp/never-written", "--storage", "postgresql+psycopg://127.0.0.1:1/x"),
            1,
            "database",
            marks=pytest.mark.slow,  # a database that is away is waited for
        ),
        (("export", "--out", "/tmp/never-written", "--data", "/dev/null"), 2, "JOURNEYWRIGHT_DATA"),
        (("up", "--data", "/dev/null"), 2, "JOURNEYWRIGHT_DATA"),
        (("up", "--kafka-jars", "/nowhere"), 1, "make setup"),
        (("demo", "--chromium", "/nowhere"), 1, "/nowhere"),
        (("verify", "/nowhere", "--base-url", "http://127.0.0.1:1"), 1, "/nowhere"),
        (("doctor", "--only", "kafka", "--brokers", "127.0.0.1:1"), 1, "does not answer"),
    ],
)
def test_what_goes_wrong_is_told_without_a_trace(cli: Cli, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Usage errors end with 2, failures with 1; the message names what is wrong, and never shows our insides."""
    answer = cli(*arguments)
    told = answer.out + answer.err
    assert answer.code == code, told
    assert said in told
    assert "Traceback" not in told


def test_the_command_line_starts_without_heavy_libraries() -> None:
    """Help and complaints come at once: no model, no Faust, no database library is imported for them."""
    script = "import sys, agents.cli; print(*sorted(set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_export_works_on_an_empty_storage_by_saying_so(cli: Cli, tmp_path: Path) -> None:
    """Nothing is written where there is nothing to write."""
    answer = cli("export", "--out", str(tmp_path / "out"), "--app", "shop")
    assert answer.code == 1
    assert "'shop'" in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [("up",), ("worker", "--brokers", "127.0.0.1:1")])
def test_keys_that_cannot_be_used_are_told_before_anything_is_started(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Nobody waits for a broker to learn that the port would have asked for no key."""
    answer = cli(*command, "--api-keys", str(tmp_path / "nowhere.toml"))
    assert answer.code == 2
    assert "JOURNEYWRIGHT_API_KEYS" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("cores", "partitions", "workers"), [(1, 4, 1), (2, 4, 2), (8, 4, 4), (96, 1024, 64), (0, 4, 1)]
)
def test_a_machine_has_a_worker_a_core(cores: int, partitions: int, workers: int) -> None:
    """Never more than partitions, for the rest would have nothing to do."""
    assert workers_of(cores, partitions) == workers
