"""checkpoint: signs how far the audit chain reaches."""

from typing import TYPE_CHECKING

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.checkpoints import Checkpoint
    from registry.settings import Settings


def _checkpoint(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Sign how far the audit chain reaches, and append it to DATA_DIR/checkpoints.jws. 签署审计链检查点。"""
    from registry.transfer.checkpoints import append_checkpoint

    settings = settings_of_command()
    signed = run(_signed(settings))
    if signed is None:
        said = "Nothing happened since the newest checkpoint / 自上一检查点以来无新事件"
        emit({"signed": False}, lambda: say(said))
        return
    path = append_checkpoint(settings.data_dir, signed.text)
    said = f"Signed up to event / 已签署至事件 {signed.sequence}: {path}"
    emit({"signed": True, "sequence": signed.sequence, "file": str(path)}, lambda: say(said))


async def _signed(settings: "Settings") -> "Checkpoint | None":
    from registry.domain.signing import Signer
    from registry.services.checkpoints import sign_checkpoint

    signer = Signer.derive(settings.key("SIGNING_KEY"))
    async with opened(settings) as database:
        return await sign_checkpoint(database, operator_here(), signer)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("checkpoint", epilog="Example: registry checkpoint")(_checkpoint)
