"""What readers fill in: complaints with their receipts, and statements that are verified without a trace."""

import hashlib
import re
from typing import Any

import httpx
import pytest
from apikit.clients import authenticate
from apikit.sample import SINGLE, Sample
from starlette.applications import Starlette
from tests.services.importing.conftest import put_rules
from tests.site.conftest import EXPORTS, SIGNER

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Connection as Admin
from registry.db.pool import Database

ISSUE = """mutation($in: IssueProcurementStatementInput!) { issueProcurementStatement(input: $in) {
  ... on ProcurementStatementIssued { statement { jws } } } }"""
ACCOUNT = "食堂卫生状况差，多次反映无人处理。"


async def key_of(browser: httpx.AsyncClient, path: str = "/complain") -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', (await browser.get(path)).text)
    assert found is not None
    return found[1]


def receipt_in(page: httpx.Response) -> str:
    found = re.search(r'class="big code" role="status">([0-9A-Z]{24})<', page.text)
    assert found is not None, page.text
    return found[1]


async def test_a_complaint_is_received_once_however_often_it_is_sent(
    browser: httpx.AsyncClient, database: Database, admin: Admin
) -> None:
    await put_rules(database)
    form = {
        "institution": f" {SINGLE} ",
        "account": ACCOUNT,
        "name": "李四",
        "contact": "138",
        "key": await key_of(browser),
    }
    first = await browser.post("/complain", data=form)
    assert first.status_code == 200, first.text
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["x-robots-tag"] == "noindex"
    receipt = receipt_in(first)
    assert receipt_in(await browser.post("/en/complain", data=form)) == receipt
    assert await admin.fetchval("SELECT count(*) FROM register.complaint") == 1
    row = await admin.fetchrow("SELECT * FROM register.complaint")
    assert row is not None
    assert (row["account"], row["complainant"] is not None) == (ACCOUNT, True)
    told = await browser.post("/complain/receipt", data={"receipt": receipt.lower()})
    assert "已接收，正在核实" in told.text
    assert ACCOUNT not in told.text
    assert "没有这个回执编号" in (await browser.post("/complain/receipt", data={"receipt": "NONE"})).text


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"account": "太短"}, "10"), ({"institution": "NOBODY"}, "登记簿中没有该机构"), ({"contact": "13800000000"}, "")],
)
async def test_a_mistake_is_told_and_nothing_typed_is_lost(
    browser: httpx.AsyncClient, database: Database, admin: Admin, changed: dict[str, str], told: str
) -> None:
    await put_rules(database)
    form = {"institution": SINGLE, "account": ACCOUNT, "key": await key_of(browser)} | changed
    page = await browser.post("/complain", data=form)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert told in page.text
    for value in form.values():
        assert value in page.text
    assert await admin.fetchval("SELECT count(*) FROM register.complaint") == 0


async def test_limits_go_by_the_readers_address(browser: httpx.AsyncClient, database: Database, admin: Admin) -> None:
    await put_rules(database)
    answers = []
    for number in range(40):
        form = {"institution": SINGLE, "account": f"{ACCOUNT}{number}", "key": await key_of(browser)}
        answers.append((await browser.post("/complain", data=form)).status_code)
        if answers[-1] != 200:
            break
    assert set(answers) == {200, 400}
    assert await admin.fetchval("SELECT count(DISTINCT address_hash) FROM register.complaint") == 1


async def test_a_form_of_another_site_is_refused(browser: httpx.AsyncClient, database: Database, admin: Admin) -> None:
    await put_rules(database)
    form = {"institution": SINGLE, "account": ACCOUNT}
    page = await browser.post("/complain", data=form, headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 400
    assert await admin.fetchval("SELECT count(*) FROM register.complaint") == 0


async def issued(database: Database) -> str:
    """A statement on one institution, as a buyer gets it."""
    context = ApiContext(database, authenticate=authenticate, secret=b"s" * 32, signer=lambda: SIGNER)
    transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as buyer:
        given = {"query": ISSUE, "variables": {"in": {"codes": [SINGLE]}}}
        answer = (await buyer.post("/graphql", json=given, headers={"authorization": "Bearer buyer"})).json()
    return str(answer["data"]["issueProcurementStatement"]["statement"]["jws"])


@pytest.mark.parametrize("way", ["file", "text"])
async def test_a_statement_is_verified_and_leaves_no_trace(
    browser: httpx.AsyncClient, database: Database, sample: Sample, admin: Admin, way: str
) -> None:
    text = await issued(database)
    events = await admin.fetchval("SELECT count(*) FROM register.audit_event")

    async def told(given: str) -> str:
        sent: dict[str, Any] = {"data": {"jws": given}}
        if way == "file":
            sent = {"files": {"file": ("x.jws", given.encode())}}
        return (await browser.post("/statements", **sent)).text

    assert "证明有效" in await told(text)
    assert SINGLE in await told(text)
    broken = text[:-5] + ("A" if text[-5] != "A" else "B") + text[-4:]
    assert "证明无效" in await told(broken)
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event") == events


async def test_the_printed_digest_leads_to_what_the_register_knows(
    browser: httpx.AsyncClient, database: Database, sample: Sample
) -> None:
    digest = hashlib.sha256((await issued(database)).encode()).hexdigest()
    page = await browser.get(f"/en/statements?sha256={digest}")
    assert "The statement holds" in page.text
    assert SINGLE in page.text
    assert "does not hold" in (await browser.get(f"/en/statements?sha256={'0' * 64}")).text


async def test_downloads_are_listed_with_counts_and_digests(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/downloads")).text
    (export,) = EXPORTS
    assert "1,234" in page
    assert "ab" * 32 in page
    assert f"/exports/{export['folder']}/ratings.csv" in page
    assert f"/exports/{export['folder']}/manifest.json" in page
