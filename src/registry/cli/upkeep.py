"""migrate, doctor, verify, schema: the upkeep of an installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, error_console, say, show_table
from registry.cli.session import opened, run, settings_of_command

if TYPE_CHECKING:
    from registry.db.migrate import Migration
    from registry.services.readiness import Finding
    from registry.services.verifying import VerificationReport
    from registry.settings import Settings


def _migrate(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Bring the database's schema up to date. 更新数据库结构。"""
    settings = settings_of_command()
    applied = [f"{migration.number:04d}_{migration.name}" for migration in run(migrated(settings))]
    emit({"applied": applied}, lambda: say("\n".join(applied) or "The schema is up to date / 数据库结构已是最新"))


async def migrated(settings: "Settings") -> "list[Migration]":
    """Apply what is pending and return it."""
    from registry.app.hosting import database_addresses
    from registry.db.migrate import migrate

    with database_addresses(settings) as addresses:
        return await migrate(addresses.owner)


def _schema() -> None:
    """Print the GraphQL schema (SDL). 输出接口定义。"""
    from registry.api.schema import sdl

    typer.echo(sdl(), nl=False)


Shipped = Annotated[
    Path | None,
    typer.Option("--checkpoints", help="Checkpoints kept elsewhere; else those of the data directory. 检查点文件。"),
]


def _verify(
    checkpoints: Shipped = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Verify the audit chain, the change sets, the history and every reference. 核验登记数据。"""
    from registry.services.verifying import verify
    from registry.transfer.checkpoints import read_checkpoints

    settings = settings_of_command()
    shipped = read_checkpoints(settings.data_dir) if checkpoints is None else checkpoints.read_bytes()

    async def verified() -> "VerificationReport":
        screen = error_console()
        async with opened(settings) as database:
            if not screen.is_terminal:
                return await verify(database, shipped)
            with screen.status("verify"):
                return await verify(database, shipped)

    report = run(verified())
    emit(report.as_data(), lambda: _show_report(report))
    if not report.holds:
        raise typer.Exit(1)


def _show_report(report: "VerificationReport") -> None:
    rows = [(check.name, check.examined, check.violations) for check in report.checks]
    show_table(("check 检查", "examined 已查", "violations 违反"), rows)
    for violation in report.violations:
        say(f"{violation.rule}  {violation.subject}  {violation.text}")
    say("All holds / 全部成立" if report.holds else "Violations found / 发现违反")


def _doctor(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Find what is wrong with configuration, database, clock, calendar and caches, and how to mend it. 诊断。"""
    from registry.cli.diagnosis import diagnosed

    findings = diagnosed()
    failed = any(finding.level == "FAIL" for finding in findings)
    data = {
        "healthy": not failed,
        "findings": [
            {"check": found.check, "level": found.level, "text": found.text, "remedy": found.remedy}
            | ({"details": found.details} if found.details else {})
            for found in findings
        ],
    }
    emit(data, lambda: _show_findings(findings))
    if failed:
        raise typer.Exit(1)


def _show_findings(findings: "list[Finding]") -> None:
    for found in findings:
        say(f"{found.level:<5} {found.check}: {found.text}")
        if found.remedy is not None:
            say(f"      → {found.remedy}")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("migrate", epilog="Example: registry migrate")(_migrate)
    app.command("doctor", epilog="Example: registry doctor --json")(_doctor)
    app.command("verify", epilog="Example: registry verify")(_verify)
    app.command("schema", epilog="Example: registry schema > registry.graphql")(_schema)
