"""Where a page's numbers come from, and the command that makes it again. Files are named without their folders."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from exportsim.scenario.checks import MAX_ORDERS
from exportsim.study.result import Result


def command(
    result: Result, file: str = "scenario.yaml", *, focus: str | None = None, overrides: Sequence[str] = ()
) -> str:
    """What to type in a shell to have this page again."""
    origin = result.provenance
    words = ["exportsim", "report", Path(file).name, "--futures", str(origin["futures"]), "--seed", str(origin["seed"])]
    others = [policy for policy in result.policies if policy != result.scenario.reference]
    default = others[0] if others else None
    if len(result.policies) < len(result.scenario.policies) or focus != default:
        first = [focus] if focus is not None else []
        for policy in [*first, *(name for name in result.policies if name != focus)]:
            words += ["--policy", policy]
    for override in overrides:
        words += ["--set", override]
    if (bound := result.scenario.origin.max_orders) != MAX_ORDERS:
        words += ["--max-orders", str(bound)]
    if result.scenario.origin.allow_outside:
        words.append("--allow-outside")
    return shlex.join([*words, "--out", "report.html"])


def origins(result: Result) -> Iterator[tuple[str, str]]:
    """The provenance of a result, entry by entry."""
    origin: dict[str, Any] = dict(result.provenance)
    yield "exportsim", origin["exportsim"]
    yield "Scenario (SHA-256 of its explicit form)", origin["scenario"]
    yield "Policies", ", ".join(origin["policies"])
    interrupted = " (interrupted: more were asked for)" if origin["interrupted"] else ""
    yield "Futures", f"{origin['futures']}, numbered from 0{interrupted}"
    yield "Seed", str(origin["seed"])
    yield "Engine", f"{origin['engine']}; {origin['seconds']:.1f} s"
    yield "Started", origin["started"].replace("T", " ").replace("+00:00", " UTC")
    yield "Python", f"{origin['python']} ({origin['implementation']})"
    yield "Platform", f"{origin['platform']['system']}, {origin['platform']['machine']}"
    yield "Libraries", ", ".join(f"{name} {version}" for name, version in origin["libraries"].items())
