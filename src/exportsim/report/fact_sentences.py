"""A life in words: one plain sentence for every fact, as a licensing officer would write it. No layout here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exportsim.analysis.measures_in_force import Act
from exportsim.analysis.trace import Happening
from exportsim.lifecycle import REASONS, Fact
from exportsim.plan import APPLICATIONS, FIGURES
from exportsim.report.titles import DAY, Speaker, day, days

REGIMES = {
    "exempt": "needed no permit",
    "open": "were open",
    "case_by_case": "were decided case by case",
    "hold": "were on hold",
    "deny": "were denied",
}


def told_of(speaker: Speaker) -> list[tuple[Happening, str]]:
    """A life, a sentence for each fact but for those that another sentence tells as well."""
    told = []
    happenings = speaker.life.happenings
    for k, happening in enumerate(happenings):
        following = happenings[k + 1 :]
        if happening.fact is Fact.SLOT_OPENED:
            continue  # there are many, and what they do for the order is seen in what it gets
        if happening.fact is Fact.FINISHED and _goes_on(happening, following[:1]):
            continue
        if happening.fact is Fact.MEASURE and _is_named(speaker, happening, following):
            continue
        told.append((happening, sentence(speaker, happening)))
    return told


def sentence(speaker: Speaker, happening: Happening) -> str:
    """One fact in words."""
    return SENTENCES[happening.fact](speaker, happening)


def _goes_on(finished: Happening, following: Sequence[Happening]) -> bool:
    """Whether a part that is finished is delivered or stranded in the same breath."""
    return any(
        each.fact in (Fact.DELIVERED, Fact.STRANDED)
        and (each.minute, each.attempt, each.detail) == (finished.minute, finished.attempt, finished.detail)
        for each in following
    )


def _is_named(speaker: Speaker, measure: Happening, following: Sequence[Happening]) -> bool:
    """Whether what the order says in the same minute names the measure anyway."""
    assert measure.act is not None
    name = speaker.measure(measure.act)
    return any(
        each.own and each.act is measure.act and name in sentence(speaker, each)
        for each in following
        if each.minute == measure.minute
    )


def _after(happening: Happening, what: str) -> str:
    """``, 12 days after …``, where there was a wait of a day or more."""
    return f", {days(happening.waited)} {what}" if happening.waited >= DAY // 2 else ""


def _took(happening: Happening, what: str) -> str:
    """`` after 12 days …``, where there was a wait of a day or more."""
    return f" after {days(happening.waited)} {what}" if happening.waited >= DAY // 2 else ""


# ------------------------------------------------------------------ one sentence for each fact


def _ordered(speaker: Speaker, fact: Happening) -> str:
    programme = f", programme {speaker.names.programmes[fact.detail]}" if fact.detail > 0 else ""
    parts = speaker.life.parts
    split = f" in {parts} parts" if parts > 1 else ""
    buyer, destination = speaker.demand.buyer, speaker.demand.destination
    return f"{buyer} ({destination}) ordered {speaker.goods()} for {speaker.amount(fact.cents)}{split}{programme}."


def _sourced(speaker: Speaker, fact: Happening) -> str:
    delivered = sum(each.fact is Fact.DELIVERED and each.row < fact.row for each in speaker.life.own)
    left = speaker.life.parts - delivered
    what = f"{left} part{'s' if left > 1 else ''}, {speaker.amount(fact.cents)}"
    again = "" if fact.attempt == 1 else f"; attempt {fact.attempt}"
    waited = _after(fact, "after it could not be placed")
    return f"{speaker.supplier(fact.supplier)} was chosen ({what}{again}){waited}."


def _unserved(speaker: Speaker, fact: Happening) -> str:
    return f"No supplier could be used; the order waited ({speaker.amount(fact.cents)} open)."


def _applied(speaker: Speaker, fact: Happening) -> str:
    return f"{speaker.authority(fact.detail)} received the application."


def _stage(speaker: Speaker, fact: Happening) -> str:
    return speaker.names.stages[fact.detail].split("/")[1]


def _review_started(speaker: Speaker, fact: Happening) -> str:
    return f"An officer took it up at {_stage(speaker, fact)}{_took(fact, 'in the queue')}."


def _review_ended(speaker: Speaker, fact: Happening) -> str:
    if fact.waited < 0:
        return f"The officer at {_stage(speaker, fact)} finished, though the application was withdrawn."
    return f"The officer at {_stage(speaker, fact)} finished{_took(fact, 'of review')}."


def _referred(speaker: Speaker, fact: Happening) -> str:
    return f"Passed on to case-by-case review{_since(speaker, fact)}{_took(fact, 'at the gate')}."


def _regime(speaker: Speaker, fact: Happening) -> str:
    """How applications stood in the order's cell, and since which measure."""
    programme = f" under programme {speaker.names.programmes[speaker.life.programme]}" if speaker.life.programme else ""
    applications = f"applications to {speaker.demand.destination}{programme}"
    if fact.act is None:
        return f"{applications} were open"
    regime = REGIMES[_word(speaker, fact.act)]
    since = "" if fact.act.minute == fact.minute else f" since {day(speaker.when(fact.act.minute))}"
    return f"{applications} {regime}{since} ({speaker.measure(fact.act)})"


def _word(speaker: Speaker, act: Act) -> str:
    return APPLICATIONS[int(speaker.life.plan.policies[act.policy].applications[act.branch])]


def _since(speaker: Speaker, fact: Happening) -> str:
    return f": {_regime(speaker, fact)}" if fact.act is not None else ""


def _held(speaker: Speaker, fact: Happening) -> str:
    return f"Held at the gate{_after(fact, 'after the application')}: {_regime(speaker, fact)}."


def _approved(speaker: Speaker, fact: Happening) -> str:
    if fact.waited < 0:
        return f"The permit was there at once, without an application{_since(speaker, fact)}."
    issued = f"{speaker.authority(fact.detail)} issued the permit"
    return f"{issued}{_after(fact, 'after the application')}."


def _denied(speaker: Speaker, fact: Happening) -> str:
    denied = f"{speaker.authority(fact.detail)} denied the application{_after(fact, 'after it was received')}"
    if fact.act is not None and _word(speaker, fact.act) == "deny":
        return f"{denied}: {_regime(speaker, fact)}."
    return f"{denied}, on its merits."


def _withdrawn(speaker: Speaker, fact: Happening) -> str:
    buyer = speaker.demand.buyer
    if REASONS[fact.detail] == "suspension":
        return f"{buyer} gave up{_after(fact, 'after the suspension')} ({speaker.amount(fact.cents)} open)."
    return f"{buyer} withdrew the application{_after(fact, 'after it was made')} ({speaker.amount(fact.cents)} open)."


def _suspended(speaker: Speaker, fact: Happening) -> str:
    assert fact.act is not None
    undelivered = f"({speaker.amount(fact.cents)} undelivered)"
    if fact.act.minute == fact.minute:
        return f"The permit was suspended by {speaker.measure(fact.act)} {undelivered}."
    since = day(speaker.when(fact.act.minute))
    return f"The permit was suspended at once: all were since {since} ({speaker.measure(fact.act)}) {undelivered}."


def _reinstated(speaker: Speaker, fact: Happening) -> str:
    assert fact.act is not None
    waited = _after(fact, "after its suspension")
    return f"The permit was in force again by {speaker.measure(fact.act)}{waited}."


def _cancelled(speaker: Speaker, fact: Happening) -> str:
    assert fact.act is not None
    return f"The permit was cancelled by {speaker.measure(fact.act)} ({speaker.amount(fact.cents)} undelivered)."


def _expired(speaker: Speaker, fact: Happening) -> str:
    return f"The permit expired{_after(fact, 'after its issue')} ({speaker.amount(fact.cents)} undelivered)."


def _finished(speaker: Speaker, fact: Happening) -> str:
    return f"{speaker.part(fact.detail)} was finished by {speaker.supplier(fact.supplier)} and waited."


def _delivered(speaker: Speaker, fact: Happening) -> str:
    finished = "finished and " if not fact.waited else ""
    waited = _after(fact, "after it was finished")
    return f"{speaker.part(fact.detail)} was {finished}delivered{waited} ({speaker.amount(fact.cents)})."


def _stranded(speaker: Speaker, fact: Happening) -> str:
    return f"{speaker.part(fact.detail)}, finished, could not be delivered any more ({speaker.amount(fact.cents)})."


def _lost(speaker: Speaker, fact: Happening) -> str:
    if REASONS[fact.detail] == "unserved":
        return f"{speaker.amount(fact.cents)} was lost: {speaker.demand.buyer} found no supplier and gave up" + (
            f"{_after(fact, 'after it could not be placed')}."
        )
    return f"{speaker.amount(fact.cents)} was lost: no supplier was left."


def _measure(speaker: Speaker, fact: Happening) -> str:
    assert fact.act is not None
    figure = f" at {_figure(speaker, fact.act)}" if fact.act.figure >= 0 else ""
    name = speaker.names.measures[fact.act.policy][fact.act.branch]
    return f"Measure '{name}'{figure}: {speaker.does(fact.act)}."


def _figure(speaker: Speaker, act: Act) -> str:
    figure = FIGURES[int(speaker.life.plan.policies[act.policy].figure[act.measure])]
    said = speaker.amount(act.figure) if figure == "delivered" else f"{act.figure:,}"
    return f"{said} {figure.replace('_', ' ')}"


def _incident(speaker: Speaker, fact: Happening) -> str:
    return f"Incident: {speaker.incident(fact.detail)}."


def _evidence(speaker: Speaker, fact: Happening) -> str:
    found = f"Evidence of diversion was found: {speaker.incident(fact.detail)}"
    return f"{found} ({speaker.amount(fact.cents)} delivered before)."


def _qualified(speaker: Speaker, fact: Happening) -> str:
    return f"{speaker.supplier(fact.supplier)} qualified: it can be chosen from now on."


def _slot_opened(speaker: Speaker, fact: Happening) -> str:
    return f"{speaker.supplier(fact.supplier)} opened its production slot {fact.detail}."


SENTENCES: dict[Fact, Callable[[Speaker, Happening], str]] = {
    Fact.ORDERED: _ordered,
    Fact.SOURCED: _sourced,
    Fact.UNSERVED: _unserved,
    Fact.APPLIED: _applied,
    Fact.REVIEW_STARTED: _review_started,
    Fact.REVIEW_ENDED: _review_ended,
    Fact.REFERRED: _referred,
    Fact.HELD: _held,
    Fact.APPROVED: _approved,
    Fact.DENIED: _denied,
    Fact.WITHDRAWN: _withdrawn,
    Fact.SUSPENDED: _suspended,
    Fact.REINSTATED: _reinstated,
    Fact.CANCELLED: _cancelled,
    Fact.EXPIRED: _expired,
    Fact.FINISHED: _finished,
    Fact.DELIVERED: _delivered,
    Fact.STRANDED: _stranded,
    Fact.LOST: _lost,
    Fact.MEASURE: _measure,
    Fact.INCIDENT: _incident,
    Fact.EVIDENCE: _evidence,
    Fact.QUALIFIED: _qualified,
    Fact.SLOT_OPENED: _slot_opened,
}
