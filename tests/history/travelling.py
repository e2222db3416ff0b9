"""A clock that travels: the register records its change sets years ago, and years pass between one and the next."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from tests.history.plain import Content, Standing
from tests.history.questions import LAW_TIME

from registry.db.pool import Connection

TICK = timedelta(microseconds=1)
YEARS_BACK = timedelta(days=6 * 365)
STEPS = (timedelta(seconds=1), timedelta(hours=5), timedelta(days=1), timedelta(days=40), timedelta(days=200))
NEAR_MIDNIGHT = (timedelta(seconds=-1), timedelta(), timedelta(seconds=1))

_PREPARE = """
CREATE SCHEMA travel;
CREATE TABLE travel.moved (by interval NOT NULL);
INSERT INTO travel.moved VALUES ('0');
GRANT USAGE ON SCHEMA travel TO PUBLIC;
GRANT SELECT ON travel.moved TO PUBLIC;
DO $$
BEGIN
  EXECUTE replace(pg_get_functiondef('register.publish_change_set'::regproc),
                  'clock_timestamp()', '(clock_timestamp() + (SELECT m.by FROM travel.moved AS m))');
END
$$;
"""


class Traveller:
    """Sets the clock by which change sets are recorded; it never goes back, nor beyond the present."""

    def __init__(self, admin: Connection, dice: random.Random) -> None:
        self.admin, self.dice, self.now = admin, dice, datetime.now(UTC) - YEARS_BACK

    async def begin(self) -> None:
        """Go years back."""
        await self.admin.execute(_PREPARE)
        await self._set()

    async def go_on(self) -> None:
        """Let time pass: a little or much of it, or until about the next midnight of the law."""
        if self.dice.random() < 0.3:
            later = _begins(law_date(self.now) + timedelta(days=1)) + self.dice.choice(NEAR_MIDNIGHT)
        else:
            later = self.now + self.dice.choice(STEPS) * self.dice.random()
        self.now = min(max(self.now, later), datetime.now(UTC))
        await self._set()

    async def _set(self) -> None:
        await self.admin.execute("UPDATE travel.moved SET by = $1", self.now - datetime.now(UTC))


def turning_points(states: Sequence[tuple[datetime, Standing]]) -> Iterator[datetime]:
    """Instants about which an answer changes though nothing is recorded, and those just before: midnights of the law
    after each change set, on which an assessment that stood begins, and after the last day of one."""
    days = {law_date(at) + timedelta(days=1) for at, _ in states}
    for content in states[-1][1]["ASSESSMENT"].values():
        days |= _turns(content)
    now = datetime.now(UTC)
    for instant in map(_begins, sorted(days)):
        yield from (moment for moment in (instant - TICK, instant) if moment <= now)


def turns_at(assessment: Content, instant: datetime) -> bool:
    """Tell whether an assessment begins, or has expired, at an instant or a tick after it."""
    return any(_begins(day) in (instant, instant + TICK) for day in _turns(assessment))


def law_date(instant: datetime) -> date:
    """Return the law day of an instant, by the model's own clock."""
    return instant.astimezone(LAW_TIME).date()


def _turns(assessment: Content) -> set[date]:
    return {date.fromisoformat(assessment["validFrom"]), date.fromisoformat(assessment["validTo"]) + timedelta(days=1)}


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, LAW_TIME).astimezone(UTC)
