"""Named SQL statements: one file, one statement, under `sql/queries`."""

import re
from functools import cache

from registry.resources import resource_root


@cache
def statement(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`."""
    return (resource_root("sql") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


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
