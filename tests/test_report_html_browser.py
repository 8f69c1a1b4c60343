"""The report in a real browser: without errors, at every width, in light and dark, by keyboard, to axe-core's content.

The browser is Debian's chromium. playwright drives it and is given its path, for it has none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import exportsim
from browsers import needs_browser
from exportsim.scenario import replace

pytestmark = [
    pytest.mark.long,
    needs_browser,
]
WIDTHS = {"phone": 390, "desktop": 1280}
MM = 96 / 25.4  # in CSS pixels
SCHEMES = ("light", "dark")
LOOKS = [pytest.param(width, scheme, id=f"{name}-{scheme}") for name, width in WIDTHS.items() for scheme in SCHEMES]
LONG = "A-title-without-a-single-blank-" * 6 + "<b>and markup</b>"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = exportsim.load(Path(__file__).parents[1] / "scenarios" / "quickstart.yaml")
    path = tmp_path_factory.mktemp("report") / "report.html"
    exportsim.write_report(exportsim.run(replace(scenario, title=LONG), futures=20), path)
    return path


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Any]:
    """Opens the page at a width and in a scheme; it must ask for nothing and complain of nothing."""
    contexts, complaints, asked = [], [], []

    def open_page(width: int, scheme: str) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()] * len(contexts)


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_page_never_scrolls_sideways(opened: Any, width: int, scheme: str) -> None:
    page = opened(width, scheme)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = "[...document.querySelectorAll('svg')].map(e => e.getBoundingClientRect()).filter(box => box.height > 0)"
    boxes = page.evaluate(f"{shown}.map(box => [box.left, box.right, box.height])")
    assert len(boxes) == 9  # of each figure the wide drawing or the narrow one
    assert all(left >= 0 and right <= width and height > 150 for left, right, height in boxes)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing(opened: Any, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(width, scheme)
    unfold(page)
    found = Axe().run(page).response
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert "color-contrast" in {each["id"] for each in found["passes"]}


def test_axe_would_find_faint_text_and_a_missing_name(opened: Any) -> None:
    """The test above is able to fail."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(1280, "light")
    page.evaluate("document.querySelector('.note').style.color = '#bbb'")
    page.evaluate("document.querySelector('svg').removeAttribute('aria-label')")
    found = {each["id"] for each in Axe().run(page).response["violations"]}
    assert {"color-contrast", "svg-img-alt"} <= found


def test_dark_is_dark_and_figures_with_it(opened: Any) -> None:
    colour = "e => getComputedStyle(e).backgroundColor"
    grounds, inks = [], []
    for scheme in SCHEMES:
        page = opened(1280, scheme)
        grounds.append(page.eval_on_selector("html", colour))
        inks.append(page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--1a1a1a').trim()"))
        used = "[...document.querySelectorAll('svg [style]')].some(e => e.getAttribute('style').includes('var(--'))"
        assert page.evaluate(used)
    assert grounds == ["rgb(255, 255, 255)", "rgb(22, 24, 29)"] and inks == ["#1a1a1a", "#f0f0f0"]


def test_the_first_tab_skips_to_the_report(opened: Any) -> None:
    page = opened(1280, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_reaches_whatever_scrolls_and_scrolls_it(opened: Any) -> None:
    page = opened(375, "light")
    unfold(page)
    overflowing = """[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1
        && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))"""
    count = page.evaluate(f"{overflowing}.length")
    assert count >= 2
    assert page.evaluate(f"{overflowing}.every(e => e.tabIndex === 0)")
    page.evaluate(f"{overflowing}[0].focus()")
    page.keyboard.press("ArrowRight")
    # The page forbids the browser to evaluate text, so waiting in the page is refused as soon as it has to wait.
    waited = 0
    while not page.evaluate("document.activeElement.scrollLeft > 0"):
        page.wait_for_timeout(50)
        waited += 50
        assert waited < 10_000


def test_the_figures_numbers_open_by_keyboard(opened: Any) -> None:
    page = opened(1280, "light")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    assert page.locator("details[open] caption").is_visible()


def test_markup_in_the_title_is_text(opened: Any) -> None:
    page = opened(375, "dark")
    assert LONG in page.locator(".kind").inner_text() and page.locator(".kind b, h1 b").count() == 0
    assert page.title().startswith(LONG)


def test_it_prints_without_what_is_for_the_screen(opened: Any) -> None:
    page = opened(1280, "dark")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible() and page.locator("#answer").is_visible()
    ground = page.eval_on_selector("html", "e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"  # dark on the screen, light on paper
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF") and len(printed) < 5_000_000


def test_on_a_phone_the_first_column_stays_and_a_shadow_shows_that_there_is_more(opened: Any) -> None:
    page = opened(390, "light")
    wide = """[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 40)"""
    assert page.evaluate(f"{wide}.length") >= 1
    cells = "e.querySelector('tbody th').getBoundingClientRect().left"
    moved = page.evaluate(f"{wide}.map(e => {{ const at = {cells}; e.scrollLeft = 40; return [at, {cells}]; }})")
    assert all(before == after for before, after in moved)
    assert page.evaluate(f"{wide}.every(e => getComputedStyle(e).backgroundAttachment.includes('scroll'))")


def test_the_numbers_of_a_figure_are_downloaded(opened: Any, tmp_path: Path) -> None:
    page = opened(1280, "light")
    unfold(page)
    with page.expect_download() as download:
        page.locator("a[download='differences.csv']").click()
    download.value.save_as(tmp_path / "got.csv")
    assert (tmp_path / "got.csv").read_text().splitlines()[0].endswith("low,difference: high")


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_founding_case_prints_on_twelve_pages_and_page_one_on_one(browser: Any, tmp_path: Path) -> None:
    scenario = exportsim.load(Path(__file__).parents[1] / "scenarios" / "canada-turkiye.yaml")
    exportsim.write_report(exportsim.run(scenario, futures=30), tmp_path / "r.html", focus="historical")
    page = browser.new_page()
    page.goto((tmp_path / "r.html").as_uri())
    assert 4 <= pages_of(page.pdf(prefer_css_page_size=True)) <= 12
    page.set_viewport_size({"width": round(182 * MM), "height": round(266 * MM)})  # A4 without its margins
    page.emulate_media(media="print")
    assert 600 < page.evaluate("document.querySelector('.first').getBoundingClientRect().bottom") <= 266 * MM
    page.close()
