"""Which orders a policy leaves alone: the same facts in the same minutes as under another, in the same future.

An order's facts are told apart by a digest of 64 bits, made of all of them in their order, so that a ledger is read
once, whatever it is compared with. That two different lives have one digest is as likely as guessing it.
"""

from __future__ import annotations

from exportsim.analysis.figures import quotient
from exportsim.jit import inlined_part
from exportsim.lifecycle import MEANINGS, Fact
from exportsim.plan import Int

#: A bit for each fact whose detail counts. That of some is the number of a measure, which differs from policy to
#: policy: to the order it makes no difference which of them it was that suspended a permit.
TELLING = sum(1 << fact for fact in Fact if MEANINGS[fact].detail != "measures")

# Odd numbers that spread what is multiplied by them over 64 bits: digits of π, e, √2, √3 and the golden ratio.
PI, E, ROOT_2, ROOT_3, GOLDEN = (
    0x3243F6A8885A308D, 0x2B7E151628AED2A7, 0x16A09E667F3BCC91, 0x1BB67AE8584CAA73, 0x19E3779B97F4A7C1,
)  # fmt: skip


def shares(counted: Int) -> list[float]:
    """The share of untouched orders of each policy, over all futures; NaN where there is no order.

    Counted by :meth:`exportsim.analysis.counter.Counter.untouched`, shape (policies, futures, 2).
    """
    shares: list[float] = quotient(*counted.sum(axis=1).T).tolist()
    return shares


@inlined_part
def digest_with(digest: int, minute: int, fact: int, attempt: int, supplier: int, detail: int, cents: int) -> int:
    """A digest of an order's facts, with one more."""
    what = minute * PI + cents * E + (attempt << 8 | fact) * ROOT_2
    what += supplier * ROOT_3 + detail * (TELLING >> fact & 1) * GOLDEN
    mixed = (digest ^ what) * GOLDEN
    return mixed ^ mixed >> 29
