"""What proving runs leave, in an object store: a real server of S3's API, a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest

from agents.proof.artifacts import ArtifactStore, VerdictFolder
from schemas.verdicts import Artifact
from tests.storage.test_verdicts import a_verdict
from tests.web.conftest import Site
from tests.web.test_verdicts import filled

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(free_port: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket, with what a client needs to reach it in the environment."""
    port = free_port()
    with (tmp_path / "s3.log").open("wb") as log:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "tester",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    try:
        wait_for(port, server)
        fsspec.filesystem("s3", use_listings_cache=False).mkdir("proofs")
        yield "s3://proofs/kept"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Until the server takes connections."""
    while server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the S3 server ended")


def left(tmp_path: Path, **files: bytes) -> Path:
    """A folder with these files, as a run leaves them."""
    folder = tmp_path / "left"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def test_what_runs_leave_is_kept_bounded_and_sent_from_a_bucket(
    bucket: str, make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """Without secrets, whichever worker is asked; the oldest go first; what lies outside is never sent; and where there
    is no such store, there are no files, and no error."""
    store = ArtifactStore(bucket, folders_max=2)
    folder = left(tmp_path, trace_txt=b"typed hunter22", video_webm=b"video")
    for number in range(3):
        VerdictFolder(store, "test", f"v{number}").keep(folder, {"APP_PASSWORD": "hunter22"})
    store.prune("test")
    files = fsspec.filesystem("s3", use_listings_cache=False)
    assert {path.rpartition("/")[0] for path in files.find("proofs")} == {"proofs/kept/test/v1", "proofs/kept/test/v2"}
    artifacts = VerdictFolder(store, "test", "v2").artifacts()
    assert [(one.name, one.url) for one in artifacts] == [
        (name, f"{bucket}/test/v2/{name}") for name in ("trace.txt", "video.webm")
    ]
    files.pipe_file("proofs/keys.txt", b"secret")
    outside = (
        Artifact(name="keys.txt", url=f"{bucket}/../keys.txt"),
        Artifact(name="k.txt", url="s3://proofs/keys.txt"),
    )
    site = make_site(artifacts=bucket)
    verdict = a_verdict(filled(site), "failed", number=1)
    site.storage.put_verdict(verdict.model_copy(update={"artifacts": (*artifacts, *outside)}))
    asked = f"/api/v1/verdicts/{verdict.id}/artifacts"
    assert site.http.get(f"{asked}/trace.txt").text == "typed [secret]"
    video = site.http.get(f"{asked}/video.webm")
    assert (video.content, video.headers["Content-Type"]) == (b"video", "video/webm")
    assert [site.http.get(f"{asked}/{one.name}").status_code for one in outside] == [404, 404]
    files.rm(f"{bucket}/test/v2/trace.txt")
    assert site.http.get(f"{asked}/trace.txt").json()["error"]["code"] == "not_here"
    ArtifactStore(bucket, bytes_max=0).prune("test")
    assert files.find("proofs/kept") == []
    assert VerdictFolder(ArtifactStore("s3://no-such-bucket/kept"), "test", "v1").artifacts() == ()
