"""Golden documents: the statement that each compiles to and what it answers, as files that a reviewer can read.

`REGISTRY_WRITE_GOLDEN=1` writes them anew; the difference then shows in review what a change of the planner does.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from apikit.clients import Ask
from apikit.listed import write_entries
from apikit.sample import Sample

from registry.api.context import write_instant
from registry.db.pool import Database
from registry.db.reading import answer_publicly

GOLDEN = Path(__file__).parents[1] / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.graphql"))
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")


def readable(statement: str) -> str:
    """Return a statement broken into lines at its clauses."""
    return re.sub(r" (?=(?:FROM|WHERE|ORDER BY|LIMIT|LEFT JOIN|CROSS JOIN) )", "\n", statement).strip() + "\n"


def hold(path: Path, text: str) -> None:
    """Hold a file to a text, or write it."""
    if os.environ.get("REGISTRY_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", NAMES)
async def test_document_compiles_and_answers_as_recorded(
    ask: Ask, sample: Sample, database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name.startswith("credit"):
        await write_entries(database, sample)
    statements: list[str] = []

    async def recorded(database: Database, text: str, values: list[object]) -> Any:
        statements.append(text)
        return await answer_publicly(database, text, values)

    monkeypatch.setattr("registry.api.planner.roots.answer_publicly", recorded)
    variables = {"code": "914403001922038216", "at": write_instant(sample.recorded[3])}
    answer = await ask((GOLDEN / f"{name}.graphql").read_text(encoding="utf-8"), **variables)
    answer["extensions"] = TIME.sub("<instant>", json.dumps(answer["extensions"]))
    answer["extensions"] = json.loads(answer["extensions"])
    text = TIME.sub("<instant>", json.dumps(answer, ensure_ascii=False, indent=2)) + "\n"
    hold(GOLDEN / f"{name}.json", text)
    hold(GOLDEN / f"{name}.sql", "\n".join(readable(statement) for statement in statements))


async def test_one_statement_answers_one_root_field(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []

    async def recorded(database: Database, text: str, values: list[object]) -> Any:
        statements.append(text)
        return await answer_publicly(database, text, values)

    monkeypatch.setattr("registry.api.planner.roots.answer_publicly", recorded)
    await ask(
        """{ institutions { totalCount nodes { region { name } organisation { institutions { nodes { code } } }
               rating { run { policies { policy { code } } } rank { nation } } ratingHistory { nodes { stars } } } }
             regions { totalCount } }"""
    )
    assert len(statements) == 2


async def test_no_value_of_the_caller_stands_in_a_statement(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []

    async def recorded(database: Database, text: str, values: list[object]) -> Any:
        statements.append(text)
        return await answer_publicly(database, text, values)

    monkeypatch.setattr("registry.api.planner.roots.answer_publicly", recorded)
    mark = "zq'||pg_sleep(9)--"
    await ask(
        """query($t: String!, $f: InstitutionFilter) { institution(code: $t) { name } organisation(uscc: $t) { name }
             ratings(codes: [$t]) { __typename } institutions(filter: $f) { totalCount nodes { code } }
             regions(filter: {nameContains: $t, parent: $t, code: $t}) { totalCount }
             ratingPolicies(filter: {code: $t}) { totalCount } ratingRuns(filter: {policy: $t}) { totalCount } }""",
        t=mark,
        f={"nameContains": mark, "codePrefix": mark, "region": mark, "scheme": mark, "policy": mark},
    )
    assert len(statements) == 7
    assert not any("zq" in statement.lower() for statement in statements)
