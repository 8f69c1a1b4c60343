"""What an open page is told: the newest setting first, in fair turns, with the numbers that a run gives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exportsim as xs
from exportsim.errors import ExportsimError
from exportsim.live import session as sessions
from exportsim.live.messages import Forget, Keep, Life, Open, Orders, Save, Set, SettingSaid
from exportsim.live.scene import Scene
from exportsim.live.session import Live, Session
from exportsim.live.setting import Setting
from exportsim.live.turns import Need, Turns
from exportsim.report.html.writing import _SEAL_BYTES
from exportsim.scenario import digest

FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
HOLD = "policies.no-new-licences.measures.measure-1.on"
POLICIES = ("as-before", "no-new-licences")
OFFICERS = "authorities.ecju.review.review.officers"


class Page:
    """A session whose steps are done by the test, and all that it was told."""

    def __init__(self, live: Live) -> None:
        self.told: list[dict[str, Any]] = []
        self.session = Session(live, lambda message: self.told.append(dict(message)))
        self.session.enter()

    def set(self, number: int, *overrides: tuple[str, str], policies: tuple[str, ...] = POLICIES) -> None:
        self.session.hear(Set(kind="set", number=number, setting=said(*overrides, policies=policies)))

    def rest(self) -> None:
        """Do steps until nothing is waited for."""
        while self.session.need():
            self.session.step()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.told if message["kind"] == kind]


def said(*overrides: tuple[str, str], policies: tuple[str, ...] = POLICIES) -> SettingSaid:
    return SettingSaid(overrides=list(overrides), policies=list(policies), reference="as-before")


@pytest.fixture
def live() -> Live:
    return Live(xs.load(FILE), "quick start.yaml", futures=40, memory=1 << 28)  # its turns are not begun


@pytest.fixture
def page(live: Live) -> Page:
    return Page(live)


def test_what_a_page_is_told_first(live: Live, page: Page) -> None:
    (hello,) = page.told
    assert hello["title"] == live.scenario.title and hello["digest"] == digest(live.scenario)
    assert [policy["name"] for policy in hello["policies"]] == list(live.scenario.policies)
    assert HOLD in {control["path"] for control in hello["controls"]}
    assert hello["language"]["undo"] == "Undo" and hello["futures"] == 40
    assert page.session.need() is Need.NOTHING


def test_frames_and_that_each_is_what_a_run_gives(page: Page) -> None:
    page.set(1, (HOLD, "2020-02-03"))
    assert page.session.need() is Need.FIRST_ANSWER
    page.session.step()
    assert page.session.need() is Need.MORE_FUTURES
    page.rest()
    answers = page.of("scene")
    assert [answer["futures"] for answer in answers] == [10, 30, 40] and {answer["of"] for answer in answers} == {40}
    for answer in answers:
        scenario = xs.load(FILE, overrides=[f"{HOLD}=2020-02-03"])
        fresh = xs.run(scenario, policies=POLICIES, futures=answer["futures"])
        expected = sessions.Scene(fresh, Setting.of(scenario), at_rest=40).json()
        assert answer["scene"]["sentences"] == expected["sentences"]
        assert answer["scene"]["account"] == expected["account"]
        figures = answer["scene"]["figures"]
        assert [[mark["at"] for mark in figure["marks"]] for figure in figures] == [
            [mark["at"] for mark in figure["marks"]] for figure in expected["figures"]
        ]
        if answer["futures"] == 10:  # the numbers beside the figures come with the next frame, which follows at once
            assert not any("table" in figure for figure in figures)
        else:
            assert [figure["table"] for figure in figures] == [figure["table"] for figure in expected["figures"]]
        command = f"exportsim run 'quick start.yaml' --set {HOLD}=2020-02-03"
        policies = " --policy as-before --policy no-new-licences"
        assert answer["command"] == f"{command}{policies} --futures {answer['futures']}"


def test_what_is_odd_is_said_at_rest_of_however_few_futures(page: Page) -> None:
    page.set(1, ("authorities.ecju.review.review.officers", "1"))
    page.rest()
    told = [answer["scene"]["warnings"] for answer in page.of("scene")]
    assert told[:-1] == [[], []] and any("Export Control Joint Unit" in warning for warning in told[-1])


def test_the_newest_setting_is_answered_and_no_older_one(page: Page) -> None:
    page.set(1, (HOLD, "2020-02-03"))
    page.session.step()
    page.set(2, (HOLD, "2020-03-03"))
    page.set(3, (HOLD, "2020-04-03"))
    page.rest()
    assert [(answer["number"], answer["futures"]) for answer in page.of("scene")] == [
        (1, 10),
        (3, 10),
        (3, 30),
        (3, 40),
    ]


def test_a_newer_setting_stops_what_is_played(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while the older one is played, which then is not shown."""
    result, stopped = sessions.WhatIf.result, []

    def interrupted(self: Any, futures: int, *, stop: Callable[[], bool]) -> Any:
        if not stopped:
            page.set(2, (HOLD, "2020-03-03"))
            stopped.append(stop())
        return result(self, futures, stop=stop)

    monkeypatch.setattr(sessions.WhatIf, "result", interrupted)
    page.set(1, (HOLD, "2020-02-03"))
    page.session.step()
    assert stopped == [True] and page.of("scene") == [] and page.session.need() is Need.FIRST_ANSWER
    page.session.step()
    assert [answer["number"] for answer in page.of("scene")] == [2]


@pytest.mark.parametrize("asks", [1, 3, 5])
def test_a_newer_setting_stops_a_scene_of_more_futures(page: Page, monkeypatch: pytest.MonkeyPatch, asks: int) -> None:
    """It comes while the scene is made, of which then no further part is made and nothing shown."""
    page.set(1)
    page.session.step()
    asked, go_on = 0, Scene._go_on

    def interrupted(scene: Scene) -> None:
        nonlocal asked
        asked += 1
        if asked == asks:
            page.set(2, (HOLD, "2020-03-03"))
        go_on(scene)

    monkeypatch.setattr(Scene, "_go_on", interrupted)
    page.session.step()
    assert asked == asks and len(page.of("scene")) == 1
    page.session.step()
    assert [(answer["number"], answer["futures"]) for answer in page.of("scene")] == [(1, 10), (2, 10)]


def test_more_futures_give_way_to_a_first_answer(live: Live, page: Page) -> None:
    other = Page(live)
    page.set(1)
    page.session.step()
    other.set(1, (HOLD, "2021-05-06"))
    page.session.step()  # it stops as soon as it asks
    played = [answer["futures"] for answer in page.of("scene")]
    assert played == [10] and page.session.need() is Need.MORE_FUTURES
    other.rest()
    page.rest()
    assert [answer["futures"] for answer in page.of("scene")] == [10, 30, 40]


def test_a_fault_is_told_in_words_and_the_next_setting_answered(page: Page) -> None:
    page.set(1)
    page.rest()
    page.set(2, (HOLD, "soon"), ("suppliers.nobody.slots", "3"))
    page.rest()
    (faults,) = page.of("faults")
    assert faults["number"] == 2 and len(faults["faults"]) == 2 and "soon" in faults["faults"][0]
    page.set(3, policies=("nothing",))
    page.rest()
    assert "nothing" in page.of("faults")[1]["faults"][0]
    page.session.hear(Save(kind="save", what="overlay"))  # of the last that went well
    page.rest()
    page.set(4)
    page.rest()
    assert page.of("scene")[-1]["number"] == 4 and page.of("file")


def test_a_mistake_of_the_program_is_told_and_ends_nothing(
    live: Live, page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live.turns.start()
    with monkeypatch.context() as wrong:
        wrong.setattr(Session, "_show", lambda self, wanted: 1 / 0)
        page.set(1)
        until(lambda: bool(page.of("faults")))
    assert "ZeroDivisionError" in page.of("faults")[0]["faults"][0] and "Traceback" in capsys.readouterr().err
    page.set(2)
    until(lambda: len(page.of("scene")) == 3)
    live.turns.end()


def until(done: Callable[[], bool], seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_link_gives_the_same_numbers_in_another_session(live: Live, page: Page) -> None:
    page.set(1, (HOLD, "2020-02-03"), policies=("no-new-licences",))
    page.rest()
    first, other = page.of("scene")[-1], Page(live)
    other.session.hear(Open(kind="open", number=5, link=first["link"]))
    other.rest()
    last = other.of("scene")[-1]
    assert last["scene"]["account"] == first["scene"]["account"] and last["setting"] == first["setting"]
    assert last["elsewhere"] == ""
    other.session.hear(Open(kind="open", number=6, link=first["link"].replace("version=", "version=9.")))
    other.rest()
    assert "version 9." in other.of("scene")[-1]["elsewhere"]


def test_what_a_link_sets_without_a_control_is_said_with_what_the_file_has(page: Page) -> None:
    ramp, notes = "suppliers.turkish.ramp_up", "suppliers.turkish.notes"
    by_number = "policies.no-new-licences.measures.0.on"  # of which the page has a control by its name
    pairs = {
        by_number: "2020-06-01",
        ramp: "18mo",
        "period.start": "2018-02-01",
        "demand.radar-parts.value": "1.2M",
        notes: "as told",
        OFFICERS: "35",
        "suppliers.turkish.price": "null",
    }
    link = "#" + urlencode([("set", f"{path}={value}") for path, value in pairs.items()])
    page.session.hear(Open(kind="open", number=1, link=link))
    page.rest()
    assert not page.of("faults"), page.of("faults")
    last = page.of("scene")[-1]
    assert last["setting"]["overrides"][0] == [HOLD, "2020-06-01"] and by_number not in last["command"]
    said = last["differences"]
    assert set(said) == {*pairs} - {by_number, OFFICERS}
    assert said[ramp] == "Ramp up: Turkish industry: 18 months instead of 1 year"
    assert said["period.start"] == "Period, start: 1 February 2018 instead of 1 January 2018"
    assert said["demand.radar-parts.value"].startswith("Value: radar-parts: GBP 1.2M instead of lognormal")
    assert said[notes] == "Notes: Turkish industry: as told, of which the file says nothing"
    assert said["suppliers.turkish.price"] == "Price: Turkish industry: taken away"


def test_what_is_kept_is_compared_with_at_as_many_futures(page: Page) -> None:
    page.set(1)
    page.rest()
    page.session.hear(Keep(kind="keep", setting=said()))
    page.rest()
    page.set(2, (HOLD, "2023-02-03"))
    page.rest()
    page.set(3, (HOLD, "2023-02-03"), policies=("as-before", "no-new-licences", "licences-suspended"))
    page.rest()
    kept = [answer["scene"]["changed"] for answer in page.of("scene") if answer["number"] == 3]
    assert len(kept) == 3 and all("more than before" in changed for changed in kept)
    page.session.hear(Forget(kind="forget"))
    page.rest()
    assert page.session._kept is None
    page.session.hear(Keep(kind="keep", setting=said(policies=("nothing",))))
    assert "nothing" in page.of("faults")[-1]["faults"][0]


def test_without_a_kept_setting_the_one_before_is_compared_with(page: Page) -> None:
    page.set(1)
    page.rest()
    assert {answer["scene"]["changed"] for answer in page.of("scene")} == {""}
    page.set(2, (HOLD, "2023-02-03"))
    page.rest()
    assert "more than before" in page.of("scene")[-1]["scene"]["changed"]


def test_what_was_left_early_is_compared_with_at_as_many_futures(page: Page) -> None:
    page.set(1)
    page.session.step()  # nobody waits for more of it
    page.set(2, (HOLD, "2023-02-03"))
    page.rest()
    said_of_each = [answer["scene"]["changed"] for answer in page.of("scene") if answer["number"] == 2]
    assert len(said_of_each) == 3 and all("more than before" in changed for changed in said_of_each)


@pytest.mark.parametrize("seen", [True, False])
def test_a_drag_is_compared_with_what_was_there_before_it(page: Page, seen: bool) -> None:
    page.set(1)
    page.rest()
    for number, day in enumerate((3, 4, 5), start=2):
        setting = said((HOLD, f"2023-02-0{day}"))
        page.session.hear(Set(kind="set", number=number, setting=setting, goes_on=number > 2))
        if seen:  # else the page is told of the last alone
            page.session.step()
    page.rest()
    dragged = page.of("scene")[-1]["scene"]["changed"]
    other = Page(page.session._live)
    other.set(1)
    other.rest()
    other.set(2, (HOLD, "2023-02-05"))
    other.rest()
    assert "more than before" in dragged and dragged == other.of("scene")[-1]["scene"]["changed"]
    page.set(9, (HOLD, "2023-02-05"), policies=("as-before", "licences-suspended"))  # that is another change
    page.rest()
    assert page.session._before is not None
    assert page.session._before.setting.overrides == ((HOLD, "2023-02-05"),)


def test_sessions_share_what_is_played(live: Live, page: Page) -> None:
    page.set(1)
    page.rest()
    played, other = live.memory.plays, Page(live)
    other.set(1)
    other.rest()
    assert live.memory.plays == played > 0 and other.of("scene")[-1]["scene"] == page.of("scene")[-1]["scene"]


def test_memory_has_a_cap_and_what_went_is_played_again() -> None:
    live = Live(xs.load(FILE), "quickstart.yaml", futures=30, memory=1 << 19)
    page = Page(live)
    for number, month in enumerate((2, 3, 4, 2)):
        page.set(number, (HOLD, f"2020-0{month}-03"))
        page.rest()
        assert live.memory.size <= 1 << 19
    answers = {answer["number"]: answer["scene"]["account"] for answer in page.of("scene")}
    assert answers[3] == answers[0] != answers[1]


def test_files(page: Page, tmp_path: Path, one_figure: None) -> None:
    page.set(1, (HOLD, "2020-02-03"))
    page.rest()
    page.session.hear(Save(kind="save", what="overlay"))
    page.session.hear(Save(kind="save", what="report"))
    page.rest()
    until(lambda: len(page.of("file")) == 2)  # the report is made aside
    overlay, report = page.of("file")
    (tmp_path / "quick start.yaml").write_text(FILE.read_text())
    (tmp_path / overlay["name"]).write_text(overlay["text"])
    changed = xs.load(tmp_path / overlay["name"])
    assert changed.policies["no-new-licences"].measures[0].on.isoformat() == "2020-02-03"  # type: ignore[union-attr]
    assert report["name"] == "report.html" and f"{HOLD}=2020-02-03" in report["text"]
    assert "exportsim sha256:" in report["text"][-_SEAL_BYTES:]


def test_others_do_not_wait_for_a_report_and_one_page_gets_one_at_a_time(
    live: Live, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end = threading.Semaphore(0), threading.Event()

    def slow(shown: sessions.Shown, file: str) -> str:
        began.release()
        assert may_end.wait(600)
        return f"of {shown.setting.overrides}"

    monkeypatch.setattr(sessions, "report_of", slow)
    page.set(1, (HOLD, "2020-02-03"))
    page.rest()
    for _ in range(3):
        page.session.hear(Save(kind="save", what="report"))
    page.rest()
    assert began.acquire(timeout=60)
    other = Page(live)
    other.set(1, (HOLD, "2021-05-06"))
    other.rest()
    page.set(2)
    page.rest()
    assert other.of("scene") and page.of("scene")[-1]["number"] == 2 and not page.of("file")
    may_end.set()
    until(lambda: len(page.of("file")) == 1)
    assert page.of("file")[0]["text"] == f"of (('{HOLD}', '2020-02-03'),)"  # of what was shown when it was asked for
    until(lambda: not page.session._reporting)
    page.session.hear(Save(kind="save", what="report"))
    page.rest()
    until(lambda: len(page.of("file")) == 2)
    assert began.acquire(timeout=0.1) and not began.acquire(timeout=0.1)  # of three asked for at once one was made


def test_a_report_that_goes_wrong_is_told_and_the_next_is_made(
    live: Live, page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[BaseException | str] = [ZeroDivisionError("a mistake"), ExportsimError("no disk"), "a report"]

    def next_one(shown: sessions.Shown, file: str) -> str:
        one = made.pop(0)
        if isinstance(one, BaseException):
            raise one
        return one

    monkeypatch.setattr(sessions, "report_of", next_one)
    page.set(1)
    page.rest()
    for told in (1, 2):
        page.session.hear(Save(kind="save", what="report"))
        page.rest()
        until(lambda told=told: len(page.of("faults")) == told and not page.session._reporting)
    page.session.hear(Save(kind="save", what="report"))
    page.rest()
    until(lambda: len(page.of("file")) == 1)
    first, second = (message["faults"] for message in page.of("faults"))
    assert "ZeroDivisionError: a mistake" in first[0] and second == ["no disk"]
    assert "Traceback" in capsys.readouterr().err


def test_a_link_of_another_file_that_does_not_fit_says_so(page: Page) -> None:
    page.session.hear(Open(kind="open", number=1, link="#policy=nobody&of=0123456789abcdef"))
    page.rest()
    (told,) = page.of("faults")
    assert told["faults"][0].startswith("The link was made of another file") and "nobody" in told["faults"][1]


def test_orders_and_their_lives(page: Page) -> None:
    page.session.hear(Orders(kind="orders", number=0, flow=">"))
    page.rest()
    assert page.of("orders") == []  # nothing is shown yet
    page.set(1)
    page.session.step()
    page.session.hear(Orders(kind="orders", number=1, flow=">"))
    page.session.step()  # before more futures are played
    (found,) = page.of("orders")
    order = found["orders"][0]
    page.session.hear(Life(kind="life", number=2, future=order["future"], line=order["line"], order=order["order"]))
    page.session.hear(Life(kind="life", number=3, future=10_000, line=order["line"], order=1))
    page.session.hear(Orders(kind="orders", number=4, flow="nothing"))
    page.rest()
    (life,) = page.of("life")
    assert life["number"] == 2 and life["life"]["order"] == order["order"] and len(life["life"]["told"]) > 2
    assert [fault["number"] for fault in page.of("faults")] == [3, 4]


def test_questions_are_bounded(page: Page) -> None:
    page.set(1)
    for _ in range(sessions.MOST_QUESTIONS + 3):
        page.session.hear(Save(kind="save", what="overlay"))
    assert len(page.of("faults")) == 3


PATHS = st.sampled_from(
    [
        HOLD,
        OFFICERS,
        "period",
        "title",
        "demand",
        "extends",
        "reference",
        "demand.radar-parts.register",
        "policies",
        "policies.no-new-licences",
        "policies.no-new-licences.measures",
        "policies.no-new-licences.measures.mine",
        "policies.no-new-licences.measures.measure-1",
        "policies.no-new-licences.measures.measure-1.applications",
        "policies.no-new-licences.measures.measure-1.except",
        "policies.no-new-licences.measures.measure-1.officers",
        "policies.no-new-licences.extends",
        "history",
        "history.mine",
        "controls",
        "",
        ".",
        "a.b",
    ]
)
VALUES = st.sampled_from(
    [
        "2021-01-01",
        "null",
        "3",
        "[]",
        "{register: /etc/passwd}",
        "!!python/object:os.system {}",
        "*a",
        "&a [*a]",
        "1e999",
        '{"on": "2022-01-01", "permits": "suspended"}',
        '[{"on": "2022-01-01", "permits": "suspended"}]',
        '{"measures": [{"on": "2022-01-01", "permits": "suspended", "name": "a.b"}]}',
        '[{"goods": ["radar"]}]',
        '{"review": 3}',
        "licences-suspended",
        "deny",
        "-1",
        "1e-999",
    ]
) | st.text(max_size=30)


@settings(max_examples=80)
@given(st.lists(st.tuples(PATHS | st.text(max_size=20), VALUES), max_size=4))
def test_whatever_is_set_is_answered_or_told_as_a_fault(overrides: list[tuple[str, str]]) -> None:
    page = Page(Live(SCENARIO, "quickstart.yaml", futures=1, memory=1 << 24))
    page.set(1, *overrides)
    page.rest()
    assert [message["kind"] for message in page.told[1:]] in (["scene"], ["faults"])
    assert all("Error:" not in fault for message in page.of("faults") for fault in message["faults"])


SCENARIO = xs.load(FILE)


# Turns


class Waiter:
    """Somebody with so many first answers and further steps to be done."""

    def __init__(self, name: str, done: list[str], first: int = 0, more: int = 0) -> None:
        self.name, self.done, self.first, self.more = name, done, first, more

    def need(self) -> Need:
        return Need.FIRST_ANSWER if self.first else Need.MORE_FUTURES if self.more else Need.NOTHING

    def rests(self) -> bool:
        return False

    def step(self) -> None:
        self.done.append(self.name)
        if self.first:
            self.first -= 1
        else:
            self.more -= 1

    def failed(self, error: Exception) -> None:
        raise AssertionError(error)


@pytest.fixture
def turns() -> Iterator[Turns]:
    made = Turns()
    yield made
    made.end()


def test_turns_are_fair_and_first_answers_come_first(turns: Turns) -> None:
    done: list[str] = []
    waiters = [
        Waiter("a", done, more=2),
        Waiter("b", done, first=3, more=1),
        Waiter("c", done, first=2),
        Waiter("d", done, more=1),
    ]
    for waiter in waiters:
        turns.join(waiter)
    turns.start()
    until(lambda: len(done) == 9, 20)
    assert done == ["b", "c", "b", "c", "b", "a", "d", "b", "a"]


class Mover(Waiter):
    """Somebody who changes the setting again as soon as it is answered."""

    def step(self) -> None:
        time.sleep(0.01)
        self.done.append(self.name)


class Resting(Waiter):
    """Somebody who waits for more futures of what no longer changes, a block of them in a hundredth of a second."""

    turns: Turns
    slices = 0

    def rests(self) -> bool:
        return True

    def step(self) -> None:
        self.slices += 1
        while self.more:
            time.sleep(0.01)
            self.done.append(self.name)
            self.more -= 1
            if self.turns.more_put_off():
                return


def test_who_rests_gets_a_share_of_the_time_in_slices_while_others_move_without_pause(turns: Turns) -> None:
    done: list[str] = []
    movers, resting = [Mover(name, done, first=1) for name in "xyz"], Resting("rests", done, more=60)
    resting.turns = turns
    for waiter in (*movers, resting):
        turns.join(waiter)
    turns.start()
    until(lambda: resting.more == 0, 20)
    theirs = done[: len(done) - done[::-1].index("rests")]
    assert 1.5 < (len(theirs) - 60) / 60 < 6  # three quarters of the time are for who sees nothing yet
    assert 3 <= resting.slices <= 12  # of the 0.6 seconds, each no longer than the others can wait
    for mover in movers:
        turns.leave(mover)


def test_a_page_at_rest_is_refined_while_others_drag_without_pause() -> None:
    """Each of the others moves its date again as soon as it sees something, in the thread that told it."""
    live = Live(xs.load(FILE), "quickstart.yaml", futures=300, memory=1 << 28)
    dragging, resting, more = [Page(live) for _ in range(3)], Page(live), threading.Event()

    def drag(page: Page, place: int) -> None:
        tell, day = page.session._send, iter(range(10**6))

        def told(message: Any) -> None:
            tell(message)
            if message["kind"] == "scene" and not more.is_set():
                page.set(next(day) + 2, (HOLD, f"20{18 + place}-{1 + next(day) % 12:02d}-03"))

        page.session._send = told
        page.set(1)

    for place, page in enumerate(dragging):
        drag(page, place)
    resting.set(1, (HOLD, "2020-02-03"))
    live.turns.start()
    until(lambda: bool(resting.of("scene")) and resting.of("scene")[-1]["futures"] == 300, 60)
    seen = [len(page.of("scene")) for page in dragging]
    more.set()
    live.turns.end()
    assert min(seen) > 3 and max(seen) - min(seen) <= 2
    assert all(answer["futures"] == 10 for page in dragging for answer in page.of("scene")[: min(seen)])


def test_more_futures_wait_for_a_moment_in_which_the_next_setting_may_come(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exportsim.live.turns.PAUSE", 1.0)
    done: list[str] = []
    dragged, resting = Waiter("dragged", done, first=1, more=1), Waiter("resting", done, more=1)
    for waiter in (dragged, resting):
        turns.join(waiter)
    turns.start()
    until(lambda: done == ["dragged"], 20)
    time.sleep(0.2)
    dragged.first = 1
    turns.look()
    until(lambda: len(done) == 4, 20)
    assert done == ["dragged", "dragged", "resting", "dragged"]


def test_twenty_wait_for_each_other_and_know_how_many_come_first(turns: Turns) -> None:
    done: list[str] = []
    waiters = [Waiter(str(number), done, first=5) for number in range(20)]
    for waiter in waiters:
        turns.join(waiter)
    assert [turns.ahead_of(waiter) for waiter in waiters] == list(range(20))
    assert turns.more_put_off()
    turns.start()
    until(lambda: len(done) == 100, 20)
    assert all(
        sorted(done[begin : begin + 20]) == sorted({waiter.name for waiter in waiters}) for begin in range(0, 100, 20)
    )
    assert not turns.more_put_off()
    for waiter in waiters:
        turns.leave(waiter)
    waiters[0].first = 3
    turns.look()
    time.sleep(0.1)
    assert len(done) == 100  # nobody is left


def test_twenty_pages_at_once_are_all_answered() -> None:
    live = Live(xs.load(FILE), "quickstart.yaml", futures=30, memory=1 << 27)
    live.start()
    pages = [Page(live) for _ in range(20)]
    threads = [
        threading.Thread(target=page.set, args=(1, (HOLD, f"2020-01-{number + 1:02d}")))
        for number, page in enumerate(pages)
    ]
    for thread in threads:
        thread.start()
    until(lambda: all(len(page.of("scene")) == 2 for page in pages))
    accounts = {str(page.of("scene")[-1]["scene"]["account"]) for page in pages}
    assert len(accounts) > 5  # each of its own setting
    for page in pages:
        page.session.leave()
    live.turns.end()
