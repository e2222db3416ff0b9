"""The scoring core: arrays in, arrays out; no I/O, no clock, no database.

The public interface, all importable from `scoring`:

    load_policy(data: bytes, words=Words()) -> Policy
        TOML or canonical JSON, numbers exact; raises PolicyInvalid. `words` are what a register calls things.
    Policy.from_document(document) -> Policy
        A dict as tomllib gives it with parse_float=Decimal. PolicyInvalid.problems is a tuple[Problem, ...]: every
        mistake with path, rule, zh, en, remedy_zh, remedy_en.
    policy.code .version .title .governs (region, kinds, schemes) .effective_from .effective_to (last day or None)
          .legal_basis .recompute .decimals .grades .measures .indicators .domains .credit_caps .credit_points
    policy.canonical -> bytes (sorted JSON)      policy.sha256 -> hex      policy.in_force(day) -> bool
    policy.imported_measures -> tuple[str, ...]  what the caller supplies as columns
    policy.flag_codes -> tuple[str, ...]         what the caller supplies as bool arrays
    policy.needs_roster -> bool
    policy_schema() -> dict                      the JSON Schema of policy documents
    shipped_policies() -> dict[str, bytes]       file name without suffix -> TOML bytes

    workforce_measures(policy, roster, as_of_day, rows=None) -> dict[str, Column]
    people_behind(policy, roster, place, as_of_day) -> Behind    how many people figures tell of
    by_institution(slots, n) -> (offsets, order)
        What puts employments in the order that the roster wants.
    Population(n, measures, groups, flags, keys) groups: nation, province, prefecture, county, kind -> Grouping
    score(policy, population, frozen=None, previous=None) -> Outcome
    rate(policy, population, frozen=None, previous=None) -> Outcome
        As `score` without the digests: for one institution among frozen figures of all.
    explain(policy, population, outcome, i) -> dict
        JSON-able trace of every step of one rating.
    way_up(policy, Situation(population, frozen, roster, place, day, previous), today=None) -> dict
        The least number of certified carers that reaches the next grade, and what stands in the way.
    split_change(Standpoint(policy, population, frozen), Standpoint(...)) -> dict
        A change in parts: policy, weights, comparison (others' figures), own data.
    moves(before, after, grades) -> tuple[tuple[int, ...], ...]     from grade (row) to grade (column)
    apply_credit_caps(policy, stars, entries) -> CreditCapped
        The grade as asked: entries in force, each a Listing(list_kind, ground, disputed), cap or suspend it.
    credit_points_of(policy, entries) -> tuple[CreditPoints, ...]
        What entries in force on red lists add to the score as asked, each rule once, in 10**-decimals of the score.
    warm_up() -> None                            compiles (or loads) the kernels
    ENGINE_VERSION                               digests hold per engine version

A full run that recomputes weights passes frozen=None; a nightly full run passes `frozen.weights_only()`, an incremental
run the whole `Frozen` of the last full run (stored as JSON by `as_document`, `from_document`).
"""

from scoring.change import Standpoint, moves, split_change
from scoring.credit import CreditCapped, Listing, apply_credit_caps, credit_points_of
from scoring.engine import rate, score
from scoring.exact import NumbersTooLarge
from scoring.explain import explain
from scoring.inputs import Column, Grouping, Population, Previous
from scoring.outcome import Distribution, Frozen, Outcome, Ranks, Reason, Weights
from scoring.people import people_behind
from scoring.policy import Policy, PolicyInvalid, Problem, Text, load_policy
from scoring.policy.grades import CreditCap, CreditPoints
from scoring.policy.schema import policy_schema
from scoring.policy.words import Words
from scoring.roster import Certificates, Employments, Roster, by_institution
from scoring.shipped import shipped_policies
from scoring.version import ENGINE_VERSION
from scoring.warm import warm_up
from scoring.way_up import Situation, way_up
from scoring.workforce import workforce_measures

__all__ = [
    "ENGINE_VERSION",
    "Certificates",
    "Column",
    "CreditCap",
    "CreditCapped",
    "CreditPoints",
    "Distribution",
    "Employments",
    "Frozen",
    "Grouping",
    "Listing",
    "NumbersTooLarge",
    "Outcome",
    "Policy",
    "PolicyInvalid",
    "Population",
    "Previous",
    "Problem",
    "Ranks",
    "Reason",
    "Roster",
    "Situation",
    "Standpoint",
    "Text",
    "Weights",
    "Words",
    "apply_credit_caps",
    "by_institution",
    "credit_points_of",
    "explain",
    "load_policy",
    "moves",
    "people_behind",
    "policy_schema",
    "rate",
    "score",
    "shipped_policies",
    "split_change",
    "warm_up",
    "way_up",
    "workforce_measures",
]
