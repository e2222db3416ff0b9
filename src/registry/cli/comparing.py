"""policy compare: who would move if one policy stood in place of another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.policies import problems_told, text_of
from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.policy_comparison import Candidate, PolicyComparison

MOVERS_SHOWN = 20
_WHICH = "CODE, CODE@VERSION or a file. 政策代码或文件。"


def _candidate(name: str) -> "Candidate":
    """A file where there is one of this name or the name is a file's, else a policy of the register."""
    from registry.services.policies import check_policy
    from registry.services.policy_comparison import Candidate

    file = Path(name)
    if not file.is_file() and file.suffix != ".toml":
        return Candidate(name)
    text = text_of(file)
    with problems_told(file):
        check_policy(text)
    return Candidate(name, text)


def _compare(
    a: Annotated[str, typer.Argument(metavar="A", help=_WHICH, show_default=False)],
    b: Annotated[str, typer.Argument(metavar="B", help=_WHICH, show_default=False)],
    limit: Annotated[int, typer.Option(min=0, help="How many movers to list. 列出的变动机构数。")] = MOVERS_SHOWN,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Score today's register under both, publish nothing, and tell who moves. 比较两项政策，不公布。"""
    from registry.services.policy_comparison import compare_policies

    settings, pair = settings_of_command(), (_candidate(a), _candidate(b))

    async def compared() -> "PolicyComparison":
        async with opened(settings) as database:
            return await compare_policies(database, operator_here(), *pair, limit=limit)

    told = run(compared())
    emit(told, lambda: _show(told))


def _show(told: "PolicyComparison") -> None:
    say(
        f"{told.as_of}: {told.both:,} institutions under both / 两项政策均适用的机构, {told.moved:,} move / 变动; "
        f"only A / 仅 A {told.only_a:,}, only B / 仅 B {told.only_b:,}"
    )
    most = max(len(told.a.counts), len(told.b.counts))
    sides = [
        [f"{name} {side.code}@{side.version}", *side.counts, *[None] * (most - len(side.counts))]
        for name, side in (("A", told.a), ("B", told.b))
    ]
    show_table(["policy 政策", "not rated 未评", *(f"{stars} ★" for stars in range(1, most))], sides)
    _show_moves(told, most)
    rows = [
        (mover.institution, *map(_stars, mover.stars), *map(_score, mover.score), "; ".join(mover.reasons))
        for mover in told.movers
    ]
    if rows:
        columns = ("institution 机构", "A", "B", "score A 得分", "score B 得分", "reasons 原因")
        show_table(columns, rows, prose=columns[-1:])
    if told.moved > len(told.movers):
        say(f"… {told.moved - len(told.movers):,} more / 另有 {told.moved - len(told.movers):,} 家")


def _show_moves(told: "PolicyComparison", most: int) -> None:
    counts = {(old, new): count for old, new, count in told.moves}
    rows = [
        [_stars(old), *(counts.get((old, new), 0) for new in range(most))]
        for old in range(most)
        if any(counts.get((old, new)) for new in range(most))
    ]
    show_table(["A ↓  B →", *map(_stars, range(most))], rows)


def _stars(stars: int) -> str:
    return f"{stars} ★" if stars else "not rated 未评"


def _score(score: object) -> str:
    return "-" if score is None else str(score)


def register(app: typer.Typer) -> None:
    """Add the command to those on policies."""
    app.command("compare", epilog="Example: registry policy compare cn-national draft.toml --limit 50")(_compare)
