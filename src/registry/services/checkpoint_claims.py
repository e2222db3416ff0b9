"""What checkpoints claim of the audit chain: those in the chain itself, and those of a file that was shipped."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.db.pool import Connection, fetch
from registry.domain.errors import InputError
from registry.domain.signing import PublicKey, read_signed
from registry.services.checkpoints import KIND, read_signing_keys


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkpoint: where it stands, and the hash that the chain had at its sequence."""

    where: str
    sequence: int
    hash: str


@dataclass(slots=True)
class Claims:
    """Every claim that is signed, by sequence; `refused` are texts that are none, with the reason."""

    by_sequence: dict[int, list[Claim]] = field(default_factory=dict)
    refused: list[tuple[str, InputError]] = field(default_factory=list)
    differing: list[Claim] = field(default_factory=list)
    examined: int = 0

    def add(self, where: str, text: str, keys: dict[str, PublicKey], before: int | None = None) -> None:
        """Read one checkpoint; one of the chain covers only what stands `before` it."""
        self.examined += 1
        try:
            content = read_signed(text, KIND, keys)
        except InputError as error:
            self.refused.append((where, error))
            return
        claim = Claim(where, int(content["sequence"]), str(content["hash"]))
        if before is not None and claim.sequence >= before:
            self.differing.append(claim)
        self.by_sequence.setdefault(claim.sequence, []).append(claim)

    def hold_against(self, sequence: int, digest: bytes) -> None:
        """Compare the claims about one event with its hash."""
        for claim in self.by_sequence.pop(sequence, ()):
            if claim.hash != digest.hex():
                self.differing.append(claim)

    def beyond(self) -> Iterator[Claim]:
        """Give the claims about events that were not met."""
        for claims in self.by_sequence.values():
            yield from claims


def lines_of(shipped: bytes) -> list[str]:
    """Return the lines of a file of checkpoints; whatever else than a line feed ends one belongs to it."""
    lines = shipped.decode("utf-8", "replace").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


async def read_claims(connection: Connection, shipped: bytes) -> Claims:
    """Read the checkpoints of the chain and those of the file; a signature counts under any key of the chain."""
    keys, claims = await read_signing_keys(connection), Claims()
    for row in await fetch(connection, "verify/checkpoints"):
        claims.add(f"audit event {row['sequence']}", row["text"] or "", keys, before=row["sequence"])
    for number, text in enumerate(lines_of(shipped), start=1):
        claims.add(f"line {number}", text, keys)
    return claims
