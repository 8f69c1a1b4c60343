"""Write docs/validation.md: what is predicted of an episode from what was known before it, and what then happened.

``python benchmarks/validation.py`` plays every scenario of ``scenarios/validation`` and puts their figures into the
text of ``validation_page.md``. What is known of an episode is one number, and so is a future; a prediction is therefore
the range that holds 95 % of the futures, and not an interval for their mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import numpy as np
from licence_waits import DAY, minute_of, year_of

from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER, Int, Plan
from exportsim.scenario import load

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios" / "validation"
PAGE = ROOT / "docs" / "validation.md"
TEXT = ROOT / "benchmarks" / "validation_page.md"
SEED = 1
FUTURES = 100
NATIONAL = 20  # futures of the national scenario, some 300,000 facts each


class Range(NamedTuple):
    """What 95 % of the futures lie between, and their median."""

    low: float
    middle: float
    high: float

    def verdict(self, recorded: float) -> str:
        """Where what happened lies."""
        return (
            "below the range" if recorded < self.low else "above the range" if recorded > self.high else "in the range"
        )

    def said(self, form: str) -> str:
        """The median and the range."""
        low, middle, high = (f"{value:{form}}" for value in self)
        return middle if low == high else f"{middle} ({low} to {high})"


def range_of(values: Iterable[float]) -> Range:
    """The 2.5th, 50th and 97.5th percentile."""
    return Range(*(float(value) for value in np.percentile(np.array(list(values), dtype=float), [2.5, 50, 97.5])))


Figures = dict[str, Range]
Recorded = dict[str, float]


class Played:
    """A scenario, to be played again and again."""

    def __init__(self, name: str, futures: int = FUTURES, overrides: Mapping[str, Any] | None = None) -> None:
        self.plan = compile_plan(load(SCENARIOS / f"{name}.yaml", overrides=overrides or {}, allow_outside=True))
        self._futures = futures

    def __call__(self, policy: str) -> Iterator[Ledger]:
        """The ledgers of a policy, one future after the other."""
        number = self.plan.names.policies.index(policy)
        for future in range(self._futures):
            yield simulate(self.plan, number, seed=SEED, future=future, engine="compiled")

    def ranges(self, policy: str, **figures: Callable[[Ledger], float]) -> Figures:
        """The range of each figure under a policy, by its name in the text."""
        found = [[figure(ledger) for figure in figures.values()] for ledger in self(policy)]
        return dict(zip(figures, map(range_of, zip(*found, strict=True)), strict=True))


# ------------------------------------------------------------------------------------------------- what is looked at


def number(ledger: Ledger, fact: Fact, start: date, end: date) -> int:
    """How often orders met a fact from one day to before another."""
    return int(((ledger.fact == fact) & (ledger.line >= 0) & between(ledger, start, end)).sum())


def between(ledger: Ledger, start: date, end: date) -> np.ndarray:
    """The rows from one day to before another."""
    return (ledger.minute >= minute_of(ledger, start)) & (ledger.minute < minute_of(ledger, end))


def waiting(ledger: Ledger, day: date) -> Int:
    """When each application that is held as a day begins is decided or withdrawn: minutes from that day on.

    Returns
    -------
    ndarray of int64, shape (applications,)
        -1 where neither happens in the period.
    """
    start = minute_of(ledger, day)
    key = _application(ledger)
    held = np.unique(key[(ledger.fact == Fact.HELD) & (ledger.minute < start)])
    ends = np.isin(ledger.fact, (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)) & np.isin(key, held)
    # What comes first ends an application: buyers may withdraw again, when its permit is suspended.
    ended, first = np.unique(key[ends], return_index=True)
    after = np.full(len(held), NEVER, dtype=np.int64)
    after[np.searchsorted(held, ended)] = ledger.minute[ends][first] - start
    left = after[after >= 0]
    return np.where(left == NEVER, -1, left)


def weeks_to_clear(ledger: Ledger, day: date, share: float) -> float:
    """Weeks from a day until so many of the applications then held are decided or withdrawn; infinite if never."""
    after = waiting(ledger, day)
    done = np.sort(after[after >= 0])
    needed = int(np.ceil(share * len(after)))
    return float(done[needed - 1]) / (7 * DAY) if needed <= len(done) else float("inf")


def in_force(ledger: Ledger, day: date) -> int:
    """Permits in force and not used up as a day begins, of one line whose permits only expire."""
    rows = ledger.minute < minute_of(ledger, day)
    key = _application(ledger)
    issued = key[rows & (ledger.fact == Fact.APPROVED)]
    expired = key[rows & (ledger.fact == Fact.EXPIRED)]
    undelivered = np.zeros(int(ledger.order.max()) + 1, dtype=np.int64)
    for fact, sign in ((Fact.ORDERED, 1), (Fact.DELIVERED, -1)):
        of = rows & (ledger.fact == fact)
        np.add.at(undelivered, ledger.order[of], sign * ledger.amount[of])
    return int((~np.isin(issued, expired) & (undelivered[_order(issued)] > 0)).sum())


def _application(ledger: Ledger) -> Int:
    """A number for each application, from the order's number in its line; for ledgers of one line.

    What happens to the permit belongs to the application before it; a renewal is another one of the same attempt.
    """
    attempt = (ledger.order << 16) + ledger.attempt
    in_order = np.argsort(attempt, kind="stable")
    so_far = np.empty(len(attempt), dtype=np.int64)
    so_far[in_order] = np.cumsum((ledger.fact == Fact.APPLIED)[in_order])
    return (attempt << 24) + so_far


def _order(application: Int) -> Int:
    return application >> 40


def exports(ledger: Ledger, plan: Plan, year: int) -> float:
    """Value delivered under licence in a year, in millions."""
    licensed = np.append(plan.suppliers.authority >= 0, False)
    rows = (ledger.fact == Fact.DELIVERED) & licensed[ledger.supplier]
    return float(ledger.amount[rows & between(ledger, date(year, 1, 1), date(year + 1, 1, 1))].sum()) / 1e8


# -------------------------------------------------------------------------------------------------------- the episodes


def british_licences_for_turkiye() -> tuple[Figures, Recorded]:
    """The stop of October 2019, and how long the backlog takes when it ends."""
    played = Played("uk-turkiye-2019")
    stop, end = date(2019, 10, 15), date(2021, 12, 13)

    def issued(ledger: Ledger) -> int:
        return number(ledger, Fact.APPROVED, stop, end)

    def weeks(ledger: Ledger) -> float:
        return weeks_to_clear(ledger, end, 0.9)

    figures = {
        **played.ranges("no-stop", usual=issued),
        **played.ranges(
            "decided-at-once",
            issued=issued,
            shipped=lambda ledger: number(ledger, Fact.DELIVERED, stop, end),
            held=lambda ledger: len(waiting(ledger, end)),
            at_once=weeks,
        ),
        **played.ranges("reviewed-again", again=weeks),
        **played.ranges("few-reviewers", few=weeks),
    }
    return figures, {"at_once": 8, "again": 8, "few": 8}


def dutch_licences_for_turkiye() -> tuple[Figures, Recorded]:
    """A hold, then a presumption of denial."""
    played = Played("netherlands-turkiye")
    before = date(2016, 1, 1), date(2019, 1, 1)
    hold, presumption, next_day, lifted = date(2019, 10, 11), date(2021, 10, 15), date(2021, 10, 16), date(2023, 7, 15)

    def refused(ledger: Ledger) -> int:
        return number(ledger, Fact.DENIED, hold, presumption)

    figures = {
        **played.ranges("no-hold", usual=refused),
        **played.ranges(
            "historical",
            decided=lambda ledger: number(ledger, Fact.APPROVED, *before) + number(ledger, Fact.DENIED, *before),
            refused=lambda ledger: number(ledger, Fact.DENIED, *before),
            hidden=refused,
            waits=lambda ledger: len(waiting(ledger, presumption)),
            that_day=lambda ledger: number(ledger, Fact.DENIED, presumption, next_day),
            after=lambda ledger: number(ledger, Fact.APPLIED, next_day, lifted),
        ),
    }
    return figures, {"decided": 95, "refused": 11}


def british_licences_for_israel() -> tuple[Figures, Recorded]:
    """How many licences there are to suspend."""
    day, next_day = date(2024, 9, 2), date(2024, 9, 3)
    figures: Figures = {}
    for months in (3, 9, 11):
        played = Played("uk-israel-2024", overrides={"suppliers.british.lead_time": f"{months}mo"})
        figures |= played.ranges("no-suspension", **{f"stock_{months}": lambda ledger: in_force(ledger, day)})
        if months == 9:
            figures |= played.ranges(
                "all-but-f-35", struck=lambda ledger: number(ledger, Fact.SUSPENDED, day, next_day)
            )
    return figures, {"stock_3": 350, "stock_9": 350, "stock_11": 350, "struck": 30}


def british_service() -> tuple[Figures, Recorded]:
    """The shares of 2023 from those of 2022, in percent."""
    played = Played("uk-2023", NATIONAL)
    foreseen = [
        (year_of(ledger, played.plan, 2022), year_of(ledger, played.plan, 2023)) for ledger in played("as-in-2022")
    ]
    fewer = [year_of(ledger, played.plan, 2023) for ledger in played("fewer-officers")]
    figures = {
        "base_20": range_of(100 * before.within_20 for before, _ in foreseen),
        "base_60": range_of(100 * before.within_60 for before, _ in foreseen),
        "within_20": range_of(100 * after.within_20 for _, after in foreseen),
        "within_60": range_of(100 * after.within_60 for _, after in foreseen),
        "refused": range_of(100 * after.refused for _, after in foreseen),
        "fewer_20": range_of(100 * year.within_20 for year in fewer),
        "fewer_60": range_of(100 * year.within_60 for year in fewer),
        "fewer_refused": range_of(100 * year.refused for year in fewer),
        "fall": range_of(100 * (1 - after.decided / before.decided) for before, after in foreseen),
    }
    return figures, {"within_20": 52, "within_60": 87, "refused": 5.7}


def canadian_exports_to_turkiye() -> tuple[Figures, Recorded]:
    """The exports of 2019 from those up to 2018, in millions."""
    happened = {2016: 4.2, 2017: 49.9, 2018: 117.9, 2019: 151.4}
    figures, recorded = {}, {}
    growing = {"demand.sensors.orders": {"2016-10-01": "5/y", "2017-07-01": "13/y", "2018-07-01": "26/y"}}
    for name, overrides in (("held", None), ("growing", growing)):
        played = Played("canada-turkiye-2018", overrides=overrides)
        found = [[exports(ledger, played.plan, year) for year in happened] for ledger in played("unrestricted")]
        for (year, value), values in zip(happened.items(), zip(*found, strict=True), strict=True):
            figures[f"{name}_{year}"], recorded[f"{name}_{year}"] = range_of(values), value
    return figures, recorded


# In the order of the text.
EPISODES: dict[str, tuple[Callable[[], tuple[Figures, Recorded]], str]] = {
    "uk-turkiye": (british_licences_for_turkiye, ".0f"),
    "netherlands-turkiye": (dutch_licences_for_turkiye, ".0f"),
    "uk-israel": (british_licences_for_israel, ".0f"),
    "uk-2023": (british_service, ".1f"),
    "canada-turkiye": (canadian_exports_to_turkiye, ".0f"),
}


def texts() -> list[str]:
    """The text before the episodes, and that of each."""
    head, *sections = TEXT.read_text(encoding="utf-8").split("\n## ")
    return [head, *(f"\n## {section}" for section in sections)]


def section(name: str) -> str:
    """Play an episode, and put its figures into its text."""
    play, form = EPISODES[name]
    figures, recorded = play()
    said = {figure: found.said(form) for figure, found in figures.items()}
    said |= {f"{figure}_verdict": figures[figure].verdict(value) for figure, value in recorded.items()}
    text = texts()[1 + list(EPISODES).index(name)]
    return Template(text).substitute(said, national=NATIONAL)


def head(day: date) -> str:
    """What stands before the episodes."""
    return Template(texts()[0]).substitute(day=day, seed=SEED, futures=FUTURES)


def main() -> None:
    """Play every episode and write the page."""
    PAGE.write_text("".join([head(date.today()), *map(section, EPISODES)]), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
