"""How compiled functions become parts of those that call them: joined as they are, and made machine code once.

Left alone, Numba optimises a function and makes it machine code by itself, then again in each function that calls it,
and in each that calls those: a first compilation took three times as long. What is reached for here is Numba's own;
where a Numba has it otherwise (``POSSIBLE`` is false), functions are compiled as Numba alone would.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from numba.core import compiler, options
from numba.core import types as numba_types

try:
    from numba.core import codegen
except ImportError:
    codegen = None  # type: ignore[assignment]

types: Any = numba_types
_COMPILER: Any = compiler.Compiler
_LIBRARY: Any = getattr(codegen, "JITCodeLibrary", None)
_FUNCTION: Any = getattr(types, "Function", None)

# What is overridden or read of Numba's kind of library, which is the code of a function with all that it calls.
_NEEDED = (
    "_ensure_finalized",
    "_finalized",
    "_get_module_for_linking",
    "_optimize_functions",
    "add_linking_library",
    "codegen",
    "enable_object_caching",
    "finalize",
    "get_pointer_to_function",
)

# Steps that look for what no function here has: closures, `with`, loops over tuples of several kinds, literals, whole
# arrays that are added or multiplied.
_NEEDLESS = {
    "DeadBranchPrune",
    "FindLiterallyCalls",
    "InlineClosureLikes",
    "InlineInlinables",
    "LiteralPropagationSubPipelinePass",
    "LiteralUnroll",
    "MakeFunctionToJitFunction",
    "NopythonRewrites",
    "RewriteSemanticConstants",
    "WithLifting",
}


_BLAS = "scipy.linalg.cython_blas"


def spare_blas() -> None:
    """Let Numba read what it knows of arrays without looking whether there is BLAS, which no function here asks for.

    It would import SciPy's linear algebra, and with that a tenth of all that is imported for an answer. Whoever
    multiplies matrices in functions of his own has it then.
    """
    known = "numba.np.arraymath"
    if known in sys.modules or _BLAS in sys.modules:
        return
    sys.modules[_BLAS] = None  # type: ignore[assignment]  # so it cannot be imported
    try:
        arrays: Any = import_module(known)
    finally:
        del sys.modules[_BLAS]
    if hasattr(arrays, "_HAVE_BLAS"):
        arrays._HAVE_BLAS = find_spec("scipy") is not None


class _WithoutObjects:
    """What makes machine code, but for the Python objects that a function refers to: no part refers to any."""

    def __init__(self, maker: Any) -> None:
        self._maker = maker

    def __getattr__(self, name: str) -> Any:
        return getattr(self._maker, name)

    def set_env(self, name: str, objects: Any) -> None:
        """Leave them out: they would be written into machine code, and there is none."""


def _kinds(library: Any) -> tuple[Any, Any]:
    """The kind of library that a part is, and that a function with all its parts is."""

    class Part(library):  # type: ignore[misc]
        complete: Any = None  # with all that it calls, for a function that Numba alone compiles

        @property
        def codegen(self) -> Any:
            return _WithoutObjects(self._codegen)

        def finalize(self) -> None:
            self._finalized = True  # it is optimised where it is joined

        def get_pointer_to_function(self, name: str) -> int:
            return 0  # there is none

        def _optimize_functions(self, module: Any) -> None:
            module.data_layout = self._codegen._data_layout

        def _get_module_for_linking(self) -> Any:
            own = super()._get_module_for_linking()
            if Whole.joins:
                return own
            # What calls it knows nothing of what this calls in its turn.
            if self.complete is None:
                self.complete = own.clone()
                Whole.joins = True
                try:
                    for each in _reached(self, Part, set()):
                        if each is not self:
                            self.complete.link_in(each._get_module_for_linking(), preserve=True)
                finally:
                    Whole.joins = False
            return self.complete

    class Whole(library):  # type: ignore[misc]
        joins = False  # whether one is being joined of parts: Numba compiles one function at a time

        def add_linking_library(self, other: Any) -> None:
            for each in _reached(other, Part, set(self._linking_libraries)):
                super().add_linking_library(each)

        def finalize(self) -> None:
            Whole.joins = True
            try:
                super().finalize()
            finally:
                Whole.joins = False

    return Part, Whole


def _reached(library: Any, part: Any, known: set[Any]) -> Iterator[Any]:
    """A library and, if it is a part, all that it calls, but for those that are known."""
    waiting = [library]
    while waiting:
        found = waiting.pop()
        if found not in known:
            known.add(found)
            yield found
            if isinstance(found, part):
                waiting.extend(found._linking_libraries)


#: Whether this Numba has all that is needed to join parts.
POSSIBLE = all(hasattr(_LIBRARY, name) for name in _NEEDED) and hasattr(_COMPILER, "compile_extra")
POSSIBLE = POSSIBLE and hasattr(_FUNCTION, "get_call_type")
#: Whether functions may be compiled that do not count who holds an array.
UNCOUNTED = hasattr(getattr(options, "DefaultOptions", None), "_nrt")
_PART, _WHOLE = _kinds(_LIBRARY) if POSSIBLE else (None, None)


_SIGNATURES: dict[Any, Any] = {}  # by context, function and kinds of numbers


@contextmanager
def _remembering() -> Iterator[None]:
    """While functions are compiled, remember what Numba's own come to for kinds of numbers (`+` for two whole ones).

    It tries all that it knows of a function, each time anew.
    """
    found = _FUNCTION.get_call_type

    def get_call_type(function: Any, context: Any, args: Any, kws: Any) -> Any:
        if kws or not all(isinstance(types.unliteral(kind), types.Number | types.Boolean) for kind in args):
            return found(function, context, args, kws)
        key = context, function, tuple(args)
        if key not in _SIGNATURES:
            _SIGNATURES[key] = found(function, context, args, kws)
        return _SIGNATURES[key]

    _FUNCTION.get_call_type = get_call_type
    try:
        yield
    finally:
        _FUNCTION.get_call_type = found


class _Joining(_COMPILER):  # type: ignore[misc]
    library: Any  # the kind that it makes; None is Numba's own

    def compile_extra(self, function: Any) -> Any:
        if self.library is not None and self.state.library is None:
            self.state.library = self.library(self.state.targetctx.codegen(), function.__qualname__)
            self.state.library.enable_object_caching()
        return super().compile_extra(function)

    def define_pipelines(self) -> Any:
        pipelines = super().define_pipelines()
        for pipeline in pipelines if POSSIBLE else ():
            pipeline.passes = [step for step in pipeline.passes if step[0].__name__ not in _NEEDLESS]
        return pipelines


class PartCompiler(_Joining):
    """Compiles a function to be joined to those that call it: a ``pipeline_class`` of ``njit``."""

    library = _PART


class WholeCompiler(_Joining):
    """Compiles a function with all its parts, for Python to call: a ``pipeline_class`` of ``njit``."""

    library = _WHOLE

    def compile_extra(self, function: Any) -> Any:
        with _remembering() if POSSIBLE else nullcontext():
            return super().compile_extra(function)
