"""The page as text: what it says, put into the templates. Whatever a scenario says is escaped there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.report.document import Document
from exportsim.report.model_limits import CONSEQUENCE, OMISSIONS
from exportsim.report.number_format import visible
from exportsim.scenario import explicit_text
from exportsim.scenario.workload import calendar
from exportsim.study.result import Result
from exportsim.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "report.html"


def needed() -> None:
    """Say what to do where something is missing that the report needs."""
    for module, name in (("jinja2", "Jinja2"), ("matplotlib", "matplotlib")):
        try:
            __import__(module)
        except ImportError:
            raise ExportsimError(
                f"a report needs {name}, which is not installed: pip install 'exportsim[report]'"
            ) from None


def page(result: Result, *, focus: str | None = None, file: str | None = None, overrides: Sequence[str] = ()) -> str:
    """The report of a result: one HTML document that asks for nothing from anywhere and runs no script.

    ``focus`` is the policy that is looked at closely, by default the first that is not the reference. ``file`` (the
    name of the scenario's file) and ``overrides`` (as ``--set`` takes them) are for the command that makes the page
    again; by default it names ``scenario.yaml``, the explicit scenario at the end of the page.
    """
    needed()
    from exportsim.report.amounts import Amounts
    from exportsim.report.html.answer import sentences
    from exportsim.report.html.assumptions import assumptions
    from exportsim.report.html.drawing import colours
    from exportsim.report.html.figures import figures
    from exportsim.report.html.method import method
    from exportsim.report.html.origin import command, origins
    from exportsim.report.result import tables

    scenario, closely = result.scenario, focus_of(result, focus)
    amounts = Amounts(result)
    content: dict[str, Any] = {
        "result": result,
        "scenario": scenario,
        "origin": result.provenance,
        "title": scenario.title or "Untitled scenario",
        "calendars": {policy: calendar(scenario, policy) for policy in result.policies},
        "amounts": amounts,
        "sentences": sentences(amounts, closely),
        "warnings": [(warning.path, warning.message) for warning in result.warnings],
        "focus": closely,
        "tables": list(tables(amounts, alone=True)),
        "figures": list(figures(amounts, closely)),
        "assumptions": assumptions(scenario),
        "omissions": OMISSIONS,
        "consequence": CONSEQUENCE,
        "method": method(result),
        "origins": list(origins(result)),
        "command": command(result, file or "scenario.yaml", focus=closely, overrides=overrides),
        "explicit": explicit_text(scenario),
        "of_file": file is not None,
        "colours": list(colours()),
        "version": __version__,
    }
    return _environment().get_template(TEMPLATE).render(content)


def fragment(document: Document) -> str:
    """Any document as HTML to be put into a page."""
    needed()
    return _environment().get_template("document.html").render(blocks=document.blocks)


def focus_of(result: Result, asked: str | None) -> str | None:
    """The policy that the page looks at closely; None where only the reference was played."""
    others = [policy for policy in result.policies if policy != result.scenario.reference]
    if asked is None:
        return others[0] if others else None
    return chosen(asked, others, "policy")


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
