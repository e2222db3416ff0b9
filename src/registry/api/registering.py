"""Documents that are to be registered: read from files, and held to the schema of this release."""

from collections.abc import Sequence
from pathlib import Path

from graphql import GraphQLError

from registry.api.documents import Documents
from registry.api.persisted import read_documents
from registry.api.schema import build_schema
from registry.domain.errors import Bilingual, InputError


def read_runnable(files: Sequence[Path]) -> dict[str, str]:
    """Return documents by hash, each of which the schema can run. Rules: `document.file`, `document.invalid`."""
    documents, found = build_schema().documents, {}
    for file in files:
        for key, text in read_documents(file).items():
            wrong = _first_error(documents, text)
            if wrong is not None:
                zh, en = f"文档 {key} 不合格：{wrong.message}", f"Document {key} cannot run: {wrong.message}"
                raise InputError(Bilingual(zh, en), rule="document.invalid", path=(file.name,))
            found[key] = text
    return found


def _first_error(documents: Documents, text: str) -> GraphQLError | None:
    try:
        return next(iter(documents.check(text).errors), None)
    except GraphQLError as error:
        return error
