"""Stages of their own kind: those that only some need, that send back, and that sit on days of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from exportsim.lifecycle import Fact
from laws.comparing import Comparison, Law, Planted, Profile, against, mean, share
from laws.queues import TAIL, Theory
from laws.worlds import DAY, Rows, exponential, once_in, plays, world

GAP, PLAYS = 1000.0, 40  # minutes between applications, and plays
COUNTED, WARM_UP = 5000, 1000  # applications of a play: those looked at, and those before


def played(profile: Profile, name: str, **stage: Any) -> Iterator[tuple[np.ndarray, Rows]]:
    """Plays of an office of one stage, each with which applications count: those neither of the warm-up nor late."""
    days = (COUNTED + TAIL) * GAP / DAY
    office = {
        "country": "CA", "calendar": {"weekend": []}, "review": [{"stage": "board", **stage}],
        "traffic": {"applications": once_in(GAP)},
    }  # fmt: skip
    plan = world(days, WARM_UP * GAP / DAY, authorities={name: office})
    for rows in plays(plan, PLAYS * profile.times):
        applied = rows.at(Fact.APPLIED)
        yield (applied >= 0) & (applied < plan.end - TAIL * GAP), rows


# ------------------------------------------------------------------ thinning: a share of a Poisson stream is one

SHARE, OFFICERS, WORK = 0.4, 2, 4000.0


@cache
def thinned(profile: Profile) -> np.ndarray:
    """By play: the mean wait of those that need the stage, how many of all need it, and how many do not."""
    found = []
    for counted, rows in played(profile, "thinned", officers=OFFICERS, work=exponential(WORK), share=SHARE):
        applied, started = rows.at(Fact.APPLIED), rows.at(Fact.REVIEW_STARTED)
        need = counted & (started >= applied) & (started >= 0)
        found.append([(started - applied)[need].mean(), need.sum(), (counted & ~need).sum()])
    return np.array(found)


def compare_thinned(profile: Profile, waits_as: float = SHARE, needed_by: float = SHARE) -> list[Comparison]:
    """Those who need the stage come as a Poisson stream: M/M/2 with a share of the arrivals."""
    waits, need, others = thinned(profile).T
    theory = Theory(OFFICERS, min(waits_as * WORK / GAP / OFFICERS, 0.99), WORK)
    number = int(need.sum())
    return [
        mean("mean wait, min", waits, theory.mean_wait),
        share("share that needs it", number, number + int(others.sum()), needed_by),
    ]


THINNED_LAW = Law(
    f"a stage that {SHARE:.0%} need, M/M/2",
    "Rényi 1956, Erlang 1917 (C)",
    compare_thinned,
    {
        "5 % more wait there": Planted(against(compare_thinned, waits_as=SHARE * 1.05), frozenset({"mean wait, min"})),
        "all wait there": Planted(against(compare_thinned, waits_as=1.0), frozenset({"mean wait, min"})),
        "needed by 2 % more": Planted(
            against(compare_thinned, needed_by=SHARE * 1.02), frozenset({"share that needs it"})
        ),
    },
)

# ------------------------------------------------------------------ a loop: Jackson's network with feedback

BACK, ANSWER, DESK = 0.3, 9000.0, 450.0


@cache
def looped(profile: Profile) -> list[float]:
    """By play: the mean time from application to decision."""
    found = []
    returns = {"chance": BACK, "answer": exponential(ANSWER), "most": 1000}
    for counted, rows in played(profile, "looped", officers=1, work=exponential(DESK), returns=returns):
        applied, decided = rows.at(Fact.APPLIED), rows.at(Fact.APPROVED)
        decided_in_time = counted & (decided >= applied)
        found.append(float((decided - applied)[decided_in_time].mean()))
    return found


def compare_loop(profile: Profile, back: float = BACK, answer: float = ANSWER) -> list[Comparison]:
    """Each node of the network is as if alone: one officer with the arrivals of all visits, and those who answer, as
    many as there are; time in the network by Little's law.
    """
    load = DESK / GAP / (1 - back)
    time = GAP * (load / (1 - load)) + back / (1 - back) * answer
    return [mean("mean time in review, min", looped(profile), time)]


LOOP_LAW = Law(
    f"a stage that sends {BACK:.0%} back, a Jackson network with feedback",
    "Jackson 1957, Little 1961",
    compare_loop,
    {
        "33 % are sent back": Planted(against(compare_loop, back=0.33)),
        "answers take 10 % longer": Planted(against(compare_loop, answer=ANSWER * 1.1)),
    },
)

# ------------------------------------------------------------------ a committee: batches on a grid

EVERY, MOST = 10, 16  # days between sittings; 14.4 applications come in that time


@cache
def sat(profile: Profile, most: int | None) -> list[float]:
    """By play: the mean wait for a sitting."""
    found = []
    sits = {"every": f"{EVERY}d", "from": "1990-01-01"} | ({} if most is None else {"most": most})
    for counted, rows in played(profile, f"sat-{most}", sits=sits):
        applied, dealt_with = rows.at(Fact.APPLIED), rows.at(Fact.REVIEW_STARTED)
        seen = counted & (dealt_with >= applied)
        found.append(float((dealt_with - applied)[seen].mean()))
    return found


@cache
def bulk_wait(every: float, most: int, states: int = 600) -> float:
    """The mean wait, in minutes, for sittings that deal with so many: the chain of those left over."""
    arriving = every * DAY / GAP
    coming = stats.poisson.pmf(np.arange(states), arriving)
    left = np.zeros(states)
    left[0] = 1.0
    for _ in range(4000):
        there = np.convolve(left, coming)[:states]
        after = np.append(there[most:], np.zeros(most))
        after[0] = there[: most + 1].sum()
        if np.abs(after - left).max() < 1e-13:
            break
        left = after / after.sum()
    # Between sittings those left over, and on average half of those who come.
    return float((left @ np.arange(states) + arriving / 2) * GAP)


def compare_committee(profile: Profile, every: float = EVERY) -> list[Comparison]:
    """Who comes at any time waits on average half of the time between two sittings."""
    return [mean("mean wait, min", sat(profile, None), every * DAY / 2)]


def compare_busy_committee(profile: Profile, most: int = MOST) -> list[Comparison]:
    return [mean("mean wait, min", sat(profile, MOST), bulk_wait(EVERY, most))]


COMMITTEE_LAW = Law(
    "a committee that deals with all",
    "by hand: half of the time between sittings",
    compare_committee,
    {"it sits 3 % less often": Planted(against(compare_committee, EVERY * 1.03))},
)

BUSY_COMMITTEE_LAW = Law(
    f"a committee that deals with {MOST}, a queue with bulk service",
    "Bailey 1954",
    compare_busy_committee,
    {
        "it deals with one more": Planted(against(compare_busy_committee, MOST + 1)),
        "it deals with twice as many": Planted(against(compare_busy_committee, MOST * 2)),
    },
)

LAWS = (THINNED_LAW, LOOP_LAW, COMMITTEE_LAW, BUSY_COMMITTEE_LAW)
