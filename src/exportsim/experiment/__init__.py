"""Playing policies against futures, and what comes of it."""

from exportsim.experiment.progress import Progress
from exportsim.experiment.result import Result
from exportsim.experiment.run import run, simulate

__all__ = ["Progress", "Result", "run", "simulate"]
