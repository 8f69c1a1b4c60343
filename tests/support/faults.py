"""A disk that fails once, at a step that is named: every test that uses it can be played again."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from exportsim import files
from exportsim.files import FileSystem

Kind = Literal["full", "denied", "broken", "called off", "interrupted", "short", "cut", "killed", "killed after"]
_NUMBERS = {"full": errno.ENOSPC, "denied": errno.EACCES, "broken": errno.EIO, "called off": errno.EINTR}


class Death(BaseException):
    """The process is dead: nothing that it would still have done is done."""


class Schedule(NamedTuple):
    """What fails: the step, counted from 0 over all that is asked of the disk, and how."""

    step: int
    kind: Kind

    def __str__(self) -> str:
        return f"step {self.step}, {self.kind}"


class Disk(FileSystem):
    """The system's disk, which notes what is asked of it and fails as a schedule says.

    Parameters
    ----------
    schedule : Schedule, optional
        None for a disk that does not fail.
    """

    def __init__(self, schedule: Schedule | None = None) -> None:
        self.schedule, self.asked, self.dead = schedule, [], False
        self._open: dict[int, Path] = {}
        self._cut: set[int] = set()

    asked: list[str]

    @property
    def failed(self) -> bool:
        """Whether the step has been reached."""
        return self.schedule is not None and len(self.asked) > self.schedule.step

    def _do(self, name: str, call: Callable[..., Any], *given: Any) -> Any:
        if self.dead:
            if name == "close":
                return call(*given)  # the system closes the files of the dead
            raise Death
        due = self.schedule is not None and len(self.asked) == self.schedule.step
        self.asked.append(name)
        if not due:
            return call(*given)
        assert self.schedule is not None
        kind = self.schedule.kind
        if kind == "interrupted":
            if name == "close":
                call(*given)
            raise KeyboardInterrupt
        if kind in ("killed", "killed after"):
            if kind == "killed after" or name == "close":
                call(*given)
            self.dead = True
            raise Death
        if kind in _NUMBERS:
            if name == "close":
                call(*given)
            raise OSError(_NUMBERS[kind], os.strerror(_NUMBERS[kind]))
        if name == "write":
            handle, content = given
            return call(handle, content[: max(1, len(content) // 2)])
        if name == "read":
            handle, _ = given
            if kind == "cut":
                self._cut.add(handle)
            return call(handle, max(1, os.fstat(handle).st_size // 2))
        return call(*given)

    def create(self, path: Path) -> int:
        """As the system, or not."""
        handle: int = self._do("create", super().create, path)
        self._open[handle] = path
        return handle

    def open(self, path: Path) -> int:
        """As the system, or not."""
        handle: int = self._do("open", super().open, path)
        self._open[handle] = path
        return handle

    def write(self, handle: int, content: memoryview) -> int:
        """As the system, or not."""
        written: int = self._do("write", super().write, handle, content)
        return written

    def read(self, handle: int, size: int) -> bytes:
        """As the system, or not."""
        if handle in self._cut:
            return b""
        found: bytes = self._do("read", super().read, handle, size)
        return found

    def flush(self, handle: int) -> None:
        """As the system, but without waiting for the disk."""
        self._do("flush", lambda _: None, handle)

    def close(self, handle: int) -> None:
        """As the system, or not."""
        self._open.pop(handle, None)
        self._cut.discard(handle)
        self._do("close", super().close, handle)

    def replace(self, old: Path, new: Path) -> None:
        """As Windows, or not: no open file is renamed or replaced."""
        self._closed(old, new)
        if new.is_dir():
            raise PermissionError(errno.EACCES, "Access is denied", str(new))
        self._do("replace", super().replace, old, new)

    def rename_folder(self, old: Path, new: Path) -> None:
        """As Windows, or not: nothing in it is open, and nothing has the new name."""
        self._closed(old)
        if new.exists():
            raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", str(new))
        self._do("rename folder", super().rename_folder, old, new)

    def remove(self, path: Path) -> None:
        """As Windows, or not: no open file is removed."""
        self._closed(path)
        self._do("remove", super().remove, path)

    def names(self, folder: Path) -> list[str]:
        """As the system, or not."""
        found: list[str] = self._do("names", super().names, folder)
        return found

    def look(self, path: Path) -> os.stat_result:
        """As the system, or not."""
        found: os.stat_result = self._do("look", super().look, path)
        return found

    def make_folder(self, path: Path) -> None:
        """As the system, or not."""
        self._do("make folder", super().make_folder, path)

    def remove_folder(self, path: Path) -> None:
        """As the system, or not."""
        self._do("remove folder", super().remove_folder, path)

    def _closed(self, *paths: Path) -> None:
        for path in self._open.values():
            if any(path.is_relative_to(each) for each in paths):
                raise AssertionError(f"{path} is open")


@contextmanager
def disk(schedule: Schedule | None = None) -> Iterator[Disk]:
    """A disk for as long as this lasts."""
    made = Disk(schedule)
    with files.exchanged(made):
        yield made


def schedules(steps: int, rounds: int, seed: int) -> list[Schedule]:
    """Schedules in which each step fails, in so many ways, which are drawn."""
    luck = random.Random(seed)
    return [Schedule(step, kind) for step in range(steps) for kind in luck.sample(get_args(Kind), rounds)]
