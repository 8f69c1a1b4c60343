"""The explicit form of a scenario: every default filled in, as a mapping and as YAML. It is itself a valid scenario.

Resolving twice changes nothing, and the same scenario gives the same bytes everywhere; its digest is made of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.scenario.marks import is_doubtful, unmistakable
from exportsim.scenario.quantities import Duration, Money, Rate
from exportsim.scenario.schema import Register, Scenario
from exportsim.scenario.text import resolve

WIDTH = 110


def explicit(scenario: Scenario) -> dict[str, Any]:
    """A scenario as a mapping of plain values, with every default filled in.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict
        Made of dictionaries, lists, text and numbers; dates and quantities are text, and optional parts that are not
        there are left out. It is valid input: the scenario that it makes is equal to this one.
    """
    form: dict[str, Any] = explicit_form(scenario)
    return form


def explicit_form(given: object) -> Any:
    """The explicit form of a scenario, a part, or a value."""
    if isinstance(given, BaseModel):
        fields = type(given).model_fields
        values = {field.alias or name: getattr(given, name) for name, field in fields.items()}
        return {key: explicit_form(value) for key, value in values.items() if value is not None}
    if isinstance(given, dict):
        return {_key(key): explicit_form(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [explicit_form(value) for value in given]
    if isinstance(given, Money):
        text = str(given)
        return int(text) if text.isdecimal() else text
    if isinstance(given, Duration | Rate):
        return str(given)
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, float) and given.is_integer():
        return int(given)
    return given


def _key(key: object) -> str:
    if isinstance(key, date):
        return key.isoformat()
    return repr(key) if isinstance(key, float) else str(key)


def explicit_text(scenario: Scenario) -> str:
    """The explicit form as YAML 1.2.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Ends in a newline. The same scenario gives the same text.
    """
    return "\n".join(_block(_as_file(explicit(scenario)), "")) + "\n"


def digest(scenario: Scenario) -> str:
    """What a scenario says, as 64 hexadecimal digits: SHA-256 of its explicit text.

    A register counts by what it holds, not by where it lies; what is expected of the outcomes does not count.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
    """
    return hashlib.sha256("\n".join(_block(_as_file(content(scenario)), "")).encode()).hexdigest()


def content(scenario: Scenario) -> dict[str, Any]:
    """The explicit form with the SHA-256 of each register's bytes in place of its file's name, without expectations."""
    form = explicit(scenario.model_copy(update={"expect": []}))
    del form["expect"]
    for name, line in scenario.demand.items():
        if isinstance(line.orders, Register):
            try:
                recorded = files.read(Path(scenario.folder, line.orders.register_))
            except OSError as error:
                message = f"{line.orders.register_}: cannot be read: {files.reason_of(error)}"
                raise ExportsimError(message) from None
            form["demand"][name]["orders"]["register"] = hashlib.sha256(recorded).hexdigest()
    return form


AMOUNTS = ("at_least", "at_most", "between", "set")  # of an expectation


def _as_file(form: dict[str, Any]) -> dict[str, Any]:
    """An explicit form as a file may have it: amounts that were given as numbers must not look like thousands there."""
    uncertain = {path: _unmistakable(values) for path, values in form["uncertainties"].items()}
    expected = [
        {key: _unmistakable(value) if key in AMOUNTS else value for key, value in entry.items()}
        for entry in form.get("expect", [])
    ]
    return form | {"uncertainties": uncertain} | ({"expect": expected} if "expect" in form else {})


def _unmistakable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmistakable(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_unmistakable(below) for below in value]
    if isinstance(value, str):
        return unmistakable(value) if is_doubtful(value) else value
    return _Written(value) if isinstance(value, float) and unmistakable(repr(value)) != repr(value) else value


class _Written(float):
    """A number with a further digit after its point."""

    def __repr__(self) -> str:
        return unmistakable(super().__repr__())


def _block(mapping: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in mapping.items():
        flow = _flow(value)
        start = f"{indent}{_flow(key)}:"
        if not value or not isinstance(value, dict | list) or len(start) + len(flow) < WIDTH:
            lines.append(f"{start} {flow}")
        elif isinstance(value, dict):
            lines += [start, *_block(value, indent + "  ")]
        else:
            lines += [start, *_listed(value, indent + "  ")]
    return lines


def _listed(items: list[Any], indent: str) -> list[str]:
    lines = []
    for item in items:
        flow = _flow(item)
        if not item or not isinstance(item, dict) or len(indent) + len(flow) < WIDTH:
            lines.append(f"{indent}- {flow}")
        else:
            first, *others = _block(item, indent + "  ")
            lines += [f"{indent}- {first.lstrip()}", *others]
    return lines


# Text that no reader of YAML can take for anything else, in flow and in block context alike.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_TRUTH_ONCE = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])  # to readers of YAML 1.1


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return str(value) if _is_plain(str(value)) else _quoted(str(value))


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text.lower() in _TRUTH_ONCE:
        return False
    try:
        return resolve(text) == text
    except ValueError:
        return False


def _quoted(text: str) -> str:
    """In double quotes, with whatever an editor might not show escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in written)
