"""export: what is public as files that another register takes in, and that are served until an entry in them ends."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import serving

from registry.db.embedded import EmbeddedServer

pytestmark = pytest.mark.xdist_group("demo-register")

SETS = ("organisations", "institutions", "assessments", "importable-entries")
KINDS = {"importable-entries": "credit-entries"}


def _file(exported: dict[str, Any], place: int = 0) -> Path:
    return Path(exported["folder"], exported["files"][place]["name"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def exported(demo: Program) -> dict[str, dict[str, Any]]:
    """Every set of the demo register."""
    return _all(demo)


def _all(program: Program, *options: str) -> dict[str, dict[str, Any]]:
    exports = program.data("export", "all", program.folder / "out", *options)["exports"]
    return {one["set"]: one for one in exports}


@pytest.fixture(scope="module")
def other(demo: Program, exported: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Another register, into which the sets of the demo register were imported."""
    folder = tmp_path_factory.mktemp("other")
    with EmbeddedServer.open(folder / ".registry"):
        program = Program(folder)
        program.done("keys", "make")
        program.done("migrate")
        program.done("seed")
        for name in SETS:
            program.done("import", KINDS.get(name, name), _file(exported[name]), "--source", "demo")
        yield program


def test_all_that_is_public_is_of_one_moment(exported: dict[str, dict[str, Any]], other: Program) -> None:
    assert exported.keys() == {*SETS, "ratings", "credit-entries"}
    assert len({one["position"] for one in exported.values()}) == 1
    changed = _all(other, "--since", "0", "--format", "jsonl")
    assert changed.keys() == exported.keys() - {"importable-entries"}
    assert all(len(one["files"]) == 2 for one in changed.values())


def test_a_manifest_tells_what_the_files_are(exported: dict[str, dict[str, Any]]) -> None:
    for document in exported.values():
        manifest = json.loads((Path(document["folder"]) / "manifest.json").read_text(encoding="utf-8"))
        assert {**manifest, "folder": document["folder"]} == document
        content = _file(document).read_bytes()
        (told,) = manifest["files"]
        assert content.startswith(b"\xef\xbb\xbf")
        assert (told["bytes"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert told["rows"] == len(_rows(_file(document))) > 0
    ends = {row["in_force_to"] for row in _rows(_file(exported["credit-entries"]))} - {""}
    assert min(ends) < exported["credit-entries"]["goneFrom"]
    assert exported["institutions"]["goneFrom"] is None
    assert any(name.startswith("cn-national@") for name in exported["ratings"]["policies"])


def test_nothing_is_exported_of_a_person_but_name_and_mask(exported: dict[str, dict[str, Any]]) -> None:
    rows = _rows(_file(exported["credit-entries"]))
    people = [row for row in rows if row["subject_kind"] == "PERSON"]
    assert people
    assert all("********" in row["subject_code"] for row in people)
    assert {row["subject_kind"] for row in _rows(_file(exported["importable-entries"]))} <= {
        "ORGANISATION",
        "INSTITUTION",
    }
    assert {row["credit_china_code"] for row in rows} <= {"2", "4", "8"}


def test_another_register_that_imports_them_exports_the_same(
    other: Program, exported: dict[str, dict[str, Any]]
) -> None:
    again = _all(other)
    for name in SETS:
        assert sorted(map(str, _rows(_file(again[name])))) == sorted(map(str, _rows(_file(exported[name])))), name


def test_a_delta_has_what_changed_and_no_more(other: Program) -> None:
    before = other.data("export", "institutions", other.folder / "out")
    rows = _rows(_file(before))
    rows[0]["name"], rows[0]["beds"] = "=1+1 院", str(int(rows[0]["beds"]) + 1)
    file = other.folder / "amended.jsonl"
    file.write_text(json.dumps({name: value or None for name, value in rows[0].items()}), encoding="utf-8")
    other.done("import", "institutions", file, "--source", "demo")
    delta = other.data("export", "institutions", other.folder / "out", "--since", str(before["position"]))
    (row,) = _rows(_file(delta))
    assert (row["institution_code"], row["name"]) == (rows[0]["institution_code"], "'=1+1 院")
    assert [one["rows"] for one in delta["files"]] == [1, 0]
    since = "--since", str(before["position"]), "--format", "jsonl"
    lines = _file(other.data("export", "institutions", other.folder / "out", *since)).read_text(encoding="utf-8")
    assert json.loads(lines)["name"] == "=1+1 院"


def test_what_cannot_be_exported_is_told_and_leaves_nothing(demo: Program, tmp_path: Path) -> None:
    assert "export.position" in demo.run("export", "ratings", tmp_path, "--since", "999999").stderr
    assert "export.no-delta" in demo.run("export", "importable-entries", tmp_path, "--since", "1").stderr
    assert demo.run("export", "people", tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_exports_are_served_in_ranges_until_an_entry_ends(other: Program) -> None:
    served = other.folder / ".registry" / "exports"
    exports = [other.data("export", name, served) for name in ("organisations", "importable-entries", "credit-entries")]
    with serving(other) as (_, url), httpx.Client(base_url=f"{url}/exports/") as client:
        assert [one["set"] for one in client.get("").json()["exports"]] == sorted(one["set"] for one in exports)
        paths = [f"{Path(one['folder']).name}/{one['files'][0]['name']}" for one in exports]
        whole = client.get(paths[0])
        assert hashlib.sha256(whole.content).hexdigest() == exports[0]["files"][0]["sha256"]
        assert whole.headers["etag"] == f'"{exports[0]["files"][0]["sha256"]}"'
        part = client.get(paths[0], headers={"range": "bytes=3-12", "if-range": whole.headers["etag"]})
        assert (part.status_code, part.content) == (206, whole.content[3:13])
        assert client.get(paths[0], headers={"if-none-match": whole.headers["etag"]}).status_code == 304
        for unknown in (
            "nothing/manifest.json",
            f"{Path(exports[0]['folder']).name}/other.csv",
            "../keys/manifest.json",
        ):
            assert client.get(unknown).status_code == 404
        assert client.get(paths[1]).status_code == client.get(paths[2]).status_code == 200
        _end_one_entry(other, _file(exports[1]))
        assert [client.get(path).status_code for path in paths] == [200, 410, 410]
        assert client.get(paths[1]).json()["error"]["rule"] == "export.gone"
        assert [one["set"] for one in client.get("").json()["exports"]] == ["organisations"]
    (gone,) = _ended_keys(other, exports[2])
    assert set(gone) == {"entry_id"}


def _end_one_entry(other: Program, file: Path) -> None:
    row = next(row for row in _rows(file) if row["origin"] == "IMPORTED")
    ended = {"ended_on": row["decided_on"], "end_kind": "ANNULLED", "end_reason": "撤销"}
    document = {**{name: value or None for name, value in row.items()}, **ended}
    (other.folder / "ended.jsonl").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    other.done("import", "credit-entries", other.folder / "ended.jsonl", "--source", "demo")


def _ended_keys(other: Program, before: dict[str, Any]) -> list[dict[str, str]]:
    since = "--since", str(before["position"])
    return _rows(_file(other.data("export", "credit-entries", other.folder / "out", *since), 1))
