"""Files brought by a client that others wrote, to a server that is killed between pieces and within one."""

import csv
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from tests.cli.conftest import Program
from tests.cli.processes import ask, serving, until
from tests.services.importing.conftest import organisation
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from registry.db.embedded import EmbeddedServer

ROWS = 40_000
PIECE_BYTES = 128 << 10


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A register without an organisation."""
    folder = tmp_path_factory.mktemp("uploads")
    with EmbeddedServer.open(folder / ".registry"):
        program = Program(folder)
        for command in (("keys", "make"), ("migrate",), ("seed",)):
            program.done(*command)
        yield program


@pytest.fixture(scope="module")
def token(register: Program) -> str:
    """The key of a partner platform."""
    told = register.data("token", "create", "--role", "ADMIN", "--name", "partner")
    return str(told["token"])


def _file() -> bytes:
    stream = io.StringIO()
    rows = [organisation(number, region_code="220102") for number in range(ROWS)]
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


class _Killing(io.BytesIO):
    """A file whose reader kills the server halfway."""

    def __init__(self, content: bytes, process: "subprocess.Popen[str]") -> None:
        super().__init__(content)
        self._half, self._process = len(content) // 2, process

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._half and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        return super().read(size)


def _client(url: str, token: str) -> TusClient:
    return TusClient(f"{url}/uploads/", headers={"authorization": f"Bearer {token}"})


def _begun(url: str, token: str, stream: io.BytesIO) -> Any:
    told = {"kind": "organisations", "filename": "机构.csv", "source": "partner"}
    return _client(url, token).uploader(file_stream=stream, chunk_size=PIECE_BYTES, metadata=told)


def _state(url: str, token: str) -> dict[str, Any]:
    asked = "{ uploads { nodes { fileName state bytesTotal rows added rule rowErrors position } } }"
    (found,) = ask(url, asked, token).json()["data"]["uploads"]["nodes"]
    return dict(found)


def _cut_off(url: str, token: str, content: bytes, offset: int, stored: Path, process: Any) -> None:
    """Send the rest in one piece, and kill the server once a part of it has come."""

    def rest() -> Iterator[bytes]:
        yield content[offset : offset + (3 << 19)]
        until(lambda: stored.stat().st_size > offset)
        process.kill()
        process.wait()
        yield content[offset + (3 << 19) :]

    headers = {
        "authorization": f"Bearer {token}",
        "tus-resumable": "1.0.0",
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
        "content-length": str(len(content) - offset),
    }
    with pytest.raises(httpx.TransportError):
        httpx.patch(url, content=rest(), headers=headers, timeout=60)


def test_an_upload_goes_on_where_it_was_when_the_server_was_killed(register: Program, token: str) -> None:
    content = _file()
    with serving(register) as (process, url):
        uploader = _begun(url, token, _Killing(content, process))
        with pytest.raises((TusCommunicationError, requests.ConnectionError)):
            uploader.upload()
    place = uploader.url.removeprefix(url)
    (stored,) = (register.folder / ".registry" / "uploads").iterdir()
    reached = stored.stat().st_size
    assert len(content) // 2 <= reached < len(content) // 2 + PIECE_BYTES
    with serving(register) as (process, url):
        assert _state(url, token)["state"] == "RECEIVING"
        _cut_off(f"{url}{place}", token, content, reached, stored, process)
    assert reached < stored.stat().st_size < len(content)
    with serving(register) as (_, url):
        resumed = _client(url, token).uploader(
            file_stream=io.BytesIO(content), url=f"{url}{place}", chunk_size=PIECE_BYTES
        )
        assert resumed.get_offset() == stored.stat().st_size
        resumed.upload()
        until(lambda: _state(url, token)["state"] in ("IMPORTED", "REFUSED"))
        told = _state(url, token)
        position = told.pop("position")
        counted = {"fileName": "机构.csv", "bytesTotal": len(content), "rows": ROWS, "added": ROWS}
        assert told == {**counted, "state": "IMPORTED", "rule": None, "rowErrors": []}
        assert int(position) > 0
    assert not stored.exists()
