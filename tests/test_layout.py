"""`exportsim fmt`: one layout for scenario files, which keeps all that they say, and every remark."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim.errors import ScenarioError
from exportsim.scenario import digest, explicit_text, load
from exportsim.scenario.layout import laid_out
from exportsim.scenario.text import parse, plain
from shell import Shell

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("scenarios/**/*.yaml"), *ROOT.glob("tests/conformance/*.yaml")])

WRITTEN = """\
# what this is

exportsim:   1 # the format
goods: {radar: {title: "Radar # one" }}   # kept


authorities:
     office:
        review:
        -  stage: one
           officers: 2      # of three

           work: 5d
        # the second is for later
        - {stage: two,  officers: 1, # alone
           work: {lognormal: {median: 3bd,
                              p90: 8bd}}}
        # no third
     # no other office
     notes: one line
       and another
     title: >-
           folded

             further in

# the end
"""
LAID_OUT = """\
# what this is

exportsim: 1   # the format
goods: {radar: {title: "Radar # one"}}    # kept

authorities:
  office:
    review:
      - stage: one
        officers: 2         # of three

        work: 5d
      # the second is for later
      - stage: two
        officers: 1                  # alone
        work: {lognormal: {median: 3bd, p90: 8bd}}
      # no third
  # no other office
  notes: one line and another
  title: >-
    folded

      further in

# the end
"""


def test_a_file_is_laid_out_as_the_page_says() -> None:
    assert laid_out(WRITTEN, "my.yaml") == LAID_OUT


def test_what_does_not_fit_on_a_line_of_110_characters_gets_a_line_for_each_entry() -> None:
    fits = "goods: {radar: {title: " + "a" * 85 + "}}\n"
    assert len(fits) == 111 and laid_out(fits, "x") == fits
    assert laid_out(fits.replace("aa", "aaa", 1), "x") == "goods:\n  radar: {title: " + "a" * 86 + "}\n"
    assert laid_out("goods: [" + ", ".join(["a" * 9] * 12) + "]", "x") == "goods:\n" + f"  - {'a' * 9}\n" * 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_scenario_here_says_the_same_and_is_laid_out_once(file: Path, tmp_path: Path) -> None:
    before = file.read_text()
    after = laid_out(before, file.name)
    assert laid_out(after, file.name) == after
    assert plain(parse(after, "after")[0]) == plain(parse(before, "before")[0])
    if "conformance" not in file.parts:  # of which the scenario is a part
        explicit = explicit_text(load(file))
        assert laid_out(explicit, file.name) == explicit  # which the writer writes so


# Texts in every style that a person may choose

WORDS = st.sampled_from(
    ["a", "1.250", "2020-01-01", "0x10", "x y", "400d", "é", "on", "-1", "a#b", "a-b", "true", "~", "null", ""]
)
QUOTED = st.sampled_from(['"a: # b"', "'it''s'", '"\\t\\u00e9"', '"two\n\n   lines"', "'one\n    more'", '""'])
REMARKS = st.sampled_from(["", "", "", "", " # why", "   #", "  # at: {a"])


@st.composite
def braces(draw: st.DrawFn, depth: int) -> str:
    """A value in one line, or over several within braces."""
    kind = draw(st.sampled_from(["word", "quoted", "mapping", "list"] if depth else ["word", "quoted"]))
    if kind in ("word", "quoted"):
        return draw(QUOTED if kind == "quoted" else WORDS.filter(bool))
    breaks = st.sampled_from(["", " ", "\n      ", " # in braces\n      ", "\n\n      # alone\n      "])
    parts = []
    for number in range(draw(st.integers(0, 3))):
        value = draw(braces(depth - 1))
        parts.append(draw(breaks) + (f"k{number}: {value}" if kind == "mapping" else value) + draw(breaks))
    opening, closing = "{}" if kind == "mapping" else "[]"
    return opening + ",".join(parts) + draw(breaks) + closing


@st.composite
def block(draw: st.DrawFn, depth: int, indent: int) -> str:
    """The lines of a block at an indent."""
    lines, space = [], " " * indent
    is_list = draw(st.booleans()) if depth < 3 else False
    for number in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 3)) == 0:
            lines.append(draw(st.sampled_from(["", f"{space}# above", f"\n{space}# above\n", "\n\n"])))
        start = space + ("-" if is_list else draw(st.sampled_from([f"k{number}:", f'"k {number}" :'])))
        deeper = indent + draw(st.integers(1, 4)) + (1 if is_list else 0)
        kind = draw(st.sampled_from(["word", "quoted", "braces", "text", "plain", "block"] if depth else ["word"]))
        remark = draw(REMARKS)
        if kind == "block":
            below = draw(block(depth - 1, deeper))
            if is_list and not remark and below.lstrip(" ") == below[deeper:] and below[deeper] not in "#\n":
                lines.append(start + " " * (deeper - indent - 1) + below.lstrip(" "))
            else:
                lines.append(f"{start}{remark}\n{below}")
            if draw(st.booleans()):
                lines.append(" " * deeper + "# below")
        elif kind == "text":
            head = draw(st.sampled_from([">", "|", "|-", ">+", "|+", "> # text"]))
            text = draw(st.sampled_from(["one\ntwo", "one\n\n  # no remark\ntwo", "a: b\n\n", "one"]))
            inner = "\n".join(" " * deeper + line if line else "" for line in text.split("\n"))
            lines.append(f"{start} {head}\n{inner}")
        elif kind == "plain":
            lines.append(f"{start} some\n{' ' * deeper}words - of\n\n{' ' * deeper}a text{remark}")
        else:
            value = draw({"word": WORDS, "quoted": QUOTED, "braces": braces(2)}[kind])
            value = value.replace("\n", "\n" + " " * indent)
            lines.append(f"{start} {value}{remark}")
    return "\n".join(lines)


@given(block(3, 0), st.sampled_from(["", "# first\n", "---\n", "# first\n\n%YAML 1.2\n---\n# then\n"]))
def test_any_text_that_can_be_read_is_laid_out_once_with_all_that_it_says(body: str, head: str) -> None:
    content = head + body + "\n"
    tree, faults = parse(content, "any")
    assert not faults
    after = laid_out(content, "any")
    assert laid_out(after, "any") == after
    assert plain(parse(after, "after")[0]) == plain(tree)
    assert after.count("# ") == content.count("# ")  # remarks, and what looks like one
    assert after.endswith("\n") and not after.endswith("\n\n\n")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\n"),
        ("a:   &x\n     b: 1\nc: [*x , ! 012]\n", "a: &x\n  b: 1\nc: [*x, ! 012]\n"),
        ("a: {radar:}\nb: {c, d: }\n", "a: {radar: null}\nb: {c: null, d: null}\n"),
        ("a:\n- # why\n  b: 1\n- - c\n  - d\n", "a:\n  # why\n  - b: 1\n  - - c\n    - d\n"),
        ("a:\n# of b\n- b\n# of c\nc: 1\n", "a:\n  # of b\n  - b\n# of c\nc: 1\n"),
        ("a: # one\n  # two\n  {b: 1}  # three\n", "# one\n# two\na: {b: 1}  # three\n"),
        ("a: >2\n    one\n", 'a: "  one\\n"\n'),
        ("\ufeffa: 1", "a: 1\n"),
        ("{a: 1,\n b: 2}", "a: 1\nb: 2\n"),
    ],
)
def test_the_odd_ways_of_yaml(written: str, expected: str) -> None:
    assert laid_out(written, "odd") == expected
    assert laid_out(expected, "odd") == expected


def test_what_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the writer to lose a remark or a digit, nothing would come of it."""
    from exportsim.scenario import layout

    text = layout._Writer.text
    for lost in ("# why", "1.250", "b"):
        monkeypatch.setattr(layout._Writer, "text", lambda self, lost=lost: text(self).replace(lost, "1.25"))
        with pytest.raises(ScenarioError, match="without changing what it says"):
            laid_out("a: 1.250 # why\nb: 2\n", "my.yaml")


# The command


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text((ROOT / "scenarios/quickstart.yaml").read_text())
    return Shell(capsys)


def test_a_file_is_written_anew_and_a_second_time_stays(shell: Shell) -> None:
    before = load("my.yaml")
    Path("my.yaml").chmod(0o600)
    said = shell("fmt", "my.yaml")
    assert said == (0, "my.yaml: laid out anew\n", "")
    assert stat.S_IMODE(Path("my.yaml").stat().st_mode) == 0o600
    assert (
        digest(load("my.yaml")) == digest(before) and "\n    title: British industry\n" in Path("my.yaml").read_text()
    )
    there = Path("my.yaml").stat()
    assert shell("fmt", "my.yaml") == (0, "my.yaml: laid out as it should be\n", "")
    assert Path("my.yaml").stat().st_ino == there.st_ino  # not even written


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_what_only_looks_changes_nothing_and_ends_with_one(shell: Shell, option: str) -> None:
    before = Path("my.yaml").read_text()
    said = shell("fmt", "my.yaml", option)
    assert said.status == 1 and Path("my.yaml").read_text() == before
    if option == "--check":
        assert said.out == "my.yaml: laid out otherwise\n"
    else:
        assert said.out.startswith("--- my.yaml\n+++ my.yaml\n@@") and "\n+    title: British industry\n" in said.out
    assert shell("fmt", "my.yaml", "-q").out == "" and shell("fmt", "my.yaml", option).status == 0


def test_line_ends_of_windows_are_kept(shell: Shell) -> None:
    Path("my.yaml").write_bytes(Path("my.yaml").read_bytes().replace(b"\n", b"\r\n"))
    assert shell("fmt", "my.yaml").status == 0
    content = Path("my.yaml").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 50
    assert shell("fmt", "my.yaml", "--check").status == 0


def test_a_link_stays_a_link(shell: Shell) -> None:
    Path("my.yaml").rename("kept.yaml")
    Path("my.yaml").symlink_to("kept.yaml")
    assert shell("fmt", "my.yaml").status == 0
    assert Path("my.yaml").is_symlink() and "\n    title: British industry\n" in Path("kept.yaml").read_text()


def test_one_faulty_file_and_none_is_written(shell: Shell) -> None:
    before = Path("my.yaml").read_text()
    Path("wrong.yaml").write_text(before.replace("slots: 20, lead", "slots: -20, lead"))
    said = shell("fmt", "my.yaml", "wrong.yaml", "nowhere.yaml")
    assert said.status == 2 and "suppliers.turkish.slots" in said.err and "nowhere.yaml: cannot be read" in said.err
    assert Path("my.yaml").read_text() == before


def test_another_digest_is_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Path("my.yaml").read_text()
    changed = before.replace("slots: 20, lead", "slots: 21, lead")
    monkeypatch.setattr("exportsim.scenario.layout.laid_out", lambda *_: changed)
    said = shell("fmt", "my.yaml")
    assert said.status == 2 and "would change what this file says" in said.err
    assert Path("my.yaml").read_text() == before


def test_what_is_extended_is_read_and_not_written(shell: Shell) -> None:
    base = Path("my.yaml").read_text()
    Path("more.yaml").write_text("extends:   my.yaml\nsuppliers: { turkish: {slots:  5}}\n")
    assert shell("fmt", "more.yaml").status == 0
    assert Path("more.yaml").read_text() == "extends: my.yaml\nsuppliers: {turkish: {slots: 5}}\n"
    assert Path("my.yaml").read_text() == base


def test_the_same_as_json(shell: Shell) -> None:
    found = json.loads(shell("fmt", "my.yaml", "--diff", "--json").out)["files"]
    assert [(each["file"], each["changed"], each["written"]) for each in found] == [("my.yaml", True, False)]
    assert found[0]["digest"] == digest(load("my.yaml")) and found[0]["diff"].startswith("--- my.yaml")
    assert json.loads(shell("fmt", "my.yaml", "--json").out)["files"][0]["written"] is True
    assert shell("fmt", "my.yaml", "--json", "--quiet").status == 2


def test_the_hooks_for_pre_commit_are_commands_that_there_are(shell: Shell) -> None:
    hooks = plain(parse((ROOT / ".pre-commit-hooks.yaml").read_text(), "hooks")[0])
    assert [hook["id"] for hook in hooks] == ["exportsim-fmt", "exportsim-check"]
    Path("other.yaml").write_text(Path("my.yaml").read_text())
    for hook in hooks:  # both files in one call, and a mistake fails
        program, *words = hook["entry"].split()
        assert program == "exportsim" and shell(*words, "my.yaml", "other.yaml").status == 0
        assert shell(*words, "nowhere.yaml").status == 2
        assert re.search(hook["files"], "scenarios/my.yaml") and re.search(hook["files"], "a/scenarios/b/my.yml")
        assert not re.search(hook["files"], "mkdocs.yml")
