"""A page in one file, with the answers of settings that were played before: it needs no server and asks nobody.

Answers are kept in parts, each of some settings that follow one another and packed by itself, so that a browser unpacks
only what it shows. Figures that several answers have in common are kept once.
"""

from __future__ import annotations

import base64
import json
import shlex
import time
import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.language import template, text
from exportsim.live.charts.plane import Figure
from exportsim.live.controls import Controls
from exportsim.live.differences import Differences
from exportsim.live.hello import hello
from exportsim.live.measures import OnTimeAxis
from exportsim.live.played import Played
from exportsim.live.scene import Scene
from exportsim.live.setting import Overrides
from exportsim.live.shell import page_in_one_file
from exportsim.live.words import WORDS_OF_FILE
from exportsim.playing.memory import Memory
from exportsim.playing.progress import Progress
from exportsim.report.number_format import number
from exportsim.report.plots.findings import amount_words
from exportsim.scenario.policies import chain_of
from exportsim.study.what_if import WhatIf

MB = 1 << 20
PART = 1_500_000  # letters of a part before it is packed, about
SEAL = 100  # bytes that are added to a page when it is written
LONG = 120  # seconds of playing that are told of before
PATIENCE = 1800  # seconds of playing beyond which fewer futures are offered
FEWER = (50, 30, 20, 10, 5, 3)  # futures, of which the most are offered that take no longer
SAMPLE = 5  # futures by which that is known
NO_FORMS: dict[str, Any] = {"additions": [], "measures": []}  # what measures do is as in the file
FINEST = 1_000  # steps of progress within a setting
MOST_DRAWN = 64  # policies of settings whose figures are kept, for settings in which they are the same


class Page(NamedTuple):
    """A page that was made."""

    text: str
    settings: int
    answers: int
    refused: tuple[str, ...]
    """Settings that are not valid, as ``--set`` takes them."""
    controls: dict[str, list[str]]
    """By path, the values that were played."""


class FrozenScene(Scene):
    """A scene that is compared with the setting of the file, and in which only what was played can be moved."""

    movable: frozenset[str] = frozenset()  # controls, by their ids
    drawn: list[Figure] | None = None  # figures that were made before, of the same plays

    def figures(self) -> list[Figure]:
        """The figures, which are made once of the same plays."""
        if self.drawn is None:
            self.drawn = [each | {"table": partial(dict, each["table"]())} for each in super().figures()]
        return self.drawn

    @property
    def is_of_few(self) -> bool:
        """No more futures of it follow."""
        return False

    def measures(self) -> tuple[OnTimeAxis, ...]:
        """The measures whose date can be moved."""
        return tuple(measure for measure in super().measures() if measure.id in self.movable)

    def warnings(self) -> Sequence[Fault]:
        """What is odd, for which each setting was looked through."""
        return self.result.warnings

    def changed(self) -> str:
        """What is other than in the file, in one sentence."""
        now, words = self.means[self.policy], self.exports_in_words()
        if self.before is None:
            return text("live.frozen.file", **words)
        then = self.before.means[self.policy]
        if now == then:
            return text("live.frozen.same", **words)
        change = amount_words(self.result, abs(now - then))
        return text(f"live.frozen.{'more' if now > then else 'less'}", change=change, **words)


def freeze(
    played: Played,
    file: str,
    *,
    futures: int,
    memory: int,
    most: int,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Page:
    """Play all settings and put their answers into one page.

    Parameters
    ----------
    played : Played
    file : str
        How the command line calls the scenario.
    futures : int
        Of each setting.
    memory : int
        How many bytes of plays are kept meanwhile.
    most : int
        How many bytes the page may have.
    progress : Progress, optional
        Told how far it is.
    announce : callable, optional
        Told at the beginning if it takes long.

    Raises
    ------
    ExportsimError
        If the page would have more bytes.
    KeyboardInterrupt
        If playing was stopped by Ctrl-C.
    """
    what_if = WhatIf(played.scenario, policies=played.policies, memory=Memory(memory))
    packed, refused = Packed(most), []
    total = played.number()
    if announce is not None:
        _announce(what_if, played, futures, announce)
    drawing = Drawing(played)
    for place, overrides in enumerate(played.overrides()):
        setting = played.setting(overrides, played.looked_at[0])
        try:
            setting.put_to(what_if)
        except ScenarioError:
            refused.append(" ".join(f"{path}={value}" for path, value in overrides))
            continue
        watched = None if progress is None else Within(progress, place, total)
        for policy, answer in drawing.answers(what_if, overrides, file, futures, watched):
            packed.add(key_of(policy, overrides), answer)
        if place == 0:
            packed.close()
        packed.check(f"after {place + 1:,} of {total:,} settings ")
    packed.close()
    told = greeting(played, file, futures, packed.where)
    made = page_in_one_file([_packed(told), *packed.parts])
    packed.check("", len(made.encode()) + SEAL)
    controls = {control["path"]: control["values"] for control in told["controls"]}
    return Page(made, total - len(refused), len(packed.where), tuple(refused), controls)


class Drawing:
    """Makes the answers of settings, one after the other; of each setting no more is kept than its figures."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self._differences = Differences(Controls(played.scenario), tuple(over.control for over in played.moved), [])
        self._movable = frozenset(over.control.id for over in played.moved)
        self._bases: dict[str, Scene] = {}  # by policy, of the file's own setting, with which all others are compared
        self._drawn: dict[Hashable, list[Figure]] = {}  # the last ones, by what was played

    def answers(
        self, what_if: WhatIf, overrides: Overrides, file: str, futures: int, progress: Progress | None = None
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """An answer for each policy that is looked at; the first call is to be that of the file's own setting.

        Raises
        ------
        KeyboardInterrupt
            If playing was stopped by Ctrl-C.
        """
        result = what_if.result(futures, progress=progress)
        if result.interrupted:
            raise KeyboardInterrupt
        for policy in self._played.looked_at:
            scene = FrozenScene(result, self._played.setting(overrides, policy), self._bases.get(policy))
            key = policy, what_if.plays_of(policy), what_if.plays_of(self._played.reference)
            scene.movable, scene.drawn = self._movable, self._drawn.pop(key, None)
            elsewhere = self._differences.elsewhere(scene.setting)
            yield policy, _plain(scene, file, futures) | ({"elsewhere_set": elsewhere} if elsewhere else {})
            assert scene.drawn is not None
            self._drawn = {**dict([*self._drawn.items()][1 - MOST_DRAWN :]), key: scene.drawn}
            self._bases.setdefault(policy, scene.alone())


def key_of(policy: str, overrides: Overrides) -> str:
    """By what the page finds an answer: the policy that is looked at, and what is set, in the order of the controls."""
    return _compact([policy, *map(list, overrides)])


def greeting(played: Played, file: str, futures: int, where: dict[str, int]) -> dict[str, Any]:
    """What the page is told first: controls with the values that were played, and in which part each answer is."""
    known = {tuple(pair) for key in where for pair in json.loads(key)[1:]}
    values = {
        over.control.path: [v for v in over.values if v == over.control.value or (over.control.path, v) in known]
        for over in played.moved
    }
    controls = [over.control for over in played.moved if len(values[over.control.path]) > 1]
    told = hello(played.scenario, played.setting((), played.looked_at[0]), controls, NO_FORMS, futures)
    told["policies"] = [policy for policy in told["policies"] if policy["name"] in played.policies]
    told["controls"] = [control | {"values": values[control["path"]]} for control in told["controls"]]
    told["language"] |= {name: template(key) for name, key in WORDS_OF_FILE.items()}
    settings = len(where) // len(played.looked_at)
    looks = {policy: list(played.looks(policy)) for policy in played.looked_at}
    kind = "together" if played.together else "alone"
    about = text(f"live.frozen.about_{kind}", futures=number(futures, 0), settings=number(settings, 0))
    elsewhere = text("live.frozen.elsewhere", command=shlex.join(["exportsim", "serve", file]))
    return told | {"frozen": {"looks": looks, "where": where, "about": [about, elsewhere]}}


@dataclass(frozen=True)
class Within:
    """Progress of one of several settings."""

    progress: Progress
    before: int
    total: int

    def played(self, done: int, total: int) -> None:
        """As :class:`Progress` says."""
        inside = FINEST * done // max(total, 1)
        self.progress.played(FINEST * self.before + inside, FINEST * self.total)


class Packed:
    """Answers in parts, no more than so many bytes of them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.parts: list[str] = []  # as they stand in the page
        self.where: dict[str, int] = {}  # by the key of an answer, its part
        self._answers: dict[str, dict[str, Any]] = {}  # of the open part
        self._figures: dict[str, list[str]] = {}  # the same by kind, which differ little from one to the next
        self._places: dict[str, Place] = {}  # where a figure is, of the open part and the first
        self._size = 0  # of the open part

    def add(self, key: str, answer: dict[str, Any]) -> None:
        """Add an answer."""
        self._answers[key] = answer | {"figures": [self._place(figure) for figure in answer["figures"]]}
        self._size += len(_compact(self._answers[key]))
        self.where[key] = len(self.parts)
        if self._size >= PART:
            self.close()

    def close(self) -> None:
        """End the open part; the first one is unpacked wherever another is."""
        if not self._answers:
            return
        figures = {kind: [json.loads(figure) for figure in drawn] for kind, drawn in self._figures.items()}
        self.parts.append(_packed({"figures": figures, "answers": self._answers}))
        self._places = {figure: place for figure, place in self._places.items() if place.part == 0}
        self._answers, self._figures, self._size = {}, {}, 0

    def check(self, when: str, size: int | None = None) -> None:
        """See that it is not too large."""
        size = sum(map(len, self.parts)) if size is None else size
        if size > self.most:
            sizes = f"{size / MB:.2f} MB, expected at most {self.most / MB:.2f}"
            raise ExportsimError(
                f"--size: {when}the page has {sizes}; nothing was written. Give fewer controls (--freeze-control), "
                "values (--freeze-values) or policies (--policy), or a larger --size"
            )

    def _place(self, figure: dict[str, Any]) -> Place:
        written = _compact(figure)
        if written not in self._places:
            drawn = self._figures.setdefault(figure["id"], [])
            self._places[written] = Place(len(self.parts), figure["id"], len(drawn))
            drawn.append(written)
            self._size += len(written)
        return self._places[written]


class Place(NamedTuple):
    """Where a figure is."""

    part: int
    kind: str
    number: int


def _plain(scene: FrozenScene, file: str, futures: int) -> dict[str, Any]:
    """A scene as plain values, without the ways that lead to orders, which only a server can list."""
    made = scene.json()
    for figure in made["figures"]:
        for mark in figure["marks"]:
            if "about" in mark:
                mark["about"] = {name: value for name, value in mark["about"].items() if name != "flow"}
    return made | {"command": scene.setting.command(file, futures)}


def _announce(what_if: WhatIf, played: Played, futures: int, announce: Callable[[str], None]) -> None:
    """Say how long it takes, if that is long: what one future takes is known once the engine is compiled."""
    what_if.result(1)
    began = time.monotonic()
    if what_if.result(1 + SAMPLE).interrupted:
        raise KeyboardInterrupt
    each = (time.monotonic() - began) / (SAMPLE * len(played.policies))
    a_future = sum(_plays(played, overrides) for overrides in played.overrides())
    seconds = a_future * futures * each
    if seconds > LONG:
        words = {"settings": number(played.number(), 0), "plays": number(a_future * futures, 0)}
        said = text("live.frozen.long", minutes=_minutes(seconds), **words)
        fewer = next((few for few in FEWER if few < futures and a_future * few * each <= PATIENCE), FEWER[-1])
        if seconds > PATIENCE and fewer < futures:
            said += " " + text("live.frozen.fewer", futures=fewer, minutes=_minutes(a_future * fewer * each))
        announce(said)


def _minutes(seconds: float) -> str:
    return number(max(seconds / 60, 1), 0)


def _plays(played: Played, overrides: Overrides) -> int:
    """How many policies are played again in a setting, at most."""
    paths = [path.split(".") for path, _ in overrides]
    if all(steps[0] == "policies" for steps in paths) and paths:
        moved = {steps[1] for steps in paths}
        chains = [chain_of(played.scenario.policies, policy) for policy in played.policies]
        return sum(bool(moved & {*chain}) for chain in chains)
    return len(played.policies)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _packed(value: object) -> str:
    """A value as text of letters and digits, which ends no element of a page."""
    return base64.b64encode(zlib.compress(_compact(value).encode(), 9)).decode()
