"""Uncertainties that belong together are judged together: at the points, where each has a value of its own."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exportsim as xs
from exportsim.scenario import replace
from exportsim.study.calibration.parameters import fitted_parameters
from exportsim.study.points import check_uncertainties, corners
from shell import Shell
from worlds import as_file, one_office

LIMIT = {"name": "limit", "when": {"held": {"above": 20, "below": 10}, "every": "7d"}, "applications": "hold"}
WORK = {"lognormal": {"median": "15bd", "p90": "40bd"}}
WORLD = as_file(
    one_office(
        period={"start": "2010-10-01", "end": "2012-01-31"},
        goods={"military": {}},
        authorities__office={"country": "NL", "review": [{"stage": "desk", "officers": 1000, "work": WORK}]},
        suppliers__maker={"country": "NL", "authority": "office", "slots": 1000,
                          "lead_time": {"triangular": ["10d", "20d", "30d"]}},
        demand={"line": {"buyer": "b", "destination": "TR", "goods": "military", "orders": "20/y", "value": "1k",
                         "programmes": {"a": 0.3, "b": 0.3}, "sources": {"maker": {}}}},
        policies__watched={"measures": [LIMIT]},
    )
)  # fmt: skip
WORK = "authorities.office.review.desk.work.lognormal"
LIMITS = "policies.watched.measures.limit.when.held"
TIME = "suppliers.maker.lead_time.triangular"
SHARES = "demand.line.programmes"
#: Pairs that hold at every point, though each breaks with the file's other value.
TOGETHER = [
    {f"{WORK}.median": {"uniform": ["5bd", "60bd"]}, f"{WORK}.p90": {"uniform": ["61bd", "200bd"]}},
    {f"{WORK}.median": ["50bd", "60bd"], f"{WORK}.p90": ["61bd", "200bd"]},
    {f"{LIMITS}.above": {"uniform": [50, 90]}, f"{LIMITS}.below": {"uniform": [25, 49]}},
    {f"{TIME}.{k}": {"uniform": [f"{100 * k + 100}d", f"{100 * k + 190}d"]} for k in range(3)},
    {f"{SHARES}.a": {"uniform": [0.75, 0.9]}, f"{SHARES}.b": {"uniform": [0.01, 0.09]}},
]
#: Pairs that hold with the file's other value and break at some points, with what is said.
APART = [
    (
        {f"{WORK}.median": {"uniform": ["5bd", "39bd"]}, f"{WORK}.p90": {"uniform": ["16bd", "200bd"]}},
        r"must be greater than the median .*, where \S+median is `3[.\d]+bd` and \S+p90 is `[12][.\d]+bd`",
    ),
    ({f"{LIMITS}.above": [10, 40], f"{LIMITS}.below": [5, 20]}, r"below \(20\) must not be greater than above \(10\)"),
    (
        {f"{SHARES}.a": {"uniform": [0.1, 0.7]}, f"{SHARES}.b": {"uniform": [0.1, 0.7]}},
        "add up to 1.3.*, which is more than 1",
    ),
]


@pytest.mark.parametrize("uncertain", TOGETHER)
def test_what_is_valid_at_every_point_is_not_refused(uncertain: dict[str, object]) -> None:
    scenario = replace(xs.loads(WORLD), uncertainties=uncertain)
    check_uncertainties(scenario)
    found = xs.sweep(scenario, samples=8, futures=1, policies=["as-before"], engine="reference")
    assert len(found.points) == 8
    if not any(isinstance(each, list) for each in uncertain.values()):
        assert len(fitted_parameters(scenario, list(uncertain))) == len(uncertain)


@pytest.mark.parametrize(("uncertain", "said"), APART)
def test_what_breaks_at_some_points_is_refused_with_the_values_there(uncertain: dict[str, object], said: str) -> None:
    scenario = replace(xs.loads(WORLD), uncertainties=uncertain)
    for path, each in uncertain.items():  # each by itself is fine
        check_uncertainties(replace(scenario, uncertainties={path: each}))
    with pytest.raises(xs.ScenarioError, match=said):
        check_uncertainties(scenario)
    with pytest.raises(xs.ScenarioError, match=f"(?s)^points? .*{said}"):
        xs.sweep(scenario, samples=64, futures=1)


def test_points_are_judged_before_any_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    from exportsim.playing import play as playing

    def played(*given: object, **more: object) -> None:
        raise AssertionError("something is played")

    uncertain, said = APART[0]
    scenario = replace(xs.loads(WORLD), uncertainties=uncertain)
    monkeypatch.setattr(playing, "compile_ahead", played)
    with pytest.raises(xs.ScenarioError, match=said):
        xs.sensitivity(scenario, policy="as-before", samples=16, futures=2)
    record = pd.DataFrame({"outcome": "exports", "period": ["2011"], "value": 1.0, "error": 1.0, "source": "judgement"})
    with pytest.raises(xs.ScenarioError, match=said):
        xs.calibrate(scenario, record, list(uncertain), policy="as-before")


@pytest.mark.parametrize(
    ("uncertain", "said"),
    [
        ({f"{WORK}.median": {"uniform": ["5bd", "60bd"]}}, "p90 (40bd) must be greater than the median (60bd)"),
        ({f"{WORK}.median": ["5d"], f"{WORK}.p90": ["61bd"], TIME: ["3"]}, "found `3`"),
        ({f"{WORK}.median": [5], f"{WORK}.p90": ["61bd"]}, "found `5`, expected a duration"),
        ({f"{WORK}.median": ["5bd"], f"{WORK}.p91": ["61bd"]}, "unknown key `p91`"),
        (
            {"authorities.office.approval": [0.5, 1.5], f"{WORK}.p90": ["61bd"]},
            "found `1.5`, expected a number of at most 1",
        ),
    ],
)
def test_what_no_other_value_could_mend_is_refused_at_once(uncertain: dict[str, object], said: str) -> None:
    with pytest.raises(xs.ScenarioError) as caught:
        replace(xs.loads(WORLD), uncertainties=uncertain)
    assert said in str(caught.value) and "uncertainties." in str(caught.value)


def test_the_command_tells_in_text_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say, (good, bad) = Shell(capsys), (TOGETHER[0], APART[0][0])
    for name, uncertain in (("good", good), ("bad", bad)):
        listed = "".join(f"  {path}: {{uniform: [{', '.join(each['uniform'])}]}}\n" for path, each in uncertain.items())  # type: ignore[index]
        (tmp_path / f"{name}.yaml").write_text(f"{WORLD}uncertainties:\n{listed}", encoding="utf-8")
    assert say("check", str(tmp_path / "good.yaml")).status == 0
    refused = say("check", str(tmp_path / "bad.yaml"))
    assert refused.status == 2 and "uncertainties, drawn together: authorities.office.review.desk.work" in refused.err
    refused = say("check", str(tmp_path / "bad.yaml"), "--json")
    assert refused.status == 2 and '"valid": false' in refused.out and "drawn together" in refused.out


@pytest.mark.parametrize("dimensions", [1, 2, 3, 4, 7, 8, 12, 31])
def test_corners_have_every_combination_of_three(dimensions: int) -> None:
    found = corners(dimensions, 0.0, 1.0)
    assert len(found) <= max(4, 4 * dimensions)
    for some in itertools.combinations(range(min(dimensions, 9)), min(3, dimensions)):
        assert len(np.unique(found[:, some], axis=0)) == 2 ** len(some)
    assert {0.0, float(dimensions)} <= set(found.sum(axis=1).tolist())


def test_what_was_sound_is_judged_again_when_what_stands_beside_it_is_other() -> None:
    together, alone = TOGETHER[0], {f"{WORK}.median": {"uniform": ["5bd", "35bd"]}}
    scenario = xs.loads(WORLD)
    for _ in range(2):  # what is sound is remembered
        both, one = (replace(scenario, uncertainties=each) for each in (together, alone))
        with pytest.raises(xs.ExportsimError, match="must be greater than the median"):
            replace(both, uncertainties={f"{WORK}.median": together[f"{WORK}.median"]})
        with pytest.raises(xs.ExportsimError, match="must be greater than the median"):
            xs.vary(one, {f"{WORK}.p90": "30bd"})
        assert xs.vary(one, {f"{WORK}.p90": "50bd"}).uncertainties == alone
