"""A real schema registry for the tests: Apicurio, from its jars, on loopback, with everything in memory."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from agents.local import processes

ARTIFACT = "io.apicurio:apicurio-registry-app:2.6.13.Final:tar.gz:all"
ARCHIVE_SHA256 = "3cda1b34aa020fb4ac4dd6a66018d757e81e437f97e20a1f92d366b70091c6ba"
FOLDER = Path(__file__).parents[1] / ".registry-jars"
START_S = 120.0


def jar_folder() -> Path:
    """Where the registry's jars lie; Maven fetches them once, for all processes that run tests."""
    folder = Path(os.environ.get("JOURNEYWRIGHT_REGISTRY_JARS", FOLDER))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(folder.glob("*-runner.jar")):
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    copies = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    subprocess.run(copies, check=True)
    (archive,) = folder.glob("*.tar.gz")
    with archive.open("rb") as fetched:
        assert hashlib.file_digest(fetched, "sha256").hexdigest() == ARCHIVE_SHA256, "not the archive that was tried"
    # By tar: Python's own reader takes a filter only from 3.11.4 on, and Debian has 3.11.2.
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    archive.unlink()


@dataclass
class Registry:
    """A registry that runs. `url` is Confluent's API."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, log: Path) -> "Registry":
        """Starts one; `wait_ready` says when it answers."""
        port = processes.free_port()
        (runner,) = jar_folder().glob("*-runner.jar")
        java = shutil.which("java")
        assert java, "java is missing: install a Java 17 runtime"
        options = ["-Xmx256m", "-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}"]
        process = processes.start([java, *options, "-jar", str(runner)], log)
        return cls(f"http://127.0.0.1:{port}/apis/ccompat/v7", process, log)

    def wait_ready(self) -> None:
        """Returns once it answers."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()[-2_000:]
            try:
                with urllib.request.urlopen(f"{self.url}/subjects", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise AssertionError(self.log.read_text()[-2_000:])

    def stop(self) -> None:
        """Ends it."""
        processes.stop(self.process, 30)
