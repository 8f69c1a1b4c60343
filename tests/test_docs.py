"""The documentation is true: its examples run, and its generated parts are what the code says."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import exportsim
import exportsim.testing
from exportsim.report import plots
from forked import Forkery
from outputs import PAGES, Block, blocks

ROOT = Path(__file__).parents[1]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def python(page: Path) -> list[str]:
    return [block.text for block in blocks(page.read_text(encoding="utf-8")) if block.language == "python"]


def typed(page: Path) -> list[Block]:
    """What a reader of a page types, in order: files with a title, commands, and what is shown of their answers."""
    return [
        block
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.title or block.language in ("console", "text")
    ]


def small(example: str) -> str:
    """An example with few futures where it asks for hundreds: that it runs is seen as well."""
    return re.sub(r"\bfutures=(?!100\b)\d{3,}", "futures=4", example)


def is_python(text: str) -> bool:
    """Whether an indented part of a page is Python rather than a command."""
    try:
        found = ast.parse(text).body
    except SyntaxError:
        return False
    return not all(isinstance(each, ast.Expr) and not isinstance(each.value, ast.Call) for each in found)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_python_stands_where_it_is_not_run(page: Path) -> None:
    """Only a fence that says `python` is run; what is indented, or in another fence, is for commands and answers."""
    text = page.read_text(encoding="utf-8")
    fenced = re.compile(r"^```(.*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    others = [body for head, body in fenced.findall(text) if not head.startswith("python")]
    plain = fenced.sub("", text)
    indented = re.findall(r"(?<=\n\n)(?: {4}.*\n|\n)+", plain)
    for part in (*others, *map(textwrap.dedent, indented)):
        assert not part.strip() or not is_python(part), part


CALL = re.compile(r"`((?:[a-z_]+\.)*[a-z_]+\([^`]*\))`")


def calls(page: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls that a page names in its text, such as `plots.save(ax, "waterfall.svg")`."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for written in CALL.findall(text):
        # A signature's star divides its parameters; a call that leaves something out says so.
        code = re.sub(r"\*, ?|, …|…", "", written)
        try:
            call = ast.parse(code, mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call):
            yield written, call


def homes(page: Path) -> dict[str, Any]:
    """What the names in calls are of: those of the package and its figures, and the methods of what they give."""
    found: dict[str, Any] = {f"xs.{name}": getattr(exportsim, name) for name in exportsim.__all__}
    found |= {name: getattr(exportsim, name) for name in exportsim.__all__ if not name.startswith("__")}
    for prefix in ("", "plots.", "xs.plots."):
        found |= {prefix + name: getattr(plots, name) for name in plots.__all__ if prefix or name not in found}
    own = {"result": exportsim.Result, "scenario": exportsim.Scenario}
    own["found"] = exportsim.Discovery if page.stem == "discovery" else exportsim.Sweep
    for prefix, kind in own.items():
        found |= {
            f"{prefix}.{name}": partial(each, None) for name, each in vars(kind).items() if inspect.isfunction(each)
        }
    return found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_calls_that_a_page_names_have_the_parameters_that_there_are(page: Path) -> None:
    known = homes(page)
    for written, call in calls(page):
        function = known.get(ast.unparse(call.func))
        if function is None or not callable(function):
            continue
        parameters = inspect.signature(function).parameters
        keywords = {each.arg for each in call.keywords}
        assert keywords <= parameters.keys(), f"{written}: there is no {keywords - parameters.keys()}"
        places = [name for name, each in parameters.items() if each.kind is not inspect.Parameter.KEYWORD_ONLY]
        assert len(call.args) <= len(places), written
        for keyword in call.keywords:  # a default, where it is written as such
            default = parameters[keyword.arg or ""].default
            if (
                isinstance(keyword.value, ast.Constant)
                and "=None" in written
                and default is not inspect.Parameter.empty
            ):
                assert keyword.value.value == default, written


@pytest.mark.long
def test_calls_that_the_page_of_figures_names_can_be_made(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of its text as well as its examples: each with what it names, and each saves what it says it saves."""
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(desk)
    page = ROOT / "docs" / "figures.md"
    given: dict[str, Any] = {"policy": "no-new-licences", "folder": "written", "path": "one.svg"}
    for example in python(page):
        exec(small(example), given)
    given |= {name: getattr(plots, name) for name in plots.__all__}
    made = 0
    for _, call in calls(page):
        name = ast.unparse(call.func).removeprefix("xs.plots.")
        needed = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)} | {name}
        # A signature is of one figure alone; the page has a result and a sweep over one path.
        drawn_of = plots.FIGURES[name].of if name in plots.FIGURES else exportsim.Result
        if (
            name in plots.__all__
            and needed <= given.keys()
            and drawn_of in (exportsim.Result, exportsim.Sweep)
            and name != "heat_map"
        ):
            answer = eval(ast.unparse(call), given)
            made += 1 if answer is None or hasattr(answer, "get_figure") or list(answer) else 0
    assert made >= 18
    assert {path.name for path in desk.glob("*.svg")} == {"waterfall.svg", "one.svg"}
    assert (desk / "written").is_dir() and (desk / "figures").is_dir()


def docstrings() -> Iterator[doctest.DocTest]:
    """The docstrings with examples, of every module that can be imported here."""
    for found in pkgutil.walk_packages(exportsim.__path__, "exportsim."):
        if found.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(found.name)
        except ImportError:
            continue
        yield from (each for each in doctest.DocTestFinder().find(module) if each.examples)
    yield from (each for each in doctest.DocTestFinder().find(exportsim, module=exportsim) if each.examples)


@pytest.mark.parametrize("example", list(docstrings()), ids=lambda each: each.name)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_examples_of_docstrings_run(example: doctest.DocTest, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what they print, which is of one draw or one machine."""
    monkeypatch.chdir(desk)
    world = {
        "period": {"start": "2020-01-01", "end": "2020-12-31"},
        "authorities": {"office": {"review": [{"stage": "desk"}]}},
        "goods": {"lamps": {}},
        "suppliers": {"maker": {}},
        "incidents": {},
        "policies": {"calm": {}},
        "demand": {
            "line": {"destination": "TR", "goods": "lamps", "orders": "5/y", "programmes": {}, "sources": {"maker": {}}}
        },
    }
    names: dict[str, Any] = {
        "exportsim": exportsim, "xs": exportsim, "scenario": exportsim.load(desk / "scenarios" / "quickstart.yaml"),
        "testing": exportsim.testing, "given": hypothesis.given, "st": hypothesis.strategies, "world": world,
        "folder": desk,
    }  # fmt: skip
    exec(small("".join(each.source for each in example.examples)), names)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder for a page's reader, with the scenarios in it."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


def do(desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=desk, env=env, capture_output=True, text=True, encoding="utf-8", timeout=600)


TYPED = [pytest.param(page, id=named(page)) for page in PAGES if python(page) or typed(page)]


@pytest.mark.long  # minutes together
@pytest.mark.parametrize("page", TYPED)
def test_what_a_page_tells_to_type_runs_and_says_what_is_shown(page: Path, desk: Path, forkery: Forkery) -> None:
    answer = None
    for block in typed(page):
        if block.title:
            (desk / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE):
                program, *words = shlex.split(command)
                assert program == "exportsim", command
                done = do(desk, *forkery.python, "-m", program, *words)
                assert done.returncode == 0, command + "\n" + done.stderr
                answer = done.stdout
        elif answer is not None:
            assert answer.startswith(block.text)
            answer = None
    examples = [small(example) for example in python(page)]
    if examples and (title := re.match(r"# (test_\w+\.py)\n", examples[0])):
        (desk / title[1]).write_text(examples[0], encoding="utf-8")
        done = do(desk, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", title[1])
    else:
        done = do(desk, *forkery.python, "-c", "\n".join(examples))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_the_notebook_runs_and_says_what_is_in_it() -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    done = do(ROOT, sys.executable, "docs/notebooks/run.py", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = page.read_text(encoding="utf-8")
    assert generate.generated(text) == text, "run python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{named(page)} links to {target}"


def test_the_continuous_check_finds_the_two_commands_of_the_readme() -> None:
    done = do(ROOT, sys.executable, ".ci/readme_commands.py", "README.md")
    assert done.stdout.splitlines() == [
        "pip install . && exportsim run scenarios/canada-turkiye.yaml",
        "pip install '.[test]' && pytest",
    ]
