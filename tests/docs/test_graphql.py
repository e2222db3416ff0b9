"""Every GraphQL document in the documents is valid, and the answers shown are the register's own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SCHEMA = build_schema((ROOT / "schema" / "registry.graphql").read_text(encoding="utf-8"))
_FENCED = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIABLES = re.compile(r"^```graphql\n(.*?)^```\n\n```json variables\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_BODY = re.compile(r"""-d '(\{.*?\})'""", re.DOTALL)
_IN_URL = re.compile(r"""--data-urlencode 'query=(.*?)'""", re.DOTALL)


def _blocks(language: str) -> list[Any]:
    return [
        pytest.param(text, id=f"{path.relative_to(ROOT)}:{number}")
        for path in DOCUMENTS
        for number, (name, text) in enumerate(_FENCED.findall(path.read_text(encoding="utf-8")))
        if name == language
    ]


def _posted(text: str) -> Iterator[str]:
    for body in _IN_BODY.findall(text):
        yield json.loads(" ".join(body.split()))["query"]
    yield from _IN_URL.findall(text)


@pytest.mark.parametrize("text", _blocks("graphql"))
def test_a_document_fits_the_schema(text: str) -> None:
    assert validate(SCHEMA, parse(text)) == []


@pytest.mark.parametrize("text", _blocks("sh"))
def test_a_request_by_curl_fits_the_schema(text: str) -> None:
    for query in _posted(text):
        assert validate(SCHEMA, parse(query)) == []


@pytest.mark.parametrize("text", _blocks("json"))
def test_a_json_block_is_json(text: str) -> None:
    json.loads(text)


def test_variables_are_those_of_their_document() -> None:
    found = [pair for path in DOCUMENTS for pair in _VARIABLES.findall(path.read_text(encoding="utf-8"))]
    assert found
    for document, variables in found:
        assert set(json.loads(variables)) <= set(re.findall(r"\$(\w+):", document))


def test_requests_by_curl_are_found() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(list(_posted(readme))) == 2
