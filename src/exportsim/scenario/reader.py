"""From a file, a text or a mapping to a checked scenario, or to all of its faults at once, each with its place.

The recipe is in :func:`_scenario`. Text becomes nodes in ``text``, files and overrides are laid over each other in
``overlay``, single values are judged by ``schema``, and what holds between parts by ``checks``.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any, TypeVar

from pydantic import ValidationError

from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.scenario.addresses import Overrides, located, override, shown
from exportsim.scenario.checks import MAX_ORDERS, problems
from exportsim.scenario.distributions import KINDS, Model
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.overlay import PYTHON, read_file, read_mapping, read_text, without
from exportsim.scenario.partial_scenario import partial, whole
from exportsim.scenario.quantities import show
from exportsim.scenario.schema import FIGURES, Origin, Register, Scenario
from exportsim.scenario.text import Entries, Items, Node, Path, Place, Scalar, dotted, find, plain
from exportsim.scenario.writer import explicit
from exportsim.scenario.written import cells_as_written, doubtful

ScenarioOrPath = Scenario | str | os.PathLike[str]
Changed = TypeVar("Changed", bound=Model)


def load(
    path: str | os.PathLike[str],
    *,
    overrides: Overrides = (),
    max_orders: int = MAX_ORDERS,
    allow_outside: bool = False,
) -> Scenario:
    """The scenario of a file.

    Parameters
    ----------
    path : path-like
        A YAML file; paths in it are relative to it.
    overrides : mapping of str to object, or sequence of str
        Values to put in place of the file's: ``{"suppliers.aselsan.slots": 8}`` or ``["suppliers.aselsan.slots=8"]``.
    max_orders : int
        The most orders and other applications that may be expected in one future.
    allow_outside : bool
        Read what the scenario extends and its registers wherever they are, and not in its own folder alone.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all the faults of the scenario.
    """
    file = os.fspath(path)
    folder = File(file).parent
    read: list[str] = []
    tree, faults = read_file(file, None if allow_outside else folder, read=read)
    origin = Origin(str(folder), max_orders, allow_outside=allow_outside, files=tuple(read))
    return _scenario(tree, faults, overrides, origin)


def loads(
    content: str,
    *,
    name: str = "<text>",
    folder: str | os.PathLike[str] = ".",
    overrides: Overrides = (),
    max_orders: int = MAX_ORDERS,
    allow_outside: bool = False,
) -> Scenario:
    """The scenario of a text.

    Parameters
    ----------
    content : str
        YAML.
    name : str
        What faults call it.
    folder : path-like
        Where relative paths in it start.
    overrides, max_orders, allow_outside
        As for :func:`load`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all the faults of the scenario.
    """
    read: list[str] = []
    tree, faults = read_text(content, name, File(folder), None if allow_outside else File(folder), read)
    origin = Origin(str(File(folder)), max_orders, allow_outside=allow_outside, files=tuple(read))
    return _scenario(tree, faults, overrides, origin)


def build(
    mapping: Mapping[str, Any],
    *,
    folder: str | os.PathLike[str] = ".",
    overrides: Overrides = (),
    max_orders: int = MAX_ORDERS,
    allow_outside: bool = False,
) -> Scenario:
    """The scenario of a mapping made in Python.

    Parameters
    ----------
    mapping : mapping
        In the form of the file. Dates, decimals, quantities and whole parts (a :class:`Supplier`) may stand in it as
        they are.
    folder : path-like
        Where relative paths in it start.
    overrides, max_orders, allow_outside
        As for :func:`load`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all the faults of the scenario.
    """
    tree, faults = read_mapping(mapping, File(folder), None if allow_outside else File(folder))
    return _scenario(tree, faults, overrides, Origin(str(File(folder)), max_orders, allow_outside=allow_outside))


def vary(scenario: ScenarioOrPath, overrides: Overrides) -> Scenario:
    """The scenario with some values replaced, checked anew.

    Parameters
    ----------
    scenario : Scenario or path-like
    overrides : mapping of str to object, or sequence of str
        As for :func:`load`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        If a path leads nowhere, or the result is not valid.
    """
    return _varied(opened(scenario), overrides, odd=True)


def replace(part: Changed, **changes: Any) -> Changed:
    """A scenario, or a part of one, with some fields changed, checked anew as a whole.

    What a scenario expects was said of it as it stands, and is left out unless it is given.

    Parameters
    ----------
    part : Scenario or part of one
    **changes
        New values by field name, in the form that the scenario file takes or as typed values.

    Returns
    -------
    Scenario or part of one

    Raises
    ------
    ScenarioError
        With all the faults of the result.
    """
    kind = type(part)
    if unknown := changes.keys() - kind.model_fields.keys():
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    if isinstance(part, Scenario):
        changed = build(explicit(part) | {"expect": []} | changes, **part.origin.reading())
        assert isinstance(changed, kind)
        return changed
    try:
        return kind.model_validate({name: getattr(part, name) for name in kind.model_fields} | changes)
    except ValidationError as error:
        found = complaints(error, Scalar(None, Place(PYTHON)), kind)
        faults = [Fault(PYTHON, 0, 0, dotted(complaint.path), complaint.message) for complaint in found]
        raise ScenarioError(faults) from None


def point_of(scenario: Scenario, overrides: Overrides) -> Scenario:
    """As :func:`vary`, for one of the thousands of points of a study: nothing odd is looked for, as nobody reads it."""
    return _varied(scenario, overrides, odd=False)


def _varied(scenario: Scenario, overrides: Overrides, *, odd: bool) -> Scenario:
    origin, folder = scenario.origin, File(scenario.origin.folder)
    tree, faults = read_mapping(explicit(scenario), folder, None if origin.allow_outside else folder)
    return _scenario(tree, faults, overrides, origin._replace(warnings=(), checked=False), odd=odd)


def warnings_of(scenario: Scenario) -> list[Fault]:
    """What is odd about a scenario but not wrong, in the order of the file.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Fault
    """
    return list(scenario.origin.warnings)


def opened(scenario: ScenarioOrPath) -> Scenario:
    """The scenario itself, or that of a file: for whatever takes a scenario and may be given its path.

    Parameters
    ----------
    scenario : Scenario or path-like

    Returns
    -------
    Scenario

    Raises
    ------
    ExportsimError
        If it is neither, or with all the faults of the file.
    """
    if isinstance(scenario, str | os.PathLike):
        return load(scenario)
    if not isinstance(scenario, Scenario):
        made = ", and `build` makes one of a mapping" if isinstance(scenario, Mapping) else ""
        raise ExportsimError(
            f"scenario: found a {type(scenario).__name__}, expected a Scenario or the path of its file{made}"
        )
    return scenario


def files_read(scenario: Scenario) -> list[File]:
    """The files that a scenario was read from, as far as they are known, and its registers."""
    registers = [line.orders.register_ for line in scenario.demand.values() if isinstance(line.orders, Register)]
    return [File(file) for file in scenario.origin.files] + [File(scenario.folder, name) for name in registers]


def checked(scenario: ScenarioOrPath) -> Scenario:
    """The scenario itself, or its faults: for scenarios that were constructed rather than loaded or built.

    Parameters
    ----------
    scenario : Scenario or path-like
        As :func:`opened` takes it.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all the faults of the scenario.
    """
    scenario = opened(scenario)
    origin = scenario.origin
    return scenario if origin.checked else build(explicit(scenario), **origin.reading())


def _scenario(tree: Node, faults: list[Fault], overrides: Overrides, origin: Origin, *, odd: bool = True) -> Scenario:
    if overrides and isinstance(tree, Entries):
        tree = without(tree, "expect")  # it was said of the scenario as it stands
    tree, faults_of_overrides = override(tree, overrides)
    faults = faults + faults_of_overrides
    if not isinstance(tree, Entries):
        message = f"found {show(plain(tree))}, expected a scenario: a mapping of keys to values"
        raise ScenarioError([*faults, Fault(*tree.place, "", message)])
    tree = cells_as_written(tree)
    faults += [_located(tree, complaint) for complaint in doubtful(tree)]
    data = plain(tree)
    faults = [dataclasses.replace(fault, path=shown(tree, located(tree, fault.path))) for fault in faults]
    misread = list(faults)
    spoiled = {_spot(fault) for fault in misread}
    scenario = None
    try:
        scenario = Scenario.model_validate(data)
        draft = whole(scenario)
    except ValidationError as error:
        found = complaints(error, tree, Scenario)
        draft = partial(data)
    else:
        found = iter(())
    folder = File(origin.folder)
    wrong, oddities = problems(draft, folder, origin.max_orders, None if origin.allow_outside else folder)
    for complaint in (*found, *_python_names(tree), *wrong):
        fault = _located(tree, complaint)
        if complaint.key or (_spot(fault) not in spoiled and not _rests_on(fault, misread)):
            faults.append(fault)
    if faults or scenario is None:
        raise ScenarioError(_in_order(faults, tree))
    warnings = tuple(_in_order([_located(tree, complaint) for complaint in (oddities if odd else ())], tree))
    scenario._origin = origin._replace(warnings=warnings, checked=True)
    return scenario


def _spot(fault: Fault) -> tuple[object, ...]:
    """What a fault is about: one is enough for a value that could not even be read."""
    return (fault.file, fault.line, fault.column) if fault.line else (fault.file, fault.path)


def _rests_on(fault: Fault, misread: Sequence[Fault]) -> bool:
    """Whether a fault compares values, such as a median and a p90, of which one could not be read."""
    for other in misread:
        if other.path.startswith(f"{fault.path}."):
            step = other.path[len(fault.path) + 1 :].partition(".")[0]
            if step in KINDS or fault.path.rpartition(".")[2] in (*KINDS, *FIGURES):
                return True
    return False


def _python_names(node: Node, path: Path = ()) -> Iterator[Complaint]:
    """Keys such as `except_`: what a field is called in Python, where its key is a word of the language."""
    if isinstance(node, Entries):
        for key, below in node.nodes.items():
            if key in ("except_", "register_", "is_", "not_"):
                yield Complaint((*path, key), f"unknown key `{key}`, did you mean `{key[:-1]}`?", key=True)
            yield from _python_names(below, (*path, key))
    elif isinstance(node, Items):
        for index, below in enumerate(node.nodes):
            yield from _python_names(below, (*path, index))


def _located(tree: Node, complaint: Complaint) -> Fault:
    place = complaint.place or find(tree, complaint.path, key=complaint.key)
    return Fault(*place, shown(tree, complaint.path), complaint.message)


def _in_order(faults: Sequence[Fault], tree: Node) -> list[Fault]:
    """In the order of the text, the scenario's own file first."""
    each = dict.fromkeys(faults)
    return sorted(each, key=lambda fault: (fault.file != tree.place.file, fault.file, fault.line, fault.column))
