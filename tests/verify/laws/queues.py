"""Queues for officers and slots: Erlang's C, Pollaczek and Khinchine's mean wait, Palm's impatient applicants."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from heapq import heapreplace
from typing import Any

import numpy as np

from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from laws.comparing import Comparison, Law, Planted, Profile, against, mean
from laws.worlds import DAY, Rows, authority, exponential, line, office, once_in, plays, world

BEFORE, AFTER = -(1 << 60), 1 << 60  # minutes
ROUNDING = 0.5  # minutes: as every moment is a whole minute, a wait of less is none


# ------------------------------------------------------------------ one stage, whatever its work


@dataclass(frozen=True)
class Visits:
    """What one play saw of one stage: an entry per application that was taken up, in order of arrival."""

    arrived: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    """`AFTER` if not before the end."""


def visits(rows: Rows) -> Visits:
    """The visits to the only stage of an office."""
    (arrived,) = rows.of(Fact.APPLIED, "minute")
    started, number = rows.of(Fact.REVIEW_STARTED, "minute", "order")
    if not np.array_equal(number, np.arange(1, len(number) + 1)):
        raise AssertionError("the first to come is not the first to be served")
    ended = np.full(len(arrived) + 1, AFTER)
    minute, order = rows.of(Fact.REVIEW_ENDED, "minute", "order")
    ended[order] = minute
    return Visits(arrived[: len(started)], started, ended[1 : len(started) + 1])


TAIL = 400  # applications at the end of the period whose waits are not counted, lest the end cut off the longest


def waits(seen: Visits, plan: Plan, gap: float) -> np.ndarray:
    """Minutes from arrival to the beginning of work, of those that came in the period and not right at its end."""
    counted = (seen.arrived >= 0) & (seen.arrived < plan.end - TAIL * gap)
    return (seen.started - seen.arrived)[counted]


# ------------------------------------------------------------------ M/M/c: Erlang C


def erlang_c(officers: int, load: float) -> float:
    """Probability that an application must wait in an M/M/c queue, ``load`` the share of time worked."""
    offered = officers * load
    blocked = 1.0
    for number in range(1, officers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - load * (1 - blocked))


@dataclass(frozen=True)
class Theory:
    """What is known of the wait in an M/M/c queue, first come first served. ``work`` in minutes."""

    officers: int
    load: float
    work: float

    @property
    def share_waiting(self) -> float:
        return erlang_c(self.officers, self.load)

    @property
    def wait_if_any(self) -> float:
        """Mean wait of those who wait; it is exponential."""
        return self.work / (self.officers * (1 - self.load))

    @property
    def mean_wait(self) -> float:
        return self.share_waiting * self.wait_if_any

    def longer(self, threshold: float) -> float:
        """Share that waits longer than so many minutes."""
        return self.share_waiting * math.exp(-(threshold + ROUNDING) / self.wait_if_any)


# By load: applications counted in each play, in its warm-up, and plays. An M/M/c queue forgets its beginning within
# about √load … 1 / (1 − √load)² applications: 12, 90 and 1600. The warm-up is some fifteen times that.
LENGTHS = {0.5: (5000, 200, 60), 0.8: (5000, 1400, 80), 0.95: (30_000, 24_000, 30)}
CASES = [(officers, load) for load in LENGTHS for officers in (1, 3, 10)]
GAP_AT_FULL_LOAD = 1000.0  # minutes


def theory_of(officers: int, load: float) -> Theory:
    return Theory(officers, load, GAP_AT_FULL_LOAD * officers)


def mmc(officers: int, load: float) -> Plan:
    """An M/M/c office."""
    counted, warm_up, _ = LENGTHS[load]
    work = exponential(theory_of(officers, load).work)
    gap = GAP_AT_FULL_LOAD / load
    return office(f"mmc-{officers}-{load * 100:.0f}", [(officers, work)], gap, counted=counted + TAIL, warm_up=warm_up)


Discipline = Callable[[Visits, int], np.ndarray]


def as_seen(seen: Visits, officers: int) -> np.ndarray:
    """When each was taken up."""
    return seen.started


def last_come_first_served(seen: Visits, officers: int) -> np.ndarray:
    """When each would be taken up, with the same work, if officers took the latest first."""
    free, waiting = [BEFORE] * officers, []
    started = np.full(len(seen.arrived), AFTER)
    work, arrived = (seen.ended - seen.started).tolist(), seen.arrived.tolist()
    for number, minute in enumerate([*arrived, AFTER]):
        while waiting and free[0] <= minute:
            latest = waiting.pop()
            started[latest] = max(free[0], arrived[latest])
            heapreplace(free, int(started[latest]) + work[latest])
        waiting.append(number)
    return started


@cache
def wait_statistics(profile: Profile, officers: int, load: float, discipline: Discipline = as_seen) -> np.ndarray:
    """Mean wait, share waiting and share waiting long of each play: (plays, 3)."""
    plan, gap = mmc(officers, load), GAP_AT_FULL_LOAD / load
    threshold = theory_of(officers, load).wait_if_any
    found = []
    for rows in plays(plan, LENGTHS[load][2] * profile.times):
        seen = visits(rows)
        wait = waits(Visits(seen.arrived, discipline(seen, officers), seen.ended), plan, gap)
        found.append([wait.mean(), (wait > 0).mean(), (wait > threshold).mean()])
    return np.array(found)


def compare_mmc(
    profile: Profile, officers: int, load: float, assumed: Theory | None = None, discipline: Discipline = as_seen
) -> list[Comparison]:
    """The discipline moves neither the mean wait nor the share that waits; so there is a third figure."""
    right = theory_of(officers, load)
    assumed = assumed or right
    found = wait_statistics(profile, officers, load, discipline).T
    return [
        mean("mean wait, min", found[0], assumed.mean_wait),
        mean("share waiting", found[1], assumed.longer(0)),
        mean("share waiting long", found[2], assumed.longer(right.wait_if_any)),
    ]


def law_of_mmc(officers: int, load: float) -> Law:
    """With the errors that can be made of it, but those with which nobody would be served or no mean wait exists."""
    assumed = {
        "one officer more": (officers + 1, load * officers / (officers + 1)),
        "one officer less": (officers - 1, load * officers / max(officers - 1, 1)),
        "arrivals 5 % fewer": (officers, load * 0.95),
        "arrivals 5 % more": (officers, load * 1.05),
    }
    right = theory_of(officers, load)
    planted = {
        what: Planted(against(compare_mmc, officers, load, Theory(*wrong, right.work)))
        for what, wrong in assumed.items()
        if wrong[0] > 0 and wrong[1] < 1
    }
    if load < 0.9:  # it takes long to play otherwise
        planted["the last to come served first"] = Planted(
            against(compare_mmc, officers, load, None, last_come_first_served), frozenset({"share waiting long"})
        )
    return Law(f"M/M/{officers}, load {load:.0%}", "Erlang 1917 (C)", against(compare_mmc, officers, load), planted)


# ------------------------------------------------------------------ M/G/1


WORKS: dict[str, tuple[Any, float]] = {  # the work, and its second moment; the mean is 1000 minutes
    "constant": ("1000min", 1000.0**2),
    "uniform": ({"uniform": ["200min", "1800min"]}, 1000.0**2 + 1600.0**2 / 12),
    "lognormal": ({"lognormal": {"mean": "1000min", "cv": 1.5}}, 1000.0**2 * (1 + 1.5**2)),
}
MG1_LOAD = 0.7


@cache
def mg1_waits(profile: Profile, kind: str) -> list[float]:
    gap = 1000.0 / MG1_LOAD
    plan = office(f"mg1-{kind}", [(1, WORKS[kind][0])], gap, counted=6000 + TAIL, warm_up=2000)
    return [float(waits(visits(rows), plan, gap).mean()) for rows in plays(plan, 60 * profile.times)]


def compare_mg1(profile: Profile, kind: str, square: float = 0.0, load: float = MG1_LOAD) -> list[Comparison]:
    """The mean wait for one officer depends on the work by its mean and its square alone."""
    theory = load / 1000.0 * (square or WORKS[kind][1]) / (2 * (1 - load))
    return [mean("mean wait, min", mg1_waits(profile, kind), theory)]


def law_of_mg1(kind: str) -> Law:
    return Law(
        f"M/G/1, {kind} work",
        "Pollaczek 1930, Khinchine 1932",
        against(compare_mg1, kind),
        {
            "work taken to be exponential": Planted(against(compare_mg1, kind, square=2 * 1000.0**2)),
            "arrivals 5 % more": Planted(against(compare_mg1, kind, load=MG1_LOAD * 1.05)),
        },
    )


# ------------------------------------------------------------------ production slots are servers, too


SLOTS = Theory(officers=3, load=0.8, work=3000.0)


@cache
def production_times(profile: Profile) -> list[float]:
    """Minutes from order to delivery, the mean of each play."""
    gap = SLOTS.work / SLOTS.officers / SLOTS.load
    plan = world(
        (5000 + TAIL) * gap / DAY, 1400 * gap / DAY,
        suppliers={"aselsan": {"country": "TR", "slots": SLOTS.officers, "lead_time": exponential(SLOTS.work)}},
        demand={"slots": line(once_in(gap), {"aselsan": {}})},
    )  # fmt: skip
    found = []
    for rows in plays(plan, 80 * profile.times):
        ordered, delivered = rows.at(Fact.ORDERED), rows.at(Fact.DELIVERED)
        counted = (ordered >= 0) & (ordered < plan.end - TAIL * gap)
        found.append(float((delivered - ordered)[counted].mean()))
    return found


def compare_slots(profile: Profile, assumed: Theory = SLOTS) -> list[Comparison]:
    return [mean("mean time to delivery, min", production_times(profile), assumed.work + assumed.mean_wait)]


SLOTS_LAW = Law(
    "production in 3 slots, M/M/3",
    "Erlang 1917 (C)",
    compare_slots,
    {
        "arrivals 5 % more": Planted(against(compare_slots, Theory(3, 0.84, 3000.0))),
        "one slot more": Planted(against(compare_slots, Theory(4, 0.6, 3000.0))),
    },
)


# ------------------------------------------------------------------ impatient applicants: M/M/c+M


@dataclass(frozen=True)
class Impatient:
    """Applications of mean gap 1000 min, with exponential work and patience, in minutes."""

    officers: int
    work: float
    patience: float
    gap: float = 1000.0

    def numbers(self, most: int = 400) -> np.ndarray:
        """Chances of 0, 1, 2, … applications waiting or at work: a birth-death chain."""
        waiting = np.maximum(np.arange(1, most) - self.officers, 0)
        deaths = np.minimum(np.arange(1, most), self.officers) / self.work + waiting / self.patience
        chance = np.cumprod([1.0, *(1 / self.gap / deaths)])
        return chance / chance.sum()

    def withdrawn_waiting(self) -> float:
        """Share whose patience ends before an officer takes them up: deaths while waiting."""
        return self.mean_wait() / self.patience

    def mean_wait(self) -> float:
        """Of all, until they are taken up or withdrawn: the mean number waiting, by Little's law."""
        chance = self.numbers()
        return float(chance @ np.maximum(np.arange(len(chance)) - self.officers, 0)) * self.gap

    def mean_wait_of_those_taken_up(self) -> float:
        """By how many wait before an application: what brings it nearer comes from c officers and from their patience.

        With j waiting, itself among them, it comes at the rate c/work + j/patience; the chance that it is never its own
        patience that ends is that of c/work against (c/work + j/patience) at the first.
        """
        chance, leaving = self.numbers(), self.officers / self.work
        waiting = np.arange(1, len(chance) - self.officers + 1)  # with itself
        found = chance[self.officers :] * leaving / (leaving + waiting / self.patience)
        waits = np.cumsum(1 / (leaving + waiting / self.patience))
        return float(found @ waits / (chance[: self.officers].sum() + found.sum()))

    def withdrawn_at_work(self) -> float:
        """Share whose patience ends while an officer is at work on them: of those taken up, work/(work + patience)."""
        return (1 - self.withdrawn_waiting()) * self.work / (self.work + self.patience)


IMPATIENT = Impatient(3, 3300.0, 8000.0)


@cache
def withdrawals(profile: Profile) -> np.ndarray:
    """Of each play: shares withdrawn while waiting and while at work, mean wait of all and of those taken up.

    An array of the shape (plays, 4).
    """
    gap = IMPATIENT.gap
    plan = world(
        (5000 + TAIL) * gap / DAY, 1000 * gap / DAY,
        authorities={"gac": authority([(IMPATIENT.officers, exponential(IMPATIENT.work))])},
        suppliers={"wescam": {"country": "CA", "authority": "gac", "slots": 1_000_000, "lead_time": "0d"}},
        demand={"impatient": line(once_in(gap), {"wescam": {}}, patience={"review": exponential(IMPATIENT.patience)})},
    )  # fmt: skip
    found = []
    for rows in plays(plan, 60 * profile.times):
        applied, started, withdrawn = (rows.at(fact) for fact in (Fact.APPLIED, Fact.REVIEW_STARTED, Fact.WITHDRAWN))
        counted = (applied >= 0) & (applied < plan.end - TAIL * gap)
        gone = counted & (withdrawn > BEFORE)
        at_work = gone & (started > BEFORE)
        taken_up, left = counted & (started > BEFORE), gone & ~at_work
        wait = np.where(taken_up, started, withdrawn) - applied
        found.append([
            left.sum() / counted.sum(), at_work.sum() / counted.sum(),
            wait[taken_up | left].mean(), wait[taken_up].mean(),
        ])  # fmt: skip
    return np.array(found)


def compare_impatient(profile: Profile, assumed: Impatient = IMPATIENT) -> list[Comparison]:
    waiting, at_work, wait, wait_of_those_taken_up = withdrawals(profile).T
    return [
        mean("share withdrawn waiting", waiting, assumed.withdrawn_waiting()),
        mean("share withdrawn at work", at_work, assumed.withdrawn_at_work()),
        mean("mean wait, min", wait, assumed.mean_wait()),
        mean("mean wait of those taken up, min", wait_of_those_taken_up, assumed.mean_wait_of_those_taken_up()),
    ]


IMPATIENT_LAW = Law(
    "M/M/3+M, patience for review",
    "Palm 1957 (Erlang A), Mandelbaum and Zeltyn 2007",
    compare_impatient,
    {
        "patience 5 % longer": Planted(against(compare_impatient, Impatient(3, 3300.0, 8400.0))),
        "one officer more": Planted(against(compare_impatient, Impatient(4, 3300.0, 8000.0))),
    },
)

LAWS = (*(law_of_mmc(*case) for case in CASES), *(law_of_mg1(kind) for kind in WORKS), SLOTS_LAW, IMPATIENT_LAW)
