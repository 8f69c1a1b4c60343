"""Play wrong engines until each is caught: ``python catch.py kernels rules``, with NUMBA_DISABLE_JIT=1.

A wrong kernel is played beside the right reference, whose ledgers are made once. Wrong rules, which both engines share,
are given to the invariants, or to the runs worked out by hand. The right engines tell which functions a run calls: a
mutant is played in those alone that call what it changes, the shortest first. Prints a line for each: its kind, its
name, and what caught it, nothing if it survived, with tabs between.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import importlib
import inspect
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import hypothesis
import pytest
import wrong
from hypothesis import HealthCheck, Phase, given, settings

import exportsim.compile
import exportsim.engine
from exportsim import testing
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled import Players
from exportsim.engine.compiled.luck import look_ahead
from exportsim.engine.compiled.tables import Luck
from exportsim.errors import ExportsimError
from exportsim.invariants import violations
from exportsim.ledger import Ledger
from exportsim.packed_rows import ledger_of
from exportsim.plan import Plan
from exportsim.scenario import Scenario, build

TESTS = Path(__file__).parents[1]
GENERATED = 100
WINDOW = 3  # orders that are foreseen together: a future has several windows
LARGEST = 150  # rows of a ledger: interpreted, the compiled engine is slow


class Case(NamedTuple):
    """A run, and what its ledger says."""

    world: str
    scenario: Scenario
    plan: Plan
    policy: int
    seed: int
    future: int
    ledger: Ledger
    beside: tuple[int, ...] = ()  # policies with which it shares what they have in common
    longest: int = 0  # rows of a ledger of theirs


def worked_out() -> list[Case]:
    """The runs of ``tests/hand``, which are hand-picked: each shows a rule, most of them a tie."""
    scenarios: dict[int, Scenario] = {}
    found: list[Case] = []

    def compile_noted(scenario: Scenario) -> Plan:
        plan = compile_plan(scenario)
        scenarios[id(plan)] = scenario
        return plan

    def simulate_noted(plan: Plan, policy: int, *, seed: int, future: int, engine: str) -> Ledger:
        ledger = simulate(plan, policy, seed=seed, future=future, engine=engine)
        name = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split("[")[0]
        found.append(Case(name, scenarios[id(plan)], plan, policy, seed, future, ledger))
        return ledger

    exportsim.compile.compile_plan, exportsim.engine.simulate = compile_noted, simulate_noted
    failed = play_by_hand()
    exportsim.compile.compile_plan, exportsim.engine.simulate = compile_plan, simulate
    if failed:
        raise SystemExit(f"the right engine fails {failed}")
    return found


def play_by_hand(file: str = "") -> str:
    """Run ``tests/hand``, or a file of it, with the reference engine, and return the first test that fails."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["-qx", "-c", os.devnull, "--rootdir", str(TESTS.parent), "--import-mode=importlib",
                            "-p", "no:cacheprovider", "-p", "no:xdist", "--basetemp", str(folder_until_the_end()),
                            "-k", "reference", str(TESTS / "hand" / file)])  # fmt: skip
    failed = [line.split()[1] for line in said.getvalue().splitlines() if line.startswith("FAILED")]
    if code != bool(failed):
        raise SystemExit(said.getvalue())
    return failed[0].rsplit("/")[-1] if failed else ""


def folder_until_the_end() -> Path:
    """A new folder for registers, which invariants read as long as wrong engines are played."""
    folder = Path(tempfile.mkdtemp(prefix="registers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def crowds() -> list[Case]:
    """Generated worlds, the same ones each time."""
    folder = folder_until_the_end()
    found: list[Case] = []

    @hypothesis.seed(1)
    @settings(
        max_examples=GENERATED, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(testing.scenarios(folder=folder, crowded=True, max_policies=2))
    def collect(scenario: Scenario) -> None:
        plan = compile_plan(scenario)
        *others, ledger = (simulate(plan, policy, seed=0, future=0) for policy in range(len(plan.policies)))
        beside, longest = tuple(range(len(others))), max(map(len, others), default=0)
        found.append(Case("a crowd", scenario, plan, len(others), 0, 0, ledger, beside, longest))

    collect()
    return [case for case in found if max(len(case.ledger), case.longest) <= LARGEST]


def together() -> list[Case]:
    """A world whose policies have some of their measures in common; each of them is played after the others."""
    hold = {"on": "2020-03-01", "applications": "hold", "destinations": ["TR"], "source": "judgement"}
    lift = hold | {"on": "2020-06-01", "applications": "open"}
    measures = {"free": [], "held": [hold], "lifted": [hold, lift], "navy": [hold | {"programmes": ["navy"]}]}
    scenario = build({
        "exportsim": 1, "period": {"start": "2020-01-01", "end": "2020-12-31"}, "currency": "EUR",
        "goods": {"lamps": {}},
        "authorities": {"office": {"country": "CA", "review": [{"stage": "desk", "officers": 1, "work": "5bd"}]}},
        "suppliers": {"maker": {"country": "CA", "authority": "office", "slots": 1, "lead_time": "30d"}},
        "demand": {"x": {
            "buyer": "b", "destination": "TR", "goods": "lamps", "orders": "12/y", "value": "1M",
            "programmes": {"navy": 0.5}, "sources": {"maker": {}},
        }},
        "policies": {name: {"measures": listed} for name, listed in measures.items()},
        "reference": "free",
    })  # fmt: skip
    plan = compile_plan(scenario)
    ledgers = [simulate(plan, policy, seed=0, future=0) for policy in range(len(plan.policies))]
    longest = max(map(len, ledgers))
    cases = []
    for policy, ledger in enumerate(ledgers):
        beside = tuple(other for other in range(len(ledgers)) if other != policy)
        cases.append(Case("policies together", scenario, plan, policy, 0, 0, ledger, beside, longest))
    return cases


class Endless(Exception):  # noqa: N818  it says what it is
    """A ledger has become twice as long as it should be."""


class Impatient(Players):
    """Players with room for a ledger twice as long as the right one, and no more: a wrong engine may never end.

    They have looked ahead to another future before.
    """

    def __init__(self, case: Case) -> None:
        super().__init__(case.plan, [*case.beside, case.policy], Luck(case.plan, WINDOW))
        self._rooms = dict.fromkeys(self._rooms, 3 * max(len(case.ledger), case.longest) + 64)
        super()._make_room()
        self._ready = True
        world, state = self._worlds[-1], self._states[-1]
        world.single["seed"], world.single["future"] = case.seed, case.future ^ 1
        look_ahead(world.address, state.address)

    def _make_room(self) -> None:
        if hasattr(self, "_ready"):
            raise Endless
        super()._make_room()


def occurs(node: ast.AST | list[ast.stmt], old: str) -> bool:
    """Whether an expression, or a run of statements, is the old one."""
    return "\n".join(map(ast.unparse, node)) == old if isinstance(node, list) else ast.unparse(node) == old


class Replacing(ast.NodeTransformer):
    """Gives a function the new in the place of the old: an expression, or, where either is none, statements."""

    def __init__(self, change: wrong.Change) -> None:
        self.which = change.which
        self.found = 0
        self.old, self.new = ast.parse(change.old), ast.parse(change.new)
        self.text = ast.unparse(self.old)
        self.is_expression = all(
            len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) for tree in (self.old, self.new)
        )

    def visit(self, node: ast.AST) -> ast.AST:
        if self.is_expression and isinstance(node, ast.expr) and occurs(node, self.text):
            self.found += 1
            if self.found == (self.which or 1):
                assert isinstance(self.new.body[0], ast.Expr)
                return self.new.body[0].value
        if not self.is_expression:
            for name in ("body", "orelse"):
                if isinstance(statements := getattr(node, name, None), list):
                    setattr(node, name, self.replaced(statements))
        return self.generic_visit(node)

    def replaced(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        run = len(self.old.body)
        for first in range(len(statements) - run + 1):
            if occurs(statements[first : first + run], self.text):
                self.found += 1
                if self.found == (self.which or 1):
                    return [*statements[:first], *(self.new.body or [ast.Pass()]), *statements[first + run :]]
        return statements


def change(tree: ast.Module, mutant: wrong.Mutant, made: wrong.Change) -> None:
    """Make a change in the module in which it is to be made."""
    module, name = made.function.split(":")
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    replacing = Replacing(made)
    for function in functions:
        replacing.visit(function)
    if replacing.found < max(made.which, 1) or (not made.which and replacing.found > 1):
        raise SystemExit(f"mutant `{mutant.name}`: {module}.{name} has {replacing.found} times\n{made.old}")
    ast.fix_missing_locations(tree)


def mutate(mutant: wrong.Mutant) -> list[tuple[FunctionType, Any]]:
    """Give functions other code, wherever they were imported, and return what they had before."""
    changed: list[tuple[FunctionType, Any]] = []
    for name in dict.fromkeys(made.function.split(":")[0] for made in mutant.changes):
        module = importlib.import_module(name)
        module.__dict__.setdefault("NOTED", {})  # where a mutant may note things
        tree = ast.parse(inspect.getsource(module))
        for made in mutant.changes:
            if made.function.split(":")[0] == name:
                change(tree, mutant, made)
        space = dict(vars(module))
        exec(compile(tree, str(module.__file__), "exec"), space)
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == name:
                before, after = function.__code__, space[function.__name__].__code__
                if before != after:
                    changed.append((function, before))
                    function.__code__ = after
    return changed


@contextlib.contextmanager
def mutated(mutant: wrong.Mutant) -> Iterator[set[CodeType]]:
    """As long as this lasts, the mutant is what is played; gives the code that is not."""
    changed = mutate(mutant)
    assert changed, f"mutant `{mutant.name}` changes nothing"
    try:
        yield {code for _, code in changed}
    finally:
        for function, code in changed:
            function.__code__ = code


def played_right(known: list[Case]) -> list[set[CodeType]]:
    """The code that each case runs in the right engines, which nothing may catch."""
    ran: list[set[CodeType]] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            ran[-1].add(frame.f_code)

    for case in known:
        ran.append(set())
        sys.setprofile(note)
        catches = [*caught_by_twins([case]), *caught_by_invariants([case])]
        sys.setprofile(None)
        if catches:
            raise SystemExit(f"the right engines are caught: {catches[0]}")
    return ran


def caught_by_twins(known: list[Case]) -> Iterator[str]:
    """The cases in which the compiled engine differs from the reference."""
    for case in known:
        try:
            *_, rows = Impatient(case).play(seed=case.seed, future=case.future)
            found = ledger_of(rows, case.plan, case.policy, case.seed, case.future)
        # What is not copied may be any number.
        except (Endless, ExportsimError, IndexError, KeyError, OverflowError) as error:
            yield f"twins, in {case.world}: {type(error).__name__}"
            continue
        if found != case.ledger:
            yield f"twins, in {case.world}"


def caught_by_invariants(known: list[Case]) -> Iterator[str]:
    """The invariants that are broken."""
    for case in known:
        ledger = simulate(case.plan, case.policy, seed=case.seed, future=case.future)
        for sentence in violations(ledger, case.scenario):
            yield f"invariant: {sentence[sentence.rindex('[') :]}"


def catch(mutant: wrong.Mutant, known: list[Case], ran: list[set[CodeType]]) -> str:
    """What catches a mutant first, nothing if it survives."""
    with mutated(mutant) as changed:
        if mutant.by_hand:
            failed = play_by_hand(mutant.by_hand)
            return f"by hand, in {failed}" if failed else ""
        concerned = [case for case, code in zip(known, ran, strict=True) if code & changed]
        return next((caught_by_twins if mutant in wrong.KERNELS else caught_by_invariants)(concerned), "")


def main(kinds: list[str]) -> None:
    """Play the right engines, which nothing catches, then the wrong ones."""
    mutants = [(kind, mutant) for kind in kinds for mutant in getattr(wrong, kind.upper())]
    for _, mutant in mutants:  # before anything is played
        with mutated(mutant):
            pass
    known = sorted(worked_out() + crowds() + together(), key=lambda case: len(case.ledger))
    ran = played_right(known)
    for kind, mutant in mutants:
        print(f"{kind}\t{mutant.name}\t{catch(mutant, known, ran)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
