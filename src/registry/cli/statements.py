"""statement: whether the register signed one and what it says, and the same on paper."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, run, settings_of_command

if TYPE_CHECKING:
    from registry.settings import Settings


def _verify(
    file: Annotated[Path, typer.Argument(help="The statement: compact JWS. 证明文件")],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Verify a procurement statement: signature, key, place in the audit chain; exit 0 only if all hold. 核验证明。"""
    said = run(_verified(settings_of_command(), file.read_text(encoding="ascii", errors="replace")))
    emit({"valid": True, "statement": said}, lambda: _show(said))


def _show(said: dict[str, Any]) -> None:
    check = said["check"]
    say(f"Signed by this register / 签名有效: {said['id']}, {said['issuedAt']}, position / 位置 {check['position']}")
    for answer in check["answers"]:
        reasons = ", ".join(reason["code"] for reason in answer["reasons"])
        say(f"{answer['code']}  {answer['verdict']}  {reasons}".rstrip())


async def _verified(settings: "Settings", text: str) -> dict[str, Any]:
    from registry.domain.attestation import refusal_of
    from registry.services.attestation import attest_text

    async with opened(settings) as database:
        attested = await attest_text(database, text)
    refusal = refusal_of(attested.faults)
    if refusal is not None:
        raise refusal
    return dict(attested.content or {})


def _pdf(
    file: Annotated[Path, typer.Argument(help="The statement: compact JWS. 证明文件")],
    out: Annotated[Path | None, typer.Option(help="Where to write, else beside FILE as .pdf. 输出文件")] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Print a procurement statement of this register as PDF, once it is verified. 将证明打印为 PDF。"""
    from registry.reports.statement_pdf import statement_pdf

    settings = settings_of_command()
    text = file.read_text(encoding="ascii", errors="replace").strip()
    run(_verified(settings, text))
    place = out or file.with_suffix(".pdf")
    place.write_bytes(statement_pdf(text, settings.address))
    emit({"file": str(place)}, lambda: say(f"Written / 已写入 {place}"))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    statements = typer.Typer(help="Procurement statements. 采购核查证明", no_args_is_help=True)
    statements.command("verify", epilog="Example: registry statement verify statement.jws")(_verify)
    statements.command("pdf", epilog="Example: registry statement pdf statement.jws")(_pdf)
    app.add_typer(statements, name="statement")
