"""The command ``exportsim learn``: a draft of an office from the log of what was done in it."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import ENGINE, JSON, PATH, QUIET, WORKERS, flag, option
from exportsim.commands.request import ENDS, Request, command, end
from exportsim.commands.terminal import show

COLUMNS = ("case", "activity", "start", "end", "applied", "destination", "goods", "value", "outcome", "officer")
FORM = ("delimiter", "encoding", "date_format", "decimal", "thousands")


def column(role: str, says: str) -> options.Decorator:
    """An option that names the column of a role."""
    return option(f"--{role}", "COLUMN", says)


def meaning(outcome: str) -> options.Decorator:
    """An option that says which outcomes mean something."""
    return option(f"--{outcome}", "WORD", f"An outcome that means {outcome}; repeatable.", multiple=True)


@command("Draft an office from the log of what was done in it.", ENDS)
@click.argument("log", type=PATH)
@option("--out", "FILE", "The scenario to write.")
@option("--page", "HTML", "Write what is printed as a page of HTML, too.")
@column("case", "Whose cases are told apart by it.")
@column("activity", "What was done.")
@column("start", "When it began, if that is recorded.")
@column("end", "When it had ended.")
@column("applied", "When the case came in, if that is recorded.")
@column("destination", "Where its goods were to go: codes or names of countries.")
@column("goods", "What goods they are.")
@column("value", "What they are worth.")
@column("outcome", "What was decided in the end.")
@column("officer", "Who did it; of a log in XES org:resource, by itself.")
@meaning("approved")
@meaning("denied")
@meaning("withdrawn")
@option("--delimiter", "MARK", "What stands between columns, if not what is found.")
@option("--encoding", "NAME", "How the file is encoded, if not as is found.")
@option("--date-format", "FORMAT", 'How dates are written, such as "%d/%m/%Y %H:%M".')
@option("--decimal", "MARK", "What stands before the decimals of values.")
@option("--thousands", "MARK", "What stands between their thousands.")
@option("--country", "CC", "Where the office is.", default="XA")
@option("--currency", "CUR", "The currency of the values.", default="EUR")
@option("--fewest", "N", "So many cases of a destination and goods are a line of demand of their own.", default=20)
@options.futures("In how many futures the draft is played back.", default=20)
@options.seed("Which futures: 0 to 4294967295.")
@ENGINE
@WORKERS
@flag("--force", "Replace the files if they are there.")
@JSON
@QUIET
def learn(request: Request, log: str, page: str | None, **asked: Any) -> None:
    """Draft an office from LOG, an event log: a CSV with a row for each activity of a case, or an XES file.

    Columns are known by names such as case, activity, start, end, destination, goods, value and outcome; others are
    named. The draft is a scenario that runs as it is, with a comment above each number: how it was found, of how many,
    within what it lies. It is played back: its times are held against those of the log, and it is said how much each
    guess matters. Of what a log cannot tell, a list is printed.

    \b
    Examples:
      exportsim learn log.csv --out draft.yaml
      exportsim learn log.csv --case dossier --end closed --country NL \\
          --out draft.yaml
      exportsim learn log.csv --date-format "%d/%m/%Y %H:%M" --approved verleend \\
          --out draft.yaml --page draft.html
    """
    from exportsim.language import text
    from exportsim.learning.learned import Learned, writable
    from exportsim.learning.log import LogForm
    from exportsim.learning.page import describe, prepared

    if request.out is not None:
        writable(request.out, log, force=request.force)
    columns = {role: name for role in COLUMNS if (name := asked.pop(role)) is not None}
    form = LogForm(**{name: asked.pop(name) for name in FORM})
    with prepared(page, log, force=request.force) as put:
        learned = request.play(Learned, partial(xs.learn, log, columns=columns, form=form, **asked), "learn")
        if request.out is not None:
            learned.write(request.out, force=request.force)
        document = request.described(lambda: describe(learned))
        put(document)
    request.show(document)
    if page is not None and not request.quiet and not request.as_json:
        show(text("commands.written", path=page) + "\n")
    end(learned, text("learn.kept"))
