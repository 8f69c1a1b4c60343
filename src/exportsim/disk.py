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

    write = staticmethod(os.write)  # as many bytes as it says: perhaps not all
    read = staticmethod(os.read)  # so many bytes at most; none at the end
    status = staticmethod(os.fstat)
    flush = staticmethod(os.fsync)  # waits until what was written is on the disk
    close = staticmethod(os.close)
    now = staticmethod(time.time)

    def create(self, path: Path) -> int:
        """Open a file that must not be there yet, with the permissions that the umask leaves."""
        return os.open(_long(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)

    def permit(self, path: Path, mode: int) -> None:
        """Give a file other permissions."""
        Path(_long(path)).chmod(mode)

    def open(self, path: Path) -> int:
        """Open a file to read. A pipe to which nobody writes is not waited for."""
        return os.open(_long(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)

    def replace(self, old: Path, new: Path) -> None:
        """Rename a file, over another if there is one."""
        os.replace(_long(old), _long(new))  # noqa: PTH105 - both are texts

    def rename_folder(self, old: Path, new: Path) -> None:
        """Rename a folder to a name that is not in use."""
        Path(_long(old)).rename(_long(new))

    def names(self, folder: Path) -> list[str]:
        return os.listdir(_long(folder))  # noqa: PTH208 - names, not paths

    def look(self, path: Path) -> os.stat_result:
        """What there is at a path; a link is a link."""
        return Path(_long(path)).lstat()

    def remove(self, path: Path) -> None:
        Path(_long(path)).unlink()

    def make_folder(self, path: Path) -> None:
        Path(_long(path)).mkdir()

    def remove_folder(self, path: Path) -> None:
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
    full = os.path.abspath(path)  # noqa: PTH100 - links are not followed
    if full.startswith("\\\\"):
        return full if full.startswith("\\\\?\\") else "\\\\?\\UNC\\" + full[2:]
    return "\\\\?\\" + full
