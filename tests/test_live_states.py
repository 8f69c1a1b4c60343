"""Every state of the live page in a browser: well for axe, narrow, large, dark, without motion; texts stay text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from browsers import needs_browser
from live_pages import FILE, Opened, Served, account, after, at_rest, number, open_all, wait

pytestmark = [
    pytest.mark.long,
    needs_browser,
]
HOLD = "policies-no-new-licences-measures-measure-1-on"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>'\"]]>&lt;b&gt;{{7*7}}"
CHOSEN = {
    "path": "policies.no-new-licences.measures.measure-1.applications",
    "choices": ["hold", "deny", "case_by_case"],
}
AFTER_EVIDENCE = {"when": {"in_review": {"above": 3, "below": 1}, "every": "1mo"}, "applications": "hold"}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    made = Served(FILE)
    yield made
    made.end()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    made = Opened(browser)
    yield made
    made.end()


def violations(page: Any) -> list[tuple[str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    return [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]


def orders(page: Any) -> None:
    page.locator("[data-figure=suppliers] [data-flow]").first.click()
    wait(page, lambda: page.locator("dialog tbody tr").count() > 0)


def life(page: Any) -> None:
    orders(page)
    page.locator("dialog tbody button").first.click()
    wait(page, lambda: page.locator("dialog .day").count() > 1)


def added(page: Any) -> None:
    page.get_by_text("Add a measure").click()
    after(page, lambda: page.locator("#add").click())
    open_all(page)


def away(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details.group').forEach(each => { each.open = true; })")
    after(page, lambda: page.locator(f"#{HOLD}-away").click())


def by_hand(page: Any) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator("#tool-copy_command").click()
    wait(page, lambda: page.locator("dialog textarea").count() == 1)


@pytest.mark.parametrize("state", [orders, life, added, away, by_hand])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_in_any_state(
    opened: Opened, served: Served, state: Callable[[Any], None], width: int, scheme: str
) -> None:
    page = opened(served, width, scheme)
    state(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_while_the_connection_is_lost_or_a_link_does_not_fit(opened: Opened) -> None:
    own = Served(FILE)
    page = opened(own)
    link = opened(own, link="#policy=nobody")  # the file is shown, and what is wrong is said
    assert "nobody" in link.locator("#faults").inner_text() and account(link) == account(page)
    assert violations(link) == []
    own.end()
    wait(page, lambda: "connection is lost" in page.locator("#state").inner_text(), 30)
    assert violations(page) == []
    opened.without_server()


def test_axe_finds_nothing_in_french(opened: Opened) -> None:
    own = Served(FILE, "--language", "fr")
    try:
        context = opened.browser.new_context(viewport={"width": 390, "height": 900})
        opened.contexts.append(context)
        page = context.new_page()
        page.goto(own.address)
        wait(page, lambda: "30 avenirs sur 30" in page.locator("#state").inner_text())
        open_all(page)
        assert page.locator("html").get_attribute("lang") == "fr" and "Ce qu’elle fait" in page.inner_text("#form")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        own.end()


@pytest.mark.parametrize("width", [640, 390])
def test_nothing_scrolls_sideways_twice_as_large(opened: Opened, served: Served, width: int) -> None:
    """At 640 pixels as a browser of 1280 shows it at 200 %; at 390 with text twice as large."""
    page = opened(served, width, device_scale_factor=2)
    if width == 390:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    open_all(page)
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "e => [...e.querySelectorAll('button, select, input, label, summary')].filter(e => e.getBoundingClientRect()"
    assert page.eval_on_selector("main", f"{wide}.right > {width} + 1 && !e.closest('.scroll')).map(e => e.id)") == []
    orders(page)
    assert page.locator("dialog").bounding_box()["width"] <= width


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_where_no_motion_is_wanted(opened: Opened, served: Served, motion: str) -> None:
    page = opened(served, reduced_motion=motion)
    page.evaluate("document.getElementById('state').classList.add('playing')")
    moving = page.evaluate("getComputedStyle(document.getElementById('state'), '::after').animationName")
    assert (moving == "none") == (motion == "reduce")
    assert page.evaluate("document.getAnimations().length") == (0 if motion == "reduce" else 1)


def written(**more: Any) -> dict[str, Any]:
    """The scenario, with a measure that has no date and a control that is chosen from a list."""
    made: dict[str, Any] = YAML(typ="safe").load(FILE.read_text())
    made["controls"] = [CHOSEN]
    made["policies"]["no-new-licences"]["measures"].append({**AFTER_EVIDENCE, **more})
    return made


def test_a_choice_and_a_measure_without_a_date_are_changed(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(json.dumps(written(name="crowded"), default=str))
    own = Served(tmp_path / "more.yaml")
    try:
        page = opened(own)
        before = account(page)
        choice = page.locator("#policies-no-new-licences-measures-measure-1-applications")
        assert choice.locator("option").all_inner_texts() == CHOSEN["choices"]
        after(page, lambda: choice.select_option("deny"))
        assert account(page) != before
        after(page, lambda: page.locator("#policies-no-new-licences-measures-measure-1-applications-back").click())
        page.evaluate("document.querySelectorAll('details.group').forEach(each => { each.open = true; })")
        path = "policies-no-new-licences-measures-crowded"
        control = page.locator(".control[data-path='policies.no-new-licences.measures.crowded']")
        assert control.locator("input").count() == 0 and "applications are held undecided" in control.inner_text()
        control.locator("summary").first.click()
        after(page, lambda: page.locator(f"#{path}-0-applications").select_option("deny"))
        assert "crowded.applications%3Ddeny" in page.url and "denied" in page.locator(f"#{path}-was").inner_text()
        after(page, lambda: page.locator(f"#{path}-away").click())
        assert "crowded%3Dnull" in page.url and "taken away" in page.locator("#differences").inner_text()
        after(page, lambda: page.locator(f"#{path}-back").click())
        assert account(page) == before and "set=" not in page.url
    finally:
        own.end()


REACHED = """
window.reached = new Set();
document.addEventListener('focusin', ({ target }) => { window.reached.add(target); });
"""
#: What can be done something with: one of a group of radio buttons stands for it, as arrow keys go through them.
MISSED = """
[...document.querySelectorAll('button, input, select, summary, [tabindex="0"]')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
  .filter((each) => each.type !== 'radio' || each.checked)
  .filter((each) => !window.reached.has(each)).map((each) => each.outerHTML.slice(0, 200))
"""
AT = """
document.activeElement.matches('details:not([open]) > summary') ? 'closed'
  : document.activeElement.matches('body, #skip') && window.reached.size > 5 ? 'around' : ''
"""
MOST_TABS = 900


def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until what has the focus is so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"(each => {wanted})(document.activeElement)"):
            return
    raise AssertionError(f"not reached: {wanted}")


def test_keys_alone_reach_and_change_everything(opened: Opened, served: Served) -> None:
    page = opened(served, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(REACHED)
    for _ in range(MOST_TABS):  # all that is closed is opened on the way
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at == "closed":
            page.keyboard.press("Enter")
            page.wait_for_timeout(100)  # what is in it is made when it is opened
        if at == "around":
            break
    assert page.evaluate(MISSED) == []
    assert page.evaluate("window.reached.size") > 60
    before = account(page)
    tab_to(page, f"each.dataset.drag === '{HOLD}'")
    after(page, lambda: page.keyboard.press("PageUp"))
    assert page.locator(f"#{HOLD}").input_value() == "2019-11-14"
    tab_to(page, "each.id === 'policies-no-new-licences-measures-measure-1-0-applications'")
    after(page, lambda: page.keyboard.press("ArrowDown"))
    assert "measure-1.applications" in page.url and account(page) != before
    tab_to(page, "each.id === 'tool-copy_link'")
    page.keyboard.press("Enter")
    wait(page, lambda: page.locator("#state").inner_text() == "Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    tab_to(page, "Boolean(each.dataset.flow)")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait(page, lambda: page.locator("dialog tbody tr").count() > 0)
    page.keyboard.press("Escape")
    tab_to(page, "each.id === 'tool-reset'")
    after(page, lambda: page.keyboard.press("Enter"))
    assert account(page) == before


def test_print_has_no_form_though_an_editor_is_open(opened: Opened, served: Served) -> None:
    page = opened(served)
    open_all(page)
    page.emulate_media(media="print")
    shown = "[...document.querySelectorAll('button, input, select, summary')].filter(each => each.checkVisibility())"
    assert page.evaluate(f"{shown}.filter(each => !each.closest('figure, #warnings')).length") == 0
    assert page.locator("figure svg").first.is_visible() and page.locator("#account table").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


TIED = """
uncertainties:
  how_many_orders: {draw: {uniform: [0.8, 1.2]}, scales: [demand.radar-parts.orders]}
  slots: {draw: [10, 20, 30], sets: [suppliers.british.slots, suppliers.turkish.slots]}
controls: [{path: suppliers.british.slots, range: [1, 60]}]
"""


def test_one_draw_for_several_values_is_moved_by_one_slider(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "tied.yaml").write_text(FILE.read_text(encoding="utf-8") + TIED, encoding="utf-8")
    own = Served(tmp_path / "tied.yaml")
    try:
        page = opened(own, permissions=["clipboard-read", "clipboard-write"])
        open_all(page)
        before = account(page)
        orders = page.locator("#uncertainties-how_many_orders-range")
        assert orders.input_value() == "1"
        orders.focus()
        after(page, lambda: page.keyboard.press("ArrowRight"))
        assert "How many orders: 1.01 instead of 1" in page.locator("#differences").inner_text()
        after(page, lambda: page.locator("#uncertainties-slots").select_option("30"))
        page.locator("#tool-copy_command").click()
        wait(page, lambda: page.evaluate("navigator.clipboard.readText()").startswith("exportsim run"))
        command = page.evaluate("navigator.clipboard.readText()")
        for value in ("demand.radar-parts.orders=12.12/y", "suppliers.british.slots=30", "suppliers.turkish.slots=30"):
            assert f"--set {value}" in command
        changed = account(page)
        slots = page.locator("#suppliers-british-slots")  # whose own control shows what is played, and by what
        assert slots.input_value() == "30"
        note = page.locator("#suppliers-british-slots-was")
        assert note.inner_text() == "Set by “Slots”: 30. In the file: 20"
        after(page, lambda: slots.fill("20"))  # as in the file, which the draw does not leave it at
        assert "suppliers.british.slots%3D20" in page.url and note.inner_text() == "In the file: 20"
        after(page, lambda: page.locator("#suppliers-british-slots-back").click())
        assert slots.input_value() == "30" and account(page) == changed
        other = opened(own, link=page.url[page.url.index("#") :])
        assert account(other) == changed != before
        after(page, lambda: page.locator("#uncertainties-how_many_orders-back").click())
        after(page, lambda: page.locator("#uncertainties-slots-back").click())
        assert account(page) == before and "set=" not in page.url
        assert slots.input_value() == "20" and note.is_hidden()
    finally:
        own.end()


def test_what_a_link_sets_without_a_control_is_told(opened: Opened, served: Served) -> None:
    page = opened(
        served, link="#set=suppliers.turkish.ramp_up%3D18mo&set=policies.no-new-licences.measures.0.on%3D2020-06-01"
    )
    told = page.locator("#differences").inner_text()
    assert "Ramp up: Turkish industry: 18 months instead of 1 year" in told
    assert "1 June 2020 instead of 15 October 2019" in told and page.locator(f"#{HOLD}").input_value() == "2020-06-01"


def test_what_has_no_control_is_put_back_by_keys_and_undone(opened: Opened, served: Served) -> None:
    page = opened(served)
    before = account(page)
    page = opened(served, link="#set=suppliers.turkish.ramp_up%3D18mo&set=suppliers.turkish.slots%3D2")
    told, changed = page.locator("#differences li"), account(page)
    assert changed != before and told.count() == 2
    assert page.locator("#differences button").first.get_attribute("aria-label").endswith("back to the file")
    page.locator("#differences button").first.focus()
    after(page, lambda: page.keyboard.press("Enter"))
    assert told.count() == 1 and "Slots" in told.first.inner_text() and "ramp_up" not in page.url
    after(page, lambda: page.keyboard.press("Enter"))  # the focus is at what is left
    assert told.count() == 0 and account(page) == before and "set=" not in page.url
    assert page.evaluate("document.activeElement.id") == "tool-undo"
    after(page, lambda: page.keyboard.press("Enter"))
    after(page, lambda: page.keyboard.press("Enter"))
    assert told.count() == 2 and account(page) == changed and violations(page) == []


def hostile(node: Any, key: str = "") -> Any:
    """A scenario with markup in all of its titles and texts."""
    texts = ("title", "description", "note", "notes", "text", "help", "group", "unit", "author", "url", "found")
    if isinstance(node, dict):
        return {name: hostile(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile(value, key) for value in node]
    return f"{MARKUP} {node}" if key in texts and isinstance(node, str) and not node.startswith("http") else node


def test_markup_in_every_text_of_a_scenario_is_text(opened: Opened, tmp_path: Path) -> None:
    scenario = hostile(written(name=MARKUP[:40], notes="A note."))
    scenario["controls"] = [
        {**CHOSEN, **dict.fromkeys(("title", "help", "group", "unit"), MARKUP)},
        {
            "path": "authorities.ecju.review.review.officers",
            **dict.fromkeys(("title", "help", "group", "unit"), MARKUP),
        },
    ]
    for section in ("policies", "suppliers", "authorities", "goods", "demand"):
        for named in scenario.get(section, {}).values():
            if isinstance(named, dict):
                named["title"] = MARKUP + str(named.get("title", ""))
    (tmp_path / "hostile.yaml").write_text(json.dumps(scenario, default=str))
    own = Served(tmp_path / "hostile.yaml")
    try:
        page = opened(own)
        open_all(page)
        after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
        for place in ("h1", "#form", "#account", "#sentences", "#differences"):
            assert "<img" in page.locator(place).inner_text(), place
        page.get_by_text("Add a measure").first.click()
        orders(page)
        assert "<img" in page.locator("dialog").inner_text()
        page.locator("dialog tbody button").first.click()
        wait(page, lambda: page.locator("dialog .day").count() > 1)
        assert "<img" in page.locator("dialog").inner_text()
        made = "main img, main script, main b, dialog img, dialog script, dialog b, h1 *, footer *, [onerror]"
        assert page.locator(made).count() == 0
        assert page.title().startswith("<img")
        page.keyboard.press("Escape")
        page.evaluate("location.hash = '#set=' + encodeURIComponent('title=<img src=x onerror=alert(3)>')")
        wait(page, lambda: "alert(3)" in page.locator("#differences").inner_text())
        at_rest(page)
        bad = 'policies.no-new-licences.measures.x={\\"on\\": \\"<img src=x onerror=alert(4)>\\"}'
        page.evaluate(f"location.hash = '#set=' + encodeURIComponent(\"{bad}\")")
        wait(page, lambda: page.locator("#faults").inner_text() != "")
        assert page.locator(made).count() == 0 and number(page)
    finally:
        own.end()
