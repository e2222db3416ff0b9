"""The cookbook's case, taken step by step as it is written there."""

import json
import re
from datetime import date
from pathlib import Path

from tests.api.cases.conftest import Client
from tests.services.credit.conftest import SetDay

COOKBOOK = (Path(__file__).parents[3] / "docs" / "api-cookbook.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^```graphql\n([^`]*)^```\n\n```json case (\w+)\n([^`]*)^```$", COOKBOOK, re.MULTILINE)
[QUESTION] = re.findall(r"^```graphql\n(query Case[^`]*)^```$", COOKBOOK, re.MULTILINE)
KEYS = {"officer": "county1", "reviewer": "county2", "head": "county3", "institution": "home"}


async def test_the_case_of_the_cookbook_goes_from_lead_to_repair(client: Client, set_day: SetDay) -> None:
    assert len(STEPS) == 8
    await set_day(date(2026, 6, 10))
    for document, who, variables in STEPS:
        if "applyForRepair" in document:
            await set_day(date(2026, 9, 11))
        answer = await client.ask(document, KEYS[who], **json.loads(variables))
        assert "errors" not in answer, answer
        [payload] = answer["data"].values()
        assert "rule" not in payload, payload
    assert payload["entry"] == {"endKind": "REPAIRED", "endedOn": "2026-09-11"}
    case = (await client.ask(QUESTION, KEYS["reviewer"], id="1"))["data"]["creditCase"]
    assert (case["state"], len(case["steps"]), case["entry"]["endKind"]) == ("LISTED", 5, "REPAIRED")
    assert [step["kind"] for step in case["entrySteps"]] == ["PUBLISHED", "REPAIR_APPLIED", "REPAIR_GRANTED"]
