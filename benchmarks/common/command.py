"""The command line that all benchmarks share."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.register import Register, prepared_register
from common.report import Report, record

DEFAULT_INSTITUTIONS = 5_000


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; `folder` None means a temporary one."""

    institutions: int
    repetitions: int
    folder: Path | None
    as_json: bool
    keep: bool


def arguments(description: str, repetitions: int) -> argparse.ArgumentParser:
    """Return the parser of the shared arguments."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--institutions", type=int, default=DEFAULT_INSTITUTIONS, metavar="N")
    parser.add_argument("--repetitions", type=int, default=repetitions, metavar="N")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keeps the prepared register for the next time")
    parser.add_argument("--json", action="store_true", help="print a JSON document in place of the table")
    parser.add_argument("--record", action="store_true", help="write the findings into benchmarks/results")
    return parser


def read_options(parser: argparse.ArgumentParser) -> Options:
    """Read the command line."""
    given = parser.parse_args()
    return Options(given.institutions, given.repetitions, given.data_dir, given.json, given.record)


def tell(text: str) -> None:
    """Say on the screen what goes on."""
    print(f"… {text}", file=sys.stderr, flush=True)


@contextmanager
def folder_of(options: Options) -> Iterator[Path]:
    """Give the folder of the prepared register; a temporary one is removed in the end."""
    if options.folder is not None:
        yield options.folder
        return
    with tempfile.TemporaryDirectory(prefix="registry-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def main(description: str, run: Callable[[Register, int], Report], *, repetitions: int = 5) -> None:
    """Prepare a register, run one benchmark on it, print what it found."""
    options = read_options(arguments(description, repetitions))
    with folder_of(options) as folder, prepared_register(folder, options.institutions, tell) as register:
        report = run(register, options.repetitions)
    deliver(report, options)


def deliver(report: Report, options: Options) -> None:
    """Print the findings, and keep them where that was asked for."""
    if options.keep:
        record(report)
    print(json.dumps(report.document(), ensure_ascii=False) if options.as_json else report.text())
