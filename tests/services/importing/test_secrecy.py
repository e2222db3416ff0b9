"""A citizen number stands nowhere in plain: not in the database, not in an error, not in a report."""

import json
import logging
from pathlib import Path

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    KEYS,
    OPERATOR,
    Admin,
    Bring,
    award,
    certificate,
    citizen,
    employment,
    entry_on_person,
    person,
    training,
)

from registry.domain.errors import RowsRejected
from registry.domain.identifiers import CitizenId
from registry.services.importing import import_file
from registry.transfer import write_errors

NUMBERS = [citizen(number) for number in (1, 2, 3, 8, 9)]

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname IN ('register', 'disclosure', 'public')
"""


async def dump(admin: Admin) -> str:
    """Every row of every table and view as text."""
    texts = []
    for (table,) in await admin.fetch(TABLES):
        texts += [row[0] for row in await admin.fetch(f"SELECT t::text FROM {table} AS t")]
    return "\n".join(texts)


def assert_secret(text: str) -> None:
    for number in NUMBERS:
        assert number not in text
        assert number[:17] not in text
        assert number.encode().hex() not in text


async def test_no_number_stands_in_the_database(full: Bring, admin: Admin) -> None:
    await full("people", [person(8), {**person(1), "name": "李一"}], file_name=f"{citizen(8)}.csv", source=citizen(9))
    text = await dump(admin)
    assert "220102********0019" in text
    assert len(text) > 10_000
    assert_secret(text)


async def test_no_number_stands_in_an_error_or_its_report(
    full: Bring, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = {
        "people": [
            person(8),
            person(8),
            {**person(9), "education": citizen(9)},
            {**person(1), "citizen_id": citizen(9)[:17]},
        ],
        "employments": [employment(9, 1), {**employment(8, 1), "institution_code": citizen(8)}],
        "training": [training(9), training(8, programme=citizen(8), level=citizen(9))],
        "awards": [award(9), award(8, certificate_number=citizen(8)), award(8, document_number=citizen(9))],
        "certificates": [certificate(5, 9), {**certificate(6, 8), "certificate_number": citizen(8)}],
        "credit-entries": [entry_on_person(9), entry_on_person(8, document_number=citizen(8), reference=citizen(9))],
    }
    for kind, rows in bad.items():
        with pytest.raises(RowsRejected) as refused:
            await full(kind, rows, file_name=f"{citizen(9)}.csv")
        write_errors(tmp_path / f"{kind}.csv", refused.value.errors)
        assert_secret((tmp_path / f"{kind}.csv").read_text(encoding="utf-8"))
        assert_secret(repr(refused.value) + str(refused.value) + repr(refused.value.errors))
        assert {error.row for error in refused.value.errors} >= {1 if kind != "people" else 2}
    assert_secret(caplog.text)


async def test_the_kept_number_opens_with_the_key_and_the_persons_own_hash(full: Bring, admin: Admin) -> None:
    rows = await admin.fetch("SELECT number_hash, number_encrypted FROM register.person ORDER BY id")
    opened = [KEYS.open_sealed(row["number_encrypted"], row["number_hash"]) for row in rows]
    assert opened == [citizen(1), citizen(2), citizen(3)]
    assert [KEYS.number_hash(CitizenId(number)) for number in opened] == [row["number_hash"] for row in rows]


async def test_audit_events_tell_counts_only(full: Bring, admin: Admin) -> None:
    await full("people", [person(8)])
    payload = await admin.fetchval("SELECT payload FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    details = json.loads(payload)["details"]
    assert details.keys() == {
        "kind", "file", "sha256", "source", "snapshot", "rows", "added", "amended", "ended", "unchanged", "rejected",
        "contradictions", "position", "changeKind", "changeCause", "digests",
    }  # fmt: skip
    assert details["digests"] == "versions", "of what is stored, in the event itself"


async def test_people_need_the_key_and_regions_do_not(full: Bring, database: object, tmp_path: Path) -> None:
    from tests.services.importing.conftest import as_csv

    from registry.domain.errors import ConfigurationError

    for kind in ("people", "employments", "certificates", "training", "awards", "credit-entries"):
        path = tmp_path / "rows.csv"
        path.write_bytes(as_csv(kind, EVERYTHING_IN[kind]))
        with pytest.raises(ConfigurationError) as refused:
            await import_file(database, OPERATOR, None, kind, path, file_name="rows.csv", source="test")  # type: ignore[arg-type]
        assert refused.value.rule == "personal-key.missing"
