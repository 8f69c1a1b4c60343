"""Studies: what is asked of a scenario and what comes of it."""

from exportsim.playing.progress import Progress
from exportsim.study.result import Result
from exportsim.study.run import run, simulate

__all__ = ["Progress", "Result", "run", "simulate"]
