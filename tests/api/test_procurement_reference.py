"""Checks over random registers are what a slow and obvious reference says, for every reader, now and at any instant."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
import pytest
from apikit.facts import Facts, When
from apikit.randomregister import RandomRegister
from apikit.reference_procurement import Checker, Criteria
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.api.context import ApiContext, RequestContext
from registry.api.schema import build_schema
from registry.db.pool import Addresses, Database, open_database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.lawdays import law_day
from registry.domain.procurement import VerdictReason

CHECK = """query($codes: [String!]!, $criteria: ProcurementCriteria, $at: DateTime) {
  procurementCheck(codes: $codes, criteria: $criteria, asOf: $at) { showsAllEntries
    answers { code verdict reasons { code wanted found groundCode disputed endedSince } } } }"""
LOOK_BACK = timedelta(days=90)
READERS = {
    "public": ANONYMOUS,
    "buyer": Actor("key:1", Role.PROCUREMENT, "buyer"),
    "auditor": Actor("key:2", Role.AUDITOR, "auditor", scope=EVERYTHING),
}
UNKNOWN = ["FAC:NOBODY", "914403001922038217", "", "91350100M000100Y43", " fac:0-1 "]
REGIONS = ["CN", "220000", "220100", "220104", "us", "999999"]
RATIOS = [Decimal(text) for text in ("0", "0.25", "0.5", "0.875", "1")]


class Register:
    """A random register, asked through the schema and by the reference."""

    def __init__(self, addresses: Addresses, seed: int) -> None:
        self.runner = asyncio.Runner()
        self.pools = open_database(addresses, size=2)
        self.database: Database = self.runner.run(self.pools.__aenter__())
        self.drawn = RandomRegister(seed)
        self.runner.run(self.drawn.write(self.database, changes=22))
        self.facts, self.entries = self.runner.run(self._load(addresses))
        recorded = [row["recorded_at"] for row in self.facts.tables["change_set"]]
        tick = timedelta(microseconds=1)
        moved = [at + move for at in recorded for move in (-tick, timedelta(0), timedelta(days=20))]
        self.instants = [None, *(at for at in moved if law_day(at) <= law_day(datetime.now(UTC)))]
        self.codes = [*self.drawn.organisations, *self.drawn.institutions, *UNKNOWN]
        self.seen: set[str] = set()

    async def _load(self, addresses: Addresses) -> tuple[Facts, list[dict[str, Any]]]:
        connection = await asyncpg.connect(addresses.owner)
        try:
            await self.drawn.backdate(connection)
            return await Facts.load(connection), await Checker.read_entries(connection)
        finally:
            await connection.close()

    def close(self) -> None:
        self.runner.run(self.pools.__aexit__(None, None, None))
        self.runner.close()

    def asked(self, reader: str, codes: list[str], criteria: Criteria, at: datetime | None) -> Any:
        context = RequestContext(ApiContext(self.database, public_budget=10**9), READERS[reader])
        written = {camel(name): value for name, value in vars(criteria).items() if value is not None}
        if "minCertifiedRatio" in written:
            written["minCertifiedRatio"] = str(written["minCertifiedRatio"])
        variables = {"codes": codes, "criteria": written, "at": None if at is None else at.isoformat()}
        result = self.runner.run(build_schema().execute(CHECK, variables, context))
        assert not result.errors, result.errors
        return orjson.loads(orjson.dumps(result.data))["procurementCheck"]

    def checker(self, reader: str, criteria: Criteria, at: datetime | None) -> Checker:
        today = law_day(datetime.now(UTC))
        when = When(None, today) if at is None else When(self.facts.position_at(at), law_day(at))
        looks = {"public": None, "buyer": today - LOOK_BACK, "auditor": date.min}[reader]
        return Checker(self.facts, self.entries, criteria, when, today, looks)


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def drawn_criteria() -> st.SearchStrategy[Criteria]:
    return st.builds(
        Criteria,
        min_stars=st.none() | st.integers(1, 5),
        min_assessed_grade=st.none() | st.integers(1, 5),
        min_validity_days=st.none() | st.sampled_from([1, 30, 200, 800]),
        min_certified_ratio=st.none() | st.sampled_from(RATIOS),
        regions=st.none() | st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3),
        no_black_entry=st.booleans(),
        no_watch_entry=st.booleans(),
        count_disputed=st.booleans(),
        operating=st.booleans(),
    )


@pytest.fixture(params=[4, 5])
def register(addresses: Addresses, request: pytest.FixtureRequest) -> Iterator[Register]:
    made = Register(addresses, request.param)
    yield made
    made.close()


def test_a_check_is_what_the_reference_says(register: Register) -> None:
    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(
        st.sampled_from(sorted(READERS)),
        st.lists(st.sampled_from(register.codes), min_size=1, max_size=12),
        drawn_criteria(),
        st.sampled_from(register.instants),
    )
    def check(reader: str, codes: list[str], criteria: Criteria, at: datetime | None) -> None:
        checker, found = register.checker(reader, criteria, at), register.asked(reader, codes, criteria, at)
        assert found["showsAllEntries"] == checker.shows
        for code, answer in zip(codes, found["answers"], strict=True):
            verdict, reasons = checker.check(code)
            names = ("code", "wanted", "found", "groundCode", "disputed", "endedSince")
            told = [tuple(reason[name] for name in names) for reason in answer["reasons"]]
            assert (answer["code"], answer["verdict"]) == (code, verdict), (reader, criteria, at, told, reasons)
            assert [one[0] for one in told] == [one[0] for one in reasons], (reader, code, criteria, at, told, reasons)
            expected = [(str(one[0]), *one[1:]) for one in reasons]
            assert sorted(map(repr, told)) == sorted(map(repr, expected)), (reader, code, criteria, at)
            register.seen.update(one[0] for one in told)

    check()
    assert len(register.seen) >= len(VerdictReason) - 6, f"never drawn: {set(VerdictReason) - register.seen}"
