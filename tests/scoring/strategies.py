"""Policies and populations made by Hypothesis: every ability of the language in any mixture, valid by construction."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.scoring.reference_rows import Institution

from scoring import Column, Grouping, Policy, Population

Draw = Any
Json = dict[str, Any]
FLAGS = ("ALPHA", "BETA")
KINDS = ("HOME", "CENTRE")
PROVINCES = ("110000", "220000")


def number(draw: Draw, low: int, high: int, decimals: int) -> Decimal:
    return Decimal(draw(st.integers(low * 10**decimals, high * 10**decimals))).scaleb(-decimals)


def rising(draw: Draw, low: int, high: int, decimals: int, least: int, most: int) -> list[Decimal]:
    scale = 10**decimals
    drawn = draw(st.sets(st.integers(low * scale, high * scale), min_size=least, max_size=most))
    return [Decimal(value).scaleb(-decimals) for value in sorted(drawn)]


@st.composite
def documents(draw: Draw) -> Json:
    method = draw(st.sampled_from(["points", "points", "fixed", "entropy", "critic", "blend"]))
    weighted = method != "points"
    grades = draw(st.integers(2, 5))
    decimals = draw(st.integers(0, 3))
    measures = _measures(draw)
    domains = [f"d{at}" for at in range(draw(st.integers(1, 3)))]
    count = draw(st.integers(len(domains), 4))
    indicators = [_indicator(draw, at, measures, domains, weighted) for at in range(count)]
    if weighted:
        _weigh(draw, indicators)
    document: Json = {
        "code": "made",
        "version": "1",
        "title": {"en": "made"},
        "legal_basis": ["none"],
        "effective_from": "2024-01-01",
        "governs": {"region": "CN"},
        "grades": [{"code": f"G{at + 1}", "title": {"en": str(at + 1)}} for at in range(grades)],
        "measures": measures,
        "domains": [_domain(draw, code, decimals, indicators) for code in domains],
        "indicators": indicators,
        "score": _score(draw, decimals, weighted),
    }
    if weighted:
        document["weighting"] = {"method": method}
        if method == "blend":
            objective = draw(st.sampled_from(["entropy", "critic"]))
            document["weighting"] |= {"objective": objective, "alpha": number(draw, 0, 1, 2)}
    graded = [domain["code"] for domain in document["domains"] if "cuts" in domain or "placing" in domain]
    if not weighted and draw(st.booleans()) and graded:
        document["score"] |= {
            "of": "grades",
            "domains": [{"domain": code, "factor": f"1/{len(graded)}"} for code in graded],
        }
    _rules(draw, document, graded, grades)
    return document


def _measures(draw: Draw) -> list[Json]:
    measures: list[Json] = [
        {"code": f"m{at}", "source": "imported", "decimals": draw(st.integers(0, 3))}
        for at in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        terms = [
            {"measure": measure["code"], "times": draw(st.sampled_from(["1/2", "1/3", "2"]))} for measure in measures
        ]
        of = draw(st.sampled_from(["sum", "highest", "lowest"]))
        if stated := draw(st.booleans()):
            terms.append({"number": draw(st.sampled_from(["3/4", "-2", "5"]))})
        rules = ["missing", "zero", "left-out", *["renormalise"] * (of == "sum" and not stated)]
        rule = draw(st.sampled_from(rules))
        derived: Json = {"code": "sum", "source": "derived", "decimals": 2, of: terms, "when_missing": rule}
        derived["rounded"] = draw(st.booleans())
        measures[0]["times"] = draw(st.sampled_from(["1", "3/2", "100"]))
        for other in draw(st.sets(st.sampled_from(["divided_by", "multiplied_by"]))):
            derived[other] = "m0"
        measures.append(derived)
    for at, measure in enumerate(measures):
        if draw(st.integers(0, 3)) == 0:
            measure["when"] = _when_measured(draw, measures[:at])
    return measures


def _when_measured(draw: Draw, before: list[Json]) -> Json:
    """A condition on what is known while measures are worked out."""
    made: list[Json] = [{"flag": draw(st.sampled_from(FLAGS))}, {"group": {"level": "kind", "in": ["HOME"]}}]
    for measure in before:
        made += [{"measure": measure["code"], "at_least": draw(st.integers(0, 9))}, {"missing": measure["code"]}]
    made.append({"count": "conditions", "of": list(made), "at_most": draw(st.integers(0, 3))})
    one = draw(st.sampled_from(made))
    return {"not": one} if draw(st.booleans()) else one


def _indicator(draw: Draw, at: int, measures: list[Json], domains: list[str], weighted: bool) -> Json:
    measure = draw(st.sampled_from(measures))
    transform = _transform(draw, measure, measures)
    rules: list[Any] = ["zero", "rescale", "not-rated", {"rule": "points", "points": 20}]
    if transform["kind"] in ("linear", "steps", "identity"):
        rules.append({"rule": "value", "value": number(draw, 0, 9, measure["decimals"])})
        rules.append({"rule": draw(st.sampled_from(["mean", "median"])), **_group(draw)})
    indicator: Json = {
        "code": f"i{at}",
        "measure": measure["code"],
        "domain": domains[at % len(domains)],
        "transform": transform,
        "missing": draw(st.sampled_from(rules)),
    }
    if draw(st.integers(0, 4)) == 0:
        indicator["when"] = _when_measured(draw, measures)
    if not weighted and draw(st.integers(0, 3)) == 0:
        del indicator["domain"]
        indicator["domains"] = [
            {"domain": code, "factor": draw(st.sampled_from(["1", "1/3", "2.25"]))} for code in domains
        ]
    return indicator


def _transform(draw: Draw, measure: Json, measures: list[Json]) -> Json:
    decimals = measure["decimals"]
    kind = draw(st.sampled_from(["linear", "steps", "matrix", "percentile", "relative", "minmax", "identity"]))
    closed = draw(st.sampled_from(["left", "right"]))

    def points(count: int) -> list[Decimal]:
        made = [number(draw, 0, 100, 2) for _ in range(count)]
        made[draw(st.integers(0, count - 1))] = Decimal(100)
        return made

    if kind == "linear":
        values = rising(draw, 0, 20, decimals, 2, 4)
        return {"kind": kind, "values": values, "points": points(len(values))}
    if kind == "steps":
        cuts = rising(draw, 0, 20, decimals, 1, 4)
        return {"kind": kind, "cuts": cuts, "points": points(len(cuts) + 1), "closed": closed}
    if kind == "matrix":
        other = draw(st.sampled_from(measures))
        rows, columns = rising(draw, 0, 20, decimals, 1, 2), rising(draw, 0, 20, other["decimals"], 1, 2)
        table = [points(len(columns) + 1) for _ in range(len(rows) + 1)]
        axes = {"row_cuts": rows, "column_cuts": columns, "column_measure": other["code"]}
        return {"kind": kind, **axes, "points": table, "closed": closed}
    group = _group(draw)
    if kind == "minmax":
        low, high = draw(st.sampled_from([(0, 100), (100, 0)]))
        return {"kind": kind, "lowest": low, "highest": high, "constant": 50, **group}
    if kind == "identity":
        return {"kind": kind, "times": draw(st.sampled_from(["1", "1/3", "7.5"])), "maximum": 100}
    how = _steps_of_group(draw, kind, decimals)
    count = len(how.get("percents", how.get("multiples", ()))) + 1
    return {**how, "points": points(count), **group}


def _group(draw: Draw) -> Json:
    group: Json = {"group": draw(st.sampled_from(["province", "kind"])), "minimum_group": draw(st.integers(1, 3))}
    return {**group, "fallback": ["nation"]} if draw(st.booleans()) else group


def _steps_of_group(draw: Draw, kind: str, decimals: int) -> Json:
    finer = {"cut_decimals": decimals + draw(st.integers(0, 2))}
    if kind == "percentile":
        return {
            "kind": kind,
            "percents": rising(draw, 1, 100, 0, 1, 3),
            "method": draw(st.sampled_from(["nearest-rank", "midpoint", "linear"])),
            "counted_from": draw(st.sampled_from(["lowest", "highest"])),
            **finer,
        }
    return {
        "kind": kind,
        "of": draw(st.sampled_from(["mean", "median", "deviation"])),
        "multiples": rising(draw, -2, 2, 1, 1, 3),
        "closed": draw(st.sampled_from(["left", "right"])),
        **finer,
    }


def _placing(draw: Draw, decimals: int, grades: int) -> Json:
    how = _steps_of_group(draw, draw(st.sampled_from(["percentile", "relative"])), decimals)
    count = len(how.get("percents", how.get("multiples", ()))) + 1
    return {**how, **_group(draw), "grades": [draw(st.integers(1, grades)) for _ in range(count)]}


def _weigh(draw: Draw, indicators: list[Json]) -> None:
    parts = [draw(st.integers(0, 10)) for _ in indicators]
    parts[0] += 1
    base = [part * 1_000_000 // sum(parts) for part in parts]
    base[0] += 1_000_000 - sum(base)
    for indicator, share in zip(indicators, base, strict=True):
        lower = draw(st.sampled_from([0, share // 2, share]))
        upper = draw(st.sampled_from([1_000_000, share, share + (1_000_000 - share) // 3]))
        bounds = {"base": share, "lower": lower, "upper": upper}
        indicator["weight"] = {name: Decimal(value).scaleb(-6) for name, value in bounds.items()}


def _domain(draw: Draw, code: str, decimals: int, indicators: list[Json]) -> Json:
    members = sum(code in (one.get("domain"), *(m["domain"] for m in one.get("domains", ()))) for one in indicators)
    domain: Json = {"code": code, "minimum_indicators": draw(st.integers(1, min(2, members)))}
    domain["missing"] = draw(st.sampled_from(["not-rated", "rescale", "zero"]))
    if draw(st.booleans()):
        domain["cuts"] = rising(draw, 0, 100, decimals, 1, 3)
        domain["below_first"] = draw(st.sampled_from(["lowest", "not-rated"]))
    elif draw(st.integers(0, 2)) == 0:
        domain["placing"] = _placing(draw, decimals, 3)
    return domain


def _score(draw: Draw, decimals: int, weighted: bool) -> Json:
    score: Json = {"decimals": decimals, "rescale_decimals": draw(st.integers(0, decimals))}
    score["rescale_within"] = draw(st.sampled_from(["domain", "score"]))
    score["rescale_by"] = draw(st.sampled_from(["maximum", "factor"]))
    if weighted:
        score["maximum"] = 100
    return score


def _rules(draw: Draw, document: Json, graded: list[str], grades: int) -> None:
    document["overall"] = _overall(draw, document, graded, grades)
    measure = document["measures"][0]
    demands = sorted(number(draw, 0, 20, measure["decimals"]) for _ in range(grades))
    if draw(st.booleans()):
        rule = draw(st.sampled_from(["met", "unmet"]))
        document["requirements"] = [{"measure": "m0", "at_least": demands, "when_missing": rule}]
    if draw(st.booleans()):
        floors = {str(grade): grade * 10 for grade in range(2, grades + 1)}
        document["floors"] = [{"domain": "d0", "at_least": floors}]
    document["caps"] = [
        {"code": f"cap{at}", "title": {"en": "cap"}, "when": _condition(draw, document, graded, True), **limit}
        for at, limit in enumerate(draw(st.lists(st.sampled_from([{"at_most": 1}, {"suspended": True}]), max_size=2)))
    ]
    document["exceptions"] = [
        {"code": f"exception{at}", "title": {"en": "exception"}, "when": {"flag": FLAGS[at]}, **fixed}
        for at, fixed in enumerate(draw(st.lists(st.sampled_from([{"grade": 1}, {"not_rated": True}]), max_size=2)))
    ]
    if graded and draw(st.booleans()):
        cap = {"code": "domain-cap", "title": {"en": "cap"}, "domain": graded[-1], "at_most": 1}
        document["caps"].append({**cap, "when": _condition(draw, document, graded[:1], False)})


def _overall(draw: Draw, document: Json, graded: list[str], grades: int) -> Json:
    by_domains = (["table"] + ["domain"] * (_grades_of(document, graded[0]) <= grades)) if graded else []
    base = draw(st.sampled_from(["score", "score", "rules", "placing", *by_domains]))
    below = draw(st.sampled_from(["lowest", "not-rated"]))
    overall: Json = {"base": base, "below_first": below}
    if base == "score":
        most = 100 if document["score"].get("of") != "grades" else 1
        cuts = st.sets(
            st.integers(0, 10 ** min(document["score"]["decimals"], 1) * most // 2), min_size=grades, max_size=grades
        )
        wanted = sorted(draw(cuts))[: grades - (below == "lowest")] if most > 1 else None
        made = [Decimal(value).scaleb(-min(document["score"]["decimals"], 1)) for value in wanted or []]
        overall["cuts"] = made or [Decimal(-at) for at in range(grades - (below == "lowest"), 0, -1)]
    elif base == "placing":
        overall["placing"] = _placing(draw, document["score"]["decimals"], grades)
    elif base == "rules":
        conditions = [_condition(draw, document, graded, False, True) for _ in range(grades - 1)]
        overall["rules"] = [{"grade": grades - at, "when": when} for at, when in enumerate(conditions)]
        overall["otherwise"] = 1
    else:
        overall["domain"] = graded[0]
        if base == "table":
            overall["column_domain"] = graded[-1]
            overall["table"] = [[draw(st.integers(0, grades)) for _ in range(5)] for _ in range(5)]
    if draw(st.booleans()):
        overall["steps"] = [
            {"when": _condition(draw, document, graded, True), "change": 1},
            {"when": _condition(draw, document, graded, True), "change": -1},
        ]
    return overall


def _grades_of(document: Json, code: str) -> int:
    """How many grades a domain has."""
    (domain,) = [domain for domain in document["domains"] if domain["code"] == code]
    if "placing" in domain:
        return int(max(domain["placing"]["grades"]))
    return len(domain["cuts"]) + (domain["below_first"] == "lowest")


def _condition(draw: Draw, document: Json, graded: list[str], grade: bool, score: bool = False) -> Json:
    compare = draw(st.sampled_from(["at_least", "at_most", "above", "below", "equals"]))
    fewer = compare if compare != "above" else "at_most"
    second = {compare: 1 if compare == "above" else 2}
    made: list[Json] = [
        {"flag": draw(st.sampled_from(FLAGS))},
        {"measure": "m0", compare: draw(st.integers(0, 20))},
        {"missing": "m0"},
        {"indicator": "i0", compare: number(draw, 0, 100, 1)},
        {"domain_points": "d0", compare: draw(st.integers(0, 100))},
        {"group": {"level": "kind", "in": ["HOME"]}},
        {"count": "indicators", "having": {compare: 50}, "at_least": 1},
    ]
    if grade:
        made.append({"grade": second})
    if grade or score:
        made.append({"score": {compare: draw(st.integers(0, 100))}})
    if graded:
        made.append({"domain_grade": graded[0], **second})
        made.append({"domain_grade": graded[0], compare: {"domain_grade": graded[-1]}})
        made.append({"count": "domains", "of": graded, "having": second, "at_most": 1})
    made.append({"count": "conditions", "of": draw(st.lists(st.sampled_from(made), min_size=1)), fewer: 1})
    one, two = draw(st.sampled_from(made)), draw(st.sampled_from(made))
    return draw(st.sampled_from([one, {"all": [one, two]}, {"any": [one, two]}, {"not": one}]))  # type: ignore[no-any-return]


@st.composite
def crowds(draw: Draw, policy: Policy) -> list[Institution]:
    """Institutions with values in the range of the cuts, some missing."""
    count = draw(st.integers(1, 9))
    return [_institution(draw, policy) for _ in range(count)]


def _institution(draw: Draw, policy: Policy) -> Institution:
    measures: dict[str, Fraction | None] = {}
    for code in policy.imported_measures:
        top, bottom = draw(st.integers(-5, 60)), draw(st.sampled_from([1, 2, 3, 7, 100]))
        measures[code] = None if draw(st.integers(0, 4)) == 0 else Fraction(top, bottom)
    groups = {"nation": "CN", "kind": draw(st.sampled_from(KINDS))}
    if draw(st.integers(0, 5)):
        groups["province"] = draw(st.sampled_from(PROVINCES))
    return Institution(measures, {flag for flag in FLAGS if draw(st.integers(0, 3)) == 0}, groups)


def population_of(policy: Policy, crowd: list[Institution]) -> Population:
    """The same institutions as arrays."""
    measures = {}
    for code in policy.imported_measures:
        values = [one.measures[code] for one in crowd]
        top = np.array([0 if value is None else value.numerator for value in values], dtype=np.int64)
        bottom = np.array([0 if value is None else value.denominator for value in values], dtype=np.int64)
        measures[code] = Column(top, bottom)
    groups = {}
    for level, codes in (("nation", ("CN",)), ("kind", KINDS), ("province", PROVINCES)):
        found = [one.groups.get(level) for one in crowd]
        index = np.array([-1 if code is None else codes.index(code) for code in found], dtype=np.int32)
        groups[level] = Grouping(index, codes)
    flags = {flag: np.array([flag in one.flags for one in crowd]) for flag in FLAGS}
    return Population(len(crowd), measures, groups, flags, np.arange(len(crowd), dtype=np.int64) * 7)
