"""keys …: the secret, data and signing keys of an installation."""

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.progress import counted_progress
from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.errors import Bilingual, ConfigurationError, Conflict, InputError

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.services.key_rotation import KeyUse, Rotation
    from registry.settings import Settings

app = typer.Typer(help="Secret, data and signing keys. 密钥。", epilog="Example: registry keys --print")
Printed = Annotated[bool, typer.Option("--print", help="Print new keys, keep nothing. 只输出。")]


@app.callback(invoke_without_command=True)
def keys(
    context: typer.Context,
    printed: Printed = False,
    json: Json = False,
) -> None:
    """Make, rotate and drop keys; without a further word, make what is missing. 密钥。"""
    if context.invoked_subcommand is None:
        make(printed, json)


@app.command(epilog="Example: registry keys make")
def make(
    printed: Printed = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Make the missing keys in the data directory's keys.toml (mode 0600); what is there stays. 生成密钥。"""
    from registry.auth.keyfile import FILE_NAME, KEY_NAMES, ensure_key_file, key_file_text, new_keys

    settings = settings_of_command()
    if printed:
        made = new_keys()
        emit(made, lambda: typer.echo(key_file_text(made), nl=False))
        return
    any_made, path = ensure_key_file(settings.data_dir), settings.data_dir / FILE_NAME
    said = f"Made / 已生成: {path}" if any_made else f"All of {', '.join(KEY_NAMES)} stand already / 已存在: {path}"
    emit({"made": any_made, "file": str(path)}, lambda: say(said))


@app.command(epilog="Example: registry keys rotate PII_KEY")
def rotate(
    name: Annotated[str, typer.Argument(metavar="KEY", help="PII_KEY, SECRET_KEY or SIGNING_KEY. 密钥名。")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="SECRET_KEY: every API key ends. 确认停用全部接口密钥。")] = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Put a new key in the place of one; PII_KEY while everybody goes on working. 轮换密钥。

    A rotation of PII_KEY that was interrupted goes on where it was when it is run again.
    """
    from registry.auth.keyfile import KEY_NAMES

    if name not in KEY_NAMES:
        raise typer.BadParameter(f"known / 可用: {', '.join(KEY_NAMES)}", param_hint="KEY")
    if name == "PII_KEY":
        rotation = run(_rotate_data_key(settings_of_command()))
        emit(rotation, lambda: _show_rotation(rotation))
        return
    _replace(settings_of_command(), name, yes)
    said = f"{name} is replaced; restart `serve` / {name} 已更换；请重启 serve"
    emit({"rotated": name}, lambda: say(said))


def _replace(settings: "Settings", name: str, yes: bool) -> None:
    from registry.auth.keyfile import replace_key

    if name == "SECRET_KEY" and not yes:
        message = Bilingual(
            "更换 SECRET_KEY 后所有接口密钥失效；加 --yes 确认",
            "Every API key ends with its SECRET_KEY; give --yes to confirm",
        )
        raise InputError(message, rule="keys.ends-api-keys", path=("yes",))
    _require_in_file(settings, name)
    replace_key(settings.data_dir, name)


def _require_in_file(settings: "Settings", name: str) -> None:
    """A key that comes from the environment or a vault is replaced there."""
    from registry.auth.keyfile import FILE_NAME, decode_key, read_key_file

    kept = read_key_file(settings.data_dir).get(name)
    if kept is None or decode_key(name, kept) != settings.key(name):
        hint = ", PII_KEY_PREVIOUS = the one before" if name == "PII_KEY" else ""
        message = Bilingual(
            f"{name} 不是取自 {FILE_NAME}；请在其来源处更换（PII_KEY 另须设置 PII_KEY_PREVIOUS 为旧值），再运行本命令",
            f"{name} does not come from {FILE_NAME}; replace it where it comes from (`registry keys --print`{hint}) "
            "and run this again",
        )
        raise ConfigurationError(message, rule="keys.not-in-file", path=(name,))


async def _rotate_data_key(settings: "Settings") -> "Rotation":
    from registry.auth.keyfile import replace_key
    from registry.services.key_rotation import rotate_data_key

    async with opened(settings) as database:
        if await _is_settled(database, settings):
            _require_in_file(settings, "PII_KEY")
            replace_key(settings.data_dir, "PII_KEY")
            settings = settings_of_command()
        with counted_progress("rotate PII_KEY", 0) as report:
            return await rotate_data_key(database, operator_here(), settings.personal_keys(), report)


async def _is_settled(database: "Database", settings: "Settings") -> bool:
    """True unless PII_KEY_PREVIOUS is still needed: then the rotation that made it goes on."""
    if settings.pii_key_previous is None:
        return True
    newest, previous = await _uses(database, settings)
    return newest is not None and (previous is None or previous.state == "RETIRED")


async def _uses(database: "Database", settings: "Settings") -> "tuple[KeyUse | None, KeyUse | None]":
    from registry.services.key_rotation import read_key_uses

    uses = await read_key_uses(database, operator_here(), settings.personal_keys())
    by_place = {use.held: use for use in uses}
    return by_place.get(0), by_place.get(1)


def _show_rotation(rotation: "Rotation") -> None:
    say(f"People sealed anew / 重新加密人数: {rotation.resealed:,}")
    say("`registry keys drop` forgets the former key; older backups need it / 旧密钥可用 keys drop 删除，旧备份仍需它")


@app.command(epilog="Example: registry keys drop")
def drop(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Forget PII_KEY_PREVIOUS once nobody is kept under it; older backups still need it. 删除旧密钥。"""
    from registry.auth.keyfile import drop_previous_key

    settings = settings_of_command()
    run(_require_unneeded(settings))
    dropped = drop_previous_key(settings.data_dir)
    emit({"dropped": dropped}, lambda: say("Dropped / 已删除" if dropped else "There is none / 没有旧密钥"))


async def _require_unneeded(settings: "Settings") -> None:
    if settings.pii_key_previous is None:
        return
    async with opened(settings) as database:
        if not await _is_settled(database, settings):
            message = Bilingual(
                "仍有人员以旧密钥保护；请先完成 registry keys rotate PII_KEY",
                "People are still kept under the former key; finish `registry keys rotate PII_KEY` first",
            )
            raise Conflict(message, rule="keys.still-needed")
