"""Compiled functions are kept between processes, wherever the package lies, and not longer than they are true."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import exportsim

CODE = """
from exportsim.analysis.exact import plus
from exportsim.caching import is_kept
kept = is_kept(plus)
assert plus(1, 2) == 3 and is_kept(plus)
print(kept, getattr(getattr(plus, "_cache", None), "cache_path", None))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package with nothing compiled."""
    copy = tmp_path / "site" / "exportsim"
    shutil.copytree(Path(exportsim.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def asked(package: Path, **environment: str) -> list[str]:
    """Whether a function was kept, and where it is, in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    paths = {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=clean | paths | environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_compiled_functions_are_kept_beside_the_package(package: Path) -> None:
    where = str(package / "analysis" / "__pycache__")
    assert [asked(package), asked(package)] == [["False", where], ["True", where]]


def test_another_file_may_make_them_untrue(package: Path) -> None:
    asked(package)
    source = package / "plan.py"  # analysis/exact.py imports it
    source.write_text(source.read_text() + "\n")
    assert [asked(package)[0], asked(package)[0]] == ["False", "True"]
    source = package / "cli.py"  # it is no part of any compiled function
    source.write_text(source.read_text() + "\n")
    assert asked(package)[0] == "True"


def test_where_the_package_may_not_be_written_to_the_users_cache_keeps_them(package: Path, tmp_path: Path) -> None:
    for folder in [package, *filter(Path.is_dir, package.rglob("*"))]:
        (folder / "__pycache__").write_text("no folder")  # permissions would not stop root
    home = tmp_path / "home"
    found = [asked(package, HOME=str(home), XDG_CACHE_HOME=str(home / "cache")) for _ in range(2)]
    assert [kept for kept, _ in found] == ["False", "True"]
    assert all(where.startswith(str(home)) for _, where in found)


def test_where_nothing_may_be_written_they_are_compiled_each_time(package: Path, tmp_path: Path) -> None:
    for folder in [package, *filter(Path.is_dir, package.rglob("*"))]:
        (folder / "__pycache__").write_text("no folder")
    (tmp_path / "home").write_text("no folder")
    home = str(tmp_path / "home")
    assert [asked(package, HOME=home, XDG_CACHE_HOME=home) for _ in range(2)] == [["False", "None"]] * 2


def test_without_compilation_nothing_has_to_be_kept(package: Path) -> None:
    assert asked(package, NUMBA_DISABLE_JIT="1") == ["True", "None"]
