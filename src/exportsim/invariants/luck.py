"""Rules about what chance decides and a ledger shows: programmes and outcomes, drawn again from their addresses.

Nothing here is the engines': addresses, uniforms and chances are made anew from what the user wrote, with whole numbers
and fractions, after Salmon et al. (2011) and the table of addresses in ``docs/model.md``.
"""

from __future__ import annotations

from fractions import Fraction

from exportsim.invariants.ledger_reading import NOWHERE, Branch, LedgerReading, bounds
from exportsim.invariants.rule import Broken, Rule
from exportsim.invariants.stated import chances_of, digest, exact, stated_measures
from exportsim.lifecycle import Fact

WORD = 0xFFFFFFFF


def number_at(reading: LedgerReading, stream: str, entity: int, purpose: str, index: int = 0) -> Fraction:
    """The number in (0, 1) at an address, exactly."""
    counter = [digest(stream), entity, digest(purpose), index]
    key = [reading.seed, reading.future]
    for _ in range(10):
        one, other = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        counter = [other >> 32 ^ counter[1] ^ key[0], other & WORD, one >> 32 ^ counter[3] ^ key[1], one & WORD]
        key = [(key[0] + 0x9E3779B9) & WORD, (key[1] + 0xBB67AE85) & WORD]
    bits = (counter[0] << 32 | counter[1]) >> 12
    return Fraction(2 * bits + 1, 2**53)


def programmes_are_as_chance_or_the_register_has_it(reading: LedgerReading) -> Broken:
    """An order has the programme that its record says, or that its number draws from the line's chances."""
    for number in reading.by_fact[Fact.ORDERED]:
        _, _, line, order, _, _, programme, _ = reading.rows[number]
        recorded = reading.recorded_programmes(line)
        if recorded is not None and not order <= len(recorded):
            yield number, f"its register has {len(recorded)} records"
            continue
        expected = None if recorded is None else recorded[order - 1]
        if expected is None:
            u = number_at(reading, f"line/{reading.line_names[line]}", order, "programme")
            for name, chance in chances_of(reading.lines[line].programmes).items():
                expected = name
                u -= chance
                if u < 0:
                    break
        if reading.names.programmes[programme] != expected:
            yield number, f"its programme is {expected}"


def outcomes_are_as_chance_has_it(reading: LedgerReading) -> Broken:
    """Of a measure's outcomes that is taken which chance gives, whenever the measure acts."""
    times: dict[int, int] = {}
    luck = _luck(reading)
    for row, branch in reading.acts():
        measure = branch.measure
        if not measure.outcomes or branch.release:
            continue
        times[id(measure)] = times.get(id(measure), 0) + 1
        number = times[id(measure)]
        if measure.after is not None:
            number = _evidence_behind(reading, row, branch)
            if number < 0:
                continue  # its delay is drawn: after which of several it acts, the ledger does not say
        alternatives = [other for other in reading.branches if other.measure is measure and not other.release]
        u = number_at(reading, luck[id(measure)], number, "outcome")
        expected = alternatives[-1]
        for alternative, outcome in zip(alternatives, measure.outcomes, strict=True):
            u -= exact(outcome.chance)
            if u < 0:
                expected = alternative
                break
        if branch.number != expected.number:
            yield row, f"chance gives its outcome {alternatives.index(expected) + 1}"


def _luck(reading: LedgerReading) -> dict[int, str]:
    """The name of each measure's luck, by the measure's identity: its own, or of who lists it and its place there."""
    found = [stated.luck for stated in stated_measures(reading.scenario, reading.policy)]
    measures = dict.fromkeys(id(branch.measure) for branch in reading.branches)
    return dict(zip(measures, found, strict=True))


def _evidence_behind(reading: LedgerReading, row: int, branch: Branch) -> int:
    """The number of the incident after whose evidence a measure acts, if that is certain."""
    incident = reading.names.incidents.index(str(branch.measure.after))
    happened = [number for number in reading.by_fact[Fact.INCIDENT] if reading.rows[number][6] == incident]
    found = [
        number for number in reading.by_fact[Fact.EVIDENCE] if reading.rows[number][6] == incident and number < row
    ]
    least, most = bounds(branch.measure.delay)
    if len(found) != 1:
        found = [
            number for number in found if least == most and reading.minutes[number] + least == reading.minutes[row]
        ]
    if len(found) != 1:
        return NOWHERE
    return sum(number < found[0] for number in happened)


RULES: tuple[Rule, ...] = (programmes_are_as_chance_or_the_register_has_it, outcomes_are_as_chance_has_it)
