"""A receiver of webhooks: a real HTTPS server that can misbehave in every way that receivers do."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from registry.domain.reachable import Reach

HERE = "127.0.0.0/8"


def reach_of(*ports: int) -> Reach:
    """A reach that admits this machine."""
    return Reach.of([HERE], ports)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Authority:
    """A certificate authority and the certificate of `localhost`, as PEM files."""

    authorities: Path
    certificate: Path


def make_authority(folder: Path) -> Authority:
    """Make both for a day."""
    now, ca_key, key = (
        datetime.now(UTC),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    begun, over = now - timedelta(hours=1), now + timedelta(days=1)

    def certificate(name: str, issuer: str, public: Any) -> x509.CertificateBuilder:
        named = x509.CertificateBuilder().subject_name(_named(name)).issuer_name(_named(issuer)).public_key(public)
        return named.serial_number(x509.random_serial_number()).not_valid_before(begun).not_valid_after(over)

    ca = certificate("test authority", "test authority", ca_key.public_key())
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(*(index in (0, 5, 6) for index in range(9)))
    signed_ca = ca.add_extension(usage, critical=True).sign(ca_key, SHA256())
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = certificate("localhost", "test authority", key.public_key()).add_extension(names, critical=False)
    leaf = signed.sign(ca_key, SHA256()).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = Authority(folder / "authorities.pem", folder / "certificate.pem")
    made.authorities.write_bytes(signed_ca.public_bytes(Encoding.PEM))
    made.certificate.write_bytes(private + leaf)
    return made


@dataclass
class Request:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    behaviour: str

    @property
    def name(self) -> str:
        return self.headers["webhook-id"]

    def verifies(self, secret: str) -> bool:
        """Whether one of the signatures is by this secret, by the standard's words alone."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.name}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split(" ")

    def told(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.body)
        return message


@dataclass
class Receiver:
    """Answers each request by the next behaviour, then by `always`."""

    port: int = 0
    always: str = "204"
    retry_after: str = "0"
    behaviours: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/hooks"

    def accepted(self) -> list[dict[str, Any]]:
        """The changes of all requests that were accepted, those that came twice told once, in order."""
        messages = {one.name: one for one in self.requests if one.behaviour in ("200", "204", "lost", "slow-body")}
        return [change for one in messages.values() for change in one.told()["data"]["changes"]]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            while await self._one(reader, writer):
                pass
        writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in head[1:] if line)}
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            body = await reader.readexactly(int(headers["content-length"]))
            behaviour = self.behaviours.pop(0) if self.behaviours else self.always
            self.requests.append(Request(head[0].split(" ")[1], headers, body, behaviour))
            return await self._behave(behaviour, writer)
        finally:
            self.at_once -= 1

    async def _behave(self, behaviour: str, writer: asyncio.StreamWriter) -> bool:
        if behaviour in ("reset", "lost"):
            return False
        if behaviour == "hang":
            await asyncio.sleep(60)
        if behaviour.startswith("after:"):
            await asyncio.sleep(float(behaviour.removeprefix("after:")))
            behaviour = "204"
        if behaviour == "garbage":
            writer.write(b"\x00nonsense\r\n\r\n")
        elif behaviour == "slow-body":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            for _ in range(100):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.2)
        elif behaviour == "redirect":
            writer.write(f"HTTP/1.1 307 Go\r\nlocation: {self.url}\r\ncontent-length: 0\r\n\r\n".encode())
        elif behaviour == "huge":
            writer.write(b"HTTP/1.1 500 No\r\ncontent-length: 100000000\r\n\r\n" + b"x" * 1_000_000)
        else:
            writer.write(
                f"HTTP/1.1 {behaviour} Said\r\ncontent-length: 0\r\nretry-after: {self.retry_after}\r\n\r\n".encode()
            )
        await writer.drain()
        return behaviour not in ("garbage", "slow-body", "huge")


@asynccontextmanager
async def receiving(authority: Authority, **given: Any) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine for as long as the block lasts."""
    receiver = Receiver(**given)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.certificate)
    tasks = set[asyncio.Task[None]]()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
