"""A synthetic register with shipped policies, for tests that need real runs; and corrections to it."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.seeding import seed
from registry.synthetic import generate

CLI = operator("cli")
KEYS = PersonalKeys.derive(b"k" * 32)


async def bring_in(database: Database, kind: str, file: Path) -> None:
    """Import one file."""
    await import_file(database, CLI, KEYS, kind, file, file_name=file.name, source="test")


async def generated_register(
    database: Database, folder: Path, *, institutions: int, policies: Iterable[str] | None = None
) -> None:
    """Fill the register; nothing is rated yet. `policies` are the shipped ones to add, all unless named."""
    await seed(database, CLI)
    manifest = await asyncio.to_thread(generate, folder, institutions=institutions, seed=7)
    for file in manifest.files:
        await bring_in(database, file.name.removesuffix(".csv"), folder / file.name)
    for name, document in shipped_documents().items():
        if policies is None or name in policies:
            await add_policy(database, CLI, document)


async def revoke_every_third(database: Database, folder: Path) -> None:
    """Revoke every third certificate of those that were good for long."""
    lines = (folder / "certificates.csv").read_text(encoding="utf-8-sig").splitlines()
    names = lines[0].split(",")
    revoked = [lines[0]]
    for line in lines[1::3]:
        cells = dict(zip(names, line.split(","), strict=True))
        if cells["status"] == "VALID" and cells["issued_on"] < "2026-01-01":
            cells |= {"status": "REVOKED", "status_from": "2026-10-01"}
            revoked.append(",".join(cells[name] for name in names))
    file = folder / "revoked.csv"
    file.write_text("\n".join(revoked) + "\n", encoding="utf-8")
    await bring_in(database, "certificates", file)


async def add_second_version(database: Database) -> None:
    """Add a version of the national policy that leaves less to the recomputed weights."""
    text = shipped_documents()["cn-national"]
    text = text.replace('version = "1"', 'version = "later"', 1)
    text = text.replace("effective_from = ", "effective_from = 2026-10-30 #", 1)
    await add_policy(database, CLI, text.replace("alpha = 0.3", "alpha = 0.1", 1))
