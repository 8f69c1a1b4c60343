"""Streams that are thinned, divided and stopped for a while: approval, sourcing, qualification, holds, suspensions."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from exportsim.lifecycle import Fact
from laws.comparing import (
    Comparison,
    Law,
    Planted,
    Profile,
    against,
    cells,
    chi_square,
    correlation,
    exact,
    mean,
    share,
)
from laws.worlds import DAY, FIRST_DAY, authority, line, plays, world

YEAR = 365.25  # days
ENOUGH = 100_000  # officers or slots
NEVER = -1 << 60


def licensed(lead_time: Any = "0d", office: str = "gac") -> dict[str, Any]:
    """A supplier that needs permits and has slots enough."""
    return {"country": "CA", "authority": office, "slots": ENOUGH, "lead_time": lead_time}


def dispersion(what: str, counts: np.ndarray) -> Comparison:
    """Whether counts vary as Poisson counts do (Fisher 1925)."""
    statistic = float(((counts - counts.mean()) ** 2).sum() / counts.mean())
    return chi_square(f"{what} vary as Poisson: χ²", statistic, len(counts) - 1, len(counts))


# ------------------------------------------------------------------ approval thins a stream

A_YEAR, APPROVAL, DAYS = 40, 0.7, 730


@cache
def decided(profile: Profile, approval: float) -> tuple[np.ndarray, np.ndarray]:
    """How many applications were approved, and denied, in each play."""
    plan = world(
        DAYS, 0,
        authorities={"gac": authority([(ENOUGH, "0d")], approval=approval)},
        suppliers={"wescam": licensed()},
        demand={"thinned": line(f"{A_YEAR}/y", {"wescam": {}})},
    )  # fmt: skip
    found = [[int((rows.fact == fact).sum()) for fact in (Fact.APPROVED, Fact.DENIED)]
             for rows in plays(plan, 2000 * profile.times)]  # fmt: skip
    approved, denied = np.array(found).T
    return approved, denied


def compare_thinning(profile: Profile, approval: float = APPROVAL, once_a_play: bool = False) -> list[Comparison]:
    """A Poisson stream, thinned, is two Poisson streams that know nothing of each other."""
    approved, denied = decided(profile, approval)
    if once_a_play:  # who is approved is drawn once for all of a play
        together = approved + denied
        approved = np.where(np.arange(len(together)) < APPROVAL * len(together), together, 0)
        denied = together - approved
    number = int(approved.sum())
    return [
        share("share approved", number, number + int(denied.sum()), APPROVAL),
        mean("mean number approved", approved, A_YEAR * DAYS / YEAR * APPROVAL),
        dispersion("numbers approved", approved),
        correlation("correlation of approved and denied", approved, denied),
    ]


THINNING_LAW = Law(
    "thinning by approval",
    "Rényi 1956",
    compare_thinning,
    {
        "approval of 0.715": Planted(
            against(compare_thinning, 0.715), frozenset({"share approved", "mean number approved"})
        ),
        "drawn once a play": Planted(against(compare_thinning, once_a_play=True)),
    },
)  # fmt: skip

# ------------------------------------------------------------------ sourcing divides it

WEIGHTS = {"wescam": 5, "hensoldt": 3, "aselsan": 2}


@cache
def sourced(profile: Profile) -> np.ndarray:
    """How many orders went to each supplier, all plays together."""
    suppliers = {name: {"country": "ZA", "slots": ENOUGH, "lead_time": "0d"} for name in WEIGHTS}
    sources = {name: {"weight": weight} for name, weight in WEIGHTS.items()}
    plan = world(DAYS, 0, suppliers=suppliers, demand={"divided": line(f"{A_YEAR}/y", sources)})
    counts = np.zeros(len(WEIGHTS), dtype=np.int64)
    for rows in plays(plan, 600 * profile.times):
        counts += np.bincount(rows.of(Fact.SOURCED, "supplier")[0], minlength=len(WEIGHTS))
    return counts


def compare_sourcing(profile: Profile, weights: tuple[float, ...] = tuple(WEIGHTS.values())) -> list[Comparison]:
    counts = sourced(profile)
    return [cells("orders by supplier", counts, counts.sum() * np.array(weights) / sum(weights))]


SOURCING_LAW = Law(
    "sourcing by weight",
    "docs/model.md, Pearson 1900",
    compare_sourcing,
    {"a weight of 5.25 for 5": Planted(against(compare_sourcing, (5.25, 3, 2)))},
)

LOSS, HALF_LIFE_DAYS = 0.6, 200.0


@cache
def sourced_in_mistrust(profile: Profile) -> tuple[np.ndarray, np.ndarray]:
    """Of every order: days since a suspension of a day began, and whether it went to the supplier that was hit."""
    plan = world(
        DAYS, 0,
        authorities={"gac": authority([(ENOUGH, "0d")])},
        suppliers={"wescam": licensed(), "hensoldt": {"country": "ZA", "slots": ENOUGH, "lead_time": "0d"}},
        demand={"mistrusting": line(
            f"{A_YEAR}/y", {"wescam": {"weight": 3}, "hensoldt": {"weight": 2}},
            trust={"loss": {"suspend": LOSS}, "half_life": f"{HALF_LIFE_DAYS}d"},
        )},
        policies={"suspended": {"measures": [
            {"on": str(FIRST_DAY), "permits": "suspended"},
            {"on": str(FIRST_DAY + timedelta(1)), "permits": "in_force"},
        ]}},
    )  # fmt: skip
    days, hit = [], []
    for rows in plays(plan, 2000 * profile.times):
        minute, supplier = rows.of(Fact.SOURCED, "minute", "supplier")
        days.append(minute / DAY)
        hit.append(supplier == plan.names.suppliers.index("wescam"))
    return np.concatenate(days), np.concatenate(hit)


def compare_trust(profile: Profile, loss: float = LOSS, half_life: float = HALF_LIFE_DAYS) -> list[Comparison]:
    """Every order has a probability of its own, by its day: what is missing of the trust halves every half-life."""
    days, hit = sourced_in_mistrust(profile)
    trust = 1 - loss * 0.5 ** (days / half_life)
    chance = 3 * trust / (3 * trust + 2)
    early = days < HALF_LIFE_DAYS
    return [
        independent(f"share sourced there, {when} {HALF_LIFE_DAYS:.0f} days", hit[part], chance[part])
        for when, part in (("first", early), ("after", ~early))
    ]


def independent(what: str, happened: np.ndarray, chances: np.ndarray) -> Comparison:
    """A share of independent trials, each with a probability of its own, by the normal distribution (Lyapunov 1901)."""
    n = len(chances)
    error = math.sqrt(float((chances * (1 - chances)).sum())) / n
    found, theory = float(happened.mean()), float(chances.mean())
    return Comparison(what, theory, found, 1.96 * error, 2 * float(stats.norm.sf(abs(found - theory) / error)), n)


TRUST_LAW = Law(
    "sourcing by trust that returns",
    "docs/model.md",
    compare_trust,
    {
        "loss of 0.55 for 0.6": Planted(against(compare_trust, 0.55)),
        "half-life of 260 d for 200 d": Planted(against(compare_trust, half_life=260.0)),
    },
)

# ------------------------------------------------------------------ tries until one succeeds

SUCCESS = 0.6
TRY_DAYS = (30 + 60 + 150) / 3


@cache
def qualified(profile: Profile) -> list[float]:
    """Days until a source is qualified, in each play."""
    plan = world(
        2700, 0,
        suppliers={"aselsan": {"country": "TR", "slots": 1, "lead_time": "0d"}},
        demand={"qualifying": line("0/y", {"aselsan": {"qualification": {
            "starts": str(FIRST_DAY), "time": {"triangular": ["30d", "60d", "150d"]}, "success": SUCCESS}}})},
    )  # fmt: skip
    return [float(rows.of(Fact.QUALIFIED, "minute")[0][0]) / DAY for rows in plays(plan, 6000 * profile.times)]


def compare_qualification(profile: Profile, success: float = SUCCESS) -> list[Comparison]:
    return [mean("mean time to qualification, d", qualified(profile), TRY_DAYS / success)]


QUALIFICATION_LAW = Law(
    "tries until qualified",
    "Wald 1944",
    compare_qualification,
    {"success 5 % likelier": Planted(against(compare_qualification, SUCCESS * 1.05))},
)

# ------------------------------------------------------------------ holds and suspensions of known length

STOPS = ((60, 60), (180, 30))  # first day of each stop, and its length in days
ORDERS_A_YEAR = 200
BEFOREHAND = {"uniform": ["5d", "45d"]}  # time from order to gate, or to the end of production


def stopping(kind: str, longer: int) -> Any:
    """A world with two policies: one that stops nothing, and one that does twice, each time so many days longer."""
    hold = kind == "hold"
    stop, go = ({"applications": "hold"}, {"applications": "open"}) if hold else (
        {"permits": "suspended"}, {"permits": "in_force"})  # fmt: skip
    measures = []
    for first, length in STOPS:
        measures.append({"on": str(FIRST_DAY + timedelta(first)), **stop})
        measures.append({"on": str(FIRST_DAY + timedelta(first + length + longer)), **go})
    return world(
        300, 46,
        authorities={"gac": authority([(ENOUGH, BEFOREHAND if hold else "0d")], validity="9y")},
        suppliers={"wescam": licensed("0d" if hold else BEFOREHAND)},
        demand={kind: line(f"{ORDERS_A_YEAR}/y", {"wescam": {}})},
        policies={"free": {"measures": []}, "stopped": {"measures": measures}},
    )  # fmt: skip


@cache
def stopped(profile: Profile, kind: str, longer: int) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Days of delay that the stops cost and orders that they delay, by play; orders not delayed as they must be."""
    plan = stopping(kind, longer)
    futures = 400 * profile.times
    delay, number = np.zeros(futures), np.zeros(futures, dtype=np.int64)
    wrong = orders = 0
    for future, (free, hit) in enumerate(zip(plays(plan, futures), plays(plan, futures, policy=1), strict=True)):
        before, after = free.at(Fact.DELIVERED), hit.at(Fact.DELIVERED)
        expected = before.copy()
        for first, length in STOPS:
            caught = (before >= first * DAY) & (before < (first + length) * DAY)
            expected[caught] = (first + length) * DAY
        wrong, orders = wrong + int((expected != after).sum()), orders + int((before > NEVER).sum())
        delay[future] = (after - before).sum() / DAY
        number[future] = (after > before).sum()
    return delay, number, wrong, orders


def compare_stops(profile: Profile, kind: str, longer: int = 0) -> list[Comparison]:
    """What comes to the gate (or out of production) is Poisson; who comes within a stop of length h waits for its end.

    So λh orders wait h/2 on average, and the stop costs λh²/2 in all.
    """
    delay, number, wrong, orders = stopped(profile, kind, longer)
    rate = ORDERS_A_YEAR / YEAR
    return [
        mean("delay of all orders, order-days", delay, sum(rate * length**2 / 2 for _, length in STOPS)),
        mean("number of orders delayed", number, sum(rate * length for _, length in STOPS)),
        dispersion("numbers delayed", number),
        exact("orders not delivered when they must be", wrong, orders),
    ]


def law_of_stops(kind: str) -> Law:
    return Law(
        f"two {kind}s, of 60 and of 30 days",
        "Mirasol 1963, and by hand: λh²/2",
        against(compare_stops, kind),
        {"two days longer": Planted(against(compare_stops, kind, 2))},
    )


HOLD_DAYS, PATIENCE_DAYS = 60, 40.0


@cache
def held(profile: Profile) -> tuple[int, int]:
    """Applications that came to a hold, and those of them that were withdrawn before its end; all plays together."""
    plan = world(
        90, 0,
        authorities={"gac": authority([(ENOUGH, "0d")])},
        suppliers={"wescam": licensed()},
        demand={"held": line(f"{ORDERS_A_YEAR}/y", {"wescam": {}},
                             patience={"review": {"exponential": {"mean": f"{PATIENCE_DAYS}d"}}})},
        policies={"held": {"measures": [
            {"on": str(FIRST_DAY + timedelta(10)), "applications": "hold"},
            {"on": str(FIRST_DAY + timedelta(10 + HOLD_DAYS)), "applications": "open"},
        ]}},
    )  # fmt: skip
    counts = [[int((rows.fact == fact).sum()) for fact in (Fact.HELD, Fact.WITHDRAWN)]
              for rows in plays(plan, 6000 * profile.times)]  # fmt: skip
    all_held, withdrawn = np.array(counts).sum(axis=0).tolist()
    return all_held, withdrawn


def compare_held(profile: Profile, patience: float = PATIENCE_DAYS) -> list[Comparison]:
    """Who comes within a hold of length h waits for a uniform time; patience of mean m ends first with probability …"""
    all_held, withdrawn = held(profile)
    chance = 1 - patience / HOLD_DAYS * (1 - math.exp(-HOLD_DAYS / patience))
    return [share("share withdrawn", withdrawn, all_held, chance)]


HELD_LAW = Law(
    "a hold of 60 days, patience of 40",
    "by hand: 1 − (m/h)(1 − exp(−h/m))",
    compare_held,
    {"patience 5 % longer": Planted(against(compare_held, PATIENCE_DAYS * 1.05))},
)

LAWS = (
    THINNING_LAW, SOURCING_LAW, TRUST_LAW, QUALIFICATION_LAW, law_of_stops("hold"), law_of_stops("suspension"), HELD_LAW
)  # fmt: skip
