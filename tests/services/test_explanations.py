"""A published rating is explained from what its run read, now and at every later time, and to whom counts are shown."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.asked import Statements
from tests.services.generated import CLI, add_second_version, generated_register, revoke_every_third

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.errors import NotFound
from registry.services import policy_runs
from registry.services.explanations import Explanation, StoodAt, explain_rating, find_explanation
from registry.services.rating_runs import recompute
from registry.synthetic import DEFAULT_AS_OF

DAY = DEFAULT_AS_OF
STANDING = """SELECT i.id, i.code, r.stars, r.score, r.run_id FROM register.rating AS r
                JOIN register.institution AS i ON i.id = r.institution_id ORDER BY i.id"""
OF_CARERS = {"certified_ratio", "skill_configuration", "senior_skill_ratio", "first_aid_ratio", "carer_turnover_12m"}


@pytest.fixture
async def register(database: Database, tmp_path: Path) -> Database:
    """A synthetic register, rated under every shipped policy."""
    await generated_register(database, tmp_path, institutions=80)
    await recompute(database, CLI, as_of=DAY)
    return database


async def _everything(database: Database, admin: Connection, position: int | None = None) -> dict[str, Explanation]:
    """The explanation of every rating that stands, each held to the rating itself."""
    told = {}
    for row in await admin.fetch(STANDING):
        told[row["code"]] = one = await explain_rating(database, CLI, row["code"], StoodAt(position))
        if position is None:
            assert (one.rating["stars"] or None, one.run_id) == (row["stars"], row["run_id"])
            assert row["score"] is None or Decimal(one.rating["score"]) == row["score"]
        assert one.reproduced
        assert sum(Decimal(line["contribution"]) for line in one.rating["indicators"]) == Decimal(
            one.rating["score"] or 0
        )
    return told


async def test_every_rating_is_reproduced_and_each_change_split(
    register: Database, admin: Connection, tmp_path: Path
) -> None:
    first = await _everything(register, admin)
    assert len(first) > 20
    assert all(one.change is None for one in first.values())
    position = await admin.fetchval("SELECT position FROM register.register_head")
    await revoke_every_third(register, tmp_path)
    await recompute(register, CLI, as_of=DAY, incremental=True)
    second = await _everything(register, admin)
    moved = [code for code, one in second.items() if one.change is not None]
    assert moved
    await add_second_version(register)
    await recompute(register, CLI, as_of=DAY, incremental=True)
    assert await _everything(register, admin) == second
    await recompute(register, CLI, as_of=DAY)
    third = await _everything(register, admin)
    assert {part for one in third.values() if one.change for part in _moving(one)} >= {"weights", "own_data"}
    for before, after in ((first, second), (second, third)):
        for code, one in after.items():
            if one.change is not None and one.run_id != before[code].run_id:
                _hold_change(one, before[code])
    then = await _everything(register, admin, position)
    assert then == first


def _moving(one: Explanation) -> set[str]:
    assert one.change is not None
    return {part["part"] for part in one.change["parts"] if part["score"] not in (None, "0.00")}


def _hold_change(after: Explanation, before: Explanation) -> None:
    change = after.change
    assert change is not None
    assert change["since"] == {
        "run_id": before.run_id,
        "policy_id": before.policy_id,
        "as_of": before.as_of.isoformat(),
    }
    ends = [(told.rating["score"], told.rating["stars"]) for told in (before, after)]
    assert [(change[end]["score"], change[end]["stars"]) for end in ("before", "after")] == ends
    if change["score"] is not None and all(part["score"] for part in change["parts"]):
        assert sum(Decimal(part["score"]) for part in change["parts"]) == Decimal(change["score"])
    assert sum(part["grades"] for part in change["parts"]) == change["grades"]


def _institution(code: str) -> Actor:
    return Actor("key:9", Role.INSTITUTION, institution_code=code)


async def test_counts_of_few_people_are_for_the_institution_and_staff(register: Database, admin: Connection) -> None:
    hidden = shown = 0
    for row in await admin.fetch(STANDING):
        whole = await explain_rating(register, CLI, row["code"])
        public = await find_explanation(register, ANONYMOUS, row["id"])
        assert public is not None
        auditor = await find_explanation(register, Actor("key:1", Role.AUDITOR, scope=EVERYTHING), row["code"])
        own = await find_explanation(register, _institution(row["code"]), row["code"])
        another = await find_explanation(register, _institution("FAC:OTHER"), row["code"])
        assert (auditor, own, another) == (whole, whole, public)
        assert not whole.counts_withheld
        carers = next(
            (m["denominator"] for m in whole.rating["measures"] if m["code"] == "certified_ratio" and m["denominator"]),
            0,
        )
        for measure, seen in zip(whole.rating["measures"], public.rating["measures"], strict=True):
            assert measure["value"] == seen["value"]
            if measure["code"] in OF_CARERS and 0 < carers < 5:
                assert (seen["numerator"], seen["denominator"]) == (None, None)
                hidden += 1
            elif measure["code"] in OF_CARERS:
                assert measure == seen
                shown += 1
        assert public.way_up["ways"] == ([] if carers < 5 else whole.way_up["ways"])
    assert hidden
    assert shown


async def test_what_a_run_fixed_is_read_again_once_it_was_written_again(register: Database, admin: Connection) -> None:
    lowest = f"SELECT code FROM ({STANDING}) AS s WHERE stars IS NOT NULL ORDER BY score LIMIT 1"
    code = await admin.fetchval(lowest)
    assert (await explain_rating(register, CLI, code)).rating["ranks"]["nation"] > 1
    nobody = "UPDATE register.rating_run_policy SET frozen = jsonb_set(frozen, '{standings}', '{}')"
    await admin.execute(f"SET session_replication_role = replica; {nobody}; RESET session_replication_role")
    assert (await explain_rating(register, CLI, code)).rating["ranks"]["nation"] == 1


async def test_what_has_no_rating_is_not_explained(register: Database, admin: Connection) -> None:
    assert await find_explanation(register, ANONYMOUS, "911101080000000000") is None
    with pytest.raises(NotFound) as unknown:
        await explain_rating(register, CLI, "911101080000000000")
    assert unknown.value.rule == "institution.unknown"
    row = (await admin.fetch(STANDING))[0]
    with pytest.raises(NotFound) as none:
        await explain_rating(register, CLI, row["code"], StoodAt(5))
    assert none.value.rule == "rating.none"


async def test_all_that_an_explanation_reads_is_one_statement(
    register: Database, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked about types or arguments, and nothing for each person; what a run fixed comes with it once."""
    codes = [row["code"] for row in (await admin.fetch(STANDING))[:5]]
    policy_runs._KNOWN.clear()
    statements = Statements(monkeypatch)
    for code in codes:
        statements.asked.clear()
        await explain_rating(register, ANONYMOUS, code)
        assert len(statements.asked) == 1, code
