"""A counter of plays: the compiled pass with what it needs of a plan, and room to work in that grows as it must."""

from __future__ import annotations

import numpy as np

from exportsim.analysis.counting_tables import Groups, terms
from exportsim.analysis.figures import FIGURES, parts_of
from exportsim.analysis.ledger_rows import ALIEN
from exportsim.analysis.tally import NOTES, post, tally
from exportsim.errors import ExportsimError
from exportsim.packed_rows import OF_ANOTHER
from exportsim.plan import Int, Plan


class Journal:
    """What is to be added to a table."""

    def __init__(self) -> None:
        self.words = np.empty(0, dtype=np.int64)
        self.noted = 0

    def room(self, words: int) -> Int:
        """Where so many words, or more, can be added."""
        if len(self.words) < self.noted + words:
            more = min(self.noted + words, 1 << 20)  # so that it need not be made longer each time
            self.words = np.append(self.words[: self.noted], np.empty(words + more, dtype=np.int64))
        return self.words[self.noted :]

    def clear(self) -> None:
        """Forget what has been noted."""
        self.noted = 0

    def post(self, table: Int) -> None:
        """Add to a table what has been noted."""
        post(table, self.words, self.noted)
        self.noted = 0

    def post_if_long(self, table: Int) -> None:
        """The same once half of the room is taken."""
        if 2 * self.noted > len(self.words):
            self.post(table)


class Counter:
    """Counts plays of a plan, one after the other; a thread has its own. Its terms are those of the tables' series."""

    def __init__(self, plan: Plan, groups: Groups | None = None) -> None:
        self.terms = terms(plan, groups)
        self._figures = parts_of(plan)[-1].stop
        self._room = np.empty(1 << 12, dtype=np.int64)

    def figures(self, *plays: int) -> Int:
        """Room for the figures of one play, or of an array of plays."""
        return np.zeros((*plays, self._figures), dtype=np.int64)

    def count(self, rows: Int, journal: Journal, figures: Int, sums: Int | None = None) -> None:
        """Write a play's figures, and note its series in a journal.

        Those of groups are written to ``sums``, shape (groups, FIGURES); without it, those of the play as a whole are
        the first of ``figures``, shape (figures,).
        """
        room = journal.room(NOTES * len(rows))
        if sums is None:
            sums = figures[: len(FIGURES)].reshape(1, -1)
        while (noted := tally(rows, self.terms, sums, figures, room, self._room)) < 0:
            if noted == ALIEN:
                raise ExportsimError(OF_ANOTHER)
            self._room = np.empty(-2 * noted, dtype=np.int64)
        journal.noted += noted
