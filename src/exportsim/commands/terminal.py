"""How commands speak: pages and JSON to standard output, everything else to standard error. And options they share."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from exportsim.commands.streams import Output, knows_everything, knows_only_ascii

if TYPE_CHECKING:
    from click.decorators import FC

    from exportsim.report.page import Page

OVERRIDE = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Put a value in place of the file's; may be repeated.",
)
_OUTSIDE = "exportsim.allow_outside"


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


JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
PATH = click.Path(readable=False)  # a shell completes it; whether it is there, and how to say that it is not, is ours

INTERRUPTED = 130  # the exit status of a command that Ctrl-C has stopped
LOST = 3  # and of one of which whoever was to play is gone, or does nothing


def bound(max_orders: int | None) -> dict[str, Any]:
    """The options ``--max-orders`` and ``--allow-outside`` as arguments of ``load``."""
    more = {"allow_outside": click.get_current_context().meta.get(_OUTSIDE, False)}
    return more if max_orders is None else more | {"max_orders": max_orders}


def show_page(page: Page) -> None:
    """Print a page, in colour where there is any."""
    show(page.text(colour=coloured(sys.stdout)))


def show_json(document: Any) -> None:
    """Print one JSON document, with nothing in it that steers a terminal but as an escape."""
    from exportsim.report.wording import escaped

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
    from exportsim.report.wording import visible

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
