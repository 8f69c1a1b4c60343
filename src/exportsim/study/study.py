"""What all studies have in common: a table, where they come from, whether they are complete, how they are kept.

A kind of study is a dataclass of its answer that derives from :class:`Study`, and a function that returns it. The
function plays inside a :class:`Recorder`, which says what it came from and keeps what was finished when it ended early.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from exportsim.errors import LostError
from exportsim.notebook import card
from exportsim.playing.interruption import stoppable
from exportsim.playing.settings import Settings
from exportsim.provenance import provenance
from exportsim.scenario import Scenario
from exportsim.study.table_file import write_table

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 20  # of the table, in a notebook


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Study:
    """The answer to a question that many plays were needed for.

    Attributes
    ----------
    table : DataFrame
        The answer, as it is saved.
    provenance : mapping
        All that is needed to play it again.
    """

    table: pd.DataFrame
    provenance: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The scenario's."""
        return self.provenance["title"] or "untitled"

    @property
    def interrupted(self) -> bool:
        """Whether something that was asked for is missing."""
        return bool(self.provenance["interrupted"])

    @property
    def lost(self) -> str | None:
        """How workers were lost, if that is why something is missing."""
        return self.provenance.get("lost")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.title!r}: {self._in_short()}>"

    def _repr_html_(self) -> str:
        facts = {"futures": str(self.provenance["futures"]), "seed": str(self.provenance["seed"])}
        if self.interrupted:
            facts["interrupted"] = self.lost or "yes"
        body = self.table.to_html(max_rows=ROWS_SHOWN, index=False, border=0)
        return card(f"{type(self).__name__} of {self.title}: {self._in_short()}", facts, body)

    def _in_short(self) -> str:
        """What the study is of, and how large it is."""
        return f"{len(self.table)} rows"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write :attr:`table` to a file, whole or not at all.

        Parameters
        ----------
        path : path-like
            Ends in ``.parquet``, with the provenance in its metadata under ``exportsim``; or in ``.csv``. A file that
            is there is replaced.

        Raises
        ------
        ExportsimError
            If it ends otherwise, or cannot be written.
        """
        write_table(self.table, path, self.provenance)


SomeStudy = TypeVar("SomeStudy", bound=Study)


class Recorder:
    """Notes when the playing of a study began and what ended it early, and says where the study comes from.

    Attributes
    ----------
    ended : KeyboardInterrupt, LostError or None
        What ended the playing before all was finished.
    """

    def __init__(self, scenario: Scenario, settings: Settings) -> None:
        self._scenario, self._settings = scenario, settings
        self._started, self._clock = datetime.now(UTC), time.perf_counter()
        self.ended: KeyboardInterrupt | LostError | None = None

    @contextmanager
    def until_ended(self) -> Iterator[None]:
        """Ctrl-C and the loss of workers end what is played inside; what was finished by then is kept."""
        with stoppable() as stop:
            try:
                yield
            except (KeyboardInterrupt, LostError) as ended:
                if stop.twice:
                    raise
                self.ended = ended

    def need(self, enough: bool) -> None:
        """Give up if, after an early end, not enough is finished for an answer."""
        if not enough:
            raise self.ended or KeyboardInterrupt

    def provenance(self, policies: Sequence[str], *, interrupted: bool, **question: object) -> dict[str, Any]:
        """Where the study comes from; a kind of study adds, under its own name, what was asked."""
        origin = provenance(
            self._scenario,
            policies=policies,
            futures=self._settings.futures,
            seed=self._settings.seed,
            engine=self._settings.engine,
            started=self._started,
            seconds=time.perf_counter() - self._clock,
            interrupted=interrupted,
        )
        lost = {"lost": str(self.ended)} if isinstance(self.ended, LostError) else {}
        return origin | question | lost

    def finished(self, study: SomeStudy) -> SomeStudy:
        """The study; where workers were lost, as what the error has kept."""
        if isinstance(self.ended, LostError):
            raise LostError(str(self.ended), study)
        return study
