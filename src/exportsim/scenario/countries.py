"""Which two letters are a country's: ISO 3166-1 alpha-2, as the standard's maintenance agency assigns them.

Source: ISO 3166 Maintenance Agency, Online Browsing Platform (249 codes, 2024). Codes that the standard leaves to its
users may stand for whatever a scenario makes up, so that an invented country can have one that no other ever gets.
"""

from __future__ import annotations

import re

from exportsim.language import text

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW "
)
ASSIGNED = frozenset(_CODES.split())
FOR_USERS = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
# Unions that hold a code of their own, and states that had one while they were there (ISO 3166-3).
_NOT_NOW = frozenset(("EU", "UN", "AN", "BU", "CS", "DD", "SU", "TP", "YD", "YU", "ZR"))
# What is written for a country elsewhere: by the European Union, by its language, by its English name.
_MEANT = {"UK": "GB", "EN": "GB", "EL": "GR", "JA": "JP", "KO": "KR", "SP": "ES", "TU": "TR"}


def unknown_country(code: str) -> str | None:
    """What is wrong with two letters that no country has; None for those that a country or a user may have."""
    if code in ASSIGNED or code in _NOT_NOW or FOR_USERS.fullmatch(code):
        return None
    if code in _MEANT:
        return text("warnings.other_country", code=code, meant=_MEANT[code])
    return text("warnings.no_country", code=code)
