"""The account: it adds up, by whatever it is told apart and as it is printed, and is what the ledgers say."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportsim
from exportsim import ExportsimError, Result, Scenario, testing
from exportsim.analysis.account import AFTER, BEFORE, COLUMNS, authorities_reached
from exportsim.analysis.counting_tables import licensing
from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.digits import rounded
from exportsim.ledger import Ledger, Row
from exportsim.lifecycle import Fact
from exportsim.outcomes import BY
from exportsim.report.policy_account import account_of
from exportsim.scenario import build, load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
DAY = 1440
NORTH, EAST, SOUTH, NOBODY = 0, 1, 2, -1
NAMES = ["open_at_start", "ordered", "exports", "elsewhere", "lost", "pending"]


def cents(table: pd.DataFrame, futures: int = 1) -> pd.DataFrame:
    """The sums of which these are the means."""
    return (table * 100 * futures).round().astype("int64")


def assert_adds_up(table: pd.DataFrame, futures: int = 1) -> None:
    assert list(table.columns) == NAMES == list(COLUMNS)
    sums = cents(table, futures)
    np.testing.assert_array_equal(sums[list(BEFORE)].sum(axis=1), sums[list(AFTER)].sum(axis=1))


# By hand


def world() -> dict[str, Any]:
    """North is licensed by gac, east by ddtc, south by nobody."""
    review = [{"stage": "desk", "officers": 1, "work": "5d"}]
    sources: dict[str, Any] = {"north": {}, "east": {}, "south": {}}
    return {
        "exportsim": 1,
        "period": {"start": "2020-01-01", "end": "2021-12-31", "warm_up": "90d"},
        "currency": "CAD",
        "goods": {"sensors": {"title": "Sensors & <sights>"}},
        "authorities": {"gac": {"country": "CA", "review": review}, "ddtc": {"country": "US", "review": review}},
        "suppliers": {
            "north": {"title": "Northern", "country": "CA", "authority": "gac", "slots": 9, "lead_time": "30d"},
            "east": {"country": "US", "authority": "ddtc", "slots": 9, "lead_time": "30d"},
            "south": {"country": "ZA", "slots": 9, "lead_time": "30d"},
        },
        "demand": {"line": {"buyer": "b", "destination": "TR", "goods": "sensors", "orders": "2/y", "value": 900,
                            "sources": sources}},
        "policies": {
            "free": {"title": "Nothing done", "measures": []},
            "stop": {"title": "Stopped", "measures": [{"on": "2020-02-01", "applications": "deny",
                                                       "authorities": ["gac"]}]},
        },
        "reference": "free",
    }  # fmt: skip


def row(day: int, fact: Fact, order: int, supplier: int, value: int, detail: int = 0) -> Row:
    return (day * DAY, fact, 0, order, 0 if fact == Fact.ORDERED else 1, supplier, detail, value)


#: 2020 has 366 days. Order 1 is half delivered in the warm-up; 2 is delivered by east in 2021, 4 never.
COMMON = [
    row(-20, Fact.ORDERED, 1, NOBODY, 100_000),
    row(-20, Fact.SOURCED, 1, NORTH, 100_000, -1),
    row(-5, Fact.DELIVERED, 1, NORTH, 50_000, 1),
    row(5, Fact.ORDERED, 2, NOBODY, 30_000),
    row(5, Fact.SOURCED, 2, EAST, 30_000, -1),
    row(10, Fact.DELIVERED, 1, NORTH, 50_000, 2),
    row(50, Fact.ORDERED, 3, NOBODY, 20_001),
    row(360, Fact.ORDERED, 4, NOBODY, 5_000),
    row(400, Fact.DELIVERED, 2, EAST, 30_000, 1),
]
#: Order 3 is lost in 2020 if nothing is done, else delivered by south in 2021.
STORIES = {
    "free": [*COMMON, row(130, Fact.LOST, 3, NOBODY, 20_001, 3)],
    "stop": [*COMMON, row(140, Fact.SOURCED, 3, SOUTH, 20_001, -1), row(380, Fact.DELIVERED, 3, SOUTH, 20_001, 1)],
}


@pytest.fixture(scope="module")
def told() -> Result:
    """A result with these ledgers."""
    result = exportsim.run(build(world()), futures=1, keep_ledgers=True)
    plan = result.plan
    ledgers = {
        (policy, 0): Ledger.of(
            sorted(story, key=lambda entry: entry[0]), names=plan.names, origin=plan.origin, policy=number, seed=1,
            future=0,
        )
        for number, (policy, story) in enumerate(STORIES.items())
    }  # fmt: skip
    measured = {policy: measure(ledgers[policy, 0], plan) for policy in STORIES}
    values = np.array([[list(found.outcomes.values())] for found in measured.values()])
    totals = {policy: found.series for policy, found in measured.items()}
    return replace(result, ledgers=ledgers, values=values, totals=totals)


def test_the_account_of_a_story(told: Result) -> None:
    found = told.account()
    assert list(found.columns) == NAMES and found.index.name == "policy"
    assert found.loc["free"].tolist() == [500.00, 550.01, 800.00, 0.00, 200.01, 50.00]
    assert found.loc["stop"].tolist() == [500.00, 550.01, 800.00, 200.01, 0.00, 50.00]


def test_the_differences_of_a_story_are_what_moved_and_add_up_to_nothing(told: Result) -> None:
    found = told.account("free")
    assert list(found.index) == ["stop"]
    assert found.loc["stop"].tolist() == [0, 0, 0, 200.01, -200.01, 0]
    assert told.account("stop").loc["free"].tolist() == [0, 0, 0, -200.01, 200.01, 0]


def test_exports_of_some_authorities_leave_those_of_others_elsewhere(told: Result) -> None:
    assert told.account(authorities=["gac"]).loc["free", ["exports", "elsewhere"]].tolist() == [500.00, 300.00]
    assert told.account(authorities=["ddtc"]).loc["stop", ["exports", "elsewhere"]].tolist() == [300.00, 700.01]
    assert told.account(authorities=[]).loc["stop", ["exports", "elsewhere"]].tolist() == [0.00, 1000.01]
    by = told.account(by=["supplier"], authorities=["gac"])
    assert list(by.columns) == ["exports", "elsewhere"]
    assert by.loc["stop"].to_numpy().tolist() == [[500.00, 0.00], [0.00, 300.00], [0.00, 200.01]]
    authority = told.account(by=["authority"], authorities=["gac"]).loc["stop"]
    assert authority.index.tolist() == ["gac", "ddtc", ""]
    assert authority.to_numpy().tolist() == [[500.00, 0.00], [0.00, 300.00], [0.00, 200.01]]


def test_by_year_what_is_open_is_open_then(told: Result) -> None:
    found = told.account(by=["year"])
    assert found.index.names == ["policy", "year"]
    assert found.loc[("free", 2020)].tolist() == [500.00, 550.01, 500.00, 0.00, 200.01, 350.00]
    assert found.loc[("free", 2021)].tolist() == [350.00, 0.00, 300.00, 0.00, 0.00, 50.00]
    assert found.loc[("stop", 2020)].tolist() == [500.00, 550.01, 500.00, 0.00, 0.00, 550.01]
    assert found.loc[("stop", 2021)].tolist() == [550.01, 0.00, 300.00, 200.01, 0.00, 50.00]
    assert told.account("free", by=["year"]).loc[("stop", 2021)].tolist() == [200.01, 0, 0, 200.01, 0, 0]


def test_what_was_taken_over_is_that_of_the_fates(told: Result) -> None:
    assert told.taken_over("stop").empty  # it was lost before: nobody's exports
    result = exportsim.run(build(world()), futures=8)
    found, bars = result.taken_over("stop"), result.waterfall("stop").set_index("bar")
    assert list(found.columns) == ["supplier", "mean", "low", "high"] and list(found["supplier"]) == ["south"]
    bar, (_, mean, low, high) = bars.loc["taken_over/south"], found.iloc[0]
    assert mean > 0 and low <= mean <= high
    assert [mean, low, high] == [-bar["mean"], -bar["high"], -bar["low"]]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"reference": "stopp"}, "did you mean `stop`"),
        ({"by": ["yaer"]}, "did you mean `year`"),
        ({"authorities": ["gca"]}, "did you mean `gac`"),
        ({"authorities": "gac"}, "expected a list of names"),
    ],
)
def test_what_is_not_there_is_said(told: Result, asked: Any, message: str) -> None:
    for method in (told.account, told.table):
        with pytest.raises(ExportsimError, match=message):
            method(**asked)
    with pytest.raises(ExportsimError, match="did you mean `lost`"):
        told.table(outcomes=["lots"])


# Any world


def of_ledgers(result: Result, authorities: list[str] | None) -> dict[tuple[str, int], Counter[str]]:
    """By policy and year, the account counted from the ledgers, row by row; what is open, from what went in and out."""
    plan = result.plan
    exporting = [plan.names.authorities.index(name) for name in authorities or plan.names.authorities]
    license_of = licensing(plan)
    years = range(plan.origin.year, result.scenario.period.end.year + 1)
    starts = [max((datetime(year, 1, 1, tzinfo=plan.origin.tzinfo) - plan.origin).days * DAY, 0) for year in years]
    found: dict[tuple[str, int], Counter[str]] = {}
    for (policy, _), ledger in result.ledgers.items():
        for year, start, end in zip(years, starts, [*starts[1:], plan.end + 1], strict=True):
            account = found.setdefault((policy, year), Counter())
            for minute, fact, line, _, _, supplier, _, amount in ledger.rows():
                sign = {Fact.ORDERED: 1, Fact.DELIVERED: -1, Fact.LOST: -1}.get(Fact(fact), 0)
                if line < 0 or not sign:
                    continue
                account["open_at_start"] += sign * amount * (minute < start)
                account["pending"] += sign * amount * (minute < end)
                if start <= minute < end:
                    kind = Fact(fact).name.lower()
                    if fact == Fact.DELIVERED:
                        kind = "exports" if license_of[line, supplier] in exporting else "elsewhere"
                    account[kind] += amount
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(testing.scenarios(), st.integers(0, 3), st.data())
def test_the_account_of_any_world_adds_up_and_is_what_its_ledgers_say(
    scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    result = exportsim.run(scenario, futures=2, seed=seed, keep_ledgers=True)
    some = data.draw(st.none() | st.lists(st.sampled_from(list(scenario.authorities)), min_size=1, unique=True))
    whole = result.account(authorities=some)
    for by in ([], ["year"], ["destination", "goods"], ["year", "line"]):
        table = result.account(by=by, authorities=some)
        assert_adds_up(table, 2)
        if "year" not in by:
            together = cents(table, 2).groupby(level="policy", sort=False).sum()
            pd.testing.assert_frame_equal(together, cents(whole, 2))
        assert_adds_up(result.account(scenario.reference, by=by, authorities=some), 2)
    by_year = cents(result.account(by=["year"], authorities=some), 2)
    for key, account in of_ledgers(result, some).items():
        assert by_year.loc[key].to_dict() == {name: account[name] for name in NAMES}, key
    for by in ("supplier", "authority"):
        table = cents(result.account(by=[by], authorities=some), 2).groupby(level="policy", sort=False).sum()
        pd.testing.assert_frame_equal(table, cents(whole[["exports", "elsewhere"]], 2))
    measured = data.draw(st.lists(st.sampled_from(BY), min_size=1, unique=True))
    asked = exportsim.run(scenario, futures=2, seed=seed, by=measured)
    for length in range(len(measured) + 1):
        by = measured[:length]
        pd.testing.assert_frame_equal(
            asked.account(by=by, authorities=some), result.account(by=by, authorities=some), check_exact=True
        )


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("**/*.yaml")), ids=lambda path: path.stem)
def test_the_account_of_a_shipped_scenario_adds_up_and_its_differences_to_nothing(path: Path) -> None:
    result = exportsim.run(path, futures=2)
    assert_adds_up(result.account(), 2)
    apart = cents(result.account(result.scenario.reference), 2)
    assert (apart[list(AFTER)].sum(axis=1) == apart[list(BEFORE)].sum(axis=1)).all()
    reached = authorities_reached(result.plan, result.policies)
    assert_adds_up(result.account(authorities=reached), 2)


def test_less_is_lost_under_a_restriction_since_others_serve_whom_the_queue_drove_away() -> None:
    """What docs/outcomes.md says of the founding case; a few orders are lost in a future, so it takes many."""
    founding = exportsim.run(SCENARIOS / "canada-turkiye.yaml", futures=60, policies=["historical", "suspension-only"])
    apart = founding.account("unrestricted")["lost"]
    assert (apart < 0).all()
    fates = founding.fates("historical")
    there, here = (fates[name].astype(str) for name in ("reference_fate", "policy_fate"))
    lost = there.str.startswith("lost/")
    assert set(there[lost]) == {"lost/impatient"}
    served = here.isin(["delivered/aselsan", "delivered/hensoldt"])
    assert fates["cents"][lost & served].sum() > 0.5 * fates["cents"][lost].sum()


# Printed


@given(
    st.lists(st.integers(-(10**12), 10**12) | st.fractions(-1000, 1000) | st.floats(-1e9, 1e9), max_size=8),
    st.sampled_from([1, 7, 0.01, 1e6, Fraction(10**9, 100)]),
)
def test_rounded_values_add_up_and_none_is_off_by_a_unit(values: list[Any], unit: Any) -> None:
    exact, units = [Fraction(value) / Fraction(unit) for value in values], rounded(values, unit=unit)
    assert len(units) == len(values)
    assert abs(sum(units) - sum(exact)) <= Fraction(1, 2)
    for printed, value in zip(units, exact, strict=True):
        assert abs(printed - value) < 1
        assert printed == value or value.denominator != 1  # what is whole stays
    assert rounded(values, sum(map(Fraction, values)), unit) == units


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(1, 10**6))
def test_differences_that_are_nothing_together_are_nothing_in_print(values: list[int], unit: int) -> None:
    assert sum(rounded([*values, -sum(values)], unit=unit)) == 0


def test_the_largest_remainders_are_rounded_up() -> None:
    assert rounded([1.3, 2.4, 3.5, 2.8]) == [1, 2, 4, 3]
    assert rounded([0.5, 0.5]) == [1, 0]  # of equal remainders the first
    assert rounded([-14.2, 51.3, -37.1]) == [-14, 51, -37]
    assert rounded([1_250, 1_250, 500], 3_000, 1_000) == [1, 1, 1]
    assert rounded([]) == [] and rounded([0.0, 0.0]) == [0, 0]
    with pytest.raises(AssertionError, match="do not add up"):
        rounded([1, 1], 9)


def numbers(table: pd.DataFrame) -> np.ndarray:
    """The cells of a table as numbers."""
    return np.array([[float(cell.replace("−", "-").replace(",", "")) for cell in row] for row in table.to_numpy()])


@pytest.fixture(scope="module")
def founding() -> Result:
    return exportsim.run(
        SCENARIOS / "canada-turkiye.yaml", futures=5, policies=["historical", "suspension-only"], keep_ledgers=True
    )


def test_one_figure_is_printed_in_one_way_wherever_it_stands(founding: Result) -> None:
    """In the table of levels, in that of differences from any policy, and in the account under the answer."""
    levels = numbers(founding.table())
    for place, policy in enumerate(founding.policies):
        others = np.arange(len(levels)) != place
        np.testing.assert_array_equal(numbers(founding.table(policy)), levels[others] - levels[place])
    account = account_of(founding)
    step = 10.0**-account.money.decimals
    shown = [[account.level(policy, name) * step for name in NAMES[2:]] for policy in founding.policies]
    np.testing.assert_array_equal(levels[:, 2:], shown)


@pytest.mark.parametrize("by", [[], ["year"], ["goods"], ["goods", "year"]], ids="-".join)
@pytest.mark.parametrize("reference", [None, "unrestricted"])
def test_the_cells_of_a_printed_account_add_up(founding: Result, by: list[str], reference: str | None) -> None:
    table, exact = founding.table(reference, by=by), founding.account(reference, by=by)
    assert list(dict.fromkeys(table.columns.get_level_values(0))) == ["CAD million"]
    assert list(table.columns.get_level_values(1)) == [name.replace("_", " ") for name in NAMES]
    cells = numbers(table)
    assert cells.shape == exact.shape
    np.testing.assert_allclose(cells[:, :2].sum(axis=1), cells[:, 2:].sum(axis=1), atol=1e-9)
    decimals = max(len(cell.partition(".")[2]) for cell in table.to_numpy().ravel())
    # What a policy comes to is the reference's cell and the change from it, each less than a unit off.
    assert (np.abs(cells - exact.to_numpy() / 1e6) < 2 * 10.0**-decimals).all()
    if reference is None and not by:
        assert (np.abs(cells[0] - exact.to_numpy()[0] / 1e6) < 10.0**-decimals).all()
    assert (np.abs(cells).max() >= 100) or decimals > 0  # three digits of the largest
    assert any(cell.startswith("+") for cell in table.to_numpy().ravel()) == (reference is not None)


def test_a_table_names_things_by_their_titles(told: Result, founding: Result) -> None:
    by = told.table(by=["supplier"])
    assert by.index.names == ["policy", "supplier"]
    assert list(by.index) == list(itertools.product(["Nothing done", "Stopped"], ["Northern", "east", "south"]))
    assert by.columns.tolist() == [("CAD", "exports"), ("CAD", "elsewhere")]
    assert by.loc[("Stopped", "south")].tolist() == ["0", "200"]
    assert list(told.table("free", by=["goods"]).index) == [("Stopped", "Sensors & <sights>")]
    assert list(told.table(by=["authority"]).index.unique("authority")) == ["gac", "ddtc", "none"]
    html = told.table(by=["goods"])._repr_html_()
    assert "Sensors &amp; &lt;sights&gt;" in html and "<sights>" not in html
    assert founding.table().index.tolist() == [founding.scenario.policies[policy].title for policy in founding.policies]


def test_a_table_of_other_outcomes_has_their_units(told: Result) -> None:
    names = ["exports", "delivered/north", "delay", "final_share/east", "incidents"]
    table = told.table(outcomes=names)
    assert table.columns.tolist() == [
        ("CAD", "exports"), ("CAD", "delivered: north"), ("days", "delay"), ("%", "final share: east"),
        ("number", "incidents"),
    ]  # fmt: skip
    # 500.00 after 30 days and 300.00 after 395; in the last year east delivers all, beside south or alone.
    assert table.loc["Nothing done"].tolist() == ["800", "500", f"{(500 * 30 + 300 * 395) / 800:.1f}", "100.0", "0.0"]
    assert table.loc["Stopped", ("%", "final share: east")] == f"{100 * 300 / 500.01:.1f}"
    longer = (500 * 30 + 300 * 395 + 200.01 * 330) / 1000.01 - (500 * 30 + 300 * 395) / 800
    assert told.table("free", outcomes=["delay", "lost"]).loc["Stopped"].tolist() == [f"+{longer:.1f}", "−200"]


def test_two_policies_of_one_title_are_told_apart() -> None:
    twins = world()
    twins["policies"]["stop"]["title"] = "Nothing done"
    table = exportsim.run(build(twins), futures=1).table()
    assert table.index.tolist() == ["Nothing done (free)", "Nothing done (stop)"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_is_printed_whole_in_the_width_there_is(founding: Result, width: int) -> None:
    with pd.option_context("display.width", width):
        lines = repr(founding.table()).splitlines()
    assert max(map(len, lines)) <= width + 1
    shown = "\n".join(lines)
    for cell in founding.table().to_numpy().ravel():
        assert re.search(rf"(?<![\d,]){re.escape(cell)}(?![\d,])", shown), cell
    assert "..." not in shown


# Whose exports are meant


def test_the_authorities_that_measures_reach_are_those_of_cells_in_which_orders_can_be() -> None:
    plan = compile_plan(build(world()))
    assert authorities_reached(plan, ["free"]) == ()
    assert authorities_reached(plan, ["free", "stop"]) == ("gac",)
    everywhere = world()
    del everywhere["policies"]["stop"]["measures"][0]["authorities"]
    del everywhere["demand"]["line"]["sources"]["east"]  # then no order comes to ddtc
    assert authorities_reached(compile_plan(build(everywhere)), ["stop"]) == ("gac",)
    founding = compile_plan(load(SCENARIOS / "canada-turkiye.yaml"))
    assert authorities_reached(founding, founding.names.policies) == ("gac",)
