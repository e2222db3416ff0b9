"""The text of a statement under construction: values become parameters, templates get their names filled in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def literal(text: str) -> str:
    """Return `text` as a SQL string constant; for names of the schema and response keys, never for values."""
    return "'" + text.replace("'", "''") + "'"


def storable(value: object) -> object:
    """Return a value as PostgreSQL can hold it."""
    # PostgreSQL's text holds no NUL and no half of a surrogate pair; a text that has one equals nothing stored.
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _UNSTORABLE.sub("�", value)
    if isinstance(value, list):
        if set(map(type, value)) == {str} and storable(whole := "".join(value)) == whole:
            return value
        return [storable(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class Free:
    """A value together with what makes it of the variables of a request, so that the statement holds for others too."""

    value: object
    read: Callable[[Mapping[str, Any]], object]


@dataclass(slots=True)
class Parameters:
    """The values of a statement in order; each is used through its typed mark. `free` makes those at some places."""

    values: list[object] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)
    free: dict[int, Callable[[Mapping[str, Any]], object]] = field(default_factory=dict)

    def add(self, value: object, type_name: str) -> str:
        """Return a mark with a cast to `type_name` for a value."""
        if isinstance(value, Free):
            self.free[len(self.values)] = value.read
            value = value.value
        self.values.append(storable(value))
        return f"${len(self.values)}::{type_name}"

    def once(self, name: str, value: object, type_name: str) -> str:
        """Return one and the same mark for every use of a named value."""
        if name not in self.shared:
            self.shared[name] = self.add(value, type_name)
        return self.shared[name]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a question is asked about: now (`position` None), or what the register said at a position.

    `law_day` is the Asia/Shanghai date on which validity is judged. `reviewed` says that the position may be later than
    that day: what is known of it since.
    """

    law_day: date
    position: int | None = None
    asked: datetime | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A relation that templates name; `versions` is empty for one whose rows never change once recorded.

    `stood` holds for the rows that stood at `{position}`; empty where rows are only reached through others. `staff`
    is what staff read in its place, on their own pool; without it they read what everybody reads. `reviewed` takes
    the place of `stood` where an earlier day is asked about than the position's.
    """

    now: str
    versions: str = ""
    stood: str = ""
    staff: "Source | None" = None
    reviewed: str = ""

    def then(self, alias: str, condition: str) -> str:
        """Return a FROM item: the rows that stood where `condition` holds."""
        return f"(SELECT v.* FROM {self.versions or self.now} AS v WHERE {condition}) AS {alias}"  # noqa: S608 - declared


_STOOD = "v.recorded_from <= {position} AND (v.recorded_to IS NULL OR v.recorded_to > {position})"
_ADDED = "v.recorded_from <= {position}"
# Of ratings about days up to the one asked about, the one that was recorded last.
_NEWEST_ABOUT = (
    "v.as_of <= {day} AND v.recorded_from <= {position} AND NOT EXISTS (SELECT FROM disclosure.rating_version AS w "
    "WHERE w.institution_id = v.institution_id AND w.as_of <= {day} AND w.recorded_from <= {position} "
    "AND w.recorded_from > v.recorded_from)"
)


def _versioned(name: str) -> Source:
    return Source(f"disclosure.{name}", f"disclosure.{name}_version", _STOOD)


# The columns that versions have and standing rows lack, so that a rating is read alike from either.
_STANDING_RATING = (
    "(SELECT s.*, NULL::bigint AS recorded_to, NULL::timestamptz AS superseded_at FROM disclosure.rating AS s)"
)

# What is for staff alone is null in what everybody reads, so that an entry is read alike from either.
_NOT_FOR_ALL = (
    "NULL::bigint AS person_id, NULL::boolean AS repair_pending, NULL::date AS ended_on, NULL::text AS end_kind, "
    "NULL::text AS end_reason, NULL::text AS end_document_number, NULL::text AS evidence"
)
_IN_FORCE = "v.in_force_from <= {day} AND (v.in_force_to IS NULL OR v.in_force_to >= {day})"
_ENTRY = Source(
    f"(SELECT l.*, {_NOT_FOR_ALL} FROM disclosure.listed_entry AS l)",  # noqa: S608 - declared
    f"(SELECT l.*, {_NOT_FOR_ALL} FROM disclosure.listed_entry_version AS l)",  # noqa: S608 - declared
    f"{_STOOD} AND {_IN_FORCE}",
    staff=Source("register.seen_entry", "register.seen_entry_version", f"{_STOOD} AND (v.own OR ({_IN_FORCE}))"),
)


def _of_staff(name: str) -> Source:
    source = Source(f"register.{name}", f"register.{name}_version", _STOOD)
    return replace(source, staff=source)


SOURCES: Mapping[str, Source] = {
    "region": _versioned("region"),
    "organisation": _versioned("organisation"),
    "institution": _versioned("institution"),
    "assessment": _versioned("assessment"),
    "rating": Source(_STANDING_RATING, "disclosure.rating_version", _STOOD, reviewed=_NEWEST_ABOUT),
    "standing": Source("disclosure.standing", "disclosure.rating_version", _STOOD),
    "rating_history": Source("disclosure.dated_rating", stood=_ADDED),
    "rating_policy": Source("disclosure.rating_policy", stood=_ADDED),
    "rating_run": Source("disclosure.rating_run", stood=_ADDED),
    "rating_run_policy": Source("disclosure.rating_run_policy"),
    "rating_rank_block": Source("disclosure.rating_rank_block"),
    "change_set": Source("disclosure.change_set"),
    "credit_entry": _ENTRY,
    "listed_entry": Source("disclosure.listed_entry", "disclosure.listed_entry_version", f"{_STOOD} AND {_IN_FORCE}"),
    "listed_institution": Source("disclosure.listed_institution"),
    "looked_back_entry": Source(
        "(SELECT b.* FROM register.looked_back_entry AS b WHERE false)",
        "register.looked_back_entry",
        f"{_STOOD} AND {_IN_FORCE}",
    ),
    "credit_cap": Source("disclosure.credit_cap"),
    "credit_points": Source("disclosure.credit_points"),
    "credit_list": Source("disclosure.credit_list"),
    "credit_ground": Source("disclosure.credit_ground"),
    "credit_consequence": Source("disclosure.credit_consequence"),
    "credit_term": Source("disclosure.credit_term"),
    "credit_window": Source("disclosure.credit_window"),
    "employment": _of_staff("employment"),
}
