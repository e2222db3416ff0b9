"""Organisations (经营主体, legal entities) and the institutions (facilities) that they run."""

from registry.domain.terms import Term


class LegalForm(Term):
    """The legal form of an organisation."""

    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION", "事业单位"
    PRIVATE_NON_ENTERPRISE = "PRIVATE_NON_ENTERPRISE", "民办非企业单位"
    ASSOCIATION = "ASSOCIATION", "社会团体"
    FOUNDATION = "FOUNDATION", "基金会"
    COMPANY = "COMPANY", "企业"
    SOLE_TRADER = "SOLE_TRADER", "个体工商户"
    OTHER = "OTHER", "其他"


class InstitutionKind(Term):
    """What an institution does."""

    CARE_HOME = "CARE_HOME", "养老机构"
    COMMUNITY_CENTRE = "COMMUNITY_CENTRE", "街道(乡镇)综合养老服务中心"
    DAY_CARE = "DAY_CARE", "社区日间照料"
    MUTUAL_AID_HOME = "MUTUAL_AID_HOME", "互助幸福院"
    HOME_CARE = "HOME_CARE", "居家社区养老服务组织"
    NURSING_HOME = "NURSING_HOME", "护理院(境外)"
    OTHER = "OTHER", "其他"


class OperatingStatus(Term):
    """Whether an organisation or institution operates."""

    ACTIVE = "ACTIVE", "正常"
    SUSPENDED = "SUSPENDED", "停业"
    CLOSED = "CLOSED", "注销"


class AbilityClass(Term):
    """The ability class of residents (老年人能力等级) by which care is planned."""

    SELF_CARE = "SELF_CARE", "自理"
    PARTLY_DISABLED = "PARTLY_DISABLED", "半失能"
    DISABLED = "DISABLED", "失能"
    DEMENTIA = "DEMENTIA", "失智"
