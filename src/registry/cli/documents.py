"""documents …: what clients may name by its hash, and which of them may run nothing else."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.services.client_documents import ClientInfo, DocumentInfo, Registered

T = TypeVar("T")

app = typer.Typer(help="Documents by client. 按客户端登记的文档。", no_args_is_help=True)

_NAMES = "'public', oidc:SUBJECT or the name of an API key"
_Client = Annotated[str, typer.Option(help=f"{_NAMES}. 客户端：public、oidc:主体或密钥名称。")]


def _within(act: "Callable[[Database], Awaitable[T]]") -> T:
    settings = settings_of_command()

    async def acted() -> T:
        async with opened(settings) as database:
            return await act(database)

    return run(acted())


@app.command("import", epilog="Example: registry documents import persisted.json --client 'City portal'")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="JSON of hashes and texts, or .graphql. 文件。", show_default=False)
    ],
    *,
    client: Annotated[list[str], typer.Option(help=f"{_NAMES}; repeat it. 客户端，可重复。")],
    replace: Annotated[bool, typer.Option("--replace", help="Its other documents go. 替换原有文档。")] = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Register documents for one client or several. 为客户端登记文档。"""
    from registry.api.registering import read_runnable
    from registry.services.client_documents import register_documents

    found = read_runnable(files)

    async def registered(database: "Database") -> "list[Registered]":
        actor = operator_here()
        return [await register_documents(database, actor, name, found, replace=replace) for name in client]

    done = _within(registered)

    def tell() -> None:
        for one in done:
            say(f"{one.client}: {one.added} added / 新增, {one.removed} removed / 移除, {one.documents} in all / 共计")

    emit(done, tell)


@app.command("list", epilog="Example: registry documents list --client 'City portal' --json")
def list_all(
    client: Annotated[str | None, typer.Option(help="The documents of one client. 某一客户端的文档。")] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """List clients with their modes, or the documents of one. 列出客户端或其文档。"""
    from registry.services.client_documents import list_clients, list_documents

    if client is None:
        clients = _within(lambda database: list_clients(database, operator_here()))
        emit(clients, lambda: _show_clients(clients))
    else:
        documents = _within(lambda database: list_documents(database, operator_here(), client))
        emit(documents, lambda: _show_documents(documents))


def _show_clients(clients: "list[ClientInfo]") -> None:
    rows = [(one.client, "own 仅自有" if one.only_own else "any 任意", one.documents) for one in clients]
    show_table(("client 客户端", "runs 可执行", "documents 文档"), rows, prose=("client 客户端",))


def _show_documents(documents: "list[DocumentInfo]") -> None:
    rows = [(one.sha256[:16], one.added_at, one.added_by, " ".join(one.text.split())[:60]) for one in documents]
    columns = ("sha256", "added 登记", "by 登记人", "text 文档")
    show_table(columns, rows, prose=("by 登记人", "text 文档"))


@app.command("remove", epilog=f"Example: registry documents remove {'0' * 64} --client 'City portal'")
def remove(
    sha256: Annotated[str, typer.Argument(help="Its hash, as listed with --json. 散列值。", show_default=False)],
    *,
    client: _Client,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Take a document from a client. 移除文档。"""
    from registry.services.client_documents import remove_document

    done = _within(lambda database: remove_document(database, operator_here(), client, sha256))
    emit({"client": client, "sha256": done}, lambda: say(f"Removed / 已移除 {done}"))


def _only_own(text: str) -> bool:
    modes = {"own": True, "any": False}
    if text.lower() not in modes:
        raise typer.BadParameter("known / 可用: own, any")
    return modes[text.lower()]


@app.command("mode", epilog="Example: registry documents mode 'City portal' own")
def mode(
    client: Annotated[str, typer.Argument(help=f"{_NAMES}. 客户端。", show_default=False)],
    runs: Annotated[str, typer.Argument(metavar="own|any", help="What it may run. 可执行的文档。", show_default=False)],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Let a client run its own documents only, or any. 设定客户端可执行的文档。"""
    from registry.services.client_documents import set_mode

    only_own = _only_own(runs)
    done = _within(lambda database: set_mode(database, operator_here(), client, only_own=only_own))
    emit(done, lambda: _show_clients([done]))
