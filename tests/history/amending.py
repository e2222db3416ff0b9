"""Amendments drawn at random: another name, another day, another amount, as sources state them."""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from tests.history.plain import Row

NAMES = ("安康", "夕阳红", "福寿", "长乐", "和颐", "百分号%", "下划_线", '双"引,号')


def _renamed(dice: random.Random, row: Row) -> Row:
    return {**row, "name": dice.choice(NAMES) + str(dice.randrange(50))}


def _organisation(dice: random.Random, row: Row) -> Row:
    changed = {
        "status": dice.choice(["ACTIVE", "SUSPENDED"]),
        "address": dice.choice(["", "新址1号"]),
        "legal_representative": dice.choice(["", "王五", "赵六"]),
    }
    name = dice.choice(list(changed))
    return _renamed(dice, row) if dice.random() < 0.3 else {**row, name: changed[name]}


def _institution(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.4:
        return _renamed(dice, row)
    return {**row, "beds": str(dice.choice([0, 10, 20, 77])), "address": dice.choice(["", "新址,2号"])}


def _evaluator(dice: random.Random, row: Row) -> Row:
    withdrawn = (date.fromisoformat(row["accredited_from"]) + timedelta(days=30)).isoformat()
    reason = dice.choice(["", "弄虚作假"])
    return {**row, "withdrawn_from": withdrawn if reason else "", "withdrawal_reason": reason}


def _person(dice: random.Random, row: Row) -> Row:
    return {**row, "education": dice.choice(["", "COLLEGE", "BACHELOR", "SECONDARY"])}


def _employment(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.3 and not row["ended_on"]:
        return {**row, "ended_on": row["started_on"]}
    return {**row, "fte": dice.choice(["0.5", "0.75", "1"]), "position_title": dice.choice(["", "护理组长"])}


def _certificate(dice: random.Random, row: Row) -> Row:
    day = date.fromisoformat(row["issued_on"]) + timedelta(days=dice.choice([10, 20, 30]))
    status = dice.choice(["VALID", "SUSPENDED", "REVOKED"])
    return {**row, "status": status, "status_from": day.isoformat()}


def _residents(dice: random.Random, row: Row) -> Row:
    return {**row, "headcount": str(dice.randrange(40))}


def _assessment(dice: random.Random, row: Row) -> Row:
    return {**row, "assessor": dice.choice(["省民政厅", "市民政局"]), "document_number": dice.choice(["", "民评7号"])}


def _measure(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.3:
        return {**row, "value": "", "flag": "NOT_SUBMITTED"}
    return {**row, "value": f"{dice.randrange(10**6)}.{dice.randrange(100):02d}", "flag": ""}


def _training(dice: random.Random, row: Row) -> Row:
    return {**row, "hours": f"{dice.randrange(20, 400) / 2:g}", "provider": dice.choice(["市技师学院", "康养培训学校"])}


def _award(dice: random.Random, row: Row) -> Row:
    return {**row, "amount": f"{dice.randrange(500, 9000)}.5", "authority": dice.choice(["市民政局", "市人社局"])}


def _equivalence(dice: random.Random, row: Row) -> Row:
    return {**row, "to_rung": dice.choice(["SENIOR", "TECHNICIAN"]), "legal_basis": dice.choice(["甲号文", "乙号文"])}


def _population(dice: random.Random, row: Row) -> Row:
    return {**row, "aged_80": dice.choice(["", "0", str(dice.randrange(1000))])}


def _wage_band(dice: random.Random, row: Row) -> Row:
    return {**row, "people": str(dice.randrange(9)), "below_yuan": dice.choice([row["below_yuan"], ""])}


AMEND: Mapping[str, Callable[[random.Random, Row], Row]] = {
    "organisations": _organisation,
    "institutions": _institution,
    "evaluation-organisations": _evaluator,
    "people": _person,
    "employments": _employment,
    "certificates": _certificate,
    "residents": _residents,
    "assessments": _assessment,
    "measures": _measure,
    "training": _training,
    "awards": _award,
    "equivalences": _equivalence,
    "population": _population,
    "wages": _wage_band,
}
