"""Manifests as they come: what is read, and what is no manifest."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.domain.errors import InputError
from registry.transfer import PublishedFile, published_file, read_manifest

DIGEST = "ab" * 32
FILE = {"name": "people.csv", "rows": 3, "sha256": DIGEST}


def written(folder: Path, document: object, **encoding: Any) -> Path:
    path = folder / "manifest.json"
    path.write_text(
        document if isinstance(document, str) else json.dumps(document), **{"encoding": "utf-8", **encoding}
    )
    return path


def test_rows_and_digest_are_read_by_name(tmp_path: Path) -> None:
    more = {"name": "机构.xlsx", "rows": 0, "sha256": DIGEST.upper(), "bytes": 7}
    path = written(tmp_path, {"seed": 1, "files": [FILE, more]}, encoding="utf-8-sig")
    read = read_manifest(path)
    assert read == {"people.csv": PublishedFile(3, DIGEST), "机构.xlsx": PublishedFile(0, DIGEST)}
    assert published_file(read, "people.csv", path).rows == 3


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        {},
        {"files": None},
        {"files": {"name": 1}},
        {"files": ["people.csv"]},
        {"files": [{**FILE, "rows": "3"}]},
        {"files": [{**FILE, "rows": True}]},
        {"files": [{**FILE, "rows": -1}]},
        {"files": [{**FILE, "sha256": DIGEST[1:]}]},
        {"files": [{**FILE, "name": None}]},
        {"files": [{**FILE, "name": [1]}]},
        {"files": [{"name": "people.csv", "rows": 3}]},
        {"files": [FILE, {**FILE, "rows": 4}]},
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(written(tmp_path, document))
    assert refused.value.rule == "manifest.format"


def test_a_manifest_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(tmp_path / "none.json")
    assert refused.value.rule == "file.unreadable"


def test_a_file_that_is_not_listed_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, {"files": [FILE]})
    with pytest.raises(InputError) as refused:
        published_file(read_manifest(path), "residents.csv", path)
    assert refused.value.rule == "manifest.unknown-file"
    assert "manifest.json does not list residents.csv" in refused.value.message.en
