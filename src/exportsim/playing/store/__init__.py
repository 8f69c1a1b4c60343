"""A store of finished plays: a folder of Parquet files, each found by what was played in it.

What is there need not be played again: a run that was killed goes on where it stopped, a sweep that has more points
plays those alone, and a policy that is added to a scenario is the only one played.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.plan import Plan as Plan
from exportsim.playing.model import model
from exportsim.playing.parquet import DamagedError
from exportsim.playing.store.plays import DISTINCT, NAME, read, read_about
from exportsim.playing.store.scenario_plays import ScenarioPlays as ScenarioPlays
from exportsim.scenario import Scenario as Scenario

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow.dataset import Dataset

MARK = "exportsim-store.json"
LAYOUT = 1
PLAYS = "plays"
_MARK = json.dumps({"store": LAYOUT}) + "\n"


class Damage(NamedTuple):
    """A file that does not hold what was written to it."""

    path: Path
    reason: str


class Store:
    """A folder of finished plays. Open it with :func:`exportsim.open_store`.

    Each file holds one policy in some futures of one scenario, a row per future: ``scenario`` (a digest of its world),
    ``policy``, ``seed``, ``future``, the outcomes of :attr:`exportsim.Result.outcomes`, and how many ``orders`` there
    were and how many of them the policy left ``untouched``. Any number of runs may read and write it at once.

    Attributes
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"<Store {str(self.folder)!r}>"

    @classmethod
    def at(cls, place: str | os.PathLike[str] | Store) -> Store:
        """The store of a folder, which is made one if it is empty or not there; an error if it holds anything else."""
        if isinstance(place, Store):
            return place
        folder = Path(place)
        mark = folder / MARK
        with files.explained(f"{place}: no store can be made there"):
            if files.there(mark) is None:
                files.make_folder(folder)
                # Another run may be making it one at this moment: the mark comes first.
                if not all(map(files.is_temporary, files.names(folder))) and files.there(mark) is None:
                    raise ExportsimError(f"{place}: the folder is not empty and no store; give another for the store")
                files.write(mark, _MARK)
            files.clean(folder)
            opened = open_store(folder)
            if opened._mark_is_damaged():
                files.write(mark, _MARK)  # all that counts says of itself what it is
            files.make_folder(folder / PLAYS)
        return opened

    @property
    def files(self) -> list[Path]:
        """All files of plays, in order of their names. Files that are called otherwise are somebody else's."""
        return [path for path in self._all() if NAME.fullmatch(path.name) and path.name[:2] == path.parent.name]

    def current(self) -> list[Path]:
        """The files that hold each future once, as this version of the model plays it.

        Others may be there: of other versions, and blocks that were not full when more futures were asked for.
        """
        longest: dict[tuple[Any, ...], tuple[int, Path]] = {}
        for path in self.files:
            about = _about(path)
            if about is not None and about["model"] == model():
                key = tuple(about[name] for name in DISTINCT)
                longest[key] = max(longest.get(key, (0, path)), (int(about["past"]), path))
        return sorted(path for _, path in longest.values())

    def dataset(self) -> Dataset:
        """The plays of this version of the model, each once, as one table that is read only as far as it is used.

        Returns
        -------
        pyarrow.dataset.Dataset
            Outcomes that a file has not (another scenario's suppliers) are null in its rows. Files are not checked:
            see :meth:`verify`.
        """
        import pyarrow as pa
        from pyarrow import dataset, parquet

        paths = self.current()
        schemas: dict[tuple[str, ...], pa.Schema] = {}
        for path in paths:
            schema = parquet.read_schema(pa.BufferReader(files.read(path))).remove_metadata()
            schemas.setdefault(tuple(schema.names), schema)
        schema = pa.unify_schemas(list(schemas.values())) if schemas else pa.schema([])
        return dataset.dataset(list(map(str, paths)), schema=schema, format="parquet")

    def contents(self) -> pd.DataFrame:
        """What is there.

        Returns
        -------
        DataFrame
            A row per file: ``title``, ``scenario``, ``policy``, ``seed``, ``first`` and ``past`` the last future,
            ``varied`` (of a sweep's point: paths and values as JSON), ``model`` and ``usable`` (whether by this
            version), ``exportsim``, ``bytes``, ``path``. Files that cannot be read are left out: see :meth:`verify`.
        """
        import pandas as pd

        columns = ("title", "scenario", "policy", "seed", "first", "past", "varied", "model", "exportsim")
        rows = []
        for path in self.files:
            about, status = _about(path), files.there(path)
            if about is not None and status is not None:
                own = {"usable": about["model"] == model(), "bytes": status.st_size, "path": path}
                rows.append({name: about.get(name) for name in columns} | own)
        return pd.DataFrame(rows, columns=[*columns, "usable", "bytes", "path"])

    def verify(self, told: Callable[[int, int], None] | None = None) -> list[Damage]:
        """Read every file and check it against its checksum.

        Parameters
        ----------
        told : callable, optional
            Told after every file how many have been read, and of how many.

        Returns
        -------
        list of Damage
            Empty if all is well. A run that comes upon such a file says so and plays it again, or makes the mark anew.
        """
        damages, paths = [], self.files
        if self._mark_is_damaged():
            reason = "it does not say that this is a store; the next run writes it again"
            damages.append(Damage(self.folder / MARK, reason))
        for number, path in enumerate(paths, 1):
            fault = _fault(path)
            if fault is not None:
                unread = f"it cannot be read: {files.reason_of(fault)}" if isinstance(fault, OSError) else str(fault)
                damages.append(Damage(path, unread))
            if told is not None:
                told(number, len(paths))
        return damages

    def prune(self, *, dry: bool = False) -> list[Path]:
        """Remove what no run will use: plays of other versions of the model, damaged files, and what killed runs left.

        A file that cannot be read, for want of permission or by a fault of the disk, may be sound, and stays.

        Parameters
        ----------
        dry : bool
            Say what would be removed, and remove nothing.

        Returns
        -------
        list of Path
            What was removed.

        Raises
        ------
        ExportsimError
            If something cannot be removed.
        """
        gone = [path for path in self.files if _is_useless(path)]
        gone += [path for path in self._all() if files.is_left(path)]
        for path in gone if not dry else ():
            # A run may have put a sound one there meanwhile.
            if not NAME.fullmatch(path.name) or _is_useless(path):
                with files.explained(f"store: cannot remove {path}"):
                    files.remove(path)
        return gone

    def _all(self) -> Iterator[Path]:
        """All that is where plays are."""
        plays = self.folder / PLAYS
        with files.explained(f"store: cannot list {plays}"):
            for folder in [plays / name for name in files.names(plays)] if plays.is_dir() else ():
                if folder.is_dir():
                    yield from (folder / name for name in files.names(folder))

    def _mark_is_damaged(self) -> bool:
        try:
            return _layout(self.folder) is None
        except OSError:
            return False


def open_store(place: str | os.PathLike[str]) -> Store:
    """Open a store.

    Parameters
    ----------
    place : path-like
        The folder that ``store=`` or ``--store`` was given.

    Returns
    -------
    Store

    Raises
    ------
    ExportsimError
        If there is none, or one of another layout.
    """
    folder = Path(place)
    try:
        layout = _layout(folder)
        # Its mark may be damaged: what is in it is checked file by file all the same.
        if layout is None and not (folder / PLAYS).is_dir():
            raise ExportsimError(f"{place}: there is no store here ({MARK} does not say so)")
    except OSError as error:
        reason = f"no {MARK}" if isinstance(error, FileNotFoundError | NotADirectoryError) else files.reason_of(error)
        raise ExportsimError(f"{place}: there is no store here that can be read ({reason})") from error
    if layout not in (None, LAYOUT):
        raise ExportsimError(f"{place}: found a store of layout {layout!r}, expected {LAYOUT}")
    return Store(folder)


def _layout(folder: Path) -> Any:
    """The layout that a store's mark gives; None if it is damaged."""
    try:
        return files.read_json(files.read(folder / MARK, 1000))["store"]
    except (ValueError, KeyError, TypeError):
        return None


def _about(path: Path) -> dict[str, Any] | None:
    """What a file says that it is about, unchecked; None if it does not."""
    try:
        return read_about(path)
    except (OSError, DamagedError):
        return None


def _is_useless(path: Path) -> bool:
    """Whether another version of the model has played what a file holds, or it is damaged."""
    about = _about(path)
    return isinstance(_fault(path), DamagedError) or (about is not None and about["model"] != model())


def _fault(path: Path) -> DamagedError | OSError | None:
    """Why a file is damaged, or cannot be read; it may have been pruned meanwhile."""
    try:
        read(path)
    except FileNotFoundError:
        return None
    except (DamagedError, OSError) as error:
        return error
    return None
