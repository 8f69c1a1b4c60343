"""What Python's users may give: the path of a file for what is in it, and never a lone text for a list of names."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim import ExportsimError, ScenarioError, Sweep
from exportsim.connect import ema
from exportsim.playing.measurers import EachFuture
from exportsim.report import plots
from exportsim.scenario import replace, vary
from exportsim.study.readings import untouched

FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
NAMES = re.compile(r"(Iterable|Sequence)\[str\]|tuple\[str, str\]")
POLICY, ORDERS = "licences-suspended", "demand.radar-parts.orders"

Call = Callable[[SimpleNamespace, Any], object]

#: Every parameter that takes names, and a call with something given for it.
OF_NAMES: dict[str, Call] = {
    "run.policies": lambda have, given: xs.run(have.scenario, policies=given, futures=1),
    "run.by": lambda have, given: xs.run(have.scenario, by=given, futures=1),
    "sweep.policies": lambda have, given: xs.sweep(have.scenario, {ORDERS: ["6/y"]}, policies=given, futures=1),
    "sweep.outcome": lambda have, given: xs.sweep(have.scenario, {ORDERS: ["6/y"]}, outcome=given, futures=1),
    "backlog.policies": lambda have, given: xs.backlog(
        have.scenario, order="2020-02-03", line="radar-parts", by="2021-02-03", policies=given, futures=1
    ),
    "predict.outcomes": lambda have, given: xs.predict(have.scenario, outcomes=given, policy=POLICY),
    "predict.by": lambda have, given: xs.predict(have.scenario, by=given, policy=POLICY),
    "compare.reference": lambda have, given: xs.compare([have.scenario, have.uncertain], reference=given, futures=1),
    "Result.compare.by": lambda have, given: have.result.compare(by=given),
    "Result.account.by": lambda have, given: have.result.account(by=given),
    "Result.account.authorities": lambda have, given: have.result.account(authorities=given),
    "Result.table.by": lambda have, given: have.result.table(by=given),
    "Result.table.authorities": lambda have, given: have.result.table(authorities=given),
    "Result.table.outcomes": lambda have, given: have.result.table(outcomes=given),
    "Result.outcomes_by.by": lambda have, given: have.result.outcomes_by(given),
    "Result.measured.policies": lambda have, given: have.result.measured(EachFuture(untouched), given),
    "Result.fates.by": lambda have, given: have.result.fates(POLICY, by=given),
    "Result.waterfall.by": lambda have, given: have.result.waterfall(POLICY, by=given),
    "WhatIf.change.policies": lambda have, given: xs.WhatIf(have.scenario).change({}, policies=given),
    "Doubt.ranges.outcomes": lambda have, given: have.doubt.ranges(given),
    "plots.differences.policies": lambda have, given: plots.differences(have.result, given),
    "plots.cumulated_difference.policies": lambda have, given: plots.cumulated_difference(have.result, POLICY, given),
    "plots.processing_times.policies": lambda have, given: plots.processing_times(have.result, given),
    "plots.response.policies": lambda have, given: plots.response(have.sweep, policies=given),
    "plots.regret.policies": lambda have, given: plots.regret(have.sweep, given),
    "plots.heat_map.paths": lambda have, given: plots.heat_map(have.sweep, POLICY, given),
    "learn.approved": lambda have, given: xs.learn(have.log, approved=given, futures=1),
    "learn.denied": lambda have, given: xs.learn(have.log, denied=given, futures=1),
    "learn.withdrawn": lambda have, given: xs.learn(have.log, withdrawn=given, futures=1),
    "ema.model.outcomes": lambda have, given: ema.model(have.uncertain, futures=1, outcomes=given),
    "ema.policies.names": lambda have, given: ema.policies(have.scenario, given),
}
#: Every function that takes a scenario, and a call with something given for it.
OF_SCENARIOS: dict[str, Call] = {
    "run": lambda have, given: xs.run(given, futures=1),
    "simulate": lambda have, given: xs.simulate(given, POLICY),
    "vary": lambda have, given: xs.vary(given, {"title": "Another"}),
    "compare": lambda have, given: xs.compare([given, have.uncertain], futures=1),
    "sweep": lambda have, given: xs.sweep(given, {ORDERS: ["6/y"]}, futures=1),
    "doubt": lambda have, given: xs.doubt(given, points=2, futures=1),
    "sensitivity": lambda have, given: xs.sensitivity(given, policy=POLICY, samples=8, futures=1),
    "calibrate": lambda have, given: xs.calibrate(given, "none.csv", [ORDERS], policy=POLICY),
    "backlog": lambda have, given: xs.backlog(
        given, order="2020-02-03", line="radar-parts", by="2021-02-03", futures=1
    ),
    "predict": lambda have, given: xs.predict(given, policy=POLICY, samples=2, futures=1),
    "score": lambda have, given: xs.score(have.forecasts, decisions=given),
    "seek": lambda have, given: xs.seek(given, {"suppliers.british.slots": [2, 4]}, target="exports>=0", futures=1),
    "check_expectations": lambda have, given: xs.check_expectations(given, futures=1, plays=0),
    "trace": lambda have, given: xs.trace(given, POLICY, "radar-parts/1"),
    "event_log": lambda have, given: xs.event_log(given, have.ledger),
    "ema.model": lambda have, given: ema.model(given, futures=1),
    "ema.policies": lambda have, given: ema.policies(given),
}


@pytest.fixture(scope="module")
def have(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    scenario = xs.load(FILE)
    ledger, log = xs.simulate(scenario, "as-before"), tmp_path_factory.mktemp("log") / "log.csv"
    xs.event_log(scenario, ledger).to_csv(log, index=False)
    over = {ORDERS: ["6/y", "12/y"], "suppliers.british.slots": [2, 4]}
    uncertain = replace(scenario, uncertainties={ORDERS: ["6/y", "12/y"]})
    forecasts = tmp_path_factory.mktemp("forecasts") / "forecasts.csv"
    xs.predict(scenario, policy=POLICY, samples=2, futures=2).keep(forecasts)
    return SimpleNamespace(
        scenario=scenario,
        uncertain=uncertain,
        ledger=ledger,
        log=log,
        forecasts=forecasts,
        doubt=xs.doubt(uncertain, points=2, futures=1),
        result=xs.run(scenario, futures=2),
        sweep=xs.sweep(scenario, over, futures=1),
    )


def public() -> Iterator[tuple[str, Any]]:
    """Every function that users call, with its name: of the package, of its classes, of figures and of the bridge."""
    for where, names, prefix in (
        (xs, xs.__all__, ""),
        (plots, plots.__all__, "plots."),
        (ema, ("model", "policies"), "ema."),
    ):
        for name in names:
            thing = getattr(where, name)
            if inspect.isfunction(thing):
                yield f"{prefix}{name}", thing
            elif inspect.isclass(thing) and thing.__module__.startswith("exportsim"):
                own = (part for part in thing.__mro__ if part.__module__.startswith("exportsim"))
                for method, each in itertools.chain.from_iterable(vars(part).items() for part in own):
                    if inspect.isfunction(each) and not method.startswith("_"):
                        yield f"{prefix}{name}.{method}", each


def parameters(pattern: re.Pattern[str]) -> set[str]:
    return {
        f"{name}.{parameter.name}"
        for name, function in public()
        for parameter in inspect.signature(function).parameters.values()
        if pattern.search(str(parameter.annotation))
    }


def test_every_parameter_that_takes_names_or_a_scenario_is_tried() -> None:
    assert parameters(NAMES) == set(OF_NAMES)
    assert parameters(re.compile(r"\bScenarioOrPath\b")) == {
        {"compare": "compare.scenarios", "score": "score.decisions"}.get(name, f"{name}.scenario")
        for name in OF_SCENARIOS
    }
    assert not parameters(re.compile(r"\bScenario\b"))  # all take a path as well


@pytest.mark.parametrize("name", OF_NAMES)
@pytest.mark.parametrize("given", [POLICY, b"year", 3], ids=["text", "bytes", "number"])
def test_a_lone_text_is_not_taken_for_its_letters(have: SimpleNamespace, name: str, given: Any) -> None:
    if name.startswith("ema."):
        pytest.importorskip("ema_workbench")
    with pytest.raises(ExportsimError) as error:
        OF_NAMES[name](have, given)
    what = name.rpartition(".")[2]
    kind = "the text " if isinstance(given, str) else ""
    assert str(error.value) == f"{what}: found {kind}{given!r}, expected a list of names such as [{given!r}]"


@pytest.mark.parametrize("name", OF_SCENARIOS)
def test_what_takes_a_scenario_takes_the_path_of_its_file(
    have: SimpleNamespace, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says of a path what it says of the scenario there, and of what is neither that it is neither."""
    if name.startswith("ema."):
        pytest.importorskip("ema_workbench")
    monkeypatch.chdir(tmp_path)
    call = OF_SCENARIOS[name]

    def said(given: Any) -> str:
        try:
            return type(call(have, given)).__name__
        except ExportsimError as error:
            return str(error)

    assert said(FILE) == said(str(FILE)) == said(have.scenario)
    with pytest.raises(ScenarioError, match="cannot be read"):
        call(have, "no-such.yaml")
    with pytest.raises(
        ExportsimError, match=r"^scenario: found a dict, expected a Scenario or the path of its file, and"
    ):
        call(have, {"exportsim": 1})
    if name == "doubt":  # which is of a result, too
        assert said(have.result) == said(FILE)
        return
    with pytest.raises(
        ExportsimError, match=r"^scenario: found a Result, expected a Scenario or the path of its file$"
    ):
        call(have, have.result)


def test_a_path_gives_the_same_result_as_the_scenario_there(have: SimpleNamespace) -> None:
    assert xs.run(str(FILE), futures=2).summary().equals(have.result.summary())
    found = xs.compare({"here": FILE, "there": str(FILE)}, futures=2)
    np.testing.assert_array_equal(found.results["there"].values, have.result.values)
    assert vary(FILE, {"suppliers.british.slots": 9}).suppliers["british"].slots == 9


def test_a_sweep_may_be_given_as_its_file(have: SimpleNamespace, tmp_path: Path) -> None:
    have.sweep.save(tmp_path / "sweep.parquet")
    for given in (have.sweep, tmp_path / "sweep.parquet", str(tmp_path / "sweep.parquet")):
        with pytest.raises(ExportsimError, match="found 4 points with a mean of exports"):
            xs.discover(given, POLICY, below="1M")
    with pytest.raises(ExportsimError, match="found a Result, expected a Sweep or the path of its file"):
        xs.discover(have.result, POLICY, below="1M")


def test_a_figure_is_saved_by_text_or_path_and_its_ending_is_its_format(have: SimpleNamespace, tmp_path: Path) -> None:
    ax = plots.differences(have.result)
    for name in ("a.svg", "b.png", "c.pdf", "d.SVG"):
        plots.save(ax, str(tmp_path / name))
        plots.save(ax, tmp_path / f"2{name}")
        assert (tmp_path / name).read_bytes() == (tmp_path / f"2{name}").read_bytes()  # no date in it
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "d.SVG").read_bytes()


def test_one_override_or_path_to_fit_is_one_and_not_its_letters(have: SimpleNamespace) -> None:
    assert xs.load(FILE, overrides="suppliers.british.slots=9").suppliers["british"].slots == 9
    with pytest.raises(ExportsimError, match=r"none\.csv"):
        xs.calibrate(have.uncertain, "none.csv", ORDERS, policy=POLICY)


@pytest.mark.parametrize("given", [{"suppliers.sab.slots": 9}, ["suppliers.sab.slots=9"], "suppliers.sab.slots=9"])
def test_faults_of_overrides_in_python_do_not_speak_of_the_command_line(given: Any) -> None:
    with pytest.raises(ScenarioError) as error:
        xs.load(FILE, overrides=given)
    assert "--set" not in str(error.value) and str(error.value).startswith("override suppliers.sab.slots: ")


def test_a_distribution_among_the_values_of_a_sweep_is_drawn(have: SimpleNamespace) -> None:
    uncertain = {"suppliers.british.lead_time": {"uniform": ["30d", "90d"]}}
    with pytest.raises(ExportsimError, match=r"samples: suppliers\.british\.lead_time has a distribution"):
        xs.sweep(have.scenario, uncertain, futures=1)
    found = xs.sweep(have.scenario, uncertain, samples=4, futures=1)
    assert isinstance(found, Sweep) and len(found.points) == 4
