"""Days of every so many weeks on which something of a log ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import bdtrc

from exportsim.plan import Int
from exportsim.scenario.quantities import MINUTES_A_DAY

WEEKS = 8  # the most that lie between two sittings
TRIED = 7 * WEEKS * (WEEKS + 1) // 2  # rhythms, each with its days
WEEKDAYS = 5  # a week: on more, days would fall into a rhythm by chance more seldom
CHANCE = 0.01  # at which days are taken for those of a rhythm
MOSTLY = 0.8  # of what ends: so much does on the days of a rhythm themselves, not on one that they are put off to


class Rhythm(NamedTuple):
    """Days of which one is every so many weeks; they leave the remainder ``day`` by so many days."""

    weeks: int
    day: int


def rhythm_of(ended: Int) -> Rhythm | None:
    """The days on which something ends, if they have a rhythm of weeks, the longest that they have.

    They have if four fifths of what ends does so on its days, and so many of all days would be among them in fewer than
    one in a hundred logs, if each were any day of five in a week. All rhythms that are tried count for that.
    """
    days = ended // MINUTES_A_DAY
    distinct = np.unique(days)
    for weeks in range(WEEKS, 0, -1):
        counts = np.bincount(days % (7 * weeks), minlength=7 * weeks)
        day = int(counts.argmax())
        if counts[day] < MOSTLY * max(len(days), 1):
            continue
        on = int((distinct % (7 * weeks) == day).sum())
        if TRIED * float(bdtrc(on - 1, len(distinct), 1 / (WEEKDAYS * weeks))) < CHANCE:
            return Rhythm(weeks, day)
    return None
