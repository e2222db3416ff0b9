"""The entries on credit lists that bear on an institution: its own, and those of the legal entity that runs it."""

_COLUMNS = "e.id AS entry_id, e.list_kind, e.ground_code, e.disputed"


def bearing(institution_id: str, organisation_id: str) -> str:
    """Return the FROM item `b` of the entries in force that bear on an institution, each found by index."""
    arms = (
        f"SELECT {_COLUMNS} FROM {{listed_entry:e}} WHERE e.{column} = {number}"  # noqa: S608 - declared
        for column, number in (("institution_id", institution_id), ("organisation_id", organisation_id))
    )
    return f"({' UNION ALL '.join(arms)}) AS b"
