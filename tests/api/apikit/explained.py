"""The reference's fields of an explanation: plain look-ups in what the service worked out."""

from datetime import date, datetime
from typing import Any

from apikit.facts import Facts, Row, When
from apikit.reference_core import RESOLVERS, first


class Entry(dict[str, Any]):
    """An object of an explanation; what it has not is null."""

    def __missing__(self, key: str) -> None:
        return None


def entry(value: Any, when: When) -> Any:
    """Return an explanation whose objects know their moment."""
    if isinstance(value, dict):
        return Entry({key: entry(below, when) for key, below in value.items()}, when=when)
    return [entry(below, when) for below in value] if isinstance(value, list) else value


def termed(key: str) -> Any:
    return lambda facts, row: row[key].upper().replace("-", "_")


def row_of(table: str, key: str) -> Any:
    def found(facts: Facts, row: Row) -> Row | None:
        return first(facts.added(table, row["when"]), id=row[key])

    return found


for _type, _field, _key in (
    ("ExplainedMeasure", "source", "source"),
    ("ExplainedTransform", "kind", "kind"),
    ("ExplainedStage", "stage", "stage"),
    ("ExplainedObstacle", "stage", "stage"),
    ("ExplainedPart", "part", "part"),
    ("ExplainedWay", "way", "way"),
):
    RESOLVERS[_type, _field] = termed(_key)
RESOLVERS["RatingExplanation", "asOf"] = lambda facts, row: date.fromisoformat(row["as_of"])
RESOLVERS["RatingExplanation", "publishedAt"] = lambda facts, row: datetime.fromisoformat(row["published_at"])
RESOLVERS["RatingExplanation", "readPosition"] = lambda facts, row: row["position"]
RESOLVERS["ExplainedCredit", "day"] = lambda facts, row: date.fromisoformat(row["day"])
RESOLVERS["RatingExplanation", "rank"] = lambda facts, row: row["ranks"]
RESOLVERS["RatingExplanation", "policy"] = row_of("rating_policy", "policy_id")
RESOLVERS["RatingExplanation", "run"] = row_of("rating_run", "run_id")
RESOLVERS["ExplainedChange", "sinceDay"] = lambda facts, row: date.fromisoformat(row["as_of"])
RESOLVERS["ExplainedChange", "sincePolicy"] = row_of("rating_policy", "policy_id")
RESOLVERS["ExplainedChange", "sinceRun"] = row_of("rating_run", "run_id")
RESOLVERS["ExplainedObstacle", "atMost"] = lambda facts, row: (
    row["at_most"] if row["at_most"] in (True, False) else None
)
RESOLVERS["ExplainedObstacle", "grade"] = lambda facts, row: (
    row["at_most"] if isinstance(row["at_most"], int) and not isinstance(row["at_most"], bool) else row["grade"]
)
