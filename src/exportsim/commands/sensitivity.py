"""The command ``exportsim sensitivity``: which uncertainties an outcome depends on."""

from __future__ import annotations

import sys

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


@click.command(
    short_help="Find out which uncertainties an outcome depends on.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 3 if workers were lost, 130 if "
    "interrupted.",
)
@click.argument("file", type=PATH)
@click.option("--policy", required=True, metavar="P", help="The policy under which the outcome is looked at.")
@click.option("--reference", metavar="Q", help="Look at the difference from policy Q, in the same futures.")
@click.option("--outcome", default="exports", show_default=True, metavar="NAME", help="What is to be explained.")
@click.option(
    "--method", default="sobol", show_default=True, metavar="M", help="sobol (indices), or morris (elementary effects)."
)
@click.option(
    "--samples",
    type=int,
    metavar="N",
    help="Base samples: for sobol a power of two, 256 by default, of a point per uncertainty and 2 more; for morris, "
    "trajectories, 32 by default, of a point per uncertainty and 1 more.",
)
@click.option("--second-order", is_flag=True, help="With sobol, look at pairs too: about twice as many points.")
@click.option("--futures", type=int, default=20, show_default=True, metavar="N", help="How many futures a point.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which samples and futures.")
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@elsewhere
@OVERRIDE
@MOST_ORDERS
@STRICT
@click.option("--out", metavar="FILE", help="Write the table, as .parquet or .csv; a file that is there is replaced.")
@click.option("--figures", metavar="DIR", help="Draw the figures, as SVG, into the folder DIR.")
@JSON
def sensitivity(
    file: str,
    policy: str,
    reference: str | None,
    outcome: str,
    method: str,
    samples: int | None,
    second_order: bool,
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
    """Find out which uncertainties of the scenario in FILE an outcome depends on.

    Every uncertainty is sampled, every point played against the same futures. What is explained is the mean over these
    futures. Beside each index stand the interval that the samples leave and the error that the choice of the futures
    adds. Begin with morris, which needs few points; sobol says how much of the variance each explains. Ctrl-C keeps the
    complete samples.

    \b
    Examples:
      exportsim sensitivity my.yaml --policy moratorium --method morris
      exportsim sensitivity my.yaml --policy moratorium --reference open
      exportsim sensitivity my.yaml --policy moratorium \\
        --outcome delay --out indices.csv
    """
    from exportsim.report.progress import shown
    from exportsim.report.sensitivity import describe
    from exportsim.scenario import files_read, warnings_of
    from exportsim.study.sensitivity import sensitivity as analysed
    from exportsim.study.table_file import writable

    if figures is not None:
        from exportsim.report.plots.sheet import needed

        needed()
    scenario = read_scenario(file, overrides, max_orders)
    if out is not None:
        writable(out, files_read(scenario))
    with executor_of(cluster, processes, workers, patience) as executor, shown(sys.stderr) as progress:
        found = rescued(
            analysed,
            scenario,
            policy=policy,
            outcome=outcome,
            reference=reference,
            method=method,
            samples=samples,
            second_order=second_order,
            futures=futures,
            seed=seed,
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

        save_figures(found, figures)
    show_document(describe(found), as_json=as_json, warnings=warnings_of(scenario))
    if not as_json:
        for written in filter(None, (out, figures)):
            show(f"Written to {written}\n")
    if found.interrupted:
        ended(found, f"{len(found.points)} of {found.asked} points, {found.samples} base samples")
