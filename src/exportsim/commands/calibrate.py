"""The command ``exportsim calibrate``: numbers of a scenario fitted to a record of what happened."""

from __future__ import annotations

import sys
from typing import Any

import click

from exportsim.commands.terminal import (
    INTERRUPTED,
    JSON,
    MOST_ORDERS,
    PATH,
    STRICT,
    read_scenario,
    show,
    show_document,
    tell,
)
from exportsim.errors import Fault, ScenarioError


@click.command(
    short_help="Fit numbers of a scenario to what was observed.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 130 if interrupted.",
)
@click.argument("file", type=PATH)
@click.option("--data", required=True, metavar="CSV", help="The record: outcome, period, value, error, source.")
@click.option(
    "--fit",
    "fits",
    multiple=True,
    required=True,
    metavar="PATH[=D]",
    help="A number to fit, and the distribution that it is thought to have; that of `uncertainties` if none is given.",
)
@click.option("--policy", metavar="P", help="Under which the record came to be; needed where there are several.")
@click.option("--futures", type=int, default=100, show_default=True, metavar="N", help="How many futures a trial.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which futures: 0 to 4294967295.")
@click.option(
    "--trials",
    type=int,
    default=256,
    show_default=True,
    metavar="N",
    help="How many values to try: at least 24 for each number fitted, and at most 2000.",
)
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@MOST_ORDERS
@STRICT
@click.option("--out", metavar="YAML", help="Write the best values as a scenario that extends FILE.")
@click.option("--figures", metavar="DIR", help="Write figures to the folder DIR.")
@JSON
def calibrate(
    file: str,
    data: str,
    fits: tuple[str, ...],
    policy: str | None,
    futures: int,
    seed: int,
    trials: int,
    workers: int | None,
    max_orders: int | None,
    out: str | None,
    figures: str | None,
    as_json: bool,
) -> None:
    """Fit numbers of the scenario in FILE to a record of what happened, and say how far the record fixes them.

    The record is a CSV with the columns outcome, period, value, error (one standard deviation) and source, and, where a
    figure is not of all, line, supplier, goods, destination or authority. Its deviation from the model is judged by the
    spread of single futures and the errors. Tells the best values with their 95 % intervals, which of them the record
    does not identify, which trade off against each other, and how good the fit is. Ctrl-C ends the search early.

    \b
    Examples:
      exportsim calibrate my.yaml --data record.csv \\
        --fit demand.radar.orders='{uniform: [5/y, 20/y]}'
      exportsim calibrate my.yaml --data record.csv \\
        --fit suppliers.aselsan.ramp_up --policy historical \\
        --out fitted.yaml --figures figures
    """
    from exportsim.report.calibration import describe
    from exportsim.report.plots.sheet import needed
    from exportsim.report.progress import shown
    from exportsim.scenario import files_read, warnings_of
    from exportsim.study.calibration import calibrate as fitted
    from exportsim.study.calibration.overlay import writable_overlay

    asked = _asked(fits)
    if figures is not None:
        needed()
    scenario = read_scenario(file, (), max_orders)
    if out is not None:
        writable_overlay(out, file, [*files_read(scenario), data])
    with shown(sys.stderr) as progress:
        found = fitted(
            scenario,
            data,
            asked,
            policy=policy,
            futures=futures,
            seed=seed,
            trials=trials,
            workers=workers,
            progress=progress,
            announce=tell,
        )
    if out is not None:
        found.overlay(out, file)
    if figures is not None:
        from exportsim.report.plots import save_figures

        save_figures(found, figures)
    show_document(describe(found), as_json=as_json, warnings=warnings_of(scenario))
    if not as_json:
        for place in (out, figures):
            if place is not None:
                show(f"Written to {place}\n")
    if found.provenance["interrupted"]:
        tell(f"interrupted: rests on {len(found.known)} of {trials} trials")
        raise SystemExit(INTERRUPTED)


def _asked(given: tuple[str, ...]) -> dict[str, Any]:
    """Paths and their priors, written in YAML."""
    from exportsim.scenario.quantities import show as shown
    from exportsim.scenario.written import values_of

    asked: dict[str, Any] = {}
    faults: list[Fault] = []
    for item in given:
        path, equals, written = item.partition("=")
        path = path.strip()
        if not path or (equals and not written.strip()):
            faults.append(
                Fault("--fit", 0, 0, "", f"found {shown(item)}, expected `path` or `path={{uniform: [a, b]}}`")
            )
        elif path in asked:
            faults.append(Fault("--fit", 0, 0, path, "given twice"))
        else:
            asked[path] = None
            if equals:
                try:
                    asked[path], odd = values_of(written, path, "--fit")
                except ScenarioError as error:
                    odd = list(error.faults)
                faults += [Fault("--fit", 0, 0, path, fault.message) for fault in odd]
    if faults:
        raise ScenarioError(faults)
    return asked
