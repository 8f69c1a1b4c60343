"""The command ``exportsim trace``: one order's life in sentences, or the orders that ended in some way."""

from __future__ import annotations

import shutil
from typing import Any

import click

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import ENGINE, FILE, JSON, SCENARIO, option
from exportsim.commands.request import Request, command
from exportsim.commands.terminal import tell


@command("Tell what became of one order, and why.")
@FILE
@option("--policy", "P", "Under which policy.", required=True)
@option("--order", "LINE/N", "The N-th order of a demand line, or of a register with `id` the licence N: its life.")
@option(
    "--why",
    "FATE",
    "The orders that ended so: delivered, lost, refused, cancelled, impatient, unserved, pending or delayed.",
    called="fate",
)
@option("--future", "N", "In which future.", default=0)
@options.seed("Of which seed: 0 to 4294967295.")
@option("--reference", "Q", "And under this policy: its life there, or what ended otherwise there.")
@ENGINE
@SCENARIO
@JSON
def trace(request: Request, file: str, order: str | None, fate: str | None, **asked: Any) -> None:
    """Tell the life of one order of the scenario in FILE, in dated sentences.

    With --reference its life under another policy stands beside it (below it, in a terminal of less than 100 columns);
    the first day on which the two part is marked, and the measure that parted them named. --why finds orders to look
    at. Orders have the same number under every policy.

    \b
    Examples:
      exportsim trace my.yaml --policy historical --order tb2-sensors/17
      exportsim trace my.yaml --policy historical --order tb2-sensors/17 \\
          --reference unrestricted
      exportsim trace my.yaml --policy historical --why lost
    """
    from exportsim.playing.compilation import compiled_for, is_ready

    if (order is None) == (fate is None):
        raise click.UsageError("give --order (which order) or --why (how orders ended), one of them")
    scenario = request.load(file)
    asked |= {"seed": request.seed, "engine": request.engine}
    is_ready(request.engine, compiled_for(request.engine), tell)
    if fate is not None:
        from exportsim.report.orders_by_fate import describe, find

        with request.saying("look"):
            found = describe(find(scenario, fate=fate, **asked))
        request.show(found)
    elif order is not None:
        with request.saying("look"):
            life = xs.trace(scenario, order=order, **asked)
        request.show(life.describe(shutil.get_terminal_size().columns))
