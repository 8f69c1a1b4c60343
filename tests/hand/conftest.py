"""A notation for runs worked out by hand: a world in a few lines of YAML, and what its ledger must say.

``day 3`` stands for a midnight, ``day 3 08:30`` for a minute; day 0 is Monday, 1 January 2024. In YAML, ``day 3`` is
that date. What is expected is written one subject a line, its facts in order, with commas between:

    day 0  x/1 ordered 100.00, sourced maker 100.00, applied office 100.00, review_started office/desk
    day 1  x/1 review_ended office/desk, approved office 100.00
           x/2 review_started office/desk
    day 9  measure stop

``x/1`` is the first order of line ``x``, ``other/1`` the first of an authority's other applications; a line that names
no day goes on with the day before it. Numbers with a point are money, ``#2`` is a part or a slot, ``at 7`` the figure
of a threshold. Attempt and supplier of a fact are those of the last ``sourced``; where they are others, they stand in
brackets: ``finished #1 100.00 [1 maker]``.
"""

from __future__ import annotations

import difflib
import functools
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from exportsim.compile import compile_plan
from exportsim.engine import ENGINES, simulate
from exportsim.invariants import check
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.scenario import Scenario, build

FIRST_DAY = date(2024, 1, 1)

# One office with one officer, one maker with one slot who needs its permit, one line of orders.
WORLD = """
exportsim: 1
period: {start: day 0, end: day 99}
currency: EUR
goods: {lamps: {}}
authorities:
  office:
    country: CA
    calendar: {weekend: []}
    review: [{stage: desk, officers: 1, work: 1d}]
suppliers:
  maker: {country: CA, authority: office, slots: 1, lead_time: 10d}
demand:
  x: {buyer: buyer, destination: TR, goods: lamps, sources: {maker: {}}}
policies:
  tested: {measures: []}
"""

FACTS = {fact.word for fact in Fact}
SEPARATOR = re.compile(rf",\s+(?=(?:{'|'.join(sorted(FACTS))})\b)")
TIME = re.compile(r"day (-?\d+)(?: (\d\d:\d\d))?\s+")


@dataclass(frozen=True)
class Played:
    """A run to be compared with what was worked out."""

    scenario: Scenario
    ledger: Ledger
    words: frozenset[str] = frozenset(FACTS)

    def only(self, words: str) -> Played:
        """The same, with an eye to rows of some facts alone."""
        assert set(words.split()) <= FACTS, f"there are no such facts: {set(words.split()) - FACTS}"
        return Played(self.scenario, self.ledger, frozenset(words.split()))

    def facts(self) -> list[tuple[str, str, str]]:
        """When, whose and what, a row each."""
        return [row for row in _spoken(self.ledger) if row[2].split()[0] in self.words]

    def tells(self, expected: str) -> None:
        """Row for row, this; and the invariants hold of what was worked out."""
        wanted, found = list(_read(expected)), self.facts()
        if wanted != found:
            titles = "worked out by hand", "ledger"
            lines = difflib.unified_diff(_lines(wanted), _lines(found), *titles, n=99, lineterm="")
            pytest.fail("\n" + "\n".join(lines), pytrace=False)
        check(self.ledger, self.scenario)


@pytest.fixture(params=ENGINES)
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Played]:
    """Play a world: YAMLs laid over the usual one, orders as ``day 0 100.00 programme``, and a policy's measures.

    An order may end in ``: day 3 approved until day 9`` (decided then, its permit expiring then) or in ``: open``.
    """

    def played(
        *worlds: str,
        orders: str | dict[str, str] = "day 0 100.00",
        measures: str = "[]",
        seed: int = 1,
        future: int = 0,
        policy: str = "tested",
    ) -> Played:
        scenario = functools.reduce(_merged, [_yaml(world) or {} for world in (WORLD, *worlds)])
        scenario["policies"].setdefault("tested", {})["measures"] = _yaml(measures)
        for line, records in ({"x": orders} if isinstance(orders, str) else orders).items():
            as_of = scenario["demand"][line].get("orders", {})
            scenario["demand"][line]["orders"] = as_of | _register(tmp_path, line, records)
        built = build(scenario, folder=tmp_path)
        index = list(built.policies).index(policy)
        plan = compile_plan(built)
        return Played(built, simulate(plan, index, seed=seed, future=future, engine=request.param))

    return played


@pytest.fixture
def day() -> Callable[[int], str]:
    """A minute in the notation."""
    return _when


def _yaml(text: str) -> Any:
    dated = re.sub(r"\bday (-?\d+)\b", lambda found: str(FIRST_DAY + timedelta(days=int(found[1]))), text)
    return YAML(typ="safe", pure=True).load(textwrap.dedent(dated))


def _merged(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = below | {key: _merged(below.get(key), value) for key, value in above.items()}
    return {key: value for key, value in merged.items() if value is not None}


RECORD = re.compile(
    r"day (-?\d+)(?: (\d\d:\d\d))?\s+([\d.]+)\s*([\w-]*)\s*(?:: (?:open(?: at ([\w-]+)(?: since day (-?\d+))?)?"
    r"|day (-?\d+) (\w+)(?: until day (\d+))?))?"
)


def _register(folder: Path, line: str, records: str) -> dict[str, str]:
    rows = ["date,value,programme,decided,outcome,expires,stage,stage_since"]
    for record in records.strip().splitlines():
        found = RECORD.fullmatch(record.strip())
        assert found, record
        decided, expires, since = ("" if day is None else _date(day) for day in (found[7], found[9], found[6]))
        rows.append(
            f"{_date(found[1])}T{found[2] or '00:00'},{found[3]},{found[4]},{decided},{found[8] or ''},{expires},"
            f"{found[5] or ''},{since}"
        )
    Path(folder, f"{line}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    columns = ("date", "value", "programme", *(["decided", "outcome", "expires"] if " : " in records else []))
    columns += tuple(name for name, said in (("stage", "open at"), ("stage_since", "since")) if said in records)
    return {"register": f"{line}.csv"} | {column: column for column in columns}


def _date(day: str) -> str:
    return str(FIRST_DAY + timedelta(days=int(day)))


# ------------------------------------------------------------------ from a ledger to the notation


def _spoken(ledger: Ledger) -> Any:
    attempts: dict[str, tuple[int, str]] = {}
    for row in ledger.frame().itertuples(index=False):
        order = _number(row.order)
        whose = f"{row.line or 'other'}/{order}" if order else row.line
        said = [row.fact]
        if row.supplier and row.fact in ("sourced", "qualified", "slot_opened"):
            said.append(row.supplier)
        if row.detail and not (row.fact == "ordered" and row.detail == "none"):
            said.append(f"#{row.detail}" if row.detail.isdigit() else row.detail)
        if not pd.isna(row.cents):
            said.append(f"at {row.cents}" if row.fact == "measure" else f"{row.cents // 100}.{row.cents % 100:02d}")
        if order:
            said += _brackets(attempts, whose, row)
        yield _when(row.minute), whose, " ".join(said)


def _brackets(attempts: dict[str, tuple[int, str]], whose: str, row: Any) -> list[str]:
    """Attempt and supplier, where they are not those of the last ``sourced``."""
    attempt, supplier = attempts.get(whose, (0, "") if row.line else (1, ""))
    if row.fact == "sourced":
        attempt, supplier = attempt + 1, row.supplier
        attempts[whose] = attempt, supplier
    if row.fact in ("ordered", "unserved", "lost"):
        supplier = ""
    is_so = _number(row.attempt), row.supplier
    return [] if is_so == (attempt, supplier) else [f"[{is_so[0]} {is_so[1]}]".replace(" ]", "]")]


def _number(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _when(minute: int) -> str:
    day, rest = divmod(minute, 1440)
    return f"day {day}" + (f" {rest // 60:02d}:{rest % 60:02d}" if rest else "")


# ------------------------------------------------------------------ from the notation to rows


def _read(expected: str) -> Any:
    when = ""
    for line in textwrap.dedent(expected).strip().splitlines():
        text = line.strip()
        if not text:
            continue
        timed = TIME.match(text + " ")
        if timed:
            when, text = f"day {timed[1]}" + (f" {timed[2]}" if timed[2] else ""), text[timed.end() :]
        first = text.split()[0]
        whose, said = ("", text) if first in FACTS else text.split(maxsplit=1)
        for fact in SEPARATOR.split(said):
            yield when, whose, " ".join(fact.split())


def _lines(rows: list[tuple[str, str, str]]) -> list[str]:
    return [f"{when:12} {whose:8} {said}" for when, whose, said in rows]
