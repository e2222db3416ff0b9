"""A citizen number is told in plain by unmaskPerson and by nothing else: attempts through every surface find none."""

import contextlib
import json
import logging
from pathlib import Path

import asyncpg
import pytest
from prometheus_client import generate_latest
from tests.api.surface import acts
from tests.api.surface.conftest import CALLERS, Surface
from tests.api.surface.numbers import Finder
from tests.api.surface.roots import roots
from tests.api.surface.walking import documents

from registry.app.logs import configure_logging
from registry.app.metrics import OperationMetrics
from registry.db.pool import Addresses, Connection

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname IN ('register', 'disclosure', 'public', 'past')
   AND has_table_privilege(c.oid, 'SELECT')
"""
ACTIVITY = "SELECT query FROM pg_stat_activity"


@pytest.fixture
def finder(surface: Surface) -> Finder:
    assert len(surface.place.numbers) > 500
    return Finder(surface.place.numbers)


def test_the_finder_finds(finder: Finder, surface: Surface) -> None:
    number = min(surface.place.numbers)
    for text in (number, f"9{number[:17]}", f"a{number}b", number.encode().hex(), json.dumps({"x": [number]})):
        assert finder.found(text)
    assert finder.found("220102********0019 and 12345678901234567") == set()


async def test_no_field_tells_a_number_to_anybody(surface: Surface, finder: Finder) -> None:
    for question, _ in documents(roots(surface.place)):
        for caller in CALLERS:
            await surface.ask(caller, question)
    assert sum(map(len, surface.texts)) > 500_000
    assert finder.found("\n".join(surface.texts)) == set()


async def test_whatever_is_put_in_comes_back_masked_and_is_not_kept(
    surface: Surface, finder: Finder, admin: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """A number in every text of every mutation, by whoever may do it, one place at a time and all at once."""
    caplog.set_level(logging.DEBUG)
    number = min(surface.place.numbers)
    given = acts.inputs(surface.place)
    for name in acts.names():
        kind = acts.input_type(name)
        for wanted in (*acts.filled(given[name], kind, number), acts.drawn(kind, number)):
            for caller in ("region", "admin", "own"):
                await surface.ask(caller, acts.mutation(name), **{"in": wanted})
    assert sum("text.citizen-number" in text for text in surface.texts) > 100
    assert finder.found("\n".join(surface.texts)) == set()
    assert finder.found(caplog.text) == set()
    assert finder.found(await dumped(admin)) == set()


MALFORMED = (
    '{{ institution(code: {number}) {{ name }} }}',
    '{{ institution(code: "{number}") {{ name }} }} {number}',
    '{{ institution(code: "{number}", asOf: "{number}") {{ name }} }}',
    '{{ institutions(first: {number}) {{ totalCount }} }}',
    '{{ institutions(after: "{number}") {{ totalCount }} }}',
    '{{ node(id: "{number}") {{ id }} }}',
    '{{ person(id: "{number}") {{ name }} }}',
    '{{ flags(filter: {{states: [_{number}]}}) {{ totalCount }} }}',
    'query _{number} {{ _{number}: nothing }}',
    '{{ institution(code: "x") {{ name(x: "{number}") }} }}',
    '{{ changes(kinds: ["{number}"]) {{ totalCount }} }}',
    '{{ institution(code: "x") @_{number} {{ name }} }}',
)  # fmt: skip


async def test_errors_on_malformed_questions_mask_what_they_repeat(surface: Surface, finder: Finder) -> None:
    number = min(surface.place.numbers)
    for text in MALFORMED:
        for caller in CALLERS:
            await surface.ask(caller, text.format(number=number))
    for field, value in (("first", number), ("first", int(number[:17])), ("code", {"x": number}), ("asOf", number)):
        kind = {"first": "Int", "code": "String!", "asOf": "DateTime"}[field]
        root = "institutions" if field == "first" else "institution"
        rest = ', code: "x"' if field == "asOf" else ""
        query = f"query($v: {kind}) {{ {root}({field}: $v{rest}) {{ __typename }} }}"
        await surface.ask("admin", query, v=value)
    assert any("rule" in text for text in surface.texts)
    assert finder.found("\n".join(surface.texts)) == set()


async def dumped(connection: Connection) -> str:
    """All rows of all tables and views that the login may read."""
    texts = []
    for (table,) in await connection.fetch(TABLES):
        texts += [row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} AS t") if row[0]]
    return "\n".join(texts)


@pytest.mark.parametrize("role", ["public", "staff", "owner"])
async def test_no_number_stands_in_the_database(
    surface: Surface, finder: Finder, addresses: Addresses, role: str
) -> None:
    """The owner sees what is kept; staff, of everywhere, and the public what they may."""
    connection = await asyncpg.connect(getattr(addresses, role))
    await connection.execute("SELECT set_config('registry.scope', 'ALL', false)")
    text = await dumped(connection)
    assert surface.place.code in text
    assert len(text) > 100_000
    assert finder.found(text) == set()
    if role == "public":
        assert await connection.fetchval("SELECT has_schema_privilege('register', 'USAGE')") is False
        assert "number_encrypted" not in {
            row[0] for row in await connection.fetch("SELECT column_name FROM information_schema.columns")
        }
    await connection.close()


def command_line(file: Path) -> str:
    """What a list of processes shows of one; empty for one that has ended."""
    with contextlib.suppress(OSError):
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


async def test_the_one_door_leaves_no_other_trace(
    surface: Surface, finder: Finder, admin: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number that was told stands in that one answer: not in logs, metrics, statements, processes or tables."""
    configure_logging("DEBUG", "json")
    told = "mutation($in: UnmaskPersonInput!) { unmaskPerson(input: $in) { ... on PersonUnmasked { citizenNumber } } }"
    given = {"person": str(surface.place.person), "reason": "核实身份"}
    answer = await surface.ask("region", told, **{"in": given})
    assert answer["data"]["unmaskPerson"]["citizenNumber"] in surface.place.numbers
    OperationMetrics().operation("mutation", answer["data"]["unmaskPerson"]["citizenNumber"], 0.1, ())
    statements = "\n".join(str(row[0]) for row in await admin.fetch(ACTIVITY))
    processes = "\n".join(map(command_line, Path("/proc").glob("[0-9]*/cmdline")))
    assert "pytest" in processes
    settings = "\n".join(map(str, await admin.fetch("SELECT name, setting FROM pg_settings")))
    metrics = generate_latest().decode()
    captured = capsys.readouterr()
    for text in (statements, processes, settings, metrics, captured.out + captured.err, await dumped(admin)):
        assert finder.found(text) == set()


async def test_the_servers_own_log_has_none(
    surface: Surface, finder: Finder, admin: Connection, addresses: Addresses
) -> None:
    """Statements that fail are logged without what they were given."""
    number = min(surface.place.numbers)
    staff = await asyncpg.connect(addresses.staff)
    for text, value in (
        ("SELECT 1 / (length($1) - 18)", number),
        ("INSERT INTO register.idempotent_answer VALUES ($1, $1, $1, '', '{}')", number),
        ("INSERT INTO register.job_run (job, scheduled_for, outcome) VALUES ($1, now(), $1)", number),
    ):
        for _ in range(2):
            with contextlib.suppress(asyncpg.PostgresError):
                await staff.execute(text, value)
    await staff.close()
    logs = await admin.fetchval("SELECT string_agg(pg_read_file('log/' || name), '') FROM pg_ls_logdir()")
    assert "division by zero" in logs
    assert finder.found(logs) == set()
    assert await admin.fetchval("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'") == 0
