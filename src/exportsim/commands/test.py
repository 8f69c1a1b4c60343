"""The command ``exportsim test``: what scenarios expect, and the rules that they must keep."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from exportsim.commands.terminal import (
    INTERRUPTED,
    JSON,
    MOST_ORDERS,
    PATH,
    is_strict,
    read_scenarios,
    show,
    show_document,
    strict_option,
    tell,
)
from exportsim.errors import ScenarioError

FAILED = 1


@click.command(
    short_help="Say whether what scenarios expect holds, and whether they keep the rules.",
    epilog="Exit status: 0 if nothing failed, 1 if something did (with --strict also if something is undecided), 2 for "
    "a mistake in what was asked, 130 if interrupted.",
)
@click.argument("files", type=PATH, metavar="FILE...", nargs=-1, required=True)
@click.option("--futures", type=int, default=100, show_default=True, metavar="N", help="How many futures decide.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which futures: 0 to 4294967295.")
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    metavar="P",
    help="Probability with which all verdicts on a file's expectations are true at once.",
)
@click.option(
    "--plays",
    type=int,
    default=3,
    show_default=True,
    metavar="N",
    help="In how many futures the rules are checked, by both engines; 0 for none.",
)
@strict_option("What is undecided counts as failed, and warnings are mistakes: exit with status 2.")
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@MOST_ORDERS
@JSON
def test(
    files: tuple[str, ...],
    futures: int,
    seed: int,
    level: float,
    plays: int,
    workers: int | None,
    max_orders: int | None,
    as_json: bool,
) -> None:
    """Say whether what the scenario in FILE expects holds, and whether it keeps the rules of the model.

    A scenario's `expect` lists what people who know the domain say of its outcomes, such as that exports in 2021 are
    below those of another policy. Each statement held, failed, or is undecided at this number of futures: it held if
    the interval of the mean lies wholly where the statement says, and failed if it lies wholly elsewhere. The rules
    are those of every scenario: a broken one is a bug of exportsim.

    \b
    Examples:
      exportsim test my.yaml
      exportsim test scenarios/*.yaml --futures 400 --strict
      exportsim test my.yaml --plays 0 --json
    """
    from exportsim.report.expectations import describe
    from exportsim.report.progress import shown
    from exportsim.scenario import warnings_of
    from exportsim.study.expectations import ExpectationReport, check_expectations

    scenarios = read_scenarios({file: file for file in files}, max_orders)
    found: list[tuple[str, ExpectationReport]] = []
    for file in files:
        scenario = scenarios[file]
        try:
            with shown(sys.stderr) as progress:
                examination = check_expectations(
                    scenario,
                    futures=futures,
                    seed=seed,
                    level=level,
                    plays=plays,
                    workers=workers,
                    progress=progress,
                    announce=tell,
                )
        except ScenarioError as error:
            raise ScenarioError([replace(fault, file=file) for fault in error.faults]) from None
        except KeyboardInterrupt:
            if not found:
                raise
            break
        found.append((file, examination))
        if not as_json:
            show_document(describe([(file, examination)]), as_json=False)
            if file != files[-1]:
                show("\n")
        if examination.interrupted:
            break
    if as_json:
        warnings = [warning for scenario in scenarios.values() for warning in warnings_of(scenario)]
        show_document(describe(found), as_json=True, warnings=warnings)
    if len(found) < len(files) or any(examination.interrupted for _, examination in found):
        tell(f"interrupted: {len(found)} of {len(files)} files examined")
        raise SystemExit(INTERRUPTED)
    if any(examination.failed or (is_strict() and examination.undecided) for _, examination in found):
        raise SystemExit(FAILED)
