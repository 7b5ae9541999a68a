"""Our recorder and pure core as a generator of the harness, without Kafka and without our server.

It runs in the harness's own Python environment; the core runs in ours, as a process (`bench.quality.core`). The events
of each journey are kept beside the tests in `events.jsonl`, so that the core can be tried again without a browser.
"""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

REPO = Path(__file__).resolve().parents[2]
PYTHON = REPO / ".venv" / "bin" / "python"
CAPTURE = REPO / "agents" / "web" / "static" / "capture.js"


class _Collector(BaseHTTPRequestHandler):
    """Takes whatever the recorder posts."""

    bodies: list[bytes]

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (
            ("Access-Control-Allow-Origin", self.headers.get("Origin") or "*"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Headers", "*, Content-Type, Content-Encoding"),
            ("Access-Control-Allow-Methods", "POST, OPTIONS"),
            ("Access-Control-Allow-Private-Network", "true"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_OPTIONS(self) -> None:
        self._answer(204)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.bodies.append(body)  # type: ignore[attr-defined]
        self._answer(202, b'{"accepted":1,"rejected":[]}')

    def log_message(self, *_: Any) -> None:
        """Silence."""


class Offline:
    """What the harness asks of a generator: start, attach, before_close, finish, stop."""

    name = "offline"
    env: ClassVar[dict[str, str]] = {}
    context_options: ClassVar[dict[str, bool]] = {"bypass_csp": True}
    goto_pause_ms = 0

    def start(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
        self.server.daemon_threads = True
        self.server.bodies = []  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def attach(self, context: Any, app_name: str, base_url: str) -> None:
        self.app, self.base_url = app_name, base_url
        self.server.bodies.clear()  # type: ignore[attr-defined]
        port = self.server.server_address[1]
        told = json.dumps({"endpoint": f"http://127.0.0.1:{port}", "app": app_name})
        boot = f"if (window.top === window) window.JOURNEYWRIGHT = {told};\n"
        context.add_init_script(script=boot + CAPTURE.read_text() + "\n")

    def before_close(self, context: Any) -> None:
        for page in context.pages:
            try:
                page.evaluate("async () => { if (window.journeywright) await window.journeywright.end() }")
            except Exception as error:  # noqa: BLE001 (a page may have gone; that is told, and the journey counts)
                print("end():", str(error).splitlines()[0])

    def finish(self, journey_name: str, out_dir: Path) -> list[Path]:
        bodies = list(self.server.bodies)  # type: ignore[attr-defined]
        events = out_dir / "events.jsonl"
        events.write_bytes(b"\n".join(bodies))
        run = subprocess.run(
            [str(PYTHON), "-m", "bench.quality.core", str(events), str(out_dir), *self.others(journey_name, out_dir)],
            cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode:
            print(run.stderr[-2000:])
        fixtures = ("fill_credential: ", "unique: ", "drag: ", "settled: ")
        if not any(name in test.read_text() for test in out_dir.glob("test_*.py") for name in fixtures):
            # without a conftest.py the harness may run several replays in one process
            for unneeded in ("conftest.py", "pyproject.toml"):
                (out_dir / unneeded).unlink(missing_ok=True)
        return sorted(out_dir.glob("test_*.py"))

    def others(self, _journey_name: str, _out_dir: Path) -> list[str]:
        """Files with the events of further sessions of the journey."""
        return []

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
