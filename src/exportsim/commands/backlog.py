"""The command ``exportsim backlog``: when open applications are decided, and whether an order comes in time."""

from __future__ import annotations

from functools import partial
from typing import Any

import exportsim as xs
from exportsim.commands import options
from exportsim.commands.options import FILE, JSON, QUIET, SCENARIO, TABLE, WORKERS, option
from exportsim.commands.request import Request, command
from exportsim.language import text


@command("Say when what is open today is decided, and whether an order comes in time.")
@FILE
@option("--order", "DAY", "Ask about an order that is placed on DAY, such as 2026-03-01, too.")
@option("--line", "LINE", "Which demand line that order is of.")
@option("--by", "DAY", "By when it is to be decided, and delivered.")
@option("--value", "AMOUNT", "What it is worth, such as 2M; drawn from the line's `value` if left out.")
@options.POLICIES
@options.futures("How many futures to play.")
@options.SEED
@options.ENGINE
@WORKERS
@SCENARIO
@option("--keep", "CSV", "Add when each is decided to a file of forecasts, to be scored later.", called="out")
@TABLE
@JSON
@QUIET
def backlog(request: Request, file: str, **asked: Any) -> None:
    """Say when the applications that are open today are decided, under each policy of the scenario in FILE.

    A register of the scenario says what was decided, and when (`decided`), and of which day it tells (`as_of`). What
    is open then is reviewed by the officers of the scenario, in every future. Prints by when half, nine in ten and all
    of it are decided, with the days between which that lies in 50, 80 and 95 % of futures: of all, by line, and case by
    case. An application that its buyer withdraws is done on that day.

    With --order, also how likely an order that is placed on a day is decided, licensed and delivered by a day, and by
    when it is so in nine of ten futures. No register is needed for that.

    With --keep the days are forecasts that `exportsim score` holds against a later extract of the register.

    \b
    Examples:
      exportsim backlog office.yaml
      exportsim backlog office.yaml --futures 500 --out cases.csv
      exportsim backlog office.yaml --keep forecasts.csv
      exportsim backlog office.yaml --order 2026-03-01 --line optics \\
          --by 2026-12-01
      exportsim backlog my.yaml --json
    """
    from exportsim.report.backlog import describe
    from exportsim.scenario import files_read
    from exportsim.study.backlog import Backlog
    from exportsim.study.prediction.kept import check_kept

    def finished(answer: Backlog) -> str:
        return text("studies.kept.futures", kept=answer.provenance["futures"], asked=request.futures)

    scenario = request.load(file)
    if request.out is not None:
        check_kept(request.out, files_read(scenario))
    request.answer(
        Backlog,
        partial(xs.backlog, scenario, **asked),
        describe,
        finished=finished,
        write=lambda found, out: found.keep(out),
    )
