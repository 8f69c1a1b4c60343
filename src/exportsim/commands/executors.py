"""Options on where futures are played and where what came of them is kept, shared by commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar, cast

import click

from exportsim.commands.terminal import INTERRUPTED, LOST, tell
from exportsim.errors import ExportsimError, LostError

if TYPE_CHECKING:
    from exportsim.study.result import Result
    from exportsim.study.sensitivity import Sensitivity
    from exportsim.study.sweep import Sweep

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
ADDRESS = "an address such as tcp://host:8786"
CONNECTING = 5.0  # seconds for a cluster to answer, or patience if that is less

_OPTIONS = (
    click.option("--store", metavar="DIR", help="Keep what is finished in the folder DIR, and play only the rest."),
    click.option("--cluster", metavar="ADDRESS", help="Play on a cluster: its Dask scheduler, as tcp://host:8786."),
    click.option(
        "--patience",
        default="60s",
        show_default=True,
        metavar="T",
        help="How long to wait for a cluster that does nothing.",
    ),
    click.option(
        "--processes", type=int, metavar="N", help="Play in N processes, not threads: for the reference engine."
    ),
)


def elsewhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--store``, ``--cluster``, ``--patience`` and ``--processes``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


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
        with _cluster(cluster, min(CONNECTING, waiting)) as executor:
            yield executor
    elif processes is not None:
        if processes < 1:
            raise ExportsimError(f"processes: found {processes}, expected a whole number from 1")
        with _processes(processes) as executor:
            yield executor
    else:
        yield None


def rescued(study: Callable[Asked, Found], *given: Asked.args, **named: Asked.kwargs) -> Found:
    """What a study comes to; if whoever played it was lost, what had been finished by then, if that is anything."""
    try:
        return study(*given, **named)
    except LostError as lost:
        if lost.kept is None:
            raise
        return cast(Found, lost.kept)


def ended(found: Result | Sweep | Sensitivity, kept: str | None = None) -> NoReturn:
    """Exit after less than was asked for, and say why."""
    lost = found.provenance.get("lost")
    if lost is not None:
        tell(f"error: {lost}")
    if kept is not None:
        tell(f"interrupted: kept {kept}")
    raise SystemExit(INTERRUPTED if lost is None else LOST)


@contextmanager
def _processes(number: int) -> Iterator[Executor]:
    from exportsim.commands.processes import Processes

    pool = Processes(number)
    try:
        yield pool
    finally:
        pool.end()


@contextmanager
def _cluster(address: str, waiting: float) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ExportsimError("clusters need Dask: pip install 'exportsim[cluster]'") from error
    import logging
    import warnings

    for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in (
            "distributed",
            "tornado",
            "asyncio",
        ):  # what matters is said once, by this command
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


def _within(seconds: float, make: Callable[[], Found]) -> Found:
    """What is made, in time: a client would wait for ever for somebody who is there and says nothing."""
    import threading
    from concurrent.futures import Future

    made: Future[Found] = Future()

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
        found = urlsplit(address if "://" in address else f"tcp://{address}")
        scheme, place = found.scheme, (found.hostname or "", found.port or 0)
    except ValueError as error:
        raise ExportsimError(f"cluster: found {address}, expected {ADDRESS}") from error
    if scheme not in ("tcp", "tls"):
        return  # the client may know more
    if not all(place):
        raise ExportsimError(f"cluster: found {address}, expected {ADDRESS}")
    try:
        socket.create_connection(place, timeout=waiting).close()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LostError(f"cluster: no scheduler answers at {address} ({reason})") from error
