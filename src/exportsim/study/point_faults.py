"""What is wrong with points, told with the argument by which what is varied was given, and at which points it is so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exportsim.errors import Fault
from exportsim.scenario.quantities import show

OVER, LEVERS, UNCERTAIN = "over", "levers", "uncertainties"  # arguments, and a section of the file
MOST_NAMED = 3  # points in a fault, and values

Point = dict[str, Any]  # by dotted path, the value as in a scenario file
Mistake = tuple[str, str]  # path and message of a fault


def point_faults(
    mistakes: Mapping[Mistake, Iterable[int]], points: Sequence[Point], given: Mapping[str, str]
) -> list[Fault]:
    """Faults of mistakes, each with the numbers of the points at which it was made.

    ``given`` says of varied paths by which argument they were given. What is wrong with a value that was given needs no
    numbers: it tells the value.
    """
    faults = []
    for (path, message), numbers in mistakes.items():
        at = sorted(set(numbers))
        source, levers = given_as(path, given), set(given.values()) == {LEVERS}
        where = source if source in (OVER, LEVERS) else LEVERS if levers else _where(at, len(points))
        point = points[at[0]]
        beside = [other for other in point if levers or other.split(".")[:2] == path.split(".")[:2]]
        told = "" if _within(path, point) else _values(beside, point, least=1 if levers else 2)
        faults.append(Fault(where, 0, 0, path, message + told))
    return faults


def given_as(path: str, given: Mapping[str, str]) -> str:
    """The argument by which a path was given, or one that it lies within; what was not given is uncertain."""
    own = _within(path, given)
    return UNCERTAIN if own is None else given[own]


def _within(path: str, paths: Iterable[str]) -> str | None:
    return next((other for other in paths if path == other or path.startswith(f"{other}.")), None)


def _where(numbers: Sequence[int], of: int) -> str:
    """The points of a fault, by their numbers."""
    if len(numbers) == of:
        return "every point" if of > 1 else "point 0"
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return f"point{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:MOST_NAMED]))}{more}"


def _values(paths: Sequence[str], point: Point, least: int) -> str:
    """The values of a point that may have led to a fault, where there are so many."""
    if len(paths) < least:
        return ""
    told = [
        *(f"{path} is {show(point[path])}" for path in paths[:MOST_NAMED]),
        *([f"{len(paths) - MOST_NAMED} more"] if len(paths) > MOST_NAMED else []),
    ]
    *first, last = told
    return f", where {', '.join(first)} and {last}" if first else f", where {last}"
