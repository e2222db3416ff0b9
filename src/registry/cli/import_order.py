"""What the command line orders to be imported: the options of `import`, and what they come to for each file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.domain.errors import InputError

if TYPE_CHECKING:
    from registry.services.importing import ImportOptions
    from registry.transfer import FileFormat, ImportKind, PublishedFile

DEFAULT_SOURCE = "command line"

Kind = Annotated[str, typer.Argument(metavar="KIND", help="What the files hold. 类别。", show_default=False)]
Files = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="CSV, XLSX or JSON Lines. 文件。")]
Format = Annotated[
    str | None, typer.Option("--format", help="csv, xlsx or jsonl; otherwise by the files' endings. 格式。")
]
Source = Annotated[str | None, typer.Option(help="Who states these rows. 数据来源。", show_default=DEFAULT_SOURCE)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing. 只检查。")]
Snapshot = Annotated[
    bool, typer.Option("--snapshot", help="The file is all that its source says: the rest ends. 快照。")
]
ConfirmRemovals = Annotated[
    bool, typer.Option("--confirm-removals", help="With --snapshot: also a mass removal. 确认终止。")
]
Partial = Annotated[bool, typer.Option("--partial", help="Take the good rows, report the bad ones. 部分导入。")]
ExpectedRows = Annotated[
    int | None, typer.Option("--expected-rows", min=0, help="Refuse the file if it has another number. 应有行数。")
]
ManifestFile = Annotated[
    Path | None, typer.Option("--manifest", help="Refuse files that differ from what it says of them. 清单。")
]
Template = Annotated[bool, typer.Option("--template", help="Print the columns to fill in. 输出模板。")]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported; `published` is what a manifest says of each file, None where there is no manifest."""

    kind: str
    files: list[Path]
    source: str
    file_format: "FileFormat | None"
    options: "ImportOptions"
    published: "Mapping[Path, PublishedFile] | None" = None

    def format_of(self, file: Path) -> "FileFormat":
        """The format of a file: as stated, or by its ending."""
        from registry.transfer import format_of

        return self.file_format or format_of(file.name)

    def options_of(self, file: Path) -> "ImportOptions":
        """The options for a file, with what is expected of it."""
        if self.published is None:
            return self.options
        published = self.published[file]
        return replace(self.options, expected_rows=published.rows, expected_sha256=published.sha256)


def wanted_kind(name: str) -> "ImportKind":
    """The kind of a name; wrong usage where there is none."""
    from registry.transfer import get_kind

    try:
        return get_kind(name)
    except InputError as error:
        raise typer.BadParameter(str(error.message), param_hint="KIND") from None


def stated_format(name: str | None) -> "FileFormat | None":
    """The format of a name; wrong usage where there is none."""
    from registry.transfer import FileFormat

    if name is not None and name not in tuple(FileFormat):
        raise typer.BadParameter(f"known: {', '.join(FileFormat)}", param_hint="--format")
    return None if name is None else FileFormat(name)


def stated_files(files: list[Path] | None, options: "ImportOptions", manifest: Path | None) -> list[Path]:
    """The files named; wrong usage where there is none, or where one count is to serve several."""
    if not files:
        raise typer.BadParameter("name at least one file / 请指定文件", param_hint="FILE")
    if options.expected_rows is not None and (manifest is not None or len(files) > 1):
        said = "goes with one file and without --manifest / 只用于单个文件，且不与 --manifest 同用"
        raise typer.BadParameter(said, param_hint="--expected-rows")
    return files


def stated_source(source: str | None, options: "ImportOptions") -> str:
    """Who states the rows; wrong usage where a snapshot does not say."""
    if options.snapshot and source is None:
        raise typer.BadParameter("a snapshot names its source / 快照须指明来源", param_hint="--source")
    return source or DEFAULT_SOURCE


def read_published(manifest: Path | None, files: list[Path]) -> "Mapping[Path, PublishedFile] | None":
    """What the manifest says of each file; None without a manifest."""
    from registry.transfer import published_file, read_manifest

    if manifest is None:
        return None
    listed = read_manifest(manifest)
    return {file: published_file(listed, file.name, manifest) for file in files}
