"""Rules across the columns of one row."""

from datetime import date

from registry.domain.certificates import (
    CertificateKind,
    CertificateStatus,
    check_claimed_level,
    parse_certificate_number,
)
from registry.domain.credit.vocabulary import SubjectKind
from registry.domain.identifiers import refuse
from registry.domain.institutions import OperatingStatus
from registry.domain.ladders import Ladder, check_rung, parse_rung
from registry.domain.regions import RegionLevel
from registry.domain.training import TrainingResult
from registry.transfer.columns import CrossRule, Fields


def not_before(later: str, earlier: str) -> CrossRule:
    """The day in `later`, where given, is not before the day in `earlier`. Rule: `period.order`."""

    def check(fields: Fields) -> None:
        end, start = fields[later], fields[earlier]
        if isinstance(end, date) and isinstance(start, date) and end < start:
            raise refuse("period.order", f"{later} 早于 {earlier}", f"{later} is before {earlier}")

    return CrossRule(later, check, (later, earlier))


def no_more(column: str, other: str) -> CrossRule:
    """A count in `column` is no larger than the one in `other`, of which it is a part. Rule: `count.part`."""

    def check(fields: Fields) -> None:
        part, whole = fields[column], fields[other]
        if isinstance(part, int) and isinstance(whole, int) and part > whole:
            raise refuse("count.part", f"{column} 大于 {other}", f"{column} is larger than {other}")

    return CrossRule(column, check, (column, other))


def needs(column: str, other: str) -> CrossRule:
    """A value in `column` needs one in `other`. Rule: `row.needs`."""

    def check(fields: Fields) -> None:
        if fields[column] is not None and fields[other] is None:
            raise refuse("row.needs", f"填写 {column} 时必须填写 {other}", f"{column} needs a value in {other}")

    return CrossRule(other, check, (column, other))


def _check_number(fields: Fields) -> None:
    parse_certificate_number(CertificateKind(str(fields["kind"])), str(fields["certificate_number"]))


def _check_level(fields: Fields) -> None:
    claimed = parse_rung(str(fields["level"])) if fields["level"] is not None else None
    check_claimed_level(CertificateKind(str(fields["kind"])), str(fields["certificate_number"]), claimed)


def _check_status_day(fields: Fields) -> None:
    if fields["status"] != CertificateStatus.VALID.value and fields["status_from"] is None:
        zh = "暂停或撤销须填写 status_from"
        en = "a suspended or revoked certificate states status_from"
        raise refuse("certificate.status-from", zh, en)


def _check_closing(fields: Fields) -> None:
    if fields["status"] != OperatingStatus.CLOSED.value and fields["closed_on"] is not None:
        zh, en = "填写了 closed_on 的机构状态应为 CLOSED", "an institution with closed_on has the status CLOSED"
        raise refuse("institution.closed-on", zh, en)


def _check_parent(fields: Fields) -> None:
    if (fields["level"] == RegionLevel.NATION.value) != (fields["parent_code"] is None):
        zh, en = "国家级没有上级,其他级别必须填写 parent_code", "a nation has no parent_code, any other level has one"
        raise refuse("region.parent", zh, en)


def _check_training_end(fields: Fields) -> None:
    if (fields["result"] == TrainingResult.UNDER_WAY.value) != (fields["ended_on"] is None):
        zh = "在训的不填 ended_on，其他结果必须填写"
        en = "a training under way has no ended_on, any other result has one"
        raise refuse("training.end", zh, en)


def _check_band(fields: Fields) -> None:
    least, end = fields["from_yuan"], fields["below_yuan"]
    if isinstance(least, int) and isinstance(end, int) and end <= least:
        zh, en = "below_yuan 应大于 from_yuan", "a band ends above where it begins"
        raise refuse("wage.band", zh, en)


def _check_ladders(fields: Fields) -> None:
    if fields["from_ladder"] == fields["to_ladder"]:
        zh, en = "比照的双方应为不同的序列", "an equivalence is between two different ladders"
        raise refuse("equivalence.ladders", zh, en)


def _check_subject(fields: Fields) -> None:
    is_person = fields["subject_kind"] == SubjectKind.PERSON.value
    if (fields["citizen_id"] is not None) != is_person or (fields["subject_code"] is None) != is_person:
        zh = "对象为人员的填写 citizen_id，为主体或机构的填写 subject_code，二者只填其一"
        en = "a person is named by citizen_id, an organisation or institution by subject_code, never both"
        raise refuse("credit-entry.subject", zh, en)


def on_ladder(rung: str, ladder: str) -> CrossRule:
    """The rung in one column is on the ladder in another. Rule: `equivalence.rung`."""

    def check(fields: Fields) -> None:
        check_rung(Ladder(str(fields[ladder])), str(fields[rung]))

    return CrossRule(rung, check, (ladder, rung))


CERTIFICATE_NUMBER = CrossRule("certificate_number", _check_number, ("kind", "certificate_number"))
CERTIFICATE_LEVEL = CrossRule("level", _check_level, ("kind", "certificate_number", "level"))
CERTIFICATE_STATUS_DAY = CrossRule("status_from", _check_status_day, ("status", "status_from"))
INSTITUTION_CLOSING = CrossRule("closed_on", _check_closing, ("status", "closed_on"))
REGION_PARENT = CrossRule("parent_code", _check_parent, ("level", "parent_code"))
TRAINING_END = CrossRule("ended_on", _check_training_end, ("result", "ended_on"))
WAGE_BAND = CrossRule("below_yuan", _check_band, ("from_yuan", "below_yuan"))
EQUIVALENCE_LADDERS = CrossRule("to_ladder", _check_ladders, ("from_ladder", "to_ladder"))
LISTED_SUBJECT = CrossRule("subject_kind", _check_subject, ("subject_kind", "subject_code", "citizen_id"))
