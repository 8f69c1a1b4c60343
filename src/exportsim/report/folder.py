"""The folder that ``--out`` writes: seen to be possible before anything is simulated, there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.report.replacing import PROVENANCE, Replacement, recover
from exportsim.scenario import Scenario, build, digest, explicit, explicit_text
from exportsim.study.result import Result

TABLES = ("summary", "comparison", "outcomes", "series")
REGISTERS = "registers"
FILES = frozenset(
    [f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")]
    + ["series-by-future.parquet", "scenario.yaml", PROVENANCE, "README.txt", REGISTERS]
)


@contextmanager
def prepared(
    out: str | os.PathLike[str],
    *,
    force: bool = False,
    keep: Path | None = None,
    reads: Iterable[str | os.PathLike[str]] = (),
) -> Iterator[Replacement]:
    """See that a folder can be written, before the work of what is to be in it."""
    target = Path(os.path.realpath(out))
    replacement = Replacement(target, f"--out {out}", force, FILES, reads)
    _may_be_written(target, Path(out), keep)
    try:
        recover(target.parent)
        if target.is_dir():
            files.clean(target)
        replacement.check()
        files.try_out(target.parent)
        if target.is_dir():
            files.try_out(target)
    except OSError as error:
        where = target if target.is_dir() else Path(out).parent
        raise ExportsimError(f"--out {out}: cannot write in {where}: {files.reason_of(error)}") from None
    try:
        with replacement.open():
            yield replacement
    except OSError as error:
        raise ExportsimError(f"--out {out}: cannot write: {files.reason_of(error)}") from error


def write(result: Result, folder: Replacement) -> None:
    """Write a result into a folder."""
    from exportsim.report.files import csv_of, parquet_of, series_by_future
    from exportsim.report.readme import readme

    tables = (result.summary().reset_index(), result.compare().reset_index(), result.outcomes.reset_index())
    for name, table in zip(TABLES, (*tables, result.series()), strict=True):
        folder.put(f"{name}.csv", csv_of(table))
        folder.put(f"{name}.parquet", parquet_of(table))
    folder.put("series-by-future.parquet", series_by_future(result))
    # The digest is of the scenario beside it, whose registers have moved into the folder.
    scenario = _put_scenario(result, folder)
    folder.put("README.txt", readme(result))
    folder.finish(dict(result.provenance) | {"scenario": digest(scenario)})


def _put_scenario(result: Result, folder: Replacement) -> Scenario:
    """Write the explicit scenario, with copies of its registers, so that the folder can be played again by itself."""
    scenario = result.scenario
    form = explicit(scenario)
    lines = [
        name
        for name, line in form["demand"].items()
        if isinstance(line["orders"], dict) and "register" in line["orders"]
    ]
    copies: dict[Path, str] = {}
    for name, safe in zip(lines, files.safe_names(lines), strict=True):
        orders = form["demand"][name]["orders"]
        origin = Path(scenario.folder) / orders["register"]
        if origin not in copies:
            copies[origin] = f"{REGISTERS}/{safe}.csv"
            folder.put(copies[origin], files.read(origin))
        orders["register"] = copies[origin]
    if copies:
        scenario = build(form, **(scenario.origin.reading() | {"folder": folder.new}))
    folder.put("scenario.yaml", explicit_text(scenario))
    return scenario


def _may_be_written(target: Path, asked: Path, keep: Path | None) -> None:
    if not target.parent.is_dir():
        raise ExportsimError(f"--out {asked}: there is no folder {asked.parent} to write it in; make it first")
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportsimError(f"--out {asked}: there is a file of this name; expected a folder, or nothing yet")
    for kept in (Path.cwd(), *([keep] if keep else [])):
        if files.is_inside(kept, target):
            raise ExportsimError(
                f"--out {asked}: this would replace the folder of {kept.name}; name a folder of its own"
            )
