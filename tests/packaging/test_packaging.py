"""What is shipped: names that are ours alone, a wheel with all that it needs, an image and a cluster that fit."""

import importlib.metadata
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from agents.cli.root import app
from agents.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
OURS = ("schemas", "pipeline", "agents")


def variables_in(text: str) -> set[str]:
    """The settings that a text sets or names, by their variables; what a page's window holds is none."""
    return set(re.findall(rf"(?<!window\.)\b{PREFIX}[A-Z_]+\b", text))


@pytest.mark.parametrize("name", OURS)
def test_our_package_names_belong_to_us_alone(name: str) -> None:
    """No installed distribution ships a package of the same name, which would silently take its place."""
    assert set(importlib.metadata.packages_distributions().get(name, ["journeywright"])) == {"journeywright"}


@pytest.mark.slow
def test_the_wheel_holds_code_and_data(tmp_path: Path) -> None:
    """The built wheel has every module and every file that the program reads: templates, patterns, migrations."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        str(file.relative_to(ROOT))
        for package in OURS
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert needed <= shipped
    assert {"agents/web/static/capture.js", "agents/web/static/dashboard/index.html"} <= shipped


def test_the_lock_names_no_registry_and_has_hashes() -> None:
    """Whoever installs decides where from, and gets what was locked."""
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^\s=]*==\S+ \\$", text, re.MULTILINE)
    assert len(pins) > 100
    assert len(re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)) == len(pins)


def test_the_lock_covers_what_is_declared() -> None:
    """Every declared dependency is in the lock: `make lock` was not forgotten."""
    locked = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[.*?\])?==", (ROOT / "requirements.lock").read_text(), re.M))
    declared = {
        re.split(r"[\[<>=!;\s]", requirement, maxsplit=1)[0].lower()
        for requirement in importlib.metadata.requires("journeywright") or []
        if "extra == 's3'" not in requirement
    }
    assert declared
    assert declared <= locked


def test_the_cluster_sets_only_settings_that_exist() -> None:
    """docker-compose.yml parses, each service has a health check, and each variable of ours is a setting."""
    text = (ROOT / "docker-compose.yml").read_text()
    cluster = yaml.safe_load(text)
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert variables_in(text) <= known
    assert {"kafka", "postgres", "worker-1", "worker-2"} <= set(cluster["services"])
    for name, service in cluster["services"].items():
        assert "healthcheck" in service, name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} is published to the world"


@pytest.mark.parametrize(
    ("brokers", "workers"), [("kafka", "worker-1 worker-2"), ("kafka-1 kafka-2 kafka-3", "worker-a worker-b worker-c")]
)
def test_the_cluster_starts_in_the_right_order(brokers: str, workers: str) -> None:
    """Workers wait until Kafka and PostgreSQL are healthy, and each says where the others find it."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in workers.split():
        assert {key: value["condition"] for key, value in services[name]["depends_on"].items()} == {
            **dict.fromkeys(brokers.split(), "service_healthy"),
            "postgres": "service_healthy",
        }
        environment = services[name]["environment"]
        assert environment["JOURNEYWRIGHT_WEB_URL"] == f"http://{name}:6066"
        assert environment["JOURNEYWRIGHT_BROKERS"] == ",".join(f"{broker}:9092" for broker in brokers.split())


def test_of_three_brokers_any_one_may_go() -> None:
    """Three replicas of all, two of them written before a record counts; started only when the profile is named."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    three = [service for name, service in services.items() if name.startswith("kafka-")]
    assert len(three) == len({service["environment"]["KAFKA_NODE_ID"] for service in three}) == 3
    for service in three:
        environment = service["environment"]
        assert environment["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "3"
        assert environment["KAFKA_MIN_INSYNC_REPLICAS"] == "2"
        assert environment["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"] == "3"
    replicas = {
        name: service["environment"].get("JOURNEYWRIGHT_REPLICATION_FACTOR") for name, service in services.items()
    }
    assert {name for name, count in replicas.items() if count == "3"} == {"worker-a", "worker-b", "worker-c"}
    assert {name for name, service in services.items() if service.get("profiles") == ["three"]} == {
        "kafka-1", "kafka-2", "kafka-3", "worker-a", "worker-b", "worker-c",
    }  # fmt: skip


def test_the_image_copies_what_is_there_and_runs_as_a_user() -> None:
    """Each COPY of the Dockerfile names something of the repository, .dockerignore lets it in, and root is left."""
    text = (ROOT / "Dockerfile").read_text()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY") and "--from" not in line]
    for source in [name for names in copies for name in names]:
        assert (ROOT / source).exists(), source
        assert source.rstrip("/").partition("/")[0] in allowed, source
    assert re.search(r"^USER journeywright$", text, re.MULTILINE)
    assert variables_in(text) <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_documents_name_only_settings_and_commands_that_exist() -> None:
    """README and operations don't promise what is not there."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}CONFIG"}
    commands = {str(command.name) for command in app.registered_commands}
    for file in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = file.read_text()
        assert variables_in(text) <= known, file
        assert (
            set(re.findall(r"journeywright ([a-z]+)\b(?=[ `.\n])", "\n".join(re.findall(r"`[^`]+`", text)))) <= commands
        )
