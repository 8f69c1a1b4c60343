"""The numbers of a table as a CSV that a page carries in a link, exact where the table has rounded them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from exportsim.digits import in_every_language
from exportsim.report.document import Table
from exportsim.study.table_file import unarmed

ENDS = ("mean", "low", "high")


def csv_link(table: Table) -> str:
    """The address of a table as a file of CSV."""
    return f"data:text/csv;charset=utf-8;base64,{b64encode(csv_of(table).encode()).decode()}"


def csv_of(table: Table) -> str:
    """A table as CSV: a column of estimates becomes its mean and the ends of its interval."""
    import pandas as pd

    columns = dict(_columns(table))
    frame = pd.DataFrame(columns)
    return unarmed(frame).to_csv(index=False, lineterminator="\n")


def _columns(table: Table) -> Iterator[tuple[str, list[object]]]:
    for place, title in enumerate(table.head):
        cells = [row[place] for row in table.cells]
        if any(cell.numbers for cell in cells):
            for end, name in enumerate(ENDS):
                yield f"{title}: {name}", [cell.numbers[end] if cell.numbers else None for cell in cells]
        else:
            yield title, [cell.text if place < table.left else in_every_language(cell.text) for cell in cells]
