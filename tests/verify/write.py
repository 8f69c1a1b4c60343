"""Verify, and write what was found into ``docs/verification.md``: ``python tests/verify/write.py [--long]``.

The page's own words stay; its tables, between ``<!-- verify: … -->`` and ``<!-- /verify: … -->``, are written anew: the
short profile's and the planted errors', or with ``--long`` the long profile's. Exits with status 1 if a comparison is
refused or a planted error is not.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import sys
import time
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

from laws import LAWS
from laws.comparing import COMPARISONS, FAMILY_LEVEL, LEVEL, LONG, SEED, SHORT, Comparison, Law, Profile

import exportsim

PAGE = Path(__file__).parents[2] / "docs" / "verification.md"
REFUSED = "**refused**"
LIBRARIES = ("numpy", "scipy", "numba", "ciw")


def figure(value: float) -> str:
    """Five digits that mean something, with separators."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else ""
    digits = max(0, 4 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 5)}f}"


def row_of(law: Law, one: Comparison) -> str:
    half = "" if math.isnan(one.half) else f" ± {figure(one.half)}"
    deviate = "exact" if one.exactly else f"{one.z:+.2f}"
    verdict = REFUSED if one.refused else "kept"
    return (
        f"| {law.name} | {one.what} | {figure(one.theory)} | {figure(one.found)}{half} | {deviate} | {one.n:,} "
        f"| {law.source} | {verdict} |"
    )


def rows_of(law: Law, found: Iterable[Comparison]) -> list[str]:
    """The rows of the table, a comparison each."""
    return [row_of(law, one) for one in found]


def table(profile: Profile) -> tuple[str, bool]:
    """The table of a profile under a line that says when and with what, and whether all is kept."""
    begun = time.perf_counter()
    rows = [row for law in LAWS for row in rows_of(law, law.compare(profile))]
    seconds = time.perf_counter() - begun
    kept = not any(REFUSED in row for row in rows)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    head = (
        f"Written {date.today()} by exportsim {exportsim.__version__} (Python {platform.python_version()}, "
        f"{libraries}; {platform.machine()}, {os.cpu_count()} cores) in {seconds:.0f} s. Seed {SEED}. "
        f"{len(rows)} comparisons, each at the level {LEVEL:.2g} (|z| below {z_allowed():.2f}), "
        f"together at {FAMILY_LEVEL:g}."
    )
    columns = "| law | compared | theory | found | z | n | source | |\n|---|---|---|---|---|---|---|---|"
    return "\n".join([head, "", columns, *rows]), kept


def z_allowed() -> float:
    """How far a normal deviate may be away."""
    from scipy import stats

    return float(stats.norm.isf(LEVEL / 2))


def planted() -> tuple[str, bool]:
    """The table of planted errors in the short profile, and whether all are refused."""
    rows, all_refused = [], True
    for law in LAWS:
        for what, error in law.planted.items():
            found = error.compare(SHORT)
            refused = [one for one in found if one.refused]
            all_refused &= bool(refused)
            least = min(one.p for one in found)
            p = f"{least:.0e}" if least > 1e-99 else "< 1e-99"
            rows.append(f"| {law.name} | {what} | {len(refused)} of {len(found)} | {p} |")
    said = f"{len(rows)} errors, {'each' if all_refused else 'not each'} refused by at least one comparison."
    return "\n".join([said, "", "| law | error | refused by | least p |", "|---|---|---|---|", *rows]), all_refused


def part(text: str, name: str) -> str:
    """What a page has between the marks of a name."""
    found = re.search(rf"<!-- verify: {name} -->\n(.*?)<!-- /verify: {name} -->", text, re.DOTALL)
    if found is None:
        raise SystemExit(f"{PAGE.name} has no marks for `verify: {name}`")
    return found[1]


def put(text: str, name: str, content: str) -> str:
    """The page with something else there."""
    marks = f"<!-- verify: {name} -->\n", f"<!-- /verify: {name} -->"
    return text.replace(marks[0] + part(text, name) + marks[1], f"{marks[0]}{content}\n{marks[1]}")


def main() -> int:
    """Read the command line, verify and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="the long profile: minutes instead of seconds")
    profile = LONG if parser.parse_args().long else SHORT
    parts = {}
    parts[profile.name], right = table(profile)
    if profile == SHORT:
        parts["planted"], all_refused = planted()
        right = right and all_refused
    text = PAGE.read_text(encoding="utf-8")
    for name, content in parts.items():
        text = put(text, name, content)
    beside = PAGE.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(PAGE)
    print(f"{PAGE}: {COMPARISONS} comparisons, {'all as they must be' if right else 'NOT all as they must be'}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
