"""The folder that ``--out`` writes: prepared before anything is simulated, put in its place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exportsim.errors import ExportsimError
from exportsim.experiment.result import Result
from exportsim.scenario import Scenario, build, digest, explicit, explicit_text

TABLES = ("summary", "comparison", "outcomes", "series")
REGISTERS = "registers"
FILES = frozenset(
    [f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")]
    + ["series-by-future.parquet", "scenario.yaml", "provenance.json", "README.txt", REGISTERS]
)


@contextmanager
def prepared(out: str | os.PathLike[str], *, force: bool = False, keep: Path | None = None) -> Iterator[Path]:
    """An empty folder beside ``out``, which takes its place if all goes well and vanishes if not.

    Parameters
    ----------
    out : path-like
        The folder to write. Its parent must exist.
    force : bool
        Replace it whatever is in it; by default only if it is empty or holds nothing but what exportsim writes.
    keep : Path, optional
        A file that must not be replaced along with it.

    Yields
    ------
    Path
        The folder to fill.

    Raises
    ------
    ExportsimError
        If it cannot or must not be written. Nothing has been touched then.
    """
    target = Path(os.path.realpath(out))
    _may_replace(target, Path(out), force, keep)
    try:
        room = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ExportsimError(f"--out {out}: cannot write in {Path(out).parent}: {error.strerror}") from None
    try:
        fresh = room / "new"
        fresh.mkdir()
        yield fresh
        _put_in_place(fresh, target, room / "old")
    except OSError as error:
        raise ExportsimError(f"--out {out}: cannot write: {error.strerror or error}") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def write(result: Result, folder: Path) -> None:
    """Write a result into an empty folder.

    Parameters
    ----------
    result : Result
        With its series by future, if ``series-by-future.parquet`` is wanted.
    folder : Path
    """
    from exportsim.report.files import write_series_by_future, write_table
    from exportsim.report.readme import readme

    write_table(result.summary().reset_index(), folder / "summary")
    write_table(result.compare().reset_index(), folder / "comparison")
    write_table(result.outcomes.reset_index(), folder / "outcomes")
    write_table(result.series(), folder / "series")
    write_series_by_future(result, folder / "series-by-future.parquet")
    # The digest is of the scenario beside it, whose registers have moved into the folder.
    origin = dict(result.provenance) | {"scenario": digest(_write_scenario(result, folder))}
    text = json.dumps(origin, indent=2, ensure_ascii=False) + "\n"
    (folder / "provenance.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "README.txt").write_text(readme(result), encoding="utf-8", newline="\n")


def _write_scenario(result: Result, folder: Path) -> Scenario:
    """Write the explicit scenario, with copies of its registers, so that the folder can be played again by itself."""
    scenario = result.scenario
    form = explicit(scenario)
    copies: dict[Path, str] = {}
    for name, line in form["demand"].items():
        if not isinstance(line["orders"], dict) or "register" not in line["orders"]:
            continue
        origin = Path(scenario.folder) / line["orders"]["register"]
        if origin not in copies:
            copies[origin] = f"{REGISTERS}/{name}.csv"
            (folder / REGISTERS).mkdir(exist_ok=True)
            shutil.copyfile(origin, folder / copies[origin])
        line["orders"]["register"] = copies[origin]
    if copies:
        scenario = build(form, **(scenario.origin.reading() | {"folder": folder}))
    (folder / "scenario.yaml").write_text(explicit_text(scenario), encoding="utf-8", newline="\n")
    return scenario


def _may_replace(target: Path, asked: Path, force: bool, keep: Path | None) -> None:
    if not target.parent.is_dir():
        raise ExportsimError(f"--out {asked}: there is no folder {asked.parent} to write it in; make it first")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise ExportsimError(f"--out {asked}: {asked.parent} may not be written to")
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportsimError(f"--out {asked}: there is a file of this name; expected a folder, or nothing yet")
    for kept in (Path.cwd(), *([Path(os.path.realpath(keep))] if keep else [])):
        if kept.is_relative_to(target):
            raise ExportsimError(
                f"--out {asked}: this would replace the folder of {kept.name}; name a folder of its own"
            )
    found = sorted(path.name for path in target.iterdir())
    foreign = [name for name in found if name not in FILES]
    ours = not foreign and "provenance.json" in found
    if found and not ours and not force:
        what = f"it holds {foreign[0]}" if foreign else "it was not written by exportsim"
        raise ExportsimError(f"--out {asked}: not replaced, because {what}; name another folder, or give --force")


def _put_in_place(fresh: Path, target: Path, aside: Path) -> None:
    fresh.chmod(0o777 & ~_umask())  # a temporary folder is for its owner alone
    if target.exists():
        target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
