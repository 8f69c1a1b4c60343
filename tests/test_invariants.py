"""Every rule about ledgers holds of good ones, and is seen to fail on a bad one made from a good one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim
from exportsim import invariants
from exportsim.ledger import COLUMNS, Ledger, Row
from exportsim.lifecycle import Fact
from exportsim.scenario import build
from exportsim.scenario.schema import Scenario

DAY = 1440
WORLD: dict[str, Any] = {
    "exportsim": 1,
    "period": {"start": "2020-01-01", "end": "2020-04-30", "warm_up": "5d"},
    "currency": "CAD",
    "goods": {"imaging": {}},
    "authorities": {
        "gac": {
            "country": "CA",
            "validity": "30d",
            "review": [
                {"stage": "intake", "officers": 1, "work": "1d"},
                {"stage": "decision", "officers": 2, "work": "2d"},
            ],
            "case_by_case": {"review": [{"stage": "minister", "officers": 1, "work": "1d"}]},
            "traffic": {"applications": {"2020-01-02": "3/d", "2020-01-03": "0/y"}},
        }
    },
    "suppliers": {
        "wescam": {"country": "CA", "authority": "gac", "slots": 1, "lead_time": "3d"},
        "hensoldt": {"country": "ZA", "slots": 2, "lead_time": "5d"},
        "aselsan": {"country": "TR", "slots": 3, "ramp_up": "4d", "lead_time": "2d"},
    },
    "demand": {
        "sensors": {
            "buyer": "baykar",
            "destination": "TR",
            "goods": "imaging",
            "orders": {"2020-01-01": "6/d", "2020-01-02": "0/y", "2020-02-15": "4/d", "2020-02-16": "0/y"},
            "value": "10.01",
            "parts": 3,
            "sources": {
                "wescam": {"weight": 10},
                "hensoldt": {},
                "aselsan": {"weight": 5, "qualification": {"starts": "disruption", "time": "10d"}},
            },
            "patience": {"review": "25d", "suspension": "12d", "unserved": "30d"},
        },
        "optics": {
            "buyer": "tai",
            "destination": "AE",
            "goods": "imaging",
            "orders": {"2020-01-01": "3/d", "2020-01-02": "0/y"},
            "value": 100,
            "parts": 1,
            "programmes": {"nato": 0.5},
            "sources": {"wescam": {}},
            "patience": {"unserved": "9d"},
            "filing": {"hold": 0.5, "lag": "2d"},
        },
    },
    "incidents": {"karabakh": {"on": "2020-02-01", "window": "1y", "exposure": "0.01"}},
    "policies": {
        "free": {"measures": []},
        "suspension": {
            "measures": [
                {"on": "2020-01-07", "permits": "suspended"},
                {"on": "2020-01-12", "permits": "in_force"},
                {"on": "2020-01-16", "permits": "suspended"},
                {"on": "2020-01-20", "cancel": "suspended"},
            ]
        },
        "waiting": {"measures": [{"on": "2020-01-08", "permits": "suspended"}]},
        "hold": {
            "measures": [
                {"on": "2020-01-03", "applications": "hold"},
                {"on": "2020-01-10", "applications": "open"},
                {"on": "2020-02-15", "applications": "exempt"},
            ]
        },
        "hold from the start": {
            "measures": [{"on": "2020-01-01", "applications": "hold"}, {"on": "2020-01-06", "applications": "open"}]
        },
        "lasting hold": {"measures": [{"on": "2020-01-01", "applications": "hold"}]},
        "long hold": {"measures": [{"on": "2020-01-03", "applications": "hold"}]},
        "case by case": {"measures": [{"on": "2020-01-02", "applications": "case_by_case"}]},
        "denial": {
            "measures": [
                {"on": "2020-01-02", "applications": "deny"},
                {"on": "2020-02-15", "officers": {"intake": 3, "decision": 1}},
            ]
        },
        "early denial": {"measures": [{"on": "2020-01-01", "applications": "deny"}]},
        "verdict": {
            "measures": [
                {
                    "on": "2020-01-07",
                    "outcomes": [
                        {"chance": 0.5, "permits": "suspended"},
                        {"chance": 0.5, "officers": {"intake": 2}},
                    ],
                }
            ]
        },
        "ranked": {"measures": [{"on": "2020-01-01", "priority": "first", "work": 2, "destinations": ["AE"]}]},
        "doctrine": {
            "measures": [
                {"after": "karabakh", "delay": "3d", "permits": "suspended"},
                {"when": {"in_review": {"above": 4, "below": 1}, "every": "1d"}, "officers": {"intake": 2}},
            ]
        },
    },
}

MEETING: dict[str, Any] = {
    "exportsim": 1,
    "period": {"start": "2020-01-01", "end": "2020-04-30"},
    "currency": "CAD",
    "goods": {"imaging": {}},
    "authorities": {
        "gac": {
            "country": "CA",
            "review": [
                {"stage": "desk", "officers": 2, "work": "1d", "returns": {"chance": 0.5, "answer": "4d", "most": 2}},
                {"stage": "board", "sits": {"every": "5d", "from": "2020-01-06", "most": 3}},
            ],
        }
    },
    "suppliers": {"wescam": {"country": "CA", "authority": "gac", "slots": 2, "lead_time": "3d"}},
    "demand": {
        "sensors": {
            "buyer": "baykar",
            "destination": "TR",
            "goods": "imaging",
            "orders": {"2020-01-01": "1/d", "2020-02-20": "0/y"},
            "value": 100,
            "sources": {"wescam": {}},
            "anticipation": {"share": 0.5, "within": "20d"},
        }
    },
    "policies": {
        "announced": {
            "measures": [
                {"on": "2020-02-05", "announced": "2020-01-20", "applications": "hold"},
                {"on": "2020-02-25", "applications": "open"},
            ]
        },
    },
}
"""Where a committee meets, applications go back with questions, and orders come ahead of what is announced."""


COLUMNS_OF_DECISIONS = {"decided": "decided", "outcome": "outcome", "expires": "expires"}
REGISTER: dict[str, Any] = dict(
    MEETING,
    demand={
        "sensors": {
            "buyer": "baykar",
            "destination": "TR",
            "goods": "imaging",
            "orders": {"register": "recorded.csv", "date": "received", "as_of": "2020-01-15"} | COLUMNS_OF_DECISIONS,
            "value": 100,
            "sources": {"wescam": {}},
            "patience": {"review": "8d"},
        }
    },
    policies={
        "recorded": {"measures": []},
        "recorded-until": {"measures": [{"on": "2020-01-12", "applications": "hold"}]},
    },
)
"""Where a register tells what was decided, until the policies differ."""


@cache
def world(policy: str = "free") -> Scenario:
    """The world that has a policy."""
    written = next((each for each in (MEETING, REGISTER) if policy in each["policies"]), WORLD)
    policies = {name.replace(" ", "-"): each for name, each in written["policies"].items()}
    return build(dict(written, policies=policies), folder=Path(__file__).parent / "scenarios")


POLICIES = [*world().policies, *MEETING["policies"], *REGISTER["policies"]]


@cache
def ledger(policy: str, seed: int = 0) -> Ledger:
    return exportsim.simulate(world(policy), policy=policy, future=0, seed=seed)


def made_of(good: Ledger, rows: list[Row]) -> Ledger:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(COLUMNS))
    return dataclasses.replace(good, **{name: table[:, k].copy() for k, name in enumerate(COLUMNS)})


def at(rows: list[Row], fact: Fact, nth: int = 0, **where: int) -> int:
    """The place of the nth row with a fact (and with these values in these columns)."""
    found = [
        place
        for place, row in enumerate(rows)
        if row[1] == fact and all(row[COLUMNS.index(column)] == value for column, value in where.items())
    ]
    return found[nth]


def altered(rows: list[Row], place: int, **changes: int) -> list[Row]:
    row = list(rows[place])
    for column, value in changes.items():
        row[COLUMNS.index(column)] = value
    return [*rows[:place], tuple(row), *rows[place + 1 :]]  # type: ignore[list-item]


def without(rows: list[Row], place: int) -> list[Row]:
    return rows[:place] + rows[place + 1 :]


def moved(rows: list[Row], place: int, to: int) -> list[Row]:
    rest = without(rows, place)
    return [*rest[:to], rows[place], *rest[to:]]


def swapped(rows: list[Row], one: int, other: int) -> list[Row]:
    """Two rows that change places and keep their minutes."""
    changed = list(rows)
    changed[one], changed[other] = (rows[one][0], *rows[other][1:]), (rows[other][0], *rows[one][1:])  # type: ignore[assignment]
    return changed


def later(rows: list[Row], place: int, minutes: int) -> list[Row]:
    """A row put off, in its place in time."""
    row = rows[place]
    rest = without(rows, place)
    minute = row[0] + minutes
    to = next((k for k, other in enumerate(rest) if other[0] > minute), len(rest))
    return [*rest[:to], (minute, *row[1:]), *rest[to:]]  # type: ignore[list-item]


def everything_later(rows: list[Row], fact: Fact, minutes: int, **where: int) -> list[Row]:
    """All that happens in the minute of a row, put off together."""
    minute = rows[at(rows, fact, **where)][0]
    group = [(row[0] + minutes, *row[1:]) for row in rows if row[0] == minute]
    rest = [row for row in rows if row[0] != minute]
    return sorted([*rest, *group], key=lambda row: row[0])  # type: ignore[list-item]


def exempt_and_expired(rows: list[Row]) -> list[Row]:
    """A permit that was there without an application, expired at once."""
    place = next(k for k, row in enumerate(rows) if row[1] == Fact.APPROVED and rows[k - 1][1] == Fact.SOURCED)
    return [*rows[: place + 1], (rows[place][0], Fact.EXPIRED, *rows[place][2:]), *rows[place + 1 :]]


def of_the_other(rows: list[Row], place: int) -> list[Row]:
    """A row that speaks of the other of two: ``detail`` 0 becomes 1, and 1 becomes 0."""
    return altered(rows, place, detail=1 - rows[place][6])


def came_ahead(rows: list[Row]) -> int:
    """The place of the first order that has come before one of a lower number."""
    arrived = [place for place, row in enumerate(rows) if row[1] == Fact.ORDERED]
    return next(place for k, place in enumerate(arrived) if any(rows[to][3] < rows[place][3] for to in arrived[k:]))


Change = Callable[[list[Row]], list[Row]]

WRONG: list[tuple[str, str, Change]] = [
    ("time never goes back", "free", lambda rows: moved(rows, len(rows) - 1, 0)),
    ("time never goes back", "free", lambda rows: altered(rows, len(rows) - 1, minute=10_000 * DAY)),
    ("orders are numbered in their line", "free", lambda rows: altered(rows, at(rows, Fact.ORDERED, 1), order=99)),
    ("orders are worth what their line says", "free", lambda rows: altered(rows, at(rows, Fact.ORDERED), amount=0)),
    (
        "orders are worth what their line says",
        "free",
        lambda rows: altered(rows, at(rows, Fact.ORDERED, line=0), detail=1),
    ),
    ("passages are legal", "free", lambda rows: without(rows, at(rows, Fact.SOURCED))),
    ("passages are legal", "free", lambda rows: without(rows, at(rows, Fact.APPROVED, line=0))),
    ("passages are legal", "early-denial", lambda rows: [*rows, rows[at(rows, Fact.LOST)]]),
    (
        "attempts are numbered and end for good",
        "suspension",
        lambda rows: altered(rows, at(rows, Fact.SOURCED, attempt=2), attempt=3),
    ),
    (
        "attempts are numbered and end for good",
        "free",
        lambda rows: altered(rows, at(rows, Fact.APPROVED, line=0), supplier=1),
    ),
    ("nothing rests on the way", "suspension", lambda rows: later(rows, at(rows, Fact.SOURCED, attempt=2), DAY)),
    (
        "nothing rests on the way",
        "suspension",
        lambda rows: moved(rows, at(rows, Fact.SOURCED, attempt=2), at(rows, Fact.SOURCED, attempt=2) + 1),
    ),
    ("nothing rests on the way", "free", lambda rows: later(rows, at(rows, Fact.APPLIED, 2, line=0), 1)),
    ("money is conserved", "free", lambda rows: altered(rows, at(rows, Fact.APPROVED, line=0), amount=1000)),
    ("money is conserved", "free", lambda rows: altered(rows, at(rows, Fact.DELIVERED), amount=10_000)),
    ("money is conserved", "early-denial", lambda rows: altered(rows, at(rows, Fact.LOST), amount=1)),
    (
        "amounts stand where they are meant",
        "hold",
        lambda rows: altered(rows, at(rows, Fact.HELD), amount=1),
    ),
    (
        "amounts stand where they are meant",
        "hold",
        lambda rows: altered(rows, at(rows, Fact.MEASURE), amount=0),
    ),
    ("parts share the value", "free", lambda rows: altered(rows, at(rows, Fact.FINISHED, line=0), amount=332)),
    ("parts share the value", "free", lambda rows: altered(rows, at(rows, Fact.DELIVERED, detail=3), amount=333)),
    ("parts are produced in turn", "free", lambda rows: altered(rows, at(rows, Fact.FINISHED, detail=2), detail=3)),
    ("parts are produced in turn", "free", lambda rows: altered(rows, at(rows, Fact.DELIVERED, detail=2), detail=1)),
    (
        "finished parts are delivered or stranded at once",
        "free",
        lambda rows: later(rows, at(rows, Fact.DELIVERED, line=0), 1),
    ),
    (
        "finished parts are delivered or stranded at once",
        "suspension",
        lambda rows: without(rows, at(rows, Fact.STRANDED)),
    ),
    (
        "finished parts are delivered or stranded at once",
        "suspension",
        lambda rows: altered(rows, at(rows, Fact.STRANDED), fact=Fact.DELIVERED),
    ),
    (
        "sources may be used",
        "free",
        lambda rows: altered(rows, at(rows, Fact.SOURCED, line=0, supplier=1), supplier=2),
    ),
    (
        "sources may be used",
        "denial",
        lambda rows: altered(rows, at(rows, Fact.SOURCED, attempt=2), supplier=0),
    ),
    ("sources may be used", "denial", lambda rows: altered(rows, at(rows, Fact.SOURCED, line=1), supplier=1)),
    (
        "orders wait only without a source",
        "early-denial",
        lambda rows: altered(rows, at(rows, Fact.LOST), detail=2),
    ),
    (
        "orders wait only without a source",
        "free",
        lambda rows: altered(rows, at(rows, Fact.SOURCED), fact=Fact.UNSERVED, attempt=0, supplier=-1),
    ),
    ("patience is never exceeded", "early-denial", lambda rows: later(rows, at(rows, Fact.LOST), 1)),
    ("patience is never exceeded", "early-denial", lambda rows: later(rows, at(rows, Fact.LOST), -1)),
    ("patience is never exceeded", "early-denial", lambda rows: without(rows, at(rows, Fact.LOST))),
    ("patience is never exceeded", "long-hold", lambda rows: everything_later(rows, Fact.WITHDRAWN, 1)),
    ("patience is never exceeded", "waiting", lambda rows: everything_later(rows, Fact.WITHDRAWN, -1)),
    (
        "applications pass the stages in turn",
        "free",
        lambda rows: altered(rows, at(rows, Fact.REVIEW_STARTED, line=0, detail=1), detail=0),
    ),
    (
        "applications pass the stages in turn",
        "free",
        lambda rows: without(rows, at(rows, Fact.REVIEW_ENDED, line=0, detail=1)),
    ),
    (
        "applications pass the stages in turn",
        "free",
        lambda rows: later(rows, at(rows, Fact.APPROVED, line=-1), 1),
    ),
    (
        "other applications are approved or denied",
        "free",
        lambda rows: without(rows, at(rows, Fact.APPLIED, line=-1)),
    ),
    (
        "other applications are approved or denied",
        "free",
        lambda rows: altered(rows, at(rows, Fact.APPROVED, line=-1), fact=Fact.HELD),
    ),
    (
        "officers are never over capacity nor idle",
        "free",
        lambda rows: later(rows, at(rows, Fact.REVIEW_STARTED, 1, detail=0), -1),
    ),
    (
        "officers are never over capacity nor idle",
        "free",
        lambda rows: later(rows, at(rows, Fact.REVIEW_STARTED, 1, detail=0), 1),
    ),
    (
        "queues are served by rank and first come first served",
        "free",
        lambda rows: swapped(
            rows, at(rows, Fact.REVIEW_STARTED, 1, detail=0), at(rows, Fact.REVIEW_STARTED, 2, detail=0)
        ),
    ),
    (
        "queues are served by rank and first come first served",
        "ranked",
        lambda rows: swapped(
            rows, at(rows, Fact.REVIEW_STARTED, 1, detail=0), at(rows, Fact.REVIEW_STARTED, 2, detail=0)
        ),
    ),
    (
        "reviews take the time they can",
        "free",
        lambda rows: later(rows, at(rows, Fact.REVIEW_ENDED, detail=1), 1),
    ),
    (
        "reviews take the time they can",
        "free",
        lambda rows: rows[: at(rows, Fact.REVIEW_ENDED, -1)],
    ),
    (
        "applications are made where needed",
        "hold",
        lambda rows: moved(rows, at(rows, Fact.MEASURE, 2), 0),
    ),
    (
        "applications are made where needed",
        "free",
        lambda rows: without(rows, at(rows, Fact.APPLIED, line=0)),
    ),
    (
        "applications are decided by their regime",
        "hold",
        lambda rows: altered(rows, at(rows, Fact.HELD), fact=Fact.APPROVED, amount=1001),
    ),
    (
        "applications are decided by their regime",
        "free",
        lambda rows: altered(rows, at(rows, Fact.APPROVED, line=0), fact=Fact.DENIED, amount=0),
    ),
    (
        "applications are decided by their regime",
        "case-by-case",
        lambda rows: without(rows, at(rows, Fact.REFERRED)),
    ),
    (
        "other applications are decided by chance alone",
        "free",
        lambda rows: altered(rows, at(rows, Fact.APPROVED, line=-1), fact=Fact.DENIED),
    ),
    (
        "held applications are decided when the hold ends",
        "hold",
        lambda rows: later(
            rows, at(rows, Fact.APPROVED, line=rows[at(rows, Fact.HELD)][2], order=rows[at(rows, Fact.HELD)][3]), 1
        ),
    ),
    (
        "nothing ships without a permit in force",
        "suspension",
        lambda rows: moved(rows, at(rows, Fact.DELIVERED, minute=11 * DAY), at(rows, Fact.REINSTATED)),
    ),
    (
        "nothing ships without a permit in force",
        "free",
        lambda rows: altered(rows, at(rows, Fact.APPROVED, line=0), amount=500),
    ),
    (
        "permits are only where needed",
        "free",
        lambda rows: altered(rows, at(rows, Fact.FINISHED, supplier=1), fact=Fact.APPROVED, detail=0),
    ),
    ("permits are only where needed", "free", lambda rows: without(rows, at(rows, Fact.APPROVED, line=0))),
    (
        "permits expire when their validity ends",
        "free",
        lambda rows: everything_later(rows, Fact.EXPIRED, 1),
    ),
    (
        "permits expire when their validity ends",
        "free",
        lambda rows: rows[: at(rows, Fact.EXPIRED)],
    ),
    (
        "permits that expire are applied for again",
        "free",
        lambda rows: without(rows, at(rows, Fact.EXPIRED) + 1),
    ),
    (
        "permits are suspended exactly while their cell is",
        "suspension",
        lambda rows: without(rows, at(rows, Fact.SUSPENDED)),
    ),
    (
        "permits are suspended exactly while their cell is",
        "suspension",
        lambda rows: altered(rows, at(rows, Fact.SUSPENDED), detail=1),
    ),
    (
        "permits are suspended exactly while their cell is",
        "suspension",
        lambda rows: without(rows, at(rows, Fact.REINSTATED)),
    ),
    (
        "permits are cancelled by measures alone",
        "suspension",
        lambda rows: altered(rows, at(rows, Fact.CANCELLED), detail=2),
    ),
    (
        "permits are cancelled by measures alone",
        "suspension",
        lambda rows: (
            everything_later(rows, Fact.CANCELLED, 0)[: at(rows, Fact.MEASURE, 3)]
            + [row for row in rows[at(rows, Fact.MEASURE, 3) :] if row[1] != Fact.MEASURE]
        ),
    ),
    (
        "measures cancel all they should",
        "suspension",
        lambda rows: without(rows, at(rows, Fact.CANCELLED)),
    ),
    (
        "parts take the time they can",
        "free",
        lambda rows: later(rows, at(rows, Fact.FINISHED), -1),
    ),
    (
        "slots are never over capacity",
        "free",
        lambda rows: later(rows, at(rows, Fact.FINISHED, 1, supplier=0), -1),
    ),
    (
        "slots are served first come first served",
        "free",
        lambda rows: later(rows, at(rows, Fact.FINISHED, 1, supplier=0), 1),
    ),
    (
        "slots open evenly from the first qualification",
        "early-denial",
        lambda rows: without(rows, at(rows, Fact.SLOT_OPENED, 2)),
    ),
    (
        "slots open evenly from the first qualification",
        "early-denial",
        lambda rows: later(rows, at(rows, Fact.SLOT_OPENED, 1), 1),
    ),
    (
        "slots open evenly from the first qualification",
        "early-denial",
        lambda rows: altered(rows, at(rows, Fact.SLOT_OPENED, 1), supplier=1),
    ),
    (
        "sources qualify once and in time",
        "early-denial",
        lambda rows: everything_later(rows, Fact.QUALIFIED, 1),
    ),
    (
        "sources qualify once and in time",
        "early-denial",
        lambda rows: everything_later(rows, Fact.QUALIFIED, -1),
    ),
    (
        "sources qualify once and in time",
        "early-denial",
        lambda rows: without(rows, at(rows, Fact.QUALIFIED)),
    ),
    ("measures act when they should", "suspension", lambda rows: without(rows, at(rows, Fact.MEASURE))),
    ("measures act when they should", "suspension", lambda rows: later(rows, at(rows, Fact.MEASURE), 1)),
    (
        "measures act when they should",
        "suspension",
        lambda rows: altered(rows, at(rows, Fact.MEASURE), detail=77),
    ),
    (
        "measures act when they should",
        "doctrine",
        lambda rows: without(rows, at(rows, Fact.EVIDENCE)),
    ),
    (
        "thresholds are crossed as the figures say",
        "doctrine",
        lambda rows: altered(rows, at(rows, Fact.MEASURE, detail=1), amount=3),
    ),
    (
        "thresholds are crossed as the figures say",
        "doctrine",
        lambda rows: without(rows, at(rows, Fact.MEASURE, detail=2)),
    ),
    (
        "thresholds are crossed as the figures say",
        "doctrine",
        lambda rows: altered(rows, at(rows, Fact.MEASURE, detail=1), detail=2),
    ),
    (
        "incidents happen and evidence counts what was delivered",
        "free",
        lambda rows: without(rows, at(rows, Fact.INCIDENT)),
    ),
    (
        "incidents happen and evidence counts what was delivered",
        "free",
        lambda rows: altered(rows, at(rows, Fact.EVIDENCE), amount=5),
    ),
    (
        "measures take orders in order of arrival",
        "waiting",
        lambda rows: swapped(rows, at(rows, Fact.SUSPENDED), at(rows, Fact.SUSPENDED, 1)),
    ),
    (
        "events of one minute are taken in their order",
        "hold",
        lambda rows: [
            (minute if fact != Fact.ORDERED else minute // DAY * DAY, fact, *rest) for minute, fact, *rest in rows
        ],
    ),
    ("permits expire when their validity ends", "hold", exempt_and_expired),
    (
        "programmes are as chance or the register has it",
        "free",
        lambda rows: of_the_other(rows, at(rows, Fact.ORDERED, line=1)),
    ),
    (
        "orders are filed as chance has it",
        "hold-from-the-start",
        lambda rows: without(rows, at(rows, Fact.UNFILED)),
    ),
    (
        "unfiled orders are filed a lag after their regime allows it",
        "hold-from-the-start",
        lambda rows: everything_later(rows, Fact.APPLIED, 60, line=1, order=rows[at(rows, Fact.UNFILED)][3]),
    ),
    (
        "unfiled orders are given up for that reason",
        "lasting-hold",
        lambda rows: altered(rows, at(rows, Fact.WITHDRAWN, detail=4), detail=0),
    ),
    ("outcomes are as chance has it", "verdict", lambda rows: of_the_other(rows, at(rows, Fact.MEASURE))),
    (
        "committees sit on their days and deal with the first who wait",
        "announced",
        lambda rows: everything_later(rows, Fact.REVIEW_STARTED, DAY, detail=1),
    ),
    (
        "committees sit on their days and deal with the first who wait",
        "announced",
        lambda rows: without(rows, at(rows, Fact.REVIEW_STARTED, detail=1)),
    ),
    ("decisions are those recorded", "recorded", lambda rows: later(rows, at(rows, Fact.LEFT_OPEN), 1)),
    ("decisions are those recorded", "recorded", lambda rows: without(rows, at(rows, Fact.LEFT_OPEN))),
    ("decisions are those recorded", "recorded", lambda rows: later(rows, at(rows, Fact.APPROVED), -1440)),
    (
        "decisions are those recorded",
        "recorded-until",
        lambda rows: altered(rows, at(rows, Fact.WITHDRAWN), fact=Fact.DENIED, detail=0, amount=0),
    ),
    (
        "permits expire when their validity ends",
        "recorded",
        lambda rows: later(rows, at(rows, Fact.EXPIRED), 1440),
    ),
    ("answers take the time they can", "announced", lambda rows: later(rows, at(rows, Fact.ANSWERED), -1)),
    ("answers take the time they can", "announced", lambda rows: later(rows, at(rows, Fact.ANSWERED), 1)),
    ("answers take the time they can", "announced", lambda rows: rows[: at(rows, Fact.ANSWERED)]),
    (
        "orders come ahead as chance has it",
        "announced",
        lambda rows: later(rows, came_ahead(rows), 1),
    ),
    (
        "orders come ahead as chance has it",
        "announced",
        lambda rows: without(rows, at(rows, Fact.ORDERED)),
    ),
]


EVERYTHING = exportsim.load(Path(__file__).parent / "scenarios" / "everything.yaml")


@pytest.mark.parametrize("policy", list(EVERYTHING.policies))
@pytest.mark.parametrize("future", [0, 1])
def test_a_world_with_everything_in_it_keeps_every_rule(policy: str, future: int) -> None:
    """A committee in it calls those first who rank first, though others came before them."""
    assert invariants.violations(exportsim.simulate(EVERYTHING, policy, future=future), EVERYTHING) == []


@pytest.mark.parametrize("policy", POLICIES)
def test_good_ledgers_keep_every_rule(policy: str) -> None:
    for seed in range(5):
        invariants.check(ledger(policy, seed), world(policy))


@pytest.mark.parametrize(("rule", "policy", "change"), WRONG, ids=[f"{rule}/{policy}" for rule, policy, _ in WRONG])
def test_a_bad_ledger_is_found_out_by_the_rule_it_breaks(rule: str, policy: str, change: Change) -> None:
    good = ledger(policy)
    bad = made_of(good, change(good.rows()))
    assert bad != good
    assert any(sentence.endswith(f"[{rule}]") for sentence in invariants.violations(bad, world(policy)))
    with pytest.raises(invariants.BrokenInvariant, match=f"\\[{rule}\\]"):
        invariants.check(bad, world(policy))


STEPS = [5, pytest.param(1, marks=pytest.mark.long)]  # from row to row that is tried


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("policy", POLICIES)
def test_no_row_can_be_missing(policy: str, step: int) -> None:
    """But for evidence that nobody acted on, and the last work in hand at the end of a run."""
    good = ledger(policy)
    rows = good.rows()
    unnoticed = [
        rows[k]
        for k in range(0, len(rows), step)
        if not invariants.violations(made_of(good, without(rows, k)), world(policy))
    ]
    assert {Fact(row[1]) for row in unnoticed} <= {Fact.EVIDENCE, Fact.FINISHED}
    assert len(unnoticed) <= 3


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("minutes", [1, -1])
def test_no_row_can_be_of_another_minute(minutes: int, step: int) -> None:
    """But for evidence, and the arrival of other applications that nobody was free to take up."""
    good = ledger("suspension")
    rows = good.rows()
    unnoticed = [
        rows[k]
        for k in range(0, len(rows), step)
        if not invariants.violations(made_of(good, later(rows, k, minutes)), world())
    ]
    assert all(row[1] == Fact.EVIDENCE or (row[1] == Fact.APPLIED and row[2] < 0) for row in unnoticed)


def test_every_rule_is_shown_to_fail() -> None:
    rules = {rule.__name__.replace("_", " ") for rule in invariants.INVARIANTS}
    assert rules == {rule for rule, _, _ in WRONG}


def test_every_rule_says_what_must_hold() -> None:
    for rule in invariants.INVARIANTS:
        assert (rule.__doc__ or "").split("\n")[0].endswith("."), rule.__name__
