"""Where compiled functions are kept between processes, and for how long: while all that they are made of is the same.

Numba keeps them beside the package, or in the user's cache folder if that may not be written to (or where
``NUMBA_CACHE_DIR`` says). It looks at one file for changes, that of the function; but a function may hold what was
written in the modules that its own imports. What is reached for here is Numba's own; without it, functions are kept as
Numba alone would.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
_IMPORT = re.compile(rb"^\s*from exportsim([.\w]*) import (\([^)]*\)|.*)", re.MULTILINE)


def mind_all_sources(dispatcher: Any) -> None:
    """Forget what was kept of a function as soon as any file that it may be made of is another."""
    index: Any = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    if hasattr(index, "_source_stamp"):
        index._source_stamp = (index._source_stamp, digest_of(Path(dispatcher.py_func.__code__.co_filename)))


def is_kept(function: Any) -> bool:
    """Whether a function need not be compiled before it can be called, as far as can be told."""
    if not hasattr(function, "signatures") or function.signatures:
        return True  # it is not to be compiled, or has been in this process
    try:
        found = function._cache
        target = function.targetctx.codegen()
        return any(found._index_key(key[0], target) == key for key in found._cache_file._load_index())
    except AttributeError:
        return False


@cache
def digest_of(source: Path) -> bytes:
    """A digest of a source file and of all of this package that it imports, directly or not."""
    found, waiting = {source}, [source]
    while waiting:
        for path in _imported(waiting.pop()) - found:
            found.add(path)
            waiting.append(path)
    digest = sha256()
    for path in sorted(found):
        digest.update(_text(path))
    return digest.digest()


@cache
def _imported(source: Path) -> frozenset[Path]:
    """The files of this package that a source file imports from: modules, packages and modules in packages."""
    paths = set()
    for module, names in _IMPORT.findall(_text(source)):
        place = PACKAGE.joinpath(*module.decode().strip(".").split("."))
        paths |= {place.with_suffix(".py"), place / "__init__.py"}
        paths |= {place / f"{name.decode()}.py" for name in re.findall(rb"\w+", names)}
    return frozenset(path for path in paths if path.is_file())


@cache
def _text(source: Path) -> bytes:
    return source.read_bytes()
