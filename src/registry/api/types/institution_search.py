"""Search for institutions: what they are filtered and ordered by."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

from registry.api.planner.conditions import Sliced
from registry.api.planner.keyset import Key, Ordering, Slices, Walked
from registry.api.planner.rows import Join
from registry.api.types.filters import IN_REGION, SPAN, WITHIN_REGION, canonical_code, codes, condition
from registry.api.types.names import name_part, pinyin_beginning
from registry.api.types.regions import VALID_ON_DAY
from registry.api.types.terms import InstitutionKind, ListKind, OperatingStatus, OrderDirection
from registry.domain.errors import Bilingual, InputError
from registry.domain.identifiers import normalise_code

RATING = Join("rated", "LEFT JOIN {standing:{row}_rated} ON {row}_rated.institution_id = {row}.id")
SCORE_POLICY = Join(
    "score_policy", "LEFT JOIN {rating_policy:{row}_score_policy} ON {row}_score_policy.id = {rated}.policy_id"
)

HAS_IN_NAME = "strpos({row}.name_folded, ({value})[1]) <> 0"
NAMED = f"(char_length(({{value}})[1]) = 2 OR {HAS_IN_NAME}) AND {{row}}.name_bigrams @> ({{value}})[2:]"
"""Of one pair the index tells all, which the server knows by the value before it plans."""
IN_SLICE = Sliced("{row}.name_slices @> {value}", "text[]", lambda part, n: [f"{pair}{n}" for pair in part[1:]])
IN_PINYIN = "{row}.name_pinyin ^@ {value} OR {row}.name_initials ^@ {value}"
RUN_BY = "{row}.organisation_id = (SELECT o.id FROM {organisation:o} WHERE o.code = {value})"


def _valid(alias: str) -> str:
    return VALID_ON_DAY.replace("{row}", alias)


ASSESSED = (
    f"{{row}}.id IN (SELECT g.institution_id FROM {{assessment:g}} WHERE g.grade = ANY ({{value}}) AND {_valid('g')} "  # noqa: S608 - declared
    f"AND NOT EXISTS (SELECT FROM {{assessment:l}} WHERE l.institution_id = g.institution_id AND {_valid('l')} "
    "AND l.decided_on > g.decided_on))"
)

LISTED = (
    "({row}.region_code, {row}.id) IN (SELECT e.region_code, e.institution_id FROM {listed_institution:e} "
    "WHERE e.list_kind = ANY ({value}){beside})"
)
LISTED_GATHERED = (
    "{row}.id = ANY (ARRAY(SELECT e.institution_id FROM {listed_institution:e} "
    "WHERE e.list_kind = ANY ({value}){beside}))"
)
"""Of a region they are few: each is looked up, instead of everybody there."""
LISTED_WITHIN = f" AND e.region_code >= ({SPAN})[1] AND e.region_code <= ({SPAN})[2]"
"""The index of lists is asked for the region, too."""
RATED_THERE = {"region": f" AND {{rated}}.region_code >= ({SPAN})[1] AND {{rated}}.region_code <= ({SPAN})[2]"}
"""The index of ratings by region is asked for both, but not where a rating is looked up for each step of a walk."""
LISTED_THEN = " OR ".join(
    f"{{row}}.{of} IN (SELECT e.{column} FROM {{listed_entry:e}} WHERE e.list_kind = ANY ({{value}}) "  # noqa: S608 - declared
    f"AND e.{column} IS NOT NULL)"
    for of, column in (("id", "institution_id"), ("organisation_id", "organisation_id"))
)


def code_beginning(text: str) -> str:
    """Return the beginning of a code as the register writes it. Rule: `filter.code-empty`."""
    beginning = canonical_code(text)
    if not beginning:
        message = Bilingual("代码前缀为空", "the beginning of a code is empty")
        raise InputError(message, rule="filter.code-empty", path=("filter", "codePrefix"))
    return beginning


def share(value: Decimal) -> Decimal:
    """Return a share. Rule: `filter.share` for what does not lie between 0 and 1."""
    if not 0 <= value <= 1:
        message = Bilingual("比例应在0与1之间，九成为0.9", "a share lies between 0 and 1; nine in ten is 0.9")
        raise InputError(message, rule="filter.share", path=("filter",))
    return value


CERTIFIED = (
    "At least this share of certified carers, from 0 to 1, as the latest run measured it under the policy that governs "
    "the institution, by heads or full-time equivalents as that policy says; also where there is no rating. An "
    "institution that no run has looked at, whose policy does not measure the share, or that has no carers, has none "
    "and is not found."
)


@strawberry.input(
    description="Which institutions; all given fields must hold, an empty list matches none. Ratings are compared as "
    "runs computed them, before entries on credit lists act on them. 机构筛选条件(按名单限制前的评级)"
)
class InstitutionFilter:
    """Conditions on institutions."""

    name_contains: str | None = condition(
        NAMED,
        "text[]",
        "Part of the name, from two characters on, anywhere in it. Full-width forms and the case of Latin letters do "
        "not matter, `%` and `_` are characters like others, traditional and simplified characters are different ones. "
        "名称包含(两个字起;不区分全角半角、大小写;不作繁简转换)",
        name_part,
        then=HAS_IN_NAME,
        looked_at=HAS_IN_NAME,
        sliced=IN_SLICE,
    )
    pinyin: str | None = condition(
        IN_PINYIN,
        "text",
        "Beginning of the name in pinyin, whole (`changchunshi`) or by initials (`ccs`); spaces, case and tones do not "
        "matter, ü may be written v. 名称拼音或首字母前缀",
        pinyin_beginning,
    )
    code_prefix: str | None = condition(
        "{row}.code ^@ {value}", "text", "Beginning of the code. 代码前缀", code_beginning
    )
    region: str | None = condition(
        IN_REGION, "text", "In this region or below it. 所在区划(含下级)", normalise_code, then=WITHIN_REGION
    )
    organisation: str | None = condition(
        RUN_BY, "text", "Run by the legal entity with this code. 经营主体代码", canonical_code
    )
    kinds: list[InstitutionKind] | None = condition(
        "{row}.kind = ANY ({value})", "text[]", "Of these kinds. 机构类型", codes
    )
    statuses: list[OperatingStatus] | None = condition(
        "{row}.status = ANY ({value})", "text[]", "In these states. 经营状态", codes
    )
    scheme: str | None = condition(
        "{row}.scheme = {value}", "text", "With codes of this scheme. 编码体系", normalise_code
    )
    min_beds: int | None = condition("{row}.beds >= {value}", "bigint", "At least so many beds. 床位下限")
    max_beds: int | None = condition("{row}.beds <= {value}", "bigint", "At most so many beds. 床位上限")
    min_stars: int | None = condition(
        "{rated}.stars >= {value}{beside}",
        "bigint",
        "Rated at least so. 星级下限",
        int,
        RATING,
        looked_at="{rated}.stars >= {value}",
        beside=RATED_THERE,
    )
    max_stars: int | None = condition(
        "{rated}.stars <= {value}{beside}",
        "bigint",
        "Rated at most so. 星级上限",
        int,
        RATING,
        looked_at="{rated}.stars <= {value}",
        beside=RATED_THERE,
    )
    stars: list[int] | None = condition(
        "{rated}.stars = ANY ({value}){beside}",
        "bigint[]",
        "Rated one of these. 星级",
        list,
        RATING,
        looked_at="{rated}.stars = ANY ({value})",
        beside=RATED_THERE,
    )
    assessed_grades: list[int] | None = condition(
        ASSESSED,
        "bigint[]",
        "With one of these official grades in force on the law day of the question. 评定等级",
    )
    listed: list[ListKind] | None = condition(
        LISTED,
        "text[]",
        "With an entry in force on a list of one of these kinds: its own, or one of the legal entity that runs it. "
        "在册名单类别",
        codes,
        then=LISTED_THEN,
        beside={"region": LISTED_WITHIN},
        gathered=LISTED_GATHERED,
    )
    min_certified_ratio: Decimal | None = condition(
        "{rated}.certified_ratio >= {value}", "numeric", f"{CERTIFIED} 持证上岗率下限", share, RATING
    )
    max_certified_ratio: Decimal | None = condition(
        "{rated}.certified_ratio <= {value}",
        "numeric",
        "At most this share of certified carers, see minCertifiedRatio. 持证上岗率上限",
        share,
        RATING,
    )
    rated: bool | None = condition(
        "({rated}.stars IS NOT NULL) = {value}", "boolean", "Whether there is a rating. 是否已评级", bool, RATING
    )
    policy: str | None = condition(
        "{score_policy}.code = {value} OR {score_policy}.code || '@' || {score_policy}.version = {value}",
        "text",
        "Rated or refused a rating under this policy: `CODE`, or `CODE@VERSION`. 评级政策",
        str,
        RATING,
        SCORE_POLICY,
    )


@strawberry.enum(description="What institutions are ordered by. 排序字段")
class InstitutionOrderField(Enum):
    """The orderings of institutions."""

    NAME = strawberry.enum_value("NAME", description="By name, in code point order. 名称")
    CODE = strawberry.enum_value("CODE", description="By code. 代码")
    BEDS = strawberry.enum_value("BEDS", description="By number of beds. 床位数")
    STARS = strawberry.enum_value("STARS", description="By rating before entries on credit lists; unrated last. 星级")
    SCORE = strawberry.enum_value(
        "SCORE", description="By score, which within a policy is by rank too; unrated last. 得分"
    )
    CERTIFIED_RATIO = strawberry.enum_value(
        "CERTIFIED_RATIO", description="By share of certified carers; without one last. 持证上岗率"
    )


@strawberry.input(description="One key of an ordering of institutions. 排序")
class InstitutionOrder:
    """A field and its direction."""

    field: InstitutionOrderField = strawberry.field(description="What to order by. 字段")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way; items without a value come last either way. 方向"
    )


RATED = Walked("{standing:{row}}", RATING)

ORDER_KEYS: Mapping[str, Key] = {
    "NAME": Key("{row}.name", "text"),
    "CODE": Key("{row}.code", "text"),
    "BEDS": Key("{row}.beds", "bigint"),
    "STARS": Key("{rated}.stars", "bigint", nullable=True, needs=(RATING,), walked=RATED),
    "SCORE": Key("{rated}.score", "numeric", nullable=True, needs=(RATING,), walked=RATED),
    "CERTIFIED_RATIO": Key("{rated}.certified_ratio", "numeric", nullable=True, needs=(RATING,), walked=RATED),
}


SPREAD = "({row}.id * 2654435761) % 4294967296"
FOUND = Ordering.of(
    "institutions found",
    Key(SPREAD, "bigint", sliced=Slices(16, 2**28)),
    Key("{row}.id", "bigint"),
)
"""By the fractional part of multiples of the golden section: a fixed order in which any property lies spread evenly."""


def institution_ordering(given: Mapping[str, Any]) -> Ordering:
    """Return the ordering that `orderBy` asks for; the identifier decides ties.

    If none is asked for: by code, or among what a filter finds an order in which nothing stands together. Codes hold
    the region and the kind of legal entity, so that hits lie bundled along them, and the first may be anywhere.
    """
    filtered = any(value is not None for value in (given.get("filter") or {}).values())
    if filtered and not given.get("orderBy"):
        return FOUND
    asked = given.get("orderBy") or [{"field": InstitutionOrderField.CODE, "direction": OrderDirection.ASC}]
    keys: dict[str, Key] = {}
    for order in asked:
        name = order["field"].value
        key = ORDER_KEYS[name]
        descending = order["direction"] is OrderDirection.DESC
        keys.setdefault(name, replace(key, descending=descending))
    descending = next(iter(keys.values())).descending
    return Ordering.of("institutions", *keys.values(), Key("{row}.id", "bigint", descending))
