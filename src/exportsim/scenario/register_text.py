"""The bytes of a register as text: in which encoding they can be read, and what they are if they are no text."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import NamedTuple

PLAIN = "utf-8-sig"  # UTF-8, with or without a byte order mark
BESIDE = "cp1252"  # what Western offices write that do not write UTF-8
OTHER_FILES = {
    b"PK\x03\x04": "a workbook, as Excel and LibreOffice keep it: save its sheet as CSV",
    b"\xd0\xcf\x11\xe0": "a workbook of an older Excel: save its sheet as CSV",
    b"\x1f\x8b": "a compressed file: unpack it",
    b"PAR1": "a Parquet file: write it out as CSV",
    b"%PDF": "a PDF: what can be read here is CSV",
}
WIDE = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Encodings of several bytes a letter, by the byte order mark with which their text begins."""


class Misfit(NamedTuple):
    """What of a file is not as expected: where, and what."""

    line: int
    column: int
    message: str


def other_file(content: bytes) -> str | None:
    """What a file is that is no text, as far as its first bytes tell."""
    return next((what for mark, what in OTHER_FILES.items() if content.startswith(mark)), None)


def encoding_of(content: bytes, named: str | None, mark: Callable[[], bytes]) -> tuple[str, Misfit | None]:
    """The encoding in which a file can be read: the one that is named, or UTF-8; else another, and a misfit.

    ``mark`` gives what seems to stand between columns.
    """
    encoding = PLAIN if named is None or codecs.lookup(named).name == "utf-8" else named
    if (problem := _problem(content, encoding)) is None:
        if named is None and (wide := _wide(content)) is not None:
            return wide, _said(wide, "UTF-8")
        return encoding, None
    said = named or "UTF-8"
    if (wide := _wide(content)) is not None and wide != encoding:
        return wide, _said(wide, said)
    if encoding != PLAIN and _problem(content, PLAIN) is None:
        return PLAIN, Misfit(1, 1, f"found text in UTF-8, expected {said}: leave out `encoding`")
    start = problem.start if isinstance(problem, UnicodeDecodeError) else 0
    before = content[:start].rpartition(b"\n")
    line, column = before[0].count(b"\n") + bool(before[1]) + 1, before[2].count(mark()) + 1
    found = f"found the byte 0x{content[start]:02X}, expected text in {said}"
    if encoding == BESIDE or _problem(content, BESIDE) is not None:
        return "latin-1", Misfit(line, column, found)
    return BESIDE, Misfit(line, column, f"{found}: say `encoding: {BESIDE}`, if it is that")


def _problem(content: bytes, encoding: str) -> UnicodeError | None:
    """Why a file cannot be read in an encoding, as it is read: from its beginning on."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(content, final=True)
    except UnicodeError as error:
        return error
    return None


def _wide(content: bytes) -> str | None:
    """The encoding of several bytes a letter that a file is in, if it is in one."""
    found = next((name for mark, name in WIDE.items() if content.startswith(mark)), None)
    if found is None and b"\0" in content[:4]:  # of letters of ours, every second byte is none
        found = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    return found if found is not None and _problem(content, found) is None else None


def _said(wide: str, expected: str) -> Misfit:
    return Misfit(1, 1, f"found text in {wide.upper()}, expected {expected}: say `encoding: {wide}`")
