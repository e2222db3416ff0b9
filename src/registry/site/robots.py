"""What programs read: robots.txt, site maps by county, and the feed of what is new."""

from typing import Any

from starlette.responses import PlainTextResponse, Response

from registry.site.documents import COUNTIES, COUNTY_CODES, NEWS
from registry.site.frame import Page, Visit
from registry.site.words import term

PAGE_SIZE = 1_000
MOST_ADDRESSES = 50_000
"""What a site map may hold (sitemaps.org, protocol)."""
_LISTS = ("/lists", "/lists/red", "/lists/watch", "/lists/black")
_ALWAYS_THERE = ("/", "/institutions", *_LISTS, "/staff", "/method", "/help", "/about")
_KEPT_OUT = ("/graphql", "/display", "/en/display", "/metrics", "/readyz", "/exports/")


async def robots_txt(visit: Visit) -> Page | Response:
    """What robots may read, and where the site map is."""
    base = str(visit.request.base_url).rstrip("/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _KEPT_OUT), f"Sitemap: {base}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines), headers={"cache-control": "max-age=3600"})


async def sitemap_index(visit: Visit) -> Page | Response:
    """The site maps, one for the pages that are always there and one for each county."""
    codes: list[str] = []
    after: str | None = None
    while True:
        told = await visit.answer(COUNTIES, after=after)
        codes += [region["code"] for region in told.data["regions"]["nodes"]]
        after = told.data["regions"]["pageInfo"]["endCursor"]
        if not told.data["regions"]["pageInfo"]["hasNextPage"]:
            return Page("sitemap_index.xml", {"codes": ["pages", *codes]}, media_type="application/xml")


async def sitemap(visit: Visit) -> Page | Response:
    """The addresses of one site map: institutions of a county, or the pages that are always there."""
    region = visit.request.path_params["region"]
    paths = list(_ALWAYS_THERE) if region == "pages" else await _institutions(visit, region)
    return Page("sitemap.xml", {"paths": paths}, media_type="application/xml")


async def _institutions(visit: Visit, region: str) -> list[str]:
    """The pages of a county's institutions, as many as a site map may tell."""
    paths: list[str] = []
    after: str | None = None
    while True:
        told = (await visit.answer(COUNTY_CODES, region=region, first=PAGE_SIZE, after=after)).data["institutions"]
        paths += [f"/institutions/{node['code']}" for node in told["nodes"]]
        after = told["pageInfo"]["endCursor"]
        if not told["pageInfo"]["hasNextPage"] or len(paths) + PAGE_SIZE > MOST_ADDRESSES:
            return paths


async def news(visit: Visit) -> Page | Response:
    """The feed of new entries, runs and policies; an entry that ended is not in it."""
    told = await visit.answer(NEWS)
    items = [_entry(visit, entry) for entry in told.data["creditEntries"]["nodes"]]
    items += [_run(visit, run) for run in told.data["ratingRuns"]["nodes"]]
    items += [_policy(visit, policy) for policy in told.data["ratingPolicies"]["nodes"]]
    items.sort(key=lambda item: str(item["at"]), reverse=True)
    return Page("changes.atom.xml", {"items": items[:60]}, media_type="application/atom+xml")


def _entry(visit: Visit, entry: dict[str, Any]) -> dict[str, Any]:
    kind = term(visit.language, "list", entry["kind"])
    text = f"{visit.name(entry['ground'])} · {entry['authority']} {entry['documentNumber']}"
    at = f"{entry['publishedOn'] or entry['decidedOn']}T00:00:00+08:00"
    return {
        "path": f"/entries/{entry['id']}",
        "fragment": "",
        "at": at,
        "title": visit.say("feed.entry", kind=kind, name=entry["subject"]["name"]),
        "text": text,
    }


def _run(visit: Visit, run: dict[str, Any]) -> dict[str, Any]:
    title = visit.say("feed.run", day=run["asOf"], changed=run["changed"])
    told = {"at": run["finishedAt"], "title": title, "text": ""}
    return {"path": "/method/weights", "fragment": f"#{run['id']}", **told}


def _policy(visit: Visit, policy: dict[str, Any]) -> dict[str, Any]:
    title = visit.say("feed.policy", name=visit.name(policy, "title"), version=policy["version"])
    path = f"/method/policies/{policy['code']}@{policy['version']}"
    return {"path": path, "fragment": "", "at": policy["publishedAt"], "title": title, "text": ""}
