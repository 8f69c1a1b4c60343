"""What-if questions about defence-export permits, answered by discrete-event simulation.

Examples
--------
>>> import exportsim as xs
>>> scenario = xs.load("scenarios/quickstart.yaml")
>>> result = xs.run(scenario, futures=100, seed=1)  # every policy against the same futures
>>> result.summary()  # policy × outcome: mean and interval
>>> result.compare()  # paired against the reference
>>> ledger = xs.simulate(scenario, policy="unrestricted", future=3)
>>> ledger.frame()  # one row per fact
>>> xs.trace(scenario, "no-new-licences", "radar-parts/17", against="as-before")  # one order's life, in sentences

Names are looked up when they are first used (PEP 562), so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exportsim.analysis.outcomes import OUTCOMES, measure
    from exportsim.engine.extensions import Observation, Rule
    from exportsim.errors import ExportsimError, Fault, ScenarioError
    from exportsim.experiment.examination import Examination, examine
    from exportsim.experiment.progress import Progress
    from exportsim.experiment.result import Result
    from exportsim.experiment.run import run, simulate
    from exportsim.experiment.sweep import Sweep, sweep
    from exportsim.ledger import Ledger
    from exportsim.lifecycle import Fact
    from exportsim.report.trace import Trace, trace
    from exportsim.scenario import build, load, loads
    from exportsim.scenario.schema import Scenario
    from exportsim.version import __version__

_HOMES = {
    "OUTCOMES": "exportsim.analysis.outcomes",
    "measure": "exportsim.analysis.outcomes",
    "Observation": "exportsim.engine.extensions",
    "Rule": "exportsim.engine.extensions",
    "ExportsimError": "exportsim.errors",
    "Fault": "exportsim.errors",
    "ScenarioError": "exportsim.errors",
    "Examination": "exportsim.experiment.examination",
    "examine": "exportsim.experiment.examination",
    "Progress": "exportsim.experiment.progress",
    "Result": "exportsim.experiment.result",
    "run": "exportsim.experiment.run",
    "simulate": "exportsim.experiment.run",
    "Sweep": "exportsim.experiment.sweep",
    "sweep": "exportsim.experiment.sweep",
    "Ledger": "exportsim.ledger",
    "Fact": "exportsim.lifecycle",
    "Trace": "exportsim.report.trace",
    "trace": "exportsim.report.trace",
    "build": "exportsim.scenario",
    "load": "exportsim.scenario",
    "loads": "exportsim.scenario",
    "Scenario": "exportsim.scenario.schema",
    "__version__": "exportsim.version",
}

__all__ = [
    "OUTCOMES",
    "Examination",
    "ExportsimError",
    "Fact",
    "Fault",
    "Ledger",
    "Observation",
    "Progress",
    "Result",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Sweep",
    "Trace",
    "__version__",
    "build",
    "examine",
    "load",
    "loads",
    "measure",
    "run",
    "simulate",
    "sweep",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(globals().keys() | _HOMES.keys())
