"""The tests can fail: each of many deliberately wrong engines is caught (``mutants/wrong.py`` lists them)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CATCH = Path(__file__).parent / "mutants" / "catch.py"
AT_LEAST = {"kernels": 40, "rules": 12}


def caught(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Play wrong engines in a process of their own, where functions are Python's and can be changed."""
    # What is wrong is so in that process alone: its tests must be, too.
    interpreted = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTEST_ADDOPTS": ""}
    return subprocess.run([sys.executable, str(CATCH), *arguments], env=interpreted, capture_output=True, text=True)


@pytest.mark.long
def test_every_wrong_engine_is_caught() -> None:
    done = caught(*AT_LEAST)
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    catches = [line.split("\t") for line in done.stdout.splitlines()]
    for kind, number in AT_LEAST.items():
        assert len({name for mutants, name, _ in catches if mutants == kind}) >= number
    assert [name for _, name, catch in catches if not catch] == [], "these survive"


def test_a_wrong_engine_that_is_none_any_more_is_told() -> None:
    done = caught("outdated")
    assert done.returncode != 0
    assert "mutant `of an expression that was reworded`: exportsim.rules.loss_of has 0 times" in done.stderr
