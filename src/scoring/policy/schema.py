"""The JSON Schema of policy documents, made of the same vocabularies as the reader.

It says which tables and keys there are, of which type, and which of them belong together. What only shows when figures
and names are compared (sums of weights, order of cuts, unknown names, unreachable grades) the reader alone finds.
"""

from collections.abc import Iterable, Mapping

from scoring.policy.comparisons import CLOSED, HIGHEST_FIRST, LOWEST_FIRST, METHODS, STATISTICS
from scoring.policy.context import BY_FACTOR, BY_MAXIMUM
from scoring.policy.grades import BASES, BY_DOMAIN, BY_PLACING, BY_RULES, BY_SCORE, BY_TABLE
from scoring.policy.indicators import (
    BLEND,
    BORROWED,
    CRITIC,
    ENTROPY,
    LOWEST,
    NOT_RATED,
    POINTS,
    RESCALE,
    VALUE,
    ZERO,
)
from scoring.policy.indicators import METHODS as WEIGHTINGS
from scoring.policy.measures import COUNTS, DERIVED, IMPORTED, MADE_OF, MISSING_TERMS, ROSTER, ROSTER_FUNCTIONS
from scoring.policy.shapes import (
    A_NUMBER,
    CODE_TEXT,
    DAY,
    FLAG,
    TEXT,
    Json,
    choice,
    condition,
    integer,
    listed,
    one_of_keys,
    ref,
    table,
    texts,
)
from scoring.vocabulary import ABILITY_CLASSES, SKILL_LEVELS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


NUMBERS = listed(A_NUMBER)
SOME_NUMBERS = listed(A_NUMBER, 1)
BILINGUAL = table({"zh": TEXT, "en": TEXT})
NOTED: dict[str, Json] = {"note": TEXT}
GROUPED: dict[str, Json] = {"group": CODE_TEXT, "fallback": texts(), "minimum_group": A_NUMBER}
LISTED: dict[str, Json] = {"ground": TEXT, "while_disputed": FLAG}
TITLED: dict[str, Json] = {"title": ref("named"), "legal_basis": TEXT, **NOTED}


def policy_schema() -> Json:
    """The schema (draft 2020-12) of a policy document as TOML or canonical JSON holds it."""
    required = ("code", "version", "title", "governs", "effective_from", "legal_basis", "grades", "measures")
    return {
        "$schema": DIALECT,
        "title": "Rating policy / 评级政策",
        **table(_root(), (*required, "domains", "indicators", "overall")),
        "$defs": {
            "named": table({"zh": TEXT, "en": TEXT}, minProperties=1),
            "condition": condition(),
            "transform": {"oneOf": list(_transforms())},
            "placing": {"oneOf": [_placing(kind, keys, needed) for kind, keys, needed in _steps_of_group("grades")]},
        },
    }


def _root() -> dict[str, Json]:
    return {
        "code": CODE_TEXT,
        "version": TEXT,
        "title": ref("named"),
        "legal_basis": texts(1),
        "effective_from": DAY,
        "effective_to": DAY,
        "governs": table({"region": TEXT, "kinds": texts(1), "schemes": texts(1)}, ("region",)),
        "grades": listed(table({"code": CODE_TEXT, "title": ref("named")}, ("code", "title")), 1),
        "measures": listed({"oneOf": list(_measures())}, 1),
        "score": _score(),
        "weighting": _weighting(),
        "domains": listed(_domain(), 1),
        "indicators": listed(_indicator(), 1),
        "overall": {"oneOf": list(_overall())},
        "floors": listed(_demand("domain")),
        "requirements": listed(_demand("measure")),
        "caps": listed(_held({"when": ref("condition"), "domain": TEXT}, ("when",))),
        "exceptions": listed(_exception()),
        "credit_caps": listed(_held({"list_kind": choice(("BLACK", "WATCH", "RED")), **LISTED}, ("list_kind",))),
        "credit_points": listed(
            table({"code": CODE_TEXT, "points": A_NUMBER, **LISTED, **TITLED}, ("code", "points", "title"))
        ),
        "workforce": _workforce(),
        **NOTED,
    }


def _measures() -> Iterable[Json]:
    common = {"code": CODE_TEXT, "decimals": integer(0, 9), "times": A_NUMBER, "when": ref("condition")}
    common |= {"title": BILINGUAL, "unit": BILINGUAL}
    term = {
        "oneOf": [table({"measure": TEXT, "times": A_NUMBER}, ("measure",)), table({"number": A_NUMBER}, ("number",))]
    }
    derived = {"divided_by": TEXT, "multiplied_by": TEXT, "rounded": FLAG, "when_missing": choice(MISSING_TERMS)}
    own: dict[str, tuple[dict[str, Json], tuple[str, ...]]] = {
        IMPORTED: ({}, ()),
        ROSTER: (
            {"function": choice(ROSTER_FUNCTIONS), "count": choice(COUNTS), "residents_per_carer": _ratios()},
            (),
        ),
        DERIVED: (derived | {name: listed(term, 1) for name in MADE_OF}, ()),
    }
    for source, (keys, required) in own.items():
        needed = ("code", "source", "decimals", *required)
        only = {"oneOf": one_of_keys(*MADE_OF)} if source == DERIVED else {}
        yield table({"source": {"const": source}, **common, **keys, **NOTED}, needed, **only)


def _ratios() -> Json:
    return table(dict.fromkeys(ABILITY_CLASSES, A_NUMBER))


def _factored() -> Json:
    return listed(table({"domain": TEXT, "factor": A_NUMBER}, ("domain",)), 1)


def _score() -> Json:
    return table(
        {
            "decimals": integer(0, 6),
            "points_decimals": integer(0, 6),
            "of": choice(("points", "grades")),
            "maximum": integer(1, 100_000),
            "domains": _factored(),
            "rescale_within": choice(("domain", "score")),
            "rescale_by": choice((BY_MAXIMUM, BY_FACTOR)),
            "rescale_decimals": integer(0, 6),
            **NOTED,
        }
    )


def _weighting() -> Json:
    common = {
        "alpha": A_NUMBER,
        "recompute": choice(("monthly", "quarterly", "yearly", "every-run", "never")),
        **NOTED,
    }
    blend = {"method": {"const": BLEND}, "objective": choice((ENTROPY, CRITIC)), **common}
    others = {"method": choice(method for method in WEIGHTINGS if method != BLEND), **common}
    return {"oneOf": [table(blend, ("method", "alpha")), table(others)]}


def _missing(rules: tuple[str, ...]) -> Json:
    stated = {key: A_NUMBER for key in (VALUE, POINTS) if key in rules}
    plain = [rule for rule in rules if rule not in BORROWED]
    keys = {"rule": choice(plain), "reason": CODE_TEXT, "text": BILINGUAL, **stated}
    needs = [{"if": {"properties": {"rule": {"const": key}}}, "then": {"required": [key]}} for key in stated]
    kinds = [choice(rules), table(keys, ("rule",), **({"allOf": needs} if needs else {}))]
    if len(plain) < len(rules):
        kinds.append(table({**keys, "rule": choice(BORROWED), **GROUPED}, ("rule",)))
    return {"anyOf": kinds}


def _domain() -> Json:
    keys = {
        "code": CODE_TEXT,
        "title": BILINGUAL,
        "cuts": NUMBERS,
        "placing": {**ref("placing"), "not": {"required": ["hold"]}},
        "below_first": choice((LOWEST, NOT_RATED)),
        "missing": _missing((NOT_RATED, RESCALE, ZERO)),
        "minimum_indicators": integer(1, 100),
        **NOTED,
    }
    return table(keys, ("code",), **{"not": {"required": ["cuts", "placing"]}})


def _indicator() -> Json:
    keys = {
        "code": CODE_TEXT,
        "measure": TEXT,
        "when": ref("condition"),
        "transform": ref("transform"),
        "missing": _missing((NOT_RATED, RESCALE, ZERO, VALUE, POINTS, *BORROWED)),
        "weight": table(dict.fromkeys(("base", "lower", "upper"), A_NUMBER), ("base",)),
        "title": BILINGUAL,
        **NOTED,
    }
    alone = table({**keys, "domain": TEXT, "factor": A_NUMBER}, ("code", "domain", "transform"))
    return {"oneOf": [alone, table({**keys, "domains": _factored()}, ("code", "domains", "transform"))]}


def _steps_of_group(gives: str) -> list[tuple[str, dict[str, Json], tuple[str, ...]]]:
    common = {**GROUPED, gives: SOME_NUMBERS, "cut_decimals": integer(0, 12), "hold": FLAG}
    counted = {"counted_from": choice((LOWEST_FIRST, HIGHEST_FIRST)), "method": choice(METHODS)}
    middle = {"of": choice(STATISTICS), "multiples": SOME_NUMBERS, "closed": choice(CLOSED)}
    return [
        ("percentile", {**common, "percents": SOME_NUMBERS, **counted}, (gives, "percents", "counted_from")),
        ("relative", {**common, **middle}, (gives, "of", "multiples", "closed")),
    ]


def _placing(kind: str, keys: Mapping[str, Json], required: tuple[str, ...]) -> Json:
    return table({"kind": {"const": kind}, **keys}, ("kind", *required))


def _transforms() -> Iterable[Json]:
    closed = choice(CLOSED)
    axes = {"row_cuts": SOME_NUMBERS, "column_cuts": SOME_NUMBERS, "closed": closed, "column_closed": closed}
    yield _placing("linear", {"values": SOME_NUMBERS, "points": SOME_NUMBERS}, ("values", "points"))
    steps = {"cuts": SOME_NUMBERS, "points": SOME_NUMBERS, "closed": closed}
    yield _placing("steps", steps, ("cuts", "points", "closed"))
    matrix = {"column_measure": TEXT, **axes, "points": listed(SOME_NUMBERS, 1)}
    yield _placing("matrix", matrix, ("column_measure", "row_cuts", "column_cuts", "closed", "points"))
    for kind, keys, required in _steps_of_group("points"):
        yield _placing(kind, keys, required)
    ends = dict.fromkeys(("lowest", "highest", "constant"), A_NUMBER)
    yield _placing("minmax", {**GROUPED, **ends}, ("lowest", "highest"))
    yield _placing("identity", dict.fromkeys(("times", "minimum", "maximum"), A_NUMBER), ("maximum",))


def _overall() -> Iterable[Json]:
    step = {"code": CODE_TEXT, "when": ref("condition"), "change": A_NUMBER, "sets": A_NUMBER, "title": BILINGUAL}
    common = {
        "below_first": choice((LOWEST, NOT_RATED)),
        "steps": listed(table({**step, **NOTED}, ("when",), oneOf=one_of_keys("change", "sets"))),
        "upgrade_limit": A_NUMBER,
        **NOTED,
    }
    rule = table({"grade": A_NUMBER, "when": ref("condition")}, ("when",))
    cells = listed(SOME_NUMBERS, 1)
    own: dict[str, tuple[dict[str, Json], tuple[str, ...]]] = {
        BY_SCORE: ({"cuts": NUMBERS}, ("cuts",)),
        BY_RULES: ({"rules": listed(rule, 1), "otherwise": A_NUMBER}, ("rules",)),
        BY_DOMAIN: ({"domain": TEXT}, ("domain",)),
        BY_TABLE: ({"domain": TEXT, "column_domain": TEXT, "table": cells}, ("domain", "column_domain", "table")),
        BY_PLACING: ({"placing": ref("placing")}, ("placing",)),
    }
    for base in BASES:
        keys, required = own[base]
        yield table({"base": {"const": base}, **common, **keys}, ("base", *required))


def _demand(of: str) -> Json:
    by_grade = {"type": "object", "patternProperties": {"^[0-9]+$": A_NUMBER}, "additionalProperties": False}
    limits = {"anyOf": [SOME_NUMBERS, by_grade]}
    keys = {of: TEXT, "code": CODE_TEXT, "at_least": limits, "at_most": limits, **TITLED, "title": BILINGUAL}
    met = {"when_missing": choice(("unmet", "met"))}
    return table({**keys, **met}, (of,), oneOf=one_of_keys("at_least", "at_most"))


def _held(own: Mapping[str, Json], required: tuple[str, ...]) -> Json:
    suspended = {"required": ["suspended"], "properties": {"suspended": {"const": True}}}
    keys = {"code": CODE_TEXT, **own, "at_most": A_NUMBER, "suspended": FLAG, **TITLED}
    return table(keys, ("code", "title", *required), oneOf=[{"required": ["at_most"]}, suspended])


def _exception() -> Json:
    fixed = {"required": ["not_rated"], "properties": {"not_rated": {"const": True}}}
    keys = {
        "code": CODE_TEXT,
        "when": ref("condition"),
        "domain": TEXT,
        "grade": A_NUMBER,
        "not_rated": FLAG,
        **TITLED,
    }
    return table(keys, ("code", "title", "when"), oneOf=[{"required": ["grade"]}, fixed])


def _workforce() -> Json:
    level, some = choice(SKILL_LEVELS), texts()
    group = table({"occupations": some, "certificates": some})
    equivalence = {"kind": TEXT, "occupation": TEXT, "level": level, "as_level": level, "legal_basis": TEXT}
    return table(
        {
            "carers": texts(1),
            "certified": table({"kinds": texts(1), "occupations": some}, ("kinds",)),
            "level_coefficients": table(dict.fromkeys(("UNCERTIFIED", *SKILL_LEVELS, "WITHOUT_LEVEL"), A_NUMBER)),
            "equivalences": listed(table(equivalence, ("kind",))),
            "senior_from": level,
            "residents_per_carer": _ratios(),
            "social_workers": group,
            "nurses": group,
            "first_aid": some,
            "dementia_care": some,
            "full_time_from": A_NUMBER,
            **NOTED,
        },
        ("carers", "certified"),
    )
