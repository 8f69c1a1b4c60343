"""How functions are compiled: the one place that says so. No ``fastmath``: it would let a platform decide a cent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba import config, njit
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


types: Any = numba.types
carray: Any = numba.carray  # type: ignore[attr-defined]


def compiled(function: Function) -> Function:
    """Compile a function with Numba when it is first called, and keep the result for the next process."""
    dispatcher: Any = njit(cache=True)(function)
    resolve = getattr(dispatcher, "get_call_template", None)
    if resolve is not None:  # not there when compilation is off
        # Left alone, Numba compiles a function anew for every constant it is called with: five times the functions.
        dispatcher.get_call_template = lambda args, kws: resolve(
            tuple(map(types.unliteral, args)), {name: types.unliteral(kind) for name, kind in dict(kws).items()}
        )
    return cast(Function, dispatcher)


def _pointer(kind: Any) -> Any:
    """An intrinsic that takes an address as a pointer to some kind of number."""

    def convert(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    def at(typing: Any, address: Any) -> Any:
        return types.CPointer(kind)(types.uintp), convert

    return intrinsic(at)


def _unchanged(array: Any) -> Any:
    return array


def _pointer_to_wholes(array: Any) -> Any:
    return _whole_at(array.ctypes.data)


def _pointer_to_reals(array: Any) -> Any:
    return _real_at(array.ctypes.data)


def _endless(pointer: Any) -> Any:
    return carray(pointer, (ENDLESS,))


# Handing an array from function to function takes seven words and a count of its references, which cost more than what
# the functions do. Compiled code hands on pointers: made once from an array that the caller holds, read as an array
# without end where a number is wanted. With compilation off all four give the array back.
ENDLESS = 1 << 40
INTERPRETED: bool = config.DISABLE_JIT  # type: ignore[attr-defined]
_whole_at, _real_at = _pointer(types.int64), _pointer(types.float64)
pointer_to_wholes = _unchanged if INTERPRETED else compiled(_pointer_to_wholes)
pointer_to_reals = _unchanged if INTERPRETED else compiled(_pointer_to_reals)
wholes = reals = _unchanged if INTERPRETED else compiled(_endless)
