"""The questions that are put to every server, and the variables they are put with."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A document with one root field; `varied` draws its variables from codes and cursors of the register."""

    name: str
    title: str
    field: str
    document: str
    varied: Callable[[random.Random, list[str], list[str]], Variables]


LOOK_UP = Question(
    "look-up",
    "one institution",
    "institution",
    """query LookUp($code: String!) {
  institution(code: $code) { code name kind beds region { code name } rating { stars score publishedAt } }
}""",
    lambda draw, codes, _: {"code": draw.choice(codes)},
)
PAGE = Question(
    "page",
    "page of 50 with rating, history and entries",
    "institutions",
    """query Page($after: String) {
  institutions(first: 50, after: $after) {
    pageInfo { hasNextPage }
    nodes {
      code name beds
      rating { stars score publishedAt }
      ratingHistory(first: 5) { nodes { stars score publishedAt } }
      creditEntries(first: 5) { nodes { kind authority documentNumber decidedOn inForceTo } }
    }
  }
}""",
    lambda draw, _, cursors: {"after": draw.choice(cursors)},
)
BATCH = Question(
    "batch",
    "ratings of 1,000 codes",
    "ratings",
    """query Batch($codes: [String!]!) {
  ratings(codes: $codes) {
    __typename
    ... on Rated { code rating { stars score } }
    ... on NotRated { code reason { code } }
    ... on SeveralInstitutions { code codes }
    ... on UnknownCode { code }
  }
}""",
    lambda draw, codes, _: {"codes": draw.sample(codes, 1_000)},
)
QUESTIONS = (LOOK_UP, PAGE, BATCH)
CURSORS = """query Cursors($after: String) {
  institutions(first: 1000, after: $after) { pageInfo { hasNextPage endCursor } edges { cursor node { code } } }
}"""
