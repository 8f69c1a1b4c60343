"""The cells of a scenario: an authority, a destination, goods and a programme, on which measures act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.schema import DemandLine, Measure, Scenario, Scope

Cell = tuple[str, str, str, str]  # authority, destination, goods, programme
Place = tuple[str, str, str]  # a cell's but for its programme


def licensor(scenario: Scenario, line: DemandLine, supplier: str) -> str | None:
    """The authority whose permit a supplier needs for the orders of a line; None where none is needed, as at home."""
    authority = scenario.suppliers[supplier].authority
    if authority is not None and scenario.authorities[authority].country == line.destination:
        return None
    return authority


def cells_of(scenario: Scenario) -> frozenset[Cell]:
    """All the cells that an order of a scenario can be in."""
    return frozenset().union(*(cells_of_line(scenario, line) for line in scenario.demand.values()))


def cells_of_line(scenario: Scenario, line: DemandLine) -> frozenset[Cell]:
    """The cells that an order of a line can be in, whatever the chances of its programmes may be set to."""
    authorities = {licensor(scenario, line, supplier) for supplier in line.sources} - {None}
    programmes = (NO_PROGRAMME, *line.programmes)
    return frozenset(
        (str(name), line.destination, line.goods, programme) for name in authorities for programme in programmes
    )


def by_place(cells: Iterable[Cell]) -> dict[Place, frozenset[Cell]]:
    """Cells by authority, destination and goods."""
    places: dict[Place, set[Cell]] = {}
    for cell in cells:
        places.setdefault(cell[:3], set()).add(cell)
    return {place: frozenset(members) for place, members in places.items()}


class Cells:
    """Cells as bits of a number, so that sets of thousands are compared at once."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = sorted(cells)
        self._all = (1 << len(self.cells)) - 1
        self._named: list[dict[str, int]] = []  # by axis, as in a scope; by name
        for names in zip(*self.cells, strict=True) if self.cells else [()] * 4:
            numbers: dict[str, list[int]] = {}
            for number, name in enumerate(names):
                numbers.setdefault(name, []).append(number)
            self._named.append({name: _bits(cells, len(self.cells)) for name, cells in numbers.items()})

    def of(self, scope: Scope) -> int:
        """The cells that a scope names."""
        cells = self._all
        for axis, named in zip(Scope.model_fields, self._named, strict=True):
            names = getattr(scope, axis)
            if names is not None:
                cells &= self.of_any(named.get(name, 0) for name in names)
        return cells

    def of_all(self, scopes: Sequence[Scope]) -> int:
        """The cells that one of some scopes names."""
        return self.of_any(map(self.of, scopes))

    @staticmethod
    def of_any(sets: Iterable[int]) -> int:
        """The cells of any of some sets."""
        return reduce(or_, sets, 0)

    def reached(self, measure: Measure) -> int:
        """The cells on which a measure acts: those of its scope, less those of its exceptions."""
        return self.of(measure) & ~self.of_all(measure.except_)

    def first(self, some: int) -> Cell:
        """The first cell of a set."""
        return self.cells[(some & -some).bit_length() - 1]

    def among(self, some: int) -> frozenset[Cell]:
        """The cells of a set."""
        return frozenset(cell for number, cell in enumerate(self.cells) if some >> number & 1)


def _bits(numbers: Sequence[int], size: int) -> int:
    # In bytes, since setting bit after bit of one long number would copy it each time.
    octets = bytearray(size // 8 + 1)
    for number in numbers:
        octets[number // 8] |= 1 << number % 8
    return int.from_bytes(octets, "little")
