"""Logs as offices export them: titles in other languages, their dates and amounts, ends that are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

import exportsim as xs
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.learning.demand import demand_of
from exportsim.learning.learned import found_in
from exportsim.learning.log import read_log
from exportsim.learning.page import describe
from exportsim.learning.roles import ROLES, plain_title
from exportsim.report.text import page

GERMAN = """\
Vorgangsnummer;Bearbeitungsschritt;Beginn;Ende;Bearbeiter;Zielland;Güterart;Wert (EUR);Entscheidung
2023/1;Antragseingang;09.01.2023 08:30;09.01.2023 08:30;;Türkei;Optik;1.250.000,00;genehmigt
2023/1;Vorprüfung;10.01.2023 09:00;13.01.2023 11:15;Müller;Türkei;Optik;1.250.000,00;genehmigt
2023/1;Fachprüfung;16.01.2023 08:00;19.01.2023 15:30;Öztürk;Türkei;Optik;1.250.000,00;genehmigt
2023/1;Fachprüfung;31.01.2023 08:00;02.02.2023 10:00;Öztürk;Türkei;Optik;1.250.000,00;genehmigt
2023/2;Antragseingang;11.01.2023 14:00;11.01.2023 14:00;;USA;Optik;87.500,50;abgelehnt
2023/2;Vorprüfung;13.01.2023 09:00;;Müller;USA;Optik;87.500,50;abgelehnt
2023/2;Fachprüfung;23.01.2023 08:00;27.01.2023 12:00;Müller;USA;Optik;87.500,50;abgelehnt
2023/3;Antragseingang;18.01.2023 10:00;18.01.2023 10:00;;Vereinigte Emirate;Optik;990.000,00;
2023/3;Vorprüfung;20.01.2023 09:00;;Schmidt;Vereinigte Emirate;Optik;990.000,00;
"""


def test_a_german_export_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    log = read_log(path)
    assert log.columns == {
        "case": "Vorgangsnummer", "activity": "Bearbeitungsschritt", "start": "Beginn", "end": "Ende",
        "destination": "Zielland", "goods": "Güterart", "value": "Wert (EUR)", "outcome": "Entscheidung",
        "officer": "Bearbeiter",
    }  # fmt: skip
    assert log.form.date_format == "%d.%m.%Y %H:%M" and log.form.delimiter == ";" and log.unused == ()
    assert log.value.tolist() == [125_000_000, 8_750_050, 99_000_000]
    found = found_in(log, {}, country="DE", fewest=1)
    assert found.course.finished.tolist() == [True, False, False]  # of two an end is missing
    assert [stage.name for stage in found.stages][:2] == ["vorprufung", "fachprufung"]
    assert found.approval is not None and found.stages[1].returns is not None
    assert [line.destination for line in found.demand.lines] == ["TR", "US", "XB"]
    said = page(describe(xs.learn(path, country="DE", futures=1))).text()
    assert "work at more than one stage" in said


def test_dates_of_twelve_hours_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    head = "Case Ref,Event,Date,Final Outcome"
    path.write_text(f"{head}\nA1,Received,03/13/2022 09:05 AM,Issued\nA1,Decision,03/29/2022 12:30 PM,Issued\n")
    log = read_log(path)
    assert log.form.date_format == "%m/%d/%Y %I:%M %p"
    assert (log.end % 1440).tolist() == [9 * 60 + 5, 12 * 60 + 30]


def test_a_column_of_which_no_date_is_read_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,end\n" + "".join(f"{each},a,day {each}\n" for each in range(40)))
    with pytest.raises(ScenarioError, match=r"log.csv:2:3: found `day 0`; none of the column is read") as error:
        read_log(path)
    assert len(error.value.faults) == 1 and "`date_format=`" in str(error.value)


def test_all_outcomes_that_are_not_known_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = [
        f"{each},a,2022-01-0{each},2022-02-0{each},{word}" for each, word in enumerate(("Issued", "NLR", "Void"), 1)
    ]
    path.write_text("\n".join(["case,activity,start,end,outcome", *rows]) + "\n")
    with pytest.raises(ExportsimError, match=r"the outcome `NLR` is not known; say what it is .*, and so of `Void`"):
        found_in(read_log(path), {})


def test_columns_that_are_taken_for_nothing_are_told(tmp_path: Path) -> None:
    path = tmp_path / "log.tsv"
    head = "N° dossier\tÉtape\tDate de début\tDate de fin\tPays"
    rows = [f"D{each}\tInstruction\t{each:02}/09/21\t{each + 2:02}/09/21\tInde" for each in range(1, 20)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-16")
    learned = xs.learn(path, futures=1)
    assert learned.log.unused == ("Pays",) and learned.log.columns["start"] == "Date de début"
    assert "Taken for nothing: “Pays”." in page(describe(learned)).text()
    named = read_log(path, {"destination": "Pays"})
    assert named.unused == () and demand_of(named, named.start, "FR", 5).lines[0].destination == "IN"


def test_no_title_is_known_for_two_roles() -> None:
    titles = [title for each in ROLES.values() for title in each]
    assert len(titles) == len(set(titles)) and all(plain_title(title) == title for title in titles)


@pytest.mark.parametrize(
    ("word", "code"), [("l'Égypte", "EG"), ("Grèce", "GR"), ("the United States", "US"), ("Turkey", "TR")]
)
def test_countries_are_known_by_the_names_that_people_write(word: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"case,activity,start,end,destination\n1,a,2022-01-01,2022-01-05,{word}\n")
    log = read_log(path)
    assert [line.destination for line in demand_of(log, log.start, "XA", 1).lines] == [code]
