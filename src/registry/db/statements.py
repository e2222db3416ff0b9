"""Named SQL statements: one file, one statement, under `sql/queries`."""

import re
from functools import cache

from registry.resources import resource_root


@cache
def statement(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`, with what it takes in of others.

    `{run/read_regions | day | ids}` stands for that statement of given ids in brackets, its parameters being the
    expressions; `{past employment | id, worked}` for those columns of a table as they stood at a position, and
    `{superseded rating | id}` for versions that had been superseded by then: see `_STOOD`.
    """
    text = (resource_root("sql") / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    return _TAKEN_IN.sub(_take_in, text)


_TAKEN_IN = re.compile(r"\{([a-z_/ ]+)((?: \| [^{}|]+)*)\}")
_STOOD = """SELECT {columns} FROM register.{table} AS t WHERE {begun}
     UNION ALL SELECT {columns} FROM register.{table}_history AS t WHERE {begun} AND NOT ({ended})"""
_SUPERSEDED = "SELECT {columns} FROM register.{table}_history AS t WHERE {begun} AND {ended}"
_KNOWN = "t.{} <= version.newest AND NOT version.later @> ARRAY[t.{}]"
"""Whether a change set had been published by then, as the views of `past` tell: `version` has the newest change set
of that position, and those drawn before it and published later."""


def _take_in(mark: re.Match[str]) -> str:
    name, values = mark[1], [value.strip() for value in mark[2].split(" | ")[1:]]
    how, _, table = name.partition(" ")
    if table:
        begun, ended = (_KNOWN.replace("{}", column) for column in ("change_id", "ended_by"))
        stood = _STOOD if how == "past" else _SUPERSEDED
        return f"({stood.format(columns=values[0], table=table, begun=begun, ended=ended)})"
    text = _REMARK.sub("", statement_of_given(name)).strip()
    return f"({_PARAMETER.sub(lambda found: f'({values[int(found[1]) - 1]})', text)})"


_REMARK = re.compile(r"^ *--.*\n", re.MULTILINE)
_PARAMETER = re.compile(r"\$(\d+)")
_OR_ALL = re.compile(r"\$\d+::bigint\[\] IS NULL\s+OR ")


@cache
def statement_of_given(name: str) -> str:
    """Return a statement that reads all rows or those given, with ids always given: NULL means nothing to it.

    One plan then serves whichever ids come; with both ways open, the one plan would read everything.
    """
    return _OR_ALL.sub("", statement(name))


def statement_names() -> list[str]:
    """Return the names of all statements, sorted."""
    root = resource_root("sql") / "queries"
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.sql"))
