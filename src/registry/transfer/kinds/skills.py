"""The skills ledgers: training and its subsidies, awards, and which rungs of the ladders equal each other."""

import unicodedata
from decimal import Decimal

from registry.domain.errors import Bilingual
from registry.domain.ladders import RUNGS, Ladder
from registry.domain.training import TrainingResult
from registry.domain.workforce import SkillLevel
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import CITIZEN, DAY, OCCUPATION, ORGANISATION, REGION, column
from registry.transfer.kinds.staff import CERTIFICATE
from registry.transfer.values import Choice, Identifier, Number, Text

HOURS = Number(Decimal("0.5"), Decimal(5000), 1)
YUAN = Number(Decimal("0.01"), Decimal(10_000_000), 2)
LEVEL = Choice(tuple(SkillLevel))
LADDER = Choice(tuple(Ladder))
RUNG = Choice(tuple(rung for rungs in RUNGS.values() for rung in rungs))
DOCUMENT = Text(100)


def parse_programme(text: str) -> str:
    """The name or code of a programme, in one spelling however its letters are formed. Rules: those of a text."""
    return unicodedata.normalize("NFKC", DOCUMENT.parse(text))


PROGRAMME = Identifier(parse_programme, *DOCUMENT.form, few=True)

TRAINING = ImportKind(
    "training",
    Bilingual("培训记录", "training records"),
    (
        column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        column("occupation*", OCCUPATION, "职业", "occupation trained for"),
        column("programme*", PROGRAMME, "培训项目", "name or code of the programme"),
        column("level", LEVEL, "培训等级", "skill level that the programme leads to"),
        column("provider*", Text(), "培训机构", "who trained"),
        column("provider_code", ORGANISATION, "培训机构代码", "code of the provider, in the register or not"),
        column("started_on*", DAY, "开班日期", "first day"),
        column("ended_on", DAY, "结业日期(最后一日)", "last day"),
        column("hours*", HOURS, "课时", "hours of training"),
        column("result*", Choice(tuple(TrainingResult)), "结果", "how it ended"),
        column("subsidy_amount", YUAN, "补贴金额(元)", "subsidy paid, in yuan"),
        column("subsidy_paid_on", DAY, "补贴发放日期", "day on which the subsidy was paid"),
        column("document_number", DOCUMENT, "补贴文号", "number of the document that granted the subsidy"),
    ),
    ("citizen_id", "occupation", "programme", "started_on"),
    (
        rules.TRAINING_END,
        rules.not_before("ended_on", "started_on"),
        rules.needs("subsidy_amount", "subsidy_paid_on"),
        rules.needs("subsidy_paid_on", "subsidy_amount"),
        rules.not_before("subsidy_paid_on", "started_on"),
    ),
)

AWARDS = ImportKind(
    "awards",
    Bilingual("技能等级一次性奖励", "one-off awards per skill level"),
    (
        column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        column("level*", LEVEL, "技能等级", "skill level that is rewarded"),
        column("document_number*", DOCUMENT, "奖励文号", "number of the document that granted the award"),
        column("amount*", YUAN, "奖励金额(元)", "amount, in yuan"),
        column("awarded_on*", DAY, "奖励日期", "day of the award"),
        column("authority*", Text(), "奖励机关", "who awarded"),
        column("region_code*", REGION, "奖励机关所在地区划代码", "region of the authority"),
        column("certificate_number", CERTIFICATE, "所依据的证书编号", "certificate that the award rests on"),
    ),
    ("citizen_id", "level", "document_number"),
)

EQUIVALENCES = ImportKind(
    "equivalences",
    Bilingual("比照认定", "equivalences of skill levels, titles and education"),
    (
        column("region_code*", REGION, "适用地区划代码", "region in which it holds, and below"),
        column("from_ladder*", LADDER, "持有的序列", "ladder of what a person has"),
        column("from_rung*", RUNG, "持有的级别", "rung that the person has"),
        column("to_ladder*", LADDER, "比照的序列", "ladder of what it counts as"),
        column("to_rung*", RUNG, "比照的级别", "rung that it counts as"),
        column("effective_from*", DAY, "施行日期", "first day in force"),
        column("effective_to", DAY, "失效日期(最后一日)", "last day in force"),
        column("legal_basis*", Text(), "依据", "legal basis"),
    ),
    ("region_code", "from_ladder", "from_rung", "to_ladder", "effective_from"),
    (
        rules.EQUIVALENCE_LADDERS,
        rules.on_ladder("from_rung", "from_ladder"),
        rules.on_ladder("to_rung", "to_ladder"),
        rules.not_before("effective_to", "effective_from"),
    ),
)
