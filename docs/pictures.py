"""Make the pictures of the pages: run ``python docs/pictures.py`` after a change of results or of the live page.

``answer.png`` is a figure of the founding case, ``report.png`` the first screen of its report, as Chromium shows it;
``live.png`` is the live page after a date was moved, and ``live-small.png`` the same on a telephone in the dark. With
``report`` or ``live`` behind the command, only those of one are made. What they were drawn from is kept as digests
beside them, by which the tests see whether they are what would be drawn.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import exportsim as xs
from exportsim.live.messages import Set, SettingSaid
from exportsim.live.session import Live, Session
from exportsim.report.html import page
from exportsim.study.doubt import POINTS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
DIGEST = FOLDER / "drawn-from.txt"
SCENARIO, POLICY, FUTURES = "scenarios/canada-turkiye.yaml", "historical", 100
WIDTH, HEIGHT, COLOURS = 1100, 1000, 64
MANY_COLOURS = 256  # where thin lines would lose theirs among few
MOST = 150_000  # bytes of a picture
MOVED, TO = "policies.historical.measures.measure-6.on", "2022-04-12"  # on the live page, as its tutorial does it
CONTROL = MOVED.replace(".", "-")
TOKEN = "a-token-of-the-pictures"
SCREENS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (
    ("live.png", 1280, 1060, "light"),
    ("live-small.png", 390, 1095, "dark"),
)
PATIENCE = 600_000  # milliseconds: the engine may have to be compiled first


def founding_case() -> xs.Result:
    """What both pictures show."""
    return xs.run(xs.load(ROOT / SCENARIO), futures=FUTURES, uncertain=POINTS)


def report_of(result: xs.Result) -> str:
    """The report whose first screen is shown."""
    return page(result, focus=POLICY, file=SCENARIO)


def digest(result: xs.Result) -> str:
    """What the pictures are drawn from: the beginning of the report, less what is drawn in it."""
    beginning = report_of(result).partition('id="figures"')[0]
    return hashlib.sha256(re.sub(r"<svg.*?</svg>", "", beginning, flags=re.DOTALL).encode()).hexdigest()


def answer(result: xs.Result) -> bytes:
    """The figure of what the policies cost so far."""
    drawings = dict(xs.plots.figures(result))
    name = next(name for name in drawings if name.startswith("cumulated_difference"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.png"
        xs.plots.save(drawings[name](), path)
        return small(path.read_bytes())


def first_screen(html: str) -> bytes:
    """The top of a page, as Chromium shows it."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "report.html"
        file.write_text(html, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=chromium())
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shown.goto(file.as_uri())
        return small(shown.screenshot())


def chromium() -> str | None:
    """Where the system's Chromium is; None for playwright's own."""
    from shutil import which

    return which("chromium") or which("chromium-browser")


def small(png: bytes, colours: int = COLOURS) -> bytes:
    """The same picture in fewer colours."""
    from PIL import Image

    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def told() -> list[dict[str, Any]]:
    """What the live page is told: what it is made of, then the scenes before a date is moved and after it."""
    told: list[dict[str, Any]] = []
    live = Live(xs.load(ROOT / SCENARIO), SCENARIO, futures=FUTURES, memory=1 << 28)
    live.frames = (FUTURES,)
    session = Session(live, lambda message: told.append(dict(message)))
    session.enter()
    for number, overrides in enumerate(([], [(MOVED, TO)])):
        policies, reference = list(live.scenario.policies), live.scenario.reference
        setting = SettingSaid(overrides=overrides, policies=policies, reference=reference)
        session.hear(Set(kind="set", number=number, setting=setting))
        while session.need():
            session.step()
    return told


def live_digest(messages: list[dict[str, Any]]) -> str:
    """What the pictures of the live page show: its words and numbers, without where they are drawn."""
    hello, *scenes = messages
    kept = [hello["title"], hello["controls"], hello["policies"], hello["language"]]
    for message in scenes:
        scene = {key: value for key, value in message["scene"].items() if key != "link"}
        figures = [{key: value for key, value in each.items() if key != "marks"} for each in scene["figures"]]
        kept.append(scene | {"figures": figures})
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


@contextmanager
def served() -> Iterator[str]:
    """The live page, served; its address."""
    command = [sys.executable, "-m", "exportsim", "serve", SCENARIO, "--no-browser", "--futures", str(FUTURES)]
    env = os.environ | {"EXPORTSIM_TOKEN": TOKEN}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield [process.stdout.readline() for _ in range(2)][1].strip()
        finally:
            process.terminate()


def live_pages() -> dict[str, bytes]:
    """The live page after a date was moved: in the light and wide, in the dark and narrow."""
    from playwright.sync_api import expect, sync_playwright

    pictures = {}
    with served() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium())
        for name, width, height, colours in SCREENS:
            shown = browser.new_page(viewport={"width": width, "height": height}, color_scheme=colours)
            shown.goto(address)
            at_rest = re.compile(f"^{FUTURES} ")
            for moved in (False, True):
                if moved:
                    shown.locator(f"#{CONTROL}").evaluate(MOVE, TO)
                    expect(shown.locator("#differences li")).to_have_count(1, timeout=PATIENCE)
                    expect(shown.locator("#changed")).not_to_be_empty(timeout=PATIENCE)
                expect(shown.locator("#state")).to_have_text(at_rest, timeout=PATIENCE)
                expect(shown.locator("#state")).not_to_have_class(re.compile("playing"), timeout=PATIENCE)
            pictures[name] = small(shown.screenshot(), MANY_COLOURS)
    return pictures


def of_the_report() -> tuple[dict[str, bytes], str]:
    """The pictures of the founding case and of its report, and what they are drawn from."""
    result = founding_case()
    return {"answer.png": answer(result), "report.png": first_screen(report_of(result))}, digest(result)


def of_the_live_page() -> tuple[dict[str, bytes], str]:
    """The pictures of the live page, and what they are drawn from."""
    return live_pages(), live_digest(told())


MADE: dict[str, Callable[[], tuple[dict[str, bytes], str]]] = {"report": of_the_report, "live": of_the_live_page}
# A date is typed whether or not its group is open, and the page stays where it is.
MOVE = "(input, date) => { input.value = date; input.dispatchEvent(new Event('input', { bubbles: true })); }"


def digests() -> dict[str, str]:
    """What the pictures were drawn from that are there."""
    return dict(line.split() for line in DIGEST.read_text(encoding="utf-8").splitlines())


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    known = digests()
    for name in names or list(MADE):
        pictures, known[name] = MADE[name]()
        for file, content in pictures.items():
            if len(content) > MOST:
                sys.exit(f"{file} has {len(content)} bytes, and {MOST} are the most")
            (FOLDER / file).write_bytes(content)
    DIGEST.write_text("".join(f"{name} {known[name]}\n" for name in MADE), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
