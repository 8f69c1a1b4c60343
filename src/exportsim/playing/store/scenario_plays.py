"""The part of a store that an experiment uses: which blocks are there, and where the others are to be put."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exportsim import files
from exportsim.analysis.outcomes import outcomes
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.files import reason_of
from exportsim.plan import Plan
from exportsim.playing.block import Block
from exportsim.playing.measurers import Outcomes
from exportsim.playing.model import model
from exportsim.playing.parquet import DamagedError
from exportsim.playing.store.plays import ENDING, PolicyPlays, read, write
from exportsim.scenario import Scenario, resolved_measures
from exportsim.scenario.policies import luck_of
from exportsim.scenario.register import tells_of_decisions
from exportsim.scenario.schema import Measure
from exportsim.scenario.writer import content_in_json, in_json
from exportsim.version import __version__

#: What of a scenario plays no part in what happens in it; policies have a digest each.
NOT_PLAYED = ("title", "description", "sources", "uncertainties", "expect", "reference", "history", "policies")

TOLD_ONLY = {"title": "", "varied": ""}  # what files say for whoever reads them


class ScenarioPlays:
    """Where one scenario's blocks are in a store."""

    def __init__(
        self,
        folder: Path,
        scenario: Scenario,
        plan: Plan | None = None,
        *,
        monthly: bool,  # whether monthly sums are wanted
        varied: Mapping[str, Any] | None = None,  # in a sweep, by path: told in the files, for whoever reads them
        warn: Callable[[str], None] | None = None,
        kept: Callable[[], None] | None = None,  # called when something was played and is kept
    ) -> None:
        self._folder, self._monthly, self._warn = folder, monthly, warn or (lambda _: None)
        self._kept = kept or (lambda: None)
        self._world, self._policies = digests(scenario)
        self._title = scenario.title or ""
        self._varied = json.dumps(dict(varied or {}), ensure_ascii=False, sort_keys=True, default=str)
        self._outcomes = [outcome.name for outcome in outcomes(plan or compile_plan(scenario))]
        self._known: dict[tuple[int, int], dict[str, PolicyPlays]] = {}

    def missing(self, block: Block[Outcomes]) -> Block[Outcomes] | None:
        """What of a block is to be played: nothing, or the policies that are not there, and the reference with them."""
        task = block.task
        known = {policy: plays for policy in task.policies if (plays := self._read(block, policy)) is not None}
        self._known[block.first, block.past] = known
        if len(known) == len(task.policies):
            return None
        lacking = tuple(policy for policy in task.policies if policy not in known or policy == task.reference)
        return block._replace(task=replace(task, policies=lacking))

    def keep(self, played: Block[Outcomes], part: Outcomes) -> None:
        """Keep what came of the part of a block that was missing."""
        known = self._known[played.first, played.past]
        for policy, *arrays in zip(played.task.policies, part.values, part.untouched, part.totals, strict=True):
            if policy not in known:
                known[policy] = PolicyPlays(*arrays)
                write(self._path(played, policy), known[policy], self._outcomes, self._about(played, policy))
        self._kept()

    def is_there(self, block: Block[Outcomes]) -> bool:
        """Whether there are files of a block under all policies; they are not read."""
        return all(files.there(self._path(block, policy)) is not None for policy in block.task.policies)

    def joined(self, block: Block[Outcomes]) -> Outcomes:
        """What came of a block, all of which is there."""
        known = self._known.pop((block.first, block.past))
        values, untouched, totals = zip(*(known[policy] for policy in block.task.policies), strict=True)
        return Outcomes(np.stack(values), np.stack(untouched), list(totals), {}, {})

    def _read(self, block: Block[Outcomes], policy: str) -> PolicyPlays | None:
        path, about = self._path(block, policy), self._about(block, policy)
        try:
            plays, described = read(path)
            if about | TOLD_ONLY == described | TOLD_ONLY:
                return plays
            fault = "it holds something else than its name says"
        except FileNotFoundError:
            return None
        except OSError as error:
            fault = f"it cannot be read: {reason_of(error)}"
        except DamagedError as damage:
            fault = str(damage)
        self._warn(f"store: {path}: {fault}; it is played again")
        return None

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
        name = _digest({key: value for key, value in about.items() if key not in (*TOLD_ONLY, "exportsim")})
        return self._folder / name[:2] / f"{name}{ENDING}"


def digests(scenario: Scenario) -> tuple[str, dict[str, str]]:
    """What is played: the world, and each policy in it. Where these are the same, plays of the same future are."""
    policies = {
        name: _digest_of_text(
            f"[{', '.join(map(_measure, resolved_measures(scenario, name), luck_of(scenario, name)))}]"
        )
        for name in scenario.policies
    }
    world = content_in_json(scenario, leave=NOT_PLAYED)
    if tells_of_decisions(scenario):  # which bind until any policies differ
        world += "".join(sorted(policies.values()))
    return _digest_of_text(world), policies


def _measure(measure: Measure, luck: str) -> str:
    """A measure in full, with the name of its luck if it draws any, as JSON."""
    draws = bool(measure.outcomes) or measure.after is not None
    return in_json({"luck": luck if draws else "", "measure": measure.model_dump(mode="json")})


def _digest(form: Any) -> str:
    return _digest_of_text(in_json(form))


def _digest_of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def refuse(kept: Mapping[str, bool]) -> None:
    """Say that a store has no room for what a run was asked to keep."""
    for name, asked in kept.items():
        if asked:
            raise ExportsimError(f"{name}: a store keeps outcomes and monthly sums, and has no room for these")
