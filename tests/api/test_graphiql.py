"""GraphiQL loads from the register alone."""

import re
from hashlib import sha256
from pathlib import Path

import httpx

import registry.api

FOLDER = Path(registry.api.__file__).parent / "static" / "graphiql"
PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_page_and_its_files_come_from_this_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers=PAGE)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    references = [link for link in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not link.startswith("data:")]
    assert len(references) == 6
    assert "//" not in page.text.replace("<!doctype", "")
    for reference in references:
        served = await client.get("/" + reference)
        assert served.status_code == 200, reference
        kind = "text/javascript" if reference.endswith("js") else "text/css"
        assert served.headers["content-type"].startswith(kind)
        assert served.headers["x-content-type-options"] == "nosniff"
        again = await client.get("/" + reference, headers={"if-none-match": served.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_no_script_stands_in_the_page_and_no_other_host_may_be_asked(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers=PAGE)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    assert not re.search(r"\son\w+=", page.text)


async def test_style_sheets_load_nothing() -> None:
    for sheet in FOLDER.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        assert not re.search(r"url\((?!\s*['\"]?data:)", text)
        assert "http" not in text


async def test_only_the_pages_files_are_served(client: httpx.AsyncClient) -> None:
    for name in ("README.md", "index.html", "nothing.js", "..%2Fschema.py"):
        assert (await client.get(f"/graphql/static/{name}")).status_code == 404


async def test_a_client_that_wants_data_gets_no_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", headers={"accept": "*/*"})).status_code == 400
    asked = await client.get("/graphql", params={"query": "{ __typename }"}, headers=PAGE)
    assert asked.json()["data"] == {"__typename": "Query"}


def test_files_are_those_that_the_readme_names() -> None:
    rows = re.findall(
        r"^\| (\S+) \| \S+ \| [\d.]+ \| MIT \((\S+)\) \| ([0-9a-f]{64}) \|$", (FOLDER / "README.md").read_text(), re.M
    )
    assert len(rows) == 4
    for name, licence, digest in rows:
        assert sha256((FOLDER / name).read_bytes()).hexdigest() == digest
        assert "Permission is hereby granted" in (FOLDER / licence).read_text()
