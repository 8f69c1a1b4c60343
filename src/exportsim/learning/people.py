"""Who worked at each stage, where a log names the officers, and how many of them there were at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exportsim.learning.in_hand import InHand
from exportsim.learning.intervals import OUTSIDE
from exportsim.learning.visits import Visits
from exportsim.plan import Int

NEARLY_ALL = 0.9  # of the visits: of a stage with fewer that name an officer, nothing is said of them
SELDOM = 0.05  # of the time, or of the visits: in so little, two at once or another stage are exceptions


@dataclass(frozen=True)
class Named:
    """The officers that a log names at a stage.

    Attributes
    ----------
    people : int
        All that are named.
    number : int
        How many there were for most of the time.
    low, high : int
        Between which their number lies in 95 % of the time.
    several : float
        Of the time for which they have applications in hand, the share in which they have another in hand; 0 where
        beginnings are not recorded.
    shared : float
        The share of the visits by those who work at other stages as well.
    n : int
        Visits that name one.
    """

    people: int
    number: int
    low: int
    high: int
    several: float
    shared: float
    n: int

    @property
    def one_at_a_time(self) -> bool:
        """Whether they have one application in hand at a time, and no other stage."""
        return self.several <= SELDOM and self.shared <= SELDOM


def named_at(visits: Visits, stage: int, last: int, *, timed: bool) -> Named | None:
    """The officers that are named at a stage; None if too few of its visits name one.

    An officer is there from the beginning of the first of his visits to the end of the last, and on to the beginning or
    the end of the log if that is no farther than the longest pause between two of them.
    """
    there = visits.stage == stage
    who = visits.officer[there]
    if not there.any() or (who >= 0).sum() < NEARLY_ALL * len(who):
        return None
    kept = there & (visits.officer >= 0)
    who, began = visits.officer[kept], visits.began[kept] if timed else visits.ended[kept]
    ended = np.where(visits.ended[kept] >= 0, visits.ended[kept], last)
    began = np.where(began >= 0, began, ended)
    first, until = int(began.min()), int(ended.max())
    froms, tos = [], []
    in_hand = alone = 0
    people = np.unique(who)
    for each in people:
        its = who == each
        its_began, its_ended = np.sort(began[its]), np.sort(ended[its])
        moments = np.sort(np.concatenate([its_began, its_ended]))
        pause = int(np.diff(moments).max(initial=0))
        froms.append(first if moments[0] - first <= pause else int(moments[0]))
        tos.append(until if until - moments[-1] <= pause else int(moments[-1]))
        in_hand += int((its_ended - its_began).sum())
        alone += InHand(its_began, its_ended).time_above(0)
    number, low, high = _at_a_time(np.array(froms), np.array(tos))
    elsewhere = np.isin(who, np.unique(visits.officer[(visits.stage != stage) & (visits.officer >= 0)]))
    return Named(
        people=len(people), number=number, low=low, high=high,
        several=1 - alone / in_hand if in_hand else 0.0, shared=float(elsewhere.mean()), n=int(kept.sum()),
    )  # fmt: skip


def _at_a_time(froms: Int, tos: Int) -> tuple[int, int, int]:
    """How many are there for most of the time, and between which their number lies in 95 % of it."""
    there = InHand(froms, np.maximum(tos, froms + 1))
    lasts = np.bincount(there.level[:-1], weights=np.diff(there.minutes))
    upto = np.cumsum(lasts) / lasts.sum()
    low, high = (int(np.searchsorted(upto, level)) for level in (OUTSIDE, 1 - OUTSIDE))
    return int(lasts.argmax()), low, high
