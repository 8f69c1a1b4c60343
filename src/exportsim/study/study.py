"""What all studies have in common: a table, where they come from, whether they are complete, how they are kept.

A kind of study is a dataclass that derives from :class:`Study`: what was found, with a table made of it. A function
returns it, and plays inside a :class:`Recorder`, which says what it came from and keeps what was finished when it ended
early.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeVar

from exportsim.arguments import chosen, listed
from exportsim.compile import decisions_on_record
from exportsim.errors import ExportsimError, Fault, LostError
from exportsim.notebook import card
from exportsim.outcomes import less_is_better
from exportsim.playing.interruption import stoppable
from exportsim.playing.settings import Settings
from exportsim.scenario import Scenario, digest, warnings_of
from exportsim.scenario.register_account import register_accounts
from exportsim.study.table_file import write_table
from exportsim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 20  # of the table, in a notebook
LIBRARIES = ("numpy", "scipy", "pandas", "simpy", "numba", "holidays", "pydantic", "ruamel.yaml", "pyarrow")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Study:
    """The answer to a question that many plays were needed for.

    Attributes
    ----------
    provenance : mapping
        All that is needed to play it again.
    """

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

    def less_is_better(self, outcome: str) -> bool:
        """Whether less of an outcome is better: by the scenario's objective if that weighs it, else by its row.

        So less of what a destination received is better only where the objective says that it is.
        """
        return less_is_better(outcome, self.provenance.get("objective"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.title!r}: {self._in_short()}>"

    def _repr_html_(self) -> str:
        facts = {name: str(self.provenance[name]) for name in ("futures", "seed") if name in self.provenance}
        if self.interrupted:
            facts["interrupted"] = self.lost or "yes"
        return card(f"{type(self).__name__} of {self.title}: {self._in_short()}", self._facts() | facts, self._shown())

    def _in_short(self) -> str:
        """What the study is of, and how large it is."""
        return f"{len(self._saved())} rows"

    def _facts(self) -> dict[str, str]:
        """What a notebook shows of it, by name."""
        return {}

    def _shown(self) -> str:
        """What a notebook shows of the answer, as HTML."""
        return self._saved().to_html(max_rows=ROWS_SHOWN, index=False, border=0)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table of the study to a file, whole or not at all.

        Parameters
        ----------
        path : path-like
            Ends in ``.parquet``, with the provenance in its metadata under ``exportsim``; or in ``.csv``. A file that
            is there is replaced. As Parquet :func:`exportsim.open_study` reads it back whole.

        Raises
        ------
        ExportsimError
            If it ends otherwise, or cannot be written.
        """
        write_table(self._saved(), path, self.provenance, self._parts())

    def _saved(self) -> pd.DataFrame:
        """The answer, as it is saved."""
        raise NotImplementedError

    def _parts(self) -> Mapping[str, object]:
        """What it is made of beside that, by name, for a file to give it back whole."""
        return {}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TableStudy(Study):
    """A study whose answer is one table."""

    @cached_property
    def table(self) -> pd.DataFrame:
        """The answer, as it is saved."""
        raise NotImplementedError

    def _saved(self) -> pd.DataFrame:
        return self.table


SomeStudy = TypeVar("SomeStudy", bound=Study)


class Recorder:
    """Notes when the playing of a study began and what ended it early, and says where the study comes from."""

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

    def provenance(
        self,
        policies: Sequence[str],
        *,
        interrupted: bool,
        futures: int | None = None,
        noticed: Iterable[Fault] = (),
        precision: Mapping[str, Any] | None = None,
        **question: object,
    ) -> dict[str, Any]:
        """Where the study comes from, and nothing about whose machine it was.

        A kind of study adds, under its own name, what was asked.
        """
        settings = self._settings
        registers = [account.document() for account in register_accounts(self._scenario)]
        decisions = [each._asdict() for each in decisions_on_record(self._scenario)]
        objective = self._scenario.objective
        weights = {} if objective is None else {name: float(amount) for name, amount in objective.amounts.items()}
        return {
            "exportsim": __version__,
            "title": self._scenario.title,
            "scenario": digest(self._scenario),
            "reference": self._scenario.reference,
            **({"objective": weights} if weights else {}),
            "policies": list(policies),
            "titles": dict(_titles(self._scenario)),
            "futures": settings.futures if futures is None else futures,
            "seed": settings.seed,
            "engine": settings.engine,
            "interrupted": interrupted,
            "warnings": as_recorded([*warnings_of(self._scenario), *noticed]),
            **({} if precision is None else {"precision": dict(precision)}),
            **({"registers": registers} if registers else {}),
            **({"decisions": decisions} if decisions else {}),
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - self._clock, 3),
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": {"system": platform.system(), "machine": platform.machine()},
            "libraries": dict(_versions()),
            **question,
            **({"lost": str(self.ended)} if isinstance(self.ended, LostError) else {}),
        }

    def finished(self, study: SomeStudy) -> SomeStudy:
        """The study; where workers were lost, as what the error has kept."""
        if isinstance(self.ended, LostError):
            raise LostError(str(self.ended), study)
        return study


def as_recorded(faults: Iterable[Fault], before: Iterable[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """What provenance has of warnings, each once, with those that it has before: by path, wherever the file is."""
    pairs = {(fault.path, fault.message) for fault in faults} | {(each["path"], each["message"]) for each in before}
    return [{"path": path, "message": message} for path, message in sorted(pairs)]


def policies_played(scenario: Scenario, asked: Iterable[str] | None) -> tuple[str, ...]:
    """The policies to play, in the order of the scenario, the reference among them."""
    names = tuple(scenario.policies)
    wanted = names if asked is None else [chosen(name, names, "policy") for name in listed(asked, "policies")]
    return tuple(name for name in names if name in {*wanted, scenario.reference})


def one_policy(scenario: Scenario, policy: str | None, meant: str) -> str:
    """The policy that was asked for, or the only one: the reference may be what is *not* done, so none is guessed."""
    names = tuple(scenario.policies)
    if policy is not None:
        return chosen(policy, names, "policy")
    if len(names) > 1:
        listed_names = ", ".join(f"`{name}`" for name in names)
        raise ExportsimError(f"policy: name the one {meant}, one of {listed_names}")
    return names[0]


def _titles(scenario: Scenario) -> Iterator[tuple[str, dict[str, str]]]:
    """What the scenario calls its policies, suppliers, demand lines and others, where it says so."""
    for section in ("policies", "suppliers", "authorities", "goods", "incidents", "demand"):
        named = {name: each.title for name, each in getattr(scenario, section).items()}
        if titled := {name: title for name, title in named.items() if title}:
            yield section, titled


@cache
def _versions() -> Mapping[str, str]:
    """Of the libraries that are installed, looked up once."""
    found = {}
    for library in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[library] = metadata.version(library)
    return found
