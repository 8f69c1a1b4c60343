"""What reports call fates of orders, and how they write shares and numbers in sentences."""

from __future__ import annotations

from exportsim.language import text
from exportsim.report.number_format import number, places
from exportsim.study.naming import title_of
from exportsim.study.study import Study


def fate_words(study: Study, fate: str) -> str:
    """A fate of an order, or a bar that leads to one, in words."""
    kind, slash, rest = fate.partition("/")
    match kind:
        case "delivered":
            return title_of(study, "suppliers", rest)
        case "taken_over":
            return text("figures.fates_in_words.taken_over", supplier=title_of(study, "suppliers", rest))
        case "gained":
            return text("figures.fates_in_words.gained", fate=fate_words(study, rest))
        case "lost" | "kept" if slash:
            return text(f"figures.fates_in_words.{kind}_{rest}")
    return text(f"figures.fates_in_words.{kind}")


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent, without decimals unless it is very small or all but everything."""
    value = 100 * share
    return number(value, 1 if 0 < abs(value) < 0.95 or 99.05 < abs(value) < 100 else 0)


def digits(value: float) -> str:
    """A number in three digits, or to the nearest whole one."""
    return number(value, max(0, places(abs(value), 3)))


def capital(sentence: str) -> str:
    """A sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
