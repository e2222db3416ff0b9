"""How often a caller may ask: counted in the database for all processes, a few requests taken at a time."""

import asyncio
import hashlib
import hmac
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from registry.db.mapping import mapped_errors
from registry.db.pool import LONGEST_WAIT_FOR_CONNECTION_SECONDS, Database, Record, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.addresses import counted_address, is_this_machine
from registry.domain.errors import Bilingual, RateLimited

LARGEST_SHARE = 1024
UNLIMITED_SECONDS = 60.0
"""How long a caller without a limit is let through before it is looked up again."""
MOST_REMEMBERED = 20_000
SWEPT_EVERY_SECONDS = 10.0
_WORDS = {"minute": "分钟", "day": "日"}
_RULES = {"minute": "limit.requests-per-minute", "day": "limit.requests-per-day"}

Refused = Callable[[Role, str], None]
"""Told of each refusal: the role, and `minute` or `day`."""


@dataclass(slots=True)
class _Share:
    """What this process may let through for one caller, until an instant of its monotonic clock."""

    left: int = 0
    until: float = float("-inf")
    size: int = 0
    of_day: object = None
    row: Record | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def limited(self) -> bool:
        return self.row is not None and self.row["left_in_minute"] is not None

    def refused(self, now: float) -> bool:
        """Whether the database had nothing left to grant, and has not yet."""
        return self.size == 0 and now < self.until

    def wanted(self, now: float) -> int:
        """Twice as many as the last time while they are used up in time, else half as many."""
        return min(2 * self.size or 1, LARGEST_SHARE) if now < self.until else max(self.size // 2, 1)

    def take_over(self, row: Record, asked_at: float) -> None:
        """Hold what was granted; the ends are counted from before the question, so that none comes late."""
        self.row, self.of_day = row, row["of_day"]
        self.left = self.size = row["granted"]
        self.until = asked_at + (row["minute_ends_in"] if self.limited else UNLIMITED_SECONDS)

    def told(self, now: float) -> dict[str, str]:
        """The RateLimit headers: what is allowed, and what is left until when as far as this process knows."""
        row = self.row
        if row is None or not self.limited:
            return {}
        windows = [
            (name, row[f"per_{name}"], row[f"left_in_{name}"] + self.left, row[f"{name}_ends_in"], seconds)
            for name, seconds in (("minute", 60), ("day", 86_400))
            if row[f"per_{name}"] is not None
        ]
        passed = now - (self.until - row["minute_ends_in"])
        return {
            "ratelimit-policy": ", ".join(f'"{name}";q={most};w={wide}' for name, most, _, _, wide in windows),
            "ratelimit": ", ".join(
                f'"{name}";r={max(left, 0)};t={max(math.ceil(ends - passed), 0)}' for name, _, left, ends, _ in windows
            ),
        }

    def refusal(self, now: float) -> RateLimited:
        """What a caller is told who has used up a window."""
        row = self.row
        assert row is not None  # noqa: S101 - a refusal follows an answer of the database
        window = self.window
        passed = now - (self.until - row["minute_ends_in"])
        seconds = max(math.ceil(row[f"{window}_ends_in"] - passed), 1)
        most = row[f"per_{window}"]
        zh = f"请求过于频繁（每{_WORDS[window]}至多 {most} 次），请在 {seconds} 秒后再试"
        en = f"At most {most} requests are taken in a {window}; try again in {seconds} seconds"
        headers = {**self.told(now), "retry-after": str(seconds)}
        return RateLimited(Bilingual(zh, en), rule=_RULES[window], headers=headers)

    @property
    def window(self) -> str:
        """The window that is used up; of both the longer one."""
        return "day" if self.row is not None and self.row["left_in_day"] == 0 else "minute"


class Allowances:
    """Lets requests through while their caller has some left; the public is counted by address.

    What the database grants is spent without asking it again, so a busy caller costs a question in hundreds of
    requests. A process that was granted nothing refuses by itself until the minute is over.
    """

    def __init__(
        self, database: Database, secret: bytes, refused: Refused, clock: Callable[[], float] = time.monotonic
    ):
        self._database = database
        self._secret = secret
        self._refused = refused
        self._clock = clock
        self._shares: dict[str, _Share] = {}
        self._swept = float("-inf")

    async def admit(self, actor: Actor, address: str | None) -> dict[str, str]:
        """Count one request; return the headers that tell what is left, or raise RateLimited.

        The public of this machine is not counted.
        """
        if actor.role is Role.PUBLIC and is_this_machine(address):
            return {}
        whom = actor.identity if actor.role is not Role.PUBLIC else self._place(address)
        share = self._shares.get(whom) or self._remember(whom)
        while not (share.left and self._clock() < share.until):
            if share.refused(self._clock()):
                self._refused(actor.role, share.window)
                raise share.refusal(self._clock())
            await self._renew(share, whom, actor)
        share.left -= 1
        return share.told(self._clock())

    def _place(self, address: str | None) -> str:
        """An address is personal: it is kept as a keyed hash."""
        hashed = hmac.digest(self._secret, b"requests " + counted_address(address).encode(), hashlib.sha256)
        return f"address:{hashed.hex()[:32]}"

    def _remember(self, whom: str) -> _Share:
        now = self._clock()
        if len(self._shares) >= MOST_REMEMBERED and now - self._swept > SWEPT_EVERY_SECONDS:
            self._swept = now
            self._shares = {known: share for known, share in self._shares.items() if share.until > now}
        return self._shares.setdefault(whom, _Share())

    async def _renew(self, share: _Share, whom: str, actor: Actor) -> None:
        """Take more, one question at a time for a caller; what another task took meanwhile is enough."""
        async with share.lock:
            now = self._clock()
            if (share.left and now < share.until) or share.refused(now):
                return
            wanted, given_back = share.wanted(now), share.left
            share.left = 0
            with mapped_errors():
                async with self._database.staff.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection:
                    row = await fetch_row(
                        connection, "access/take_requests", whom, actor.identity, actor.role, wanted, given_back,
                        share.of_day,
                    )  # fmt: skip
            assert row is not None  # noqa: S101 - a function with OUT parameters returns one row
            share.take_over(row, now)
