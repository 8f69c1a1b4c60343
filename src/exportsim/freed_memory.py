"""What becomes of memory that a process has freed."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

LARGE = 1 << 20  # bytes of an array that is given back at once
_MMAP_THRESHOLD = -3  # as malloc.h of glibc has it


def give_back_at_once() -> None:
    """Let the system have large arrays back as soon as they are freed, in this process from now on.

    glibc keeps them once it has seen some, for whoever asks next: of a national office twice as much as is in use.
    Where memory is not glibc's, nothing is done.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Let the system have what is free by now, once: what was freed in small pieces is kept as well, and by Arrow."""
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
