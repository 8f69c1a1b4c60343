"""Ledgers in little room: the numbers of a row side by side in words, each in the bits that its column needs.

So a row of nine words takes some two, and unpacked it is the same, to the bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exportsim.jit import compiled
from exportsim.plan import Int

WORD, SHIFT, BITS, LEAST = range(4)  # of a column: its word, its lowest bit there, how many it has; its least number
ALL = 64  # bits of a word
BATCH = 64  # rows that are unpacked column by column: so many stay near the processor


class SmallLedger(NamedTuple):
    """The rows of a ledger, packed, with what is needed to unpack them."""

    words: Int  # (words of a row, rows)
    columns: Int  # (columns, 4)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.words.nbytes + self.columns.nbytes


def pack(rows: Int) -> SmallLedger:
    """Pack rows, shape (rows, columns)."""
    columns = np.zeros((rows.shape[1], 4), dtype=np.int64)
    with np.errstate(over="ignore"):  # numbers as far apart as can be run over, in the interpreter too
        words = np.zeros((lay_out(rows, columns), len(rows)), dtype=np.int64)
        put_in(np.ascontiguousarray(rows.T), columns, words)
    return SmallLedger(words, columns)


def unpack(packed: SmallLedger, rows: Int) -> None:
    """Write the rows where there is room for them, of the same shape."""
    with np.errstate(over="ignore"):
        take_out(packed.words, packed.columns, rows)


@compiled
def lay_out(rows: Int, columns: Int) -> int:
    """Find for each column where it goes, and how many words a row needs."""
    width = rows.shape[1]
    taken = np.zeros(width, dtype=np.int64)  # bits, of each word
    above, below = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for row in range(len(rows)):
        for column in range(width):  # bits that numbers have, and -1 if any is less than zero
            above[column] |= rows[row, column] ^ rows[row, column] >> 63
            below[column] |= rows[row, column] >> 63
    words = 0
    for column in range(width):
        bits = 0
        while above[column] >> bits != 0:
            bits += 1
        columns[column, LEAST] = below[column] << bits
        bits -= below[column]
        word = 0
        while taken[word] + bits > ALL:
            word += 1
        columns[column, WORD], columns[column, SHIFT], columns[column, BITS] = word, taken[word], bits
        taken[word] += bits
        if bits > 0:
            words = max(words, word + 1)
    return words


@compiled
def put_in(numbers: Int, columns: Int, words: Int) -> None:
    """Pack numbers, column after column, into words that are zero."""
    for column in range(len(columns)):
        word, shift, least = columns[column, WORD], columns[column, SHIFT], columns[column, LEAST]
        if columns[column, BITS] > 0:
            for row in range(words.shape[1]):
                words[word, row] |= (numbers[column, row] - least) << shift


@compiled
def take_out(words: Int, columns: Int, rows: Int) -> None:
    """Unpack rows."""
    for first in range(0, len(rows), BATCH):
        past = min(first + BATCH, len(rows))
        for column in range(len(columns)):
            word, shift, least = columns[column, WORD], columns[column, SHIFT], columns[column, LEAST]
            bits = columns[column, BITS]
            mask = -1 if bits == ALL else (1 << bits) - 1
            if bits == 0:
                for row in range(first, past):
                    rows[row, column] = least
            else:
                for row in range(first, past):
                    rows[row, column] = ((words[word, row] >> shift) & mask) + least
