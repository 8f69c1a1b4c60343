"""Comparison against cases whose answer is known, and by parts against ledgers counted plainly."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result
from exportsim.analysis import counter as counters
from exportsim.analysis.checked_sums import OVERFLOWN
from exportsim.analysis.comparison import COMPARED, compared, figures_in, ranked
from exportsim.analysis.counting_tables import Groups
from exportsim.analysis.figures import FIGURES
from exportsim.analysis.ledger_rows import Plays
from exportsim.analysis.outcomes import Grouped, add_up
from exportsim.analysis.untouched_orders import shares
from exportsim.compile import compile_plan
from exportsim.lifecycle import Fact
from rows import rows_stating
from worlds import one_office, two_sources

NAN = math.nan
SCENARIOS = Path(__file__).parents[1] / "scenarios"
FUTURES = 6
ADDITIVE = ("exports", "delivered", "elsewhere", "lost", "pending", "ordered", "open_at_start", "premium", "backlog")
QUOTIENTS = ["delay", "processing_time_mean", "within_standard", "within_standard_cohort"]


@pytest.fixture(scope="module")
def result() -> Result:
    scenario = exportsim.load(SCENARIOS / "canada-turkiye.yaml")
    return exportsim.run(scenario, futures=FUTURES, policies=["historical", "doctrine"], keep_ledgers=True)


@pytest.fixture(scope="module")
def played_again() -> Result:
    scenario = exportsim.load(SCENARIOS / "canada-turkiye.yaml")
    return exportsim.run(scenario, futures=FUTURES, policies=["historical", "doctrine"])


def table(**policies: list[float]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(
        [(policy, future) for policy, values in policies.items() for future in range(len(values))],
        names=["policy", "future"],
    )
    return pd.DataFrame({"exports": [value for values in policies.values() for value in values]}, index=index)


def row(**policies: list[float]) -> pd.Series:
    return compared(figures_in(table(**policies)), {"exports": "CAD"}, "free", {"free": 1.0, "strict": 0.25}).loc[
        ("strict", "exports")
    ]


# What is said of a difference


def test_a_comparison_says_how_often_and_how_much_it_differs() -> None:
    found = row(free=[10, 20, 30, 40, NAN], strict=[10, 10, 35, 10, 7])
    assert tuple(found.index) == COMPARED
    assert (found["mean"], found["n"], found["method"], found["unit"]) == (-8.75, 4, "student", "CAD")
    assert (found["below"], found["above"]) == (0.5, 0.25)  # and in one future the same
    difference = [0, -10, 5, -30]
    for name, share in (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)):
        assert found[name] == pytest.approx(np.quantile(difference, share))
    assert found["correlation"] == pytest.approx(np.corrcoef([10, 20, 30, 40], [10, 10, 35, 10])[0, 1])
    assert found["untouched"] == 0.25


RARE = one_office(
    period={"start": "2021-01-01", "end": "2021-12-31"},
    goods={"radar": {}},
    authorities={"a": {"country": "NL", "service_standard": "20d",
                       "review": [{"stage": "review", "officers": 9, "work": "10d"}]}},
    suppliers={"dutch": {"country": "NL", "authority": "a", "slots": 100, "lead_time": "30d"},
               "far": {"country": "FR", "slots": 9, "lead_time": "300d"}},
    demand={"line": {"buyer": "navy", "destination": "TR", "goods": "radar", "orders": "3/y", "value": "1M",
                     "sources": {"dutch": {"weight": 1}, "far": {"weight": 1}}}},
    policies={"base": {"measures": []}, "deny": {"measures": [{"on": "2021-03-01", "applications": "deny"}]}},
    title="rare orders",
)  # fmt: skip


def test_where_few_futures_define_an_outcome_no_interval_leaves_what_it_can_be() -> None:
    result = exportsim.run(exportsim.build(RARE), futures=9)
    summary = result.summary()
    known = summary.dropna(subset="low")
    shares = known[known["unit"] == "share"]
    assert known["n"].min() < 9 and len(shares) and shares["low"].min() == 0 and shares["high"].max() == 1
    assert known.drop("premium", level="outcome")["low"].min() == 0
    apart = result.compare().dropna(subset="low")
    assert apart[apart["unit"] == "share"][["low", "high"]].abs().max(axis=None) <= 1
    assert apart["low"].min() < 0
    words = {"same": apart["mean"].eq(0) & apart["sd"].eq(0), "less": apart["high"] < 0, "more": apart["low"] > 0}
    for word, where in words.items():
        assert (apart.loc[where, "verdict"] == word).all()
    rest = ~(words["same"] | words["less"] | words["more"])
    assert rest.any() and (apart.loc[rest, "verdict"] == "not distinguishable from none").all()
    assert (result.compare().loc[lambda table: table["low"].isna(), "verdict"] == "unknown").all()


def test_the_variance_ratio_is_what_common_futures_bought() -> None:
    source = np.random.default_rng(2)
    common, own = source.normal(0, 3, 4000), source.normal(0, 1, (2, 4000))
    found = row(free=list(common + own[0]), strict=list(common + own[1]))
    # (10 + 10) / 2 in expectation: with futures of its own for each policy it would take ten times as many.
    assert found["variance_ratio"] == pytest.approx(10, rel=0.1)
    assert found["correlation"] == pytest.approx(0.9, abs=0.01)
    apart = row(free=list(own[0]), strict=list(own[1]))
    assert apart["variance_ratio"] == pytest.approx(1, abs=0.1)


def test_what_never_differs_or_never_varies_has_no_ratio_and_no_correlation() -> None:
    same = row(free=[1, 2], strict=[1, 2])
    assert (same["mean"], same["below"], same["above"], same["method"]) == (0, 0, 0, "constant")
    assert math.isnan(same["variance_ratio"]) and same["correlation"] == pytest.approx(1)
    assert math.isnan(row(free=[1, 1], strict=[1, 2])["correlation"])
    assert row(free=[1, 1], strict=[1, 2])["variance_ratio"] == 1


def test_with_one_future_or_none_little_is_said() -> None:
    one, none = row(free=[1], strict=[3]), row(free=[NAN], strict=[3])
    assert (one["mean"], one["above"], one["q50"], one["method"]) == (2, 1, 2, "none")
    assert math.isnan(one["low"]) and math.isnan(one["correlation"])
    assert none["n"] == 0 and math.isnan(none["below"]) and math.isnan(none["q50"])


# Orders left alone


def lives(result: Result, policy: str, future: int) -> dict[tuple[int, int], list[tuple[int, ...]]]:
    ledger = result.ledgers[policy, future]
    found: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for minute, fact, line, order, attempt, supplier, detail, amount in ledger.rows():
        if line >= 0 and order > 0:
            detail = -1 if fact in (Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED) else detail
            found.setdefault((line, order), []).append((minute, fact, attempt, supplier, detail, amount))
    return found


@pytest.mark.parametrize("reference", ["unrestricted", "historical"])
def test_untouched_orders_are_those_whose_facts_are_all_the_same(result: Result, reference: str) -> None:
    found = result.compare(reference)["untouched"].groupby(level="policy").first()
    for policy in found.index:
        same = orders = 0
        for future in range(FUTURES):
            ours, theirs = lives(result, policy, future), lives(result, reference, future)
            assert ours.keys() == theirs.keys()
            counted = [key for key in ours if max(ours[key][-1][0], theirs[key][-1][0]) >= 0]
            orders += len(counted)
            same += sum(ours[key] == theirs[key] for key in counted)
        assert 0 < same < orders
        assert found[policy] == same / orders
    assert result.untouched["unrestricted"] == 1


def test_it_is_the_same_whether_ledgers_are_kept_or_played_again(result: Result, played_again: Result) -> None:
    assert played_again.untouched == result.untouched
    for options in ({"reference": "historical"}, {"by": ["year", "line"]}, {"by": ["supplier"]}):
        pd.testing.assert_frame_equal(
            result.compare(**options),
            played_again.compare(**options),
            check_exact=True,  # type: ignore[arg-type]
        )


def test_parts_asked_for_with_the_run_are_those_of_the_ledgers_and_nothing_is_played_again(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By all names asked for, and by any of them in any order: of what is open by year, the first and the last."""
    asked = ["year", "line", "supplier", "authority"]
    together = exportsim.run(
        exportsim.load(SCENARIOS / "canada-turkiye.yaml"),
        futures=FUTURES,
        policies=["historical", "doctrine"],
        by=asked,
    )
    np.testing.assert_array_equal(together.values, result.values)
    known = {by: result.outcomes_by(by) for n in (1, 2, 4) for by in itertools.permutations(asked, n)}
    monkeypatch.setattr(Result, "measured", None)
    for by, table in known.items():
        pd.testing.assert_frame_equal(together.outcomes_by(by), table, check_exact=True)
    assert list(together.compare(by=["supplier"]).index.names) == ["policy", "supplier", "outcome"]
    with pytest.raises(TypeError):  # by what was not asked for, they are played again
        together.compare(by=["goods"])


def test_sums_of_groups_that_pass_64_bits_are_no_sums() -> None:
    large = np.zeros((1, 1, 2, len(FIGURES)), dtype=np.int64)
    large[..., FIGURES.index("delivered")] = 2**62
    groups = Groups(np.zeros(1, dtype=np.int64), np.zeros((1, 1, 1), dtype=np.int64), [("a",), ("b",)])
    assert add_up(Grouped(("line",), large), groups, (), [()]).min() == OVERFLOWN


def test_what_is_asked_by_must_exist_and_has_no_place_in_a_store(tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match="did you mean `year`"):
        exportsim.run(exportsim.build(RARE), futures=1, by=["yaer"])
    with pytest.raises(ExportsimError, match="by: a store keeps outcomes"):
        exportsim.run(exportsim.build(RARE), futures=1, by=["year"], store=tmp_path)


ROW = (10, int(Fact.SUSPENDED), 0, 1, 1, 0, 3, 500)  # minute, fact, line, order, attempt, supplier, detail, amount
ORDERED = (0, int(Fact.ORDERED), 0, 1, 0, -1, 0, 500)


@pytest.mark.parametrize(
    ("other", "untouched"),
    [
        ((ROW,), 1),
        (((*ROW[:6], 4, 500),), 1),  # another policy's measure, or the same of another number
        (((11, *ROW[1:]),), 0),
        (((10, int(Fact.REINSTATED), *ROW[2:]),), 0),
        (((*ROW[:4], 2, *ROW[5:]),), 0),
        (((*ROW[:5], 1, *ROW[6:]),), 0),
        (((*ROW[:7], 501),), 0),
        ((), 0),
        ((ROW, ROW), 0),
    ],
)
def test_a_fact_is_the_same_in_all_but_the_number_of_a_measure(other: Any, untouched: int) -> None:
    assert untouched_in([ORDERED, ROW], [ORDERED, *other]) == (untouched, 1)


def untouched_in(*ledgers: list[Any]) -> tuple[int, int]:
    """How many orders are the same in two ledgers, and how many there are."""
    counter = counters.Counter(compile_plan(exportsim.build(two_sources())))
    plays = Plays(rows_stating(*rows) for rows in ledgers)
    counter.count_plays(plays, counter.figures(len(plays)))
    _, found = counter.untouched(counter.lives(0), len(plays))
    return found


def test_the_detail_of_other_facts_counts_and_orders_over_before_the_period_do_not() -> None:
    lost = (5, int(Fact.LOST), 0, 1, 1, -1, 2, 500)
    assert untouched_in([ORDERED, lost], [ORDERED, (*lost[:6], 3, 500)]) == (0, 1)
    before = [(-9, *ORDERED[1:]), (-5, *lost[1:])]
    assert untouched_in(before, before) == (0, 0)
    assert math.isnan(shares(np.zeros((1, 3, 2), dtype=np.int64))[0])


# By parts


def cents(values: Any) -> Any:
    return np.rint(np.asarray(values) * 100).astype(np.int64)


PARTS = [["year"], ["line"], ["destination"], ["goods"], ["supplier"], ["authority"], ["goods", "year"],
         ["year", "line", "supplier"]]  # fmt: skip
STOCKS = ["open_at_start", "pending", "backlog"]


@pytest.mark.parametrize("by", PARTS, ids="-".join)
def test_the_parts_make_the_whole_to_the_cent(result: Result, by: list[str]) -> None:
    parts = result.outcomes_by(by)
    assert list(parts.index.names) == ["policy", *by, "future"]
    money = parts.drop(columns=[*QUOTIENTS, *(STOCKS if "year" in by else [])], errors="ignore")
    whole = (
        pd.DataFrame(cents(money), index=money.index, columns=money.columns)
        .groupby(level=["policy", "future"], sort=False)
        .sum()
    )
    assert {"exports", "delivered", "elsewhere", "premium"} <= set(whole.columns) <= set(ADDITIVE)
    for outcome in whole.columns:
        np.testing.assert_array_equal(whole[outcome], cents(result.outcomes[outcome]), err_msg=outcome)


def test_each_part_is_what_a_plain_count_of_the_ledger_finds(result: Result) -> None:
    parts = result.outcomes_by(["year", "line", "supplier"])
    delivered: Counter[tuple[str, int, str, str, int]] = Counter()
    waited: Counter[tuple[str, int, str, str, int]] = Counter()
    for (policy, future), ledger in result.ledgers.items():
        frame = ledger.frame()
        placed = frame[frame["fact"] == "ordered"].set_index(["line", "order"])["minute"]
        for fact in frame[(frame["fact"] == "delivered") & (frame["minute"] >= 0)].itertuples():
            key = (policy, min(fact.when.year, 2025), fact.line, fact.supplier, future)
            delivered[key] += fact.cents
            waited[key] += fact.cents * (fact.minute - placed[fact.line, fact.order])
    assert (cents(parts["delivered"]) > 0).sum() == len(delivered)
    for key, found in delivered.items():
        assert cents(parts.loc[key, "delivered"]) == found
        assert parts.loc[key, "delay"] == pytest.approx(waited[key] / found / 1440, rel=1e-14)


@pytest.mark.parametrize("by", [["year"], ["line", "year"]], ids="-".join)
def test_what_stands_open_by_year_passes_from_each_to_the_next(result: Result, by: list[str]) -> None:
    parts = result.outcomes_by(by).drop(columns=QUOTIENTS)
    years = list(parts.index.unique("year"))
    money = pd.DataFrame(cents(parts), index=parts.index, columns=parts.columns)
    assert years == list(range(2016, 2026)) and (money["pending"] > 0).any()
    np.testing.assert_array_equal(
        money["open_at_start"] + money["ordered"],
        money["exports"] + money["elsewhere"] + money["lost"] + money["pending"],
    )
    for one, other in itertools.pairwise(years):
        ended, begun = (
            money.xs(year, level="year")[name] for year, name in ((one, "pending"), (other, "open_at_start"))
        )
        np.testing.assert_array_equal(ended, begun)
    whole = pd.DataFrame(cents(result.outcomes[STOCKS]), index=result.outcomes.index, columns=STOCKS)
    for year, name in ((2016, "open_at_start"), (2025, "pending"), (2025, "backlog")):
        of_year = money.xs(year, level="year")[name].groupby(level=["policy", "future"], sort=False).sum()
        np.testing.assert_array_equal(of_year, whole[name])


def test_by_authority_is_what_the_outcome_of_that_name_says(result: Result) -> None:
    parts = result.outcomes_by(["authority"])
    assert list(parts.index.unique("authority")) == ["gac", ""]  # nobody licenses the others
    of_gac, others = (parts.xs(name, level="authority") for name in ("gac", ""))
    np.testing.assert_array_equal(cents(of_gac["exports"]), cents(result.outcomes["exports/gac"]))
    np.testing.assert_array_equal(cents(others["elsewhere"]), cents(result.outcomes["elsewhere"]))
    assert (of_gac["elsewhere"] == 0).all() and (others["exports"] == 0).all()


def test_by_supplier_is_what_the_outcome_of_that_name_says(result: Result) -> None:
    by, whole = result.compare(by=["supplier"]), result.compare()
    for supplier in ("wescam", "aselsan"):
        found, named = by.loc[("doctrine", supplier, "delivered")], whole.loc[("doctrine", f"delivered/{supplier}")]
        assert found[list(COMPARED[:5])].tolist() == named[list(COMPARED[:5])].tolist()
    assert math.isnan(found["untouched"])


@pytest.mark.parametrize(
    ("by", "left_out"),
    [
        (["line"], set()),
        (["year"], set()),
        (["supplier", "goods"], {"lost", "pending", "ordered", "open_at_start"}),
        (["authority"], {"lost", "pending", "ordered", "open_at_start"}),
    ],
)
def test_what_makes_no_sense_in_parts_is_left_out(result: Result, by: list[str], left_out: set[str]) -> None:
    found = result.compare(by=by)
    assert list(found.index.names) == ["policy", *by, "outcome"]
    assert set(found.index.unique("outcome")) == {*ADDITIVE, *QUOTIENTS} - left_out
    assert "unrestricted" not in found.index.unique("policy")


@pytest.mark.parametrize(
    ("by", "message"), [(["yaer"], "did you mean `year`"), ("year", r"found the text 'year', expected a list of names")]
)
def test_parts_have_names_that_exist(result: Result, by: Any, message: str) -> None:
    with pytest.raises(ExportsimError, match=message):
        result.compare(by=by)


# Ranking


def test_a_ranking_says_who_is_best_and_how_often() -> None:
    figures = pd.DataFrame({"a": [1.0, 5, 3, 9], "b": [2.0, 4, 3, NAN], "c": [0.0, 1, 3, 5]})
    found = ranked(figures, unit="CAD")
    assert (found["left_out"] == 1).all()
    assert list(found.index) == ["a", "b", "c"] and (found["n"] == 3).all()  # equal means, as they stand
    assert found["mean"].tolist() == pytest.approx([3, 3, 4 / 3])
    assert found["best"].tolist() == pytest.approx([(1 + 1 / 3) / 3, (1 + 1 / 3) / 3, 1 / 9])
    assert found["mean_rank"].tolist() == pytest.approx([(2 + 1 + 2) / 3, (1 + 2 + 2) / 3, (3 + 3 + 2) / 3])
    assert found["ahead"].tolist()[:2] == pytest.approx([0, 5 / 3]) and math.isnan(found["ahead"].iloc[-1])
    assert found["best"].sum() == pytest.approx(1)


def test_where_less_is_better_the_order_turns_round() -> None:
    figures = pd.DataFrame({"a": [1.0, 5, 6], "b": [2.0, 7, 9]})
    found = ranked(figures, unit="days", most=False)
    assert list(found.index) == ["a", "b"]
    assert found["best"].tolist() == [1, 0] and found["mean_rank"].tolist() == [1, 2]
    assert found.loc["a", "ahead"] == 2 and found.loc["a", "ahead_low"] < 2 < found.loc["a", "ahead_high"]
    assert ranked(figures, unit="days").index.tolist() == ["b", "a"]


def test_a_result_ranks_its_policies_by_any_outcome(result: Result) -> None:
    found = result.ranking("exports")
    assert found.index[0] == "unrestricted" and found.index.name == "policy"
    summary = result.summary().xs("exports", level="outcome")
    assert found[["mean", "low", "high"]].equals(summary.loc[found.index, ["mean", "low", "high"]])
    gap = result.compare(found.index[1]).loc[("unrestricted", "exports")]
    assert (
        found.loc["unrestricted", ["ahead", "ahead_low", "ahead_high"]].tolist()
        == gap[["mean", "low", "high"]].tolist()
    )
    with pytest.raises(ExportsimError, match="did you mean `exports`"):
        result.ranking("exprts")
