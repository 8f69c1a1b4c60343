"""Options on where futures are played and where what came of them is kept, shared by commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

import click

from exportsim.errors import ExportsimError

CONNECTING = "10s"  # for a cluster to answer

_OPTIONS = (
    click.option("--store", metavar="DIR", help="Keep what is finished in the folder DIR, and play only the rest."),
    click.option("--cluster", metavar="ADDRESS", help="Play on a cluster: its Dask scheduler, as tcp://host:8786."),
    click.option(
        "--processes", type=int, metavar="N", help="Play in N processes, not threads: for the reference engine."
    ),
)


def elsewhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--store``, ``--cluster`` and ``--processes``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@contextmanager
def executor_of(cluster: str | None, processes: int | None, workers: int | None) -> Iterator[Executor | None]:
    """The executor that the options ask for; None for threads.

    Raises
    ------
    ExportsimError
        If a cluster does not answer, or its library is missing.
    """
    if sum(option is not None for option in (cluster, processes, workers)) > 1:
        raise click.UsageError("--cluster, --processes and --workers are three ways of playing: give one of them")
    if cluster is not None:
        with _cluster(cluster) as executor:
            yield executor
    elif processes is not None:
        if processes < 1:
            raise ExportsimError(f"processes: found {processes}, expected a whole number from 1")
        with _processes(processes) as executor:
            yield executor
    else:
        yield None


@contextmanager
def _processes(number: int) -> Iterator[Executor]:
    import signal
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Started afresh: a copy of this process may hold locks of threads that it has not. Ctrl-C is for this one alone.
    pool = ProcessPoolExecutor(
        number, mp_context=get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ExportsimError("clusters need Dask: pip install 'exportsim[cluster]'") from error
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said once, by this command
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ExportsimError(f"cluster: no scheduler answers at {address}: {error}") from error
    try:
        yield client.get_executor()
    finally:
        client.close(timeout=1)
