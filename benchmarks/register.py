"""A country's licences at full size: a record of 41,884 replayed, a national scenario, and ten times as many of each.

The record is ``data/uk-licences-2008-2012.csv`` (licence, date, destination, military, value_gbp, refused), named by
the environment variable ``EXPORTSIM_REGISTER`` or else found in ``../shared/data`` beside the repository. Ten times as
many: each row ten times, or ten times the rates, and ten times the officers. Each case is measured in a process of its
own; memory is the largest resident size of that process, the package and everything else included.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCENARIOS = HERE.parent / "scenarios"
RECORD = Path(
    os.environ.get("EXPORTSIM_REGISTER", HERE.parent.parent / "shared" / "data" / "uk-licences-2008-2012.csv")
)
NAMED = {"Turkey", "Israel", "Saudi Arabia"}  # destinations with a line of their own in register.yaml
POLICIES = {"register": "turkey-hold", "uk-licensing": "general-licence"}
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, of ru_maxrss
SEED = 1


def write(record: Path, folder: Path, times: int = 1) -> Path:
    """Write the scenario that replays a record, and the record as it reads it, into a folder.

    Parameters
    ----------
    record : Path
        A CSV with the columns above.
    folder : Path
    times : int
        How often each row is repeated.

    Returns
    -------
    Path
        Of the scenario.
    """
    with (
        record.open(newline="", encoding="utf-8") as rows,
        (folder / "licences.csv").open("w", newline="", encoding="utf-8") as written,
    ):
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(written, [*(reader.fieldnames or ()), "line"])
        writer.writeheader()
        for row in reader:
            row["line"] = "named" if row["destination"] in NAMED else "elsewhere"
            writer.writerows([row] * times)
    return Path(shutil.copy(HERE / "register.yaml", folder))


def more_officers(times: int) -> dict[str, Any]:
    """Overrides for the replay of each row so many times."""
    staff = {"casework": 40, "advice": 5000}
    return {f"authorities.ecju.review.{stage}.officers": number * times for stage, number in staff.items()}


def national(times: int) -> dict[str, Any]:
    """Overrides that make ``uk-licensing.yaml`` so many times as large: applications, officers and slots."""
    from exportsim.scenario import explicit, load

    form = explicit(load(SCENARIOS / "uk-licensing.yaml"))
    found: dict[str, Any] = {}
    for name, line in form["demand"].items():
        found[f"demand.{name}.orders"] = _rate(line["orders"], times)
    for name, supplier in form["suppliers"].items():
        found[f"suppliers.{name}.slots"] = supplier["slots"] * times
    for name, authority in form["authorities"].items():
        found[f"authorities.{name}.traffic.applications"] = _rate(authority["traffic"]["applications"], times)
        for stage in authority["review"]:
            found[f"authorities.{name}.review.{stage['stage']}.officers"] = stage["officers"] * times
    return found


def _rate(written: str, times: int) -> str:
    number, unit = written.split("/")
    return f"{float(number) * times:g}/{unit}"


def measure(case: str, times: int, runs: int) -> dict[str, float]:
    """Seconds to load, to compile and to play (the least of some runs), facts, orders, and bytes at most."""
    from exportsim.compile import compile_plan
    from exportsim.engine import simulate
    from exportsim.lifecycle import Fact
    from exportsim.scenario import load

    few = compile_plan(load(SCENARIOS / "quickstart.yaml"))
    simulate(few, 0, seed=SEED, future=0, engine="compiled")  # compiled by now
    with tempfile.TemporaryDirectory() as folder:
        file = write(RECORD, Path(folder), times) if case == "register" else SCENARIOS / "uk-licensing.yaml"
        overrides = {} if times == 1 else more_officers(times) if case == "register" else national(times)
        start = time.process_time()
        scenario = load(file, overrides=overrides)
        loaded = time.process_time()
        plan = compile_plan(scenario)
        compiled = time.process_time()
    seen: dict[str, float] = {"load": loaded - start, "compile": compiled - loaded}
    for what, number in (("reference", 0), ("policy", plan.names.policies.index(POLICIES[case]))):
        taken = []
        for _ in range(runs):
            start = time.process_time()
            ledger = simulate(plan, number, seed=SEED, future=0, engine="compiled")
            taken.append(time.process_time() - start)
        seen[what] = min(taken)
        if number == 0:
            seen["facts"] = len(ledger)
            seen["applications"] = int((ledger.fact == Fact.APPLIED).sum())
        del ledger
    seen["bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    return seen


def main() -> int:
    """Measure every case, or, asked for one, that one, for the process that asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one[0], int(chosen.one[1]), chosen.runs)))
        return 0
    if not RECORD.is_file():
        print(f"there is no record at {RECORD}; name one in EXPORTSIM_REGISTER", file=sys.stderr)
        return 2
    print("| case | applications | facts | load | compile | a play | under a policy | memory |\n" + "|---" * 8 + "|")
    for case in POLICIES:
        for times in chosen.times:
            command = [sys.executable, __file__, "--runs", str(chosen.runs), "--one", case, str(times)]
            seen = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            print(
                f"| `{case}` × {times} | {seen['applications']:,} | {seen['facts']:,} | {seen['load']:.2f} s"
                f" | {seen['compile']:.2f} s | {seen['reference']:.2f} s | {seen['policy']:.2f} s"
                f" | {seen['bytes'] / 1e6:.0f} MB |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
