"""A small valid policy, and every mistake the validator knows: (path, rule, changes that make it)."""
# ruff: noqa: E501

from decimal import Decimal
from typing import Any

Json = dict[str, Any]
GONE = object()


def document(weighted: bool = False) -> Json:
    """A small valid policy."""
    made: Json = {
        "code": "small",
        "version": "1",
        "title": {"en": "small", "zh": "小"},
        "legal_basis": ["none"],
        "effective_from": "2024-01-01",
        "governs": {"region": "CN"},
        "grades": [{"code": code, "title": {"en": code}} for code in ("LOW", "MIDDLE", "HIGH")],
        "measures": [
            {"code": "a", "source": "imported", "decimals": 1},
            {"code": "b", "source": "imported", "decimals": 0},
        ],
        "score": {"decimals": 1},
        "domains": [{"code": "first", "cuts": [20, 40]}, {"code": "second"}],
        "indicators": [
            {
                "code": "a",
                "domain": "first",
                "transform": {"kind": "steps", "closed": "left", "cuts": [1, 2], "points": [0, 30, 60]},
            },
            {
                "code": "b",
                "domain": "second",
                "transform": {"kind": "linear", "values": [0, 10], "points": [0, 40]},
            },
        ],
        "overall": {"base": "score", "cuts": [30, 60]},
        "caps": [{"code": "listed", "when": {"flag": "LISTED"}, "at_most": 1, "title": {"en": "listed"}}],
    }
    if weighted:
        made["weighting"] = {"method": "fixed"}
        made["score"]["maximum"] = 60
        made["indicators"][0]["weight"] = {"base": "0.5"}
        made["indicators"][1]["weight"] = {"base": "0.5"}
        made["overall"]["cuts"] = [10, 20]
    return made


STEPS = "indicators.0.transform"
RULE = {"flag": "LISTED"}
WORKFORCE = {"carers": ["CARER"], "certified": {"kinds": ["SKILL_LEVEL"]}}
ROSTER = {"code": "care_adequacy", "source": "roster", "decimals": 2}
PERCENTILE = {"kind": "percentile", "percents": [10, 50], "points": [3, 2, 1], "counted_from": "lowest"}
MATRIX = {
    "kind": "matrix",
    "column_measure": "b",
    "row_cuts": [1],
    "column_cuts": [5],
    "points": [[1, 2], [2, 60]],
    "closed": "left",
}

PLACING = {"kind": "percentile", "percents": [10, 50], "grades": [3, 2, 1], "counted_from": "highest"}

ADDED: list[tuple[str, str, list[tuple[str, Any]]]] = [
    ("code", "required", [("code", GONE)]),
    ("overall", "required", [("overall", GONE)]),
    ("domains.1.title.zh", "required", []),
    ("colour", "unknown-key", [("colour", "red")]),
    (f"{STEPS}.cut", "unknown-key", [(f"{STEPS}.cut", 1)]),
    ("title", "type", [("title", "text")]),
    ("measures", "type", [("measures", {"a": 1})]),
    ("measures.0", "type", [("measures.0", "a")]),
    ("governs.kinds.0", "type", [("governs.kinds", [7])]),
    ("score.decimals", "whole", [("score.decimals", Decimal("1.5"))]),
    ("caps.0.suspended", "type", [("caps.0.suspended", "yes")]),
    (f"{STEPS}.cuts.0", "type", [(f"{STEPS}.cuts", [True, 2])]),
    (f"{STEPS}.cuts.1", "binary-float", [(f"{STEPS}.cuts", [1, 2.5])]),
    (f"{STEPS}.points.0", "number", [(f"{STEPS}.points", ["much", 30, 60])]),
    (f"{STEPS}.cuts.0", "too-fine", [(f"{STEPS}.cuts", [Decimal("1.25"), 2])]),
    ("overall.cuts.0", "too-fine", [("overall.cuts", [Decimal("30.55"), 60])]),
    ("indicators.0.factor", "too-fine", [("indicators.0.factor", "1/10000001")]),
    ("indicators.0.factor", "range", [("indicators.0.factor", -1)]),
    ("measures.0.decimals", "range", [("measures.0.decimals", 12)]),
    ("weighting.alpha", "range", [("weighting", {"method": "blend", "objective": "critic", "alpha": 2})]),
    ("indicators.0.transform.percents.1", "range", [(STEPS, {**PERCENTILE, "percents": [10, 101]})]),
    (f"{STEPS}.kind", "choice", [(f"{STEPS}.kind", "stairs")]),
    ("measures.0.source", "choice", [("measures.0.source", "heard")]),
    ("credit_caps.0.list_kind", "choice", [("credit_caps", [{"code": "c", "list_kind": "GREY", "at_most": 1, "title": {"en": "c"}}])]),
    ("credit_points.0.points", "range", [("credit_points", [{"code": "c", "points": 0, "title": {"en": "c"}}])]),
    ("credit_points.0.points", "range", [("credit_points", [{"code": "c", "points": 1001, "title": {"en": "c"}}])]),
    ("credit_points.0.points", "required", [("credit_points", [{"code": "c", "title": {"en": "c"}}])]),
    ("credit_points.0.list_kind", "unknown-key", [("credit_points", [{"code": "c", "points": 1, "list_kind": "RED", "title": {"en": "c"}}])]),
    ("credit_points.0.code", "duplicate", [("credit_points", [{"code": "listed", "points": 1, "title": {"en": "c"}}])]),
    ("effective_from", "date", [("effective_from", "spring")]),
    ("effective_to", "period", [("effective_to", "2023-12-31")]),
    ("code", "code", [("code", "1 a")]),
    ("code", "code", [("code", "")]),
    ("version", "version", [("version", "1@2")]),
    ("version", "version", [("version", "")]),
    ("version", "version", [("version", "1 ")]),
    ("title.en", "control-character", [("title", {"en": "a\0b"})]),
    ("note", "control-character", [("note", "a\x7f")]),
    (f"{STEPS}.cuts.1", "number-size", [(f"{STEPS}.cuts", [1, "9" * 30])]),
    (f"{STEPS}.cuts.1", "number", [(f"{STEPS}.cuts", [1, "２"])]),
    (f"{STEPS}.cuts.1", "number", [(f"{STEPS}.cuts", [1, "1/0"])]),
    ("governs.region", "blank", [("governs.region", " ")]),
    ("governs.kinds", "empty", [("governs.kinds", [])]),
    ("title.en", "blank", [("title", {"en": " "})]),
    ("legal_basis.0", "blank", [("legal_basis", [""])]),
    ("effective_from", "date", [("effective_from", 20260101)]),
    ("effective_from", "date", [("effective_from", "2026-W01-1")]),
    (f"{STEPS}.values", "length", [(STEPS, {"kind": "linear", "values": [1], "points": [60]})]),
    ("caps.0.when", "never-holds", [("caps.0.when", {"domain_grade": "first", "equals": 9})]),
    ("caps.0.when.grade", "never-holds", [("caps.0.when", {"grade": {"below": 1}})]),
    ("caps.0.when", "never-holds", [("caps.0.when", {"count": "domains", "having": {"at_least": 2}, "at_least": 2})]),
    ("caps.0.when.having", "never-holds", [("caps.0.when", {"count": "domains", "having": {"above": 3}, "at_least": 1})]),
    ("caps.0.when", "never-holds", [("caps.0.when", {"count": "conditions", "of": [RULE, RULE], "above": 2})]),
    ("measures.1.code", "duplicate", [("measures.1.code", "a")]),
    ("caps.1.code", "duplicate", [("caps.1", {"code": "listed", "when": RULE, "at_most": 1, "title": {"en": "x"}})]),
    ("grades", "empty", [("grades", [])]),
    ("grades", "too-many", [("grades", [{"code": f"G{at}", "title": {"en": "g"}} for at in range(21)])]),
    (f"{STEPS}.points", "length", [(f"{STEPS}.points", [0, 60])]),
    ("overall.cuts", "length", [("overall.cuts", [30])]),
    ("overall.cuts", "length", [("overall.below_first", "not-rated")]),
    ("floors.0.at_least", "length", [("floors", [{"domain": "first", "at_least": [1, 2]}])]),
    (f"{STEPS}.points", "length", [(STEPS, {**MATRIX, "points": [[1, 2]]})]),
    ("overall.table", "length", [("overall", {"base": "table", "domain": "first", "column_domain": "first", "table": [[1], [1, 2]]})]),
    (f"{STEPS}.cuts.1", "order", [(f"{STEPS}.cuts", [2, 1])]),
    (f"{STEPS}.maximum", "order", [(STEPS, {"kind": "identity", "minimum": 60, "maximum": 60})]),
    ("overall.cuts.1", "order", [("overall.cuts", [30, 30])]),
    ("caps.0", "one-of", [("caps.0.suspended", True)]),
    ("caps.0.when", "one-of", [("caps.0.when", {"flag": "X", "missing": "a"})]),
    ("caps.0.when", "one-of", [("caps.0.when", {"measure": "a"})]),
    ("overall.steps.0.change", "choice", [("overall.steps", [{"when": RULE, "change": 0}])]),
    ("overall.steps.0", "one-of", [("overall.steps", [{"when": RULE}])]),
    ("requirements.0", "one-of", [("requirements", [{"measure": "a"}])]),
    ("exceptions.0", "one-of", [("exceptions", [{"code": "e", "when": RULE, "title": {"en": "e"}}])]),
    ("indicators.0.measure", "unknown-measure", [("indicators.0.measure", "z")]),
    ("measures.2.sum.0.measure", "unknown-measure", [("measures.2", {"code": "c", "source": "derived", "decimals": 0, "sum": [{"measure": "z"}]})]),
    ("measures.2.divided_by", "later-measure", [("measures.2", {"code": "c", "source": "derived", "decimals": 0, "sum": [{"measure": "a"}], "divided_by": "c"})]),
    ("requirements.0.measure", "unknown-measure", [("requirements", [{"measure": "z", "at_least": {"3": 1}}])]),
    ("caps.0.when.indicator", "unknown-indicator", [("caps.0.when", {"indicator": "z", "at_least": 1})]),
    ("indicators.0.transform.multiples.0", "range", [(STEPS, {"kind": "relative", "of": "mean", "multiples": [-1001, 1], "points": [0, 1, 2], "closed": "left"})]),
    ("domains.0", "one-of", [("domains.0.placing", PLACING)]),
    ("domains.1.placing.hold", "hold-unsuited", [("domains.1.placing", {**PLACING, "hold": True})]),
    ("measures.1.when.domain_grade", "not-known-yet", [("measures.1.when", {"domain_grade": "first", "equals": 1})]),
    ("measures.2", "one-of", [("measures.2", {"code": "c", "source": "derived", "decimals": 0, "sum": [{"number": 1}], "highest": [{"number": 1}]})]),
    ("measures.2.lowest.0", "one-of", [("measures.2", {"code": "c", "source": "derived", "decimals": 0, "lowest": [{"measure": "a", "number": 1}]})]),
    ("measures.2.when_missing", "renormalise-unsuited", [("measures.2", {"code": "c", "source": "derived", "decimals": 0, "highest": [{"measure": "a"}], "when_missing": "renormalise"})]),
    ("caps.0.when.of.1.measure", "unknown-measure", [("caps.0.when", {"count": "conditions", "of": [RULE, {"measure": "z", "at_least": 1}], "at_least": 1})]),
    ("measures.1.when.count", "not-known-yet", [("measures.1.when", {"count": "indicators", "having": {"at_least": 1}, "at_least": 1})]),
    ("measures.0.when.missing", "later-measure", [("measures.0.when", {"missing": "a"})]),
    ("indicators.0.missing", "value-unsuited", [(STEPS, MATRIX), ("indicators.0.missing", "mean")]),
    ("caps.0.when.measur", "unknown-key", [("caps.0.when", {"measur": "a", "below": 1})]),
    ("overall.placing", "required", [("overall", {"base": "placing"})]),
    ("overall.placing.grades.0", "grade", [("overall", {"base": "placing", "placing": {**PLACING, "grades": [4, 2, 1]}})]),
    ("overall.placing.grades", "length", [("overall", {"base": "placing", "placing": {**PLACING, "grades": [2, 1]}})]),
    ("overall.placing.grades", "unreachable-rule", [("overall", {"base": "placing", "placing": {**PLACING, "grades": [3, 1, 1]}})]),
    ("indicators.0.domain", "unknown-domain", [("indicators.0.domain", "third")]),
    ("caps.0.when.of.1", "unknown-domain", [("caps.0.when", {"count": "domains", "of": ["first", "z"], "having": {"equals": 1}, "equals": 1})]),
    ("caps.0.when", "later-domain", [("domains.1.cuts", [10]), ("caps.0.domain", "first"), ("caps.0.when", {"domain_grade": "second", "equals": 1})]),
    ("exceptions.0.when.all.0.score", "not-known-yet", [("exceptions", [{"code": "e", "domain": "first", "grade": 1, "title": {"en": "e"}, "when": {"all": [{"score": {"at_least": 1}}]}}])]),
    ("overall.rules.0.when.grade", "not-known-yet", [("overall", {"base": "rules", "otherwise": 2, "rules": [{"grade": 3, "when": {"grade": {"equals": 1}}}, {"grade": 1, "when": RULE}]})]),
    ("overall.domain", "no-domain-grade", [("overall", {"base": "domain", "domain": "second"})]),
    ("score.domains.1.domain", "duplicate", [("score.domains", [{"domain": "first"}, {"domain": "first", "factor": 2}])]),
    ("domains.0.minimum_indicators", "range", [("domains.0.minimum_indicators", 2)]),
    ("score.domains.0", "no-domain-grade", [("score.of", "grades"), ("score.domains", [{"domain": "second"}])]),
    ("overall.steps.0.when.domain_grade", "no-domain-grade", [("overall.steps", [{"change": 1, "when": {"domain_grade": "second", "equals": 1}}])]),
    ("caps.0.at_most", "grade", [("caps.0.at_most", 4)]),
    ("overall.table.0.1", "grade", [("overall", {"base": "table", "domain": "first", "column_domain": "first", "table": [[1, 9]]})]),
    ("overall.domain", "grade", [("domains.0.cuts", [10, 20, 40]), ("overall", {"base": "domain", "domain": "first"})]),
    ("overall.domain", "grade", [("domains.0", {"code": "first", "cuts": [10, 20, 30, 40], "below_first": "not-rated"}), ("overall", {"base": "domain", "domain": "first"})]),
    ("overall.table", "length", [("overall", {"base": "table", "domain": "first", "column_domain": "first", "table": [[1, 2, 3], [1, 2, 3]]})]),
    ("overall.table", "length", [("overall", {"base": "table", "domain": "first", "column_domain": "first", "table": [[1, 2]] * 3})]),
    ("overall.table", "length", [("domains.0.cuts", [20]), ("exceptions", [{"code": "e", "domain": "first", "grade": 3, "when": RULE, "title": {"en": "e"}}]), ("overall", {"base": "table", "domain": "first", "column_domain": "first", "table": [[1, 2, 3]] * 2})]),
    ("overall.cuts.1", "unreachable-grade", [("overall.cuts", [30, 101])]),
    ("domains.0.cuts.1", "unreachable-grade", [("domains.0.cuts", [20, 61])]),
    ("floors.0.at_least", "unreachable-grade", [("floors", [{"domain": "second", "at_least": [1, 2, 41]}])]),
    ("overall.rules", "unreachable-rule", [("overall", {"base": "rules", "rules": [{"grade": 3, "when": RULE}]})]),
    ("overall.rules.1", "shadowed", [("overall", {"base": "rules", "rules": [{"grade": 3, "when": RULE}, {"grade": 2, "when": RULE}]})]),
    ("requirements.0.at_least", "not-monotone", [("requirements", [{"measure": "a", "at_least": [3, 2, 4]}])]),
    ("requirements.0.at_most", "not-monotone", [("requirements", [{"measure": "a", "at_most": [1, 2, 3]}])]),
    ("requirements.0.at_least", "not-monotone", [("requirements", [{"measure": "a", "at_least": {"1": 1}}])]),
    ("indicators.0.weight", "weight-unused", [("indicators.0.weight", {"base": 1})]),
    ("domains.2", "domain-empty", [("domains.2", {"code": "third"})]),
    ("indicators.0.domains", "duplicate", [("indicators.0.domain", GONE), ("indicators.0.domains", [{"domain": "first"}, {"domain": "first"}])]),
    ("indicators.0.missing", "rescale-without-maximum", [(f"{STEPS}.points", [-2, -1, 0]), ("indicators.0.missing", "rescale"), ("domains.0.cuts", GONE), ("overall.cuts", [30, 40])]),
    ("indicators.0.missing", "value-unsuited", [(STEPS, MATRIX), ("indicators.0.missing", {"rule": "value", "value": 1})]),
    ("score", "too-large", [("score", {"decimals": 6, "points_decimals": 6}), ("indicators.1.transform.points", [0, 10**9]), ("indicators.1.factor", 1000)]),
    ("indicators.1.transform.points", "too-large", [("indicators.1.transform", {"kind": "linear", "values": [0, 10**12], "points": [0, 10**9]})]),
    ("measures.0.count", "parameter-unused", [("measures.0", {**ROSTER, "count": "fte"}), ("indicators.0.measure", "care_adequacy"), ("workforce", WORKFORCE)]),
    ("workforce", "workforce-required", [("measures.2", ROSTER)]),
    ("workforce.certified.kinds", "required", [("workforce", {"carers": ["CARER"], "certified": {}})]),
    ("workforce.equivalences.0.as_level", "choice", [("workforce", {**WORKFORCE, "equivalences": [{"kind": "X", "as_level": "GREAT"}]})]),
]  # fmt: skip

WEIGHTED: list[tuple[str, str, list[tuple[str, Any]]]] = [
    ("indicators", "weights-sum", [("indicators.0.weight.base", "0.4")]),
    ("indicators", "bounds-infeasible", [("indicators.0.weight.upper", "0.5"), ("indicators.1.weight", {"base": "0.4", "upper": "0.4"})]),
    ("indicators.0.weight", "bounds-order", [("indicators.0.weight.lower", "0.6")]),
    ("indicators.0.weight", "weight-missing", [("indicators.0.weight", GONE)]),
    ("indicators.0.transform", "points-over-maximum", [(f"{STEPS}.points", [0, 30, 61])]),
    ("indicators.0", "several-domains", [("indicators.0.factor", 2)]),
    ("score.domains", "not-in-score", [("score.domains", [{"domain": "first"}])]),
    ("score", "too-large", [("score", {"maximum": 100_000, "decimals": 6})]),
]  # fmt: skip
