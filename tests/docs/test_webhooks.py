"""The receiver of the guide takes what the register signs, and nothing else."""

import asyncio
import re
import ssl
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from tests.scheduler.conftest import until
from tests.scheduler.receiving import Receiver, make_authority
from tests.scheduler.subscribed import delivering, feed, fill, make_key, rename, subscribe, told_all

from registry.db.pool import Addresses, Connection, Database

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "webhooks.md").read_text(encoding="utf-8")


def the_receiver() -> Any:
    found = re.search(r"^```python receiver\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)
    return names["Hooks"]


async def test_the_receiver_of_the_guide_verifies_and_keeps_each_message_once(
    database: Database, addresses: Addresses, admin: Connection, tmp_path: Path
) -> None:
    await fill(database)
    hooks, authority = the_receiver(), make_authority(tmp_path)
    hooks.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), hooks)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        receiver = Receiver(port=server.server_port)
        made = await subscribe(database, receiver, await make_key(database))
        async with delivering(database, addresses, authority, receiver.port):
            last = await rename(database, 1, "一")

            async def refused() -> bool:
                fault = await admin.fetchval("SELECT fault FROM register.webhook")
                return bool(fault == "STATUS_400")

            await until(refused)
            hooks.secret = made.secret
            await rename(database, 2, "二")
            await told_all(admin, made.id)
        assert hooks.changes == await feed(database, after=last - 1)
        trusted = ssl.create_default_context(cafile=str(authority.authorities))
        async with httpx.AsyncClient(verify=trusted) as client:
            forged = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
            assert (await client.post(receiver.url, content=b"{}", headers=forged)).status_code == 400
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
