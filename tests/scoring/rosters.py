"""Rosters from plain rows, and rows made by Hypothesis."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.scoring.reference_staff import OPEN, Paper, Post, Staff

from scoring import Certificates, Employments, Roster

OCCUPATIONS = ("CARER", "SOCIAL_WORKER", "NURSE", "MANAGER")
KINDS = (
    "SKILL_LEVEL",
    "OLD_QUALIFICATION",
    "FIRST_AID",
    "SOCIAL_WORK",
    "NURSE_LICENCE",
    "DEMENTIA_CARE",
    "PROFESSIONAL_TITLE",
)
DAY = 20_513  # 2026-03-01


def roster_of(staff: Staff, order: list[int] | None = None, ids: int = 1) -> Roster:
    """The arrays of plain rows; `order` shuffles employments and certificates, `ids` spreads person ids."""
    posts = [staff.posts[at] for at in order] if order else list(staff.posts)
    posts.sort(key=lambda post: post.institution)
    papers = [(person, paper) for person, held in staff.papers.items() for paper in held]
    if order:
        papers.reverse()
    counts = (
        np.bincount([post.institution for post in posts], minlength=len(staff.beds))
        if posts
        else np.zeros(len(staff.beds))
    )
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def array(kind: Any, values: list[int]) -> Any:
        return np.array(values, dtype=kind)

    return Roster(
        beds=array(np.int32, staff.beds),
        residents=np.array(staff.residents, dtype=np.int32).reshape(-1, 4),
        employments=Employments(
            offsets=offsets,
            person=array(np.int64, [post.person * ids for post in posts]),
            occupation=array(np.int16, [OCCUPATIONS.index(post.occupation) for post in posts]),
            fte_thousandths=array(np.int16, [post.fte for post in posts]),
            started_day=array(np.int32, [post.started for post in posts]),
            ended_day=array(np.int32, [post.ended for post in posts]),
            appointed_level=array(np.int8, [post.appointed for post in posts]),
            standing=array(np.int8, [post.standing for post in posts]),
            recorded=array(np.int64, [post.recorded for post in posts]),
        ),
        certificates=Certificates(
            person=array(np.int64, [person * ids for person, _ in papers]),
            kind=array(np.int8, [KINDS.index(paper.kind) for _, paper in papers]),
            occupation=array(np.int16, [OCCUPATIONS.index(paper.occupation) for _, paper in papers]),
            level=array(np.int8, [paper.level for _, paper in papers]),
            valid_from_day=array(np.int32, [paper.valid_from for _, paper in papers]),
            valid_to_day=array(np.int32, [paper.valid_to for _, paper in papers]),
            expires_day=array(np.int32, [paper.expires for _, paper in papers]),
        ),
        occupation_codes=OCCUPATIONS,
        certificate_kinds=KINDS,
    )


@st.composite
def papers(draw: Any) -> Paper:
    begin = DAY + draw(st.sampled_from([-900, -1, 0, 1]))
    end = draw(st.sampled_from([DAY, DAY + 1, DAY + 90, DAY + 91, OPEN]))
    expires = max(end, draw(st.sampled_from([DAY + 90, DAY + 91, OPEN]))) if draw(st.booleans()) else end
    return Paper(
        draw(st.sampled_from(KINDS)), draw(st.sampled_from(OCCUPATIONS)), draw(st.integers(0, 8)), begin, end, expires
    )


@st.composite
def staffs(draw: Any) -> Staff:
    """A few institutions sharing a few people, with every date near the day that decides."""
    institutions, people = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    posts = [_post(draw, institutions, people, at) for at in range(draw(st.integers(0, 12)))]
    return Staff(
        beds=[draw(st.sampled_from([0, 10, 33])) for _ in range(institutions)],
        residents=[tuple(draw(st.integers(0, 9)) for _ in range(4)) for _ in range(institutions)],
        posts=posts,
        papers={person: draw(st.lists(papers(), max_size=3)) for person in range(people)},
    )


def _post(draw: Any, institutions: int, people: int, at: int) -> Post:
    return Post(
        person=draw(st.integers(0, people - 1)),
        institution=draw(st.integers(0, institutions - 1)),
        occupation=draw(st.sampled_from(("CARER", *OCCUPATIONS))),
        fte=draw(st.sampled_from([1000, 1000, 500, 333])),
        started=DAY + draw(st.sampled_from([-900, -30, -29, 0, 1])),
        ended=draw(st.sampled_from([DAY - 365, DAY - 364, DAY, DAY + 1, OPEN, OPEN])),
        appointed=draw(st.sampled_from([0, 0, 1, 8])),
        standing=draw(st.sampled_from([0, 0, 0, 1, -1])),
        recorded=draw(st.sampled_from([0, at])),
    )
