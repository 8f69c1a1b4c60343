"""What is reported of where a policy fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from exportsim.report.document import UNTITLED, Block, Document, Line, Table
from exportsim.report.number_format import is_money, number, scale_of
from exportsim.study.discovery import Discovery

if TYPE_CHECKING:
    from exportsim.study.discovery import Box

TINY = 0.001  # below which a quasi-p is written as less

FAILS = "Where {policy} fails: {failing}"
BOXES = "Boxes: coverage of all failing worlds, density of failing within, mass of all worlds"
TOGETHER = "Together: coverage {coverage} %, density {density} %"
HALVES = "How often limited, in random halves of the worlds"
OTHER_HALVES = "Boxes of one half among the worlds of the other: coverage {coverage} %, density {density} %"
UNSURE = "In {number} worlds the 95 % interval holds the level: which side they are on cannot be told."
FIGURES = {"mean": "", "difference": ", less {reference}'s,", "regret": ", regret in them,"}
CLOSING = "{worlds} worlds, {futures} futures each, method {method}, exportsim {exportsim}"


def describe(found: Discovery) -> Document:
    """What ``exportsim discover`` reports.

    The data hold what was asked, ``sentences``, ``worlds`` (that count), ``undefined`` (in how many worlds the figure
    is, and as what these count), ``fails`` (the share of worlds), ``boxes``, ``coverage`` and ``density`` of all
    together, ``tradeoff``, ``stability`` (share by path), ``held_out`` and ``provenance``.
    """
    return Document(list(_blocks(found)), partial(_data, found))


def _data(found: Discovery) -> dict[str, object]:
    return {
        **{name: getattr(found, name) for name in ("policy", "outcome", "figure", "method", "unit", "below", "above")},
        "sentences": found.sentences,
        "worlds": len(found.points),
        "undefined": {"worlds": found.undefined, "as": found.undefined_as},
        "fails": float(found.points["fails"].mean()),
        "unsure": _unsure(found),
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
                    for axes in [found.axes[side.axis]]
                ],
                **{name: getattr(box, name) for name in ("coverage", "density", "mass", "points", "failing")},
            }
            for box in found.boxes
        ],
        "coverage": found.coverage,
        "density": found.density,
        "tradeoff": found.tradeoff,
        "stability": found.stability["restricted"],
        "held_out": dict(zip(("coverage", "density"), found.held_out, strict=True)),
        "provenance": found.provenance,
    }


def failing(found: Discovery) -> str:
    """What was asked, in words: ``exports below 100 million GBP``."""
    level = found.below if found.below is not None else found.above
    assert level is not None
    figure = FIGURES[found.figure].format(reference=found.provenance["reference"])
    if is_money(found.unit):
        factor, word = scale_of([level])
        amount = f"{found.unit} {number(level / factor, 2)} {word}".rstrip()
    else:
        amount = f"{level:g} {found.unit}"
    return f"{found.outcome}{figure} {'below' if found.below is not None else 'above'} {amount}"


def _blocks(found: Discovery) -> Iterator[Block]:
    yield Line(found.provenance["title"] or UNTITLED, "strong")
    yield Line(FAILS.format(policy=found.policy, failing=failing(found)))
    yield Line()
    yield from map(Line, found.sentences)
    if found.boxes:
        rows = [
            [str(place), limit.text, _quasi_p(limit.quasi_p), *(_shares(box) if line == 0 else [""] * 4)]
            for place, box in enumerate(found.boxes, start=1)
            for line, limit in enumerate(box.limits)
        ]
        head = ["box", "limit", "quasi-p", "coverage, %", "density, %", "mass, %", "worlds"]
        yield Table("boxes", BOXES, head, rows, left=2, fold=1)
        yield Line(TOGETHER.format(coverage=_percent(found.coverage), density=_percent(found.density)))
    shares = found.stability["restricted"]
    if not shares.isna().any():
        yield Table("halves", HALVES, ["path", "%"], [[str(path), _percent(share)] for path, share in shares.items()])
        coverage, density = map(_percent, found.held_out)
        yield Line(OTHER_HALVES.format(coverage=coverage, density=density))
    yield Line()
    if unsure := _unsure(found):
        yield Line(UNSURE.format(number=unsure))
    worlds = len(found.points)
    yield Line(CLOSING.format_map({**found.provenance, "worlds": worlds, "method": found.method}), "quiet")


def _unsure(found: Discovery) -> int:
    """How many points have an interval that holds the level."""
    level = found.below if found.below is not None else found.above
    return int(((found.points["low"] <= level) & (found.points["high"] >= level)).sum())


def _shares(box: Box) -> list[str]:
    return [*map(_percent, (box.coverage, box.density, box.mass)), str(box.points)]


def _quasi_p(value: float) -> str:
    return f"< {TINY}" if value < TINY else f"{value:.3f}"


def _percent(share: float) -> str:
    return number(100 * share, 0)
