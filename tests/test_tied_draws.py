"""One draw for several values: which are set or scaled by it, that a point is what it says, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim.errors import ScenarioError
from exportsim.scenario import Scenario, build, explicit, loads, vary
from exportsim.scenario.python_nodes import from_python, tree_of
from exportsim.scenario.scaling import in_place, scaled_at
from exportsim.study.points import placed
from worlds import two_sources

SLOTS, LEADS = "suppliers.north.slots", "suppliers.north.lead_time"
RATES = {"2020-01-01": "12/y", "2021-01-01": "1/mo"}


def world(**changes: Any) -> Scenario:
    return build(two_sources(**changes))


# Of what stands at a path, what it is multiplied by, and what stands there then.
SCALED: list[tuple[str, Any, float, Any]] = [
    ("suppliers.north.slots", 7, 1.5, 11),  # 10.5: a half goes up
    ("suppliers.north.price", 1.2, 1.5, 1.8),
    (LEADS, "90d", 0.5, "45d"),
    (LEADS, {"uniform": ["2mo", "5mo"]}, 1.5, {"uniform": ["3mo", "7.5mo"]}),
    (LEADS, {"lognormal": {"mean": "90d", "cv": 0.5}}, 2, {"lognormal": {"mean": "180d", "cv": 0.5}}),
    (LEADS, {"weibull": {"mean": "90d", "shape": 1.5}}, 2, {"weibull": {"mean": "180d", "shape": 1.5}}),
    (LEADS, {"exponential": {"mean": "1w"}}, 3, {"exponential": {"mean": "3w"}}),
    (LEADS, {"empirical": {"quantiles": {"0.1": "10d", "0.9": "30d"}}}, 2,
     {"empirical": {"quantiles": {"0.1": "20d", "0.9": "60d"}}}),
    (LEADS, {"empirical": ["10d", "30d"]}, 0.1, {"empirical": ["1d", "3d"]}),
    ("demand.line.orders", "20/y", 1.25, "25/y"),
    ("demand.line.orders", "2/mo", 1.25, "2.5/mo"),
    ("demand.line.orders", RATES, 1.5, {"2020-01-01": "18/y", "2021-01-01": "1.5/mo"}),
    ("demand.line.value", "1.5M", 1.1, "1.65M"),
    ("demand.line.value", 1001, 1.0005, "1001.5"),  # cents are whole
    ("authorities.gac.approval", 0.8, 1.25, 1.0),
]  # fmt: skip


def tree_with(path: str, value: Any) -> Any:
    for step in reversed(path.split(".")):
        value = {step: value}
    return from_python(value)


@pytest.mark.parametrize(("path", "standing", "factor", "expected"), SCALED)
def test_what_stands_there_is_multiplied(path: str, standing: Any, factor: float, expected: Any) -> None:
    assert scaled_at(tree_with(path, standing), path, factor) == expected


def tied() -> Scenario:
    return world(
        uncertainties={
            "how much is ordered": {"draw": {"uniform": [0.5, 1.5]}, "scales": ["demand.line.orders"]},
            "how long it takes": {
                "draw": {"triangular": ["30d", "60d", "90d"]},
                "sets": ["suppliers.north.lead_time", "suppliers.south.lead_time"],
            },
            "suppliers.north.slots": [3, 5],
        }
    )


def test_the_values_of_a_point_are_all_those_of_its_draws() -> None:
    scenario = tied()
    standing = scenario.demand["line"].orders
    points = placed(scenario.uncertainties, np.array([[0.5, 0.5, 0.1], [0.75, 1e-9, 0.9]]))
    assert [list(point) for point in points] == [[*scenario.uncertainties]] * 2
    first, second = (in_place(tree_of(scenario), point, scenario.uncertainties) for point in points)
    assert first == {
        "demand.line.orders": str(standing),
        "suppliers.north.lead_time": "60d",
        "suppliers.south.lead_time": "60d",
        "suppliers.north.slots": 3,
    }
    rate = vary(scenario, {"demand.line.orders": second["demand.line.orders"]}).demand["line"].orders
    assert float(rate.per_year) == 1.25 * float(standing.per_year)  # type: ignore[union-attr]
    assert second["suppliers.north.lead_time"].startswith("30.00") and second["suppliers.north.slots"] == 5


def test_a_point_comes_to_what_its_values_come_to_by_themselves() -> None:
    scenario = tied()
    sweep = xs.sweep(scenario, samples=4, futures=3)
    found = sweep.table[sweep.table["outcome"] == "exports"].set_index(["point", "policy"])["mean"]
    points = sweep.points.set_index("point")
    for number in points.index:
        point = {name: points.loc[number, name] for name in scenario.uncertainties}
        alone = xs.run(vary(scenario, in_place(tree_of(scenario), point, scenario.uncertainties)), futures=3)
        for policy in scenario.policies:
            assert found[number, policy] == alone.summary().loc[(policy, "exports"), "mean"]


def test_rates_are_drawn_in_years() -> None:
    scenario = world(uncertainties={"demand.line.orders": {"uniform": ["12/y", "3/mo"]}})
    (point,) = placed(scenario.uncertainties, np.array([[0.25]]))
    assert point == {"demand.line.orders": "18/y"}
    listed = world(uncertainties={"demand.line.orders": ["12/y", "3/mo"]})
    assert placed(listed.uncertainties, np.array([[0.9]])) == [{"demand.line.orders": "3/mo"}]


def test_the_explicit_form_says_the_same() -> None:
    scenario = tied()
    assert build(explicit(scenario)) == scenario


def test_inputs_are_named_by_their_draws_in_studies() -> None:
    scenario = tied()
    found = xs.sensitivity(scenario, outcome="exports", policy="strict", samples=8, method="morris", futures=2)
    assert {*found.tornado.iloc[:, 0]} == {*scenario.uncertainties}
    doubt = xs.run(scenario, futures=4, uncertain=4).doubt
    assert doubt is not None and len(doubt.points) == 4


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"a": {"draw": [1, 2]}}, ["uncertainties.a: found neither of `sets` and `scales`, expected"]),
    ({"a": {"draw": [1, 2], "sets": [SLOTS], "scales": [SLOTS]}}, ["found both of `sets` and `scales`"]),
    ({"a": {"draw": [1, 2], "sets": [SLOTS, SLOTS]}}, [f"uncertainties.a: found the path `{SLOTS}` twice"]),
    ({"a": {"draw": [1, 2], "set": [SLOTS]}}, ["uncertainties.a.set: unknown key `set`, did you mean `sets`?"]),
    ({"a": {"draw": {"uniform": [2, 1]}, "sets": [SLOTS]}}, ["uncertainties.a.draw: low (2.0) must be less"]),
    ({"a": {"draw": {"unifrm": [1, 2]}, "sets": [SLOTS]}}, ["uncertainties.a.draw: found `unifrm`, expected a list"]),
    ({"a": {"draw": [0, 2], "sets": [SLOTS]}}, ["uncertainties.a.sets.0: found `0`, expected a number of at least 1"]),
    ({"a": {"draw": [0.01], "scales": [SLOTS]}}, ["uncertainties.a.scales.0: found `0`, expected a number"]),
    ({"a": {"draw": [1, 2], "sets": [LEADS, SLOTS]}}, ["uncertainties.a.sets.0: found `1`, expected a duration"]),
    ({"a": {"draw": ["1d"], "scales": [LEADS]}}, ["uncertainties.a.scales.0: found `1d`, expected numbers from 0 on"]),
    ({"a": {"draw": {"uniform": [-1, 1]}, "scales": [LEADS]}}, ["expected numbers from 0 on"]),
    ({"a": {"draw": [2], "scales": ["suppliers.north.country"]}}, ["found `CA`, expected a number to multiply"]),
    ({"a": {"draw": [2], "scales": ["suppliers.nroth.slots"]}}, ["no `nroth` in `suppliers`, did you mean `north`?"]),
    ({"a": {"draw": [2], "scales": ["authorities.gac.service_standard"]}}, ["found nothing, expected a number"]),
    ({"a": {"draw": [2], "sets": [SLOTS]}, SLOTS: [1, 2]},
     [f"uncertainties.{SLOTS}: `uncertainties.a` varies `{SLOTS}` already"]),
    ({"a": {"draw": [2], "sets": [SLOTS]}, "b": {"draw": [2], "scales": [SLOTS, LEADS]}},
     [f"uncertainties.b.scales.0: `uncertainties.a` varies `{SLOTS}` already"]),
]  # fmt: skip


@pytest.mark.parametrize(("uncertain", "said"), REFUSED, ids=lambda value: next(iter(value)) if value else "")
def test_what_is_refused(uncertain: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        world(uncertainties=uncertain)
    for message in said:
        assert message in str(error.value)


def test_a_number_that_may_be_thousands_is_refused_in_a_draw_too() -> None:
    from worlds import as_file

    text = as_file(two_sources()) + "uncertainties:\n  a: {draw: [20.000/y], sets: [demand.line.orders]}\n"
    with pytest.raises(ScenarioError, match=r"uncertainties\.a\.draw\.0: found `20\.000/y`"):
        loads(text)
