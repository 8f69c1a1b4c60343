"""Outcomes and series counted once more, the plain way: order by order, from the definitions, with Python's numbers."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim import Ledger, Scenario, load, testing
from exportsim.analysis.counting_tables import final_year, licensing, months, places
from exportsim.analysis.outcomes import measure
from exportsim.analysis.quantities import SERIES
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.lifecycle import Fact
from exportsim.outcomes import MONEY, row
from exportsim.plan import NEVER, Plan
from exportsim.working_time import elapsed

DAY = 1440
Sums = dict[tuple[int, int, int, int, str], list[int]]


def weighed(plan: Plan, outcomes: dict[str, float]) -> float:
    """The weighted sum that the scenario asks for; of money the cents are what they are."""
    total = Fraction(0)
    for outcome, amount in plan.objective:
        value = outcomes[outcome]
        if math.isnan(value):
            return math.nan
        of_money = row(outcome).unit == MONEY
        total += amount * (Fraction(round(100 * value), 100) if of_money else Fraction(value))
    return float(total)


def lives(ledger: Ledger, plan: Plan) -> tuple[dict[tuple[int, int], list[Any]], list[int]]:
    """The facts of each order, and the times of other applications decided in the period, the clock stopped."""
    orders: dict[tuple[int, int], list[Any]] = defaultdict(list)
    traffic: dict[tuple[int, int], list[int]] = defaultdict(list)
    away: dict[tuple[int, int], list[int]] = defaultdict(list)
    for minute, fact, line, order, _, supplier, detail, cents in ledger.rows():
        if line >= 0 and order > 0:
            orders[line, order].append((minute, Fact(fact), supplier, detail, cents))
        elif line < 0 and fact in (Fact.APPLIED, Fact.APPROVED, Fact.DENIED):
            traffic[detail, order].append(minute)
        elif line < 0 and fact in (Fact.RETURNED, Fact.ANSWERED):
            away[int(plan.stages.authority[detail]), order].append(minute)
    times = []
    for key, pair in traffic.items():
        if len(pair) == 2 and max(pair) >= 0:  # as many answers as questions
            stopped = sum((-1) ** (number + 1) * minute for number, minute in enumerate(away[key]))
            times.append(max(pair) - min(pair) - stopped)
    return orders, times


def by_name(plan: Plan, found: Counter[str], parts: Counter[str], final: int) -> dict[str, float]:
    """The outcomes of which there is one for each supplier, authority or destination."""
    outcomes: dict[str, float] = {}
    for name in plan.names.suppliers:
        outcomes |= {f"delivered/{name}": found[f"delivered/{name}"] / 100}
        outcomes |= {f"final_share/{name}": ratio(found[f"final/{name}"], final)}
    outcomes |= {
        f"final_share_by_number/{name}": ratio(parts[name], sum(parts.values())) for name in plan.names.suppliers
    }
    outcomes |= {f"exports/{name}": found[f"exports/{name}"] / 100 for name in plan.names.authorities}
    outcomes |= {f"received/{name}": found[f"received/{name}"] / 100 for name in plan.names.destinations}
    return outcomes


def plainly(ledger: Ledger, plan: Plan) -> tuple[dict[str, float], Sums]:
    """The outcomes, and the series by (month, line, supplier, programme, quantity)."""
    license_of, ends = licensing(plan), months(plan)[1].tolist()
    orders, traffic = lives(ledger, plan)
    period = Counter(Fact(fact) for minute, fact, *_ in ledger.rows() if minute >= 0)
    found: Counter[str] = Counter()
    waits = final = 0
    elapsed: list[int] = []
    times, ages, judged, late, closed, in_time = [], [], 0, 0, 0, 0
    parts: Counter[str] = Counter()
    series: Sums = defaultdict(lambda: [0, 0])
    for (line, _), life in orders.items():
        placed, _, _, programme, worth = life[0]
        life = [entry for entry in life if entry[1] not in
                (Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.FINISHED, Fact.STRANDED)]  # fmt: skip
        applied: tuple[int, int] | None = None
        stops: list[tuple[int, int]] = []
        left = worth
        for number, (minute, fact, supplier, detail, cents) in enumerate(life):
            until = life[number + 1][0] if number + 1 < len(life) else NEVER
            licensed = supplier >= 0 and license_of[line, supplier] >= 0
            if fact == Fact.DELIVERED:
                left -= cents
            elif fact == Fact.LOST:
                left = 0
            else:
                cents = left
            month = sum(end <= minute for end in ends)
            flows = [each.name for each in SERIES if fact in each.facts and not each.stock and minute >= 0]
            for name in flows:
                at = series[month, line, supplier, programme, name]
                at[0], at[1] = at[0] + 1, at[1] + cents
            if fact == Fact.DELIVERED and minute >= 0:
                price = int(plan.suppliers.price[supplier])
                paid = (cents * price + 500_000) // 1_000_000
                at = series[month, line, supplier, programme, "spend"]
                at[0], at[1] = at[0] + 1, at[1] + paid
                found["premium"] += paid - cents
                found[f"delivered/{plan.names.suppliers[supplier]}"] += cents
                found["exports"] += cents if licensed else 0
                found["elsewhere"] += 0 if licensed else cents
                if licensed:
                    found[f"exports/{plan.names.authorities[license_of[line, supplier]]}"] += cents
                found[f"received/{plan.names.destinations[plan.lines.destination[line]]}"] += cents
                waits += cents * (minute - placed)
                if minute >= final_year(plan):
                    final += cents
                    found[f"final/{plan.names.suppliers[supplier]}"] += cents
                    parts[plan.names.suppliers[supplier]] += 1
            for name in flows:
                found[name] += cents
            stocks = [
                each.name for each in SERIES
                if fact in each.facts and each.stock and (licensed or each.name == "unserved")
            ]  # fmt: skip
            for standing in range(month, sum(end <= until for end in ends)):
                for name in [*stocks, "open"] if left else []:
                    at = series[standing, line, supplier, programme, name]
                    at[0], at[1] = at[0] + 1, at[1] + left
            found["open_at_start"] += left if minute < 0 <= until else 0
            if fact == Fact.APPLIED:
                applied, stops = (minute, detail), []
            elif fact == Fact.RETURNED:
                stops.append((minute, until))
            ending = applied is not None and fact in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)
            undecided = applied is not None and until == NEVER
            if applied is not None and (ending or undecided):
                decided, end = fact != Fact.WITHDRAWN and ending, minute if ending else plan.end
                standard = int(plan.authorities.standard[applied[1]])
                stops = [(since, min(answered, end)) for since, answered in stops]
                if ending and end >= 0:
                    times += [end - applied[0] - sum(past - since for since, past in stops)] if decided else []
                    elapsed += [end - applied[0]] if decided else []
                    closed += standard >= 0
                    days = whole_days(plan, applied[1], applied[0], end)
                    days -= sum(whole_days(plan, applied[1], *stop) for stop in stops)
                    in_time += days * DAY <= standard
                if applied[0] >= 0:
                    used = taken(plan, applied[1], applied[0], end)
                    slow = used - sum(taken(plan, applied[1], *stop) for stop in stops) > standard >= 0
                    judged += standard >= 0 and (decided or slow)
                    late += slow
                ages += [] if ending else [end - applied[0]]
                applied = None if ending else applied
        found["pending"] += left
    outcomes: dict[str, float] = {
        name: found[name] / 100
        for name in ("exports", "delivered", "elsewhere", "lost", "pending", "ordered", "open_at_start", "premium")
    }
    outcomes |= {
        "delay": ratio(waits, found["delivered"] * DAY),
        "processing_time_mean": ratio(sum(times), len(times) * DAY),
        "processing_time_median": quantile(times, 5),
        "processing_time_p90": quantile(times, 9),
        "elapsed_time_median": quantile(elapsed, 5),
        "within_standard": ratio(in_time, closed),
        "within_standard_cohort": ratio(judged - late, judged),
        "backlog": float(len(ages)),
        "backlog_age_median": quantile(ages, 5),
        "traffic_processing_time_mean": ratio(sum(traffic), len(traffic) * DAY),
        "traffic_processing_time_median": quantile(traffic, 5),
    }
    outcomes |= by_name(plan, found, parts, final)
    outcomes |= {"incidents": float(period[Fact.INCIDENT]), "evidence": float(period[Fact.EVIDENCE])}
    if plan.objective:
        outcomes["objective"] = weighed(plan, outcomes)
    return outcomes, series


def taken(plan: Plan, authority: int, applied: int, ended: int) -> int:
    calendar = int(plan.authorities.standard_calendar[authority])
    if calendar < 0:
        return ended - applied
    tables = plan.calendars.origin, plan.calendars.working[calendar], plan.calendars.before[calendar]
    return elapsed(*tables, ended) - elapsed(*tables, applied)


def whole_days(plan: Plan, authority: int, applied: int, ended: int) -> int:
    """Day by day: those after the day of the application, to that of the closing, that the standard counts."""
    calendar, days = int(plan.authorities.standard_calendar[authority]), range(applied // DAY + 1, ended // DAY + 1)
    if calendar < 0:
        return len(days)
    first = plan.calendars.origin // DAY
    return sum(int(plan.calendars.working[calendar][day - first]) for day in days)


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def quantile(minutes: list[int], tenths: int) -> float:
    if not minutes:
        return math.nan
    rank, rest = divmod((len(minutes) - 1) * tenths, 10)
    below, above = [*sorted(minutes), 0][rank : rank + 2]
    return (10 * below + rest * (above - below)) / (10 * DAY)


def assert_counted(ledger: Ledger, plan: Plan) -> None:
    expected, sums = plainly(ledger, plan)
    found = measure(ledger, plan)
    assert found.outcomes.keys() == expected.keys()
    for name, value in expected.items():
        assert found.outcomes[name] == value or (math.isnan(value) and math.isnan(found.outcomes[name])), name
    where = places(plan)
    counted = {}
    for key, number, cents in zip(*(column.tolist() for column in found.series), strict=True):
        month, place = divmod(key // len(SERIES), len(where.line))
        axes = (month, int(where.line[place]), int(where.supplier[place]), int(where.programme[place]))
        counted[(*axes, SERIES[key % len(SERIES)].name)] = [number, cents]
    assert counted == dict(sums)


@settings(max_examples=3 * settings.default.max_examples)
@given(testing.scenarios(), st.integers(0, 3))
def test_any_ledger_comes_to_what_its_definitions_say(scenario: Scenario, future: int) -> None:
    plan = compile_plan(scenario)
    for policy in range(len(plan.policies)):
        assert_counted(simulate(plan, policy, seed=5, future=future, engine="compiled"), plan)


@pytest.mark.parametrize("name", ["quickstart", "canada-turkiye"])
def test_a_shipped_scenario_comes_to_what_its_definitions_say(name: str) -> None:
    plan = compile_plan(load(Path(__file__).parents[1] / "scenarios" / f"{name}.yaml"))
    for policy in range(len(plan.policies)):
        assert_counted(simulate(plan, policy, seed=5, future=0, engine="compiled"), plan)
