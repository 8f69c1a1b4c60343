"""The numbers of figures by year, and fates in words."""

from __future__ import annotations

from exportsim.analysis.counting_tables import months
from exportsim.plan import Float
from exportsim.study.monthly_exports import monthly
from exportsim.study.result import Result


def years(result: Result) -> list[str]:
    """The years of the period."""
    return list(dict.fromkeys(str(label.year) for label in months(result.plan)[0]))


def last_months(result: Result) -> list[int]:
    """The number of each year's last month."""
    return list({label.year: place for place, label in enumerate(months(result.plan)[0])}.values())


def exports_of(result: Result, policy: str) -> Float:
    """By future and month, in currency units."""
    exports: Float = monthly(result).exports[result.policies.index(policy)] / 100
    return exports


def in_words(fate: str) -> str:
    """A fate or a bar in words: ``taken_over/aselsan`` as ``taken over by aselsan``."""
    kind, slash, rest = fate.partition("/")
    word = kind.replace("_", " ")
    if not slash:
        return word
    if kind in ("delivered", "taken_over"):
        return f"{word} by {rest}"
    if kind == "gained":
        return f"gained, was {in_words(rest)}"
    if kind == "kept":
        return f"kept by {'the same supplier' if rest == 'same' else 'another licensed supplier'}"
    return f"{word}, {rest}"
