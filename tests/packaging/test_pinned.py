"""All that is fetched to build or to run the program is known by its checksum before it is used."""

import json
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
NEEDED = ("bash", "cat", "chmod", "dirname", "grep", "head", "id", "od", "touch", "tr")
"""What cluster-env.sh may use where there is no Docker."""


def commands(file: Path) -> list[str]:
    """The commands of a script or Dockerfile, continued lines put together."""
    return re.sub(r"\\\\\n\s*", "", file.read_text()).splitlines()


def test_each_python_package_is_installed_by_hash() -> None:
    """Whatever pip and uv install, here and in the image, comes from a list with hashes, or is this program, built by
    what is on that list."""
    installing = [
        line
        for file in (ROOT / "Dockerfile", SCRIPTS / "setup.sh", SCRIPTS / "test.sh", ROOT / "Makefile")
        for line in commands(file)
        if re.search(r"\bpip install\b", line)
    ]
    assert len(installing) >= 5
    for line in installing:
        assert "--require-hashes" in line or ("--no-deps" in line and "--no-build-isolation" in line), line
    for lock in (ROOT / "requirements.lock", SCRIPTS / "uv.lock"):
        pins = re.findall(r"^[a-z][^\n]*==[^\n]*\n\s+--hash=sha256:", lock.read_text(), re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-z]\S*==", lock.read_text(), re.MULTILINE)) > 0
    assert re.search(r"^hatchling==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


@pytest.mark.parametrize("folder", ["capture", "dashboard"])
def test_each_npm_package_has_its_checksum(folder: str) -> None:
    """`npm ci` compares what it fetches."""
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    fetched = {name: one for name, one in packages.items() if name}
    assert len(fetched) > 10
    for name, one in fetched.items():
        assert one["integrity"].startswith("sha512-"), name
    assert (ROOT / "Dockerfile").read_text().count("npm ci") == 2


def test_jars_are_those_that_were_recorded(tmp_path: Path) -> None:
    """One that differs, is missing, or came with them, is told."""
    (tmp_path / "a.jar").write_bytes(b"a")
    (tmp_path / "b.jar").write_bytes(b"b")
    listed = tmp_path / "list"

    def jars(*arguments: object) -> int:
        return subprocess.run(
            [str(SCRIPTS / "jars.sh"), *map(str, arguments)], capture_output=True, check=False
        ).returncode

    assert jars("--write", tmp_path, listed) == 0
    assert jars(tmp_path, listed) == 0
    (tmp_path / "c.jar").write_bytes(b"c")
    assert jars(tmp_path, listed) != 0
    (tmp_path / "c.jar").unlink()
    (tmp_path / "b.jar").write_bytes(b"x")
    assert jars(tmp_path, listed) != 0
    (tmp_path / "b.jar").unlink()
    assert jars(tmp_path, listed) != 0


def test_the_jars_of_setup_are_recorded() -> None:
    """Kafka's own among them, and setup compares them."""
    lines = (SCRIPTS / "kafka-jars.sha256").read_text().splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.-]+\.jar", line) for line in lines)
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([^<]+)", (ROOT / "pom.xml").read_text())
    assert version is not None
    assert any(line.endswith(f"  kafka_2.13-{version[1]}.jar") for line in lines)
    assert "scripts/jars.sh .kafka-jars scripts/kafka-jars.sha256" in (SCRIPTS / "setup.sh").read_text()


def test_a_cluster_starts_a_second_time(tmp_path: Path) -> None:
    """What the file says to run first writes a password once, for its owner alone; compose reads nothing else."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in NEEDED:
        (tools / name).symlink_to(shutil.which(name) or "")
    said = []
    for _ in range(2):
        done = subprocess.run(
            [str(tmp_path / "scripts" / "cluster-env.sh")],
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append((tmp_path / ".env").read_text())
        assert "stays a tag" in done.stdout
    assert said[0] == said[1]
    assert re.fullmatch(r"POSTGRES_PASSWORD=[0-9a-f]{32}\n", said[0])
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_images_can_be_pinned_by_digest() -> None:
    """Each image of the cluster and of the Dockerfile is named by a variable that cluster-env.sh knows, tag for tag."""
    known = dict(re.findall(r"^(\w+_IMAGE) (\S+)$", (SCRIPTS / "cluster-env.sh").read_text(), re.MULTILINE))
    text = (ROOT / "docker-compose.yml").read_text()
    assert dict(re.findall(r"\$\{(\w+_IMAGE):-([^}]+)\}", text)) == known
    own = [one for one in yaml.safe_load(text)["services"].values() if "build" not in one]
    assert all(re.fullmatch(r"\$\{\w+_IMAGE:-[^}]+\}", one["image"]) for one in own)
    lines = commands(ROOT / "Dockerfile")
    assert all(re.match(r"FROM \$\{\w+_IMAGE\} AS ", line) for line in lines if line.startswith("FROM"))
    named = {line.removeprefix("ARG ") for line in lines if line.startswith("ARG ")}
    assert named == {f"{name}={known[name]}" for name in ("NODE_IMAGE", "PYTHON_IMAGE")}


def test_no_function_hides_whether_a_command_is_installed() -> None:
    """`have NAME` finds functions too: one called as a program is would make that program look installed."""
    text = "\n".join(file.read_text() for file in sorted(SCRIPTS.glob("*.sh")))
    functions = set(re.findall(r"^(\w[\w-]*)\(\) *\{", text, re.MULTILINE))
    asked = set(re.findall(r"\bhave ([a-z][\w.-]*)", text))
    assert len(asked) > 5
    assert not functions & asked
