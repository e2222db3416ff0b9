"""Entries on credit lists about one block: honours, watch and dishonesty, decided elsewhere, some of them ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from registry.domain.lawdays import add_months
from registry.synthetic.days import day_number, number_day
from registry.synthetic.draws import Draws, Ints
from registry.synthetic.places import Places
from registry.synthetic.planting import some
from registry.synthetic.staff import CARER, MANAGER, Posts

LISTED_DAYS_AGO = 80
"""Within so many days before the register's day the planted persons were listed: they are on the list on it."""

LONGEST_AGO = 1_000
EARLIEST = day_number(date(2024, 3, 1))
"""No decision of a synthetic register is older: since then the rules of all its lists are known."""

REPAIRED_AFTER_MONTHS = 13
"""Beyond the minimum of every class."""

REMEDY = "自收到决定之日起六十日内申请行政复议或者六个月内提起行政诉讼"


@dataclass(frozen=True, slots=True)
class _Style:
    """How entries of one sort are decided: by whom, for which grounds, in which class, and how."""

    list_code: str
    origin: str
    bureau: str
    mark: str
    grounds: tuple[str, ...]
    repair_class: str
    basis: str
    remedy: str = REMEDY
    evidence: str = "现场检查记录和询问笔录"


BLACK = _Style(
    "CN-BLACK",
    "IMPORTED",
    "民政局",
    "民列",
    ("HARMING_ELDERLY", "FALSE_CLAIMS", "FIRE_HAZARD", "OBSTRUCTING_INSPECTION", "FRAUD"),
    "SERIOUS",
    "民发〔2019〕103号",
)
COURT = _Style(
    "CN-BLACK",
    "COURT",
    "人民法院",
    "执",
    ("COURT_DEFAULTER",),
    "SERIOUS",
    "民发〔2019〕103号;法释〔2017〕7号",
    "向执行法院申请纠正",
    "未履行生效法律文书确定的义务",
)
WATCH = _Style(
    "CN-WATCH",
    "IMPORTED",
    "民政局",
    "民关",
    ("CORRECTION_OVERDUE", "REPEATED_COMPLAINTS", "MINOR_DISHONESTY"),
    "WATCH",
    "地方办法",
)
RED = _Style(
    "CN-RED",
    "IMPORTED",
    "民政局",
    "民红",
    ("HONEST_OPERATION", "DEDICATION", "OUTSTANDING_SKILL", "RESPECT_FOR_ELDERLY"),
    "HONOUR",
    "民发〔2023〕71号",
    "",
    "推荐材料和公示结果",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """What of a block can be listed: organisations and institutions by code, people by number, and where they are.

    `planted` are institutions that have a planted finding already.
    """

    places: Places
    owners: Sequence[str]
    homes: Sequence[str]
    owner_of: Ints
    place: Ints
    active: Ints
    planted: Ints
    people: Sequence[str]
    posts: Posts
    as_of: int


Entry = tuple[str, ...]
"""The cells of one row of credit-entries."""


class Listing:
    """The entries of one block, with running numbers of documents that begin after `first`."""

    def __init__(self, draws: Draws, listed: Listed, first: int) -> None:
        self._draws, self._listed, self._next = draws, listed, first
        self.entries: list[Entry] = []
        self.planted: list[tuple[int, int, str]] = []
        """Of each listed person on post: the row in `entries`, the institution, the citizen number."""

    def draw(self, wanted: int) -> None:
        """Draws entries, for each finding wanted: two of dishonesty, one of watch, three of honour, two on people."""
        if self._listed.as_of - EARLIEST < LISTED_DAYS_AGO:
            return
        homes = some(self._draws, self._listed.active, 6 * wanted).tolist()
        for place, home in enumerate(homes):
            match place % 6:
                case 0:
                    self._on_organisation(BLACK if place % 4 else COURT, home)
                case 1:
                    self._on_home(BLACK, home, repaired=place % 4 == 1)
                case 2:
                    self._on_home(WATCH, home)
                case _:
                    self._on_home(RED, home)
        self._on_people(wanted)

    def _on_organisation(self, style: _Style, home: int) -> None:
        subject = ("ORGANISATION", self._listed.owners[int(self._listed.owner_of[home])], "")
        place, decided = int(self._listed.place[home]), self._day(LONGEST_AGO)
        ground = self._ground(style)
        document = self._decide(style, ground, subject, place, decided)
        elsewhere = (place + self._listed.places.count // 2) % self._listed.places.count
        adopted = min(decided + 30, self._listed.as_of)
        self._decide(style, ground, subject, elsewhere, adopted, original=document)

    def _on_home(self, style: _Style, home: int, *, repaired: bool = False) -> None:
        subject = ("INSTITUTION", self._listed.homes[home], "")
        place, decided = int(self._listed.place[home]), self._day(LONGEST_AGO)
        self._decide(style, self._ground(style), subject, place, decided, repaired=repaired)

    def _on_people(self, wanted: int) -> None:
        """Lists carers and managers, with one post each, at institutions that have a finding already."""
        posts = self._listed.posts
        single = np.bincount(posts.person, minlength=len(self._listed.people))[posts.person] == 1
        fit = single & posts.current & (posts.planted < 0) & np.isin(posts.occupation, (CARER, MANAGER))
        rows = some(self._draws, np.nonzero(fit & np.isin(posts.institution, self._listed.planted))[0], 2 * wanted)
        for turn, row in enumerate(rows.tolist()):
            home, number = int(posts.institution[row]), self._listed.people[int(posts.person[row])]
            subject, place = ("PERSON", "", number), int(self._listed.place[home])
            if turn % 2:
                self._decide(RED, self._ground(RED), subject, place, self._day(LONGEST_AGO))
            else:
                self.planted.append((len(self.entries), home, number))
                self._decide(BLACK, self._ground(BLACK), subject, place, self._day(LISTED_DAYS_AGO))

    def _day(self, longest_ago: int) -> int:
        ago = int(self._draws.between(10, longest_ago, 1)[0])
        return max(self._listed.as_of - ago, EARLIEST)

    def _ground(self, style: _Style) -> str:
        return style.grounds[int(self._draws.between(0, len(style.grounds) - 1, 1)[0])]

    def _decide(
        self,
        style: _Style,
        ground: str,
        subject: tuple[str, str, str],
        place: int,
        decided: int,
        *,
        original: str | None = None,
        repaired: bool = False,
    ) -> str:
        """Adds an entry; gives the number of its document."""
        self._next += 1
        day, places = number_day(decided), self._listed.places
        document = f"{style.mark}〔{day.year}〕{places.codes[place]}-{self._next}号"
        self.entries.append(
            (
                *(document, style.list_code, *subject),
                *(style.origin if original is None else "ADOPTED", day.isoformat(), ground, style.repair_class),
                *(style.evidence, style.basis, style.remedy),
                f"{places.cities[place]}{places.names[place]}{style.bureau}",
                *(places.codes[place], document if original is None else original, "", ""),
                *(self._removal(day, document) if repaired else ("", "", "", "")),
            )
        )
        return document

    def _removal(self, decided: date, document: str) -> Entry:
        """When and how an entry was repaired; nothing where the day is yet to come."""
        ended = add_months(decided, REPAIRED_AFTER_MONTHS)
        if day_number(ended) > self._listed.as_of:
            return "", "", "", ""
        return ended.isoformat(), "REPAIRED", "已履行义务并作出信用承诺", f"修复-{document}"

    def columns(self) -> Iterator[Sequence[str]]:
        """The entries as columns."""
        return iter(list(zip(*self.entries, strict=True)))
