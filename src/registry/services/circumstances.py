"""What one published rating rested on, read from the register as it stood when its run read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from registry.db.gathered import gathered
from registry.db.mapping import mapped_errors
from registry.db.pool import LONGEST_WAIT_FOR_CONNECTION_SECONDS, Database, Record, fetch
from registry.domain.institutions import AbilityClass
from registry.services.credit_explained import Listed, listed_of
from registry.services.earlier_ratings import EarlierRatings, read_earlier_ratings
from registry.services.policy_runs import EPOCH, keep_frozen, known_frozen, policy_of, population_of
from registry.services.roster_inputs import CERTIFICATE_KINDS, SKILL_RUNGS, TITLE_RUNGS
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


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rating is asked about (a code or an id), by what the register said at a position, of entries on a day."""

    institution: str | int
    position: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Told:
    """An institution's code, the circumstances of the rating that stood and, behind them, of the one before, and the
    entries that bear on it; no circumstances where no rating stood."""

    code: str
    circumstances: Sequence[Circumstances]
    listed: Sequence[Listed]


async def find_circumstances(database: Database, asked: Asked) -> Told | None:
    """Read what an explanation rests on in one statement; None for an institution that there never was."""
    known = dict(known_frozen())
    code, number = (None, asked.institution) if isinstance(asked.institution, int) else (asked.institution, None)
    abilities = [ability.value for ability in AbilityClass]
    of_papers = list(CERTIFICATE_KINDS), SKILL_RUNGS, TITLE_RUNGS
    about = code, number, asked.position, asked.day, list(known), *of_papers, abilities
    with mapped_errors():
        async with database.explaining.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection:
            rows = await fetch(connection, "explain/circumstances", *about)
    if not rows:
        return None
    versions = rows if rows[0]["stands"] else []
    return Told(
        rows[0]["code"], [await _circumstances(row, known) for row in versions], listed_of(rows[0]["listed"] or "[]")
    )


async def _circumstances(row: Record, known: Mapping[str, Frozen]) -> Circumstances:
    """What a row tells, made of it as a run makes it of what it reads."""
    version, only = _version(row), [row["institution_id"]]
    read = gathered(row["read"])
    earlier = await read_earlier_ratings(read, version.policy, version.policy_id, version.as_of, only)
    snapshot = await read_snapshot(read, version.as_of, only)
    place = int(np.searchsorted(snapshot.ids, row["institution_id"]))
    return Circumstances(version, snapshot, place, _frozen(row, known), earlier)


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


def _frozen(row: Record, known: Mapping[str, Frozen]) -> Frozen:
    """What the run itself fixed or, of an incremental run, what it was held to.

    Incremental runs once rated before any full run of their policy: they were held to nothing.
    """
    edition: str | None = row["edition"]
    if edition is None:
        return Frozen()
    return known.get(edition) or keep_frozen(edition, row["frozen"])
