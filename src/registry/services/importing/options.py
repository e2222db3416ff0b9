"""How a file is to be taken: as additions and amendments, as a snapshot, or as far as its rows are good."""

from dataclasses import dataclass

from registry.domain.errors import Bilingual, InputError
from registry.services.importing.plans import ImportPlan


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of one import.

    `snapshot`: the file is all that its source has to say, so what it does not name ends; `confirm_removals`: also
    where that is a mass removal; `partial`: good rows are taken and bad ones reported; `dry_run`: all is rolled back;
    `expected_rows`, `expected_sha256` (lower-case hexadecimal): what is published of the file, which else is refused.
    """

    dry_run: bool = False
    snapshot: bool = False
    confirm_removals: bool = False
    partial: bool = False
    expected_rows: int | None = None
    expected_sha256: str | None = None


NO_OPTIONS = ImportOptions()


def check_options(options: ImportOptions, plan: ImportPlan) -> None:
    """Raise InputError for options that do not go together, or not with the kind.

    Rules: `import.snapshot-kind`, `import.snapshot-partial`, `import.confirm-removals`.
    """
    if options.confirm_removals and not options.snapshot:
        zh, en = "仅快照导入可确认终止", "removals are confirmed for a snapshot only"
        raise InputError(Bilingual(zh, en), rule="import.confirm-removals", path=("confirm_removals",))
    if not options.snapshot:
        return
    if not plan.ends:
        zh = f"{plan.kind.name} 不因文件未列出而终止；请以状态或截止日期说明"
        en = f"{plan.kind.name} do not end by not being named; state their status or their last day"
        raise InputError(Bilingual(zh, en), rule="import.snapshot-kind", path=("snapshot",))
    if options.partial:
        zh = "有错误行的文件不是来源的全部内容：快照不能部分导入"
        en = "a file with bad rows is not all that its source says: a snapshot is not imported in part"
        raise InputError(Bilingual(zh, en), rule="import.snapshot-partial", path=("partial",))
