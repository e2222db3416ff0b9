"""Holds the locked dependencies against known vulnerabilities: exit 1 for one, 0 where none is known or nobody answers.

Usage: audit.py REQUIREMENTS… [-- OPTIONS OF pip-audit]. What could not be audited is said, so that a silent service is
not taken for a clean bill.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 240
_OFFLINE = "dependency audit: the advisory service does not answer; nothing was audited\n"


def audit(files: list[str], options: list[str]) -> list[dict[str, Any]] | None:
    """Return what pip-audit says of each locked dependency; None where the service does not answer."""
    asked = [part for file in files for part in ("-r", file)]
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", *asked, *options],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def tell(found: list[dict[str, Any]]) -> int:
    """Say what is known, and return how many dependencies have a known vulnerability."""
    audited = [one for one in found if "vulns" in one]
    vulnerable = [one for one in audited if one["vulns"]]
    sys.stdout.write(f"dependency audit: {len(audited)} of {len(found)} dependencies audited\n")
    if not audited:
        sys.stdout.write(_OFFLINE)
    for one in vulnerable:
        for known in one["vulns"]:
            fixed = ", ".join(known["fix_versions"]) or "none"
            sys.stdout.write(f"{one['name']} {one['version']}: {known['id']}, fixed in {fixed}\n")
    return len(vulnerable)


def main(arguments: list[str]) -> int:
    """Audit the files named; return the exit code."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    files, options = arguments[:cut], arguments[cut + 1 :]
    if not files or not all(Path(file).is_file() for file in files):
        sys.stderr.write("usage: audit.py REQUIREMENTS…\n")
        return 2
    found = audit(files, options)
    if found is None:
        sys.stdout.write(_OFFLINE)
        return 0
    return 1 if tell(found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
