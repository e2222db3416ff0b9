"""The document on importing repeats the columns of every kind as the code has them."""

from pathlib import Path

import pytest

from registry.cli.importing import _import
from registry.transfer import KINDS
from registry.transfer.columns import Column, ImportKind

DOCUMENT = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
_HEAD = "| column | | holds |\n| --- | --- | --- |\n"


def section(kind: ImportKind) -> str:
    """The section of a kind as the document has it: title, natural key, columns in order."""
    key = ", ".join(f"`{name}`" for name in kind.key)
    title = (
        f"### {kind.name}\n\n{kind.title.en[:1].upper()}{kind.title.en[1:]} {kind.title.zh}. Natural key: {key}.\n\n"
    )
    return title + _HEAD + "".join(_row(column) for column in kind.columns)


def _row(column: Column) -> str:
    form = column.type.form[1].replace("|", "\\|")
    need = "required" if column.required else ""
    return f"| `{column.name}` | {need} | {column.description.en} {column.description.zh}: {form} |\n"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_described_with_its_columns(kind: ImportKind) -> None:
    assert section(kind) in DOCUMENT, f"docs/importing.md lacks this section:\n\n{section(kind)}"


def test_kinds_are_listed_in_the_order_of_their_imports() -> None:
    named = ", ".join(KINDS)
    assert named in " ".join(DOCUMENT.replace("**", "").split())


def test_the_command_names_every_kind() -> None:
    told = " ".join((_import.__doc__ or "").split())
    assert f"Kinds: {' '.join(KINDS)}." in told
