"""Small worlds, and what their plays say. The calendars have no weekend and no holidays: theory knows no Sundays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player
from exportsim.lifecycle import Fact
from exportsim.packed_rows import columns
from exportsim.plan import Plan
from exportsim.scenario import Scenario, build
from laws.comparing import SEED

MINUTES_A_YEAR = 525_960
DAY = 1440
FIRST_DAY = date(2001, 1, 1)


def exponential(minutes: float) -> dict[str, Any]:
    return {"exponential": {"mean": f"{minutes:.6f}min"}}


def once_in(minutes: float) -> str:
    """The rate of what comes once in so many minutes."""
    return f"{MINUTES_A_YEAR / minutes:.9f}/y"


def authority(stages: Sequence[tuple[int, Any]], **further: Any) -> dict[str, Any]:
    """An authority that never closes: officers and work of each stage."""
    review = [
        {"stage": f"stage-{number}", "officers": officers, "work": work}
        for number, (officers, work) in enumerate(stages, 1)
    ]
    return {"country": "CA", "calendar": {"weekend": []}, "review": review, **further}


def line(orders: str, sources: Mapping[str, Any], **further: Any) -> dict[str, Any]:
    """A line of orders from abroad."""
    return {"buyer": "baykar", "destination": "TR", "goods": "imaging", "orders": orders, "value": 1000,
            "sources": dict(sources), **further}  # fmt: skip


def scenario(days: float, warm_up: float, **content: Any) -> Scenario:
    """A scenario with a period and a warm-up of so many days, or a day more.

    Parameters
    ----------
    days, warm_up : float
    content
        ``authorities``, ``suppliers``, ``demand`` and ``policies`` of the scenario, as far as they are needed.
    """
    written: dict[str, Any] = {
        "exportsim": 1,
        "period": {
            "start": str(FIRST_DAY),
            "end": str(FIRST_DAY + timedelta(days=math.ceil(days) - 1)),
            "warm_up": f"{math.ceil(warm_up)}d",
        },
        "currency": "CAD",
        "goods": {"imaging": {}},
        "suppliers": {"anybody": {"country": "CA", "slots": 1, "lead_time": "1d"}},
        "demand": {"nobody": line("0/y", {"anybody": {}})},
        "policies": {"unrestricted": {"measures": []}},
    }
    return build(written | content)


def world(days: float, warm_up: float, **content: Any) -> Plan:
    """The same, ready to be played."""
    return compile_plan(scenario(days, warm_up, **content))


def office(name: str, stages: Sequence[tuple[int, Any]], gap: float, *, counted: int, warm_up: int) -> Plan:
    """An office with nothing to do but other traffic.

    Parameters
    ----------
    name : str
        Addresses its luck: worlds of other names have other luck.
    stages : sequence of (int, distribution)
        Officers and work of each stage.
    gap : float
        Mean minutes between applications.
    counted, warm_up : int
        About how many applications come in the period, and in the warm-up.
    """
    content = authority(stages, traffic={"applications": once_in(gap)})
    return world(counted * gap / DAY, warm_up * gap / DAY, authorities={name: content})


class Rows:
    """The facts of one play, good until the next."""

    def __init__(self, rows: np.ndarray) -> None:
        self.stated = columns(rows)
        self.minute, self.fact = self.stated.minute, self.stated.fact

    def column(self, name: str) -> np.ndarray:
        """A column of all rows."""
        return getattr(self.stated, name)

    def of(self, fact: Fact, *names: str) -> list[np.ndarray]:
        """Columns of the rows that state a fact, in order."""
        rows = np.flatnonzero(self.fact == fact)
        return [self.column(name)[rows] for name in names]

    def at(self, fact: Fact) -> np.ndarray:
        """The minute of a fact by the number of the order, where each order has it at most once; -1 << 60 if never."""
        minutes = np.full(int(self.stated.order.max(initial=0)) + 1, -1 << 60)
        minute, order = self.of(fact, "minute", "order")
        minutes[order] = minute
        return minutes


def plays(plan: Plan, futures: int, policy: int = 0) -> Iterator[Rows]:
    """Play a policy against the futures 0, 1, 2, …"""
    one = Player(plan, policy)
    for future in range(futures):
        yield Rows(one.play(seed=SEED, future=future))
