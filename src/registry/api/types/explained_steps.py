"""The steps of a rating: measures, indicators, domains, stages, as the scoring core traces them."""

from decimal import Decimal

import strawberry

from registry.api.scalars import Long
from registry.api.types.terms import MeasureSource, StageKind, TransformKind
from registry.api.types.traces import Wording, as_is, each, inside, termed, told


@strawberry.type(description="A figure of the institution, rounded before anything is compared. 指标数据")
class ExplainedMeasure:
    """A measure."""

    code: str = told("code", "Code in the policy. 指标代码")
    title: Wording | None = inside("title", "What it is called. 名称")
    source: MeasureSource = termed("source", "Where it comes from. 来源")
    numerator: Long | None = as_is(
        "numerator", "Of the exact ratio; null where missing, or withheld (see countsWithheld). 分子"
    )
    denominator: Long | None = as_is(
        "denominator", "Of the exact ratio; null where missing, or withheld. Nothing to divide by means missing. 分母"
    )
    times: str = told("times", "What the ratio is multiplied by before it is rounded, as `100` or `1/3`. 倍数")
    value: Decimal | None = told("value", "Rounded half up (四舍五入) to the policy's decimals; null where missing. 值")


@strawberry.type(description="How a figure becomes points or a grade; fields that a kind does not use are null. 换算")
class ExplainedTransform:
    """A transform, or the place among others, with its cuts."""

    kind: TransformKind = termed("kind", "Which kind. 换算方式")
    values: list[Decimal] | None = as_is("values", "LINEAR: the break points. 折点")
    cuts: list[Decimal] | None = as_is("cuts", "STEPS, PERCENTILE, RELATIVE: the cut points applied. 分界值")
    closed: str | None = told("closed", "On which side a value equal to a cut lies: `left` or `right`. 闭区间侧")
    points: list[Decimal] | None = as_is(
        "points", "The points at the break points or of the steps; of MATRIX a row each, then see table. 分值"
    )
    table: list[list[Decimal]] | None = as_is("table", "MATRIX: the points by row and column. 分值表")
    row_cuts: list[Decimal] | None = as_is("row_cuts", "MATRIX: cut points of the rows. 行分界值")
    column_cuts: list[Decimal] | None = as_is("column_cuts", "MATRIX: cut points of the columns. 列分界值")
    column_measure: str | None = told("column_measure", "MATRIX: the measure of the columns. 列指标")
    column_closed: str | None = told("column_closed", "MATRIX: the side on which columns are closed. 列闭区间侧")
    group: str | None = told("group", "The group compared with, as `province:220000`; null where none is. 比较范围")
    bounds: list[Decimal] | None = as_is("bounds", "MINMAX: the least and greatest value of the group. 最小值与最大值")
    percents: list[str] | None = as_is("percents", "PERCENTILE: the shares that the cuts stand for. 百分位")
    counted_from: str | None = told("counted_from", "PERCENTILE: `lowest` or `highest`. 计数方向")
    of: str | None = told("of", "RELATIVE: the statistic that cuts are multiples of. 统计量")
    multiples: list[str] | None = as_is("multiples", "RELATIVE: the multiples. 倍数")
    hold: bool | None = as_is("hold", "Whether a place is held while the own figure does not move. 是否保持")
    times: str | None = told("times", "IDENTITY: what the value is multiplied by. 倍数")
    limits: list[Decimal] | None = as_is("limits", "IDENTITY: the least and most points. 上下限")
    grades: list[int] | None = as_is("grades", "Where a grade goes by the place: the grade of each step. 各档等级")


@strawberry.type(description="One indicator: from the measure to its part of the score. 指标")
class ExplainedIndicator:
    """An indicator."""

    code: str = told("code", "Code in the policy. 指标代码")
    title: Wording | None = inside("title", "What it is called. 名称")
    measure: str = told("measure", "Code of its measure. 指标数据代码")
    value: Decimal | None = told("value", "The rounded value; null where missing. 值")
    transform: ExplainedTransform = inside("transform", "How the value becomes points. 换算")
    points: Decimal | None = told("points", "Points earned; null where it did not count. 得分")
    most_points: Decimal = told("most_points", "The most points that it gives. 满分")
    transformed: int | None = as_is(
        "transformed", "The points as 0 to 10,000 of the most: what weights are recomputed from. 标准化值"
    )
    missing_rule: str | None = told(
        "missing_rule", "What the policy did about a missing value; null where there is one. 缺失处理"
    )
    counted: bool = as_is("counted", "Whether it counted. 是否计入")
    weight: Decimal = told("weight", "Weight applied. 权重")
    base_weight: Decimal = told("base_weight", "The policy's own weight. 基础权重")
    contribution: Decimal = told("contribution", "Part of the score; they add up to it exactly. 贡献分")
    domains: list[str] = as_is("domains", "Codes of the domains that it belongs to. 所属领域")


@strawberry.type(description="One domain: the sum of its indicators, and its own grade where it has one. 领域")
class ExplainedDomain:
    """A domain."""

    code: str = told("code", "Code in the policy. 领域代码")
    points: Decimal | None = told("points", "Its points; null where missing. 得分")
    weight: Decimal = told("weight", "Weight of its indicators together. 权重")
    cuts: list[Decimal] = as_is("cuts", "Points from which its own grades begin. 等级分界")
    placing: ExplainedTransform | None = inside("placing", "Where its grade goes by the place among others. 名次定级")
    grade: int | None = as_is("grade", "Its own grade; null where it has none. 领域等级")
    missing_rule: str | None = told("missing_rule", "What the policy did about a missing domain. 缺失处理")
    rescaled: bool = as_is("rescaled", "Whether it was scaled up for missing indicators. 是否按可得分折算")
    indicators: list[str] = as_is("indicators", "Codes of its indicators. 指标代码")


@strawberry.type(description="What a floor or a staffing requirement asks for, grade by grade. 底线或配备要求")
class ExplainedDemand:
    """A demand."""

    of: str = told("of", "Code of the domain or measure it asks about. 对象代码")
    value: Decimal | None = told("value", "What the institution has; null where missing. 实际值")
    at_least: list[Decimal | None] | None = as_is("at_least", "The least for each grade from the lowest. 各等级下限")
    at_most: list[Decimal | None] | None = as_is("at_most", "The most for each grade from the lowest. 各等级上限")
    when_missing: str = told("when_missing", "Whether a missing figure counts as `met` or `unmet`. 缺失时")


@strawberry.type(description="One stage on the way to the grade, applied or not. 定级环节")
class ExplainedStage:
    """A stage."""

    stage: StageKind = termed("stage", "What it is. 环节")
    code: str = told("code", "Its code in the policy. 代码")
    title: Wording | None = inside("title", "What it is called. 名称")
    legal_basis: str | None = told("legal_basis", "The legal source it rests on. 法律依据")
    applied: bool = as_is("applied", "Whether it applied: its condition held, or its demand was not met. 是否适用")
    before: int = as_is("before", "The grade before it; 0 for none. 之前等级")
    after: int = as_is("after", "The grade after it; 0 for none. 之后等级")
    demand: ExplainedDemand | None = inside("demand", "What it asks for, of floors and requirements. 要求")
    placing: ExplainedTransform | None = inside("placing", "How the base grade came by the place. 名次定级")


__all__ = [
    "ExplainedDomain",
    "ExplainedIndicator",
    "ExplainedMeasure",
    "ExplainedStage",
    "Wording",
    "each",
]
