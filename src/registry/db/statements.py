"""Named SQL statements: one file, one statement, under `sql/queries`."""

from functools import cache

from registry.resources import resource_root


@cache
def statement(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`."""
    return (resource_root("sql") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def statement_names() -> list[str]:
    """Return the names of all statements, sorted."""
    root = resource_root("sql") / "queries"
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.sql"))
