"""The rows that an import must refuse, by kind, each with the column and the rule of every error in it.

Words in braces stand for rows of the register beside which the files are written; a row for which it has none is left
out.
"""

from collections.abc import Mapping

NUMBER = "S000122002201235000001"
UNKNOWN_USCC = "91350100M000100Y43"
UNKNOWN_PERSON = "11010519491231002X"
"""The valid examples of the standards; nobody is meant."""

EMPTY_CODE = "\u2003"
"""A space that no cell is trimmed of: a code of nothing."""

BELL = "\a"
LONG = "长" * 201
_SKILL = "{person},SKILL_LEVEL,CARER,JUNIOR,{evaluator},2023-05-01,,VALID,"
_HOME = "CARE_HOME,220102,ACTIVE,10,,,"

_ENTRY = "事实清楚,民发〔2019〕103号,复议六十日,长春市民政局,220100"
_IMPORTED = "INSTITUTION,{institution},,IMPORTED,2025-05-01"

BAD_ROWS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "import-rules": (
        ("REMOVAL_SHARE,employments,,1.5,2020-01-01,,比例过大", "value import-rule.share"),
        ("PRECEDENCE,employments,民政局,1,2020-01-01,,先", ""),
        ("PRECEDENCE,employments,民政局,2,2021-01-01,,期间重叠", "effective_from import-rule.overlap"),
    ),
    "organisations": (
        ("91350100M000100Y4Z,校验码错误,COMPANY,220102,ACTIVE,,,", "organisation_code uscc.character"),
        ("91350100M000100Y4,缺一位,COMPANY,220102,ACTIVE,,,", "organisation_code uscc.length"),
        ("91350100M000100Y44,校验码不符,COMPANY,220102,ACTIVE,,,", "organisation_code uscc.check-character"),
        ("91A50100M000100Y43,区划非数字,COMPANY,220102,ACTIVE,,,", "organisation_code uscc.region"),
        (
            f"{UNKNOWN_USCC},,PARTNERSHIP,2201,ACTIVE,2024-02-30,,",
            "name cell.required, legal_form choice.unknown, region_code region.code, registered_on day.format",
        ),
        (
            f"{UNKNOWN_USCC},响铃{BELL},COMPANY,220102,ACTIVE,1899-12-31,,",
            "name text.character, registered_on day.range",
        ),
        (f"{UNKNOWN_USCC},{LONG},COMPANY,220102,ACTIVE,,,", "name text.length"),
        (f"{UNKNOWN_USCC},带时刻,COMPANY,220102,ACTIVE,2024-01-31 10:30,,", "registered_on day.time"),
        (f"{UNKNOWN_USCC},少一格,COMPANY,220102", " row.cells"),
        ("FAC:NOWHERE-1,区划未知,COMPANY,999999,ACTIVE,,,", "region_code region.unknown"),
        ("FAC:NOWHERE-2,区划已撤销,COMPANY,220111,ACTIVE,,,", "region_code region.not-in-force"),
    ),
    "institutions": (
        (f"{EMPTY_CODE},{{organisation}},编码为空,{_HOME}", "institution_code institution-code.empty"),
        (f"一:1,{{organisation}},体系错误,{_HOME}", "institution_code institution-code.scheme"),
        (f"FAC:*,{{organisation}},编码错误,{_HOME}", "institution_code institution-code.code"),
        (f"US-CCN:1234,{{organisation}},认证编号错误,{_HOME}", "institution_code us-ccn.format"),
        ("FAC:BAD-1,{organisation},床位为负,CARE_HOME,220102,ACTIVE,-1,,,", "beds count.range"),
        ("FAC:BAD-1,{organisation},床位非数,CARE_HOME,220102,ACTIVE,十张,,,", "beds count.format"),
        (
            "FAC:BAD-1,{organisation},停业早于开业,CARE_HOME,220102,CLOSED,10,2024-05-01,2024-04-30,",
            "closed_on period.order",
        ),
        (
            "FAC:BAD-1,{organisation},停业而营业,CARE_HOME,220102,ACTIVE,10,2024-05-01,2024-06-30,",
            "closed_on institution.closed-on",
        ),
        (f"FAC:BAD-2,{UNKNOWN_USCC},主体未知,{_HOME}", "organisation_code organisation.unknown"),
    ),
    "evaluation-organisations": (
        ("备案号,评价机构,,SOCIAL,220000,2020-01-01,,,", "evaluator_code evaluator-code.format"),
        ("E-BAD-1,无取消日,,SOCIAL,220000,2020-01-01,,,违规发证", "withdrawn_from row.needs"),
        ("E-BAD-2,一个名称,,SOCIAL,220000,2020-01-01,2020-12-31,,", ""),
        ("E-BAD-2,另一名称,,SOCIAL,220000,2021-01-01,2021-12-31,,", "evaluator_code evaluator.contradiction"),
        ("E-BAD-3,期间重叠,,SOCIAL,220000,2020-01-01,2020-12-31,,", ""),
        ("E-BAD-3,期间重叠,,SOCIAL,220000,2020-06-01,2021-12-31,,", "accredited_from accreditation.overlap"),
    ),
    "people": (
        ("110105194912310021,校验码错误,COLLEGE,", "citizen_id citizen-id.check-character"),
        ("11010519491331002X,出生日期错误,COLLEGE,", "citizen_id citizen-id.birth-date"),
        ("1101051949123100,位数不足,COLLEGE,", "citizen_id citizen-id.length"),
        ("1101051949123A002X,含有字母,COLLEGE,", "citizen_id citizen-id.character"),
        (f"{UNKNOWN_PERSON},先到,COLLEGE,", ""),
        (f"{UNKNOWN_PERSON},后到,COLLEGE,", "citizen_id row.duplicate"),
    ),
    "employments": (
        ("{person},{institution},CARER,2024-05-01,2024-04-30,1,,,", "ended_on period.order"),
        ("{person},{institution},CARER,2024-05-01,,1.5,,,", "fte number.range"),
        ("{person},{institution},CARER,2024-05-01,,0.3333,,,", "fte number.places"),
        ("{person},{institution},CARER,2024-05-01,,1,,JUNIOR,", "appointed_level choice.unknown"),
        ("{person},{institution},CARE-R,2024-05-01,,1,,,", "occupation code.format"),
        ("{person},{institution},ASTRONAUT,2019-05-01,2019-05-02,1,,,", "occupation occupation.unknown"),
        (f"{UNKNOWN_PERSON},{{institution}},CARER,2019-05-01,2019-05-02,1,,,", "citizen_id person.unknown"),
        (f"{{person}},{UNKNOWN_USCC},CARER,2019-05-01,2019-05-02,1,,,", "institution_code institution.unknown"),
        (
            f"{{person}},{{institution}},NUTRITION,1999-05-01,1999-05-02,1,{UNKNOWN_USCC},,",
            "dispatched_by organisation.unknown",
        ),
        (
            "{person},{institution},NUTRITION,1998-05-01,1998-05-02,1,{operator},,",
            "dispatched_by employment.dispatcher",
        ),
        ("{post_person},{post_institution},{post_occupation},{post_day},,1,,,", "started_on employment.overlap"),
    ),
    "certificates": (
        (
            f"X000122002201235000001,{_SKILL}",
            "certificate_number certificate.skill-number, level certificate.level-mismatch",
        ),
        (
            f"S000122002201239000001,{_SKILL}",
            "certificate_number certificate.level-digit, level certificate.level-mismatch",
        ),
        (
            "123,{person},OLD_QUALIFICATION,CARER,JUNIOR,,2013-05-01,,VALID,",
            "certificate_number certificate.old-number",
        ),
        ("2020123456,{person},FIRST_AID,CARER,SENIOR,,2023-05-01,,VALID,", "level certificate.level-kind"),
        ("?,{person},FIRST_AID,CARER,,,2023-05-01,,VALID,", "certificate_number certificate.number"),
        (f"{NUMBER},{{person}},SKILL_LEVEL,CARER,,,2023-05-01,,VALID,", "level certificate.level-missing"),
        (f"{NUMBER},{{person}},SKILL_LEVEL,CARER,SENIOR,,2023-05-01,,VALID,", "level certificate.level-mismatch"),
        (
            f"{NUMBER},{{person}},SKILL_LEVEL,CARER,CHIEF_TECHNICIAN,,2023-05-01,,VALID,",
            "level certificate.level-appointed",
        ),
        (
            f"{NUMBER},{{person}},SKILL_LEVEL,CARER,JUNIOR,,2023-05-01,,REVOKED,",
            "status_from certificate.status-from",
        ),
        (
            f"{NUMBER},{{person}},SKILL_LEVEL,CARER,JUNIOR,E-BAD-9,2023-05-01,,VALID,",
            "evaluator_code evaluator.unknown",
        ),
    ),
    "training": (
        ("{person},CARER,失智照护,,学校,,2024-05-01,,20,PASSED,,,", "ended_on training.end"),
        ("{person},CARER,失智照护,,学校,,2024-05-02,2024-05-09,20,PASSED,300,,", "subsidy_paid_on row.needs"),
        ("{person},CARER,认知训练,,学校,,2024-05-03,2024-05-09,20,PASSED,300,2024-06-01,", ""),
        (
            "{person},CARER,认知训练,,学校,,2024-05-04,2024-05-09,20,PASSED,300,2024-07-01,",
            "subsidy_amount subsidy.second",
        ),
        (
            "{paid_person},{paid_occupation},再次补贴,{paid_level},学校,,2019-05-04,2019-05-09,20,PASSED,300,2019-07-01,",
            "subsidy_amount subsidy.second",
        ),
    ),
    "awards": (
        ("{person},APPRENTICE,一号,2000,2024-06-01,民政局,220100,ZZZZ", "certificate_number certificate.unknown"),
        (
            "{holder},CHIEF_TECHNICIAN,二号,2000,2024-06-01,民政局,220100,{certificate}",
            "certificate_number award.certificate",
        ),
        ("{awarded_person},{awarded_level},三号文,3000,2024-06-01,民政局,220100,", "document_number award.second"),
    ),
    "equivalences": (
        ("220000,TITLE,TITLE_ASSISTANT,TITLE,TITLE_SENIOR,2024-01-01,,示例", "to_ladder equivalence.ladders"),
        ("220000,TITLE,BACHELOR,SKILL,SENIOR,2024-01-01,,示例", "from_rung equivalence.rung"),
        ("220000,EDUCATION,BACHELOR,SKILL,SENIOR,2024-01-01,,示例", ""),
        ("220000,EDUCATION,BACHELOR,SKILL,TECHNICIAN,2025-01-01,,示例", "effective_from equivalence.overlap"),
    ),
    "population": (
        ("220000,2023-12-31,100,101,", "aged_65 count.part"),
        ("220000,2023-12-31,-1,,", "aged_60 count.range"),
        ("999999,2023-12-31,100,,", "region_code region.unknown"),
    ),
    "wages": (
        ("{institution},CARER,,2024-09-30,5000,4000,3", "below_yuan wage.band"),
        ("{institution},CARER,BEST,2024-09-30,5000,,3", "level choice.unknown"),
    ),
    "residents": (
        ("{institution},DEMENTIA,2024-01-01,-3", "headcount count.range"),
        ("{institution},ASLEEP,2024-01-01,3", "ability_class choice.unknown"),
    ),
    "assessments": (
        (
            "{institution},2024-01-01,6,121,100,100,500,2024-01-01,2023-12-31,民政局,",
            "grade count.range, environment number.range, valid_to period.order",
        ),
    ),
    "measures": (
        ("{institution},RESIDENT_SATISFACTION,2024-01-01,85%,", "value number.format"),
        ("{institution},满意度,2024-01-01,85,", "measure_code code.format"),
    ),
    "credit-entries": (
        (
            f"坏1号,CN-BLACK,PERSON,{{institution}},,IMPORTED,2025-05-01,FRAUD,SERIOUS,{_ENTRY},一号,,,,,,",
            "subject_kind credit-entry.subject",
        ),
        (f"坏2号,CN-BLACK,{_IMPORTED},FRAUD,SERIOUS,{_ENTRY},二号,,,2025-06-01,WITHDRAWN,,", "end_reason row.needs"),
        (f"坏3号,CN-NONE,{_IMPORTED},FRAUD,SERIOUS,{_ENTRY},三号,,,,,,", "list_code credit-entry.list"),
        (f"坏4号,CN-BLACK,{_IMPORTED},DEDICATION,SERIOUS,{_ENTRY},四号,,,,,,", "ground_code credit-entry.ground"),
        (f"坏5号,CN-BLACK,{_IMPORTED},FRAUD,HONOUR,{_ENTRY},五号,,,,,,", "repair_class credit-entry.class"),
        (f"坏6号,CN-BLACK,{_IMPORTED},FRAUD,SERIOUS,{_ENTRY},六号,,2029-05-01,,,,", "last_day credit-entry.term"),
        (
            f"坏7号,CN-BLACK,INSTITUTION,{{institution}},,IMPORTED,2199-05-01,FRAUD,,{_ENTRY},七号,,,,,,",
            "decided_on credit-entry.future",
        ),
    ),
    "regions": (
        ("220999,没有上级,,,COUNTY,2001-01-01,2001-12-31", "parent_code region.parent"),
        ("220998,上级未知,,999998,COUNTY,2001-01-01,2001-12-31", "parent_code region.parent-unknown"),
        ("220997,上级同级,,220102,COUNTY,2001-01-01,2001-12-31", "parent_code region.parent-level"),
        ("220102,期间重叠,,220100,COUNTY,2001-01-01,2001-12-31", "valid_from region.overlap"),
    ),
}

HEADER = "citizen_id,name"
BAD_FILES: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "file.empty"),
    "encoding": (f"{HEADER}\n{UNKNOWN_PERSON},".encode() + b"\xff\xff\n", "file.encoding"),
    "open-quote": (f'{HEADER}\n{UNKNOWN_PERSON},"未闭合\n'.encode(), "csv.syntax"),
    "unknown-column": (f"{HEADER},shoe_size\n".encode(), "header.unknown"),
    "column-twice": (f"{HEADER},name\n".encode(), "header.duplicate"),
    "column-missing": (b"citizen_id\n", "header.missing"),
}
"""Files of people that are wrong as a whole, with the rule of each."""
