"""The page in one file in a real browser, opened from the disk and without a network.

The browser is Debian's chromium, driven by playwright.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import browsers
import exportsim as xs
import live_pages
from browsers import needs_browser
from exportsim.language import use
from exportsim.live.freeze import freeze
from exportsim.live.played import Played
from exportsim.live.scene import Scene
from exportsim.live.setting import Setting
from live_pages import Pages, account, number

pytestmark = [
    pytest.mark.long,
    needs_browser,
]
wait, saved = (partial(each, seconds=30) for each in (live_pages.wait, browsers.saved))  # all has been played
FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
FUTURES = 10
HOLD, SUSPEND = (f"policies-{policy}-measures-measure-1-on" for policy in ("no-new-licences", "licences-suspended"))
OFFICERS = "authorities-ecju-review-review-officers"
MOST_MEMORY = 650 << 20  # bytes, of a process that makes a page of a national office
MARKUP = "</script><img src=x onerror=alert(1)><script>alert(2)</script>'\"]]>&lt;b&gt;{{7*7}}"


def written(folder: Path, file: Path = FILE, name: str = "page.html", **asked: Any) -> Path:
    """A page in one file."""
    played = Played.of(xs.load(file), **asked)
    made = freeze(played, file.name, futures=FUTURES, memory=1 << 28, most=1 << 30)
    (folder / name).write_text(made.text)
    return folder / name


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each control by itself."""
    return written(tmp_path_factory.mktemp("alone"), values=3)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two controls in every combination."""
    hold = "policies.no-new-licences.measures.measure-1.on"
    return written(tmp_path_factory.mktemp("together"), controls=[hold, "officers"], values=3)


class Opened(Pages):
    """Pages of files, without a network."""

    def __call__(self, file: Path, width: int = 1280, scheme: str = "light", link: str = "", **more: Any) -> Any:
        page = self.at(file.as_uri() + link, width, scheme, offline=True, **more)
        wait(page, lambda: number(page) > 0)
        return page


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    made = Opened(browser)
    yield made
    for context in made.contexts:
        context.close()
    assert made.complaints == []
    others = [url for url in made.asked if not url.startswith(("blob:", "data:"))]
    assert len(others) == len(made.contexts) and all(url.startswith("file:///") for url in others)


def after(page: Any, act: Callable[[], object]) -> None:
    """Do something that changes the setting, and wait for its answer."""
    before = number(page)
    act()
    wait(page, lambda: number(page) > before)


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_each_control_moves_over_what_was_played_and_can_be_put_back(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    unfold(page)
    before = account(page)
    controls = page.locator(".control[data-path]")
    assert controls.count() == 6 and page.locator("#form input[type=date], #form input[type=number]").count() == 0
    for place in range(controls.count()):
        control = controls.nth(place)
        path, moved, chosen = control.get_attribute("data-path"), control.locator("input"), control.locator("select")
        value, last = chosen.input_value(), chosen.locator("option").count() - 1
        moved.focus()
        after(page, lambda: page.keyboard.press("End"))
        seen = {account(page)}
        for _ in range(last):
            after(page, lambda: page.keyboard.press("ArrowLeft"))
            seen.add(account(page))
            assert (f"{path}%3D" in page.url) == (chosen.input_value() != value)
            assert moved.get_attribute("aria-valuetext") == chosen.locator("option:checked").inner_text()
        assert chosen.input_value() == chosen.locator("option").first.get_attribute("value") and len(seen) > 1
        assert "changed" in (control.get_attribute("class") or "") and page.locator("#differences li").count() == 1
        after(page, page.locator(f"#{chosen.get_attribute('id')}-back").click)
        assert "set=" not in page.url and chosen.input_value() == value and account(page) == before


def test_the_numbers_are_those_of_a_run(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    scenario = xs.load(FILE, overrides=["policies.no-new-licences.measures.measure-1.on=2020-10-15"])
    expected = Scene(xs.run(scenario, futures=FUTURES), Setting.of(scenario), at_rest=1).json()
    sentences = page.locator("#sentences p").all_inner_texts()
    assert [" ".join(each.split()) for each in sentences] == [" ".join(each.split()) for each in expected["sentences"]]
    rows = page.locator("#account tbody tr")
    for place, row in enumerate(expected["account"]["rows"]):
        assert rows.nth(place).locator("th, td").all_inner_texts() == row
    assert page.locator("figure h3").all_inner_texts() == [figure["title"] for figure in expected["figures"]]
    assert "more than in the scenario’s file" in page.locator("#changed").inner_text()
    assert page.locator("#state").inner_text() == f"{FUTURES} of {FUTURES} futures"


def test_what_was_not_played_together_is_put_back_in_words(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    unfold(page)
    answers = [account(page)]
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    answers.append(account(page))
    after(page, lambda: page.locator(f"#{OFFICERS}").select_option("80"))
    assert page.locator(f"#{HOLD}").input_value() == "2019-10-15" and page.locator("#differences li").count() == 1
    assert "Put back, because it was not played together" in page.locator("#changed").inner_text()
    assert "What was done" in page.locator("#changed").inner_text() and page.locator("#faults").inner_text() == ""
    after(page, lambda: page.locator("#tool-undo").click())
    assert account(page) == answers[1] and page.locator(f"#{HOLD}").input_value() == "2020-10-15"
    assert "Put back" not in page.locator("#changed").inner_text()
    after(page, lambda: page.keyboard.press("Control+z"))
    assert account(page) == answers[0] and page.locator("#tool-undo").is_disabled()
    after(page, lambda: page.locator("#tool-redo").click())
    assert account(page) == answers[1]
    after(page, lambda: page.locator("#tool-reset").click())
    assert account(page) == answers[0] and "set=" not in page.url


def test_what_was_played_together_is_moved_together(opened: Opened, together: Path) -> None:
    page = opened(together)
    unfold(page)
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    one = account(page)
    after(page, lambda: page.locator(f"#{OFFICERS}").select_option("1"))
    assert page.locator("#differences li").count() == 2 and account(page) != one
    assert "Put back" not in page.locator("#changed").inner_text()
    assert page.locator(".control[data-path]").count() == 2
    link = page.evaluate("location.hash")
    other = opened(together, link=link)
    assert account(other) == account(page) and other.locator("#differences li").count() == 2


def test_another_policy_is_looked_at_and_moving_a_policys_measure_looks_at_it(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    unfold(page)
    first = page.locator("figure h3").first.inner_text()
    after(page, lambda: page.locator("#looked-1").check())
    assert "Existing licences suspended as well" in page.locator("#changed").inner_text()
    assert page.locator("figure h3").first.inner_text() != first and "policy=licences-suspended" in page.url
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    assert page.locator("#looked-0").is_checked() and "“What was done”" in page.locator("#changed").inner_text()
    after(page, lambda: page.locator("#looked-1").check())  # what was moved stays
    assert page.locator(f"#{HOLD}").input_value() == "2020-10-15" and page.locator("#differences li").count() == 1
    after(page, lambda: page.locator("#tool-undo").click())
    assert page.locator("#looked-0").is_checked()


def handle(page: Any) -> Any:
    return page.locator(f"svg circle[data-drag={HOLD}]")


def test_a_measure_is_dragged_to_the_dates_that_were_played(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    value = page.locator(f"#{HOLD}").input_value()
    assert "next date that was played" in handle(page).get_attribute("aria-label")
    handle(page).focus()
    after(page, lambda: page.keyboard.press("ArrowRight"))
    assert page.locator(f"#{HOLD}").input_value() == "2020-10-15" and handle(page).evaluate(
        "e => e === document.activeElement"
    )
    page.keyboard.press("PageUp")  # there is no later one
    page.wait_for_timeout(100)
    assert page.locator(f"#{HOLD}").input_value() == "2020-10-15"
    after(page, lambda: page.keyboard.press("Home"))
    assert page.locator(f"#{HOLD}").input_value() == "2018-10-15"
    after(page, lambda: page.keyboard.press("ArrowUp"))
    assert page.locator(f"#{HOLD}").input_value() == value
    handle(page).scroll_into_view_if_needed()
    box = handle(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 11):
            page.mouse.move(x + 9 * step, y)
        page.mouse.up()

    after(page, drag)
    assert page.locator(f"#{HOLD}").input_value() == "2020-10-15"


def test_a_link_gives_the_same_and_another_one_is_told_of(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    after(page, lambda: page.locator(f"#{SUSPEND}").select_option("2018-10-15"))
    other = opened(alone, link=page.evaluate("location.hash"))
    assert account(other) == account(page) and other.locator(f"#{SUSPEND}").input_value() == "2018-10-15"
    assert other.locator("#sentences").inner_text() == page.locator("#sentences").inner_text()
    assert other.locator("#looked-1").is_checked() and other.locator("#faults").inner_text() == ""
    base = account(opened(alone))
    for link in ("#set=nothing.at.all%3D1", "#reference=no-new-licences", "#policy=nobody", "#set=", "#%%%&&=&set=a=b"):
        after(other, lambda link=link: other.evaluate("link => { location.hash = link; }", link))
        assert "not played for this page" in other.locator("#faults").inner_text(), link
        assert account(other) == base and "set=" not in other.url
    after(other, lambda: other.evaluate("location.hash = '#of=0123456789abcdef&version=9'"))
    assert "another file" in other.locator("#faults").inner_text()
    after(other, lambda: other.evaluate("location.hash = '#version=9'"))
    assert "by version 9" in other.locator("#faults").inner_text()
    after(other, lambda: other.locator("#tool-undo").click())
    assert other.locator("#faults").inner_text() == ""


def test_the_link_and_the_command_are_copied(opened: Opened, alone: Path) -> None:
    page = opened(alone, permissions=["clipboard-read", "clipboard-write"])
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    page.locator("#tool-copy_link").click()
    wait(page, lambda: page.evaluate("navigator.clipboard.readText()") == page.url)
    page.locator("#tool-copy_command").click()
    wait(
        page, lambda: page.evaluate("navigator.clipboard.readText()").startswith("exportsim run quickstart.yaml --set")
    )


def test_figures_are_saved(opened: Opened, alone: Path, tmp_path: Path) -> None:
    page = opened(alone)
    unfold(page)
    figure = page.locator("figure").first
    drawing = saved(page, figure.get_by_text("Save SVG").click, tmp_path).read_text()
    assert drawing.startswith("<svg") and 'fill="rgb' in drawing and "data-drag" not in drawing
    assert saved(page, figure.get_by_text("Save PNG").click, tmp_path).read_bytes().startswith(b"\x89PNG")
    rows = saved(page, figure.get_by_text("Save CSV").click, tmp_path).read_text().splitlines()
    assert len(rows) == 1 + figure.locator("tbody tr").count()
    assert saved(page, page.locator("#account").get_by_text("Save CSV").click, tmp_path).stat().st_size > 100


def test_what_needs_a_server_is_not_there_and_that_is_said(opened: Opened, alone: Path) -> None:
    page = opened(alone)
    unfold(page)
    tools = page.locator("#tools button").evaluate_all("all => all.map(each => each.id)")
    assert tools == [f"tool-{name}" for name in ("undo", "redo", "reset", "copy_link", "copy_command", "print")]
    assert page.locator("svg [data-flow], .away, #add, #form [name=reference]").count() == 0
    said = page.locator("#played").inner_text()
    assert f"with {FUTURES} futures each" in said and "exportsim serve quickstart.yaml" in said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened: Opened, alone: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(alone, width, scheme)
    unfold(page)
    found = Axe().run(page).response["violations"]
    after(page, lambda: page.locator(f"#{HOLD}").select_option("2020-10-15"))
    after(page, lambda: page.locator(f"#{OFFICERS}").select_option("80"))
    found += Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_that_is_wider_than_the_page_says_that_it_goes_on(opened: Opened, alone: Path, width: int) -> None:
    page = opened(alone, width)
    hints = page.locator("figure .sideways")
    page.wait_for_timeout(200)
    assert {hints.nth(place).is_visible() for place in range(hints.count())} == {width == 390}
    if width == 390:
        assert page.locator("figure .scroll").first.evaluate("each => each.scrollWidth > each.clientWidth")
        page.emulate_media(media="print")
        assert not hints.first.is_visible()


def test_a_national_office_is_one_page_too_made_in_bounded_memory(opened: Opened, tmp_path: Path) -> None:
    """All licences of a country, of few futures; what the process takes is what it may keep, and what plays need."""
    out, national = tmp_path / "uk.html", FILE.with_name("uk-licensing.yaml")
    own = "turkiye-hold.measures.measure-1.on"
    asked = ["--freeze", str(out), "--futures", "3", "--freeze-values", "2", "--policy", "turkiye-hold"]
    asked += ["--policy", "vacancies", "--freeze-control", own, "--freeze-control", "casework.officers"]
    command = [sys.executable, "-m", "exportsim", "serve", str(national), *asked, "--memory", "64M", "--quiet"]
    _, status, used = os.wait4(os.posix_spawn(command[0], command, os.environ), 0)
    assert status == 0 and used.ru_maxrss * 1024 < MOST_MEMORY
    page = opened(out)
    unfold(page)
    before = account(page)
    assert "Nothing decided for Türkiye for a year" in page.locator("#sentences").inner_text()
    assert page.locator("figure").count() == 4 and page.locator(".control[data-path]").count() == 2
    for slider in page.locator(".control[data-path] input[type=range]").all():
        key = "ArrowRight" if slider.input_value() == "0" else "ArrowLeft"
        after(page, partial(slider.press, key))
    assert account(page) != before and "instead of" in page.locator("#differences").inner_text()
    after(page, lambda: page.locator("#tool-reset").click())
    assert account(page) == before


def test_in_french(opened: Opened, tmp_path: Path) -> None:
    with use("fr"):
        file = written(tmp_path, controls=["officers"], values=2)
    page = opened(file)
    unfold(page)
    assert page.evaluate("document.documentElement.lang") == "fr"
    shown = ["1\u202f234,5", "−67\u202f%", "2016", "1,234.5"]
    assert page.evaluate("texts => texts.map(plainNumber)", shown) == ["1234.5", "-67%", "2016", "1,234.5"]
    assert "Politique examinée" in page.locator("#form").inner_text()
    after(page, lambda: page.locator(f"#{OFFICERS}").select_option("1"))
    assert "que dans le fichier du scénario" in page.locator("#changed").inner_text()


def hostile(node: Any, key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: hostile(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile(value, key) for value in node]
    return f"{MARKUP} {node}" if key in ("title", "description", "note", "text") and isinstance(node, str) else node


def test_markup_in_every_text_of_a_scenario_is_text(opened: Opened, tmp_path: Path) -> None:
    made = hostile(YAML(typ="safe").load(FILE.read_text()))
    for section in ("policies", "suppliers", "authorities", "goods"):
        for each in made.get(section, {}).values():
            if isinstance(each, dict):
                each["title"] = MARKUP + str(each.get("title", ""))
    (tmp_path / "hostile.yaml").write_text(json.dumps(made, default=str))
    page = opened(written(tmp_path, tmp_path / "hostile.yaml", controls=["officers"], values=2))
    unfold(page)
    after(page, lambda: page.locator(f"#{OFFICERS}").select_option("1"))
    assert MARKUP in page.locator("h1").inner_text() and MARKUP in page.locator("#form").inner_text()
    assert page.locator("main img, main script, h1 *, main b").count() == 0


def test_a_browser_that_cannot_unpack_says_so(browser: Any, alone: Path) -> None:
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(alone.as_uri())
    wait(page, lambda: page.locator("#old").is_visible())
    assert "cannot read this page" in page.locator("#old").inner_text()
    page.close()


def test_a_script_that_was_changed_does_not_run(browser: Any, alone: Path, tmp_path: Path) -> None:
    """What the browser is told of the page holds for its own scripts alone."""
    (tmp_path / "other.html").write_text(
        alone.read_text().replace("</body>", "<script>document.title = 'x'</script></body>")
    )
    page, complaints = browser.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / "other.html").as_uri())
    wait(page, lambda: number(page) > 0)
    assert page.title() != "x" and any("Content Security Policy" in each for each in complaints)
    page.close()
