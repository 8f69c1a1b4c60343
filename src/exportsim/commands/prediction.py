"""The commands that look ahead: what is to come, and how what was forecast did."""

from __future__ import annotations

from functools import partial
from os import PathLike
from typing import Any

import click

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import ELSEWHERE, FILE, JSON, SCENARIO, WORKERS, option
from exportsim.commands.request import DONE, ENDS_ELSEWHERE, Request, command
from exportsim.language import text

RECORD = "What happened: outcome, period, value, error, source."
PIT = "Draw where in their forecasts the figures lie into the folder DIR."


@command("Forecast figures over all that is uncertain, and over chance.", ENDS_ELSEWHERE)
@FILE
@option("--policy", "P", "Under which they are to come; needed where there are several.")
@option("--outcome", "NAME", "Forecast this one; exports if neither it nor --record is given.", multiple=True)
@option(
    "--by",
    "A,B,…",
    "Tell outcomes apart by year, quarter or month, and by line, supplier, goods, destination, authority; by year if "
    "not given.",
    multiple=True,
)
@option("--record", "CSV", f"{RECORD[:-1]}. Its figures are forecast, and held against it.")
@option("--samples", "N", "Points of the file's uncertainties, best a power of two.", default=128)
@options.futures("How many futures a point, no two points the same.", default=20)
@options.seed("Which points and futures: 0 to 4294967295.")
@WORKERS
@ELSEWHERE
@SCENARIO
@option("--keep", "CSV", "Add the forecasts to a file, to be scored when they have come true.", called="out")
@options.TABLE
@options.figures("Draw forecasts as fans, with the record on them, into the folder DIR.")
@JSON
def predict(
    request: Request, file: str, outcome: tuple[str, ...], by: tuple[str, ...], record: str | None, **asked: Any
) -> None:
    """Forecast figures of the scenario in FILE: a median, and ranges that are to hold 50, 80 and 95 %.

    A range is over all points of the file's uncertainties and over chance: each point has futures of its own. What can
    be forecast is what a record can hold (exports, licences decided and refused, what was licensed, times of
    processing, by period and name), and any other outcome of the whole run. With --record it is said how the forecast
    did: in which range each figure lies, how wide that is, what it scores, and how all of them did together. Ctrl-C
    keeps the finished points.

    \b
    Examples:
      exportsim predict my.yaml --policy as-now
      exportsim predict my.yaml --policy as-now --outcome approved \\
        --by quarter,destination --keep forecasts.csv
      exportsim predict my.yaml --policy as-now --record record.csv \\
        --figures figures
    """
    from exportsim.report.prediction import describe
    from exportsim.scenario import files_read
    from exportsim.study.prediction.kept import check_kept

    scenario = request.load(file)
    reads: list[str | PathLike[str]] = [*files_read(scenario), *([] if record is None else [record])]
    request.check_table(reads)
    if request.out is not None:
        check_kept(request.out, reads)
    apart = [name.strip() for names in by for name in names.split(",")]
    request.answer(
        xs.Forecast,
        partial(xs.predict, scenario, outcomes=outcome, by=apart, record=record, **asked),
        describe,
        finished=lambda study: text(
            "studies.kept.points", points=len(study.pool), asked=study.provenance["forecast"]["asked"]
        ),
        write=lambda study, out: study.keep(out),
    )


@command("Say how forecasts did that were kept.", DONE)
@click.argument("file", type=options.PATH, metavar="FORECASTS")
@option("--record", "CSV", RECORD)
@option("--decisions", "FILE", "A scenario whose registers say what was decided since.")
@SCENARIO
@options.TABLE
@options.figures(PIT)
@JSON
def score(request: Request, file: str, record: str | None, decisions: str | None) -> None:
    """Say how the forecasts in FORECASTS did, of figures that have come true.

    FORECASTS is the file that `exportsim predict --keep` and `exportsim backlog --keep` add to. Each forecast whose
    figure the record holds is scored: in which range the figure lies, how wide that is, its continuous ranked
    probability score and interval score; and all together: whether ranges hold as many figures as they are to.

    With --decisions, forecasts of when open applications are decided are held against a later extract of their
    register, which FILE names with its day (`as_of`). Of each it is said how likely a decision by that day was
    forecast to be, and whether it came; those that are still open count, too.

    \b
    Examples:
      exportsim score forecasts.csv --record record.csv
      exportsim score forecasts.csv --record record.csv --out scores.csv
      exportsim score forecasts.csv --decisions office.yaml \\
        --set demand.log.orders.register=june.csv \\
        --set demand.log.orders.as_of=2026-06-01
    """
    from exportsim.report.prediction import describe_scores

    if record is None and decisions is None:
        raise click.UsageError("found neither --record nor --decisions, expected what has happened since")
    if decisions is None and request.overrides:
        raise click.UsageError("--set changes the scenario of --decisions, and there is none")
    later = None if decisions is None else request.load(decisions)
    request.check_table([file, *([] if record is None else [record])])
    request.answer(xs.Scores, lambda **_: xs.score(file, record, decisions=later), describe_scores, words="score")
