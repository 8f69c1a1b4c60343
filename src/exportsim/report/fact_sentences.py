"""An order's history in words: a plain sentence for every fact, as a licensing officer would write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from exportsim import language
from exportsim.analysis.measures_in_force import Act
from exportsim.analysis.trace import Happening
from exportsim.language import text
from exportsim.lifecycle import REASONS, Fact
from exportsim.names import words
from exportsim.plan import APPLICATIONS, BACKLOGS, FIGURES
from exportsim.report.number_format import number
from exportsim.report.titles import DAY, Titles, days

#: When a fact has another sentence, and what its key in the catalogue ends with; all that hold are told.
OTHERWISE: dict[Fact, Sequence[tuple[Callable[[Words], bool], str]]] = {
    Fact.ORDERED: [(lambda words: words.fact.detail > 0, "_programme")],
    Fact.SOURCED: [(lambda words: words.fact.attempt != 1, "_again")],
    Fact.APPLIED: [(lambda words: words.renews(), "_again")],
    Fact.REVIEW_STARTED: [(lambda words: words.sits, "_sitting")],
    Fact.REVIEW_ENDED: [(lambda words: words.fact.waited < 0, "_withdrawn"), (lambda words: words.sits, "_sitting")],
    Fact.REFERRED: [(lambda words: words.is_reviewed_again, "_again")],
    Fact.APPROVED: [
        (lambda words: words.fact.recorded, "_as_recorded"),
        (lambda words: words.fact.waited < 0, "_at_once"),
    ],
    Fact.DENIED: [
        (lambda words: words.fact.recorded, "_as_recorded"),
        (lambda words: words.fact.act is not None and words.applications == "deny", "_by_measure"),
    ],
    Fact.WITHDRAWN: [(lambda words: words.fact.recorded, "_as_recorded")],
    Fact.EXPIRED: [(lambda words: words.fact.recorded, "_as_recorded")],
    Fact.LEFT_OPEN: [(lambda words: words.stands_at >= 0, "_at_stage")],
    Fact.SUSPENDED: [(lambda words: words.act.minute == words.fact.minute, "_now")],
    Fact.DELIVERED: [(lambda words: not words.fact.waited, "_at_once")],
    Fact.LOST: [(lambda words: REASONS[words.fact.detail] == "unserved", "_unserved")],
    Fact.MEASURE: [
        (lambda words: bool(words.titles.name(words.act)), "_named"),
        (lambda words: words.act.figure >= 0, "_at"),
    ],
}


#: What the key of a withdrawal is where no application is withdrawn, by its reason.
GAVE_UP = {"suspension": "gave_up", "unfiled": "gave_up_unfiled"}


class Words:
    """What the sentence of a fact is made of, looked up by the names in :data:`WORDS`."""

    titles: Titles
    fact: Happening

    def __init__(self, titles: Titles, fact: Happening) -> None:
        self.titles, self.names, self.life = titles, titles.names, titles.life
        self.fact = fact

    def __getitem__(self, name: str) -> str:
        return WORDS[name](self)

    @property
    def act(self) -> Act:
        """The act that the fact names or follows from."""
        assert self.fact.act is not None
        return self.fact.act

    @property
    def is_reviewed_again(self) -> bool:
        """Whether a hold's end sends the application through review again."""
        of_review = (Fact.APPLIED, Fact.REVIEW_ENDED, Fact.HELD)
        before = [each.fact for each in self.life.own if each.row < self.fact.row and each.fact in of_review]
        if before[-1:] != [Fact.HELD] or self.fact.act is None:
            return False
        backlog = self.life.plan.policies[self.act.policy].backlog[self.act.branch]
        return bool(backlog == BACKLOGS.index("review"))

    @property
    def stands_at(self) -> int:
        """The stage at which the order's application stood where records end, -1 if its record names none."""
        streams = self.life.plan.streams
        return int(streams.record_stage[int(streams.record_first[self.life.line]) + self.life.order - 1])

    @property
    def sits(self) -> bool:
        """Whether a committee sits at the fact's stage."""
        return bool(self.life.plan.stages.sits[self.fact.detail])

    @property
    def applications(self) -> str:
        """The regime that the act set."""
        return APPLICATIONS[int(self.life.plan.policies[self.act.policy].applications[self.act.branch])]

    def key(self) -> str:
        """Which sentence tells the fact."""
        if self.fact.fact is Fact.WITHDRAWN and REASONS[self.fact.detail] in GAVE_UP:
            key = GAVE_UP[REASONS[self.fact.detail]]
        else:
            also = [ending for holds, ending in OTHERWISE.get(self.fact.fact, ()) if holds(self)]
            key = self.fact.fact.word + "".join(also)
        waited = f"{key}_waited"
        return waited if self.fact.waited >= DAY // 2 and language.has(f"trace.facts.{waited}") else key

    def renews(self) -> bool:
        """Whether the application is for a permit in the place of one that has expired."""
        before = [fact for fact in self.life.own if fact.row < self.fact.row]
        return bool(before) and before[-1].fact is Fact.EXPIRED

    def regime(self) -> str:
        """How applications stood in the order's cell, and by which measure."""
        if self.fact.act is None:
            return text("trace.regimes.none", cell=self["cell"])
        return text(f"trace.regimes.{self.applications}", cell=self["cell"], measure=self["measure"])

    def cell(self) -> str:
        """The applications that the order's is one of."""
        programme, destination = self.life.programme, language.country(self.titles.demand.destination)
        if not programme:
            return text("trace.cell", destination=destination)
        name = words(self.names.programmes[programme])
        return text("trace.cell_of_programme", destination=destination, programme=name)

    def left(self) -> str:
        """How many parts are not delivered yet."""
        delivered = sum(fact.fact is Fact.DELIVERED and fact.row < self.fact.row for fact in self.life.own)
        return text("trace.left", number=self.life.parts - delivered)

    def figure(self) -> str:
        """The figure that has passed its limit."""
        kind, figure = FIGURES[int(self.life.plan.policies[self.act.policy].figure[self.act.measure])], self.act.figure
        limit = self.titles.amount(figure) if kind == "delivered" else number(figure, 0)
        return text(f"trace.figures.{kind}", number=figure, limit=limit)


#: What each name in the braces of a sentence stands for.
WORDS: dict[str, Callable[[Words], str]] = {
    "days": lambda words: days(words.fact.waited),
    "buyer": lambda words: words.titles.buyer,
    "destination": lambda words: language.country(words.titles.demand.destination),
    "goods": lambda words: words.titles.goods(),
    "amount": lambda words: words.titles.amount(words.fact.cents),
    "number": lambda words: str(words.life.parts),
    "programme": lambda each: words(each.names.programmes[each.fact.detail]),
    "left": Words.left,
    "attempt": lambda words: str(words.fact.attempt),
    "supplier": lambda words: words.titles.title("suppliers", words.fact.supplier),
    "authority": lambda words: words.titles.title("authorities", words.fact.detail),
    "incident": lambda words: words.titles.title("incidents", words.fact.detail),
    "stage": lambda each: words(each.names.stages[each.fact.detail].split("/")[1]),
    "stands_at": lambda each: words(each.names.stages[each.stands_at].split("/")[1]),
    "part": lambda words: words.titles.part(words.fact.detail),
    "slot": lambda words: str(words.fact.detail),
    "measure": lambda words: words.titles.measure(words.act),
    "name": lambda words: words.titles.name(words.act),
    "does": lambda words: words.titles.does(words.act),
    "figure": Words.figure,
    "cell": Words.cell,
    "regime": Words.regime,
}


def sentence(titles: Titles, happening: Happening) -> str:
    """One fact in words."""
    words = Words(titles, happening)
    return language.template(f"trace.facts.{words.key()}", titles.life.parts).format_map(words)


def sentences(titles: Titles) -> list[tuple[Happening, str]]:
    """A sentence for each fact but for those that another sentence tells as well."""
    happenings = titles.life.happenings
    return [
        (happening, sentence(titles, happening))
        for k, happening in enumerate(happenings)
        if not _is_told_otherwise(titles, happening, happenings[k + 1 :])
    ]


def _is_told_otherwise(titles: Titles, happening: Happening, following: Sequence[Happening]) -> bool:
    """Whether what the order gets, or a sentence that follows, tells of a fact anyway."""
    match happening.fact:
        case Fact.SLOT_OPENED:
            return True  # there are many, and what they do for the order is seen in what it gets
        case Fact.FINISHED:  # a part that is delivered or stranded in the same breath
            same = attrgetter("minute", "attempt", "detail")
            ends = [after for after in following[:1] if after.fact in (Fact.DELIVERED, Fact.STRANDED)]
            return any(same(after) == same(happening) for after in ends)
        case Fact.MEASURE:  # one that the order's own sentences of the same minute name
            assert happening.act is not None
            name = titles.measure(happening.act)
            return any(
                after.own and after.act is happening.act and name in sentence(titles, after)
                for after in following
                if after.minute == happening.minute
            )
    return False
