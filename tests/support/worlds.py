"""Worlds that several tests play, by name.

Each is a mapping as `build` reads it, a new one each time; `as_file` writes it as one. What a test wants otherwise it
says by path, two underscores between the steps, and `None` for what is to be left out::

    build(two_sources(demand__line__orders="20/y", authorities__gac__review__0__officers=3, suppliers__south=None))
"""

from __future__ import annotations

import json
import re
from typing import Any

World = dict[str, Any]

LISTED = ("authorities", "suppliers", "demand", "policies")  # a line for each of their entries in a file
PLAIN = re.compile(r"\w([\w ./%+-]*[\w./%])?")  # what YAML reads as text without quotes


def changed(world: World, **changes: Any) -> World:
    """The world with other values at some paths; what is not there yet is made."""
    for path, value in changes.items():
        at: Any = world
        *steps, last = path.split("__")
        for step in steps:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(_name(at, step), {})
        key = int(last) if isinstance(at, list) else _name(at, last)
        if value is None:
            del at[key]
        else:
            at[key] = value
    return world


def as_file(world: World) -> str:
    """The world as the text of a file, an entry a line."""
    lines = []
    for key, value in world.items():
        if key in LISTED:
            lines += [f"{key}:", *(f"  {name}: {_flow(entry)}" for name, entry in value.items())]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def small(title: str = "A small world") -> str:
    """One office, one supplier, one line and no measures, as a file; the title with YAML's escapes."""
    return f"""\
exportsim: 1
title: "{title}"
period: {{start: 2020-01-01, end: 2021-12-31}}
currency: EUR
goods: {{sensors: {{}}}}
authorities:
  gac: {{country: CA, review: [{{stage: desk, officers: 2, work: {{uniform: [1bd, 20bd]}}}}]}}
suppliers:
  north: {{country: CA, authority: gac, slots: 2, lead_time: 30d}}
demand:
  line: {{buyer: b, destination: TR, goods: sensors, orders: 30/y, value: 1M, sources: {{north: {{}}}}}}
policies:
  free: {{measures: []}}
"""


def two_sources(**changes: Any) -> World:
    """A line with a licensed source, which has most of it, and one that needs no permit; exports are denied, or not."""
    desk = {"stage": "desk", "officers": 2, "work": {"uniform": ["1bd", "20bd"]}}
    deny = {"on": "2020-06-01", "applications": "deny", "destinations": ["TR"]}
    world = {
        "exportsim": 1,
        "title": "A small world",
        "period": {"start": "2020-01-01", "end": "2021-12-31"},
        "currency": "EUR",
        "goods": {"sensors": {}},
        "authorities": {"gac": {"country": "CA", "approval": 0.9, "review": [desk]}},
        "suppliers": {
            "north": {"country": "CA", "authority": "gac", "slots": 2, "lead_time": "30d"},
            "south": {"country": "ZA", "slots": 4, "lead_time": "40d", "ramp_up": "90d"},
        },
        "demand": {
            "line": {
                "buyer": "buyer", "destination": "TR", "goods": "sensors", "orders": "30/y",
                "value": {"lognormal": {"mean": "1M", "cv": 1}}, "sources": {"north": {"weight": 9}, "south": {}},
            }
        },
        "policies": {"free": {"measures": []}, "strict": {"measures": [deny]}},
    }  # fmt: skip
    return changed(world, **changes)


def steady_sources(**changes: Any) -> World:
    """The same without what only chance would show: whatever is applied for is approved, and no source grows."""
    return two_sources(**{"authorities__gac__approval": None, "suppliers__south__ramp_up": None} | changes)


def one_office(**changes: Any) -> World:
    """An office with one desk, one maker that it licenses, one line of lamps, and a policy without measures."""
    world = {
        "exportsim": 1,
        "period": {"start": "2020-01-01", "end": "2020-12-31"},
        "currency": "EUR",
        "goods": {"lamps": {}},
        "authorities": {"office": {"country": "CA", "review": [{"stage": "desk", "officers": 1, "work": "5bd"}]}},
        "suppliers": {"maker": {"country": "CA", "authority": "office", "slots": 1, "lead_time": "30d"}},
        "demand": {
            "x": {
                "buyer": "b", "destination": "TR", "goods": "lamps", "orders": "1/y", "value": "1M",
                "sources": {"maker": {}},
            }
        },
        "policies": {"as-before": {}},
    }  # fmt: skip
    return changed(world, **changes)


def one_source(**changes: Any) -> World:
    """No office at all: a line of sensors and the one supplier that it has, which needs no permit."""
    world = {
        "exportsim": 1,
        "title": "A small world",
        "period": {"start": "2020-01-01", "end": "2020-12-31"},
        "currency": "EUR",
        "goods": {"sensors": {}},
        "suppliers": {"north": {"country": "CA", "slots": 2, "lead_time": "30d"}},
        "demand": {
            "line": {
                "buyer": "buyer", "destination": "TR", "goods": "sensors", "orders": "12/y", "value": "1M",
                "sources": {"north": {}},
            }
        },
        "policies": {"free": {"measures": []}},
    }  # fmt: skip
    return changed(world, **changes)


def radar(**changes: Any) -> World:
    """An office that licenses one maker of radar, and a navy that orders from it."""
    world = {
        "exportsim": 1,
        "period": {"start": "2020-01-01", "end": "2021-12-31"},
        "currency": "EUR",
        "goods": {"radar": {}},
        "authorities": {"bafa": {"country": "DE", "review": [{"stage": "desk", "officers": 1, "work": "5bd"}]}},
        "suppliers": {"hensoldt": {"country": "DE", "authority": "bafa", "slots": 1, "lead_time": "30d"}},
        "demand": {
            "navy": {
                "buyer": "navy", "destination": "NO", "goods": "radar", "orders": "1/y", "value": "1M",
                "sources": {"hensoldt": {}},
            }
        },
        "policies": {"calm": {}},
    }  # fmt: skip
    return changed(world, **changes)


def _name(at: World, step: str) -> str:
    """The key that a step of a path means: names in a file may have hyphens, Python's have not."""
    hyphened = step.replace("_", "-")
    return hyphened if hyphened in at else step


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) and PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
