"""Who is taken up first: Cobham's mean waits of two ranks, where nobody at work is interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from exportsim.lifecycle import Fact
from laws.comparing import Comparison, Law, Planted, Profile, against, mean
from laws.queues import BEFORE, TAIL, erlang_c
from laws.worlds import DAY, FIRST_DAY, authority, exponential, line, once_in, plays, world

COUNTED, SETTLING, PLAYS = 6000, 1400, 40


@dataclass(frozen=True)
class Ranks:
    """Applications of two ranks, with the same exponential work. All in minutes."""

    officers: int
    work: float
    first: float
    """Mean gap between those that are taken up first."""
    others: float

    @property
    def loads(self) -> tuple[float, float]:
        """The share of time worked on those taken up first, and on all."""
        first, others = (self.work / self.officers / gap for gap in (self.first, self.others))
        return first, first + others

    def waits(self) -> tuple[float, float]:
        """Mean waits of the first and of the others."""
        first, both = self.loads
        until_one_is_free = erlang_c(self.officers, both) * self.work / self.officers
        return until_one_is_free / (1 - first), until_one_is_free / ((1 - first) * (1 - both))

    def waits_in_turn(self) -> tuple[float, float]:
        """The same if all were taken up in the order in which they came."""
        _, both = self.loads
        wait = erlang_c(self.officers, both) * self.work / self.officers / (1 - both)
        return wait, wait

    def waits_with_interruption(self) -> tuple[float, float]:
        """The same if the first did not even wait for others to be finished: with one officer."""
        first, both = self.loads
        return first * self.work / (1 - first), self.work * (1 / ((1 - first) * (1 - both)) - 1)


CASES = {1: Ranks(1, 1000.0, 2000.0, 10_000 / 3), 3: Ranks(3, 3000.0, 2000.0, 10_000 / 3)}
GAP = 1250.0  # between applications of both ranks


@cache
def waits(profile: Profile, officers: int) -> np.ndarray:
    """Of each play the mean waits of both ranks: (plays, 2)."""
    case = CASES[officers]
    lines = {
        "first": line(once_in(case.first), {"wescam": {}}),
        "others": line(once_in(case.others), {"wescam": {}}, destination="PL"),
    }
    measure = {"on": str(FIRST_DAY), "destinations": ["TR"], "priority": "first"}
    plan = world(
        (SETTLING + COUNTED + TAIL) * GAP / DAY, 0,
        authorities={"gac": authority([(officers, exponential(case.work))])},
        suppliers={"wescam": {"country": "CA", "authority": "gac", "slots": 1_000_000, "lead_time": "0d"}},
        demand=lines,
        policies={"some-first": {"measures": [measure]}},
    )  # fmt: skip
    found = []
    for rows in plays(plan, PLAYS * profile.times):
        means = []
        for number in range(len(lines)):
            moments = []
            for fact in (Fact.APPLIED, Fact.REVIEW_STARTED):
                minute, order, of = rows.of(fact, "minute", "order", "line")
                at = np.full(int(rows.column("order").max(initial=0)) + 1, BEFORE)
                at[order[of == number]] = minute[of == number]
                moments.append(at)
            applied, started = moments
            counted = (applied >= SETTLING * GAP) & (applied < plan.end - TAIL * GAP)
            means.append(float((started - applied)[counted].mean()))
        found.append(means)
    return np.array(found)


def compare_ranks(profile: Profile, officers: int, assumed: tuple[float, float] | None = None) -> list[Comparison]:
    first, others = waits(profile, officers).T
    theory = assumed or CASES[officers].waits()
    return [mean("mean wait of the first, min", first, theory[0]), mean("mean wait of others, min", others, theory[1])]


def law_of_ranks(officers: int) -> Law:
    case = CASES[officers]
    more = Ranks(officers, case.work, case.first / 1.05, case.others / 1.05)
    planted = {
        "all taken up in their turn": Planted(against(compare_ranks, officers, case.waits_in_turn())),
        "arrivals 5 % more": Planted(against(compare_ranks, officers, more.waits())),
    }
    if officers == 1:
        interrupted = case.waits_with_interruption()
        planted["work in hand interrupted"] = Planted(against(compare_ranks, officers, interrupted))
    return Law(f"M/M/{officers}, two ranks", "Cobham 1954", against(compare_ranks, officers), planted)


LAWS = tuple(law_of_ranks(officers) for officers in CASES)
