"""Manifests: how many rows each published file has and what its SHA-256 is, so that a file cut short is told.

A JSON object whose `files` is a list of objects with `name` (without a folder), `rows` (without the header, comments
and blank lines) and `sha256` (of the file's bytes, hexadecimal). What else stands in it is not read.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.domain.errors import Bilingual, InputError

LARGEST_BYTES = 1 << 24
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """What a manifest says of one file; the digest in lower-case hexadecimal."""

    rows: int
    sha256: str


def read_manifest(path: Path) -> Mapping[str, PublishedFile]:
    """What a manifest says, by the name of the file. Rules: `file.unreadable`, `manifest.format`."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise _refused(
            path, "file.unreadable", f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}"
        ) from error
    try:
        return _files(json.loads(content[: LARGEST_BYTES + 1].decode("utf-8-sig")))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        zh = "不是清单文件；应为 JSON，其 files 逐一列出 name、rows、sha256，且文件名不重复"
        en = "is no manifest: JSON whose files each have name, rows and sha256, no name twice"
        raise _refused(path, "manifest.format", zh, en) from error


def published_file(manifest: Mapping[str, PublishedFile], name: str, path: Path) -> PublishedFile:
    """What a manifest, read from `path`, says of a file. Rule: `manifest.unknown-file`."""
    if name not in manifest:
        raise _refused(path, "manifest.unknown-file", f"没有列出文件 {name}", f"does not list {name}")
    return manifest[name]


def _files(document: Mapping[str, list[Mapping[str, object]]]) -> Mapping[str, PublishedFile]:
    listed = [(entry["name"], _file(entry)) for entry in document["files"]]
    files = {name: file for name, file in listed if isinstance(name, str)}
    if len(files) < len(listed):
        msg = "a file without a name of its own"
        raise ValueError(msg)
    return files


def _file(entry: Mapping[str, object]) -> PublishedFile:
    rows, digest = entry["rows"], str(entry["sha256"]).lower()
    if type(rows) is not int or rows < 0 or not _SHA256.fullmatch(digest):
        msg = "no count of rows, or no SHA-256"
        raise ValueError(msg)
    return PublishedFile(rows, digest)


def _refused(path: Path, rule: str, zh: str, en: str) -> InputError:
    return InputError(
        Bilingual(f"清单 {path.name} {zh}", f"the manifest {path.name} {en}"), rule=rule, path=("manifest",)
    )
