"""What becomes of memory that a process has freed."""

from __future__ import annotations

import ctypes
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
