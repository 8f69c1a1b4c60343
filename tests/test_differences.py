"""`exportsim diff`: in what two scenario files differ in meaning, in words and by address."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import exportsim as xs
from exportsim.scenario import load, vary
from exportsim.scenario.differences import differences, order_differences, world_differences
from shell import Shell

ROOT = Path(__file__).parents[1]
QUICK = ROOT / "scenarios/quickstart.yaml"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(QUICK.read_text())
    return Shell(capsys)


@pytest.fixture(scope="module")
def quick() -> xs.Scenario:
    return load(QUICK)


def changed(quick: xs.Scenario, overrides: dict[str, Any]) -> list[tuple[str, object, object]]:
    return [tuple(each) for each in differences(quick, vary(quick, overrides)).played]


def test_a_scenario_differs_from_itself_in_nothing(quick: xs.Scenario) -> None:
    assert differences(quick, load(QUICK)) == ([], [], [])


@pytest.mark.parametrize(
    ("path", "value", "here"),
    [
        ("demand.radar-parts.sources.british.weight", 2, 3),
        ("authorities.ecju.review.review.officers", 30, 40),
        ("policies.no-new-licences.measures.measure-2.on", "2021-12-20", "2021-12-15"),
        ("suppliers.turkish.ramp_up", "6mo", "1y"),
        ("reference", "no-new-licences", "as-before"),
    ],
)
def test_each_is_told_by_an_address_that_set_takes(quick: xs.Scenario, path: str, value: Any, here: Any) -> None:
    assert changed(quick, {path: value}) == [(path, here, value)]


def test_a_measure_that_is_added_first_is_the_only_difference(quick: xs.Scenario) -> None:
    form = QUICK.read_text().replace("measures: [\n    {on: 2019-10-15, applications: hold, source: uk-turkiye}",
                                     "measures: [\n    {on: 2019-01-01, validity: 1y, source: judgement},\n"
                                     "    {on: 2019-10-15, applications: hold, source: uk-turkiye}")  # fmt: skip
    found = differences(quick, xs.loads(form)).played
    assert [(each.path, each.here) for each in found] == [("policies.no-new-licences.measures.measure-1", None)]
    assert differences(xs.loads(form), quick).played[0].there is None


def test_what_tells_and_what_is_expected_stand_apart(quick: xs.Scenario) -> None:
    text = QUICK.read_text().replace("title: British industry", "title: UK").replace("below: as-before", "at_most: 9M")
    found = differences(quick, xs.loads(text))
    assert found.played == [] and [each.path for each in found.told] == ["suppliers.british.title"]
    assert [(each.path, each.here, each.there) for each in found.expected] == [
        ("expect.0.below", "as-before", None),
        ("expect.0.at_most", None, "9M"),
    ]


def test_names_are_no_keys_whatever_they_are_called() -> None:
    """A supplier may be called `source`, and the sources of a line are no list of references."""
    text = QUICK.read_text().replace("  turkish:", "  source:").replace("turkish: {weight", "source: {weight")
    one = xs.loads(text)
    other = vary(one, {"suppliers.source.slots": 3, "demand.radar-parts.sources.source.weight": 2})
    paths = ["suppliers.source.slots", "demand.radar-parts.sources.source.weight"]
    assert sorted(each.path for each in world_differences(one, other)) == sorted(paths)
    assert order_differences(one, other) == []


def test_the_order_is_told_where_it_decides_who_comes_first() -> None:
    text = QUICK.read_text()
    first = text[text.index("  british: {title") : text.index("  turkish: {title")]
    second = text[text.index("  turkish: {title") : text.index("demand:\n")]
    policies = text.replace("  as-before: {title: Licences as before}\n", "").replace(
        "expect:", "  as-before: {title: Licences as before}\nexpect:"
    )
    turned = xs.loads(text.replace(first + second, second + first))
    assert differences(load(QUICK), turned).played == [("suppliers", ["british", "turkish"], ["turkish", "british"])]
    assert differences(load(QUICK), xs.loads(policies + "reference: as-before\n")) == ([], [], [])


def test_each_is_said_in_words_with_its_address(shell: Shell) -> None:
    text = QUICK.read_text().replace("weight: 3", "weight: 2").replace("title: British industry", "title: UK industry")
    line = "  turkish: {title"
    Path("theirs.yaml").write_text(text.replace(line, f"  third: {{country: FR, slots: 2, lead_time: 9d}}\n{line}"))
    said = shell("diff", "my.yaml", "theirs.yaml")
    assert (said.status, said.err) == (1, "")
    assert said.out == (
        "my.yaml and theirs.yaml differ in 3 things\n"
        "\n"
        "What may move an outcome\n"
        "  suppliers.third\n"
        "    third: only in theirs.yaml: country FR, slots 2, lead_time 9d, price 1,\n"
        "      ramp_up 0d\n"
        "  demand.radar-parts.sources.british.weight\n"
        "    weight: British industry, radar-parts: 3 in my.yaml, 2 in theirs.yaml\n"
        "\n"
        "What only tells the reader something\n"
        "  suppliers.british.title\n"
        "    title: British industry: British industry in my.yaml, UK industry in\n"
        "      theirs.yaml\n"
    )


def test_the_exit_status_is_that_of_diff(shell: Shell) -> None:
    Path("same.yaml").write_text(QUICK.read_text().replace("slots: 20, lead", "slots:   20, lead"))
    assert shell("diff", "my.yaml", "same.yaml") == (0, "my.yaml and same.yaml say the same\n", "")
    Path("wrong.yaml").write_text(QUICK.read_text().replace("slots: 20", "slots: -20"))
    said = shell("diff", "wrong.yaml", "nowhere.yaml")
    assert said.status == 2 and "slots" in said.err and "nowhere.yaml: cannot be read" in said.err


def test_the_same_as_json(shell: Shell) -> None:
    Path("theirs.yaml").write_text(QUICK.read_text().replace("weight: 3", "weight: 2"))
    said = shell("diff", "my.yaml", "theirs.yaml", "--json")
    found = json.loads(said.out)
    assert said.status == 1 and found["same"] is False and found["files"] == ["my.yaml", "theirs.yaml"]
    assert found["played"] == [{"path": "demand.radar-parts.sources.british.weight", "here": 3, "there": 2}]
    assert found["told"] == found["expected"] == [] and len(set(found["digests"])) == 2
    assert json.loads(shell("diff", "my.yaml", "my.yaml", "--json").out)["same"] is True


def test_registers_are_compared_by_what_they_hold(shell: Shell) -> None:
    for name, rows in (("one", "2020-03-01,5\n"), ("two", "2020-03-02,5\n")):
        Path(f"{name}.csv").write_text(f"day,worth\n{rows}")
        orders = f"demand: {{radar-parts: {{orders: {{register: {name}.csv, date: day, value: worth}}}}}}\n"
        Path(f"{name}.yaml").write_text(f"extends: my.yaml\n{orders}")
    said = shell("diff", "one.yaml", "two.yaml")
    assert said.status == 1 and "one.csv, which holds " in said.out and "two.csv, which holds " in said.out
    Path("two.csv").write_text(Path("one.csv").read_text())
    assert shell("diff", "one.yaml", "two.yaml").status == 0


def test_git_shows_in_what_a_file_that_extends_another_has_changed(shell: Shell) -> None:
    """As the page says: git hands over copies that stand elsewhere."""
    Path("more.yaml").write_text("extends: my.yaml\nsuppliers: {turkish: {slots: 5}}\n")

    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.hooksPath=none"]
        done = subprocess.run(["git", *who, *words], text=True, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    Path("more.yaml").write_text("extends: my.yaml\nsuppliers: {turkish: {slots: 7}}\n")
    command = 'exportsim diff "$LOCAL" "$REMOTE" --folder "$(dirname "$MERGED")"'
    shown = git("-c", f"difftool.exportsim.cmd={command}", "difftool", "-y", "-t", "exportsim", "--", "more.yaml")
    assert "suppliers.turkish.slots\n" in shown and "slots: Turkish industry: 5 in " in shown
    Path(".gitattributes").write_text("*.yaml diff=exportsim\n")
    quick = Path("my.yaml").read_text()
    Path("my.yaml").write_text(quick.replace("slots: 20, lead_time: 120d", "slots: 9, lead_time:   120d"))
    shown = git("-c", "diff.exportsim.textconv=exportsim check --explicit", "diff", "-U0", "--", "my.yaml")
    assert [line for line in shown.splitlines() if line.startswith(("-  ", "+  "))] == [
        "-    slots: 20",
        "+    slots: 9",
    ]


def test_several_files_are_checked_at_once(shell: Shell) -> None:
    Path("wrong.yaml").write_text(QUICK.read_text().replace("slots: 20", "slots: -20"))
    Path("other.yaml").write_text(QUICK.read_text().replace("title: Radar parts from", "title: Parts from"))
    said = shell("check", "my.yaml", "other.yaml")
    assert said.status == 0 and "Radar parts from Britain" in said.out and "Parts from Britain" in said.out
    assert shell("check", "my.yaml", "other.yaml", "--quiet") == (0, "", "")
    said = shell("check", "wrong.yaml", "my.yaml", "nowhere.yaml", "-q")
    assert said.status == 2 and said.out == "" and "wrong.yaml:" in said.err and "nowhere.yaml" in said.err
    for words in (
        ["my.yaml", "other.yaml", "--json"],
        ["my.yaml", "other.yaml", "--explicit"],
        ["my.yaml", "--json", "-q"],
    ):
        assert shell("check", *words).status == 2
