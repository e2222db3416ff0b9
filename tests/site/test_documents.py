"""The site asks what its documents ask, and they fit the schema."""

from pathlib import Path

import pytest

import registry.site
from registry.api import ApiContext, PublicClient
from registry.api.documents import Documents
from registry.api.persisted import Persisted
from registry.api.schema import build_schema
from registry.db.pool import Database
from registry.site import documents

TEXTS = documents.every_document()


@pytest.mark.parametrize("name", TEXTS)
def test_a_document_fits_the_schema(name: str) -> None:
    checked = Documents(build_schema()._schema).check(TEXTS[name])
    assert checked.errors == []


async def test_pages_are_there_where_only_trusted_documents_are(database: Database) -> None:
    context = ApiContext(database, persisted=Persisted({}, only_trusted=True))
    answered = await PublicClient(context)(documents.TERMS, {})
    assert answered["errors"] == []


def test_no_document_stands_elsewhere() -> None:
    for path in Path(registry.site.__file__).parent.glob("*.py"):
        if path.name != "documents.py":
            assert "query Site" not in path.read_text(encoding="utf-8"), path.name
