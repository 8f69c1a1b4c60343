"""Where a result comes from: all that is needed to play it again, and nothing about whose machine it was."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from exportsim.errors import Fault
from exportsim.scenario import digest, warnings_of
from exportsim.scenario.schema import Scenario
from exportsim.version import __version__

LIBRARIES = ("numpy", "scipy", "pandas", "simpy", "numba", "holidays", "pydantic", "ruamel.yaml", "pyarrow")


def provenance(
    scenario: Scenario,
    *,
    policies: Sequence[str],
    futures: int,
    seed: int,
    engine: str,
    started: datetime,
    seconds: float,
    interrupted: bool = False,
    precision: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Say where a result comes from.

    Parameters
    ----------
    seconds : float
        How long it took.
    """
    return {
        "exportsim": __version__,
        "title": scenario.title,
        "scenario": digest(scenario),
        "reference": scenario.reference,
        "policies": list(policies),
        "futures": futures,
        "seed": seed,
        "engine": engine,
        "interrupted": interrupted,
        "warnings": warned(warnings_of(scenario)),
        **({} if precision is None else {"precision": dict(precision)}),
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "libraries": {name: found for name in LIBRARIES if (found := _version(name)) is not None},
    }


def warned(warnings: Iterable[Fault]) -> list[dict[str, str]]:
    """Warnings as provenance has them: by path, whatever the file was called and however it was laid out."""
    found = sorted({(warning.path, warning.message) for warning in warnings})
    return [{"path": path, "message": message} for path, message in found]


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
