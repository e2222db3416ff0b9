"""statement verify: whether the register signed a statement, and what it says."""

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


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    statements = typer.Typer(help="Procurement statements. 采购核查证明", no_args_is_help=True)
    statements.command("verify", epilog="Example: registry statement verify statement.jws")(_verify)
    app.add_typer(statements, name="statement")
