"""The files of a synthetic register: their columns, and a block's rows in them."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from registry.synthetic import certification, evaluators, facilities, ledgers, residents, staff
from registry.synthetic.certification import Certificates
from registry.synthetic.days import NEVER, number_day, texts_of
from registry.synthetic.facilities import Institutions, Organisations
from registry.synthetic.files import CsvFile
from registry.synthetic.grading import Assessments, Measures
from registry.synthetic.ledgers import Awards, Training
from registry.synthetic.places import Places
from registry.synthetic.residents import Residents
from registry.synthetic.staff import People, Posts

COLUMNS: Mapping[str, str] = {
    "organisations": "organisation_code name legal_form region_code status registered_on address legal_representative",
    "institutions": "institution_code organisation_code name kind region_code status beds opened_on closed_on address",
    "evaluation-organisations": "evaluator_code name organisation_code evaluator_type region_code accredited_from"
    " accredited_to withdrawn_from withdrawal_reason",
    "people": "citizen_id name education registered_on",
    "employments": "citizen_id institution_code occupation started_on ended_on fte dispatched_by appointed_level"
    " position_title",
    "certificates": "certificate_number citizen_id kind occupation level evaluator_code issued_on expires_on status"
    " status_from",
    "training": "citizen_id occupation programme level provider provider_code started_on ended_on hours result"
    " subsidy_amount subsidy_paid_on document_number",
    "awards": "citizen_id level document_number amount awarded_on authority region_code certificate_number",
    "residents": "institution_code ability_class day_from headcount",
    "assessments": "institution_code decided_on grade environment facilities operations service valid_from valid_to"
    " assessor document_number",
    "measures": "institution_code measure_code day value flag",
    "population": "region_code day_from aged_60 aged_65 aged_80",
    "wages": "institution_code occupation level surveyed_on from_yuan below_yuan people",
    "credit-entries": "document_number list_code subject_kind subject_code citizen_id origin decided_on ground_code"
    " repair_class evidence legal_basis remedy authority region_code reference published_on last_day ended_on"
    " end_kind end_reason end_document_number",
}
"""The columns of each kind of file, in the order in which the files are imported."""

SATISFACTION = "RESIDENT_SATISFACTION"
_FTE_TEXTS = [f"{thousandths / 1000:g}" for thousandths in range(1001)]
_APPOINTED = ("", "APPRENTICE", "CHIEF_TECHNICIAN")
_TITLES = ("护理员", "健康照护员", "评估员", "社工", "康复师", "营养师", "护士", "医生", "管理人员", "后勤人员")


def open_tables(stack: ExitStack, directory: Path) -> dict[str, CsvFile]:
    """All files, closed and named by the stack."""
    return {
        kind: stack.enter_context(CsvFile(directory, f"{kind}.csv", columns.split()))
        for kind, columns in COLUMNS.items()
    }


def write_organisations(table: CsvFile, found: Organisations, places: Places) -> None:
    """The rows of organisations."""
    table.write(
        found.codes,
        found.names,
        [facilities.FORMS[form].value for form in found.forms.tolist()],
        [places.codes[row] for row in found.place.tolist()],
        ["ACTIVE"] * len(found.codes),
        texts_of(found.registered),
        found.addresses,
        found.representatives,
    )


def write_institutions(table: CsvFile, found: Institutions, owners: Organisations, places: Places) -> int:
    """The rows of institutions; gives the number of rows before them."""
    return table.write(
        found.codes,
        [owners.codes[row] for row in found.organisation.tolist()],
        found.names,
        [facilities.KINDS[kind].value for kind in found.kinds.tolist()],
        [places.codes[row] for row in found.place.tolist()],
        [facilities.STATUSES[status].value for status in found.status.tolist()],
        found.beds.tolist(),
        texts_of(found.opened),
        texts_of(found.closed),
        found.addresses,
    )


def write_evaluators(table: CsvFile, found: evaluators.Evaluators, owners: Organisations, places: Places) -> None:
    """The rows of evaluation organisations, whose legal entities are the given organisations in the same order."""
    count = len(found.codes)
    lost = [day != NEVER for day in found.withdrawn.tolist()]
    table.write(
        found.codes,
        owners.names,
        owners.codes,
        [kind.value for kind in found.types],
        [places.codes[row] for row in owners.place.tolist()],
        [number_day(evaluators.ACCREDITED_FROM).isoformat()] * count,
        [""] * count,
        texts_of(found.withdrawn),
        ["违规发证" if gone else "" for gone in lost],
    )


def write_people(table: CsvFile, found: People, numbers: list[str], names: list[str]) -> None:
    """The rows of people."""
    educations = [staff.EDUCATIONS[education].value for education in found.education.tolist()]
    table.write(numbers, names, educations, texts_of(found.registered))


def write_posts(table: CsvFile, found: Posts, people: list[str], homes: Institutions, agencies: list[list[str]]) -> int:
    """The rows of employments; `agencies` holds the dispatching agencies for each institution's province."""
    return table.write(
        [people[person] for person in found.person.tolist()],
        [homes.codes[row] for row in found.institution.tolist()],
        [staff.OCCUPATIONS[occupation].value for occupation in found.occupation.tolist()],
        texts_of(found.started),
        texts_of(found.ended),
        [_FTE_TEXTS[thousandths] for thousandths in found.fte.tolist()],
        [
            agencies[row][agency] if agency >= 0 else ""
            for row, agency in zip(found.institution.tolist(), found.dispatched.tolist(), strict=True)
        ],
        [_APPOINTED[level] for level in found.appointed.tolist()],
        [_TITLES[occupation] for occupation in found.occupation.tolist()],
    )


def write_certificates(table: CsvFile, found: Certificates, people: list[str], issuers: list[str]) -> int:
    """The rows of certificates."""
    return table.write(
        found.numbers,
        [people[person] for person in found.person.tolist()],
        [certification.KINDS[kind].value for kind in found.kind.tolist()],
        [staff.OCCUPATIONS[occupation].value for occupation in found.occupation.tolist()],
        [certification.LEVELS[level].value if level >= 0 else "" for level in found.level.tolist()],
        [issuers[row] if row >= 0 else "" for row in found.evaluator.tolist()],
        texts_of(found.issued),
        texts_of(found.expires),
        [certification.STATUSES[status].value for status in found.status.tolist()],
        texts_of(found.status_from),
    )


def write_training(table: CsvFile, found: Training, people: list[str], schools: Organisations, places: Places) -> None:
    """The rows of training records; the bureau at the school's place pays the subsidies."""
    paid, where = texts_of(found.paid), schools.place[found.school].tolist()
    table.write(
        [people[person] for person in found.person.tolist()],
        [staff.OCCUPATIONS[occupation].value for occupation in found.occupation.tolist()],
        [_programme(*row) for row in zip(found.occupation.tolist(), found.level.tolist(), strict=True)],
        [certification.LEVELS[level].value if level >= 0 else "" for level in found.level.tolist()],
        [schools.names[row] for row in found.school.tolist()],
        [schools.codes[row] for row in found.school.tolist()],
        texts_of(found.started),
        texts_of(found.ended),
        found.hours.tolist(),
        [ledgers.RESULTS[result].value for result in found.result.tolist()],
        [subsidy or "" for subsidy in found.subsidy.tolist()],
        paid,
        [f"人社培〔{day[:4]}〕{places.codes[row]}号" if day else "" for day, row in zip(paid, where, strict=True)],
    )


def _programme(occupation: int, level: int) -> str:
    if level < 0:
        return "失智照护专题培训"
    return f"{staff.OCCUPATIONS[occupation].zh}({certification.LEVELS[level].zh})培训"


def write_awards(table: CsvFile, found: Awards, certificates: Certificates, people: list[str], places: Places) -> None:
    """The rows of awards, each by the civil-affairs bureau of its place."""
    held, where, days = found.certificate.tolist(), found.place.tolist(), texts_of(found.day)
    table.write(
        [people[person] for person in certificates.person[found.certificate].tolist()],
        [certification.LEVELS[level].value for level in certificates.level[found.certificate].tolist()],
        [f"民发〔{day[:4]}〕{places.codes[row]}-{day[5:7]}号" for day, row in zip(days, where, strict=True)],
        found.amount.tolist(),
        days,
        [f"{places.cities[row]}{places.names[row]}民政局" for row in where],
        [places.codes[row] for row in where],
        [certificates.numbers[row] for row in held],
    )


def write_residents(table: CsvFile, found: Residents, homes: Institutions) -> None:
    """The rows of residents."""
    table.write(
        [homes.codes[row] for row in found.institution.tolist()],
        [residents.CLASSES[ability].value for ability in found.ability.tolist()],
        texts_of(found.day),
        found.headcount.tolist(),
    )


def write_assessments(table: CsvFile, found: Assessments, homes: Institutions, places: Places) -> None:
    """The rows of assessments, decided by the civil-affairs bureau of the city."""
    rows = homes.place[found.institution].tolist()
    decided = texts_of(found.decided)
    table.write(
        [homes.codes[row] for row in found.institution.tolist()],
        decided,
        found.grade.tolist(),
        *([f"{tenths / 10:g}" for tenths in part] for part in found.points.T.tolist()),
        decided,
        texts_of(found.last),
        [f"{places.cities[row]}民政局" for row in rows],
        [f"养评〔{day[:4]}〕{place}-{day[5:7]}{day[8:]}号" for day, place in zip(decided, rows, strict=True)],
    )


def write_measures(table: CsvFile, found: Measures, homes: Institutions) -> None:
    """The rows of measures; what was not submitted has no value and a flag."""
    table.write(
        [homes.codes[row] for row in found.institution.tolist()],
        [SATISFACTION] * found.institution.shape[0],
        texts_of(found.day),
        [f"{tenths / 10:g}" if tenths >= 0 else "" for tenths in found.tenths.tolist()],
        ["" if tenths >= 0 else "NOT_SUBMITTED" for tenths in found.tenths.tolist()],
    )
