"""The long run: `make roundtrip SEED=7 COUNT=50` does so many journeys on each page, and prints what became of them."""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from agents.local.browser import find_chromium
from agents.settings import load
from tests.capture.site import CAPTURE, FLAGS, REPO
from tests.roundtrip.judge import journey, judge, pages


def main() -> int:
    """0 where every journey that is the same twice by itself ended the same."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", default="1")
    asked.add_argument("--count", type=int, default=10)
    asked.add_argument("--gestures", type=int, default=6)
    asked.add_argument("--pages", type=Path, default=Path(__file__).parent / "apps")
    told = asked.parse_args()
    subprocess.run(["npm", "run", "-s", "build"], cwd=REPO / "capture", check=True)
    script, found = CAPTURE.read_text(), Counter[str]()
    with sync_playwright() as playwright:
        path = find_chromium(load())
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for number in range(told.count):
            for name, html in pages(told.pages).items():
                seed = f"{name}-{told.seed}-{number}"
                done = journey(browser, html, seed, told.gestures)
                outcome, why = judge(browser, done, script)
                found[outcome] += 1
                print(f"{seed:24}{outcome}", flush=True)
                if outcome != "same":
                    print(f"  {done.moves}\n{why}", flush=True)
        browser.close()
    print(dict(found))
    return int(any(found[outcome] for outcome in found if outcome not in ("same", "unsteady")))


if __name__ == "__main__":
    sys.exit(main())
