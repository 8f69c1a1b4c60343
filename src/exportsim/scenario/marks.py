"""Marks in numbers that people write: which of them is the decimal mark, and which only parts thousands.

A scenario has a point as the decimal mark and nothing between thousands. Half of its readers do not: what they write by
habit must be refused with what it may mean, and never be read as a thousandth or a thousandfold of it.
"""

from __future__ import annotations

import re
from functools import lru_cache

# A number with marks in it, and what follows it: `1.250.000,50`, `1,5M`, `20.000/y`.
_SPACES = "[ \u00a0\u2009\u202f]"  # of every width that is used between thousands
_MARKED = re.compile(rf"\s*([+-]?)(\d(?:[\d.,'’]|{_SPACES})*\d)\s*(\D.*)?", re.ASCII)
_UNIT = re.compile(r"k|M|bn|%|min|h|d|bd|w|mo|y|/ ?(d|w|mo|y)")
_ONLY_THOUSANDS = re.compile(rf"{_SPACES}|['’]")
_OURS = "the decimal mark is a point, and nothing stands between thousands"


def meant(given: object) -> str:
    """What is expected instead of a number with marks that are not ours, or that may part thousands; else nothing."""
    match = _MARKED.fullmatch(given) if isinstance(given, str) and len(given) <= 60 else None
    if match is None:
        return ""
    number, rest = match[2], (match[3] or "").strip()
    rest = rest if _UNIT.fullmatch(rest) else ""
    found = _readings(_ONLY_THOUSANDS.sub(" ", number))
    if not found:
        return ""
    why = "three digits after a point may be thousands" if re.fullmatch(r"\d+\.\d+", number) else _OURS
    sign = match[1] if match[1] == "-" else ""
    return " or ".join(f"`{sign}{reading}{rest}`" for reading in dict.fromkeys(found)) + f": {why}"


def is_doubtful(text: str) -> bool:
    """Whether the three digits after the point of a number may be thousands: ``400.000``, but not ``0.125``."""
    return re.fullmatch(r"\s*[+-]?[1-9]\d{0,2}\.\d{3}(?!\d)\D*", text, re.ASCII) is not None


def unmistakable(text: str) -> str:
    """A number, with its unit if any, so written that nobody takes three digits after its point for thousands."""
    return re.sub(r"^([+-]?\d+\.\d{3})(?!\d)", r"\g<1>0", text)


def _readings(number: str) -> list[str]:
    """What a number with marks may be, spelled as here; nothing if its only mark is a point that is one for sure."""
    marks = [letter for letter in number if not letter.isdigit()]
    groups = re.split(r"\D", number)
    if not marks or "" in groups:
        return []
    kinds = dict.fromkeys(marks)
    in_threes = [len(group) == 3 for group in groups[1:]]
    whole = [str(int("".join(groups)))]
    if len(kinds) == 1:
        if len(marks) == 1 and marks[0] != " ":
            decimal = [_decimal(*groups)]
            if in_threes[0] and (marks[0] == "." or (groups[0][0] != "0" and len(groups[0]) <= 3)):
                return whole + decimal
            return decimal if marks[0] == "," else []
        return whole if all(in_threes) else []
    if len(kinds) == 2 and marks[-1] in ".," and marks.count(marks[-1]) == 1 and all(in_threes[:-1]):
        return [_decimal("".join(groups[:-1]), groups[-1])]
    return []


def _decimal(whole: str, fraction: str) -> str:
    fraction = fraction.rstrip("0")
    return unmistakable(f"{int(whole)}.{fraction}" if fraction else str(int(whole)))


def decimal_mark(decimal: str | None, thousands: str | None) -> str:
    """The decimal mark of a register that says one of its marks, or both."""
    return decimal or ("," if thousands == "." else ".")


def respelled(text: str, decimal: str | None, thousands: str | None) -> str | None:
    """An amount of a register that says its marks, as a scenario has it; None if it is not written so."""
    match = _form(decimal_mark(decimal, thousands), thousands).fullmatch(text)
    if match is None:
        return None
    number = re.sub(r"\D", "", match[2]) + (f".{match[3]}" if match[3] else "")
    return f"{match[1]}{number if match[4] else unmistakable(number)}{match[4] or ''}"


def example(decimal: str | None, thousands: str | None) -> str:
    """An amount with a register's marks."""
    return f"1{thousands or ''}234{thousands or ''}567{decimal_mark(decimal, thousands)}89"


@lru_cache
def _form(decimal: str, thousands: str | None) -> re.Pattern[str]:
    between = {" ": _SPACES, "'": "['’]", None: ""}.get(thousands, re.escape(thousands or ""))
    whole = rf"\d+|\d{{1,3}}(?:{between}\d{{3}})+" if between else r"\d+"
    return re.compile(rf"\s*([+-]?)({whole})(?:{re.escape(decimal)}(\d+))?\s*(k|M|bn)?\s*", re.ASCII)
