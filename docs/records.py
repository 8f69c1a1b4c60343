"""Write what a report says of the project's own verification and validation: run ``python docs/records.py``.

The records are ``docs/verification.md`` and ``docs/validation.md``. What an assurance statement needs of them goes into
``src/exportsim/report/records.json``; the tests check that it is current.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
TARGET = DOCS.parent / "src" / "exportsim" / "report" / "records.json"

WRITTEN = re.compile(r"^Written (?P<date>\S+) by exportsim (?P<version>\S+) .* together at (?P<level>[\d.]+)\.$", re.M)
EPISODE = re.compile(r"^## (?P<title>.+?)\n.*?^\*\*Verdict: (?P<verdict>.+?)\.\*\*", re.M | re.S)


def records() -> dict[str, Any]:
    """The two records in short."""
    return {"verification": verification(), "validation": validation()}


def verification() -> dict[str, Any]:
    """How many comparisons of the long profile were made and kept, and how many planted errors were refused."""
    text = (DOCS / "verification.md").read_text(encoding="utf-8")
    long, planted = _block(text, "long"), _block(text, "planted")
    written = WRITTEN.search(long)
    assert written is not None
    rows, errors = _rows(long), _rows(planted)
    return {
        **written.groupdict(),
        "laws": len({row[0] for row in rows}),
        "compared": len(rows),
        "kept": sum(row[-1] == "kept" for row in rows),
        "planted": len(errors),
        "refused": sum(not row[2].startswith("0 of") for row in errors),
    }


def validation() -> list[dict[str, str]]:
    """The episodes and what was found of each."""
    text = (DOCS / "validation.md").read_text(encoding="utf-8")
    return [episode.groupdict() for episode in EPISODE.finditer(text)]


def _block(text: str, name: str) -> str:
    return text.partition(f"<!-- verify: {name} -->")[2].partition(f"<!-- /verify: {name} -->")[0]


def _rows(block: str) -> list[list[str]]:
    """The rows of the table in a block, cell by cell, without its head."""
    lines = [line for line in block.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def written() -> str:
    """The file as it is to be."""
    return json.dumps(records(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
