"""Options that commands share: what is read, how and where it is played, what is written, what is printed.

Each has its name and its words once. A command takes some of them as decorators; what they come to is a
:class:`~exportsim.commands.request.Request`.
"""

from __future__ import annotations

from collections.abc import Callable

import click
from click import option

Function = Callable[..., None]  # as click calls it
Decorator = Callable[[Function], Function]

PATH = click.Path(readable=False)  # a shell completes it; whether it is there, and how to say that it is not, is ours
FILE = click.argument("file", type=PATH)
FILES = click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")


def group(*options: Decorator) -> Decorator:
    """Several options as one decorator, in their order."""

    def decorated(command: Function) -> Function:
        for each in reversed(options):
            command = each(command)
        return command

    return decorated


def or_none(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...] | None:
    """A repeatable option that was not given."""
    return given or None


# What is read

SET = option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Put a value in place of the file's; may be repeated.",
)
BOUNDS = group(
    option(
        "--max-orders", type=int, metavar="N", help="Allow scenarios of up to N expected orders and other applications."
    ),
    option(
        "--allow-outside",
        is_flag=True,
        help="Allow what a scenario extends, and its registers, to be outside its folder.",
    ),
)


def strict(text: str = "Take warnings for mistakes: exit with status 2.") -> Decorator:
    """Whether warnings are mistakes."""
    return option("--strict", is_flag=True, help=text)


READING = group(BOUNDS, strict())  # of several files, to which no single path leads
SCENARIO = group(SET, READING)

# How it is played


def policies(text: str = "") -> Decorator:
    """Which policies."""
    words = f"Play only P and the reference; repeatable.{text}"
    return option("--policy", "policies", multiple=True, callback=or_none, metavar="P", help=words)


def futures(text: str, number: int | None = 100) -> Decorator:
    """How many futures."""
    return option("--futures", type=int, default=number, show_default=number is not None, metavar="N", help=text)


def seed(text: str = "Which futures: 0 to 4294967295.") -> Decorator:
    """Which futures."""
    return option("--seed", type=int, default=1, show_default=True, metavar="S", help=text)


ENGINE = option(
    "--engine",
    default="compiled",
    show_default=True,
    metavar="E",
    help="What runs time: compiled, or reference (the same answer, some forty times slower).",
)
WORKERS = option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
WHERE = group(
    WORKERS,
    option("--store", metavar="DIR", help="Keep what is finished in the folder DIR, and play only the rest."),
    option("--cluster", metavar="ADDRESS", help="Play on a cluster: its Dask scheduler, as tcp://host:8786."),
    option(
        "--patience",
        default="60s",
        show_default=True,
        metavar="T",
        help="How long to wait for a cluster that does nothing.",
    ),
    option("--processes", type=int, metavar="N", help="Play in N processes, not threads: for the reference engine."),
)

# What is written


def table(what: str = "table") -> Decorator:
    """A file for a table."""
    words = f"Write the {what}, as .parquet or .csv; a file that is there is replaced."
    return option("--out", metavar="FILE", help=words)


def figures(text: str = "Draw the figures, as SVG, into the folder DIR.") -> Decorator:
    """A folder for figures."""
    return option("--figures", metavar="DIR", help=text)


# What is printed

JSON = option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
QUIET = option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
