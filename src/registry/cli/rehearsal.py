"""The stages of a demo; each does nothing where its work is done already."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from registry.cli.progress import counted_progress, shown_progress
from registry.cli.scoring import shown_stage
from registry.cli.screen import error_console
from registry.db.migrate import migrate
from registry.db.pool import Addresses, Database, open_database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Conflict
from registry.domain.lawdays import law_day
from registry.domain.personal import PersonalKeys
from registry.services.api_keys import NewKey, create_key
from registry.services.calendar import extend_calendar, last_day
from registry.services.flags.raising import raise_flags
from registry.services.importing import import_file
from registry.services.overview import Overview, imported_kinds, read_overview
from registry.services.policies import add_policy, check_policy, shipped_documents
from registry.services.rating_runs import RunSummary, recompute
from registry.services.seeding import seed as put_reference_data
from registry.services.statistics import count_workforce
from registry.synthetic import DEFAULT_AS_OF, generate
from registry.synthetic.calendars import SOURCE, weekdays

if TYPE_CHECKING:
    from registry.settings import Settings

DEMONSTRATOR = operator("demo")
ROLES = (Role.PROCUREMENT, Role.INSTITUTION, Role.REGULATOR, Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A register ready to be shown: what it holds, the run that was made, a token a role, seconds a stage."""

    overview: Overview
    run: RunSummary | None
    tokens: dict[str, str] = field(repr=False)
    seconds: dict[str, float]


@dataclass(slots=True)
class _Stages:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)
        error_console().print(f"{name}: {self.seconds[name]:.1f} s", markup=False, style="dim")


def note(zh: str, en: str) -> None:
    """Tell what is left out and why."""
    error_console().print(f"{en} / {zh}", markup=False)


async def rehearse(settings: "Settings", addresses: Addresses, institutions: int, seed: int) -> Rehearsal:
    """Bring the register to where it can be shown; what is there already stays."""
    stages = _Stages()
    with stages.stage("migrate"):
        await migrate(addresses.owner)
    async with open_database(addresses, size=4) as database:
        with stages.stage("seed"), shown_progress("seed") as report:
            await put_reference_data(database, DEMONSTRATOR, report)
            await plan_ahead(database, DEMONSTRATOR)
        keys = settings.personal_keys()
        await _fill(database, keys, stages, institutions, seed)
        run = await _score(database, stages)
        with stages.stage("flags"):
            await raise_flags(database, DEMONSTRATOR, _day())
        with stages.stage("statistics"):
            await count_workforce(database, DEMONSTRATOR, _day())
        overview = await read_overview(database)
        tokens = await _make_tokens(database, settings.key("SECRET_KEY"), overview)
    return Rehearsal(overview, run, tokens, stages.seconds)


async def plan_ahead(database: Database, actor: Actor) -> None:
    """Let the windows of cases reach into a year whose holidays are not announced yet."""
    reached, needed = await last_day(database), date(law_day(datetime.now(UTC)).year + 1, 12, 31)
    if reached is not None and reached < needed:
        await extend_calendar(database, actor, weekdays(reached, needed), SOURCE)


async def _fill(database: Database, keys: PersonalKeys, stages: _Stages, institutions: int, seed: int) -> None:
    """Import a synthetic register, or the rest of one whose import was interrupted; leave any other register alone."""
    source = f"synthetic register of {institutions} institutions, seed {seed}"
    done = await imported_kinds(database, source)
    if not done and (await read_overview(database)).counts["organisations"]:
        note("登记中已有数据，不再生成", "The register is not empty: nothing is generated")
        return
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as folder:
        with stages.stage("generate"), counted_progress("generate", institutions) as told:
            manifest = generate(Path(folder), institutions=institutions, seed=seed, progress=told)
        missing = [file.name for file in manifest.files if Path(file.name).stem not in done]
        if not missing:
            note("登记已由先前的演示建立，直接使用", "The register of an earlier demo is there and is used")
        for name in missing:
            with stages.stage(f"import {name}"):
                await _import(database, keys, Path(folder) / name, source)


async def _import(database: Database, keys: PersonalKeys, file: Path, source: str) -> None:
    with shown_progress(f"import {file.name}") as report:
        await import_file(
            database, DEMONSTRATOR, keys, file.stem, file, file_name=file.name, source=source, progress=report
        )


async def _score(database: Database, stages: _Stages) -> RunSummary | None:
    """Add the shipped policies that are missing, and score unless there are ratings under all of them."""
    added = 0
    with stages.stage("policies"):
        for document in shipped_documents().values():
            try:
                await add_policy(database, DEMONSTRATOR, document)
                added += 1
            except Conflict:
                note("政策已存在", f"Policy {check_policy(document).code} is there already")
    if not added and (await read_overview(database)).counts["ratings"]:
        return None
    with stages.stage("score"), shown_stage() as report:
        return await recompute(database, DEMONSTRATOR, as_of=_day(), progress=report)


def _day() -> date:
    """The day on which the synthetic register stands, so that everybody sees the same ratings."""
    return DEFAULT_AS_OF


async def _make_tokens(database: Database, secret: bytes, overview: Overview) -> dict[str, str]:
    """Make a token a role; a second demo gets the same ones, by the idempotency key."""
    tokens: dict[str, str] = {}
    for role in ROLES:
        region = overview.example_province if role is Role.REGULATOR else None
        institution = overview.example_institution if role is Role.INSTITUTION else None
        wanted = NewKey(f"demo {role.lower()}", role, region, institution)
        if (role is Role.REGULATOR and region is None) or (role is Role.INSTITUTION and institution is None):
            continue
        retry_key = f"demo {role} {region or ''} {institution or ''}"
        key = await create_key(database, secret, DEMONSTRATOR, wanted, idempotency_key=retry_key)
        tokens[role.value] = key.token
    return tokens
