"""Exports: sets of public rows as files with a manifest, of one moment, whole or not at all."""

import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from registry.db.copy_out import public_snapshot
from registry.db.pool import Connection, Database, Record, execute, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError, Unavailable
from registry.services.export_files import ExportedFile, Part, write_csv, write_entities, write_jsonl, write_workbook
from registry.services.permissions import require
from registry.services.transactions import acting

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
PARTIAL = ".partial-"
LEFT_BEHIND_SECONDS = 12 * 3600
"""Nothing is written this long: what was not touched since is of an export that was killed."""


class ExportSet(StrEnum):
    """What can be exported; `importable-entries` are the credit entries as another register imports them.

    `credit-site` is what an authority hands to a credit site, with evidence and removals: it is not public.
    """

    ORGANISATIONS = "organisations"
    INSTITUTIONS = "institutions"
    ASSESSMENTS = "assessments"
    RATINGS = "ratings"
    CREDIT_ENTRIES = "credit-entries"
    IMPORTABLE_ENTRIES = "importable-entries"
    CREDIT_SITE = "credit-site"


class ExportFormat(StrEnum):
    """How rows are written; `ftm` are entities and targets for programs that match names, of entries alone."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    FTM = "ftm"


ENTRY_BEARING = frozenset({ExportSet.RATINGS, ExportSet.CREDIT_ENTRIES, ExportSet.IMPORTABLE_ENTRIES})
"""Sets that tell of credit entries, and so may be served no longer than all of these are in force."""
PUBLIC_SETS = tuple(each for each in ExportSet if each is not ExportSet.CREDIT_SITE)
ENTITIES, TARGETS = "entities.ftm.json", "targets.simple.csv"
DATASET_TITLE = "Credit lists of elderly care 养老服务信用名单"


def formats_of(wanted: ExportSet) -> tuple[ExportFormat, ...]:
    """Return the formats in which a set can be written."""
    return tuple(each for each in ExportFormat if each is not ExportFormat.FTM or wanted is ExportSet.CREDIT_ENTRIES)


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


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written: a set in a format, whole or since a position."""

    set: ExportSet
    format: ExportFormat
    since: int | None = None

    def parts(self) -> Sequence[Part]:
        """Return the files that it is written to, other than entities."""
        statement = f"export/{self.set.replace('-', '_')}"
        arguments = () if self.set is ExportSet.IMPORTABLE_ENTRIES else (self.since,)
        parts = [Part(f"{self.set}.{self.format}", statement, arguments)]
        if self.since is not None:
            parts.append(Part(f"{self.set}-ended.{self.format}", f"{statement}_ended", arguments))
        return parts


async def export_set(
    database: Database,
    actor: Actor,
    wanted: ExportSet,
    folder: Path,
    *,
    since: int | None = None,
    file_format: ExportFormat = ExportFormat.CSV,
) -> Manifest:
    """Write a set into a new folder below `folder`, which appears whole or not at all; public ones as everybody reads.

    With `since` only what was added or amended after that position, and beside it what has ended: keys alone, but in
    `credit-site` with day and ground of removal. Rules: `export.no-delta`, `export.format`, `export.position`.
    """
    order = Order(wanted, file_format, since)
    _require_possible(order)
    _make_room(folder)
    async with _snapshot(database, actor, wanted) as connection:
        return await _export(connection, order, folder)


def orders_of_all(file_format: ExportFormat, since: int | None = None) -> list[Order]:
    """Return every public set that there is in a format; since a position, every one that has a delta."""
    able = [each for each in PUBLIC_SETS if file_format in formats_of(each)]
    if since is not None:
        able.remove(ExportSet.IMPORTABLE_ENTRIES)
    return [Order(each, file_format, since) for each in able]


async def export_public(database: Database, orders: Sequence[Order], folder: Path) -> list[Manifest]:
    """Write public sets as `export_set` does, all of one moment: what one names, the others have."""
    for order in orders:
        _require_possible(order)
    _make_room(folder)
    async with public_snapshot(database) as connection:
        return [await _export(connection, order, folder) for order in orders]


def _make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)


async def _export(connection: Connection, order: Order, folder: Path) -> Manifest:
    beside = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder))
    try:
        manifest = await _write(connection, order, beside)
        _publish(beside, folder / manifest.folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def _require_possible(order: Order) -> None:
    if order.format not in formats_of(order.set):
        zh, en = "仅 credit-entries 可用此格式", "only credit-entries can be written in this format"
        raise InputError(Bilingual(zh, en), rule="export.format", path=("format",))
    if order.since is not None and (order.set is ExportSet.IMPORTABLE_ENTRIES or order.format is ExportFormat.FTM):
        zh, en = "该数据集没有增量导出", "this has no delta; export credit-entries since the position instead"
        raise InputError(Bilingual(zh, en), rule="export.no-delta", path=("since",))


def _sweep(folder: Path) -> None:
    """Remove what exports that were killed have left behind."""
    for left in folder.glob(f"{PARTIAL}*"):
        touched = max(path.stat().st_mtime for path in (left, *left.iterdir()))
        if time.time() - touched > LEFT_BEHIND_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


@asynccontextmanager
async def _snapshot(database: Database, actor: Actor, wanted: ExportSet) -> AsyncIterator[Connection]:
    """Open a transaction that sees one moment: of the public role, or of staff for what is not public."""
    if wanted in PUBLIC_SETS:
        async with public_snapshot(database) as connection:
            yield connection
        return
    require(actor, Role.ADMIN, Role.REGULATOR)
    async with acting(database, actor, isolation="repeatable_read", readonly=True) as work:
        await execute(work.connection, "export/begin")
        yield work.connection


async def _write(connection: Connection, order: Order, beside: Path) -> Manifest:
    state = await fetch_row(connection, "export/state")
    if state is None:
        raise Unavailable(Bilingual("登记簿尚未建立", "The register has no head"), rule="register.head-missing")
    if order.since is not None and not 0 <= order.since <= state["position"]:
        zh, en = f"登记簿位置为 {state['position']}", f"the register stands at position {state['position']}"
        raise InputError(Bilingual(zh, en), rule="export.position", path=("since",))
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        set=order.set,
        format=order.format,
        since=order.since,
        position=state["position"],
        recorded_at=state["recorded_at"],
        law_day=state["law_day"],
        gone_from=state["gone_from"] if order.set in ENTRY_BEARING else None,
        policies=tuple(state["policies"]),
        files=tuple(await _write_files(connection, order, beside, state)),
    )
    (beside / MANIFEST).write_text(json.dumps(as_document(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


async def _write_files(connection: Connection, order: Order, beside: Path, state: Record) -> list[ExportedFile]:
    if order.format is ExportFormat.FTM:
        targets = Part(TARGETS, "export/credit_entries_targets", (state["law_day"], DATASET_TITLE))
        return [
            await write_entities(connection, Part(ENTITIES, "export/credit_entries_ftm"), beside),
            await write_csv(connection, targets, beside, begin=b""),
        ]
    if order.format is ExportFormat.XLSX:
        return [await write_workbook(connection, part, beside, state["recorded_at"]) for part in order.parts()]
    write = write_csv if order.format is ExportFormat.CSV else write_jsonl
    return [await write(connection, part, beside) for part in order.parts()]


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
        "files": [asdict(file) for file in manifest.files],
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
