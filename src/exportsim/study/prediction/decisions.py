"""Forecasts of when open applications are decided, held against a later extract of the register that had them open.

A forecast is of days, counted from the day on which the applications were open: of one application, or by when half,
nine in ten, or all of some have been decided. What is not decided in a future counts as decided on the day after its
end, and the share of such futures is known.

An extract tells of decisions before its own day. So of some it is known when they came, of the others that they did not
come by then, and both are scored:

- how likely a decision by that day was forecast to be, against whether it came, by the score of Brier (1950), (p − x)²,
  and the logarithmic one, −ln of the chance that was given to what happened;
- the whole forecast, up to that day, by the continuous ranked probability score of what is cut off there, the forecast
  and the day alike: that is proper, and of what is still open it says how much of the forecast was too early.

Where in its forecast a day lies (the percentile, and in which range) can be told of those alone that were decided. They
are the early ones. So they are held against the forecast of days given that it came by then.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.outcomes import DAYS
from exportsim.plan import Float
from exportsim.scenario import Scenario, digest
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.register import licences_of, order_name, records_of, telling
from exportsim.study.calibration.observations import Observation
from exportsim.study.prediction.kept import CASE, SHARE_OF, KeptForecast
from exportsim.study.prediction.scoring import crps

CLUE = "its applications is found by their numbers (`id`), up to the day of which it tells (`as_of`)"
TOLD = ("until", "decided", "probability", "brier", "log_score")
"""The columns that a score has of a decision, beside those of any figure."""


class Extract(NamedTuple):
    """What registers tell of decisions."""

    name: str
    """What their files are called."""
    digest: str
    """Of the scenario that names them, and so of all that they hold."""
    decided: Mapping[str, date | None]
    """By application, its line with its licence's number, the day of its decision; None while it is open."""
    days: Mapping[str, date]
    """By application the day of which its register tells."""


class Told(NamedTuple):
    """What is known of one forecast: whether and when it was decided, before a day."""

    until: date
    decided: date | None


def needed(share: float, number: int) -> int:
    """How many of some applications are a share of them, the first that are at least so many."""
    return max(-(-number * round(share * 100) // 100), 1)


def extract_of(scenario: Scenario) -> Extract:
    """What the registers of a scenario tell of decisions.

    Raises
    ------
    ExportsimError
        If none tells of any, or one that does does not say of which day, or names no licences.
    """
    decided: dict[str, date | None] = {}
    days: dict[str, date] = {}
    names: list[str] = []
    records, licences = records_of(scenario), licences_of(scenario)
    for name, line in scenario.demand.items():
        if (register := telling(line)) is None:
            continue
        if missing := [key for key in ("as_of", "id") if getattr(register, key) is None]:
            raise ExportsimError(f"the register of the line {name} has no `{missing[0]}`: what was forecast of {CLUE}")
        names.append(register.register_)
        found = records[name]
        order = sorted(range(len(found)), key=found.minutes.__getitem__)
        assert register.as_of is not None and found.decisions is not None
        for number, place in enumerate(order, start=1):
            case, minute = order_name(licences, name, number), found.decisions.decided[place]
            on = date.fromordinal(minute // MINUTES_A_DAY) if minute >= 0 else None
            decided[case] = on if on is not None and on < register.as_of else None
            days[case] = register.as_of
    if not decided:
        raise ExportsimError("no register says what was decided: `decided` names the column of decisions")
    return Extract(", ".join(dict.fromkeys(names)), digest(scenario), decided, days)


def told(rows: Sequence[KeptForecast], extract: Extract) -> Iterator[tuple[KeptForecast, Told]]:
    """The forecasts of which an extract tells, in their order, each with what it tells."""
    cases: dict[tuple[object, ...], list[str]] = {}
    for row in rows:
        if row.outcome == CASE:
            cases.setdefault((row.origin, row.days), []).append(row.of)
    for row in rows:
        if row.outcome not in SHARE_OF:
            continue
        among = [row.of] if row.outcome == CASE else cases.get((row.origin, row.days), [])
        whole = (
            among if row.outcome == CASE or not row.of else [case for case in among if case.startswith(f"{row.of}/")]
        )
        if not whole or not all(case in extract.decided for case in whole):
            continue
        days = sorted(on for case in whole if (on := extract.decided[case]) is not None)
        place = needed(SHARE_OF[row.outcome], len(whole))
        yield row, Told(min(extract.days[case] for case in whole), days[place - 1] if place <= len(days) else None)


def judged(kept: KeptForecast, known: Told) -> tuple[Observation | None, Float, dict[str, Any]]:
    """What a forecast is held against, by which of its values, and how it did otherwise, by column.

    Of what was not decided by then there is no observation.
    """
    start, values = kept.days[0], kept.values
    until = float((known.until - start).days)
    if kept.undefined > 0:  # what is undecided at the end of a run stands there, and nothing is forecast of later days
        until = min(until, float(values[-1]))
    day = math.inf if known.decided is None else float((known.decided - start).days)
    likely = values[values < until]
    probability, came = len(likely) / len(values), day < until
    least = 1 / (2 * len(values))  # a chance that so many values can tell from none
    given = min(max(probability if came else 1 - probability, least), 1 - least)
    columns = {
        "until": str(known.until),
        "decided": came,
        "probability": probability,
        "brier": (probability - came) ** 2,
        "log_score": -math.log(given),
        "crps": crps(np.minimum(values, until), min(day, until)),
    }
    if not came:
        return None, values, columns
    minutes = (0, MINUTES_A_DAY)
    seen = Observation(kept.outcome, kept.period, *minutes, kept.selectors, day, 0.0, DAYS, "")
    return seen, likely if len(likely) else values, columns
