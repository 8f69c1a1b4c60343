"""Where compiled functions are kept between processes, and for how long: while all that they are made of is the same.

Numba keeps them beside the package, or in the user's cache folder if that may not be written to (or where
``NUMBA_CACHE_DIR`` says). It looks at one file for changes, that of the function; but a function may hold what was
written in the modules that its own imports. Numba also believes whatever it reads: a flipped bit in machine code is
played. So the files are ours, one a function, with a checksum; one that is damaged is dropped, and its function is
compiled again. What is reached for here is Numba's own; without it, functions are kept as Numba alone would.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

PACKAGE = Path(__file__).parent
_IMPORT = re.compile(rb"\n *from exportsim([.\w]*) import (\([^)]*\)|.*)")

_LAYOUT = b"exportsim 1\n"  # what a file of compiled functions begins with
_CHECKSUM = 32  # bytes


class Kept:
    """The file in which what a function was compiled to is kept: takes the place of Numba's own."""

    def __init__(self, path: Path, stamp: bytes, packed: Callable[[Any], bytes]) -> None:
        self._path, self._stamp, self._packed = path, stamp, packed

    def load(self, key: Any) -> Any:
        """What was kept for types of arguments and a processor; None if nothing was, or nothing that can be used."""
        try:
            pickled = self.contents().get(key)
            return None if pickled is None else pickle.loads(pickled)
        except FileNotFoundError:
            return None
        except Exception as error:  # whatever was read, it is compiled again
            self.drop(error)
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep something. It is no error if that fails: the next process compiles it again."""
        contents: dict[Any, bytes] = {}
        with suppress(Exception):
            contents = self.contents()
        written = self._packed({**contents, key: self._packed(data)})
        fresh = self._path.with_name(f"{self._path.name}.tmp.{uuid4().hex[:16]}")
        try:
            checksum = sha256(self._stamp + written).digest()
            fresh.write_bytes(_LAYOUT + self._stamp + checksum + written)
            fresh.replace(self._path)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)

    def flush(self) -> None:
        """Forget all."""
        self._path.unlink(missing_ok=True)

    def contents(self) -> dict[Any, bytes]:
        """All that is kept, by types of arguments and processor."""
        content = self._path.read_bytes()
        start = len(_LAYOUT) + len(self._stamp)
        if not content.startswith(_LAYOUT) or len(content) < start + _CHECKSUM:
            raise ValueError("it is cut, or something else")
        if content[len(_LAYOUT) : start] != self._stamp:
            return {}
        checksum, written = content[start : start + _CHECKSUM], content[start + _CHECKSUM :]
        if checksum != sha256(self._stamp + written).digest():
            raise ValueError("its checksum is another")
        contents: dict[Any, bytes] = pickle.loads(written)
        return contents

    def drop(self, error: Exception) -> None:
        """Take away a file that cannot be used, and say so."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        _say(f"{self._path}: {error}")


def keep(dispatcher: Any) -> None:
    """Keep what a function is compiled to while every file that it may be made of is the same, and undamaged."""
    cache_of_numba: Any = getattr(dispatcher, "_cache", None)
    index: Any = getattr(cache_of_numba, "_cache_file", None)
    try:
        stamp, folder, name = index._source_stamp, index._cache_path, index._index_name
        load, save = cache_of_numba.load_overload, cache_of_numba.save_overload
        from numba import __version__ as numba
        from numba.core.serialize import dumps
    except (AttributeError, ImportError):
        return
    made_of = sha256(repr((numba, stamp)).encode() + digest_of(Path(dispatcher.py_func.__code__.co_filename)))
    own = Kept(Path(folder, f"{Path(name).stem}.kept"), made_of.digest(), dumps)

    def load_or_compile(signature: Any, context: Any) -> Any:
        try:
            return load(signature, context)
        except Exception as error:
            own.drop(error)
            return None

    def save_if_possible(signature: Any, data: Any) -> None:
        with suppress(Exception):
            save(signature, data)

    cache_of_numba._cache_file = own
    cache_of_numba.load_overload, cache_of_numba.save_overload = load_or_compile, save_if_possible


def is_kept(function: Any) -> bool:
    """Whether a function need not be compiled before it can be called, as far as can be told."""
    if not hasattr(function, "signatures") or function.signatures:
        return True  # it is not to be compiled, or has been in this process
    try:
        kept = function._cache
        target = function.targetctx.codegen()
        return any(kept._index_key(key[0], target) == key for key in kept._cache_file.contents())
    except Exception:  # Numba has changed, or what was kept cannot be read; the latter is said when it is to be used
        return False


_damaged: list[str] = []  # what was damaged of what this process has read


def _say(fault: str) -> None:
    """Say what was damaged, the first time: to standard error, unless logging does something else with warnings."""
    if not _damaged:
        logging.getLogger("exportsim").warning("compilation cache: damaged, so it is compiled again: %s", fault)
    _damaged.append(fault)


@cache
def digest_of(source: Path) -> bytes:
    """A digest of a source file and of all of this package that it imports, directly or not."""
    digest = sha256()
    for path in sorted(sources_of(source)):
        digest.update(_text(path))
    return digest.digest()


def sources_of(source: Path) -> set[Path]:
    """A source file and all of this package that it imports, directly or not."""
    sources, waiting = {source}, [source]
    while waiting:
        for path in _imported(waiting.pop()) - sources:
            sources.add(path)
            waiting.append(path)
    return sources


@cache
def _imported(source: Path) -> frozenset[Path]:
    """The files of this package that a source file imports from: modules, packages and modules in packages."""
    known, found = _files(), set()
    for module, names in _IMPORT.findall(b"\n" + _text(source)):
        base = module.decode()
        found |= {base, *(f"{base}.{name}" for name in re.findall(r"\w+", names.decode()))}
    return frozenset(known[name] for name in found & known.keys())


@cache
def _files() -> dict[str, Path]:
    """The source files of this package, by what follows its name in that of the module.

    But that of the package itself: it imports nothing before it is asked for a name, and would lead to everything.
    """
    found = {}
    for folder, _, names in os.walk(PACKAGE):
        package = folder.removeprefix(str(PACKAGE)).replace(os.sep, ".")
        for name in names:
            if name.endswith(".py"):
                found[f"{package}.{name.removesuffix('.py')}".removesuffix(".__init__")] = Path(folder, name)
    del found[""]
    return found


@cache
def _text(source: Path) -> bytes:
    return source.read_bytes()
