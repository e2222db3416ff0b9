"""How bidders are checked in one statement: each code with its facts, and the reasons that follow from them."""

from registry.api.types.credit_bearing import bearing
from registry.api.types.credit_caps import capped_rating
from registry.api.types.regions import VALID_ON_DAY
from registry.domain.procurement import UNCERTAIN, VerdictReason

_ON_INSTITUTION = "num_nonnulls({minStars}, {minAssessedGrade}, {minValidityDays}, {minCertifiedRatio}, {regions}) > 0"
_SHOWS_ENTRIES = (
    "({position} IS NULL OR ({position} >= h.position AND {day} = disclosure.law_today()) "
    "OR coalesce({day} >= LOOK_BACK, false))"
)
_CRITERIA = (
    "(SELECT {codes} AS codes, {asked} AS asked, {wellFormed} AS well_formed, {minStars} AS min_stars, "  # noqa: S608 - declared
    "{minAssessedGrade} AS min_assessed_grade, {minValidityDays} AS min_validity_days, "
    "{minCertifiedRatio} AS min_certified_ratio, {regions} AS regions, "
    "coalesce({noBlackEntry}, true) AS no_black_entry, coalesce({noWatchEntry}, false) AS no_watch_entry, "
    "coalesce({countDisputed}, true) AS count_disputed, coalesce({operating}, true) AS operating, "
    f"{_ON_INSTITUTION} AS on_institution, {_SHOWS_ENTRIES} AS shows_entries, "
    "ARRAY(SELECT DISTINCT a.path FROM {region:a} WHERE a.code = ANY ({regions})) AS region_paths, "
    "EXISTS (SELECT FROM unnest({regions}) AS c(code) WHERE NOT EXISTS (SELECT FROM {region:a} WHERE a.code = c.code)) "
    "AS region_unknown, h.position, h.recorded_at) AS {row}"
)
CRITERIA = _CRITERIA.replace("LOOK_BACK", "NULL::date")
CRITERIA_LOOKING_BACK = _CRITERIA.replace("LOOK_BACK", "(SELECT register.look_back_from())")

_SUBJECTS = """unnest({parent}.codes, {parent}.asked, {parent}.well_formed) WITH ORDINALITY
  AS a(code, asked, well_formed, place)
LEFT JOIN LATERAL (SELECT i.id, i.organisation_id FROM {institution:i} WHERE i.code = a.code LIMIT 1) AS own ON true
LEFT JOIN LATERAL (SELECT o.id FROM {organisation:o} WHERE o.code = a.code LIMIT 1) AS owner ON true
LEFT JOIN LATERAL (SELECT array_agg(r.id) AS ids FROM (SELECT i.id FROM {institution:i}
  WHERE i.organisation_id = owner.id AND i.status <> 'CLOSED' OFFSET 0) AS r) AS m ON true
CROSS JOIN LATERAL (SELECT coalesce(own.organisation_id, owner.id) AS organisation_id,
  CASE WHEN cardinality(m.ids) > 1 THEN NULL ELSE coalesce(own.id, m.ids[1]) END AS institution_id) AS w
LEFT JOIN LATERAL (SELECT i.status, i.region_code FROM {institution:i}
  WHERE i.id = w.institution_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (SELECT o.status FROM {organisation:o} WHERE o.id = w.organisation_id LIMIT 1) AS o ON true"""
_RATED = f"LEFT JOIN LATERAL ({capped_rating('w.institution_id', 'w.organisation_id')}) AS f ON true"
_ASSESSED = (
    "LEFT JOIN LATERAL (SELECT g.grade, g.valid_to FROM {assessment:g} WHERE g.institution_id = w.institution_id "  # noqa: S608 - declared
    f"AND {VALID_ON_DAY.replace('{row}', 'g')} ORDER BY g.decided_on DESC, g.id LIMIT 1) AS g ON true"
)

_STARS = "least(f.stars, f.capped)"
_IN_REGIONS = (
    "EXISTS (SELECT FROM {region:x} JOIN unnest({parent}.region_paths) AS p(path) "
    "ON x.path = p.path OR starts_with(x.path, p.path || '/') WHERE x.code = i.region_code)"
)
_NOTHING = "NULL::text"
_CONDITIONS: dict[VerdictReason, tuple[str, str, str]] = {
    VerdictReason.MALFORMED_CODE: ("w.organisation_id IS NULL AND NOT a.well_formed", _NOTHING, "a.asked"),
    VerdictReason.UNKNOWN_CODE: ("w.organisation_id IS NULL AND a.well_formed", _NOTHING, "a.asked"),
    VerdictReason.SEVERAL_INSTITUTIONS: (
        "{parent}.on_institution AND cardinality(m.ids) > 1",
        "'1'",
        "cardinality(m.ids)::text",
    ),
    VerdictReason.NO_INSTITUTION: (
        "{parent}.on_institution AND w.organisation_id IS NOT NULL AND w.institution_id IS NULL AND m.ids IS NULL",
        "'1'",
        "'0'",
    ),
    VerdictReason.UNKNOWN_REGION: ("{parent}.region_unknown", "array_to_string({parent}.regions, ', ')", _NOTHING),
    VerdictReason.NOT_OPERATING: (
        "{parent}.operating AND coalesce(i.status, o.status) <> 'ACTIVE'",
        "'ACTIVE'",
        "coalesce(i.status, o.status)",
    ),
    VerdictReason.NOT_RATED: (
        "{parent}.min_stars IS NOT NULL AND w.institution_id IS NOT NULL AND f.stars IS NULL",
        "{parent}.min_stars::text",
        "coalesce(f.reason, 'NOT_YET_RATED')",
    ),
    VerdictReason.RATING_SUSPENDED: (
        "{parent}.min_stars IS NOT NULL AND f.stars IS NOT NULL AND f.capped = 0",
        "{parent}.min_stars::text",
        _NOTHING,
    ),
    VerdictReason.STARS_BELOW: (
        f"f.stars IS NOT NULL AND {_STARS} < {{parent}}.min_stars AND coalesce(f.capped, 1) > 0",
        "{parent}.min_stars::text",
        f"{_STARS}::text",
    ),
    VerdictReason.NO_ASSESSED_GRADE: (
        "num_nonnulls({parent}.min_assessed_grade, {parent}.min_validity_days) > 0 AND w.institution_id IS NOT NULL "
        "AND g.grade IS NULL",
        "{parent}.min_assessed_grade::text",
        _NOTHING,
    ),
    VerdictReason.GRADE_BELOW: (
        "g.grade < {parent}.min_assessed_grade",
        "{parent}.min_assessed_grade::text",
        "g.grade::text",
    ),
    VerdictReason.VALIDITY_SHORT: (
        "g.valid_to - {day} < {parent}.min_validity_days",
        "{parent}.min_validity_days::text",
        "(g.valid_to - {day})::text",
    ),
    VerdictReason.NO_CERTIFIED_RATIO: (
        "{parent}.min_certified_ratio IS NOT NULL AND w.institution_id IS NOT NULL AND f.certified_ratio IS NULL",
        "{parent}.min_certified_ratio::text",
        _NOTHING,
    ),
    VerdictReason.CERTIFIED_RATIO_BELOW: (
        "f.certified_ratio < {parent}.min_certified_ratio",
        "{parent}.min_certified_ratio::text",
        "f.certified_ratio::text",
    ),
    VerdictReason.OUTSIDE_REGIONS: (
        f"{{parent}}.regions IS NOT NULL AND w.institution_id IS NOT NULL AND NOT {_IN_REGIONS}",
        "array_to_string({parent}.regions, ', ')",
        "i.region_code",
    ),
    VerdictReason.PAST_ENTRIES_NOT_SHOWN: (
        "NOT {parent}.shows_entries AND w.organisation_id IS NOT NULL AND "
        "({parent}.no_black_entry OR {parent}.no_watch_entry OR {parent}.min_stars IS NOT NULL)",
        _NOTHING,
        _NOTHING,
    ),
}
"""Of each reason: when it holds, what was wanted, what was found."""

_ORDER = {reason: place for place, reason in enumerate(VerdictReason)}
_COUNTS = (
    "(b.list_kind = 'BLACK' AND {parent}.no_black_entry OR b.list_kind = 'WATCH' AND {parent}.no_watch_entry) "
    "AND ({parent}.count_disputed OR NOT b.disputed)"
)
_BLACK, _WATCH = _ORDER[VerdictReason.BLACK_ENTRY], _ORDER[VerdictReason.WATCH_ENTRY]
_OF_ENTRY = f"CASE b.list_kind WHEN 'BLACK' THEN {_BLACK} ELSE {_WATCH} END"
_ENTRIES = (
    f"SELECT {_OF_ENTRY}, b.list_kind || '_ENTRY', NULL, NULL, b.ground_code, b.entry_id, b.disputed, false "  # noqa: S608 - declared
    f"FROM {bearing('w.institution_id', 'w.organisation_id')} WHERE {_COUNTS}"
)
_BACK = (
    "(SELECT e.list_kind, e.ground_code, e.disputed FROM {looked_back_entry:e} "
    "WHERE e.institution_id = w.institution_id UNION ALL "
    "SELECT e.list_kind, e.ground_code, e.disputed FROM {looked_back_entry:e} "
    "WHERE e.organisation_id = w.organisation_id) AS b"
)
_ENDED = (
    f" UNION ALL SELECT {_OF_ENTRY}, b.list_kind || '_ENTRY', NULL, NULL, b.ground_code, NULL, b.disputed, true "  # noqa: S608 - declared
    f"FROM {_BACK} WHERE {_COUNTS} "
    f"UNION ALL SELECT {_ORDER[VerdictReason.CAPPED_BY_ENDED_ENTRY]}, '{VerdictReason.CAPPED_BY_ENDED_ENTRY}', "
    "{parent}.min_stars::text, NULL, b.ground_code, NULL, b.disputed, true "
    f"FROM {_BACK} JOIN {{credit_cap:c}} ON c.policy_id = f.policy_id "
    "AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) AND (c.while_disputed OR NOT b.disputed) "
    f"WHERE f.stars IS NOT NULL AND c.at_most < {{parent}}.min_stars AND {_STARS} >= {{parent}}.min_stars"
)


def _reasons(ended: str) -> str:
    plain = ", ".join(
        f"({_ORDER[reason]}, '{reason}', {holds}, {wanted}, {found})"
        for reason, (holds, wanted, found) in _CONDITIONS.items()
    )
    uncertain = ", ".join(f"'{reason}'" for reason in sorted(UNCERTAIN))
    return (
        "CROSS JOIN LATERAL (SELECT jsonb_agg(to_jsonb(u) ORDER BY u.place, u.entry_id, u.ground_code) AS reasons, "  # noqa: S608 - declared
        f"max(CASE WHEN u.code IN ({uncertain}) THEN 1 ELSE 2 END) AS gravity FROM ("
        "SELECT c.place, c.code, c.wanted, c.found, NULL::text AS ground_code, NULL::bigint AS entry_id, "
        "NULL::boolean AS disputed, false AS ended "
        f"FROM (VALUES {plain}) AS c(place, code, holds, wanted, found) WHERE c.holds "
        f"UNION ALL {_ENTRIES}{ended}) AS u) AS q"
    )


def _answers(ended: str) -> str:
    columns = "a.asked, a.place, w.institution_id, w.organisation_id, f.certified_ratio, q.reasons, q.gravity"
    return f"(SELECT {columns} FROM {_SUBJECTS} {_RATED} {_ASSESSED} {_reasons(ended)}) AS {{row}}"  # noqa: S608 - declared


ANSWERS = _answers("")
ANSWERS_LOOKING_BACK = _answers(_ENDED)
REASONS = (
    "jsonb_to_recordset({parent}.reasons) "
    "AS {row}(place integer, code text, wanted text, found text, ground_code text, "
    "entry_id bigint, disputed boolean, ended boolean)"
)
