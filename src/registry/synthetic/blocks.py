"""One block of institutions with everything that hangs on them, drawn and written."""

from dataclasses import dataclass, field

import numpy as np

from registry.domain.identifiers import mask_citizen_id
from registry.synthetic import planting, tables
from registry.synthetic.certification import Certificates, draw_others, draw_skill, join, number_certificates
from registry.synthetic.companions import Companions
from registry.synthetic.days import number_day
from registry.synthetic.draws import Draws, Ints
from registry.synthetic.evaluators import AGENCIES_PER_PROVINCE, Evaluators, province_ranks
from registry.synthetic.excerpts import Excerpts
from registry.synthetic.facilities import (
    Institutions,
    Organisations,
    chain_sizes,
    draw_institutions,
    draw_organisations,
)
from registry.synthetic.files import CsvFile
from registry.synthetic.grading import draw_assessments, draw_measures
from registry.synthetic.ledgers import draw_awards, draw_training
from registry.synthetic.listings import Listed, Listing
from registry.synthetic.names import person_names
from registry.synthetic.numbers import citizen_numbers
from registry.synthetic.places import Places
from registry.synthetic.residents import draw_residents
from registry.synthetic.scene import Scene
from registry.synthetic.staff import People, Posts, draw_people, draw_posts, share_people
from registry.synthetic.survey_tables import write_wages
from registry.synthetic.surveys import draw_wages

Finding = dict[str, object]
_LISTING_STREAM = 2_000_000
"""What the entries of a block are drawn from: streams that nothing else uses."""


@dataclass(slots=True)
class World:
    """What lasts from block to block: the files, the places, the issuers, and the running numbers."""

    seed: int
    as_of: int
    quarter_ends: tuple[int, ...]
    files: dict[str, CsvFile]
    places: Places
    evaluators: Evaluators
    agencies: list[str]
    schools: Organisations
    companions: Companions
    organisations: int
    people: int = 0
    certificates: int = 0
    findings: list[Finding] = field(default_factory=list)

    def agencies_of(self, homes: Institutions) -> list[list[str]]:
        """The dispatching agencies of each institution's province."""
        ranks = province_ranks(self.places.provinces[homes.place]) * AGENCIES_PER_PROVINCE
        return [self.agencies[rank : rank + AGENCIES_PER_PROVINCE] for rank in ranks.tolist()]


@dataclass(slots=True)
class _Block:
    """What one block has drawn so far, and the rows that stood in the files before it."""

    scene: Scene
    plan: planting.Plan
    owners: Organisations
    first_institution: int
    first_post: int = 0
    first_certificate: int = 0
    institution: dict[str, Ints] = field(default_factory=dict)
    """For each kind of file the institution that each row of the block is about."""


def write_block(world: World, number: int, start: int, end: int) -> None:
    """Draws and writes the institutions from `start` to `end` (exclusive) as block `number` (from 1)."""
    draws = Draws(world.seed, number)
    block = _write_facilities(world, draws, planting.Plan(planting.wanted_findings(start, end)), end - start)
    posts, people, numbers = _write_staff(world, block)
    certificates = _write_certificates(world, block, posts, people, numbers)
    _write_grading(world, block)
    _write_ledgers(world, block, (posts, people, certificates), numbers)
    world.findings += _findings(block, posts, certificates, numbers)
    _write_wages(world, block.scene, posts)
    world.findings += _write_listings(world, block, posts, numbers, number)
    excerpts = Excerpts(world.files, block.institution)
    world.findings += world.companions.write(block.scene, block.plan, excerpts, number)


def _write_facilities(world: World, draws: Draws, plan: planting.Plan, count: int) -> _Block:
    sizes = chain_sizes(draws, count)
    owners = draw_organisations(draws, world.places, sizes.shape[0], world.organisations, world.as_of)
    homes = draw_institutions(draws, world.places, owners, sizes, world.as_of)
    world.organisations += sizes.shape[0]
    tables.write_organisations(world.files["organisations"], owners, world.places)
    first = tables.write_institutions(world.files["institutions"], homes, owners, world.places)
    block = _Block(Scene(draws, world.places, world.evaluators, homes, world.as_of), plan, owners, first)
    block.institution["institutions"] = np.arange(homes.count)
    return block


def _write_staff(world: World, block: _Block) -> tuple[Posts, People, list[str]]:
    scene, plan = block.scene, block.plan
    residents = draw_residents(scene.draws, scene.homes, scene.as_of)
    tables.write_residents(world.files["residents"], residents, scene.homes)
    short = planting.plant_social_shortage(scene, plan)
    posts = planting.plant_double_posts(scene, plan, draw_posts(scene, residents.current, short))
    share_people(scene.draws, posts)
    people = draw_people(scene, posts)
    numbers = _write_people(world, scene, people)
    agencies = world.agencies_of(scene.homes)
    block.institution |= {
        "residents": residents.institution,
        "people": posts.institution[people.post],
        "employments": posts.institution,
    }
    block.first_post = tables.write_posts(world.files["employments"], posts, numbers, scene.homes, agencies)
    return posts, people, numbers


def _write_people(world: World, scene: Scene, people: People) -> list[str]:
    index = np.arange(world.people, world.people + people.count)
    world.people += people.count
    numbers = citizen_numbers(index, people.province, people.born, people.male.astype(np.int64))
    tables.write_people(world.files["people"], people, numbers, person_names(scene.draws, people.male))
    return numbers


def _write_certificates(world: World, block: _Block, posts: Posts, people: People, numbers: list[str]) -> Certificates:
    scene, plan = block.scene, block.plan
    skill = planting.plant_ratio_jumps(scene, plan, posts, people, draw_skill(scene, posts, people))
    bad = planting.plant_bad_certificates(scene, plan, posts, people, skill)
    found = join([skill, planting.without(draw_others(scene, posts, people, skill), bad)])
    number_certificates(found, people, world.evaluators, world.certificates)
    world.certificates += found.count
    block.institution["certificates"] = block.institution["people"][found.person]
    codes = world.evaluators.codes
    block.first_certificate = tables.write_certificates(world.files["certificates"], found, numbers, codes)
    return found


def _write_grading(world: World, block: _Block) -> None:
    scene = block.scene
    assessments = draw_assessments(scene.draws, scene.homes, scene.as_of)
    tables.write_assessments(world.files["assessments"], assessments, scene.homes, world.places)
    block.institution["assessments"] = assessments.institution
    measures = draw_measures(scene.draws, scene.homes, world.quarter_ends)
    tables.write_measures(world.files["measures"], measures, scene.homes)


def _write_ledgers(world: World, block: _Block, staff: tuple[Posts, People, Certificates], numbers: list[str]) -> None:
    (posts, people, held), draws, homes = staff, block.scene.draws, block.scene.homes
    training = draw_training(draws, posts, people, held, world.as_of)
    tables.write_training(world.files["training"], training, numbers, world.schools, world.places)
    awards = draw_awards(draws, held, homes.place[block.institution["certificates"]], world.as_of)
    tables.write_awards(world.files["awards"], awards, held, numbers, world.places)


def _write_wages(world: World, scene: Scene, posts: Posts) -> None:
    surveyed_on = number_day(world.quarter_ends[-1]).isoformat()
    write_wages(world.files["wages"], draw_wages(scene.draws, scene.homes, posts), scene.homes, surveyed_on)


def _write_listings(world: World, block: _Block, posts: Posts, people: list[str], number: int) -> list[Finding]:
    """Writes the entries on credit lists; gives the findings of those on people who are on post."""
    homes, planted = block.scene.homes, {row for rows in block.plan.institutions for row in rows}
    listed = Listed(
        places=world.places,
        owners=block.owners.codes,
        homes=homes.codes,
        owner_of=homes.organisation,
        place=homes.place,
        active=np.nonzero(block.scene.active)[0],
        planted=np.array(sorted(planted), np.int64),
        people=people,
        posts=posts,
        as_of=world.as_of,
    )
    table = world.files["credit-entries"]
    listing = Listing(Draws(world.seed, _LISTING_STREAM + number), listed, table.rows)
    listing.draw(block.plan.wanted)
    if not listing.entries:
        return []
    first = table.write(*listing.columns())
    return [
        {
            "finding": planting.LISTED_PERSON,
            "institution_codes": [homes.codes[home]],
            "file": "credit-entries.csv",
            "rows": [first + row + 1],
            "citizen_id": mask_citizen_id(citizen),
        }
        for row, home, citizen in listing.planted
    ]


def _findings(block: _Block, posts: Posts, certificates: Certificates, numbers: list[str]) -> list[Finding]:
    """The findings of a block with their places: rows count from 1 under the header."""
    return [
        {
            "finding": kind,
            "institution_codes": [block.scene.homes.codes[row] for row in block.plan.institutions[number]],
            **_place(block, number, posts, certificates, numbers),
        }
        for number, kind in enumerate(block.plan.kinds)
    ]


def _place(block: _Block, number: int, posts: Posts, certificates: Certificates, people: list[str]) -> Finding:
    kind = block.plan.kinds[number]
    if kind == planting.SOCIAL_WORKERS_SHORT:
        row = block.plan.institutions[number][0]
        return {"file": "institutions.csv", "rows": [block.first_institution + row + 1]}
    if kind == planting.DOUBLE_POST:
        rows = np.nonzero(posts.planted == number)[0]
        rows = rows[np.argsort(posts.started[rows], kind="stable")]
        return {
            "file": "employments.csv",
            "rows": (rows + block.first_post + 1).tolist(),
            "citizen_id": mask_citizen_id(people[int(posts.person[rows[0]])]),
        }
    rows = np.nonzero(certificates.planted == number)[0]
    return {
        "file": "certificates.csv",
        "rows": (rows + block.first_certificate + 1).tolist(),
        "certificate_numbers": [certificates.numbers[row] for row in rows.tolist()],
    }
