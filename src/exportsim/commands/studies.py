"""The commands that play: each is its options, one call of a study, and what describes what comes of it."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import exportsim as xs
from exportsim.arguments import chosen
from exportsim.commands import options
from exportsim.commands.options import FILE, FILES, JSON, QUIET, READING, SCENARIO, WHERE, WORKERS, flag, option
from exportsim.commands.request import DONE, ENDS_ELSEWHERE, INTERRUPTED, Request, command, end, end_run
from exportsim.commands.terminal import show, tell
from exportsim.commands.written import distributions_of, grid_of
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.language import text
from exportsim.outcomes import BY

if TYPE_CHECKING:
    from exportsim.report.replacing import Replacement

FAILED = 1
NARROWEST = 40  # columns of a page


@command("Play a scenario's policies against the same futures.", ENDS_ELSEWHERE)
@FILE
@options.POLICIES
@options.futures("How many futures to play; 100 by default.", default=None)
@option(
    "--precision",
    "P",
    "Rather than --futures: as many as it takes to know differences from the reference to P, such as 1% (of its "
    "mean) or 500k.",
)
@option(
    "--outcome",
    "NAME",
    "Put the policies in order of this outcome as well, the best first; the one that --precision is about.",
)
@option("--max-futures", "N", "With --precision, play no more than N; 10000 by default.", called="maximum", type=int)
@options.UNCERTAIN
@options.SEED
@options.ENGINE
@WHERE
@SCENARIO
@option("--out", "DIR", "Write tables (CSV, Parquet), scenario and provenance to the folder DIR.")
@flag("--force", "Replace what is in the way in DIR, whoever wrote it.")
@option("--by", "A,B,…", "Print the account in parts as well, a table each: " + ", ".join(BY) + ".", multiple=True)
@flag(
    "--all", "Print every outcome with its interval as well: by policy, its differences, and by supplier.", "everything"
)
@flag("--brief", "Print the sentences only.")
@JSON
@QUIET
def run(
    request: Request, file: str, by: tuple[str, ...], everything: bool, brief: bool, precision: str | None, **asked: Any
) -> None:
    """Play the policies of the scenario in FILE against the same futures, and compare them.

    Prints the answer in sentences: what the policy does to exports, who takes over and whether it comes back. It is
    about the first --policy, or the first of the file, that is not the reference. Then an account of all policies:
    what was exported, delivered by others, lost and still open. The same file and seed give the same answer
    everywhere, whatever the engine, and whoever plays it: threads, processes or a cluster. Ctrl-C stops early and
    keeps the futures played so far. The first run of an installation compiles the engine, and says so.

    If the scenario has `uncertainties`, 32 points of these are played as well, and the figures' range over inputs is
    printed: within what they lie in 8 in 10 of the input sets.

    \b
    Examples:
      exportsim run my.yaml
      exportsim run my.yaml --by year,supplier
      exportsim run my.yaml --policy moratorium-only --futures 500 --workers 2
      exportsim run my.yaml --precision 1%
      exportsim run my.yaml --certain
      exportsim run my.yaml --set suppliers.aselsan.ramp_up=6mo
      exportsim run my.yaml --out answer --quiet
      exportsim run my.yaml --futures 10000 --store plays
    """
    from exportsim.analysis.outcomes import names_of_outcomes
    from exportsim.report.aim import with_ranking
    from exportsim.report.result import describe
    from exportsim.scenario import files_read

    if precision is not None and request.futures is not None:
        raise click.UsageError("--precision decides how many futures are played; give it without --futures")
    if precision is None and asked["maximum"] is not None:
        raise click.UsageError("--max-futures goes with --precision")
    if request.as_json and request.quiet:
        raise click.UsageError("--json prints and --quiet does not; give one of them")
    if request.store is not None and request.out is not None:
        raise click.UsageError(
            "--store and --out: a store has no room for the series that --out writes; give one of them"
        )
    if brief and (by or everything):
        raise click.UsageError("--brief prints sentences only, --by and --all print tables; give one of them")
    parts = [chosen(name.strip(), BY, "part in --by") for names in by for name in names.split(",")]
    scenario, outcome = request.load(file), asked["outcome"]
    if outcome is not None:
        chosen(outcome, names_of_outcomes(scenario), "outcome")
    with _folder(request, file, files_read(scenario)) as folder:
        asked |= {
            "precision": precision,
            "outcome": None if precision is None else outcome,
            "keep_series": folder is not None,
            "uncertain": request.points(scenario),
            # By authority too: whose permits make an export may be some of them only. A store has no room for it.
            "by": [*parts, "authority"] if parts and request.store is None else [],
        }
        result = request.play(xs.Result, partial(xs.run, scenario, **asked))
        if folder is not None:
            from exportsim.report.folder import write

            with request.saying("write"):
                write(result, folder)
    if request.quiet:
        request.show_paths()
    else:
        about = next((name for name in asked["policies"] or () if name != scenario.reference), None)
        width = max(NARROWEST, shutil.get_terminal_size().columns)
        how = partial(describe, policy=about, by=parts, everything=everything, brief=brief, width=width)
        if brief and outcome is None:  # sentences only
            document = request.described(lambda: how(result))
        else:
            document = request.described(lambda: with_ranking(how(result), result, outcome))
        request.show(document)
    request.warn(result.noticed, file)
    end_run(result)


def _folder(request: Request, file: str, reads: list[Path]) -> AbstractContextManager[Replacement | None]:
    """The folder of ``--out``, if it was asked for."""
    if request.out is None:
        return nullcontext()
    from exportsim.report.folder import prepared

    return prepared(request.out, force=request.force, keep=Path(file), reads=reads)


@command("Play the policies at every point of a grid or a sample.", ENDS_ELSEWHERE)
@FILE
@option("--over", "PATH=A,B,…", "Values to put at a path; repeated, all their combinations.", multiple=True)
@option("--samples", "N", "Take N points of the file's uncertainties.", type=int)
@option("--method", "M", "How to take them: sobol, or lhs.", default="sobol")
@options.POLICIES
@option("--outcome", "NAME", "Tell and write this one; tell exports, write all if not.", multiple=True)
@options.futures("How many futures a point.")
@options.SEED
@options.WHERE_IN_PARTS
@SCENARIO
@options.TABLE
@options.figures("Draw what fits, of the first outcome told, into the folder DIR.")
@JSON
def sweep(request: Request, file: str, over: tuple[str, ...], outcome: tuple[str, ...], **asked: Any) -> None:
    """Play the policies of the scenario in FILE at every point, all against the same futures.

    A point is the scenario with some values replaced: those of --over, in every combination, those of a sample of the
    file's uncertainties, or both. Every point is checked before any is played. Ctrl-C keeps the finished points.

    \b
    Examples:
      exportsim sweep my.yaml --over suppliers.aselsan.ramp_up=6mo,12mo,24mo
      exportsim sweep my.yaml --samples 64 --method sobol --out sweep.parquet
    """
    from exportsim.report.sweep import OUTCOME, describe

    if not over and asked["samples"] is None:
        raise click.UsageError("nothing to vary: give --over PATH=A,B or --samples N")
    grid = grid_of(over)
    request.answer(
        xs.Sweep,
        partial(xs.sweep, request.load(file), grid, outcome=outcome or None, **asked),
        lambda study: describe(study, outcome),
        finished=lambda study: text("studies.kept.points", points=len(study.points), asked=study.asked),
        outcome=outcome[0] if outcome else OUTCOME,
    )


@command("Find out which uncertainties an outcome depends on.", ENDS_ELSEWHERE)
@FILE
@option("--policy", "P", "The policy under which the outcome is looked at.", required=True)
@option("--reference", "Q", "Look at the difference from policy Q, in the same futures.")
@option("--outcome", "NAME", "What is to be explained.", default="exports")
@option("--method", "M", "sobol (indices), or morris (elementary effects).", default="sobol")
@option(
    "--samples",
    "N",
    "Base samples: for sobol a power of two, 256 by default, of a point per uncertainty and 2 more; for morris, "
    "trajectories, 32 by default, of a point per uncertainty and 1 more.",
    type=int,
)
@flag("--second-order", "With sobol, look at pairs too: about twice as many points.")
@options.futures("How many futures a point.", default=20)
@options.seed("Which samples and futures.")
@options.WHERE_IN_PARTS
@SCENARIO
@options.TABLE
@options.FIGURES
@JSON
def sensitivity(request: Request, file: str, **asked: Any) -> None:
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
    from exportsim.report.sensitivity import describe

    request.answer(
        xs.Sensitivity,
        partial(xs.sensitivity, request.load(file), **asked),
        describe,
        finished=lambda study: text(
            "studies.kept.samples", points=len(study.points), asked=study.asked, samples=study.samples
        ),
    )


@command("Find where a policy fails, in a sweep.", DONE)
@click.argument("file", type=options.PATH, metavar="SWEEP")
@option("--policy", "P", "The policy in question.", required=True)
@option("--outcome", "NAME", "What it fails in.", default="exports")
@option("--below", "X", "It fails where the outcome's mean is below X, such as 100M, 90d or 30%.")
@option("--above", "X", "It fails where it is above X.")
@option(
    "--figure",
    "F",
    "Rather than the mean: difference (from the reference), or regret (from the best policy of each point).",
    default="mean",
)
@option(
    "--undefined",
    "U",
    "What worlds count as in which the outcome is undefined: leave-out, fail or pass.",
    default="leave-out",
)
@option("--method", "M", "How to find boxes: prim, or tree.", default="prim")
@option("--boxes", "N", "How many to find at most.", default=3)
@option("--resamples", "N", "Random halves to try it on.", default=20)
@options.seed("Which halves: 0 to 4294967295.")
@options.figures("Draw the first box and the trade-off into the folder DIR.")
@options.table("Write the limits, as .parquet or .csv; a file that is there is replaced.")
@JSON
def discover(request: Request, file: str, outcome: str, **asked: Any) -> None:
    """Find where a policy fails: limits of what was varied in SWEEP within which it does.

    SWEEP is the Parquet file that `exportsim sweep --out` has written, best of a sample of a hundred points or more.
    Each box of limits is told with its coverage (how much of all failing it holds), its density (how much of it fails)
    and, for each limit, how likely chance alone explains it.

    \b
    Examples:
      exportsim sweep my.yaml --samples 256 --out sweep.parquet
      exportsim discover sweep.parquet --policy historical --below 100M
      exportsim discover sweep.parquet --policy historical \\
        --figure regret --above 5M
    """
    from exportsim.report.discovery import describe

    if (asked["below"] is None) == (asked["above"] is None):
        raise click.UsageError("what is failing? give either --below X or --above X")
    request.check_table([file])
    asked |= {"outcome": outcome, "seed": request.seed}
    request.answer(xs.Discovery, lambda **_: xs.discover(file, **asked), describe, words="search")


@command("Fit numbers of a scenario to what was observed.")
@FILE
@option("--data", "CSV", "The record: outcome, period, value, error, source.", required=True)
@option(
    "--fit",
    "PATH[=D]",
    "A number to fit, and the distribution that it is thought to have; that of `uncertainties` if none is given.",
    called="fit",
    multiple=True,
    required=True,
)
@option("--policy", "P", "Under which the record came to be; needed where there are several.")
@options.futures("How many futures a trial.")
@options.SEED
@option("--trials", "N", "How many values to try: at least 24 for each number fitted, and at most 2000.", default=256)
@WORKERS
@READING
@option("--out", "YAML", "Write the best values as a scenario that extends FILE.")
@option("--save", "FILE", "Write the table, as .csv, or the whole study, as .parquet for a report.", called="table")
@options.FIGURES
@JSON
def calibrate(request: Request, file: str, data: str, fit: tuple[str, ...], trials: int, policy: str | None) -> None:
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
    from exportsim.scenario import files_read
    from exportsim.study.calibration.overlay import writable_overlay

    fitted = distributions_of(fit)
    scenario = request.load(file)
    reads: list[str | PathLike[str]] = [*files_read(scenario), data]
    request.check_table(reads)
    if request.out is not None:
        writable_overlay(request.out, file, reads)
    request.answer(
        xs.Calibration,
        partial(xs.calibrate, scenario, data, fitted, policy=policy, trials=trials),
        describe,
        finished=lambda study: text("studies.kept.trials", trials=len(study.known), asked=trials),
        write=lambda study, out: study.overlay(out, extends=file),
    )


@command("Compare policies across scenario files.", ENDS_ELSEWHERE)
@FILES
@option("--reference", "FILE:POLICY", "What the others are compared with; the first file's reference if not.")
@options.futures("How many futures to play.")
@options.SEED
@WHERE
@READING
@JSON
def compare(request: Request, files: tuple[str, ...], reference: str | None) -> None:
    """Play the policies of several scenario files against the same futures, and compare them.

    The files must have the same orders in every future: the same period, currency and demand lines, and of each line
    the same destination, goods, orders, value, parts and programmes. Everything else may differ (suppliers,
    authorities, patience, trust, incidents, policies), and is told.

    \b
    Examples:
      exportsim compare my.yaml more-officers.yaml
      exportsim compare my.yaml theirs.yaml --reference theirs.yaml:unrestricted
    """
    from exportsim.report.several_files import describe

    if len(files) < 2:
        raise click.UsageError("one file has nothing to be compared with: give two or more, or use `exportsim run`")
    names = _names(files)
    scenarios = request.load_all(names)
    first = _reference(reference, names)
    comparison = request.play(xs.Comparison, partial(xs.compare, scenarios, reference=first))
    request.show(request.described(lambda: describe(comparison)))
    for name, result in comparison.results.items():
        request.warn(result.noticed, names[name])
    end(comparison)


def _names(files: tuple[str, ...]) -> dict[str, str]:
    """What each file is called: its name without folder and ending where that tells them apart, else as given."""
    if len({Path(file).resolve() for file in files}) < len(files):
        raise ExportsimError("a file is given twice; give files that differ")
    stems = [Path(file).stem for file in files]
    return dict(zip(stems if len(set(stems)) == len(stems) else files, files, strict=True))


def _reference(written: str | None, names: dict[str, str]) -> tuple[str, str] | None:
    if written is None:
        return None
    file, _, policy = written.rpartition(":")
    if not file or not policy:
        raise ExportsimError(
            f"--reference {written}: expected FILE:POLICY, such as {next(iter(names.values()))}:POLICY"
        )
    known = {path: name for name, path in names.items()}
    return known.get(file, file), policy


@command(
    "Say whether what scenarios expect holds, and whether they keep the rules.",
    "Exit status: 0 if nothing failed, 1 if something did (with --strict also if something is undecided), 2 for "
    "a mistake in what was asked, 3 if workers were lost, 130 if interrupted.",
)
@FILES
@options.futures("How many futures decide.")
@options.SEED
@option("--level", "P", "Probability with which all verdicts on a file's expectations are true at once.", default=0.95)
@option("--plays", "N", "In how many futures the rules are checked, by both engines; 0 for none.", default=3)
@options.strict("What is undecided counts as failed, and warnings are mistakes: exit with status 2.")
@WHERE
@options.BOUNDS
@JSON
def test(request: Request, files: tuple[str, ...], level: float, plays: int) -> None:
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

    scenarios = request.load_all({file: file for file in files})
    reports: list[tuple[str, xs.ExpectationReport]] = []
    for file in files:
        check = partial(xs.check_expectations, scenarios[file], level=level, plays=plays)
        try:
            report = request.play(xs.ExpectationReport, check)
        except ScenarioError as error:
            raise ScenarioError([replace(fault, file=file) for fault in error.faults]) from None
        except KeyboardInterrupt:
            if not reports:
                raise
            break
        reports.append((file, report))
        if not request.as_json:
            request.show(describe([(file, report)]))
            if file != files[-1]:
                show("\n")
        if report.interrupted:
            break
    if request.as_json:
        request.show(describe(reports))
    message = text("studies.kept.files", done=len(reports), asked=len(files))
    end(reports[-1][1], message)
    if len(reports) < len(files):
        tell(text("commands.interrupted", what=message))
        raise SystemExit(INTERRUPTED)
    if any(report.failed or (request.strict and report.undecided) for _, report in reports):
        raise SystemExit(FAILED)
