"""Complaints: filed by anybody, and where one stands for whoever holds its receipt."""

from typing import Any
from uuid import uuid4

from starlette.responses import Response

from registry.site.asking import Refused
from registry.site.documents import FILE_COMPLAINT, NAMED, RECEIPT
from registry.site.forms import Filled, filled
from registry.site.frame import Page, Visit

FIELDS = ("institution", "account", "name", "contact", "key")


async def complain(visit: Visit) -> Page | Response:
    """The intake form; a retry of a form that was sent already gives the receipt that it gave."""
    if visit.request.method != "POST":
        given = visit.request.query_params.get("institution", "")[:60]
        return await _form(visit, {"institution": given, "key": uuid4().hex})
    form = await filled(visit.request)
    told = await visit.answer(FILE_COMPLAINT, input=_input(form))
    outcome = told.data["fileComplaint"]
    if outcome["__typename"] == "ComplaintFiled":
        return Page("complained.html", {"receipt": outcome["receipt"]}, indexed=False, kept=False)
    values = {name: form.text(name) for name in FIELDS}
    return await _form(visit, values, outcome["messageZh" if visit.language == "zh" else "messageEn"])


def _input(form: Filled) -> dict[str, Any]:
    named = form.text("name") or form.text("contact")
    return {
        "institution": form.text("institution"),
        "account": form.text("account"),
        "complainant": {"name": form.text("name"), "contact": form.text("contact")} if named else None,
        "idempotencyKey": form.text("key")[:200] or None,
    }


async def _form(visit: Visit, values: dict[str, str], problem: str = "") -> Page:
    told = await visit.answer(NAMED, code=values["institution"])
    shown = {"form": dict.fromkeys(FIELDS, "") | values, "named": told.data["institution"], "problem": problem}
    return Page("complain.html", shown, 400 if problem else 200, indexed=not values["institution"], kept=False)


async def receipt(visit: Visit) -> Page | Response:
    """Where a complaint stands; a receipt is never part of an address, which others may see."""
    if visit.request.method != "POST":
        return Page("complaint_state.html", {"asked": "", "found": None}, kept=False)
    asked = (await filled(visit.request)).text("receipt")[:60]
    if not asked:
        raise Refused("BAD_USER_INPUT", "请填写回执编号", "Enter the receipt")
    told = await visit.answer(RECEIPT, receipt=asked)
    values = {"asked": asked, "found": told.data["complaintReceipt"]}
    return Page("complaint_state.html", values, indexed=False, kept=False)
