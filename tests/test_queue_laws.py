"""Laws of queues that any right engine obeys, whatever the policy.

With exponential work and Poisson traffic a stage of review is an M/M/c queue and a chain of stages a Jackson network,
so theory knows the answer. (Little's law, which holds of every record, is in ``test_littles_law.py``.)

Statistical method
------------------
A statistic (a mean wait, a share, a mean number) is computed once in each of `FUTURES` independent futures, after a
warm-up from the empty office, and the mean over futures is compared with theory by Student's t. The tests of this
file share one level, 1e-3, divided among its comparisons (Bonferroni): drawn anew, a right engine would fail somewhere
with probability at most about 1e-3; with the seed fixed it passes or fails for good. Work and gaps are hundreds of
minutes and more, so whole minutes move no statistic by more than about a thousandth of itself, far less than its
standard error. What the comparisons can see is shown beside them: the same data are held against theories with a wrong
number of officers and with rates off by 5 and 10 %, and against the same applications served last come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from heapq import heapreplace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.scenario import build
from exportsim.scenario.schema import Scenario

SEED = 20201005
FUTURES = 20
COMPARISONS = 43  # that must not see a difference: 27 + 3 + 2 + 1 + 10, test by test
LEVEL = 1e-3 / COMPARISONS
MINUTES_A_YEAR = 525_960
BEFORE, AFTER = -(1 << 60), 1 << 60  # minutes


# ------------------------------------------------------------------ worlds and what is measured in them


def office(stages: Sequence[tuple[int, Any]], gap: float, *, counted: int, warm_up: int) -> Scenario:
    """An office that never closes, with nothing to do but other traffic.

    Parameters
    ----------
    stages : sequence of (int, distribution)
        Officers and work of each stage.
    gap : float
        Mean minutes between applications.
    counted, warm_up : int
        About how many applications come in the period, and in the warm-up.
    """
    end = date.fromordinal(date(2001, 1, 1).toordinal() + math.ceil(counted * gap / 1440))
    return build(
        {
            "exportsim": 1,
            "period": {"start": "2001-01-01", "end": str(end), "warm_up": f"{math.ceil(warm_up * gap / 1440)}d"},
            "currency": "CAD",
            "goods": {"imaging": {}},
            "authorities": {
                "gac": {
                    "country": "CA",
                    "calendar": {"weekend": []},
                    "review": [
                        {"stage": f"stage-{number}", "officers": officers, "work": work}
                        for number, (officers, work) in enumerate(stages, 1)
                    ],
                    "traffic": {"applications": f"{MINUTES_A_YEAR / gap:.6f}/y"},
                }
            },
            "suppliers": {"wescam": {"country": "CA", "slots": 1, "lead_time": "1d"}},
            "demand": {
                "sensors": {
                    "buyer": "baykar", "destination": "TR", "goods": "imaging",
                    "orders": "0/y", "value": 1, "sources": {"wescam": {}},
                }
            },
            "policies": {"unrestricted": {"measures": []}},
        }
    )  # fmt: skip


def exponential(minutes: float) -> dict[str, Any]:
    return {"exponential": {"mean": f"{minutes:.6f}min"}}


@dataclass(frozen=True)
class Visits:
    """What one future saw of one stage: a row per application that came and was taken up, in order of arrival."""

    arrived: np.ndarray
    started: np.ndarray
    ended: np.ndarray

    @property
    def wait(self) -> np.ndarray:
        """Minutes from arrival to the beginning of work, of those that came within the period."""
        return (self.started - self.arrived)[self.arrived >= 0]


def visits(ledger: Ledger) -> Visits:
    """The visits to the only stage of an office."""
    started = ledger.minute[ledger.fact == Fact.REVIEW_STARTED]
    number = ledger.order[ledger.fact == Fact.REVIEW_STARTED]
    came = np.empty(ledger.order.max() + 1, dtype=np.int64)
    came[ledger.order[ledger.fact == Fact.APPLIED]] = ledger.minute[ledger.fact == Fact.APPLIED]
    end = np.full(ledger.order.max() + 1, AFTER)
    end[ledger.order[ledger.fact == Fact.REVIEW_ENDED]] = ledger.minute[ledger.fact == Fact.REVIEW_ENDED]
    turn = np.argsort(number)
    return Visits(came[number][turn], started[turn], end[number][turn])


def ledgers(scenario: Scenario, first: int = 0) -> list[Ledger]:
    """The ledgers of independent futures."""
    plan = compile_plan(scenario)
    return [simulate(plan, 0, seed=SEED, future=future) for future in range(first, first + FUTURES)]


def deviation(samples: Sequence[float], theory: float) -> float:
    """By how many standard errors the mean of independent futures is away from theory."""
    return float((np.mean(samples) - theory) / (np.std(samples, ddof=1) / math.sqrt(len(samples))))


def seen(samples: Sequence[float], theory: float) -> bool:
    """Whether Student's t tells the mean of independent futures from theory, at the level of this file."""
    return abs(deviation(samples, theory)) > stats.t.isf(LEVEL / 2, len(samples) - 1)


# ------------------------------------------------------------------ one stage: Erlang C


def erlang_c(officers: int, load: float) -> float:
    """Probability that an application must wait in an M/M/c queue (Erlang 1917), ``load`` the share of time worked."""
    offered = officers * load
    blocked = 1.0
    for number in range(1, officers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - load * (1 - blocked))


@dataclass(frozen=True)
class Theory:
    """What is known of the wait in an M/M/c queue, first come first served."""

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

    def statistics(self, wait: np.ndarray, threshold: float) -> dict[str, tuple[float, float]]:
        """Three statistics of waits, each with what theory says of it.

        The discipline moves neither the mean wait nor the share that waits, so there is a third: the share that waits
        longer than ``threshold``.
        """
        return {
            "mean wait": (float(wait.mean()), self.mean_wait),
            "share waiting": (float((wait > 0).mean()), self.share_waiting),
            "share waiting long": (
                float((wait > threshold).mean()),
                self.share_waiting * math.exp(-(threshold + 0.5) / self.wait_if_any),
            ),
        }


# Applications counted and in the warm-up. An M/M/c queue forgets its beginning within about 1 / (1 − √load)²
# applications: 12, 90 and 1600.
LENGTHS = {0.5: (5000, 150), 0.8: (3000, 400), 0.95: (4500, 3000)}
CASES = [(officers, load) for load in LENGTHS for officers in (1, 3, 10)]


def theory_of(officers: int, load: float) -> Theory:
    return Theory(officers, load, 1000.0 * officers)


@cache
def observed(officers: int, load: float) -> list[Visits]:
    """The visits of an M/M/c office in each of the futures."""
    counted, warm_up = LENGTHS[load]
    work = theory_of(officers, load).work
    scenario = office([(officers, exponential(work))], work / officers / load, counted=counted, warm_up=warm_up)
    first = FUTURES * CASES.index((officers, load))  # each case has futures of its own
    return [visits(ledger) for ledger in ledgers(scenario, first)]


def disagreements(waits: Sequence[np.ndarray], theory: Theory, threshold: float) -> set[str]:
    """The statistics in which waits and theory differ."""
    each = [theory.statistics(wait, threshold) for wait in waits]
    return {name for name in each[0] if seen([one[name][0] for one in each], each[0][name][1])}


@pytest.mark.parametrize(("officers", "load"), CASES)
def test_one_stage_agrees_with_erlang_c(officers: int, load: float) -> None:
    """27 comparisons: mean wait, share waiting, share waiting long, for each number of officers and load."""
    theory = theory_of(officers, load)
    waits = [each.wait for each in observed(officers, load)]
    assert disagreements(waits, theory, theory.wait_if_any) == set()


@pytest.mark.parametrize(("officers", "load"), CASES)
def test_one_stage_takes_applications_first_come_first_served(officers: int, load: float) -> None:
    """Exactly: each is taken up when it has come and the first officer is free (Kiefer and Wolfowitz 1955)."""
    one = observed(officers, load)[0]
    free = [BEFORE] * officers
    for arrived, started, ended in zip(one.arrived.tolist(), one.started.tolist(), one.ended.tolist(), strict=True):
        assert started == max(arrived, free[0])
        heapreplace(free, ended)


def last_come_first_served(one: Visits, officers: int) -> np.ndarray:
    """The waits of the same applications, with the same work, if officers took the latest first."""
    free, waiting, waits = [BEFORE] * officers, [], np.zeros(len(one.arrived), dtype=np.int64)
    work = (one.ended - one.started).tolist()
    arrived = one.arrived.tolist()
    for number, minute in enumerate([*arrived, AFTER]):
        while waiting and free[0] <= minute:
            latest = waiting.pop()
            waits[latest] = max(free[0] - arrived[latest], 0)
            heapreplace(free, arrived[latest] + int(waits[latest]) + work[latest])
        waiting.append(number)
    return waits[one.arrived >= 0]


@pytest.mark.parametrize(("officers", "load"), CASES)
def test_the_last_come_first_served_would_be_seen(officers: int, load: float) -> None:
    """And only where it is to be seen: not in the mean wait, nor in the share that waits."""
    theory = theory_of(officers, load)
    waits = [last_come_first_served(each, officers) for each in observed(officers, load)]
    assert disagreements(waits, theory, theory.wait_if_any) == {"share waiting long"}


# A wrong theory, told from the data as if the engine had it wrong: (officers, load) → (officers, load).
def one_more(officers: int, load: float) -> tuple[int, float]:
    return officers + 1, load * officers / (officers + 1)


def one_less(officers: int, load: float) -> tuple[int, float]:
    return officers - 1, load * officers / (officers - 1)


def slower(officers: int, load: float) -> tuple[int, float]:
    return officers, load * 0.95


def much_slower(officers: int, load: float) -> tuple[int, float]:
    return officers, load * 0.9


def faster(officers: int, load: float) -> tuple[int, float]:
    return officers, load * 1.05


def wrong_queues() -> Iterator[Any]:
    """Cases with a wrong theory of each; not those where nobody is served or no mean wait exists."""
    for officers, load in CASES:
        for mutant in (one_more, one_less, slower, much_slower, faster):
            if (mutant is not one_less or officers > 1) and mutant(officers, load)[1] < 1:
                yield pytest.param(officers, load, mutant, id=f"{officers}-{load}-{mutant.__name__}")


@pytest.mark.parametrize(("officers", "load", "mutant"), list(wrong_queues()))
def test_a_wrong_queue_would_be_seen(officers: int, load: float, mutant: Any) -> None:
    """An officer more or less, or arrivals 5 or 10 % off, is a difference that the comparisons can see."""
    wrong_officers, wrong_load = mutant(officers, load)
    right = theory_of(officers, load)
    wrong = Theory(wrong_officers, wrong_load, right.work)
    waits = [each.wait for each in observed(officers, load)]
    assert disagreements(waits, wrong, right.wait_if_any)


# ------------------------------------------------------------------ other work, other servers


@pytest.mark.parametrize(
    ("work", "mean", "square"),
    [
        ("1000min", 1000.0, 1000.0**2),
        ({"uniform": ["200min", "1800min"]}, 1000.0, 1000.0**2 + 1600.0**2 / 12),
        ({"lognormal": {"mean": "1000min", "cv": 1.5}}, 1000.0, 1000.0**2 * (1 + 1.5**2)),
    ],
)
def test_one_officer_agrees_with_pollaczek_and_khinchine(work: Any, mean: float, square: float) -> None:
    """The mean wait for one officer depends on the work by its mean and its square alone."""
    load = 0.7
    scenario = office([(1, work)], mean / load, counted=3000, warm_up=500)
    waits = [float(visits(ledger).wait.mean()) for ledger in ledgers(scenario)]
    assert not seen(waits, load / mean * square / (2 * (1 - load)))
    assert seen(waits, Theory(1, load, mean).mean_wait)  # what exponential work of the same mean would make of it


def test_with_officers_enough_the_number_in_review_is_poisson() -> None:
    """M/G/∞: nobody waits, and the number in review has the mean and the variance λE(S), whatever the work."""
    scenario = office([(100_000, {"uniform": ["200min", "7800min"]})], 400.0, counted=3000, warm_up=60)
    means, variances = [], []
    for ledger in ledgers(scenario):
        assert not visits(ledger).wait.any()
        numbers, minutes = occupancy(ledger, stages=1)
        means.append(float(np.average(numbers[0], weights=minutes)))
        variances.append(float(np.average((numbers[0] - 10.0) ** 2, weights=minutes)))
    assert not seen(means, 10.0)
    assert not seen(variances, 10.0)
    assert seen(means, 10.5)


def test_production_slots_agree_with_erlang_c() -> None:
    """Slots are servers like officers: parts of orders wait and are made as in an M/M/c queue."""
    theory = Theory(officers=3, load=0.8, work=3000.0)
    scenario = office([], 1000.0, counted=4000, warm_up=600).replace(
        suppliers={"aselsan": {"country": "TR", "slots": 3, "lead_time": exponential(theory.work)}},
        demand={
            "sensors": {
                "buyer": "baykar", "destination": "TR", "goods": "imaging",
                "orders": f"{MINUTES_A_YEAR / 1250:.6f}/y", "value": 1, "sources": {"aselsan": {}},
            }
        },
    )  # fmt: skip
    times = []
    for ledger in ledgers(scenario):
        ordered = dict(pairs(ledger, Fact.ORDERED))
        delays = [minute - ordered[order] for order, minute in pairs(ledger, Fact.DELIVERED) if ordered[order] >= 0]
        times.append(float(np.mean(delays)))
    assert not seen(times, theory.work + theory.mean_wait)
    assert seen(times, theory.work + Theory(3, 0.8 * 1.05, theory.work).mean_wait)


def pairs(ledger: Ledger, fact: Fact) -> Iterator[tuple[int, int]]:
    """The order and the minute of each row of a fact."""
    rows = ledger.fact == fact
    return zip(ledger.order[rows].tolist(), ledger.minute[rows].tolist(), strict=True)


# ------------------------------------------------------------------ a chain of stages: Jackson


def occupancy(ledger: Ledger, stages: int) -> tuple[np.ndarray, np.ndarray]:
    """How many applications were at each stage, and for how many minutes, within the period.

    Returns
    -------
    numbers : ndarray, shape (stages, changes)
        At work or waiting, between one change and the next.
    minutes : ndarray, shape (changes,)
    """
    came, went = ledger.fact == Fact.APPLIED, ledger.fact == Fact.REVIEW_ENDED
    change = np.zeros((stages, len(ledger)), dtype=np.int64)
    change[0, came] = 1
    for stage in range(stages):
        left = went & (ledger.detail == stage)
        change[stage, left] -= 1
        if stage + 1 < stages:
            change[stage + 1, left] += 1
    numbers = change.cumsum(axis=1)
    minutes = np.diff(np.maximum(ledger.minute, 0))  # up to the last change
    return numbers[:, :-1][:, minutes > 0], minutes[minutes > 0]


def number_at(officers: int, load: float, most: int = 400) -> np.ndarray:
    """Chances of 0, 1, 2, … applications in an M/M/c queue."""
    offered = officers * load
    chance = np.cumprod([1.0] + [offered / min(number, officers) for number in range(1, most)])
    return chance / chance.sum()


CHAIN = ((1, 0.8), (1, 0.75), (4, 0.5))  # officers and load of each stage
GAP = 1000.0


@dataclass(frozen=True)
class Joint:
    """What Jackson's product form says, or what one future says, of the numbers at the stages of the chain."""

    means: tuple[float, ...]
    """Of the number at each stage."""
    together: tuple[float, ...]
    """Means of the products of two stages' numbers: the product of their means, if they are independent."""
    both_few: tuple[float, ...]
    """Chances that two stages have each at most one application."""
    empty: float
    """The chance that all are empty."""

    def figures(self) -> list[float]:
        return [*self.means, *self.together, *self.both_few, self.empty]


TWO = ((0, 1), (0, 2), (1, 2))


def product_form() -> Joint:
    chances = [number_at(officers, load) for officers, load in CHAIN]
    means = [float(chance @ np.arange(len(chance))) for chance in chances]
    few = [float(chance[:2].sum()) for chance in chances]
    return Joint(
        tuple(means),
        tuple(means[a] * means[b] for a, b in TWO),
        tuple(few[a] * few[b] for a, b in TWO),
        math.prod(float(chance[0]) for chance in chances),
    )


def joint(ledger: Ledger) -> Joint:
    """The time averages of one future."""
    numbers, minutes = occupancy(ledger, len(CHAIN))

    def average(each: np.ndarray) -> float:
        return float(np.average(each, weights=minutes))

    return Joint(
        tuple(average(each) for each in numbers),
        tuple(average(numbers[a] * numbers[b]) for a, b in TWO),
        tuple(average((numbers[a] <= 1) & (numbers[b] <= 1)) for a, b in TWO),
        average((numbers == 0).all(axis=0)),
    )


def chain(first_work: Any) -> list[list[float]]:
    """The figures of the chain in each future, as one row a figure."""
    works = [exponential(officers * load * GAP) for officers, load in CHAIN]
    stages = [(officers, work) for (officers, _), work in zip(CHAIN, [first_work, *works[1:]], strict=True)]
    scenario = office(stages, GAP, counted=3500, warm_up=500)
    return [list(figure) for figure in zip(*(joint(ledger).figures() for ledger in ledgers(scenario)), strict=True)]


def test_a_chain_of_stages_has_the_product_form_of_jackson() -> None:
    """10 comparisons: each stage's number as if it were alone, and the numbers independent of each other."""
    observed_figures = chain(exponential(CHAIN[0][1] * GAP))
    for samples, theory in zip(observed_figures, product_form().figures(), strict=True):
        assert not seen(samples, theory)


def test_a_chain_that_is_no_jackson_network_would_be_seen() -> None:
    """Constant work at the first stage lets its applications leave too evenly for the later stages."""
    even = chain(f"{CHAIN[0][1] * GAP:.0f}min")
    found = [seen(samples, theory) for samples, theory in zip(even, product_form().figures(), strict=True)]
    assert all(found[:2])  # the first stage's number, and the second's, whose work is what it was
