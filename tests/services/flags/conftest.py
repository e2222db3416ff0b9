"""A synthetic register of two thousand institutions, imported and rated once, with its flags."""

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import copy_database
from tests.services.credit import conftest as small
from tests.services.importing.conftest import KEYS, OPERATOR

from registry.db.embedded import EmbeddedServer
from registry.db.pool import Addresses, open_database
from registry.services.flags.raising import raise_flags
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed
from registry.synthetic import DEFAULT_AS_OF, generate

INSTITUTIONS = 2_000
Findings = dict[str, list[dict[str, Any]]]
_FILLED: dict[str, str] = {}


async def _fill(server: EmbeddedServer, template: str, name: str, folder: Path) -> None:
    await copy_database(server, template, name)
    manifest = generate(folder, INSTITUTIONS, seed=11)
    addresses = Addresses(*(server.dsn(f"registry_{role}", name) for role in ("staff", "public", "admin")))
    async with open_database(addresses) as database:
        await seed(database, OPERATOR)
        for file in manifest.files:
            path = folder / file.name
            await import_file(database, OPERATOR, KEYS, path.stem, path, file_name=path.name, source="first source")
        await add_policy(database, OPERATOR, shipped_documents()["cn-national"])
        await recompute(database, OPERATOR, as_of=DEFAULT_AS_OF)
        await raise_flags(database, OPERATOR, DEFAULT_AS_OF)


@pytest.fixture(scope="session")
def planted_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the register's files, filled by the template."""
    return tmp_path_factory.mktemp("planted")


@pytest.fixture
def template(request: pytest.FixtureRequest, server: EmbeddedServer, template: str, planted_files: Path) -> str:
    """The database to copy: with the flags of the synthetic register for tests that ask for `planted`, with rules and
    two institutions for those that ask for `bring`."""
    if "planted" in request.fixturenames and "planted" not in _FILLED:
        _FILLED["planted"] = f"{template}_planted"
        asyncio.run(_fill(server, template, _FILLED["planted"], planted_files))
    if "bring" in request.fixturenames and "bring" not in _FILLED:
        _FILLED["bring"] = f"{template}_rules"
        asyncio.run(copy_database(server, template, _FILLED["bring"]))
        asyncio.run(small._fill(server, _FILLED["bring"]))
    return next((_FILLED[name] for name in ("planted", "bring") if name in request.fixturenames), template)


@pytest.fixture
def planted(template: str, planted_files: Path) -> Findings:
    """What was planted, by finding; asks for the register with it."""
    found: Findings = defaultdict(list)
    for finding in json.loads((planted_files / "planted.json").read_text(encoding="utf-8"))["findings"]:
        found[finding["finding"]].append(finding)
    return found
