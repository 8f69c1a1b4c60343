"""What the user writes: the scenario file, its types, and everything that can be wrong with it. No arrays here."""

from exportsim.scenario.explicit import digest, explicit, explicit_text
from exportsim.scenario.reader import build, checked, load, loads, vary, warnings_of
from exportsim.scenario.schema import Scenario

__all__ = ["Scenario", "build", "checked", "digest", "explicit", "explicit_text", "load", "loads", "vary", "warnings_of"]
