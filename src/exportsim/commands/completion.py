"""The command ``exportsim completion``: what a shell needs to complete commands, options and files by the Tab key."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from exportsim.commands.terminal import show_file

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_EXPORTSIM_COMPLETE"  # the name that click looks for


@click.command(
    short_help="Print what a shell needs to complete commands.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked.",
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what SHELL (bash, zsh or fish) needs to complete commands, options and files by the Tab key.

    \b
    Examples:
      exportsim completion bash > ~/.exportsim.bash
      exportsim completion zsh > ~/.exportsim.zsh
      exportsim completion fish > ~/.config/fish/completions/exportsim.fish
    and in ~/.bashrc (bash 4.4 or newer)
      source ~/.exportsim.bash
    or in ~/.zshrc, below compinit
      source ~/.exportsim.zsh
    """
    kind = get_completion_class(shell)
    assert kind is not None
    show_file(kind(context.find_root().command, {}, "exportsim", VARIABLE).source() + "\n")
