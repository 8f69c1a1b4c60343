"""What the user writes: the scenario file, its types, and everything that can be wrong with it. No arrays here."""

from exportsim.scenario.policies import resolved_measures
from exportsim.scenario.reader import (
    ScenarioOrPath,
    build,
    checked,
    files_read,
    load,
    loads,
    opened,
    replace,
    vary,
    warnings_of,
)
from exportsim.scenario.register import read_register
from exportsim.scenario.schema import Scenario
from exportsim.scenario.writer import digest, explicit, explicit_text

__all__ = [
    "Scenario",
    "ScenarioOrPath",
    "build",
    "checked",
    "digest",
    "explicit",
    "explicit_text",
    "files_read",
    "load",
    "loads",
    "opened",
    "read_register",
    "replace",
    "resolved_measures",
    "vary",
    "warnings_of",
]
