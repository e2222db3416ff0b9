"""Exports: sets of public rows as files with a manifest, of one moment, whole or not at all."""

import json
import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from registry.db.copy_out import copy_out, public_snapshot
from registry.db.pool import Connection, Database, fetch_row, fetch_value
from registry.domain.errors import Bilingual, InputError, Unavailable

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
PARTIAL = ".partial-"


class ExportSet(StrEnum):
    """What can be exported; `importable-entries` are the credit entries as another register imports them."""

    ORGANISATIONS = "organisations"
    INSTITUTIONS = "institutions"
    ASSESSMENTS = "assessments"
    RATINGS = "ratings"
    CREDIT_ENTRIES = "credit-entries"
    IMPORTABLE_ENTRIES = "importable-entries"


class ExportFormat(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"


ENTRY_BEARING = frozenset({ExportSet.RATINGS, ExportSet.CREDIT_ENTRIES, ExportSet.IMPORTABLE_ENTRIES})
"""Sets that tell of credit entries, and so may be served no longer than all of these are in force."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: rows without the header, size in bytes, SHA-256 in lower-case hexadecimal."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself; `gone_from` is the first law day on which an entry in it is in force no more."""

    format_version: int
    set: ExportSet
    format: ExportFormat
    since: int | None
    position: int
    recorded_at: datetime
    law_day: date
    gone_from: date | None
    policies: tuple[str, ...]
    files: tuple[ExportedFile, ...]

    @property
    def folder(self) -> str:
        """The name of its folder: set, law day, position, format."""
        delta = "" if self.since is None else f"-since-{self.since}"
        return f"{self.set}-{self.law_day:%Y%m%d}-{self.position}{delta}-{self.format}"


async def export_set(
    database: Database,
    wanted: ExportSet,
    folder: Path,
    *,
    since: int | None = None,
    file_format: ExportFormat = ExportFormat.CSV,
) -> Manifest:
    """Write a set, as everybody may read it, into a new folder below `folder`, which appears whole or not at all.

    With `since` only what was added or amended after that position, and beside it the keys of what has ended.
    Rules: `export.no-delta`, `export.position`.
    """
    if since is not None and wanted is ExportSet.IMPORTABLE_ENTRIES:
        zh, en = "该数据集没有增量导出", "this set has no delta; export credit-entries since the position instead"
        raise InputError(Bilingual(zh, en), rule="export.no-delta", path=("since",))
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder))
    try:
        async with public_snapshot(database) as connection:
            manifest = await _write(connection, wanted, beside, since, file_format)
        _publish(beside, folder / manifest.folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


async def _write(
    connection: Connection, wanted: ExportSet, beside: Path, since: int | None, file_format: ExportFormat
) -> Manifest:
    state = await fetch_row(connection, "export/state")
    if state is None:
        raise Unavailable(Bilingual("登记簿尚未建立", "The register has no head"), rule="register.head-missing")
    if since is not None and not 0 <= since <= state["position"]:
        zh, en = f"登记簿位置为 {state['position']}", f"the register stands at position {state['position']}"
        raise InputError(Bilingual(zh, en), rule="export.position", path=("since",))
    names = {f"{wanted}.{file_format}": _statement(wanted, file_format)}
    if since is not None:
        names[f"{wanted}-ended.{file_format}"] = _statement(wanted, file_format, "_ended")
    files = [await _file(connection, name, beside / file, since) for file, name in names.items()]
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        set=wanted,
        format=file_format,
        since=since,
        position=state["position"],
        recorded_at=state["recorded_at"],
        law_day=state["law_day"],
        gone_from=state["gone_from"] if wanted in ENTRY_BEARING else None,
        policies=tuple(state["policies"]),
        files=tuple(files),
    )
    (beside / MANIFEST).write_text(json.dumps(as_document(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def _statement(wanted: ExportSet, file_format: ExportFormat, part: str = "") -> str:
    return f"export/{wanted.replace('-', '_')}{part}_{file_format}"


async def _file(connection: Connection, name: str, path: Path, since: int | None) -> ExportedFile:
    digest, size = sha256(), 0
    with path.open("wb") as stream:

        async def write(chunk: bytes) -> None:
            nonlocal size
            stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)

        if path.suffix == ".csv":
            await write(BOM_UTF8)
        arguments = () if name.startswith("export/importable_entries") else (since,)
        rows = await copy_out(connection, name, write, *arguments)
    return ExportedFile(path.name, rows, size, digest.hexdigest())


def _publish(beside: Path, target: Path) -> None:
    """Put a finished folder in its place; the same export made before steps aside first."""
    beside.chmod(0o755)
    if target.exists():
        target.rename(beside.with_name(f"{beside.name}-former"))
    beside.rename(target)
    shutil.rmtree(beside.with_name(f"{beside.name}-former"), ignore_errors=True)


def as_document(manifest: Manifest) -> dict[str, object]:
    """Return the manifest as its file says it."""
    return {
        "formatVersion": manifest.format_version,
        "set": manifest.set.value,
        "format": manifest.format.value,
        "since": manifest.since,
        "position": manifest.position,
        "recordedAt": manifest.recorded_at.isoformat(),
        "lawDay": manifest.law_day.isoformat(),
        "goneFrom": None if manifest.gone_from is None else manifest.gone_from.isoformat(),
        "policies": list(manifest.policies),
        "files": [{"name": f.name, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256} for f in manifest.files],
    }


async def is_gone(database: Database, document: Mapping[str, object]) -> bool:
    """Whether an entry that an export tells of has ended since, by its day or by an act.

    Tells it now from the register, so that an export is gone at the same moment as the entry everywhere else.
    """
    if document["set"] not in ENTRY_BEARING:
        return False
    day = document["goneFrom"]
    gone_from = date.fromisoformat(day) if isinstance(day, str) else None
    async with public_snapshot(database) as connection:
        return bool(await fetch_value(connection, "export/is_gone", document["position"], gone_from))
