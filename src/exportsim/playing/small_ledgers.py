"""Ledgers in little room: of the words of a row only the bits that any row of the ledger has, side by side.

So a row of four words takes some two, and unpacked it is the same, to the bit. What the words mean is no matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exportsim.jit import compiled, compiled_part, inlined_part
from exportsim.plan import Int

FROM, SHIFT, BITS, TO, AT = range(5)  # of a run of bits: its word, the lowest there, how many; its word and place then
ALL, HALF = 64, 32  # bits of a word
BATCH = 256  # rows that are packed word by word: so many stay near the processor


class SmallLedger(NamedTuple):
    """The rows of a ledger, packed, with what is needed to unpack them."""

    words: Int  # (words of a packed row, rows)
    base: Int  # (words of a row,) what is taken off each, so that none is below zero
    runs: Int  # (runs, 5)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.words.nbytes + self.base.nbytes + self.runs.nbytes


def pack(rows: Int) -> SmallLedger:
    """Pack rows, shape (rows, words)."""
    base, bits = np.zeros((2, rows.shape[1]), dtype=np.int64)
    with np.errstate(over="ignore"):  # numbers as far apart as can be run over, in the interpreter too
        look_through(rows, base, bits)
        runs, number = _runs(bits.tolist())
        words = np.zeros((number, len(rows)), dtype=np.int64)
        put_in(rows, base, runs, np.empty(BATCH, dtype=np.int64), words)
    return SmallLedger(words, base, runs)


def unpack(packed: SmallLedger, rows: Int) -> None:
    """Write the rows where there is room for them, of the same shape."""
    with np.errstate(over="ignore"):
        take_out(packed.words, packed.base, packed.runs, np.empty(BATCH, dtype=np.int64), rows)


def put_together(packed: Sequence[SmallLedger], rows: Int) -> None:
    """Unpack rows that follow each other where there is room for them."""
    first = 0
    for part in packed:
        past = first + part.words.shape[1]
        unpack(part, rows[first:past])
        first = past


def _runs(bits: list[int]) -> tuple[Int, int]:
    """The runs of bits in words that have these, each with its new place, and how many new words they take."""
    runs: list[tuple[int, int, int, int, int]] = []
    taken: list[int] = []  # bits, of each new word
    for word, present in enumerate(bits):
        shift, left = 0, present % (1 << ALL)
        while left:
            zeros = (left & -left).bit_length() - 1
            shift, left = shift + zeros, left >> zeros
            number = (~left & left + 1).bit_length() - 1
            to = next((place for place, full in enumerate(taken) if full + number <= ALL), len(taken))
            taken += [0] * (to + 1 - len(taken))
            runs.append((word, shift, number, to, taken[to]))
            taken[to] += number
            shift, left = shift + number, left >> number
    return np.array(runs, dtype=np.int64).reshape(-1, 5), len(taken)


@compiled
def look_through(rows: Int, base: Int, bits: Int) -> None:
    """Find what to take off each word, the lower half of which is zero, and which bits any word has without it."""
    for word in range(len(base)):
        least, present = rows[0, word] if len(rows) > 0 else 0, 0
        for row in range(len(rows)):
            least = min(least, rows[row, word])
        least = least >> HALF << HALF
        for row in range(len(rows)):
            present |= rows[row, word] - least
        base[word], bits[word] = least, present


@compiled
def put_in(rows: Int, base: Int, runs: Int, room: Int, words: Int) -> None:
    """Pack rows into words that are zero, ``room`` of them at a time."""
    for first in range(0, len(rows), len(room)):
        part = room[: len(rows) - first]
        for word in range(len(base)):
            for row in range(len(part)):
                part[row] = rows[first + row, word] - base[word]
            for run in range(len(runs)):
                if runs[run, FROM] == word:
                    put_run(part, runs[run], words[runs[run, TO], first : first + len(part)])


@compiled_part
def put_run(part: Int, run: Int, packed: Int) -> None:
    """Put a run of bits where it goes."""
    shift, at, mask = run[SHIFT], run[AT], mask_of(run[BITS])
    for row in range(len(part)):
        packed[row] |= ((part[row] >> shift) & mask) << at


@compiled
def take_out(words: Int, base: Int, runs: Int, room: Int, rows: Int) -> None:
    """Unpack rows, ``room`` of them at a time."""
    for first in range(0, len(rows), len(room)):
        part = room[: len(rows) - first]
        for word in range(len(base)):
            part[:] = base[word]
            for run in range(len(runs)):
                if runs[run, FROM] == word:
                    take_run(part, runs[run], words[runs[run, TO], first : first + len(part)])
            for row in range(len(part)):
                rows[first + row, word] = part[row]


@compiled_part
def take_run(part: Int, run: Int, packed: Int) -> None:
    """Add a run of bits to what it was taken from."""
    shift, at, mask = run[SHIFT], run[AT], mask_of(run[BITS])
    for row in range(len(part)):
        part[row] += ((packed[row] >> at) & mask) << shift


@inlined_part
def mask_of(bits: int) -> int:
    """So many bits."""
    return -1 if bits == ALL else (1 << bits) - 1
