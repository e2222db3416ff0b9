"""The checks of the skills ledgers (subsidies and awards paid once, certificates, equivalences) and of dispatch."""

from registry.domain.errors import Bilingual
from registry.services.importing.checks import Check

DISPATCHED_TO_ITSELF = Check(
    "employments/dispatched_to_itself",
    "dispatched_by",
    "employment.dispatcher",
    Bilingual(
        "劳务派遣单位就是该机构的经营主体；本单位职工请留空",
        "the dispatching employer runs the institution itself; leave it empty for its own staff",
    ),
)
PAID_BEFORE = Check(
    "training/paid_before",
    "subsidy_amount",
    "subsidy.second",
    Bilingual(
        "同一人同一职业同一等级（无等级的按培训项目）只补贴一次；登记簿中已有：{detail}",
        "paid once per person, occupation and level (programme, where it leads to none); paid before: {detail}",
    ),
)
PAID_TWICE = Check(
    "training/paid_twice",
    "subsidy_amount",
    "subsidy.second",
    Bilingual(
        "同一人同一职业同一等级（无等级的按培训项目）只补贴一次；第 {detail} 行已发放",
        "paid once per person, occupation and level (programme, where it leads to none); row {detail} pays it",
    ),
)
AWARDED_BEFORE = Check(
    "awards/awarded_before",
    "document_number",
    "award.second",
    Bilingual(
        "同一人同一等级只奖励一次；登记簿中已有：{detail}",
        "one award per person and level, never two; awarded before: {detail}",
    ),
)
AWARDED_TWICE = Check(
    "awards/awarded_twice",
    "document_number",
    "award.second",
    Bilingual(
        "同一人同一等级只奖励一次；第 {detail} 行已奖励",
        "one award per person and level, never two; row {detail} awards it",
    ),
)
UNKNOWN_CERTIFICATE = Check(
    "awards/unknown_certificate",
    "certificate_number",
    "certificate.unknown",
    Bilingual("登记簿中没有该证书，请先导入证书", "the register has no such certificate; import certificates first"),
)
OTHERS_CERTIFICATE = Check(
    "awards/others_certificate",
    "certificate_number",
    "award.certificate",
    Bilingual("该证书的等级与奖励等级不一致", "the certificate tells another level than the award"),
    Bilingual("该证书属于另一人", "the certificate is somebody else's"),
)
EQUIVALENCE_OVERLAP = Check(
    "equivalences/overlap",
    "effective_from",
    "equivalence.overlap",
    Bilingual("与第 {detail} 行的期间重叠", "the period overlaps that of row {detail}"),
    Bilingual(
        "与登记簿中同一地区同一级别的比照期间重叠",
        "the period overlaps another of the same region, rung and ladder",
    ),
)
