"""What became of the cases of a log: approved, denied, withdrawn, or nothing that is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exportsim.arguments import listed
from exportsim.errors import ExportsimError
from exportsim.learning import intervals
from exportsim.learning.groups import unlike_shares
from exportsim.learning.intervals import UNLIKE, Estimate
from exportsim.learning.log import Log
from exportsim.learning.visits import Bools
from exportsim.plan import Int
from exportsim.scenario.quantities import show

#: What an outcome may be called, in small letters.
KNOWN: Mapping[str, frozenset[str]] = {
    "approved": frozenset(
        {
            "approved",
            "granted",
            "issued",
            "licensed",
            "accepted",
            "approve",
            "grant",
            "yes",
            "true",
            "1",
            "genehmigt",
            "erteilt",
            "accordé",
            "accordée",
            "favorable",
        }
    ),
    "denied": frozenset(
        {
            "denied",
            "refused",
            "rejected",
            "deny",
            "refuse",
            "reject",
            "no",
            "false",
            "0",
            "abgelehnt",
            "versagt",
            "refusé",
            "refusée",
            "défavorable",
        }
    ),
    "withdrawn": frozenset(
        {"withdrawn", "cancelled", "canceled", "stopped", "withdraw", "zurückgezogen", "retiré", "retirée"}
    ),
}


class Outcomes(NamedTuple):
    """By case."""

    recorded: Bools
    approved: Bools
    withdrawn: Bools
    said: Mapping[str, tuple[str, ...]]
    """The words that were taken for each outcome."""


def outcomes_of(log: Log, asked: Mapping[str, Sequence[str]]) -> Outcomes | None:
    """What the outcomes of the cases mean; None where none are recorded.

    ``asked`` says by outcome which words stand for it; others are known.
    """
    given_words = {name: listed(words, name) for name, words in asked.items()}
    if "outcome" not in log.words:
        if given := next((name for name, words in given_words.items() if words), None):
            raise ExportsimError(f"{given}: there is no column of outcomes; name it with `outcome=`")
        return None
    words = log.words["outcome"]
    there = set(words.number.tolist()) - {-1}
    meaning: dict[int, str] = {}
    for name, each in given_words.items():
        for word in each:
            if word not in words.words:
                raise ExportsimError(
                    f"{name}: found {show(word)}, expected one of the outcomes of the log: "
                    + ", ".join(show(words.words[number]) for number in sorted(there))
                )
            meaning[words.words.index(word)] = name
    unknown = []
    for number in sorted(there - meaning.keys()):
        plain = words.words[number].strip().lower()
        known = next((name for name, usual in KNOWN.items() if plain in usual), None)
        if known is None:
            unknown.append(show(words.words[number]))
        else:
            meaning[number] = known
    if unknown:
        others = f", and so of {', '.join(unknown[1:])}" if unknown[1:] else ""
        raise ExportsimError(
            f"{log.file}: the outcome {unknown[0]} is not known; say what it is with "
            f"`approved=`, `denied=` or `withdrawn=`{others}"
        )

    def are(name: str) -> Bools:
        return np.isin(words.number, [number for number, each in meaning.items() if each == name])

    said = {name: tuple(words.words[n] for n, each in sorted(meaning.items()) if each == name) for name in KNOWN}
    return Outcomes(words.number >= 0, are("approved"), are("withdrawn"), said)


class Approval(NamedTuple):
    """How likely applications are approved: all, or each group for itself where groups differ."""

    everywhere: Estimate
    groups: Mapping[int, Estimate]
    """By group; empty where they do not differ."""
    unlike: float
    """The chance that they differ as much if they are alike."""


def approval_of(outcomes: Outcomes, decided: Bools, group: Int, groups: int) -> Approval:
    """The approvals among what was decided; ``group`` is NONE for cases of no group of their own."""
    approved = outcomes.approved & decided
    everywhere = intervals.share(int(approved.sum()), int(decided.sum()))
    grouped = np.where(group >= 0, group, groups)
    yes, of = (np.bincount(grouped[kept], minlength=groups + 1) for kept in (approved, decided))
    unlike = unlike_shares(yes, of)
    if unlike >= UNLIKE:
        return Approval(everywhere, {}, unlike)
    rest = intervals.share(int(yes[groups]), int(of[groups])) if of[groups] else everywhere
    return Approval(
        rest,
        {int(each): intervals.share(int(yes[each]), int(of[each])) for each in np.flatnonzero(of[:groups])},
        unlike,
    )
