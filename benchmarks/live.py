"""The live page: from a key press to the last paint, while others use it too, in a real browser.

The founding case under two policies. In Chromium the date of a measure is moved by an arrow key, again and again: from
the key's own time to the frame after which nothing of that answer is left to be painted. Others are programs that move
a date each second, as a page does, over connections of their own. Then what the rest costs: two hundred futures when
one date moved, what is kept of a hundred futures, the page itself, and how long from the command to the first page.

Needs Debian's chromium and playwright.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from timing import Figure, show

import exportsim as xs

SCENARIO = Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml"
TOKEN = "a-token-of-benchmarks"
POLICIES, REFERENCE = ["unrestricted", "historical"], "unrestricted"
DATE = "policies.historical.measures.0.on"
MOST_KB = 80
# Notes when a key was pressed, and when what followed was painted: after the frame in which the answer was set.
NOTED = """
let pressed = 0;
window.noted = [];
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
addEventListener("DOMContentLoaded", () => new MutationObserver(() => requestAnimationFrame(() => {
  const after = new MessageChannel(), shown = document.documentElement.dataset.shown;
  after.port1.onmessage = () => { window.noted.push([shown, performance.now() - pressed]); };
  after.port2.postMessage(0);
})).observe(document.documentElement, { attributes: true, attributeFilter: ["data-shown"] }));
"""


@contextmanager
def served(futures: int) -> Iterator[tuple[str, float]]:
    """The address of a server in a process of its own, and when the command began."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "exportsim", "serve", str(SCENARIO), "--no-browser", "--quiet"]
    process = subprocess.Popen(
        [*command, "--futures", str(futures)],
        env={**os.environ, "EXPORTSIM_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process.stdout.readline().strip(), began
    finally:
        process.kill()
        process.wait()


class Other(threading.Thread):
    """Somebody else, who moves a date each second."""

    def __init__(self, address: str, number: int) -> None:
        super().__init__(daemon=True)
        self.address, self.number, self.ended = address, number, threading.Event()

    def run(self) -> None:
        """Move it until told to end."""
        from websockets.sync.client import connect

        base = self.address.partition("/?")[0]
        port = base.rpartition(":")[2]
        cookie = {"cookie": f"exportsim-{port}={TOKEN}"}
        with connect(base.replace("http", "ws") + "/live", origin=base, additional_headers=cookie) as page:  # type: ignore[arg-type]
            page.recv()
            asked = 0
            while not self.ended.wait(0.8):
                asked += 1
                day = date(2019, 11, 1) + timedelta(days=37 * self.number + asked)
                setting = {"overrides": [[DATE, day.isoformat()]], "policies": POLICIES, "reference": REFERENCE}
                page.send(json.dumps({"kind": "set", "number": asked, "setting": setting}))
                with suppress(TimeoutError):  # all that comes is read, as a page does
                    while True:
                        page.recv(timeout=0.2)


def opened(browser: Any, address: str) -> Any:
    """The page with two policies, at rest."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(NOTED)
    played = "&".join(f"policy={policy}" for policy in POLICIES)
    page.goto(f"{address}#{played}&reference={REFERENCE}")
    at_rest(page)
    return page


def at_rest(page: Any) -> None:
    """Wait until the answer of all futures is shown."""
    while not page.evaluate("document.documentElement.dataset.shown || ''").endswith("/300"):
        page.wait_for_timeout(20)


def presses(page: Any, number: int) -> list[float]:
    """Milliseconds from each key press to the last paint of its first answer."""
    page.locator("svg [data-drag]").first.focus()
    found = []
    for _ in range(number):
        before = int(page.evaluate("document.documentElement.dataset.shown").split("/")[0])
        page.keyboard.press("ArrowRight")
        noted: list[list[Any]] = []
        while not noted:
            page.wait_for_timeout(10)
            noted = [each for each in page.evaluate("window.noted") if each[0] == f"{before + 1}/10"]
        found.append(float(noted[0][1]))
        page.wait_for_timeout(150)
    return found


def percentile(values: list[float], share: float) -> float:
    """The least value that so many are no more than."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def in_a_browser(number: int) -> list[Figure]:
    """Key presses alone and with four others, and how soon the first page is there."""
    from playwright.sync_api import sync_playwright

    figures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with served(10) as (address, began):
            page = browser.new_page()
            page.goto(address)
            while not page.evaluate("document.documentElement.dataset.shown || ''"):
                page.wait_for_timeout(10)
            first = time.perf_counter() - began
            figures.append(Figure("command to first answer on the page, s", first, first, most=2))
        with served(300) as (address, _):
            page = opened(browser, address)
            presses(page, 5)  # whatever is compiled and cached by the browser
            for others in (0, 4):
                threads = [Other(address, place) for place in range(others)]
                for thread in threads:
                    thread.start()
                found = presses(page, number)
                for thread in threads:
                    thread.ended.set()
                for thread in threads:
                    thread.join()
                for word, value, most in (
                    ("median", statistics.median(found), 120),
                    ("95th percentile", percentile(found, 0.95), 200),
                ):
                    what = f"key press to last paint, ms, {word}, {others + 1} at once"
                    figures.append(Figure(what, value / 1000, value, most=most))
        browser.close()
    return figures


def without_a_browser(rounds: int) -> list[Figure]:
    """Two hundred futures when a date moved, what is kept of a hundred, and the size of the page."""
    from exportsim.live.scene import Scene
    from exportsim.live.setting import Setting

    scenario = xs.load(SCENARIO)
    what_if, seconds, making = xs.WhatIf(scenario, policies=POLICIES, memory=1 << 30, warn=False), [], []
    for number in range(rounds + 2):
        moved = ((DATE, str(date(2020, 1, 1) + timedelta(days=number))),)
        setting = Setting(moved, tuple(POLICIES), REFERENCE, scenario)
        began = time.perf_counter()
        setting.put_to(what_if)
        result = what_if.result(200)
        made = time.perf_counter()
        Scene(result, setting).json()
        seconds.append(made - began)
        making.append(time.perf_counter() - made)
    kept = xs.WhatIf(scenario, policies=POLICIES, warn=False)
    Scene(kept.result(100), Setting((), tuple(POLICIES), REFERENCE, scenario)).json()
    page = sum(len(file.read_bytes()) for file in resources.files("exportsim.live").joinpath("page").iterdir())
    played, drawn, megabytes = statistics.median(seconds[2:]), statistics.median(making[2:]), kept.memory.size / 1e6
    return [
        Figure("200 futures × 2 policies when a date moved, s", played, played, most=0.3),
        Figure("their scene, ms", drawn, drawn * 1000),
        Figure("kept of 100 futures × 2 policies, MB", 0, megabytes, most=60),
        Figure("the page, kB", 0, page / 1000, most=MOST_KB),
    ]


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    figures = without_a_browser(chosen.rounds) + in_a_browser(chosen.presses)
    return show("measured", figures)


if __name__ == "__main__":
    sys.exit(main())
