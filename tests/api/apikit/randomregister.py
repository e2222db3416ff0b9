"""Registers of random content with a history of imports, corrections, endings and runs."""

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import asyncpg

from apikit.builder import Writer, change_set, period
from apikit.listed import GROUNDS, LISTS, add_entry, add_person, write_rules
from registry.db.pool import Database
from registry.services.transactions import ChangeKind

NAMES = ["安康", "夕阳红", "福寿", "长乐", "和颐", "百分号%", "下划_线", "引'号", '双"引\\号', "安康二部"]
REGIONS = ["220199", "220000", "220100", "220102", "220104", "220200", "US-AL"]
KINDS = ["CARE_HOME", "DAY_CARE", "NURSING_HOME"]
DAYS = [date(2025, 1, 1) + timedelta(days=30 * n) for n in range(24)]
"""Law days on which change sets were recorded, and on which validity begins and ends."""
STATUSES = ["ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED", "CLOSED"]


class RandomRegister:
    """Writes change sets of random rows; remembers what it wrote."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.organisations: dict[str, int] = {}
        self.institutions: dict[str, int] = {}
        self.ratings: dict[int, int] = {}
        self.noted: dict[int, int] = {}
        self.policies: list[int] = []
        self.runs: list[int] = []
        self.people: list[int] = []
        self.entries: list[int] = []

    async def write(self, database: Database, changes: int = 18) -> None:
        async with change_set(database, ChangeKind.SEED) as writer:
            await self._regions(writer)
            await self._subjects(writer, 12)
            await write_rules(writer)
            for name in ("张三", "李四"):
                at, post = self.dice.choice(sorted(self.institutions.values())), self.dice.choice(["CARER", "NURSE"])
                self.people.append(await add_person(writer, name, at, post))
        for _ in range(2):
            async with change_set(database, source="bureau") as writer:
                await self._note(writer)
        for _ in range(changes):
            step = self.dice.choice(
                [
                    self._more,
                    self._correct,
                    self._correct,
                    self._assess,
                    self._policy,
                    self._rate,
                    self._rate,
                    self._note,
                    self._list,
                    self._list,
                ]
            )
            async with change_set(database, cause=f"步骤 {step.__name__}") as writer:
                await step(writer)

    async def backdate(self, owner: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Move the change sets into the past, one on each law day, so that validity differs between them."""
        for position, day in enumerate(DAYS, 1):
            at = datetime.combine(day, time(4), UTC)
            await owner.execute("UPDATE register.change_set SET recorded_at = $2 WHERE position = $1", position, at)

    async def _regions(self, writer: Writer) -> None:
        paths: dict[str, str] = {}
        for code, parent, level in (
            ("CN", None, "NATION"),
            ("220000", "CN", "PROVINCE"),
            ("220100", "220000", "PREFECTURE"),
            ("220200", "220000", "PREFECTURE"),
            ("220102", "220100", "COUNTY"),
            ("220104", "220100", "COUNTY"),
            ("US", None, "NATION"),
            ("US-AL", "US", "PROVINCE"),
        ):
            paths[code] = f"{paths[parent]}/{code}" if parent else code
            await writer.region(code, f"{code}区", parent, paths[code], level)
        for first, last in ((date(1990, 1, 1), DAYS[6]), (DAYS[6] + timedelta(days=1), None)):
            path = paths["220100"] + "/220199"
            await writer.region(
                "220199", f"改名区{first.year}", "220100", path, "COUNTY", valid_from=first, valid_to=last
            )

    async def _subjects(self, writer: Writer, count: int) -> None:
        for _ in range(count):
            number = len(self.organisations)
            code = self.dice.choice([f"91{number:016d}", f"US-CCN:{number:06d}"])
            self.organisations[code] = await writer.organisation(
                code,
                self.dice.choice(NAMES) + "公司",
                self.dice.choice(REGIONS),
                registered_on=self.dice.choice([None, date(2001, 2, 3)]),
                status=self.dice.choice(STATUSES),
            )
            for facility in range(self.dice.choice([0, 1, 1, 2, 3])):
                own = code if facility == 0 and self.dice.random() < 0.6 else f"FAC:{number}-{facility}"
                await self._institution(writer, own, self.organisations[code])

    async def _institution(self, writer: Writer, code: str, organisation: int) -> None:
        self.institutions[code] = await writer.institution(
            code,
            self.dice.choice(NAMES),
            organisation,
            self.dice.choice(REGIONS),
            kind=self.dice.choice(KINDS),
            status=self.dice.choice(STATUSES),
            beds=self.dice.choice([0, 10, 10, 50, 120]),
            address=self.dice.choice([None, "路\n1 号\t“东”"]),
        )

    async def _more(self, writer: Writer) -> None:
        await self._subjects(writer, 2)

    async def _correct(self, writer: Writer) -> None:
        for number in self.dice.sample(sorted(self.institutions.values()), 3):
            values: dict[str, Any] = {"name": self.dice.choice(NAMES), "beds": self.dice.choice([0, 10, 77])}
            await writer.amend("institution", number, **values, status=self.dice.choice(STATUSES))
        owner = self.dice.choice(sorted(self.organisations.values()))
        await writer.amend("organisation", owner, name=self.dice.choice(NAMES) + "集团")
        if self.ratings and self.dice.random() < 0.5:
            institution, rating = self.ratings.popitem()
            assert institution
            await writer.end("rating", rating)

    async def _note(self, writer: Writer) -> None:
        """Raise notes about institutions and regions; amend one; end one."""
        for number in self.dice.sample(sorted(self.institutions.values()), 2):
            if number not in self.noted:
                self.noted[number] = await writer.add(
                    "quality_note",
                    rule=self.dice.choice(["SOURCES_CONTRADICT", "STATUS_NOT_CLEARED"]),
                    entity=self.dice.choice(["INSTITUTION", "MEASURE"]),
                    row_id=number,
                    code=f"{number}号",
                    institution_id=number,
                    prevailing_source=self.dice.choice(["bureau", "test"]),
                    other_source="home",
                    content='{"name": "另名", "beds": 3}',
                    fields=["beds", "name"],
                )
        noted = self.dice.sample(sorted(self.noted), 2)
        await writer.amend("quality_note", self.noted[noted[0]], content='{"beds": 4}', fields=["beds"])
        if len(self.noted) > 4:
            await writer.end("quality_note", self.noted.pop(noted[1]))

    async def _list(self, writer: Writer) -> None:
        """List some subjects; raise an objection to one entry, end another."""
        for _ in range(4):
            places = {
                "institution_id": sorted(self.institutions.values()),
                "organisation_id": sorted(self.organisations.values()),
                "person_id": self.people,
            }
            place = self.dice.choice(["institution_id", "institution_id", "organisation_id", "person_id"])
            kind = self.dice.choice(sorted(LISTS))
            self.entries.append(
                await add_entry(
                    writer,
                    kind,
                    {place: self.dice.choice(places[place])},
                    decided_on=self.dice.choice(DAYS[:12]),
                    last_day=self.dice.choice([None, None, None, *DAYS[12:], date(2099, 1, 1)]),
                    region_code=self.dice.choice(REGIONS),
                    document_number=f"文{len(self.entries)}",
                    disputed=self.dice.random() < 0.2,
                    reference=f"R{len(self.entries)}",
                )
            )
        disputed, ended = self.dice.sample(self.entries, 2)
        await writer.amend("credit_entry", disputed, disputed=True)
        await writer.amend("credit_entry", ended, ended_on=date(2026, 6, 1), end_kind="WITHDRAWN", end_reason="误")
        self.entries.remove(ended)

    async def _assess(self, writer: Writer) -> None:
        for number in self.dice.sample(sorted(self.institutions.values()), 4):
            start, last = sorted(self.dice.sample(DAYS, 2))
            exists = await writer.change.connection.fetchval(
                "SELECT count(*) FROM register.assessment WHERE institution_id = $1 AND decided_on = $2", number, start
            )
            if not exists:
                await writer.add(
                    "assessment",
                    institution_id=number,
                    decided_on=start,
                    grade=self.dice.randrange(1, 6),
                    environment=1,
                    facilities=2,
                    operations=3,
                    service=4,
                    valid=period(start, last),
                    assessor="民政局",
                    document_number=None,
                )

    async def _policy(self, writer: Writer) -> None:
        code, version = self.dice.choice(["national", "jilin"]), str(len(self.policies) + 1)
        decimals = self.dice.choice([0, 2, 3])
        self.policies.append(
            await writer.policy(
                code,
                version,
                score_decimals=decimals,
                region_code=self.dice.choice(["CN", "220000"]),
                canonical=json.dumps(
                    {"credit_caps": self._credit_caps(), "credit_points": self._credit_points(decimals)}
                    if self.dice.random() < 0.8
                    else {}
                ),
            )
        )

    def _credit_caps(self) -> list[dict[str, Any]]:
        """Return caps as a policy's canonical form has them."""
        kinds = {"BLACK": {"suspended": True}, "WATCH": {"at_most": "2"}, "RED": {"at_most": "4"}}
        grounds = {"ground": self.dice.choice([*GROUNDS.values(), ""])}
        return [
            {
                "code": f"{kind}_{n}",
                "list_kind": kind,
                "title": self.dice.choice([{"zh": "封顶"}, {"zh": "名单", "en": "list"}]),
                **self.dice.choice([effect, effect, {"at_most": "3"}]),
                **self.dice.choice([{}, {}, grounds]),
                **self.dice.choice([{}, {"while_disputed": False}, {"legal_basis": "民发"}]),
            }
            for n, (kind, effect) in enumerate(self.dice.choices(sorted(kinds.items()), k=3))
        ]

    def _credit_points(self, decimals: int) -> list[dict[str, Any]]:
        """Return points as a policy's canonical form has them."""
        return [
            {
                "code": f"POINTS_{n}",
                "points": str(self.dice.choice([1, 2]) if not decimals else self.dice.choice(["1.5", "2", "0.1"])),
                "title": self.dice.choice([{"zh": "加分"}, {"zh": "红名单", "en": "honours"}]),
                **self.dice.choice([{}, {"ground": self.dice.choice([*GROUNDS.values(), ""])}]),
                **self.dice.choice([{}, {"while_disputed": False}, {"legal_basis": "民发"}]),
            }
            for n in range(2)
        ]

    async def _rate(self, writer: Writer) -> None:
        if not self.policies:
            await self._policy(writer)
        kind = self.dice.choice(["FULL", "FULL", "INCREMENTAL"])
        run = await writer.run(kind=kind, as_of=date(2026, self.dice.randrange(1, 11), 1), read_position=len(self.runs))
        self.runs.append(run)
        applied = self.dice.sample(self.policies, self.dice.randrange(1, len(self.policies) + 1))
        weighing = {policy: self.dice.random() < 0.6 for policy in applied}
        for policy in applied:
            more = {} if weighing[policy] else {"weights": None, "weights_run_id": self.dice.choice(self.runs)}
            if kind == "FULL" and self.dice.random() < 0.5:
                more |= {
                    "moves_since_run_id": self.dice.choice(self.runs),
                    "moves": "[[0, 2, 3], [2, 2, 1], [4, 0, 2]]",
                }
            await writer.run_policy(run, policy, **more)
        rated = self.dice.sample(sorted(self.institutions.values()), len(self.institutions) // 2)
        for number in rated:
            await self._rating(writer, number, self.dice.choice(applied), run)
        if kind == "FULL":
            for policy in applied:
                places = {number: tuple(self.dice.randrange(0, 9) for _ in range(3)) for number in rated}
                await writer.ranks(run, policy, places)  # type: ignore[arg-type]

    async def _rating(self, writer: Writer, number: int, policy: int, run: int) -> None:
        stars = self.dice.choice([None, 1, 2, 3, 4, 5])
        values: dict[str, Any] = {
            "score_scaled": None if stars is None else self.dice.randrange(0, 99999),
            "reason": None if stars else self.dice.choice(["TOO_FEW_STAFF", "NO_DATA"]),
            "contributions": [self.dice.randrange(9999), self.dice.randrange(-50, 50)],
            "weights_run_id": run,
            "adjustments": self.dice.choice(
                [None, '[{"stage": "caps", "grade": 2}, {"stage": "exceptions", "grade": null}]']
            ),
        }
        values["score"] = await writer.score(policy, stars, values["score_scaled"])
        values["certified_ratio"] = self.dice.choice([None, *map(Decimal, ("0", "0.5", "0.5000", "0.875", "1"))])
        if number in self.ratings:
            await writer.amend("rating", self.ratings[number], stars=stars, policy_id=policy, run_id=run, **values)
        else:
            self.ratings[number] = await writer.rating(number, policy, run, stars, **values)
