"""How functions are compiled: the one place that says so. No ``fastmath``: it would let a platform decide a cent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function with Numba when it is first called, and keep the result for the next process."""
    return cast(Function, njit(cache=True)(function))
