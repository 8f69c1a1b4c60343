"""What-if questions about defence-export permits, answered by discrete-event simulation.

Examples
--------
>>> import exportsim as xs
>>> scenario = xs.load("scenarios/quickstart.yaml")
>>> result = xs.run(scenario, futures=100, seed=1)  # every policy against the same futures
>>> result.summary()  # policy × outcome: mean and interval
>>> result.compare()  # paired against the reference
>>> ledger = xs.simulate(scenario, policy="as-before", future=3)
>>> ledger.frame()  # one row per fact
>>> xs.trace(scenario, "no-new-licences", "radar-parts/17", reference="as-before")  # one order's life, in sentences

Names are looked up when they are first used (PEP 562), so that importing the package costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which takes time to import

if TYPE_CHECKING:
    from typing import Any

    from exportsim.analysis.outcomes import OUTCOMES, measure
    from exportsim.engine.extensions import Observation, Rule
    from exportsim.errors import ExportsimError, Fault, LostError, ScenarioError
    from exportsim.ledger import Ledger
    from exportsim.lifecycle import Fact
    from exportsim.playing.progress import Progress
    from exportsim.playing.store import Store, open_store
    from exportsim.report.trace import Trace, trace
    from exportsim.scenario import build, load, loads
    from exportsim.scenario.schema import Scenario
    from exportsim.study.calibration import Calibration, calibrate
    from exportsim.study.discovery import Discovery, discover
    from exportsim.study.expectations import Examination, examine
    from exportsim.study.result import Result
    from exportsim.study.run import run, simulate
    from exportsim.study.sensitivity import Sensitivity, sensitivity
    from exportsim.study.sweep import Sweep, open_sweep, sweep
    from exportsim.version import __version__

_HOMES = {
    "OUTCOMES": "exportsim.analysis.outcomes",
    "measure": "exportsim.analysis.outcomes",
    "Observation": "exportsim.engine.extensions",
    "Rule": "exportsim.engine.extensions",
    "ExportsimError": "exportsim.errors",
    "Fault": "exportsim.errors",
    "LostError": "exportsim.errors",
    "ScenarioError": "exportsim.errors",
    "Examination": "exportsim.study.expectations",
    "examine": "exportsim.study.expectations",
    "Discovery": "exportsim.study.discovery",
    "discover": "exportsim.study.discovery",
    "Calibration": "exportsim.study.calibration",
    "calibrate": "exportsim.study.calibration",
    "Progress": "exportsim.playing.progress",
    "Result": "exportsim.study.result",
    "run": "exportsim.study.run",
    "simulate": "exportsim.study.run",
    "Sensitivity": "exportsim.study.sensitivity",
    "sensitivity": "exportsim.study.sensitivity",
    "Store": "exportsim.playing.store",
    "open_store": "exportsim.playing.store",
    "Sweep": "exportsim.study.sweep",
    "sweep": "exportsim.study.sweep",
    "open_sweep": "exportsim.study.sweep",
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
    "Calibration",
    "Discovery",
    "Examination",
    "ExportsimError",
    "Fact",
    "Fault",
    "Ledger",
    "LostError",
    "Observation",
    "Progress",
    "Result",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Store",
    "Sweep",
    "Trace",
    "__version__",
    "build",
    "calibrate",
    "discover",
    "examine",
    "load",
    "loads",
    "measure",
    "open_store",
    "open_sweep",
    "run",
    "sensitivity",
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
