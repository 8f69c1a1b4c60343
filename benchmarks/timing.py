"""How the benchmarks measure and how they print: processor time, medians, and a table with what must be reached."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

Answer = TypeVar("Answer")


class Figure(NamedTuple):
    """One row of a table: what was measured, what it came to, and the bound, if it has one."""

    what: str
    seconds: float
    value: float
    """A ratio, or whatever the heading of the table says."""
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the value keeps within its bounds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @property
    def bound(self) -> str:
        """The bounds in words."""
        words = [
            f"{word} {bound:g}"
            for word, bound in (("at least", self.least), ("at most", self.most))
            if bound is not None
        ]
        return " and ".join(words)


def timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    """Seconds of processor time that a call takes, and what it returns.

    Garbage is collected before, so that each pays for its own alone. Processor time, because others may use the
    machine.
    """
    gc.collect()
    start = time.process_time()
    answer = call()
    return time.process_time() - start, answer


def show(heading: str, figures: Sequence[Figure], said: Sequence[str] = ()) -> int:
    """Print a table and what else is to be said of it.

    Returns
    -------
    int
        The exit status: 1 if a bound is not reached.
    """
    width = max(len(figure.what) for figure in figures)
    print(f"{'':{width}}  {'seconds':>9}  {heading:>12}  must reach")
    for figure in figures:
        verdict = "" if figure.reached else ", NOT REACHED"
        print(f"{figure.what:{width}}  {figure.seconds:9.4f}  {figure.value:12.2f}  {figure.bound}{verdict}".rstrip())
    for line in said:
        print(line)
    return int(not all(figure.reached for figure in figures))
