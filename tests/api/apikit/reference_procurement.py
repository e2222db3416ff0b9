"""Checks of bidders over plain rows, one code after another: slow, and meant to be read beside the guide."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import asyncpg

from apikit.facts import Facts, Row, When, valid_on
from apikit.reference_core import canonical, first
from apikit.reference_credit import covers
from registry.domain.errors import InputError
from registry.domain.identifiers import normalise_code, parse_institution_code
from registry.domain.procurement import Verdict, VerdictReason, verdict_of

R = VerdictReason
ENTRIES = """
SELECT v.*, s.position AS recorded_from, e.position AS recorded_to
  FROM (SELECT t.*, NULL::bigint AS ended_by, NULL::integer AS ended_ordinal FROM register.credit_entry AS t
        UNION ALL SELECT h.* FROM register.credit_entry_history AS h) AS v
  JOIN register.change_set AS s ON s.id = v.change_id LEFT JOIN register.change_set AS e ON e.id = v.ended_by
"""
Told = tuple[str, str | None, str | None, str | None, bool | None, bool]
"""A reason: code, wanted, found, ground, disputed, ended since."""


@dataclass
class Criteria:
    """What a bidder must meet."""

    min_stars: int | None = None
    min_assessed_grade: int | None = None
    min_validity_days: int | None = None
    min_certified_ratio: Decimal | None = None
    regions: list[str] | None = None
    no_black_entry: bool = True
    no_watch_entry: bool = False
    count_disputed: bool = True
    operating: bool = True

    @property
    def on_institution(self) -> bool:
        asked = (self.min_stars, self.min_assessed_grade, self.min_validity_days, self.min_certified_ratio)
        return any(one is not None for one in (*asked, self.regions))


@dataclass
class Bidder:
    """What stands behind a code."""

    text: str
    institution: Row | None
    organisation: Row | None
    members: list[Row] = field(default_factory=list)


def last_day(entry: Row) -> date:
    """The last day of an entry, as a version of it says."""
    ends = [entry["last_day"], entry["ended_on"] and entry["ended_on"] - timedelta(days=1)]
    return min((day for day in ends if day is not None), default=date.max)


@dataclass
class Checker:
    """Checks codes at a moment. `looks_from` is the first law day that the reader may look back to; None: none."""

    facts: Facts
    entries: list[Row]
    criteria: Criteria
    when: When
    today: date
    looks_from: date | None

    @classmethod
    async def read_entries(cls, connection: "asyncpg.Connection[asyncpg.Record]") -> list[Row]:
        return [dict(row) for row in await connection.fetch(ENTRIES)]

    @property
    def shows(self) -> bool:
        """Whether everything that was in force is counted."""
        position, day = self.when.position, self.when.law_day
        if position is None or (position >= self.facts.head and day == self.today):
            return True
        return self.looks_from is not None and day >= self.looks_from

    def check(self, text: str) -> tuple[Verdict, list[Told]]:
        """Return the verdict on one code, and its reasons in the order of the list of reasons."""
        reasons = list(self._reasons(self._bidder(text)))
        order = list(VerdictReason)
        reasons.sort(key=lambda told: order.index(R(told[0])))
        return verdict_of({R(told[0]) for told in reasons}), reasons

    def _bidder(self, text: str) -> Bidder:
        code = canonical(text)
        institutions = self.facts.standing("institution", self.when)
        organisations = self.facts.standing("organisation", self.when)
        own, owner = first(institutions, code=code), first(organisations, code=code)
        members = [i for i in institutions if owner and i["organisation_id"] == owner["id"] and i["status"] != "CLOSED"]
        behind = first(organisations, id=own["organisation_id"]) if own else owner
        if len(members) > 1:
            return Bidder(text, None, behind, members)
        return Bidder(text, own or (members[0] if members else None), behind, members)

    def _reasons(self, bidder: Bidder) -> Iterator[Told]:
        yield from self._known(bidder)
        yield from self._operates(bidder)
        if bidder.institution is not None:
            yield from self._rated(bidder.institution)
            yield from self._assessed(bidder.institution)
            yield from self._placed(bidder.institution)
        yield from self._listed(bidder)

    def _known(self, bidder: Bidder) -> Iterator[Told]:
        wanted = self.criteria
        if bidder.organisation is None:
            reason = R.UNKNOWN_CODE if well_formed(bidder.text) else R.MALFORMED_CODE
            yield plain(reason, None, bidder.text)
        elif wanted.on_institution and len(bidder.members) > 1:
            yield plain(R.SEVERAL_INSTITUTIONS, 1, len(bidder.members))
        elif wanted.on_institution and bidder.institution is None:
            yield plain(R.NO_INSTITUTION, 1, 0)
        known = {row["code"] for row in self.facts.standing("region", self.when)}
        if any(normalise_code(code) not in known for code in wanted.regions or ()):
            yield plain(R.UNKNOWN_REGION, self._regions(), None)

    def _regions(self) -> str:
        return ", ".join(normalise_code(code) for code in self.criteria.regions or ())

    def _operates(self, bidder: Bidder) -> Iterator[Told]:
        subject = bidder.institution or bidder.organisation
        if self.criteria.operating and subject is not None and subject["status"] != "ACTIVE":
            yield plain(R.NOT_OPERATING, "ACTIVE", subject["status"])

    def _rated(self, institution: Row) -> Iterator[Told]:
        wanted, rating = (
            self.criteria,
            first(self.facts.standing("rating", self.when), institution_id=institution["id"]),
        )
        ratio, least = rating and rating["certified_ratio"], wanted.min_certified_ratio
        if least is not None and ratio is None:
            yield plain(R.NO_CERTIFIED_RATIO, least, None)
        elif least is not None and ratio < least:
            yield plain(R.CERTIFIED_RATIO_BELOW, least, ratio)
        if wanted.min_stars is None:
            return
        if rating is None or rating["stars"] is None:
            yield plain(R.NOT_RATED, wanted.min_stars, (rating and rating["reason"]) or "NOT_YET_RATED")
            return
        entries = [(e["list_kind"], e["ground_code"], e["disputed"]) for e in self._bearing(institution)]
        stars = min([rating["stars"], *(cap for entry in entries for cap in self._caps(rating, entry))])
        if stars == 0:
            yield plain(R.RATING_SUSPENDED, wanted.min_stars, None)
        elif stars < wanted.min_stars:
            yield plain(R.STARS_BELOW, wanted.min_stars, stars)
        else:
            yield from self._capped_by_ended(institution, rating)

    def _capped_by_ended(self, institution: Row, rating: Row) -> Iterator[Told]:
        least = self.criteria.min_stars
        assert least is not None
        for kind, ground, disputed in self._ended(institution["id"], institution["organisation_id"]):
            for cap in self._caps(rating, (kind, ground, disputed)):
                if cap < least:
                    yield (R.CAPPED_BY_ENDED_ENTRY, str(least), None, ground, disputed, True)

    def _caps(self, rating: Row, entry: tuple[str, str, bool]) -> Iterator[int]:
        """What the policy lets an entry leave of the stars."""
        kind, ground, disputed = entry
        policy = first(self.facts.tables["rating_policy"], id=rating["policy_id"])
        assert policy is not None
        for cap in self.facts.canonical[policy["sha256"]].get("credit_caps", []):
            acts = cap["list_kind"] == kind and cap.get("ground", "") in ("", ground)
            if acts and (cap.get("while_disputed", True) or not disputed):
                yield 0 if cap.get("suspended") else int(cap["at_most"])

    def _assessed(self, institution: Row) -> Iterator[Told]:
        wanted, day = self.criteria, self.when.law_day
        if wanted.min_assessed_grade is None and wanted.min_validity_days is None:
            return
        rows = self.facts.standing("assessment", self.when)
        standing = [row for row in rows if row["institution_id"] == institution["id"] and valid_on(row, day)]
        if not standing:
            yield plain(R.NO_ASSESSED_GRADE, wanted.min_assessed_grade, None)
            return
        newest = min(standing, key=lambda row: (-row["decided_on"].toordinal(), row["id"]))
        if wanted.min_assessed_grade is not None and newest["grade"] < wanted.min_assessed_grade:
            yield plain(R.GRADE_BELOW, wanted.min_assessed_grade, newest["grade"])
        left = None if newest["valid_to"] is None else (newest["valid_to"] - day).days
        if wanted.min_validity_days is not None and left is not None and left < wanted.min_validity_days:
            yield plain(R.VALIDITY_SHORT, wanted.min_validity_days, left)

    def _placed(self, institution: Row) -> Iterator[Told]:
        if self.criteria.regions is None:
            return
        regions = self.facts.standing("region", self.when)
        wanted = {normalise_code(code) for code in self.criteria.regions}
        tops = {f"{row['path']}/" for row in regions if row["code"] in wanted}
        own = [f"{row['path']}/" for row in regions if row["code"] == institution["region_code"]]
        if not any(path.startswith(top) for path in own for top in tops):
            yield plain(R.OUTSIDE_REGIONS, self._regions(), institution["region_code"])

    def _listed(self, bidder: Bidder) -> Iterator[Told]:
        wanted, behind = self.criteria, bidder.organisation
        if behind is None:
            return
        own = bidder.institution and bidder.institution["id"]
        found = [(e["list_kind"], e["ground_code"], e["disputed"], False) for e in self._public(own, behind["id"])]
        found += [(*entry, True) for entry in self._ended(own, behind["id"])]
        for kind, ground, disputed, ended in found:
            barred = (kind == "BLACK" and wanted.no_black_entry) or (kind == "WATCH" and wanted.no_watch_entry)
            if barred and (wanted.count_disputed or not disputed):
                yield (f"{kind}_ENTRY", None, None, ground, disputed, ended)
        if not self.shows and (wanted.no_black_entry or wanted.no_watch_entry or wanted.min_stars is not None):
            yield plain(R.PAST_ENTRIES_NOT_SHOWN, None, None)

    def _bearing(self, institution: Row) -> list[Row]:
        return self._public(institution["id"], institution["organisation_id"])

    def _public(self, institution: int | None, organisation: int) -> list[Row]:
        """Entries in force then and now: its own, and those of the legal entity."""
        rows = [row for row in self.facts.standing("listed_entry", self.when) if covers(row, self.when.law_day)]
        return [row for row in rows if bears(row, institution, organisation)]

    def _ended(self, institution: int | None, organisation: int) -> list[tuple[str, str, bool]]:
        """Entries in force then that have ended since, as far as the reader may look back."""
        if self.looks_from is None or self.when.position is None:
            return []
        current = {row["id"]: row for row in self.entries if row["recorded_to"] is None}
        return [
            (row["list_kind"], row["ground_code"], row["disputed"])
            for row in self.entries
            if bears(row, institution, organisation)
            and self.when.holds(row["recorded_from"], row["recorded_to"])
            and row["published_on"] is not None
            and row["published_on"] <= self.when.law_day <= last_day(row)
            and current[row["id"]]["end_kind"] != "ANNULLED"
            and self.looks_from <= last_day(current[row["id"]]) < self.today
        ]


def bears(row: Row, institution: int | None, organisation: int) -> bool:
    own = institution is not None and row["institution_id"] == institution
    return own or row["organisation_id"] == organisation


def plain(reason: VerdictReason, wanted: object, found: object) -> Told:
    """A reason that is of no entry."""
    return reason, *(None if one is None else str(one) for one in (wanted, found)), None, None, False  # type: ignore[return-value]


def well_formed(text: str) -> bool:
    try:
        parse_institution_code(canonical(text))
    except InputError:
        return False
    return True
