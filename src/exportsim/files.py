"""All that is asked of the disk: whole files read, written whole or not at all, listed, moved and removed.

Nothing else in the package opens, renames or removes a file of the user's. What is asked of the system goes through one
object, which a test exchanges for one that fails. It is written for Windows and macOS too: no file is open while
another takes its place, no folder is renamed over another, names are compared as the system compares them.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import platform
import re
import stat
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from exportsim.disk import FileSystem
from exportsim.errors import ExportsimError

LEFT = 3600.0  # seconds after which what another machine's process was writing has been left
DEEPEST_NAME = 120  # characters of a name that is made here
_WINDOWS = sys.platform == "win32"
_PATIENCE = 5  # times that Windows is asked again: virus scanners open files for a moment
_TEMPORARY = re.compile(r"\.exportsim-([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{16})")
_EARLIER = re.compile(r"\.new-[0-9a-f]{32}")  # names that the first edition gave
_PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
_RESERVED = frozenset(["con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS])  # names of devices on Windows

_system = FileSystem()
_living: set[str] = set()  # names of what this process is writing


@contextmanager
def exchanged(system: FileSystem) -> Iterator[None]:
    """Ask another system, for as long as this lasts."""
    global _system
    before, _system = _system, system
    try:
        yield
    finally:
        _system = before


def write(path: Path, content: bytes | str, *, lasting: bool = True, like: Path | None = None) -> None:
    """Write a file: it is there whole or not at all, and what was there before stays until then.

    It has the permissions that the umask leaves, or those of another file.
    """
    if _WINDOWS and is_reserved(path.name):
        raise OSError(f"{path.name} is the name of a device on this system")
    with temporary(path.parent) as fresh:
        _write_new(fresh, content.encode() if isinstance(content, str) else content, lasting)
        if like is not None:
            _system.permit(fresh, stat.S_IMODE(_system.look(like).st_mode))
        move(fresh, path)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Within, an empty folder of the system's, which is gone afterwards with all that is in it."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """A path of its own in a folder, for a file that is removed again if it is still there in the end."""
    name = temporary_name()
    with alive(name):
        try:
            yield folder / name
        finally:
            with suppress(OSError):
                _system.remove(folder / name)


@contextmanager
def alive(name: str) -> Iterator[None]:
    """What has this temporary name is in use in this process, for as long as this lasts."""
    _living.add(name)
    try:
        yield
    finally:
        _living.discard(name)


def temporary_name() -> str:
    """A name that says who writes what is called so: a machine and a process."""
    return f".exportsim-{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:16]}"


def try_out(folder: Path) -> None:
    """See that a file can be written in a folder."""
    with temporary(folder) as path:
        _write_new(path, b"", lasting=False)


def is_left(path: Path) -> bool:
    """Whether what has a temporary name was left by a process that has ended. Other names are never left.

    A process of this machine can be asked for. What another machine writes counts as left after an hour.
    """
    match = _TEMPORARY.fullmatch(path.name)
    if path.name in _living or (match is None and not _EARLIER.fullmatch(path.name)):
        return False
    if match is not None and match[1] == _machine():
        # Numbers are used again: what this process does not know of was left by another of the same number.
        process = int(match[2])
        if process == os.getpid() or not _system.is_running(process):
            return True
    try:
        return _system.now() - _system.look(path).st_mtime > LEFT
    except OSError:
        return False


def is_temporary(name: str) -> bool:
    """Whether a name is one that :func:`temporary_name` gives."""
    return _TEMPORARY.fullmatch(name) is not None


def left_in(folder: Path) -> list[Path]:
    """What processes that have ended left in a folder, under temporary names."""
    return [path for name in names(folder) if is_left(path := folder / name)]


def clean(folder: Path) -> None:
    """Remove the temporary files in a folder that processes left which have ended. What cannot be removed stays."""
    with suppress(OSError):
        for path in left_in(folder):
            if stat.S_ISREG(_system.look(path).st_mode):
                _system.remove(path)


def read(path: Path, most: int | None = None) -> bytes:
    """All bytes of an ordinary file. It is closed before they are looked at."""
    handle = _system.open(path)
    try:
        status = _system.status(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(21, os.strerror(21), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError("this is not an ordinary file")
        parts, left = [], sys.maxsize if most is None else most
        while left > 0 and (part := _system.read(handle, min(left, max(1 << 16, status.st_size + 1)))):
            parts.append(part)
            left -= len(part)
        content = b"".join(parts)
        if left > 0 and len(content) < status.st_size:
            raise OSError("it has become shorter while it was read")
        return content
    finally:
        _system.close(handle)


def read_within(path: str | os.PathLike[str], most: int, failure: str = "cannot be read") -> bytes:
    """All bytes of a file that the user names, if they are not too many; what is wrong is an error of the user's."""
    try:
        content = read(Path(path), most + 1)
    except (OSError, ValueError) as error:
        raise ExportsimError(f"{path}: {failure}: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > most:
        raise ExportsimError(f"{path}: has more than {most:,} bytes, which is the most that is read")
    return content


class EncodingError(ValueError):
    """Bytes that are not text in UTF-8."""

    def __init__(self, message: str, start: int) -> None:
        self.start = start
        super().__init__(f"found {message}: save it as UTF-8")


def decoded(content: bytes) -> str:
    """The text of bytes in UTF-8, with or without a byte order mark."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise EncodingError("text in UTF-16, expected UTF-8", 0)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EncodingError(f"the byte 0x{content[error.start]:02X}, expected text in UTF-8", error.start) from None


MOST_JSON = 10_000_000  # bytes


def read_json(content: bytes | str, most: int = MOST_JSON) -> Any:
    """What JSON says, within bounds of size and depth."""
    if len(content) > most:
        raise ValueError(f"has more than {most:,} bytes, which is the most that is read")
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("is too deep") from None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(read(path)).hexdigest()


def names(folder: Path) -> list[str]:
    """The names in a folder, in order."""
    return sorted(_system.names(folder))


def there(path: Path) -> os.stat_result | None:
    """What is at a path, or None; a link is a link, wherever it leads."""
    try:
        return _system.look(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_folder(path: Path) -> bool:
    """Whether there is a folder at a path, not a link to one."""
    status = there(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def is_file(path: Path) -> bool:
    """Whether there is an ordinary file at a path, not a link to one."""
    status = there(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def make_folder(path: Path) -> None:
    """Make a folder, and those that it is in, unless they are there."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_folder(path.parent)
    try:
        _system.make_folder(path)
    except FileExistsError:
        if not path.is_dir():
            raise


def make_new_folder(path: Path) -> None:
    """Make a folder that must not be there yet."""
    _system.make_folder(path)


def move(old: Path, new: Path) -> None:
    """Rename a file on the same disk, over another if there is one."""
    for tries_left in reversed(range(_PATIENCE if _WINDOWS else 1)):
        try:
            _system.replace(old, new)
            return
        except PermissionError:
            if not tries_left:
                raise
            time.sleep(0.05)


def move_folder(old: Path, new: Path) -> None:
    """Rename a folder to a name that is not in use."""
    _system.rename_folder(old, new)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(FileNotFoundError):
        _system.remove(path)


def remove_empty_folder(path: Path) -> None:
    """Remove a folder, if it is there and empty."""
    with suppress(FileNotFoundError):
        _system.remove_folder(path)


def remove_tree(folder: Path) -> None:
    """Remove a folder that exportsim made, with all that is in it. Links are removed, not followed."""
    for name in names(folder):
        path = folder / name
        if is_folder(path):
            remove_tree(path)
        else:
            remove(path)
    remove_empty_folder(folder)


def files_in(folder: Path) -> list[str]:
    """All that is in a folder and those in it, but folders: names with `/` between them, in order."""
    paths = []
    for name in names(folder):
        inside = is_folder(folder / name)
        paths += [f"{name}/{path}" for path in files_in(folder / name)] if inside else [name]
    return paths


def same(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two paths lead to the same, as the system compares them: `Orders.csv` may be `orders.csv`."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 - either may be a text
    except (OSError, ValueError):
        return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def is_inside(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> bool:
    """Whether a path is that of a folder or of something in it, links followed."""
    real = Path(os.path.realpath(path))
    return any(same(parent, folder) for parent in (real, *real.parents))


def refuse_what_is_read(target: Path, reads: Iterable[str | os.PathLike[str]], asked: str) -> None:
    """See that nothing that was read is written over."""
    for read_one in reads:
        if same(target, read_one):
            raise ExportsimError(f"{asked}: this would replace {target.name}, which was read for it; name another file")


def is_reserved(name: str) -> bool:
    """Whether a name is that of a device on Windows, such as `con` and `aux.csv`."""
    return name.split(".")[0].rstrip(" ").lower() in _RESERVED


def safe_names(wanted: Iterable[str]) -> list[str]:
    """Names that any system takes for files, each as it is given if that can be, no two the same.

    Windows has names of devices (`con`, `aux`, `nul`, `com1`) and drops dots and blanks at the end; there and on macOS
    `Strict` and `strict` are one file.
    """
    safe: dict[str, str] = {}  # by how the system compares them
    for name in wanted:
        plain = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name).rstrip(". ") or "_"
        if is_reserved(plain):
            device, dot, ending = plain.partition(".")
            plain = f"{device.rstrip(' ')}_{dot}{ending}"
        if len(plain) > DEEPEST_NAME:
            plain = f"{plain[: DEEPEST_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        numbered = itertools.chain([plain], (f"{plain}-{number}" for number in itertools.count(2)))
        fresh = next(one for one in numbered if one.casefold() not in safe)
        safe[fresh.casefold()] = fresh
    return list(safe.values())


@contextmanager
def explained(failure: str) -> Iterator[None]:
    """Within, what the system refuses is an error of the user's: what has failed, and what the system says."""
    try:
        yield
    except OSError as error:
        raise ExportsimError(f"{failure}: {reason_of(error)}") from error


def reason_of(error: OSError) -> str:
    """What the system says was wrong."""
    return error.strerror or str(error)


def _write_new(path: Path, content: bytes, lasting: bool) -> None:
    handle = _system.create(path)
    try:
        rest = memoryview(content)
        while rest:
            written = _system.write(handle, rest)
            if written <= 0:
                raise OSError(28, os.strerror(28), str(path))
            rest = rest[written:]
        if lasting:
            _system.flush(handle)
    finally:
        _system.close(handle)


@cache
def _machine() -> str:
    """Tells this machine from others that share a disk; processes have numbers of their own in a container."""
    namespace = ""
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(f"{platform.node()} {uuid.getnode()} {namespace}".encode()).hexdigest()[:8]
