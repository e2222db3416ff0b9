"""sources: how good what each source delivers is."""

from typing import TYPE_CHECKING

import typer

from registry.cli.screen import Json, emit, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.source_reports import SourceReport


def _sources(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell of each source what is late, missing, contradicting and rejected. 各来源数据质量与报送时效。"""
    from registry.services.source_reports import list_sources

    settings = settings_of_command()

    async def listed() -> "list[SourceReport]":
        async with opened(settings) as database:
            return await list_sources(database, operator_here())

    found = run(listed())
    emit(found, lambda: _show(found))


def _show(found: "list[SourceReport]") -> None:
    columns = ("source 来源", "kind", "delivered 报送", "late 逾期", "missing 缺", "differ 矛盾", "bad 拒收")
    rows = [
        (
            one.source,
            one.kind,
            None if one.delivered_at is None else one.delivered_at.date(),
            "late" if one.late else "",
            one.missing,
            one.open_notes,
            one.rejected_rows,
        )
        for one in found
    ]
    show_table(columns, rows, prose=("source 来源",))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("sources", epilog="Example: registry sources --json")(_sources)
