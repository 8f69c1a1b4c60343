"""The command ``exportsim sweep``: every policy at every point of a grid or of a sample."""

from __future__ import annotations

import sys
from typing import Any

import click

from exportsim.commands.executors import elsewhere, ended, executor_of, rescued
from exportsim.commands.terminal import (
    JSON,
    MOST_ORDERS,
    OVERRIDE,
    PATH,
    STRICT,
    read_scenario,
    show,
    show_document,
    tell,
)
from exportsim.errors import Fault, ScenarioError


@click.command(
    short_help="Play the policies at every point of a grid or a sample.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 3 if workers were lost, 130 if "
    "interrupted.",
)
@click.argument("file", type=PATH)
@click.option(
    "--over", multiple=True, metavar="PATH=A,B,…", help="Values to put at a path; repeated, all their combinations."
)
@click.option("--samples", type=int, metavar="N", help="Take N points of the file's uncertainties.")
@click.option("--method", default="sobol", show_default=True, metavar="M", help="How to take them: sobol, or lhs.")
@click.option("--policy", "policies", multiple=True, metavar="P", help="A policy to play; all if none is named.")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="NAME",
    help="Tell and write this one; tell exports, write all if not.",
)
@click.option("--futures", type=int, default=100, show_default=True, metavar="N", help="How many futures a point.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which futures: 0 to 4294967295.")
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@elsewhere
@OVERRIDE
@MOST_ORDERS
@STRICT
@click.option("--out", metavar="FILE", help="Write the table, as .parquet or .csv; a file that is there is replaced.")
@click.option("--figures", metavar="DIR", help="Draw what fits, of the first outcome told, into the folder DIR.")
@JSON
def sweep(
    file: str,
    over: tuple[str, ...],
    samples: int | None,
    method: str,
    policies: tuple[str, ...],
    outcomes: tuple[str, ...],
    futures: int,
    seed: int,
    workers: int | None,
    store: str | None,
    cluster: str | None,
    patience: str,
    processes: int | None,
    overrides: tuple[str, ...],
    max_orders: int | None,
    out: str | None,
    figures: str | None,
    as_json: bool,
) -> None:
    """Play the policies of the scenario in FILE at every point, all against the same futures.

    A point is the scenario with some values replaced: those of --over, in every combination, those of a sample of the
    file's uncertainties, or both. Every point is checked before any is played. Ctrl-C keeps the finished points.

    \b
    Examples:
      exportsim sweep my.yaml --over suppliers.aselsan.ramp_up=6mo,12mo,24mo
      exportsim sweep my.yaml --samples 64 --method sobol --out sweep.parquet
    """
    from exportsim.outcomes import LESS
    from exportsim.report.progress import shown
    from exportsim.report.sweep import OUTCOME, describe
    from exportsim.scenario import files_read, warnings_of
    from exportsim.study import sweep as sweeps
    from exportsim.study.table_file import writable

    if not over and samples is None:
        raise click.UsageError("nothing to vary: give --over PATH=A,B or --samples N")
    if figures is not None:
        from exportsim.report.plots.sheet import needed

        needed()
    grid = _grid(over)
    scenario = read_scenario(file, overrides, max_orders)
    if out is not None:
        writable(out, files_read(scenario))
    with executor_of(cluster, processes, workers, patience) as executor, shown(sys.stderr) as progress:
        found = rescued(
            sweeps.sweep,
            scenario,
            grid,
            samples=samples,
            method=method,
            futures=futures,
            seed=seed,
            policies=policies or None,
            outcome=outcomes or None,
            workers=workers,
            executor=executor,
            store=store,
            patience=patience,
            progress=progress,
            announce=tell,
        )
    if out is not None:
        found.save(out)
    if figures is not None:
        from exportsim.report.plots import save_figures

        shown_first = outcomes[0] if outcomes else OUTCOME
        save_figures(found, figures, outcome=shown_first, most=shown_first not in LESS)
    show_document(describe(found, outcomes), as_json=as_json, warnings=warnings_of(scenario))
    if not as_json:
        for written in (out, figures):
            if written is not None:
                show(f"Written to {written}\n")
    if found.interrupted:
        ended(found, f"{len(found.points)} of {found.asked} points")


def _grid(given: tuple[str, ...]) -> dict[str, list[Any]]:
    """Paths and their values, which are written as between the brackets of a list in YAML."""
    from exportsim.scenario.quantities import show as shown
    from exportsim.scenario.written import values_of

    grid: dict[str, list[Any]] = {}
    faults: list[Fault] = []
    for item in given:
        path, equals, written = item.partition("=")
        path, place = path.strip(), "--over"
        if not equals or not path or not written.strip():
            faults.append(Fault(place, 0, 0, "", f"found {shown(item)}, expected `path=value,value`"))
        elif path in grid:
            faults.append(Fault(place, 0, 0, path, "given twice; give all of its values at once"))
        else:
            try:
                grid[path], odd = values_of(f"[{written}]", path, place)
            except ScenarioError as error:
                odd = list(error.faults)
            faults += [Fault(place, 0, 0, path, fault.message) for fault in odd]
    if faults:
        raise ScenarioError(faults)
    return grid
