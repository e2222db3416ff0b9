"""Run every benchmark on one prepared register, one after the other, each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from common.command import Options, arguments, folder_of, read_options, tell
from common.register import prepared_register
from common.report import machine, machine_text

BENCHMARKS = (
    "generator",
    "import_employments",
    "scoring_read",
    "scoring_run",
    "scoring_events",
    "graphql_read",
    "search",
    "credit_entries",
    "credit_steps",
    "procurement",
    "audit_walk",
    "exchange",
)
HERE = Path(__file__).resolve().parent


def run_one(name: str, folder: Path, options: Options) -> str:
    """Run one benchmark and return what it prints; its own number of repetitions unless one was given."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--data-dir", str(folder)]
    command += ["--institutions", str(options.institutions)]
    command += ["--repetitions", str(options.repetitions)] if options.repetitions else []
    command += [flag for flag, given in (("--json", options.as_json), ("--record", options.keep)) if given]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def main() -> None:
    """Print all findings."""
    options = read_options(arguments(__doc__ or "", 0))
    with folder_of(options) as folder, prepared_register(folder, options.institutions, tell):
        found = []
        for name in BENCHMARKS:
            tell(name)
            found.append(run_one(name, folder, options))
            if not options.as_json:
                print(found[-1], flush=True)
    if options.as_json:
        print(json.dumps({"machine": machine(), "benchmarks": [json.loads(text) for text in found]}))
    else:
        print(f"Machine: {machine_text()}.")


if __name__ == "__main__":
    main()
