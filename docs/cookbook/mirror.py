"""Keep the newest export of a set: python mirror.py URL SET FOLDER. Needs nothing but Python.

After a week without a line it is enough to run it once: what it kept is not trusted, and goes when it is gone there.
"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path


def _get(url: str, begin: int = 0):
    request = urllib.request.Request(url, headers={"Range": f"bytes={begin}-"} if begin else {})
    return urllib.request.urlopen(request, timeout=60)


def _digest(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(url: str, target: Path, told: dict) -> None:
    """Fetch a file, going on where an earlier attempt stopped; it is in its place whole or not at all."""
    part = target.with_name(f"{told['sha256']}.part")
    begin = part.stat().st_size if part.exists() else 0
    if begin < told["bytes"]:
        with _get(url, begin) as answer, part.open("ab" if answer.status == 206 else "wb") as stream:
            while chunk := answer.read(1 << 20):
                stream.write(chunk)
    if part.stat().st_size < told["bytes"]:
        raise SystemExit(f"{target.name} was cut off; try again, it goes on from there")
    if _digest(part) != told["sha256"]:
        part.unlink()
        raise SystemExit(f"{target.name} is not what its manifest says; try again")
    part.replace(target)


def mirror(url: str, wanted: str, folder: Path) -> None:
    """Bring the folder to the newest export; without one that stands, keep nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    with _get(f"{url}/exports/") as answer:
        exports = [one for one in json.load(answer)["exports"] if (one["set"], one["format"]) == (wanted, "csv")]
    whole = [one for one in exports if one["since"] is None]
    newest = max(whole, key=lambda one: (one["lawDay"], one["position"]), default={"files": []})
    for file in newest["files"]:
        if _digest(folder / file["name"]) != file["sha256"]:
            _download(f"{url}/exports/{newest['folder']}/{file['name']}", folder / file["name"], file)
    for part in folder.glob("*.part"):  # of an older one
        part.unlink()
    if not whole:  # an entry in it has ended (410) and no newer one is there: what is kept may not be shown
        (folder / f"{wanted}.csv").unlink(missing_ok=True)


if __name__ == "__main__":
    mirror(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
