"""Pages over a register: complete in both languages, kept while they are true, three statements a view."""

import asyncio
import re
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path

import httpx
import pytest
from apikit.builder import change_set
from apikit.listed import days_ago, write_entries
from apikit.sample import CHAIN, SINGLE, Sample
from tests.asked import Statements
from tests.services.generated import CLI, generated_register
from tests.site.conftest import reading

from registry.db.pool import Connection, Database
from registry.services.rating_runs import recompute
from registry.services.transactions import ChangeKind
from registry.site import frame, outage_page, policy_words, robots
from registry.synthetic import DEFAULT_AS_OF

PATHS = [
    "/",
    "/institutions",
    "/institutions?q=夕阳&sort=name",
    "/institutions?region=220100&kind=DAY_CARE&stars=3&certified=50&grade=4",
    f"/institutions/{SINGLE}",
    "/institutions/FAC:A1",
    f"/organisations/{CHAIN}",
    "/lists",
    "/lists/red",
    "/lists/black?region=220000&ground=FALSE_CLAIMS&on=2026-06-01",
    "/method",
    "/method/weights",
    "/staff",
    "/staff?region=220100",
    "/staff?region=nowhere",
    "/help",
    "/about",
    "/institutions?listed=BLACK",
]
NOT_KEPT = [f"/complain?institution={SINGLE}", "/complain/receipt", "/statements", "/downloads"]
"""Pages that nobody keeps: forms, and what no position of the register tells the age of."""


async def address_of_entry(browser: httpx.AsyncClient, name: str) -> str:
    """Return where the entry on a black list with this name beside it is told."""
    found = re.search(rf'href="(/entries/[^"]+)"[^>]*>{name}<', (await browser.get("/lists/black")).text)
    assert found is not None
    return found[1]


LANGUAGES = (("", "zh-CN"), ("/en", "en"))


async def test_pages_are_complete_in_both_languages(browser: httpx.AsyncClient) -> None:
    for path, (prefix, language) in product([*PATHS, *NOT_KEPT], LANGUAGES):
        page = await browser.get(f"{prefix}{path}")
        assert page.status_code == 200, f"{path}: {page.text}"
        assert f'<html lang="{language}">' in page.text
        assert page.text.count("<h1") == 1
        assert not re.search(r"<script|\sstyle=|\son\w+=|https?://(?!register|schema\.org|www\.w3\.org)", page.text)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


ALSO_COUNTED = [
    f"/organisations/{CHAIN}?as_of={{yesterday}}",
    f"/institutions/{SINGLE}?as_of={{yesterday}}",
    "{entry}",
    "/changes.atom",
    "/sitemap.xml",
    "/sitemaps/pages.xml",
    "/sitemaps/220102.xml",
    f"/statements?sha256={'0' * 64}",
]
ASK_NOTHING = {"/about", "/complain/receipt", "/statements", "/sitemaps/pages.xml"}


async def test_a_view_makes_three_statements_at_most(
    browser: httpx.AsyncClient, database: Database, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_entries(database, sample)
    entry = await address_of_entry(browser, "夕阳红集团")
    statements = Statements(monkeypatch)
    policy_words._SHELF.clear()
    for path in [*PATHS, *NOT_KEPT, *ALSO_COUNTED]:
        statements.asked.clear()
        page = await browser.get(path.format(entry=entry, yesterday=days_ago(1)))
        assert page.status_code == (404 if "yesterday" in path else 200), path
        assert len(statements.asked) <= 3, path
        assert bool(statements.asked) == (path not in ASK_NOTHING), path


async def test_an_explanation_makes_three_statements_at_most_now_and_then(
    database: Database, admin: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await generated_register(database, tmp_path, institutions=12, policies=["cn-national"])
    await recompute(database, CLI, as_of=DEFAULT_AS_OF)
    earlier = "UPDATE register.{} SET recorded_at = recorded_at - interval '3 days'"
    await admin.execute("SET session_replication_role = replica")
    for table in ("change_set", "register_head"):
        await admin.execute(earlier.format(table))
    code = await admin.fetchval(
        "SELECT i.code FROM register.rating AS r JOIN register.institution AS i ON i.id = r.institution_id"
    )
    async with reading(database) as browser:
        statements = Statements(monkeypatch)
        for day, most in ((days_ago(0), 2), (days_ago(1), 3)):
            statements.asked.clear()
            page = await browser.get(f"/en/institutions/{code}/explanation?as_of={day}")
            assert "The recomputation equals what was published" in page.text, day
            assert len(statements.asked) == most, day


async def test_an_unchanged_page_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    for path in PATHS:
        page = await browser.get(path)
        assert page.headers["cache-control"] == "no-cache", path
        again = await browser.get(path, headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        large = await browser.get(path, headers={"if-none-match": page.headers["etag"], "cookie": "display=large"})
        assert large.status_code == 200, path
        assert 'class="large"' in large.text, path


async def test_an_unchanged_page_is_not_asked_for_again(
    browser: httpx.AsyncClient, database: Database, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = Statements(monkeypatch)
    for path in ("/", "/institutions", f"/institutions/{SINGLE}", "/lists/black", "/staff"):
        page = await browser.get(path)
        statements.asked.clear()
        again = await browser.get(path, headers={"if-none-match": f'"other", W/{page.headers["etag"]}'})
        assert (again.status_code, len(statements.asked)) == (304, 1), path
        [least] = statements.asked
        assert "credit_term" in least, path
    await write_entries(database, sample)
    for asked in (4, 3):
        statements.asked.clear()
        again = await browser.get("/", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, len(statements.asked)) == (200, asked)


async def test_a_change_of_the_register_makes_pages_new(
    browser: httpx.AsyncClient, database: Database, sample: Sample
) -> None:
    page = await browser.get(f"/institutions/{SINGLE}")
    await write_entries(database, sample)
    again = await browser.get(f"/institutions/{SINGLE}", headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 200
    assert "长民罚〔2026〕institution_idWATCH" in again.text
    assert "60日内可申请行政复议" in again.text


async def test_an_entry_is_gone_with_its_end(browser: httpx.AsyncClient, database: Database, sample: Sample) -> None:
    listed = await write_entries(database, sample)
    address = await address_of_entry(browser, "夕阳红集团")
    page = await browser.get(address)
    assert page.status_code == 200
    assert "长民罚〔2026〕organisation_idBLACK" in page.text
    async with change_set(database, ChangeKind.CORRECTION, "withdrawn") as writer:
        end = {"end_kind": "WITHDRAWN", "end_reason": "决定有误", "ended_on": days_ago(0)}
        await writer.amend("credit_entry", listed.entries["chain"], **end)
    gone = await browser.get(address, headers={"if-none-match": page.headers["etag"]})
    assert (gone.status_code, gone.headers["cache-control"]) == (410, "no-store")
    assert "长民罚" not in gone.text
    for path in ("/lists/black", "/", f"/organisations/{CHAIN}", "/changes.atom"):
        assert address not in (await browser.get(path)).text, path


async def test_a_page_of_yesterday_is_not_a_page_of_today(
    browser: httpx.AsyncClient, database: Database, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At law midnight every validator changes, though nothing was written."""
    await write_entries(database, sample)
    page = await browser.get("/lists/red")
    monkeypatch.setattr(frame.Visit, "today", property(lambda visit: days_ago(-1)))
    assert (await browser.get("/lists/red", headers={"if-none-match": page.headers["etag"]})).status_code == 200


async def test_a_person_is_kept_out_of_search_engines(
    browser: httpx.AsyncClient, database: Database, sample: Sample
) -> None:
    await write_entries(database, sample)
    page = await browser.get(await address_of_entry(browser, "张三"))
    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert "110105********002X" in page.text
    assert "安康养老院" not in page.text


REFUSALS = [
    ("/nothing", 404),
    ("/institutions/9999", 404),
    ("/organisations/9999", 404),
    ("/entries/nothing", 404),
    ("/entries/Q3JlZGl0RW50cnk6OTk5OTk5", 410),
    ("/lists/green", 404),
    ("/method/policies/none@1", 404),
    ("/institutions?q=x福", 200),
    ("/institutions?q=福", 400),
    ("/institutions?after=nonsense", 400),
    ("/lists/red?on=yesterday", 400),
    ("/institutions?path=x&visit=y&self=z&sort=unknown&kind=NONE", 200),
]


async def test_what_is_not_there_is_told_on_a_page(browser: httpx.AsyncClient) -> None:
    for (path, status), (prefix, language) in product(REFUSALS, LANGUAGES):
        page = await browser.get(f"{prefix}{path}")
        assert page.status_code == status, f"{path}: {page.text}"
        assert f'<html lang="{language}">' in page.text
        if status >= 400:
            assert page.headers["cache-control"] == "no-store", path
            assert page.headers["x-robots-tag"] == "noindex", path


async def test_a_program_gets_no_page_for_what_is_unknown(browser: httpx.AsyncClient) -> None:
    assert "<html" not in (await browser.get("/nothing", headers={"accept": "application/json"})).text


async def test_a_past_day_is_shown_as_it_was(browser: httpx.AsyncClient) -> None:
    assert (await browser.get(f"/institutions/{SINGLE}?as_of=1990-01-01")).status_code == 404
    for day, told in (("2999-01-01", "不能查询将来的日期"), ("gestern", "日期无法识别")):
        page = await browser.get(f"/institutions/{SINGLE}?as_of={day}")
        assert page.status_code == 200
        assert told in page.text


async def test_display_is_kept_in_a_cookie_and_leads_back_to_this_site_alone(browser: httpx.AsyncClient) -> None:
    chosen = await browser.get("/display", params={"large": "1", "contrast": "1", "back": "/en/lists?x=1"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/en/lists?x=1")
    assert chosen.headers["set-cookie"].startswith("display=large-contrast;")
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "evil", "/x\r\nset-cookie: a=b"):
        answered = await browser.get("/display", params={"back": back})
        assert answered.headers["location"] == "/", back


async def test_robots_find_every_institution(browser: httpx.AsyncClient) -> None:
    robots = (await browser.get("/robots.txt")).text
    assert "Sitemap: http://register/sitemap.xml" in robots
    index = (await browser.get("/sitemap.xml")).text
    assert "<loc>http://register/sitemaps/220102.xml</loc>" in index
    county = await browser.get("/sitemaps/220102.xml")
    assert county.headers["content-type"].startswith("application/xml")
    assert "<loc>http://register/institutions/FAC:B2</loc>" in county.text
    assert "<loc>http://register/staff</loc>" in (await browser.get("/sitemaps/pages.xml")).text


async def test_programs_find_what_a_page_is_about_and_where_it_stands(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(f"/en/institutions/{SINGLE}?as_of={days_ago(0)}")).text
    address = f"http://register/en/institutions/{SINGLE}"
    for told in (
        f'<link rel="canonical" href="{address}">',
        f'<link rel="alternate" hreflang="zh-CN" href="http://register/institutions/{SINGLE}',
        '<article itemscope itemtype="https://schema.org/LocalBusiness">',
        f'<link itemprop="url" href="{address}">',
        f'itemprop="identifier">{SINGLE}<',
        'itemtype="https://schema.org/Organization"',
    ):
        assert told in page, told


@pytest.mark.parametrize(("most", "told"), [(50_000, 3), (2, 2)])
async def test_a_county_of_many_institutions_is_told_whole(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, most: int, told: int
) -> None:
    monkeypatch.setattr(robots, "PAGE_SIZE", 1)
    monkeypatch.setattr(robots, "MOST_ADDRESSES", most)
    county = (await browser.get("/sitemaps/220000.xml")).text
    assert len(set(re.findall("<loc>(.*?)</loc>", county))) == county.count("<loc>") == told


async def test_the_feed_tells_of_entries_and_runs(
    browser: httpx.AsyncClient, database: Database, sample: Sample
) -> None:
    await write_entries(database, sample)
    feed = await browser.get("/en/changes.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    titles = re.findall("<title>(.*)</title>", feed.text)
    assert "Black list: 夕阳红集团" in titles
    assert any(title.startswith("Watch list: ") for title in titles)
    links = re.findall('<link rel="alternate" type="text/html" href="http://[^/]*([^"]*)"/>\n<updated>', feed.text)
    assert {link.split("/")[2] for link in links[1:]} == {"entries", "method"}
    assert {(await browser.get(link)).status_code for link in links} == {200}
    names = re.findall("<id>(.*)</id>", feed.text)
    assert len(names) == len(set(names)) == len(links)


def test_an_outage_is_a_page_for_readers_alone() -> None:
    from starlette.requests import Request

    def asked(accept: str) -> Request:
        headers = [(b"accept", accept.encode()), (b"host", b"t")]
        scope = {"type": "http", "method": "GET", "path": "/en/lists", "query_string": b"", "headers": headers}
        return Request({**scope, "scheme": "http", "server": ("t", 80)})

    page = outage_page(asked("text/html"), "数据库没有应答", "The database does not answer")
    assert page is not None
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert "The database does not answer" in bytes(page.body).decode()
    assert outage_page(asked("application/json"), "", "") is None


async def test_the_statement_of_a_page_is_prepared_once_however_long_it_is(
    browser: httpx.AsyncClient, database: Database
) -> None:
    for _ in range(2):
        assert (await browser.get(f"/institutions/{SINGLE}")).status_code == 200
    pool = database.public
    async with asyncio.timeout(60), AsyncExitStack() as stack:
        while pool.get_idle_size() < pool.get_size():  # noqa: ASYNC110 - a connection comes back after its answer
            await asyncio.sleep(0)
        opened = [await stack.enter_async_context(pool.acquire()) for _ in range(pool.get_size())]
        longest = [
            await connection.fetchval("SELECT coalesce(max(length(statement)), 0) FROM pg_prepared_statements")
            for connection in opened
        ]
    assert max(longest) > 15 << 10
