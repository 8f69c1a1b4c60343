"""On how many cores the tests run, and how hard Hypothesis looks.

``pytest`` uses all cores where pytest-xdist is installed: no option is needed. ``-n 0``, ``--pdb``, ``-s`` and a run of
a few files stay in one process, which is sooner there.

Tests marked ``long`` (searches of many worlds, wrong engines, faults everywhere, clusters that die, a browser, commands
of the pages) take as long as all others. A run of many files leaves them out, unless ``-m`` says what to play:
``pytest -m long`` plays them alone, ``pytest -m "long or not long"`` all there are.

``pytest --hypothesis-profile night`` looks all night, and at other examples each time; ``brief`` is for the suite under
slower settings of Numba. A test looks at so many examples, or at a multiple of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from forked import Forkery

FEW = 3  # files: with so many, starting other processes takes longer than it saves

# A world is large for an example: drawing one takes longer than Hypothesis would like, and nothing else is slow.
_LARGE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

settings.register_profile("brief", max_examples=5, derandomize=True, **_LARGE)
settings.register_profile("ci", max_examples=15, derandomize=True, **_LARGE)
settings.register_profile("night", max_examples=3000, **_LARGE)
settings.load_profile("ci")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads its options
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Use all cores for many files, unless the command line says otherwise or wants to see a single process."""
    options = config.option
    is_told = getattr(options, "numprocesses", 0) is not None or options.tx or options.dist != "no"  # 0: no xdist
    is_watched = options.usepdb or options.trace or options.capture == "no" or options.collectonly
    if not is_told and not is_watched and not hasattr(config, "workerinput") and files_asked(config.args) > FEW:
        options.numprocesses, options.dist = "auto", "worksteal"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is long, of many files, where nothing was said of it."""
    if config.option.markexpr or files_asked(config.args) <= FEW:
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
    items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser, for the tests of a module."""
    from browsers import launched

    with launched() as started:
        yield started


def files_asked(arguments: list[str]) -> int:
    """How many files of tests the command line asks for."""
    asked = {Path(argument.split("::")[0]) for argument in arguments}
    return sum(len(list(path.rglob("test_*.py"))) if path.is_dir() else 1 for path in asked)


@pytest.fixture(scope="session")
def forkery() -> Iterator[Forkery]:
    """Processes that need not import anything first."""
    from forked import Forkery  # wrong engines are played without the folder that it is in

    with TemporaryDirectory() as folder:  # of a short name, as it is to be the address of a socket
        made = Forkery(Path(folder))
        yield made
        made.end()


@pytest.fixture
def one_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page has the first of its figures alone: to draw all of them takes longer than all else that makes a page."""
    from exportsim.report.plots import registry  # not by wrong engines, which draw nothing

    figures_of = registry.figures_of
    monkeypatch.setattr(registry, "figures_of", lambda study: figures_of(study)[:1])
