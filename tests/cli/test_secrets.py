"""Secrets of an installation stand in no process list, log, error, dump of settings or answer."""

import json
import re
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import URL, read_until

from registry.auth.keyfile import PREVIOUS_KEY, new_keys
from registry.settings import Settings, load_settings

pytestmark = pytest.mark.xdist_group("demo-register")

PASSWORD = "hunter2-Zx91"
ELSEWHERE = f"postgresql://registry_staff:{PASSWORD}@127.0.0.1:1/register"


def _of_family(pid: int) -> list[int]:
    """A process and all that come of it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _of_family(int(child)))]


def _listed(pid: int) -> str:
    """What `ps -ef` tells everybody of a process: its command line and its name."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text() + Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_nothing_secret_stands_in_ps_or_the_logs_of_a_server(demo: Program, tokens: dict[str, str]) -> None:
    kept = (demo.folder / ".registry" / "keys.toml").read_text(encoding="utf-8")
    secrets = [*re.findall(r'"([^"]+)"', kept), *tokens.values()]
    assert len(secrets) >= 3 + len(tokens)
    server = Program(demo.folder, {"LOG_LEVEL": "DEBUG"}).start("serve", "--port", "0", "--workers", "2")
    log: list[str] = []
    try:
        url = read_until(server, URL)
        reading = threading.Thread(
            target=lambda: log.append(server.stderr.read() if server.stderr else ""), daemon=True
        )
        reading.start()
        answers = []
        for token in tokens.values():
            for headers in ({"authorization": f"Bearer {token}"}, {"authorization": token}, {"cookie": f"t={token}"}):
                for query in ("{ viewer { name role } }", "{ nothing }", token):
                    asked = {"query": query}
                    answers.append(_patiently(url, asked, headers))
        listed = "".join(_listed(pid) for pid in _of_family(server.pid))
        listed += subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    finally:
        server.terminate()
        server.wait(30)
    reading.join(60)
    assert "spawn_main" in listed
    assert '"event":"request"' in log[0]
    for secret in secrets:
        assert secret not in listed
        assert secret not in log[0]
        assert secret[-24:] not in log[0], "nor the part that counts"
    assert not any(token in answer for answer in answers for token in tokens.values() if "Syntax" not in answer)


def _patiently(url: str, asked: dict[str, str], headers: dict[str, str]) -> str:
    for _ in range(1_000):
        try:
            return httpx.post(f"{url}/graphql", json=asked, headers=headers, timeout=30).text
        except httpx.TransportError:
            threading.Event().wait(0.1)
    raise AssertionError("the server does not answer")


@pytest.mark.parametrize("arguments", [("doctor",), ("doctor", "--json"), ("--debug", "token", "list"), ("verify",)])
def test_a_failing_command_tells_no_password_and_no_key(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    keys = new_keys()
    urls = dict.fromkeys(("DATABASE_URL", "PUBLIC_DATABASE_URL", "OWNER_DATABASE_URL"), ELSEWHERE)
    result = Program(tmp_path, {**keys, **urls}).run(*arguments)
    assert result.returncode == 1
    said = result.stdout + result.stderr
    assert said
    for secret in (PASSWORD, *keys.values()):
        assert secret not in said


def test_a_dump_of_the_settings_tells_nothing(tmp_path: Path) -> None:
    keys = {name.lower(): value for name, value in new_keys().items()} | {PREVIOUS_KEY.lower(): new_keys()["PII_KEY"]}
    urls = dict.fromkeys(("database_url", "public_database_url", "owner_database_url"), ELSEWHERE)
    settings = load_settings(data_dir=tmp_path, **keys, **urls)
    dumps = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()), f"{settings!r}")
    for dump in dumps:
        for secret in (PASSWORD, *keys.values()):
            assert secret not in dump
    hidden = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert {*keys, *urls} == hidden
    named = re.compile("key|secret|password|token|database_url")
    assert {name for name in Settings.model_fields if named.search(name)} == hidden, "a new secret is a SecretStr"


@pytest.mark.parametrize("name", ["SECRET_KEY", "PII_KEY", "SIGNING_KEY", "DATABASE_URL"])
def test_a_wrong_setting_is_named_and_not_repeated(tmp_path: Path, name: str) -> None:
    wrong = "mysql://root:hunter2-Zx91@db/x" if name == "DATABASE_URL" else "hunter2-Zx91-and-more"
    result = Program(tmp_path, {**new_keys(), name: wrong}).run("doctor", "--json")
    assert name in result.stdout + result.stderr or result.returncode == 0
    assert "hunter2" not in result.stdout + result.stderr
    assert json.loads(result.stdout)
