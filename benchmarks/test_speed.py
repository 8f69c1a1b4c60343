"""How long each step takes, scenario by scenario, and what the engine costs beside a program written for one case.

``pytest benchmarks --benchmark-only --benchmark-timer=time.process_time``; see ``README.md`` here.
"""

from __future__ import annotations

import runpy
import statistics
from pathlib import Path
from typing import Any

import pytest

from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.scenario import load

HERE = Path(__file__).parent
SHIPPED = sorted((HERE.parent / "scenarios").glob("*.yaml"))
RIVAL = runpy.run_path(str(HERE / "rival_simpy.py"))
MOST = 1.5  # times what the rival takes

each_scenario = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


@each_scenario
def test_load(benchmark: Any, path: Path) -> None:
    """From the file to a checked scenario."""
    benchmark(load, path)


@each_scenario
def test_compile(benchmark: Any, path: Path) -> None:
    """From the scenario to its plan."""
    benchmark(compile_plan, load(path))


@each_scenario
def test_one_future(benchmark: Any, path: Path) -> None:
    """One future under every policy of the scenario."""
    plan = compile_plan(load(path))

    def play() -> int:
        return sum(len(simulate(plan, policy, seed=1, future=0)) for policy in range(len(plan.policies)))

    benchmark.extra_info["policies"] = len(plan.policies)
    benchmark.extra_info["rows"] = benchmark(play)


@each_scenario
def test_outcomes(benchmark: Any, path: Path) -> None:
    """From one ledger to every outcome and series."""
    plan = compile_plan(load(path))
    benchmark(measure, simulate(plan, 0, seed=1, future=0), plan)


@pytest.mark.parametrize("program", ["ours", "rival"])
def test_the_simple_case(benchmark: Any, program: str) -> None:
    """The engine, and the program written for this one case."""
    benchmark(RIVAL[program], RIVAL["simple_plan"](), 1, 0)


def test_the_engine_costs_little_more_than_a_program_written_for_one_case(benchmark: Any) -> None:
    """Interleaved in one process, future by future: the median ratio of process times is at most `MOST`."""
    each = benchmark.pedantic(RIVAL["ratios"], (RIVAL["simple_plan"](), 21))
    benchmark.extra_info["ratio"] = statistics.median(each)
    assert statistics.median(each) <= MOST
