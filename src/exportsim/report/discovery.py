"""Where a policy fails, as a page and as a JSON document."""

from __future__ import annotations

import math
from typing import Any

from exportsim.report.number_format import number, scale_of
from exportsim.report.text_page import Cell, Page
from exportsim.study.discovery import Discovery

TINY = 0.001  # below which a quasi-p is told as less


def answer(found: Discovery, *, ascii: bool = False) -> Page:
    """The page that ``exportsim discover`` prints."""
    page = Page(ascii=ascii)
    page.line(found.provenance["title"] or "Untitled scenario", style="bold")
    page.line(f"Where {found.policy} fails: {failing(found)}")
    page.line()
    for sentence in found.sentences:
        page.line(sentence)
    if found.boxes:
        page.heading("Boxes: coverage of all failing worlds, density of failing within, mass of all worlds")
        rows = [
            [Cell(str(place)), Cell(limit.text), Cell(_quasi_p(limit.quasi_p)), *_shares(box, first=line == 0)]
            for place, box in enumerate(found.boxes, start=1)
            for line, limit in enumerate(box.limits)
        ]
        head = ["box", "limit", "quasi-p", "coverage, %", "density, %", "mass, %", "worlds"]
        page.table(head, rows, left=2, fold=1)
        page.line(f"Together: coverage {_percent(found.coverage)} %, density {_percent(found.density)} %")
    if not found.stability["restricted"].isna().any():
        page.heading("How often limited, in random halves of the worlds")
        shares = found.stability["restricted"]
        page.table(["path", "%"], [[Cell(str(path)), Cell(_percent(share))] for path, share in shares.items()])
        coverage, density = found.held_out
        page.line(
            f"Boxes of one half among the worlds of the other: coverage {_percent(coverage)} %, "
            f"density {_percent(density)} %"
        )
    page.line()
    unsure = _unsure(found)
    if unsure:
        page.line(f"In {unsure} worlds the 95 % interval holds the level: which side they are on cannot be told.")
    page.line(
        f"{len(found.points)} worlds, {found.provenance['futures']} futures each, method {found.method}, "
        f"exportsim {found.provenance['exportsim']}",
        style="dim",
    )
    return page


def document(found: Discovery) -> dict[str, Any]:
    """The same as a mapping for ``--json``.

    Returns
    -------
    dict
        What was asked, ``sentences``, ``worlds`` (that count), ``undefined`` (in how many worlds the figure is,
        and as what these count), ``fails`` (the share of worlds), ``boxes``, ``coverage`` and ``density`` of all
        together, ``tradeoff``, ``stability`` (share by path), ``held_out`` and ``provenance``. What is undefined is
        null.
    """
    return {
        **{name: getattr(found, name) for name in ("policy", "outcome", "figure", "method", "unit", "below", "above")},
        "sentences": list(found.sentences),
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
                        "over": side.over if math.isfinite(side.over) else None,
                        "under": side.under if math.isfinite(side.under) else None,
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
        "tradeoff": found.tradeoff.to_dict("records"),
        "stability": {str(path): _known(share) for path, share in found.stability["restricted"].items()},
        "held_out": dict(zip(("coverage", "density"), map(_known, found.held_out), strict=True)),
        "provenance": dict(found.provenance),
    }


def failing(found: Discovery) -> str:
    """What was asked, in words: ``exports below 100 million GBP``."""
    level = found.below if found.below is not None else found.above
    assert level is not None
    figure = {"mean": "", "difference": f", less {found.provenance['reference']}'s,", "regret": ", regret in them,"}
    side = "below" if found.below is not None else "above"
    if found.unit.isupper():
        factor, word = scale_of([level])
        told = f"{number(level / factor, 2)} {word}".strip()
        return f"{found.outcome}{figure[found.figure]} {side} {found.unit} {told}"
    return f"{found.outcome}{figure[found.figure]} {side} {level:g} {found.unit}"


def _unsure(found: Discovery) -> int:
    """How many points have an interval that holds the level."""
    level = found.below if found.below is not None else found.above
    return int(((found.points["low"] <= level) & (found.points["high"] >= level)).sum())


def _shares(box: Any, *, first: bool) -> list[Cell]:
    if not first:
        return [Cell("")] * 4
    return [Cell(_percent(share)) for share in (box.coverage, box.density, box.mass)] + [Cell(str(box.points))]


def _quasi_p(value: float) -> str:
    return f"< {TINY}" if value < TINY else f"{value:.3f}"


def _percent(share: float) -> str:
    return number(100 * share, 0)


def _known(share: float) -> float | None:
    return None if math.isnan(share) else share
