"""Periods of a record as a person reads them."""

from __future__ import annotations

import pytest

from exportsim.language import use
from exportsim.report.periods import period_words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2016", "2016"),
        ("2016/2018", "2016/2018"),
        ("2025-10/2025-12", "Q4 2025"),
        ("2025-01/2025-03", "Q1 2025"),
        ("2025-02/2025-04", "Feb 2025 to Apr 2025"),
        ("2025-12/2026-02", "Dec 2025 to Feb 2026"),
        ("2025-10", "Oct 2025"),
        ("2025-10/2025-10", "Oct 2025"),
        ("2021-12-12", "12 Dec 2021"),
        ("2018-01-31", "31 Jan 2018"),
        ("2018-01-30/2018-02-02", "30 Jan 2018 to 2 Feb 2018"),
        ("", ""),
    ],
)
def test_periods_are_written_in_short(written: str, read: str) -> None:
    assert period_words(written) == read


def test_quarters_have_the_letter_of_the_language() -> None:
    with use("fr"):
        assert period_words("2025-04/2025-06") == "T2 2025"
