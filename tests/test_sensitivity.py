"""``exportsim sensitivity``: worlds whose answer is known by construction, and what is said where there is none."""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import exportsim
from exportsim import ExportsimError, load
from exportsim.playing.settings import settings_of
from exportsim.report import plots
from exportsim.report.sensitivity import describe
from exportsim.report.text import page
from exportsim.scenario import vary
from exportsim.study.points import PointRun, placed
from pressing import Finger
from shell import Shell
from worlds import as_file, one_office

# From registers, ten orders of one good and five of another, each delivered after its lead time, whatever chance may
# say: exports are ten times the one value and five times the other. No buyer minds the price.
ADDITIVE = """\
exportsim: 1
title: Two lines
period: {start: 2020-01-01, end: 2020-12-31}
currency: EUR
goods: {lamps: {}, lenses: {}}
authorities:
  office: {country: CA, review: [{stage: desk, officers: 10, work: 1d}]}
suppliers:
  maker: {country: CA, authority: office, slots: 100, lead_time: 10d}
demand:
  one: {buyer: buyer, destination: TR, goods: lamps, value: 150, sources: {maker: {}},
    orders: {register: ten.csv, date: day}}
  two: {buyer: buyer, destination: TR, goods: lenses, value: 300, sources: {maker: {}},
    orders: {register: five.csv, date: day}}
policies:
  free: {measures: []}
  ban: {measures: [{on: 2020-01-01, applications: deny, goods: [lenses]}]}
"""
UNCERTAIN = """\
uncertainties:
  demand.one.value: {uniform: [100, 200]}
  demand.two.value: {uniform: [100, 500]}
  suppliers.maker.price: {uniform: [1, 2]}
"""
CHANCY = as_file(
    one_office(
        title="A small world",
        authorities__office__approval=0.9, authorities__office__review=[{"stage": "desk", "officers": 2, "work": "5d"}],
        suppliers__maker__slots=4, demand__x__buyer="buyer", demand__x__value=100, demand__x__orders="20/y",
        policies={"free": {"measures": []}, "ban": {"measures": [{"on": "2020-07-01", "applications": "deny"}]}},
        uncertainties={
            "demand.line.orders": ["4/y", "20/y", "40/y"],
            "authorities.office.review.desk.officers": {"uniform": [1, 3]},
        },
    )
).replace("  x:", "  line:")  # fmt: skip


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("ten.csv").write_text("day\n" + "".join(f"2020-{month:02d}-06\n" for month in range(1, 11)))
    Path("five.csv").write_text("day\n" + "".join(f"2020-{month:02d}-07\n" for month in range(1, 6)))
    Path("additive.yaml").write_text(ADDITIVE + UNCERTAIN)
    Path("certain.yaml").write_text(ADDITIVE)
    Path("chancy.yaml").write_text(CHANCY)
    return Shell(capsys)


def rows(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["parameter"], row["index"]): row for row in table.to_dict("records")}  # type: ignore[misc]


def test_an_additive_world_by_hand(shell: Shell) -> None:
    """Exports are 10 v + 5 w: variances 100 · 100²/12 and 25 · 400²/12, which are as 1 to 4. The price has no part."""
    found = exportsim.sensitivity(load("additive.yaml"), policy="free", samples=32, futures=2)
    table = rows(found.table)
    for index in ("first", "total"):
        for parameter, share in (("demand.one.value", 0.2), ("demand.two.value", 0.8)):
            row = table[parameter, index]
            assert row["low"] <= share <= row["high"] and row["value"] == pytest.approx(share, abs=0.15)
        price = table["suppliers.maker.price", index]
        assert (price["value"], price["low"], price["high"], price["futures_se"]) == (0, 0, 0, 0)
    assert found.ranking() == ["demand.two.value", "demand.one.value", "suppliers.maker.price"]
    assert found.chance == pytest.approx(0, abs=1e-20) and found.futures == 2 and not found.interrupted
    assert found.table["unit"].unique().tolist() == ["1"] and found.unit == "EUR"
    # Lowest fifth of w: 140 in the mean; highest: 460; v is 150 in the mean.
    ends = found.tornado.set_index("parameter").loc["demand.two.value"]
    assert ends["low_mean"] == pytest.approx(1500 + 5 * 140, abs=50)
    assert ends["high_mean"] == pytest.approx(1500 + 5 * 460, abs=50)
    assert (ends["lowest"], ends["highest"], ends["unit"]) == ("180", "420", "EUR")
    # Points are as they would be written, and what is told of them is what a run finds.
    assert len(found.points) == found.asked == 32 * 5
    point = found.points.iloc[7]
    expected = 10 * float(point["demand.one.value"]) + 5 * float(point["demand.two.value"])
    assert point["value"] == pytest.approx(expected, abs=0.1)


def test_elementary_effects_by_hand(shell: Shell) -> None:
    """From 1/8 to 7/8 of the way: 10 · 75 and 5 · 300, wherever the others are. Under the ban only lamps are sold."""
    table = rows(
        exportsim.sensitivity(load("additive.yaml"), policy="free", method="morris", samples=8, futures=1).table
    )
    assert table["demand.one.value", "mu_star"]["value"] == pytest.approx(750)
    assert table["demand.two.value", "mu"]["value"] == pytest.approx(1500)
    assert table["demand.two.value", "sigma"]["value"] == pytest.approx(0, abs=1e-9)
    assert np.isnan(table["demand.two.value", "mu"]["futures_se"])
    found = exportsim.sensitivity(
        load("additive.yaml"), policy="ban", reference="free", method="morris", samples=8, futures=2
    )
    table = rows(found.table)
    assert table["demand.one.value", "mu_star"]["value"] == pytest.approx(0, abs=1e-9)
    assert table["demand.two.value", "mu"]["value"] == pytest.approx(-1500)
    assert table["demand.two.value", "mu"]["unit"] == "EUR"


def test_values_are_the_means_of_runs_and_lists_and_whole_numbers_are_taken(shell: Shell) -> None:
    scenario = load("chancy.yaml")
    found = exportsim.sensitivity(scenario, policy="ban", reference="free", samples=8, futures=6, seed=3)
    assert set(found.points["demand.line.orders"]) == {"4/y", "20/y", "40/y"}
    assert set(found.points["authorities.office.review.desk.officers"]) == {1, 2, 3}
    for number in (0, 13):
        point = found.points.iloc[number].drop(["point", "value"]).to_dict()
        result = exportsim.run(vary(scenario, {str(k): v for k, v in point.items()}), futures=6, seed=3)
        difference = result.compare("free").loc[("ban", "exports"), "mean"]
        assert found.points.loc[number, "value"] == pytest.approx(difference)
    assert 0 < found.chance < 1
    again = exportsim.sensitivity(scenario, policy="ban", reference="free", samples=8, futures=6, seed=3)
    pd.testing.assert_frame_equal(found.table, again.table, check_exact=True)


def test_futures_without_the_outcome_are_left_out_and_told(shell: Shell) -> None:
    """Where four orders come in a year, no delivery comes at all in some futures, and then there is no delay."""
    found = exportsim.sensitivity(
        load("chancy.yaml"), policy="ban", outcome="delay", method="morris", samples=8, futures=9
    )
    assert 0 < found.futures < 9 and found.provenance["futures"] == 9
    assert found.table["value"].notna().all() and found.unit == "days"
    told = " ".join(page(describe(found)).text().split())
    assert f"{9 - found.futures} of 9 futures are left out, in which delay is undefined" in told


def test_where_there_is_nothing_to_explain_it_is_said(shell: Shell) -> None:
    said = shell(
        "sensitivity", "additive.yaml", "--policy", "free", "--outcome", "lost", "--samples", "8", "--futures", "2"
    )
    assert said.status == 2 and "lost under free has the same mean, 0, at all 40 points" in said.err
    never = "uncertainties={authorities.office.approval: [0, 1]}"
    said = shell(
        "sensitivity", "additive.yaml", "--policy", "free", "--outcome", "delay", "--samples", "8", "--futures", "2",
        "--set", never,
    )  # fmt: skip
    assert said.status == 2 and "delay under free is undefined in" in said.err and "of 48 plays" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("certain.yaml", "--policy", "free"), "the scenario has no `uncertainties`"),
        (("additive.yaml", "--policy", "fre"), "unknown policy `fre`; did you mean `free`?"),
        (("additive.yaml", "--policy", "free", "--reference", "bann"), "unknown policy `bann`; did you mean `ban`?"),
        (("additive.yaml", "--policy", "free", "--reference", "free"), "found 'free', the policy itself"),
        (("additive.yaml", "--policy", "free", "--method", "moris"), "did you mean `morris`?"),
        (("additive.yaml", "--policy", "free", "--outcome", "export"), "did you mean `exports`?"),
        (("additive.yaml", "--policy", "free", "--samples", "12"), "a power of two, such as 8 or 16"),
        (("additive.yaml", "--policy", "free", "--out", "table.txt"), "expected .parquet or .csv"),
        (("additive.yaml",), "Missing option '--policy'"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(shell: Shell, arguments: tuple[str, ...], message: str) -> None:
    before = set(Path().iterdir())
    said = shell("sensitivity", *arguments)
    assert said.status == 2 and message in said.err and "Traceback" not in said.err and not said.out
    assert set(Path().iterdir()) == before


def test_without_salib_it_is_said_what_to_install(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "SALib":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    said = shell("sensitivity", "additive.yaml", "--policy", "free")
    assert said.status == 2 and "pip install 'exportsim[sensitivity]'" in said.err


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_page_fits_and_begins_with_the_strongest(shell: Shell, method: str) -> None:
    said = shell(
        "sensitivity", "additive.yaml", "--policy", "free", "--method", method, "--samples", "16", "--futures", "2",
        "--out", "table.parquet", "--figures", "drawn",
    )  # fmt: skip
    assert said.status == 0, said.err
    lines = said.out.splitlines()
    assert max(map(len, lines)) <= 80
    first = next(number for number, line in enumerate(lines) if line.startswith("───"))
    assert [re.split(r"\s{2,}", line)[0] for line in lines[first + 1 : first + 4]] == [
        "value: two",
        "value: one",
        "price: maker",
    ]
    assert "demand." not in said.out and "suppliers." not in said.out  # paths are for data
    table = pq.read_table("table.parquet")
    assert json.loads(table.schema.metadata[b"exportsim"])["sensitivity"]["method"] == method
    assert table.num_rows == (6 if method == "sobol" else 9)
    assert sorted(path.name for path in Path("drawn").iterdir()) == ["convergence.svg", "indices.svg", "tornado.svg"]


def test_json_has_all_tables_and_pairs_are_told(shell: Shell) -> None:
    asked = ("sensitivity", "additive.yaml", "--policy", "free", "--samples", "8", "--futures", "1", "--second-order")
    document = json.loads(shell(*asked, "--json").out)
    assert document["ranking"][0] == "demand.two.value" and document["chance"] is None
    assert [row["index"] for row in document["indices"]].count("second") == 3
    assert {row["samples"] for row in document["convergence"]} == {8} and len(document["tornado"]) == 3
    assert document["indices"][0]["futures_se"] is None
    assert "Pairs: what two do together" in shell(*asked).out


def test_ctrl_c_keeps_the_complete_samples(shell: Shell) -> None:
    scenario = load("additive.yaml")
    part = exportsim.sensitivity(scenario, policy="free", samples=128, futures=1, progress=Finger(5 * 12 + 3))
    assert part.interrupted and 8 <= part.samples < 128 and (len(part.points), part.asked) == (5 * part.samples, 640)
    whole = exportsim.sensitivity(scenario, policy="free", samples=part.samples, futures=1)
    np.testing.assert_array_equal(part.table["value"], whole.table["value"])
    said = f"interrupted after {len(part.points)} of 640 points"
    assert part.provenance["interrupted"] and said in page(describe(part)).text()
    with pytest.raises(KeyboardInterrupt):
        exportsim.sensitivity(scenario, policy="free", samples=16, futures=1, progress=Finger(1))


def test_figures_show_the_tables(shell: Shell, tmp_path: Path) -> None:
    found = exportsim.sensitivity(load("additive.yaml"), policy="free", samples=16, futures=2)
    ends = found.tornado.set_index("parameter")
    bars = {patch.get_gid(): patch for patch in plots.tornado(found).patches}
    bar = bars["low/demand.two.value"]
    middle = found.points["value"].mean()
    assert bar.get_x() == pytest.approx(middle) or bar.get_x() + bar.get_width() == pytest.approx(middle)
    assert abs(bar.get_width()) == pytest.approx(middle - ends.loc["demand.two.value", "low_mean"])
    table = rows(found.table)
    marks = {line.get_gid(): line for line in plots.indices(found).lines if line.get_gid()}
    assert marks["first/demand.one.value"].get_xdata()[0] == pytest.approx(
        100 * table["demand.one.value", "first"]["value"]
    )
    lines = {line.get_gid(): line for line in plots.convergence(found, style="dark").lines if line.get_gid()}
    assert lines["value/demand.two.value"].get_ydata()[-1] == pytest.approx(
        100 * table["demand.two.value", "total"]["value"]
    )
    with pytest.raises(ExportsimError, match="format: found 'bmp'"):
        plots.save_figures(found, tmp_path, format="bmp")  # type: ignore[arg-type]
    found = exportsim.sensitivity(load("additive.yaml"), policy="free", method="morris", samples=8, futures=2)
    assert plots.indices(found).get_xlim()[1] > 1500


def test_the_founding_case_doubts_sixteen_numbers_and_can_be_played_at_its_corners() -> None:
    scenario = load(Path(__file__).parent.parent / "scenarios" / "canada-turkiye.yaml")
    assert len(scenario.uncertainties) == 16
    corners = placed(scenario.uncertainties, np.array([[1e-9] * 16, [1 - 1e-9] * 16]))
    # A ramp-up of ASELSAN's delays its own deliveries, and takes no export from Canada; all else together does.
    ramp_up = {**corners[0], "suppliers.aselsan.ramp_up": corners[1]["suppliers.aselsan.ramp_up"]}
    point_run = PointRun(scenario, [*corners, ramp_up], policies=["historical"], settings=settings_of({"futures": 2}))
    columns = [list(point_run.units).index(name) for name in ("exports", "delay")]
    values = dict(point_run.play())
    found = np.stack([values[number][-1][:, columns] for number in range(3)])
    assert (found[0, :, 0] != found[1, :, 0]).all()
    assert (found[0, :, 0] == found[2, :, 0]).all() and (found[0, :, 1] != found[2, :, 1]).any()
