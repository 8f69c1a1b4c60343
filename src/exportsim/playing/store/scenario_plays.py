"""The part of a store that an experiment uses: which blocks are there, and where the others are to be put."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exportsim.analysis.outcomes import outcomes
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.files import reason_of
from exportsim.plan import Plan
from exportsim.playing.block import Block
from exportsim.playing.measurers import Outcomes
from exportsim.playing.model import model
from exportsim.playing.parquet import DamagedError
from exportsim.playing.store.plays import ENDING, Kept, read, write
from exportsim.scenario import Scenario, resolved_measures
from exportsim.scenario.policies import luck_of
from exportsim.scenario.schema import Measure
from exportsim.scenario.writer import content
from exportsim.version import __version__

#: What of a scenario plays no part in what happens in it; policies have a digest each.
TOLD = ("title", "description", "sources", "uncertainties", "expect", "reference", "policies")


class ScenarioPlays:
    """Where one scenario's blocks are in a store.

    Parameters
    ----------
    monthly : bool
        Whether monthly sums are wanted.
    varied : mapping
        What of the scenario was varied in a sweep, by path: told in the files, for whoever reads them.
    """

    def __init__(
        self,
        folder: Path,
        scenario: Scenario,
        plan: Plan | None = None,
        *,
        monthly: bool,
        varied: Mapping[str, Any] | None = None,
        warn: Callable[[str], None],
    ) -> None:
        form = content(scenario)
        self._folder, self._monthly, self._warn = folder, monthly, warn
        self._policies = {
            name: _digest([*map(_told, resolved_measures(scenario, name), luck_of(scenario, name))])
            for name in scenario.policies
        }
        self._world = _digest({name: told for name, told in form.items() if name not in TOLD})
        self._title = scenario.title or ""
        self._varied = json.dumps(dict(varied or {}), ensure_ascii=False, sort_keys=True, default=str)
        self._outcomes = [each.name for each in outcomes(plan or compile_plan(scenario))]
        self._found: dict[tuple[int, int], dict[str, Kept]] = {}

    def missing(self, block: Block[Outcomes]) -> Block[Outcomes] | None:
        """What of a block is to be played: nothing, or the policies that are not there, and the reference with them."""
        found = self._found[block.first, block.past] = {
            policy: kept for policy in block.task.policies if (kept := self._read(block, policy)) is not None
        }
        lacking = self._lacking(block, found)
        if set(lacking) <= found.keys():
            return None
        return block._replace(task=replace(block.task, policies=lacking))

    def keep(self, block: Block[Outcomes], played: Outcomes) -> None:
        """Keep what came of the part of a block that was missing."""
        found = self._found[block.first, block.past]
        for place, policy in enumerate(self._lacking(block, found)):
            kept = Kept(played.values[place], played.untouched[place], played.totals[place])
            if policy not in found:
                write(self._path(block, policy), kept, self._outcomes, self._about(block, policy))
                found[policy] = kept

    def take(self, block: Block[Outcomes]) -> Outcomes:
        """What came of a block, all of which is there."""
        found = self._found.pop((block.first, block.past))
        kept = [found[policy] for policy in block.task.policies]
        return Outcomes(
            np.stack([each.values for each in kept]),
            np.stack([each.untouched for each in kept]),
            [each.totals for each in kept],
            {},
            {},
        )

    @staticmethod
    def _lacking(block: Block[Outcomes], found: Mapping[str, Kept]) -> tuple[str, ...]:
        """The policies of a block that are to be played, the reference among them."""
        task = block.task
        return tuple(policy for policy in task.policies if policy not in found or policy == task.reference)

    def _read(self, block: Block[Outcomes], policy: str) -> Kept | None:
        path = self._path(block, policy)
        try:
            kept, about = read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(f"store: {path}: it cannot be read: {reason_of(error)}; it is played again")
            return None
        except DamagedError as damage:
            self._warn(f"store: {path}: {damage}; it is played again")
            return None
        if {**self._about(block, policy), "title": "", "varied": ""} != {**about, "title": "", "varied": ""}:
            self._warn(f"store: {path}: it holds something else than its name says; it is played again")
            return None
        return kept

    def _about(self, block: Block[Outcomes], policy: str) -> dict[str, Any]:
        return {
            "scenario": self._world,
            "policy": policy,
            "policy_digest": self._policies[policy],
            "reference_digest": self._policies[block.task.reference],
            "seed": block.task.seed,
            "first": block.first,
            "past": block.past,
            "monthly": self._monthly,
            "model": model(),
            "exportsim": __version__,
            "title": self._title,
            "varied": self._varied,
        }

    def _path(self, block: Block[Outcomes], policy: str) -> Path:
        about = self._about(block, policy)
        name = _digest({key: told for key, told in about.items() if key not in ("title", "varied", "exportsim")})
        return self._folder / name[:2] / f"{name}{ENDING}"


def _told(measure: Measure, luck: str) -> dict[str, Any]:
    """A measure in full, with the name of its luck if it draws any."""
    draws = bool(measure.outcomes) or measure.after is not None
    return {"luck": luck if draws else "", "measure": measure.model_dump(mode="json")}


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:32]


def refuse(kept: Mapping[str, bool]) -> None:
    """Say that a store has no room for what a run was asked to keep."""
    for name, asked in kept.items():
        if asked:
            raise ExportsimError(f"{name}: a store keeps outcomes and monthly sums, and has no room for these")
