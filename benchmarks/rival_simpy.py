"""A SimPy program written by hand for one simple case (``simple-case.yaml``): what the reference engine is measured by.

It does what one would do who needs no other scenario: one process per order, a resource for the officers of each stage
and for the slots, a timeout for each piece of work; no measures, no patience, no second supplier, no order within a
minute. It takes its luck from the same addresses and writes the same facts, so it is the same work.

Run as a program it prints how much longer the engine takes.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import simpy

from exportsim.chance import PURPOSES, Chance, minute_of
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import REASONS, Fact
from exportsim.plan import Plan
from exportsim.scenario import load
from exportsim.working_time import advance

SIMPLE_CASE = Path(__file__).parent / "simple-case.yaml"
LINE = SUPPLIER = AUTHORITY = POLICY = 0
EXCLUDED = REASONS.index("excluded")


class Rival:
    """The simple case, and nothing else."""

    def __init__(self, plan: Plan, seed: int, future: int) -> None:
        self.plan = plan
        self.chance = Chance(plan, seed, future)
        self.env = simpy.Environment(initial_time=plan.start)
        self.officers = [simpy.Resource(self.env, number) for number in plan.stages.officers.tolist()]
        self.slots = simpy.Resource(self.env, int(plan.suppliers.slots[SUPPLIER]))
        self.work = list(zip(plan.stages.work.tolist(), plan.stages.purpose.tolist(), strict=True))
        self.working = [plan.distributions.calendar[distribution] >= 0 for distribution, _ in self.work]
        calendars = plan.calendars
        self.calendar = calendars[0], *(table[AUTHORITY] for table in calendars[1:])
        self.stream = int(plan.streams.digest[LINE])
        self.value = int(plan.lines.value[LINE])
        self.parts = int(plan.distributions.a[plan.lines.parts[LINE]])
        self.lead_time = int(plan.suppliers.lead_time[SUPPLIER])
        self.approval = float(plan.authorities.approval[AUTHORITY])
        self.rows: list[tuple[int, int, int, int, int, int, int, int]] = []

    def arrivals(self) -> Generator[Any, Any, None]:
        """The orders, as they come."""
        streams = self.plan.streams
        pieces = slice(0, int(streams.pieces[LINE]))
        curve = streams.start[pieces], streams.hazard[pieces], streams.rate[pieces]
        hazard = number = 0
        while True:
            number += 1
            hazard += self.chance.gap(self.stream, number)
            minute = minute_of(hazard, *curve)
            if minute >= self.plan.end:
                return
            yield self.env.timeout(minute - self.env.now)
            self.env.process(self.order(number))

    def order(self, number: int) -> Generator[Any, Any, None]:
        """One order: review, permit, production, delivery."""
        chance, stream, env = self.chance, self.stream, self.env
        value = max(chance.draw(self.value, stream, number, PURPOSES["value"], 0), 1)
        self.write(Fact.ORDERED, number, 0, -1, 0, value)
        self.write(Fact.SOURCED, number, 1, SUPPLIER, -1, value)
        self.write(Fact.APPLIED, number, 1, SUPPLIER, AUTHORITY, value)
        for stage, officers in enumerate(self.officers):
            with officers.request() as officer:
                yield officer
                self.write(Fact.REVIEW_STARTED, number, 1, SUPPLIER, stage, 0)
                distribution, purpose = self.work[stage]
                minutes = chance.draw(distribution, stream, number, purpose, 1)
                if self.working[stage]:
                    minutes = advance(*self.calendar, env.now, minutes) - env.now
                yield env.timeout(minutes)
                self.write(Fact.REVIEW_ENDED, number, 1, SUPPLIER, stage, 0)
        if chance.number(stream, number, PURPOSES["approval"], 1) >= self.approval:
            self.write(Fact.DENIED, number, 1, SUPPLIER, AUTHORITY, 0)
            self.write(Fact.LOST, number, 1, -1, EXCLUDED, value)
            return
        self.write(Fact.APPROVED, number, 1, SUPPLIER, AUTHORITY, value)
        for part in range(1, self.parts + 1):
            with self.slots.request() as slot:
                yield slot
                yield env.timeout(chance.draw(self.lead_time, stream, number, PURPOSES["lead_time"], 1 << 16 | part))
                share = value // self.parts
                cents = share if part < self.parts else value - share * (self.parts - 1)
                self.write(Fact.FINISHED, number, 1, SUPPLIER, part, cents)
            self.write(Fact.DELIVERED, number, 1, SUPPLIER, part, cents)

    def write(self, fact: Fact, number: int, attempt: int, supplier: int, detail: int, cents: int) -> None:
        """Write a row of the ledger."""
        self.rows.append((self.env.now, fact, LINE, number, attempt, supplier, detail, cents))


def rival(plan: Plan, seed: int, future: int) -> Ledger:
    """The simple case, run by the program written for it."""
    program = Rival(plan, seed, future)
    program.env.process(program.arrivals())
    program.env.run(until=plan.end)
    return Ledger.of(program.rows, names=plan.names, origin=plan.origin, policy=POLICY, seed=seed, future=future)


def ours(plan: Plan, seed: int, future: int) -> Ledger:
    """The same, run by the reference engine."""
    return simulate(plan, POLICY, seed=seed, future=future)


def simple_plan() -> Plan:
    """The simple case as numbers."""
    return compile_plan(load(SIMPLE_CASE))


def ratios(plan: Plan, futures: int, seed: int = 1) -> list[float]:
    """Process time of the engine over that of the rival, future by future, one right after the other."""

    def seconds(run: Callable[[Plan, int, int], Ledger], future: int) -> float:
        gc.collect()  # each run pays for its own garbage alone
        start = time.process_time()
        run(plan, seed, future)
        return time.process_time() - start

    ours(plan, seed, 0), rival(plan, seed, 0)  # compiled and warm
    return [seconds(ours, future) / seconds(rival, future) for future in range(1, futures + 1)]


if __name__ == "__main__":
    each = ratios(simple_plan(), int(sys.argv[1]) if len(sys.argv) > 1 else 21)
    low, middle, high = statistics.quantiles(each, n=4)
    print(f"engine / rival: median {middle:.2f}, quartiles {low:.2f} and {high:.2f}, of {len(each)} futures")
