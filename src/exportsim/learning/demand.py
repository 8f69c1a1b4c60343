"""Who applies for what, and how often: lines of demand by destination and goods, and what is too little for a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, partial

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.language import catalogue, languages
from exportsim.learning import intervals
from exportsim.learning.fits import Fit, fit
from exportsim.learning.intervals import UNLIKE, Estimate
from exportsim.learning.log import NONE, Log
from exportsim.learning.visits import Bools
from exportsim.names import free_name, plain_name
from exportsim.plan import Float, Int
from exportsim.scenario.countries import ASSIGNED, FOR_USERS
from exportsim.scenario.quantities import MINUTES_A_DAY, MINUTES_A_YEAR, Money

WEEK = 7 * MINUTES_A_DAY
DIGITS = 4  # of an amount that was measured
CENT = 0.01
#: What people write for some countries, beside their names.
OTHERWISE = {"usa": "US", "uk": "GB", "uae": "AE", "turkey": "TR", "turkei": "TR", "czech-republic": "CZ"}
ARTICLE = re.compile(r"(the |les? |la |l['’])", re.IGNORECASE)


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
    units = float(f"{max(cents, 1.0) / 100:.{DIGITS}g}")
    whole = round(units)
    return whole if abs(units - whole) < CENT / 2 else str(Money.parse(f"{units:.2f}"))


def name_of(words: str, otherwise: str) -> str:
    """The name that the draft gives to what has some words in the log; another if nothing is left of them."""
    return plain_name(words)[:60].strip("-") or otherwise


def demand_of(log: Log, applied: Int, home: str, fewest: int) -> Demand:
    """Lines of demand: a destination and goods with so many cases at least are a line."""
    first, last = (date.fromordinal(int(each) // MINUTES_A_DAY) for each in (applied.min(), applied.max()))
    group = np.full(len(log.cases), NONE)
    where, codes = _known(log, "destination", partial(_country, {}, home))
    what, goods = _known(log, "goods", lambda word: name_of(word, "goods"))
    pairs, place, counts = np.unique(np.stack([where, what], axis=1), axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    lines: list[LineFound] = []
    grouped = "destination" in log.words or "goods" in log.words
    for number in np.lexsort((np.arange(len(pairs)), -counts)):
        one, other = int(pairs[number][0]), int(pairs[number][1])
        few = grouped and counts[number] < fewest and bool(lines)  # the largest is a line in any case
        if one < 0 or other < 0 or few:
            continue
        its = place == number
        words = (_first(log, "destination", its), _first(log, "goods", its))
        value = fit(log.value[its & (log.value >= 0)].astype(float), amount) if (log.value[its] >= 0).any() else None
        name = name_of(" ".join(words), "applications")
        group[its] = len(lines)
        lines.append(
            LineFound(
                name=free_name(name, [line.name for line in lines]),
                destination=codes[one],
                goods=goods[other],
                words=words,
                meant=_meant(words[0]) if codes[one][:1] == "X" and words[0] != codes[one] else None,
                rates=_rates(applied[its], first, last),
                value=value,
            )
        )
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
    """Countries by their names, in any language of the program, without accents and article."""
    found = dict(OTHERWISE)
    for each in languages():
        entries = catalogue(each)
        found |= {
            _plain(entries[f"countries.{code.lower()}"][0]): code
            for code in sorted(ASSIGNED)
            if f"countries.{code.lower()}" in entries
        }
    return found


def _plain(name: str) -> str:
    return plain_name(ARTICLE.sub("", name.strip()))


def _known(log: Log, role: str, named: Callable[[str], str | None]) -> tuple[Int, list[str]]:
    """What each case has of a role, as a scenario names it: NONE for nothing, and for what has no name there."""
    if role not in log.words:
        return np.zeros(len(log.cases), dtype=np.int64), [named("") or ""]
    of_cases = log.words[role]
    names: list[str] = []
    numbers = np.full(len(of_cases.words) + 1, NONE)  # the last is of cases without a word
    counts = np.bincount(of_cases.number[of_cases.number >= 0], minlength=len(of_cases.words))
    for word in np.lexsort((np.arange(len(counts)), -counts)):
        if counts[word] and (name := named(of_cases.words[word])) is not None:
            if name not in names:
                names.append(name)
            numbers[word] = names.index(name)
    return numbers[of_cases.number], names


def _first(log: Log, role: str, its: Bools) -> str:
    """What the log calls what some cases have: the word of the first."""
    return log.words[role].of(int(its.argmax())) if role in log.words else ""


def _country(taken: dict[str, str], home: str, word: str) -> str | None:
    """The code of a destination; None at home, and if there are no more codes.

    What is no country has a code that no country ever gets.
    """
    plain = word.strip()
    code = plain if plain in ASSIGNED or FOR_USERS.fullmatch(plain) else _names().get(_plain(plain))
    if code is not None:
        return None if code == home else code
    if plain not in taken:
        free = (f"X{letter}" for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ")
        made = next((each for each in free if each not in taken.values() and each != home), None)
        if made is None:
            return None
        taken[plain] = made
    return taken[plain]


def _meant(word: str) -> str | None:
    """The country whose name is nearest to a word that is none."""
    near = get_close_matches(_plain(word), list(_names()), 1, 0.7)
    return _names()[near[0]] if near else None
