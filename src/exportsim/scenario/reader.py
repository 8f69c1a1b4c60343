"""From a file, a text or a mapping to a checked scenario, or to all of its faults at once, each with its place.

The recipe is in :func:`_scenario`. Text becomes nodes in ``text``, files and overrides are laid over each other in
``overlay``, single values are judged by ``schema``, and what holds between parts by ``checks``.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path as File
from typing import Any, TypeVar

from pydantic import ValidationError

from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.scenario.addresses import Overrides, located, override, shown
from exportsim.scenario.checks import MAX_ORDERS, problems
from exportsim.scenario.distributions import KINDS, Model
from exportsim.scenario.many_lines import (
    Spread,
    as_written,
    in_two,
    is_through,
    paths_of_overrides,
    through,
    told_of_all,
    with_said,
    with_uncertainties,
)
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.overlay import Reading, without
from exportsim.scenario.page_control_checks import without_stray
from exportsim.scenario.partial_scenario import LEAVES, draft_of
from exportsim.scenario.python_nodes import known_in, tree_of
from exportsim.scenario.quantities import show
from exportsim.scenario.register_lines import Made, in_turn, made_of
from exportsim.scenario.schema import FIGURES, Many, Origin, Register, Scenario
from exportsim.scenario.text import NOTHING, PYTHON, Entries, Known, Node, Scalar, dotted, find, plain, walk
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

    Raises
    ------
    ScenarioError
        With all the faults of the scenario.
    """
    origin = Origin(str(File(path).parent), max_orders, allow_outside)
    reading = Reading(origin)
    tree = reading.file(os.fspath(path))
    return _scenario(tree, reading.faults, overrides, origin._replace(files=tuple(reading.files)))


def loads(
    content: str,
    *,
    name: str = "<text>",
    folder: str | os.PathLike[str] = ".",
    overrides: Overrides = (),
    max_orders: int = MAX_ORDERS,
    allow_outside: bool = False,
) -> Scenario:
    """The scenario of a text in YAML, read as :func:`load` reads a file.

    Parameters
    ----------
    name : str
        What faults call the text.
    folder : path-like
        Where relative paths in it start.
    """
    origin = Origin(str(File(folder)), max_orders, allow_outside)
    reading = Reading(origin)
    tree = reading.text(content, name)
    return _scenario(tree, reading.faults, overrides, origin._replace(files=tuple(reading.files)))


def build(
    mapping: Mapping[str, Any],
    *,
    folder: str | os.PathLike[str] = ".",
    overrides: Overrides = (),
    max_orders: int = MAX_ORDERS,
    allow_outside: bool = False,
) -> Scenario:
    """The scenario of a mapping made in Python, read as :func:`load` reads a file.

    Parameters
    ----------
    mapping : mapping
        In the form of the file. Dates, decimals, quantities and whole parts (a :class:`Supplier`) may stand in it as
        they are.
    folder : path-like
        Where relative paths in it start.
    """
    origin = Origin(str(File(folder)), max_orders, allow_outside)
    reading = Reading(origin)
    return _scenario(reading.mapping(mapping), reading.faults, overrides, origin)


def vary(scenario: ScenarioOrPath, overrides: Overrides) -> Scenario:
    """The scenario, or that of a file, with some values replaced as by :func:`load`, checked anew.

    Raises
    ------
    ScenarioError
        If a path leads nowhere, or the result is not valid.
    """
    return _varied(opened(scenario), overrides)


def point_of(scenario: Scenario, overrides: Overrides) -> Scenario:
    """As :func:`vary`, for one of the thousands of points of a study: nothing odd is looked for, as nobody reads it."""
    return _varied(scenario, overrides, odd=False)


def _varied(scenario: Scenario, overrides: Overrides, *, odd: bool = True) -> Scenario:
    tree = tree_of(scenario)
    known = known_in(tree, scenario) if scenario.origin.checked else NOTHING
    return _scenario(tree, [], overrides, scenario.origin, odd=odd, known=known)


def replace(part: Changed, **changes: Any) -> Changed:
    """A scenario, or a part of one, with some fields changed, checked anew as a whole.

    What a scenario expects was said of it as it stands, and is left out unless it is given.

    Parameters
    ----------
    part : Scenario or part of one
    **changes
        New values by field name, in the form that the scenario file takes or as typed values.

    Raises
    ------
    ScenarioError
        With all the faults of the result.
    """
    kind = type(part)
    if unknown := changes.keys() - kind.model_fields.keys():
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    if isinstance(part, Scenario):
        changed = _as_read(explicit(part) | {"expect": []} | changes, part.origin)
        assert isinstance(changed, kind)
        return changed
    try:
        return kind.model_validate({name: getattr(part, name) for name in kind.model_fields} | changes)
    except ValidationError as error:
        wrong = complaints(error, Scalar(None, PYTHON), kind)
        faults = [Fault(*PYTHON, dotted(complaint.path), complaint.message) for complaint in wrong]
        raise ScenarioError(faults) from None


def warnings_of(scenario: Scenario) -> list[Fault]:
    """What is odd about a scenario but not wrong, in the order of the file."""
    return list(scenario.origin.warnings)


def opened(scenario: ScenarioOrPath) -> Scenario:
    """The scenario itself, or that of a file: for whatever takes a scenario and may be given its path."""
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
    registers = (line.orders.register_ for line in scenario.demand.values() if isinstance(line.orders, Register))
    own = [File(file) for file in scenario.origin.files]
    return own + [File(scenario.folder, name) for name in dict.fromkeys(registers)]


def checked(scenario: ScenarioOrPath) -> Scenario:
    """The scenario itself, or its faults: for scenarios that were constructed rather than loaded or built."""
    scenario = opened(scenario)
    origin = scenario.origin
    return scenario if origin.checked else _as_read(explicit(scenario), origin)


def _as_read(mapping: Mapping[str, Any], origin: Origin) -> Scenario:
    """The scenario of a mapping that another was made to, which was read in this way."""
    fresh = Origin(**origin.reading(), made=origin.made)
    reading = Reading(fresh)
    return _scenario(reading.mapping(mapping), reading.faults, (), fresh)


def _scenario(
    tree: Node,
    faults: list[Fault],
    overrides: Overrides,
    origin: Origin,
    *,
    odd: bool = True,
    known: Known = NOTHING,  # parts that are valid
) -> Scenario:
    if overrides and isinstance(tree, Entries):
        tree = without(tree, "expect")  # it was said of the scenario as it stands
    now, then = in_turn(tree, overrides)
    of_all, now = in_two(now, origin.made, tree)
    tree, faults_of_all = override(tree, of_all, lambda path, there: through(path, origin.made, there))
    faults_of_all = [
        dataclasses.replace(each, message=told_of_all(each.message, origin.made)) for each in faults_of_all
    ]
    tree, faults_of_overrides = override(tree, now)
    faults = faults + faults_of_all + faults_of_overrides
    if overrides and isinstance(tree, Entries):
        tree = without_stray(tree)
    if not isinstance(tree, Entries):
        message = f"found {show(plain(tree))}, expected a scenario: a mapping of keys to values"
        raise ScenarioError([*faults, Fault(*tree.position, "", message)])
    made = made_of(tree, origin)
    tree, faults_of_overrides = override(made.tree, then)
    assert isinstance(tree, Entries)
    many = with_said({**origin.made, **made.lines}, [*paths_of_overrides(now), *paths_of_overrides(then)])
    spread = with_uncertainties(tree, many)
    tree = spread.tree

    def told(complaint: Complaint) -> Fault:
        return _located(tree, complaint, made, many, spread)

    faults += made.faults + faults_of_overrides + spread.faults
    known = {**known, **made.known}
    tree = cells_as_written(tree, known)
    faults += [told(complaint) for complaint in doubtful(tree, known)]
    faults = [dataclasses.replace(fault, path=shown(tree, located(tree, fault.path))) for fault in faults]
    misread = tuple(faults)
    spoiled = {_spot(fault) for fault in misread}
    scenario, misfits, data = None, list[Complaint](), plain(tree, known)
    try:
        scenario = Scenario.model_validate(data)
        draft = draft_of(dict(scenario), scenario, many)
    except ValidationError as error:
        misfits = list(complaints(error, tree, Scenario))
        draft = draft_of(data, _without_leaves(data), many)
    folder = File(origin.folder)
    wrong, oddities = problems(draft, folder, origin.max_orders, None if origin.allow_outside else folder)
    for complaint in (*misfits, *_python_names(tree, known), *wrong):
        fault = told(complaint)
        if complaint.key or (_spot(fault) not in spoiled and not _rests_on(fault, misread)):
            faults.append(fault)
    if faults or scenario is None:
        raise ScenarioError(_in_order(faults, tree))
    warnings = _in_order([told(complaint) for complaint in oddities], tree) if odd else ()
    scenario._origin = origin._replace(
        warnings=tuple(warnings), checked=True, files=origin.files + made.files, made=many
    )
    return scenario


def _without_leaves(data: Mapping[str, Any]) -> Scenario | None:
    """The scenario without the sections on which no other depends, if it is valid: what is wrong is then in these."""
    with suppress(ValidationError):
        return Scenario.model_validate({name: part for name, part in data.items() if name not in LEAVES})
    return None


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


def _python_names(tree: Node, known: Known) -> Iterator[Complaint]:
    """Keys such as `except_`: what a field is called in Python, where its key is a word of the language."""
    for path, _ in walk(tree, known=known):
        if path and (key := path[-1]) in ("except_", "register_", "is_", "not_"):
            yield Complaint(path, f"unknown key `{key}`, did you mean `{str(key)[:-1]}`?", key=True)


def _located(tree: Node, complaint: Complaint, made: Made, many: Many, spread: Spread) -> Fault:
    position = complaint.position or find(tree, complaint.path, key=complaint.key)
    path, message = shown(tree, made.written(as_written(complaint.path, spread))), complaint.message
    is_of_all = len(complaint.path) > 1 and complaint.path[0] == "uncertainties" and complaint.path[1] in spread.written
    if is_of_all or is_through(position.file.partition(" ")[2], many, tree):
        path, message = told_of_all(path, many), told_of_all(message, many)
    return Fault(*position, path, message)


def _in_order(faults: Sequence[Fault], tree: Node) -> list[Fault]:
    """In the order of the text, the scenario's own file first, each once."""
    own = tree.position.file
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file != own, fault.file, fault.line, fault.column))
