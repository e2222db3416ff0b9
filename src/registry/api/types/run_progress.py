"""How far a rating run is: the one that goes on, one that has ended, one that was cut off."""

from datetime import date, datetime

import strawberry

from registry.api.planner.declare import One, coded_id, column, instant, planned
from registry.api.types.admission import staff_alone
from registry.api.types.runs import RatingRun
from registry.api.types.terms import RunKind, RunStage, RunState
from registry.domain.errors import Bilingual

RUN_TOLD = "register.run_told AS {row}"
UNDER_WAY = One(RUN_TOLD, "{row}.state = 'UNDER_WAY'")

admit_to_progress = staff_alone(
    Bilingual("评级进度限监管部门查询", "The progress of runs is for regulators"), rule="run.staff"
)


@strawberry.type(description="How far a rating run is. 评级进度")
class RunProgress:
    """A run from its beginning on, also while nobody can see what it writes."""

    id: strawberry.ID = column(coded_id("'RatingRun:' || {row}.id"), "The identifier of its RatingRun. 评级批次标识")
    kind: RunKind = column("kind", "Whether everybody is rated. 批次类型")
    as_of: date = column("as_of", "The law day whose facts are rated. 评级基准日")
    cause: str = column("cause", "Why it was started. 原因")
    state: RunState = column("state", "Whether it goes on, and how it ended. 状态")
    stage: RunStage = column("stage", "The stage it is in, or ended in. 阶段")
    started_at: datetime = instant("started_at", "When it began. 开始时刻")
    stage_begun_at: datetime = instant(
        "stage_begun_at", "When the stage began; of runs longer ago than a week, when they ended. 阶段开始时刻"
    )
    run: RatingRun | None = planned(
        One("{rating_run:{row}}", "{row}.id = {parent}.id"), "What it published; null until then. 评级批次"
    )
