"""What the database refuses of cases and entries, by the constraint that it names."""

from registry.domain.errors import Bilingual, Conflict, Forbidden, InputError, RegisterError

CREDIT_CONSTRAINTS: dict[str, RegisterError] = {
    "case_step_number": Conflict(
        Bilingual("案件已有新的步骤，请重新读取", "The case has moved on; read it again"), rule="case.moved"
    ),
    "entry_step_number": Conflict(
        Bilingual("该记录已有新的步骤，请重新读取", "The entry has moved on; read it again"), rule="entry.moved"
    ),
    "case_step_day": Conflict(
        Bilingual("步骤只能记于当日，请重试", "A step is of the day when it is recorded; try again"), rule="step.day"
    ),
    "entry_step_day": Conflict(
        Bilingual("步骤只能记于当日，请重试", "A step is of the day when it is recorded; try again"), rule="step.day"
    ),
    "case_step_transition": InputError(
        Bilingual("案件现状不允许该步骤", "This step does not follow in the state of the case"), rule="case.transition"
    ),
    "case_step_opener": Forbidden(
        Bilingual(
            "审核、同意与决定不得由立案人（含以同名的其他密钥）进行",
            "Whoever opened a case does not review, consent to or decide it, nor by another key of that name",
        ),
        rule="case.opener",
    ),
    "case_step_served": InputError(
        Bilingual("送达日期应在立案与今日之间", "A notice is served between the opening of the case and today"),
        rule="notice.served",
    ),
    "case_step_calendar": InputError(
        Bilingual(
            "期限超出工作日历；请用 registry seed --calendar 补充",
            "The working calendar ends before the window does; extend it by `registry seed --calendar`",
        ),
        rule="calendar.beyond",
    ),
    "case_step_window": InputError(
        Bilingual("陈述申辩期限未满", "The subject may still state and defend"), rule="case.window"
    ),
    "case_step_higher": Forbidden(
        Bilingual(
            "须由上一级机关同意，且同意人不得作出决定",
            "Consent is given by the next higher authority, by somebody else",
        ),
        rule="case.higher",
    ),
    "case_step_consent": InputError(
        Bilingual("列入该名单须经上一级机关同意", "This list needs the consent of the next higher authority"),
        rule="case.consent",
    ),
    "entry_step_ended": InputError(Bilingual("该记录已终止", "The entry has ended"), rule="entry.ended"),
    "entry_step_transition": InputError(
        Bilingual("该记录现状不允许该步骤", "This step does not follow where the entry stands"), rule="entry.transition"
    ),
    "entry_step_minimum": InputError(
        Bilingual("未满最短公示期", "The minimum of publication has not passed"), rule="repair.too-early"
    ),
    "entry_step_asker": Forbidden(
        Bilingual(
            "提出人（含以同名的其他密钥）不得自行裁定",
            "Whoever asked does not decide on it, nor by another key of that name",
        ),
        rule="entry.asker",
    ),
    "entry_step_graver": InputError(
        Bilingual("不得因异议加重失信程度", "An objection does not make the class graver"),
        rule="objection.graver",
        path=("input", "repairClass"),
    ),
    "credit_case_list": InputError(
        Bilingual("本地区今日无此名单", "The list is not kept in this region today"),
        rule="case.list",
        path=("input", "list"),
    ),
    "credit_case_ground": InputError(
        Bilingual("该情形不是该名单的立案事由", "This is no ground for a case of the list"),
        rule="case.ground",
        path=("input", "ground"),
    ),
    "credit_entry_decided": InputError(
        Bilingual("决定日期不得晚于今日", "A decision is not of a day to come"), rule="entry.decided"
    ),
    "credit_entry_list": InputError(
        Bilingual("决定之日无此名单", "The list was not kept on the day of the decision"), rule="entry.list"
    ),
    "credit_entry_ground": InputError(
        Bilingual("决定之日该名单无此事由", "This was no ground of the list on the day of the decision"),
        rule="entry.ground",
    ),
    "credit_entry_no_term": InputError(
        Bilingual("决定之日无该程度的期限规则", "No rule tells the term of this class on the day of the decision"),
        rule="entry.no-term",
    ),
    "credit_entry_class": InputError(
        Bilingual("失信程度与名单种类不符", "The class does not fit the kind of the list"), rule="entry.class"
    ),
    "credit_entry_term": InputError(
        Bilingual(
            "公示截止日应在该程度最短与最长公示期之间",
            "The last day of publication lies between the minimum and the maximum of the class",
        ),
        rule="entry.term",
    ),
    "credit_entry_adopted": InputError(
        Bilingual("互认决定不得早于原记录的决定日期", "An entry is adopted on the day of its decision or later"),
        rule="entry.adopted",
    ),
    "credit_entry_published": InputError(
        Bilingual("公示日早于决定日", "Publication lies before the decision"), rule="entry.published"
    ),
    "credit_entry_original": InputError(
        Bilingual(
            "互认的原记录须属另一地区、同一对象、同类名单且本身非互认",
            "Adopted is an original of another region, on the same subject and kind of list",
        ),
        rule="entry.original",
    ),
    "flag_fact": Conflict(Bilingual("该事实已有预警", "This fact has a flag already"), rule="flag.second"),
    "flag_resolved": Conflict(
        Bilingual("该预警已处理", "The flag is resolved already"), rule="flag.resolved", path=("input", "flag")
    ),
    "credit_entry_document": Conflict(
        Bilingual("该文号对该对象的记录已存在", "An entry with this document on this subject exists already"),
        rule="entry.second",
    ),
}
