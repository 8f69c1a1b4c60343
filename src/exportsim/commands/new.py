"""The command ``exportsim new``: a first scenario to begin from, commented line by line, that runs as it is.

The three it may be like stand in ``first_scenarios``, with names in place of what the options say.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from importlib import resources
from pathlib import Path
from string import Template

from exportsim.commands.options import FILE, flag, option
from exportsim.commands.request import DONE, Request, command
from exportsim.commands.terminal import show

KINDS = ("analyst", "office", "company")
MADE_UP = ("XA", "XB", "XC", "XD", "XE")  # codes that no country ever has; the options take two at most


@command("Write a first scenario to begin from.", DONE)
@FILE
@option("--from", "CC", "The country whose exports need permits.", called="origin", default="CA")
@option("--to", "CC", "The country that they go to.", called="destination", default="TR")
@option("--goods", "NAME", "What is exported, in a word or a few.", default="radios")
@option("--like", "KIND", "Whose questions it asks: those of an analyst, an office or a company.", default="analyst")
@option("--currency", "CUR", "The currency of its amounts.", default="EUR")
@flag("--force", "Replace the file if it is there.")
def new(request: Request, file: str, origin: str, destination: str, goods: str, like: str, currency: str) -> None:
    """Write a small scenario into FILE: it runs as it is, and says beside each number what it means.

    Every number in it is a placeholder, marked as judgement; put yours in their places. The kinds are three first
    questions: what would a stop cost, and a carve-out save (analyst); when is the backlog gone (office); what does a
    long review cost us, by customer (company).

    \b
    Examples:
      exportsim new my.yaml
      exportsim new my.yaml --from DE --to SA --goods "Armoured vehicles"
      exportsim new my.yaml --like company --currency USD
    """
    from exportsim.language import text
    from exportsim.report.number_format import visible

    content = first_scenario(like, origin=origin, destination=destination, goods=goods, currency=currency)
    _write(file, content, force=request.force)
    typed = visible(shlex.quote(file))
    show(text("new.run", file=typed) + "\n" + text("new.change", file=typed) + "\n")


def first_scenario(kind: str, *, origin: str, destination: str, goods: str, currency: str) -> str:
    """The text of a first scenario of a kind."""
    from exportsim.arguments import chosen
    from exportsim.errors import ExportsimError

    kind = chosen(kind, KINDS, "kind of scenario (`--like`)")
    _see_country("--from", origin)
    _see_country("--to", destination)
    if origin == destination:
        raise ExportsimError(
            f"--to: found `{destination}`, the country of `--from`, expected another: nothing is exported"
        )
    _see_code("--currency", currency, 3, "a currency, such as `CAD`")
    invented = [code for code in MADE_UP if code not in (origin, destination)]
    name = f"{kind}.yaml"
    page = resources.files("exportsim.commands").joinpath("first_scenarios", name).read_text(encoding="utf-8")
    return Template(page).substitute(
        origin=origin,
        destination=destination,
        goods=_name_of(goods),
        title=json.dumps(goods[:1].upper() + goods[1:], ensure_ascii=False)[1:-1],
        currency=currency,
        rivals=invented[0],
        abroad=invented[1],
        third=invented[2],
    )


def _see_country(name: str, written: str) -> None:
    from exportsim.errors import ExportsimError
    from exportsim.scenario.countries import unknown_country

    _see_code(name, written, 2, "a country, such as `CA`")
    if (wrong := unknown_country(written)) is not None:
        raise ExportsimError(f"{name}: {wrong}")


def _see_code(name: str, written: str, letters: int, what: str) -> None:
    """See that something is so many capital letters."""
    from exportsim.errors import ExportsimError
    from exportsim.scenario.quantities import show

    if re.fullmatch(f"[A-Z]{{{letters}}}", written):
        return
    capitals = written.strip().upper()
    meant = f"did you mean `{capitals}`?" if re.fullmatch(f"[A-Z]{{{letters}}}", capitals) else None
    number = {2: "two", 3: "three"}[letters]
    raise ExportsimError(
        f"{name}: found {show(written)}, {meant or f'expected the {number} capital letters of {what}'}"
    )


def _name_of(goods: str) -> str:
    """The name of goods, of the letters and digits that names may have."""
    from exportsim.errors import ExportsimError
    from exportsim.names import plain_name
    from exportsim.scenario.quantities import show

    name = plain_name(goods)
    if not name or len(name) > 60 or not goods.isprintable():
        raise ExportsimError(
            f"--goods: found {show(goods)}, expected some words in Latin letters, of 60 letters at most"
        )
    return name


def _write(file: str, content: str, *, force: bool) -> None:
    """Write a new file, or a file anew with ``force``."""
    from exportsim import files
    from exportsim.errors import ExportsimError

    path = Path(os.path.realpath(file))
    with files.explained(f"{file}: cannot write"):
        if path.is_dir():
            raise ExportsimError(f"{file}: this is a folder; expected the name of a file such as my.yaml")
        if not path.parent.is_dir():
            raise ExportsimError(f"{file}: there is no folder {Path(file).parent} to write it in; make it first")
        if files.there(path) is not None and not force:
            raise ExportsimError(f"{file}: not replaced, because it is there already; name another, or give --force")
        files.write(path, content)
