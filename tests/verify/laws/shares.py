"""Shares that are drawn order by order: who orders ahead, who uses a general licence, who files on hold."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np

from exportsim.lifecycle import Fact
from laws.comparing import Comparison, Law, Planted, Profile, against, cells, exact, share
from laws.flows import ENOUGH, NEVER, licensed
from laws.worlds import DAY, FIRST_DAY, authority, line, plays, world

A_YEAR, PLAYS = 100, 1000

# ------------------------------------------------------------------ ordering ahead

ANNOUNCED, STOP, WITHIN = 100, 300, 120  # days: when it is announced, when it begins, and from how long after it
AHEAD, PERIODS = 0.3, 20


@cache
def ahead(profile: Profile) -> tuple[int, int, np.ndarray, int, int]:
    """Orders that would come in the time after a stop: how many, and how many come ahead, by when they do.

    Then how many others there are, and of how many of those the time is another. All plays together.
    """
    stop = {"on": str(FIRST_DAY + timedelta(STOP)), "applications": "hold"}
    plan = world(
        STOP + WITHIN + 60, 0,
        authorities={"gac": authority([(ENOUGH, "0d")])},
        suppliers={"wescam": licensed()},
        demand={"ahead": line(f"{A_YEAR}/y", {"wescam": {}}, anticipation={"share": AHEAD, "within": f"{WITHIN}d"})},
        policies={
            "sudden": {"measures": [stop]},
            "announced": {"measures": [stop | {"announced": str(FIRST_DAY + timedelta(ANNOUNCED))}]},
        },
    )  # fmt: skip
    number = moved = others = wrong = 0
    when = np.zeros(PERIODS, dtype=np.int64)
    futures = PLAYS * profile.times
    for one, other in zip(plays(plan, futures), plays(plan, futures, policy=1), strict=True):
        own, minute = one.at(Fact.ORDERED), other.at(Fact.ORDERED)
        concerned = (own >= STOP * DAY) & (own < (STOP + WITHIN) * DAY)
        comes_ahead = minute[concerned & (minute != own)]
        number, moved = number + int(concerned.sum()), moved + len(comes_ahead)
        part = (comes_ahead / DAY - ANNOUNCED) / (STOP - ANNOUNCED) * PERIODS
        others, wrong = others + int((~concerned & (own > NEVER)).sum()), wrong + int((minute != own)[~concerned].sum())
        wrong += int(((part < 0) | (part >= PERIODS)).sum())
        when += np.bincount(np.clip(part.astype(np.int64), 0, PERIODS - 1), minlength=PERIODS)
    return number, moved, when, others, wrong


def compare_ahead(profile: Profile, assumed: float = AHEAD, later: float = 0.0) -> list[Comparison]:
    """So many come ahead, each by itself, at any time between announcement and stop; nobody else does.

    ``later`` plants an error: by how much more come in the second half of that time.
    """
    number, moved, when, others, wrong = ahead(profile)
    tilt = 1 + later * np.sign(np.arange(PERIODS) - PERIODS / 2 + 0.5)
    return [
        share("share that comes ahead", moved, number, assumed),
        cells("when they come", when, moved / PERIODS * tilt),
        exact("orders that come when they must not", wrong, others),
    ]


AHEAD_LAW = Law(
    "ordering ahead of what is announced",
    "docs/model.md, binomial; Pearson 1900",
    compare_ahead,
    {
        "a share of 0.315": Planted(against(compare_ahead, 0.315), frozenset({"share that comes ahead"})),
        "the later half likelier by 10 %, the other less": Planted(
            against(compare_ahead, later=0.1), frozenset({"when they come: χ²"})
        ),
    },
)

# ------------------------------------------------------------------ a general licence, and filing on hold

TAKE_UP, FILED = 0.7, 0.35
SHARES: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {  # what a measure does, the line, and the share
    "use a general licence": ({"applications": "exempt", "take_up": TAKE_UP}, {}, TAKE_UP),
    "file on hold": ({"applications": "hold"}, {"filing": {"hold": FILED}}, FILED),
}


@cache
def so_many(profile: Profile, what: str) -> tuple[int, int]:
    """How many orders do so, and of how many."""
    measure, filing, _ = SHARES[what]
    plan = world(
        365, 0,
        authorities={"gac": authority([(ENOUGH, "0d")])},
        suppliers={"wescam": licensed()},
        demand={what.replace(" ", "-"): line(f"{A_YEAR}/y", {"wescam": {}}, **filing)},
        policies={"so": {"measures": [{"on": str(FIRST_DAY), **measure}]}},
    )  # fmt: skip
    done = orders = 0
    for rows in plays(plan, PLAYS * profile.times):
        ordered, applied = rows.at(Fact.ORDERED) > NEVER, rows.at(Fact.APPLIED) > NEVER
        does = ordered & (~applied if "take_up" in measure else applied)
        done, orders = done + int(does.sum()), orders + int(ordered.sum())
    return done, orders


def compare_share(profile: Profile, what: str, assumed: float = 0.0) -> list[Comparison]:
    return [share(f"share of orders that {what}", *so_many(profile, what), assumed or SHARES[what][2])]


def law_of_share(what: str) -> Law:
    right = SHARES[what][2]
    return Law(
        f"orders that {what}",
        "docs/model.md, binomial",
        against(compare_share, what),
        {f"a share of {right + 0.015:.3f}": Planted(against(compare_share, what, right + 0.015))},
    )


LAWS = (AHEAD_LAW, *(law_of_share(what) for what in SHARES))
