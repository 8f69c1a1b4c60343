"""A path through a line that is many: what it sets, draws or varies is that of all lines that were made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import exportsim as xs
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.scenario import build, explicit, loads, replace, vary
from exportsim.scenario.python_nodes import tree_of
from exportsim.scenario.reader import point_of
from exportsim.scenario.scaling import in_place
from exportsim.scenario.tied_draws import TiedDraw
from exportsim.study.points import check_uncertainties, points
from registers import line, text_of
from shell import Shell

ROWS = """date,amount,country,category
2021-01-04,100,TR,radar
2021-01-05,200,TR,radar
2021-02-01,300,NO,radar
2021-02-02,50,TR,lamps
2021-03-01,70,NO,lamps
2021-03-02,10,NO,lamps
"""
LINES = ("all-NO-radar", "all-NO-lamps", "all-TR-radar", "all-TR-lamps")
PATIENCE = "demand.all.patience.review"
HOLD = "policies: {base: {}, hold: {measures: [{on: 2021-01-06, applications: hold}]}}\n"
MANY = line(
    "all", "by: {destination: country, goods: category}", destination=None, goods=None,
    more="patience: {review: {uniform: [1d, 30d]}}, trust: {loss: {hold: 0.5}}",
)  # fmt: skip
OWN = "  all-TR-radar: {patience: {review: 4d}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "r.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def written(*more: str, lines: tuple[str, ...] = (MANY, OWN)) -> str:
    return text_of(*lines, goods=["radar", "lamps"], policies=HOLD) + "".join(more)


def read(folder: Path, *more: str, lines: tuple[str, ...] = (MANY, OWN)) -> xs.Scenario:
    return loads(written(*more, lines=lines), folder=folder, name="s.yaml")


def by_line(folder: Path, **reviews: str) -> xs.Scenario:
    """The same scenario, written out line by line."""
    lines = [
        line(
            name, f"where: {{country: {name[4:6]}, category: {name[7:]}}}", destination=name[4:6], goods=name[7:],
            more=f"patience: {{review: {reviews[name[4:].replace('-', '_')]}}}, trust: {{loss: {{hold: 0.5}}}}",
        )
        for name in LINES
    ]  # fmt: skip
    return read(folder, lines=tuple(lines))


def faults(folder: Path, *more: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        read(folder, *more)
    return [str(fault) for fault in error.value.faults]


def said_of(scenario: xs.Scenario, values: Any) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        vary(scenario, values)
    return [str(fault) for fault in error.value.faults]


def reviews(scenario: xs.Scenario) -> dict[str, str]:
    return {name: str(line.patience.review) for name, line in scenario.demand.items()}


def test_the_lines_are_as_they_would_be_if_each_were_written_out(folder: Path) -> None:
    varied = vary(read(folder), {PATIENCE: "9d"})
    plain = by_line(folder, NO_radar="9d", NO_lamps="9d", TR_radar="4d", TR_lamps="9d")
    assert list(varied.demand) == list(LINES)
    for policy in ("base", "hold"):
        one, other = (
            xs.simulate(scenario, policy, engine="reference", future=3, seed=5).frame() for scenario in (varied, plain)
        )
        assert one.equals(other)
        assert (one["fact"] == "withdrawn").sum() == (6 if policy == "hold" else 2)


def test_a_value_is_the_same_whether_it_is_set_as_the_file_is_read_or_afterwards(folder: Path) -> None:
    text = written()
    for change in ({PATIENCE: "9d"}, {"demand.all.trust": None}, {"demand.all.sources.dutch.weight": 3}):
        at_once = loads(text, folder=folder, overrides=change)
        assert at_once == vary(read(folder), change)
    assert vary(read(folder), [f"{PATIENCE}=9d"]) == vary(read(folder), {PATIENCE: "9d"})


def test_what_is_said_of_one_of_them_is_kept_wherever_it_is_said(folder: Path) -> None:
    own = {"demand.all-NO-lamps.patience.review": "7d"}
    expected = {"all-NO-radar": "9d", "all-NO-lamps": "7d", "all-TR-radar": "4d", "all-TR-lamps": "9d"}
    assert reviews(vary(read(folder), {PATIENCE: "9d"} | own)) == expected
    assert reviews(vary(read(folder), own | {PATIENCE: "9d"})) == expected
    assert reviews(vary(vary(read(folder), own), {PATIENCE: "9d"})) == expected
    loaded = loads(written(), folder=folder, overrides=own)
    assert reviews(vary(loaded, {PATIENCE: "9d"})) == expected
    assert reviews(vary(replace(loaded, title="Another"), {PATIENCE: "9d"})) == expected


def test_an_uncertainty_is_one_draw_for_all_of_them(folder: Path) -> None:
    scenario = read(
        folder,
        "uncertainties:\n"
        f"  {PATIENCE}: {{uniform: [1d, 9d]}}\n"
        "  worth: {draw: [0.5, 2], scales: [demand.all.trust.loss.hold, authorities.office.review.desk.work]}\n",
    )
    tied = scenario.uncertainties[PATIENCE]
    assert isinstance(tied, TiedDraw)
    assert tied.draw == {"uniform": ["1d", "9d"]}
    assert tied.sets == [f"demand.{name}.patience.review" for name in LINES if name != "all-TR-radar"]
    scaled = scenario.uncertainties["worth"]
    assert isinstance(scaled, TiedDraw)
    assert scaled.scales == [
        *(f"demand.{name}.trust.loss.hold" for name in LINES),
        "authorities.office.review.desk.work",
    ]
    check_uncertainties(scenario)
    drawn = {name: draw for name, draw in scenario.uncertainties.items() if isinstance(draw, TiedDraw)}
    values = in_place(tree_of(scenario), {PATIENCE: "9d", "worth": 2}, drawn)
    point = point_of(replace(scenario, uncertainties={}), values)
    assert reviews(point) == reviews(vary(read(folder), {PATIENCE: "9d"}))
    assert {line.trust.loss.hold for line in point.demand.values()} == {1.0}


def test_what_else_is_uncertain_of_one_of_them_is_its_own(folder: Path) -> None:
    own = "demand.all-NO-lamps.patience.review"
    scenario = read(folder, f"uncertainties: {{{own}: [2d, 3d], {PATIENCE}: [1d, 5d]}}\n")
    tied = scenario.uncertainties[PATIENCE]
    assert isinstance(tied, TiedDraw)
    assert tied.sets == [f"demand.{name}.patience.review" for name in ("all-NO-radar", "all-TR-lamps")]


def test_the_explicit_form_is_of_the_lines_and_can_be_read_again(folder: Path) -> None:
    scenario = read(folder, f"uncertainties: {{{PATIENCE}: [1d, 5d]}}\n")
    again = build(explicit(scenario), folder=folder)
    assert again.uncertainties == scenario.uncertainties
    assert said_of(again, {PATIENCE: "9d"})[0].partition(", expected")[0].endswith("there is no `all` in `demand`")


def test_a_sweep_goes_over_it(folder: Path) -> None:
    scenario = read(folder)
    assert points(scenario, {PATIENCE: ["1d", "9d"]}, None, "sobol", 1) == [{PATIENCE: "1d"}, {PATIENCE: "9d"}]
    for other in ("demand.all-NO-lamps.patience.review", "demand.all-NO-lamps.patience"):
        with pytest.raises(ExportsimError, match=r"lies within .*, which is varied too; vary one of them"):
            points(scenario, {PATIENCE: ["1d", "9d"], other: ["2d", "3d"]}, None, "sobol", 1)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("demand.all.patience.reviw", "9d", "unknown key `reviw`, did you mean `review`?"),
        ("demand.all.sources.duthc.weight", 2, "there is no `duthc` in `demand.all.sources`, did you mean `dutch`?"),
        ("demand.al.patience.review", "9d", "there is no `al` in `demand`, did you mean `all`?"),
        ("demand.all.trust.loss.hold", 3, "found `3`, expected a number of at most 1"),
        ("demand.all.destination", "TR", "each of the lines that were made of `all` has a `destination` of its own"),
        ("demand.all.goods", "radar", "each of the lines that were made of `all` has a `goods` of its own"),
        (
            "demand.all.orders.by.fewest", 3,
            "`orders.by.fewest` says which lines are made of `all`: "
            "it can be set where the file is read, and varies in no study",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said_once(folder: Path, path: str, value: object, expected: str) -> None:
    assert said_of(read(folder), {path: value}) == [f"override {path}: {path}: {expected}"]
    if path != "demand.all.orders.by.fewest":
        written_so = f"uncertainties:\n  {path}: [{value}]\n"
        number = written().count("\n") + 2
        assert faults(folder, written_so) == [f"s.yaml:{number}:3: uncertainties.{path}: {expected}"]


def test_a_fault_among_several_paths_is_said_at_its_own(folder: Path) -> None:
    entry = "  a: {draw: [1], sets: [suppliers.dutch.price, demand.all.patience.reviw, demand.all.trust.loss.hodl]}\n"
    number = written().count("\n") + 2
    found = faults(folder, "uncertainties:\n" + entry)
    one, other = (entry.index(path) + 1 for path in ("demand.all.patience", "demand.all.trust"))
    assert found == [
        f"s.yaml:{number}:{one}: uncertainties.a.sets.1: unknown key `reviw`, did you mean `review`?",
        f"s.yaml:{number}:{other}: uncertainties.a.sets.2: unknown key `hodl`, did you mean `hold`?",
    ]


def test_a_path_of_no_line_is_refused(folder: Path) -> None:
    lines = (MANY, *(f"  {name}: {{patience: {{review: 4d}}}}\n" for name in LINES))
    scenario = read(folder, lines=lines)
    expected = "of each of the lines that were made of `all`, its own `patience.review` is said"
    assert said_of(scenario, {PATIENCE: "9d"}) == [f"override {PATIENCE}: {PATIENCE}: {expected}"]


def test_an_expectation_may_set_it(folder: Path) -> None:
    expected = f"{{policy: hold, outcome: ordered, is: above, set: {{{PATIENCE}: 9d}}}}"
    read(folder, f"expect:\n  - {expected}\n")
    assert "unknown key `reviw`" in faults(folder, f"expect:\n  - {expected.replace('review', 'reviw')}\n")[0]


def test_the_command_line_says_it_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(capsys)
    (folder / "s.yaml").write_text(written(), encoding="utf-8")
    status, _, said = shell("sweep", str(folder / "s.yaml"), "--over", "demand.all.patience.reviw=1d,2d")
    assert status == 2
    assert said.count("unknown key `reviw`, did you mean `review`?") == 1
