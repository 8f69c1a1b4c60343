"""A counter of plays: the compiled pass with what it needs of a plan, and room to work in that grows as it must."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exportsim.analysis.counting_tables import Groups, terms
from exportsim.analysis.figures import FIGURES, parts_of
from exportsim.analysis.ledger_rows import ALIEN, Plays, Stretch
from exportsim.analysis.tally import (
    DECIDED,
    DIGEST,
    LAST,
    NOT,
    NOTED,
    NOTES,
    NUMBERS,
    OTHERS_DECIDED,
    WIDTH,
    count_on,
    end_count,
    highest_numbers,
    post,
)
from exportsim.errors import ExportsimError
from exportsim.packed_rows import OF_ANOTHER
from exportsim.plan import Int, Plan

NOWHERE = np.empty(0, dtype=np.int64)
PIECE = 1 << 16  # rows that are counted at once: what is chosen and noted of them takes a few MB, whatever the ledger


class Journal:
    """What is to be added to a table."""

    def __init__(self) -> None:
        self.words = np.empty(0, dtype=np.int64)
        self.noted = 0

    def room(self, words: int) -> Int:
        """Where so many words, or more, can be added."""
        if len(self.words) < self.noted + words:
            more = min(self.noted + words, 1 << 20)  # so that it need not be made longer each time
            longer = np.empty(
                self.noted + words + more, dtype=np.int64
            )  # of which few are written: the rest costs nothing
            longer[: self.noted] = self.words[: self.noted]
            self.words = longer
        return self.words[self.noted :]

    def post(self, table: Int) -> None:
        """Add to a table what has been noted."""
        post(table, self.words, self.noted)
        self.noted = 0


BLANK = np.full(WIDTH, NOT)  # what is known of an order at first
BLANK[[DIGEST, LAST]] = 0


class Count:
    """How far a play has been counted, and what it comes to. Its room is used again for the next one."""

    def __init__(self) -> None:
        self.orders = self.others = self.times = self.other_times = self.places = NOWHERE
        self.numbers = np.zeros(NUMBERS, dtype=np.int64)

    def make_room(self, orders: int, others: int, rows: int) -> None:
        """Make room for so many orders, other applications and rows."""
        self.orders = longer(self.orders, WIDTH * orders)
        self.others = longer(self.others, others)
        self.times, self.other_times = longer(self.times, 2 * rows), longer(self.other_times, rows)

    def begin(self, orders: int, others: int, sums: Int, figures: Int, journal: Int) -> None:
        """Begin with nothing; figures, their sums by group and notes will be written to what is given."""
        self.sums, self.figures, self.journal = sums, figures, journal
        self.known = orders, others

    def clear(self) -> None:
        """Make it a count of nothing."""
        orders, others = self.known
        self.orders[: WIDTH * orders].reshape(-1, WIDTH)[:] = BLANK
        self.others[:others] = NOT
        self.numbers[:] = self.figures[:] = 0
        self.sums[:] = 0

    def taken(self, places: Int) -> Count:
        """A copy of its own, no larger than it must be, for plays whose orders have the same places."""
        copy, (orders, others) = Count(), self.known
        decided, others_decided, noted = self.numbers[[DECIDED, OTHERS_DECIDED, NOTED]].tolist()
        copy.known, copy.places = self.known, places.copy()
        copy.orders, copy.others = self.orders[: WIDTH * orders].copy(), self.others[:others].copy()
        elapsed = len(self.times) // 2
        copy.times = np.append(self.times[:decided], self.times[elapsed : elapsed + decided])
        copy.other_times, copy.journal = self.other_times[:others_decided].copy(), self.journal[:noted].copy()
        copy.numbers, copy.figures, copy.sums = self.numbers.copy(), self.figures.copy(), self.sums.copy()
        return copy

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(part.nbytes for part in vars(self).values() if isinstance(part, np.ndarray))

    def go_on_from(self, other: Count) -> None:
        """Make it a count of what another has counted so far."""
        orders, others = self.known
        decided, others_decided, noted = other.numbers[[DECIDED, OTHERS_DECIDED, NOTED]].tolist()
        self.orders[: WIDTH * orders] = other.orders[: WIDTH * orders]
        self.others[:others] = other.others[:others]
        for first, given in ((0, 0), (len(self.times) // 2, len(other.times) // 2)):
            self.times[first : first + decided] = other.times[given : given + decided]
        self.other_times[:others_decided] = other.other_times[:others_decided]
        self.journal[:noted] = other.journal[:noted]
        self.numbers[:], self.figures[:], self.sums[:] = other.numbers, other.figures, other.sums


def longer(words: Int, needed: int) -> Int:
    """Words, or twice as many as are needed if they are too few."""
    return words if len(words) >= needed else np.empty(2 * needed, dtype=np.int64)


def heirs_of(stretches: Sequence[Stretch]) -> list[list[int]]:
    """By stretch the plays of whose ledgers it is a part."""
    heirs: list[list[int]] = [[] for _ in stretches]
    latest: dict[int, list[int]] = {-1: []}  # by play, the stretches of which its ledger is made so far
    for number, (play, other, _, _) in enumerate(stretches):
        latest[play] = [*latest[other], number]
    for play, made_of in latest.items():
        for number in made_of:
            heirs[number].append(play)
    return heirs


class Counter:
    """Counts plays of a plan, future after future; a thread has its own. Its terms are those of the tables' series."""

    def __init__(self, plan: Plan, groups: Groups | None = None) -> None:
        self.terms = terms(plan, groups)
        self._figures = parts_of(plan)[-1].stop
        self._lines = len(plan.names.lines)
        self._places = np.zeros(self._lines + len(plan.names.authorities) + 1, dtype=np.int64)
        self._counts: list[Count] = []
        self._chosen, self._orders = np.empty(PIECE + 1, dtype=np.int64), 0
        self._notes = np.empty(NOTES * PIECE, dtype=np.int64)  # of a piece
        self.copied: Count | None = None  # how far the plays counted last had come where one may be gone on with

    def figures(self, *plays: int) -> Int:
        """Room for the figures of one play, or of an array of plays."""
        return np.zeros((*plays, self._figures), dtype=np.int64)

    def count(self, rows: Int, figures: Int, sums: Int | None = None, journal: Journal | None = None) -> None:
        """Write the figures of a single play, as :meth:`count_plays` does those of several."""
        journals = [] if journal is None else [journal]
        self.count_plays(Plays([rows]), figures[np.newaxis], None if sums is None else sums[np.newaxis], journals)

    def count_plays(
        self,
        plays: Plays,
        figures: Int,
        sums: Int | None = None,
        journals: Sequence[Journal] = (),
        begun: Count | None = None,
        tables: Sequence[Int] = (),
    ) -> None:
        """Write the figures of a future's plays, shape (plays, figures), and note their series in journals, or add them
        to tables, if either are given.

        Those of groups are written to ``sums``, shape (plays, groups, FIGURES); without it, those of a play as a whole
        are the first of ``figures``. What plays have in common is counted once. ``begun`` is what the one that was gone
        on with came to by then.
        """
        if begun is not None and len(plays) == 1:
            self._places[:] = begun.places
        else:
            self._lay_out(plays)
        gone_on_with = -1 if begun is None or plays.begun is None else plays.begun.play
        self._orders, self.copied = int(self._places[self._lines]), None
        places, orders = self._places, self._orders
        others = int(places[-1]) - orders
        self._counts += [Count() for _ in plays[len(self._counts) :]]
        for play, rows in enumerate(plays):
            count = self._counts[play]
            count.make_room(orders, others, len(rows))
            of_groups = figures[play, np.newaxis, : len(FIGURES)] if sums is None else sums[play]
            noted = journals[play].room(NOTES * len(rows)) if journals else self._notes if tables else NOWHERE
            count.begin(orders, others, of_groups, figures[play], noted)
        heirs = heirs_of(plays.stretches) if tables else []
        last = {stretch.play: number for number, stretch in enumerate(plays.stretches)}
        with np.errstate(over="ignore"):  # a digest runs over, in the interpreter too
            for number, (play, other, first, past) in enumerate(plays.stretches):
                count = self._counts[play]
                if other < 0 and play == gone_on_with and begun is not None:
                    count.go_on_from(begun)
                    first = past
                elif other < 0:
                    count.clear()
                elif other != play:
                    count.go_on_from(self._counts[other])
                if first < past:
                    own = [tables[heir] for heir in heirs[number]] if tables else []
                    self._count_on(plays[play], first, past, count, own)
                if self.copied is None and plays.copied is not None and plays.copied[:2] == (play, past):
                    self.copied = count.taken(places)
                if last[play] == number:
                    end_count(
                        self.terms, places, count.orders, count.times, count.other_times, count.numbers, count.sums,
                        count.figures,
                    )  # fmt: skip
        for count, journal in zip(self._counts, journals, strict=False):
            journal.noted += int(count.numbers[NOTED])

    def _count_on(self, rows: Int, first: int, past: int, count: Count, tables: Sequence[Int]) -> None:
        """Count some rows of a ledger, and add what they note to tables, if there are any."""
        for begins in range(first, past, PIECE):
            done = count_on(
                rows, begins, min(begins + PIECE, past), self.terms, self._places, self._chosen, count.orders,
                count.others, count.times, count.other_times, count.numbers, count.sums, count.figures, count.journal,
            )  # fmt: skip
            if done == ALIEN:
                raise ExportsimError(OF_ANOTHER)
            for table in tables:
                post(table, count.journal, int(count.numbers[NOTED]))
            if tables:
                count.numbers[NOTED] = 0

    def lives(self, play: int) -> Int:
        """Of each order of a play counted last: the digest of its facts and the minute of the last, which tell whether
        it is the same in another play; shape (orders, 2).
        """
        return self._counts[play].orders[: WIDTH * self._orders].reshape(-1, WIDTH)[:, [DIGEST, LAST]]

    def untouched(self, standard: Int, plays: int) -> list[tuple[int, int]]:
        """Of the plays counted last: how many orders have the same facts as by the standard, which are another play's
        lives, of those with a fact in the period; and how many these are.
        """
        found = []
        for own in map(self.lives, range(plays)):
            counts = (standard[:, 1] >= 0) | (own[:, 1] >= 0)
            same = counts & (standard[:, 0] == own[:, 0])
            found.append((int(same.sum()), int(counts.sum())))
        return found

    def _lay_out(self, plays: Plays) -> None:
        """Find where what is known of orders and other applications begins, by line and by authority."""
        self._places[:] = 0
        for play, other, _, _ in plays.stretches:
            if other < 0:
                highest_numbers(plays[play], self._places[1:], self._lines)
        np.cumsum(self._places, out=self._places)
