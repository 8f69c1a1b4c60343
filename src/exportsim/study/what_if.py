"""What if: one scenario under a setting that changes, of which only what a change touches is played again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from exportsim.arguments import listed, whole
from exportsim.compile import Compiled
from exportsim.errors import ExportsimError
from exportsim.notebook import card
from exportsim.plan import Plan
from exportsim.playing.memory import Memory
from exportsim.playing.progress import Progress
from exportsim.playing.settings import FUTURES, settings_of
from exportsim.playing.store.scenario_plays import digests
from exportsim.scenario import Scenario, ScenarioOrPath, checked, vary
from exportsim.scenario.reader import point_of
from exportsim.study.futures import Totals, had_from
from exportsim.study.kept_futures import KeptFutures, of_first
from exportsim.study.result import Result
from exportsim.study.run import Found, result_of
from exportsim.study.study import Recorder, policies_played

MEMORY = 1 << 28  # bytes
MOST_SETTINGS = 8  # that are remembered, to go back to


class Setting(NamedTuple):
    """A scenario as it stands, with what of it is played."""

    changes: dict[str, object]  # by path
    asked: tuple[str, ...] | None  # policies; None: all
    scenario: Scenario
    plan: Plan
    policies: tuple[str, ...]  # that are played
    keys: dict[str, tuple[Any, ...]]  # by policy, what is played under it
    world: tuple[Any, ...]  # what is the same under all of them


class WhatIf:
    """A scenario of which values are changed one after the other, to see what each change does.

    Named after the question that is asked with it: what if the measure came a year later, what if there were twenty
    officers? Each answer is the :class:`Result` that :func:`run` of the changed scenario gives, to the last bit. But
    plays are kept: where a measure's date moves, its policy alone is played again, where more futures are asked for,
    only the new ones, and a setting that was there before is not played at all. A change to the world (rates, officers,
    slots, …) is played anew.

    Parameters
    ----------
    scenario : Scenario or path-like
    policies : iterable of str, optional
        Those to play, all by default. The reference is always played.
    seed : int
        As for :func:`run`.
    workers : int, optional
        The same.
    warn : bool
        Whether to look for what is odd in each setting, which takes a third of the time that a change takes. If not,
        results warn only of what their plays show.
    memory : int or Memory
        How many bytes of plays are kept at most (256 MiB by default); what was not used for longest goes, and is played
        again when it is asked for. Or the ``memory`` of another one, to be shared: what both play is played once. Some
        180 kB are a play of 11,000 facts.

    Examples
    --------
    >>> import exportsim as xs
    >>> what_if = xs.WhatIf("scenarios/quickstart.yaml")
    >>> before = what_if.result(futures=20)
    >>> what_if.change({"policies.licences-suspended.measures.0.on": "2024-06-01"})
    >>> after = what_if.result(futures=20)  # of three policies one was played
    >>> what_if.memory.plays
    80
    """

    def __init__(
        self,
        scenario: ScenarioOrPath,
        *,
        policies: Iterable[str] | None = None,
        seed: int = 1,
        workers: int | None = None,
        memory: int | Memory = MEMORY,
        warn: bool = True,
    ) -> None:
        self._varied = vary if warn else point_of
        self._settings = settings_of({"seed": seed, "workers": workers})
        self._memory = memory if isinstance(memory, Memory) else Memory(whole(memory, "memory", most=1 << 62))
        self._written = checked(scenario)
        self._remembered: dict[str, Setting] = {}
        self._compiled: dict[str, Compiled] = {}  # by world, the last one
        self._setting = self._set({}, _names(policies))

    def __repr__(self) -> str:
        number = len(self._setting.changes)
        return f"<{type(self).__name__} of {self.scenario.title or 'untitled'!r}: {number} changes>"

    def _repr_html_(self) -> str:
        facts = {"policies": ", ".join(self.policies), "reference": self.scenario.reference}
        return card(repr(self)[1:-1], facts | {path: str(value) for path, value in self.changes.items()})

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands, with all changes."""
        return self._setting.scenario

    @property
    def changes(self) -> Mapping[str, object]:
        """What was changed, by path, in the order of the changes."""
        return MappingProxyType(self._setting.changes)

    @property
    def policies(self) -> tuple[str, ...]:
        """Those that are played, in the order of the scenario, the reference among them."""
        return self._setting.policies

    @property
    def memory(self) -> Memory:
        """What was played, as far as it is kept: its ``size`` in bytes; ``plays``, how many were put there so far."""
        return self._memory

    def plays_of(self, policy: str) -> tuple[Any, ...]:
        """What says which plays those of a policy are: the same in every setting that has the same ones."""
        return self._setting.keys[policy]

    def change(
        self, values: Mapping[str, object], *, policies: Iterable[str] | None = None, alone: bool = False
    ) -> None:
        """Put values in place of those that the scenario has, beside the changes made before.

        Parameters
        ----------
        values : mapping of str to object
            By path, as for :func:`load` and ``--set``: ``{"policies.historical.measures.cancel.on": "2021-06-01"}``.
            ``{"reference": …}`` names another reference. None takes out what is there, and is no way back: that is
            :meth:`take_back`.
        policies : iterable of str, optional
            Those to play from now on; those of before by default.
        alone : bool
            Take back all changes made before.

        Raises
        ------
        ScenarioError
            If a path leads nowhere, or the result is not valid; then nothing is changed.
        """
        before = self._setting
        if not isinstance(values, Mapping):
            raise ExportsimError(f"values: found {values!r}, expected a mapping of paths to values")
        kept = {} if alone else {path: value for path, value in before.changes.items() if path not in values}
        self._setting = self._set({**kept, **values}, before.asked if policies is None else _names(policies))

    def take_back(self, *paths: str) -> None:
        """Undo the changes at some paths, or all of them; the values are then those of the scenario.

        Raises
        ------
        ExportsimError
            If a path was not changed, or what is left is not valid; then nothing is changed.
        """
        before = self._setting
        for path in paths:
            if path not in before.changes:
                raise ExportsimError(f"{path}: this was not changed")
        left = {path: value for path, value in before.changes.items() if paths and path not in paths}
        self._setting = self._set(left, before.asked)

    def result(
        self,
        futures: int = FUTURES,
        *,
        stop: Callable[[], bool] | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """The answer for the setting as it stands: what :func:`run` gives for its scenario and policies.

        What is asked of it afterwards (fates, hysteresis, quarters, months) is read of plays that are kept, as well.

        Parameters
        ----------
        futures : int
            How many. More of them than before go on from those; fewer are the first of them.
        stop : callable, optional
            Asked now and then, in the thread that began, whether to end early; that is as Ctrl-C: the result holds the
            futures that are finished under every policy, and what was played serves the next.
        progress : Progress, optional
            As for :func:`run`.

        Raises
        ------
        KeyboardInterrupt
            If the end came before one future was finished under every policy.
        """
        setting = self._setting
        names = setting.policies
        watched = None if stop is None and progress is None else Watched(stop, progress)
        settings = settings_of(
            {"futures": futures, "seed": self._settings.seed, "workers": self._settings.workers, "progress": watched}
        )
        played = KeptFutures(setting.plan, settings, memory=self._memory, keys=setting.keys, world=setting.world)
        recorder = Recorder(setting.scenario, settings)
        found: dict[str, Any] = {}
        with recorder.until_ended():
            found = played.outcomes(names, setting.scenario.reference)
        parts = [found.get(policy) for policy in names]
        done = min(0 if part is None else part.values.shape[1] for part in parts)
        recorder.need(done > 0)
        values, untouched = (
            np.stack([getattr(part, name)[0, :done] for part in parts]) for name in ("values", "untouched")
        )
        firsts = of_first(played, done)
        answer = result_of(
            recorder,
            Found(setting.scenario, setting.plan, names, values, untouched, Totals(firsts, names)),
            interrupted=done < futures,
            question={},
        )
        return had_from(answer, firsts)

    def _set(self, changes: dict[str, object], asked: tuple[str, ...] | None) -> Setting:
        """The setting with some changes; the last ones are remembered."""
        name = json.dumps([changes, asked], default=repr)
        setting = self._remembered.pop(name, None)
        if setting is None:
            scenario = self._varied(self._written, changes) if changes else self._written
            world, policies = digests(scenario)
            keys = {policy: (world, digest, self._settings.seed) for policy, digest in policies.items()}
            played = policies_played(scenario, asked)
            plan = self._plan_of(scenario, world)
            setting = Setting(changes, asked, scenario, plan, played, keys, (world, self._settings.seed))
        self._remembered = {**dict([*self._remembered.items()][1 - MOST_SETTINGS :]), name: setting}
        return setting

    def _plan_of(self, scenario: Scenario, world: str) -> Plan:
        """A scenario in numbers; where its world is that of the one before, only what policies do is compiled."""
        known = self._compiled.get(world)
        plan = None if known is None else known.with_policies(scenario)
        if plan is None:
            self._compiled = {world: Compiled(scenario)}
            plan = self._compiled[world].plan
        return plan


def _names(policies: Iterable[str] | None) -> tuple[str, ...] | None:
    """The policies asked for, if not all are."""
    return None if policies is None else tuple(listed(policies, "policies"))


@dataclass(frozen=True)
class Watched:
    """Asks whether to end early whenever there is progress."""

    stop: Callable[[], bool] | None
    progress: Progress | None

    def played(self, done: int, total: int) -> None:
        """As :class:`Progress` says."""
        if self.progress is not None:
            self.progress.played(done, total)
        if self.stop is not None and self.stop():
            raise KeyboardInterrupt
