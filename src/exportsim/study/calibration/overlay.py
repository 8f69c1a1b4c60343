"""The best values of a calibration as a scenario file that extends the one that was fitted.

Every number that was fitted names the calibration among its sources, beside those it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exportsim.errors import ExportsimError
from exportsim.files import same
from exportsim.scenario import Scenario, explicit, files_read, load, loads, vary
from exportsim.scenario.addresses import located
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import tame
from exportsim.scenario.schema_paths import models_at
from exportsim.study.table_file import writable_at, write_at

if TYPE_CHECKING:
    from exportsim.study.calibration.result import Calibration

KEY = "calibration"
ENDINGS = (".yaml", ".yml")


def write_overlay(found: Calibration, path: str | os.PathLike[str], extends: str | os.PathLike[str]) -> None:
    """Write it; see :meth:`exportsim.study.calibration.result.Calibration.overlay`."""
    target, base = writable_overlay(path, extends, files_read(found.scenario)), Path(extends)
    text = overlay_text(found, base, os.path.relpath(base.resolve(), target.parent.resolve()))
    # Read as it will be read, before it takes the place of anything.
    loads(text, name=str(path), folder=target.parent, max_orders=found.scenario.origin.max_orders, allow_outside=True)
    write_at(target, text, str(path))


def writable_overlay(
    path: str | os.PathLike[str], extends: str | os.PathLike[str], reads: Iterable[str | os.PathLike[str]] = ()
) -> Path:
    """Where an overlay can be written, for all that can be known before there is one."""
    target = Path(os.path.realpath(path))
    if target.suffix not in ENDINGS:
        raise ExportsimError(f"{path}: found the ending `{target.suffix}`, expected {' or '.join(ENDINGS)}")
    if same(target, extends):
        raise ExportsimError(f"{path}: this is the scenario itself; name another file, which will extend it")
    return writable_at(path, reads)


def overlay_text(found: Calibration, base: Path, extends: str) -> str:
    """The overlay as YAML."""
    from ruamel.yaml import YAML

    scenario = found.scenario
    names = [KEY, *(f"{KEY}-{number}" for number in range(2, len(scenario.sources) + 3))]
    key = next(name for name in names if name not in scenario.sources)
    origin = found.provenance
    day = datetime.fromisoformat(origin["started"])
    told = (
        f"Fitted to {tame(found.observations.name)} (SHA-256 {found.observations.digest[:16]}) under the policy "
        f"{found.policy} on {day.day} {day:%B %Y}; {origin['calibration']['trials']} trials of {origin['futures']} "
        f"futures, seed {origin['seed']}, exportsim {origin['exportsim']}"
    )
    changes: dict[str, Any] = {f"sources.{key}": told, **found.values}
    fitted = vary(scenario, changes)
    for path in found.values:
        fitted = vary(fitted, dict([_cited(fitted, path, key)]))
    before = explicit(load(base, max_orders=scenario.origin.max_orders, allow_outside=scenario.origin.allow_outside))
    content = {"extends": Path(extends).as_posix(), **_laid_over(before, explicit(fitted))}
    yaml, text = YAML(), StringIO()
    yaml.width = 110
    yaml.dump(content, text)
    says = "Written by exportsim calibrate; docs/calibration.md says what the numbers rest on."
    return f"# {told}.\n# {says}\n{text.getvalue()}"


def _cited(scenario: Scenario, address: str, key: str) -> tuple[str, Any]:
    """Where the source of a number stands, and what is to stand there: what did, and the key."""
    tree: Any = explicit(scenario)
    passed: list[tuple[Any, tuple[str | int, ...]]] = []  # what was passed on the way, and the path to it
    steps = located(from_python(tree), address)
    for depth, step in enumerate(steps):
        passed.append((tree, steps[:depth]))
        is_there = isinstance(tree, list) or (isinstance(tree, dict) and step in tree)
        tree = tree[step] if is_there else {}
    for depth in range(len(passed) - 1, -1, -1):
        part, path = passed[depth]
        if any("source" in model.model_fields for model in models_at(Scenario, path)):
            old = part.get("source")
            field = str(steps[depth])
            if old is None:
                new: Any = {field: [key]}
            elif key in _listed(old.get(field, []) if isinstance(old, dict) else old):
                new = old
            elif isinstance(old, dict):
                new = {**old, field: [*_listed(old.get(field, [])), key]}
            else:
                new = [*_listed(old), key]
            return ".".join(map(str, (*path, "source"))), new
    raise AssertionError(steps)  # everything that can be fitted is part of something with a source


def _listed(source: Any) -> list[str]:
    return list(source) if isinstance(source, list) else [source]


def _laid_over(before: Any, after: Any) -> Any:
    """What must be laid over one mapping to make another of it: lists and distributions are replaced as wholes."""
    if not isinstance(before, dict) or not isinstance(after, dict) or (len(after) == 1 and next(iter(after)) in KINDS):
        return after
    gone = {key: None for key in before if key not in after}
    return gone | {
        key: _laid_over(before.get(key), value)
        for key, value in after.items()
        if key not in before or before[key] != value
    }
