"""What may be asked of an experiment: numbers within their bounds, and names that exist, with the near miss."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from exportsim.errors import ExportsimError

BOUND = 1 << 32  # a seed and a future are each one 32-bit word of the random numbers' key


def whole(given: Any, what: str, *, least: int = 0, most: int = BOUND - 1) -> int:
    """A whole number within bounds.

    Raises
    ------
    ExportsimError
        If it is anything else; truth values and fractions are.
    """
    try:
        number = operator.index(given)
    except TypeError:
        number = -1
    if isinstance(given, bool) or not least <= number <= most:
        raise ExportsimError(f"{what}: found {given!r}, expected a whole number from {least} to {most}")
    return number


def chosen(given: str, names: Sequence[str], what: str) -> str:
    """A name that is one of some.

    Raises
    ------
    ExportsimError
        If it is not; the nearest one is suggested.
    """
    if given in names:
        return given
    near = get_close_matches(str(given), names, 1)
    hint = f"did you mean `{near[0]}`?" if near else "expected one of " + ", ".join(f"`{name}`" for name in names)
    raise ExportsimError(f"unknown {what} `{given}`; {hint}")


def listed(given: Iterable[str], what: str) -> list[str]:
    """Names as a list.

    Raises
    ------
    ExportsimError
        If it is a lone text, of which each letter would be taken for a name, or nothing that names can be taken from.
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        kind = "the text " if isinstance(given, str) else ""
        raise ExportsimError(f"{what}: found {kind}{given!r}, expected a list of names such as [{given!r}]")
    return list(given)
