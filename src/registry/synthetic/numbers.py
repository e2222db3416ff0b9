"""Valid numbers of things that do not exist: citizen numbers, social credit codes.

Citizen numbers use county codes 9900 to 9999 of a province, which GB/T 2260 has never assigned; organisation codes
begin with Y, which GB 11714 has not reached: nobody real can bear one. All check characters are right.
"""

from collections.abc import Sequence

import numpy as np

from registry.domain.identifiers import USCC_ALPHABET
from registry.synthetic.days import compact
from registry.synthetic.draws import Ints, scattered

CITIZEN_SPACE = 100 * 500 * 1024
"""How many citizen numbers there are: indexes from 0."""

_CITIZEN_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CITIZEN_CHECKS = np.array(list("10X98765432"))
_ORGANISATION_SPACE = 10**7
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS = "0123456789X"
_Y = 34
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], np.int64)
_USCC_VALUES = np.full(128, -1, np.int64)
_USCC_VALUES[[ord(character) for character in USCC_ALPHABET]] = np.arange(31)


def citizen_numbers(index: Ints, provinces: Ints, born: Ints, male: Ints) -> list[str]:
    """The citizen number of each person: unique for an index below 51,200,000 whatever the other arguments are.

    The birth date is moved within 1,024 days to make it so.
    """
    mixed = scattered(index, 18_236_459, CITIZEN_SPACE)
    area, serial, block = mixed % 100, mixed // 100 % 500, mixed // 50_000
    days = born - born % 1024 + block
    region = (provinces * 100 + 99) * 100 + area
    first = (region * 10**8 + compact(days)) * 1_000 + serial * 2 + male
    checks = _CITIZEN_CHECKS[_weighted(first, _CITIZEN_WEIGHTS) % 11]
    return [f"{number}{check}" for number, check in zip(first.tolist(), checks.tolist(), strict=True)]


def _weighted(numbers: Ints, weights: Sequence[int]) -> Ints:
    """The sum of each number's digits times the weights, which begin at its first digit."""
    total, rest = np.zeros_like(numbers), numbers.copy()
    for weight in reversed(weights):
        total += rest % 10 * weight
        rest //= 10
    return total


def social_credit_codes(index: Ints, prefixes: list[str], regions: list[str]) -> list[str]:
    """The social credit code of each organisation from its prefix (two characters) and region (six digits).

    Unique for an index below 10,000,000.
    """
    bodies = scattered(index, 7_368_787, _ORGANISATION_SPACE)
    totals = _Y * _ORGANISATION_WEIGHTS[0] + _weighted(bodies, _ORGANISATION_WEIGHTS[1:])
    firsts = [
        f"{prefix}{region}Y{body:07d}{_ORGANISATION_CHECKS[-total % 11]}"
        for prefix, region, body, total in zip(prefixes, regions, bodies.tolist(), totals.tolist(), strict=True)
    ]
    return [first + check for first, check in zip(firsts, _uscc_checks(firsts), strict=True)]


def _uscc_checks(firsts: list[str]) -> list[str]:
    codes = np.frombuffer("".join(firsts).encode("ascii"), np.uint8).reshape(-1, 17)
    totals = _USCC_VALUES[codes] @ _USCC_WEIGHTS
    return [USCC_ALPHABET[value] for value in (-totals % 31).tolist()]
