"""A register to search in, of any size within a minute: institutions with ratings and ranks, and nobody employed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np

from common.register import ACTOR, AS_OF, Register
from registry.db.embedded import EmbeddedServer
from registry.db.migrate import migrate
from registry.db.pool import Addresses, open_database
from registry.services.importing.pinyin import latin_name
from registry.services.policies import add_policy, shipped_documents
from registry.services.seeding import seed
from registry.synthetic import DEFAULT_AS_OF
from registry.synthetic.days import day_number
from registry.synthetic.draws import Draws, Ints
from registry.synthetic.facilities import (
    FORMS,
    KINDS,
    STATUSES,
    Institutions,
    Organisations,
    chain_sizes,
    draw_institutions,
    draw_organisations,
)
from registry.synthetic.places import Places, read_places

SEARCHED = "searched"
RATED = 0.6
"""Share of the institutions that have a rating."""
SCORES = ((0, 0.05, 0.25, 0.5, 0.75, 0.95, 1), (1_200, 3_000, 4_800, 6_100, 7_300, 8_800, 9_950))
"""Quantiles of the score in hundredths."""
_STREAM = 9_001


Connection = "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def _change(connection: "Connection") -> AsyncIterator[int]:
    """Give the number of an open change set, published in the end; COPY needs the owner, whom no use case acts as."""
    async with connection.transaction():
        number = await connection.fetchval("SELECT nextval('register.change_id_seq')")
        await connection.execute(f"SET LOCAL registry.change_id = '{number}'")
        yield number
        publish = "SELECT register.publish_change_set($1, 'IMPORT', 'b', 'b', NULL, NULL, $2)"
        await connection.execute(publish, number, 1)


def _organisation_rows(drawn: Organisations, places: Places, first: int) -> Iterator[tuple[Any, ...]]:
    columns = zip(drawn.codes, drawn.names, drawn.forms.tolist(), drawn.place.tolist(), strict=True)
    for number, (code, name, form, place) in enumerate(columns, first):
        yield code, "USCC", name, FORMS[form].value, places.codes[place], "ACTIVE", number


def _institution_rows(drawn: Institutions, places: Places, owners: list[int], first: int) -> Iterator[tuple[Any, ...]]:
    numbers = (drawn.organisation, drawn.kinds, drawn.place, drawn.status, drawn.beds)
    columns = zip(drawn.codes, drawn.names, *(column.tolist() for column in numbers), strict=True)
    for number, (code, name, owner, kind, place, status, beds) in enumerate(columns, first):
        words = (KINDS[kind].value, places.codes[place], STATUSES[status].value)
        scheme = "FAC" if code.startswith("FAC:") else "USCC"
        yield code, scheme, owners[owner], name, *latin_name(name), *words, beds, number


async def _copy(connection: "Connection", table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, schema_name="register", columns=columns.split(), records=rows)


async def _write_subjects(connection: "Connection", institutions: int) -> None:
    day, draws = day_number(DEFAULT_AS_OF), Draws(1, _STREAM)
    places, sizes = read_places(DEFAULT_AS_OF), chain_sizes(draws, institutions)
    organisations = draw_organisations(draws, places, sizes.shape[0], 0, day)
    homes = draw_institutions(draws, places, organisations, sizes, day)
    columns = "code scheme name legal_form region_code status ordinal"
    await _copy(connection, "organisation", columns, _organisation_rows(organisations, places, 1))
    ids = dict(await connection.fetch("SELECT code, id FROM register.organisation"))
    owners = [ids[code] for code in organisations.codes]
    columns = "code scheme organisation_id name name_pinyin name_initials kind region_code status beds ordinal"
    await _copy(connection, "institution", columns, _institution_rows(homes, places, owners, sizes.shape[0] + 1))


_RUN = """INSERT INTO register.rating_run (kind, as_of, read_position, started_at, finished_at, engine_version, cause,
    institutions, changed, durations_ms, change_id)
  VALUES ('FULL', $1, 1, $2, $2, '1', 'benchmark', $3, $3, '{}', $4) RETURNING id"""
_RUN_POLICY = """INSERT INTO register.rating_run_policy (run_id, policy_id, weights_run_id, population, rated,
    counts_by_stars, distribution, frozen, input_digest, output_digest)
  VALUES ($1, $2, $1, $3, $3, '{}', '{}', '{}', '', '')"""
_RANKS = """INSERT INTO register.rating_rank_block (run_id, policy_id, block, members, nation, region, kind)
  SELECT $1, $2, k.block, k.members, k.ranks, k.ranks, k.ranks
    FROM (SELECT r.id / 1000 AS block, array_agg((r.id % 1000)::integer ORDER BY r.id) AS members,
                 array_agg(r.place::integer ORDER BY r.id) AS ranks
            FROM (SELECT institution_id AS id, rank() OVER (ORDER BY score DESC) AS place
                    FROM register.rating WHERE stars IS NOT NULL) AS r
           GROUP BY r.id / 1000) AS k"""


def _rating_rows(draws: Draws, ids: Ints, policy: int, run: int, indicators: int) -> Iterator[tuple[Any, ...]]:
    scores = draws.quantile(SCORES, ids.shape[0]).astype(np.int64)
    people = draws.between(1, 60, ids.shape[0])
    certified = np.minimum(draws.between(people // 2, people + people // 3, ids.shape[0]), people)
    details = [[4_321 + 7 * place for place in range(indicators)]] * 3
    columns = zip(ids.tolist(), scores.tolist(), people.tolist(), certified.tolist(), strict=True)
    for number, (institution, score, heads, papers) in enumerate(columns, 1):
        ratio = Decimal(round(papers / heads * 1_000_000)).scaleb(-6)
        stars = min(score // 1_600, 4) + 1
        yield (
            institution, policy, run, run, AS_OF, stars, score, Decimal(score).scaleb(-2), ratio, *details,
            [5_000] * 4, [3] * 4, number,
        )  # fmt: skip


async def _write_ratings(connection: "Connection", change_id: int) -> None:
    draws = Draws(1, _STREAM + 1)
    found = await connection.fetch("SELECT id FROM register.institution ORDER BY id")
    ids = np.array([row["id"] for row in found], np.int64)
    ids = ids[draws.chance(RATED, ids.shape[0])]
    policy, indicators = await connection.fetchrow(
        "SELECT id, cardinality(indicators) FROM register.rating_policy WHERE code = 'cn-national'"
    )
    run = await connection.fetchval(_RUN, AS_OF, datetime.now(UTC), ids.shape[0], change_id)
    await connection.execute(_RUN_POLICY, run, policy, ids.shape[0])
    columns = (
        "institution_id policy_id run_id weights_run_id as_of stars score_scaled score certified_ratio "
        "indicator_values points contributions domain_points domain_grades ordinal"
    )
    await _copy(connection, "rating", columns, _rating_rows(draws, ids, policy, run, indicators))
    await connection.execute(_RANKS, run, policy)


async def _fill(addresses: Addresses, institutions: int) -> None:
    await migrate(addresses.owner)
    async with open_database(addresses, size=1) as database:
        await seed(database, ACTOR)
        await add_policy(database, ACTOR, shipped_documents()["cn-national"])
    connection = await asyncpg.connect(addresses.owner)
    try:
        async with _change(connection):
            await _write_subjects(connection, institutions)
        async with _change(connection) as change_id:
            await _write_ratings(connection, change_id)
    finally:
        await connection.close()


@contextmanager
def searched_register(folder: Path, institutions: int) -> Iterator[Register]:
    """Give a register whose database SEARCHED is full, analysed and otherwise idle; made anew each time."""
    folder.mkdir(parents=True, exist_ok=True)
    with EmbeddedServer.open(folder / "server") as server:
        register = Register(server, folder, institutions)
        register.command(f"DROP DATABASE IF EXISTS {SEARCHED}", f"CREATE DATABASE {SEARCHED}")
        asyncio.run(_fill(register.addresses(SEARCHED), institutions))
        register.command("VACUUM ANALYZE", database=SEARCHED)
        register.command("CHECKPOINT")
        yield register
