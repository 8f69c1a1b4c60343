"""The command ``exportsim trace``: one order's life in sentences, or the orders that ended in some way."""

from __future__ import annotations

import shutil

import click

from exportsim.commands.terminal import (
    JSON,
    MOST_ORDERS,
    OVERRIDE,
    PATH,
    STRICT,
    read_scenario,
    show_document,
    tell,
)


@click.command(
    short_help="Tell what became of one order, and why.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 130 if interrupted.",
)
@click.argument("file", type=PATH)
@click.option("--policy", required=True, metavar="P", help="Under which policy.")
@click.option("--order", metavar="LINE/N", help="The N-th order of a demand line: its life.")
@click.option(
    "--why",
    "fate",
    metavar="FATE",
    help="The orders that ended so: delivered, lost, refused, cancelled, impatient, unserved, pending or delayed.",
)
@click.option("--future", type=int, default=0, show_default=True, metavar="N", help="In which future.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Of which seed: 0 to 4294967295.")
@click.option("--reference", metavar="Q", help="And under this policy: its life there, or what ended otherwise there.")
@click.option(
    "--engine", default="compiled", show_default=True, metavar="E", help="What runs time: compiled, or reference."
)
@OVERRIDE
@MOST_ORDERS
@STRICT
@JSON
def trace(
    file: str,
    policy: str,
    order: str | None,
    fate: str | None,
    future: int,
    seed: int,
    reference: str | None,
    engine: str,
    overrides: tuple[str, ...],
    max_orders: int | None,
    as_json: bool,
) -> None:
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
    if (order is None) == (fate is None):
        raise click.UsageError("give --order (which order) or --why (how orders ended), one of them")
    from exportsim.scenario import warnings_of

    scenario = read_scenario(file, overrides, max_orders)
    if engine == "compiled":
        _announce()
    if fate is not None:
        from exportsim.report.orders_by_fate import describe, find

        found = find(scenario, policy, fate, future=future, seed=seed, reference=reference, engine=engine)
        show_document(describe(found), as_json=as_json, warnings=warnings_of(scenario))
        return
    from exportsim.report import trace as life

    assert order is not None
    told = life.trace(scenario, policy, order, future=future, seed=seed, reference=reference, engine=engine)
    width = shutil.get_terminal_size().columns
    show_document(told.describe(width), as_json=as_json, warnings=warnings_of(scenario))


def _announce() -> None:
    """Say so, where the engine is to be compiled first."""
    from exportsim.engine.compiled.loop import run
    from exportsim.playing.compilation import is_ready

    is_ready("compiled", [run], tell)
