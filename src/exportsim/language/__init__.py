"""What exportsim says to a person, from one catalogue: whole sentences, titles, labels, and forms of numbers and dates.

``en.toml`` is the catalogue. Another language is one more file beside it that has the same keys with the same
placeholders; what it lacks is said in English. It is chosen by :func:`use`, which is what ``--language`` does, for as
long as its block lasts and for this thread or task alone; elsewhere by the environment variable
``EXPORTSIM_LANGUAGE``. What is kept as a sentence stays in the language in which it was made: what was noticed in a
scenario, and in its plays. An entry is a sentence with placeholders in braces, or, where it depends on a number, the
two sentences ``one`` and ``other``.

Not in it are the messages of mistakes and faults, the help of commands, and what is told in the words of a scenario
file because it is to be found there: its keys, paths and values (``17.3mo``, ``lognormal (median 45d, p90 90d)``), what
a measure sets, and days in a warning. Names in data (JSON, tables, the columns of files) are the same in all languages.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib import resources
from typing import SupportsAbs

from exportsim.errors import ExportsimError

VARIABLE, STANDARD = "EXPORTSIM_LANGUAGE", "en"
ONE, OTHER = "one", "other"
Entry = tuple[str, str]  # of one, and of any other number
_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
_IN_USE: ContextVar[str | None] = ContextVar("language", default=None)


@contextmanager
def use(language: str | None) -> Iterator[None]:
    """Say everything inside in a language, such as ``fr``: in this thread or task alone.

    Parameters
    ----------
    language : str or None
        The name of a catalogue; None changes nothing.

    Raises
    ------
    ExportsimError
        If there is no such language.

    Examples
    --------
    >>> from exportsim import language
    >>> with language.use("fr"):
    ...     language.listed(["radar", "sonar"])
    'radar et sonar'
    """
    if language is not None:
        _see_known(language, "language")
    before = _IN_USE.set(_IN_USE.get() if language is None else language)
    try:
        yield
    finally:
        _IN_USE.reset(before)


def in_use() -> str:
    """The language in which all is said here and now."""
    return _IN_USE.get() or os.environ.get(VARIABLE) or STANDARD


def languages() -> list[str]:
    """The languages that there are."""
    names = [file.name for file in resources.files(__name__).iterdir()]
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def text(key: str, /, **values: object) -> str:
    """A sentence of the catalogue with its placeholders filled; that of ``number``, where there is one for each."""
    return template(key, values.get("number")).format_map(values)


def template(key: str, number: object = None) -> str:
    """A sentence of the catalogue with its placeholders as they are."""
    chosen = _chosen()
    one, other = chosen[key]
    return one if one != other and _is_one(number, chosen) else other


def has(key: str) -> bool:
    """Whether there is an entry of this key."""
    return key in _chosen()


def day(when: date) -> str:
    """A day as a person writes it: ``12 April 2021``."""
    return text("dates.day", number=when.day, day=when.day, month=month(when), year=when.year)


def short_day(when: date) -> str:
    """The same in a list of events or a figure: ``12 Apr 2021``."""
    return text("dates.day", number=when.day, day=when.day, month=short_months()[when.month - 1], year=when.year)


def month(when: date) -> str:
    """The month of a day by its name."""
    return text("dates.months").split()[when.month - 1]


def short_months() -> list[str]:
    """The months by their short names."""
    return text("dates.short").split()


def country(code: str) -> str:
    """A country as it stands in a sentence, ``the Netherlands``; its code if nobody has it."""
    return text(f"countries.{code.lower()}") if has(f"countries.{code.lower()}") else code


def listed(items: list[str]) -> str:
    """``a, b and c``."""
    *most, last = items
    return text("lists.and", most=text("lists.comma").join(most), last=last) if most else last


def _chosen() -> Mapping[str, Entry]:
    return catalogue(in_use())


def _is_one(number: object, chosen: Mapping[str, Entry]) -> bool:
    """Whether a number takes ``one``: 1 does, and in some languages all that is less than two."""
    return number == 1 or (isinstance(number, SupportsAbs) and abs(number) < int(chosen["numbers.one_below"][0]))


def _see_known(language: str, what: str) -> None:
    if language in (known := languages()):
        return
    near = language.strip().lower()[:2]  # of fr-CA, FR and French
    hint = f"did you mean `{near}`?" if near in known else f"expected one of {', '.join(known)}"
    raise ExportsimError(f"{what}: found `{language}`, {hint}")


class Catalogue(Mapping[str, Entry]):
    """The entries of a language, by dotted key. Each section is read when it is first asked for: all take 40 ms.

    What it lacks is looked up in another, if there is one.
    """

    def __init__(self, written: str, other: Mapping[str, Entry] | None = None) -> None:
        self._other = other
        self._written: defaultdict[str, list[str]] = defaultdict(list)
        for table in _TABLE.split(written)[1:]:
            self._written[_section(table[1 : table.index("]")])].append(table)
        self._read: dict[str, Entry] = {}

    def __getitem__(self, key: str) -> Entry:
        for table in self._written.pop(_section(key), ()):
            self._read |= _entries("", tomllib.loads(table))
        return self._read[key] if key in self._read or self._other is None else self._other[key]

    def __iter__(self) -> Iterator[str]:
        for section in list(self._written):
            self.get(section)
        return iter(self._read)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """The entries of a language, and those of English where it has none."""
    _see_known(language, VARIABLE)
    written = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Catalogue(written, None if language == STANDARD else catalogue(STANDARD))


def _section(key: str) -> str:
    return key.partition(".")[0]


def _entries(above: str, tree: Mapping[str, object]) -> Iterator[tuple[str, Entry]]:
    for name, value in tree.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, str):
            yield key, (value, value)
        elif isinstance(value, dict) and value.keys() == {ONE, OTHER}:
            yield key, (value[ONE], value[OTHER])
        else:
            assert isinstance(value, dict), key
            yield from _entries(key, value)
