"""The best values of a calibration as a scenario file that extends the one that was fitted.

Every number that was fitted names the calibration among its sources, beside those it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from exportsim import language
from exportsim.errors import ExportsimError
from exportsim.files import same
from exportsim.scenario import Scenario, explicit, files_read, load, loads, vary
from exportsim.scenario.addresses import located
from exportsim.scenario.overlay import laid_over
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.schema_paths import models_at
from exportsim.study.table_file import writable_at, write_at

KEY = "calibration"
ENDINGS = (".yaml", ".yml")


def write_overlay(
    path: str | os.PathLike[str],
    extends: str | os.PathLike[str],
    scenario: Scenario,
    values: Mapping[str, Any],
    source: str,
) -> None:
    """Write values by path, of which a scenario says the source; see :meth:`exportsim.Calibration.overlay`."""
    target, base = writable_overlay(path, extends, files_read(scenario)), Path(extends)
    text = overlay_text(scenario, values, source, base, os.path.relpath(base.resolve(), target.parent.resolve()))
    # Read as it will be read, before it takes the place of anything.
    loads(text, name=str(path), folder=target.parent, max_orders=scenario.origin.max_orders, allow_outside=True)
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


def overlay_text(scenario: Scenario, values: Mapping[str, Any], source: str, base: Path, extends: str) -> str:
    """The overlay as YAML."""
    from ruamel.yaml import YAML

    names = [KEY, *(f"{KEY}-{number}" for number in range(2, len(scenario.sources) + 3))]
    key = next(name for name in names if name not in scenario.sources)
    fitted = vary(scenario, {f"sources.{key}": source, **values})
    for path in values:
        fitted = vary(fitted, dict([_cited(fitted, path, key)]))
    before = explicit(load(base, max_orders=scenario.origin.max_orders, allow_outside=scenario.origin.allow_outside))
    content = {"extends": Path(extends).as_posix(), **laid_over(before, explicit(fitted))}
    yaml, text = YAML(), StringIO()
    yaml.width = 110
    yaml.dump(content, text)
    return f"# {source}.\n# {language.text('calibration.overlay.written')}\n{text.getvalue()}"


def _cited(scenario: Scenario, address: str, key: str) -> tuple[str, Any]:
    """Where the source of a number stands, and what is to stand there: what did, and the key."""
    tree = explicit(scenario)
    steps = located(from_python(tree), address)
    parts: list[Any] = [tree]  # what is passed on the way
    for step in steps[:-1]:
        is_there = isinstance(parts[-1], list) or (isinstance(parts[-1], dict) and step in parts[-1])
        parts.append(parts[-1][step] if is_there else {})
    for depth in reversed(range(len(steps))):
        if any("source" in model.model_fields for model in models_at(Scenario, steps[:depth])):
            where = ".".join(map(str, (*steps[:depth], "source")))
            return where, _with_key(parts[depth].get("source"), str(steps[depth]), key)
    raise AssertionError(steps)  # everything that can be fitted is part of something with a source


def _with_key(source: Any, field: str, key: str) -> Any:
    """The source of a part, be it one, several or one for each field, with a key among those of a field."""
    if source is None:
        return {field: [key]}
    cited = source.get(field, []) if isinstance(source, dict) else source
    keys = cited if isinstance(cited, list) else [cited]
    if key in keys:
        return source
    return {**source, field: [*keys, key]} if isinstance(source, dict) else [*keys, key]
