"""No file names a host of a package registry: what is installed, and from where, is the installer's to say."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HOSTS = re.compile(
    rb"py"
    rb"pi\.org|python"
    rb"hosted\.org|npm"
    rb"js\.(?:org|com)|un"
    rb"pkg\.com|js"
    rb"delivr\.net|crates"
    rb"\.io"
    rb"|rubygems\.org|proxy\.golang\.org|cdnjs\.|conda\.anaconda\.org|esm\.sh"
)


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    kept = ("src", "sql", "schema", "docs", "tests", "requirements", "benchmarks")
    return [path for folder in kept for path in (ROOT / folder).rglob("*") if path.is_file()]


def test_no_file_names_a_package_registry() -> None:
    files = [path for path in _files() if path.is_file() and path != Path(__file__)]
    assert len(files) > 100
    assert [str(path.relative_to(ROOT)) for path in files if _HOSTS.search(path.read_bytes())] == []
