"""M/M/5 in SimPy as one writes it after the tutorial: a process an application, a resource, timeouts."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy


def application(
    env: simpy.Environment,
    officers: simpy.Resource,
    work: float,
    luck: random.Random,
    visits: list[tuple[float, float, float]],
) -> Generator[Any, Any, None]:
    """One application: it waits for an officer, is reviewed, and is approved."""
    applied = env.now
    with officers.request() as officer:
        yield officer
        started = env.now
        yield env.timeout(luck.expovariate(1 / work))
    visits.append((applied, started, env.now))


def arrivals(
    env: simpy.Environment,
    applications: int,
    gap: float,
    officers: simpy.Resource,
    work: float,
    luck: random.Random,
    visits: list[tuple[float, float, float]],
) -> Generator[Any, Any, None]:
    """The applications, as they come."""
    for _ in range(applications):
        yield env.timeout(luck.expovariate(1 / gap))
        env.process(application(env, officers, work, luck, visits))


def simulate(applications: int, gap: float, work: float, officers: int, seed: int) -> list[tuple[float, float, float]]:
    """When each application was applied for, and when its review started and ended."""
    env = simpy.Environment()
    visits: list[tuple[float, float, float]] = []
    resource = simpy.Resource(env, capacity=officers)
    env.process(arrivals(env, applications, gap, resource, work, random.Random(seed), visits))
    env.run()
    return visits
