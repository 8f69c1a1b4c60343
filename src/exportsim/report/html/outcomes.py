"""The tables of the answer: outcomes by policy, differences, and who delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exportsim.report.html.amounts import SHOWN, Amounts
from exportsim.report.html.parts import Cell, Table
from exportsim.report.result_text import left_out
from exportsim.study.result import Result


def tables(amounts: Amounts) -> Iterator[Table]:
    """The tables, most important first."""
    result = amounts.result
    reference = result.scenario.reference
    head = ["policy", *(f"{name}, {amounts.unit_of(name)}" for name in SHOWN)]
    yield Table(
        "outcomes",
        "Outcomes by policy: means of the futures and their 95 % intervals, ± or [low to high]",
        head,
        [
            [_policy(result, policy), *(Cell(amounts.text(amounts.of(policy, name), name)) for name in SHOWN)]
            for policy in result.policies
        ],
        _fewer(amounts, SHOWN),
    )
    others = [policy for policy in result.policies if policy != reference]
    if others:
        rows = [[Cell(p), *(amounts.cell(amounts.change(p, name), name) for name in SHOWN)] for p in others]
        yield Table(
            "differences",
            f"Difference from {reference}, in the same futures",
            head,
            rows,
            "In brackets: not distinguishable from no difference."
            if any(cell.doubtful for row in rows for cell in row)
            else "",
        )
    suppliers = [
        name
        for name in result.plan.names.suppliers
        if any(amounts.of(policy, f"delivered/{name}").mean > 0 for policy in result.policies)
    ]
    for name, caption in (
        ("delivered", f"Who delivered, {amounts.unit}"),
        ("final_share", "Share of what was delivered in the last year, %"),
    ):
        yield Table(
            name,
            caption,
            ["supplier", *result.policies],
            [
                [
                    Cell(supplier),
                    *(
                        Cell(amounts.text(amounts.of(policy, f"{name}/{supplier}"), f"{name}/{supplier}"))
                        for policy in result.policies
                    ),
                ]
                for supplier in suppliers
            ],
            " ".join(left_out(result, amounts.summary, (name,))) if name == "final_share" else "",
        )


def _policy(result: Result, policy: str) -> Cell:
    return Cell(f"{policy} (reference)" if policy == result.scenario.reference else policy)


def _fewer(amounts: Amounts, outcomes: Sequence[str]) -> str:
    result = amounts.result
    if result.futures == 1:
        return "One future was played: no interval can be given."
    return " ".join(left_out(result, amounts.summary, outcomes))
