"""Draw the two pictures of the README and of the home page: run ``python docs/pictures.py`` after a change of results.

``answer.png`` is a figure of the founding case, ``report.png`` the first screen of its report, as Chromium shows it.
What they were drawn from is kept as a digest beside them, by which the tests see whether they are what would be drawn.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import exportsim as xs
from exportsim.report.html import page
from exportsim.study.doubt import POINTS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
DIGEST = FOLDER / "drawn-from.txt"
SCENARIO, POLICY, FUTURES = "scenarios/canada-turkiye.yaml", "historical", 100
WIDTH, HEIGHT, COLOURS = 1100, 1000, 64
MOST = 150_000  # bytes of a picture


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


def small(png: bytes) -> bytes:
    """The same picture in few colours."""
    from PIL import Image

    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    result = founding_case()
    FOLDER.mkdir(exist_ok=True)
    for name, content in (("answer.png", answer(result)), ("report.png", first_screen(report_of(result)))):
        if len(content) > MOST:
            sys.exit(f"{name} has {len(content)} bytes, and {MOST} are the most")
        (FOLDER / name).write_bytes(content)
    DIGEST.write_text(digest(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
