"""How futures are played: how many, which, by what and where. Every study takes these keywords."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypedDict

from exportsim import engine as engines
from exportsim.arguments import BOUND, chosen, whole
from exportsim.errors import ExportsimError
from exportsim.playing.cluster_watch import PATIENCE, seconds
from exportsim.playing.executor import usable_cores
from exportsim.playing.progress import Progress
from exportsim.playing.store import Store

FUTURES = 100
MOST_WORKERS = 1024


class SettingsKeywords(TypedDict, total=False):
    """What a study may be told of how to play; :func:`exportsim.run` says what each means."""

    futures: int
    seed: int
    engine: str
    workers: int | None
    executor: Executor | None
    store: str | os.PathLike[str] | Store | None
    patience: str | float
    progress: Progress | None
    announce: Callable[[str], None] | None


#: What an executor must have; its futures must tell whoever asks for it when they are done.
PROTOCOL = ("submit", "map", "shutdown")


@dataclass(frozen=True)
class Settings:
    """Keywords of :class:`SettingsKeywords` with their defaults, checked. ``dataclasses.replace`` changes some."""

    futures: int
    seed: int
    engine: str
    workers: int  # futures played at once, in threads
    executor: Executor | None  # instead of threads
    store: str | os.PathLike[str] | Store | None
    patience: float  # seconds
    progress: Progress | None
    announce: Callable[[str], None] | None

    def open_store(self) -> Store | None:
        """The store, which is made if it is not there."""
        return None if self.store is None else Store.at(self.store)


def settings_of(keywords: SettingsKeywords, *, futures: int = FUTURES) -> Settings:
    """Check what a study was told of how to play; ``futures`` is how many where nothing is said."""
    if unknown := sorted(keywords.keys() - SettingsKeywords.__optional_keys__):
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}")
    engine = chosen(keywords.get("engine", "compiled"), engines.ENGINES, "engine")
    executor = keywords.get("executor")
    if lacking := [name for name in PROTOCOL if executor is not None and not hasattr(executor, name)]:
        what = f"{type(executor).__module__}.{type(executor).__qualname__}"
        raise ExportsimError(
            f"executor: found a {what}, which has no `{'` and no `'.join(lacking)}`; expected one of the protocol of "
            "`concurrent.futures.Executor`. A scheduler that only takes jobs can play parts of a study into a store: "
            "see `play_part` and docs/how-to/job-arrays.md"
        )
    workers = keywords.get("workers")
    if workers is None:
        workers = usable_cores() if engine == "compiled" else 1
    return Settings(
        futures=whole(keywords.get("futures", futures), "futures", least=1, most=BOUND),
        seed=whole(keywords.get("seed", 1), "seed"),
        engine=engine,
        workers=whole(workers, "workers", least=1, most=MOST_WORKERS),
        executor=executor,
        store=keywords.get("store"),
        patience=seconds(keywords.get("patience", PATIENCE)),
        progress=keywords.get("progress"),
        announce=keywords.get("announce"),
    )
