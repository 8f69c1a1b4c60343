"""How a mistake is told on the command line: messages speak of Python's arguments, and these are options here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import click

THINGS = frozenset(["cluster", "figures", "store"])  # with which a message begins that is of the thing itself

_BEGINS = re.compile(r"([a-z_]+)(?=: )")
_QUOTED = re.compile(r"`([a-z_]+)=(?:True)?`")


def as_options(message: str, command: click.Command) -> str:
    """A message with options for arguments: ``futures: found 0``, and ``raise it with `max_orders=```."""
    options = _options(command)

    def begins(match: re.Match[str]) -> str:
        return match[1] if match[1] in THINGS else options.get(match[1], match[1])

    def quoted(match: re.Match[str]) -> str:
        return f"`{options[match[1]]}`" if match[1] in options else match[0]

    return _QUOTED.sub(quoted, _BEGINS.sub(begins, message, count=1) if _BEGINS.match(message) else message)


@cache
def _options(command: click.Command) -> dict[str, str]:
    """The options of a command and of those below it, by the names of Python's arguments."""
    known: dict[str, str] = {}
    for each in _all(command):
        for parameter in each.params:
            if isinstance(parameter, click.Option) and parameter.name is not None:
                known[parameter.name] = max(parameter.opts, key=len)
    return known


def _all(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _all(below)
