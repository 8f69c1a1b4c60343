"""What one open page is told: the answer for its newest setting, first of few futures and then of more."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.live.acts import forms_of, said_of
from exportsim.live.controls import Control, Controls
from exportsim.live.differences import Differences
from exportsim.live.faults import said_faults
from exportsim.live.hello import hello
from exportsim.live.measures import additions_of
from exportsim.live.messages import Forget, Keep, Life, Message, Open, Orders, Save, Set, SettingSaid
from exportsim.live.orders import life_of, orders_of
from exportsim.live.scene import AT_REST, Scene
from exportsim.live.setting import Setting, made_elsewhere
from exportsim.live.turns import REST, Aside, Need, Turns
from exportsim.playing.memory import Memory
from exportsim.scenario import Scenario
from exportsim.study.result import Result
from exportsim.study.what_if import WhatIf

FRAMES = (10, 30, 100, 300, 1000, 3000, 10_000)  # after how many futures the page shows what they say
SLOW = 3.0  # seconds that a first answer may take on a page that moves
MOST_QUESTIONS = 8  # that wait for their answer
Send = Callable[[Mapping[str, Any]], None]  # from any thread


class Live:
    """A scenario that is served: what all open pages share.

    Parameters
    ----------
    scenario : Scenario
    file : str
        How the command line calls it.
    futures : int
        How many are played at rest.
    memory : int
        How many bytes of plays are kept, for all pages together.
    """

    def __init__(self, scenario: Scenario, file: str, *, futures: int, memory: int) -> None:
        self.scenario, self.file, self.memory = scenario, file, Memory(memory)
        self.frames = (*(frame for frame in FRAMES if frame < futures), futures)
        self.written = Setting.of(scenario)
        self.turns, self.aside = Turns(), Aside()

    def start(self) -> None:
        """Begin to play: what a first page asks is played while a browser opens it."""
        self.turns.start()
        self.turns.join(Ahead(self))

    @cached_property
    def hello(self) -> dict[str, Any]:
        """What a page is told first: the controls, the setting of the file, and the words of the page."""
        return hello(self.scenario, self.written, self._controls, self._forms, self.frames[-1])

    @cached_property
    def differences(self) -> Differences:
        """Says what is changed where the page has no control."""
        return Differences(self._finder, self._controls, [measure["path"] for measure in self._forms["measures"]])

    @cached_property
    def _finder(self) -> Controls:
        return Controls(self.scenario)

    @cached_property
    def _controls(self) -> tuple[Control, ...]:
        return self._finder.found()

    @cached_property
    def _forms(self) -> dict[str, Any]:
        return {"additions": additions_of(self.scenario), **forms_of(self.scenario)}

    def setting_of(self, link: str) -> Setting:
        """The setting of a link, with the paths that the page's controls have."""
        setting = Setting.from_link(link, self.scenario)
        return replace(setting, overrides=self.differences.as_page_has(setting.overrides))


@dataclass
class Wanted:
    """A setting for which answers are wanted."""

    number: int  # by which the page knows it
    setting: Callable[[], Setting]
    link: str = ""  # that holds it
    goes_on: bool = False  # with the change by which the setting that is shown came about
    frame: int = 0  # that comes next
    since: float = field(default_factory=time.monotonic)


@dataclass
class Shown:
    """A setting whose answers a page was shown."""

    setting: Setting
    result: Result | None = None  # of the most futures so far
    scenes: dict[int, Scene] = field(default_factory=dict)  # by number of futures


class Ahead:
    """Plays the setting of the file before anybody asks for it, which compiles what is not compiled."""

    def __init__(self, live: Live) -> None:
        self._live: Live | None = live

    def need(self) -> Need:
        """To be done once."""
        return Need.NOTHING if self._live is None else Need.FIRST_ANSWER

    def rests(self) -> bool:
        """It waits for a first answer alone."""
        return False

    def step(self) -> None:
        """Play it."""
        live, self._live = self._live, None
        assert live is not None
        what_if = WhatIf(live.scenario, memory=live.memory, warn=False)
        Scene(what_if.result(live.frames[0]), live.written).json()
        live.turns.leave(self)

    def failed(self, error: Exception) -> None:
        """A page that asks for the same will say so."""


class Session:
    """One open page. What it says comes from one thread, what it is told is made in that of the turns, or aside."""

    def __init__(self, live: Live, send: Send) -> None:
        self._live, self._send = live, send
        self._what_if = WhatIf(live.scenario, memory=live.memory, warn=False)
        self._wanted: Wanted | None = None  # the newest, until it has been shown with all its futures
        self._answered: Wanted | None = None  # the last of which something was shown
        self._questions: deque[Orders | Life | Save] = deque()
        self._kept: Shown | None = None  # that all others are compared with
        self._before: Shown | None = None  # that was shown before
        self._shown: Shown | None = None
        self._reporting = False  # a report is being made
        self._left = False

    def enter(self) -> None:
        """Begin: the page is told what it may change."""
        self._send(self._live.hello)
        self._live.turns.join(self)

    def leave(self) -> None:
        """The page is gone: nothing more is played for it, and nothing of it is kept."""
        self._left = True
        self._live.turns.leave(self)

    def hear(self, message: Message) -> None:
        """Take in what the page says; only the newest setting is answered."""
        match message:
            case Set():
                self._want(message.number, lambda: self._setting_of(message.setting), goes_on=message.goes_on)
            case Open():
                self._want(message.number, lambda: self._live.setting_of(message.link), message.link)
            case Keep() | Forget():
                try:
                    self._kept = Shown(self._setting_of(message.setting)) if isinstance(message, Keep) else None
                except ExportsimError as error:
                    self._tell_faults(None, said_faults(error, self._live.written))
                if (again := self._wanted or self._answered) is not None:
                    self._want(again.number, again.setting, again.link, goes_on=again.goes_on)
            case Orders() | Life() | Save():
                if len(self._questions) == MOST_QUESTIONS:
                    self._tell_faults(None, [text("live.server.too_many_questions")])
                else:
                    self._questions.append(message)
        self._live.turns.look()

    def need(self) -> Need:
        """What the page waits for."""
        wanted = self._wanted
        if self._left:
            return Need.NOTHING
        if self._questions or (wanted is not None and wanted.frame == 0):
            return Need.FIRST_ANSWER
        return Need.NOTHING if wanted is None else Need.MORE_FUTURES

    def rests(self) -> bool:
        """Whether the setting is no longer being changed."""
        wanted = self._wanted
        return wanted is not None and time.monotonic() - wanted.since >= REST

    def step(self) -> None:
        """Answer a question, or show the newest setting with the next number of futures."""
        if self._questions:
            self._answer(self._questions.popleft())
            return
        wanted = self._wanted
        if wanted is None:
            return
        try:
            self._show(wanted)
        except ExportsimError as error:
            self._done_with(wanted)
            elsewhere = made_elsewhere(wanted.link, self._live.scenario) if wanted.link else ""
            self._tell_faults(wanted.number, [elsewhere, *said_faults(error, self._asked_by(wanted))])

    def failed(self, error: Exception) -> None:
        """A mistake of the program: the page says so, and keeps what it shows."""
        number = None if self._wanted is None else self._wanted.number
        self._wanted = None
        self._tell_faults(number, [mistake(error)])

    def _asked_by(self, wanted: Wanted) -> Setting:
        """The setting that is wanted; that of the file if it is none."""
        try:
            return wanted.setting()
        except ExportsimError:
            return self._live.written

    def _setting_of(self, asked: SettingSaid) -> Setting:
        return Setting.from_json(asked.model_dump(), self._live.scenario)

    def _want(self, number: int, setting: Callable[[], Setting], link: str = "", *, goes_on: bool = False) -> None:
        unseen = self._wanted if self._wanted is not None and self._wanted.frame == 0 else None
        self._wanted = Wanted(number, setting, link, goes_on and (unseen is None or unseen.goes_on))
        place = self._live.turns.ahead_of(self)
        if place:
            self._send({"kind": "busy", "number": number, "place": place})

    def _show(self, wanted: Wanted) -> None:
        began = time.monotonic()
        setting, futures = wanted.setting(), self._live.frames[wanted.frame]

        def needless() -> bool:
            newer = self._left or self._wanted is not wanted
            return newer or (wanted.frame > 0 and self._live.turns.more_put_off())

        is_new = self._shown is None or self._shown.setting != setting
        before = self._shown if is_new and not wanted.goes_on else self._before
        try:
            result = self._result(setting, futures, needless)
            compared = self._compared(self._kept or before, futures, needless)
            stop = needless if wanted.frame else None  # a first answer that is nearly there is shown
            scene = Scene(result, setting, compared, at_rest=min(AT_REST, self._live.frames[-1]), stop=stop)
            made = scene.json(tables=futures != self._live.frames[0] or futures == self._live.frames[-1])
        except KeyboardInterrupt:  # a newer setting is waited for
            return
        if is_new or self._shown is None:
            self._before, self._shown = before, Shown(setting)
        self._shown.result = result
        self._shown.scenes[futures] = scene.alone()
        self._answered = wanted
        wanted.frame += 1
        if wanted.frame == len(self._live.frames):
            self._done_with(wanted)
        shown = {"number": wanted.number, "futures": futures, "of": self._live.frames[-1], "setting": setting.json()}
        elsewhere = made_elsewhere(wanted.link, self._live.scenario) if wanted.link else ""
        forms: dict[str, Any] = {
            "link": setting.link(),
            "command": setting.command(self._live.file, futures),
            "elsewhere": elsewhere,
        }
        forms["measures"] = said_of(result.scenario, setting)
        forms["differences"] = self._live.differences.said(setting.overrides)
        forms["elsewhere_set"] = self._live.differences.elsewhere(setting)
        seconds = time.monotonic() - began
        if futures == self._live.frames[0] and seconds > SLOW:
            forms["slow"] = text("live.server.large", seconds=f"{seconds:.0f}")
        self._send({"kind": "scene", **shown, **forms, "scene": made})

    def _result(self, setting: Setting, futures: int, stop: Callable[[], bool]) -> Result:
        """The answer for a setting, of which only what was not played before is played."""
        setting.put_to(self._what_if)
        result = self._what_if.result(futures, stop=stop)
        if result.futures < futures:
            raise KeyboardInterrupt  # as a play says it that was stopped before it came to anything
        return result

    def _compared(self, known: Shown | None, futures: int, stop: Callable[[], bool]) -> Scene | None:
        """What the setting that is shown is compared with, after as many futures."""
        if known is not None and futures not in known.scenes:
            known.scenes[futures] = Scene(self._result(known.setting, futures, stop), known.setting)
        return None if known is None else known.scenes[futures]

    def _done_with(self, wanted: Wanted) -> None:
        if self._wanted is wanted:
            self._wanted = None

    def _answer(self, asked: Orders | Life | Save) -> None:
        """Answer a question about what is shown."""
        shown = self._shown
        if shown is None or shown.result is None:
            return
        try:
            match asked:
                case Orders():
                    found = orders_of(shown.result, shown.setting.asked, asked.flow)
                    self._send({"kind": "orders", "number": asked.number, "orders": found})
                case Life():
                    told = life_of(shown.result, shown.setting.asked, asked.future, asked.line, asked.order)
                    self._send({"kind": "life", "number": asked.number, "life": told})
                case Save(what="overlay"):
                    self._send(file_said("setting.yaml", "application/yaml", shown.setting.overlay(self._live.file)))
                case Save() if not self._reporting:
                    self._reporting = True
                    self._live.aside.do(lambda: self._report(shown))
        except ExportsimError as error:
            self._tell_faults(getattr(asked, "number", None), said_faults(error, shown.setting))

    def _report(self, shown: Shown) -> None:
        """Make a report, which takes so long that the turns of others do not wait for it."""
        try:
            if not self._left:
                self._send(file_said("report.html", "text/html", report_of(shown, self._live.file)))
        except ExportsimError as error:
            self._tell_faults(None, said_faults(error, shown.setting))
        except Exception as error:  # as of a step: told, and no end to the thread
            traceback.print_exc()
            self._tell_faults(None, [mistake(error)])
        finally:
            self._reporting = False

    def _tell_faults(self, number: int | None, told: Iterable[str]) -> None:
        self._send({"kind": "faults", "number": number, "faults": [*filter(None, told)]})


def mistake(error: Exception) -> str:
    """What is said of a mistake of the program."""
    return text("live.server.failed", error=f"{type(error).__name__}: {error}")


def file_said(name: str, kind: str, content: str) -> dict[str, str]:
    """A file that the browser is to save."""
    return {"kind": "file", "name": name, "type": kind, "text": content}


def report_of(shown: Shown, file: str) -> str:
    """The report of what is shown, as ``exportsim report`` writes it."""
    from exportsim.report.html.page import page
    from exportsim.report.html.writing import sealed

    assert shown.result is not None
    overrides = [f"{path}={value}" for path, value in shown.setting.placed]
    return sealed(page(shown.result, file=file, overrides=overrides)).decode()
