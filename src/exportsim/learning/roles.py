"""What the columns of a log are called: in English, and as offices elsewhere write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exportsim.names import plain_name

#: What a column may be called that says something, in small letters without accents and what stands between them.
ROLES: Mapping[str, tuple[str, ...]] = {
    "case": ("case", "caseid", "caseconceptname", "caseref", "casereference", "casenumber", "caseno", "application",
             "applicationid", "dossier", "reference", "ref", "licence", "zaak", "zaaknummer", "vorgang",
             "vorgangsnummer", "aktenzeichen", "antrag", "antragsnummer", "geschaftszeichen", "ndossier",
             "numerodossier", "numerodedossier"),
    "activity": ("activity", "activityname", "conceptname", "task", "step", "stage", "event", "action",
                 "activiteit", "stap", "bearbeitungsschritt", "schritt", "arbeitsschritt", "tatigkeit", "aktivitat",
                 "etape", "activite", "tache"),
    "start": ("start", "starttime", "starttimestamp", "startdate", "started", "begin", "begun", "began", "begindatum",
              "startdatum", "beginn", "anfang", "debut", "datedebut", "datededebut"),
    "end": ("end", "endtime", "endtimestamp", "enddate", "ended", "complete", "completed", "completetime",
            "completetimestamp", "finish", "finished", "timestamp", "timetimestamp", "einde", "einddatum", "ende",
            "enddatum", "beendet", "fin", "datefin", "datedefin", "date", "datum"),
    "applied": ("applied", "received", "submitted", "caseapplied", "casereceived", "ontvangen", "eingang",
                "antragseingang", "eingangsdatum", "datedereception", "datedepot", "datededepot"),
    "destination": ("destination", "destinationcountry", "casedestination", "bestemming", "landvanbestemming",
                    "zielland", "bestimmungsland", "empfangerland", "paysdedestination", "paysdestination"),
    "goods": ("goods", "casegoods", "goederen", "guter", "guterart", "warenart", "biens", "naturedesbiens"),
    "value": ("value", "casevalue", "waarde", "wert", "valeur", "montant"),
    "outcome": ("outcome", "caseoutcome", "finaloutcome", "decision", "entscheidung", "uitkomst"),
    "officer": ("officer", "resource", "orgresource", "employee", "handler", "caseworker", "caseofficer", "user",
                "bearbeiter", "sachbearbeiter", "behandelaar", "medewerker", "agent", "instructeur"),
}  # fmt: skip
_UNIT = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


def plain_title(title: str) -> str:
    """A column's title as it stands in :data:`ROLES`; what stands in brackets at its end says in what it is."""
    return plain_name(_UNIT.sub("", title)).replace("-", "")
