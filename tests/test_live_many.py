"""Twenty people at once, people who leave, and people who load the page again and again: one server, in a process."""

from __future__ import annotations

import gc
import json
import statistics
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from websockets.sync.client import ClientConnection, connect

import exportsim as xs
from browsers import launched, needs_browser
from exportsim.live.messages import Set, SettingSaid
from exportsim.live.session import Live, Session
from exportsim.live.setting import Setting
from live_pages import FILE, FUTURES, TOKEN, Opened, Served, account, at_rest

HOLD = "policies.no-new-licences.measures.measure-1.on"
POLICIES = ["as-before", "no-new-licences", "licences-suspended"]
PEOPLE, WITH_BROWSER = 20, 3
#: That somebody waits at most for a first answer when all ask at once, in times of what all take in turn.
MOST_TURNS = 2.0
MOST_MORE = 48e6  # bytes that a server takes more after 200 reloads, each of another setting, than after 20


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    made = Served(FILE)
    yield made
    made.end()


@pytest.fixture
def browser() -> Iterator[Any]:
    with launched() as started:
        yield started


class Person:
    """A page without a browser: what it asks, and when the first answer to it came."""

    def __init__(self, served: Served) -> None:
        host = f"127.0.0.1:{served.port}"
        cookie = {"cookie": f"exportsim-{served.port}={TOKEN}"}
        self.held = ExitStack()
        opening = connect(
            f"ws://{host}/live", origin=f"http://{host}", additional_headers=cookie, max_size=None, close_timeout=1
        )  # type: ignore[arg-type]
        self.page: ClientConnection = self.held.enter_context(opening)
        assert json.loads(self.page.recv(60))["kind"] == "hello"
        self.number = 0

    def ask(self, day: str, frames: int = 2) -> tuple[float, dict[str, Any]]:
        """How long the first answer for a date took, and the last of so many."""
        self.number += 1
        setting = {"overrides": [[HOLD, day]], "policies": POLICIES, "reference": "as-before"}
        began = time.monotonic()
        self.page.send(json.dumps({"kind": "set", "number": self.number, "setting": setting}))
        first = None
        while True:
            told = json.loads(self.page.recv(120))
            if told["kind"] != "scene" or told["number"] != self.number:
                assert told["kind"] in ("busy", "scene"), told  # of a setting before it
                continue
            first, frames = first or time.monotonic() - began, frames - 1
            if not frames:
                return first, told


def day(place: int) -> str:
    return (date(2020, 1, 1) + timedelta(days=place)).isoformat()


def expected(on: str) -> Any:
    """The account of a run of its own."""
    from exportsim.live.scene import Scene

    scenario = xs.load(FILE, overrides=[f"{HOLD}={on}"])
    return Scene(xs.run(scenario, futures=FUTURES), Setting.of(scenario), at_rest=FUTURES).json()["account"]


@pytest.mark.long
@needs_browser
def test_twenty_at_once_wait_their_turn_and_get_the_right_numbers(served: Served, browser: Any) -> None:
    opened = Opened(browser)
    pages = [opened(served) for _ in range(WITH_BROWSER)]
    people = [Person(served) for _ in range(PEOPLE - WITH_BROWSER)]
    alone = statistics.median(people[0].ask(day(place))[0] for place in range(500, 505))
    answers: dict[int, list[tuple[float, dict[str, Any]]]] = {place: [] for place in range(len(people))}

    def ask(place: int) -> None:
        answers[place].extend(people[place].ask(day(10 * place + turn)) for turn in range(3))

    threads = [threading.Thread(target=ask, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for place, page in enumerate(pages):
        page.locator("#policies-no-new-licences-measures-measure-1-on").fill(day(300 + place))
    for thread in threads:
        thread.join(600)
    for page in pages:
        at_rest(page)
    waited = [first for told in answers.values() for first, _ in told]
    assert len(waited) == 3 * len(people)
    assert max(waited) <= MOST_TURNS * PEOPLE * alone + 1, (alone, waited)
    for place in (0, 7, 16):  # each has the numbers of its own setting
        for turn, (_, told) in enumerate(answers[place]):
            assert told["setting"]["overrides"] == [[HOLD, day(10 * place + turn)]]
        assert answers[place][-1][1]["scene"]["account"] == expected(day(10 * place + 2))
    accounts = {json.dumps(told["scene"]["account"]) for each in answers.values() for _, told in each}
    assert len(accounts) > len(people)
    for place, page in enumerate(pages):
        cells = [cell for row in expected(day(300 + place))["rows"] for cell in row]
        shown = account(page)
        assert all(cell in shown for cell in cells if cell)
    for person in people:
        person.held.close()
    opened.end()


def test_who_asks_without_end_keeps_nobody_from_an_answer(served: Served) -> None:
    """Three move a date all the time, as by a slider that is dragged; a fourth asks once in a while."""
    moving, other = [Person(served) for _ in range(3)], Person(served)
    alone = statistics.median(other.ask(day(place))[0] for place in range(600, 604))
    ended = threading.Event()

    def drag(person: Person, at: int) -> None:
        while not ended.is_set():
            person.number, at = person.number + 1, at + 1
            setting = {"overrides": [[HOLD, day(at % 900)]], "policies": POLICIES, "reference": "as-before"}
            person.page.send(json.dumps({"kind": "set", "number": person.number, "setting": setting}))
            time.sleep(0.04)

    threads = [threading.Thread(target=drag, args=(person, 200 * place)) for place, person in enumerate(moving)]
    readers = [threading.Thread(target=lambda person=person: [*person.page], daemon=True) for person in moving]
    for thread in (*threads, *readers):
        thread.start()
    waited = [other.ask(day(700 + place), frames=1)[0] for place in range(5)]
    ended.set()
    for thread in threads:
        thread.join(60)
    for person in (*moving, other):
        person.held.close()
    assert max(waited) <= MOST_TURNS * (len(moving) + 1) * alone + 1, (alone, waited)


def test_a_session_that_is_left_is_forgotten_with_all_it_had() -> None:
    live = Live(xs.load(FILE), "quickstart.yaml", futures=10, memory=1 << 26)  # its turns are not begun
    session: Session | None = Session(live, lambda message: None)
    assert session is not None
    session.enter()
    setting = SettingSaid(overrides=[(HOLD, "2020-02-03")], policies=POLICIES, reference="as-before")
    session.hear(Set(kind="set", number=1, setting=setting))
    while session.need():
        session.step()
    session.hear(Set(kind="set", number=2, setting=setting))  # it waits for an answer when it is left
    known, result = weakref.ref(session), weakref.ref(session._shown.result)  # type: ignore[union-attr]
    session.leave()
    session = None
    gc.collect()
    assert known() is None and result() is None


def test_pages_that_come_and_go_make_room(served: Served) -> None:
    for _ in range(60):  # more than may be open at once
        person = Person(served)
        person.page.send(
            json.dumps(
                {
                    "kind": "set",
                    "number": 1,
                    "setting": {"overrides": [], "policies": POLICIES, "reference": "as-before"},
                }
            )
        )
        person.held.close()
    person = Person(served)
    first, told = person.ask(day(800))
    person.held.close()
    assert told["scene"]["account"] and first < 60


@pytest.mark.long
@needs_browser
def test_memory_after_200_reloads_of_other_settings_is_bounded(browser: Any) -> None:
    """Each plays what was not played before: what is kept has a cap, and nothing else is kept."""
    import psutil

    own, opened = Served(FILE, "--memory", "16M"), Opened(browser)
    page, process = opened(own), psutil.Process(own.process.pid)

    def load(places: range) -> int:
        for place in places:
            page.goto(f"{own.address}#set={quote(f'{HOLD}={day(place)}')}")
            page.reload()
            at_rest(page)
        return int(process.memory_info().rss)

    before = load(range(20))
    more = load(range(20, 220)) - before
    opened.end()
    own.end()
    assert more < MOST_MORE
