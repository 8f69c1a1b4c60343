"""The folder that ``exportsim run --out`` wrote, read back: what was played, to be played again and found the same.

A folder holds tables, not ledgers; but the scenario and the seed in it give every ledger again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.playing.parquet import Bounds, DamagedError, read
from exportsim.report.replacing import PROVENANCE, recover
from exportsim.scenario import Scenario, digest, load
from exportsim.scenario.checks import MAX_ORDERS
from exportsim.study.result import Result
from exportsim.version import __version__

MOST = Bounds(rows=100_000_000, columns=100_000)


class Played(NamedTuple):
    """What a folder says was played."""

    folder: Path
    scenario: Scenario
    policies: tuple[str, ...]
    futures: int
    seed: int
    engine: str
    version: str

    def check(self, result: Result) -> None:
        """See that playing it again gave what stands in the folder."""
        try:
            table, _ = read(self.folder / "outcomes.parquet", MOST)
            written = table.to_pandas().set_index(["policy", "future"])
        except (OSError, ValueError, KeyError, DamagedError) as error:
            raise _unreadable(self.folder, "outcomes.parquet", str(error)) from None
        found = result.outcomes
        if list(written.columns) != list(found.columns) or not written.reset_index().equals(found.reset_index()):
            raise ExportsimError(
                f"{self.folder}: played again, its outcomes differ from outcomes.parquet; it was written by exportsim "
                f"{self.version}, and this is {__version__}. Give the scenario: {self.folder / 'scenario.yaml'}"
            )


def read_folder(folder: Path, *, max_orders: int | None = None) -> Played:
    """Read what a folder says was played."""
    try:
        recover(Path(os.path.realpath(folder)).parent)
        origin: dict[str, Any] = files.read_json(files.read(folder / PROVENANCE))
        said = str(origin["scenario"])
        policies, version, engine = tuple(map(str, origin["policies"])), str(origin["exportsim"]), str(origin["engine"])
        futures, seed = int(origin["futures"]), int(origin["seed"])
    except FileNotFoundError:
        raise ExportsimError(
            f"{folder}: found no provenance.json, expected a scenario file or a folder that `exportsim run --out` wrote"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, "provenance.json", f"{type(error).__name__}: {error}") from None
    scenario = load(folder / "scenario.yaml", max_orders=MAX_ORDERS if max_orders is None else max_orders)
    if digest(scenario) != said:
        raise ExportsimError(
            f"{folder}: scenario.yaml is not the scenario that was played: its digest begins with "
            f"{digest(scenario)[:12]}, expected {said[:12]} (from provenance.json)"
        )
    return Played(folder, scenario, policies, futures, seed, engine, version)


def _unreadable(folder: Path, name: str, why: str) -> ExportsimError:
    return ExportsimError(f"{folder}: cannot read {name} ({why}); expected a folder that `exportsim run --out` wrote")
