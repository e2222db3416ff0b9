"""Organisations and the institutions that they run, one block at a time."""

from dataclasses import dataclass

import numpy as np

from registry.domain.institutions import InstitutionKind, LegalForm, OperatingStatus
from registry.synthetic.days import NEVER
from registry.synthetic.draws import Draws, Floats, Ints, Quantiles
from registry.synthetic.names import addresses, brands, ordinal_suffixes, person_names
from registry.synthetic.numbers import social_credit_codes
from registry.synthetic.places import Places

KINDS = (
    InstitutionKind.CARE_HOME,
    InstitutionKind.COMMUNITY_CENTRE,
    InstitutionKind.DAY_CARE,
    InstitutionKind.MUTUAL_AID_HOME,
    InstitutionKind.HOME_CARE,
)
CARE_HOME, COMMUNITY_CENTRE, DAY_CARE, MUTUAL_AID_HOME, HOME_CARE = range(5)
KIND_WEIGHTS = (0.42, 0.17, 0.20, 0.12, 0.09)
KIND_NAMES = ("养老院", "综合养老服务中心", "日间照料中心", "互助幸福院", "居家养老服务中心")

BEDS: tuple[Quantiles, ...] = (
    ((0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.97, 1), (10, 24, 48, 84, 146, 240, 400, 1000)),
    ((0, 0.25, 0.5, 0.75, 1), (8, 15, 24, 36, 80)),
    ((0, 0.5, 1), (5, 12, 30)),
    ((0, 0.5, 1), (4, 10, 30)),
    ((0, 1), (0, 0)),
)
"""Beds by kind; those of care homes are about log-normal, median 84."""

FORMS = (
    LegalForm.PRIVATE_NON_ENTERPRISE,
    LegalForm.PUBLIC_INSTITUTION,
    LegalForm.COMPANY,
    LegalForm.ASSOCIATION,
    LegalForm.SOLE_TRADER,
)
FORM_WEIGHTS = (0.46, 0.22, 0.28, 0.02, 0.02)
FORM_PREFIXES = ("52", "12", "91", "51", "92")
COMPANY = 2

CHAIN_SHARE = 0.05
CHAIN_SIZES: Quantiles = ((0, 0.6, 0.9, 1), (2, 4, 7, 13))
STATUSES = (OperatingStatus.ACTIVE, OperatingStatus.SUSPENDED, OperatingStatus.CLOSED)
ACTIVE, SUSPENDED, CLOSED = range(3)
STATUS_WEIGHTS = (0.955, 0.015, 0.03)


@dataclass(slots=True)
class Organisations:
    """Parallel columns of organisations; `place` is a row of Places, `registered` a day number."""

    codes: list[str]
    names: list[str]
    forms: Ints
    place: Ints
    registered: Ints
    addresses: list[str]
    representatives: list[str]
    brands: list[str]


@dataclass(slots=True)
class Institutions:
    """Parallel columns of institutions; `organisation` is a row of Organisations."""

    codes: list[str]
    names: list[str]
    organisation: Ints
    kinds: Ints
    place: Ints
    status: Ints
    beds: Ints
    opened: Ints
    closed: Ints
    addresses: list[str]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.codes)


def chain_sizes(draws: Draws, institutions: int) -> Ints:
    """How many institutions each organisation runs, so many in all: mostly one, sometimes a chain of 2 to 12."""
    sizes = np.floor(draws.quantile(CHAIN_SIZES, institutions)).astype(np.int64)
    sizes = np.where(draws.chance(CHAIN_SHARE, institutions), sizes, 1)
    ends = np.cumsum(sizes)
    organisations = int(np.searchsorted(ends, institutions)) + 1
    sizes = sizes[:organisations]
    sizes[-1] -= int(ends[organisations - 1]) - institutions
    return sizes


def draw_organisations(draws: Draws, places: Places, count: int, first_index: int, as_of: int) -> Organisations:
    """Organisations spread over the provinces."""
    place, forms = draws.pick(places.weights, count), draws.pick(FORM_WEIGHTS, count)
    codes = social_credit_codes(
        np.arange(first_index, first_index + count),
        [FORM_PREFIXES[form] for form in forms.tolist()],
        [places.codes[row] for row in place.tolist()],
    )
    labels = brands(draws, count)
    areas = _areas(places, place)
    return Organisations(
        codes=codes,
        names=[_organisation_name(*row) for row in zip(areas, labels, forms.tolist(), strict=True)],
        forms=forms,
        place=place,
        registered=draws.between(as_of - 24 * 365, as_of - 200, count),
        addresses=addresses(draws, areas, count),
        representatives=person_names(draws, draws.chance(0.55, count)),
        brands=labels,
    )


def _areas(places: Places, rows: Ints) -> list[str]:
    return [places.cities[row] + places.names[row] for row in rows.tolist()]


def _organisation_name(area: str, brand: str, form: int) -> str:
    return f"{area}{brand}养老服务有限公司" if form == COMPANY else f"{area}{brand}养老服务中心"


def draw_institutions(
    draws: Draws, places: Places, organisations: Organisations, sizes: Ints, as_of: int
) -> Institutions:
    """The institutions of organisations: one alone bears the organisation's code, those of a chain their own."""
    count = int(sizes.sum())
    owner = np.repeat(np.arange(sizes.shape[0]), sizes)
    position = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kinds = draws.pick(KIND_WEIGHTS, count)
    place = _places_of(draws, places, organisations.place[owner], position)
    status = draws.pick(STATUS_WEIGHTS, count)
    opened = np.minimum(organisations.registered[owner] + draws.between(30, 900, count), as_of - 120)
    closed = np.where(status == CLOSED, draws.between(np.maximum(opened + 30, as_of - 700), as_of - 60, count), NEVER)
    areas = _areas(places, place)
    return Institutions(
        codes=_institution_codes(organisations.codes, owner, position, sizes),
        names=_institution_names(areas, [organisations.brands[row] for row in owner.tolist()], kinds, position),
        organisation=owner,
        kinds=kinds,
        place=place,
        status=status,
        beds=_beds(draws, kinds),
        opened=opened,
        closed=closed,
        addresses=addresses(draws, areas, count),
    )


def _places_of(draws: Draws, places: Places, home: Ints, position: Ints) -> Ints:
    """The county of the organisation, for further institutions of a chain often another of its province."""
    provinces = places.provinces[home].tolist()
    first = np.array([places.first_of_province[code] for code in provinces], np.int64)
    number = np.array([places.count_of_province[code] for code in provinces], np.int64)
    other = draws.between(first, first + number - 1, home.shape[0])
    return np.where((position > 0) & draws.chance(0.6, home.shape[0]), other, home)


def _institution_codes(codes: list[str], owner: Ints, position: Ints, sizes: Ints) -> list[str]:
    alone = (sizes == 1).tolist()
    return [
        codes[row] if alone[row] else f"FAC:{codes[row]}-{number + 1:02d}"
        for row, number in zip(owner.tolist(), position.tolist(), strict=True)
    ]


def _institution_names(areas: list[str], labels: list[str], kinds: Ints, position: Ints) -> list[str]:
    suffixes = ordinal_suffixes(position)
    return [
        area + label + KIND_NAMES[kind] + suffix
        for area, label, kind, suffix in zip(areas, labels, kinds.tolist(), suffixes, strict=True)
    ]


def _beds(draws: Draws, kinds: Ints) -> Ints:
    beds = np.zeros(kinds.shape[0], np.int64)
    for kind, table in enumerate(BEDS):
        drawn: Floats = draws.quantile(table, kinds.shape[0])
        beds = np.where(kinds == kind, np.floor(drawn).astype(np.int64), beds)
    return beds
