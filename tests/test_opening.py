"""Every kind of study that is written to a file is read back whole, and does what it did before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim as xs
from exportsim.opening import KINDS
from exportsim.scenario import digest
from exportsim.study.input_ranges import Doubt
from exportsim.study.prediction.forecast import Judged
from exportsim.study.study import TableStudy
from worlds import two_sources

SLOTS = "suppliers.north.slots"
WORLD = two_sources(uncertainties={SLOTS: {"uniform": [1, 6]}, "authorities.gac.approval": {"uniform": [0.5, 1]}})
RECORD = pd.DataFrame({"outcome": "approved", "period": ["2020"], "value": 20.0, "error": 1.0, "source": "x"})
LOG = "case,activity,start,end,outcome\n" + "".join(
    f"{day},work,2024-01-{day:02} 09:00,2024-01-{day + 1 + day % 3:02} 12:00,{'denied' if day == 9 else 'granted'}\n"
    for day in range(1, 28)
)

#: Kinds of which a file has the table alone, and why.
TABLE_ALONE = {
    Doubt: "a part of a result, which a folder holds",
    xs.Comparison: "it is of whole results",
    xs.ExpectationReport: "no command writes one",
}


def searched(_: Path) -> TableStudy:
    return xs.seek(
        xs.build(WORLD), {SLOTS: "1..6", "authorities.gac.approval": [0.5, 1]}, target="exports>=9M", policy="free",
        futures=10,
    )  # fmt: skip


def part(folder: Path) -> TableStudy:
    return xs.play_part(xs.sweep, xs.build(WORLD), {SLOTS: [1, 2, 3]}, part="1/2", store=folder / "plays", futures=2)


def scores(folder: Path) -> TableStudy:
    asked: dict[str, Any] = {"policy": "free", "outcomes": ["approved"], "samples": 4, "futures": 3}
    xs.predict(xs.build(WORLD), **asked).keep(folder / "kept.csv")
    return xs.score(folder / "kept.csv", RECORD)


def learned(folder: Path) -> TableStudy:
    (folder / "log.csv").write_text(LOG)
    return xs.learn(folder / "log.csv", futures=2)


def waiting(folder: Path) -> TableStudy:
    return xs.backlog(xs.build(WORLD), order="2020-06-01", line="line", by="2021-06-01", futures=4)


def swept(_: Path) -> xs.Sweep:
    return xs.sweep(xs.build(WORLD), samples=32, futures=2)


def discovered(folder: Path) -> TableStudy:
    study = swept(folder)
    exports = study.table[(study.table["outcome"] == "exports") & (study.table["policy"] == "free")]["mean"]
    return xs.discover(study, "free", below=f"{exports.median() / 1e6:.2f}M", method="tree", resamples=0)


#: Of each kind, what makes one.
SAMPLES: dict[type[TableStudy], Callable[[Path], TableStudy]] = {
    xs.Sweep: swept,
    xs.Sensitivity: lambda _: xs.sensitivity(xs.build(WORLD), policy="free", method="morris", samples=8, futures=2),
    xs.Discovery: discovered,
    xs.Calibration: lambda _: xs.calibrate(xs.build(WORLD), RECORD, [SLOTS], policy="free", trials=24, futures=20),
    xs.Forecast: lambda _: xs.predict(xs.build(WORLD), policy="free", record=RECORD, samples=4, futures=3),
    xs.Scores: scores,
    xs.Seek: searched,
    xs.StudyPart: part,
    xs.Learned: learned,
    xs.Backlog: waiting,
}


def kinds(of: type[TableStudy] = TableStudy) -> Iterator[type[TableStudy]]:
    """All kinds of study that there are."""
    for kind in of.__subclasses__():
        yield from [kind] if kind is not Judged else []
        yield from kinds(kind)


def test_all_kinds_are_read_back_but_for_those_of_which_it_is_said() -> None:
    assert {kind for kind in kinds() if kind.__module__.startswith("exportsim.")} == {*SAMPLES, *TABLE_ALONE}
    assert len(SAMPLES) == len(KINDS) + 1  # a sweep is read by its columns


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_a_study_is_read_back_whole(kind: type[TableStudy], tmp_path: Path) -> None:
    study = SAMPLES[kind](tmp_path)
    study.save(tmp_path / "study.parquet")
    found = xs.open_study(tmp_path / "study.parquet")
    assert type(found) is type(study) is kind and repr(found) == repr(study)
    same(study, found, kind.__name__)
    pd.testing.assert_frame_equal(found.table, study.table)


def same(one: Any, other: Any, where: str) -> None:
    """That two values are of one kind and equal, in all their parts."""
    one = one.item() if isinstance(one, np.generic) else one
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, obj=where)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, err_msg=where)
    elif isinstance(one, xs.Scenario):
        assert digest(one) == digest(other), where
    elif is_dataclass(one):
        assert type(one) is type(other), where
        for each in fields(one):
            same(getattr(one, each.name), getattr(other, each.name), f"{where}.{each.name}")
    elif isinstance(one, list | tuple):
        assert type(one) is type(other) and len(one) == len(other), where
        for place, (first, second) in enumerate(zip(one, other, strict=True)):
            same(first, second, f"{where}[{place}]")
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        for key in one:
            same(one[key], other[key], f"{where}[{key}]")
    else:
        assert type(one) is type(other), where
        assert one == other or (one != one and other != other), where


@pytest.mark.parametrize("kind", [xs.Seek, xs.StudyPart, xs.Scores], ids=lambda kind: kind.__name__)
def test_a_file_that_does_not_hold_what_it_says_is_refused(
    kind: type[TableStudy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = SAMPLES[kind](tmp_path)
    monkeypatch.setattr(kind, "_parts", lambda _: {"table": 1})
    study.save(tmp_path / "study.parquet")
    with pytest.raises(xs.ExportsimError, match=r"does not hold what a \w+ is made of"):
        xs.open_study(tmp_path / "study.parquet")
