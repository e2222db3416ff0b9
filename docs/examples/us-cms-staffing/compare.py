"""Compares the register's staffing stars with the published ones; exit 0 only if all are equal.

Usage: python compare.py [URL of the GraphQL endpoint]
"""

import csv
import json
import sys
import urllib.request
from pathlib import Path

QUERY = """
query Stars($codes: [String!]!) {
  ratings(codes: $codes) {
    __typename
    ... on Rated { code rating { stars } }
    ... on NotRated { code reason { code } }
    ... on UnknownCode { code }
  }
}
"""


def published() -> dict[str, int]:
    """The published stars by institution code, in the order of the file."""
    with (Path(__file__).parent / "published.csv").open(encoding="utf-8", newline="") as stream:
        return {f"US-CCN:{row['ccn']}": int(row["staffing_rating"]) for row in csv.DictReader(stream)}


def computed(url: str, codes: list[str]) -> list[dict[str, object]]:
    """The register's answers, in the order asked."""
    body = json.dumps({"query": QUERY, "variables": {"codes": codes}}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 - the reader's own
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer = json.load(response)
    if "errors" in answer:
        sys.exit(json.dumps(answer["errors"], ensure_ascii=False, indent=2))
    found: list[dict[str, object]] = answer["data"]["ratings"]
    return found


def stars_of(answer: dict[str, object]) -> int | None:
    """The stars of one answer, None where it is not rated."""
    rating = answer.get("rating")
    return int(rating["stars"]) if isinstance(rating, dict) else None


def main() -> None:
    """Print the differences and how many agree."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/graphql"
    wanted = published()
    answers = computed(url, list(wanted))
    differing = 0
    for (code, stars), answer in zip(wanted.items(), answers, strict=True):
        if stars_of(answer) != stars:
            differing += 1
            sys.stdout.write(f"{code}: published {stars}, computed {stars_of(answer) or answer}\n")
    sys.stdout.write(f"{len(wanted) - differing} of {len(wanted)}\n")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
