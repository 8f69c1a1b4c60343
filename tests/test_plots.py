"""Figures: what is drawn is what the tables say, nothing is clipped, text is text, and files are the same each time."""

from __future__ import annotations

import copy
import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Annotation, Text

import exportsim
from exportsim import Result
from exportsim.analysis.ledger_rows import UNDECIDED
from exportsim.errors import ExportsimError
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER
from exportsim.report import plots
from exportsim.report.plots.alluvial import flows
from exportsim.report.plots.effects import LEAST_BAR, Bar, _gathered, bars
from exportsim.report.plots.exports import MOST_FUTURES
from exportsim.report.plots.flags import cut_lines, lanes, spread
from exportsim.report.plots.licensing import decided_within, standing
from exportsim.report.plots.registry import FIGURES, figures
from exportsim.report.plots.sheet import LETTERS, NARROW, said_of, text_width
from exportsim.report.plots.styles import STYLES
from exportsim.report.plots.suppliers import WHEN, shares
from exportsim.report.plots.time_axis import mark_words, marks
from exportsim.scenario import replace
from exportsim.scenario.writer import explicit
from exportsim.study.monthly_exports import SHARES, monthly
from exportsim.study.naming import fate_words, path_words, policy_title

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SMALL, LARGE = (3.5, 2.6), (7.0, 4.3)
ODD = "$x_1$ <b> \\frac{1}{2} & a_b"
POLICY, REFERENCE = "licences-suspended", "as-before"
Draw = Callable[..., Axes]


@pytest.fixture(scope="module")
def result() -> Result:
    return exportsim.run(exportsim.load(SCENARIOS / "quickstart.yaml"), futures=12, seed=3, workers=2)


@pytest.fixture(scope="module")
def wide() -> Result:
    """Many policies, suppliers and measures."""
    return exportsim.run(exportsim.load(SCENARIOS / "canada-turkiye.yaml"), futures=6, seed=3, workers=2)


@pytest.fixture(scope="module")
def odd() -> Result:
    """Titles that would be formulas or markup, or are far too long."""
    scenario = exportsim.load(SCENARIOS / "quickstart.yaml")
    form = explicit(scenario)
    for policy in form["policies"].values():
        policy["title"] = ODD
    form["policies"][POLICY]["title"] = ODD + " and so on" * 40
    form["authorities"]["ecju"]["title"] = ODD
    changed = replace(scenario, title=ODD, policies=form["policies"], authorities=form["authorities"])
    return exportsim.run(changed, futures=1, seed=3)


DRAWN: dict[tuple[int, str, tuple[float, float]], Axes] = {}


def drawn_once(found: Result, size: tuple[float, float] = LARGE, *endings: str) -> Iterator[tuple[str, Axes]]:
    """The figures of a module's result whose names end so, each drawn once for all that is asked of it."""
    for name, draw in figures(found):
        if name.endswith(endings or ("",)):
            key = id(found), name, size
            if key not in DRAWN:
                DRAWN[key] = draw(size=size)
            yield name, DRAWN[key]


def drawn(ax: Axes, gid: str) -> Any:
    """The artist of that name."""
    (found,) = ax.findobj(lambda artist: artist.get_gid() == gid)
    return found


def all_text(ax: Axes) -> str:
    return "\n".join(text.get_text() for text in ax.findobj(Text) if isinstance(text, Text))


def written(ax: Axes) -> list[Text]:
    """All text that is to be seen: of ticks, those within the axes."""
    found = [*ax.texts, ax._left_title, ax.xaxis.label, ax.yaxis.label]  # type: ignore[attr-defined]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        found += [tick.label2 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


# ----------------------------------------------------------------------------------------------- what they are made of


def test_exports_by_month_add_up_to_exports(wide: Result) -> None:
    found, outcomes = monthly(wide), wide.outcomes["exports"].unstack("future").loc[list(wide.policies)]
    assert np.array_equal(found.exports.sum(axis=2) / 100, outcomes.to_numpy())


def test_exports_by_month_are_those_of_the_series(wide: Result) -> None:
    series = wide.series()
    exported = series[series["authority"] != ""]
    for number, policy in enumerate(wide.policies):
        table = exported[exported["policy"] == policy].groupby("month")["delivered_value"].sum()
        found = monthly(wide).exports[number].sum(axis=0) / (100 * wide.futures)
        assert found[found > 0] == pytest.approx(table[table > 0].to_numpy(), rel=1e-12)


def test_kept_ledgers_and_plays_anew_give_the_same(result: Result) -> None:
    kept = exportsim.run(result.scenario, futures=12, seed=3, keep_ledgers=True)
    slow = exportsim.run(result.scenario, futures=12, seed=3, engine="reference")
    for other in (kept, slow):
        assert np.array_equal(monthly(other).exports, monthly(result).exports)
        assert all(np.array_equal(*pair) for pair in zip(monthly(other).acts, monthly(result).acts, strict=True))


def test_plays_are_read_once(result: Result) -> None:
    assert monthly(result) is monthly(result)


def test_measures_act_on_their_dates(result: Result, wide: Result) -> None:
    plan = result.plan
    acted = [mark.minute for mark in marks(result, POLICY)]
    assert [str(plan.origin + np.timedelta64(minute, "m").item())[:10] for minute in acted] == [
        "2019-10-15",
        "2021-12-15",
    ]
    assert [mark.deeds for mark in marks(result, POLICY)] == [("suspended", "hold"), ("open", "in_force")]
    assert marks(result, REFERENCE) == []
    doctrine = marks(wide, "doctrine")
    assert [mark.exact for mark in doctrine] == [True, False, True]
    assert all(0 < mark.share <= 1 for mark in doctrine)


def test_a_measure_that_never_acts_is_not_marked(wide: Result) -> None:
    acts = monthly(wide).acts[wide.policies.index("doctrine")]
    for mark in marks(wide, "doctrine"):
        assert mark.share in {(column < NEVER).mean() for column in acts.T}


def test_waits_are_those_of_the_ledger(result: Result) -> None:
    """Recomputed fact by fact, with the calendar as a list of working days."""
    plan, horizon = result.plan, 60
    calendar = plan.calendars
    working = set(np.flatnonzero(calendar.working[0]).tolist())

    def counted(minute: int) -> int:
        day, rest = divmod(minute - calendar.origin, 1440)
        return sum(1440 for each in range(day) if each in working) + (rest if day in working else 0)

    expected = []
    for future in range(2):
        ledger = exportsim.simulate(result.scenario, POLICY, future=future, seed=3)
        begun: dict[tuple[int, int, int], int] = {}
        ended: dict[tuple[int, int, int], int] = {}
        for minute, fact, line, order, attempt, *_ in ledger.rows():
            at = line, order, attempt
            if line >= 0 and fact == Fact.APPLIED and minute >= 0:
                begun[at] = minute
            if at in begun and at not in ended and fact in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN):
                ended[at] = UNDECIDED if fact == Fact.WITHDRAWN else counted(minute) - counted(begun[at])
        expected += [(ended.get(at, UNDECIDED), counted(plan.end) - counted(minute)) for at, minute in begun.items()]
    found = result.waiting_times("ecju", POLICY, futures=2)
    assert sorted(zip(found.taken.tolist(), found.left.tolist(), strict=True)) == sorted(expected)
    watched = [taken for taken, left in expected if left >= horizon * 1440]
    share = decided_within(result, POLICY, "ecju", np.array([20.0]), horizon * 1440, 2)
    assert share == [sum(0 <= taken <= 20 * 1440 for taken in watched) / len(watched)]
    assert 0 < share[0] < 1


# ---------------------------------------------------------------------------------------------- what is drawn is right


def test_exports_by_quarter_are_means_and_quantiles_of_three_months(result: Result) -> None:
    ax = plots.exports_by_quarter(result, POLICY)
    exports = monthly(result).exports[result.policies.index(POLICY)] / 100
    sums = np.array([exports[:, month : month + 3].sum(axis=1) for month in range(0, exports.shape[1], 3)])
    assert sums.shape == (28, 12)
    assert drawn(ax, f"mean/{POLICY}").get_ydata() == pytest.approx([*sums.mean(axis=1) / 1e3, sums[-1].mean() / 1e3])
    for share, (low, high) in {"50": SHARES[1:4:2], "90": SHARES[::4]}.items():
        edges = drawn(ax, f"{share}/{POLICY}").get_paths()[0].vertices[:, 1]
        assert edges.min() == pytest.approx(np.quantile(sums, low, axis=1).min() / 1e3)
        assert edges.max() == pytest.approx(np.quantile(sums, high, axis=1).max() / 1e3)


def test_a_quarter_that_is_not_whole_is_left_out_and_a_short_period_is_drawn_by_months(result: Result) -> None:
    for end, counted in (("2020-08-31", 10), ("2019-08-31", 20)):
        period = {"start": "2018-01-01", "end": end, "warm_up": "1y"}
        policies = {"as-before": {}, "held": {"measures": [{"on": "2019-03-01", "applications": "hold"}]}}
        changed = replace(result.scenario, period=period, policies=policies, expect=[])
        ax = plots.exports_by_quarter(exportsim.run(changed, futures=2), "held")
        assert len(drawn(ax, "mean/held").get_xdata()) == counted + 1
        assert ("each quarter" in said_of(ax).subtitle) == (counted == 10)


def test_cumulated_differences_end_at_the_difference(wide: Result) -> None:
    table = wide.compare().loc[(slice(None), "exports"), :].droplevel("outcome")
    exports = wide.outcomes["exports"].unstack("future")
    apart = exports.loc["historical"] - exports.loc["unrestricted"]
    ax = plots.cumulated_difference(wide, "historical")
    for policy, row in table.iterrows():
        assert drawn(ax, f"mean/{policy}").get_ydata()[-1] == pytest.approx(row["mean"] / 1e6)
    band = drawn(ax, "futures/historical").get_paths()[0].vertices
    at_end = band[band[:, 0] == band[:, 0].max(), 1]
    assert (at_end.min(), at_end.max()) == pytest.approx(tuple(apart.quantile(MOST_FUTURES) / 1e6))
    labels = [text.get_text() for text in ax.texts if text.get_gid() == "end-label"]
    share = 100 * apart.mean() / exports.loc["unrestricted"].mean()
    assert any(label.replace("\n", " ").startswith(f"−{-apart.mean() / 1e6:,.0f} (−{-share:.0f}") for label in labels)


def test_the_range_over_inputs_is_a_bracket_at_the_end(wide: Result) -> None:
    class Doubt:
        def range(self, outcome: str, policy: str, reference: str) -> tuple[float, float, float, int]:
            assert (outcome, policy, reference) == ("exports", "historical", "unrestricted")
            return -1.3e9, -0.9e9, 0.1, 32

    assert "input sets" not in said_of(plots.cumulated_difference(wide, "historical")).note
    doubted = copy.copy(wide)
    object.__setattr__(doubted, "doubt", Doubt())
    monthly(doubted)
    ax = plots.cumulated_difference(doubted, "historical")
    assert list(drawn(ax, "inputs").get_ydata()) == [-1300, -900]
    assert "8 in 10 of the input sets have a mean from −1,300 to −900" in said_of(ax).note


def test_differences_are_those_compared_in_their_order_and_the_doubtful_hollow(wide: Result) -> None:
    for reference in (None, "historical"):
        ax = plots.differences(wide, reference=reference, style="light", policy="doctrine")
        table = wide.compare(reference).loc[(slice(None), "exports"), :].droplevel("outcome").sort_values("mean")
        hollow = set()
        for place, (policy, row) in enumerate(table.iterrows()):
            point = drawn(ax, f"mean/{policy}")
            assert point.get_xdata()[0] == pytest.approx(row["mean"] / 1e6)
            assert point.get_ydata()[0] == place, "the lowest on top"
            assert to_rgb(point.get_color()) == to_rgb(
                STYLES["light"].hues[0] if policy == "doctrine" else STYLES["light"].soft
            )
            assert drawn(ax, f"interval/{policy}").get_xdata() == pytest.approx([row["low"] / 1e6, row["high"] / 1e6])
            if to_rgb(point.get_markerfacecolor()) == to_rgb(STYLES["light"].ground):
                hollow.add(policy)
        assert hollow == {policy for policy, row in table.iterrows() if row["low"] <= 0 <= row["high"]}
        assert ("Hollow" in all_text(ax)) == bool(hollow)
    assert hollow, "a case that tells nothing"


def test_waterfall_bars_lead_from_one_total_to_the_other_and_can_be_seen(result: Result, wide: Result) -> None:
    gathered = 0
    for found, policy in ((result, POLICY), (wide, "historical"), (wide, "doctrine"), (wide, "suspension-only")):
        table = found.waterfall(policy).set_index("bar")
        planned = bars(found, policy)
        ax = plots.waterfall(found, policy)
        seen = [bar for bar in planned if bar.part == "exports" or abs(bar.mean) >= LEAST_BAR * planned[0].mean]
        factor = 1e6 if planned[0].mean >= 1e7 else 1e3
        assert [patch.get_width() for patch in ax.patches] == pytest.approx([bar.mean / factor for bar in seen])
        assert [patch.get_x() for patch in ax.patches] == pytest.approx([bar.start / factor for bar in seen])
        assert len(planned) - len(seen) <= 1
        level = planned[0].mean
        assert level == pytest.approx(table.loc["reference", "mean"])
        for bar in planned[1:-1]:
            assert bar.start == pytest.approx(level)
            level += bar.mean
        assert level == pytest.approx(planned[-1].mean) == pytest.approx(table.loc["policy", "mean"])
        changes = sum(bar.mean for bar in planned[1:-1])
        assert changes == pytest.approx(table.loc["difference", "mean"])
        for bar in planned:
            together = bar.name.startswith("small/")
            gathered += together
            assert together or bar.mean == pytest.approx(table.loc[bar.name, "mean"])
        small = sum(int(bar.name.rpartition("/")[2]) for bar in planned if bar.name.startswith("small/"))
        alone = sum(bar.part == "change" and not bar.name.startswith("small/") for bar in planned)
        assert small + alone == (table["part"] == "change").sum()
    assert gathered > 2, "a case that tells nothing"


def test_changes_are_put_together_by_direction_or_all_where_they_cannot_be_seen() -> None:
    def gathered(*means: float) -> list[tuple[str, float]]:
        changes = [Bar(f"lost/{number}", "change", mean, 0, 0) for number, mean in enumerate(means)]
        return [(bar.name, bar.mean) for bar in _gathered(changes, 10)]

    assert gathered(-50, 30) == [("lost/0", -50), ("lost/1", 30)]
    assert gathered(-50, -6, -5, 30) == [("lost/0", -50), ("small/losses/2", -11), ("lost/3", 30)]
    assert gathered(-50, -6, 2, 30, 9, -5) == [
        ("lost/0", -50),
        ("small/losses/2", -11),
        ("lost/3", 30),
        ("small/gains/2", 11),
    ]
    assert gathered(-50, -6, 2, 30, -5) == [("lost/0", -50), ("lost/3", 30), ("small/changes/3", -9)]
    many = gathered(*range(-30, -18))
    assert many[:-1] == [(f"lost/{number}", number - 30) for number in range(7)] and many[-1] == (
        "small/losses/5",
        -105,
    )


def test_fates_flow_from_all_orders_to_all_orders(wide: Result) -> None:
    table = wide.fates("historical")
    kinds, moved, before = flows(wide, "historical")
    assert sum(flow.value for flow in moved) + before == pytest.approx(table["value"].sum())
    ended = table[(table["reference_fate"] == "before") | (table["policy_fate"] == "before")]
    assert before == pytest.approx(ended["value"].sum()) and 0 < before < 0.02 * table["value"].sum()
    ax = plots.fates(wide, "historical")
    assert "ended before the period" in said_of(ax).note
    for side in (0, 1):
        heights = dict.fromkeys(kinds, 0.0)
        for flow in moved:
            heights[flow[side]] += flow.value
        for name, value in heights.items():
            if value:
                assert drawn(ax, f"fate/{side}/{name}").get_height() == pytest.approx(value)
    wescam = table.loc[table["reference_fate"] == "delivered/wescam", "value"].sum()
    assert drawn(ax, "fate/0/delivered/wescam").get_height() == pytest.approx(wescam)
    left, right = [], []
    for flow in moved:
        ends = drawn(ax, f"flow/{flow.reference}/{flow.policy}").get_path().vertices
        assert ends[7, 1] - ends[0, 1] == pytest.approx(flow.value) == pytest.approx(ends[4, 1] - ends[3, 1])
        left.append((ends[0, 1], ends[7, 1]))
        right.append((ends[3, 1], ends[4, 1]))
    for edges in (sorted(left), sorted(right)):  # none lies on another
        assert all(end <= begin * (1 + 1e-9) for (_, end), (begin, _) in itertools.pairwise(edges))


def test_small_fates_are_put_together_with_their_number(wide: Result) -> None:
    table = wide.fates("historical")
    fates = {*table["reference_fate"], *table["policy_fate"]} - {"before"}
    for least in (0.0, 0.02, 0.1):
        kinds, _, _ = flows(wide, "historical", least=least)
        named = [name for name in kinds if not name.startswith("together/")]
        together = [name for name in kinds if name.startswith("together/")]
        assert len(named) + sum(int(name.rpartition("/")[2]) for name in together) == len(
            fates | ({"before"} & {*named})
        )
        assert bool(together) == (least > 0)
    assert "4 other licensed" in all_text(plots.fates(wide, "historical", size=NARROW)).replace("\n", " ")


def test_shares_are_of_all_that_is_delivered_in_a_quarter(wide: Result) -> None:
    series, found = wide.series(), shares(wide, "historical")
    assert sum(found.values()) == pytest.approx(np.ones(40))
    rows = series[series["policy"] == "historical"]
    rows = rows[(rows["month"] >= "2020-04-01") & (rows["month"] < "2020-07-01")]
    wescam = rows.loc[rows["supplier"] == "wescam", "delivered_value"].sum() / rows["delivered_value"].sum()
    assert found["wescam"][17] == pytest.approx(wescam)
    assert [name for name in found if name.startswith("/")] == ["/licensed/3", "/unlicensed/5"]
    top = drawn(plots.suppliers_shares(wide, "historical"), "share/wescam").get_paths()[0].vertices[:, 1]
    assert top.max() == pytest.approx(100 * found["wescam"].max())


def test_shares_before_during_and_after_are_those_of_hysteresis(wide: Result) -> None:
    table = wide.hysteresis("historical").set_index(["supplier", "figure"])
    ax = plots.hysteresis(wide, "historical")
    for supplier in ("wescam", "aselsan", "hensoldt"):
        means = [100 * table.loc[(supplier, when), "mean"] for when in WHEN]
        assert drawn(ax, f"shares/{supplier}").get_ydata() == pytest.approx(means)
    lines = ax.findobj(lambda artist: artist.get_gid() == "interval/wescam")
    assert lines[1].get_ydata() == pytest.approx(
        [100 * table.loc[("wescam", "during"), end] for end in ("low", "high")]
    )
    during, after = (table.loc[("wescam", when), "mean"] for when in ("during", "after"))
    assert f"{100 * during:.0f} % during it and {100 * after:.0f} % after it" in said_of(ax).title
    drawn_of = {line.get_gid() for line in ax.lines if str(line.get_gid()).startswith("shares/")}
    assert len(drawn_of) == 5 and "8 suppliers that deliver less are left out" in said_of(ax).note


def test_what_restricts_nothing_has_no_before_and_after(result: Result) -> None:
    policies = explicit(result.scenario)["policies"]
    policies["freer"] = {"measures": [{"on": "2020-03-01", "applications": "exempt"}]}
    freer = exportsim.run(replace(result.scenario, policies=policies), futures=2, policies=["freer", POLICY])
    names = [name for name, _ in figures(freer)]
    assert f"hysteresis-{POLICY}" in names and "hysteresis-freer" not in names
    with pytest.raises(ExportsimError, match="`freer` restricts nothing in any future"):
        plots.hysteresis(freer, "freer")


def test_stocks_are_those_of_the_series(wide: Result) -> None:
    ax, series = plots.permits_and_review(wide, "historical"), wide.series()
    rows = series[series["policy"] == "historical"]
    for name, values in standing(wide, "historical").items():
        table = rows.groupby("month")[name].sum()
        assert drawn(ax, f"stock/{name}").get_ydata() == pytest.approx(values)
        assert values.sum() == pytest.approx(table.sum()) and values.max() == pytest.approx(table.max())


def test_processing_times_are_set_against_the_standard(result: Result) -> None:
    ax = plots.processing_times(result)
    assert drawn(ax, "standard").get_xdata()[0] == 20
    line = drawn(ax, f"decided/{POLICY}")
    at = list(line.get_xdata()).index(20)
    assert line.get_ydata()[at] == 100 * decided_within(result, POLICY, "ecju", np.array([20.0]), 60 * 1440)[0]
    assert "working days" in ax.get_xlabel()


# ------------------------------------------------------------------------------------------------ how they are written


LONG = pytest.mark.long  # what has many names or long ones is harder to place


@pytest.mark.parametrize(
    ("which", "size"),
    [
        pytest.param("result", SMALL, id="result-small"),
        pytest.param("result", NARROW, id="result-narrow", marks=LONG),
        pytest.param("result", LARGE, id="result-large", marks=LONG),
        pytest.param("wide", SMALL, id="wide-small", marks=LONG),
        pytest.param("wide", NARROW, id="wide-narrow", marks=LONG),
        pytest.param("wide", LARGE, id="wide-large", marks=LONG),
        pytest.param("odd", SMALL, id="odd-small", marks=LONG),
        pytest.param("odd", NARROW, id="odd-narrow", marks=LONG),
        pytest.param("odd", LARGE, id="odd-large", marks=LONG),
    ],
)
def test_no_text_is_clipped_nor_on_other_text(which: str, size: tuple[float, float], request: Any) -> None:
    found: Result = request.getfixturevalue(which)
    endings = ("historical", "doctrine", "s") if which == "wide" else ()
    for name, ax in drawn_once(found, size, *endings):
        figure = ax.get_figure(root=True)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        # Of an annotation the text alone, without its line.
        boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in written(ax)]
        for text, box in boxes:
            assert box.x0 >= -1 and box.y0 >= -1, (name, text)
            assert box.x1 <= figure.bbox.width + 1 and box.y1 <= figure.bbox.height + 1, (name, text)
        for number, (text, box) in enumerate(boxes):
            for other, beside in boxes[:number]:
                shared = (
                    min(box.x1, beside.x1) - max(box.x0, beside.x0),
                    min(box.y1, beside.y1) - max(box.y0, beside.y0),
                )
                assert min(shared) < 3, (name, text, other, shared)
        assert ax.bbox.height > 0.25 * figure.bbox.height, name
        assert ax.bbox.width > 0.25 * figure.bbox.width, name


@LONG
def test_titles_are_text_and_neither_formulas_nor_markup(odd: Result, tmp_path: Path) -> None:
    for name, ax in drawn_once(odd):
        assert ODD in all_text(ax).replace("\n", " "), name
        assert all(not text.get_parse_math() for text in ax.findobj(Text) if isinstance(text, Text))
        plots.save(ax, tmp_path / "odd.svg")
        assert "<b>" not in (tmp_path / "odd.svg").read_text(encoding="utf-8")


def test_units_futures_and_sources_are_said(result: Result) -> None:
    for name, ax in drawn_once(result):
        text = all_text(ax).replace("\n", " ")
        assert "12 futures, seed 3" in text and "3 sources and judgement" in text, name
        assert result.scenario.title in text, name
        kind = name.split("-")[0]
        if kind in ("differences", "cumulated_difference", "exports_by_quarter", "waterfall", "fates"):
            assert re.search(r"GBP (million|thousand)", text), name
        if kind in ("differences", "waterfall", "hysteresis"):
            assert "95\u00a0% interval" in text.replace("95 %", "95\u00a0%"), name
        if kind == "cumulated_difference":
            assert "holds 9 in 10" in text


def test_measures_are_named_in_the_figure(wide: Result) -> None:
    draws = (plots.cumulated_difference, plots.exports_by_quarter, plots.suppliers_shares, plots.permits_and_review)
    for draw in draws:
        ax = draw(wide, "historical")
        names = [text.get_text() for text in ax.texts if text.get_gid() == "measure"]
        assert names == [
            "Oct 2019: applications on hold",
            "Apr 2020: case by case (in part)",
            "Oct 2020: permits suspended",
            "Apr 2021: suspended permits cancelled",
            "Jan 2024: case by case",
        ]
    origin = wide.plan.origin
    first, second, _ = (mark_words(mark, origin) for mark in marks(wide, "doctrine"))
    assert re.fullmatch(r"(about )?[A-Z][a-z]+ \d{4}: permits suspended(, in \d+ % of futures)?", first)
    assert re.fullmatch(r"about [A-Z][a-z]+ \d{4}: one of several decisions(, in \d+ % of futures)?", second)


def test_names_of_measures_days_apart_do_not_touch(result: Result) -> None:
    policies = explicit(result.scenario)["policies"]
    days = [f"2020-03-{day:02}" for day in (1, 4, 9)]
    policies["hasty"] = {"measures": [{"on": day, "permits": "suspended"} for day in days]}
    hasty = exportsim.run(replace(result.scenario, policies=policies), futures=2, policies=["hasty"])
    for size in (SMALL, NARROW):
        ax = plots.exports_by_quarter(hasty, "hasty", size=size)
        renderer = FigureCanvasAgg(ax.get_figure(root=True)).get_renderer()
        ax.get_figure(root=True).draw(renderer)
        boxes = [
            Text.get_window_extent(text, renderer)
            for text in ax.texts
            if text.get_gid() == "measure" and isinstance(text, Annotation)
        ]
        assert len(boxes) == 3
        assert all(one.y0 >= other.y1 - 1 for one, other in itertools.pairwise(boxes))
        assert all(box.x0 >= 0 and box.x1 <= renderer.width for box in boxes)


@pytest.mark.parametrize(
    ("places", "widths", "expected"),
    [
        ([10], [50], [0]),
        ([10, 100], [50, 50], [0, 0]),  # none reaches the next
        ([10, 40], [50, 50], [1, 0]),  # the first would lie on the second's line
        ([10, 20, 30], [50, 50, 50], [2, 1, 0]),
        ([10, 40, 100], [50, 30, 50], [1, 0, 0]),
        ([], [], []),
    ],
)
def test_names_stand_in_lanes_above_what_they_would_lie_on(
    places: list[float], widths: list[float], expected: list[int]
) -> None:
    ends = [place + width for place, width in zip(places, widths, strict=True)]
    assert lanes(places, places, ends) == expected


def test_a_name_of_two_lines_takes_two_lanes() -> None:
    assert lanes([10, 20, 30], [10, 20, 30], [60, 70, 80], [1, 2, 1]) == [3, 1, 0]


def test_no_name_of_a_measure_lies_on_the_line_of_another(wide: Result) -> None:
    """Such as one that the sheet has no room for at the right of its own line."""
    for size in (SMALL, NARROW, LARGE):
        ax = plots.permits_and_review(wide, "historical", size=size)
        renderer = FigureCanvasAgg(ax.get_figure(root=True)).get_renderer()
        ax.get_figure(root=True).draw(renderer)
        notes = [text for text in ax.texts if isinstance(text, Annotation)]
        names = [(Text.get_window_extent(text, renderer), text) for text in notes if text.get_gid() == "measure"]
        lines = [text.arrow_patch.get_window_extent(renderer) for text in notes if text.get_gid() == "measure-line"]
        assert len(names) == len(lines) == 5
        for box, text in names:
            crossing = [line for line in lines if box.x0 < line.x0 < box.x1 and line.y1 > box.y0 + 1]
            assert not crossing, text.get_text()
            assert box.x0 >= 0 and box.x1 <= renderer.width


def test_a_label_that_is_cut_keeps_its_share(wide: Result) -> None:
    for size in (LARGE, NARROW):
        ax = plots.hysteresis(wide, "historical", size=size)
        labels = [text.get_text() for text in ax.texts if text.get_gid() == "end-label"]
        assert labels and all(re.search(r"\d\N{NO-BREAK SPACE}%$", label) for label in labels), labels
        assert size == LARGE or any("…" in label for label in labels)


def test_lines_are_cut_after_a_word_and_fit() -> None:
    like = Text(fontsize=9)
    room = text_width("cancelled on the", like)
    assert cut_lines(["As it was, but", "cancelled on the", "day"], 2, like, room) == [
        "As it was, but",
        "cancelled on …",
    ]
    assert cut_lines(["As it was, but", "NATO", "programmes"], 2, like, room) == ["As it was, but", "NATO …"]
    assert cut_lines(["unbreakable", "more"], 1, like, text_width("unbreakable", like)) == ["unbreakabl…"]
    assert cut_lines(["one", "two"], 2, like, room) == ["one", "two"] and cut_lines(["one"], 0, like, room) == []


def test_one_future_has_no_intervals(odd: Result) -> None:
    for _, ax in drawn_once(odd):
        text = all_text(ax)
        assert "interval" not in text and "±" not in text and "median" not in text and "9 in 10" not in text


def test_a_figure_is_drawn_on_the_axes_that_are_given(result: Result) -> None:
    figure = Figure(figsize=(7, 8), layout="constrained")
    above, below = figure.subplots(2)
    assert plots.waterfall(result, POLICY, ax=above) is above
    assert plots.differences(result, ax=below) is below
    assert figure.axes == [above, below]
    assert above.get_title(loc="left").startswith("Of the exports that are missing under “Existing")


def test_things_are_called_by_their_titles_and_paths_with_what_they_are_part_of(wide: Result) -> None:
    assert policy_title(wide, "historical") == "What was done"
    assert fate_words(wide, "taken_over/aselsan") == "taken over by ASELSAN (CATS)"
    assert fate_words(wide, "gained/lost/impatient") == "gained, else lost: buyer gave up"
    assert fate_words(wide, "delivered/aselsan") == "ASELSAN (CATS)"
    tb2 = "Sensors for the Bayraktar TB2 and its kin"
    for path, words in {
        "demand.tb2-sensors.patience.review.weibull.mean": f"mean of patience: review, {tb2}",
        "demand.tb2-sensors.patience.suspension": f"patience, suspension: {tb2}",
        "suppliers.wescam.lead_time.uniform.1": "high of lead time: L3Harris Wescam",
        "demand.tb2-sensors.sources.aselsan.qualification.time.triangular.1": (
            f"mode of qualification: time, ASELSAN (CATS), {tb2}"
        ),
        "suppliers.aselsan.ramp_up": "ramp up: ASELSAN (CATS)",
        "suppliers.wescam.lead_time.lognormal.median": "median of lead time: L3Harris Wescam",
        "demand.tb2-sensors.sources.aselsan.weight": f"weight: ASELSAN (CATS), {tb2}",
        "authorities.gac.review.consultation.officers": "officers: consultation, Global Affairs Canada",
        "policies.historical.measures.measure-5.on": "on: measure-5, What was done",
    }.items():
        assert path_words(wide, path) == words


def test_policies_of_the_same_title_are_told_apart(result: Result) -> None:
    policies = explicit(result.scenario)["policies"]
    for policy in policies.values():
        policy["title"] = "One title"
    same = exportsim.run(replace(result.scenario, policies=policies), futures=2)
    assert policy_title(same, POLICY) == f"One title ({POLICY})"
    assert {label.get_text() for label in plots.differences(same).get_yticklabels()} == {
        "One title (no-new-licences)",
        "One title (licences-suspended)",
    }


@LONG
def test_no_letters_are_too_small_to_be_read_on_a_phone(wide: Result) -> None:
    for size in (NARROW, LARGE):
        for name, ax in drawn_once(wide, size, "historical", "s"):
            assert min(text.get_fontsize() for text in written(ax)) >= LETTERS == 9, name


def test_titles_say_what_is_found(result: Result, wide: Result) -> None:
    exports = wide.outcomes["exports"].unstack("future").mean(axis=1)
    fall = 100 * (1 - exports["historical"] / exports["unrestricted"])
    table = wide.waterfall("historical").set_index("bar")["mean"]
    part = 100 * table["taken_over/aselsan"] / table["difference"]
    assert 5 < part < 50
    expected = f"Exports under “What was done” are {fall:.0f} % lower; ASELSAN (CATS) took over {part:.0f} % of that"
    assert said_of(plots.cumulated_difference(wide, "historical")).title == expected
    lowest = wide.compare().xs("exports", level="outcome")["mean"].idxmin()
    assert f"fall most under “{wide.scenario.policies[lowest].title}”" in said_of(plots.differences(wide)).title
    last = [
        wide.outcomes["final_share/wescam"].unstack("future").mean(axis=1)[name]
        for name in ("historical", "unrestricted")
    ]
    shares = "{:.0f} % of the last year's deliveries under “What was done”, {:.0f} % under".format(
        *(100 * share for share in last)
    )
    assert shares in said_of(plots.suppliers_shares(wide, "historical")).title
    policies = explicit(result.scenario)["policies"]
    policies["late"] = {"measures": [{"on": "2024-12-31", "permits": "suspended"}]}
    late = exportsim.run(replace(result.scenario, policies=policies), futures=3, policies=["late"])
    title = said_of(plots.cumulated_difference(late, "late")).title
    assert title == "Exports under “late” are those under “Licences as before” in every future"


def test_a_page_may_say_itself_what_a_figure_says(result: Result) -> None:
    ax = plots.waterfall(result, POLICY, bare=True)
    assert said_of(ax) == said_of(plots.waterfall(result, POLICY))
    for part in said_of(ax):
        assert part and part.split()[0] not in all_text(ax)
    entry = FIGURES["differences"]
    draw = entry.about(result, POLICY)
    assert draw is not None
    bold = [label.get_text() for label in draw().get_yticklabels() if label.get_fontweight() == "bold"]
    assert [text.replace("\n", " ") for text in bold] == ["Existing licences suspended as well"]
    assert FIGURES["hysteresis"].about(result, REFERENCE) is None


def test_every_figure_of_a_module_is_in_the_register_and_is_had_by_name(result: Result) -> None:
    """Of results each has its numbers, without which it would not be in the report."""
    assert set(plots.__all__) == {*FIGURES, "figures", "save", "save_figures"}
    for name, each in FIGURES.items():
        assert getattr(plots, name) is each.draw
        assert each.title and each.caption.endswith(".")
        assert (each.numbers is not None) == (each.of is Result)
        assert "." not in each.title
    modules = [module for module in vars(plots).values() if inspect.ismodule(module) and hasattr(module, "__all__")]
    assert {name for module in modules for name in module.__all__} == {*FIGURES, "save", "save_figures"}
    places = [(each.of, each.place) for each in FIGURES.values()]
    assert len(set(places)) == len(places)
    assert {name.partition("-")[0] for name, _ in figures(result)} == {
        name for name, each in FIGURES.items() if each.of is Result
    }


def test_figures_are_asked_for_an_outcome_where_they_can_show_any(result: Result) -> None:
    draws = dict(figures(result, outcome="delay"))
    assert "Difference in delay from “Licences as before”" in said_of(draws["differences"]()).subtitle
    assert "days" in said_of(draws["differences"]()).subtitle
    assert "exports" in said_of(draws[f"waterfall-{POLICY}"]()).subtitle


def test_styles_differ_and_keep_their_contrast(result: Result) -> None:
    def luminance(colour: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    for style in STYLES.values():
        for colour in (style.ink, style.soft):
            light, dark = sorted((luminance(colour) + 0.05, luminance(style.ground) + 0.05), reverse=True)
            assert light / dark >= 4.5  # WCAG 2.2, 1.4.3
    for name in ("light", "dark"):
        ax = plots.exports_by_quarter(result, POLICY, style=name)  # type: ignore[arg-type]
        assert to_rgb(ax.get_figure(root=True).get_facecolor()) == to_rgb(STYLES[name].ground)
        for text in ax.findobj(lambda artist: isinstance(artist, Annotation)):
            assert to_rgb(text.get_color()) in (to_rgb(STYLES[name].ink), to_rgb(STYLES[name].soft))


def test_policies_look_the_same_in_all_figures_and_differ_in_colour_and_dash(wide: Result) -> None:
    together = plots.processing_times(wide)
    lines = {
        policy: [
            drawn(plots.exports_by_quarter(wide, policy), f"mean/{policy}"),
            drawn(together, f"decided/{policy}"),
        ]
        for policy in wide.policies
        if policy != wide.scenario.reference
    }
    looks = {policy: {(line.get_color(), str(line._dash_pattern)) for line in pair} for policy, pair in lines.items()}
    assert all(len(look) == 1 for look in looks.values())
    assert len({dash for look in looks.values() for _, dash in look}) == len(looks)
    assert len({colour for look in looks.values() for colour, _ in look}) == len(looks)


# ------------------------------------------------------------------------------------------------------------ as files


def test_a_figure_of_its_own_is_laid_out_no_more_and_axes_that_are_given_as_before(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = plots.waterfall(result, POLICY)
    given = plots.waterfall(result, POLICY, ax=Figure(layout="constrained").subplots())
    laid_out: list[Figure] = []
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda _, figure: laid_out.append(figure))
    for ax in (own, given):
        plots.save(ax, tmp_path / "a.svg")
    assert set(laid_out) == {given.figure}


@pytest.mark.long
def test_all_figures_are_saved_the_same_each_time(result: Result, tmp_path: Path) -> None:
    first = plots.save_figures(result, tmp_path / "first", size=SMALL)
    second = plots.save_figures(result, tmp_path / "second", size=SMALL)
    assert [path.name for path in first] == [f"{name}.svg" for name, _ in figures(result)]
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == sorted(path.name for path in first)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"<dc:date>" not in one.read_bytes()


@pytest.mark.parametrize(("format", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_each_format_is_written_deterministically(result: Result, tmp_path: Path, format: str, begins: bytes) -> None:
    for name in ("one", "other"):
        plots.save(plots.differences(result, size=SMALL), tmp_path / f"{name}.{format}")
    one, other = ((tmp_path / f"{name}.{format}").read_bytes() for name in ("one", "other"))
    assert one == other and one.startswith(begins)


def test_the_users_settings_do_not_matter(result: Result, tmp_path: Path) -> None:
    from matplotlib import rc_context

    plots.save(plots.differences(result), tmp_path / "plain.svg")
    with rc_context({"font.family": ["serif"], "svg.hashsalt": "mine", "axes.grid": True, "lines.linewidth": 9}):
        plots.save(plots.differences(result), tmp_path / "set.svg")
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "set.svg").read_bytes()


def test_what_cannot_be_drawn_is_said(result: Result, tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match="policy"):
        plots.exports_by_quarter(result, "licence-suspended")
    with pytest.raises(ExportsimError, match="style: found 'grey', expected one of light, dark"):
        plots.differences(result, style="grey")  # type: ignore[arg-type]
    with pytest.raises(ExportsimError, match="format: found 'bmp'"):
        plots.save_figures(result, tmp_path, format="bmp")  # type: ignore[arg-type]
    with pytest.raises(ExportsimError, match="expected a list"):
        plots.differences(result, POLICY)
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportsimError, match="figures: cannot write in"):
        plots.save_figures(result, tmp_path / "file")


# -------------------------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("places", "gap", "expected"),
    [
        ([1, 5, 9], 2, [1, 5, 9]),
        ([5, 5], 2, [4, 6]),
        ([5, 5.5, 6], 2, [3.5, 5.5, 7.5]),
        ([0, 0], 2, [0, 2]),
        ([10, 10, 9], 2, [8, 10, 6]),
        ([6, 5], 2, [6.5, 4.5]),
        ([1, 2, 3], 20, [0, 5, 10]),
        ([-5, 15], 1, [0, 10]),
        ([], 1, []),
    ],
)
def test_labels_are_moved_apart_as_little_as_may_be(places: list[float], gap: float, expected: list[float]) -> None:
    assert spread(places, [gap] * len(places), 0, 10) == pytest.approx(expected)


def test_large_labels_have_more_room_than_small_ones() -> None:
    assert spread([5, 5], [2, 4], 0, 10) == pytest.approx([3.5, 6.5])
    assert spread([1, 5, 9], [2, 6, 2], 0, 10) == pytest.approx([1, 5, 9])
    assert spread([4, 5, 6], [2, 6, 2], 0, 10) == pytest.approx([1, 5, 9])


def test_long_text_is_wrapped_within_the_sheet(odd: Result) -> None:
    ax = plots.exports_by_quarter(odd, POLICY, size=SMALL)
    title = ax._left_title  # type: ignore[attr-defined]
    assert title.get_text().count("\n") == 2 and title.get_text().endswith("…")
    assert all(text_width(line, title) <= 72 * SMALL[0] for line in title.get_text().split("\n"))


def test_the_documentation_calls_figures_by_their_signatures() -> None:
    text = (SCENARIOS.parent / "docs" / "figures.md").read_text(encoding="utf-8")
    for name in FIGURES:
        (written,) = re.findall(rf"^\| `{name}\((.*?)\)` \|", text, flags=re.MULTILINE)
        own, common = [], []
        for parameter in inspect.signature(getattr(plots, name)).parameters.values():
            if parameter.name in ("ax", "size", "style", "bare"):
                common.append(f"{parameter.name}={parameter.default!r}".replace("'", '"'))
                continue
            if parameter.kind is parameter.KEYWORD_ONLY and "*" not in own:
                own.append("*")
            default = "" if parameter.default is parameter.empty else f"={parameter.default!r}".replace("'", '"')
            own.append(parameter.name + default)
        assert written == ", ".join(own)
        assert all(f"`{each}`" in text for each in common)


def test_numbers_along_axes_are_written_as_in_sentences(wide: Result) -> None:
    """With separators of thousands and a minus sign; dates and names stay as they are."""
    across = [label.get_text() for label in plots.differences(wide).get_xticklabels()]
    assert any("," in label for label in across) and any("−" in label for label in across)
    assert all(re.fullmatch(r"−?\d{1,3}(,\d{3})*(\.\d+)?", label) for label in across)
    years = [label.get_text() for label in plots.exports_by_quarter(wide, "historical").get_xticklabels()]
    assert "2020" in years
