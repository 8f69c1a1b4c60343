"""What is reported of where a policy fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exportsim.digits import in_currency, with_scale
from exportsim.language import text
from exportsim.names import quoted
from exportsim.outcomes import unit_words
from exportsim.report.document import Block, Document, Line, Table
from exportsim.report.number_format import digits, is_money, number, scale_of
from exportsim.report.studies import attributes, blocks_of_study
from exportsim.study.discovery import Discovery
from exportsim.study.naming import outcome_words, paths_in_words, policy_title

TINY = 0.001  # below which a quasi-p is written as less


def describe(discovery: Discovery) -> Document:
    """What ``exportsim discover`` reports.

    The data hold what was asked, ``sentences``, ``worlds`` (that count), ``undefined`` (in how many worlds the figure
    is, and as what these count), ``fails`` (the share of worlds), ``boxes``, ``coverage`` and ``density`` of all
    together, ``tradeoff``, ``stability`` (share by path), ``held_out`` and ``provenance``.
    """
    method = text(f"discovery.methods.{discovery.method}")
    said = {**discovery.provenance, "worlds": len(discovery.points), "method": method}
    closing = text("discovery.closing", **said)
    notes = [text("discovery.unsure", number=unsure)] if (unsure := _unsure(discovery)) else []
    title, body = discovery.provenance["title"], _body(discovery)
    return Document(blocks_of_study(title, body, notes, closing), partial(_data, discovery))


def _data(discovery: Discovery) -> dict[str, object]:
    return {
        **attributes(discovery, "policy", "outcome", "figure", "method", "unit", "below", "above", "sentences"),
        "worlds": len(discovery.points),
        "undefined": {"worlds": discovery.undefined, "as": discovery.undefined_as},
        "fails": float(discovery.points["fails"].mean()),
        "unsure": _unsure(discovery),
        "boxes": [
            {
                "limits": [
                    {
                        "path": limit.path,
                        "text": limit.text,
                        "over": side.over,
                        "under": side.under,
                        "among": None if side.words is None else [axes.words[word] for word in sorted(side.words)],
                        "unit": axes.unit,
                        "quasi_p": limit.quasi_p,
                    }
                    for limit, side in zip(box.limits, box.sides, strict=True)
                    for axes in [discovery.axes[side.axis]]
                ],
                **attributes(box, "coverage", "density", "mass", "points", "failing"),
            }
            for box in discovery.boxes
        ],
        **attributes(discovery, "coverage", "density", "tradeoff"),
        "stability": discovery.stability["restricted"],
        "held_out": dict(zip(("coverage", "density"), discovery.held_out, strict=True)),
        "provenance": discovery.provenance,
    }


def failing(discovery: Discovery) -> str:
    """What was asked, in words: ``exports below 100 million GBP``."""
    level, unit, outcome = _level(discovery), discovery.unit, outcome_words(discovery, discovery.outcome)
    reference, figure = quoted(policy_title(discovery, discovery.provenance["reference"])), discovery.figure
    amount = f"{digits(level)} {unit_words(unit)}"
    if is_money(unit):
        factor, _ = scale_of([level])
        amount = in_currency(unit, with_scale(number(level / factor, 2), level / factor, factor))
    if discovery.below is not None:
        return text(f"discovery.below.{figure}", outcome=outcome, reference=reference, amount=amount)
    return text(f"discovery.above.{figure}", outcome=outcome, reference=reference, amount=amount)


def _body(discovery: Discovery) -> Iterator[Block]:
    yield Line(
        text(
            "discovery.fails_where",
            policy=quoted(policy_title(discovery, discovery.policy)),
            failing=failing(discovery),
        )
    )
    yield Line()
    yield from map(Line, discovery.sentences)
    if discovery.boxes:
        rows = []
        for number_of_box, box in enumerate(discovery.boxes, start=1):
            shares = [*map(_percent, (box.coverage, box.density, box.mass)), str(box.points)]
            words = discovery.limits_in_words(box)
            for line, (limit, said) in enumerate(zip(box.limits, words, strict=True)):
                quasi_p = f"< {digits(TINY)}" if limit.quasi_p < TINY else number(limit.quasi_p, 3)
                rows.append([str(number_of_box), said, quasi_p, *(shares if line == 0 else [""] * len(shares))])
        head = list(map(_head, ("box", "limit", "quasi_p", "coverage", "density", "mass", "worlds")))
        yield Table("boxes", text("discovery.boxes"), head, rows, left=2, fold=1)
        yield Line(
            text("discovery.together", coverage=_percent(discovery.coverage), density=_percent(discovery.density))
        )
    shares_by_path = discovery.stability["restricted"]
    if not shares_by_path.isna().any():
        named = paths_in_words(discovery, map(str, shares_by_path.index))
        rows = [[named[str(path)], _percent(share)] for path, share in shares_by_path.items()]
        yield Table("halves", text("discovery.halves"), [_head("uncertainty"), _head("share")], rows)
        coverage, density = map(_percent, discovery.held_out)
        yield Line(text("discovery.other_halves", coverage=coverage, density=density))


def _head(name: str) -> str:
    return text(f"discovery.head.{name}")


def _level(discovery: Discovery) -> float:
    level = discovery.below if discovery.below is not None else discovery.above
    assert level is not None
    return level


def _unsure(discovery: Discovery) -> int:
    """How many points have an interval that holds the level."""
    level = _level(discovery)
    return int(((discovery.points["low"] <= level) & (discovery.points["high"] >= level)).sum())


def _percent(share: float) -> str:
    return number(100 * share, 0)
