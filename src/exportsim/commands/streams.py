"""The standard streams of a process of ours, whatever it was started with: closed, full, unread, not Unicode.

A stream that is closed leaves its number to the next file that is opened, which would then get what is meant for the
stream. So the numbers are taken first. What cannot be written to standard error is lost, and nothing fails for it; what
cannot be written to standard output is an answer that was not given, and has an exit status of its own.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OUTPUT, MESSAGES = 1, 2
STANDARD = (0, OUTPUT, MESSAGES)
UNREAD = (errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN)


class UnreadError(Exception):
    """Nobody reads the output any more. (Click has an answer of its own to broken pipes, which looks like a bug.)"""


class UnwritableError(Exception):
    """The output cannot be written; says why."""


class Stream(io.TextIOBase):
    """Standard error as commands, Click and progress see it: it shows what it can, and never fails.

    It has no ``buffer``: where the encoding is ASCII, Click would write UTF-8 there.
    """

    errors = "backslashreplace"

    def __init__(self, stream: io.TextIOWrapper | None, number: int) -> None:
        self._stream, self._number = stream, number  # None if it is closed
        self._failure: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def writable(self) -> bool:
        return True  # or looks so

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        return self._number

    def write(self, text: str | bytes) -> int:
        """Write text; also as bytes, in which Click gives what a shell is to complete."""
        if not text and isinstance(text, bytes):  # so Click finds out whether it may write UTF-8 here
            raise TypeError("this is a stream of text")
        written = text.decode() if isinstance(text, bytes) else text
        self._try(lambda stream: stream.write(shown_in(self.encoding, written)))
        return len(text)

    def write_file(self, text: str) -> None:
        """Write text as into a file: in UTF-8, but where somebody looks at it."""
        if self.isatty():
            self.write(text)
            return
        self.flush()
        self._try(lambda stream: stream.buffer.write(text.encode("utf-8", "surrogateescape")))

    def flush(self) -> None:
        if self._stream is not None or self._failure is not None:
            self._try(lambda stream: stream.flush())

    def failed(self, error: OSError) -> None:
        """What to do about what could not be written: nothing."""

    def _try(self, action: Callable[[io.TextIOWrapper], object]) -> None:
        """Do something with the stream; once failed it has failed for good (Click tries it out, and pays no heed)."""
        if self._failure is None:
            try:
                if self._stream is None:
                    raise OSError(errno.EBADF, "it is closed")
                action(self._stream)
                return
            except OSError as error:
                self._failure = error
                _forget(self._number)
        self.failed(self._failure)


class Output(Stream):
    """Standard output: as standard error, but that it says what has failed."""

    def failed(self, error: OSError) -> None:
        if error.errno in UNREAD:
            raise UnreadError from None
        raise UnwritableError(error.strerror or str(error)) from None


def shown_in(encoding: str, text: str) -> str:
    """Text with what an encoding has not in its ASCII form, or as an escape."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        from exportsim.report.number_format import plain

        return plain(text, encoding)
    return text


def knows_only_ascii(encoding: str | None) -> bool:
    """Whether an encoding is ASCII, or nobody knows what it is."""
    try:
        return encoding is None or codecs.lookup(encoding).name == "ascii"
    except LookupError:
        return True


def knows_everything(encoding: str | None) -> bool:
    """Whether an encoding has all of Unicode."""
    return (encoding or "").lower().startswith("utf")


@contextmanager
def in_order() -> Iterator[None]:
    """Have the standard streams in order for as long as a command runs."""
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Output(sys.stdout, OUTPUT), Stream(sys.stderr, MESSAGES)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _forget(number: int) -> None:
    """Let what is still held back for a stream go nowhere, so that Python does not fail for it when it exits."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
