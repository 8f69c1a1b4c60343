"""Checks on ``controls``: each is of something that is there, and may be set to what it allows.

Where overrides take away what a control is of, the control goes too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from exportsim.scenario.addresses import UnknownPathError, located, node_at, put
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.messages import Complaint
from exportsim.scenario.page_controls import PageControl
from exportsim.scenario.partial_scenario import LEAVES, Draft
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import in_unit, show, suffix_of
from exportsim.scenario.text import Entries, Items, Node, Path, Scalar, below, plain
from exportsim.scenario.tied_draws import TiedDraw, paths_of
from exportsim.scenario.uncertainties import misplaced_in, number_within, tree_of_world

SECTION = "controls"


def controls(draft: Draft) -> Iterator[Complaint]:
    """What is wrong with what the live page is to show; values are judged in their places, where all else is valid."""
    if not draft.controls:
        return
    if draft.scenario is None:
        tree = from_python({name: part for name, part in draft.tree.items() if name not in LEAVES})
        yield from _faults(draft.controls, tree, draft.uncertainties)
        return
    tree = tree_of_world(draft.scenario)
    wrong = list(_faults(draft.controls, tree, draft.uncertainties))
    yield from wrong
    odd = {complaint.path[1] for complaint in wrong}
    sound = {index: control for index, control in draft.controls.items() if index not in odd}
    found = misplaced_in(tree, {control.path: control.allowed for control in sound.values()})
    for index, control in sound.items():
        if control.path in found:
            key = "range" if control.range is not None else "choices"
            yield Complaint((SECTION, index, key), found[control.path][0])


def _faults(controls: dict[int, PageControl], tree: Node, uncertain: Mapping[str, object]) -> Iterator[Complaint]:
    """What is wrong with controls by themselves: paths that lead nowhere or come twice, and ranges that are none."""
    taken: dict[Path, int] = {}
    doubted = {located(tree, path) for name, each in uncertain.items() for path in paths_of(name, each)}
    draws = {("uncertainties", name) for name, each in uncertain.items() if isinstance(each, TiedDraw)}
    for index, control in controls.items():
        where: Path = (SECTION, index)
        if problem := _nowhere(tree, control.path):
            yield Complaint((*where, "path"), problem)
            continue
        first = taken.setdefault(located(tree, control.path), index)
        if first != index:
            yield Complaint((*where, "path"), f"control {first + 1} is of {show(control.path)} already")
        if located(tree, control.path) in draws:
            if control.allowed:
                yield Complaint(
                    where, f"{show(control.path)} has the range of its draw; leave out `range` and `choices`"
                )
            continue
        if control.range is None and control.choices is None and not _is_known(control.path, tree, doubted):
            yield Complaint(where, "expected a `range` or `choices`: no amount stands there of which one could be told")
        yield from _range_faults(control, where)


def _range_faults(control: PageControl, where: Path) -> Iterator[Complaint]:
    if control.range is None:
        return
    least, most = control.range
    suffix = suffix_of(least)
    ends = [least, most] if _is_date(least) and _is_date(most) else [in_unit(end, suffix) for end in control.range]
    if None in ends:
        yield Complaint((*where, "range"), f"found {show(least)} and {show(most)}, expected two amounts of one kind")
    elif ends[0] >= ends[1]:  # type: ignore[operator]
        yield Complaint((*where, "range"), f"the least ({least}) must be less than the most ({most})")
    elif control.step is not None and not (in_unit(control.step, suffix) or 0) > 0:
        yield Complaint((*where, "step"), f"found {show(control.step)}, expected an amount above 0 such as the range's")


def _is_known(path: str, tree: Node, doubted: Collection[Path]) -> bool:
    """Whether a range can be told of what stands at a path: an amount above nothing, a date, or what is uncertain."""
    if located(tree, path) in doubted:
        return True
    node = node_at(tree, path)
    written = None if node is None else plain(node)
    if isinstance(written, dict) and len(written) == 1 and not written.keys().isdisjoint(KINDS):
        return bool(number_within(written))
    return _is_date(written) or bool(in_unit(written, suffix_of(written)))


def _is_date(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-"


def without_stray(tree: Entries) -> Entries:
    """A scenario's tree without the controls of what is no longer there."""
    listed = tree.nodes.get(SECTION)
    if not isinstance(listed, Items):
        return tree
    kept = [node for node in listed.nodes if _leads(tree, below(node, "path"))]
    if len(kept) == len(listed.nodes):
        return tree
    return Entries({**tree.nodes, SECTION: Items(kept, listed.position)}, tree.keys, tree.position)


def _leads(tree: Entries, path: Node | None) -> bool:
    """Whether a path leads somewhere; one that is none is left for others to refuse."""
    return not isinstance(path, Scalar) or not isinstance(path.value, str) or not _nowhere(tree, path.value)


def _nowhere(tree: Node, path: str) -> str:
    """What is wrong with a path that leads nowhere; nothing if it leads somewhere."""
    if node_at(tree, path) is None:  # what has a default need not be there
        try:
            put(tree, path, from_python("?"))
        except UnknownPathError as problem:
            return str(problem)
    return ""
