"""Write the parts of the documentation that the code knows better: run ``python docs/generate.py`` after a change.

A generated part stands between ``<!-- name -->`` and ``<!-- /name -->``. The tests check that each is up to date.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from exportsim.analysis.outcomes import OUTCOMES
from exportsim.analysis.series import SERIES
from exportsim.lifecycle import MEANINGS, MOMENTS, Fact, diagram
from exportsim.report.omissions import CONSEQUENCE, OMISSIONS

DOCS = Path(__file__).parent


def lifecycle() -> str:
    """The diagram of an order's life."""
    return f"```mermaid\n{diagram()}```"


def moments() -> str:
    """The order of one minute."""
    return "\n".join(f"{moment.value}. {said}" for moment, said in MOMENTS.items())


def facts() -> str:
    """What a ledger can state."""
    rows = ["| fact | what has happened | `detail` | `cents` |", "|---|---|---|---|"]
    rows += [
        f"| `{fact.word}` | {MEANINGS[fact].says} | {MEANINGS[fact].detail} | {MEANINGS[fact].amount} |"
        for fact in Fact
    ]
    return "\n".join(rows)


def outcomes() -> str:
    """The headline outcomes."""
    rows = ["| outcome | unit | definition |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `{each.name}` | {each.unit} | {each.definition} |" for each in OUTCOMES)])


def series() -> str:
    """The quantities of the monthly series."""
    rows = ["| quantity | kind | what is counted |", "|---|---|---|"]
    kinds = {True: "standing at the month's end", False: "flowing in the month"}
    return "\n".join([*rows, *(f"| `{each.name}` | {kinds[each.stock]} | {each.what} |" for each in SERIES)])


def omissions() -> str:
    """What the model leaves out."""
    return "\n".join([*(f"- **{topic}.** {text}" for topic, text in OMISSIONS), "", CONSEQUENCE])


PARTS: dict[str, Callable[[], str]] = {
    "lifecycle": lifecycle,
    "omissions": omissions,
    "moments": moments,
    "facts": facts,
    "outcomes": outcomes,
    "series": series,
}


def generated(text: str) -> str:
    """A page with its generated parts made anew."""

    def part(match: re.Match[str]) -> str:
        return f"<!-- {match[1]} -->\n{PARTS[match[1]]()}\n<!-- /{match[1]} -->"

    return re.sub(r"<!-- (\w+) -->\n(?:.*?\n)?<!-- /\1 -->", part, text, flags=re.DOTALL)


if __name__ == "__main__":
    for page in sorted(DOCS.glob("*.md")):
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
