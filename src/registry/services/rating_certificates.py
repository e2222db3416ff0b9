"""Rating certificates (信用评级证书): what the register publishes of one institution's rating at a position, signed.

Nothing is kept and nobody is named: the same institution at the same position is certified by the same text, whoever
asks. Anybody verifies it with the published keys alone, and compares it with the register as of the instant it names.
"""

from collections.abc import Mapping
from typing import Any

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, fetch, fetch_row
from registry.domain.actors import operator
from registry.domain.signing import Signer, read_signed
from registry.services.checkpoints import keys_of, note_key
from registry.services.transactions import acting

KIND = "registry-rating-certificate+jws"
"""What the header of a certificate says that it is."""


async def certify(database: Database, signer: Signer, content: Mapping[str, Any]) -> str:
    """Return what is told as compact JWS; a key that never signed before is published first."""
    if signer.key_id not in await _published(database):
        async with acting(database, operator("certificates")) as work:
            await fetch_row(work.connection, "checkpoint/lock")
            await note_key(work, signer)
    return signer.sign(KIND, content)


async def read_certificate(database: Database, text: str) -> dict[str, Any]:
    """Return what a certificate of this register says. Rules: those of `read_signed`."""
    return read_signed(text.strip(), KIND, await _published(database))


async def _published(database: Database) -> Mapping[str, Any]:
    with mapped_errors():
        async with database.public.acquire() as connection:
            return keys_of(await fetch(connection, "checkpoint/keys"))
