"""Paths with values or distributions beside them, as the command line has them: written as in YAML."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from exportsim.errors import Fault, ScenarioError

_RANGE = re.compile(r"([^=]*\S)\s*=([^,\[\]{}]*\.\.[^,\[\]{}]*)")


def grid_of(written: tuple[str, ...], option: str = "--over", form: str = "path=value,value") -> dict[str, list[Any]]:
    """What ``--over`` gives: values as between the brackets of a list."""
    repeated = "given twice; give all of its values at once"
    return _by_path(option, written, form, repeated, "[{}]".format, required=True)


def distributions_of(written: tuple[str, ...]) -> dict[str, Any]:
    """What ``--fit`` gives: a distribution, or None where there is none."""
    return _by_path("--fit", written, "path` or `path={uniform: [a, b]}", "given twice", str, required=False)


def levers_of(written: tuple[str, ...]) -> dict[str, Any]:
    """What ``--lever`` gives: two ends, or values as between the brackets of a list."""
    ranges = {item: match for item in written if (match := _RANGE.fullmatch(item))}
    form = "path=40..80` or `path=value,value"
    lists = grid_of(tuple(item for item in written if item not in ranges), "--lever", form)
    levers: dict[str, Any] = {}
    for item in written:
        path = item.partition("=")[0].strip()
        if path in levers:
            raise ScenarioError(
                [Fault("--lever", 0, 0, path, "given twice; give its two ends, or all values, at once")]
            )
        levers[path] = ranges[item][2].strip() if item in ranges else lists[path]
    return levers


def _by_path(
    name: str, written: tuple[str, ...], form: str, repeated: str, yaml: Callable[[str], str], *, required: bool
) -> dict[str, Any]:
    """What an option gives by path, or all that is wrong with it."""
    from exportsim.scenario.quantities import show
    from exportsim.scenario.written import values_of

    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for item in written:
        path, equals, text = item.partition("=")
        path = path.strip()
        if not path or (equals and not text.strip()) or (required and not equals):
            faults.append(Fault(name, 0, 0, "", f"found {show(item)}, expected `{form}`"))
        elif path in values:
            faults.append(Fault(name, 0, 0, path, repeated))
        else:
            try:
                values[path], wrong = values_of(yaml(text), path, name) if equals else (None, [])
            except ScenarioError as error:
                values[path], wrong = None, list(error.faults)
            faults += [Fault(name, 0, 0, path, fault.message) for fault in wrong]
    if faults:
        raise ScenarioError(faults)
    return values
