"""The command ``exportsim report``: the answer as one page of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import PATH, QUIET, SCENARIO, WORKERS, flag, option
from exportsim.commands.request import Request, command, end_run

OF_FILES = ("--policy", "--futures", "--uncertain", "--certain", "--seed", "--set", "--allow-outside")


@command("Write the answer as one page of HTML.")
@click.argument("source", type=PATH, metavar="FILE|DIR")
@option("--out", "HTML", "The page to write.", required=True)
@options.policies("Play only P and the reference; repeatable. The first one is looked at closely.")
@options.futures("How many futures to play.")
@options.UNCERTAIN
@options.SEED
@WORKERS
@SCENARIO
@option(
    "--with",
    "STUDY",
    "Put a study into the report: the .parquet file that sweep, sensitivity, discover or predict has written with "
    "--out, or calibrate with --save; repeatable.",
    called="studies",
    multiple=True,
)
@flag("--force", "Replace the file whatever it is; by default only a report.")
@QUIET
def report(request: Request, source: str, policies: Sequence[str] | None, studies: Sequence[str]) -> None:
    """Write the answer as one page of HTML: answer, figures, tables, method, assurance, inputs, provenance.

    FILE is a scenario, whose policies are played. DIR is a folder that `exportsim run --out DIR` wrote: what was
    played there is played again, and must come to the same numbers. The page opens from disk, asks for nothing from
    the network and prints well.

    \b
    Examples:
      exportsim report my.yaml --out report.html
      exportsim report my.yaml --policy historical --futures 500 --out report.html
      exportsim run my.yaml --out answer
      exportsim report answer --out report.html
      exportsim sweep my.yaml --samples 64 --out sweep.parquet
      exportsim report my.yaml --with sweep.parquet --out report.html
    """
    from exportsim.opening import open_study
    from exportsim.report.folder import read_folder
    from exportsim.report.html import page, prepared_page
    from exportsim.report.html.page import focus_of
    from exportsim.scenario import files_read, warnings_of

    for study in studies:
        open_study(study)  # before anything is played
    played = None
    if Path(source).is_dir():
        _only_of_files(source)
        played = read_folder(Path(source), max_orders=request.max_orders)
        scenario, policies = played.scenario, played.policies
        request.warn(warnings_of(scenario))
        request = replace(request, futures=played.futures, seed=played.seed, engine=played.engine)
    else:
        scenario = request.load(source)
    reads = [*map(Path, files_read(scenario)), *map(Path, studies)]
    with prepared_page(str(request.out), force=request.force, reads=reads, argument="--out") as put:
        points = played.points if played else request.points(scenario)
        result = request.play(xs.Result, partial(xs.run, scenario, policies=policies, uncertain=points))
        if played and not result.interrupted:
            played.check(result)
        others = [] if played else [policy for policy in policies or () if policy != scenario.reference]
        focus = focus_of(result, others[0] if others else None)
        file = None if played else source
        with request.saying("page"):
            put(page(result, focus=focus, file=file, overrides=request.overrides, studies=studies))
    request.show_paths()
    request.warn(result.noticed, source)
    end_run(result)


def _only_of_files(folder: str) -> None:
    """See that nothing is asked of what a folder says itself."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name, asked = parameter.opts[0], context.get_parameter_source(parameter.name or "")
        if asked is ParameterSource.COMMANDLINE and name in OF_FILES:
            raise click.UsageError(f"{name} goes with a scenario file; {folder} says itself what was played")
