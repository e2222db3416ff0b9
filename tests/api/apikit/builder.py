"""Registers for the API's tests, written row by row inside published change sets."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import asyncpg

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.services.importing.pinyin import latin_name
from registry.services.transactions import Change, ChangeKind, publishing

WRITER = operator("tests")


def period(start: date | None, last: date | None) -> "asyncpg.Range":
    """Return the stored form of a period with an inclusive last day."""
    return asyncpg.Range(start, last, lower_inc=True, upper_inc=last is not None)


@dataclass
class Writer:
    """Writes versions within one change set."""

    change: Change

    async def add(self, table: str, **values: Any) -> int:
        columns = {**values, "ordinal": await self.change.reserve_from(1) + 1}
        return await self._insert(table, columns)

    async def _insert(self, table: str, columns: dict[str, Any]) -> int:
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        text = f"INSERT INTO register.{table} ({', '.join(columns)}) VALUES ({marks}) RETURNING id"
        return int(await self.change.connection.fetchval(text, *columns.values()))

    async def amend(self, table: str, number: int, **values: Any) -> None:
        ordinal = await self.change.reserve_from(1) + 1
        columns = {**values, "change_id": self.change.change_id, "ordinal": ordinal}
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
        await self.change.connection.execute(
            f"UPDATE register.{table} SET {sets} WHERE id = $1", number, *columns.values()
        )

    async def end(self, table: str, number: int) -> None:
        await self.change.connection.execute(f"DELETE FROM register.{table} WHERE id = $1", number)
        await self.change.reserve_from(1)

    async def insert_plain(self, table: str, **values: Any) -> None:
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        text = f"INSERT INTO register.{table} ({', '.join(values)}) VALUES ({marks})"
        await self.change.connection.execute(text, *values.values())

    # Rows with sensible values -------------------------------------------------------------------------------------

    async def region(self, code: str, name: str, parent: str | None, path: str, level: str, **more: Any) -> int:
        valid = period(more.pop("valid_from", date(1949, 10, 1)), more.pop("valid_to", None))
        return await self.add(
            "region", code=code, name=name, parent_code=parent, path=path, level=level, valid=valid, **more
        )

    async def organisation(self, code: str, name: str, region_code: str = "220102", **more: Any) -> int:
        values = {"scheme": scheme_of(code), "legal_form": "COMPANY", "status": "ACTIVE", **more}
        return await self.add("organisation", code=code, name=name, region_code=region_code, **values)

    async def institution(
        self, code: str, name: str, organisation_id: int, region_code: str = "220102", **more: Any
    ) -> int:
        values = {"scheme": scheme_of(code), "kind": "CARE_HOME", "status": "ACTIVE", "beds": 100, **more}
        names = dict(zip(("name", "name_pinyin", "name_initials"), (name, *latin_name(name)), strict=True))
        return await self.add(
            "institution", code=code, organisation_id=organisation_id, region_code=region_code, **names, **values
        )

    async def policy(self, code: str, version: str = "1", **more: Any) -> int:
        text = f"code = '{code}'\nversion = '{version}'\n"
        values = {
            "sha256": sha256(text.encode()).digest(),
            "document": text,
            "canonical": "{}",
            "title_zh": f"政策{code}",
            "title_en": f"Policy {code}",
            "region_code": "CN",
            "legal_basis": "GB/T 37276-2018",
            "effective": period(date(2020, 1, 1), None),
            "score_decimals": 2,
            "grade_count": 5,
            "indicators": ["CERTIFIED", "SKILL"],
            **more,
        }
        return await self.add("rating_policy", code=code, version=version, **values)

    async def run(self, *, kind: str = "FULL", as_of: date = date(2026, 10, 1), **more: Any) -> int:
        at = datetime(2026, 10, 1, 18, tzinfo=UTC)
        values = {
            "read_position": 1,
            "started_at": at,
            "finished_at": at,
            "engine_version": "1",
            "cause": "tests",
            "institutions": 3,
            "changed": 2,
            "durations_ms": json.dumps({"score": 12, "read": 7}),
            **more,
        }
        return await self._insert(
            "rating_run", {"kind": kind, "as_of": as_of, "change_id": self.change.change_id, **values}
        )

    async def run_policy(self, run_id: int, policy_id: int, **more: Any) -> None:
        weights = {
            "CERTIFIED": {"base": 400000, "objective": 123456, "low": 400000, "high": 900000, "final": 612345},
            "SKILL": {"base": 600000, "objective": 876544, "low": 100000, "high": 600000, "final": 387655},
        }
        values = {
            "weights_run_id": run_id,
            "population": 3,
            "rated": 2,
            "counts_by_stars": [0, 0, 1, 1, 0],
            "weights": json.dumps(weights),
            "distribution": json.dumps(
                [
                    {
                        "measure": "SKILL",
                        "decimals": 2,
                        "present": 3,
                        "missing": 1,
                        "quantiles": [0, 5, 10, 50, 75, 95, 100],
                    },
                    {"measure": "BEDS", "decimals": 0, "present": 0, "missing": 4, "quantiles": []},
                ]
            ),
            "frozen": "{}",
            "input_digest": b"\1" * 32,
            "output_digest": b"\2" * 32,
            **more,
        }
        await self.insert_plain("rating_run_policy", run_id=run_id, policy_id=policy_id, **values)

    async def ranks(self, run_id: int, policy_id: int, places: dict[int, tuple[int, int, int]]) -> None:
        """Write the rank blocks; `places` gives (nation, region, kind) by institution id."""
        for block in sorted({number // 1000 for number in places}):
            inside = sorted(number for number in places if number // 1000 == block)
            arrays = [
                [number % 1000 for number in inside],
                *([places[number][k] for number in inside] for k in range(3)),
            ]
            named = dict(zip(("members", "nation", "region", "kind"), arrays, strict=True))
            await self.insert_plain("rating_rank_block", run_id=run_id, policy_id=policy_id, block=block, **named)

    async def score(self, policy_id: int, stars: int | None, scaled: int | None) -> Decimal | None:
        decimals = await self.change.connection.fetchval(
            "SELECT score_decimals FROM register.rating_policy WHERE id = $1", policy_id
        )
        return None if stars is None or scaled is None else Decimal(scaled).scaleb(-decimals)

    async def rating(self, institution_id: int, policy_id: int, run_id: int, stars: int | None, **more: Any) -> int:
        values = {
            "weights_run_id": run_id,
            "as_of": date(2026, 10, 1),
            "score_scaled": None if stars is None else stars * 1911,
            "reason": None if stars else "TOO_FEW_STAFF",
            "indicator_values": [875, 31],
            "points": [9000, 4100],
            "contributions": [5511, 1589],
            "domain_points": [7100],
            "domain_grades": [stars or 0],
            "adjustments": None,
            **more,
        }
        values.setdefault("score", await self.score(policy_id, stars, values["score_scaled"]))
        return await self.add(
            "rating", institution_id=institution_id, policy_id=policy_id, run_id=run_id, stars=stars, **values
        )


def scheme_of(code: str) -> str:
    """Return the scheme of a code by its text."""
    return code.partition(":")[0] if ":" in code else "USCC"


@asynccontextmanager
async def change_set(
    database: Database, kind: ChangeKind = ChangeKind.IMPORT, cause: str = "test rows", source: str | None = None
) -> AsyncIterator[Writer]:
    """Open a change set to write in."""
    async with publishing(database, WRITER, kind, cause, action="test.write", source=source) as change:
        yield Writer(change)
