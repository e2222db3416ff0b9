"""Plans that read what stands now otherwise than what stood."""

from dataclasses import dataclass

from registry.api.planner.compile import Compiler, Plan, Selected
from registry.api.planner.rows import Row


@dataclass(frozen=True, slots=True)
class ByMoment:
    """One plan for questions about now, where derived tables help, another for those about the past."""

    now: Plan
    then: Plan

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return the value of the plan for the question's moment."""
        plan = self.now if compiler.statement.moment.position is None else self.then
        return plan.compile(compiler, row, selected)
