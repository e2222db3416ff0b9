"""The statements of the resolvers, one a kind of row and page."""

from datetime import UTC, datetime
from typing import Any

from registry.db.pool import Pool
from registry.domain.lawdays import law_day

Row = Any
_INSTITUTION = "SELECT id, code, name, kind, beds, region_code FROM disclosure.institution"
_CAPS = (
    "WITH bears AS (SELECT e.institution_id, e.entry_id AS id, e.list_kind, e.ground_code, e.disputed "
    "FROM disclosure.institution_entry AS e WHERE e.institution_id = ANY ($1::bigint[])), "
    "caps AS (SELECT b.institution_id, c.policy_id, min(c.at_most) AS capped, "
    "(array_agg(c.code ORDER BY c.place, b.id) FILTER (WHERE c.at_most = 0))[1] AS suspending "
    "FROM bears AS b JOIN disclosure.credit_cap AS c ON c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) "
    "AND (c.while_disputed OR NOT b.disputed) GROUP BY b.institution_id, c.policy_id) "
)
_RATING = (
    _CAPS + "SELECT r.institution_id, CASE WHEN r.stars IS NOT NULL AND coalesce(c.capped, 1) > 0 "
    "THEN least(r.stars, c.capped) END AS stars, "
    "r.score, CASE WHEN r.stars IS NULL THEN r.reason ELSE c.suspending END AS reason, "
    "s.recorded_at AS published_at FROM disclosure.rating AS r "
    "JOIN disclosure.change_set AS s ON s.id = r.change_id "
    "LEFT JOIN caps AS c ON c.institution_id = r.institution_id AND c.policy_id = r.policy_id "
    "WHERE r.institution_id = ANY ($1::bigint[])"
)
_HISTORY = (
    _CAPS + "SELECT v.institution_id, least(v.stars, c.capped) AS stars, v.score, s.recorded_at AS published_at "
    "FROM disclosure.dated_rating AS v JOIN disclosure.change_set AS s ON s.id = v.change_id "
    "LEFT JOIN caps AS c ON c.institution_id = v.institution_id AND c.policy_id = v.policy_id "
    "AND v.recorded_to IS NULL "
    "WHERE v.institution_id = ANY ($1::bigint[]) AND v.stars IS NOT NULL AND coalesce(c.capped, 1) > 0 "
    "ORDER BY v.recorded_from DESC, v.id DESC"
)
_ENTRIES = (
    "SELECT b.institution_id, e.list_kind, e.authority, e.document_number, e.decided_on, e.in_force_to "
    "FROM disclosure.institution_entry AS b JOIN disclosure.listed_entry AS e ON e.id = b.entry_id "
    "WHERE b.institution_id = ANY ($1::bigint[]) ORDER BY e.decided_on DESC, e.id DESC"
)
_REGION = (
    "SELECT DISTINCT ON (code) code, name FROM disclosure.region WHERE code = ANY ($1::text[]) "
    "ORDER BY code, (valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)) DESC, valid_from DESC, id"
)
_RUN_BY = (
    "SELECT o.code AS asked, i.id, i.code FROM disclosure.organisation AS o "
    "JOIN disclosure.institution AS i ON i.organisation_id = o.id "
    "WHERE o.code = ANY ($1::text[]) AND i.status <> 'CLOSED'"
)


class Rows:
    """Reads rows on the public pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def institution(self, code: str) -> Row | None:
        """Return one institution."""
        return await self.pool.fetchrow(f"{_INSTITUTION} WHERE code = $1", code)

    async def page(self, code: str, number: int, count: int) -> list[Row]:
        """Return institutions by code behind one."""
        text = f"{_INSTITUTION} WHERE (code, id) > ($1, $2) ORDER BY code, id LIMIT $3"
        return await self.pool.fetch(text, code, number, count)

    async def behind(self, codes: list[str]) -> tuple[dict[str, int], dict[str, list[tuple[int, str]]]]:
        """Return which institution has a code, and which open ones its organisation runs."""
        own = await self.pool.fetch("SELECT id, code FROM disclosure.institution WHERE code = ANY ($1::text[])", codes)
        run: dict[str, list[tuple[int, str]]] = {}
        for row in await self.pool.fetch(_RUN_BY, codes):
            run.setdefault(row["asked"], []).append((row["id"], row["code"]))
        return {row["code"]: row["id"] for row in own}, run

    async def ratings(self, numbers: list[int]) -> list[Row | None]:
        """Return the rating row of each institution."""
        found = {row["institution_id"]: row for row in await self.pool.fetch(_RATING, numbers)}
        return [found.get(number) for number in numbers]

    async def histories(self, numbers: list[int]) -> list[list[Row]]:
        """Return the rating versions of each institution, newest first."""
        found: dict[int, list[Row]] = {number: [] for number in numbers}
        for row in await self.pool.fetch(_HISTORY, numbers):
            found[row["institution_id"]].append(row)
        return [found[number] for number in numbers]

    async def entries(self, numbers: list[int]) -> list[list[Row]]:
        """Return the entries in force that bear on each institution, newest decision first."""
        found: dict[int, list[Row]] = {number: [] for number in numbers}
        for row in await self.pool.fetch(_ENTRIES, numbers):
            found[row["institution_id"]].append(row)
        return [found[number] for number in numbers]

    async def regions(self, codes: list[str]) -> list[Row | None]:
        """Return the region of each code that is valid today, else the latest."""
        found = {row["code"]: row for row in await self.pool.fetch(_REGION, codes, law_day(datetime.now(UTC)))}
        return [found.get(code) for code in codes]
