"""certificate: whether the register signed a certificate of a rating, and what it says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, run, settings_of_command

if TYPE_CHECKING:
    from registry.settings import Settings


def _verify(
    file: Annotated[Path, typer.Argument(help="The certificate: compact JWS. 证书文件")],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Verify the certificate of a rating: signature and key; exit 0 only if they hold. 核验信用评级证书。"""
    said = run(_read(settings_of_command(), file.read_text(encoding="ascii", errors="replace")))
    emit({"valid": True, "certificate": said}, lambda: _show(said))


def _show(said: dict[str, Any]) -> None:
    institution = said["institution"]
    rating = institution["rating"]
    stars = f"{rating['stars']} stars / 星" if rating else "not rated / 未评级"
    say(f"Signed by this register / 签名有效: {institution['code']} {institution['name']}, {stars}")
    say(f"Law day / 基准日 {said['lawDay']}, position / 位置 {said['position']}, {said['recordedAt']}")


async def _read(settings: "Settings", text: str) -> dict[str, Any]:
    from registry.services.rating_certificates import read_certificate

    async with opened(settings) as database:
        return await read_certificate(database, text)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    certificates = typer.Typer(help="Certificates of ratings. 信用评级证书", no_args_is_help=True)
    certificates.command("verify", epilog="Example: registry certificate verify rating.jws")(_verify)
    app.add_typer(certificates, name="certificate")
