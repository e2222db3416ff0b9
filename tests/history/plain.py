"""The register as a plain model: files are replayed row by row into dictionaries, and every state is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from registry.domain.identifiers import mask_citizen_id
from registry.domain.workforce import SkillLevel
from registry.transfer import get_kind

Row = Mapping[str, str]
Key = tuple[str, ...]
Content = dict[str, Any]
Standing = dict[str, dict[Key, Content]]
"""By kind of the change feed, by natural key."""

KINDS_OF_THE_FEED = (
    "REGION",
    "ORGANISATION",
    "INSTITUTION",
    "EVALUATION_ORGANISATION",
    "ACCREDITATION",
    "PERSON",
    "EMPLOYMENT",
    "CERTIFICATE",
    "CERTIFICATE_STATUS",
    "RESIDENT_COUNT",
    "ASSESSMENT",
    "MEASURE",
    "TRAINING",
    "AWARD",
    "EQUIVALENCE",
    "POPULATION",
    "WAGE_BAND",
)


def _level(name: str) -> int:
    return SkillLevel(name).ordinal if name else 0


def _copied(row: Row, **names: str) -> Content:
    return {name: row[column] or None for name, column in names.items()}


def _region(model: "Plain", row: Row) -> Content:
    above = [found for key, found in model.standing["REGION"].items() if key[0] == row["parent_code"]]
    path = f"{above[0]['path']}/{row['region_code']}" if above else row["region_code"]
    names = {"code": "region_code", "name": "name", "nameEn": "name_en", "level": "level", "parentCode": "parent_code"}
    return {**_copied(row, **names, validFrom="valid_from", validTo="valid_to"), "path": path}


def _organisation(_: "Plain", row: Row) -> Content:
    return _copied(
        row,
        code="organisation_code",
        name="name",
        legalForm="legal_form",
        regionCode="region_code",
        status="status",
        registeredOn="registered_on",
        address="address",
        legalRepresentative="legal_representative",
    )


def _institution(_: "Plain", row: Row) -> Content:
    names = {"code": "institution_code", "organisationCode": "organisation_code", "regionCode": "region_code"}
    more = {"openedOn": "opened_on", "closedOn": "closed_on", "address": "address"}
    return {
        **_copied(row, **names, **more, name="name", kind="kind", status="status"),
        "beds": int(row["beds"]),
    }


def _evaluator(_: "Plain", row: Row) -> Content:
    names = {"code": "evaluator_code", "evaluatorType": "evaluator_type", "regionCode": "region_code"}
    return _copied(row, **names, name="name", organisationCode="organisation_code")


def _accreditation(_: "Plain", row: Row) -> Content:
    names = {"evaluatorCode": "evaluator_code", "accreditedFrom": "accredited_from", "accreditedTo": "accredited_to"}
    return _copied(row, **names, withdrawnFrom="withdrawn_from", withdrawalReason="withdrawal_reason")


def _person(_: "Plain", row: Row) -> Content:
    mask = mask_citizen_id(row["citizen_id"])
    return {"numberMask": mask, **_copied(row, name="name", education="education", registeredOn="registered_on")}


def _employment(_: "Plain", row: Row) -> Content:
    names = {"institutionCode": "institution_code", "startedOn": "started_on", "endedOn": "ended_on"}
    return {
        **_copied(row, **names, occupation="occupation", positionTitle="position_title", dispatchedBy="dispatched_by"),
        "numberMask": mask_citizen_id(row["citizen_id"]),
        "fteThousandths": int(Decimal(row["fte"]) * 1000),
        "appointedLevel": _level(row["appointed_level"]),
    }


def _certificate(_: "Plain", row: Row) -> Content:
    names = {"number": "certificate_number", "issuedOn": "issued_on", "expiresOn": "expires_on"}
    return {
        **_copied(row, **names, kind="kind", occupation="occupation", evaluatorCode="evaluator_code"),
        "numberMask": mask_citizen_id(row["citizen_id"]),
        "level": _level(row["level"]),
    }


def _residents(_: "Plain", row: Row) -> Content:
    names = {"institutionCode": "institution_code", "abilityClass": "ability_class", "dayFrom": "day_from"}
    return {**_copied(row, **names), "headcount": int(row["headcount"])}


def _assessment(_: "Plain", row: Row) -> Content:
    points = {name: f"{Decimal(row[name]):.2f}" for name in ("environment", "facilities", "operations", "service")}
    names = {"institutionCode": "institution_code", "decidedOn": "decided_on", "documentNumber": "document_number"}
    more = {"validFrom": "valid_from", "validTo": "valid_to", "assessor": "assessor"}
    return {**_copied(row, **names, **more), **points, "grade": int(row["grade"])}


def _measure(_: "Plain", row: Row) -> Content:
    value = f"{Decimal(row['value']):.6f}" if row["value"] else None
    names = {"institutionCode": "institution_code", "measureCode": "measure_code"}
    return {**_copied(row, **names, day="day", flag="flag"), "value": value}


def _yuan(text: str) -> str | None:
    return f"{Decimal(text):.2f}" if text else None


def _training(_: "Plain", row: Row) -> Content:
    names = {"occupation": "occupation", "programme": "programme", "provider": "provider", "result": "result"}
    days = {"startedOn": "started_on", "endedOn": "ended_on", "subsidyPaidOn": "subsidy_paid_on"}
    return {
        **_copied(row, **names, **days, providerCode="provider_code", documentNumber="document_number"),
        "numberMask": mask_citizen_id(row["citizen_id"]),
        "level": _level(row["level"]),
        "hours": f"{Decimal(row['hours']):.1f}",
        "subsidyAmount": _yuan(row["subsidy_amount"]),
    }


def _award(_: "Plain", row: Row) -> Content:
    names = {"documentNumber": "document_number", "awardedOn": "awarded_on", "authority": "authority"}
    return {
        **_copied(row, **names, regionCode="region_code", certificateNumber="certificate_number"),
        "numberMask": mask_citizen_id(row["citizen_id"]),
        "level": _level(row["level"]),
        "amount": _yuan(row["amount"]),
    }


def _equivalence(_: "Plain", row: Row) -> Content:
    names = {"regionCode": "region_code", "fromLadder": "from_ladder", "fromRung": "from_rung"}
    more = {"toLadder": "to_ladder", "toRung": "to_rung", "legalBasis": "legal_basis"}
    return _copied(row, **names, **more, effectiveFrom="effective_from", effectiveTo="effective_to")


def _population(_: "Plain", row: Row) -> Content:
    counts = {"aged60": "aged_60", "aged65": "aged_65", "aged80": "aged_80"}
    return {**_copied(row, regionCode="region_code", dayFrom="day_from"), **_numbers(row, **counts)}


def _wage_band(_: "Plain", row: Row) -> Content:
    names = {"institutionCode": "institution_code", "occupation": "occupation", "surveyedOn": "surveyed_on"}
    numbers = _numbers(row, fromYuan="from_yuan", belowYuan="below_yuan", people="people")
    return {**_copied(row, **names), **numbers, "level": _level(row["level"])}


def _numbers(row: Row, **names: str) -> Content:
    return {name: int(row[column]) if row[column] else None for name, column in names.items()}


CONTENT: Mapping[str, Sequence[tuple[str, int, Callable[["Plain", Row], Content]]]] = {
    "regions": (("REGION", 2, _region),),
    "organisations": (("ORGANISATION", 1, _organisation),),
    "institutions": (("INSTITUTION", 1, _institution),),
    "evaluation-organisations": (("EVALUATION_ORGANISATION", 1, _evaluator), ("ACCREDITATION", 2, _accreditation)),
    "people": (("PERSON", 1, _person),),
    "employments": (("EMPLOYMENT", 4, _employment),),
    "certificates": (("CERTIFICATE", 1, _certificate),),
    "residents": (("RESIDENT_COUNT", 3, _residents),),
    "assessments": (("ASSESSMENT", 2, _assessment),),
    "measures": (("MEASURE", 3, _measure),),
    "training": (("TRAINING", 4, _training),),
    "awards": (("AWARD", 3, _award),),
    "equivalences": (("EQUIVALENCE", 5, _equivalence),),
    "population": (("POPULATION", 2, _population),),
    "wages": (("WAGE_BAND", 5, _wage_band),),
}
"""By kind of file: what a row of it states, each with how many columns of the file's key identify it."""


@dataclass(frozen=True)
class Counts:
    """What an import of a file does."""

    added: int = 0
    amended: int = 0
    unchanged: int = 0
    ended: int = 0
    rejected: int = 0


@dataclass
class Plain:
    """What stands, the rows that said so, and every earlier state with the instant at which it was recorded."""

    standing: Standing = field(default_factory=lambda: {kind: {} for kind in KINDS_OF_THE_FEED})
    rows: dict[str, dict[Key, Row]] = field(default_factory=lambda: {kind: {} for kind in CONTENT})
    states: list[tuple[datetime, Standing]] = field(default_factory=list)

    def copy(self) -> "Plain":
        """Return a model that can be changed by itself."""
        rows = {kind: dict(found) for kind, found in self.rows.items()}
        return Plain(_frozen(self.standing), rows, list(self.states))

    def bring(self, kind: str, rows: Sequence[Row]) -> Counts:
        """Take the rows of a file and count what they do."""
        done = [self._take(kind, row) for row in rows]
        return Counts(done.count("added"), done.count("amended"), done.count("unchanged"))

    def _take(self, kind: str, row: Row) -> str:
        key = tuple(row[column] for column in get_kind(kind).key)
        known, changed = key in self.rows[kind], False
        self.rows[kind][key] = dict(row)
        for told, length, content_of in CONTENT[kind]:
            content = content_of(self, row)
            changed |= self.standing[told].get(key[:length]) != content
            self.standing[told][key[:length]] = content
        if kind == "certificates":
            changed |= self._take_status(row)
        return ("amended" if changed else "unchanged") if known else "added"

    def _take_status(self, row: Row) -> bool:
        """A row tells the status that stands and since when; milder ones do not clear a severer one of a later day."""
        statuses, number, since = self.standing["CERTIFICATE_STATUS"], row["certificate_number"], row["status_from"]
        later = [key for key in statuses if key[0] == number and key[1] > since]
        if not since or any(_severity(statuses[key]["status"]) > _severity(row["status"]) for key in later):
            return False
        for key in later:
            del statuses[key]
        stated = {"number": number, "status": row["status"], "effectiveFrom": since}
        changed = bool(later) or statuses.get((number, since)) != stated
        statuses[number, since] = stated
        return changed

    def end_institution(self, code: str) -> None:
        """Take an institution away with everything that is on it."""
        for rows in self.rows.values():
            for key in [key for key, row in rows.items() if row.get("institution_code") == code]:
                del rows[key]
        for kind, rows in self.standing.items():
            name = "code" if kind == "INSTITUTION" else "institutionCode"
            for key in [key for key, content in rows.items() if content.get(name) == code]:
                del rows[key]

    def recorded(self, at: datetime) -> None:
        """Keep what stands as the state from an instant on."""
        self.states.append((at, _frozen(self.standing)))

    def at(self, instant: datetime) -> Standing:
        """Return the state at an instant; before the first, nothing stands."""
        found: Standing = {kind: {} for kind in KINDS_OF_THE_FEED}
        for at, state in self.states:
            if at <= instant:
                found = state
        return found


def _severity(status: str) -> int:
    return ("VALID", "SUSPENDED", "REVOKED").index(status)


def _frozen(standing: Standing) -> Standing:
    return {kind: dict(rows) for kind, rows in standing.items()}
