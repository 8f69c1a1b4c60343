"""Months, quarters and longer periods, as a person writes them in short."""

from __future__ import annotations

from datetime import date, timedelta

from exportsim.language import short_day, short_months, text
from exportsim.study.calibration.observations import days_of


def short_month(when: date) -> str:
    """A month in short: ``Oct 2019``."""
    return text("figures.month", month=short_months()[when.month - 1], year=when.year)


def quarter_words(start: date, *, whole: bool) -> str:
    """A quarter or a month by when it begins."""
    if whole and start.month % 3 == 1:
        return text("figures.quarter", quarter=start.month // 3 + 1, year=start.year)
    return short_month(start)


def period_words(period: str) -> str:
    """A period of a record in short: ``2025-10/2025-12`` is ``Q4 2025``; years are as they were written."""
    days = days_of(period)
    first, _, last = period.partition("/")
    if days is None or "-" not in first:
        return period
    start, past = days
    if first.count("-") > 1:  # days
        low, high = short_day(start), short_day(past - timedelta(days=1))
        return low if low == high else text("numbers.range", low=low, high=high)
    months = 12 * (past.year - start.year) + past.month - start.month
    if months in (1, 3) and (months == 1 or start.month % 3 == 1):
        return quarter_words(start, whole=months == 3)
    end = date.fromisoformat(f"{last}-01")
    return text("numbers.range", low=short_month(start), high=short_month(end))
