"""The answer to "how is this code rated?": one of four, for every code that is asked."""

from typing import Annotated

import orjson
import strawberry

from registry.api.planner.declare import Argument, Beside, Element, Many, One, Part, column, planned
from registry.api.planner.past import ByMoment
from registry.api.planner.rows import Join
from registry.api.planner.sql import storable
from registry.api.types.credit_caps import SHOWN, lowest_cap
from registry.api.types.filters import canonical_code
from registry.api.types.institutions import Institution, NotRatedReason, rating_beside
from registry.api.types.ratings import Rating
from registry.domain.errors import Bilingual, InputError

MOST_CODES = 1_000

RATED = rating_beside("{row}.institution_id")
CODE = "asked"
CODE_TEXT = "The code as it was asked. 所查代码"
THE_ONE = One("{institution:{row}}", "{row}.id = {parent}.institution_id")


@strawberry.type(description="The institution is rated. 已评级")
class Rated:
    """An answer with a rating."""

    code: str = column(CODE, CODE_TEXT)
    institution: Institution = planned(THE_ONE, "The institution. 机构")
    rating: Rating = planned(Beside(RATED), "Its rating. 信用评级")


@strawberry.type(description="The institution has no rating. 未评级")
class NotRated:
    """An answer without a rating, and why."""

    code: str = column(CODE, CODE_TEXT)
    institution: Institution = planned(THE_ONE, "The institution. 机构")
    reason: NotRatedReason = planned(Part(), "Why it has none. 原因")


@strawberry.type(
    description="The code is that of an organisation that runs more than one institution (closed ones not counted), so "
    "no single rating answers for it. 该主体办有多家机构"
)
class SeveralInstitutions:
    """An answer that names the institutions to ask about."""

    code: str = column(CODE, CODE_TEXT)
    codes: list[str] = column(
        "to_json(ARRAY(SELECT i.code FROM {institution:i} WHERE i.id = ANY ({row}.ids) ORDER BY i.code))",
        "Codes of its institutions. 机构代码",
    )
    institutions: list[Institution] = planned(
        Many("{institution:{row}}", "{row}.code, {row}.id", "{row}.id = ANY ({parent}.ids)"),
        "Its institutions by code, each with its own rating. 机构",
    )


@strawberry.type(description="The register knows no institution by this code. 代码未登记")
class UnknownCode:
    """An answer about nothing."""

    code: str = column(CODE, CODE_TEXT)


RatingAnswer = Annotated[
    Rated | NotRated | SeveralInstitutions | UnknownCode,
    strawberry.union("RatingAnswer", description="What the register says of one code. 评级查询结果"),
]

_STOOD = """(SELECT coalesce(a.asked, a.code) AS asked, a.place, m.ids, cardinality(m.ids) > 1 AS several,
  CASE WHEN cardinality(m.ids) > 1 THEN NULL ELSE coalesce(own.id, m.ids[1]) END AS institution_id,
  coalesce(own.organisation_id, m.owner) AS organisation_id
FROM ROWS FROM (json_array_elements_text({codes}), json_array_elements_text({asked})) WITH ORDINALITY
  AS a(code, asked, place)
LEFT JOIN (SELECT i.id, i.code, i.organisation_id FROM {institution:i}
  WHERE i.code = ANY (ARRAY(SELECT json_array_elements_text({codes}))) OFFSET 0) AS own ON own.code = a.code
LEFT JOIN (SELECT o.code, min(o.id) AS owner, array_agg(r.id) AS ids FROM {organisation:o}
  CROSS JOIN LATERAL (SELECT i.id FROM {institution:i}
    WHERE i.organisation_id = o.id AND i.status <> 'CLOSED' OFFSET 0) AS r
  WHERE o.code = ANY (ARRAY(SELECT json_array_elements_text({codes}))) GROUP BY o.code) AS m ON m.code = a.code
) AS {row}"""
"""All codes are looked up at once, by index: half of the work of each by itself."""

_STANDING = """(SELECT coalesce(a.asked, a.code) AS asked, a.place, own.several OR cardinality(m.ids) > 1 AS several,
  CASE WHEN own.several THEN ARRAY(SELECT i.id FROM {organisation:o} JOIN {institution:i}
    ON i.organisation_id = o.id AND i.status <> 'CLOSED' WHERE o.code = a.code) ELSE m.ids END AS ids,
  coalesce(own.institution_id, m.ids[1]) AS institution_id, coalesce(own.organisation_id, m.owner) AS organisation_id,
  coalesce(own.policy_id, m.policy_id) AS policy_id, coalesce(own.stars, m.stars) AS stars,
  coalesce(own.score, m.score) AS score, coalesce(own.listed, m.listed) AS listed
FROM ROWS FROM (json_array_elements_text({codes}), json_array_elements_text({asked})) WITH ORDINALITY
  AS a(code, asked, place)
LEFT JOIN LATERAL (SELECT s.* FROM {standing:s} WHERE s.code = a.code LIMIT 1) AS own ON true
LEFT JOIN LATERAL (SELECT r.* FROM (SELECT o.id AS owner, array_agg(s.institution_id) AS ids,
      min(s.policy_id) AS policy_id, min(s.stars) AS stars, min(s.score) AS score, bool_or(s.listed) AS listed
    FROM {organisation:o} JOIN {institution:i} ON i.organisation_id = o.id AND i.status <> 'CLOSED'
    JOIN {standing:s} ON s.institution_id = i.id
    WHERE o.code = a.code GROUP BY o.id OFFSET 0) AS r
  WHERE own.institution_id IS NULL OFFSET 0) AS m ON true
) AS {row}"""
"""One index has whatever most codes are asked for; organisations are looked up for the codes of no institution alone.

Where an organisation runs several, what is taken of them as one is not asked for.
"""

_REASON = (
    "CASE WHEN {row}.policy_id IS NOT NULL THEN "
    "(SELECT f.reason FROM {rating:f} WHERE f.institution_id = {row}.institution_id) END"
)
_OF_ROW = ("institution_id", "organisation_id", "policy_id", "stars", "score")
_OF_RATING = (
    *("id", "run_id", "weights_run_id", "as_of", "score_scaled", "indicator_values", "points", "contributions"),
    *("domain_points", "domain_grades", "adjustments", "change_id", "recorded_to", "superseded_at"),
)


def _standing_beside() -> Join:
    """Return the join with the rating of a standing; what only the rating itself has is read where it is asked for."""
    columns = [f"{{row}}.{name}" for name in _OF_ROW] + [f"{{row}}_whole.{name}" for name in _OF_RATING]
    capped = f"CASE WHEN {{row}}.listed THEN {lowest_cap('{row}', '{row}.organisation_id')} END AS capped"
    return Join(
        RATED.name,
        "LEFT JOIN {rating:{row}_whole} ON {row}_whole.institution_id = {row}.institution_id "
        f"CROSS JOIN LATERAL (SELECT {', '.join(columns)}, {capped}, {_REASON} AS reason) AS {{row}}_rated",
    )


def _written(texts: list[str]) -> bytes:
    """Return texts as JSON if they are ASCII and nothing in them is escaped, else nothing."""
    try:
        written = orjson.dumps(texts)
    except orjson.JSONEncodeError:
        return b""
    return written if written.isascii() and b"\\" not in written else b""


def as_json(texts: list[str]) -> str:
    """Return texts as the text of a JSON array: drivers write that in a sixth of the time that an array takes."""
    return (_written(texts) or orjson.dumps(storable(texts))).decode()


def canonical_codes(texts: list[str]) -> list[str]:
    """Return typed codes as the register writes them, the list itself if it has. Rule: `ratings.too-many`."""
    if len(texts) > MOST_CODES:
        message = Bilingual(f"一次最多查询 {MOST_CODES} 个代码", f"At most {MOST_CODES} codes at once")
        raise InputError(message, rule="ratings.too-many", path=("codes",))
    # All are looked at as one text first: programs send codes as they got them.
    written = _written(texts)
    if written and written == written.upper() and b" " not in written and b"USCC:" not in written:
        return texts
    return [canonical_code(text) for text in texts]


def unless_canonical(texts: list[str]) -> str:
    """Return codes as they were typed, as JSON; none where they are what the register writes."""
    return "[]" if canonical_codes(texts) is texts else as_json(texts)


def _answers(relation: str, rated: Join) -> Many:
    return Many(
        relation,
        "{row}.place",
        element=Element(
            {
                "SeveralInstitutions": "{row}.several",
                "UnknownCode": "{row}.institution_id IS NULL",
                "Rated": SHOWN,
                "NotRated": "true",
            }
        ),
        joins=(rated,),
        arguments={
            "codes": Argument("json", lambda texts: as_json(canonical_codes(texts))),
            "asked": Argument("json", unless_canonical, source="codes"),
        },
    )


ANSWERS = ByMoment(_answers(_STANDING, _standing_beside()), _answers(_STOOD, RATED))
