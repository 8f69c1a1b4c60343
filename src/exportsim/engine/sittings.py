"""The sittings of the stages that have no officers: on its day a committee deals with the first who wait."""

from __future__ import annotations

from exportsim.engine.clock import At, Settled
from exportsim.engine.state import Life, Run
from exportsim.lifecycle import Moment


class Sittings:
    """The sittings of a run, a process for each stage that has any."""

    def __init__(self, run: Run) -> None:
        self.run, self.stages = run, run.plan.stages

    def start(self) -> None:
        """Let every stage that sits begin."""
        for stage, sits in enumerate(self.run.sits):
            if sits:
                self.run.env.process(self.sit(stage))

    def sit(self, stage: int) -> Life:
        """Sit on one day after the other; each application goes on as far as it can before the next is taken."""
        first, count = int(self.stages.sits_first[stage]), int(self.stages.sits_count[stage])
        most, waiting = int(self.stages.sits_most[stage]), self.run.officers[stage]
        for minute in self.stages.sitting[first : first + count].tolist():
            yield At(self.run.env, minute, Moment.SITTING, stage)
            for turn in waiting.first(most):
                waiting.call(turn)
                yield Settled(self.run.env)
