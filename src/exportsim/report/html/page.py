"""The page as text: what it says, put into the templates. Whatever a scenario says is escaped there.

Its method is told in the order of the STRESS-DES checklist: Monks, Currie, Onggo, Robinson, Kunc and Taylor (2019),
Strengthening the reporting of empirical simulation studies: introducing the STRESS guidelines, Journal of Simulation
13(1), 55-67.
"""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from exportsim.arguments import chosen, required
from exportsim.lifecycle import MEANINGS, MOMENTS, PASSAGES
from exportsim.outcomes import OUTCOMES
from exportsim.report.document import UNTITLED, Block, Figure
from exportsim.report.model_limits import CONSEQUENCE, OMISSIONS
from exportsim.report.number_format import visible
from exportsim.scenario import explicit_text
from exportsim.scenario.checks import MAX_ORDERS
from exportsim.scenario.schema import Register
from exportsim.scenario.workload import calendar
from exportsim.study.result import Result
from exportsim.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from exportsim.report.amounts import Amounts


def needed() -> None:
    """Say what to do where something is missing that the report needs."""
    for module, name in (("jinja2", "Jinja2"), ("matplotlib", "matplotlib")):
        with required(name, "a report needs", "report"):
            __import__(module)


def page(result: Result, *, focus: str | None = None, file: str | None = None, overrides: Sequence[str] = ()) -> str:
    """The report of a result: one HTML document that asks for nothing from anywhere and runs no script.

    ``focus`` is the policy that is looked at closely, by default the first that is not the reference. ``file`` (the
    name of the scenario's file) and ``overrides`` (as ``--set`` takes them) are for the command that makes the page
    again; by default it names ``scenario.yaml``, the explicit scenario at the end of the page.
    """
    needed()
    from exportsim.report.amounts import Amounts
    from exportsim.report.answer import answer
    from exportsim.report.assumptions import assumptions
    from exportsim.report.html.drawing import colours
    from exportsim.report.result import tables

    scenario, closely, amounts = result.scenario, focus_of(result, focus), Amounts(result)
    template = _environment().get_template("report.html")
    return template.render(
        result=result,
        scenario=scenario,
        origin=result.provenance,
        title=scenario.title or UNTITLED,
        unit=amounts.unit,
        focus=closely,
        sentences=answer(result, closely).sentences,
        tables=fragment(tables(amounts, alone=True)),
        calendars={policy: calendar(scenario, policy) for policy in result.policies},
        figures=fragment(_figures(amounts, closely or scenario.reference)),
        assumptions=assumptions(scenario),
        omissions=OMISSIONS,
        consequence=CONSEQUENCE,
        outcomes=OUTCOMES,
        officers=[
            f"{name} {stage.stage} {stage.officers}"
            for name, authority in scenario.authorities.items()
            for stage in [*authority.review, *(authority.case_by_case.review if authority.case_by_case else [])]
        ],
        traffic=[
            name
            for name, authority in scenario.authorities.items()
            if isinstance(rates := authority.traffic.applications, dict) or rates.number
        ],
        registers=[name for name, line in scenario.demand.items() if isinstance(line.orders, Register)],
        passages=_passages(),
        moments=MOMENTS.values(),
        command=_command(result, file or "scenario.yaml", closely, overrides),
        explicit=explicit_text(scenario),
        of_file=file is not None,
        colours=list(colours()),
        version=__version__,
    )


def fragment(blocks: Iterable[Block]) -> Markup:
    """The blocks of any document as HTML to be put into a page."""
    needed()
    from markupsafe import Markup

    return Markup(_environment().get_template("document.html").render(blocks=blocks))


def focus_of(result: Result, asked: str | None) -> str | None:
    """The policy that the page looks at closely; None where only the reference was played."""
    others = [policy for policy in result.policies if policy != result.scenario.reference]
    if asked is None:
        return others[0] if others else None
    return chosen(asked, others, "policy")


def _figures(amounts: Amounts, closely: str) -> Iterator[Figure]:
    """The figures of the register that have a table of numbers, each with its caption, about one policy."""
    from exportsim.report.html.drawing import drawing
    from exportsim.report.plots.registry import figures_of

    result = amounts.result
    for figure in figures_of(result):
        drawings = figure.drawings(result)
        arguments = drawings.get("", drawings.get(closely))
        if arguments is None or figure.numbers is None:
            continue
        title = figure.title.format(policy=visible(closely))
        label = f"{title}. {figure.caption} The numbers are in the table that follows."
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph", UserWarning)  # what the font lacks is drawn as a box
            drawn = drawing(figure.draw(result, *arguments), figure.name.replace("_", "-"), label)
        yield Figure(figure.name, title, figure.caption, drawn, figure.numbers(amounts, closely))


def _passages() -> dict[str, list[tuple[str, str]]]:
    """What can happen to an order in each state, and the state that it leads to."""
    passages: dict[str, list[tuple[str, str]]] = {}
    for before, fact, after in PASSAGES:
        ways = passages.setdefault("not there yet" if before is None else before.value, [])
        way = (MEANINGS[fact].says, "goes on" if after is before else after.value)
        if way not in ways:
            ways.append(way)
    return passages


def _command(result: Result, file: str, focus: str | None, overrides: Sequence[str]) -> str:
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
    return shlex.join([*words, "--out", "report.html"])


@cache  # a page is made of several templates, and of one of them twice
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=PackageLoader("exportsim.report.html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment


def _shown(value: object) -> object:
    """Text as it is put on the page: without what steers the reader's eye or the reading machine."""
    if type(value) is not str:  # Markup has been made of shown text
        return value
    return "\n".join(visible(line) for line in value.split("\n"))
