"""The folder of a result: complete, self-contained, the same bytes each time, and whole or not there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result
from exportsim.experiment.keeping import unarmed
from exportsim.report.folder import FILES, prepared, write
from exportsim.scenario import digest

REGISTER = "day,worth\n2020-02-01,1000\n2020-03-01,250.50\n2019-01-01,99\n"


def world() -> dict[str, Any]:
    return {
        "exportsim": 1,
        "title": "=2+2, or a world with a register",
        "period": {"start": "2020-01-01", "end": "2020-12-31"},
        "currency": "EUR",
        "goods": {"sensors": {}},
        "suppliers": {"south": {"country": "ZA", "slots": 4, "lead_time": "40d"}},
        "demand": {
            name: {
                "buyer": "buyer",
                "destination": "TR",
                "goods": "sensors",
                "orders": orders,
                "value": 1000,
                "sources": {"south": {}},
            }
            for name, orders in {
                "recorded": {"register": "data/orders.csv", "date": "day", "value": "worth"},
                "drawn": "12/y",
                "again": {"register": "data/orders.csv", "date": "day"},
            }.items()
        },
        "policies": {"free": {"measures": []}, "idle": {"measures": []}},
    }


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("world")
    (folder / "data").mkdir()
    (folder / "data" / "orders.csv").write_text(REGISTER)
    return exportsim.run(exportsim.build(world(), folder=folder), futures=3, keep_series=True)


@pytest.fixture
def written(result: Result, tmp_path: Path) -> Path:
    with prepared(tmp_path / "answer") as folder:
        write(result, folder)
    return tmp_path / "answer"


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_folder_holds_what_it_says_and_nothing_else_is_left_beside_it(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == FILES
    assert [path.name for path in written.parent.iterdir()] == ["answer"]


def test_the_same_result_gives_the_same_bytes(result: Result, written: Path, tmp_path: Path) -> None:
    with prepared(tmp_path / "again") as folder:
        write(result, folder)
    assert digests(tmp_path / "again") == digests(written)


@pytest.mark.parametrize("name", ["summary", "comparison", "outcomes", "series"])
def test_csv_and_parquet_say_the_same(written: Path, name: str) -> None:
    other = pd.read_parquet(written / f"{name}.parquet")
    one = pd.read_csv(written / f"{name}.csv")
    assert list(one.columns) == list(other.columns)
    assert len(one) == len(other) > 0
    for column in other.select_dtypes("number"):  # pandas before 3 reads some numbers a last bit off
        np.testing.assert_allclose(one[column], other[column], rtol=0 if pd.__version__ >= "3" else 5e-16)


def test_the_tables_are_those_of_the_result(written: Path, result: Result) -> None:
    summary = pd.read_parquet(written / "summary.parquet").set_index(["policy", "outcome"])
    pd.testing.assert_frame_equal(summary, result.summary(), check_exact=True)
    series = pd.read_parquet(written / "series-by-future.parquet")
    expected = result.series(by_future=True)
    pd.testing.assert_frame_equal(series, expected, check_exact=True)


def test_the_folder_can_be_played_again_by_itself(written: Path, result: Result, tmp_path: Path) -> None:
    written.rename(tmp_path / "elsewhere")
    again = exportsim.run(exportsim.load(tmp_path / "elsewhere" / "scenario.yaml"), futures=3)
    pd.testing.assert_frame_equal(again.summary(), result.summary(), check_exact=True)
    assert (tmp_path / "elsewhere" / "registers" / "recorded.csv").read_text() == REGISTER
    assert len(list((tmp_path / "elsewhere" / "registers").iterdir())) == 1  # two lines, one register


def test_the_provenance_is_that_of_the_result(written: Path, result: Result) -> None:
    found = json.loads((written / "provenance.json").read_text())
    assert found.pop("scenario") == digest(exportsim.load(written / "scenario.yaml"))
    assert found == {name: value for name, value in result.provenance.items() if name != "scenario"}


def test_the_readme_explains_every_column_and_its_unit(written: Path) -> None:
    text = (written / "README.txt").read_text()
    assert max(map(len, text.splitlines())) <= 80
    series = pd.read_parquet(written / "series.parquet")
    outcomes = pd.read_parquet(written / "outcomes.parquet")
    for column in [*series.columns, *outcomes.columns]:
        explained = column.removesuffix("_value").replace("/south", "/SUPPLIER")
        assert explained in text, column
    assert "exports: [EUR]" in text and "delay: [days]" in text


def test_a_text_that_is_a_formula_to_a_spreadsheet_is_disarmed() -> None:
    table = pd.DataFrame({"text": ["=1+1", "+1", "-1", "@x", "\tx", "safe", ""], "number": [-1.0] * 7})
    table["kind"] = pd.Categorical(["-a"] * 7)
    guarded = unarmed(table)
    assert list(guarded["text"]) == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "safe", ""]
    assert set(guarded["kind"]) == {"'-a"}
    assert list(guarded["number"]) == [-1.0] * 7
    assert next(iter(table["text"])) == "=1+1"  # the table given is left alone


# Where it may be written


def fill(folder: Path) -> None:
    for name in FILES - {"registers"}:
        (folder / name).write_text("new")


def test_what_was_written_before_is_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        with prepared(tmp_path / "answer") as folder:
            fill(folder)
    assert (tmp_path / "answer" / "README.txt").read_text() == "new"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "answer").mkdir()
    with prepared(tmp_path / "answer") as folder:
        fill(folder)
    assert (tmp_path / "answer" / "README.txt").exists()


def test_somebody_elses_folder_is_left_alone_unless_forced(tmp_path: Path) -> None:
    mine = tmp_path / "answer"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    with pytest.raises(ExportsimError, match=r"not replaced, because it holds thesis\.tex.*--force"), prepared(mine):
        raise AssertionError
    assert (mine / "thesis.tex").read_text() == "years of work"
    with prepared(mine, force=True) as folder:
        fill(folder)
    assert not (mine / "thesis.tex").exists()


def test_a_note_added_to_a_result_is_not_thrown_away(tmp_path: Path) -> None:
    with prepared(tmp_path / "answer") as folder:
        fill(folder)
    (tmp_path / "answer" / "notes.txt").write_text("mine")
    with pytest.raises(ExportsimError, match=r"it holds notes\.txt"), prepared(tmp_path / "answer"):
        raise AssertionError


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with prepared(tmp_path / "answer") as folder:
        fill(folder)
    with pytest.raises(ZeroDivisionError), prepared(tmp_path / "answer") as folder:
        (folder / "summary.csv").write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "answer" / "summary.csv").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["answer"]
    with pytest.raises(KeyboardInterrupt), prepared(tmp_path / "other"):
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["answer"]


def test_a_missing_parent_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match=r"there is no folder .*make it first"), prepared(tmp_path / "a" / "b"):
        raise AssertionError


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "answer").write_text("")
    with pytest.raises(ExportsimError, match="there is a file of this name"), prepared(tmp_path / "answer"):
        raise AssertionError


def test_a_parent_that_may_not_be_written_to_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # the administrator may write anywhere
    with pytest.raises(ExportsimError, match="may not be written to"), prepared(tmp_path / "answer"):
        raise AssertionError


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match="cannot write: No space left"), prepared(tmp_path / "answer"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not list(tmp_path.iterdir())


def test_the_folder_of_the_scenario_and_the_current_one_are_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "my.yaml").write_text("")
    with pytest.raises(ExportsimError, match="name a folder of its own"):  # noqa: SIM117 - one statement may raise
        with prepared(home, force=True, keep=home / "my.yaml"):
            raise AssertionError
    monkeypatch.chdir(home)
    with pytest.raises(ExportsimError, match="name a folder of its own"), prepared(tmp_path, force=True):
        raise AssertionError


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with prepared(tmp_path / "link") as folder:
        fill(folder)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "README.txt").exists()


def test_the_folder_may_be_read_by_whom_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with prepared(tmp_path / "answer") as folder:
            fill(folder)
    finally:
        os.umask(before)
    assert (tmp_path / "answer").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "text", ["＝1+1", "＋1", "－1", "＠x", "\n=1", "\r\n=1", " =1", "\u00a0=1", "\t=1", "\u3000＝1"]
)
def test_a_formula_is_one_after_blanks_in_wide_letters_and_at_the_head_of_a_column(text: str) -> None:
    guarded = unarmed(pd.DataFrame({text: [text, "safe"], "n": [-1, 2]}))
    assert list(guarded.columns) == ["'" + text, "n"]
    assert list(guarded["'" + text]) == ["'" + text, "safe"] and list(guarded["n"]) == [-1, 2]
