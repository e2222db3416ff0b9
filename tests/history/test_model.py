"""What the register answers about any instant is what a replayed copy of it says: random sequences against a model.

`REGISTRY_HISTORY_SEEDS` says how many sequences are tried; each is the same for the same seed.
"""

import asyncio
import io
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.history import questions
from tests.history.amending import NAMES
from tests.history.contents import held, stated
from tests.history.drawing import Drawer
from tests.history.files import File
from tests.history.plain import Counts, Plain
from tests.history.snapshots import bring
from tests.history.travelling import TICK, Traveller, law_date, turning_points, turns_at
from tests.services.importing.conftest import KEYS, OPERATOR

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Addresses, Connection, Database
from registry.domain.errors import Conflict, InputError
from registry.services.importing import ImportStep, import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed
from registry.services.transactions import ChangeKind, publishing
from registry.services.verifying import verify
from registry.synthetic import generate

SEEDS = range(int(os.environ.get("REGISTRY_HISTORY_SEEDS", "2")))
STEPS = 24
RATED = """SELECT i.code, r.stars, r.reason, r.score_scaled AS scaled, p.score_decimals AS decimals
  FROM register.rating AS r
  JOIN register.institution AS i ON i.id = r.institution_id JOIN register.rating_policy AS p ON p.id = r.policy_id"""
ON_AN_INSTITUTION = ("rating", "employment", "resident_count", "assessment", "measure_value", "wage_band")
Ask = Callable[..., Awaitable[Any]]


class Register:
    """The register, and the model that is told the same."""

    def __init__(self, database: Database, admin: Connection, dice: random.Random, folder: Path, ask: Ask) -> None:
        self.database, self.admin, self.dice, self.ask = database, admin, dice, ask
        self.drawer, self.model = Drawer(dice, folder), Plain()
        self.traveller: Traveller | None = None
        self.policies = [shipped_documents()["cn-national"]]
        self.position = 0

    async def travel(self) -> None:
        """Let the register begin years ago, and time pass between its change sets."""
        self.traveller = Traveller(self.admin, self.dice)
        await self.traveller.begin()

    async def begin(self) -> None:
        """Take the reference data over."""
        await seed(self.database, OPERATOR)
        for row in await self.admin.fetch(
            "SELECT code, path, valid::text AS valid FROM register.region ORDER BY lower(valid)"
        ):
            self.model.standing["REGION"][row["code"], row["valid"]] = dict(row)
        await self._recorded()

    async def step(self) -> None:
        """Do something to the register and to the model."""
        if self.traveller is not None:
            await self.traveller.go_on()
        doings = [self._bring] * 12 + [self._correct] * 3 + [self._end] * 2 + [self._rate] * 3
        await self.dice.choice(doings)()
        await self._recorded()

    async def grade(self) -> None:
        """Let every generated institution stand with its assessments, none of which is in force for ever."""
        for kind in ("organisations", "institutions", "assessments"):
            await self._bring(self.drawer.draw_all(kind, self.drawer.generated[kind]))
            await self._recorded()

    async def _bring(self, given: File | None = None) -> None:
        file, after = given or self.drawer.draw(self.model), self.model.copy()
        counts, names = bring(after, file), {"file_name": file.name, "source": "test"}
        content = io.BytesIO(file.bytes())
        try:
            result = await import_file(
                self.database, OPERATOR, KEYS, file.kind, content, file_format=file.file_format,
                options=file.options, **names,
            )  # fmt: skip
        except (InputError, Conflict):
            assert counts is None, file
            return
        assert counts == Counts(**{name: getattr(result, name) for name in asdict(Counts())}), (file, result)
        if not file.options.dry_run:
            self.model = after

    async def _correct(self) -> None:
        """Correct a few institutions by hand."""
        codes = list(self.model.standing["INSTITUTION"])
        async with publishing(self.database, OPERATOR, ChangeKind.CORRECTION, "c", action="test") as change:
            for key in self.dice.sample(codes, min(3, len(codes))):
                name, beds = self.dice.choice(NAMES), self.dice.choice([0, 10, 55])
                ordinal = await change.reserve_from(1) + 1
                await change.connection.execute(
                    "UPDATE register.institution SET name = $2, beds = $3, change_id = $4, ordinal = $5"
                    " WHERE code = $1",
                    *(key[0], name, beds, change.change_id, ordinal),
                )
                content = {**self.model.standing["INSTITUTION"][key], "name": name, "beds": beds}
                self.model.standing["INSTITUTION"][key] = content
                self.model.rows["institutions"][key] = {
                    **self.model.rows["institutions"][key],
                    "name": name,
                    "beds": str(beds),
                }

    async def _end(self) -> None:
        """End an institution with everything that is on it."""
        codes = [key[0] for key in self.model.standing["INSTITUTION"]]
        if not codes:
            return
        code = self.dice.choice(codes)
        async with publishing(self.database, OPERATOR, ChangeKind.CORRECTION, "e", action="test") as change:
            number = await self.admin.fetchval("SELECT id FROM register.institution WHERE code = $1", code)
            for table in ON_AN_INSTITUTION:
                done = await change.connection.execute(
                    f"DELETE FROM register.{table} WHERE institution_id = $1", number
                )
                await change.reserve_from(int(done.split()[1]))
            await change.connection.execute("DELETE FROM register.institution WHERE id = $1", number)
            await change.reserve_from(1)
        self.model.end_institution(code)

    async def _rate(self) -> None:
        if self.policies:
            await add_policy(self.database, OPERATOR, self.policies.pop())
            await self._recorded()
        await recompute(self.database, OPERATOR, incremental=self.dice.random() < 0.5)

    async def _recorded(self) -> None:
        head = await self.admin.fetchrow("SELECT position, recorded_at FROM register.register_head")
        rated = await self.admin.fetch(RATED)
        self.model.standing["RATING"] = {(row["code"],): _rating(row) for row in rated}
        if head["position"] != self.position:
            assert head["position"] == self.position + 1 or not self.position
            self.position = head["position"]
            self.model.recorded(head["recorded_at"])

    # Questions -----------------------------------------------------------------------------------------------------

    def instants(self) -> list[datetime]:
        """Instants before the first change set, at each, beside it by a microsecond, between, beyond the newest, and at
        midnights of the law, among them those at which an assessment comes into force or expires."""
        at = [at for at, _ in self.model.states]
        between = [a + (b - a) / 2 for a, b in pairwise(at)]
        beside = [moment + move for moment in at for move in (-TICK, TICK - TICK, TICK)]
        turning = turning_points(self.model.states)
        return [at[0] - timedelta(days=400), *beside, *between, *turning, datetime.now(UTC)]

    async def question(self, at: datetime | None = None) -> None:
        """Ask something about an instant and compare."""
        when = at or self.dice.choice(self.instants())
        await self.dice.choice([self._institution, self._organisation, self._ratings, self._list, self._list])(when)

    def _code(self) -> str:
        known = [*self.model.rows["institutions"], *self.model.rows["organisations"]]
        known += [key for _, state in self.model.states[-6:] for key in state["INSTITUTION"]]
        return self.dice.choice(known)[0] if known else "unknown"

    async def _institution(self, when: datetime) -> None:
        code = self._code()
        told = await self.ask(questions.INSTITUTION, c=code, t=when.isoformat())
        assert told["institution"] == questions.institution(self.model.at(when), code, when), (
            code,
            when,
        )

    async def ask_turning(self, when: datetime) -> list[Any]:
        """Ask about each institution of which an assessment begins or has expired at an instant, or a tick after it."""
        found = [content for content in self.model.standing["ASSESSMENT"].values() if turns_at(content, when)]
        answers = []
        for code in sorted({content["institutionCode"] for content in found}):
            told = await self.ask(questions.INSTITUTION, c=code, t=when.isoformat())
            assert told["institution"] == questions.institution(self.model.at(when), code, when), (code, when)
            answers.append(told["institution"] and told["institution"]["assessedGrade"])
        return answers

    async def _organisation(self, when: datetime) -> None:
        code = self.dice.choice(list(self.model.rows["organisations"]) or [("unknown",)])[0]
        told = (await self.ask(questions.ORGANISATION, c=code, t=when.isoformat()))["organisation"]
        assert told == questions.organisation(self.model.at(when), code), (code, when)

    async def _ratings(self, when: datetime) -> None:
        codes = [self._code() for _ in range(12)]
        told = (await self.ask(questions.RATINGS, c=codes, t=when.isoformat()))["ratings"]
        assert told == [questions.rating_answer(self.model.at(when), code) for code in codes], when

    async def _list(self, when: datetime) -> None:
        regions = ["CN", "220000", *(row["region_code"] for row in self.model.rows["institutions"].values())]
        listing, state = questions.Listing.draw(self.dice, regions), self.model.at(when)
        order = [{"field": name, "direction": way} for name, way in listing.order]
        found, cursor, more = [], None, True
        while more:
            asked = {"f": listing.wanted, "o": order, "n": self.dice.randrange(1, 20), "c": cursor}
            page = (await self.ask(questions.LIST, **asked, t=when.isoformat()))["institutions"]
            found += [node["code"] for node in page["nodes"]]
            cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            assert page["totalCount"] == len(listing.codes(state)), (listing, when)
        assert found == listing.codes(state), (listing, when)

    async def contents(self) -> None:
        """Compare every row of every kind, now and at every position."""
        for position, (_, state) in enumerate(self.model.states[1:], self.position - len(self.model.states) + 2):
            assert _compared(await held(self.admin, position)) == _compared(stated(state)), position


def _compared(contents: dict[str, list[str]]) -> dict[str, list[str]]:
    return {kind: rows for kind, rows in contents.items() if kind not in ("REGION", "RATING")}


def _rating(row: Any) -> dict[str, Any]:
    score = None if row["scaled"] is None else f"{row['scaled'] / 10 ** row['decimals']:.{row['decimals']}f}"
    return {"stars": row["stars"], "reason": row["reason"], "score": score, "scaled": row["scaled"]}


@pytest.fixture
async def ask(database: Database) -> Any:
    """Ask the real application."""
    context = ApiContext(database, secret=b"s" * 32)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:

        async def post(query: str, **variables: Any) -> Any:
            body = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
            assert "errors" not in body, body
            return body["data"]

        yield post


@pytest.mark.parametrize("number", SEEDS)
async def test_answers_about_any_instant_equal_a_replayed_copy(
    database: Database, admin: Connection, tmp_path: Path, ask: Ask, number: int
) -> None:
    generate(tmp_path / "generated", 25, number + 1)
    register = Register(database, admin, random.Random(number), tmp_path / "generated", ask)
    await register.travel()
    await register.begin()
    for _ in range(STEPS):
        await register.step()
        await register.question()
        await register.question(register.model.states[-1][0])
    assert len({law_date(at) for at, _ in register.model.states}) > STEPS // 4
    for at in register.instants():
        await register.question(at)
    await register.grade()
    turned = [await register.ask_turning(at) for at in turning_points(register.model.states)]
    assert any(before and after and before != after for before, after in pairwise(turned)), "none began or expired"
    await register.contents()
    assert (await verify(database)).holds


async def test_a_reader_at_an_instant_does_not_see_what_commits_meanwhile(
    database: Database, admin: Connection, addresses: Addresses, tmp_path: Path, ask: Ask
) -> None:
    generate(tmp_path / "generated", 25, 7)
    register = Register(database, admin, random.Random(7), tmp_path / "generated", ask)
    await register.begin()
    for kind in ("organisations", "institutions"):
        rows = register.drawer.generated[kind]
        file = register.drawer.draw_all(kind, rows)
        await import_file(database, OPERATOR, KEYS, kind, io.BytesIO(file.bytes()), file_name="f", source="test")
        register.model.bring(kind, rows)
        await register._recorded()
    answers, done = await _asked_meanwhile(register)
    assert set(answers[:-1]) <= {(0, 25), (25, 0)}
    assert answers[-1] == (25, 0)
    for when, answer in done:
        told = await _named(register, when)
        assert told == answer, "the answer about an instant that has passed changed afterwards"


async def _asked_meanwhile(register: Register) -> tuple[list[tuple[int, int]], list[tuple[datetime, tuple[int, int]]]]:
    """Ask without a pause while an import writes slowly and commits: counts of new and of old names."""
    rows = [{**row, "name": "新名" + row["name"]} for row in register.drawer.generated["institutions"]]
    file = register.drawer.draw_all("institutions", rows)
    writing = asyncio.Event()

    def tell(progress: Any) -> None:
        if progress.step is ImportStep.WRITING:
            writing.set()

    task = asyncio.create_task(
        import_file(
            register.database, OPERATOR, KEYS, "institutions", io.BytesIO(file.bytes()), file_name="f", source="t",
            progress=tell,
        )
    )  # fmt: skip
    done: list[tuple[datetime, tuple[int, int]]] = []
    while not task.done() or len(done) < 8:
        when = datetime.now(UTC)
        done.append((when, await _named(register, when)))
    await task
    assert writing.is_set()
    return [answer for _, answer in done] + [await _named(register, datetime.now(UTC))], done


async def _named(register: Register, when: datetime) -> tuple[int, int]:
    asked = {"f": {}, "o": [{"field": "CODE", "direction": "ASC"}], "n": 100, "c": None, "t": when.isoformat()}
    text = questions.LIST.replace("nodes { code }", "nodes { code name }")
    nodes = (await register.ask(text, **asked))["institutions"]["nodes"]
    new = sum(node["name"].startswith("新名") for node in nodes)
    return new, len(nodes) - new
