"""What one published rating rested on, read from the register as it stood when its run read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from registry.db.pool import Connection, Record, execute, fetch, fetch_row, fetch_value
from registry.services.earlier_ratings import EarlierRatings, read_earlier_ratings
from registry.services.policy_runs import EPOCH, frozen_of, newest_frozen, policy_of, population_of
from registry.services.scoring_inputs import Snapshot, read_snapshot
from scoring import Frozen, Policy, Population, Previous, Situation, Standpoint


@dataclass(frozen=True, slots=True)
class RatingVersion:
    """One version of an institution's rating, as its run published it.

    `position` is the register position that the run read; `content_digest` tells the stored content.
    """

    policy_id: int
    run_id: int
    content_digest: int
    as_of: date
    position: int
    published_at: datetime
    policy: Policy


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """The register as a run read it of one institution, which stands at row `place` of the snapshot."""

    version: RatingVersion
    snapshot: Snapshot
    place: int
    frozen: Frozen
    earlier: EarlierRatings | None

    @property
    def day(self) -> int:
        """The law day that was rated, in days since 1970-01-01."""
        return (self.snapshot.as_of - EPOCH).days

    def population(self, policy: Policy | None = None) -> Population:
        """The institution's row alone, as its own policy measures it or as another would."""
        return population_of(self.snapshot, policy or self.version.policy, np.array([self.place], np.int64))

    def previous(self) -> Previous | None:
        """What the policy looked back to."""
        ids = self.snapshot.ids[[self.place]]
        return self.earlier.of(self.version.policy, ids) if self.earlier else None

    def situation(self) -> Situation:
        """What the way up is searched from."""
        roster = self.snapshot.roster if self.version.policy.needs_roster else None
        return Situation(self.population(), self.frozen, roster, self.place, self.day, self.previous())

    def standpoint(self, later: Policy | None = None) -> Standpoint:
        """What a change is split from or to; `later` is the policy of the rating that followed, if another."""
        as_later = None if later is None else self.population(later)
        return Standpoint(self.version.policy, self.population(), self.frozen, self.previous(), as_later)


def _version(row: Record) -> RatingVersion:
    return RatingVersion(
        policy_id=row["policy_id"],
        run_id=row["run_id"],
        content_digest=row["content_digest"],
        as_of=row["as_of"],
        position=row["read_position"],
        published_at=row["published_at"],
        policy=policy_of(row["document"]),
    )


async def find_versions(connection: Connection, institution_id: int, position: int) -> Sequence[RatingVersion]:
    """Return the rating that stood at a position and, behind it, the one before; nothing where none stood."""
    rows = await fetch(connection, "explain/ratings", institution_id, position)
    return [_version(row) for row in rows] if rows and rows[0]["stands"] else []


async def _frozen(connection: Connection, version: RatingVersion) -> Frozen:
    """What the run itself fixed or, of an incremental run, what it was held to."""
    fixed = await fetch_row(connection, "explain/fixed_by_run", version.run_id, version.policy_id)
    if fixed is not None:
        return await frozen_of(connection, fixed, version.policy_id)
    held, _, _ = await newest_frozen(connection, version.policy_id, version.as_of)
    # Incremental runs once rated before any full run of their policy: they were held to nothing.
    return held or Frozen()


async def read_circumstances(connection: Connection, institution_id: int, version: RatingVersion) -> Circumstances:
    """Read what a rating rested on; the transaction then goes on reading the register as it stood for that run."""
    only = [institution_id]
    await execute(connection, "session/read_as_of", version.position)
    frozen = await _frozen(connection, version)
    earlier = await read_earlier_ratings(connection, version.policy, version.policy_id, version.as_of, only)
    snapshot = await read_snapshot(connection, version.as_of, only)
    place = int(np.searchsorted(snapshot.ids, institution_id))
    return Circumstances(version, snapshot, place, frozen, earlier)


async def head_position(connection: Connection) -> int:
    """Return the newest position of the register."""
    position: int = await fetch_value(connection, "change/position")
    return position
