"""The layer to the disk: whole files, names that any system takes, paths as the system compares them."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exportsim import ExportsimError, files
from exportsim import disk as disk_module
from faults import Disk, Schedule, disk

PACKAGE = Path(files.__file__).parent
OPENING = re.compile(
    r"tempfile|shutil\.(?!get_terminal)|\bopen\(|\.(write|read)_(text|bytes)\(|\.(unlink|rename|rmdir|touch|iterdir|glob)\("
)


def test_no_other_module_opens_renames_or_removes_a_file() -> None:
    """But for what is compiled, the package's own texts, streams that lead nowhere, and what has another's name."""
    allowed = {"files.py", "disk.py", "caching.py", "commands/streams.py"}
    harmless = re.compile(
        r"replacement\.open\(\)|resources\.files\(|def open\("
        r"|import .*read_text|read_text\($|= read_text\(|\.rename\((\"|columns)"
    )
    found = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in allowed
        for line in path.read_text(encoding="utf-8").splitlines()
        if OPENING.search(line) and not harmless.search(line)
    ]
    assert not found


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_file_may_be_read_by_whom_the_umask_says(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        files.write(tmp_path / "x", "é\n")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o666 & ~umask
    assert (tmp_path / "x").read_bytes() == b"\xc3\xa9\n" and [path.name for path in tmp_path.iterdir()] == ["x"]


def test_it_is_on_the_disk_and_closed_before_it_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with disk() as seen:
        files.write(tmp_path / "x", b"new")
    assert seen.asked == ["create", "write", "flush", "close", "replace", "remove"]


@pytest.mark.parametrize("size", [0, 1, 100_001])
def test_what_is_written_and_read_in_parts_is_whole(tmp_path: Path, size: int) -> None:
    class Slow(files.FileSystem):
        def write(self, handle: int, content: memoryview) -> int:
            return super().write(handle, content[:1000])

        def read(self, handle: int, size: int) -> bytes:
            return super().read(handle, min(size, 999))

    content = os.urandom(size)
    with files.exchanged(Slow()):
        files.write(tmp_path / "x", content)
        assert files.read(tmp_path / "x") == content
        assert files.read(tmp_path / "x", 10) == content[:10]
    assert (tmp_path / "x").read_bytes() == content


def test_a_disk_that_takes_nothing_is_full_and_what_was_there_stays(tmp_path: Path) -> None:
    class Full(files.FileSystem):
        def write(self, handle: int, content: memoryview) -> int:
            return 0

    (tmp_path / "x").write_bytes(b"old")
    with files.exchanged(Full()), pytest.raises(OSError, match="No space left"):
        files.write(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_file_that_ends_early_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"whole and sound")
    with disk(Schedule(1, "cut")), pytest.raises(OSError, match="shorter while it was read"):
        files.read(tmp_path / "x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    """In a process of its own: it would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    program = """
from exportsim import files
from pathlib import Path
import sys
for name in sys.argv[1:]:
    try:
        files.read(Path(name))
    except OSError as error:
        print(files.reason_of(error))
"""
    command = [sys.executable, "-c", program, str(tmp_path / "pipe"), "/dev/zero", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert said.splitlines() == ["this is not an ordinary file"] * 2 + [os.strerror(errno.EISDIR)]


def test_what_is_temporary_is_left_only_by_processes_that_have_ended(tmp_path: Path) -> None:
    with files.temporary(tmp_path) as mine:
        mine.write_bytes(b"")
        assert not files.is_left(mine)
        theirs = tmp_path / re.sub(r"-\d+-", f"-{os.getppid()}-", files.temporary_name())
        theirs.write_bytes(b"")
        assert not files.is_left(theirs)

        class Alone(files.FileSystem):
            def is_running(self, process: int) -> bool:
                return process != os.getppid()

        with files.exchanged(Alone()):
            assert files.is_left(theirs)
            files.clean(tmp_path)
    assert not list(tmp_path.iterdir())
    again = tmp_path / files.temporary_name()
    again.write_bytes(b"")
    assert files.is_left(again)  # of this number, but not of this process
    for name in (".exportsim-notes", "x", ".exportsim-0-1-2"):
        (tmp_path / name).write_bytes(b"")
        assert not files.is_left(tmp_path / name)
    elsewhere = tmp_path / ".exportsim-00000000-1-0123456789abcdef"
    elsewhere.write_bytes(b"")
    assert not files.is_left(elsewhere)
    os.utime(elsewhere, (0, 0))
    assert files.is_left(elsewhere)


# Names


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        (["historical", "no-new.licences"], ["historical", "no-new.licences"]),
        (["con", "AUX", "nul.x", "com1", "LPT9"], ["con_", "AUX_", "nul_.x", "com1_", "LPT9_"]),
        (["COM¹", "conin$", "prn ."], ["COM¹_", "conin$_", "prn_"]),
        (["console", "com10", "auxiliary"], ["console", "com10", "auxiliary"]),
        (["Strict", "strict", "STRICT"], ["Strict", "strict-2", "STRICT-3"]),
        (["strict", "strict-2", "Strict"], ["strict", "strict-2", "Strict-3"]),
        (["a.", "a ", "a", "..", ""], ["a", "a-2", "a-3", "_", "_-2"]),
        (["a/b", "a\\b", 'a:b*?"<>|\x00'], ["a_b", "a_b-2", "a_b_______"]),
    ],
)  # fmt: skip
def test_names_that_any_system_takes(given: list[str], safe: list[str]) -> None:
    assert files.safe_names(given) == safe


def test_long_names_are_cut_and_stay_apart() -> None:
    one, other, short = files.safe_names(["x" * 300 + "1", "x" * 300 + "2", "x" * 120])
    assert len({one, other, short}) == 3 and max(map(len, (one, other, short))) <= 120


def test_windows_is_asked_for_long_paths_again_and_never_for_devices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (files, disk_module):
        monkeypatch.setattr(module, "_WINDOWS", True)
    assert disk_module._long(Path("short")) == "short"
    monkeypatch.setattr(os.path, "abspath", lambda path: f"C:\\{path}")
    assert disk_module._long(Path("x" * 250)) == "\\\\?\\C:\\" + "x" * 250
    monkeypatch.setattr(os.path, "abspath", lambda path: f"\\\\server\\{path}")
    assert disk_module._long(Path("x" * 250)) == "\\\\?\\UNC\\server\\" + "x" * 250
    with pytest.raises(OSError, match="name of a device"):
        files.write(tmp_path / "nul.csv", b"")
    asked: list[int] = []

    class Scanned(files.FileSystem):
        def replace(self, old: Path, new: Path) -> None:
            asked.append(1)
            if len(asked) < 3:
                raise PermissionError(errno.EACCES, "Access is denied")
            super().replace(old, new)

    with files.exchanged(Scanned()):
        files.write(tmp_path / "x", b"new")
    assert len(asked) == 3 and (tmp_path / "x").read_bytes() == b"new"


def test_paths_are_compared_as_the_system_compares_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    one = tmp_path / "data" / "Orders.csv"
    one.write_bytes(b"")
    (tmp_path / "link").symlink_to("data")
    assert files.same(one, tmp_path / "link" / "Orders.csv") and not files.same(one, tmp_path / "data" / "orders.csv")
    assert files.is_inside(one, tmp_path / "link") and not files.is_inside(tmp_path, tmp_path / "data")
    assert files.is_inside(tmp_path, tmp_path)
    os.link(one, tmp_path / "other")  # as two ways to write a name are one file elsewhere
    assert files.same(one, tmp_path / "other")
    monkeypatch.setattr(os.path, "normcase", str.lower)
    assert files.same(tmp_path / "NEW", tmp_path / "new")
    with pytest.raises(ExportsimError, match=r"--out x: this would replace other, which was read for it"):
        files.refuse_what_is_read(tmp_path / "other", [one], "--out x")


@pytest.mark.parametrize(("content", "told"), [("[" * 200_000, "too deep"), ("1" * 2000, "more than 1,000")])
def test_json_is_read_within_bounds(content: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        files.read_json(content, 1_000_000 if told == "too deep" else 1000)


def test_the_disk_of_tests_refuses_what_windows_refuses(tmp_path: Path) -> None:
    """Else the schedules would prove nothing about it."""
    (tmp_path / "x").write_bytes(b"")
    (tmp_path / "y").mkdir()
    system = Disk()
    handle = system.open(tmp_path / "x")
    with pytest.raises(AssertionError, match="is open"):
        system.remove(tmp_path / "x")
    with pytest.raises(AssertionError, match="is open"):
        system.replace(tmp_path / "z", tmp_path / "x")
    with pytest.raises(AssertionError, match="is open"):
        system.rename_folder(tmp_path, tmp_path.with_name("other"))
    system.close(handle)
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "x", tmp_path / "y")
    with pytest.raises(FileExistsError):
        system.rename_folder(tmp_path / "y", tmp_path)
