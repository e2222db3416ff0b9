"""A scoring run the naive way: fetch, dictionaries, executemany. Only weights and grades are left to the engine."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import numpy as np
from common.reading import Vocabulary
from common.register import AS_OF

from naive.rows import RATING_COLUMNS, rating_rows
from naive.staff import MISSING, Holder, Institution, Post, Ratio, level_of, measure_all
from registry.db.pool import Connection, Record, fetch
from registry.domain.institutions import AbilityClass
from registry.services.policies import check_policy, shipped_documents
from registry.services.roster_inputs import CERTIFICATE_KINDS, SKILL_RUNGS, TITLE_RUNGS
from scoring import Column, Grouping, Outcome, Policy, Population, score

KINDS = list(CERTIFICATE_KINDS)
CLASSES = [ability.value for ability in AbilityClass]
PARTS = ("environment", "facilities", "operations", "service")
LEVELS = ("nation", "province", "prefecture", "county")
DAY = (AS_OF - date(1970, 1, 1)).days
TABLE = (
    "CREATE TABLE written (LIKE register.rating INCLUDING INDEXES INCLUDING CONSTRAINTS INCLUDING DEFAULTS "
    "INCLUDING IDENTITY)"
)
_FIXED = "1, '2026-10-31', 1, 1"
_INSERT = (
    f"INSERT INTO written ({', '.join(RATING_COLUMNS)}, run_id, as_of, change_id, ordinal) "
    f"VALUES ({', '.join(f'${number}' for number in range(1, len(RATING_COLUMNS) + 1))}, {_FIXED})"
)


def national_policy() -> Policy:
    """The policy that governs the synthetic register."""
    return check_policy(shipped_documents()["cn-national"])


@cache
def regional_policies() -> list[Policy]:
    """The shipped policies that are in force in a part of the nation."""
    found = [check_policy(document) for document in shipped_documents().values()]
    return [policy for policy in found if policy.governs.region != "CN" and policy.effective_from <= AS_OF]


def _institutions(rows: Iterable[Record]) -> dict[int, Institution]:
    return {row["id"]: Institution(row["id"], row["beds"]) for row in rows}


def _add_posts(institutions: Mapping[int, Institution], rows: Iterable[Record], occupations: list[str]) -> None:
    for row in rows:
        at = institutions.get(row["institution_id"])
        if at is not None:
            occupation = occupations[row["occupation"] - 1] if row["occupation"] else ""
            times = row["started_day"], row["ended_day"], row["appointed_level"], row["recorded"]
            at.posts.append(Post(row["person_id"], occupation, row["fte_thousandths"], *times))


def _holders(policy: Policy, rows: Iterable[Record], occupations: list[str]) -> dict[int, Holder]:
    assert policy.workforce is not None
    holders: dict[int, Holder] = {}
    for row in rows:
        if not row["valid_from_day"] <= DAY < row["valid_to_day"]:
            continue
        kind, occupation = KINDS[row["kind"] - 1], occupations[row["occupation"] - 1] if row["occupation"] else ""
        holder = holders.setdefault(row["person_id"], Holder())
        holder.kinds.add(kind)
        level = level_of(policy.workforce, kind, occupation, row["level"])
        if level is not None:
            holder.certified, holder.level = True, max(holder.level, level)
            holder.until = max(holder.until, row["valid_to_day"])
    return holders


def _column(ratios: Iterable[Ratio]) -> Column:
    pairs = np.array(list(ratios), np.int64).reshape(-1, 2)
    return Column(pairs[:, 0].copy(), pairs[:, 1].copy())


def _grouping(codes_by_row: list[str | None]) -> Grouping:
    codes = sorted({code for code in codes_by_row if code is not None})
    place = {code: number for number, code in enumerate(codes)}
    return Grouping(np.array([-1 if code is None else place[code] for code in codes_by_row], np.int32), tuple(codes))


async def score_naively(connection: Connection, policy: Policy, words: Vocabulary) -> tuple[Outcome, list[int]]:
    """Read and score what the policy governs; return the outcome and the institutions' ids in its order."""
    rows = await fetch(connection, "run/read_institutions", words.kinds, words.schemes, AS_OF, None)
    institutions = _institutions(rows)
    posts = await fetch(connection, "run/read_employments", words.occupations, AS_OF, None)
    _add_posts(institutions, posts, words.occupations)
    asked = KINDS, words.occupations, AS_OF, SKILL_RUNGS, TITLE_RUNGS, None
    certificates = await fetch(connection, "run/read_certificates", *asked)
    holders = _holders(policy, certificates, words.occupations)
    counted = await fetch(connection, "run/read_residents", CLASSES, AS_OF, None)
    for row in sorted(counted, key=lambda row: row["day"]):
        if row["institution_id"] in institutions:
            institutions[row["institution_id"]].residents[CLASSES[row["ability_class"] - 1]] = row["headcount"]
    assessed = {row["institution_id"]: row for row in await fetch(connection, "run/read_assessments", AS_OF, None)}
    measures = measure_all(policy, institutions, holders, DAY)
    for number, found in measures.items():
        assessment = assessed.get(number)
        for part in PARTS:
            found[f"assessment_{part}"] = MISSING if assessment is None else (assessment[part], 100)
    regions = await fetch(connection, "run/read_regions", AS_OF, None)
    governed = [row for row in rows if _governs(policy, row, words) and not _elsewhere(row, regions, words)]
    return score(policy, _population(policy, governed, measures, regions, words)), [row["id"] for row in governed]


def _governs(policy: Policy, row: Record, words: Vocabulary) -> bool:
    kind, scheme = words.kinds[row["kind"] - 1], words.schemes[row["scheme"] - 1]
    governs = policy.governs
    return (not governs.kinds or kind in governs.kinds) and (not governs.schemes or scheme in governs.schemes)


def _elsewhere(row: Record, regions: list[Record], words: Vocabulary) -> bool:
    """Whether a policy of a region within the nation governs the institution, and so the national one does not."""
    path = next(region["path"] for region in regions if region["id"] == row["region"]).split("/")
    return any(policy.governs.region in path[1:] and _governs(policy, row, words) for policy in regional_policies())


def _population(
    policy: Policy,
    rows: list[Record],
    measures: Mapping[int, Mapping[str, Ratio]],
    regions: list[Record],
    words: Vocabulary,
) -> Population:
    level_of_code = {region["code"]: region["level"].lower() for region in regions}
    above = {}
    for region in regions:
        codes = [code for code in region["path"].split("/") if code in level_of_code]
        above[region["id"]] = {level_of_code[code]: code for code in codes}
    groups = {level: _grouping([above[row["region"]].get(level) for row in rows]) for level in LEVELS}
    groups["kind"] = _grouping([words.kinds[row["kind"] - 1] for row in rows])
    wanted = [measure.code for measure in policy.measures]
    columns = {code: _column(measures[row["id"]][code] for row in rows) for code in wanted}
    return Population(len(rows), columns, groups, keys=np.array([row["id"] for row in rows], np.int64))


async def write_naively(
    connection: Connection, outcome: Outcome, ids: list[int], policy: Policy, policy_id: int
) -> None:
    """Write every rating, changed or not, one statement a row."""
    everything = np.arange(outcome.n)
    digests, keys = np.zeros(outcome.n, np.int64), np.array(ids, np.int64)
    rows = rating_rows(outcome, digests, everything, keys, policy=policy, policy_id=policy_id, weights_run_id=1)
    await connection.execute("TRUNCATE written")
    await connection.executemany(_INSERT, list(rows))
