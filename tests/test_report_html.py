"""The report as text: what it says is what the result says, whatever a scenario says is shown and never obeyed."""

from __future__ import annotations

import base64
import dataclasses
import importlib.util
import io
import json
import re
import shlex
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import exportsim
from exportsim import ExportsimError, Result, cli, load
from exportsim.analysis.intervals import Interval, Verdict, verdict
from exportsim.opening import open_study
from exportsim.report import contents
from exportsim.report.amounts import Amounts
from exportsim.report.assumptions import assumptions
from exportsim.report.document import Dated, Document, Estimated, Figure, Heading, Line, Table
from exportsim.report.html import fragment, page, prepared_page, write_report
from exportsim.report.html.assurance import records, statement
from exportsim.report.html.downloads import csv_of
from exportsim.report.html.studies import sections
from exportsim.report.html.words import css_numbers, css_text
from exportsim.report.model_limits import consequence, limits
from exportsim.report.number_format import one_scale, unit_of
from exportsim.report.result import describe
from exportsim.scenario import replace
from exportsim.study.study import TableStudy
from exportsim.study.table_file import write_table
from shell import Shell
from worlds import as_file, steady_sources

ROOT = Path(__file__).parents[1]
EVIL = "<script>fetch('//x')</script> & \"quotes\" $x$ </style><img src=x onerror=alert(1)> \x1b[31m \u202e"
TEXT = as_file(
    steady_sources(
        sources={"ledger": "The ledger of 2019", "unused": "Never cited"},
        goods__sensors__title="Sensors",
        authorities__gac__service_standard="20bd",
        authorities__gac__approval=0.9,
        authorities__gac__source={
            "service_standard": "ledger", "approval": ["ledger", "judgement"], "review": "judgement",
        },
        authorities__gac__notes="An office as it might be.",
        suppliers__south__source="ledger",
        demand__line__source="judgement",
        policies__strict__measures__0__source="ledger",
        policies__idle={"measures": []},
    )
)  # fmt: skip
VOID = {"meta", "link", "img", "br", "hr", "path", "use", "rect"}


class Reader(HTMLParser):
    """Reads a page as a browser would, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def all(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        return [each for each in self.tags if each[0] in names]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    file = tmp_path_factory.mktemp("world") / "my.yaml"
    file.write_text(TEXT)
    return exportsim.run(load(file), futures=8)


@pytest.fixture(scope="module")
def whole(result: Result) -> str:
    """A page with all its figures."""
    return page(result)


@pytest.fixture(scope="module")
def reader(whole: str) -> Reader:
    return Reader(whole)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(TEXT)
    return tmp_path


@pytest.fixture
def shell(here: Path, one_figure: None, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


# What it says


def test_it_has_every_part_in_order_and_headings_without_gaps(reader: Reader) -> None:
    parts = [attrs.get("id") for tag, attrs in reader.all("h2")]
    assert parts == ["answer", "figures", "policies", "omissions", "method", "assurance", "assumptions", "origin"]
    listed = [attrs["href"] for _, attrs in reader.all("a") if attrs["href"] in [f"#{part}" for part in parts]]
    assert listed[: len(parts)] == [f"#{part}" for part in parts]  # the contents
    levels = [int(tag[1]) for tag, _ in reader.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_it_refers_to_nothing_outside_itself_and_only_to_what_is_there(reader: Reader) -> None:
    known = {attrs["id"] for _, attrs in reader.tags if "id" in attrs}
    for tag, attrs in reader.tags:
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            value = attrs.get(name)
            inside = value is None or value == "data:," or (value.startswith("#") and value[1:] in known)
            assert inside or ("download" in attrs and str(value).startswith("data:text/csv;")), (tag, attrs)
    assert not reader.all("script", "iframe", "object", "embed", "base", "form")


def test_identifiers_are_given_once(reader: Reader) -> None:
    known = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(known) == len(set(known))


def test_the_tables_are_those_of_the_result(result: Result, reader: Reader) -> None:
    exports = result.summary().loc[("strict", "exports")]
    told = Amounts(result).text(Interval(*exports[list(Interval._fields)]))
    assert "±" in told and told in reader.words
    assert all(attrs.get("scope") in ("col", "row", "rowgroup") for _, attrs in reader.all("th"))
    assert len(reader.all("caption")) == len(reader.all("table"))


def test_what_scrolls_can_be_reached_and_has_a_name(reader: Reader) -> None:
    known = {attrs["id"] for _, attrs in reader.tags if "id" in attrs}
    regions = [attrs for _, attrs in reader.tags if attrs.get("role") == "region"]
    assert len(regions) >= len(reader.all("table"))
    assert all(a.get("tabindex") == "0" and (a.get("aria-label") or a.get("aria-labelledby") in known) for a in regions)


def test_every_figure_has_a_label_a_caption_and_its_numbers(reader: Reader) -> None:
    drawings = reader.all("svg")
    assert len(reader.all("figure")) == len(reader.all("figcaption")) == 9
    assert len(drawings) == 18  # wide and narrow
    assert all(attrs["role"] == "img" and len(attrs["aria-label"] or "") > 60 for _, attrs in drawings)
    numbers = [attrs["id"] for _, attrs in reader.all("caption") if str(attrs["id"]).startswith("numbers-")]
    assert len(numbers) == 9


def test_the_numbers_of_the_waterfall_are_the_waterfall(result: Result, reader: Reader) -> None:
    table = result.waterfall("strict").set_index("bar")
    told = Amounts(result).text(Interval(*table.loc["taken_over/south", list(Interval._fields)]))
    assert f"taken over by south {told}" in reader.words


def test_what_the_model_leaves_out_is_what_the_documentation_says(reader: Reader) -> None:
    documented = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    for topic, text in limits():
        assert f"{topic}. {text}" in reader.words and f"- **{topic}.** {text}" in documented
    assert consequence() in reader.words and consequence() in documented


def test_the_method_follows_the_checklist(reader: Reader) -> None:
    text = page_section(reader.words, "In the order of the STRESS-DES checklist", "Appendix A: assurance statement")
    places = [text.find(f"{number} ") for number in ("1 Objectives", "2 Logic", "3 Data", "4 Experimentation")]
    places += [text.find(title) for title in ("5 Implementation", "6 Access to the code")]
    assert -1 not in places and places == sorted(places)
    for item in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "3.2", "3.3", "3.4"):
        assert f"{item} " in text
    for item in ("4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "5.4", "6.1"):
        assert f"{item} " in text


def page_section(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.rindex(end)]


def test_nothing_of_this_machine_is_on_the_page(result: Result, whole: str, here: Path, one_figure: None) -> None:
    text = page(result, file=str(here / "my.yaml"))
    assert str(here) not in text
    for each in (text, whole):
        assert str(Path.home()) not in each and result.scenario.folder not in each
    assert "exportsim report my.yaml" in text


# The answer


def test_the_page_says_the_sentences_of_the_answer(result: Result, reader: Reader) -> None:
    for sentence in result.answer("strict").sentences:
        assert sentence in reader.words


def test_one_policy_is_told_by_itself_and_one_future_without_interval(result: Result) -> None:
    alone = exportsim.run(replace(result.scenario, policies={"free": {}}), futures=1)
    text = Reader(page(alone)).words
    assert "“free”, the only policy played" in text and "no interval can be given" in text
    assert "nothing is compared" in text
    assert "±" not in str(alone.answer())


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        (Interval(0, 0, 0, 0, 5), Verdict.SAME),
        (Interval(1, -1, 3, 2, 5), Verdict.DOUBTFUL),
        (Interval(-2, -3, -1, 2, 5), Verdict.LESS),
        (Interval(2, 1, 3, 2, 5), Verdict.MORE),
        (Interval(2, 2, 2, 0, 5), Verdict.MORE),
        (Interval(2, float("nan"), float("nan"), float("nan"), 1), Verdict.UNKNOWN),
    ],
)
def test_what_an_interval_says(interval: Interval, found: Verdict) -> None:
    assert verdict(*interval[:3]) is found


# Assumptions


def test_every_number_is_listed_with_its_source_or_judgement(result: Result) -> None:
    found = assumptions(result.scenario)
    kinds = {
        (group.title, number.field): (number.kind, number.sources)
        for _, groups in found.sections
        for group in groups
        for number in group.numbers
    }
    assert kinds["gac", "service_standard"] == ("source", ("ledger",))
    assert kinds["gac", "approval"] == ("both", ("ledger",))
    assert kinds["gac › review › desk", "officers"] == ("judgement", ())  # from the part that holds it
    assert kinds["north", "slots"] == ("nothing", ())
    assert kinds["south", "lead_time"] == ("source", ("ledger",))
    assert kinds["line › north", "weight"] == ("judgement", ())
    assert kinds["strict", "2020-06-01"] == ("source", ("ledger",))
    assert ("line", "parts") not in kinds  # left at its default
    assert sum(found.counts.values()) == len(kinds)


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_scenarios_leave_hardly_a_number_without_a_word(file: Path) -> None:
    found = assumptions(load(file))
    assert found.counts["nothing"] <= 0.05 * sum(found.counts.values())
    cited = {key for _, groups in found.sections for group in groups for each in group.numbers for key in each.sources}
    assert cited <= {key for key, _ in found.sources}


def test_judgement_is_marked_and_citations_lead_to_their_source(reader: Reader) -> None:
    marks = [attrs for tag, attrs in reader.tags if tag == "span" and attrs.get("class") == "judged"]
    assert len(marks) > 5
    assert "[1]" in reader.words and "The ledger of 2019" in reader.words
    assert "An office as it might be." in reader.words


# Escaping


def test_what_a_scenario_says_is_shown_and_never_obeyed(here: Path) -> None:
    form = exportsim.scenario.explicit(load("my.yaml"))
    form |= {"title": EVIL, "description": EVIL, "sources": {EVIL: EVIL}}
    form["authorities"]["gac"] |= {"title": EVIL, "notes": EVIL, "source": EVIL}
    form["policies"]["strict"]["title"] = EVIL
    form["policies"]["strict"]["measures"][0] |= {"name": EVIL[:60], "notes": EVIL}
    form["policies"]["strict"]["measures"][0]["source"] = EVIL
    form["suppliers"]["south"]["source"] = EVIL
    text = page(exportsim.run(exportsim.build(form), futures=2))
    reader = Reader(text)
    assert not reader.all("script", "img")
    assert "onerror" not in {name for _, attrs in reader.tags for name in attrs}
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[31m" in text
    assert text.count("</style>") == 1 and text.lower().count("<script") == 0
    assert "<script>fetch('//x')</script> & \"quotes\"" in reader.words


def test_a_title_in_letters_that_the_figures_lack_is_no_obstacle(result: Result, one_figure: None) -> None:
    scenario = replace(result.scenario, title="出口許可")
    assert "出口許可" in Reader(page(exportsim.run(scenario, futures=2))).words


# Writing


def test_the_command_writes_the_page_and_says_so(shell: Shell) -> None:
    said = shell("report", "my.yaml", "--futures", "3", "--out", "r.html")
    assert (said.status, said.out) == (0, "Written to r.html\n")
    text = Path("r.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and "A small world" in text
    assert [path.name for path in Path().iterdir() if path.name.startswith(".r.html")] == []


def test_the_command_on_the_page_makes_the_page_again(shell: Shell) -> None:
    given = ["my.yaml", "--futures", "3", "--seed", "5", "--policy", "strict", "--set", "suppliers.north.slots=1"]
    shell("report", *given, "--out", "r.html", "-q")
    first = Path("r.html").read_text(encoding="utf-8")
    found = re.search(r"<code>(exportsim report .*?)</code>", first)
    assert found is not None
    words = shlex.split(Reader(found[1]).words)
    assert shell(*words[1:], "-q").status == 0
    assert timeless(Path("report.html").read_text(encoding="utf-8")) == timeless(first)


def timeless(text: str) -> str:
    """A page without what is another every time: when it was made, how long it took, and its checksum."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\d+\.\d s\b|sha256:\w+", "", text)


def test_a_folder_that_run_wrote_gives_the_same_numbers(shell: Shell) -> None:
    shell("run", "my.yaml", "--futures", "4", "--seed", "3", "--policy", "strict", "--out", "answer", "-q")
    assert shell("report", "answer", "--out", "folder.html").status == 0
    shell("report", "my.yaml", "--futures", "4", "--seed", "3", "--policy", "strict", "--out", "file.html")
    folder, file = (Reader(Path(name).read_text(encoding="utf-8")).words for name in ("folder.html", "file.html"))
    assert timeless(folder.partition("To make it again")[0]) == timeless(file.partition("To make it again")[0])


def test_a_folder_whose_scenario_was_changed_is_refused(shell: Shell) -> None:
    shell("run", "my.yaml", "--futures", "2", "--out", "answer", "-q")
    scenario = Path("answer/scenario.yaml")
    scenario.write_text(scenario.read_text().replace("slots: 4", "slots: 5"))
    said = shell("report", "answer", "--out", "r.html")
    assert said.status == 2 and "not the scenario that was played" in said.err and not Path("r.html").exists()


def test_a_folder_with_other_numbers_is_refused(shell: Shell) -> None:
    shell("run", "my.yaml", "--futures", "2", "--out", "answer", "-q")
    table = pd.read_parquet("answer/outcomes.parquet")
    table.loc[1, "exports"] += 0.01
    table.to_parquet("answer/outcomes.parquet", index=False)
    said = shell("report", "answer", "--out", "r.html")
    assert said.status == 2 and "differ from outcomes.parquet" in said.err and not Path("r.html").exists()


@pytest.mark.parametrize("written", [None, "{}", "no json", '{"scenario": 1, "futures": "many"}'])
def test_a_folder_of_something_else_is_refused(shell: Any, written: str | None) -> None:
    Path("folder").mkdir()
    if written is not None:
        Path("folder/provenance.json").write_text(written)
    said = shell("report", "folder", "--out", "r.html")
    assert said.status == 2 and "provenance.json" in said.err and "Traceback" not in said.err


@pytest.mark.parametrize("option", [["--futures", "3"], ["--seed", "2"], ["--policy", "strict"], ["--set", "a=b"]])
def test_a_folder_says_itself_what_was_played(shell: Any, option: list[str]) -> None:
    Path("folder").mkdir()
    said = shell("report", "folder", "--out", "r.html", *option)
    assert said.status == 2 and f"{option[0]} goes with a scenario file" in said.err


@pytest.mark.parametrize("where", ["missing/r.html", "my.yaml", "folder"])
def test_where_it_cannot_write_is_told_before_anything_is_played(
    shell: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    Path("folder").mkdir()
    monkeypatch.setattr(exportsim, "run", lambda *_, **__: pytest.fail("it was played"))
    said = shell("report", "my.yaml", "--out", where)
    assert said.status == 2 and said.err.startswith(f"error: --out {where}: ")
    assert Path("my.yaml").read_text() == TEXT


def test_a_report_is_replaced_and_another_file_only_by_force(shell: Shell) -> None:
    Path("thesis.html").write_text("<p>years of work")
    assert shell("report", "my.yaml", "--futures", "1", "--out", "thesis.html").status == 2
    assert Path("thesis.html").read_text() == "<p>years of work"
    for force in (["--force"], []):
        assert shell("report", "my.yaml", "--futures", "1", "--out", "thesis.html", *force).status == 0


def test_a_report_that_was_changed_is_replaced_by_force_alone(shell: Shell) -> None:
    command = ("report", "my.yaml", "--futures", "1", "--out", "r.html")
    assert shell(*command).status == 0
    noted = Path("r.html").read_text(encoding="utf-8").replace("</h1>", " (my notes)</h1>", 1)
    Path("r.html").write_text(noted, encoding="utf-8")
    said = shell(*command)
    assert said.status == 2 and "it is no report, or has been changed" in said.err
    assert Path("r.html").read_text(encoding="utf-8") == noted
    assert shell(*command, "--force").status == 0
    with pytest.raises(ExportsimError, match="has been changed"), prepared_page("r.html") as put:
        Path("r.html").write_text(noted, encoding="utf-8")  # while the page is made
        put("<p>")
    assert Path("r.html").read_text(encoding="utf-8") == noted
    said = shell("report", "my.yaml", "--futures", "1", "--out", "my.yaml", "--force")
    assert said.status == 2 and "this would replace my.yaml, which was read for it" in said.err
    assert Path("my.yaml").read_text(encoding="utf-8") == TEXT


def test_a_page_that_cannot_be_made_leaves_the_old_one(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("report", "my.yaml", "--futures", "1", "--out", "r.html")
    before = Path("r.html").read_bytes()
    monkeypatch.setattr("exportsim.report.answer.answer_from", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["report", "my.yaml", "--futures", "1", "--out", "r.html"])
    assert Path("r.html").read_bytes() == before
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def test_a_result_writes_its_report_and_looks_closely_at_what_it_is_asked(
    result: Result, here: Path, one_figure: None
) -> None:
    write_report(result, "r.html", focus="idle")
    assert "The sentences and figures look closely at <b>idle</b>" in Path("r.html").read_text(encoding="utf-8")
    with pytest.raises(ExportsimError, match="did you mean `idle`"):
        write_report(result, "r.html", focus="idel")
    with pytest.raises(ExportsimError, match="unknown policy"):
        write_report(result, "r.html", focus="free")  # the reference is not compared with itself


def test_the_digest_on_the_page_is_that_of_the_scenario(result: Result, reader: Reader) -> None:
    assert json.loads(json.dumps(dict(result.provenance)))["scenario"] in reader.words


@pytest.mark.long
def test_the_page_of_the_founding_case_is_small() -> None:
    text = page(exportsim.run(load(ROOT / "scenarios" / "canada-turkiye.yaml"), futures=10))
    assert len(text.encode()) < 5_000_000


def test_any_document_can_be_set_in_html_with_the_cells_that_a_terminal_shows(result: Result) -> None:
    for document in (describe(result), contents.describe(result.scenario)):
        words = Reader(fragment(document.blocks)).words
        for block in document.blocks:
            if isinstance(block, Heading | Line):
                assert " ".join(block.text.split()) in words
            if isinstance(block, Table):
                assert block.caption in words
                for cell in (cell for row in block.cells for cell in row):
                    assert (f"({cell.text})" if cell.doubtful else cell.text) in words


def test_what_a_document_says_is_escaped_in_html() -> None:
    document = Document([Line("<script>"), Table("t", "<b>", ["<i>"], [["<u>"]]), Dated("1 May", [["<p>."]])], dict)
    assert not {"script", "b", "i", "u"} & {tag for tag, _ in Reader(fragment(document.blocks)).tags}


# What goes with the page


def test_the_numbers_of_a_figure_are_downloaded_unrounded(result: Result, reader: Reader) -> None:
    (link,) = (attrs for _, attrs in reader.all("a") if attrs.get("download") == "differences.csv")
    kind, _, content = str(link["href"]).partition(";base64,")
    table = pd.read_csv(io.BytesIO(base64.b64decode(content)))
    assert kind == "data:text/csv;charset=utf-8" and len(table) == 2
    ends = result.compare().loc[("strict", "exports"), ["mean", "low", "high"]] / 1e6
    assert Amounts(result).unit == "EUR million"
    assert [column.partition(": ")[2] for column in table.columns[1:]] == ["mean", "low", "high"]
    assert table.iloc[0, 1:].tolist() == pytest.approx(ends.tolist(), rel=1e-12)
    assert len([attrs for _, attrs in reader.all("a") if "download" in attrs]) == 9


def test_a_download_arms_no_spreadsheet() -> None:
    table = Table("t", "c", ["what", "so"], [["=1+1", Estimated("1.2 ±3", (1.25, -2.0, 4.5))], ["b", "none"]])
    assert csv_of(table) == "what,so: mean,so: low,so: high\n'=1+1,1.25,-2.0,4.5\nb,,,\n"


def test_a_page_has_one_unit_of_money() -> None:
    with one_scale(1e6, "million"):
        assert unit_of("CAD", [5e12]) == (1e6, "CAD million") and unit_of("days", [5e12]) == (1.0, "days")
    assert unit_of("CAD", [5e13]) == (1e12, "CAD trillion")


def test_a_title_cannot_leave_the_foot_of_the_printed_page() -> None:
    assert css_text('a"; } </style>') == '"a\\000022\\00003b\\000020\\00007d\\000020\\00003c\\00002fstyle\\00003e"'
    assert css_numbers("{page} of {pages}") == 'counter(page) "\\000020of\\000020" counter(pages)'


def test_the_records_of_the_project_are_current() -> None:
    spec = importlib.util.spec_from_file_location("records", ROOT / "docs" / "records.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.TARGET.read_text(encoding="utf-8") == made.written(), "run python docs/records.py"
    verification = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    record = records()["verification"]
    assert f"{record['compared']} comparisons, each at" in verification and record["kept"] <= record["compared"]
    assert f"{record['planted']} errors, each refused by at least one comparison." in verification
    validation = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert len(records()["validation"]) == validation.count("**Verdict: ") == 5


def test_the_assurance_statement_has_every_head_and_what_is_known_under_it(result: Result, reader: Reader) -> None:
    text = page_section(reader.words, "Appendix A: assurance statement", "Appendix B")
    heads = ["Purpose", "Verification", "Validation", "Uncertainty", "Limits", "Who answers for it"]
    places = [text.index(f" {head}") for head in heads]
    assert places == sorted(places)
    record = records()["verification"]
    assert f"{record['kept']} of {record['compared']} comparisons" in text
    for episode in records()["validation"]:
        assert f"{episode['title']}: {episode['verdict']}." in text
    counts = assumptions(result.scenario).counts
    assert f"judgement alone: {counts['judgement']};" in text and "None of the inputs is stated as uncertain" in text
    assert "states no expectations" in text and "names nobody who answers for its inputs" in text


def test_it_says_whether_what_is_expected_holds(result: Result) -> None:
    statements = [
        {"policy": "free", "outcome": "exports", "at_least": "1"},
        {"policy": "free", "outcome": "exports", "at_most": "1"},
        {"policy": "idle", "outcome": "exports", "below": "free"},
    ]
    expecting = exportsim.run(replace(result.scenario, expect=statements), policies=["idle"], futures=10)
    heads = dict(statement(expecting, assumptions(expecting.scenario), {"free": "free", "idle": "idle"}))
    said = " ".join(map(str, heads["Validation: is it the right thing?"]))
    assert "states 3 expectations" in said and "in 10 futures 1 held, 2 failed, and 0 could not be told." in said


# Further studies


@pytest.fixture(scope="module")
def swept(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "sweep.parquet"
    exportsim.sweep(result.scenario, {"suppliers.south.slots": [1, 4]}, policies=["strict"], futures=3).save(path)
    return path


def test_a_sweep_becomes_a_section_with_its_tables_and_figures(result: Result, swept: Path) -> None:
    (section,) = sections([open_study(swept)], result)
    assert section.title == "A sweep" and result.provenance["scenario"] in section.notes[0]
    assert section.notes[0].startswith("Made of the same scenario")
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [table.name.rpartition("-")[2] for table in tables] == ["points", "regret"]
    rows = exportsim.open_sweep(swept).table.query("outcome == 'exports'")
    assert len(tables[0].rows) == len(rows) == 4
    assert any(isinstance(block, Figure) and block.narrow for block in section.blocks)


def test_a_study_of_another_scenario_is_told(result: Result, swept: Path, one_figure: None) -> None:
    other = exportsim.run(replace(result.scenario, title="Another"), policies=["idle"], futures=2)
    (section,) = sections([open_study(swept)], other)
    assert section.notes[0].startswith("Made of another scenario than this report")
    assert {result.provenance["scenario"], other.provenance["scenario"]} <= set(re.findall(r"\w{64}", section.notes[0]))


UNCERTAIN = {"suppliers.north.slots": {"uniform": [1, 6]}, "suppliers.north.lead_time": {"uniform": ["10d", "300d"]}}


@pytest.fixture(scope="module")
def studies(result: Result) -> dict[str, TableStudy]:
    """One of each kind of which a file is more than a table; of a discovery both kinds of limits."""
    scenario = replace(result.scenario, uncertainties=UNCERTAIN)
    mix = {**UNCERTAIN, "demand.line.orders": ["10/y", "40/y"]}
    points = exportsim.sweep(replace(scenario, uncertainties=mix), samples=32, futures=2, policies=["strict"])
    middle = str(points.table.query("outcome == 'exports' and policy == 'strict'")["mean"].median())
    record = pd.DataFrame(
        {"outcome": "exports", "period": ["2020", "2021"], "value": [5e6, 6e6], "error": 1e6, "source": "judgement"}
    )
    return {
        "sensitivity": exportsim.sensitivity(scenario, policy="strict", method="morris", samples=8, futures=2),
        "discovery": exportsim.discover(points, "strict", below=middle, resamples=2, method="tree"),
        "calibration": exportsim.calibrate(scenario, record, UNCERTAIN, policy="strict", trials=48, futures=20),
        "forecast": exportsim.predict(scenario, policy="strict", record=record, samples=4, futures=3),
    }


@pytest.mark.parametrize(
    "kind", [pytest.param("sensitivity", marks=pytest.mark.long), "discovery", "calibration", "forecast"]
)
def test_a_study_read_back_from_its_file_is_shown_as_itself(
    result: Result, studies: dict[str, TableStudy], kind: str, tmp_path: Path
) -> None:
    study, path = studies[kind], tmp_path / "kept.parquet"
    study.save(path)
    kept = open_study(path)
    assert type(kept) is type(study) and kept.provenance == json.loads(json.dumps(study.provenance))
    (section,), (own,) = sections([kept], result), sections([study], result)
    assert section == own
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    assert figures and all(figure.narrow for figure in figures)
    pd.testing.assert_frame_equal(kept.table, study.table, check_exact=True)
    again = tmp_path / "again.parquet"
    kept.save(again)
    assert sections([open_study(again)], result) == [own]


def test_a_file_that_lacks_what_a_study_is_made_of_is_refused(studies: dict[str, TableStudy], tmp_path: Path) -> None:
    study, path = studies["sensitivity"], tmp_path / "x.parquet"
    for parts, said in (
        ({}, "holds a table alone, as an earlier exportsim wrote it; make the sensitivity again"),
        ({"convergence": 3}, "does not hold what a sensitivity is made of"),
        ({"scenario": {"exportsim": 1}, "points": {"$table": 7}}, "does not hold what a sensitivity is made of"),
    ):
        write_table(study.table, path, study.provenance, parts)
        with pytest.raises(ExportsimError, match=said):
            open_study(path)


def test_a_study_by_another_version_says_so(result: Result, studies: dict[str, TableStudy]) -> None:
    study = studies["discovery"]
    older = dataclasses.replace(study, provenance={**study.provenance, "exportsim": "0.0.1"})
    assert len(sections([study], result)[0].notes) == 1
    _, note = sections([older], result)[0].notes
    assert note.startswith("Made by exportsim 0.0.1; this report is made by exportsim ")


def test_the_command_puts_a_sweep_into_the_report(shell: Shell, swept: Path) -> None:
    said = shell("report", "my.yaml", "--futures", "2", "--with", str(swept), "--out", "r.html")
    text = Reader(Path("r.html").read_text(encoding="utf-8"))
    assert said.status == 0 and "Further studies" in text.words and "slots: south (1, 4)" in text.words
    assert "--with sweep.parquet" in text.words and str(swept.parent) not in text.words
    identifiers = [attrs["id"] for _, attrs in text.tags if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("missing.parquet", "cannot be read"),
        ("my.yaml", "found the ending `.yaml`, expected .parquet"),
        ("table.csv", "found the ending `.csv`, expected .parquet"),
        ("torn.parquet", "this is not a Parquet file, or it is damaged"),
        ("foreign.parquet", "this is no study"),
    ],
)
def test_what_is_no_study_is_refused_before_anything_is_played(
    shell: Any, monkeypatch: pytest.MonkeyPatch, name: str, found: str
) -> None:
    Path("table.csv").write_text("a,b\n1,2\n")
    Path("torn.parquet").write_text("PAR1")
    pd.DataFrame({"a": [1]}).to_parquet("foreign.parquet")
    monkeypatch.setattr(exportsim, "run", lambda *_, **__: pytest.fail("it was played"))
    said = shell("report", "my.yaml", "--with", name, "--out", "r.html")
    assert said.status == 2 and f"{name}: {found}" in said.err and not Path("r.html").exists()


def test_what_is_no_study_is_refused_in_python(result: Result, tmp_path: Path) -> None:
    with pytest.raises(ExportsimError, match="studies: found a Result, expected a study such as a Sweep"):
        write_report(result, tmp_path / "r.html", studies=[result])
    with pytest.raises(ExportsimError, match="studies: found a dict, expected a study such as a Sweep"):
        write_report(result, tmp_path / "r.html", studies=[{}])  # type: ignore[list-item]
    assert not (tmp_path / "r.html").exists()
