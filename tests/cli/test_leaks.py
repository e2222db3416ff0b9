"""No citizen number of the demo register is in what commands print, export or log, or in what its server logs."""

import csv
import json
import zipfile
from pathlib import Path

import httpx
import pytest
from tests.api.surface.numbers import Finder
from tests.cli.conftest import Program
from tests.cli.processes import URL, end, read_until

from registry.services.exporting import ExportFormat, ExportSet
from registry.synthetic import generate

pytestmark = pytest.mark.xdist_group("demo-register")

TELLING = (
    ("flags", "--most", "100000"),
    ("doctor",),
    ("verify",),
    ("policy", "list"),
    ("retention", "list"),
    ("token", "list"),
    ("score", "--as-of", "2026-10-31"),
    ("checkpoint",),
    ("stats", "CN"),
    ("sources",),
    ("accounts", "list"),
    ("limits", "list"),
    ("webhook", "list"),
)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Those of the people of the demo register, which its seed gives again."""
    folder = tmp_path_factory.mktemp("again")
    generate(folder, institutions=120, seed=1)
    with (folder / "people.csv").open(encoding="utf-8", newline="") as rows:
        return [row["citizen_id"] for row in csv.DictReader(rows)]


@pytest.fixture(scope="module")
def finder(numbers: list[str]) -> Finder:
    assert len(numbers) > 500
    return Finder(numbers)


def test_these_are_the_people_of_the_demo(demo: Program, numbers: list[str]) -> None:
    masks = {f"{number[:6]}********{number[14:]}" for number in numbers}
    told = {flag["evidence"].get("numberMask") for flag in demo.data("flags", "--most", "100000")["flags"]} - {None}
    assert told
    assert told <= masks


@pytest.mark.parametrize("command", TELLING, ids=lambda command: command[0])
def test_no_command_prints_a_number(demo: Program, finder: Finder, command: tuple[str, ...]) -> None:
    ends = [demo.run(*command), demo.run(*command, "--json")]
    told = "\n".join(ended.stdout + ended.stderr for ended in ends)
    assert told.strip()
    assert finder.found(told) == set()


def test_no_explanation_tells_a_number(demo: Program, finder: Finder) -> None:
    code = demo.data("flags", "--rule", "DOUBLE_POST")["flags"][0]["institution"]
    told = demo.run("explain", code).stdout + demo.run("explain", code, "--json").stdout
    assert code in told
    assert finder.found(told) == set()


def test_a_number_that_is_given_is_not_repeated(demo: Program, finder: Finder, numbers: list[str]) -> None:
    given = numbers[0]
    for command in (
        ("explain", given),
        ("flags", "--rule", given),
        ("replay", given),
        ("policy", "show", given),
        ("token", "create", "--role", "AUDITOR", "--name", given),
    ):
        ended = demo.run(*command, "--debug") if command[0] == "explain" else demo.run(*command)
        assert finder.found(ended.stdout + ended.stderr) == set(), command[0]


@pytest.mark.parametrize("name", list(ExportSet))
def test_no_exported_file_holds_a_number(demo: Program, finder: Finder, tmp_path: Path, name: ExportSet) -> None:
    for form in (ExportFormat.CSV, ExportFormat.JSONL, ExportFormat.XLSX, ExportFormat.FTM):
        if form is ExportFormat.FTM and name is not ExportSet.CREDIT_ENTRIES:
            continue
        exported = demo.data("export", name, tmp_path / form, "--format", form)
        files = [path for path in Path(exported["folder"]).rglob("*") if path.is_file()]
        assert files
        assert all(finder.found(written(path)) == set() for path in files)


def written(file: Path) -> str:
    """What a file says, a workbook in all its parts."""
    if file.suffix != ".xlsx":
        return file.read_text(encoding="utf-8")
    with zipfile.ZipFile(file) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


def test_no_report_of_a_run_holds_a_number(demo: Program, finder: Finder, tmp_path: Path) -> None:
    demo.done("score", "--as-of", "2026-10-31", "--report", tmp_path / "run.html")
    assert finder.found((tmp_path / "run.html").read_text(encoding="utf-8")) == set()


def test_a_server_logs_none_of_the_numbers_that_it_is_asked_about(
    demo: Program, finder: Finder, numbers: list[str]
) -> None:
    number = numbers[0]
    process = demo.start("serve", "--port", "0")
    try:
        url = read_until(process, URL)
        _ask_about(url, number)
        told = httpx.get(f"{url}/metrics").text
    finally:
        code = end(process)
    out, err = process.communicate(timeout=60)
    assert code == 0
    assert "/graphql" in out + err
    assert finder.found(told + out + err) == set()


def _ask_about(url: str, number: str) -> None:
    """Put a number into every place of a request."""
    variables = {"c": number}
    asking = "query A($c: String!) { institution(code: $c) { code } }"
    for document in (
        {"query": asking, "variables": variables},
        {"query": f'{{ institution(code: "{number}") {{ code }} }}'},
        {"query": f"{{ a{number}: viewer {{ role }} }}"},
        {"query": f"{{ {number} }}"},
        {"query": asking, "variables": {"c": {"x": number}}},
    ):
        answer = httpx.post(f"{url}/graphql", json=document, headers={"x-request-id": number})
        assert answer.status_code in (200, 400)
    query = {"query": asking, "variables": json.dumps(variables)}
    assert httpx.get(f"{url}/graphql", params=query).status_code == 200
    assert httpx.get(f"{url}/{number}").status_code == 404
    assert httpx.get(f"{url}/institutions/{number}", headers={"referer": number}).status_code == 404
    httpx.get(f"{url}/graphql", headers={"authorization": f"Bearer {number}", "user-agent": number})
