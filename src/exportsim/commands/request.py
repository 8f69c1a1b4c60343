"""The frame of every command: options, reading, warnings, playing, saving, drawing, printing, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import partial, wraps
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from exportsim.commands.terminal import show, show_document, tell
from exportsim.errors import Fault, LostError, ScenarioError
from exportsim.language import text, use

if TYPE_CHECKING:
    from exportsim.playing.settings import SettingsKeywords
    from exportsim.report.document import Document
    from exportsim.report.progress import Words
    from exportsim.scenario.schema import Scenario
    from exportsim.study.result import Result
    from exportsim.study.study import Study

Finding = TypeVar("Finding", bound="Study")
INTERRUPTED = 130  # the exit status of a command that Ctrl-C has stopped
LOST = 3  # and of one of which whoever was to play is gone, or does nothing
DONE = "Exit status: 0 if all is well, 2 for a mistake in what was asked."
ENDS = f"{DONE[:-1]}, 130 if interrupted."
ENDS_ELSEWHERE = f"{DONE[:-1]}, 3 if workers were lost, 130 if interrupted."


@dataclass(frozen=True)
class Request:
    """What the options that commands share ask for; :mod:`exportsim.commands.options` says what each means."""

    overrides: tuple[str, ...] = ()
    max_orders: int | None = None
    allow_outside: bool = False
    strict: bool = False
    futures: int | None = None
    seed: int = 1
    engine: str = "compiled"
    workers: int | None = None
    store: str | None = None
    cluster: str | None = None
    patience: str = "60s"
    processes: int | None = None
    uncertain: int | None = None
    certain: bool = False
    part: str | None = None
    table: str | None = None
    out: str | None = None
    figures: str | None = None
    force: bool = False
    as_json: bool = False
    quiet: bool = False
    scenarios: list[Scenario] = field(default_factory=list, init=False)  # that were read

    def load(self, file: str) -> Scenario:
        """The scenario of a file, after its warnings; a table is to take the place of none of the files read."""
        from exportsim.scenario import files_read, load, warnings_of
        from exportsim.scenario.addresses import CommandLine
        from exportsim.scenario.checks import MAX_ORDERS

        most = MAX_ORDERS if self.max_orders is None else self.max_orders
        overrides = CommandLine(self.overrides)
        with self.saying("read"):
            scenario = load(file, overrides=overrides, max_orders=most, allow_outside=self.allow_outside)
        self.scenarios.append(scenario)
        self.warn(warnings_of(scenario))
        self.check_table(files_read(scenario))
        return scenario

    def check_table(self, reads: Iterable[str | PathLike[str]]) -> None:
        """See that the table can be written, and takes the place of nothing that is read for it."""
        if self.table is not None:
            from exportsim.study.table_file import writable

            writable(self.table, reads)

    def load_all(self, files: Mapping[str, str]) -> dict[str, Scenario]:
        """The scenarios of several files, by what these are called, or the faults of all of them."""
        scenarios: dict[str, Scenario] = {}
        faults: list[Fault] = []
        for name, file in files.items():
            try:
                scenarios[name] = self.load(file)
            except ScenarioError as error:
                faults += error.faults
        if faults:
            raise ScenarioError(faults)
        return scenarios

    def points(self, scenario: Scenario) -> int:
        """At how many points of what is uncertain futures are played again: 32, or what was asked for."""
        from exportsim.study.doubt import POINTS

        if self.uncertain is None:
            return POINTS if scenario.uncertainties and not self.certain else 0
        if self.certain:
            raise click.UsageError("--uncertain asks for what --certain leaves out; give one of them")
        return self.uncertain

    def warn(self, warnings: Sequence[Fault], file: str | None = None) -> None:
        """Print warnings; under ``--strict`` they are faults."""
        if file is not None:
            warnings = [replace(warning, file=file) for warning in warnings]
        if warnings and self.strict:
            raise ScenarioError(warnings)
        if not self.quiet:
            for warning in warnings:
                tell(text("commands.warning", warning=warning))

    @contextmanager
    def saying(self, word: str) -> Iterator[None]:
        """Say what is done inside, if it takes more than a moment and somebody looks on."""
        from exportsim.report.progress import shown

        with shown(sys.stderr, word, quiet=self.quiet):
            yield

    def play(self, kind: type[Finding], study: Callable[..., Finding], words: Words | str | None = None) -> Finding:
        """What a study comes to, played where the options say; if workers were lost, what was finished by then.

        ``words`` say what is done, if it is not playing.
        """
        from exportsim.commands.executors import executor_of
        from exportsim.report.progress import PLAY, shown

        with (
            executor_of(self.cluster, self.processes, self.workers, self.patience) as executor,
            shown(sys.stderr, words or PLAY, quiet=self.quiet) as progress,
        ):
            settings: SettingsKeywords = {
                "seed": self.seed,
                "engine": self.engine,
                "workers": self.workers,
                "executor": executor,
                "store": self.store,
                "patience": self.patience,
                "progress": progress,
                "announce": None if self.quiet else tell,
            }
            if self.futures is not None:
                settings["futures"] = self.futures
            try:
                return study(**settings)
            except LostError as lost:
                if isinstance(lost.kept, kind):
                    return lost.kept
                raise

    def answer(
        self,
        kind: type[Finding],
        study: Callable[..., Finding],
        describe: Callable[[Finding], Document],
        *,
        finished: Callable[[Finding], str] | None = None,
        write: Callable[[Finding, str], object] | None = None,
        outcome: str = "exports",
        words: Words | str | None = None,
    ) -> None:
        """All that is done for a kind of study: it is played, saved, drawn and printed.

        ``finished`` says after an early end what was finished, ``write`` writes what ``--out`` is to hold if that is
        no table, ``outcome`` is the one that is drawn, and ``words`` say what is done, if it is not playing.
        """
        if self.part is not None:
            self._answer_part(self.part, study)
            return
        answer = self.play(kind, study, words)
        with self.saying("write"):
            if self.table is not None:
                answer.save(self.table)
            if self.out is not None and write is not None:
                write(answer, self.out)
        if self.figures is not None:
            from exportsim.report.plots import save_figures
            from exportsim.report.plots.sheet import Study as Drawable

            assert isinstance(answer, Drawable), "a study without figures has no option for them"
            with self.saying("draw"):
                save_figures(answer, self.figures, outcome=outcome)
        self.show(self.described(lambda: describe(answer)))
        if finished is not None:
            end(answer, finished(answer))

    def _answer_part(self, part: str, study: Callable[..., Finding]) -> None:
        """Play a part of a study's points into the store, and print which these are."""
        from exportsim.report.part import describe
        from exportsim.study.part import StudyPart, play_part

        if self.store is None:
            raise click.UsageError("--part is played into a store, where the others are: give --store DIR")
        if self.table is not None or self.figures is not None:
            raise click.UsageError("--part has no answer to write: give --out and --figures to the command without it")
        answer = self.play(StudyPart, partial(play_part, study, part=part))
        self.show(self.described(lambda: describe(answer)))
        end(answer, text("studies.kept.points", points=len(answer.table), asked=answer.asked))

    def described(self, describe: Callable[[], Document]) -> Document:
        """A document, whose intervals may take a while; of what is data in it, too, where that is printed."""
        with self.saying("answer"):
            document = describe()
            if not self.as_json:
                return document
            data = document.data()
            return replace(document, data=lambda: data)

    def show(self, document: Document) -> None:
        """Print what is reported, and where it was written to."""
        from exportsim.scenario import warnings_of

        warnings = [warning for scenario in self.scenarios for warning in warnings_of(scenario)]
        if not self.quiet:
            show_document(document, as_json=self.as_json, warnings=warnings if self.scenarios else None)
        self.show_paths()

    def show_paths(self) -> None:
        """Print where files were written to."""
        for path in (self.table, self.out, self.figures):
            if path is not None and not self.quiet and not self.as_json:
                show(text("commands.written", path=path) + "\n")


def end(answer: Study, message: str | None = None) -> None:
    """End a command that came to less than was asked for, and say why."""
    if answer.interrupted:
        _end_early(answer.lost, message)


def end_run(result: Result) -> None:
    """The same for a run, which may lack futures, or points of what is uncertain."""
    end(result)
    doubt = result.provenance.get("doubt", {})
    if doubt.get("interrupted"):
        _end_early(doubt.get("lost"), text("studies.kept.doubt", points=doubt["points"], asked=doubt["asked"]))


def _end_early(lost: str | None, message: str | None) -> NoReturn:
    if lost is not None:
        tell(f"error: {lost}")
    if message is not None:
        tell(text("commands.interrupted", what=message))
    raise SystemExit(INTERRUPTED if lost is None else LOST)


LANGUAGE = "Say it in L: en, or fr for French; mistakes and this help are told in English."
SHARED = {field.name for field in fields(Request) if field.init}


def speaking(made: click.Command) -> click.Command:
    """The same command with an option that says in which language it tells all."""
    told = made.callback
    assert told is not None

    @wraps(told)
    def called(*, language: str | None, **options: Any) -> None:
        with use(language):
            told(**options)

    made.callback = called
    made.params.append(click.Option(["--language"], metavar="L", help=LANGUAGE))
    return made


def command(summary: str, ends: str = ENDS) -> Callable[[Callable[..., None]], click.Command]:
    """A command: its first argument is the request, the others are its own options by their names."""

    def made(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def called(**options: Any) -> None:
            request = Request(**{name: options.pop(name) for name in SHARED & options.keys()})
            function(request, **options)

        return speaking(click.command(short_help=summary, epilog=ends)(called))

    return made
