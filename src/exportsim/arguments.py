"""What may be asked of a study: numbers within bounds, names that exist (with the near miss), libraries to be had."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from exportsim.errors import ExportsimError

BOUND = 1 << 32  # a seed and a future are each one 32-bit word of the random numbers' key


def whole(value: Any, what: str, *, least: int = 0, most: int = BOUND - 1) -> int:
    """A whole number within bounds; truth values and fractions are none."""
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if isinstance(value, bool) or not least <= number <= most:
        raise ExportsimError(f"{what}: found {value!r}, expected a whole number from {least} to {most}")
    return number


def chosen(name: str, names: Sequence[str], what: str) -> str:
    """A name that is one of some."""
    if name in names:
        return name
    near = get_close_matches(str(name), names, 1)
    hint = f"did you mean `{near[0]}`?" if near else "expected one of " + ", ".join(f"`{known}`" for known in names)
    raise ExportsimError(f"unknown {what} `{name}`; {hint}")


def listed(names: Iterable[str], what: str) -> list[str]:
    """Names as a list. A lone text is none: each letter would be taken for a name."""
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        kind = "the text " if isinstance(names, str) else ""
        raise ExportsimError(f"{what}: found {kind}{names!r}, expected a list of names such as [{names!r}]")
    return list(names)


@contextmanager
def required(library: str, needs: str, extra: str) -> Iterator[None]:
    """What is imported inside may not be installed; it comes with one of the package's extras."""
    try:
        yield
    except ImportError:
        raise ExportsimError(f"{needs} {library}, which is not installed: pip install 'exportsim[{extra}]'") from None
