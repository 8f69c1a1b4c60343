"""An order's history in words: a plain sentence for every fact, as a licensing officer would write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from exportsim.analysis.measures_in_force import Act
from exportsim.analysis.trace import Happening
from exportsim.lifecycle import REASONS, Fact
from exportsim.plan import APPLICATIONS, FIGURES
from exportsim.report.number_format import counted
from exportsim.report.titles import DAY, Titles, day, days

#: A sentence for each fact. What is in braces is looked up in :data:`WORDS`; what follows ``after:`` and ``took:``
#: stands there only if the fact ended a wait of a day.
SENTENCES: dict[Fact, str] = {
    Fact.ORDERED: "{buyer} ({destination}) ordered {goods} for {amount}{split}{programme}.",
    Fact.SOURCED: "{supplier} was chosen ({left}, {amount}{attempt}){after:after it could not be placed}.",
    Fact.UNSERVED: "No supplier could be used; the order waited ({amount} open).",
    Fact.APPLIED: "{authority} received the application.",
    Fact.REVIEW_STARTED: "An officer took it up at {stage}{took:in the queue}.",
    Fact.REVIEW_ENDED: "The officer at {stage} finished{took:of review}.",
    Fact.REFERRED: "Passed on to case-by-case review{since}{took:at the gate}.",
    Fact.HELD: "Held at the gate{after:after the application}: {regime}.",
    Fact.APPROVED: "{authority} issued the permit{after:after the application}.",
    Fact.DENIED: "{authority} denied the application{after:after it was received}, on its merits.",
    Fact.WITHDRAWN: "{buyer} withdrew the application{after:after it was made} ({amount} open).",
    Fact.SUSPENDED: "The permit was suspended at once: all were since {acted} ({measure}) ({amount} undelivered).",
    Fact.REINSTATED: "The permit was in force again by {measure}{after:after its suspension}.",
    Fact.CANCELLED: "The permit was cancelled by {measure} ({amount} undelivered).",
    Fact.EXPIRED: "The permit expired{after:after its issue} ({amount} undelivered).",
    Fact.FINISHED: "{part} was finished by {supplier} and waited.",
    Fact.DELIVERED: "{part} was delivered{after:after it was finished} ({amount}).",
    Fact.STRANDED: "{part}, finished, could not be delivered any more ({amount}).",
    Fact.LOST: "{amount} was lost: no supplier was left.",
    Fact.MEASURE: "Measure '{name}': {does}.",
    Fact.INCIDENT: "Incident: {incident}.",
    Fact.EVIDENCE: "Evidence of diversion was found: {incident} ({amount} delivered before).",
    Fact.QUALIFIED: "{supplier} qualified: it can be chosen from now on.",
    Fact.SLOT_OPENED: "{supplier} opened its production slot {number}.",
}
#: When a fact has another sentence, and which.
OTHERWISE: dict[Fact, tuple[Callable[[Words], bool], str]] = {
    Fact.REVIEW_ENDED: (
        lambda words: words.fact.waited < 0,
        "The officer at {stage} finished, though the application was withdrawn.",
    ),
    Fact.APPROVED: (
        lambda words: words.fact.waited < 0,
        "The permit was there at once, without an application{since}.",
    ),
    Fact.DENIED: (
        lambda words: words.fact.act is not None and words.applications == "deny",
        "{authority} denied the application{after:after it was received}: {regime}.",
    ),
    Fact.WITHDRAWN: (
        lambda words: REASONS[words.fact.detail] == "suspension",
        "{buyer} gave up{after:after the suspension} ({amount} open).",
    ),
    Fact.SUSPENDED: (
        lambda words: words.act.minute == words.fact.minute,
        "The permit was suspended by {measure} ({amount} undelivered).",
    ),
    Fact.DELIVERED: (lambda words: not words.fact.waited, "{part} was finished and delivered ({amount})."),
    Fact.LOST: (
        lambda words: REASONS[words.fact.detail] == "unserved",
        "{amount} was lost: {buyer} found no supplier and gave up{after:after it could not be placed}.",
    ),
    Fact.MEASURE: (lambda words: words.act.figure >= 0, "Measure '{name}' at {figure}: {does}."),
}
REGIMES = {
    "exempt": "{cell} needed no permit{from_then} ({measure})",
    "open": "{cell} were open{from_then} ({measure})",
    "case_by_case": "{cell} were decided case by case{from_then} ({measure})",
    "hold": "{cell} were on hold{from_then} ({measure})",
    "deny": "{cell} were denied{from_then} ({measure})",
}
NO_MEASURE = "{cell} were open"
CELL, CELL_OF_PROGRAMME = "applications to {destination}", "applications to {destination} under programme {programme}"
SINCE, COLON = " since {date}", ": {regime}"
AFTER, TOOK = ", {days} {what}", " after {days} {what}"
PROGRAMME, SPLIT, ATTEMPT = ", programme {programme}", " in {parts} parts", "; attempt {attempt}"


class Wait(str):
    """How the wait is written that a fact ended, if it was of a day; the text after the colon says of what."""

    def __format__(self, what: str) -> str:
        return self.replace("{what}", what)


class Words:
    """What the sentence of a fact is made of, looked up by the names in :data:`WORDS`."""

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
    def applications(self) -> str:
        """The regime that the act set."""
        return APPLICATIONS[int(self.life.plan.policies[self.act.policy].applications[self.act.branch])]

    def waited(self, template: str) -> Wait:
        """The wait that the fact ended, or nothing if it was of less than a day."""
        return Wait(template.replace("{days}", days(self.fact.waited)) if self.fact.waited >= DAY // 2 else "")

    def regime(self) -> str:
        """How applications stood in the order's cell, and since which measure."""
        return (NO_MEASURE if self.fact.act is None else REGIMES[self.applications]).format_map(self)

    def cell(self) -> str:
        """The applications that the order's is one of."""
        number = self.life.programme
        programme = self.names.programmes[number]
        return (CELL_OF_PROGRAMME if number else CELL).format(destination=self["destination"], programme=programme)

    def left(self) -> str:
        """How many parts are not delivered yet."""
        delivered = sum(fact.fact is Fact.DELIVERED and fact.row < self.fact.row for fact in self.life.own)
        return counted(self.life.parts - delivered, "part")

    def figure(self) -> str:
        """The figure that has passed its limit."""
        kind = FIGURES[int(self.life.plan.policies[self.act.policy].figure[self.act.measure])]
        amount = self.titles.amount(self.act.figure) if kind == "delivered" else f"{self.act.figure:,}"
        return f"{amount} {kind.replace('_', ' ')}"


#: What each name in the braces of a sentence stands for.
WORDS: dict[str, Callable[[Words], str]] = {
    "after": lambda words: words.waited(AFTER),
    "took": lambda words: words.waited(TOOK),
    "buyer": lambda words: words.titles.demand.buyer,
    "destination": lambda words: words.titles.demand.destination,
    "goods": lambda words: words.titles.goods(),
    "amount": lambda words: words.titles.amount(words.fact.cents),
    "split": lambda words: SPLIT.format(parts=words.life.parts) if words.life.parts > 1 else "",
    "programme": lambda words: (
        PROGRAMME.format(programme=words.names.programmes[words.fact.detail]) if words.fact.detail > 0 else ""
    ),
    "left": Words.left,
    "attempt": lambda words: "" if words.fact.attempt == 1 else ATTEMPT.format(attempt=words.fact.attempt),
    "supplier": lambda words: words.titles.title("suppliers", words.fact.supplier),
    "authority": lambda words: words.titles.title("authorities", words.fact.detail),
    "incident": lambda words: words.titles.title("incidents", words.fact.detail),
    "stage": lambda words: words.names.stages[words.fact.detail].split("/")[1],
    "part": lambda words: words.titles.part(words.fact.detail),
    "number": lambda words: str(words.fact.detail),
    "measure": lambda words: words.titles.measure(words.act),
    "name": lambda words: words.names.measures[words.act.policy][words.act.branch],
    "does": lambda words: words.titles.does(words.act),
    "figure": Words.figure,
    "acted": lambda words: day(words.titles.when(words.act.minute)),
    "from_then": lambda words: "" if words.act.minute == words.fact.minute else SINCE.format(date=words["acted"]),
    "cell": Words.cell,
    "regime": Words.regime,
    "since": lambda words: "" if words.fact.act is None else COLON.format(regime=words.regime()),
}


def sentence(titles: Titles, happening: Happening) -> str:
    """One fact in words."""
    words = Words(titles, happening)
    applies, other = OTHERWISE.get(happening.fact, (None, ""))
    return (other if applies is not None and applies(words) else SENTENCES[happening.fact]).format_map(words)


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
