"""The page as text: what it says, put into the templates. Whatever a scenario says is escaped there.

Its method is told in the order of the STRESS-DES checklist: Monks, Currie, Onggo, Robinson, Kunc and Taylor (2019),
Strengthening the reporting of empirical simulation studies: introducing the STRESS guidelines, Journal of Simulation
13(1), 55-67.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from exportsim import language
from exportsim.arguments import chosen
from exportsim.lifecycle import PASSAGES, Moment
from exportsim.names import quoted, titles
from exportsim.outcomes import MONEY, OUTCOMES, Outcome, in_words, unit_words
from exportsim.report import doubt, registers
from exportsim.report.aim import aim
from exportsim.report.document import Block
from exportsim.report.measures import duration, history_sentences, measure_sentences
from exportsim.report.model_limits import consequence, limits
from exportsim.report.number_format import number, one_scale
from exportsim.scenario import explicit_text
from exportsim.scenario.checks import MAX_ORDERS
from exportsim.scenario.schema import Register
from exportsim.study.result import Result
from exportsim.study.study import Study, TableStudy
from exportsim.study.study_file import opened_study
from exportsim.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from exportsim.report.amounts import Amounts


def page(
    result: Result,
    *,
    focus: str | None = None,
    file: str | None = None,
    overrides: Sequence[str] = (),
    studies: Sequence[TableStudy | str | os.PathLike[str]] = (),
) -> str:
    """The report of a result: one HTML document that asks for nothing from anywhere and runs no script.

    ``focus`` is the policy that is looked at closely, by default the first that is not the reference. ``file`` (the
    name of the scenario's file) and ``overrides`` (as ``--set`` takes them) are for the command that makes the page
    again; by default it names ``scenario.yaml``, the explicit scenario at the end of the page. ``studies`` are
    further ones, or the files that they were written to, of which each becomes a section.
    """
    from exportsim.report.amounts import Amounts
    from exportsim.report.html.figures import figures_of_result
    from exportsim.report.html.studies import sections

    closely, amounts, further = focus_of(result, focus), Amounts(result), [opened_study(study) for study in studies]
    with one_scale(amounts.factor, amounts.word):  # one unit a report
        drawn = figures_of_result(amounts, closely or result.scenario.reference)
        said = _content(amounts, closely) | {
            "picture": drawn[0] if drawn else None,
            "figures": fragment(drawn[1:]),
            "studies": sections(further, result),
        }
    said["contents"] = _contents(figures=len(drawn) > 1, studies=bool(further))
    command = _command(result, file or "scenario.yaml", closely, overrides, studies)
    return _environment().get_template("report.html").render(said, command=command, of_file=file is not None)


def _content(amounts: Amounts, closely: str | None) -> dict[str, object]:
    """What the templates say of a result, but for what is drawn."""
    from exportsim.report.answer import answer_from
    from exportsim.report.assumptions import assumptions
    from exportsim.report.html.assurance import statement
    from exportsim.report.policy_account import account_of
    from exportsim.report.result import tables

    result, scenario = amounts.result, amounts.result.scenario
    named, assumed, account = titles(scenario, "policies"), assumptions(scenario), account_of(result, closely)
    ranges = doubt.blocks(result.doubt, (amounts.factor, amounts.word)) if result.doubt is not None else ()
    return {
        "result": result,
        "scenario": scenario,
        "origin": result.provenance,
        "titles": {policy: named[policy] for policy in result.policies},
        "facts": _facts(amounts),
        "focus": closely,
        "answer": answer_from(account),
        "account": account.table(everything=True),
        "tables": fragment([*aim(result, account.asked), *tables(amounts, alone=True), *ranges]),
        "history": history_sentences(scenario),
        "measures": {policy: measure_sentences(scenario, policy) for policy in result.policies},
        "assumptions": assumed,
        "assurance": statement(result, assumed, named),
        "omissions": limits(),
        "consequence": consequence(),
        "explicit": explicit_text(scenario),
        **_frame(scenario.title or language.text("studies.untitled")),
        **_method(result),
    }


def _contents(*, figures: bool, studies: bool) -> list[tuple[str, str]]:
    """The sections of the page: where they are and what they are called."""
    sections = {
        "answer": language.text("page.answer.title"),
        "figures": language.text("page.figures.title"),
        "policies": language.text("page.policies.title"),
        "studies": language.text("page.studies.title"),
        "omissions": language.text("page.omissions.title"),
        "method": language.text("page.method.title"),
        "assurance": language.text("page.assurance.title"),
        "assumptions": language.text("page.inputs.title"),
        "origin": language.text("page.origin.title"),
    }
    left_out = {"figures": not figures, "studies": not studies}
    return [(anchor, title) for anchor, title in sections.items() if not left_out.get(anchor)]


def _method(result: Result) -> dict[str, object]:
    """What the section on the method lists."""
    scenario = result.scenario
    return {
        "outcomes": OUTCOMES,
        "officers": [
            f"{name} {stage.stage} {stage.officers}"
            for name, authority in scenario.authorities.items()
            for stage in [*authority.review, *(authority.case_by_case.review if authority.case_by_case else [])]
            if stage.sits is None
        ],
        "slots": [f"{name} {supplier.slots}" for name, supplier in scenario.suppliers.items()],
        "traffic": [
            name
            for name, authority in scenario.authorities.items()
            if isinstance(rates := authority.traffic.applications, dict) or rates.number
        ],
        "registers": [name for name, line in scenario.demand.items() if isinstance(line.orders, Register)],
        "register_rows": fragment(
            registers.blocks(result.provenance.get("registers", []), result.provenance.get("decisions", []))
        ),
        "passages": _passages(),
        "moments": [moment.says for moment in Moment],
    }


def called(outcome: Outcome, currency: str) -> str:
    """An outcome of any scenario with its unit: ``delivered: each supplier (CAD)``."""
    each = outcome.name.partition("/")[2].lower()
    name = in_words(outcome.name, language.text(f"outcomes.each.{each}") if each else "")
    unit = currency if outcome.unit == MONEY else unit_words(outcome.unit)
    return language.text("page.method.output", name=name, unit=unit)


def _facts(amounts: Amounts) -> list[str]:
    """What was played, in a line."""
    result, period = amounts.result, amounts.result.scenario.period
    return [
        language.text("page.meta.period", start=language.day(period.start), end=language.day(period.end)),
        language.text("page.meta.policies", number=len(result.policies)),
        language.text("page.meta.futures", number=result.futures, seed=result.provenance["seed"]),
        language.text("page.meta.money", unit=amounts.unit),
    ]


def fragment(blocks: Iterable[Block]) -> Markup:
    """The blocks of any document as HTML to be put into a page."""
    from markupsafe import Markup

    return Markup(_environment().get_template("document.html").render(blocks=blocks))


def study_page(title: str, blocks: Iterable[Block]) -> str:
    """A page of HTML of the blocks of one study."""
    return _environment().get_template("study.html").render(_frame(title), blocks=list(blocks))


def _frame(title: str) -> dict[str, object]:
    """What the head of every page needs."""
    from exportsim.report.html.drawing import colours
    from exportsim.report.html.words import css_numbers

    return {
        "title": title,
        "colours": list(colours()),
        "numbered_pages": css_numbers(language.template("page.printed_page")),
        "version": __version__,
    }


def focus_of(result: Result, asked: str | None) -> str | None:
    """The policy that the page looks at closely; None where only the reference was played."""
    others = [policy for policy in result.policies if policy != result.scenario.reference]
    if asked is None:
        return others[0] if others else None
    return chosen(asked, others, "policy")


def _passages() -> dict[str, list[tuple[str, str]]]:
    """What can happen to an order in each state, and the state that it leads to."""
    passages: dict[str, list[tuple[str, str]]] = {}
    for before, fact, after in PASSAGES:
        ways = passages.setdefault(language.text("page.method.not_there") if before is None else before.says, [])
        way = (fact.says, language.text("page.method.goes_on") if after is before else after.says)
        if way not in ways:
            ways.append(way)
    return passages


def _command(
    result: Result,
    file: str,
    focus: str | None,
    overrides: Sequence[str],
    studies: Sequence[TableStudy | str | os.PathLike[str]],
) -> str:
    """What to type in a shell to have this page again; files are named without their folders."""
    origin = result.provenance
    words = ["exportsim", "report", Path(file).name, "--futures", str(origin["futures"]), "--seed", str(origin["seed"])]
    if result.doubt is not None:
        words += ["--uncertain", str(len(result.doubt.points))]
    elif result.scenario.uncertainties:
        words.append("--certain")
    if len(result.policies) < len(result.scenario.policies) or focus != focus_of(result, None):
        for policy in sorted(result.policies, key=lambda policy: policy != focus):
            words += ["--policy", policy]
    for override in overrides:
        words += ["--set", override]
    if (bound := result.scenario.origin.max_orders) != MAX_ORDERS:
        words += ["--max-orders", str(bound)]
    if result.scenario.origin.allow_outside:
        words.append("--allow-outside")
    for study in studies:
        if not isinstance(study, Study):
            words += ["--with", Path(study).name]
    if (spoken := language.in_use()) != language.STANDARD:
        words += ["--language", spoken]
    return shlex.join([*words, "--out", "report.html"])


@cache  # a page is made of several templates, and of one of them twice
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from exportsim.report.html import words
    from exportsim.report.html.downloads import csv_link

    environment = Environment(
        autoescape=True,
        loader=PackageLoader("exportsim.report.html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=words.shown,
    )
    environment.filters |= {
        "kind": lambda block: type(block).__name__,
        "css_text": words.css_text,
        "csv_link": csv_link,
        "day": language.day,
        "listed": language.listed,
        "quoted": quoted,
        "breakable": words.breakable,
        "duration": duration,
        "called": called,
        "digits": number,
        "commas": words.commas,
        "semicolons": words.semicolons,
    }
    environment.globals |= {
        "text": words.worded,
        "count": words.count,
        "link": words.link,
        "strong": words.strong,
        "marked": words.marked,
        "typed": words.typed,
        "fragment": fragment,
    }
    return environment
