"""Compiled functions are kept between processes, wherever the package lies, and not longer than they are true."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import exportsim
from exportsim import caching
from exportsim.caching import Kept

CODE = """
from exportsim.analysis.checked_sums import plus
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


@pytest.mark.long
def test_another_file_may_make_them_untrue(package: Path) -> None:
    asked(package)
    source = package / "plan.py"  # analysis/checked_sums.py imports it
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


# Damage

ENGINE = """
import exportsim
from exportsim.analysis.checked_sums import plus
from exportsim.caching import is_kept
kept = is_kept(plus)
assert plus(2**40, 5) == 2**40 + 5
print(kept)
"""
DAMAGES = {
    "empty": lambda whole: b"",
    "one byte": lambda whole: b"e",
    "cut in its head": lambda whole: whole[:20],
    "cut in its stamp and checksum": lambda whole: whole[:60],
    "cut in half": lambda whole: whole[: len(whole) // 2],
    "cut at its end": lambda whole: whole[:-1],
    "longer": lambda whole: whole + b"\0",
    "a bit of its first byte": lambda whole: bytes([whole[0] ^ 1]) + whole[1:],
    "a bit of its checksum": lambda whole: whole[:50] + bytes([whole[50] ^ 4]) + whole[51:],
    "a bit of its content": lambda whole: whole[:-9] + bytes([whole[-9] ^ 16]) + whole[-8:],
    "something else": lambda whole: b"exportsim 2\n" + whole[12:],
}


@pytest.fixture
def kept_file(tmp_path: Path) -> Kept:
    found = Kept(tmp_path / "one.kept", b"s" * 32, pickle.dumps)
    found.save("key", ("code", 1))
    found.save("other", ("code", 2))
    assert [found.load("key"), found.load("other"), found.load("third")] == [("code", 1), ("code", 2), None]
    return found


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_dropped_and_told_once(
    kept_file: Kept, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "_damaged", [])
    path = tmp_path / "one.kept"
    path.write_bytes(DAMAGES[name](path.read_bytes()))
    assert kept_file.load("key") is None and not path.exists()
    assert kept_file.load("key") is None
    (told,) = caplog.messages
    assert told.startswith(f"compilation cache: damaged, so it is compiled again: {path}: ")
    kept_file.save("key", "new")
    assert kept_file.load("key") == "new"


def test_what_is_played_is_not_compiled_again_for_how_it_is_reported() -> None:
    """Through the package itself, which looks all of its names up, everything would be reached from anywhere."""
    for start, needed in (
        ("engine/compiled/loop.py", {"rules.py", "elementary.py", "jit.py"}),
        ("playing/measurers.py", {"engine/__init__.py", "engine/compiled/loop.py", "compile/world.py", "files.py"}),
    ):
        names = {path.relative_to(caching.PACKAGE).as_posix() for path in caching.sources_of(caching.PACKAGE / start)}
        assert names >= {start, *needed} and not any(name.startswith(("report/", "study/")) for name in names)


def test_what_was_kept_of_other_sources_is_not_believed_and_not_damage(
    kept_file: Kept, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = Kept(tmp_path / "one.kept", b"t" * 32, pickle.dumps)
    assert other.load("key") is None
    other.save("key", "theirs")
    assert other.load("key") == "theirs" and kept_file.load("key") is None and caplog.messages == []


def test_a_folder_in_its_place_is_no_reason_to_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "one.kept").mkdir()
    found = Kept(tmp_path / "one.kept", b"s" * 32, pickle.dumps)
    assert found.load("key") is None and (tmp_path / "one.kept").is_dir()
    with pytest.raises(OSError):
        found.save("key", "new")  # whoever calls it lets that pass
    assert [path.name for path in tmp_path.iterdir()] == ["one.kept"]


def test_a_full_disk_leaves_what_was_there(kept_file: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        kept_file.save("key", "new")
    assert kept_file.load("key") == ("code", 1) and [path.name for path in tmp_path.iterdir()] == ["one.kept"]


def engine(package: Path, code: str = ENGINE, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    paths = {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | paths | environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.long
def test_a_process_that_finds_damage_compiles_again_and_the_next_has_it(package: Path) -> None:
    folder = package / "analysis" / "__pycache__"
    assert (engine(package).stdout, engine(package).stdout) == ("False\n", "True\n")
    files = sorted(folder.glob("*.kept"))
    assert files and not list(folder.glob("*.nb?"))
    for path in files:
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2] ^= 8  # in the machine code: believed, it would be run
        path.write_bytes(whole)
    found = engine(package)
    assert found.returncode == 0 and len(found.stderr.splitlines()) == 1, found.stderr
    assert found.stderr.startswith("compilation cache: damaged, so it is compiled again: ")
    assert (engine(package).stdout, engine(package).stderr) == ("True\n", "")


def test_what_cannot_be_kept_is_no_error(package: Path) -> None:
    """The disk is full once the functions are compiled; and what was kept cannot be opened in a process after it."""
    full = "import exportsim.caching as c\ndef no(*_): raise OSError(28, 'No space left')\nc.Kept.save = no\n"
    found = engine(package, full + ENGINE)
    assert (found.returncode, found.stdout, found.stderr) == (0, "False\n", "")
    found = engine(package, "import numba.core.caching as n\ndel n.IndexDataCacheFile.flush\n" + ENGINE)
    assert (found.returncode, found.stdout, found.stderr) == (0, "False\n", "")
