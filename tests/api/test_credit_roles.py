"""Who sees which field of credit lists: a table that a new field has to be entered in."""

import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.listed import Listed, add_entry, days_ago, write_entries
from apikit.sample import Sample

from registry.api.planner.nodes import write_id
from registry.api.schema import build_schema
from registry.db.pool import Database


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


EVERYBODY, STAFF, CONCERNED = "everybody", "staff", "staff and the institution concerned"
WHO_SEES = {
    (
        "CreditEntry",
        EVERYBODY,
    ): """id list kind ground origin subject region authority documentNumber reference decidedOn
      publishedOn inForceFrom inForceTo inForce repairClass earliestRepair disputed remedy legalBasis consequences
      original""",
    ("CreditEntry", STAFF): "repairPending endedOn endKind endReason endDocumentNumber evidence",
    ("CreditEntry", CONCERNED): "step dueOn",
    ("ListedPerson", EVERYBODY): "name numberMask",
    ("CreditStatus", EVERYBODY): "standing black watch red disputed",
    ("AppliedCap", EVERYBODY): "stage grade reasonZh reasonEn legalBasis entry",
    ("CreditPoints", EVERYBODY): "rule points titleZh titleEn legalBasis entry",
    ("NotRatedReason", EVERYBODY): "code caps",
    ("CreditList", EVERYBODY): """code kind nameZh nameEn region authority creditChinaCode needsConsent effectiveFrom
      effectiveTo legalBasis confirmed grounds consequences""",
    ("CreditGround", EVERYBODY): "code kind nameZh nameEn courtOnly effectiveFrom effectiveTo legalBasis confirmed",
    ("CreditConsequence", EVERYBODY): "measure ground nameZh nameEn effectiveFrom effectiveTo legalBasis confirmed",
    ("CreditTerm", EVERYBODY): """repairClass leastMonths mostMonths published effectiveFrom effectiveTo legalBasis
      confirmed""",
}


def test_who_sees_each_field_is_settled() -> None:
    schema = build_schema()._schema
    for type_name in {name for name, _ in WHO_SEES}:
        settled = [name for (of, _), names in WHO_SEES.items() if of == type_name for name in names.split()]
        fields = schema.type_map[type_name].fields  # type: ignore[attr-defined]
        assert sorted(settled) == sorted(fields), type_name


@pytest.mark.parametrize("key", [None, "buyer", "home", "jilin", "auditor", "admin"])
async def test_fields_for_staff_are_null_for_others(
    ask: Ask, listed: Listed, database: Database, key: str | None
) -> None:
    ended = {"ended_on": days_ago(0), "end_kind": "REPAIRED", "end_reason": "已履行", "end_document_number": "修复1"}
    async with change_set(database, cause="repaired") as writer:
        await writer.amend("credit_entry", listed.entries["single"], **ended)
    fields = WHO_SEES["CreditEntry", STAFF].split()
    question = f"{{ creditEntries {{ nodes {{ id {' '.join(fields)} }} }} }}"
    seen_entries = (await ask(question, key))["data"]["creditEntries"]["nodes"]
    ids = {write_id("CreditEntry", number): name for name, number in listed.entries.items()}
    told = {ids[entry["id"]]: [entry[name] is not None for name in fields] for entry in seen_entries}
    if key in (None, "buyer", "home"):
        assert set(map(tuple, told.values())) == {(False,) * 6}
        assert "single" not in told
    else:
        assert told["single"] == [True] * 6
        assert told["chain"] == [True, False, False, False, False, True]


async def test_a_regulator_learns_no_more_than_everybody_of_entries_elsewhere(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    async with change_set(database) as writer:
        number = await add_entry(
            writer, "WATCH", {"organisation_id": sample.organisations["cms"]}, region_code="US-AL", document_number="x"
        )
    question = "query($i: ID!) { node(id: $i) { ... on CreditEntry { evidence documentNumber } } }"
    for key, evidence in ((None, None), ("jilin", None), ("admin", "现场检查笔录")):
        node = (await ask(question, key, i=write_id("CreditEntry", number)))["data"]["node"]
        assert node == {"evidence": evidence, "documentNumber": "x"}
