"""What can be wrong with a policy document: one rule, one bilingual message with its remedy.

Every rule has a stable name. Messages are templates filled with the facts of the place.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a policy document: where (`indicators.2.transform.points`), which rule, what, how to mend it.

    `line` counts from 1 where the document was TOML text: the line of the key, or of the nearest table around it.
    """

    path: str
    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: {self.en} [{self.rule}] {self.remedy_en}"


class PolicyInvalid(ValueError):
    """The document is not a policy; `problems` holds every mistake found, in document order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


_Wording = tuple[str, str, str, str]

RULES: dict[str, _Wording] = {
    "toml": (
        "不是有效的 TOML：{detail}",
        "is not valid TOML: {detail}",
        "请按 TOML 语法改正该行。",
        "Correct the line according to TOML syntax.",
    ),
    "required": ("缺少必填项", "is required", "请补充 {name}。", "Add {name}."),
    "unknown-key": (
        "未知的键“{name}”",
        "unknown key '{name}'",
        "可用的键：{known}。",
        "Known keys: {known}.",
    ),
    "type": (
        "类型应为{zh_kind}，实为 {found}",
        "must be {en_kind}, not {found}",
        "请改为{zh_kind}。",
        "Write {en_kind}.",
    ),
    "binary-float": (
        "二进制浮点数不精确",
        "a binary floating-point number is not exact",
        '请写成字符串，例如 "0.35"，或以十进制方式读取 TOML。',
        'Write it as a string such as "0.35", or read the TOML with exact decimals.',
    ),
    "number": (
        "“{found}”不是数字",
        "'{found}' is not a number",
        '请写十进制数或分数，例如 0.35 或 "1/3"。',
        'Write a decimal or a fraction such as 0.35 or "1/3".',
    ),
    "too-fine": (
        "{found} 的小数位多于 {decimals} 位",
        "{found} has more than {decimals} decimals",
        "请减少小数位，或提高相应的小数位设置。",
        "Use fewer decimals, or raise the decimals it is compared at.",
    ),
    "range": (
        "{found} 不在 {low} 至 {high} 之间",
        "{found} is not between {low} and {high}",
        "请改为 {low} 至 {high} 之间的值。",
        "Give a value from {low} to {high}.",
    ),
    "choice": (
        "“{found}”不是可选值",
        "'{found}' is not a choice here",
        "可选值：{choices}。",
        "Choose one of: {choices}.",
    ),
    "date": (
        "“{found}”不是日期",
        "'{found}' is not a date",
        "请写成 2026-01-01 的形式。",
        "Write it like 2026-01-01.",
    ),
    "code": (
        "“{found}”不能作代码",
        "'{found}' cannot be a code",
        "代码以字母开头，只含字母、数字、下划线、点和连字符，最长 64 个字符。",
        "A code begins with a letter and holds letters, digits, underscore, dot and hyphen, at most 64.",
    ),
    "duplicate": (
        "“{name}”重复",
        "'{name}' appears twice",
        "请使用不同的名称。",
        "Use a name only once.",
    ),
    "empty": ("不能为空", "must not be empty", "请至少写一项。", "Give at least one entry."),
    "too-many": (
        "共 {found} 项，最多 {high} 项",
        "{found} entries, at most {high} are possible",
        "请合并或减少。",
        "Merge or drop entries.",
    ),
    "length": (
        "应有 {wanted} 项，实有 {found} 项",
        "needs {wanted} entries, has {found}",
        "{zh_hint}",
        "{en_hint}",
    ),
    "order": (
        "必须严格递增，但 {second} 排在 {first} 之后",
        "must rise strictly, but {second} follows {first}",
        "请从小到大排列，且不重复。",
        "Order the values from low to high without repeats.",
    ),
    "one-of": (
        "应恰好给出以下之一：{choices}",
        "needs exactly one of: {choices}",
        "请只保留一个。",
        "Keep exactly one of them.",
    ),
    "unknown-measure": (
        "未定义的指标数据“{name}”",
        "unknown measure '{name}'",
        "请在 [[measures]] 中定义；已有：{known}。",
        "Define it under [[measures]]; known: {known}.",
    ),
    "unknown-indicator": (
        "未定义的指标“{name}”",
        "unknown indicator '{name}'",
        "已有：{known}。",
        "Known: {known}.",
    ),
    "unknown-domain": (
        "未定义的领域“{name}”",
        "unknown domain '{name}'",
        "请在 [[domains]] 中定义；已有：{known}。",
        "Define it under [[domains]]; known: {known}.",
    ),
    "later-domain": (
        "领域“{name}”此时尚未评定",
        "domain '{name}' is not graded yet at this point",
        "请把被引用的领域排在前面。",
        "Place the domain referred to before this one.",
    ),
    "not-known-yet": (
        "“{name}”此时尚未产生",
        "'{name}' does not exist yet at this point",
        "此处只能引用前面步骤的结果。",
        "Refer here only to what earlier stages have produced.",
    ),
    "no-domain-grade": (
        "领域“{name}”没有分级线，因而没有等级",
        "domain '{name}' has no cuts and so no grade",
        "请为该领域写 cuts。",
        "Give the domain cuts.",
    ),
    "grade": (
        "等级 {found} 不存在",
        "grade {found} does not exist",
        "等级为 1 至 {high}。",
        "Grades run from 1 to {high}.",
    ),
    "unreachable-grade": (
        "等级 {grade} 无法达到：需要 {cut}，最高只有 {maximum}",
        "grade {grade} cannot be reached: it needs {cut}, the most possible is {maximum}",
        "请降低分级线或提高满分。",
        "Lower the cut or raise the points.",
    ),
    "unreachable-rule": (
        "等级 {grade} 没有任何规则可以给出",
        "no rule can give grade {grade}",
        "请增加规则或去掉该等级。",
        "Add a rule for it or drop the grade.",
    ),
    "shadowed": (
        "前面已有条件相同的规则，此规则永远用不到",
        "a rule before this one has the same condition, so this one is never used",
        "请删除，或改写条件。",
        "Drop it or change its condition.",
    ),
    "not-monotone": (
        "等级越高要求不得更低：等级 {grade} 要求 {second}，低于 {first}",
        "a higher grade may not demand less: grade {grade} demands {second} after {first}",
        "请按等级从低到高不降地填写。",
        "Let demands rise or stay from grade to grade.",
    ),
    "weights-sum": (
        "基础权重之和为 {found}，应为 1",
        "base weights sum to {found}, not to 1",
        "请调整各指标的 weight.base。",
        "Adjust the indicators' weight.base.",
    ),
    "bounds-infeasible": (
        "权重界限无法凑成 1：下限之和 {low}，上限之和 {high}",
        "the weight bounds cannot sum to 1: lower bounds make {low}, upper bounds {high}",
        "请使下限之和不超过 1，上限之和不低于 1。",
        "Let the lower bounds sum to at most 1 and the upper bounds to at least 1.",
    ),
    "bounds-order": (
        "应满足 下限 ≤ 基础权重 ≤ 上限，实为 {low} / {base} / {high}",
        "needs lower ≤ base ≤ upper, has {low} / {base} / {high}",
        "请调整界限。",
        "Move the bounds around the base weight.",
    ),
    "weight-missing": (
        "采用权重法时每个指标都要有权重",
        "every indicator needs a weight under this weighting",
        "请补充 weight.base。",
        "Add weight.base.",
    ),
    "weight-unused": (
        "按分值相加时不使用权重",
        "a weight has no meaning where points are added",
        "请删除 weight，或选择其他 weighting.method。",
        "Drop the weight or choose another weighting.method.",
    ),
    "points-over-maximum": (
        "分值 {found} 不在 0 至满分 {maximum} 之间",
        "points {found} lie outside 0 to the maximum {maximum}",
        "按权重计分时，各指标的分值须在 0 至 score.maximum 之间。",
        "Under a weighting, an indicator's points lie between 0 and score.maximum.",
    ),
    "domain-empty": (
        "领域“{name}”没有指标",
        "domain '{name}' has no indicator",
        "请为其指定指标或删除该领域。",
        "Give it an indicator or drop it.",
    ),
    "several-domains": (
        "按权重计分时，指标只能属于一个领域且系数为 1",
        "under a weighting an indicator belongs to one domain, without a factor",
        "请只保留一个领域，删去 factor。",
        "Keep one domain and drop the factor.",
    ),
    "not-in-score": (
        "按权重计分时，每个领域都要计入总分",
        "under a weighting every domain belongs to the score",
        "请删除 score.domains。",
        "Drop score.domains.",
    ),
    "rescale-without-maximum": (
        "指标的满分不大于 0，无法按可得满分换算",
        "the most this indicator can give is not above 0, so nothing can be rescaled",
        "请换用其他缺失规则。",
        "Choose another rule for missing values.",
    ),
    "too-large": (
        "数字过大，超出 64 位整数的精确范围",
        "the numbers are too large for exact 64-bit integers",
        "请减少 points_decimals、score.decimals 或系数的小数位。",
        "Use fewer points_decimals, score.decimals or decimals of the factors.",
    ),
    "value-unsuited": (
        "{kind} 变换不能代入缺失值",
        "a stated value cannot stand in for a missing one under a {kind} transform",
        '请改用 rule = "points"，直接给出分值。',
        'Use rule = "points" and state the points.',
    ),
    "parameter-unused": (
        "该数据来源不使用“{name}”",
        "'{name}' has no meaning for this source",
        "请删除。",
        "Drop it.",
    ),
    "workforce-required": (
        "使用了花名册指标，但缺少 [workforce] 规则",
        "a measure from the roster needs the [workforce] rules",
        "请补充 [workforce]。",
        "Add [workforce].",
    ),
    "period": (
        "失效日早于生效日",
        "ends before it begins",
        "请改正日期。",
        "Correct the dates.",
    ),
}


def problem(path: str, rule: str, **facts: object) -> Problem:
    """The problem of `rule` at `path`, worded with the facts of the place."""
    zh, en, remedy_zh, remedy_en = (text.format(**facts) for text in RULES[rule])
    return Problem(path, rule, zh, en, remedy_zh, remedy_en)
