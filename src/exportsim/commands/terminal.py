"""How commands print: pages and JSON to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exportsim.commands.streams import Output, knows_everything, knows_only_ascii

if TYPE_CHECKING:
    from exportsim.errors import Fault
    from exportsim.report.document import Document


def show_document(document: Document, *, as_json: bool, warnings: Sequence[Fault] | None = None) -> None:
    """Print what is reported, as text or as JSON; with the scenario's warnings in the JSON where they are not in it."""
    from exportsim.report import text
    from exportsim.report.json import as_json as data_of

    if not as_json:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        show(text.page(document, ascii=knows_only_ascii(_encoding())).text(colour=colour))
        return
    data = data_of(document)
    if warnings is not None and "warnings" not in data:
        data |= {"warnings": [warning.document() for warning in warnings]}
    show_json(data)


def show_json(document: object) -> None:
    """Print one JSON document, with nothing in it that steers a terminal but as an escape."""
    from exportsim.report.number_format import escaped

    only_ascii = not knows_everything(_encoding())
    show(escaped(json.dumps(document, indent=2, ensure_ascii=only_ascii, allow_nan=False)) + "\n")


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


def _encoding() -> str | None:
    return getattr(sys.stdout, "encoding", None)
