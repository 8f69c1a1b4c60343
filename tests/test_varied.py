"""A scenario of which values are changed is the one that is read anew, whatever of it was read, judged and written
before: its parts, its faults, its warnings, its digests and its plan.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim.compile import Compiled, compile_plan
from exportsim.errors import ScenarioError
from exportsim.playing.store.scenario_plays import NOT_PLAYED, digests
from exportsim.scenario import Scenario, digest, explicit, vary
from exportsim.scenario.policies import luck_of, resolved_measures
from exportsim.scenario.reader import point_of
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.writer import _yaml, content, content_in_json

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FILES = sorted(SCENARIOS.glob("*.yaml"))
CANADA = xs.load(SCENARIOS / "canada-turkiye.yaml")

CHANGES: list[dict[str, object]] = [
    {"policies.historical.measures.0.on": "2019-12-01"},
    {"suppliers.wescam.slots": 3, "demand.tb2-sensors.orders": "30/y"},
    {"authorities.gac.approval": 0.5},
    {"reference": "historical"},
    {"title": "Another", "period.end": "2024-12-31"},
    {"uncertainties": None},
    # Faults of what is changed, of what refers to it, and of what is said about it.
    {"policies.historical.measures.0.on": "2090-01-01"},
    {"policies.historical.measures.0.on": "soon"},
    {"suppliers.wescam": None},
    {"authorities.gac": None},
    {"suppliers.wescam.slots": 0},
    {"suppliers.wescam.authority": "gca"},
    {"suppliers.wescam": {"country": "CA"}},
    {"period.start": "2026-01-01"},
    {"period": {"start": "2020-06-01", "end": "2020-07-01"}},
    {"goods": {"kites": {"title": "Kites"}}},
    {"uncertainties.suppliers.wescam.slotz": [1, 2]},
    {"uncertainties.suppliers.wescam.slots": [0]},
    {"controls": [{"path": "suppliers.nobody.slots", "title": "x", "range": [1, 2]}]},
    {"policies.historical.extends": "historical"},
    {"demand.tb2-sensors.orders": "20.000/y"},
    {"demand.tb2-sensors.sources.nobody": {}},
    {"nothing.at.all": 1, "suppliers.aselsan.slots": -1, "currency": "dollars"},
    {"suppliers.wescam.lead_time": "5bd"},
    {"authorities.gac.review.0.officers": 1_000_000},
]


def found(read: Any) -> tuple[str, Any]:
    """What reading comes to: the scenario with what is odd about it, or its faults."""
    try:
        scenario = read()
    except ScenarioError as error:
        return "faults", [(fault.file, fault.path, fault.message) for fault in error.faults]
    odd = [(fault.path, fault.message) for fault in scenario.origin.warnings]
    return "scenario", (explicit(scenario), odd, digest(scenario), digests(scenario))


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: " ".join(changes))
def test_a_change_is_read_as_the_whole_anew(changes: dict[str, object]) -> None:
    def anew() -> Scenario:  # no part of it is known
        return xs.build(explicit(CANADA), overrides=changes, **CANADA.origin.reading())

    expected = found(anew)
    assert found(lambda: vary(CANADA, changes)) == expected
    kind, told = found(lambda: point_of(CANADA, changes))
    assert (kind, told if kind == "faults" else told[0]) == (kind, expected[1] if kind == "faults" else expected[1][0])
    assert kind == expected[0]


def test_some_changes_have_faults_and_some_have_none() -> None:
    kinds = [found(partial(vary, CANADA, changes))[0] for changes in CHANGES]
    assert kinds.count("faults") >= 15 and kinds.count("scenario") >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_digests_are_of_the_whole_content(file: Path) -> None:
    scenario = xs.load(file)
    world = {name: part for name, part in content(scenario).items() if name not in NOT_PLAYED}
    text = json.dumps(world, sort_keys=True, default=str)
    assert content_in_json(scenario, leave=NOT_PLAYED) == text
    policies = {}
    for name in scenario.policies:
        said = [
            {"luck": luck if measure.outcomes or measure.after else "", "measure": measure.model_dump(mode="json")}
            for measure, luck in zip(resolved_measures(scenario, name), luck_of(scenario, name), strict=True)
        ]
        policies[name] = sha(json.dumps(said, sort_keys=True, default=str))
    assert digests(scenario) == (sha(text), policies)
    written = hashlib.sha256(_yaml(content(scenario)).encode()).hexdigest()  # nothing of it is remembered
    assert digest(scenario) == digest(vary(scenario, {})) == written


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def test_what_a_digest_remembers_is_of_the_part_as_it_is() -> None:
    moved = vary(CANADA, {"suppliers.aselsan.slots": 99})
    assert digest(moved) != digest(CANADA) and digests(moved)[0] != digests(CANADA)[0]
    assert digest(vary(moved, {"suppliers.aselsan.slots": CANADA.suppliers["aselsan"].slots})) == digest(
        vary(CANADA, {"suppliers.aselsan.slots": CANADA.suppliers["aselsan"].slots})
    )


def same(one: object, other: object, where: str = "plan") -> None:
    """Fail where two plans differ."""
    assert type(one) is type(other), where
    if isinstance(one, np.ndarray):
        assert isinstance(other, np.ndarray) and one.dtype == other.dtype, where
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), where
    elif isinstance(one, tuple) and isinstance(other, tuple):
        names = getattr(one, "_fields", range(len(one)))
        assert len(one) == len(other), where
        for name, own, its in zip(names, one, other, strict=True):
            same(own, its, f"{where}.{name}")
    else:
        assert one == other, where


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_policies_of_the_same_world_are_compiled_alone(file: Path) -> None:
    scenario = xs.load(file)
    compiled, moved = Compiled(scenario), 0
    for name, policy in scenario.policies.items():
        for place, measure in enumerate(policy.measures):
            if measure.on is None:
                continue
            day = measure.on.replace(day=1 + measure.on.day % 28)
            try:
                changed = vary(scenario, {f"policies.{name}.measures.{place}.on": day.isoformat()})
            except ScenarioError:  # it would come before one that it needs
                continue
            plan = compiled.with_policies(changed)
            assert plan is not None
            same(plan, compile_plan(changed))
            moved += 1
    assert moved


def test_a_plan_is_made_anew_where_policies_are_others_or_wait_otherwise() -> None:
    compiled = Compiled(CANADA)
    assert compiled.with_policies(vary(CANADA, {"policies.calm": {}})) is None
    changes = {"incidents.found": {"on": "2020-09-01", "window": "3y", "exposure": "20M"}}
    waiting = {"policies.historical.measures.late": {"after": "found", "delay": "30d", "applications": "hold"}}
    world = vary(CANADA, {**changes, **waiting})
    compiled = Compiled(world)
    longer = vary(world, {"policies.historical.measures.late.delay": "40d"})
    assert compiled.with_policies(longer) is None
    named = vary(world, {"policies.historical.measures.late.permits": "suspended"})
    plan = compiled.with_policies(named)
    assert plan is not None
    same(plan, compile_plan(named))


class TestRemembered:
    def test_once_for_each_thing_by_identity(self) -> None:
        asked: list[list[int]] = []

        def total(numbers: list[int]) -> int:
            asked.append(numbers)
            return sum(numbers)

        remembered, one, other = Remembered(total), [1, 2], [1, 2]
        assert [remembered(one), remembered(one), remembered(other)] == [3, 3, 3]
        assert asked == [one, other] and asked[1] is other

    def test_no_more_than_so_many_are_held(self) -> None:
        remembered = Remembered(sum, most=2)
        things = [[number] for number in range(5)]
        assert [remembered(thing) for thing in things * 2] == [0, 1, 2, 3, 4] * 2
        assert len(remembered._known) <= 2
