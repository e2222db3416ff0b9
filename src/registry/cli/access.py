"""token …: API keys of machines and people."""

from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.access import Role

if TYPE_CHECKING:
    from registry.services.api_keys import CreatedKey, KeyInfo, RevokedKey

app = typer.Typer(help="API keys. 接口密钥。", no_args_is_help=True)


def _known_role(text: str) -> Role:
    try:
        return Role(text.upper())
    except ValueError:
        known = ", ".join(role for role in Role if role is not Role.PUBLIC)
        raise typer.BadParameter(f"known / 可用: {known}") from None


@app.command("create", epilog="Example: registry token create --role REGULATOR --name 'Jilin bureau' --region 220000")
def create(
    *,
    role: Annotated[Role, typer.Option(parser=_known_role, metavar="ROLE", help="What it may do. 角色。")],
    name: Annotated[str, typer.Option(help="Whose key it is. 名称。")],
    region: Annotated[str | None, typer.Option(help="Region code, for REGULATOR. 区划代码。")] = None,
    institution: Annotated[str | None, typer.Option(help="Institution code, for INSTITUTION. 机构代码。")] = None,
    days: Annotated[int, typer.Option(help="Days until it expires. 有效天数。")] = 365,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Make an API key; its token is shown this once. 创建密钥。"""
    from registry.services.api_keys import NewKey, create_key

    settings = settings_of_command()
    secret = settings.key("SECRET_KEY")
    wanted = NewKey(name=name, role=role, region_code=region, institution_code=institution, days=days)

    async def created() -> "CreatedKey":
        async with opened(settings) as database:
            return await create_key(database, secret, operator_here(), wanted)

    key = run(created())

    def tell() -> None:
        say(f"Key / 密钥 {key.id} {key.role} until / 至 {key.expires_at:%Y-%m-%d}")
        say("The token is not shown again / 仅显示一次:")
        typer.echo(key.token)

    emit(key, tell)


@app.command("list", epilog="Example: registry token list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List all API keys, without their tokens. 列出密钥。"""
    from registry.services.api_keys import list_keys

    settings = settings_of_command()

    async def listed() -> "list[KeyInfo]":
        async with opened(settings) as database:
            return await list_keys(database, operator_here())

    keys = run(listed())
    emit(keys, lambda: _show_keys(keys))


def _show_keys(keys: "list[KeyInfo]") -> None:
    columns = ("id", "name 名称", "role 角色", "for 范围", "key 密钥", "until 至")
    rows = [
        (key.id, key.name, key.role, key.institution_code or key.region_code, key.key_prefix, _until(key))
        for key in keys
    ]
    show_table(columns, rows, prose=("name 名称", "until 至"))


def _until(key: "KeyInfo") -> str:
    """The day a key ends, or the one on which it was revoked."""
    if key.revoked_at is not None:
        return f"{key.revoked_at:%Y-%m-%d} revoked 已吊销"
    return f"{key.expires_at:%Y-%m-%d}"


@app.command("revoke", epilog="Example: registry token revoke 12")
def revoke(
    key: Annotated[str, typer.Argument(help="Id, prefix or name. 编号、前缀或名称。", show_default=False)],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Revoke an API key at once. 吊销密钥。"""
    from registry.services.api_keys import revoke_key

    settings = settings_of_command()

    async def revoked() -> "RevokedKey":
        async with opened(settings) as database:
            return await revoke_key(database, operator_here(), int(key) if key.isdigit() else key)

    done = run(revoked())
    emit(done, lambda: say(f"Revoked / 已吊销 {done.id} {done.name}"))
