"""What exportsim says to a person, from one catalogue: whole sentences, titles, labels, and forms of numbers and dates.

``en.toml`` is the catalogue. A second language is one more file beside it that has the same keys with the same
placeholders, and is chosen by the environment variable ``EXPORTSIM_LANGUAGE``. An entry is a sentence with
placeholders in braces, or, where it depends on a number, the two sentences ``one`` and ``other``.

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
from datetime import date
from functools import cache
from importlib import resources
from string import Formatter

from exportsim.errors import ExportsimError

VARIABLE, STANDARD = "EXPORTSIM_LANGUAGE", "en"
ONE, OTHER = "one", "other"
Entry = tuple[str, str]  # of one, and of any other number
_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)


def text(key: str, /, **values: object) -> str:
    """A sentence of the catalogue with its placeholders filled; that of ``number``, where there is one for each."""
    return template(key, values.get("number")).format_map(values)


def template(key: str, number: object = None) -> str:
    """A sentence of the catalogue with its placeholders as they are."""
    one, other = _chosen()[key]
    return one if number == 1 else other


def has(key: str) -> bool:
    """Whether there is an entry of this key."""
    return key in _chosen()


def day(when: date) -> str:
    """A day as a person writes it: ``12 April 2021``."""
    return text("dates.day", day=when.day, month=month(when), year=when.year)


def short_day(when: date) -> str:
    """The same in a list of events or a figure: ``12 Apr 2021``."""
    return text("dates.day", day=when.day, month=short_months()[when.month - 1], year=when.year)


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


def chosen() -> str:
    """The language in which things are said: ``en``."""
    return os.environ.get(VARIABLE) or STANDARD


def _chosen() -> Mapping[str, Entry]:
    return catalogue(chosen())


class Catalogue(Mapping[str, Entry]):
    """The entries of a language, by dotted key. Each section is read when it is first asked for: all take 40 ms."""

    def __init__(self, written: str) -> None:
        self._written: defaultdict[str, list[str]] = defaultdict(list)
        for table in _TABLE.split(written)[1:]:
            self._written[_section(table[1 : table.index("]")])].append(table)
        self._read: dict[str, Entry] = {}

    def __getitem__(self, key: str) -> Entry:
        for table in self._written.pop(_section(key), ()):
            self._read |= _entries("", tomllib.loads(table))
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        for section in list(self._written):
            self.get(section)
        return iter(self._read)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """The entries of a language; all languages have the same."""
    names = [file.name for file in resources.files(__name__).iterdir()]
    known = sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    if language not in known:
        raise ExportsimError(f"{VARIABLE}: found `{language}`, expected one of {', '.join(known)}")
    read = Catalogue(resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    if language != STANDARD:
        _hold_against(catalogue(STANDARD), read, f"{language}.toml")
    return read


def placeholders(entry: Entry) -> set[str]:
    """The names that an entry has in braces."""
    return {name for sentence in entry for _, name, _, _ in Formatter().parse(sentence) if name}


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


def _hold_against(standard: Mapping[str, Entry], read: Mapping[str, Entry], file: str) -> None:
    faults = [f"{key}: missing" for key in standard if key not in read]
    faults += [f"{key}: unknown" for key in read if key not in standard]
    faults += [
        f"{key}: found placeholders {sorted(placeholders(read[key]))}, expected {sorted(placeholders(entry))}"
        for key, entry in standard.items()
        if key in read and placeholders(read[key]) != placeholders(entry)
    ]
    if faults:
        raise ExportsimError(f"{file}: " + "; ".join(faults))
