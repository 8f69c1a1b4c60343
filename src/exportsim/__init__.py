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

    from exportsim.analysis.outcomes import measure as measure
    from exportsim.engine.extensions import Observation as Observation
    from exportsim.engine.extensions import Rule as Rule
    from exportsim.errors import ExportsimError as ExportsimError
    from exportsim.errors import Fault as Fault
    from exportsim.errors import LostError as LostError
    from exportsim.errors import ScenarioError as ScenarioError
    from exportsim.learning.event_log import event_log as event_log
    from exportsim.learning.learned import Learned as Learned
    from exportsim.learning.learned import learn as learn
    from exportsim.ledger import Ledger as Ledger
    from exportsim.lifecycle import Fact as Fact
    from exportsim.opening import open_study as open_study
    from exportsim.outcomes import OUTCOMES as OUTCOMES
    from exportsim.playing.progress import Progress as Progress
    from exportsim.playing.store import Store as Store
    from exportsim.playing.store import open_store as open_store
    from exportsim.report import plots as plots
    from exportsim.report.html import write_report as write_report
    from exportsim.report.trace import Trace as Trace
    from exportsim.report.trace import trace as trace
    from exportsim.scenario import build as build
    from exportsim.scenario import load as load
    from exportsim.scenario import loads as loads
    from exportsim.scenario import replace as replace
    from exportsim.scenario import vary as vary
    from exportsim.scenario.schema import Scenario as Scenario
    from exportsim.study.answer import Answer as Answer
    from exportsim.study.backlog import Backlog as Backlog
    from exportsim.study.backlog import backlog as backlog
    from exportsim.study.calibration import Calibration as Calibration
    from exportsim.study.calibration import calibrate as calibrate
    from exportsim.study.discovery import Discovery as Discovery
    from exportsim.study.discovery import discover as discover
    from exportsim.study.doubt import doubt as doubt
    from exportsim.study.expectations import ExpectationReport as ExpectationReport
    from exportsim.study.expectations import check_expectations as check_expectations
    from exportsim.study.input_ranges import Doubt as Doubt
    from exportsim.study.part import StudyPart as StudyPart
    from exportsim.study.part import play_part as play_part
    from exportsim.study.prediction import Forecast as Forecast
    from exportsim.study.prediction import Scores as Scores
    from exportsim.study.prediction import predict as predict
    from exportsim.study.prediction import score as score
    from exportsim.study.result import Result as Result
    from exportsim.study.run import run as run
    from exportsim.study.run import simulate as simulate
    from exportsim.study.seek import Seek as Seek
    from exportsim.study.seek import seek as seek
    from exportsim.study.sensitivity import Sensitivity as Sensitivity
    from exportsim.study.sensitivity import sensitivity as sensitivity
    from exportsim.study.several_files import Comparison as Comparison
    from exportsim.study.several_files import compare as compare
    from exportsim.study.sweep import Sweep as Sweep
    from exportsim.study.sweep import open_sweep as open_sweep
    from exportsim.study.sweep import sweep as sweep
    from exportsim.study.what_if import WhatIf as WhatIf
    from exportsim.version import __version__ as __version__

_NAMES_BY_MODULE = {
    "analysis.outcomes": "measure",
    "outcomes": "OUTCOMES",
    "engine.extensions": "Observation Rule",
    "errors": "ExportsimError Fault LostError ScenarioError",
    "learning.event_log": "event_log",
    "learning.learned": "Learned learn",
    "ledger": "Ledger",
    "lifecycle": "Fact",
    "playing.progress": "Progress",
    "playing.store": "Store open_store",
    "report.html": "write_report",
    "report.plots": "plots",
    "report.trace": "Trace trace",
    "scenario": "build load loads replace vary",
    "scenario.schema": "Scenario",
    "study.answer": "Answer",
    "study.backlog": "Backlog backlog",
    "study.calibration": "Calibration calibrate",
    "study.discovery": "Discovery discover",
    "study.doubt": "Doubt doubt",
    "study.expectations": "ExpectationReport check_expectations",
    "study.part": "StudyPart play_part",
    "study.prediction": "Forecast Scores predict score",
    "study.result": "Result",
    "study.run": "run simulate",
    "study.seek": "Seek seek",
    "study.sensitivity": "Sensitivity sensitivity",
    "study.several_files": "Comparison compare",
    "opening": "open_study",
    "study.sweep": "Sweep open_sweep sweep",
    "study.what_if": "WhatIf",
    "version": "__version__",
}
_MODULES = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names.split()}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"exportsim.{_MODULES[name]}")
    globals()[name] = value = getattr(module, name, module)  # `plots` is a module itself
    return value


def __dir__() -> list[str]:
    return list(__all__)
