"""A cell is possible only if an order can be in it: for compiler, engines, invariants and whoever counts cells."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import exportsim as xs
from exportsim import testing
from exportsim.compile import compile_plan, scope_mask
from exportsim.engine import ENGINES
from exportsim.invariants import check
from exportsim.invariants.ledger_reading import Cell, LedgerReading
from exportsim.plan import Plan
from exportsim.rules import programme_of
from exportsim.scenario import build
from exportsim.scenario.schema import Scenario, Scope

REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)
BELOW_ONE = 1 - 2**-53  # the greatest number that is drawn
LATER = {"qualification": {"starts": "disruption", "time": "5d"}}


def world(line: dict[str, Any], measures: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    """One office that licenses a source of a line for abroad, and one that the line turns to once it is disrupted."""
    usual = {
        "buyer": "b", "destination": "TR", "goods": "g", "orders": "20/y", "value": 100,
        "sources": {"s": {}, "q": LATER}, "trust": {"loss": {"hold": 1}},
    }  # fmt: skip
    return {
        "exportsim": 1,
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "currency": "EUR",
        "goods": {"g": {}},
        "authorities": {"o": {"country": "CA"}},
        "suppliers": {
            "s": {"country": "CA", "authority": "o", "slots": 1, "lead_time": "1d"},
            "q": {"country": "TR", "slots": 1, "lead_time": "1d"},
        },
        "demand": {"l": usual | line},
        "policies": {"none": {"measures": []}, "p": {"measures": measures}},
    } | parts


def hold(*programmes: str, on: str = "2024-01-05") -> list[dict[str, Any]]:
    return [{"on": on, "applications": "hold", "programmes": list(programmes)}]


def named(plan: Plan, line: str) -> set[Cell]:
    """The cells of a line in the plan, by their names."""
    names, lines = plan.names, plan.lines
    number = names.lines.index(line)
    at = {
        int(place): (names.destinations[destination], names.goods[goods])
        for place, destination, goods in zip(lines.place, lines.destination, lines.goods, strict=True)
    }
    return {
        Cell(
            names.authorities[plan.cell_authority[cell]],
            *at[int(plan.cell_place[cell])],
            names.programmes[plan.cell_programme[cell]],
        )
        for cell in np.flatnonzero(plan.line_cell[number])
    }


def programmes(scenario: Scenario, line: str = "l") -> set[str]:
    return {cell.programme for cell in named(compile_plan(scenario), line)}


# ------------------------------------------------------------------ by chance


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_in_whatever_order_chances_stand_they_add_up_to_one(order: tuple[str, ...]) -> None:
    """0.7 + 0.2 + 0.1 is less than 1 in binary, 0.1 + 0.2 + 0.7 is not."""
    chances = {"a": 0.7, "b": 0.2, "c": 0.1}
    scenario = build(world({"programmes": {name: chances[name] for name in order}}, hold("none")))
    assert programmes(scenario) == {"a", "b", "c"}
    result = xs.run(scenario, futures=5, seed=1)
    assert result.untouched == {"none": 1.0, "p": 1.0}
    assert not result.compare()["mean"].dropna().any()


def test_ten_tenths_are_one_whatever_python_adds_them_up_to() -> None:
    scenario = build(world({"programmes": {f"p{number}": 0.1 for number in range(10)}}, hold("none")))
    assert programmes(scenario) == {f"p{number}" for number in range(10)}
    assert xs.run(scenario, futures=3, seed=1).untouched["p"] == 1


@pytest.mark.parametrize(
    ("chances", "possible"),
    [
        ({}, {"none"}),
        ({"a": 0}, {"none"}),
        ({"a": 0.5}, {"a", "none"}),
        ({"a": 1, "b": 0}, {"a"}),
        ({"a": 0.333333333, "b": 0.333333333, "c": 0.333333333}, {"a", "b", "c"}),  # as near to 1 as a check asks
        ({"a": 0.5, "b": 0.499999999}, {"a", "b"}),  # in binary, they are a little further from it
        ({"a": 0.33333333, "b": 0.33333333, "c": 0.33333333}, {"a", "b", "c", "none"}),
        ({"a": 1, "b": 1e-10}, {"a", "b"}),
    ],
)
def test_what_is_possible_is_what_the_chances_say(chances: dict[str, float], possible: set[str]) -> None:
    scenario = build(world({"programmes": chances}, []))
    assert programmes(scenario) == possible


@pytest.mark.parametrize("count", range(1, 60))
def test_what_is_impossible_is_never_drawn(count: int) -> None:
    """The last of so many equal shares ends at 1 itself, not a little below."""
    share = round(1 / count, 12)
    chances = {f"p{number:02d}": share for number in range(count)} | {"zero": 0.0}
    plan = compile_plan(build(world({"programmes": chances}, [])))
    cumulated = plan.lines.programme[0]
    drawn = plan.names.programmes[programme_of(cumulated, BELOW_ONE)]
    assert drawn == f"p{count - 1:02d}"
    assert cumulated == pytest.approx(np.minimum(np.arange(1, count + 2) / count, 1), abs=1e-9)


def test_a_programme_is_drawn_alike_whatever_other_lines_have() -> None:
    line = {"programmes": {"a": 0.5, "b": 0.5}}
    alone = world(line, [])
    other = alone["demand"]["l"] | {"programmes": {"b": 0.2, "a": 0.3}}
    beside = world(line, []) | {"demand": {"other": other, "l": alone["demand"]["l"]}}
    one, two = (xs.simulate(build(each), policy="none").frame() for each in (alone, beside))
    one, two = (frame.query("line == 'l' and fact == 'ordered'") for frame in (one, two))
    assert {"a", "b"} == set(one.detail)
    assert one.detail.tolist() == two.detail.tolist()


def test_a_line_that_never_orders_is_in_no_cell() -> None:
    """Else a measure on its cells alone would disrupt it, and let its sources qualify and open their slots."""
    for orders in ("0/y", {"2024-01-01": "0/y", "2024-06-01": "0/y"}):
        assert programmes(build(world({"orders": orders}, []))) == set()
    assert programmes(build(world({"orders": {"2024-01-01": "0/y", "2024-12-31": "1/y"}}, []))) == {"none"}


# ------------------------------------------------------------------ by a register


def registered(folder: Path, rows: str, line: dict[str, Any], measures: list[dict[str, Any]]) -> dict[str, Any]:
    (folder / "r.csv").write_text("date,value,programme\n" + rows, encoding="utf-8")
    orders = {"register": "r.csv", "date": "date", "value": "value", "programme": "programme"}
    made = world({"orders": orders} | line, measures)
    made["demand"]["other"] = made["demand"]["l"] | {"orders": "3/y", "programmes": {"jsf": 1}}
    made["demand"]["other"]["destination"] = "PL"
    return made


@pytest.mark.parametrize(
    ("rows", "possible"),
    [
        ("2024-01-20,100,nato\n", {"nato"}),
        ("2024-01-20,100,nato\n2024-02-01,5,\n", {"nato", "none"}),
        ("2024-01-20,100,\n2024-02-01,5,none\n", {"none"}),
        ("2023-12-31,100,nato\n2024-02-01,5,\n2025-01-01,5,nato\n", {"none"}),  # outside the run
        ("2025-01-01,5,nato\n", set()),
    ],
)
def test_of_a_register_those_are_possible_that_its_records_have(tmp_path: Path, rows: str, possible: set[str]) -> None:
    scenario = build(registered(tmp_path, rows, {"programmes": {"nato": 0.5, "unused": 0.5}}, []), folder=tmp_path)
    assert programmes(scenario) == possible


def test_without_a_column_of_programmes_a_register_draws_them(tmp_path: Path) -> None:
    made = registered(tmp_path, "2024-01-20,100,\n", {"programmes": {"nato": 1}}, hold("none"))
    del made["demand"]["l"]["orders"]["programme"]
    assert programmes(build(made, folder=tmp_path)) == {"nato"}


@pytest.mark.parametrize("held", ["none", "jsf", "unused"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_measure_on_programmes_that_a_register_has_not_does_nothing(tmp_path: Path, held: str, engine: str) -> None:
    rows = "".join(f"2024-{month:02d}-{day:02d},100,nato\n" for month in range(1, 13) for day in (3, 9, 27))
    line = {"programmes": {"nato": 0.5, "unused": 0.5}}
    scenario = build(registered(tmp_path, rows, line, hold(held)), folder=tmp_path)
    free, played = (xs.simulate(scenario, policy=policy, engine=engine) for policy in ("none", "p"))
    without, under = (each.frame().query("line == 'l'").reset_index(drop=True) for each in (free, played))
    assert len(without) > 36
    assert without.equals(under)
    check(played, scenario)


def test_a_programme_that_only_another_line_declares_is_a_fault_with_its_row(tmp_path: Path) -> None:
    made = registered(tmp_path, "2024-01-20,100,nato\n2024-02-01,5,jsf\n", {"programmes": {"nato": 0.5}}, [])
    with pytest.raises(xs.ScenarioError) as caught:
        build(made, folder=tmp_path)
    (fault,) = caught.value.faults
    assert (Path(fault.file).name, fault.line, fault.column) == ("r.csv", 3, 3)
    assert fault.message == "row 2: unknown programme `jsf` in `programme`, expected `nato`"


def test_programmes_that_are_wrong_in_themselves_bring_no_second_fault(tmp_path: Path) -> None:
    made = registered(tmp_path, "2024-01-20,100,nato\n", {"programmes": {"nato": 2}}, [])
    with pytest.raises(xs.ScenarioError) as caught:
        build(made, folder=tmp_path)
    assert [fault.path for fault in caught.value.faults] == ["demand.l.programmes.nato"]


# ------------------------------------------------------------------ by authority


def three_offices() -> dict[str, Any]:
    """Office `a` licenses a source of line `l`, office `b` one of line `o`, office `c` only for its own country."""
    made = world({"sources": {"s": {}, "t": {}}, "trust": {"loss": {"hold": 0.9}}, "orders": "50/y"}, [])
    made["authorities"] = {"a": {"country": "CA"}, "b": {"country": "DE"}, "c": {"country": "TR"}}
    made["suppliers"] = {
        "s": {"country": "CA", "authority": "a", "slots": 1, "lead_time": "1d"},
        "t": {"country": "TR", "authority": "c", "slots": 1, "lead_time": "1d"},
        "u": {"country": "DE", "authority": "b", "slots": 1, "lead_time": "1d"},
    }
    made["demand"]["o"] = made["demand"]["l"] | {"sources": {"u": {}}, "orders": "5/y"}
    return made


def held_by(*steps: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"name": f"{regime}-{office}", "on": day, "applications": regime, "authorities": [office]}
        for day, regime, office in steps
    ]


def test_only_who_licenses_a_source_for_abroad_has_cells() -> None:
    plan = compile_plan(build(three_offices()))
    assert named(plan, "l") == {Cell("a", "TR", "g", "none")}
    assert named(plan, "o") == {Cell("b", "TR", "g", "none")}
    assert not scope_mask(plan, Scope(authorities=["c"])).any()


def test_lost_trust_is_not_traced_to_an_office_that_licenses_no_source_of_the_line() -> None:
    made = three_offices()
    steps = held_by(("2024-03-05", "hold", "a"), ("2024-03-06", "open", "a"), ("2024-03-20", "hold", "b"))
    made["policies"]["p"]["measures"] = steps
    scenario = build(made)
    chosen = []
    for policy in ("none", "p"):
        frame = xs.simulate(scenario, policy=policy).frame().query("fact == 'sourced' and line == 'l'")
        chosen.append({int(row.order): (row.minute, row.supplier) for row in frame.itertuples()})
    last = 80 * 1440  # after all measures
    order = next(n for n, (_, supplier) in chosen[0].items() if supplier != chosen[1][n][1] and chosen[1][n][0] > last)
    told = str(xs.trace(scenario, "p", f"l/{order}", reference="none"))
    assert "after measure 'hold-a' of 5 March 2024 under “p”" in " ".join(told.split())
    assert "hold-b" not in told.split("Under p\n")[0]


def test_a_stop_where_no_order_can_be_is_no_restriction() -> None:
    made = three_offices()
    made["policies"]["p"]["measures"] = held_by(("2024-03-05", "hold", "c"), ("2024-06-05", "open", "c"))
    result = xs.run(build(made), futures=5, seed=1)
    assert result.untouched["p"] == 1
    found = result.hysteresis("p").set_index("figure")["mean"]
    assert found["restricted"] == 0
    assert np.isnan(found["lifted"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("office", "tried"), [("b", True), ("c", False)])
def test_a_change_where_no_order_can_be_wakes_nobody(tmp_path: Path, engine: str, office: str, tried: bool) -> None:
    """Trust is gone in the minute of the suspension and has returned by the second measure."""
    made = three_offices()
    (tmp_path / "r.csv").write_text("date,value\n2024-01-05,100\n", encoding="utf-8")
    made["demand"]["l"] |= {
        "orders": {"register": "r.csv", "date": "date", "value": "value"},
        "sources": {"s": {}},
        "trust": {"loss": {"suspend": 1}, "half_life": "10d"},
    }
    stop = {"name": "stop", "on": "2024-01-05", "permits": "suspended", "authorities": ["a"]}
    made["policies"]["p"]["measures"] = [stop, *held_by(("2024-02-01", "hold", office))]
    scenario = build(made, folder=tmp_path)
    ledger = xs.simulate(scenario, policy="p", engine=engine)
    sourced = ledger.frame().query("fact == 'sourced' and line == 'l'")
    assert sourced.minute.tolist() == ([31 * 1440] if tried else [])
    check(ledger, scenario)


# ------------------------------------------------------------------ of any scenario


@given(testing.scenarios(folder=REGISTERS))
def test_the_plan_and_the_invariants_name_the_same_cells(scenario: Scenario) -> None:
    record = LedgerReading(xs.simulate(scenario, policy=next(iter(scenario.policies))), scenario)
    plan = compile_plan(scenario)
    for number, line in enumerate(scenario.demand):
        assert named(plan, line) == record.cells_of_line(number)
