"""The folder that ``--out`` writes: seen to be possible before anything is simulated, there whole or not at all.

It is read back to be played again and found the same: it holds tables, not ledgers, but the scenario and the seed in it
give every ledger again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, NamedTuple

from exportsim import files
from exportsim.analysis.intervals import LEVEL
from exportsim.analysis.quantities import SERIES, SPEND
from exportsim.analysis.series import frames
from exportsim.digits import short
from exportsim.errors import ExportsimError
from exportsim.freed_memory import give_back
from exportsim.language import text
from exportsim.outcomes import MONEY, OUTCOMES
from exportsim.playing.parquet import Bounds, DamagedError, read
from exportsim.report.number_format import visible
from exportsim.report.replacing import PROVENANCE, Replacement, recover
from exportsim.report.result import closing
from exportsim.scenario import Scenario, build, digest, explicit, explicit_text, load
from exportsim.scenario.checks import MAX_ORDERS
from exportsim.study.result import NOT_KEPT, Result
from exportsim.study.table_file import unarmed
from exportsim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("summary", "comparison", "account", "outcomes", "series")
FUTURES_AT_ONCE, ENTRIES_AT_ONCE = 50, 100_000  # of the series, of which a table is made
REGISTERS = "registers"
#: Of README.txt, in their order.
SECTIONS = (
    "files", "formats", "summary", "comparison", "account", "account_adds_up", "doubt", "outcomes", "facts", "series",
)  # fmt: skip
IN_MONTH = {True: "readme.at_month_end", False: "readme.in_month"}
MOST = Bounds(rows=100_000_000, columns=100_000)
DOUBT = "doubt"  # a table that is there if points of what is uncertain were played
FILES = frozenset(
    [f"{name}.{kind}" for name in (*TABLES, DOUBT) for kind in ("csv", "parquet")]
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
    """Write a result into a folder; what that took is given back to the system as it goes, for who reports goes on."""
    indexed = (result.summary(), result.compare(), _account(result), result.outcomes)
    tables = [*(table.reset_index() for table in indexed), result.series()]
    tables += [] if result.doubt is None else [result.doubt.table]
    for name, table in zip((*TABLES, DOUBT), tables, strict=False):
        folder.put(f"{name}.csv", unarmed(table).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))
        buffer = BytesIO()
        table.to_parquet(buffer, index=False, engine="pyarrow")
        folder.put(f"{name}.parquet", buffer.getvalue())
    del tables, table, indexed
    give_back()
    folder.put("series-by-future.parquet", _series_by_future(result))
    # The digest is of the scenario beside it, whose registers have moved into the folder.
    scenario = _put_scenario(result, folder)
    folder.put("README.txt", readme(result))
    folder.finish(dict(result.provenance) | {"scenario": digest(scenario)})
    del scenario
    give_back()


def _account(result: Result) -> pd.DataFrame:
    """The account by policy, in which there is no year, then by policy and year."""
    import pandas as pd

    table = pd.concat([result.account().reset_index(), result.account(by=["year"]).reset_index()])
    return table.astype({"year": "Int64"}).set_index(["policy", "year"])


def readme(result: Result) -> str:
    """What each file and column is, and in which unit."""
    currency = result.scenario.currency
    outcomes = [(each.name, currency if each.unit == MONEY else each.unit, each.definition) for each in OUTCOMES]
    quantities = [
        (each.name, currency if each.name == SPEND else text(IN_MONTH[each.stock]), each.what) for each in SERIES
    ]
    said = {
        "level": text("numbers.percent", number=short(100 * LEVEL)),
        "reference": result.scenario.reference,
        "currency": currency,
        "outcomes": _entries(outcomes),
        "quantities": _entries(quantities),
    }
    sections = [text(f"readme.{section}", **said) for section in SECTIONS]
    if result.warnings:
        noticed = [
            text("readme.warning", path=visible(warning.path), message=visible(warning.message))
            for warning in result.warnings
        ]
        sections.insert(0, text("readme.warnings", warnings="\n".join(noticed)))
    head = [visible(result.scenario.title) or text("studies.untitled"), closing(result)]
    return "\n\n".join([*head, *map(_underlined, sections)]) + "\n"


def _entries(entries: list[tuple[str, str, str]]) -> str:
    return "\n".join(text("readme.entry", name=name, unit=unit, what=what) for name, unit, what in entries)


def _underlined(section: str) -> str:
    title, *entries = section.split("\n")
    if not entries:
        return fill(title, 80)
    wrapped = [fill(entry, 80, initial_indent="  ", subsequent_indent="      ") for entry in entries]
    return "\n".join([title, "-" * len(title), *wrapped])


def _series_by_future(result: Result) -> bytes:
    """The monthly series of every play as Parquet, policy by policy, so that one table need not fit in memory."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not result.entries:
        raise ExportsimError(NOT_KEPT)
    kind = pd.CategoricalDtype(list(result.policies))
    buffer = BytesIO()
    schema: pa.Schema | None = None
    writer: pq.ParquetWriter | None = None
    try:
        for policy in result.policies:
            for futures in _at_once([len(result.entries[policy, future].key) for future in range(result.futures)]):
                table = frames([result.entries[policy, future] for future in futures], result.plan)
                table["future"] = table.pop("play") + futures.start
                table["policy"] = pd.Categorical([policy] * len(table), dtype=kind)
                table = table[["policy", "future", *table.columns.drop(["policy", "future"])]]
                rows = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
                if writer is None:
                    schema, writer = rows.schema, pq.ParquetWriter(buffer, rows.schema)
                writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
    return buffer.getvalue()


def _at_once(entries: Sequence[int]) -> Iterator[range]:
    """The futures in order, as many at once as make a table of no great size."""
    start, held = 0, 0
    for future, more in enumerate(entries):
        if future > start and (future - start == FUTURES_AT_ONCE or held + more > ENTRIES_AT_ONCE):
            yield range(start, future)
            start, held = future, 0
        held += more
    yield range(start, len(entries))


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
    for path in (Path.cwd(), *([keep] if keep else [])):
        if files.is_inside(path, target):
            raise ExportsimError(
                f"--out {asked}: this would replace the folder of {path.name}; name a folder of its own"
            )


class Played(NamedTuple):
    """What a folder says was played."""

    folder: Path
    scenario: Scenario
    policies: tuple[str, ...]
    futures: int
    seed: int
    engine: str
    version: str
    points: int  # of what is uncertain

    def check(self, result: Result) -> None:
        """See that playing it again gave what stands in the folder."""
        self._compare("outcomes", result.outcomes.reset_index())
        if result.doubt is not None:
            self._compare(DOUBT, result.doubt.table)

    def _compare(self, name: str, again: pd.DataFrame) -> None:
        """See that a table in the folder is what came of playing it again."""
        name = f"{name}.parquet"
        try:
            table, _ = read(self.folder / name, MOST)
            written = table.to_pandas()
        except (OSError, ValueError, KeyError, DamagedError) as error:
            raise _unreadable(self.folder, name, str(error)) from None
        if list(written.columns) != list(again.columns) or not written.equals(again):
            raise ExportsimError(
                f"{self.folder}: played again, its outcomes differ from {name}; it was written by exportsim "
                f"{self.version}, and this is {__version__}. Give the scenario: {self.folder / 'scenario.yaml'}"
            )


def read_folder(folder: Path, *, max_orders: int | None = None) -> Played:
    """Read what a folder says was played."""
    try:
        recover(Path(os.path.realpath(folder)).parent)
        origin = files.read_json(files.read(folder / PROVENANCE))
        expected = str(origin["scenario"])
        policies, version, engine = tuple(map(str, origin["policies"])), str(origin["exportsim"]), str(origin["engine"])
        futures, seed = int(origin["futures"]), int(origin["seed"])
        points = int(origin["doubt"]["points"]) if "doubt" in origin else 0
    except FileNotFoundError:
        raise ExportsimError(
            f"{folder}: found no provenance.json, expected a scenario file or a folder that `exportsim run --out` wrote"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, "provenance.json", f"{type(error).__name__}: {error}") from None
    scenario = load(folder / "scenario.yaml", max_orders=MAX_ORDERS if max_orders is None else max_orders)
    if digest(scenario) != expected:
        raise ExportsimError(
            f"{folder}: scenario.yaml is not the scenario that was played: its digest begins with "
            f"{digest(scenario)[:12]}, expected {expected[:12]} (from provenance.json)"
        )
    return Played(folder, scenario, policies, futures, seed, engine, version, points)


def _unreadable(folder: Path, name: str, why: str) -> ExportsimError:
    return ExportsimError(f"{folder}: cannot read {name} ({why}); expected a folder that `exportsim run --out` wrote")
