"""What a page is told first: what can be changed, the setting that it begins with, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exportsim.language import template, text
from exportsim.live.controls import Control
from exportsim.live.setting import Setting
from exportsim.live.words import WORDS
from exportsim.names import titles, visible
from exportsim.scenario import Scenario, digest
from exportsim.version import __version__


def hello(
    scenario: Scenario, setting: Setting, controls: Iterable[Control], forms: dict[str, Any], futures: int
) -> dict[str, Any]:
    """The same as plain values; ``forms`` are those of measures, and ``futures`` are played at rest."""
    return {
        "kind": "hello",
        "title": visible(scenario.title) or text("studies.untitled"),
        "version": __version__,
        "digest": digest(scenario),
        "futures": futures,
        "policies": [{"name": name, "title": title} for name, title in titles(scenario, "policies").items()],
        "controls": [control.json() for control in controls],
        **forms,
        "setting": setting.json(),
        "language": {
            **{key.rpartition(".")[2]: template(key) for key in WORDS},
            "months": text("dates.months"),
            "day": template("dates.day", 2),
            "first_day": template("dates.day", 1),
        },
    }
