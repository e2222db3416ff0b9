"""Whether a file is the one that was published: as many rows, the same bytes."""

from registry.domain.errors import Bilingual, InputError
from registry.services.importing.options import ImportOptions
from registry.services.importing.staging import Upload


def refuse_other_file(upload: Upload, read: int, options: ImportOptions) -> None:
    """Raise InputError for a file other than the one expected; `read` rows were accepted so far.

    Rows count whether they are good or bad. Rules: `import.row-count`, `import.digest`.
    """
    rows, expected = read + upload.errors.row_count, options.expected_rows
    if expected is not None and rows != expected:
        zh = f"{upload.name} 有 {rows} 行，应为 {expected} 行：文件不完整或不是所公布的文件，未写入任何内容"
        en = (
            f"{upload.name} has {rows} rows, {expected} are expected: it is not whole, or another file;"
            " nothing was written"
        )
        raise InputError(Bilingual(zh, en), rule="import.row-count", path=("file",))
    if options.expected_sha256 is not None and upload.content.sha256().hex() != options.expected_sha256:
        zh = f"{upload.name} 的 SHA-256 与所公布的不符：文件已被更改或损坏，未写入任何内容"
        en = f"{upload.name} does not have the published SHA-256: it was changed or damaged; nothing was written"
        raise InputError(Bilingual(zh, en), rule="import.digest", path=("file",))
