"""Where futures are played: in processes, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import TypeVar

import click

from exportsim.arguments import required
from exportsim.errors import ExportsimError, LostError

Made = TypeVar("Made")
ADDRESS = "an address such as tcp://host:8786"
TALKATIVE = ("distributed", "tornado", "asyncio")  # what matters of it is printed once, by the command
CONNECTING = 5.0  # seconds for a cluster to answer, or patience if that is less


@contextmanager
def executor_of(
    cluster: str | None, processes: int | None, workers: int | None, patience: str
) -> Iterator[Executor | None]:
    """The executor that the options ask for; None for threads."""
    from exportsim.playing.cluster_watch import seconds

    waiting = seconds(patience)
    if sum(option is not None for option in (cluster, processes, workers)) > 1:
        raise click.UsageError("--cluster, --processes and --workers are three ways of playing: give one of them")
    if cluster is not None:
        with _cluster(cluster, min(CONNECTING, waiting)) as scheduler:
            yield scheduler
    elif processes is not None:
        if processes < 1:
            raise ExportsimError(f"processes: found {processes}, expected a whole number from 1")
        from exportsim.commands.processes import Processes

        pool = Processes(processes)
        try:
            yield pool
        finally:
            pool.end()
    else:
        yield None


@contextmanager
def _cluster(address: str, waiting: float) -> Iterator[Executor]:
    with required("Dask", "clusters need", "cluster"):
        from distributed import Client
    import logging
    import warnings

    for name in (*TALKATIVE, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in TALKATIVE:
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [logging.NullHandler()], False
    warnings.filterwarnings("ignore", module="distributed")
    _knock(address, waiting)
    try:
        client = _within(2 * waiting, lambda: Client(address, timeout=waiting, set_as_default=False))
    except (OSError, TimeoutError) as error:
        raise LostError(f"cluster: no scheduler answers at {address}") from error
    except (ValueError, ImportError) as error:
        raise ExportsimError(f"cluster: found {address}, expected {ADDRESS}") from error
    try:
        yield client.get_executor()
    finally:
        with suppress(Exception):  # a scheduler that is gone cannot be told
            client.close(timeout=1)


def _within(seconds: float, make: Callable[[], Made]) -> Made:
    """What is made, in time: a client would wait for ever for somebody who is there and says nothing."""
    import threading
    from concurrent.futures import Future

    made: Future[Made] = Future()

    def try_it() -> None:
        try:
            made.set_result(make())
        except BaseException as error:
            made.set_exception(error)

    threading.Thread(target=try_it, daemon=True).start()
    return made.result(timeout=seconds)


def _knock(address: str, waiting: float) -> None:
    """Find out whether anybody is there, before a client tries it again and again and says so at length."""
    import socket
    from urllib.parse import urlsplit

    try:
        url = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = url.hostname, url.port
    except ValueError as error:
        raise ExportsimError(f"cluster: found {address}, expected {ADDRESS}") from error
    if url.scheme not in ("tcp", "tls"):
        return  # the client may know more
    if not host or not port:
        raise ExportsimError(f"cluster: found {address}, expected {ADDRESS}")
    try:
        socket.create_connection((host, port), timeout=waiting).close()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LostError(f"cluster: no scheduler answers at {address} ({reason})") from error
