"""From an office's records to a prediction: what each step takes at the sizes of real registers, beside its goal.

All is made here, of one seed. A register of 1,000,000 rows is checked, and played under two policies; its rival is
``pandas.read_csv`` of the same file with its dates and amounts. A register of 42,000 rows is fanned out to 1,500 lines,
each of a destination and a kind of goods, and played in 5 futures under two policies, with its folder. A log of 100,000
events is learned from. The founding case is predicted over 128 points of what is uncertain, 20 futures each.

Each is a command in a process of its own, run so many times: the least wall time, the least processor time and the
least of the largest resident sizes count, so that what is compiled, once, does not. Goals are of a machine with two
cores at rest; where others use it, processor time can be held against them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from register import SCENARIOS, UNIT

DESTINATIONS, GOODS = 150, 10
FANNED_OUT = 42_000  # rows
OFFICE = """exportsim: 1
period: {start: 2008-01-01, end: 2012-12-31}
currency: GBP
"""
REGISTER = """authorities: {ecju: {country: GB, review: [{stage: casework, officers: 40000, work: 1bd}]}}
suppliers: {makers: {country: GB, authority: ecju, slots: 200000, lead_time: 90d}}
policies:
  as-it-was: {}
  hold: {measures: [{on: 2010-01-01, applications: hold, destinations: [XA]}]}
demand:
  licences:
    buyer: buyers
    sources: {makers: {}}
    patience: {review: 1y}
"""
ONE_LINE = """goods: {arms: {}}
%s    destination: XA
    goods: arms
    orders: {register: large.csv, date: date, value: value}
"""
MANY_LINES = """goods: {%s}
%s    orders: {register: many.csv, date: date, value: value, by: {destination: destination, goods: goods}}
"""
LOGGED = """goods: {arms: {}}
authorities:
  ecju:
    country: GB
    approval: 0.9
    review:
      - {stage: intake, officers: 40, work: {lognormal: {median: 1bd, p90: 3bd}}}
      - {stage: casework, officers: 90, work: {lognormal: {median: 2bd, p90: 6bd}}}
suppliers: {makers: {country: GB, authority: ecju, slots: 200000, lead_time: 90d}}
policies: {as-it-was: {}}
demand:
  licences: {buyer: buyers, destination: XA, goods: arms, sources: {makers: {}}, value: 10k, orders: 6800/y}
"""


class Case(NamedTuple):
    """A command, and what it is to keep within."""

    what: str
    command: Sequence[str | Path]
    seconds: float | None = None
    megabytes: float | None = None


class Taken(NamedTuple):
    """What a command took."""

    wall: float
    processor: float
    megabytes: float


def rows_of(number: int, destinations: Sequence[str], goods: Sequence[str]) -> Iterator[str]:
    """Made rows of a register: in each cell as many as in the others, more or less."""
    luck, first = random.Random(1), date(2008, 1, 1)
    days = [(first + timedelta(days)).isoformat() for days in range(1826)]
    yield "licence,date,destination,goods,value\n"
    for row in range(number):
        cell = row % (len(destinations) * len(goods))
        to, kind = destinations[cell % len(destinations)], goods[cell // len(destinations)]
        yield f"{row},{luck.choice(days)},{to},{kind},{luck.lognormvariate(10, 2):.2f}\n"


def write(folder: Path, rows: int, events: int) -> None:
    """Write the scenarios, the registers and the log into a folder."""
    from exportsim import load
    from exportsim.compile import compile_plan
    from exportsim.engine import simulate
    from exportsim.learning.event_log import event_log
    from exportsim.scenario.countries import ASSIGNED

    destinations = sorted(ASSIGNED)[:DESTINATIONS]
    goods = [f"kind-{number}" for number in range(GOODS)]
    with (folder / "large.csv").open("w", encoding="utf-8") as file:
        file.writelines(rows_of(rows, ["XA"], ["arms"]))
    with (folder / "many.csv").open("w", encoding="utf-8") as file:
        file.writelines(rows_of(FANNED_OUT, destinations, goods))
    (folder / "large.yaml").write_text(OFFICE + ONE_LINE % REGISTER, encoding="utf-8")
    kinds = ", ".join(f"{kind}: {{}}" for kind in goods)
    many = MANY_LINES % (kinds, REGISTER.replace("[XA]", f"[{destinations[0]}, {destinations[1]}]"))
    (folder / "many.yaml").write_text(OFFICE + many, encoding="utf-8")
    (folder / "office.yaml").write_text(OFFICE + LOGGED, encoding="utf-8")
    office = load(folder / "office.yaml")
    log = event_log(office, simulate(compile_plan(office), 0, seed=1, future=0, engine="compiled"))
    if len(log) < events:
        raise SystemExit(f"the office has {len(log):,} events, wanted {events:,}")
    log[:events].to_csv(folder / "log.csv", index=False)


def cases(folder: Path) -> Iterator[Case]:
    """What is measured, the rival first."""
    read = "import pandas, sys; pandas.read_csv(sys.argv[1], parse_dates=['date'])"
    yield Case("pandas.read_csv of the million rows", ["-c", read, folder / "large.csv"])
    main = ["-m", "exportsim"]
    large, many = folder / "large.yaml", folder / "many.yaml"
    yield Case("a million rows, check", [*main, "check", large], seconds=6)
    yield Case("... run, 1 line × 2 policies × 1 future", [*main, "run", large, "--futures", "1"], megabytes=1200)
    fan_out = ["run", many, "--futures", "5", "--out", folder / "out", "--force"]
    yield Case("1,500 lines, run --out, 5 futures × 2 policies", [*main, *fan_out], seconds=20, megabytes=500)
    yield Case(
        "learn, 100,000 events",
        [*main, "learn", folder / "log.csv", "--country", "GB", "--out", folder / "draft.yaml"],
        seconds=20,
    )
    predict = ["predict", SCENARIOS / "canada-turkiye.yaml", "--policy", "historical"]
    yield Case("predict, 128 × 20, the founding case", [*main, *predict], seconds=15)


def taken_by(case: Case, folder: Path) -> Taken:
    """What a command takes, in a process of its own."""
    (folder / "draft.yaml").unlink(missing_ok=True)
    start = time.perf_counter()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([sys.executable, *map(str, case.command)], stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{case.what}: {(folder / 'said').read_text(errors='replace')[-2000:]}")
    return Taken(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT / 1e6)


def beside(found: float, goal: float | None, unit: str) -> str:
    """A goal, and whether it is kept within."""
    return "" if goal is None else f"{goal:g} {unit}" + ("" if found <= goal else ", missed")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="of each, of which the first may compile")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large register")
    parser.add_argument("--events", type=int, default=100_000, help="of the log")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--only", metavar="WORD", default="", help="those alone in whose name it is")
    chosen = parser.parse_args()
    if chosen.write:
        write(chosen.write, chosen.rows, chosen.events)
        return 0
    print(f"load before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "", flush=True)
    print("| what | wall | processor | memory | goals, of processor time and memory |\n" + "|---" * 5 + "|", flush=True)
    rival = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # By another process: what this one has held counts as held by those that it starts.
        asked = ["--rows", str(chosen.rows), "--events", str(chosen.events), "--write", name]
        subprocess.run([sys.executable, __file__, *asked], check=True)
        for case in cases(folder):
            is_rival = case.command[0] == "-c"
            if chosen.only not in case.what and not is_rival:
                continue
            found = Taken(*map(min, zip(*(taken_by(case, folder) for _ in range(chosen.runs)), strict=True)))
            rival = found.processor if is_rival else rival
            goals = [beside(found.processor, case.seconds, "s"), beside(found.megabytes, case.megabytes, "MB")]
            if "check" in case.command:
                goals.append(f"{found.processor / rival:.1f} times pandas.read_csv")
            print(
                f"| {case.what} | {found.wall:.1f} s | {found.processor:.1f} s | {found.megabytes:.0f} MB"
                f" | {'; '.join(filter(None, goals))} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
