"""Options that commands share: what is read, how and where it is played, what is written, what is printed.

Each has its name and its words once. A command takes some of them as decorators; what they come to is a
:class:`~exportsim.commands.request.Request`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

Function = Callable[..., None]  # as click calls it
Decorator = Callable[[Function], Function]

PATH = click.Path(readable=False)  # a shell completes it; whether it is there, and how to say that it is not, is ours
FILE = click.argument("file", type=PATH)
FILES = click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")


def option(
    name: str, metavar: str, text: str, *, called: str | None = None, default: str | float | None = None, **more: Any
) -> Decorator:
    """An option with a value; a default is shown. ``called`` is its parameter, if that has another name."""
    names = (name,) if called is None else (name, called)
    if default is not None:
        more |= {"default": default, "show_default": True}
    return click.option(*names, metavar=metavar, help=text, **more)


def flag(name: str, text: str, *names: str) -> Decorator:
    """An option that is given or not."""
    return click.option(name, *names, is_flag=True, help=text)


def group(*options: Decorator) -> Decorator:
    """Several options as one decorator, in their order."""

    def decorated(command: Function) -> Function:
        for decorate in reversed(options):
            command = decorate(command)
        return command

    return decorated


def or_none(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """A repeatable option that was not given."""
    return values or None


# What is read

SET = option(
    "--set",
    "PATH=VALUE",
    "Set, add or (null) remove what is at PATH; may be repeated.",
    called="overrides",
    multiple=True,
)
BOUNDS = group(
    option("--max-orders", "N", "Allow scenarios of up to N expected orders and other applications.", type=int),
    flag("--allow-outside", "Allow what a scenario extends, and its registers, to be outside its folder."),
)
strict = partial(flag, "--strict")
READING = group(BOUNDS, strict("Take warnings for mistakes: exit with status 2."))  # of files to which no path leads
SCENARIO = group(SET, READING)

# How it is played

policies = partial(option, "--policy", "P", called="policies", multiple=True, callback=or_none)
futures = partial(option, "--futures", "N", default=100, type=int)
seed = partial(option, "--seed", "S", default=1)
SEED = seed("Which futures: 0 to 4294967295.")
POLICIES = policies("Play only P and the reference; repeatable.")
ENGINE = option(
    "--engine",
    "E",
    "What runs time: compiled, or reference (the same answer, some forty times slower).",
    default="compiled",
)
UNCERTAIN = group(
    option(
        "--uncertain",
        "N",
        "Find the range over inputs from N points of the file's uncertainties, 25 futures each; 32 by default if it "
        "has any.",
        type=int,
    ),
    flag("--certain", "Leave the range over inputs out, which takes most of the time."),
)
WORKERS = option("--workers", "N", "How many futures to play at once; by default one a core.", type=int)
ELSEWHERE = group(
    option("--cluster", "ADDRESS", "Play on a cluster: its Dask scheduler, as tcp://host:8786."),
    option("--patience", "T", "How long to wait for a cluster that does nothing.", default="60s"),
    option("--processes", "N", "Play in N processes, not threads: for the reference engine.", type=int),
)
STORE = option("--store", "DIR", "Keep what is finished in the folder DIR, and play only the rest.")
WHERE = group(WORKERS, STORE, ELSEWHERE)
WHERE_IN_PARTS = group(
    WHERE,
    option(
        "--part",
        "K/N",
        "Play the K-th of N parts of the points into --store, one of as many jobs that know nothing of each other; the "
        "command without --part joins them.",
    ),
)

# What is written

table = partial(option, "--out", "FILE", called="table")
TABLE = table("Write the table, as .parquet or .csv; a file that is there is replaced.")
figures = partial(option, "--figures", "DIR")
FIGURES = figures("Draw the figures, as SVG, into the folder DIR.")

# What is printed

JSON = flag("--json", "Print one JSON document instead of text.", "as_json")
QUIET = flag("--quiet", "Print nothing but errors.", "-q")
