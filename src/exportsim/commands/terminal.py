"""How commands speak: pages and JSON to standard output, everything else to standard error. And options they share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

import click

from exportsim.commands.streams import Output, knows_everything, knows_only_ascii
from exportsim.errors import Fault, ScenarioError

if TYPE_CHECKING:
    from click.decorators import FC

    from exportsim.report.document import Document
    from exportsim.report.text import Page
    from exportsim.scenario.schema import Scenario


def _typed(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Overrides marked as what the command line says, so that faults name its option."""
    if not given:
        return given
    from exportsim.scenario.addresses import CommandLine

    return CommandLine(given)


OVERRIDE = click.option(
    "--set",
    "overrides",
    multiple=True,
    callback=_typed,
    metavar="PATH=VALUE",
    help="Set, add or (null) remove what is at PATH; may be repeated.",
)
_OUTSIDE, _STRICT = "exportsim.allow_outside", "exportsim.strict"


def MOST_ORDERS(command: FC) -> FC:  # noqa: N802 - an option like those beside it
    """The options that allow more than is read by default; :func:`bound` makes arguments of them."""

    def allow(context: click.Context, _: click.Parameter, allowed: bool) -> None:
        context.meta[_OUTSIDE] = allowed

    orders = click.option(
        "--max-orders", type=int, metavar="N", help="Allow scenarios of up to N expected orders and other applications."
    )
    outside = click.option(
        "--allow-outside",
        is_flag=True,
        expose_value=False,
        callback=allow,
        help="Allow what a scenario extends, and its registers, to be outside its folder.",
    )
    return orders(outside(command))


def strict_option(text: str = "Take warnings for mistakes: exit with status 2.") -> Callable[[FC], FC]:
    """The option ``--strict``, which :func:`warn` obeys."""

    def note(context: click.Context, _: click.Parameter, strict: bool) -> None:
        context.meta[_STRICT] = strict

    return click.option("--strict", is_flag=True, expose_value=False, callback=note, help=text)


STRICT = strict_option()
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
PATH = click.Path(readable=False)  # a shell completes it; whether it is there, and how to say that it is not, is ours

INTERRUPTED = 130  # the exit status of a command that Ctrl-C has stopped
LOST = 3  # and of one of which whoever was to play is gone, or does nothing


def is_strict() -> bool:
    """Whether ``--strict`` was given to the command at hand."""
    return bool(click.get_current_context().meta.get(_STRICT, False))


def read_scenario(
    file: str, overrides: Sequence[str] = (), max_orders: int | None = None, *, quiet: bool = False
) -> Scenario:
    """The scenario of a file, with its warnings told, or the end of the command."""
    from exportsim.scenario import load, warnings_of

    scenario = load(file, overrides=overrides, **bound(max_orders))
    warn(warnings_of(scenario), quiet=quiet)
    return scenario


def read_scenarios(files: Mapping[str, str], max_orders: int | None = None) -> dict[str, Scenario]:
    """The scenarios of several files, by what these are called, or the faults of all of them."""
    scenarios: dict[str, Scenario] = {}
    faults: list[Fault] = []
    for name, file in files.items():
        try:
            scenarios[name] = read_scenario(file, max_orders=max_orders)
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return scenarios


def warn(warnings: Sequence[Fault], *, file: str | None = None, quiet: bool = False) -> None:
    """Tell warnings on standard error; under ``--strict`` they are faults."""
    if file is not None:
        warnings = [replace(warning, file=file) for warning in warnings]
    if warnings and is_strict():
        raise ScenarioError(warnings)
    if not quiet:
        for warning in warnings:
            tell(f"warning: {warning}")


def warned(warnings: Sequence[Fault]) -> dict[str, Any]:
    """What is added to a JSON document for warnings."""
    return {"warnings": [warning.document() for warning in warnings]}


def bound(max_orders: int | None) -> dict[str, Any]:
    """The options ``--max-orders`` and ``--allow-outside`` as arguments of ``load``."""
    more = {"allow_outside": click.get_current_context().meta.get(_OUTSIDE, False)}
    return more if max_orders is None else more | {"max_orders": max_orders}


def show_document(document: Document, *, as_json: bool, warnings: Sequence[Fault] | None = None) -> None:
    """Print what is reported, as text or as JSON; with the scenario's warnings in the JSON where they are not in it."""
    from exportsim.report import text
    from exportsim.report.json import as_json as data_of

    if as_json:
        show_json(data_of(document) | ({} if warnings is None else warned(warnings)))
    else:
        show_page(text.page(document, ascii=is_ascii()))


def show_page(page: Page) -> None:
    """Print a page, in colour where there is any."""
    show(page.text(colour=coloured(sys.stdout)))


def show_json(document: Any) -> None:
    """Print one JSON document, with nothing in it that steers a terminal but as an escape."""
    from exportsim.report.number_format import escaped

    whole = knows_everything(_encoding())
    show(escaped(json.dumps(document, indent=2, ensure_ascii=not whole, allow_nan=False)) + "\n")


def show(text: str) -> None:
    """Write a page to standard output: what it has no characters for stands there in ASCII."""
    sys.stdout.write(text)
    sys.stdout.flush()


def show_file(text: str) -> None:
    """Write to standard output what is to be put into a file: in UTF-8, whatever a terminal would get."""
    if isinstance(sys.stdout, Output):
        sys.stdout.write_file(text)
        sys.stdout.flush()
    else:
        show(text)


def tell(text: str) -> None:
    """Write to standard error, with nothing in it that steers a terminal."""
    from exportsim.report.number_format import visible

    for line in text.split("\n"):
        print(visible(line), file=sys.stderr)


def is_ascii() -> bool:
    """Whether standard output is to get ASCII alone."""
    return knows_only_ascii(_encoding())


def _encoding() -> str | None:
    return getattr(sys.stdout, "encoding", None)


def coloured(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colour."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
