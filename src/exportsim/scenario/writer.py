"""The explicit form of a scenario: every default filled in, as a mapping and as YAML. It is itself a valid scenario.

Resolving twice changes nothing, and the same scenario gives the same bytes everywhere; its digest is made of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.scenario.marks import is_doubtful, unmistakable
from exportsim.scenario.quantities import Duration, Money, Rate
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.schema import DemandLine, Register, Scenario
from exportsim.scenario.text import resolve

WIDTH, INDENT = 110, "  "
NAMED = ("goods", "authorities", "suppliers", "demand", "incidents", "policies")  # sections of parts under names


def explicit(scenario: Scenario) -> dict[str, Any]:
    """A scenario as a mapping of plain values, with every default filled in.

    Returns
    -------
    dict
        Made of dictionaries, lists, text and numbers; dates and quantities are text, and optional parts that are not
        there are left out. It is valid input: the scenario that it makes is equal to this one.
    """
    form: dict[str, Any] = explicit_form(scenario)
    return form


def explicit_form(value: object, *, defaults: bool = True) -> Any:
    """The explicit form of a scenario, a part, or a value; or the same less what is so by default."""
    if isinstance(value, BaseModel):
        return {
            field.alias or name: explicit_form(entry, defaults=defaults)
            for name, field in type(value).model_fields.items()
            if (entry := getattr(value, name)) is not None
            and (defaults or entry != field.get_default(call_default_factory=True))
        }
    if isinstance(value, dict):
        return {_key(key): explicit_form(entry, defaults=defaults) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [explicit_form(entry, defaults=defaults) for entry in value]
    if isinstance(value, Money):
        text = str(value)
        return int(text) if text.isdecimal() else text
    if isinstance(value, Duration | Rate):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _key(key: object) -> str:
    return repr(key) if isinstance(key, float) else str(key)


def explicit_text(scenario: Scenario) -> str:
    """The explicit form as YAML 1.2: the same scenario gives the same text, which ends in a newline."""
    return _yaml(explicit(scenario)) + "\n"


def text_of(mapping: Mapping[str, object]) -> str:
    """A plain mapping as YAML 1.2, laid out like the explicit form: each part on one line if it fits."""
    return "\n".join(_Sheet().block(_unmistakable(mapping), "")) + "\n"


def line_of(value: object) -> str:
    """A plain value in one line, as the command line and a file take it: ``16mo``, ``{on: 2020-01-01}``."""
    return _Sheet().flow(_unmistakable(value))


def digest(scenario: Scenario) -> str:
    """What a scenario says, as 64 hexadecimal digits: SHA-256 of its explicit text.

    A register counts by what it holds, not by where it lies; what is expected of the outcomes, and what the live
    page shows, does not count.
    """
    return hashlib.sha256(_yaml(content(scenario), lasting=True).encode()).hexdigest()


def content(scenario: Scenario) -> dict[str, Any]:
    """The explicit form with the SHA-256 of each register's bytes in place of its file's name, without expectations and
    what the live page shows; not to be changed, for its parts are those of other scenarios, too.
    """
    form: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        value = getattr(scenario, name)
        if value is None or name in ("expect", "controls"):
            continue
        if name in NAMED:
            form[name] = {str(key): _form_of_part(part) for key, part in value.items()}
        else:
            form[field.alias or name] = explicit_form(value)
    digests: dict[str, str] = {}
    for name, line in scenario.demand.items():
        form["demand"][name] = _content_of(line, scenario.folder, form["demand"][name], digests)
    return form


def content_in_json(scenario: Scenario, *, leave: Collection[str] = ()) -> str:
    """The same as JSON, in the order of its keys, without some sections; each part is written once."""
    texts: dict[str, str] = {}
    for name, section in content(scenario).items():
        if name not in leave:
            written = {key: _form_in_json(form) for key, form in section.items()} if name in NAMED else None
            texts[name] = in_json(section) if written is None else _mapping_in_json(written)
    return _mapping_in_json(texts)


def in_json(form: Any) -> str:
    """A form as JSON that is the same wherever the form is."""
    return json.dumps(form, sort_keys=True, default=str)


def _mapping_in_json(texts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {texts[key]}" for key in sorted(texts)) + "}"


def _flow_of_form(form: Any) -> str:
    return _Sheet().flow(form)


def _block_of_form(form: Any) -> list[str]:
    return _Sheet().block(form, 2 * INDENT)


_form_of_part, _form_in_json = Remembered(explicit_form), Remembered(in_json)
_flow_of_part, _block_of_part = Remembered(_flow_of_form), Remembered(_block_of_form)


def _content_of(line: DemandLine, folder: str, form: dict[str, Any], digests: dict[str, str]) -> dict[str, Any]:
    """The form of a line with what its register holds, if it has one; each file is read once."""
    if not isinstance(line.orders, Register):
        return form
    name = line.orders.register_
    if name not in digests:
        try:
            digests[name] = files.digest_of(Path(folder, name))
        except OSError as error:
            raise ExportsimError(f"{name}: cannot be read: {files.reason_of(error)}") from None
    return form | {"orders": form["orders"] | {"register": digests[name]}}


AMOUNTS = ("at_least", "at_most", "between", "set")  # of an expectation


def _yaml(form: dict[str, Any], *, lasting: bool = False) -> str:
    """An explicit form as a file may have it: amounts that were given as numbers must not look like thousands there.

    How ``lasting`` parts read, which are not to be changed, is remembered.
    """
    uncertainties = {path: _unmistakable(values) for path, values in form["uncertainties"].items()}
    changed: dict[str, object] = {"uncertainties": uncertainties}
    if "expect" in form:
        changed["expect"] = [
            entry | _unmistakable({key: entry[key] for key in AMOUNTS if key in entry}) for entry in form["expect"]
        ]
    parts = [id(part) for name in NAMED for part in form[name].values()] if lasting else []
    return "\n".join(_Sheet(frozenset(parts)).block(form | changed, ""))


def _unmistakable(value: object) -> Any:
    if isinstance(value, dict):
        return {key: _unmistakable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_unmistakable(entry) for entry in value]
    if isinstance(value, str):
        return unmistakable(value) if is_doubtful(value) else value
    return _Written(value) if isinstance(value, float) and unmistakable(repr(value)) != repr(value) else value


class _Written(float):
    """A number with a further digit after its point."""

    def __repr__(self) -> str:
        return unmistakable(super().__repr__())


class _Sheet:
    """Writes values in lines, each part on one if it fits; how that reads is kept, as what holds it was tried first."""

    def __init__(self, lasting: Collection[int] = ()) -> None:
        self._flows: dict[int, str] = {}  # by the identity of a mapping or list, all of which are held meanwhile
        self._lasting = lasting  # the identities of parts two steps down of which it is remembered for longer

    def block(self, mapping: dict[str, object], indent: str) -> list[str]:
        """The lines of a mapping."""
        lines = []
        for key, value in mapping.items():
            flow = self.flow(value)
            start = f"{indent}{_text(key)}:"
            if not value or not isinstance(value, dict | list) or len(start) + len(flow) < WIDTH:
                lines.append(f"{start} {flow}")
            elif id(value) in self._lasting:
                lines += [start, *_block_of_part(value)]
            elif isinstance(value, dict):
                lines += [start, *self.block(value, indent + INDENT)]
            else:
                lines += [start, *self.listed(value, indent + INDENT)]
        return lines

    def listed(self, items: list[object], indent: str) -> list[str]:
        """The lines of a list."""
        lines = []
        for item in items:
            flow = self.flow(item)
            if not item or not isinstance(item, dict) or len(indent) + len(flow) < WIDTH:
                lines.append(f"{indent}- {flow}")
            else:
                first, *others = self.block(item, indent + INDENT)
                lines += [f"{indent}- {first.lstrip()}", *others]
        return lines

    def flow(self, value: object) -> str:
        """A value on one line."""
        if isinstance(value, str):
            return _text(value)
        if id(value) in self._lasting:
            return _flow_of_part(value)
        if isinstance(value, dict | list):
            known = self._flows.get(id(value))
            if known is None:
                known = self._flows[id(value)] = self._flow_of(value)
            return known
        if isinstance(value, bool) or value is None:
            return "null" if value is None else str(value).lower()
        return repr(value) if isinstance(value, int | float) else _text(str(value))

    def _flow_of(self, value: dict[object, object] | list[object]) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + "]"
        return "{" + ", ".join(f"{self.flow(key)}: {self.flow(below)}" for key, below in value.items()) + "}"


# Text that no reader of YAML can take for anything else, in flow and in block context alike.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_TRUTH_ONCE = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])  # to readers of YAML 1.1


@lru_cache(1 << 12)  # texts are the same few hundred wherever a scenario is written, and its digest is asked for often
def _text(text: str) -> str:
    return text if _is_plain(text) else quoted(text)


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or text.lower() in _TRUTH_ONCE:
        return False
    try:
        return resolve(text) == text
    except ValueError:
        return False


def quoted(text: str) -> str:
    """In double quotes, with whatever an editor might not show escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in written)
