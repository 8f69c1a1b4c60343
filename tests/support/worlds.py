"""Worlds that several tests play, by name."""

from __future__ import annotations


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
