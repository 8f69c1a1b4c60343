"""The assurance statement: what a modeller answers for, as far as exportsim knows it.

Its heads are those of the AQuA Book (HM Treasury, 2015, Producing quality analysis for government). What it says of the
model comes from the project's own records, ``report/records.json``, which ``docs/records.py`` makes of the pages on
verification and validation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from exportsim.language import day, listed, text
from exportsim.names import quoted
from exportsim.report.assumptions import Assumptions
from exportsim.report.html.words import link, strong, worded
from exportsim.report.number_format import digits
from exportsim.study.expectations import FAILED, HELD, UNDECIDED, check_expectations
from exportsim.study.result import Result

Heads = list[tuple[Markup, list[Markup]]]


def statement(result: Result, assumed: Assumptions, titles: dict[str, str]) -> Heads:
    """Each head with its sentences."""
    return [
        (worded("page.assurance.purpose"), list(_purpose(result, titles))),
        (worded("page.assurance.verification"), list(_verification())),
        (worded("page.assurance.validation"), list(_validation(result))),
        (worded("page.assurance.uncertainty"), list(_uncertainty(result, assumed))),
        (worded("page.assurance.limits"), list(_limits(result))),
    ]


@cache
def records() -> dict[str, Any]:
    """What the project's records come to."""
    written = resources.files("exportsim.report").joinpath("records.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(written)
    return found


def _purpose(result: Result, titles: dict[str, str]) -> Iterator[Markup]:
    scenario = result.scenario
    facts = {
        "title": strong(scenario.title or text("studies.untitled")),
        "start": day(scenario.period.start),
        "end": day(scenario.period.end),
        "reference": quoted(titles[scenario.reference]),
    }
    others = [quoted(titles[policy]) for policy in result.policies if policy != scenario.reference]
    if others:
        yield worded("page.assurance.purpose_scenario", policies=listed(others), **facts)
    else:
        yield worded("page.assurance.purpose_alone", **facts)
    yield worded("page.assurance.purpose_model")


def _verification() -> Iterator[Markup]:
    record = records()["verification"]
    facts = {name: record[name] for name in ("kept", "compared", "laws", "version")}
    facts["level"] = digits(float(record["level"]))
    yield worded("page.assurance.laws", date=day(date.fromisoformat(record["date"])), **facts)
    yield worded("page.assurance.planted", errors=record["planted"], refused=record["refused"])
    yield worded("page.assurance.engines")
    yield worded("page.assurance.again", link=link("#origin", worded("page.assurance.provenance_link")))


def _validation(result: Result) -> Iterator[Markup]:
    episodes = records()["validation"]
    yield worded("page.assurance.episodes", number=len(episodes))
    for episode in episodes:
        yield worded("page.assurance.episode", **episode)
    yield worded("page.assurance.episodes_caution")
    yield _expected(result)


def _expected(result: Result) -> Markup:
    """Whether what the scenario expects holds in these futures."""
    scenario, origin = result.scenario, result.provenance
    if not scenario.expect:
        return worded("page.assurance.expected_nothing")
    if result.interrupted or result.rules:  # a measure written in Python is no part of the scenario
        return worded("page.assurance.expected_unknown")
    found = check_expectations(
        scenario, plays=0, futures=result.futures, seed=origin["seed"], engine=origin["engine"]
    ).findings
    verdicts = [finding.verdict for finding in found]
    return worded(
        "page.assurance.expected",
        number=len(found),
        futures=result.futures,
        held=verdicts.count(HELD),
        failed=verdicts.count(FAILED),
        undecided=verdicts.count(UNDECIDED),
    )


def _uncertainty(result: Result, assumed: Assumptions) -> Iterator[Markup]:
    counts, uncertain = assumed.counts, len(result.scenario.uncertainties)
    yield worded("page.assurance.chance", number=result.futures)
    yield worded(
        "page.assurance.inputs",
        source=counts["source"] + counts["both"],
        judgement=counts["judgement"],
        nothing=counts["nothing"],
        all=counts.total(),
    )
    if result.doubt is not None:
        yield worded("page.assurance.inputs_varied", uncertain=uncertain, points=len(result.doubt.points))
    elif uncertain:
        yield worded("page.assurance.inputs_stated", uncertain=uncertain)
    else:
        yield worded("page.assurance.inputs_certain")
    yield worded("page.assurance.structure")


def _limits(result: Result) -> Iterator[Markup]:
    to = link("#omissions", worded("page.assurance.limits_link"))
    yield worded("page.assurance.limits_text", link=to)
    if result.warnings:
        yield worded("page.assurance.limits_noticed", number=len(result.warnings))
    else:
        yield worded("page.assurance.limits_none")
