"""Who applies for what, and how often: lines of demand by destination and goods, and what is too little for a line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.language import catalogue
from exportsim.learning import intervals
from exportsim.learning.fits import Fit, fit
from exportsim.learning.intervals import Estimate
from exportsim.learning.log import NONE, Log
from exportsim.names import plain_name
from exportsim.plan import Float, Int
from exportsim.scenario.countries import ASSIGNED, FOR_USERS
from exportsim.scenario.quantities import MINUTES_A_DAY, MINUTES_A_YEAR, Money

UNLIKE = 0.01  # the chance at which years are taken for different
WEEK = 7 * MINUTES_A_DAY
DIGITS = 4


@dataclass(frozen=True)
class LineFound:
    """A line of demand: one destination and one kind of goods.

    Attributes
    ----------
    name, destination, goods : str
        As they stand in the scenario.
    words : tuple of str
        As the log has them.
    meant : str or None
        Where no country is known by the destination: whose name is nearest.
    rates : mapping
        From which day on, how many in a year; one where years do not differ.
    value : Fit or None
    """

    name: str
    destination: str
    goods: str
    words: tuple[str, str]
    meant: str | None
    rates: Mapping[date, Estimate]
    value: Fit | None


@dataclass(frozen=True)
class Demand:
    """Who applies.

    Attributes
    ----------
    lines : list of LineFound
    group : ndarray, shape (cases,)
        The line of each case, NONE if it is of none.
    others : mapping or None
        The rates of the cases of no line.
    first, last : date
        The days of the first and the last application.
    irregular : float
        The variance of the numbers of a week over their mean: 1 where applications come at random.
    weeks : int
    """

    lines: list[LineFound]
    group: Int
    others: Mapping[date, Estimate] | None
    first: date
    last: date
    irregular: float
    weeks: int


def amount(cents: float) -> int | str:
    """An amount as a scenario has it."""
    whole = Money.parse(f"{max(cents, 1.0) / 100:.{DIGITS}g}")
    return int(whole.number) if whole.number == whole.number.to_integral_value() else str(whole)


def demand_of(log: Log, applied: Int, home: str, fewest: int) -> Demand:
    """Lines of demand: a destination and goods with so many cases at least are a line."""
    keys = [
        log.words[role].number if role in log.words else np.zeros(len(log.cases), dtype=np.int64)
        for role in ("destination", "goods")
    ]
    words = [log.words[role].words if role in log.words else ("",) for role in ("destination", "goods")]
    first, last = (date.fromordinal(int(each) // MINUTES_A_DAY) for each in (applied.min(), applied.max()))
    group = np.full(len(log.cases), NONE)
    pairs, place, counts = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    lines: list[LineFound] = []
    taken: dict[str, str] = {}
    grouped = "destination" in log.words or "goods" in log.words
    for number in np.lexsort((np.arange(len(pairs)), -counts)):
        one, other = int(pairs[number][0]), int(pairs[number][1])
        few = grouped and counts[number] < fewest and bool(lines)  # the largest is a line in any case
        if one < 0 or other < 0 or few:
            continue
        written = (words[0][one], words[1][other])
        code, meant = _country(written[0], taken, home)
        if code is None:
            continue
        its = place == number
        value = fit(log.value[its & (log.value >= 0)].astype(float), amount) if (log.value[its] >= 0).any() else None
        goods = plain_name(written[1])[:60].strip("-") or "goods"
        name = free_name(plain_name(" ".join(written))[:60].strip("-") or "applications", [line.name for line in lines])
        group[its] = len(lines)
        lines.append(LineFound(name, code, goods, written, meant, _rates(applied[its], first, last), value))
    if not lines:
        raise ExportsimError(f"{log.file}: no case has a destination and goods other than at home in {home}")
    left = group == NONE
    weeks = (applied.max() - applied.min()) // WEEK
    by_week = np.bincount((applied - applied.min()) // WEEK, minlength=weeks + 1)[:weeks]
    return Demand(
        lines=lines,
        group=group,
        others=_rates(applied[left], first, last) if left.any() else None,
        first=first,
        last=last,
        irregular=float(by_week.var(ddof=1) / by_week.mean()) if weeks > 1 else 1.0,
        weeks=int(weeks),
    )


def _rates(applied: Int, first: date, last: date) -> dict[date, Estimate]:
    """One rate, or one a calendar year where the years differ more than chance has it one time in a hundred."""
    years = range(first.year, last.year + 1)
    begins = [max(first, date(year, 1, 1)) for year in years]
    ends = [min(last, date(year, 12, 31)) for year in years]
    spans: Float = np.array(
        [(end.toordinal() + 1 - begin.toordinal()) for begin, end in zip(begins, ends, strict=True)]
    )
    in_years = spans * MINUTES_A_DAY / MINUTES_A_YEAR
    day = applied // MINUTES_A_DAY
    counts = np.array(
        [
            int(((day >= begin.toordinal()) & (day <= end.toordinal())).sum())
            for begin, end in zip(begins, ends, strict=True)
        ]
    )
    if len(counts) > 1 and intervals.differ(counts, in_years) < UNLIKE:
        return {
            begin: intervals.rate(int(count), float(span))
            for begin, count, span in zip(begins, counts, in_years, strict=True)
        }
    return {first: intervals.rate(len(applied), float(in_years.sum()))}


@cache
def _names() -> Mapping[str, str]:
    """Countries by their names in small letters."""
    entries = catalogue("en")
    return {
        entries[f"countries.{code.lower()}"][0].removeprefix("the ").lower(): code
        for code in sorted(ASSIGNED)
        if f"countries.{code.lower()}" in entries
    }


def _country(word: str, taken: dict[str, str], home: str) -> tuple[str | None, str | None]:
    """The code of a destination, and that of the country whose name is nearest if none has it; none at home.

    What is no country has a code that no country ever gets.
    """
    plain = word.strip()
    code = (
        plain if plain in ASSIGNED or FOR_USERS.fullmatch(plain) else _names().get(plain.lower().removeprefix("the "))
    )
    if code is not None:
        return (None if code == home else code), None
    if plain not in taken:
        free = (f"X{letter}" for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ")
        made = next((each for each in free if each not in taken.values() and each != home), None)
        if made is None:
            return None, None
        taken[plain] = made
    near = get_close_matches(plain.lower(), list(_names()), 1, 0.7) if plain else []
    return taken[plain], (_names()[near[0]] if near else None)


def free_name(name: str, taken: Collection[str]) -> str:
    """A name, with a number where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[:56]}-{number}"
    return free
