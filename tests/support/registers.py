"""Small scenarios whose lines take their orders from registers, in the text of a file."""

from __future__ import annotations

from collections.abc import Iterable

HEAD = """exportsim: 1
period: {{start: 2021-01-01, end: 2021-12-31}}
currency: EUR
goods: {{{goods}}}
authorities: {{office: {{country: NL, review: [{{stage: desk, officers: 100, work: 5bd}}]}}}}
suppliers: {{dutch: {{country: NL, authority: office, slots: 100, lead_time: 30d}}}}
demand:
"""
POLICIES = "policies: {base: {}}\n"


def line(
    name: str = "line",
    orders: str = "",
    *,
    register: str = "r.csv",
    date: str = "date",
    value: str = "amount",
    destination: str | None = "TR",
    goods: str | None = "radar",
    more: str = "",
) -> str:
    """A line of a register, with more said of the register (``orders``) and of the line."""
    keys = {"destination": destination, "goods": goods}
    said = "".join(f"{key}: {value}, " for key, value in keys.items() if value is not None)
    read = f"register: {register}, date: {date}, value: {value}{', ' * bool(orders)}{orders}"
    more = f"{more}, " if more else ""
    return f"  {name}: {{buyer: navy, {said}sources: {{dutch: {{}}}}, {more}\n    orders: {{{read}}}}}\n"


def text_of(*lines: str, goods: Iterable[str] = ("radar",), policies: str = POLICIES) -> str:
    """The text of a scenario of some lines."""
    return HEAD.format(goods=", ".join(f"{name}: {{}}" for name in goods)) + "".join(lines) + policies
