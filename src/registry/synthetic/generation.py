"""A synthetic register, block by block: memory does not grow with the number of institutions."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from registry.domain.identifiers import refuse
from registry.synthetic import tables
from registry.synthetic.bad_rows import write_bad_rows
from registry.synthetic.blocks import Finding, World, write_block
from registry.synthetic.companions import open_companions, write_expected
from registry.synthetic.days import day_number
from registry.synthetic.draws import Draws
from registry.synthetic.evaluators import make_evaluators
from registry.synthetic.files import WrittenFile, write_json, write_manifest
from registry.synthetic.places import read_places
from registry.synthetic.planting import FINDINGS
from registry.synthetic.supporters import make_agencies, make_schools
from registry.synthetic.survey_tables import write_population

DEFAULT_AS_OF = date(2026, 10, 31)
EARLIEST_AS_OF = date(2022, 1, 1)
BLOCK = 2_000
MOST_INSTITUTIONS = 4_000_000
Progress = Callable[[int, int], None]
"""Called with the institutions done and all of them."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written: the files in the order in which they are imported, how many findings were planted, and the
    files of other sources and days."""

    directory: Path
    institutions: int
    seed: int
    as_of: date
    files: tuple[WrittenFile, ...]
    planted: int
    companions: tuple[WrittenFile, ...]


def generate(
    directory: Path,
    institutions: int,
    seed: int,
    as_of: date = DEFAULT_AS_OF,
    progress: Progress | None = None,
) -> Manifest:
    """Writes a synthetic register as CSV files into `directory`, the same bytes for the same arguments.

    `planted.json` lists the irregularities, `bad_rows/` has rows that an import must refuse, `manifest.json` the counts
    and digests; `second_source/`, `next_month/` and `truncated/` are to be imported after it. `as_of` is the day on
    which the register stands. Rules: `generate.institutions`, `generate.seed`, `generate.as-of`.
    """
    _check(institutions, seed, as_of)
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        world = _begin(directory, seed, as_of, stack)
        for number, start in enumerate(range(0, institutions, BLOCK), 1):
            end = min(start + BLOCK, institutions)
            write_block(world, number, start, end)
            if progress is not None:
                progress(end, institutions)
        files = tuple(table.written() for table in world.files.values())
        companions = world.companions.written()
    write_bad_rows(directory)
    write_expected(directory, world.companions)
    write_json(directory / "planted.json", _planted(world.findings, seed, as_of))
    manifest = Manifest(directory, institutions, seed, as_of, files, len(world.findings), companions)
    _write_manifest(manifest)
    return manifest


def _check(institutions: int, seed: int, as_of: date) -> None:
    if not 1 <= institutions <= MOST_INSTITUTIONS:
        zh, en = f"机构数应为1至{MOST_INSTITUTIONS}", f"the number of institutions is 1 to {MOST_INSTITUTIONS}"
        raise refuse("generate.institutions", zh, en)
    if seed < 0:
        raise refuse("generate.seed", "种子不能为负数", "the seed is not negative")
    if not EARLIEST_AS_OF <= as_of <= date(2100, 1, 1):
        zh, en = f"基准日应在{EARLIEST_AS_OF}之后", f"the day lies between {EARLIEST_AS_OF} and 2100-01-01"
        raise refuse("generate.as-of", zh, en)


def _begin(directory: Path, seed: int, as_of: date, stack: ExitStack) -> World:
    """Opens the files and writes what every block refers to: agencies and evaluation organisations."""
    day, draws, places = day_number(as_of), Draws(seed, 0), read_places(as_of)
    agencies = make_agencies(draws, places, 0, day)
    schools = make_schools(draws, places, len(agencies.codes), day)
    evaluators, files = make_evaluators(day), tables.open_tables(stack, directory)
    for owners in (agencies, schools):
        tables.write_organisations(files["organisations"], owners, places)
    write_population(files["population"], draws, as_of)
    tables.write_evaluators(files["evaluation-organisations"], evaluators, schools, places)
    return World(
        seed=seed,
        as_of=day,
        quarter_ends=_quarter_ends(as_of),
        files=files,
        places=places,
        evaluators=evaluators,
        companions=open_companions(stack, directory, seed, as_of),
        agencies=agencies.codes,
        schools=schools,
        organisations=len(agencies.codes) + len(schools.codes),
    )


def _quarter_ends(as_of: date) -> tuple[int, ...]:
    """The last days of the two quarters that ended before a day."""
    last = date(as_of.year, (as_of.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    before = date(last.year, last.month - 2, 1) - timedelta(days=1)
    return day_number(before), day_number(last)


def _planted(findings: list[Finding], seed: int, as_of: date) -> dict[str, object]:
    kinds = {code: {"zh": text.zh, "en": text.en} for code, text in FINDINGS.items()}
    return {"seed": seed, "as_of": as_of.isoformat(), "kinds": kinds, "findings": findings}


def _write_manifest(manifest: Manifest) -> None:
    write_manifest(
        manifest.directory,
        manifest.files,
        institutions=manifest.institutions,
        seed=manifest.seed,
        as_of=manifest.as_of.isoformat(),
        planted=manifest.planted,
        companions=[asdict(file) for file in manifest.companions],
    )
