"""What is asked of the system about files: one method for each thing, so that a test can have it fail."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

_WINDOWS = sys.platform == "win32"
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)


class FileSystem:
    """What is asked of the system. A test exchanges it, see :func:`exportsim.files.exchanged`."""

    def create(self, path: Path) -> int:
        """Open a file that must not be there yet, with the permissions that the umask leaves."""
        return os.open(_long(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)

    def open(self, path: Path) -> int:
        """Open a file to read. A pipe to which nobody writes is not waited for."""
        return os.open(_long(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)

    def write(self, handle: int, content: memoryview) -> int:
        """Write, and say how many bytes have been written: perhaps not all."""
        return os.write(handle, content)

    def read(self, handle: int, size: int) -> bytes:
        """Read so many bytes at most: perhaps fewer, none at the end."""
        return os.read(handle, size)

    def status(self, handle: int) -> os.stat_result:
        """What an open file is."""
        return os.fstat(handle)

    def flush(self, handle: int) -> None:
        """Wait until what was written is on the disk."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Close a file."""
        os.close(handle)

    def replace(self, old: Path, new: Path) -> None:
        """Rename a file, over another if there is one."""
        os.replace(_long(old), _long(new))  # noqa: PTH105 - both are texts

    def rename_folder(self, old: Path, new: Path) -> None:
        """Rename a folder to a name that is not in use."""
        Path(_long(old)).rename(_long(new))

    def names(self, folder: Path) -> list[str]:
        """The names in a folder."""
        return os.listdir(_long(folder))  # noqa: PTH208 - names, not paths

    def look(self, path: Path) -> os.stat_result:
        """What there is at a path; a link is a link."""
        return Path(_long(path)).lstat()

    def remove(self, path: Path) -> None:
        """Remove a file."""
        Path(_long(path)).unlink()

    def make_folder(self, path: Path) -> None:
        """Make a folder that must not be there yet."""
        Path(_long(path)).mkdir()

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        Path(_long(path)).rmdir()

    def is_running(self, process: int) -> bool:
        """Whether there is a process of this number, on this machine; true where that cannot be known."""
        if sys.platform == "win32":
            return _is_running_on_windows(process)
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True

    def now(self) -> float:
        """The time, in seconds."""
        return time.time()


def _is_running_on_windows(process: int) -> bool:
    """As the system says: `os.kill` would end the process there."""
    import ctypes

    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    kernel.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    handle = kernel.OpenProcess(0x00100000, False, process)  # to wait for its end
    if not handle:
        # What is refused is there; 87 says that there is no such process.
        return bool(ctypes.get_last_error() != 87)  # type: ignore[attr-defined,unused-ignore]
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) != 0)
    finally:
        kernel.CloseHandle(handle)


def _long(path: Path) -> str:
    """A path as Windows takes it even if it is longer than 260 characters."""
    if not _WINDOWS or len(os.fspath(path)) < 240:
        return os.fspath(path)
    whole = os.path.abspath(path)  # noqa: PTH100 - links are not followed
    if whole.startswith("\\\\"):
        return whole if whole.startswith("\\\\?\\") else "\\\\?\\UNC\\" + whole[2:]
    return "\\\\?\\" + whole
