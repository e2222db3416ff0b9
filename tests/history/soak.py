"""The soak: imports killed at random instants, one after the other, into a register that must come through whole.

python -m tests.history.soak --rounds 200 --seed 1
"""

import argparse
import asyncio
import base64
import contextlib
import io
import json
import random
import tempfile
import time
from pathlib import Path

import asyncpg
from tests.history.contents import held, stated
from tests.history.drawing import Drawer
from tests.history.files import File
from tests.history.plain import Plain
from tests.history.rounds import SOURCE, Program, Soak

from registry.db.embedded import EmbeddedServer
from registry.db.migrate import migrate
from registry.db.pool import Addresses, open_database
from registry.domain.actors import operator
from registry.domain.errors import Conflict, InputError
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.seeding import seed
from registry.synthetic import generate

OPERATOR = operator("soak")
PII_KEY = bytes(range(32))
INSTITUTIONS = 40
SOAKED, UNDISTURBED = "soaked", "undisturbed"


def addresses_of(server: EmbeddedServer, name: str) -> Addresses:
    """Return the addresses of one database of the server."""
    return Addresses(*(server.dsn(role, name) for role in ("registry_staff", "registry_public", "registry_admin")))


async def make_registers(server: EmbeddedServer) -> None:
    """Make two equal registers with the reference data."""
    maintenance = await asyncpg.connect(server.dsn("registry_admin", "postgres"))
    try:
        await maintenance.execute(f'CREATE DATABASE "{SOAKED}"')
        await migrate(server.dsn("registry_admin", SOAKED))
        async with open_database(addresses_of(server, SOAKED), size=2) as database:
            await seed(database, OPERATOR)
        await maintenance.execute(f'CREATE DATABASE "{UNDISTURBED}" TEMPLATE "{SOAKED}"')
    finally:
        await maintenance.close()


async def begin(server: EmbeddedServer, folder: Path, seed_number: int) -> Soak:
    """Return a soak of the first register, whose model holds what stands there."""
    generate(folder / "generated", INSTITUTIONS, seed_number)
    keys = {"PII_KEY": base64.b64encode(PII_KEY).decode()}
    dice, addresses = random.Random(seed_number), addresses_of(server, SOAKED)
    soak = Soak(Program(folder, addresses, keys), Drawer(dice, folder / "generated"), dice, Plain())
    for text in (await held(await soak.connected()))["REGION"]:
        content = json.loads(text)
        soak.model.standing["REGION"][content["code"], content["validFrom"]] = content
    return soak


async def import_undisturbed(addresses: Addresses, files: list[File]) -> None:
    """Bring the same files into the other register, one after the other, in this process."""
    keys = PersonalKeys.derive(PII_KEY)
    async with open_database(addresses, size=2) as database:
        for file in files:
            names = {"file_name": file.name, "source": SOURCE, "options": file.options}
            content = io.BytesIO(file.bytes())
            with contextlib.suppress(InputError, Conflict):  # where one is wrongly refused, the registers differ
                await import_file(database, OPERATOR, keys, file.kind, content, file_format=file.file_format, **names)


async def run(server: EmbeddedServer, folder: Path, rounds: int, seed_number: int) -> Soak:
    """Soak; AssertionError tells the round that failed."""
    await make_registers(server)
    soak = await begin(server, folder, seed_number)
    for number in range(rounds):
        await soak.round(number)
    await import_undisturbed(addresses_of(server, UNDISTURBED), soak.files)
    other = await asyncpg.connect(addresses_of(server, UNDISTURBED).owner)
    try:
        assert await held(other) == await held(await soak.connected()) == stated(soak.model.standing)
    finally:
        await other.close()
        await soak.forget()
    return soak


def main() -> None:
    """Soak in a temporary folder and print the tally."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="registry-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with EmbeddedServer.open(folder / "register") as server:
            soak = asyncio.run(run(server, folder, given.rounds, given.seed))
    for what, count in sorted(soak.tally.items()):
        print(f"{count:6,}  {what}")
    rows = sum(len(rows) for rows in soak.model.standing.values())
    print(f"{given.rounds} rounds in {time.monotonic() - begun:.0f} s; the register holds, as it should, {rows:,} rows")


if __name__ == "__main__":
    main()
