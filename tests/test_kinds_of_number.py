"""Every number of a scenario is varied and fitted as what it is: whole where its key wants a whole one, else not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

import exportsim as xs
from exportsim.scenario import explicit, replace, vary
from exportsim.scenario.quantities import Duration, Money, Rate
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import takes_whole
from exportsim.study.calibration.observations import read_observations
from exportsim.study.calibration.parameters import fitted_parameters
from exportsim.study.points import points

#: A scenario with every key under which a number can stand.
WORLD = """
exportsim: 1
period: {start: 2016-01-01, end: 2020-12-31, warm_up: 30d}
currency: EUR
goods: {parts: {}}
authorities:
  office:
    country: DE
    service_standard: 20bd
    validity: 2y
    approval: 0.75
    review:
      - {stage: desk, officers: 5, work: {lognormal: {median: 10bd, p90: 40bd}},
         returns: {chance: 0.3, answer: 20d, most: 5}}
    case_by_case: {approval: 0.75, review: [{stage: further, officers: 5, work: {weibull: {mean: 20bd, shape: 2}}}]}
    traffic: {applications: 20/y}
suppliers:
  maker: {country: DE, authority: office, slots: 5, lead_time: {uniform: [30d, 90d]}, price: 1.5, ramp_up: 6mo}
  other: {country: FR, slots: 5, lead_time: {exponential: {mean: 30d}}}
demand:
  line:
    buyer: navy
    destination: TR
    goods: parts
    orders: {2016-01-01: 40/y, 2018-01-01: 30/y}
    value: {lognormal: {mean: 1M, cv: 0.75}}
    parts: 5
    programmes: {frigate: 0.3}
    sources:
      maker: {weight: 1.5, restart: 30d}
      other: {weight: 1.5, qualification: {starts: disruption, time: 1y, success: 0.75}}
    patience:
      review: 2y
      suspension: {triangular: [1y, 2y, 3y]}
      unserved: {empirical: {quantiles: {0.1: 1y, 0.9: 2y}}}
    trust: {loss: {case_by_case: 0.75, hold: 0.75, deny: 0.75, suspend: 0.75, cancel: 0.75}, half_life: 1y}
  second:
    buyer: army
    destination: TR
    goods: parts
    orders: 5/y
    value: {empirical: [1M, 2M]}
    parts: {triangular: [1, 1.5, 3]}
    sources: {maker: {}}
    patience: {unserved: 1y}
incidents: {leak: {rate: 2/y, window: 1y, exposure: 5000}, spill: {on: 2017-01-01, window: 1y, exposure: 5M}}
objective: {weights: {exports: 1.5}}
policies:
  as-before: {}
  strict:
    measures:
      - {name: dated, on: 2018-01-01, officers: {desk: 5}}
      - {name: general, on: 2018-06-01, applications: exempt, take_up: 0.75, programmes: [frigate]}
      - {name: slower, on: 2018-09-01, work: {desk: 1.5}}
      - {name: drawn, after: leak, delay: 90d, outcomes: [{chance: 1, applications: hold}]}
      - {name: reviews, when: {in_review: {above: 50, below: 10}, every: 7d}, applications: hold}
      - {name: holds, when: {held: {above: 50, below: 10}, every: 7d}, permits: suspended}
      - {name: permits, when: {in_force: {above: 50, below: 10}, every: 7d}, applications: deny}
      - {name: worth, when: {delivered: {above: 50, below: 10}, every: 7d, window: 1y}, then: {officers: {desk: 5}},
         officers: {desk: 4}}
"""
SCENARIO = xs.loads(WORLD)
RECORD = pd.DataFrame(
    {"outcome": "denied", "period": ["2017", "2018"], "value": 0.0, "error": 0.2, "source": "judgement"}
)
OBSERVED = read_observations(RECORD, SCENARIO).rows
WHOLE = [
    *(f"authorities.office.{stage}.officers" for stage in ("review.desk", "review.0", "case_by_case.review.further")),
    *(f"suppliers.{name}.slots" for name in ("maker", "other")),
    "authorities.office.review.desk.returns.most",
    "demand.line.parts",
    *(f"policies.strict.measures.{each}.officers.desk" for each in ("dated", "0", "worth", "worth.then")),
    *(
        f"policies.strict.measures.{name}.when.{figure}.{limit}"
        for name, figure in (("reviews", "in_review"), ("holds", "held"), ("permits", "in_force"))
        for limit in ("above", "below")
    ),
]
FRACTIONS = [
    "authorities.office.approval",
    "authorities.office.case_by_case.approval",
    "authorities.office.review.desk.share",
    "suppliers.maker.price",
    "demand.line.value.lognormal.cv",
    "authorities.office.case_by_case.review.further.work.weibull.shape",
    "demand.line.programmes.frigate",
    "demand.line.sources.maker.weight",
    "demand.line.sources.other.qualification.success",
    *(f"demand.line.trust.loss.{act}" for act in ("case_by_case", "hold", "deny", "suspend", "cancel")),
    "demand.second.parts.triangular.1",
    "incidents.leak.exposure",
    "objective.weights.exports",
    "policies.strict.measures.general.take_up",
    "policies.strict.measures.slower.work.desk",
    *(f"policies.strict.measures.worth.when.delivered.{limit}" for limit in ("above", "below")),
]
#: Numbers with a unit, and a prior for each.
UNITS = {
    "period.warm_up": ["30d", "90d"],
    "authorities.office.service_standard": ["20bd", "90bd"],
    "authorities.office.validity": ["1y", "3y"],
    "authorities.office.review.desk.work": ["5bd", "10bd"],
    "authorities.office.review.desk.work.lognormal.median": ["5bd", "10bd"],
    "authorities.office.review.desk.work.lognormal.p90": ["50bd", "60bd"],
    "authorities.office.traffic.applications": ["20/y", "40/y"],
    "authorities.office.review.desk.returns.answer": ["10d", "30d"],
    "demand.line.sources.maker.restart": ["10d", "60d"],
    "suppliers.maker.lead_time": ["30d", "90d"],
    "demand.line.filing.lag": ["1mo", "2mo"],
    "suppliers.maker.lead_time.uniform.0": ["1d", "30d"],
    "suppliers.maker.ramp_up": ["1mo", "6mo"],
    "suppliers.other.lead_time.exponential.mean": ["30d", "90d"],
    "demand.line.orders.2018-01-01": ["20/y", "40/y"],
    "demand.second.orders": ["2/y", "4/y"],
    "demand.line.value": ["1M", "2M"],
    "demand.line.value.lognormal.mean": ["500k", "2000k"],
    "demand.second.value.empirical.1": ["1M", "2M"],
    "demand.line.sources.other.qualification.time": ["1mo", "6mo"],
    "demand.line.patience.review": ["1y", "3y"],
    "demand.line.patience.suspension.triangular.1": ["1y", "3y"],
    "demand.line.trust.half_life": ["1y", "3y"],
    "demand.second.patience.unserved": ["1y", "3y"],
    "incidents.leak.rate": ["1/y", "3/y"],
    "incidents.leak.window": ["1y", "3y"],
    "incidents.spill.exposure": ["1M", "3M"],
    "policies.strict.measures.drawn.delay": ["30d", "90d"],
    "policies.strict.measures.reviews.when.every": ["7d", "14d"],
    "policies.strict.measures.worth.when.window": ["1y", "3y"],
}


def prior(path: str) -> list[Any]:
    """Of a number without a unit, with a median above a half that rounds up to a whole number."""
    if path in WHOLE or path.endswith((".exposure", ".above", ".below")):
        return [20, 60] if path.endswith(".above") else [1, 9]
    return [1.1, 2.5] if path.endswith(("price", "weight", "shape", "triangular.1")) else [0.2, 0.95]


def standing(tree: Any, path: str) -> Any:
    step: Any
    for step in path.split("."):
        if isinstance(tree, list) and not step.isdecimal():
            step = [each.get("stage", each.get("name")) for each in tree].index(step)
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


@pytest.mark.parametrize("path", [*WHOLE, *FRACTIONS, *UNITS])
def test_a_number_is_fitted_as_what_its_key_takes(path: str) -> None:
    (made,) = fitted_parameters(SCENARIO, {path: {"uniform": UNITS.get(path) or prior(path)}})
    values = [made.written(share) for share in (0.13, 0.37, 0.61, 0.89)]
    assert len(set(map(str, values))) == 4
    for value in values:
        there = standing(explicit(vary(SCENARIO, {path: value})), path)
        assert float(there) == value if isinstance(value, float) else str(there) == str(value)
    assert made.is_whole == (path in WHOLE) == takes_whole(Scenario, path.split("."))
    assert all(isinstance(value, int) for value in values) == (path in WHOLE)


@pytest.mark.parametrize("path", [*WHOLE, *FRACTIONS])
def test_a_number_is_sampled_as_what_its_key_takes(path: str) -> None:
    scenario = replace(SCENARIO, uncertainties={path: {"uniform": prior(path)}})
    values = [point[path] for point in points(scenario, {}, 8, "sobol", 1)]
    assert all(isinstance(value, int) for value in values) == (path in WHOLE)
    assert len(set(values)) > 2
    for value in values:  # with as many digits as may stand there
        assert float(standing(explicit(vary(SCENARIO, {path: value})), path)) == value


def numbers(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every number of a scenario, by its path."""
    if isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from numbers(getattr(part, name), (*path, field.alias or name))
    elif isinstance(part, dict):
        for key, below in part.items():
            yield from numbers(below, (*path, str(key)))
    elif isinstance(part, list | tuple):
        for index, below in enumerate(part):
            name = getattr(below, "stage", None) or getattr(below, "name", None) or str(index)
            yield from numbers(below, (*path, name))
    elif isinstance(part, int | float | Duration | Money | Rate) and not isinstance(part, bool):
        yield path, part


def key(path: tuple[str, ...]) -> str:
    """The last words of a path, by which its kind is known."""
    return ".".join(path[-2:]) if path[-1] in ("above", "below") else path[-1]


def test_no_kind_of_number_is_left_out() -> None:
    written = {key(tuple(path.split("."))) for path in [*WHOLE, *FRACTIONS, *UNITS]}
    stated = {key(path) for path, _ in numbers(SCENARIO)} - {"exportsim"}
    # Another entry of the same list is fitted; no path names a quantile; chances are parts of a sum that is 1.
    assert stated - written <= {"0", "1", "2", "0.1", "0.9", "2016-01-01", "chance"}
    from exportsim.scenario import page_controls, schema

    not_played = (Scenario, schema.Expectation, page_controls.PageControl, schema.TiedDraw)
    fields = {
        field.alias or name
        for part in vars(schema).values()
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in not_played
        for name, field in part.model_fields.items()
        if any(kind in str(field.annotation) for kind in ("int", "float", "Duration", "Money", "Rate"))
    }
    assert fields - {name for path, _ in numbers(SCENARIO) for name in path} <= {"where", "stages"}


def test_nothing_is_announced_that_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record without times never needs what counts working days, so nothing may wait for it."""
    from exportsim.engine.compiled.loop import play_steps
    from exportsim.playing import compilation as ready
    from exportsim.playing.settings import settings_of
    from exportsim.study.calibration.trials import Trials

    told: list[str] = []
    monkeypatch.setattr(ready, "is_kept", lambda function: function is play_steps)
    settings = settings_of({"futures": 1, "announce": told.append})
    trials = Trials(SCENARIO, "strict", OBSERVED, [], settings, most=1)
    trials.simulated(np.empty(0))
    assert told == []
    monkeypatch.setattr(ready, "is_kept", lambda function: False)
    trials.simulated(np.empty(0))
    assert told == ["compiling the engine, once: about 30 seconds"]


@pytest.mark.long
def test_best_values_lie_within_their_intervals() -> None:
    """A record that draws a probability to the end of its prior: the top is that end."""
    text = WORLD[: WORLD.index("incidents:")] + "policies: {as-before: {}}\n"
    found = xs.calibrate(
        xs.loads(text), RECORD, {"authorities.office.approval": {"uniform": [0.2, 0.95]}}, trials=24, futures=20
    ).estimates.iloc[0]
    assert found["low"] <= found["estimate"] <= found["high"]
    assert found["estimate"] == pytest.approx(0.95, abs=1e-3)
    assert np.isfinite(found["width"]) and found["low"] > 0.5
