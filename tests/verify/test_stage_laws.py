"""What theory knows of stages that only some need, that send back or that sit; what is wrong on purpose is refused.

All comparisons share the level 1e-3: each is refused below 1e-3 divided by their number. Seeds are fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from laws.comparing import mean
from laws.queues import Theory
from laws.worlds import DAY, Rows, exponential, once_in, plays, world
from scipy import stats

from exportsim.lifecycle import Fact

GAP, PLAYS = 1000.0, 40  # minutes between applications, and plays
COUNTED, WARM_UP, TAIL = 5000, 1000, 400  # applications of a play: those looked at, before, and at its end
LEVEL = 1e-3 / 5


def played(name: str, **stage: Any) -> Iterator[tuple[np.ndarray, Rows]]:
    """Plays of an office of one stage, each with which applications count: those neither of the warm-up nor late."""
    days = (COUNTED + TAIL) * GAP / DAY
    office = {
        "country": "CA", "calendar": {"weekend": []}, "review": [{"stage": "board", **stage}],
        "traffic": {"applications": once_in(GAP)},
    }  # fmt: skip
    plan = world(days, WARM_UP * GAP / DAY, authorities={name: office})
    for rows in plays(plan, PLAYS):
        applied = rows.at(Fact.APPLIED)
        yield (applied >= 0) & (applied < plan.end - TAIL * GAP), rows


# ------------------------------------------------------------------ thinning: a share of a Poisson stream is one


SHARE, OFFICERS, WORK = 0.4, 2, 4000.0


@cache
def thinned() -> np.ndarray:
    """By play: the mean wait of those that need the stage, and how many of all need it."""
    found = []
    for counted, rows in played("thinned", officers=OFFICERS, work=exponential(WORK), share=SHARE):
        applied, started = rows.at(Fact.APPLIED), rows.at(Fact.REVIEW_STARTED)
        need = counted & (started >= applied) & (started >= 0)
        found.append([(started - applied)[need].mean(), need.sum(), (counted & ~need).sum()])
    return np.array(found)


@pytest.mark.parametrize(("share", "refused"), [(SHARE, False), (SHARE * 1.05, True), (1.0, True)])
def test_a_share_of_the_applications_waits_as_erlang_says(share: float, refused: bool) -> None:
    """Those who need the stage come as a Poisson stream: M/M/2 with a share of the arrivals (Erlang C)."""
    load = min(share * WORK / GAP / OFFICERS, 0.99)
    assert (mean("mean wait, min", thinned()[:, 0], Theory(OFFICERS, load, WORK).mean_wait).p < LEVEL) is refused


@pytest.mark.parametrize(("share", "refused"), [(SHARE, False), (SHARE * 1.02, True)])
def test_so_many_need_it(share: float, refused: bool) -> None:
    need, others = thinned()[:, 1:].sum(axis=0).astype(int)
    assert (stats.binomtest(int(need), int(need + others), share).pvalue < LEVEL) is refused


# ------------------------------------------------------------------ a loop: Jackson's network with feedback


BACK, ANSWER, DESK = 0.3, 9000.0, 450.0


@cache
def looped() -> list[float]:
    """By play: the mean time from application to decision."""
    found = []
    returns = {"chance": BACK, "answer": exponential(ANSWER), "most": 1000}
    for counted, rows in played("looped", officers=1, work=exponential(DESK), returns=returns):
        applied, decided = rows.at(Fact.APPLIED), rows.at(Fact.APPROVED)
        counted &= decided >= applied
        found.append(float((decided - applied)[counted].mean()))
    return found


@pytest.mark.parametrize(
    ("back", "answer", "refused"), [(BACK, ANSWER, False), (0.33, ANSWER, True), (BACK, 9900.0, True)]
)
def test_what_is_sent_back_passes_as_jackson_says(back: float, answer: float, refused: bool) -> None:
    """Each node of the network is as if alone (Jackson 1957): one officer with the arrivals of all visits, and those
    who answer, as many as there are; time in the network by Little's law.
    """
    load = DESK / GAP / (1 - back)
    time = GAP * (load / (1 - load)) + back / (1 - back) * answer
    assert (mean("time in review, min", looped(), time).p < LEVEL) is refused


# ------------------------------------------------------------------ a committee: batches on a grid


EVERY, MOST = 10, 16  # days between sittings; 14.4 applications come in that time


@cache
def sat(most: int | None) -> list[float]:
    """By play: the mean wait for a sitting."""
    found = []
    sits = {"every": f"{EVERY}d", "from": "2001-01-01"} | ({} if most is None else {"most": most})
    for counted, rows in played(f"sat-{most}", sits=sits):
        applied, dealt_with = rows.at(Fact.APPLIED), rows.at(Fact.REVIEW_STARTED)
        counted &= dealt_with >= applied
        found.append(float((dealt_with - applied)[counted].mean()))
    return found


def bulk_wait(every: float, most: int, states: int = 600) -> float:
    """The mean wait, in minutes, for sittings that deal with so many (Bailey 1954): the chain of those left over."""
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


@pytest.mark.parametrize(("every", "refused"), [(EVERY, False), (EVERY * 1.03, True)])
def test_a_committee_that_deals_with_all_keeps_them_waiting_half_its_time(every: float, refused: bool) -> None:
    assert (mean("mean wait, min", sat(None), every * DAY / 2).p < LEVEL) is refused


@pytest.mark.parametrize(("most", "refused"), [(MOST, False), (MOST + 1, True), (MOST * 2, True)])
def test_a_committee_that_deals_with_so_many_keeps_them_waiting_as_bailey_says(most: int, refused: bool) -> None:
    assert (mean("mean wait, min", sat(MOST), bulk_wait(EVERY, most)).p < LEVEL) is refused
