"""What comes with the package besides its code: how to cite it, completion for shells, ``python -m``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from exportsim import cli
from exportsim.commands.completion import SHELLS
from exportsim.version import __version__
from shell import Shell

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_the_citation_is_of_this_version_and_says_what_the_package_says() -> None:
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= cited.keys()  # what the format requires besides
    assert str(cited["version"]) == __version__
    assert cited["type"] == "software"
    assert cited["license"] == PROJECT["license"]
    assert cited["authors"] == PROJECT["authors"]
    assert set(cited["keywords"]) <= set(PROJECT["keywords"])


def test_the_licence_is_there_and_is_the_one_named() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE"]
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]


def test_every_extra_that_an_extra_stands_on_exists() -> None:
    extras = PROJECT["optional-dependencies"]
    for needs in extras.values():
        for need in needs:
            if need.startswith("exportsim["):
                assert set(need.removeprefix("exportsim[").removesuffix("]").split(",")) <= extras.keys()


def test_what_a_report_needs_is_installed_by_default() -> None:
    assert {need.split(">=")[0] for need in PROJECT["dependencies"]} >= {"jinja2", "matplotlib"}


@pytest.mark.parametrize(
    "done",
    [
        "import exportsim; exportsim.load, exportsim.run",
        "import exportsim; exportsim.run(exportsim.load('scenarios/quickstart.yaml'), futures=2).compare()",
        "from exportsim.cli import main; main(['--help'])",
        "from exportsim.cli import main; main(['run', 'scenarios/quickstart.yaml', '--futures', '2'])",
        "from exportsim.cli import main; main(['run', 'scenarios/quickstart.yaml', '--futures', '2', '--json'])",
    ],
)
def test_what_draws_and_lays_out_pages_is_imported_only_for_that(done: str) -> None:
    code = f"import sys\ntry:\n    {done}\nfinally:\n    print({{'matplotlib', 'jinja2'}} & sys.modules.keys())"
    played = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert played.returncode == 0, played.stderr
    assert played.stdout.splitlines()[-1] == "set()"


#: What takes a while to import, and is imported for what needs it alone.
HEAVY = {
    "asyncio", "distributed", "holidays", "jinja2", "matplotlib", "numba", "numpy", "pandas", "pyarrow", "pydantic",
    "rich", "scipy.linalg", "scipy.special", "simpy", "sklearn",
}  # fmt: skip
ASKED = "scenarios/canada-turkiye.yaml --certain"
PLAYED = {"holidays", "numba", "numpy", "pydantic", "rich"}  # what an answer in text needs, if no quantile is asked for


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        ("--help", set()),
        ("run --help", set()),
        ("completion bash", set()),
        ("schema", {"pydantic"}),
        ("check scenarios/quickstart.yaml", {"holidays", "pydantic", "rich"}),
        ("check scenarios/quickstart.yaml --explicit", {"holidays", "pydantic"}),
        (f"run {ASKED} --futures 1", PLAYED),
        (f"run {ASKED} --futures 1 --engine reference", {*PLAYED, "simpy"}),
        (f"run {ASKED} --futures 2", {*PLAYED, "scipy.special"}),
        (f"run {ASKED} --futures 1 --json", {*PLAYED, "pandas", "pyarrow"}),
    ],
)
def test_a_command_imports_what_it_needs_and_nothing_else_that_is_heavy(command: str, needed: set[str]) -> None:
    code = f"""if True:
        import sys
        from exportsim.cli import main
        try:
            main({command.split()!r})
        finally:
            print("\\n" + " ".join(sorted({HEAVY!r} & sys.modules.keys())))"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()[-1].split()) == needed


@pytest.mark.parametrize("name", SHELLS)
def test_what_a_shell_needs_is_printed(shell: Shell, name: str) -> None:
    said = shell("completion", name)
    assert said.status == 0
    assert "_EXPORTSIM_COMPLETE" in said.out


def test_another_shell_is_a_mistake_and_the_ones_there_are_are_named(shell: Shell) -> None:
    said = shell("completion", "tcsh")
    assert said.status == 2
    assert "'bash', 'zsh', 'fish'" in said.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("exportsim se", ["seek", "sensitivity", "serve"]),
        ("exportsim run my.yaml --fu", ["--futures"]),
        ("exportsim store ver", ["verify"]),
        ("exportsim check ", ["my.yaml"]),
    ],
)
def test_bash_completes_commands_options_and_files(typed: str, offered: list[str], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "my.yaml").touch()
    program = tmp_path / "bin" / "exportsim"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m exportsim "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    words = typed.split(" ")
    script = f"""
        source <(exportsim completion bash)
        compopt() {{ offered_files=yes; }}  # works only while a key is pressed
        COMP_WORDS=({" ".join(words[:-1])} "{words[-1]}")
        COMP_CWORD={len(words) - 1}
        _exportsim_completion exportsim
        [ "$offered_files" ] && COMPREPLY+=(*)
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    env = os.environ | {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=tmp_path / "here", env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == offered, done.stderr


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from commands(f"{name} {word}", below)


COMMANDS = dict(commands("exportsim", cli.exportsim))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_a_terminal_and_says_what_each_option_is(name: str) -> None:
    command = COMMANDS[name]
    context = click.Context(command, info_name=name, terminal_width=80, max_content_width=80)
    assert max(map(len, command.get_help(context).splitlines())) <= 80
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help


def test_python_with_m_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "exportsim", "--version"], capture_output=True, text=True, timeout=120)
    assert done.stdout == f"exportsim {__version__}\n"
