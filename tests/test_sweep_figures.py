"""Figures of sweeps: what is drawn is what the tables say."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import exportsim
from exportsim import ExportsimError, Sweep
from exportsim.report import plots
from exportsim.report.html.drawing import colours, drawing
from exportsim.report.plots.sheet import said_of
from exportsim.report.plots.sweeps import BINS, stretches
from exportsim.scenario import replace
from shell import Shell

RAMP_UP, SLOTS = "suppliers.turkish.ramp_up", "suppliers.british.slots"
POLICY, REFERENCE = "no-new-licences", "as-before"
QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


@pytest.fixture(scope="module")
def grid() -> Sweep:
    over = {SLOTS: [1, 4, 8], RAMP_UP: ["3mo", "2y"]}
    return exportsim.sweep(exportsim.load(QUICKSTART), over, futures=6, outcome=["exports"])


@pytest.fixture(scope="module")
def sample() -> Sweep:
    uncertain = {RAMP_UP: {"uniform": ["2mo", "24mo"]}, SLOTS: {"uniform": [1, 9]}}
    scenario = replace(exportsim.load(QUICKSTART), uncertainties=uncertain)
    return exportsim.sweep(scenario, samples=32, futures=2, outcome=["exports"])


def drawn(ax: Axes, gid: str) -> Any:
    (found,) = ax.findobj(lambda artist: artist.get_gid() == gid)
    return found


def test_a_response_is_the_means_of_the_points_at_each_value(grid: Sweep) -> None:
    ax = plots.response(grid, SLOTS)
    table = grid.table[grid.table["policy"] == POLICY]
    by_slots = table.groupby(SLOTS)[["mean", "low", "high"]].mean()
    line = drawn(ax, f"mean/{POLICY}")
    np.testing.assert_array_equal(line.get_xdata(), [1, 4, 8])
    np.testing.assert_allclose(line.get_ydata(), by_slots["mean"] / 1e6, rtol=1e-12)
    found = stretches(grid, SLOTS, POLICY)
    np.testing.assert_allclose([(s.low, s.high) for s in found], by_slots[["low", "high"]], rtol=1e-12)
    assert [stretch.points for stretch in found] == [2, 2, 2]
    assert ax.get_xlabel() == "slots: British industry"
    assert said_of(ax).subtitle == "Exports, GBP million, against slots: British industry."


def test_an_axis_has_the_unit_as_written_and_differences_leave_the_reference_out(grid: Sweep) -> None:
    ax = plots.response(grid, RAMP_UP, figure="difference", style="dark")
    assert ax.get_xlabel() == "ramp up: Turkish industry, months"
    np.testing.assert_array_equal(drawn(ax, f"mean/{POLICY}").get_xdata(), [3, 24])
    assert not ax.findobj(lambda artist: artist.get_gid() == f"mean/{REFERENCE}")


def test_a_sample_is_dots_and_the_means_of_groups_of_as_many(sample: Sweep) -> None:
    ax = plots.response(sample, RAMP_UP)
    table = sample.table[sample.table["policy"] == POLICY]
    months = table[RAMP_UP].str.removesuffix("mo").astype(float).to_numpy()
    dots = drawn(ax, f"points/{POLICY}")
    np.testing.assert_allclose(dots.get_xdata(), months)
    np.testing.assert_allclose(dots.get_ydata(), table["mean"] / 1e6)
    first = table["mean"].to_numpy()[np.argsort(months)[: 32 // BINS]]
    np.testing.assert_allclose(drawn(ax, f"mean/{POLICY}").get_ydata()[0], first.mean() / 1e6)
    assert len(stretches(sample, RAMP_UP, POLICY)) == BINS


def test_a_heat_map_has_the_difference_of_each_cell_on_a_scale_that_parts_at_zero(grid: Sweep) -> None:
    ax = plots.heat_map(grid, POLICY)
    table = grid.table[grid.table["policy"] == POLICY]  # the largest is above 10 million: told in millions
    cells = drawn(ax, "cells")
    expected = table.pivot(index=RAMP_UP, columns=SLOTS, values="difference").loc[["3mo", "2y"]] / 1e6
    np.testing.assert_allclose(np.asarray(cells.get_array()).reshape(2, 3), expected, rtol=1e-12)
    low, high = cells.get_clim()
    assert low == -high and high == pytest.approx(np.abs(expected.to_numpy()).max())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["3", "24"]


def test_a_line_parts_the_cells_with_less_from_those_with_more(grid: Sweep) -> None:
    """At every edge between the two, and nowhere else: counted here cell by cell."""
    ax = plots.heat_map(grid, POLICY)
    cells = drawn(ax, "cells").get_array().reshape(2, 3)
    expected = set()
    for row, column in np.ndindex(2, 3):
        if column and (cells[row, column] < 0) != (cells[row, column - 1] < 0):
            expected.add(((column, row), (column, row + 1)))
        if row and (cells[row, column] < 0) != (cells[row - 1, column] < 0):
            expected.add(((column, row), (column + 1, row)))
    lines = ax.findobj(lambda artist: artist.get_gid() == "no-difference")
    shown = {tuple(tuple(map(int, end)) for end in edge) for line in lines for edge in line.get_segments()}
    assert expected and shown == expected


def test_on_a_page_a_heat_map_has_its_bar_and_its_numbers_in_any_light(grid: Sweep) -> None:
    """The bar is an image that holds itself; no number has a colour that the page changes for a dark screen."""
    ax = plots.heat_map(grid, POLICY)
    images = re.findall(r'<image[^>]* href="([^"]{22})', drawing(ax, "study-1", "a heat map"))
    assert images == ["data:image/png;base64,"]
    numbers = ax.findobj(lambda artist: artist.get_gid() == "number")
    assert numbers and not {number.get_color() for number in numbers} & {light for _, light, _ in colours()}


def test_a_heat_map_is_scaled_to_what_there_is(grid: Sweep) -> None:
    own = grid.table[grid.table["policy"] == POLICY]
    ax = plots.heat_map(grid, POLICY, figure="mean")
    low, high = drawn(ax, "cells").get_clim()
    assert (low, high) == pytest.approx((own["mean"].min() / 1e6, own["mean"].max() / 1e6))
    assert drawn(ax, "cells").get_cmap().name == "cividis"
    names = {end: drawn(ax.get_figure(root=True), f"colour/{end}").get_text() for end in ("low", "high")}
    assert names == {"low": f"least: {low:.1f}", "high": f"largest: {high:.1f}"}
    assert said_of(ax).title == f"From {low:.1f} to {high:.1f} GBP million: exports under “What was done”"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("slots: British industry", "ramp up: Turkish industry,\nmonths")
    # Differences of one sign alone have no zero to part at.
    losses = replaced(grid, "difference", -1e6 - own["difference"].abs())
    assert drawn(plots.heat_map(losses, POLICY), "cells").get_clim()[1] < 0


def replaced(sweep: Sweep, column: str, values: pd.Series[float]) -> Sweep:
    """A sweep with other values in the rows of a policy."""
    table = sweep.table.copy()
    table.loc[values.index, column] = values
    return dataclasses.replace(sweep, table=table)


def test_a_heat_map_of_a_sample_colours_its_points(sample: Sweep) -> None:
    ax = plots.heat_map(sample, POLICY, (RAMP_UP, RAMP_UP), figure="mean")
    own = sample.table[sample.table["policy"] == POLICY]["mean"]
    np.testing.assert_allclose(drawn(ax, "points").get_array(), own / 1e6)


def test_regret_is_that_of_the_table(grid: Sweep) -> None:
    ax = plots.regret(grid)
    table = grid.regret("exports")
    for policy in table.index:
        (worst,) = drawn(ax, f"worst/{policy}").get_xdata()
        assert worst == pytest.approx(table.loc[policy, "worst"] / 1e6)
        assert drawn(ax, f"points/{policy}").get_xdata().mean() == pytest.approx(table.loc[policy, "mean"] / 1e6)


def test_regret_is_left_out_where_one_policy_is_best_at_every_point(grid: Sweep) -> None:
    assert "regret" in dict(plots.figures(grid))
    rows = grid.table["policy"] == REFERENCE
    best = replaced(grid, "mean", grid.table.loc[rows, "mean"] + 1e9)
    assert best.regret("exports").loc[REFERENCE, "best"] == 1
    assert "regret" not in dict(plots.figures(best))


def test_titles_say_what_is_found(grid: Sweep) -> None:
    most = grid.regret("exports")["best"].idxmax()
    title = said_of(plots.regret(grid)).title
    assert title.startswith("“") and {REFERENCE: "Licences as before", POLICY: "What was done"}.get(most, "Ex") in title
    spans = {name: np.ptp([stretch.mean for stretch in stretches(grid, SLOTS, name)]) for name in (POLICY, REFERENCE)}
    largest = "Licences as before" if spans[REFERENCE] > spans[POLICY] else "What was done"
    title = said_of(plots.response(grid, SLOTS)).title
    assert f"Slots: British industry moves exports most under “{largest}”: from " in title


def test_what_cannot_be_drawn_is_said(grid: Sweep) -> None:
    with pytest.raises(ExportsimError, match="did you mean"):
        plots.response(grid, "suppliers.turkish.ramp")
    with pytest.raises(ExportsimError, match=f"did you mean `{POLICY}`"):
        plots.heat_map(grid, "no-new-licence")
    with pytest.raises(ExportsimError, match="unknown figure `means`"):
        plots.response(grid, figure="means")


def test_where_a_policy_fails_is_drawn_with_its_points_and_frame(sample: Sweep) -> None:
    own = sample.table[sample.table["policy"] == POLICY]["mean"]
    found = exportsim.discover(sample, POLICY, below=float(own.quantile(0.3)), method="tree", resamples=2)
    ax = plots.failures(found)
    fails = int(found.points["fails"].sum())
    assert len(drawn(ax, "failing").get_xdata()) == fails and len(drawn(ax, "others").get_xdata()) == 32 - fails
    side = found.boxes[0].sides[0]
    axis = found.axes[side.axis]
    assert axis.path == SLOTS and drawn(ax, "box").get_width() == pytest.approx(side.under - ax.get_xlim()[0], rel=0.1)
    step = found.tradeoff[found.tradeoff["chosen"]].iloc[0]
    chosen = drawn(plots.trade_off(found), "chosen")
    assert (chosen.get_xdata()[0], chosen.get_ydata()[0]) == (100 * step["coverage"], 100 * step["density"])
    with pytest.raises(ExportsimError, match="box: found 9"):
        plots.failures(found, 9)


@pytest.mark.long
def test_the_commands_write_what_fits(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Sweep
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(capsys)
    said = shell(
        "sweep",
        str(QUICKSTART),
        "--over",
        f"{SLOTS}=1,4",
        "--over",
        f"{RAMP_UP}=3mo,2y",
        "--futures",
        "2",
        "--figures",
        "a",
    )
    assert said.status == 0 and said.out.endswith("Written to a\n")
    written = sorted(path.name for path in Path("a").iterdir())
    maps = [f"heat_map-{policy}.svg" for policy in ("licences-suspended", POLICY)]
    assert written == [*maps, "regret.svg", "response-ramp_up.svg", "response-slots.svg"]
    again = plots.save_figures(sample, "b"), {path: path.read_bytes() for path in Path("b").iterdir()}
    plots.save_figures(sample, "b")
    assert all(path.read_bytes() == before for path, before in again[1].items())
    sample.save("s.parquet")
    level = str(int(sample.table.loc[sample.table["policy"] == POLICY, "mean"].quantile(0.3)))
    asked = ("discover", "s.parquet", "--policy", POLICY, "--below", level, "--method", "tree", "--resamples", "0")
    assert shell(*asked, "--figures", "c").status == 0
    assert {"failures-1.svg", "trade_off.svg"} <= {path.name for path in Path("c").iterdir()}
