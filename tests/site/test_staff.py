"""The page of a region's staff: what was counted, newest first, and what is withheld."""

from datetime import date, timedelta
from typing import Any

import httpx
from apikit.listed import days_ago

from registry.db.pool import Connection
from registry.site.staff import SHOWN_DAYS, spread

COUNTED = """INSERT INTO register.region_statistic
  (region_code, day, institutions, beds, rated, stars, people, carers, certified, levels, occupations, education)
  VALUES ($1, $2, 7, 700, 3, $3, $4, $5, $6, $7, $8, $9)"""


async def count(admin: Connection, region: str, day: date, carers: int, certified: int) -> None:
    """Record what the job would have counted of a region."""
    levels = [carers - certified, 0, certified, 0, 0, 0, 0, 0, 0]
    people = f'{{"CARER": {carers}, "NURSE": 11}}'
    given: tuple[Any, ...] = ([0] * 20, carers + 11, carers, certified, levels, people, '{"COLLEGE": 17}')
    await admin.execute(COUNTED, region, day, *given)


async def test_what_was_counted_is_shown_with_its_past(browser: httpx.AsyncClient, admin: Connection) -> None:
    await count(admin, "220100", days_ago(30), 40, 20)
    await count(admin, "220100", days_ago(1), 40, 31)
    page = (await browser.get("/en/staff?region=220100")).text
    assert '<p class="big">77.5%</p>' in page
    assert page.index("77.5%") < page.index("50%")
    for told in ("institutions in operation: 7, beds: 700", "Junior", "Nurse", "college"):
        assert told in page
    whole = (await browser.get("/staff")).text
    assert "全国尚无统计数据" in whole


async def test_counts_of_few_people_are_withheld_and_it_is_said(browser: httpx.AsyncClient, admin: Connection) -> None:
    await count(admin, "220100", days_ago(1), 3, 2)
    page = (await browser.get("/en/staff?region=220100")).text
    assert "66.7%" in page
    assert "Junior" not in page
    assert "fewer than five" in page


def test_days_are_spread_evenly_and_the_newest_is_first() -> None:
    days = [{"day": date(2026, 1, 1) + timedelta(days=number)} for number in range(300)]
    shown = spread(days)
    assert len(shown) == SHOWN_DAYS
    assert (shown[0], shown[-1]) == (days[-1], days[0])
    assert shown == sorted(shown, key=lambda one: one["day"], reverse=True)
    assert spread(days[:2]) == [days[1], days[0]]
    assert spread([]) == []
