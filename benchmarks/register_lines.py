"""Many lines that take their orders from one register, the same lines with a file each, and a large register.

The record is that of ``register.py``. Its destinations by year make the lines. ``made`` are the same lines and those of
fewer rows, made of one by its destination and goods, which are the year and whether it is military: 1,450 lines.
Processor time of ``load``, which checks a scenario, the least of some runs in one process, in turns; of the large
register also the bytes a row that are kept and that are needed at most, by tracemalloc, in a run of its own; of the
lines that are made (``--out``) processor time and largest resident size of ``exportsim run --out`` with 5 futures and 2
policies.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import string
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter, defaultdict
from pathlib import Path

from register import RECORD, UNIT

from exportsim.scenario import load
from exportsim.scenario import register as registers

HEAD = """exportsim: 1
period: {start: 2008-01-01, end: 2012-12-31}
currency: GBP
goods: {controlled: {}}
authorities: {ecju: {country: GB, review: [{stage: casework, officers: 4000, work: 1bd}]}}
suppliers: {makers: {country: GB, authority: ecju, slots: 200000, lead_time: 90d}}
policies: {as-it-was: {}}
demand:
"""
LINE = """  line-{number}:
    buyer: buyers
    destination: ZZ
    goods: controlled
    sources: {{makers: {{}}}}
    orders: {{register: {file}, date: date, value: value_gbp{where}}}
"""
MADE = """exportsim: 1
period: {{start: 2008-01-01, end: 2012-12-31}}
currency: GBP
goods: {goods}
authorities: {{ecju: {{country: GB, review: [{{stage: casework, officers: 4000, work: 1bd}}]}}}}
suppliers: {{makers: {{country: GB, authority: ecju, slots: 200000, lead_time: 90d}}}}
policies:
  as-it-was: {{}}
  hold: {{measures: [{{on: 2010-01-01, applications: hold, destinations: [AA, AB]}}]}}
demand:
  licences:
    buyer: buyers
    sources: {{makers: {{}}}}
    patience: {{review: 1y}}
    orders:
      {{register: all.csv, date: date, value: value_gbp,
       by: {{destination: destination, goods: kind, spellings: spellings.csv}}}}
"""


def write(record: Path, folder: Path, lines: int, large: int) -> dict[str, Path]:
    """Write the scenarios and their registers into a folder."""
    with record.open(newline="", encoding="utf-8") as file:
        titles, *rows = csv.reader(file)
    military = titles.index("military")
    titles += ["year", "kind"]
    rows = [[*row, row[1][:4], f"{'military' if row[military] == '1' else 'other'}-{row[1][:4]}"] for row in rows]
    to, year = titles.index("destination"), titles.index("year")
    groups: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for row in rows:
        groups[row[to], row[year]].append(row)
    chosen = [cell for cell, _ in Counter((row[to], row[year]) for row in rows).most_common(lines)]

    def put(name: str, content: list[list[str]]) -> str:
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([titles, *content])
        return name

    where = ", where: {{destination: {to}, year: '{year}'}}"
    together = [(put("all.csv", rows), where.format(to=json.dumps(cell[0]), year=cell[1])) for cell in chosen[:1]]
    together += [("all.csv", where.format(to=json.dumps(cell[0]), year=cell[1])) for cell in chosen[1:]]
    apart = [(put(f"{number}.csv", groups[cell]), "") for number, cell in enumerate(chosen)]
    many = [[str(number), *rows[number % len(rows)][1:]] for number in range(large)]
    cases = {"one file": together, "a file each": apart, "large": [(put("large.csv", many), "")]}
    found = {}
    for name, each in cases.items():
        content = "".join(LINE.format(number=k, file=file, where=said) for k, (file, said) in enumerate(each))
        found[name] = folder / f"{name.replace(' ', '-')}.yaml"
        found[name].write_text(HEAD + content, encoding="utf-8")
    codes = (one + other for one in string.ascii_uppercase for other in string.ascii_uppercase)
    spelled = [f'"{place}",{code}' for place, code in zip(sorted({row[to] for row in rows}), codes, strict=False)]
    (folder / "spellings.csv").write_text("\n".join(["spelling,destination,goods", *(f"{each}," for each in spelled)]))
    goods = json.dumps({row[-1]: {} for row in sorted(rows, key=lambda row: row[-1])})
    found["made"] = folder / "made.yaml"
    found["made"].write_text(MADE.format(goods=goods), encoding="utf-8")
    return found


def of_a_run(file: Path) -> tuple[float, float]:
    """Processor time and MB of a run that writes its folder."""
    subprocess.run(
        [sys.executable, "-m", "exportsim", "run", file, "--futures", "5", "--out", file.parent / "out"],
        check=True, capture_output=True,
    )  # fmt: skip
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT / 1e6


def seconds(file: Path) -> float:
    """Processor time of one reading, with nothing of an earlier one kept."""
    registers._kept.clear()
    start = time.process_time()
    load(file)
    return time.process_time() - start


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lines", type=int, default=895)
    parser.add_argument("--large", type=int, default=1_000_000, help="rows")
    parser.add_argument("--memory", action="store_true", help="bytes a row of the large register")
    parser.add_argument("--out", action="store_true", help="time and memory of a run of the lines that are made")
    chosen = parser.parse_args()
    if not RECORD.is_file():
        print(f"there is no record at {RECORD}; name one in EXPORTSIM_REGISTER", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        files = write(RECORD, Path(folder), chosen.lines, chosen.large)
        if chosen.out:
            taken_by_run, held = of_a_run(files["made"])
            print(f"run --out of {len(load(files['made']).demand):,} lines: {taken_by_run:.1f} s, {held:.0f} MB")
            return 0
        if chosen.memory:
            seconds(files["one file"])  # what is imported by then is not counted
            tracemalloc.start()
            seconds(files["large"])
            kept, peak = (each / chosen.large for each in tracemalloc.get_traced_memory())
            print(f"bytes a row: {kept:.0f} kept, {peak:.0f} at most")
            return 0
        seconds(files["one file"])
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(chosen.runs):
            for name, file in files.items():
                taken[name].append(seconds(file))
        least = {name: min(each) for name, each in taken.items()}
        for name, each in least.items():
            print(f"{name}: {each:.2f} s")
        print(f"one file against a file each: {least['one file'] / least['a file each']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
