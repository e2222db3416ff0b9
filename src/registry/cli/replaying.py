"""replay: a published run made once more from recorded history."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.scoring import kernels_ready, shown_stage
from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.replaying import Replay

_TOLD = {
    "SAME": "the same came out / 结果相同",
    "OTHER_INPUT": "another input was read / 输入不同",
    "OTHER_OUTPUT": "the same input gave another output / 输入相同而结果不同",
    "NOT_REPLAYED": "governs nothing in the replay / 重算中不适用于任何机构",
    "NOT_RECORDED": "is no part of the run's record / 评定记录中没有",
}


def _replay(
    run_id: Annotated[int, typer.Argument(metavar="RUN", help="The run's number. 评定编号。", show_default=False)],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Make a published run once more from recorded history; exit 0 if the same comes out. 由历史重算一次评定。"""
    from registry.services.replaying import replay

    settings = settings_of_command()

    async def replayed() -> "Replay":
        await kernels_ready()
        async with opened(settings) as database:
            with shown_stage() as progress:
                return await replay(database, operator_here(), run_id, progress=progress)

    told = run(replayed())
    emit(_as_data(told), lambda: _show(told))
    if not told.holds:
        raise typer.Exit(1)


def _as_data(told: "Replay") -> dict[str, Any]:
    policies = [asdict(policy) | {"verdict": policy.verdict} for policy in told.policies]
    return asdict(told) | {"holds": told.holds, "policies": policies}


def _show(told: "Replay") -> None:
    say(f"Run / 评级 {told.run_id} {told.kind} {told.as_of}, position / 位置 {told.position:,}")
    rows = [[f"{policy.code}@{policy.version}", _TOLD[policy.verdict]] for policy in told.policies]
    show_table(["policy 政策", "replayed 重算"], rows)
    if told.tables:
        say(f"Read otherwise than by the run / 与当时读取不同：{', '.join(told.tables)}")
    say("The same digests / 摘要一致" if told.holds else "Not the same / 不一致")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", epilog="Example: registry replay 42")(_replay)
