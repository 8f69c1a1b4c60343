"""``exportsim sweep``: a point is a run of its own, samples are SciPy's points, and faults are told before any play."""

from __future__ import annotations

import json
import os
import random
import signal
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats
from scipy.stats import qmc

import exportsim
from exportsim import ExportsimError, ScenarioError, load, loads
from exportsim.files import FileSystem
from exportsim.report.sweep import describe
from exportsim.report.text import page
from exportsim.scenario import vary
from exportsim.study import points as experiment_points
from exportsim.study import sweep as experiment_sweep
from exportsim.study.point_faults import point_faults
from exportsim.study.points import PointRun, points, unit_points
from pressing import Finger
from shell import Shell
from worlds import as_file, one_office, two_sources

# Ten orders of 100 each, one a month from a register, and a maker who delivers each after its lead time: nothing is
# left to chance. The ban stops orders that have no permit yet.
BAN = {"on": "2020-05-01", "applications": "deny", "destinations": ["TR"]}
STEADY = as_file(
    one_office(
        title="Steady",
        authorities__office__review=[{"stage": "desk", "officers": 10, "work": "1d"}],
        suppliers__maker__slots=100, suppliers__maker__lead_time="10d",
        demand__x__buyer="buyer",
        demand__x__orders={"register": "orders.csv", "date": "day", "value": "worth"}, demand__x__value=None,
        policies={"free": {"measures": []}, "ban": {"measures": [BAN]}},
    )
).replace("  x:", "  line:")  # fmt: skip
REGISTER = "day,worth\n" + "".join(f"2020-{month:02d}-06,100\n" for month in range(1, 11))

HOLD = {"on": "2020-06-01", "applications": "hold", "destinations": ["TR"]}
CHANCY = as_file(two_sources(policies__loose={"measures": [HOLD]}))
UNCERTAIN = """\
uncertainties:
  suppliers.north.slots: {uniform: [1, 6]}
  authorities.gac.approval: {triangular: [0.5, 0.9, 1]}
  suppliers.south.ramp_up: {lognormal: {median: 3mo, p90: 12mo}}
  demand.line.orders: [10/y, 20/y, 30/y]
  demand.line.value: {uniform: [1M, 3M]}
  suppliers.south.lead_time: {empirical: [40d, 20d]}
"""


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(REGISTER)
    Path("steady.yaml").write_text(STEADY)
    Path("chancy.yaml").write_text(CHANCY)
    Path("uncertain.yaml").write_text(CHANCY + UNCERTAIN)
    return Shell(capsys)


# Grids


def test_a_grid_by_hand(shell: Shell) -> None:
    """An order of 100 comes on the 6th of each month from January to October; decided after a day, delivered after the
    lead time. Of ten days: all ten arrive, 1000. Of 100 (+1): those ordered until 21 September, nine. The ban from May
    leaves those of January to April: 400 either way."""
    found = exportsim.sweep(
        load("steady.yaml"),
        {"suppliers.maker.lead_time": ["10d", "100d"], "authorities.office.approval": [1, 0]},
        futures=2,
    )
    exports = found.table[found.table["outcome"] == "exports"]
    rows = exports[["point", *found.paths, "policy", "mean", "difference"]].to_numpy().tolist()
    assert rows == [
        [0, "10d", 1, "free", 1000.0, 0.0],
        [0, "10d", 1, "ban", 400.0, -600.0],
        [1, "10d", 0, "free", 0.0, 0.0],
        [1, "10d", 0, "ban", 0.0, 0.0],
        [2, "100d", 1, "free", 900.0, 0.0],
        [2, "100d", 1, "ban", 400.0, -500.0],
        [3, "100d", 0, "free", 0.0, 0.0],
        [3, "100d", 0, "ban", 0.0, 0.0],
    ]
    assert (exports["low"] == exports["mean"]).all() and (exports["n"] == 2).all() and (exports["unit"] == "EUR").all()
    assert found.points.to_numpy().tolist() == [[0, "10d", 1], [1, "10d", 0], [2, "100d", 1], [3, "100d", 0]]


def test_regret_by_hand(shell: Shell) -> None:
    found = exportsim.sweep(
        load("steady.yaml"),
        {"suppliers.maker.lead_time": ["10d", "100d"], "authorities.office.approval": [1, 0]},
        futures=1,
    )
    most = found.regret("exports")
    assert most.loc["free"].tolist()[:2] == [0.0, 0.0] and most.index.tolist() == ["free", "ban"]
    assert most.loc["ban", ["mean", "worst", "worst_point"]].tolist() == [(600 + 500) / 4, 600.0, 0]
    # Best alone at two points, and alike at the two others.
    assert most["best"].to_dict() == {"free": 0.75, "ban": 0.25} and (most["n"] == 4).all()
    least = found.regret("exports", most=False)
    assert least.loc["free", "worst"] == 600.0 and least.loc["ban", "worst"] == 0.0
    with pytest.raises(ExportsimError, match="did you mean `exports`"):
        found.regret("export")


def test_where_an_outcome_is_undefined_the_page_says_how_many_rows_and_points_are_left_out(shell: Shell) -> None:
    """Nothing is delivered of a lead time longer than the period, and nothing ever under a ban from the start."""
    asked = (
        "sweep",
        "steady.yaml",
        "--over",
        "suppliers.maker.lead_time=10d,30y",
        "--futures",
        "2",
        "--outcome",
        "delay",
    )
    said = " ".join(shell(*asked, "--set", "policies.ban.measures=[]").out.split())
    assert "1 of 2 points are left out, where delay is undefined under some policy." in said
    assert "In 2 of 4 rows, shown as –, delay is undefined in every future." in said
    found = json.loads(shell(*asked, "--set", "policies.ban.measures=[]", "--json").out)
    assert {row["left_out"] for row in found["regret"]["delay"].values()} == {1}
    said = " ".join(shell(*asked, "--over", "authorities.office.approval=0").out.split())
    assert "No regret can be given: at every point delay is undefined under some policy." in said and "nan" not in said


def test_a_point_is_what_run_finds_with_these_overrides_bit_for_bit(shell: Shell) -> None:
    scenario = load("chancy.yaml")
    over = {"suppliers.north.slots": [1, 4], "suppliers.south.ramp_up": ["30d", "1y"]}
    found = exportsim.sweep(scenario, over, futures=12, seed=7, workers=2)
    for number, point in enumerate(found.points[list(found.paths)].to_dict("records")):
        result = exportsim.run(vary(scenario, {str(k): v for k, v in point.items()}), futures=12, seed=7)
        here = found.table[found.table["point"] == number].set_index(["policy", "outcome"])
        alone, apart = result.summary(), result.compare()
        for column in ("mean", "low", "high", "sd", "n", "unit"):
            pd.testing.assert_series_equal(here[column], alone[column], check_exact=True)
        for column, other in (("difference", "mean"), ("difference_low", "low"), ("difference_high", "high")):
            pd.testing.assert_series_equal(
                here[column].loc[["strict", "loose"]], apart[other], check_exact=True, check_names=False
            )
        assert (here["difference"].loc["free"].dropna() == 0).all()
    assert found.table["point"].nunique() == 4


def test_policies_and_outcomes_are_those_asked_for_and_the_reference(shell: Shell) -> None:
    found = exportsim.sweep(
        load("chancy.yaml"), {"suppliers.north.slots": [1]}, futures=2, policies=["strict"], outcome=["lost", "exports"]
    )
    assert found.table["policy"].unique().tolist() == ["free", "strict"]
    assert found.table["outcome"].unique().tolist() == ["exports", "lost"]


def test_values_are_of_one_kind_a_column_and_null_removes(shell: Shell) -> None:
    over = {"suppliers.south.ramp_up": [None, "1y"], "demand.line.value": ["2M", 1000000, {"uniform": ["1M", "2M"]}]}
    found = exportsim.sweep(load("chancy.yaml"), over, futures=1)
    assert found.points["suppliers.south.ramp_up"].unique().tolist() == ["null", "1y"]
    assert found.points["demand.line.value"].unique().tolist() == ["2M", "1000000", '{"uniform": ["1M", "2M"]}']


# Samples


@pytest.mark.parametrize(("method", "source"), [("sobol", qmc.Sobol), ("lhs", qmc.LatinHypercube)])
def test_samples_are_the_points_of_scipy_put_through_the_quantiles(shell: Shell, method: str, source: Any) -> None:
    scenario = load("uncertain.yaml")
    found = pd.DataFrame(points(scenario, {}, 16, method, 5))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unit = source(6, rng=np.random.default_rng(5)).random(16)
    slots, approval, ramp_up, orders, value, lead_time = unit.T
    assert found["suppliers.north.slots"].tolist() == np.floor(1 + 5 * slots + 0.5).astype(int).tolist()
    expected = stats.triang(c=0.8, loc=0.5, scale=0.5).ppf(approval)
    np.testing.assert_allclose(found["authorities.gac.approval"].astype(float), expected, rtol=1e-12)
    sigma = np.log(12 / 3) / stats.norm.ppf(0.9)
    months = found["suppliers.south.ramp_up"].str.removesuffix("mo").astype(float)
    np.testing.assert_allclose(months, stats.lognorm(s=sigma, scale=3).ppf(ramp_up), atol=6e-7)
    assert found["demand.line.orders"].tolist() == [["10/y", "20/y", "30/y"][int(3 * u)] for u in orders]
    millions = found["demand.line.value"].str.removesuffix("M").astype(float)
    np.testing.assert_allclose(millions, 1 + 2 * value, atol=6e-9)
    assert [float(each.removesuffix("d")) for each in found["suppliers.south.lead_time"]] == [
        20.0 if u < 0.5 else 40.0 for u in lead_time
    ]


def test_a_sample_is_decided_by_its_seed_and_sobol_points_go_on_where_they_ended() -> None:
    few, many = unit_points(3, 8, "sobol", 1), unit_points(3, 20, "sobol", 1)
    np.testing.assert_array_equal(few, many[:8])
    for method in ("sobol", "lhs"):
        np.testing.assert_array_equal(unit_points(3, 8, method, 2), unit_points(3, 8, method, 2))
        assert (unit_points(3, 8, method, 2) != unit_points(3, 8, method, 3)).all()


def test_whole_numbers_are_seen_and_shares_are_not_taken_for_them(shell: Shell) -> None:
    scenario = loads(
        CHANCY + "uncertainties: {authorities.gac.approval: {uniform: [0, 1]}, suppliers.north.slots: "
        "{lognormal: {mean: 3, cv: 0.2}}, authorities.gac.review.desk.officers: {uniform: [1, 2]}}"
    )
    found = pd.DataFrame(points(scenario, {}, 8, "sobol", 1))
    assert not any(float(value).is_integer() for value in found["authorities.gac.approval"])
    for path in ("suppliers.north.slots", "authorities.gac.review.desk.officers"):
        assert all(isinstance(value, int) for value in found[path].tolist())
    assert found["authorities.gac.review.desk.officers"].unique().tolist() in ([1, 2], [2, 1])


def test_business_days_stay_business_days(shell: Shell) -> None:
    scenario = loads(CHANCY + "uncertainties: {authorities.gac.review.desk.work: {uniform: [2bd, 9bd]}}")
    found = points(scenario, {}, 4, "lhs", 1)
    unit = qmc.LatinHypercube(1, rng=np.random.default_rng(1)).random(4)[:, 0]
    days = [float(point["authorities.gac.review.desk.work"].removesuffix("bd")) for point in found]
    np.testing.assert_allclose(days, 2 + 7 * unit, atol=6e-7)


def test_a_sampled_point_can_be_played_by_itself(shell: Shell) -> None:
    scenario = load("uncertain.yaml")
    found = exportsim.sweep(scenario, samples=2, futures=3, policies=["strict"])
    last = found.points.iloc[1][list(found.paths)].to_dict()
    alone = exportsim.run(vary(scenario, last), futures=3, policies=["strict"]).summary()["mean"]
    here = found.table[found.table["point"] == 1].set_index(["policy", "outcome"])["mean"]
    pd.testing.assert_series_equal(here, alone, check_exact=True)


def test_grid_and_sample_are_crossed_and_the_grid_takes_the_place_of_an_uncertainty(shell: Shell) -> None:
    scenario = load("uncertain.yaml")
    found = points(scenario, {"suppliers.north.slots": [2, 3]}, 4, "sobol", 1)
    assert [point["suppliers.north.slots"] for point in found] == [2] * 4 + [3] * 4
    assert [{**point, "suppliers.north.slots": 0} for point in found[:4]] == [
        {**point, "suppliers.north.slots": 0} for point in found[4:]
    ]
    assert len(found[0]) == 6


# Mistakes


def test_the_faults_of_all_points_are_told_at_once_and_nothing_is_played(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PointRun, "play", lambda _: pytest.fail("played"))
    said = shell(
        "sweep", "chancy.yaml", "--over", "suppliers.south.ramp_up=6mo,12,24m", "--over", "suppliers.nord.slots=1,2",
        "--over", "suppliers.north.slotz=1",
    )  # fmt: skip
    assert said.status == 2 and said.out == ""
    assert "--over: suppliers.nord.slots: there is no `nord` in `suppliers`, did you mean `north`?" in said.err
    assert "--over: suppliers.north.slotz: unknown key `slotz`, did you mean `slots`?" in said.err
    assert "--over: suppliers.south.ramp_up: found `12`, expected a duration with its unit" in said.err
    assert "--over: suppliers.south.ramp_up: found `24m`, expected a duration with its unit" in said.err
    assert said.err.endswith("4 faults\n")


def test_many_points_with_one_fault_are_counted(shell: Shell) -> None:
    with pytest.raises(ScenarioError) as raised:
        exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1, -1], "demand.line.parts": [1, 2, 3, 4, 5]})
    (fault,) = raised.value.faults
    assert fault.file == "over" and fault.path == "suppliers.north.slots"
    drawn = [{"suppliers.north.slots": number} for number in range(10)]
    (fault,) = point_faults({("suppliers.north.slots", "too many"): [9, 6, 5, 8, 7]}, drawn, {})
    assert str(fault) == "points 5, 6, 7 and 2 more: suppliers.north.slots: too many"


def test_a_drawn_value_that_cannot_stand_is_a_fault_of_its_point(shell: Shell) -> None:
    scenario = loads(CHANCY + "uncertainties: {authorities.gac.approval: {lognormal: {mean: 0.9, cv: 0.5}}}")
    with pytest.raises(
        ScenarioError, match=r"point.*authorities.gac.approval: found `1\.\d+`, expected a number of at"
    ):
        exportsim.sweep(scenario, samples=8)


def test_a_policy_that_a_point_has_not_is_a_fault(shell: Shell) -> None:
    with pytest.raises(ScenarioError, match="every point: policies: there is no policy `strict`"):
        exportsim.sweep(
            load("chancy.yaml"), {"policies.strict": [None], "demand.line.parts": [1, 2]}, policies=["strict"]
        )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing to vary: give --over PATH=A,B or --samples N"),
        (["--over", "suppliers.north.slots"], "found `suppliers.north.slots`, expected `path=value,value`"),
        (["--over", "suppliers.north.slots="], "expected `path=value,value`"),
        (["--over", "suppliers.north.slots=1,1"], "found 1 twice"),
        (["--over", "suppliers.north.slots=1", "--over", "suppliers.north.slots=2"], "given twice"),
        (["--over", "suppliers.north.slots=[1"], "--over: suppliers.north.slots"),
        (["--over", "suppliers.north={}", "--over", "suppliers.north.slots=2"], "lies within suppliers.north"),
        (["--samples", "4"], "has no `uncertainties`"),
        (["--over", "suppliers.north.slots=1", "--policy", "strct"], "did you mean `strict`?"),
        (["--over", "suppliers.north.slots=1", "--outcome", "export"], "did you mean `exports`?"),
        (["--over", "suppliers.north.slots=1", "--method", "sobl"], "did you mean `sobol`?"),
        (["--over", "suppliers.north.slots=1", "--futures", "0"], "futures: found 0"),
        (["--over", "suppliers.north.slots=1", "--seed", "-1"], "seed: found -1"),
        (["--over", "suppliers.north.slots=1", "--out", "x.xls"], "found the ending `.xls`, expected .parquet or .csv"),
        (["--over", "suppliers.north.slots=1", "--out", "no/x.csv"], "there is no folder no"),
    ],
)
def test_what_cannot_be_is_a_mistake(shell: Shell, arguments: list[str], told: str) -> None:
    said = shell("sweep", "chancy.yaml", *arguments)
    assert said.status == 2 and told in said.err and said.out == "" and "Traceback" not in said.err


@pytest.mark.parametrize(("samples", "told"), [(0, "samples: found 0"), (True, "samples: found True")])
def test_numbers_of_samples_have_bounds(shell: Shell, samples: Any, told: str) -> None:
    with pytest.raises(ExportsimError, match=told):
        exportsim.sweep(load("uncertain.yaml"), samples=samples)


def test_more_points_than_the_bound_are_refused_before_they_are_made(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment_points, "MOST_POINTS", 5)
    with pytest.raises(ExportsimError, match="found 6 points, expected at most 5"):
        exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1, 2, 3], "demand.line.parts": [1, 2]})


@pytest.mark.parametrize("values", ["6mo", 5, []])
def test_in_python_values_are_a_list(shell: Shell, values: Any) -> None:
    with pytest.raises(ExportsimError, match=r"suppliers\.south\.ramp_up: found"):
        exportsim.sweep(load("chancy.yaml"), {"suppliers.south.ramp_up": values})


# Ctrl-C


@pytest.mark.long
def test_interrupted_it_keeps_the_finished_points(shell: Shell) -> None:
    scenario, over = load("chancy.yaml"), {"suppliers.north.slots": [*range(1, 101)]}
    whole = exportsim.sweep(scenario, over, futures=5)
    found = exportsim.sweep(scenario, over, futures=5, workers=2, progress=Finger(2 * 15 + 1))
    assert found.interrupted and found.asked == 100 and 2 <= len(found.points) < 100
    assert found.provenance["interrupted"] and found.provenance["sweep"]["points"] == len(found.points)
    same = whole.table[whole.table["point"].isin(found.points["point"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table, same)


def test_interrupted_between_points_it_keeps_them_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = experiment_sweep._rows

    def interrupted(point_run: PointRun, reference: str, values: Any, number: int, outcomes: Any) -> list[Any]:
        if number == 2:
            signal.raise_signal(signal.SIGINT)
        return rows(point_run, reference, values, number, outcomes)

    monkeypatch.setattr(experiment_sweep, "_rows", interrupted)
    slots = ",".join(map(str, range(1, 101)))
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        said = shell(
            "sweep", "chancy.yaml", "--over", f"suppliers.north.slots={slots}", "--futures", "2", "--out", "x.csv",
            "--workers", "1",
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, usual)
    points = pd.read_csv("x.csv")["point"].unique().tolist()
    assert points == [*range(len(points))] and 3 <= len(points) < 100
    assert said.status == 130 and f"interrupted after {len(points)} of 100 points" in said.out
    assert f"kept {len(points)} of 100 points" in said.err


def test_interrupted_in_the_first_point_there_is_no_sweep(shell: Shell) -> None:
    with pytest.raises(KeyboardInterrupt):
        exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1, 2]}, futures=500, progress=Finger(1))


def test_progress_is_of_all_points(shell: Shell) -> None:
    finger = Finger(1000)
    exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1, 2]}, futures=4, progress=finger)
    assert finger.told[-1] == (24, 24)
    assert [done for done, _ in finger.told] == sorted(done for done, _ in finger.told)


# What is written and printed


def test_files_read_back_as_the_table_with_provenance(shell: Shell) -> None:
    arguments = ["sweep", "uncertain.yaml", "--samples", "4", "--futures", "3", "--over", "suppliers.north.slots=1,2"]
    assert shell(*arguments, "--out", "x.parquet").status == 0
    assert shell(*arguments, "--out", "x.csv").status == 0
    found = exportsim.sweep(load("uncertain.yaml"), {"suppliers.north.slots": [1, 2]}, samples=4, futures=3)
    pd.testing.assert_frame_equal(pd.read_parquet("x.parquet"), found.table, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_csv("x.csv"), found.table, check_dtype=False)
    told = json.loads(pq.read_schema("x.parquet").metadata[b"exportsim"])
    assert told["scenario"] == found.provenance["scenario"] and told["seed"] == 1 and told["futures"] == 3
    assert told["sweep"] == {
        "over": {"suppliers.north.slots": [1, 2]}, "samples": 4, "method": "sobol", "points": 8, "asked": 8,
    }  # fmt: skip
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith((".", "x"))) == ["x.csv", "x.parquet"]


def test_any_flipped_bit_of_a_sweep_is_found_or_changes_nothing(shell: Shell) -> None:
    found = exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1, 2], "title": ["a", "b"]}, futures=2)
    found.save("x.parquet")
    sound, luck, told = Path("x.parquet").read_bytes(), random.Random(1), 0
    for place in luck.sample(range(len(sound)), 400):
        flipped = sound[:place] + bytes([sound[place] ^ (1 << luck.randrange(8))]) + sound[place + 1 :]
        Path("x.parquet").write_bytes(flipped)
        try:
            again = exportsim.open_sweep("x.parquet")
        except ExportsimError as error:
            assert str(error).startswith("x.parquet: ") and "Error" not in str(error)
            told += 1
        else:
            pd.testing.assert_frame_equal(again.table, found.table, check_exact=True)
            assert json.dumps(again.provenance) == json.dumps(dict(found.provenance))
    assert told > 200


@pytest.mark.parametrize("harm", ["cut", "a number", "a text", "provenance", "no checksum", "rows", "pipe", "text"])
def test_a_sweep_that_is_not_as_written_is_a_mistake_in_words(shell: Shell, harm: str) -> None:
    over = {"suppliers.north.slots": [1, 2], "title": ["a", "b"]}
    exportsim.sweep(load("chancy.yaml"), over, futures=2).save("x.parquet")
    content, table = Path("x.parquet").read_bytes(), pq.read_table("x.parquet")
    metadata = dict(table.schema.metadata)
    if harm == "cut":
        Path("x.parquet").write_bytes(content[:-30])
    elif harm == "pipe":
        Path("x.parquet").unlink()
        os.mkfifo("x.parquet")
    elif harm == "text":
        Path("x.parquet").write_text("point,policy\n")
    else:
        if harm == "rows":
            table = pa.table({"point": pa.array(np.zeros(400_000_000, dtype=np.int8)).cast(pa.int8())})
        elif harm == "a number":
            means = table.column("mean").to_numpy().copy()
            means[0] += 0.01
            table = table.set_column(table.column_names.index("mean"), "mean", pa.array(means))
        elif harm == "a text":
            titles = ["c", *table.column("title").to_pylist()[1:]]
            table = table.set_column(table.column_names.index("title"), "title", pa.array(titles))
        elif harm == "provenance":
            metadata[b"exportsim"] = metadata[b"exportsim"].replace(b'"seed": 1', b'"seed": 2')
        else:
            del metadata[b"exportsim-checksum"]
        pq.write_table(table.replace_schema_metadata(metadata), "x.parquet", compression="zstd")
        assert Path("x.parquet").stat().st_size < 2_500_000
    said = shell("discover", "x.parquet", "--policy", "free", "--below", "1M")
    assert said.status == 2 and said.err.startswith("error: x.parquet: ") and said.err.count("\n") == 1
    words = {"cut": "damaged", "a number": "its checksum", "a text": "its checksum", "provenance": "its checksum"}
    words |= {"no checksum": "make the sweep again", "rows": "more than is read", "pipe": "not an ordinary file"}
    assert words.get(harm, "this is not a Parquet file") in said.err


def test_what_cannot_be_written_leaves_what_was_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exportsim.sweep(load("chancy.yaml"), {"suppliers.north.slots": [1]}, futures=2)
    Path("x.csv").write_text("old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystem, "write", full)
    with pytest.raises(ExportsimError, match=r"x\.csv: cannot write: No space left"):
        found.save("x.csv")
    assert Path("x.csv").read_text() == "old" and not list(Path().glob(".exportsim*"))


def test_text_that_a_spreadsheet_would_run_is_disarmed_in_csv(shell: Shell) -> None:
    found = exportsim.sweep(load("chancy.yaml"), {"title": ["=1+1", "plain"]}, futures=1)
    found.save("x.csv")
    assert set(pd.read_csv("x.csv")["title"]) == {"'=1+1", "plain"}


def test_the_page_aligns_within_80_columns(shell: Shell) -> None:
    said = shell(
        "sweep", "chancy.yaml", "--over", "suppliers.south.ramp_up=6mo,12mo", "--over", "suppliers.north.slots=1,3",
        "--over", "demand.line.value={lognormal: {mean: 1M, cv: 1}},2M", "--futures", "4", "--outcome", "exports",
        "--outcome", "delay",
    )  # fmt: skip
    assert said.status == 0 and said.err == ""
    lines = said.out.splitlines()
    assert max(map(len, lines)) <= 80
    rows = [line for line in lines if " free " in line or " strict " in line or " loose " in line]
    rows = [line for line in rows if line[0].isdigit()]
    assert len(rows) == 2 * 8 * 3 and len({line.index(line.split("  ")[0]) for line in rows}) == 1
    assert len({len(line) for line in rows[:24]}) == 1  # the last column is set right
    assert "Regret in exports" in said.out and "Regret in delay: how much more than under" in said.out
    assert lines[-1].startswith("8 points, 4 futures each, seed 1")


def test_paths_too_many_for_columns_are_told_above_the_table(shell: Shell) -> None:
    said = shell("sweep", "uncertain.yaml", "--samples", "6", "--futures", "2")
    assert said.status == 0 and max(map(len, said.out.splitlines())) <= 80
    assert "-  slots: north (" in said.out and "6 is none" in said.out


def test_json_holds_points_rows_regret_and_provenance(shell: Shell) -> None:
    said = shell("sweep", "chancy.yaml", "--over", "suppliers.north.slots=1,3", "--futures", "1", "--json")
    found = json.loads(said.out, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert found["points"] == [{"point": 0, "suppliers.north.slots": 1}, {"point": 1, "suppliers.north.slots": 3}]
    assert found["rows"][0]["outcome"] == "exports" and found["rows"][0]["low"] is None
    assert list(found["regret"]) == ["exports"] and set(found["regret"]["exports"]) == {"free", "strict", "loose"}
    assert found["provenance"]["sweep"]["over"] == {"suppliers.north.slots": [1, 3]}


def test_a_distribution_is_drawn_in_place_of_what_the_scenario_calls_uncertain() -> None:
    path, law = "suppliers.north.price", {"uniform": [1, 2]}
    scenario = exportsim.replace(exportsim.build(two_sources()), uncertainties={"suppliers.north.slots": [1, 2]})
    found = exportsim.sweep(scenario, {path: law, "suppliers.north.slots": [2, 3]}, samples=4, futures=1, seed=3)
    same = exportsim.sweep(
        exportsim.replace(scenario, uncertainties={path: law}),
        {"suppliers.north.slots": [2, 3]},
        samples=4,
        futures=1,
        seed=3,
    )
    pd.testing.assert_frame_equal(found.table, same.table)
    assert len(found.points) == 8 and found.points[path].between(1, 2).all()
    with pytest.raises(ExportsimError, match=r"samples: suppliers\.north\.price has a distribution"):
        exportsim.sweep(scenario, {path: law})
    with pytest.raises(ScenarioError, match=r"uncertainties\.suppliers\.north\.prise"):
        exportsim.sweep(scenario, {"suppliers.north.prise": law}, samples=4)


def test_policies_are_shown_by_their_titles_and_kept_by_their_names() -> None:
    quick = exportsim.load(Path(__file__).parents[1] / "scenarios" / "quickstart.yaml")
    document = describe(exportsim.sweep(quick, {"demand.radar-parts.trust.half_life": ["1y"]}, futures=1))
    shown = " ".join(page(document).text().split())
    assert "What was done" in shown and "“Licences as before”" in shown
    assert not any(name in shown for name in quick.policies)
    assert set(document.data()["rows"]["policy"]) == set(quick.policies)
