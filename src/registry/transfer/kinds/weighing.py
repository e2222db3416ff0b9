"""The dated rules by which imports weigh sources and removals."""

from decimal import Decimal

from registry.domain.errors import Bilingual
from registry.domain.identifiers import refuse
from registry.domain.sources import SHARES, ImportRule, parse_source
from registry.transfer import rules
from registry.transfer.columns import CrossRule, Fields, ImportKind
from registry.transfer.kinds.fields import DAY, column
from registry.transfer.values import Choice, Identifier, Number, Text

SOURCE = Identifier(parse_source, "来源名称;空=全部", "name of a source; empty means all", few=True)
VALUE = Number(Decimal(0), Decimal(1_000_000), 3)


def _known_kind(text: str) -> str:
    """The name of an import kind. Rule: `import.kind`."""
    from registry.transfer.kinds import get_kind  # the list of kinds has this one, too

    return get_kind(text.strip().lower()).name


KIND = Identifier(_known_kind, "导入类别;空=全部", "an import kind; empty means all", few=True)


def _check_share(fields: Fields) -> None:
    value = fields["value"]
    if fields["rule"] in SHARES and isinstance(value, Decimal) and value > 1:
        raise refuse("import-rule.share", "比例应在0至1之间", "a share is a number 0 to 1")


IMPORT_RULES = ImportKind(
    "import-rules",
    Bilingual("导入规则", "rules of imports"),
    (
        column("rule*", Choice(tuple(ImportRule)), "规则", "what it sets"),
        column("kind", KIND, "适用的导入类别", "kind of rows it is for"),
        column("source", SOURCE, "适用的来源", "source it is for"),
        column("value*", VALUE, "取值", "its value"),
        column("effective_from*", DAY, "生效日期", "first day in force"),
        column("effective_to", DAY, "失效日期(最后一日)", "last day in force"),
        column("legal_basis*", Text(500), "依据", "legal basis"),
    ),
    ("rule", "kind", "source", "effective_from"),
    (rules.not_before("effective_to", "effective_from"), CrossRule("value", _check_share)),
)
