"""A small register whose every answer can be worked out by hand."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from apikit.builder import Writer, change_set, period
from registry.db.pool import Database
from registry.services.transactions import ChangeKind

ORGANISATION = "91110000802100433B"
SINGLE = "914403001922038216"
CHAIN = "91330100799655058B"
CMS = "US-CCN:015010"


@dataclass
class Sample:
    """Numbers of the rows, and the instants at which each change set was recorded."""

    institutions: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    policies: dict[str, int] = field(default_factory=dict)
    runs: list[int] = field(default_factory=list)
    recorded: list[datetime] = field(default_factory=list)


async def write_regions(writer: Writer) -> None:
    await writer.region("CN", "中国", None, "CN", "NATION", name_en="China")
    await writer.region("220000", "吉林省", "CN", "CN/220000", "PROVINCE")
    await writer.region("220100", "长春市", "220000", "CN/220000/220100", "PREFECTURE")
    await writer.region("220102", "南关区", "220100", "CN/220000/220100/220102", "COUNTY")
    chaoyang = ("220100", "CN/220000/220100/220104", "COUNTY")
    await writer.region("220104", "朝阳区", *chaoyang, valid_to=date(2039, 12, 31))
    await writer.region("220104", "未来区", *chaoyang, valid_from=date(2040, 1, 1))
    await writer.region("220199", "旧区", "220100", "CN/220000/220100/220199", "COUNTY", valid_to=date(2000, 1, 1))
    await writer.region("US", "美国", None, "US", "NATION", name_en="United States")
    await writer.region("US-AL", "亚拉巴马州", "US", "US/US-AL", "PROVINCE")


async def write_subjects(writer: Writer, sample: Sample) -> None:
    org, inst = sample.organisations, sample.institutions
    org["single"] = await writer.organisation(SINGLE, "安康养老院有限公司", registered_on=date(2011, 2, 3))
    org["chain"] = await writer.organisation(CHAIN, "夕阳红集团", "220104", address="长春市朝阳区 1 号")
    org["cms"] = await writer.organisation("US-CCN:015010", "Burns Nursing Home", "US-AL", legal_form="OTHER")
    inst["single"] = await writer.institution(SINGLE, "安康养老院", org["single"], beds=120, opened_on=date(2011, 3, 1))
    inst["east"] = await writer.institution("FAC:A1", "夕阳红东站", org["chain"], "220104", kind="DAY_CARE", beds=10)
    inst["west"] = await writer.institution("FAC:B2", "夕阳红西站", org["chain"], "220102", kind="DAY_CARE", beds=30)
    inst["cms"] = await writer.institution(
        "US-CCN:015010", "Burns Nursing Home", org["cms"], "US-AL", kind="NURSING_HOME", beds=57
    )
    await writer.add(
        "assessment",
        institution_id=inst["single"],
        decided_on=date(2025, 5, 1),
        grade=4,
        environment=100,
        facilities=110,
        operations=130,
        service=500,
        valid=period(date(2025, 5, 1), date(2028, 4, 30)),
        assessor="长春市民政局",
        document_number="长民〔2025〕1号",
    )


async def write_run(writer: Writer, sample: Sample) -> None:
    inst = sample.institutions
    national = sample.policies["national"]
    run = await writer.run()
    sample.runs.append(run)
    await writer.run_policy(run, national)
    await writer.ranks(run, national, {inst["single"]: (1, 1, 1), inst["east"]: (2, 2, 1)})
    await writer.rating(inst["single"], national, run, 4, certified_ratio=Decimal("0.875"))
    await writer.rating(inst["east"], national, run, 3)
    await writer.rating(inst["west"], national, run, None, certified_ratio=Decimal("0.25"))


async def write_sample(database: Database) -> Sample:
    """Write the sample register: regions, subjects, a policy, a run, then corrections and a second run."""
    sample = Sample()
    async with change_set(database, ChangeKind.SEED, "regions") as writer:
        await write_regions(writer)
    async with change_set(database) as writer:
        await write_subjects(writer, sample)
    async with change_set(database, ChangeKind.POLICY) as writer:
        sample.policies["national"] = await writer.policy("national")
    async with change_set(database, ChangeKind.RUN) as writer:
        await write_run(writer, sample)
    async with change_set(database, ChangeKind.CORRECTION, "a correction") as writer:
        await writer.amend("institution", sample.institutions["single"], name="安康颐养院", beds=150)
    async with change_set(database, ChangeKind.RUN) as writer:
        run = await writer.run(as_of=date(2026, 11, 1))
        sample.runs.append(run)
        await writer.run_policy(run, sample.policies["national"], weights=None, weights_run_id=sample.runs[0])
        await writer.ranks(run, sample.policies["national"], {sample.institutions["single"]: (1, 1, 1)})
        row = await writer.change.connection.fetchval(
            "SELECT id FROM register.rating WHERE institution_id = $1", sample.institutions["single"]
        )
        await writer.amend(
            "rating", row, stars=5, score_scaled=9555, score=Decimal("95.55"), run_id=run, as_of=date(2026, 11, 1)
        )
    rows = await database.public.fetch("SELECT recorded_at FROM disclosure.change_set ORDER BY position")
    sample.recorded = [row["recorded_at"] for row in rows]
    return sample
