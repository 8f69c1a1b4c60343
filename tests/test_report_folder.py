"""The folder of a result: complete, self-contained, the same bytes each time, and whole or not there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result, cli
from exportsim.files import FileSystem, exchanged
from exportsim.outcomes import row
from exportsim.report import folder as folders
from exportsim.report.folder import FILES, prepared, write
from exportsim.report.replacing import Replacement, is_sealed, sealed
from exportsim.scenario import digest, explicit_text
from exportsim.study.table_file import unarmed
from faults import Death, Disk
from shell import Shell
from worlds import one_source

REGISTER = "day,worth\n2020-02-01,1000\n2020-03-01,250.50\n2019-01-01,99\n"


def world() -> dict[str, Any]:
    line = {"buyer": "buyer", "destination": "TR", "goods": "sensors", "value": 1000, "sources": {"south": {}}}
    register = {"register": "data/orders.csv", "date": "day"}
    return one_source(
        title="=2+2, or a world with a register",
        suppliers={"south": {"country": "ZA", "slots": 4, "lead_time": "40d"}},
        demand={
            "recorded": line | {"orders": register | {"value": "worth"}},
            "drawn": line | {"orders": "12/y"},
            "again": line | {"orders": register},
        },
        policies__idle={"measures": []},
        uncertainties={"suppliers.south.slots": [2, 4]},
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("world")
    (folder / "data").mkdir()
    (folder / "data" / "orders.csv").write_text(REGISTER)
    return exportsim.run(exportsim.build(world(), folder=folder), futures=3, keep_series=True, uncertain=2)


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


@pytest.mark.parametrize("name", ["summary", "comparison", "account", "outcomes", "series"])
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
    account = pd.read_parquet(written / "account.parquet")
    whole, by_year = account[account["year"].isna()], account[account["year"].notna()]
    pd.testing.assert_frame_equal(whole.drop(columns="year").set_index("policy"), result.account(), check_exact=True)
    by_year = by_year.astype({"year": "int64"}).set_index(["policy", "year"])
    pd.testing.assert_frame_equal(by_year, result.account(by=["year"]), check_exact=True)
    series = pd.read_parquet(written / "series-by-future.parquet")
    expected = result.series(by_future=True)
    pd.testing.assert_frame_equal(series, expected, check_exact=True)


def test_futures_of_long_series_are_written_a_few_at_once(
    written: Path, result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [len(result.entries[result.policies[0], future].key) for future in range(3)]
    assert [*folders._at_once(entries)] == [range(3)]
    monkeypatch.setattr(folders, "ENTRIES_AT_ONCE", entries[0] + entries[1])
    assert [*folders._at_once(entries)] == [range(2), range(2, 3)]
    monkeypatch.setattr(folders, "ENTRIES_AT_ONCE", 1)
    assert [*folders._at_once(entries)] == [range(1), range(1, 2), range(2, 3)]
    with prepared(tmp_path / "again") as folder:
        write(result, folder)
    again, at_once = (pd.read_parquet(each / "series-by-future.parquet") for each in (tmp_path / "again", written))
    pd.testing.assert_frame_equal(again, at_once, check_exact=True)


def test_the_folder_can_be_played_again_by_itself(written: Path, result: Result, tmp_path: Path) -> None:
    written.rename(tmp_path / "elsewhere")
    again = exportsim.run(exportsim.load(tmp_path / "elsewhere" / "scenario.yaml"), futures=3)
    pd.testing.assert_frame_equal(again.summary(), result.summary(), check_exact=True)
    assert (tmp_path / "elsewhere" / "registers" / "recorded.csv").read_text() == REGISTER
    assert len(list((tmp_path / "elsewhere" / "registers").iterdir())) == 1  # two lines, one register


def test_the_provenance_is_that_of_the_result(written: Path, result: Result) -> None:
    found = json.loads((written / "provenance.json").read_text())
    assert found.pop("scenario") == digest(exportsim.load(written / "scenario.yaml"))
    listed = found.pop("files")
    assert listed == {name: digest for name, digest in digests(written).items() if name != "provenance.json"}
    assert is_sealed((written / "provenance.json").read_bytes()) and len(found.pop("checksum")) == 64
    assert found == {name: value for name, value in result.provenance.items() if name != "scenario"}


def test_the_readme_explains_every_column_and_its_unit(written: Path) -> None:
    text = (written / "README.txt").read_text()
    assert max(map(len, text.splitlines())) <= 80
    series = pd.read_parquet(written / "series.parquet")
    outcomes = pd.read_parquet(written / "outcomes.parquet")
    kinds = [row(column).name for column in outcomes.columns.drop(["policy", "future"])]
    assert {"delivered/SUPPLIER", "received/DESTINATION"} <= set(kinds)
    account = pd.read_parquet(written / "account.parquet")
    for explained in [*kinds, *account.columns, *(column.removesuffix("_value") for column in series.columns)]:
        assert explained in text, explained
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


def fill(folder: Replacement, content: str = "new") -> None:
    for name in sorted(FILES - {"registers", "provenance.json"}):
        folder.put(name, content)
    folder.finish({})


def answer(place: Path, content: str = "new", **how: Any) -> None:
    with prepared(place, **how) as folder:
        fill(folder, content)


def test_what_was_written_before_is_replaced(tmp_path: Path) -> None:
    for content in ("old", "new"):
        answer(tmp_path / "answer", content)
    assert (tmp_path / "answer" / "README.txt").read_text() == "new"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "answer").mkdir()
    answer(tmp_path / "answer")
    assert (tmp_path / "answer" / "README.txt").exists()


def test_somebody_elses_folder_is_left_alone_unless_forced(tmp_path: Path) -> None:
    mine = tmp_path / "answer"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    with pytest.raises(ExportsimError, match=r"not replaced, because it holds thesis\.tex.*--force"), prepared(mine):
        raise AssertionError
    assert (mine / "thesis.tex").read_text() == "years of work"
    (mine / "summary.csv").write_text("in the way")
    answer(mine, force=True)
    assert (mine / "thesis.tex").read_text() == "years of work" and (mine / "summary.csv").read_text() == "new"


def test_a_note_added_to_a_result_is_not_thrown_away(tmp_path: Path) -> None:
    answer(tmp_path / "answer")
    (tmp_path / "answer" / "notes.txt").write_text("mine")
    with pytest.raises(ExportsimError, match=r"it holds notes\.txt"), prepared(tmp_path / "answer"):
        raise AssertionError


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path) -> None:
    answer(tmp_path / "answer")
    with pytest.raises(ZeroDivisionError), prepared(tmp_path / "answer") as folder:
        folder.put("summary.csv", "half")
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
    def refused(*_: object) -> int:  # the administrator may write anywhere
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(FileSystem, "create", refused)
    with pytest.raises(ExportsimError, match=r"cannot write in .*: Permission denied"), prepared(tmp_path / "answer"):
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
    answer(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "README.txt").exists()


def test_the_folder_may_be_read_by_whom_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        answer(tmp_path / "answer")
    finally:
        os.umask(before)
    assert (tmp_path / "answer").stat().st_mode & 0o777 == 0o755


# Nothing of the user's is deleted


@pytest.fixture
def shell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_figure: None
) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/orders.csv").write_text(REGISTER)
    Path("my.yaml").write_text(explicit_text(exportsim.build(world())))
    return Shell(capsys)


def test_a_file_that_was_changed_is_not_replaced(tmp_path: Path) -> None:
    answer(tmp_path / "answer", "old")
    (tmp_path / "answer" / "summary.csv").write_text("my comments")
    with pytest.raises(ExportsimError, match=r"summary\.csv has been changed; name another folder, or give --force"):
        answer(tmp_path / "answer")
    assert (tmp_path / "answer" / "summary.csv").read_text() == "my comments"
    answer(tmp_path / "answer", force=True)
    assert (tmp_path / "answer" / "summary.csv").read_text() == "new"


@pytest.mark.parametrize("mine", ["registers/mine.csv", "registers/mine", "notes.txt", "registers"])
def test_a_file_that_was_added_is_never_lost(tmp_path: Path, mine: str) -> None:
    place = tmp_path / "answer"
    answer(place, "old")
    (place / mine).parent.mkdir(exist_ok=True)
    (place / mine).write_text("mine")
    before = digests(place)
    with pytest.raises(ExportsimError, match=f"it holds {mine}, which exportsim did not write"):
        answer(place)
    assert digests(place) == before
    answer(place, force=True)
    assert (place / mine).read_text() == "mine" and (place / "summary.csv").read_text() == "new"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("summary.csv", "summary.csv has been changed"),
        ("provenance.json", "it does not say which files exportsim wrote"),
        ("notes.txt", "it holds notes.txt"),
        ("registers/x.csv", "it holds registers/x.csv"),
    ],
)
def test_what_is_put_there_while_it_works_stays(tmp_path: Path, name: str, told: str) -> None:
    place = tmp_path / "answer"
    answer(place, "old")
    with pytest.raises(ExportsimError, match=told), prepared(place) as folder:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine")
        before = digests(place)
        fill(folder)
    assert digests(place) == before and [path.name for path in tmp_path.iterdir()] == ["answer"]


class Meddling(FileSystem):
    """Somebody writes to the folder at the very moment of replacing."""

    def __init__(self, place: Path, name: str) -> None:
        self.place, self.name, self.done = place, name, False

    def make_folder(self, path: Path) -> None:
        """After the last look at the folder."""
        super().make_folder(path)
        if path.name == "old" and not self.done:
            self.done = True
            (self.place / self.name).write_text("mine")


@pytest.mark.parametrize("name", ["series.csv", "provenance.json"])
def test_what_is_changed_at_the_moment_of_replacing_is_put_back(tmp_path: Path, name: str) -> None:
    place = tmp_path / "answer"
    answer(place, "old")
    before = digests(place)
    with exchanged(Meddling(place, name)), pytest.raises(ExportsimError, match="not replaced, because"):
        answer(place)
    assert (place / name).read_text() == "mine"
    assert {**digests(place), name: ""} == {**before, name: ""}
    assert [path.name for path in tmp_path.iterdir()] == ["answer"]


def test_a_folder_of_the_first_edition_is_replaced_by_force_alone(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    answer(place, "old")
    (place / "provenance.json").write_text('{"exportsim": "0.1.0"}\n')
    with pytest.raises(ExportsimError, match=r"does not say which files exportsim wrote.*--force"):
        answer(place)
    answer(place, force=True)
    answer(place)


def test_a_list_of_files_is_believed_for_names_of_exportsims_alone(tmp_path: Path) -> None:
    """Who sends a folder cannot have other files taken away."""
    place = tmp_path / "answer"
    place.mkdir()
    (tmp_path / "mine").write_text("mine")
    (place / "thesis.tex").write_text("mine")
    names = ["../mine", "thesis.tex", "registers/../../mine", "registers/./../thesis.tex"]
    listed = dict.fromkeys(names, hashlib.sha256(b"mine").hexdigest())
    (place / "provenance.json").write_text(sealed({"files": listed}))
    with pytest.raises(ExportsimError, match=r"it holds thesis\.tex"):
        answer(place)
    answer(place, force=True)
    assert (tmp_path / "mine").read_text() == (place / "thesis.tex").read_text() == "mine"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_the_run_reads_is_never_replaced(shell: Shell, force: list[str]) -> None:
    run = ["--futures", "1", "--quiet", "--out", "answer", *force]
    assert shell("run", "my.yaml", "--futures", "1", "--quiet", "--out", "answer").status == 0
    Path("over.yaml").write_text("extends: answer/scenario.yaml\ntitle: Another\n")
    copy = next(Path("answer/registers").iterdir()).as_posix()
    Path("moved.yaml").write_text(Path("my.yaml").read_text().replace("data/orders.csv", copy))
    before = digests(Path("answer"))
    for file, name in (("over.yaml", "[a-z.]+"), ("moved.yaml", Path(copy).name)):
        said = shell("run", file, *run)
        assert said.status == 2 and re.search(rf"this would replace {name}, which was read", said.err)
        assert digests(Path("answer")) == before
    said = shell("report", "over.yaml", "--futures", "1", "--out", "answer/scenario.yaml", *force)
    assert said.status == 2 and "this would replace scenario.yaml" in said.err
    said = shell(
        "sweep", "my.yaml", "--over", "suppliers.south.slots=1,2", "--futures", "1", "--out", "data/orders.csv"
    )
    assert said.status == 2 and "data/orders.csv: this would replace orders.csv" in said.err
    assert digests(Path("answer")) == before and Path("data/orders.csv").read_text() == REGISTER


@pytest.mark.parametrize("name", ["series.csv", "provenance.json"])
def test_after_a_kill_the_old_answer_is_found_again(shell: Shell, name: str) -> None:
    """The process ends when a new file is about to take its place; whoever looks next sees the old ones."""
    assert shell("run", "my.yaml", "--futures", "1", "--quiet", "--out", "answer").status == 0
    before = digests(Path("answer"))

    class Killed(Disk):
        def replace(self, old: Path, new: Path) -> None:
            if old.parent.name == "new" and new.parent.name == "answer" and new.name == name:
                self.dead = True
            super().replace(old, new)

    with exchanged(Killed()), pytest.raises(Death):
        cli.main(["run", "my.yaml", "--futures", "1", "--seed", "2", "--quiet", "--out", "answer"])
    assert digests(Path("answer")) != before
    assert shell("report", "answer", "--out", "page.html").status == 0
    assert digests(Path("answer")) == before
    assert sorted(path.name for path in Path().iterdir()) == ["answer", "data", "my.yaml", "page.html"]


def test_lines_with_names_of_devices_have_registers_of_other_names(tmp_path: Path) -> None:
    form = world()
    line = form["demand"]["recorded"]
    (tmp_path / "data").mkdir()
    for number, name in enumerate(("con", "Recorded", "recorded"), 1):
        (tmp_path / "data" / f"{number}.csv").write_text(REGISTER + f"2020-05-01,{number}\n" * number)
        form["demand"][name] = {**line, "orders": {"register": f"data/{number}.csv", "date": "day"}}
    del form["demand"]["again"]
    found = exportsim.run(exportsim.build(form, folder=tmp_path), futures=1, keep_series=True)
    with prepared(tmp_path / "answer") as folder:
        write(found, folder)
    names = {path.name for path in (tmp_path / "answer" / "registers").iterdir()}
    assert len({name.casefold() for name in names}) == 3 and "con_.csv" in names and "con.csv" not in names
    again = exportsim.run(exportsim.load(tmp_path / "answer" / "scenario.yaml"), futures=1)
    pd.testing.assert_frame_equal(again.summary(), found.summary(), check_exact=True)


@pytest.mark.parametrize(
    "text", ["＝1+1", "＋1", "－1", "＠x", "\n=1", "\r\n=1", " =1", "\u00a0=1", "\t=1", "\u3000＝1"]
)
def test_a_formula_is_one_after_blanks_in_wide_letters_and_at_the_head_of_a_column(text: str) -> None:
    guarded = unarmed(pd.DataFrame({text: [text, "safe"], "n": [-1, 2]}))
    assert list(guarded.columns) == ["'" + text, "n"]
    assert list(guarded["'" + text]) == ["'" + text, "safe"] and list(guarded["n"]) == [-1, 2]
