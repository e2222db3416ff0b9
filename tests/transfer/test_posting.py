"""Sending to addresses that others named: only where it may lead, within limits, and nothing of the answer stays."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.scheduler.receiving import HERE, Authority, Receiver, make_authority, reach_of, receiving

from registry.domain.reachable import Reach
from registry.domain.webhooks import Answer, Fault
from registry.transfer.posting import posting, trusting

HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def receiver(authority: Authority) -> AsyncIterator[Receiver]:
    async with receiving(authority) as opened:
        yield opened


async def send(url: str, reach: Reach, trusted: Path | None, seconds: float = 5.0, times: int = 1) -> Answer:
    async with posting(reach, trusting(trusted), seconds) as poster:
        for _ in range(times):
            answer = await poster.post(url, b"{}", HEADERS)
    return answer


CAME_OF = {
    "204": Answer(204),
    "500": Answer(500),
    "redirect": Answer(307),
    "slow-body": Answer(200),
    "huge": Answer(500),
    "reset": Answer(fault=Fault.ANSWER),
    "garbage": Answer(fault=Fault.ANSWER),
    "hang": Answer(fault=Fault.TIMEOUT),
}


@pytest.mark.parametrize("behaviour", CAME_OF)
async def test_what_comes_of_it_is_told_in_time(authority: Authority, receiver: Receiver, behaviour: str) -> None:
    receiver.always, begun = behaviour, time.monotonic()
    answer = await send(receiver.url, reach_of(receiver.port), authority.authorities, 2.0)
    assert answer == CAME_OF[behaviour]
    assert time.monotonic() - begun < 20
    assert len(receiver.requests) == 1


async def test_it_is_https_post_of_json_on_one_connection(authority: Authority, receiver: Receiver) -> None:
    await send(receiver.url + "?a=b", reach_of(receiver.port), authority.authorities, times=3)
    assert {one.path for one in receiver.requests} == {"/hooks?a=b"}
    headers = receiver.requests[0].headers
    assert headers.items() >= HEADERS.items()
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"localhost:{receiver.port}"
    assert {"authorization", "cookie", "proxy-authorization"}.isdisjoint(headers)


async def test_an_unknown_certificate_authority_and_another_name_are_not_trusted(
    authority: Authority, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await send(receiver.url, reach_of(receiver.port), None) == Answer(fault=Fault.CERTIFICATE)
    resolve_to(monkeypatch, "127.0.0.1")
    url = f"https://other.example:{receiver.port}/"
    assert await send(url, reach_of(receiver.port), authority.authorities) == Answer(fault=Fault.CERTIFICATE)
    assert receiver.requests == []


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
async def test_this_machine_is_not_reached_by_any_name(authority: Authority, receiver: Receiver, host: str) -> None:
    url = f"https://{host}:{receiver.port}/"
    assert await send(url, Reach(ports=frozenset({receiver.port})), authority.authorities) == Answer(
        fault=Fault.ADDRESS
    )
    assert receiver.requests == []


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: str | list[str]) -> list[str]:
    """Have each look-up of a name give the next answer, then the last for ever; the names asked are noted."""
    asked, turns = list[str](), list(answers)

    async def getaddrinfo(_: Any, host: str, port: int, **__: Any) -> list[Any]:
        asked.append(host)
        given = turns.pop(0) if len(turns) > 1 else turns[0]
        texts = [given] if isinstance(given, str) else given
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in texts]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "private", ["127.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1", "10.0.0.1", "::ffff:7f00:1"]
)
async def test_one_private_address_of_a_name_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch, private: str) -> None:
    resolve_to(monkeypatch, ["1.1.1.1", private])
    begun = time.monotonic()
    assert await send("https://hooks.example/", Reach(), None) == Answer(fault=Fault.ADDRESS)
    assert time.monotonic() - begun < 20


async def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    authority: Authority, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = Reach.of([HERE], [receiver.port])
    asked = resolve_to(monkeypatch, "127.0.0.1", "169.254.169.254")
    assert (await send(receiver.url, reach, authority.authorities)).accepted
    assert asked == ["localhost"]
    assert await send(receiver.url, reach, authority.authorities) == Answer(fault=Fault.ADDRESS)


async def test_other_addresses_of_a_name_are_tried_where_the_first_is_away(
    authority: Authority, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, ["127.0.0.99", "127.0.0.1"])
    assert (await send(receiver.url, reach_of(receiver.port), authority.authorities)).accepted


async def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        answer = await send(f"https://127.0.0.1:{port}/", reach_of(port), None)
    assert answer == Answer(fault=Fault.CONNECTION)
    assert await send("https://no-such-name.invalid/", Reach(), None) == Answer(fault=Fault.ADDRESS)


async def test_a_receiver_may_ask_for_a_pause(authority: Authority, receiver: Receiver) -> None:
    receiver.always, receiver.retry_after = "503", "120"
    answer = await send(receiver.url, reach_of(receiver.port), authority.authorities)
    assert answer == Answer(503, retry_after_seconds=120.0)
    receiver.retry_after = "99999999"
    answer = await send(receiver.url, reach_of(receiver.port), authority.authorities)
    assert answer.retry_after_seconds == 3600
