"""The command ``exportsim seek``: the least value of a lever with which a target is met."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import FILE, JSON, SCENARIO, WHERE, option
from exportsim.commands.request import ENDS_ELSEWHERE, Request, command
from exportsim.commands.written import levers_of
from exportsim.language import text


def _no_parts(_: click.Context, __: click.Parameter, part: str | None) -> None:
    """Say why a search has no parts, as a sweep has."""
    if part is not None:
        from exportsim.study.seek import NO_PARTS

        raise click.UsageError(f"--part: {NO_PARTS}")


@command("Find the least of a lever with which a target is met.", ENDS_ELSEWHERE)
@FILE
@option(
    "--lever",
    "PATH=A..B",
    "What can be set, from its cheapest value A to B: all between them are looked at, in steps of the last decimal. Or "
    "a list, A,B,C. With a second lever, the least of the first is found for up to nine values of the second.",
    called="levers",
    multiple=True,
    required=True,
)
@option("--target", "'NAME>=X'", "What is wanted: an outcome, >= or <=, and an amount.", required=True)
@option("--probability", "P", "In which share of futures.", default=0.9)
@option("--policy", "P", "Under which policy; the scenario's reference by default.")
@options.futures("How many futures a value.", default=200)
@options.SEED
@WHERE
@click.option("--part", hidden=True, help="Refused: a search has no parts.", expose_value=False, callback=_no_parts)
@SCENARIO
@options.TABLE
@options.FIGURES
@JSON
def seek(request: Request, file: str, levers: tuple[str, ...], **asked: Any) -> None:
    """Find the least value of a lever with which an outcome of the scenario in FILE is as wanted, in most futures.

    All values are played in the same futures. Where more of the lever helps steadily, the least is found by halving;
    that is looked at first, and where it does not, values all over are played. Beside the answer it is told what chance
    in so many futures leaves open, with the share of futures for every value that was played. Ctrl-C ends the search
    and tells what was played; with --store, the same command goes on from there.

    \b
    Examples:
      exportsim seek my.yaml --lever suppliers.british.slots=1..20 \\
        --target 'delay<=30d'
      exportsim seek scenarios/uk-licensing.yaml \\
        --lever authorities.ecju.review.casework.officers=80..130 \\
        --target 'within_standard>=0.57' --figures figures
    """
    from exportsim.report.seek import describe

    request.answer(
        xs.Seek,
        partial(xs.seek, request.load(file), levers_of(levers), **asked),
        describe,
        finished=lambda study: text(
            f"seek.kept.{'none' if request.store is None else 'store'}",
            answers=len(study.answers), asked=study.provenance["seek"]["asked"], store=request.store,
        ),
    )  # fmt: skip
