"""``python -m exportsim``: the command line."""

from exportsim.cli import main

main()
