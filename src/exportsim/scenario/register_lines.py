"""A line that is many: one for each destination and goods of its register, made as the scenario is read.

From then on they are lines like others, under names of their own: ``licences-TR-radar``. They stand in the place of the
line that they were made of, by the code of the destination, then as their goods are listed; ``licences-others`` is
last. What is said of one of them in the file, under its name, is laid over it.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from operator import itemgetter
from pathlib import Path as File
from typing import NamedTuple

from pydantic import ValidationError

from exportsim import files
from exportsim.errors import Fault, ScenarioError
from exportsim.scenario.addresses import Overrides
from exportsim.scenario.demand import By, DemandLine, Register, Selected
from exportsim.scenario.many_lines import said_in
from exportsim.scenario.messages import counted
from exportsim.scenario.overlay import merge, refusal
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.register import read_files, selection
from exportsim.scenario.register_records import Cells, Days, first_of
from exportsim.scenario.register_spellings import Spellings, spellings_of
from exportsim.scenario.schema import ManyLines, Origin, Period, days_of
from exportsim.scenario.text import Entries, Known, Node, Path, Position, Scalar, dotted, find, plain
from exportsim.scenario.written import cells_as_written, doubtful

OTHERS = "others"
MOST_LINES = 10_000

Cell = tuple[str, ...]  # what a line is of: its destination, its goods, or both
Where = Selected | list[Selected]


class Made(NamedTuple):
    """A scenario's tree with lines in the place of those that are many, as far as these could be made."""

    tree: Entries
    faults: list[Fault]
    known: Known
    """The lines, by their nodes: they are as valid as what they were made of."""
    lines: dict[str, ManyLines]
    """By the line of the file, those that were made of it."""
    files: tuple[str, ...]
    """The files that were read for it, but for registers."""
    of: dict[str, str]
    """By line of which nothing else is said, the line of the file that it was made of."""

    def written(self, path: Path) -> Path:
        """Where what stands at a path is written: what is wrong with many lines alike is said once, of theirs."""
        if path[:1] != ("demand",) or len(path) < 2 or (line := self.of.get(str(path[1]))) is None:
            return path
        return ("demand", line, *path[2:])


def is_many(line: Node | None) -> bool:
    """Whether a line is written as many."""
    orders = line.nodes.get("orders") if isinstance(line, Entries) else None
    by = orders.nodes.get("by") if isinstance(orders, Entries) else None
    return by is not None and not (isinstance(by, Scalar) and by.value is None)


def in_turn(tree: Node, overrides: Overrides) -> tuple[Overrides, Overrides]:
    """Overrides of what is written, and those of lines that are still to be made of it."""
    demand = tree.nodes.get("demand") if isinstance(tree, Entries) else None
    if not isinstance(demand, Entries) or not any(map(is_many, demand.nodes.values())):
        return overrides, ()
    many = tuple(f"demand.{name}-" for name, line in demand.nodes.items() if is_many(line))

    def is_made(path: str) -> bool:
        return path.strip().startswith(many) and path.split(".")[1].strip() not in demand.nodes

    if isinstance(overrides, Mapping):
        made = {path: value for path, value in overrides.items() if is_made(path)}
        return {path: value for path, value in overrides.items() if path not in made}, made
    listed: Sequence[str] = [overrides] if isinstance(overrides, str) else overrides
    kind = type(listed) if isinstance(listed, tuple) else tuple
    later = [item for item in listed if is_made(item.partition("=")[0])]
    return kind(item for item in listed if item not in later), kind(later)


def made_of(tree: Entries, origin: Origin) -> Made:
    """The tree of a scenario with the lines that are made of those that are many."""
    demand = tree.nodes.get("demand")
    if not isinstance(demand, Entries) or not any(map(is_many, demand.nodes.values())):
        return Made(tree, [], {}, {}, (), {})
    days, goods, faults, read = _days(tree), _goods(tree), list[Fault](), list[str]()
    made: dict[str, list[_Line]] = {}
    for name, node in demand.nodes.items():
        if isinstance(node, Entries) and is_many(node):
            try:
                made[name] = list(_lines_of(name, node, goods, days, origin, read))
            except ScenarioError as error:
                by = dotted(("demand", name, "orders", "by"))
                faults += (dataclasses.replace(fault, path=fault.path or by) for fault in error.faults)
    names = Counter(line.name for lines in made.values() for line in lines)
    nodes: dict[str, Node] = {}
    keys: dict[str, Position] = {}
    known: dict[int, tuple[Node, object]] = {}
    for name, node in demand.nodes.items():
        if name in made:
            for line in made[name]:
                said = demand.nodes.get(line.name)
                if said is None:
                    nodes[line.name], keys[line.name] = line.node, demand.keys[name]
                    known[id(line.node)] = (line.node, line.part)
                elif not isinstance(said, Scalar) or said.value is not None:
                    nodes[line.name] = merge(line.node, said, ("demand", line.name))
                    keys[line.name] = demand.keys[line.name]
        elif name not in names:
            nodes[name], keys[name] = node if not is_many(node) else _stand_in(node, goods), demand.keys[name]
    for name, times in names.items():
        if times > 1:
            first = next(of for of, lines in made.items() if any(line.name == name for line in lines))
            message = f"two lines come to be called `{name}`, expected other names of those that they are made of"
            faults.append(Fault(*demand.keys[first], dotted(("demand", first)), message))
    lines = {
        name: ManyLines(
            tuple(line.name for line in of if line.name in nodes),
            of[0].kinds,
            {line.name: said_in(demand.nodes[line.name]) for line in of if line.name in demand.nodes},
        )
        for name, of in made.items()
    }
    own = {line.name: name for name, of in made.items() for line in of if line.name not in demand.nodes}
    whole = Entries(tree.nodes | {"demand": Entries(nodes, keys, demand.position)}, tree.keys, tree.position)
    return Made(whole, faults, known, lines, tuple(read), own)


class _Line(NamedTuple):
    name: str
    node: Entries
    part: DemandLine
    kinds: tuple[str, ...]


def _days(tree: Entries) -> Days | None:
    with suppress(ValidationError, OverflowError, KeyError):
        return days_of(Period.model_validate(plain(tree.nodes["period"])))
    return None


def _goods(tree: Entries) -> list[str]:
    goods = tree.nodes.get("goods")
    return list(goods.nodes) if isinstance(goods, Entries) else []


def _stand_in(line: Node, goods: Sequence[str]) -> Node:
    """A line that cannot be many, with a destination and goods, so that all else in it can be judged."""
    assert isinstance(line, Entries)
    stand_ins = {"destination": "ZZ", "goods": goods[0] if goods else "anything"}
    missing = {key: Scalar(value, line.position) for key, value in stand_ins.items() if key not in line.nodes}
    return Entries(line.nodes | missing, line.keys | dict.fromkeys(missing, line.position), line.position)


def _lines_of(
    name: str, line: Entries, goods: Sequence[str], days: Days | None, origin: Origin, read: list[str]
) -> Iterator[_Line]:
    """The lines that one is to be, in their order.

    Raises
    ------
    ScenarioError
        With what is wrong with how it is to be many; with nothing, if what is wrong is said of it as of any line.
    """
    whole = Entries({"demand": Entries({name: line}, {name: line.position}, line.position)}, {}, line.position)
    written = cells_as_written(whole)
    demand = written.nodes["demand"]
    assert isinstance(demand, Entries)
    line_as_written = demand.nodes[name]
    assert isinstance(line_as_written, Entries)
    part = _valid(line_as_written, goods)
    if part is None or days is None or next(doubtful(written), None) is not None:
        raise ScenarioError([])
    register, folder = part.orders, File(origin.folder)
    within = None if origin.allow_outside else folder
    assert isinstance(register, Register)
    if refusal(register.register_, folder, within):
        raise ScenarioError([])
    (file,) = read_files({name: selection(register, part.programmes, None)}, folder, days)
    cells = file.lines[name].cells
    if cells is None:
        raise ScenarioError([])
    making = _Making(name, line_as_written, part, register, cells, goods)
    spellings = making.spellings(folder, within)
    if spellings.file is not None:
        read.append(str(folder / spellings.file))
    if misfits := making.unknown(spellings):
        raise ScenarioError(first_of(str(folder / register.register_), misfits))
    yield from making.lines(spellings)


def _valid(line: Entries, goods: Sequence[str]) -> DemandLine | None:
    """A line as it stands, but for a destination and goods that its register has."""
    try:
        part = DemandLine.model_validate(plain(_stand_in(line, goods)))
    except ValidationError:
        return None
    return part


class _Making:
    """What goes into the lines that are made of one."""

    def __init__(
        self, name: str, line: Entries, part: DemandLine, register: Register, cells: Cells, goods: Sequence[str]
    ) -> None:
        self.name, self.line, self.part, self.register, self.cells = name, line, part, register, cells
        assert register.by is not None
        self.by: By = register.by
        self.kinds = tuple(self.by.columns)
        self.titles = tuple(self.by.columns.values())
        self.goods = {each: number for number, each in enumerate(goods)}

    def _at(self, *keys: str) -> Position:
        return find(self.line, ("orders", "by", *keys))

    def _refused(self, message: str, *keys: str) -> ScenarioError:
        path = dotted(("demand", self.name, "orders", "by", *keys))
        return ScenarioError([Fault(*self._at(*keys), path, message)])

    def spellings(self, folder: File, within: File | None) -> Spellings:
        """What is meant by what stands in the columns."""
        if self.by.spellings is not None and (refused := refusal(self.by.spellings, folder, within)):
            raise self._refused(refused, "spellings")
        try:
            return spellings_of(self.by.spellings, self.kinds, list(self.goods), folder, self.register.encoding)
        except (OSError, ValueError) as error:
            reason = files.reason_of(error) if isinstance(error, OSError) else "this is not the name of a file"
            message = f"{show(self.by.spellings)} cannot be read: {reason}"
            raise self._refused(message, "spellings") from None

    def unknown(self, spellings: Spellings) -> list[tuple[int, int, str]]:
        """Where in the register each text stands first of which it is not known what it means, and how often."""
        if self.by.unmapped is not None:
            return []
        misfits: list[tuple[int, int, str]] = []
        for kind, title, place, numbers, texts in self._columns():
            times = Counter(numbers)
            unknown = [number for number in times if spellings.of(kind, texts[number]) is None]
            for number in unknown:
                cell, first = texts[number], numbers.index(number)
                said = f"row {self.cells.rows[first]}: found {show(cell) if cell else 'nothing'} in `{title}`"
                rows = f"; so in {times[number]:,} rows" if times[number] > 1 else ""
                misfits.append((self.cells.lines[first], place + 1, said + spellings.unknown(kind, cell) + rows))
        return misfits

    def _columns(self) -> Iterator[tuple[str, str, int, array[int], list[str]]]:
        return zip(self.kinds, self.titles, self.cells.columns, self.cells.numbers, self.cells.texts, strict=True)

    def lines(self, spellings: Spellings) -> Iterator[_Line]:
        """A line for each destination and goods, and the one of all that are too small."""
        meant = [[spellings.of(kind, text) for text in texts] for kind, _, _, _, texts in self._columns()]
        names = [[None if each is None else each.name for each in column] for column in meant]
        rows: Counter[Cell] = Counter()
        for numbers, times in Counter(zip(*self.cells.numbers, strict=True)).items():
            cell = tuple(column[number] for column, number in zip(names, numbers, strict=True))
            if None not in cell:
                rows[tuple(map(str, cell))] += times
        every, fewest = sorted(rows, key=self._rank), self.by.fewest or 0
        apart, small = ([cell for cell in every if (rows[cell] < fewest) is few] for few in (False, True))
        if not every:
            raise self._refused("no row within the run is of a destination and goods of which a line could be made")
        if len(apart) > MOST_LINES:
            lines = f"found {len(apart):,} destinations and goods, which make as many lines"
            raise self._refused(f"{lines}, expected at most {MOST_LINES:,}; `fewest` makes one of small ones")
        texts = self._texts(names)
        places = [{each.name: each.position for each in column if each is not None} for column in meant]
        for cell in apart:
            own: dict[str, Node] = {
                kind: Scalar(name, position if (position := of[name]).file else self._at(kind))
                for kind, name, of in zip(self.kinds, cell, places, strict=True)
            }
            yield self._line(cell, self._where([[texts[k][name] for k, name in enumerate(cell)]]), own)
        if small:
            if missing := [kind for kind in self.kinds if kind not in self.line.nodes]:
                found = f"found {counted(len(small), 'cell')} with fewer rows, expected"
                keys = " and ".join(f"`{kind}`" for kind in missing)
                raise self._refused(f"{found} {keys} on this line, for the one that is made of them", "fewest")
            yield self._line((OTHERS,), self._where(_together(small, texts)), {})

    def _rank(self, cell: Cell) -> tuple[object, ...]:
        """By the code of the destination, then as goods are listed."""
        return tuple(self.goods[name] if kind == "goods" else name for kind, name in zip(self.kinds, cell, strict=True))

    def _texts(self, names: Sequence[Sequence[str | None]]) -> list[dict[str, list[str]]]:
        """By column and what it means, every text of the column, in the run or outside, in alphabetical order."""
        found: list[dict[str, list[str]]] = []
        for column, texts in zip(names, self.cells.texts, strict=True):
            of: dict[str, list[str]] = {}
            for name, text in sorted(zip(column, texts, strict=True), key=itemgetter(1)):
                if name is not None:
                    of.setdefault(name, []).append(text)
            found.append(of)
        return found

    def _where(self, every: Sequence[Sequence[list[str]]]) -> Where:
        """What the rows of a line say: what the line that it is made of asks for, and one of some texts a column."""
        found: list[Selected] = []
        for before, texts in product(self.register.selections, every):
            where: Selected = dict(before)
            for title, wanted in zip(self.titles, texts, strict=True):
                asked = where.get(title, wanted)
                known = [asked] if isinstance(asked, str) else asked
                where[title] = [text for text in wanted if text in known]
            if all(where.values()):
                found.append({title: cells[0] if len(cells) == 1 else cells for title, cells in where.items()})
        return found[0] if len(found) == 1 else found

    def _line(self, cell: Cell, where: Where, own: dict[str, Node]) -> _Line:
        name = "-".join((self.name, *cell))
        orders, at = self.line.nodes["orders"], self._at()
        assert isinstance(orders, Entries)
        changed: dict[str, Node] = {"where": from_python(where, at)}
        into = {key: node for key, node in orders.nodes.items() if key != "by"} | changed
        own["orders"] = Entries(into, {key: orders.keys.get(key, at) for key in into}, orders.position)
        if self.part.title:
            own["title"] = Scalar(f"{self.part.title} ({', '.join(cell)})", self.line.nodes["title"].position)
        nodes = self.line.nodes | own
        keys = {key: self.line.keys.get(key, at) for key in nodes}
        register = self.register.model_copy(update={"where": where, "by": None})
        values = {key: node.value for key, node in own.items() if isinstance(node, Scalar)}
        part = self.part.model_copy(update=values | {"orders": register})
        return _Line(name, Entries(nodes, keys, self.line.position), part, self.kinds)


def _together(cells: Sequence[Cell], texts: Sequence[dict[str, list[str]]]) -> list[list[list[str]]]:
    """The texts of some cells by column, in as few as they can be that have the same first column."""
    found: dict[str, list[list[str]]] = {}
    for first, *others in cells:
        columns = found.setdefault(first, [[] for _ in others])
        for k, name in enumerate(others):
            columns[k] += texts[k + 1][name]
    if len(texts) == 1:
        return [[[text for name in found for text in texts[0][name]]]]
    return [[texts[0][first], *columns] for first, columns in found.items()]
