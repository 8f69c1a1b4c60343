"""What became of the rows of registers: in a sentence for each file, and as a table of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from exportsim.digits import number
from exportsim.language import day, text
from exportsim.report.document import Block, Line, Row, Table
from exportsim.report.many_lines import MOST_LINES, called
from exportsim.scenario.register_records import ROWS_SHOWN

COLUMNS = ("read", "used_once", "used_more", "unused", "outside")
Account = Mapping[str, Any]  # see RegisterAccount.document


def sentences(accounts: Sequence[Account]) -> list[str]:
    """What became of the rows of each file."""
    return list(map(_sentence, accounts))


def of_decisions(decisions: Sequence[Account]) -> list[str]:
    """Of each line until when its recorded decisions happen, and how many the model decides; of very many, together."""
    said = []
    for told in decisions if len(decisions) <= MOST_LINES else _together(decisions):
        amounts = {name: number(told[name], 0) for name in ("decided", "open")}
        if told["until"]:
            until = day(date.fromisoformat(told["until"]))
            sentence = text("registers.decisions", number=told["open"], line=told["line"], until=until, **amounts)
            said.append(text("lists.semicolon").join([sentence, *_standing(told)]))
        else:
            said.append(text("registers.decisions_to_the_end", number=told["open"], line=told["line"], **amounts))
    return said


def _together(decisions: Sequence[Account]) -> list[Account]:
    """The same of lines whose decisions happen as recorded to the same day."""
    alike: dict[tuple[str | None, str | None], list[Account]] = {}
    for told in decisions:
        alike.setdefault((told["until"], told["stages_of"]), []).append(told)
    return [
        {**lines[0], "line": called([told["line"] for told in lines])}
        | {name: sum(told[name] for told in lines) for name in ("decided", "open", "standing")}
        for lines in alike.values()
    ]


def _standing(told: Account) -> Iterator[str]:
    """How many of those that are open are at a stage that is named; or that nobody says where they are."""
    if told["stages_of"] is not None and told["open"]:
        if told["stages_of"] == told["until"]:
            yield text("registers.standing", number=told["standing"], amount=number(told["standing"], 0))
        else:
            yield text("registers.stages_of_later", day=day(date.fromisoformat(told["stages_of"])))


def blocks(accounts: Sequence[Account], decisions: Sequence[Account]) -> Iterator[Block]:
    """The sentences, and the table under them."""
    yield from map(Line, [*sentences(accounts), *of_decisions(decisions)])
    if accounts:
        yield table(accounts)


def table(accounts: Sequence[Account]) -> Table:
    """How many rows of each file were read, used once, used more than once, and not at all, and why."""
    head = [text(f"registers.head.{name}") for name in ("file", *COLUMNS)]
    rows: list[Row] = [[account["file"], *(number(account[name], 0) for name in COLUMNS)] for account in accounts]
    return Table("registers", text("registers.caption"), head, rows)


def _sentence(account: Account) -> str:
    rows, used = account["rows"], account["rows"] - account["unused"]
    amounts = {"used": number(used, 0), "rows": number(rows, 0)}
    parts = [text("registers.register", number=rows, file=account["file"], **amounts)]
    for kind in ("used_more", "unused"):
        if times := account[kind]:
            listed = _numbers(account[f"rows_{kind}"], times)
            parts.append(text(f"registers.{kind}", number=times, amount=number(times, 0), rows=listed))
    if outside := account["outside"]:
        parts.append(text("registers.outside", number=outside, amount=number(outside, 0)))
    return text("lists.semicolon").join(parts)


def _numbers(rows: Sequence[int], all_of_them: int) -> str:
    return text("lists.comma").join([*map(str, rows), *["…"] * (all_of_them > ROWS_SHOWN)])
