"""The page in one file: which settings are played, that their numbers are those of a run, its size and its rules."""

from __future__ import annotations

import base64
import gc
import hashlib
import json
import re
import weakref
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import exportsim as xs
from exportsim.errors import ExportsimError
from exportsim.language import catalogue, text, use
from exportsim.live import freeze as frozen
from exportsim.live.controls import Control, controls_of
from exportsim.live.freeze import Within, freeze, key_of
from exportsim.live.played import MOST_ANSWERS, Over, Played, named, values_of
from exportsim.live.scene import Scene
from exportsim.live.setting import Overrides, Setting
from exportsim.live.shell import SCRIPTS, SCRIPTS_OF_FILE, content, page_in_one_file
from exportsim.live.words import WORDS, WORDS_OF_FILE
from shell import Said, Shell

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILE = SCENARIOS / "quickstart.yaml"
HOLD = "policies.no-new-licences.measures.measure-1.on"
SUSPEND = "policies.licences-suspended.measures.measure-1.on"
OFFICERS = "authorities.ecju.review.review.officers"
FUTURES = 10
LARGE = 1 << 30


@pytest.fixture(scope="module")
def scenario() -> xs.Scenario:
    return xs.load(FILE)


def parts_of(page: str) -> list[Any]:
    """What the page holds: what it is told first, and then its answers."""
    packed = re.findall(r'<script type="text/plain" id="part-\d+">([^<]*)</script>', page)
    return [json.loads(zlib.decompress(base64.b64decode(part, validate=True))) for part in packed]


def answers_of(page: str) -> dict[str, Any]:
    """By its key, each answer with its figures, found as the page finds them."""
    told, *parts = parts_of(page)
    found = {}
    for key, place in told["frozen"]["where"].items():
        answer = parts[place]["answers"][key]
        assert {at for at, _, _ in answer["figures"]} <= {0, place}
        figures = [parts[at]["figures"][kind][which] for at, kind, which in answer["figures"]]
        found[key] = answer | {"figures": figures}
    return found


def made_of(played: Played, most: int = LARGE) -> frozen.Page:
    return freeze(played, "my file.yaml", futures=FUTURES, memory=1 << 28, most=most)


@pytest.fixture(scope="module")
def page(scenario: xs.Scenario) -> frozen.Page:
    return made_of(Played.of(scenario, values=3))


# ------------------------------------------------------------------ which settings


@pytest.mark.parametrize("name", ["quickstart.yaml", "canada-turkiye.yaml", "company.yaml", "uk-licensing.yaml"])
def test_values_are_in_order_within_the_range_and_the_files_is_one_of_them(name: str) -> None:
    for control in controls_of(xs.load(SCENARIOS / name)):
        found = values_of(control, 5)
        assert control.value in found and len(set(found)) == len(found) and 2 <= len(found) <= 6, control.path
        if control.kind == "date":
            assert list(found) == sorted(found) and all(str(control.least) <= day <= str(control.most) for day in found)
        elif control.kind == "number":
            others = [value for value in found if value != control.value]
            numbers = [float(value.removesuffix(control.suffix)) for value in others]
            assert numbers == sorted(numbers)
            assert isinstance(control.least, float | int) and isinstance(control.most, float | int)
            assert control.least <= numbers[0] and numbers[-1] <= control.most
            assert {control.least, control.most} <= {*numbers, control.number}


def test_numbers_are_even_steps_of_which_the_files_takes_the_place_of_the_nearest(scenario: xs.Scenario) -> None:
    officers = control(scenario, OFFICERS)  # 1 to 80, 40 in the file
    assert values_of(officers, 5) == ("1", "21", "40", "60", "80") and values_of(officers, 2) == ("1", "40", "80")
    assert values_of(replace(officers, number=59.0, value="59"), 5) == ("1", "21", "40", "59", "80")
    assert values_of(replace(officers, number=80.0, value="80"), 5) == ("1", "21", "40", "60", "80")
    assert values_of(replace(officers, number=79.0, value="79"), 3) == ("1", "40", "79", "80")
    spread = replace(officers, number=None, value="uniform from 1 to 80")
    assert values_of(spread, 3) == ("uniform from 1 to 80", "1", "40", "80")
    chosen = replace(officers, kind="choice", choices=("40", "a", "b"))
    assert values_of(chosen, 2) == ("40", "a", "b")


def control(scenario: xs.Scenario, path: str) -> Control:
    return next(control for control in controls_of(scenario) if control.path == path)


def test_dates_are_months_before_and_after_the_files(scenario: xs.Scenario) -> None:
    around = ("2018-10-15", "2019-04-15", "2019-10-15", "2020-04-15", "2020-10-15")
    hold = control(scenario, HOLD)
    assert values_of(hold, 5) == around and values_of(hold, 3) == around[::2]
    late = replace(hold, value="2024-11-30", least="2018-01-01", most="2024-12-31")
    assert values_of(late, 5) == ("2022-11-30", "2023-05-30", "2023-11-30", "2024-05-30", "2024-11-30")
    last = replace(hold, value="2023-08-31", least="2023-01-01", most="2024-02-29")
    assert values_of(last, 3) == ("2023-05-31", "2023-08-31", "2023-11-30")  # the last day of a shorter month
    outside = replace(hold, value="2030-01-01", least="2018-01-01", most="2024-12-31")
    assert "2030-01-01" in values_of(outside, 5)
    edge = replace(hold, value=date.max.isoformat(), least="9990-01-01", most=date.max.isoformat())
    assert values_of(edge, 5)[-1] == date.max.isoformat()


def test_each_control_is_moved_by_itself_unless_some_are_named(scenario: xs.Scenario) -> None:
    alone = Played.of(scenario)
    settings = [*alone.overrides()]
    assert settings[0] == () and all(len(setting) == 1 for setting in settings[1:])
    assert len(settings) == alone.number() == len({*settings}) == 1 + sum(len(over.values) - 1 for over in alone.moved)
    assert {path for ((path, _),) in settings[1:]} == {each.path for each in controls_of(scenario)}
    pair = Played.of(scenario, controls=[HOLD, "officers"], values=3)
    settings = [*pair.overrides()]
    sizes = [len(over.values) for over in pair.moved]
    assert settings[0] == () and len(settings) == len({*settings}) == pair.number() == sizes[0] * sizes[1] == 9
    assert {path for setting in settings for path, _ in setting} == {HOLD, OFFICERS}
    assert ((HOLD, "2020-10-15"), (OFFICERS, "80")) in settings


def test_policies_that_are_not_played_have_no_controls(scenario: xs.Scenario) -> None:
    played = Played.of(scenario, policies=["no-new-licences"])
    assert played.policies == ("as-before", "no-new-licences") and played.looked_at == ("no-new-licences",)
    paths = {over.control.path for over in played.moved}
    assert HOLD in paths and SUSPEND not in paths and OFFICERS in paths
    played = Played.of(scenario, policies=["licences-suspended"])  # which extends the other
    assert {HOLD, SUSPEND} <= {over.control.path for over in played.moved}
    assert Played.of(scenario, policies=["as-before"]).looked_at == ("as-before",)


def test_each_policy_can_be_looked_at(scenario: xs.Scenario) -> None:
    played = Played.of(scenario)
    assert [played.setting((), policy).asked for policy in played.looked_at] == [*played.looked_at]
    assert played.looks("no-new-licences") == tuple(scenario.policies)  # as the file has it: the link is short


def test_controls_are_named_by_their_path_or_its_end(scenario: xs.Scenario) -> None:
    controls = controls_of(scenario)
    assert named(HOLD, controls).path == HOLD and named("review.officers", controls).path == OFFICERS
    with pytest.raises(ExportsimError, match=r"several controls end in `measure-1.on`: .*; give the whole path of one"):
        named("measure-1.on", controls)
    with pytest.raises(ExportsimError, match=r"unknown control `oficers`; did you mean `officers`\?"):
        named("oficers", controls)
    with pytest.raises(ExportsimError, match="expected one of `policies"):
        named("xxxxxxxxxxxxxxx", controls)


def test_too_many_settings_are_refused_with_the_figures(scenario: xs.Scenario) -> None:
    paths = [each.path for each in controls_of(scenario)]
    with pytest.raises(ExportsimError) as refused:
        Played.of(scenario, controls=paths)
    said = "5 × 5 × 5 × 5 × 5 × 5 values of 6 controls are 15,625 settings, and with 2 policies to look at 31,250"
    assert said in str(refused.value) and f"at most {MOST_ANSWERS:,}" in str(refused.value)
    for wrong in (1, 51, True, 2.5):
        with pytest.raises(ExportsimError, match="--freeze-values: found"):
            Played.of(scenario, values=wrong)  # type: ignore[arg-type]


# ------------------------------------------------------------------ their answers


def test_each_answer_is_that_of_a_run_to_the_cent(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    values: dict[Overrides, Any] = {}

    class Watched(frozen.FrozenScene):
        def __init__(self, result: xs.Result, setting: Setting, before: Scene | None) -> None:
            values[setting.overrides] = result.values
            super().__init__(result, setting, before)

    monkeypatch.setattr(frozen, "FrozenScene", Watched)
    played = Played.of(scenario, controls=[HOLD, "officers"], values=2)
    found = answers_of(made_of(played).text)
    assert len(found) == len(values) * 2 == played.number() * 2
    for overrides in played.overrides():
        moved = xs.load(FILE, overrides=[f"{path}={value}" for path, value in overrides])
        run = xs.run(moved, futures=FUTURES)
        np.testing.assert_array_equal(values[overrides], run.values)
        for policy in played.looked_at:
            expected = Scene(run, played.setting(overrides, policy), at_rest=1).json()
            answer = found[key_of(policy, overrides)]
            for part in ("sentences", "account", "warnings"):
                assert answer[part] == expected[part]
            assert [figure["table"] for figure in answer["figures"]] == [
                figure["table"] for figure in expected["figures"]
            ]
            assert answer["link"] == played.setting(overrides, policy).link()
            assert answer["command"] == played.setting(overrides, policy).command("my file.yaml", FUTURES)


def test_figures_of_a_policy_whose_plays_are_the_same_are_made_once(
    scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, figures = list[str](), Scene.figures

    def counted(self: Scene) -> Any:
        made.append(self.policy)
        return figures(self)

    monkeypatch.setattr(Scene, "figures", counted)
    played = Played.of(scenario, controls=[HOLD, SUSPEND], values=2)
    assert played.number() == 4  # the file's, each date by itself, and both
    made_of(played)
    assert made.count("no-new-licences") == 2 and made.count("licences-suspended") == 4


def test_nothing_of_a_setting_that_is_packed_is_kept(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    known, before = list[weakref.ref[xs.Result]](), list[int]()
    result = frozen.WhatIf.result

    def watched(self: frozen.WhatIf, *asked: Any, **more: Any) -> xs.Result:
        gc.collect()
        before.append(sum(each() is not None for each in known))
        known.append(weakref.ref(found := result(self, *asked, **more)))
        return found

    monkeypatch.setattr(frozen.WhatIf, "result", watched)
    made_of(Played.of(scenario, controls=[HOLD, OFFICERS], values=2))
    assert len(before) > 3 and before == [
        0,
        *[1] * (len(before) - 1),
    ]  # that of the file's own setting, with which others are compared


def test_what_is_other_than_in_the_file_is_said(page: frozen.Page) -> None:
    found = answers_of(page.text)
    assert found[key_of("no-new-licences", ())]["changed"].startswith("“What was done”, as in the scenario’s file")
    moved = found[key_of("no-new-licences", ((HOLD, "2020-10-15"),))]
    assert " more than in the scenario’s file." in moved["changed"]
    other = found[key_of("no-new-licences", ((SUSPEND, "2020-10-15"),))]
    assert other["changed"].endswith("the same as in the scenario’s file.")
    exports = moved["figures"][0]
    assert any(mark["class"] == "before" for mark in exports["marks"])
    assert text("live.exports.before") in exports["caption"]


def test_nothing_is_offered_that_needs_a_server(page: frozen.Page) -> None:
    marks = [
        mark for answer in answers_of(page.text).values() for figure in answer["figures"] for mark in figure["marks"]
    ]
    assert not any("flow" in mark.get("about", {}) for mark in marks)
    assert any("drag" in mark.get("about", {}) for mark in marks) and any(mark.get("about") for mark in marks)
    assert parts_of(page.text)[0]["additions"] == []


def test_only_what_was_played_is_dragged(scenario: xs.Scenario) -> None:
    made = made_of(Played.of(scenario, controls=[OFFICERS], values=2))
    told = parts_of(made.text)[0]
    assert [control["path"] for control in told["controls"]] == [OFFICERS]
    for answer in answers_of(made.text).values():
        exports = answer["figures"][0]
        assert not any("drag" in mark.get("about", {}) for mark in exports["marks"])
        assert text("live.exports.drag") not in exports["caption"]
        assert any(mark["class"] == "measure" for mark in exports["marks"])  # what is done is still said


def test_what_the_page_is_told_first(page: frozen.Page, scenario: xs.Scenario) -> None:
    told = parts_of(page.text)[0]
    by_path = {control["path"]: control["values"] for control in told["controls"]}
    assert by_path[HOLD] == ["2018-10-15", "2019-10-15", "2020-10-15"] and by_path == page.controls
    assert told["frozen"]["looks"]["licences-suspended"] == ["licences-suspended", "as-before", "no-new-licences"]
    assert page.settings == len(told["frozen"]["where"]) // 2 == page.answers // 2
    first, second = told["frozen"]["about"]
    assert f"{page.settings} settings with {FUTURES} futures each" in first
    assert "exportsim serve 'my file.yaml'" in second


def test_settings_that_the_scenario_does_not_allow_are_left_out(scenario: xs.Scenario) -> None:
    moved = Over(control(scenario, OFFICERS), ("-3", "40")), Over(control(scenario, HOLD), ("2019-10-15", "2020-10-15"))
    made = made_of(Played(scenario, tuple(scenario.policies), moved, together=True))
    assert made.refused == (f"{OFFICERS}=-3", f"{OFFICERS}=-3 {HOLD}=2020-10-15") and made.settings == 2
    assert [*made.controls] == [HOLD]


def test_the_same_settings_make_the_same_page(scenario: xs.Scenario) -> None:
    played = Played.of(scenario, controls=[OFFICERS], values=2)
    assert made_of(played).text == made_of(played).text


def test_parts_are_ended_when_they_are_large(
    scenario: xs.Scenario, page: frozen.Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frozen, "PART", 60_000)
    parted = made_of(Played.of(scenario, values=3))
    assert len(parts_of(parted.text)) > len(parts_of(page.text)) == 3
    assert answers_of(parted.text) == answers_of(page.text)
    monkeypatch.setattr(frozen, "PART", 1)
    grid = Played.of(scenario, controls=[OFFICERS, SUSPEND], values=2)
    found, own = answers_of(made_of(grid).text), [pairs for pairs in grid.overrides() if (OFFICERS, "1") in pairs]
    drawn = [found[key_of("no-new-licences", pairs)]["figures"] for pairs in own]
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]  # each part has what it needs, though another has the same


def test_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []

    class Watched:
        def played(self, done: int, total: int) -> None:
            told.append((done, total))

    for place in (0, 1):
        for done in (0, 3, 10):
            Within(Watched(), place, 2).played(done, 10)
    assert [done for done, _ in told] == [0, 300, 1000, 1000, 1300, 2000] and {total for _, total in told} == {2000}


# ------------------------------------------------------------------ the page


def test_a_browser_is_told_to_run_and_ask_nothing_else(page: frozen.Page) -> None:
    (rules,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page.text)
    rules = rules.replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.S)
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.S)
    assert scripts == [content(name) for name in SCRIPTS_OF_FILE] and style == content("page.css")
    for part in (*scripts, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" in rules
    assert "default-src 'none'" in rules and "connect-src" not in rules and "unsafe" not in rules
    assert not re.search(r"<(?:link rel=\"stylesheet|script src|img|iframe)", page.text)
    assert page.text.index("http-equiv") < page.text.index("<style>")
    assert len(page_in_one_file([]).encode()) < 80_000


def test_its_scripts_share_no_name_and_say_what_is_in_the_catalogue() -> None:
    whole = "\n".join(map(content, SCRIPTS_OF_FILE))
    names = re.findall(r"(?m)^(?:async )?(?:function|const|let) (\w+)", whole)
    assert len(names) > 50 and len(names) == len(set(names))
    assert {*SCRIPTS_OF_FILE} ^ {*SCRIPTS} == {"frozen.js", "connection.js"}
    said = set(re.findall(r'\bsay\("(\w+)"', content("frozen.js")))
    words = {key.rpartition(".")[2] for key in WORDS}
    assert said == {*WORDS_OF_FILE} - {"drag"} and {*WORDS_OF_FILE} & words == {"drag"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|</script", whole.replace(
        content("orders.js"), ""))  # fmt: skip


def hostile(node: Any, markup: str, key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: hostile(value, markup, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile(value, markup, key) for value in node]
    return f"{markup} {node}" if key in ("title", "description", "note", "text") and isinstance(node, str) else node


def test_no_text_of_a_scenario_is_in_the_page_as_it_is(tmp_path: Path) -> None:
    markup = "</script><script>alert(1)</script><!-- ]]> {{7*7}}"
    written = hostile(YAML(typ="safe").load(FILE.read_text()), markup)
    for policy in written["policies"].values():
        policy["title"] = markup + str(policy.get("title", ""))
    (tmp_path / "hostile.yaml").write_text(json.dumps(written, default=str))
    scenario = xs.load(tmp_path / "hostile.yaml")
    made = made_of(Played.of(scenario, controls=[OFFICERS], values=2))
    assert "alert(" not in made.text and "7*7" not in made.text and "-->" not in made.text
    told = parts_of(made.text)[0]
    assert told["title"].startswith(markup) and told["policies"][0]["title"].startswith(markup)


def test_it_is_made_in_french(scenario: xs.Scenario) -> None:
    with use("fr"):
        made = made_of(Played.of(scenario, controls=[OFFICERS], values=2))
    assert '<html lang="fr">' in made.text
    told = parts_of(made.text)[0]
    assert told["language"]["put_back"] == catalogue("fr")["live.frozen.put_back"][1]
    assert "comme dans le fichier" in answers_of(made.text)[key_of("no-new-licences", ())]["changed"]


# ------------------------------------------------------------------ the command


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    typed = Shell(capsys)
    return lambda *arguments, file=FILE: typed("serve", str(file), *arguments)


SMALL = ("--freeze-control", "officers", "--freeze-values", "2", "--futures", "2")


def test_the_command_writes_a_page_and_says_what_is_in_it(shell: Callable[..., Said], tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    told = shell("--freeze", str(out), *SMALL)
    assert told.status == 0, told.err
    assert told.out == f"3 settings with 2 futures each, 0.1 MB\nWritten to {out}\n"
    assert parts_of(out.read_text())[0]["futures"] == 2
    again = json.loads(shell("--freeze", str(out), *SMALL, "--json").out)  # it is replaced: it was as written
    assert again["controls"] == {OFFICERS: ["1", "40", "80"]} and again["refused"] == []
    assert again["written"] == str(out) and again["settings"] == 3 and again["futures"] == 2
    assert shell("--freeze", str(out), *SMALL, "--quiet") == Said(0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_nothing_else_is_replaced(shell: Callable[..., Said], tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("years of work")
    told = shell("--freeze", str(out), *SMALL)
    assert told.status == 2 and "it is no page, or has been changed" in told.err
    assert out.read_text() == "years of work"
    assert shell("--freeze", str(out), *SMALL, "--force", "--quiet").status == 0
    assert parts_of(out.read_text())
    told = shell("--freeze", str(tmp_path / "no" / "page.html"), *SMALL)
    assert told.status == 2 and "there is no folder" in told.err
    told = shell("--freeze", str(FILE), *SMALL, "--force")
    assert told.status == 2 and "which was read for it" in told.err


def test_a_page_that_is_too_large_is_not_written(shell: Callable[..., Said], tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    told = shell("--freeze", str(out), "--futures", "2", "--size", "200K", "--freeze-values", "40")
    assert told.status == 2 and [*tmp_path.iterdir()] == []
    assert re.search(r"--size: (after \d+ of \d+ settings )?the page has 0\.2\d MB, expected at most 0\.20", told.err)
    assert "--freeze-control" in told.err and "nothing was written" in told.err
    for wrong in ("", "10K", "big"):
        told = shell("--freeze", str(out), "--size", wrong)
        assert told.status == 2 and "--size: found" in told.err


def test_a_stop_leaves_nothing(shell: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("exportsim.live.freeze.Drawing.answers", stopped)
    told = shell("--freeze", str(tmp_path / "page.html"), *SMALL)
    assert told.status == 130 and [*tmp_path.iterdir()] == []


def test_an_answer_that_was_cut_short_is_a_stop(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut:
        interrupted = True

    monkeypatch.setattr(frozen.WhatIf, "result", lambda *_, **__: Cut)
    with pytest.raises(KeyboardInterrupt):
        made_of(Played.of(scenario, controls=[OFFICERS], values=2))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--size", "1M"), "--size goes with --freeze"),
        (("--policy", "licences-suspended"), "--policy goes with --freeze"),
        (("--freeze-control", "officers"), "--freeze-control goes with --freeze"),
        (("--json",), "--json goes with --freeze"),
        (("--freeze", "p.html", "--port", "80"), "--port goes with a page that is served; --freeze serves nothing"),
        (("--freeze", "p.html", "--no-browser"), "--no-browser goes with a page that is served"),
        (("--freeze", "p.html", "--json", "--quiet"), "--json prints and --quiet does not"),
        (("--freeze", "p.html", "--futures", "0"), "futures: found 0"),
        (("--freeze", "p.html", "--policy", "no-new-licence"), "did you mean `no-new-licences`?"),
        (("--freeze", "p.html", "--freeze-control", "oficers"), "did you mean `officers`?"),
    ],
)
def test_what_does_not_go_together_is_refused(
    shell: Callable[..., Said], arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = shell(*arguments)
    assert told.status == 2 and said in told.err and [*tmp_path.iterdir()] == []


def test_what_takes_long_is_said_before(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    played = Played.of(scenario, controls=[HOLD, "officers"], values=2)
    freeze(played, "f.yaml", futures=2, memory=1 << 28, most=LARGE, announce=told.append)
    assert told == []
    monkeypatch.setattr(frozen, "LONG", 0)
    freeze(played, "f.yaml", futures=2, memory=1 << 28, most=LARGE, announce=told.append)
    # The file's own and those with other officers play three policies, that with another date two.
    assert len(told) == 1 and told[0].startswith("6 settings are up to 34 plays: about 1 minutes")
    assert "With --futures" not in told[0]
    monkeypatch.setattr(frozen, "PATIENCE", 0)  # fewer are offered, where there are fewer
    for futures, offered in ((4, "With --futures 3 it is about 1 minutes."), (3, "take less.")):
        freeze(played, "f.yaml", futures=futures, memory=1 << 28, most=LARGE, announce=told.append)
        assert told[-1].endswith(offered)
