"""What recorders cost a page: ours beside posthog-js (autocapture, and with session recording) and rrweb, in one run.

    python -m bench.recorder_cost [--only ours,rrweb] [--pages "storm;typing"] [--rounds 10]

For each recorder and page: the CPU time of the page's main thread in milliseconds, without what the page takes by
itself; the longest task by CPU time; the bytes that were sent, as they went over the wire; and the time from an input
to the next paint. CPU times are those of the thread, so that other work on the machine doesn't count; the time to the
next paint is the wall's, and the load is printed with it. Nothing is asserted.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from agents.local.browser import find_chromium
from agents.settings import load

REPO = Path(__file__).resolve().parents[1]
CAPTURE = REPO / "agents" / "web" / "static" / "capture.js"
OTHERS = REPO / "bench" / "recorders"
POSTHOG = OTHERS / "node_modules" / "posthog-js" / "dist"
RRWEB = OTHERS / "node_modules" / "rrweb" / "dist" / "rrweb.umd.min.cjs"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
STORM_S: Final = 3
MUTATIONS_A_SECOND: Final = 5_000
SETTLE_MS: Final = 6_000
"""For what is sent late: effects, and batches of the others."""

PAGE = """<!doctype html><html><head><title>Orders</title>TAG</head><body>
<nav><a href="#a">Start</a> <a href="#b">Help</a></nav><main><h1>Orders</h1>
<p><label>Note <input id="note"></label> <button id="busy">Busy</button></p>
<div id="grid" style="height:400px;overflow:auto"><div id="tall" style="height:2000000px;position:relative">
<table id="rows" style="position:absolute"></table></div></div><div id="many"></div></main><script>
window.paints = [];
new PerformanceObserver((list) => { for (const one of list.getEntries()) paints.push(one.duration) })
  .observe({ type: "event", durationThreshold: 16 });
const row = (i) => `<tr><td>Order ${i}</td><td><b>Customer ${i % 97}</b></td><td>open</td>
  <td><button>Edit</button></td></tr>`;
const draw = () => {
  const first = Math.floor(grid.scrollTop / 20);
  rows.style.top = first * 20 + "px";
  rows.innerHTML = Array.from({ length: 25 }, (_, i) => row(first + i)).join("");
};
grid.onscroll = draw; draw();
window.fill = (count) => {
  many.innerHTML = "<table><tbody>" + Array.from({ length: count / 6 }, (_, i) => row(i)).join("") + "</tbody></table>";
  many.onclick = (event) => {
    event.target.closest("tr").cells[2].textContent = "done " + performance.now().toFixed(0);
  };
};
window.storm = (seconds, each) => new Promise((done) => {
  many.innerHTML = Array.from({ length: 200 }, (_, i) => `<span>${i}</span>`).join("");
  let ticks = seconds * 50, n = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < each / 50; i++) many.children[n++ % 200].firstChild.data = String(n);
    if (!--ticks) { clearInterval(timer); done() }
  }, 20);
});
</script></body></html>"""


@dataclass
class Server:
    """Serves the page and the scripts, and takes what the recorders send."""

    tag: str = ""
    port: int = 0
    sent_bytes: int = 0
    bodies: int = 0
    scripts: dict[str, int] = field(default_factory=dict)
    """Bytes of each script that was fetched, gzipped."""


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    """The views of the server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = {"/capture.js": CAPTURE, "/rrweb.js": RRWEB}.get(path)
            if path.startswith("/static/"):
                file = POSTHOG / Path(path).name
            if file is not None and file.is_file():
                server.scripts[path] = len(gzip.compress(file.read_bytes(), 9))
                return self.answer(file.read_bytes(), "text/javascript")
            if path == "/":
                return self.answer(PAGE.replace("TAG", server.tag).encode(), "text/html; charset=utf-8")
            return self.answer(json.dumps(POSTHOG_CONFIG).encode(), "application/json")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if "flags" in self.path or "decide" in self.path:
                return self.answer(json.dumps(POSTHOG_CONFIG).encode(), "application/json")
            server.sent_bytes += len(body)
            server.bodies += 1
            return self.answer(b"{}", "application/json")

    return Handler


POSTHOG_CONFIG: Final = {
    "supportedCompression": ["gzip", "gzip-js"],
    "sessionRecording": {"endpoint": "/s/", "recorderVersion": "v2", "scriptConfig": {"script": "posthog-recorder"}},
    "featureFlags": {},
    "flags": {},
    "autocapture_opt_out": False,
    "capturePerformance": False,
}
POSTHOG_TAG = """<script src="/static/array.js"></script><script>
posthog.init("phc_bench", { api_host: location.origin, ui_host: location.origin, autocapture: true,
  capture_pageview: true, disable_session_recording: RECORDING, disable_surveys: true, person_profiles: "always",
  opt_out_useragent_filter: true });
</script>"""
TAGS = {
    "none": "",
    "ours": '<script src="/capture.js" data-app="bench"></script>',
    "posthog autocapture": POSTHOG_TAG.replace("RECORDING", "true"),
    "posthog with recording": POSTHOG_TAG.replace("RECORDING", "false"),
    "rrweb": """<script src="/rrweb.js"></script><script>
let events = []; rrweb.record({ emit: (event) => events.push(event) });
setInterval(() => {
  if (events.length) fetch("/events", { method: "POST", body: JSON.stringify(events) }); events = [];
}, 1000);
</script>""",
}


def clicks(page: Page, rounds: int) -> None:
    """Clicks in a page of 10,000 elements."""
    page.evaluate("fill(10000)")
    page.wait_for_timeout(500)
    buttons = page.locator("#many button")
    for index in range(rounds):
        buttons.nth(index).click()
        page.wait_for_timeout(300)


def at_once(page: Page, _: int) -> None:
    """A click in a page of 10,000 elements as soon as they are there."""
    page.evaluate("fill(10000)")
    page.locator("#many button").first.click()


def masked(page: Page, rounds: int) -> None:
    """Clicks beside 12,000 masked texts."""
    page.evaluate("many.dataset.mask = ''; fill(18000)")
    page.wait_for_timeout(500)
    for _ in range(rounds):
        page.locator("#busy").click()
        page.wait_for_timeout(300)


def storm(page: Page, _: int) -> None:
    """Changes of text all the time, after a click."""
    page.locator("#busy").click()
    page.evaluate("([seconds, each]) => storm(seconds, each)", [STORM_S, MUTATIONS_A_SECOND])


def scrolling(page: Page, rounds: int) -> None:
    """A table of 100,000 rows, of which those in sight are in the page."""
    page.locator("#grid").hover()
    for _ in range(rounds * 4):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(50)


def typing(page: Page, _: int) -> None:
    """Sixty letters."""
    page.locator("#note").click()
    page.keyboard.type("a note of some length, " * 3, delay=30)


PAGES: dict[str, Callable[[Page, int], None]] = {
    "10,000 nodes": clicks,
    "at once": at_once,
    "masked": masked,
    "storm": storm,
    "scrolling": scrolling,
    "typing": typing,
}


def cpu_ms(session: CDPSession) -> float:
    """The main thread's CPU time in tasks so far."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def longest_ms(trace: bytes) -> float:
    """The CPU time of the longest task of a page's main thread."""
    events = json.loads(trace)["traceEvents"]
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
    tasks = [e for e in events if e["name"] == "RunTask" and names.get((e["pid"], e["tid"])) == "CrRendererMain"]
    return max((e.get("tdur", 0) for e in tasks), default=0) / 1000


def measure(
    browser: Browser, server: Server, tag: str, use: Callable[[Page, int], None], rounds: int
) -> dict[str, float]:
    """One recorder in one page."""
    server.tag, server.sent_bytes, server.bodies, server.scripts = tag, 0, 0, {}
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.wait_for_timeout(2_500)
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline", "__metadata"])
    before = cpu_ms(session)
    use(page, rounds)
    page.wait_for_timeout(SETTLE_MS)
    spent = cpu_ms(session) - before
    longest = longest_ms(browser.stop_tracing())
    paints = page.evaluate("paints")
    page.close(run_before_unload=True)
    context.close()
    return {
        "cpu_ms": round(spent, 1),
        "longest_ms": round(longest, 1),
        "sent_kb": round(server.sent_bytes / 1000, 1),
        "paint_ms": statistics.median(paints) if paints else 0,
        "script_kb": round(sum(server.scripts.values()) / 1000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(TAGS))
    parser.add_argument("--pages", default=";".join(PAGES), help="names of pages, with a semicolon between them")
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    subprocess.run(["npm", "run", "-s", "build"], cwd=REPO / "capture", check=True, capture_output=True)
    if not POSTHOG.is_dir():
        quiet = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(quiet, cwd=OTHERS, check=True)
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler(server))
    http.daemon_threads = True
    server.port = http.server_address[1]
    threading.Thread(target=http.serve_forever, daemon=True).start()
    names = ["none", *(name for name in TAGS if name in chosen.only.split(",") and name != "none")]
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; CPU time is beyond the page's own", flush=True
    )
    with sync_playwright() as playwright:
        path = find_chromium(load())
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for kind, use in [(one, PAGES[one]) for one in chosen.pages.split(";")]:
            alone: dict[str, Any] = {}
            for name in names:
                found = measure(browser, server, TAGS[name], use, chosen.rounds)
                alone = alone or found
                more = found["cpu_ms"] - (alone["cpu_ms"] if name != "none" else 0)
                print(
                    f"{kind:13} {name:23} cpu {more:8.1f} ms  longest {found['longest_ms']:6.1f} ms"
                    f"  sent {found['sent_kb']:8.1f} kB  input to paint {found['paint_ms']:5.0f} ms"
                    f"  script {found['script_kb']:6.1f} kB gzipped",
                    flush=True,
                )
        browser.close()


if __name__ == "__main__":
    main()
