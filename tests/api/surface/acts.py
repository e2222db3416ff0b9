"""Every mutation: an input with which its role and region alone decide, and inputs with a text put into every place."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_nullable_type
from tests.api.surface.conftest import Place
from tests.api.surface.walking import SCHEMA

from registry.api.planner.nodes import write_id

UNSEEN_STEP = 99
"""A step that nobody saw: whoever may take one is told of a conflict, and nothing happens."""

UNSEEN = frozenset({"case.unknown", "entry.unknown", "flag.unknown", "person.unknown"})
"""How those are refused who do not see the thing at all."""

WEBHOOK_ACTS = (("pause", ""), ("resume", ""), ("rotate", "Secret"), ("remove", ""))


def inputs(place: Place) -> dict[str, dict[str, Any]]:
    """What each mutation is given, on things of the place: refused to those who may, but for another reason."""
    paper = {"reason": "依法办理", "expectedStep": UNSEEN_STEP}
    case, entry = {**paper, "case": str(place.case)}, {**paper, "entry": write_id("CreditEntry", place.entry)}
    opening = {"subjectKind": "INSTITUTION", "subject": place.code, "intake": "SUPERVISION"}
    unknown = {"listCode": "NONE", "groundCode": "NONE"}
    notice = {"way": "DIRECT", "servedOn": "2026-01-05", "proof": "送达回证"}
    return {
        "createApiKey": {"name": "x", "role": "AUDITOR", "days": 0},
        "revokeApiKey": {"id": "1"},
        "createWebhook": {"url": "http://example.org/"},
        **{f"{act}Webhook{of}": {"id": "unknown"} for act, of in WEBHOOK_ACTS},
        "addRatingPolicy": {"document": "x"},
        "recomputeRatings": {"asOf": "2999-01-01"},
        "flagViolation": {"institution": place.code, "finding": "消防通道堵塞"},
        "resolveFlag": {
            "flag": str(place.flag),
            "reason": "拟立案",
            "escalate": {"listCode": "NONE", "groundCode": "NONE"},
        },
        "fileComplaint": {"institution": place.code, "account": "食堂卫生状况差"},
        "revealComplainant": {"complaint": "0", "reason": "核实情况"},
        "issueProcurementStatement": {"codes": []},
        "adoptEntry": {
            "original": entry["entry"],
            "listCode": "CN-BLACK",
            "authority": "x",
            "documentNumber": "x",
            "legalBasis": "x",
            "remedy": "x",
            "decidedOn": "2999-01-01",
        },
        "unmaskPerson": {"person": str(place.person), "reason": "核实身份"},
        "importRows": {"kind": "residents", "source": "x", "rows": []},
        "revokeCertificates": {"numbers": [], "reason": "弄虚作假"},
        "withdrawAccreditation": {"evaluator": "NONE", "reason": "弄虚作假", "from": "2999-01-01"},
        "openCase": {"reason": "线索", **unknown, **opening},
        "serveNotice": {**case, **notice},
        "recordDefence": case,
        "reviewCase": {**case, "recommendation": "LIST"},
        "consentToCase": {**case, "given": True},
        "decideCase": {**case, "dismissal": {}},
        "publishEntry": entry,
        "withdrawEntry": {**entry, "documentNumber": "x"},
        "raiseObjection": entry,
        "resolveObjection": {**entry, "outcome": "REJECTED"},
        "applyForRepair": {**entry, "dutiesDone": True, "promisePublic": True},
        "decideRepair": {**entry, "granted": False},
    }


def mutation(name: str) -> str:
    """The document of a mutation that asks whether it was refused, and with which rule."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"""mutation($in: {kind}!) {{ {name}(input: $in) {{ __typename
      ... on Failure {{ code rule path messageZh messageEn }}
      ... on InputFailure {{ problems {{ path messageZh messageEn remedyZh remedyEn }} }} }} }}"""


def names() -> list[str]:
    """Every mutation of the schema."""
    kind = SCHEMA.mutation_type
    assert kind is not None
    return list(kind.fields)


def drawn(kind: object, text: str) -> Any:
    """A value of an input type, with the text wherever a text may stand; lists have one item, options are taken."""
    kind = get_nullable_type(kind)  # type: ignore[arg-type]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: drawn(field.type, text) for name, field in kind.fields.items()}
    if isinstance(kind, GraphQLList):
        return [drawn(kind.of_type, text)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {"Int": 1, "Boolean": True, "Date": "2026-01-05", "DateTime": "2026-01-05T00:00:00Z"}.get(str(kind), text)


def filled(given: dict[str, Any], kind: GraphQLInputObjectType, text: str) -> Iterator[dict[str, Any]]:
    """Sound inputs, each with the text in one place that takes any."""
    for name, field in kind.fields.items():
        inner = get_nullable_type(field.type)
        if str(inner) in ("String", "ID"):
            yield {**given, name: text}
        elif isinstance(inner, GraphQLInputObjectType):
            for part in filled(given.get(name) or {}, inner, text):
                yield {**given, name: part}
        elif isinstance(inner, GraphQLList):
            of = inner.of_type.of_type if isinstance(inner.of_type, GraphQLNonNull) else inner.of_type
            yield {**given, name: [drawn(of, text)]}


def input_type(name: str) -> GraphQLInputObjectType:
    """The input of a mutation."""
    kind = SCHEMA.type_map[f"{name[0].upper()}{name[1:]}Input"]
    assert isinstance(kind, GraphQLInputObjectType)
    return kind
