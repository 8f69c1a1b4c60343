"""The live page in a real browser: controls, dragging, links, undoing, files, keyboard, axe, and a server that dies.

The browser is Debian's chromium, driven by playwright; the server is the command, in a process of its own.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from ruamel.yaml import YAML

from browsers import needs_browser, saved
from live_pages import FILE, TOKEN, Opened, Served, account, after, at_rest, number, open_all, wait

pytestmark = [
    pytest.mark.long,
    needs_browser,
]
HOLD = "policies-no-new-licences-measures-measure-1-on"  # the control of its date
OFFICERS = "authorities-ecju-review-review-officers"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>'\"]]>&lt;b&gt;{{7*7}}"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    made = Served(FILE)
    yield made
    made.end()


@pytest.fixture
def opened(browser: Any, served: Served) -> Iterator[Opened]:
    made = Opened(browser)
    yield made
    made.end()


def test_each_control_changes_the_setting_and_can_be_put_back(opened: Opened, served: Served) -> None:
    page = opened(served)
    open_all(page)
    controls = page.locator(".control[data-path]")
    assert controls.count() >= 5
    for place in range(controls.count()):
        control = controls.nth(place)
        path, moved = control.get_attribute("data-path"), control.locator("input[type=range]")
        written = control.locator("input[type=date], input[type=number]").first
        value = written.input_value()
        moved.focus()
        after(page, lambda: page.keyboard.press("ArrowRight"))
        assert f"{path}%3D" in page.url and written.input_value() != value
        assert "changed" in (control.get_attribute("class") or "") and page.locator("#differences li").count() == 1
        after(page, lambda control=control: control.locator(".back").click())
        assert (
            "set=" not in page.url and written.input_value() == value and page.locator("#differences li").count() == 0
        )
        assert page.evaluate("document.activeElement.id") == written.get_attribute("id")


def test_a_date_and_a_number_are_typed(opened: Opened, served: Served) -> None:
    page = opened(served)
    after(page, lambda: page.locator(f"#{HOLD}").fill("2022-05-06"))
    assert "2022-05-06" in page.url and "6 May 2022 instead of" in page.locator("#differences").inner_text()
    after(page, lambda: page.locator(f"#{OFFICERS}").fill("3"))
    assert "officers%3D3" in page.url and page.locator("#differences li").count() == 2
    at = number(page)
    page.locator(f"#{HOLD}").fill("")  # no date at all asks nothing
    page.wait_for_timeout(300)
    assert number(page) == at and page.locator("#faults").inner_text() == ""


def test_what_is_not_valid_is_said_and_the_last_answer_stays(opened: Opened, served: Served) -> None:
    page = opened(served)
    before = account(page)
    page.locator(f"#{OFFICERS}").fill("-3")
    wait(page, lambda: "Officers: review, Export Control Joint Unit: found" in page.locator("#faults").inner_text())
    assert account(page) == before
    wait(page, lambda: "playing" not in (page.locator("#state").get_attribute("class") or ""), 20)  # nothing is
    after(page, lambda: page.locator(f"#{OFFICERS}").fill("30"))
    assert page.locator("#faults").inner_text() == ""


def handle(page: Any) -> Any:
    return page.locator("svg [data-drag]").first


def test_a_measure_is_dragged_by_the_mouse(opened: Opened, served: Served) -> None:
    page = opened(served)
    control = handle(page).get_attribute("data-drag")
    value, before = page.locator(f"#{control}").input_value(), account(page)
    handle(page).scroll_into_view_if_needed()
    box = handle(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(x + 10 * step, y)
        page.wait_for_timeout(1500)  # too far, seen, and back: that is one drag yet
        page.mouse.move(x + 100, y)
        page.mouse.up()

    after(page, drag)
    moved = handle(page).bounding_box()
    assert abs(moved["x"] + moved["width"] / 2 - (x + 100)) < 3  # it is where the mouse let it go
    assert page.locator(f"#{control}").input_value() > value and account(page) != before
    assert "more than before" in page.locator("#changed").inner_text()  # not than on the way
    after(page, lambda: page.locator("#tool-undo").click())  # a drag is one step
    assert page.locator(f"#{control}").input_value() == value and account(page) == before
    assert page.locator("#tool-undo").is_disabled()


def test_a_measure_is_dragged_by_keys(opened: Opened, served: Served) -> None:
    page = opened(served)
    held = handle(page)
    control = held.get_attribute("data-drag")
    assert held.get_attribute("role") == "slider" and held.get_attribute("aria-label")
    value = page.locator(f"#{control}").input_value()
    held.focus()
    for key, expected in (("ArrowRight", 1), ("Shift+ArrowRight", 31), ("PageDown", 1), ("ArrowLeft", 0)):
        after(page, lambda key=key: page.keyboard.press(key))
        days = page.evaluate(
            f"(Date.parse(document.getElementById('{control}').value) - Date.parse('{value}')) / 86400000"
        )
        assert days == expected
        assert page.evaluate("document.activeElement.dataset.drag") == control  # it keeps the focus
    assert "set=" not in page.url
    after(page, lambda: page.keyboard.press("End"))
    assert page.locator(f"#{control}").input_value() == page.locator(f"#{control}").get_attribute("max")


def test_a_measure_that_is_moved_past_others_keeps_the_focus(opened: Opened, served: Served) -> None:
    page = opened(served)
    held = handle(page)
    control = held.get_attribute("data-drag")
    held.focus()
    for _ in range(30):  # months, past the measure that ends it
        after(page, lambda: page.keyboard.press("PageUp"))
        assert page.evaluate("document.activeElement.dataset.drag") == control


def test_policies_are_left_out_and_another_is_the_reference(opened: Opened, served: Served) -> None:
    page = opened(served)
    assert page.locator("#played-0").is_disabled() and account(page).count("\n") >= 3
    after(page, lambda: page.locator("#played-2").uncheck())
    assert "Existing licences" not in account(page) and "policy=" in page.url
    after(page, lambda: page.locator("#reference-2").check())
    assert page.locator("#played-2").is_checked() and page.locator("#played-2").is_disabled()
    assert "reference=licences-suspended" in page.url and "Existing licences" in account(page)
    after(page, lambda: page.locator("#tool-reset").click())
    assert page.locator("#reference-0").is_checked() and "policy=" not in page.url


def test_a_bar_opens_its_orders_and_an_order_its_life(opened: Opened, served: Served) -> None:
    page = opened(served)
    bar = page.locator("[data-figure=fates] [data-flow]").first
    assert bar.get_attribute("role") == "button" and "Which orders?" in (bar.get_attribute("aria-label") or "")
    bar.focus()
    page.keyboard.press("Enter")
    orders = page.locator("dialog tbody tr")
    wait(page, lambda: orders.count() > 0)
    name = orders.first.locator("button").inner_text()
    orders.first.locator("button").focus()
    page.keyboard.press("Enter")
    wait(page, lambda: page.locator("dialog .day").count() > 1)
    assert page.locator("#dialog-title").inner_text() == name
    assert page.evaluate("document.activeElement.id") == "all-orders"
    page.keyboard.press("Enter")
    wait(page, lambda: orders.count() > 0)
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    assert page.evaluate("'flow' in document.activeElement.dataset")  # the focus is where it was
    page.locator("[data-figure=suppliers] [data-flow]").first.click()
    wait(page, lambda: orders.count() > 0)
    page.locator("#dialog-close").click()
    assert not page.locator("dialog").is_visible()


def test_a_measure_is_added_moved_and_taken_away(opened: Opened, served: Served) -> None:
    page = opened(served)
    before = account(page)
    page.get_by_text("Add a measure").click()
    page.locator("#add-policy").select_option("no-new-licences")
    page.locator("#add-measure").select_option(label="All applications are denied")
    page.locator("#add-date").fill("2023-01-01")
    after(page, lambda: page.locator("#add").click())
    assert "added-1" in page.url and account(page) != before
    (said,) = page.locator("#differences li").all_inner_texts()
    assert said.endswith("added") and "1 January 2023" in said.replace("January 1,", "1 January")
    own = page.locator("#added .control")
    after(page, lambda: own.locator("input[type=date]").fill("2023-02-01"))
    assert "2023-02-01" in page.url and page.locator("#differences li").count() == 1
    held = page.locator("svg [data-drag*=added]")
    held.focus()
    after(page, lambda: page.keyboard.press("ArrowRight"))
    assert own.locator("input[type=date]").input_value() == "2023-02-02"
    link = page.evaluate("location.hash")
    other = opened(served, link=link)
    assert account(other) == account(page) and other.locator("#added .control").count() == 1
    after(page, lambda: own.locator(".away").click())
    assert account(page) == before and own.count() == 0 and "set=" not in page.url
    after(page, lambda: page.locator(f"#{HOLD}-away").click())
    assert page.locator(f"#{HOLD}").is_disabled() and account(page) != before
    assert page.locator("#differences li").inner_text().endswith("taken away")
    after(page, lambda: page.locator(f"#{HOLD}-back").click())
    assert account(page) == before and page.locator(f"#{HOLD}").is_enabled()


def of_measure(policy: str, field: str, measure: str = "measure-1") -> str:
    """The field of what a measure does."""
    return f"#policies-{policy}-measures-{measure}-{field}"


def test_what_a_measure_does_is_changed_and_put_back(opened: Opened, served: Served) -> None:
    page = opened(served)
    before = account(page)
    page.locator(of_measure("no-new-licences", "acts")).locator("summary").first.click()
    applications = page.locator(of_measure("no-new-licences", "0-applications"))
    assert applications.input_value() == "hold"
    after(page, lambda: applications.select_option("deny"))
    assert "measure-1.applications%3Ddeny" in page.url and account(page) != before
    page.locator(of_measure("no-new-licences", "0-approval")).select_option("number")
    share = page.locator(of_measure("no-new-licences", "0-approval-number"))
    wait(page, lambda: "approval%3D0.5" in page.url)
    assert share.input_value() == "50" and (share.get_attribute("min"), share.get_attribute("max")) == ("0", "100")
    page.wait_for_timeout(1100)  # what is done to one control within a second is one step
    at_rest(page)
    after(page, lambda: share.fill("20"))
    assert "approval%3D0.2" in page.url
    (said,) = page.locator("#differences li").all_inner_texts()  # both changes are of one measure
    assert said.endswith("Now: All applications are denied but for 20 % of those that are reviewed")
    assert "denied" in page.locator(f"#{HOLD}-was").inner_text()
    drawn = page.locator("[data-figure=exports] svg").text_content()
    assert "denied" in drawn
    link = page.evaluate("location.hash")
    other = opened(served, link=link)
    other.locator(of_measure("no-new-licences", "acts")).locator("summary").first.click()
    assert account(other) == account(page)
    assert other.locator(of_measure("no-new-licences", "0-applications")).input_value() == "deny"
    assert other.locator(of_measure("no-new-licences", "0-approval-number")).input_value() == "20"
    after(page, lambda: page.locator("#tool-undo").click())
    assert share.input_value() == "50"
    after(page, lambda: page.locator(f"#{HOLD}-back").click())
    assert account(page) == before and "set=" not in page.url and applications.input_value() == "hold"
    assert not share.is_visible()


def test_numbers_of_acts_have_units_and_stages(opened: Opened, served: Served) -> None:
    page = opened(served)
    page.locator(of_measure("no-new-licences", "acts")).locator("summary").first.click()
    validity = page.locator(of_measure("no-new-licences", "0-validity"))
    after(page, lambda: validity.select_option("number"))
    row = page.locator(".field").filter(has=validity)
    assert "validity%3D12mo" in page.url and row.locator(".unit").inner_text() == "months"
    after(page, lambda: row.locator("input").fill("6"))
    assert "validity%3D6mo" in page.url
    page.get_by_text("By stage of review").first.click()
    officers = page.locator(of_measure("no-new-licences", "0-officers-review"))
    after(page, lambda: officers.fill("7"))
    assert "officers%3D%7B%22review%22%3A7%7D" in page.url
    assert "7 officers work at the stage review" in page.locator("#differences").inner_text()
    after(page, lambda: officers.fill(""))  # as it was
    assert "officers" not in page.url
    after(page, lambda: page.locator(of_measure("no-new-licences", "0-work-review")).select_option("number"))
    assert "work%3D%7B%22review%22%3A2%7D" in page.url
    at = number(page)
    officers.fill("-1")  # out of its range: nothing is asked
    page.wait_for_timeout(300)
    assert number(page) == at and page.locator("#faults").inner_text() == ""


def test_what_the_checks_refuse_is_said_in_words(opened: Opened, served: Served) -> None:
    page = opened(served)
    before = account(page)
    page.locator(of_measure("no-new-licences", "acts")).locator("summary").first.click()
    page.locator(of_measure("no-new-licences", "0-applications")).select_option("")
    wait(page, lambda: "expected either something to do" in page.locator("#faults").inner_text())
    assert account(page) == before
    after(page, lambda: page.locator(of_measure("no-new-licences", "0-permits")).select_option("suspended"))
    assert page.locator("#faults").inner_text() == "" and account(page) != before


def test_a_measure_is_limited_and_spares_what_is_excepted(opened: Opened) -> None:
    own = Served(FILE.with_name("company.yaml"))
    try:
        page = opened(own)
        before, slow = account(page), "slow-for-saudi-arabia"
        page.locator(of_measure(slow, "acts")).locator("summary").first.click()
        reached = (
            page.locator(of_measure(slow, "acts")).locator("fieldset.axis").filter(has_text="To which destinations")
        )
        boxes = {box.inner_text(): box.locator("input") for box in reached.first.locator("label").all()}
        assert [name for name, box in boxes.items() if box.is_checked()] == ["Saudi Arabia"] and len(boxes) == 3
        other = next(name for name in boxes if name != "Saudi Arabia")
        after(page, boxes[other].check)
        assert "destinations%3D%5B%22SA%22" in page.url and account(page) != before
        after(page, boxes[other].uncheck)
        assert "set=" not in page.url and account(page) == before
        after(page, boxes["Saudi Arabia"].uncheck)  # none of them is all
        assert "destinations%3Dnull" in page.url and "(all)" in reached.first.inner_text()
        page.get_by_text("Except", exact=True).first.click()
        spared = page.locator(".exception").first.get_by_label(other)
        after(page, spared.check)
        assert "except%3D%5B%7B%22destinations%22" in page.url and other in page.locator("#differences").inner_text()
        assert page.locator(".exception").count() == 2  # a further one may follow
        assert page.evaluate("document.activeElement.id") == spared.get_attribute("id")
        after(page, spared.uncheck)
        assert "except" not in page.url and page.locator(".exception").count() == 1
    finally:
        own.end()


def test_an_added_measure_is_changed_in_what_it_does(opened: Opened, served: Served) -> None:
    page = opened(served)
    page.get_by_text("Add a measure").click()
    page.locator("#add-policy").select_option("no-new-licences")
    after(page, lambda: page.locator("#add").click())
    own = page.locator("#added .control")
    assert own.locator(".title").inner_text() == "All applications are held undecided"
    assert own.locator("details.acts").get_attribute("open") is not None  # to be changed at once
    applications = page.locator(of_measure("no-new-licences", "0-applications", "added-1"))
    share = page.locator(of_measure("no-new-licences", "0-take_up", "added-1"))
    assert (
        not share.is_visible() and not page.locator(of_measure("no-new-licences", "0-backlog", "added-1")).is_visible()
    )
    after(page, lambda: applications.select_option("exempt"))
    assert "%22applications%22%3A%22exempt%22" in page.url
    wait(page, lambda: own.locator(".title").inner_text() == "No order needs a permit")
    after(page, lambda: share.fill("40"))
    assert "%22take_up%22%3A0.4" in page.url
    wait(page, lambda: own.locator(".title").inner_text().startswith("40 % of all orders use a general licence"))
    after(page, lambda: own.locator("input[type=date]").fill("2023-02-01"))
    assert "2023-02-01" in page.url and "%22take_up%22%3A0.4" in page.url and own.count() == 1


def test_a_measure_of_a_link_that_has_no_control_is_moved_by_its_path(opened: Opened, served: Served) -> None:
    """Written by hand, not as the page writes it."""
    value = "{on: 2022-03-01, permits: suspended}"
    link = f"#set=policies.no-new-licences.measures.mine%3D{quote(value)}"
    page = opened(served, link=link)
    held = page.locator("svg [data-drag*=mine]")
    assert held.get_attribute("aria-valuetext") == "1 March 2022" and page.locator("#added .control").count() == 0
    held.focus()
    after(page, lambda: page.keyboard.press("ArrowRight"))
    assert "mine.on%3D2022-03-02" in page.url and held.get_attribute("aria-valuetext") == "2 March 2022"
    page.wait_for_timeout(1100)  # what is done to one control within a second is one step
    box = held.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y)
        page.mouse.up()

    after(page, drag)
    moved = held.bounding_box()
    assert abs(moved["x"] + moved["width"] / 2 - (x + 60)) < 3
    after(page, lambda: page.locator("#tool-undo").click())
    assert "mine.on%3D2022-03-02" in page.url


def test_undo_and_redo_by_buttons_and_keys(opened: Opened, served: Served) -> None:
    page = opened(served)
    assert page.locator("#tool-undo").is_disabled() and page.locator("#tool-redo").is_disabled()
    answers = [account(page)]
    for date in ("2021-02-03", "2023-02-03"):
        after(page, lambda date=date: page.locator(f"#{HOLD}").fill(date))
        answers.append(account(page))
        page.wait_for_timeout(1100)  # what is done to one control within a second is one step
    page.locator("#tool-keep").focus()
    after(page, lambda: page.keyboard.press("Control+z"))
    assert account(page) == answers[1]
    after(page, lambda: page.locator("#tool-undo").click())
    assert account(page) == answers[0]
    after(page, lambda: page.keyboard.press("Control+Shift+z"))
    after(page, lambda: page.locator("#tool-redo").click())
    assert account(page) == answers[2] and page.locator("#tool-redo").is_disabled()


def test_a_link_gives_the_same_numbers_elsewhere(opened: Opened, served: Served) -> None:
    page = opened(served)
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    after(page, lambda: page.locator("#reference-1").check())
    link = page.evaluate("location.hash")
    other = opened(served, link=link)
    assert (
        account(other) == account(page)
        and other.locator("#sentences").inner_text() == page.locator("#sentences").inner_text()
    )
    assert other.locator(f"#{HOLD}").input_value() == "2021-02-03" and other.locator("#reference-1").is_checked()
    after(
        other,
        lambda: other.evaluate(
            "location.hash = '#set=' + encodeURIComponent('authorities.ecju.review.review.officers=7')"
        ),
    )
    assert other.locator(f"#{OFFICERS}").input_value() == "7"
    after(other, lambda: other.locator("#tool-undo").click())
    assert account(other) == account(page)
    other.evaluate("location.hash = '#set=nothing.at.all%3D1'")
    wait(other, lambda: "nothing" in other.locator("#faults").inner_text())


def test_the_link_and_the_command_are_copied(opened: Opened, served: Served, tmp_path: Path) -> None:
    page = opened(served, permissions=["clipboard-read", "clipboard-write"])
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    page.locator("#tool-copy_link").click()
    wait(page, lambda: page.locator("#state").inner_text() == "Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and TOKEN not in copied
    page.locator("#tool-copy_command").click()
    wait(page, lambda: page.evaluate("navigator.clipboard.readText()").startswith("exportsim run"))
    command = page.evaluate("navigator.clipboard.readText()").split()
    printed = subprocess.run(
        [sys.executable, "-m", *command, "--certain", "--brief"], capture_output=True, text=True, check=True
    ).stdout
    first = page.locator("#sentences p").first.inner_text()
    assert first in " ".join(printed.split())


def test_a_kept_setting_is_compared_with(opened: Opened, served: Served) -> None:
    page = opened(served)
    assert not page.locator("#tool-swap").is_visible()
    after(page, lambda: page.locator(f"#{HOLD}").fill("2020-02-03"))
    at = account(page)
    page.locator("#tool-keep").click()
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    wait(page, lambda: "more than before" in page.locator("#changed").inner_text())
    other = account(page)
    after(page, lambda: page.locator("#tool-swap").click())
    assert account(page) == at and "less than before" in page.locator("#changed").inner_text()
    after(page, lambda: page.locator("#tool-swap").click())
    assert account(page) == other
    page.locator("#tool-forget").click()
    assert page.locator("#tool-keep").is_visible() and not page.locator("#tool-forget").is_visible()


def test_files_are_saved(opened: Opened, served: Served, tmp_path: Path) -> None:
    page = opened(served)
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    overlay = saved(page, page.locator("#tool-save_overlay").click, tmp_path)
    assert YAML(typ="safe").load(overlay.read_text())["policies"]["no-new-licences"]["measures"]
    page.evaluate("document.querySelectorAll('figure details').forEach(each => each.open = true)")
    figure = page.locator("figure").first
    drawing = saved(page, figure.get_by_text("Save SVG").click, tmp_path).read_text()
    assert drawing.startswith("<svg") and "class=" in drawing and 'fill="rgb' in drawing and "data-drag" not in drawing
    assert saved(page, figure.get_by_text("Save PNG").click, tmp_path).read_bytes().startswith(b"\x89PNG")
    rows = saved(page, figure.get_by_text("Save CSV").click, tmp_path).read_text().splitlines()
    assert len(rows) == 1 + figure.locator("tbody tr").count()
    table = saved(page, page.locator("#account").get_by_text("Save CSV").click, tmp_path)
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")  # by which spreadsheets know the encoding
    numbers = pd.read_csv(table).iloc[:, 1]
    shown = page.locator("#account tbody tr td:nth-child(2)").all_inner_texts()
    assert numbers.tolist() == [float(text.replace(",", "")) for text in shown]
    written = ["1,234.5", "−67 %", "+5", "12", "−1,234,567", "2 to 3", "1,23", "A−1"]
    read = page.evaluate("texts => texts.map(plainNumber)", written)
    assert read == ["1234.5", "-67%", "5", "12", "-1234567", "2 to 3", "1,23", "A−1"]
    report = saved(page, page.locator("#tool-save_report").click, tmp_path).read_text()
    assert report.startswith("<!DOCTYPE html>") and "2021-02-03" in report


def test_a_server_that_is_killed_and_started_again_is_found_again(opened: Opened) -> None:
    own = Served(FILE)
    page = opened(own)
    after(page, lambda: page.locator(f"#{OFFICERS}").fill("7"))
    before = account(page)
    own.end()
    wait(page, lambda: "connection is lost" in page.locator("#state").inner_text(), 30)
    page.locator(f"#{HOLD}").fill("2021-02-03")  # changed meanwhile
    assert account(page) == before
    wait(page, lambda: any("ERR_CONNECTION_REFUSED" in told for told in opened.complaints), 30)
    own.start()
    wait(page, lambda: "2021-02-03" in page.url)
    at_rest(page)
    assert page.locator(f"#{OFFICERS}").input_value() == "7" and account(page) != before
    own.end()
    opened.without_server()


def test_a_server_started_again_with_another_file_is_shown_anew(opened: Opened, tmp_path: Path) -> None:
    """Nothing of the two is mixed: the controls are those of the other file, and what does not fit it is said."""
    (tmp_path / "first.yaml").write_text(FILE.read_text())
    own = Served(tmp_path / "first.yaml")
    page = opened(own)
    after(page, lambda: page.locator("#played-2").uncheck())
    after(page, lambda: page.locator(f"#{OFFICERS}").fill("7"))
    (tmp_path / "first.yaml").write_text(FILE.read_text().replace("no-new-licences", "stop"))
    own.end()
    own.start()
    wait(page, lambda: page.locator("#policies-stop-measures-measure-1-on").count() == 1, 60)
    wait(page, lambda: page.locator("#account table").count() == 1)
    at_rest(page)
    told = page.locator("#faults").inner_text()
    assert (
        "The link was made of another file" in told and "no-new-licences" in told
    )  # which was played, and is not there
    assert page.locator(f"#{HOLD}").count() == 0 and page.locator(f"#{OFFICERS}").input_value() != "7"
    after(page, lambda: page.locator(f"#{OFFICERS}").fill("8"))
    assert page.locator("#faults").inner_text() == ""
    after(page, lambda: page.locator("#played-2").uncheck())
    (tmp_path / "first.yaml").write_text(
        FILE.read_text().replace("no-new-licences", "stop").replace("title: ", "title: Another ", 1)
    )
    own.end()
    own.start()
    wait(page, lambda: "The link was made of another file" in page.locator("#faults").inner_text(), 60)
    at_rest(page)
    assert page.locator(f"#{OFFICERS}").input_value() == "8"  # what fits is kept
    own.end()
    opened.without_server()


def test_each_figure_with_flows_is_one_stop_and_arrows_go_from_flow_to_flow(opened: Opened, served: Served) -> None:
    page = opened(served)
    for name in ("suppliers", "fates"):
        figure = page.locator(f"[data-figure={name}]")
        ways = figure.locator("[data-flow]")
        assert ways.count() > 3 and figure.locator("[data-flow][tabindex='0']").count() == 1
        assert figure.locator("svg").get_attribute("aria-describedby") == figure.locator(".hint").get_attribute("id")
        figure.locator("[data-flow][tabindex='0']").focus()
        seen = []
        for _ in range(ways.count()):
            at = page.evaluate(
                "[document.activeElement.dataset.flow, document.activeElement.getAttribute('aria-label')]"
            )
            seen.append(at[1])
            assert at[0] is not None and at[1].endswith("Which orders?")
            page.keyboard.press("ArrowRight")
        assert len(seen) == ways.count() and figure.locator(".hint").bounding_box()["height"] > 10
        page.keyboard.press("ArrowRight")  # there is none further
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == seen[-1]
        page.keyboard.press("Home")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == seen[0]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        wait(page, lambda: page.locator("dialog tbody tr, dialog .note").count() > 0)
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == seen[1]
        page.keyboard.press("Tab")  # past all others of the figure
        assert page.evaluate("!document.activeElement.dataset.flow")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == seen[1]  # back where one was
        value = "3" if name == "fates" else "9"
        after(
            page,
            lambda value=value: page.evaluate(
                f"e = document.getElementById('{OFFICERS}'); e.value = {value}; e.dispatchEvent(new Event('input'))"
            ),
        )
        assert figure.locator("[data-flow][tabindex='0']").count() == 1
        assert page.evaluate("'flow' in document.activeElement.dataset")  # a new answer takes the focus from nobody


def test_ctrl_c_ends_the_server_at_once_though_a_page_is_open(browser: Any) -> None:
    own = Served(FILE)
    page = browser.new_page()
    page.goto(own.address)
    at_rest(page)
    page.locator(f"#{HOLD}").fill("2021-02-03")
    began = time.monotonic()
    assert own.end(signal.SIGINT) == 130
    assert time.monotonic() - began < 10  # an open page would otherwise be waited for without end
    assert "Traceback" not in own.said
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Opened, served: Served, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(served, width, scheme)
    found = []
    open_all(page)
    found += Axe().run(page).response["violations"]
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    page.locator("#tool-keep").click()
    page.locator(f"#{OFFICERS}").fill("-3")
    wait(page, lambda: page.locator("#faults").inner_text() != "")
    found += Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_would_find_faint_text_and_a_missing_label(opened: Opened, served: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(served)
    page.evaluate("document.querySelector('.help').style.color = '#bbb'")
    page.evaluate(f"document.querySelector('label[for={HOLD}]').remove()")
    assert {"color-contrast", "label"} <= {each["id"] for each in Axe().run(page).response["violations"]}


def test_all_can_be_reached_by_the_keyboard(opened: Opened, served: Served) -> None:
    page = opened(served)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "answer"
    page.reload()
    at_rest(page)
    open_all(page)
    reached = set()
    for _ in range(900):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.id || document.activeElement.dataset.drag || document.activeElement.textContent)"
        )
        if not name or (name == "skip" and len(reached) > 3):
            break
        reached.add(name)
    controls = page.locator("#form input:enabled, #form select").evaluate_all(
        "all => all.filter(e => (e.type !== 'radio' || e.checked) && e.checkVisibility()).map(e => e.id)"
    )
    assert (
        set(controls) <= reached and {handle(page).get_attribute("data-drag"), "tool-copy_link", "Save SVG"} <= reached
    )


def test_it_prints_without_what_is_for_the_screen(opened: Opened, served: Served) -> None:
    page = opened(served, scheme="dark")
    after(page, lambda: page.locator(f"#{HOLD}").fill("2021-02-03"))
    page.emulate_media(media="print")
    assert not page.locator("#tools").is_visible() and not page.locator("#form").is_visible()
    assert page.locator("#differences").is_visible() and page.locator("figure svg").first.is_visible()
    assert page.eval_on_selector("html", "e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


def test_a_page_that_is_loaded_often_leaves_nothing_behind(opened: Opened, served: Served) -> None:
    import psutil

    page, process = opened(served), psutil.Process(served.process.pid)

    def load(times: int) -> int:
        for _ in range(times):
            page.reload()
            at_rest(page)
        return int(process.memory_info().rss)

    load(20)
    before = load(10)
    assert load(40) - before < 10e6
