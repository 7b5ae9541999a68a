"""What the recorder costs a page: its size, and its time for each event and each load, on pages of growing size.

    python bench/recorder_cost.py [--elements 300,3000,10000] [--rounds 20]

The times are those of the main thread inside the recorder's own listeners and timers (Chromium's tracing of user
timings would see the same): `down` is the pointer's press, which describes the element; `effect` is the look at the
page once it is quiet. Nothing is asserted; the machine's load shows in the numbers.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

REPO = Path(__file__).resolve().parents[1]
CAPTURE = REPO / "agents" / "web" / "static" / "capture.js"
FLAGS = ["--no-sandbox", "--disable-gpu"]

PROBE = """
(() => {
  const spent = (window.__spent = { start: 0, listeners: {}, timers: [] });
  const add = EventTarget.prototype.addEventListener;
  const inRecorder = () => window.__loading;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (!inRecorder() || typeof listener !== "function") return add.call(this, type, listener, options);
    return add.call(this, type, function (event) {
      const begin = performance.now();
      const done = () => (spent.listeners[type] ??= []).push(performance.now() - begin);
      try { return listener.call(this, event); } finally { done(); }
    }, options);
  };
  const later = window.setTimeout;
  window.setTimeout = (work, ms) => later(() => {
    const begin = performance.now();
    try { return work(); } finally { spent.timers.push(performance.now() - begin); }
  }, ms);
})();
"""

ROWS = """
(count) => {
  const body = document.body;
  body.innerHTML = "<nav><a href='#a'>Start</a> <a href='#b'>Help</a></nav>" +
    "<main><h1>Orders</h1><table><tbody></tbody></table></main>";
  const rows = Math.max(1, Math.round(count / 6));
  body.querySelector("tbody").innerHTML = Array.from({ length: rows }, (_, i) =>
    `<tr><td>Order ${i}</td><td><b>Customer ${i % 97}</b></td><td>open</td><td><button>Edit</button></td></tr>`
  ).join("");
  body.querySelector("table").onclick = (e) => {
    e.target.closest("tr").cells[2].textContent = "done " + performance.now().toFixed(0);
  };
}
"""


def measure(browser: Browser, script: str, elements: int, rounds: int) -> dict[str, Any]:
    """Clicks `rounds` times on a page of about `elements` elements and gives the times in milliseconds."""
    context = browser.new_context()
    config = json.dumps({"endpoint": "http://127.0.0.1:9", "app": "bench"})
    boot = f"{PROBE}\nwindow.JOURNEYWRIGHT = {config};\nwindow.__loading = true; const begin = performance.now();\n"
    done = "window.__spent.start = performance.now() - begin; window.__loading = false;"
    context.add_init_script(script=f"{boot}{script}\n{done}")
    page = context.new_page()
    empty = "<title>x</title><body></body>"
    page.route("http://bench.test/", lambda route: route.fulfill(body=empty, content_type="text/html"))
    page.goto("http://bench.test/")
    page.evaluate(ROWS, elements)
    page.wait_for_timeout(800)
    buttons = page.get_by_role("button", name="Edit")
    page.evaluate("() => { window.__spent.listeners = {}; window.__spent.timers = [] }")
    for index in range(rounds):
        buttons.nth(index).click()
        page.wait_for_timeout(400)
    spent = page.evaluate("window.__spent")
    context.close()
    others = [(kind, times) for kind, times in spent["listeners"].items() if kind not in {"pointerdown", "click"}]
    return {
        "elements": elements,
        "start_ms": round(spent["start"], 2),
        "down_ms": summary(spent["listeners"].get("pointerdown", [])),
        "click_ms": summary(spent["listeners"].get("click", [])),
        "others_ms": round(sum(sum(times) for _, times in others) / rounds, 2),
        "effect_ms": summary([one for one in spent["timers"] if one > 0.5]),
    }


def summary(times: list[float]) -> dict[str, float]:
    if not times:
        return {}
    return {"median": round(statistics.median(times), 2), "max": round(max(times), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--elements", default="300,3000,10000")
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args()
    subprocess.run(["npm", "run", "-s", "build"], cwd=REPO / "capture", check=True, capture_output=True)
    script = CAPTURE.read_bytes()
    print(f"size: {len(script)} bytes, {len(gzip.compress(script, 9))} gzipped")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for count in chosen.elements.split(","):
            print(json.dumps(measure(browser, script.decode(), int(count), chosen.rounds)))
        browser.close()


if __name__ == "__main__":
    main()
