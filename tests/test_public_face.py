"""What completes at a prompt, and how things show themselves there and in a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import exportsim as xs

FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


def test_the_package_completes_to_what_users_call_and_nothing_else() -> None:
    assert dir(xs) == sorted(xs.__all__)
    modules = [name for name in dir(xs) if isinstance(getattr(xs, name), ModuleType)]
    assert modules == ["plots"]
    hidden = [name for name in dir(xs) if name.startswith("_")]
    assert hidden == ["__version__"]


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        xs.simulat  # noqa: B018


def test_completing_does_not_import_anything() -> None:
    code = "import exportsim, sys; dir(exportsim); print(*({'numpy', 'pydantic', 'numba'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_scenario_completes_to_its_own_names() -> None:
    scenario = xs.load(FILE)
    names = [name for name in dir(scenario) if not name.startswith("_")]
    assert set(type(scenario).model_fields) <= set(names)
    assert not [name for name in names if name.startswith(("model_", "parse_")) or name in ("json", "dict", "copy")]
    for name in names:
        getattr(scenario, name)


def test_things_show_themselves_in_a_line_and_in_a_notebook() -> None:
    scenario = xs.load(FILE)
    ledger = xs.simulate(scenario, "as-before", engine="compiled")
    result = xs.run(scenario, futures=2)
    for thing, words in (
        (scenario, ("Radar parts", "policies 3")),
        (ledger, ("as-before", f"{len(ledger):,} facts")),
        (result, ("Radar parts", "2 futures")),
    ):
        assert len(repr(thing)) < 120 and "\n" not in repr(thing)
        assert all(word in repr(thing) for word in words)
        shown = thing._repr_html_()
        assert words[0] in shown and shown.startswith("<div>") and shown.endswith("</div>")


def test_what_a_notebook_shows_is_escaped() -> None:
    scenario = xs.vary(xs.load(FILE), {"title": "<script>alert(1)</script>"})
    for thing in (scenario, xs.run(scenario, futures=1)):
        assert "<script>" not in thing._repr_html_() and "&lt;script&gt;" in thing._repr_html_()


def test_a_result_is_kept_and_shown_as_every_study_is(tmp_path: Path) -> None:
    result = xs.run(xs.load(FILE), futures=2)
    assert not result.interrupted and result.lost is None
    result.save(tmp_path / "result.csv")
    kept = pd.read_csv(tmp_path / "result.csv")
    assert list(kept.columns[:2]) == ["policy", "future"] and len(kept) == 2 * len(result.policies)
    pd.testing.assert_series_equal(kept["exports"], result.outcomes.reset_index()["exports"])
    assert repr(result).startswith("<Result of 'Radar parts") and "Result of Radar parts" in result._repr_html_()
