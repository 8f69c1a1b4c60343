"""Playing every policy against the same futures."""

from __future__ import annotations

import json
import math
import pickle
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportsim
from exportsim import ExportsimError, Result, Scenario, engine, testing
from exportsim.analysis.counting_tables import months
from exportsim.analysis.outcomes import measure
from exportsim.analysis.series import frame
from exportsim.compile import compile_plan
from exportsim.ledger import Ledger
from exportsim.plan import Plan
from worlds import two_sources

WORLD = two_sources(
    period={"start": "2020-01-15", "end": "2021-12-10", "warm_up": "1y"},
    authorities__gac={
        "country": "CA", "service_standard": "20bd", "validity": "1y", "approval": 0.9,
        "review": [{"stage": "desk", "officers": 1, "work": {"uniform": ["1d", "20d"]}}],
        "case_by_case": {"approval": 0.5, "review": [{"stage": "minister", "officers": 1, "work": "10d"}]},
        "traffic": {"applications": "12/y"},
    },
    suppliers__north__lead_time={"uniform": ["10d", "60d"]},
    suppliers__south={"country": "ZA", "slots": 1, "lead_time": "40d", "price": 1.2},
    suppliers__home={"country": "TR", "slots": 2, "lead_time": "30d", "ramp_up": "90d"},
    demand__line__parts=3,
    demand__line__programmes={"nato": 0.2},
    demand__line__sources={
        "north": {"weight": 5},
        "south": {"qualification": {"starts": "2020-10-15", "time": "30d"}},
        "home": {"weight": 3, "qualification": {"starts": "disruption", "time": "120d"}},
    },
    demand__line__patience={"review": "120d", "suspension": "60d", "unserved": "90d"},
    demand__line__trust={"loss": {"hold": 0.5, "suspend": 0.5}, "half_life": "1y"},
    policies={
        "free": {"measures": []},
        "strict": {
            "measures": [
                {"on": "2020-06-01", "applications": "hold", "permits": "suspended"},
                {"on": "2020-10-01", "applications": "open", "permits": "in_force"},
                {"on": "2021-03-01", "applications": "case_by_case"},
                {"on": "2021-06-01", "cancel": "all", "applications": "deny"},
            ]
        },
        "idle": {"measures": []},
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return exportsim.build(WORLD)


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    return exportsim.run(scenario, futures=4, seed=0, keep_series=True, keep_ledgers=True)


def test_every_policy_is_played_in_every_future(result: Result) -> None:
    assert result.policies == ("free", "strict", "idle")
    assert list(result.outcomes.index) == [(policy, future) for policy in result.policies for future in range(4)]
    assert (result.futures, result.interrupted) == (4, False)


def test_the_same_seed_gives_the_same_result(scenario: Scenario, result: Result) -> None:
    again = exportsim.run(scenario, futures=4, seed=0, keep_series=True)
    pd.testing.assert_frame_equal(again.outcomes, result.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(again.series(by_future=True), result.series(by_future=True), check_exact=True)


def test_seed_zero_is_a_seed(scenario: Scenario, result: Result) -> None:
    assert result.provenance["seed"] == 0
    other = exportsim.run(scenario, futures=4, seed=1)
    assert not other.outcomes.equals(result.outcomes)


def test_more_futures_leave_the_earlier_ones_as_they_were(scenario: Scenario, result: Result) -> None:
    fewer = exportsim.run(scenario, futures=2, seed=0, policies=["strict"])
    pd.testing.assert_frame_equal(fewer.outcomes, result.outcomes.loc[fewer.outcomes.index], check_exact=True)


def test_a_policy_that_does_nothing_differs_by_nothing(result: Result) -> None:
    differences = result.compare().loc["idle"]
    defined = differences[differences["n"] > 1]
    assert (defined[["mean", "low", "high", "sd"]] == 0).all(axis=None)


def test_the_reference_is_always_played(scenario: Scenario) -> None:
    assert exportsim.run(scenario, futures=1, policies=["idle"]).policies == ("free", "idle")


def test_any_policy_played_may_be_the_reference(result: Result) -> None:
    one, other = result.compare().loc[("strict", "exports")], result.compare("strict").loc[("free", "exports")]
    assert one["mean"] == -other["mean"]
    with pytest.raises(ExportsimError, match="unknown policy `stict`; did you mean `strict`"):
        result.compare("stict")


def test_an_unknown_policy_is_refused_before_anything_is_played(scenario: Scenario) -> None:
    with pytest.raises(ExportsimError, match="did you mean `strict`"):
        exportsim.run(scenario, policies=["strickt"])
    with pytest.raises(ExportsimError, match="unknown policy `zzz`; expected one of `free`, `strict`, `idle`"):
        exportsim.simulate(scenario, "zzz")


@pytest.mark.parametrize("wrong", [-1, 2**32, 1.5, "1", True, None])
def test_a_seed_is_a_whole_number_of_thirty_two_bits(scenario: Scenario, wrong: Any) -> None:
    with pytest.raises(ExportsimError, match=r"seed: found .*, expected a whole number from 0 to 4294967295"):
        exportsim.run(scenario, futures=1, seed=wrong)
    with pytest.raises(ExportsimError, match="future: found"):
        exportsim.simulate(scenario, "free", future=wrong)


def test_no_futures_are_refused(scenario: Scenario) -> None:
    with pytest.raises(ExportsimError, match="futures: found 0, expected a whole number from 1"):
        exportsim.run(scenario, futures=0)


def test_an_unknown_engine_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ExportsimError, match="unknown engine `refrence`; did you mean `reference`"):
        exportsim.run(scenario, engine="refrence")


def test_numpy_integers_are_whole_numbers(scenario: Scenario) -> None:
    assert exportsim.simulate(scenario, "free", future=np.int64(3)).future == 3


def test_simulate_plays_what_run_played(scenario: Scenario, result: Result) -> None:
    assert exportsim.simulate(scenario, "strict", future=2, seed=0) == result.ledgers["strict", 2]


def test_ledgers_are_kept_only_if_asked_for(scenario: Scenario, result: Result) -> None:
    assert len(result.ledgers) == 12
    assert not exportsim.run(scenario, futures=1).ledgers


def test_a_result_cannot_be_changed(result: Result) -> None:
    with pytest.raises(AttributeError):
        result.futures = 7  # type: ignore[misc]
    with pytest.raises(TypeError):
        result.plays["free", 0]["exports"] = 0.0  # type: ignore[index]
    before = result.summary()
    mine = result.outcomes
    mine["exports"] = 0.0
    pd.testing.assert_frame_equal(result.summary(), before)


def test_a_result_can_be_pickled_and_stays_read_only(result: Result) -> None:
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.summary(), result.summary(), check_exact=True)
    assert again.ledgers == result.ledgers and again.provenance == result.provenance
    with pytest.raises(TypeError):
        again.plays["free", 0] = {}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(testing.scenarios(), st.integers(0, 3))
def test_money_is_conserved_in_any_world(scenario: Scenario, seed: int) -> None:
    plan = compile_plan(scenario)
    for policy in scenario.policies:
        ledger = exportsim.simulate(scenario, policy, seed=seed, engine="compiled")
        found = measure(ledger, plan)
        cents = {name: round(100 * value) for name, value in found.outcomes.items() if not math.isnan(value)}
        assert cents["ordered"] + cents["open_at_start"] == cents["delivered"] + cents["lost"] + cents["pending"]
        assert cents["exports"] + cents["elsewhere"] == cents["delivered"]
        for whole, part, names in (
            ("delivered", "delivered", scenario.suppliers),
            ("exports", "exports", scenario.authorities),
            ("delivered", "received", {line.destination for line in scenario.demand.values()}),
        ):
            assert sum(cents[f"{part}/{name}"] for name in names) == cents[whole]
        table = frame(found.series, plan)
        assert round(100 * table["delivered_value"].sum()) == cents["delivered"]
        stocks = replayed(ledger, plan)
        for stock in ("in_review", "returned", "held", "in_force", "suspended", "unserved", "open"):
            assert table[stock].sum() == sum(n for n, _ in stocks[stock].values()), stock


# Series


def test_series_are_the_same_kept_or_only_added_up(scenario: Scenario, result: Result) -> None:
    lean = exportsim.run(scenario, futures=4, seed=0)
    pd.testing.assert_frame_equal(lean.series(), result.series(), check_exact=True)
    with pytest.raises(ExportsimError, match="keep_series=True"):
        lean.series(by_future=True)


def test_the_mean_series_is_the_mean_of_the_futures(result: Result) -> None:
    by_future = result.series(by_future=True)
    keys = ["policy", "month", "line", "supplier", "programme"]
    means = by_future.groupby(keys, observed=True)[["delivered_value", "open_value", "held"]].sum() / 4
    mean = result.series().set_index(keys)[means.columns].loc[means.index]
    np.testing.assert_allclose(mean.to_numpy(), means.to_numpy(), rtol=1e-12)


def test_the_series_add_up_to_the_outcomes(result: Result) -> None:
    series = result.series(by_future=True)
    sums = series.groupby(["policy", "future"], observed=True)[["delivered_value", "lost_value", "ordered_value"]].sum()
    for name in ("delivered", "lost", "ordered"):
        expected = result.outcomes[name]
        np.testing.assert_allclose(sums[f"{name}_value"].loc[expected.index], expected, rtol=1e-12)
    last = series[series["month"] == "2021-12-01"].groupby(["policy", "future"], observed=True)["open_value"].sum()
    pending = result.outcomes["pending"]
    np.testing.assert_allclose(last.reindex(pending.index, fill_value=0.0), pending, rtol=1e-12)


def test_money_is_conserved_in_every_play(result: Result) -> None:
    cents = (
        (result.outcomes[["ordered", "open_at_start", "delivered", "lost", "pending"]] * 100).round().astype("int64")
    )
    assert (cents["ordered"] + cents["open_at_start"] == cents["delivered"] + cents["lost"] + cents["pending"]).all()
    assert (cents[["ordered", "open_at_start", "delivered", "pending"]] > 0).all(axis=None)


def replayed(ledger: Ledger, plan: Plan) -> dict[str, dict[tuple[str, str], tuple[int, int]]]:
    """Month-end stocks by replaying the ledger row by row: by stock, (month, supplier) to number and cents."""
    labels, ends = months(plan)
    rows = ledger.frame()
    state: dict[tuple[str, int], tuple[str, str]] = {}
    still_open: Counter[tuple[str, int]] = Counter()
    stocks: dict[str, dict[tuple[str, str], tuple[int, int]]] = defaultdict(dict)
    becomes = {"applied": "in_review", "referred": "in_review", "held": "held", "suspended": "suspended"}
    becomes |= {"returned": "returned", "answered": "in_review"}
    becomes |= {"reinstated": "in_force", "approved": "in_force", "unserved": "unserved"}
    upcoming = 0

    def take_stock(month: int) -> None:
        for order, (kind, supplier) in state.items():
            if still_open[order]:
                for name in {kind, "open"} - {""}:
                    n, cents = stocks[name].get((f"{labels[month]:%Y-%m}", supplier), (0, 0))
                    stocks[name][f"{labels[month]:%Y-%m}", supplier] = (n + 1, cents + still_open[order])

    for fact in rows[(rows["line"] != "") & rows["order"].notna()].itertuples():
        while fact.minute >= ends[upcoming]:
            take_stock(upcoming)
            upcoming += 1
        order = (fact.line, fact.order)
        if fact.fact == "ordered":
            still_open[order], state[order] = fact.cents, ("", "")
        elif fact.fact == "delivered":
            still_open[order] -= fact.cents
        elif fact.fact == "lost":
            still_open[order] = 0
        elif fact.fact in ("denied", "withdrawn", "cancelled", "expired"):
            state[order] = ("", "")
        elif fact.fact == "sourced":
            state[order] = ("", fact.supplier)
        elif fact.fact in becomes:
            state[order] = (becomes[fact.fact], "" if fact.fact == "unserved" else fact.supplier)
    for month in range(upcoming, len(ends)):
        take_stock(month)
    return stocks


@pytest.mark.parametrize("policy", ["free", "strict"])
def test_stocks_are_what_a_replay_of_the_ledger_finds(result: Result, policy: str) -> None:
    seen = set()
    for future in range(4):
        expected = replayed(result.ledgers[policy, future], result.plan)
        series = result.series_of(policy, future)
        for stock in ("in_review", "returned", "held", "in_force", "suspended", "unserved", "open"):
            rows = (
                series[series[stock] > 0].groupby(["month", "supplier"], observed=True)[[stock, f"{stock}_value"]].sum()
            )
            found = {
                (f"{month:%Y-%m}", supplier): (int(n), round(value * 100))
                for (month, supplier), (n, value) in zip(rows.index, rows.to_numpy(), strict=True)
            }
            assert found == expected[stock], stock
            seen |= {stock} if found else set()
    assert policy == "free" or seen == {"in_review", "held", "in_force", "suspended", "unserved", "open"}


# Provenance


def test_provenance_tells_all_that_is_needed_to_play_it_again(result: Result, scenario: Scenario) -> None:
    origin = json.loads(json.dumps(dict(result.provenance)))
    assert origin["exportsim"] == exportsim.__version__
    assert origin["scenario"] == exportsim.scenario.digest(scenario)
    assert (origin["futures"], origin["policies"], origin["engine"]) == (4, ["free", "strict", "idle"], "compiled")
    assert {"numpy", "simpy", "numba", "pandas", "holidays", "scipy"} <= origin["libraries"].keys()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", origin["started"])


def test_provenance_names_no_machine_and_no_path(result: Result) -> None:
    import getpass
    import socket

    text = json.dumps(dict(result.provenance))
    assert socket.gethostname() not in text
    assert str(Path.cwd()) not in text and str(Path.home()) + "/" not in text
    assert f'"{getpass.getuser()}"' not in text


def test_rules_and_observers_reach_the_engine(monkeypatch: pytest.MonkeyPatch, scenario: Scenario) -> None:
    given: dict[str, Any] = {}

    def simulate(plan: Plan, policy: int, **options: Any) -> str:
        given.update(options, policy=policy)
        return "ledger"

    monkeypatch.setattr(engine, "simulate", simulate)
    observer, rule = object(), object()
    assert exportsim.simulate(scenario, "strict", observers=[observer], rules=[rule]) == "ledger"  # type: ignore[list-item, comparison-overlap]
    assert (given["observers"], given["rules"], given["policy"]) == ([observer], [rule], 1)
    assert (given["seed"], given["future"]) == (1, 0)
