"""policy …: rating policies are checked, added once and never changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, mode, say, show_error, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.errors import Bilingual, InputError

if TYPE_CHECKING:
    from registry.services.policies import PolicyInfo, PolicyProblem

app = typer.Typer(help="Rating policies. 评级政策。", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A policy document in TOML. 政策文件。", show_default=False)]


def text_of(file: Path) -> str:
    """Read a policy document; InputError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None)
        zh, en = (told, told) if told else ("不是 UTF-8 编码，请另存为 UTF-8", "it is not UTF-8; save it as UTF-8")
        message = Bilingual(f"无法读取 {file}：{zh}", f"{file} cannot be read: {en}")
        raise InputError(message, rule="file.unreadable", path=("file",)) from error


@contextmanager
def problems_told(file: Path) -> Iterator[None]:
    """End with all mistakes of a policy document, each with its place."""
    from registry.services.policies import PolicyRejected

    try:
        yield
    except PolicyRejected as rejected:
        show_error(rejected, {"problems": rejected.problems})
        if not mode.json:
            _show_problems(file, rejected.problems)
        raise typer.Exit(1) from None


def _show_problems(file: Path, problems: "tuple[PolicyProblem, ...]") -> None:
    for problem in problems:
        place = f"{file}:{problem.line}" if problem.line else str(file)
        say(f"{place}: {problem.path or '(document / 全文)'}  [{problem.rule}]")
        say(f"      {problem.en} / {problem.zh}")
        say(f"      → {problem.remedy_en} / {problem.remedy_zh}")


@app.command("add", epilog="Example: registry policy add national-default.toml")
def add(
    file: File,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Add a policy version to the register. 添加政策版本。"""
    from registry.services.policies import StoredPolicy, add_policy

    settings, text = settings_of_command(), text_of(file)

    async def added() -> StoredPolicy:
        async with opened(settings) as database:
            return await add_policy(database, operator_here(), text)

    with problems_told(file):
        stored = run(added())
    emit(stored, lambda: say(f"{stored.code}@{stored.version}  {stored.sha256}"))


@app.command("list", epilog="Example: registry policy list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List all policy versions. 列出政策。"""
    from registry.services.policies import list_policies

    settings = settings_of_command()

    async def listed() -> "list[PolicyInfo]":
        async with opened(settings) as database:
            return await list_policies(database)

    policies = run(listed())
    emit(policies, lambda: _show_policies(policies))


def _show_policies(policies: "list[PolicyInfo]") -> None:
    columns = ("policy 政策", "region 区划", "from 自", "to 至", "title 名称")
    rows = [
        (
            f"{policy.code}@{policy.version}",
            policy.region_code,
            policy.effective_from,
            policy.effective_to,
            f"{policy.title_en} / {policy.title_zh}",
        )
        for policy in policies
    ]
    show_table(columns, rows, prose=columns[-1:])


@app.command("show", epilog="Example: registry policy show CN-NATIONAL@2026.1 > policy.toml")
def show(
    name: Annotated[str, typer.Argument(metavar="CODE[@VERSION]", help="The newest unless a version is named.")],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Print the document of a policy as it was added. 显示政策全文。"""
    from registry.services.policies import PolicyText, show_policy

    settings = settings_of_command()
    code, _, version = name.partition("@")

    async def shown() -> PolicyText:
        async with opened(settings) as database:
            return await show_policy(database, code, version or None)

    policy = run(shown())
    emit(policy, lambda: typer.echo(policy.document, nl=not policy.document.endswith("\n")))


@app.command("schema", epilog="Example: registry policy schema > policy.schema.json")
def schema() -> None:
    """Print the JSON Schema of policy documents, for editors. 输出政策文件的 JSON Schema。"""
    from registry.services.policies import document_schema

    typer.echo(dumps(document_schema(), ensure_ascii=False, indent=2))


@app.command("check", epilog="Example: registry policy check draft.toml")
def check(
    file: File,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Check a policy document without the register; lists every mistake with its place. 检查政策文件。"""
    from registry.services.policies import check_policy

    with problems_told(file):
        policy = check_policy(text_of(file))
    data = {"code": policy.code, "version": policy.version, "sha256": policy.sha256}
    emit(data, lambda: say(f"{policy.code}@{policy.version} is sound / 无误  {policy.sha256}"))
