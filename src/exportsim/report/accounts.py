"""Rounding for whatever is reported of an account: its printed cells add up, see :func:`exportsim.digits.rounded`."""

from exportsim.digits import rounded

__all__ = ["rounded"]
