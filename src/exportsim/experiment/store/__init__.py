"""A store of finished plays: a folder of Parquet files, each found by what was played in it.

What is there need not be played again: a run that was killed goes on where it stopped, a sweep that has more points
plays those alone, and a policy that is added to a scenario is the only one played.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from exportsim.errors import ExportsimError
from exportsim.experiment.model import model
from exportsim.experiment.store.files import ABOUT, ENDING, FRESH, DamagedError, beside, read
from exportsim.experiment.store.shelf import Shelf
from exportsim.plan import Plan
from exportsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow.dataset import Dataset

MARK = "exportsim-store.json"
LAYOUT = 1
PLAYS = "plays"
DISTINCT = ("scenario", "policy", "policy_digest", "reference_digest", "seed", "first")  # of files that hold the same
LEFT = 3600.0  # seconds after which a file that is still being written was left by a run that was killed


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
        """The store of a folder, which is made one if it is empty or not there.

        Raises
        ------
        ExportsimError
            If it holds something else, or cannot be made.
        """
        if isinstance(place, Store):
            return place
        folder = Path(place)
        try:
            mark = folder / MARK
            if not mark.exists():
                folder.mkdir(parents=True, exist_ok=True)
                # Another run may be making it one at this moment: the mark comes first.
                if not all(each.name.startswith(FRESH) for each in folder.iterdir()) and not mark.exists():
                    raise ExportsimError(f"{place}: the folder is not empty and no store; give another for the store")
                fresh = beside(mark)
                fresh.write_text(json.dumps({"store": LAYOUT}) + "\n", encoding="utf-8")
                fresh.replace(mark)
            (folder / PLAYS).mkdir(exist_ok=True)
        except OSError as error:
            raise ExportsimError(f"{place}: no store can be made there: {error.strerror or error}") from error
        return open_store(folder)

    @property
    def files(self) -> list[Path]:
        """All files of plays, in order of their names."""
        return sorted((self.folder / PLAYS).glob(f"*/*{ENDING}"))

    def shelf(
        self,
        scenario: Scenario,
        plan: Plan | None = None,
        *,
        varied: Mapping[str, Any] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> Shelf:
        """Where the plays of a scenario are."""
        return Shelf(self.folder / PLAYS, scenario, plan, varied=varied, warn=warn or (lambda _: None))

    def current(self) -> list[Path]:
        """The files that hold each future once, as this version of the model plays it.

        Others may be there: of other versions, and blocks that were not full when more futures were asked for.

        Returns
        -------
        list of Path
        """
        longest: dict[tuple[Any, ...], tuple[int, Path]] = {}
        for path in self.files:
            about = _about(path)
            if about is not None and about.get("model") == model():
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

        files = self.current()
        schemas: dict[tuple[str, ...], pa.Schema] = {}
        for path in files:
            schema = parquet.read_schema(path).remove_metadata()
            schemas.setdefault(tuple(schema.names), schema)
        schema = pa.unify_schemas(list(schemas.values())) if schemas else pa.schema([])
        return dataset.dataset([str(path) for path in files], schema=schema, format="parquet")

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
            about = _about(path)
            if about is not None:
                told = {name: about.get(name) for name in columns}
                rows.append({**told, "usable": told["model"] == model(), "bytes": path.stat().st_size, "path": path})
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
            Empty if all is well. A run that comes upon such a file says so and plays it again.
        """
        found, files = [], self.files
        for number, path in enumerate(files, 1):
            try:
                read(path)
            except DamagedError as damage:
                found.append(Damage(path, str(damage)))
            except FileNotFoundError:  # pruned meanwhile
                pass
            if told is not None:
                told(number, len(files))
        return found

    def prune(self, *, dry: bool = False) -> list[Path]:
        """Remove what no run will use: plays of other versions of the model, damaged files, and what killed runs left.

        Parameters
        ----------
        dry : bool
            Say what would be removed, and remove nothing.

        Returns
        -------
        list of Path
            What was removed.
        """
        gone = [damage.path for damage in self.verify()]
        gone += [path for path in self.files if path not in gone and (_about(path) or {}).get("model") != model()]
        gone += [path for path in self._left() if time.time() - path.stat().st_mtime > LEFT]
        if not dry:
            for path in gone:
                path.unlink(missing_ok=True)
        return gone

    def _left(self) -> Iterator[Path]:
        yield from (self.folder / PLAYS).glob(f"*/{FRESH}*")


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
    mark = Path(place, MARK)
    try:
        layout = json.loads(mark.read_text(encoding="utf-8"))["store"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExportsimError(f"{place}: there is no store here (no {MARK} that can be read)") from error
    if layout != LAYOUT:
        raise ExportsimError(f"{place}: found a store of layout {layout!r}, expected {LAYOUT}")
    return Store(Path(place))


def _about(path: Path) -> dict[str, Any] | None:
    """What a file says that it is about, unchecked."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        found: dict[str, Any] = json.loads((parquet.read_metadata(path).metadata or {})[ABOUT])
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
    return found
