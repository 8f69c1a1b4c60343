"""What the site is made of besides its pages: figures drawn by the build, diagrams, and scenarios that pages link to.

``<!-- figure: FILE NAME -->`` in a page, followed by a line of text, stands for a figure of the scenario in FILE, by
the name that ``exportsim.plots.figures`` gives it, with the text as its caption. FILE is one of ``scenarios/``, one
that stands in a page, or ``new:KIND``, which ``exportsim new --like KIND`` writes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import exportsim as xs
from exportsim.commands.new import new

ROOT = Path(__file__).parents[1]
FIGURE = re.compile(r"^<!-- figure: (\S+) (\S+) -->\n(.+)$", re.MULTILINE)
SHOWN = re.compile(r'^```yaml title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FUTURES = 100
NEW = "new:"


def on_files(files: Any, *, config: Any) -> Any:
    """Add scenarios, and the figures that pages ask for."""
    from mkdocs.structure.files import File

    for path in sorted(path for path in (ROOT / "scenarios").rglob("*") if path.is_file()):
        files.append(File.generated(config, path.relative_to(ROOT).as_posix(), abs_src_path=str(path)))
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}  # scenarios that stand in a page, by the file that the page says they are
    for page in files.documentation_pages():
        shown |= SHOWN.findall(page.content_string)
        for scenario, name, _ in FIGURE.findall(page.content_string):
            wanted[scenario].add(name)
    for scenario, names in wanted.items():
        result = xs.run(_scenario(scenario, shown), futures=FUTURES)
        draw = dict(xs.plots.figures(result))
        for name in sorted(names):
            path = ROOT / "build" / _place(scenario, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            xs.plots.save(draw[name](), path)
            files.append(File.generated(config, _place(scenario, name), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Put figures, diagrams and links to scenarios in a page."""
    up = "../" * page.file.src_uri.count("/")

    def figure(match: re.Match[str]) -> str:
        scenario, name, caption = match.groups()
        return f"![{caption}]({up}{_place(scenario, name)})\n\n*{caption}*"

    markdown = FIGURE.sub(figure, markdown)
    markdown = DIAGRAM.sub(_drawn, markdown)
    return markdown.replace(f"]({up}../scenarios/", f"]({up}scenarios/")


def on_page_content(html: str, *, page: Any, config: Any, files: Any) -> str:
    """Mend what docstrings say for Sphinx (``:func:`run```) and numpydoc (``path-like``, which is no subtraction)."""
    return re.sub(r":(?:func|class|meth|mod|attr|data):<code>~?\.*", "<code>", html).replace("path - like", "path-like")


def _scenario(named: str, shown: dict[str, str]) -> xs.Scenario:
    """The scenario that a page speaks of."""
    if named.startswith(NEW):
        from click.testing import CliRunner

        with TemporaryDirectory() as folder:
            file = Path(folder) / "my.yaml"
            CliRunner().invoke(new, [str(file), "--like", named.removeprefix(NEW)], catch_exceptions=False)
            return xs.load(file)
    return xs.loads(shown[named]) if named in shown else xs.load(ROOT / named)


def _place(scenario: str, name: str) -> str:
    return f"figures/{Path(scenario.replace(':', '-')).stem}/{name}.svg"


def _drawn(match: re.Match[str]) -> str:
    """A Mermaid diagram as SVG, on light ground whatever the theme."""
    import mermaidx

    svg = mermaidx.render(match[1]).svg()
    return f'<div style="background: white; padding: 1em">{"".join(svg.splitlines())}</div>'
