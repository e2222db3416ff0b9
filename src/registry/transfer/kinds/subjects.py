"""Regions, organisations, institutions: what lies where, and who runs it."""

from registry.domain.errors import Bilingual
from registry.domain.institutions import InstitutionKind, LegalForm, OperatingStatus
from registry.domain.regions import RegionLevel
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import DAY, ORGANISATION, REGION, column
from registry.transfer.values import Choice, Count, Text

BEDS = Count(0, 100_000)
STATUS = Choice(tuple(OperatingStatus))


REGIONS = ImportKind(
    "regions",
    Bilingual("行政区划", "regions"),
    (
        column("region_code*", REGION, "区划代码", "code of the region"),
        column("name*", Text(), "名称", "name"),
        column("name_en", Text(), "英文名称", "English name"),
        column("parent_code", REGION, "上级区划代码", "code of the region above"),
        column("level*", Choice(tuple(RegionLevel)), "级别", "level"),
        column("valid_from*", DAY, "启用日期", "first day of validity"),
        column("valid_to", DAY, "停用日期(最后一日)", "last day of validity"),
    ),
    ("region_code", "valid_from"),
    (rules.REGION_PARENT, rules.not_before("valid_to", "valid_from")),
)

ORGANISATIONS = ImportKind(
    "organisations",
    Bilingual("经营主体", "organisations (legal entities)"),
    (
        column("organisation_code*", ORGANISATION, "经营主体代码", "code of the organisation"),
        column("name*", Text(), "名称", "name"),
        column("legal_form*", Choice(tuple(LegalForm)), "主体类型", "legal form"),
        column("region_code*", REGION, "登记地区划代码", "region of registration"),
        column("status*", STATUS, "状态", "status"),
        column("registered_on", DAY, "登记日期", "day of registration"),
        column("address", Text(500), "地址", "address"),
        column("legal_representative", Text(100), "法定代表人", "legal representative", personal=True),
    ),
    ("organisation_code",),
)

INSTITUTIONS = ImportKind(
    "institutions",
    Bilingual("机构", "institutions (facilities)"),
    (
        column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        column("organisation_code*", ORGANISATION, "经营主体代码", "code of the organisation that runs it"),
        column("name*", Text(), "名称", "name"),
        column("kind*", Choice(tuple(InstitutionKind)), "机构类别", "what it does"),
        column("region_code*", REGION, "所在地区划代码", "region it lies in"),
        column("status*", STATUS, "状态", "status"),
        column("beds*", BEDS, "床位数", "number of beds"),
        column("opened_on", DAY, "开办日期", "day of opening"),
        column("closed_on", DAY, "注销日期(最后一日)", "last day of operation"),
        column("address", Text(500), "地址", "address"),
    ),
    ("institution_code",),
    (rules.not_before("closed_on", "opened_on"), rules.INSTITUTION_CLOSING),
)
