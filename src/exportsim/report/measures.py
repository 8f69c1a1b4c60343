"""What the measures of a policy do, in words: a sentence for each, with the titles of all that it names.

What a measure's exceptions leave nothing of, or only some of the names that it lists, is said as what remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from exportsim import language
from exportsim.language import text
from exportsim.names import title_of, words
from exportsim.report.number_format import digits, money, number
from exportsim.scenario.distributions import (
    Empirical,
    Kind,
    Lognormal,
    Triangular,
    Uniform,
    mean,
    uses_business_days,
)
from exportsim.scenario.measures import TERMS
from exportsim.scenario.policies import authorities_reached, measures_listed, resolved_measures
from exportsim.scenario.quantities import MINUTES, Duration
from exportsim.scenario.schema import Act, Authority, Measure, Scenario, When

NONE = "none"  # the programme of orders that have none
MOST_LISTED = 4  # delays of which each is told
AXES = ("authorities", "goods", "destinations", "programmes")

Reach = dict[str, list[str] | None]  # by axis: names, or all of them


def measure_sentences(scenario: Scenario, policy: str) -> list[str]:
    """What each measure of a policy does, in words: those with a date by their dates, then the others.

    Those of the policies that it extends are among them, with what they leave alone under this one; those of the
    history are not, which all policies have in common (:func:`history_sentences`).

    Parameters
    ----------
    scenario : Scenario
    policy : str

    Returns
    -------
    list of str
        A sentence a measure, such as ``From 16 April 2020, applications for Türkiye are decided case by case.`` Empty
        if the policy has no measures.
    """
    listed = zip(measures_listed(scenario, policy), resolved_measures(scenario, policy), strict=True)
    measures = in_order(measure for (lister, _, _), measure in listed if lister is not None)
    return [measure_sentence(scenario, measure) for measure in measures]


def history_sentences(scenario: Scenario) -> list[str]:
    """What each measure of the history does, in words, by their dates."""
    return [measure_sentence(scenario, measure) for measure in in_order(scenario.history)]


def in_order(measures: Iterable[Measure]) -> list[Measure]:
    """Measures with a date by their dates, then the others."""
    return sorted(measures, key=lambda measure: measure.on or date.max)


def measure_sentence(scenario: Scenario, measure: Measure) -> str:
    """What a measure does and when."""
    does = done(scenario, measure)
    if measure.on is not None:
        day = language.day(measure.on)
        lasts = not measure.cancel and not measure.outcomes
        sentence = text("measures.from_day" if lasts else "measures.on_day", date=day, does=does)
        if measure.announced is None:
            return sentence
        return text("measures.announced", sentence=sentence, date=language.day(measure.announced))
    if measure.when is not None:
        return _at_a_threshold(scenario, measure, measure.when, does)
    assert measure.after is not None
    return _after(measure, title_of(scenario, "incidents", measure.after), does)


def done(scenario: Scenario, measure: Measure, act: Act | None = None) -> str:
    """What a measure does, or one of the acts that it may come to, as a clause."""
    if act is None and measure.outcomes:
        return text("lists.semicolon").join(
            text(
                "measures.chance",
                chance=digits(100 * outcome.chance),
                does=done(scenario, measure, outcome),
            )
            for outcome in measure.outcomes
        )
    return language.listed(_clauses(scenario, measure, act or measure) or [text("measures.nothing")])


def duration(written: Duration) -> str:
    """A duration as it was written: ``4 months``."""
    return span(written.number, written.unit)


def span(amount: Decimal, unit: str) -> str:
    """So many of a unit of time."""
    return text(f"durations.{unit}", number=amount, amount=digits(float(amount)))


def _about(minutes: float, *, working: bool) -> str:
    """A duration to the nearest whole unit: days, if it is one or more."""
    unit = next((unit for unit in ("d", "h") if minutes >= MINUTES[unit]), "min")
    return span(Decimal(round(minutes / float(MINUTES[unit]))), "bd" if working and unit == "d" else unit)


def _after(measure: Measure, incident: str, does: str) -> str:
    delay = measure.delay
    match delay:
        case Duration():
            if not delay.minutes:
                return text("measures.after", incident=incident, does=does)
            return text("measures.after_delay", delay=duration(delay), incident=incident, does=does)
        case Uniform():
            low, high = map(duration, delay.uniform)
            return text("measures.after_between", low=low, high=high, incident=incident, does=does)
        case Triangular():
            low, mode, high = map(duration, delay.triangular)
            return text("measures.after_likely", low=low, mode=mode, high=high, incident=incident, does=does)
        case Lognormal(lognormal=said) if said.median is not None and said.p90 is not None:
            median, p90 = duration(said.median), duration(said.p90)
            return text("measures.after_median", median=median, p90=p90, incident=incident, does=does)
        case Empirical(empirical=list(delays)) if len(delays) <= MOST_LISTED:
            listed = language.listed(list(map(duration, delays)))
            return text("measures.after_one_of", delays=listed, incident=incident, does=does)
    assert isinstance(delay, Kind)
    about = _about(mean(delay), working=uses_business_days(delay))
    return text("measures.after_about", delay=about, incident=incident, does=does)


def _at_a_threshold(scenario: Scenario, measure: Measure, when: When, does: str) -> str:
    scope, figure, limits = _scope(scenario, measure), when.figure, when.limits
    over, under = limits.above.cents // 100, limits.below.cents // 100
    limit = number(over, 0)
    below = text("measures.below.fewer", number=under, limit=number(under, 0))
    window = ""
    if when.window is not None:
        limit, window = money(limits.above.cents, scenario.currency), duration(when.window)
        below = text("measures.below.less", limit=money(limits.below.cents, scenario.currency))
    if scope:
        above = text(f"measures.above_of_some.{figure}", number=over, limit=limit, window=window, scope=scope)
    else:
        above = text(f"measures.above_of_all.{figure}", number=over, limit=limit, window=window)
    every = duration(when.every)
    if not limits.below.cents:  # no figure is below it
        return text("measures.when_once", every=every, above=above, does=does)
    if measure.then is None:
        return text("measures.when_again", every=every, above=above, below=below, does=does)
    then = done(scenario, measure, measure.then)
    return text("measures.when_then", every=every, above=above, below=below, does=does, then=then)


def _clauses(scenario: Scenario, measure: Measure, act: Act) -> list[str]:
    """What an act does, a clause for each thing."""
    scope, clauses = _scope(scenario, measure), list[str]()
    if scope is not None:
        said = {thing: "" for thing in (act.applications, act.permits, act.cancel and f"cancel_{act.cancel}") if thing}
        if act.backlog is not None:
            said[f"backlog_{act.backlog}"] = ""
        said |= _terms(act)
        for thing, but in (("deny", "approval_set"), ("exempt", "take_up_set")):
            if thing in said and but in said:  # in one clause
                said = {f"{one}_most" if one == thing else one: value for one, value in said.items()}
                said[f"{thing}_most"] = said.pop(but)
        said.pop("take_up_standard", None)
        reach = "some" if scope else "all"
        clauses = [text(f"measures.{reach}.{thing}", scope=scope, value=value) for thing, value in said.items()]
        by_stage = act.work if isinstance(act.work, dict) else {"": act.work}
        for stage, factor in by_stage.items():
            if factor is not None:
                kind = ("work_at" if stage else "work") + ("_standard" if isinstance(factor, str) else "_set")
                value = "" if isinstance(factor, str) else digits(factor)
                clauses.append(text(f"measures.{reach}.{kind}", scope=scope, stage=words(stage), value=value))
    for stage, officers in act.officers.items():
        offices = authorities_reached(scenario.authorities, measure, measure.except_)
        titles = [
            title_of(scenario, "authorities", name) for name in offices if _has(scenario.authorities[name], stage)
        ]
        if not titles:
            continue
        said = {"stage": words(stage), "authorities": language.listed(titles)}
        if not officers:
            clauses.append(text("measures.officers.none", **said))
        elif len(titles) == 1:
            clauses.append(text("measures.officers.one_office", number=officers, officers=number(officers, 0), **said))
        else:
            clauses.append(text("measures.officers.each_office", number=officers, officers=number(officers, 0), **said))
    return clauses


def _terms(act: Act) -> dict[str, str]:
    """What an act sets of decisions and permits: the end of the entry that says it, and the amount in it."""
    said: dict[str, str] = {}
    for key in TERMS:
        value = getattr(act, key)
        if isinstance(value, str):
            said[f"{key}_{value}"] = ""
        elif value is not None:
            said[f"{key}_set"] = duration(value) if isinstance(value, Duration) else digits(100 * value)
    return said


def _has(authority: Authority, stage: str) -> bool:
    case_by_case = authority.case_by_case.review if authority.case_by_case else []
    return any(known.stage == stage and known.sits is None for known in (*authority.review, *case_by_case))


def _scope(scenario: Scenario, measure: Measure) -> str | None:
    """What a measure reaches, after its noun; nothing if it is all, None if its exceptions leave none of it."""
    reach: Reach = {axis: getattr(measure, axis) for axis in AXES}
    left_over: list[Reach] = []
    for exception in measure.except_:
        spared: Reach = {axis: getattr(exception, axis) for axis in AXES}
        if any(_apart(reach[axis], spared[axis]) for axis in AXES):
            continue
        narrower = [axis for axis in AXES if not _within(reach[axis], spared[axis])]
        if not narrower:
            return None
        named = reach[narrower[0]]
        if len(narrower) == 1 and named is not None:
            reach[narrower[0]] = [name for name in named if name not in (spared[narrower[0]] or [])]
        elif (kept := {axis: spared[axis] if axis in narrower else None for axis in AXES}) not in left_over:
            left_over.append(kept)
    scope = _adverbial(scenario, reach)
    if not left_over:
        return scope
    exceptions = text("measures.scope.and_except").join(_adverbial(scenario, spared) for spared in left_over)
    if scope:
        return text("measures.scope.except_some", scope=scope, exceptions=exceptions)
    return text("measures.scope.except_all", exceptions=exceptions)


def _apart(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    """Whether two lists of an axis have nothing in common; no list is all of it."""
    return one is not None and other is not None and not set(one) & set(other)


def _within(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    return other is None or (one is not None and set(one) <= set(other))


def _adverbial(scenario: Scenario, reach: Reach) -> str:
    """What is reached, in words; nothing if all."""
    axes = [axis for axis in AXES if reach[axis] is not None]
    if not axes:
        return ""
    key = "".join(axis[0] for axis in axes)
    said = {axis: _named(scenario, axis, reach[axis] or []) for axis in axes}
    return text(f"measures.scope.{key}", **said)


def _named(scenario: Scenario, axis: str, names: list[str]) -> str:
    if axis == "programmes":
        return _programmes(names)
    if axis == "destinations":
        return language.listed(list(map(language.country, names)))
    return language.listed([title_of(scenario, axis, name) for name in names])


def _programmes(names: list[str]) -> str:
    own = [words(name) for name in names if name != NONE]
    if not own:
        return text("measures.programmes.without")
    if len(own) < len(names):
        return text("measures.programmes.named_or_without", number=len(own), programmes=language.listed(own))
    return text("measures.programmes.named", number=len(own), programmes=language.listed(own))
