"""Columns decoded while they stream: in pieces of any size, over many enlargements, and nothing but whole numbers."""

import asyncio
import struct

import numpy as np
import pytest

from registry.db import columns
from registry.db.columns import _Decoder

HEAD, TAIL = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
KINDS = {"id": "int8", "day": "int4", "share": "int2"}


def rows(count: int) -> bytes:
    row = struct.Struct(">hiqiiih")
    return b"".join(row.pack(3, 8, number << 20, 4, -number, 2, number % 999) for number in range(count))


@pytest.mark.parametrize(("count", "piece"), [(0, 7), (1, 5), (5_000, 997), (5_000, 1 << 20)])
async def test_rows_come_out_as_they_went_in(monkeypatch: pytest.MonkeyPatch, count: int, piece: int) -> None:
    monkeypatch.setattr(columns, "_CHUNK_BYTES", 4096)
    monkeypatch.setattr(columns, "_PAUSE_SECONDS", 0)
    decoder, sent = _Decoder(KINDS), HEAD + rows(count) + TAIL
    for start in range(0, len(sent), piece):
        await decoder.feed(sent[start : start + piece])
    found = await decoder.finish()
    numbers = np.arange(count)
    assert np.array_equal(found["id"], numbers << 20)
    assert np.array_equal(found["day"], -numbers)
    assert np.array_equal(found["share"], numbers % 999)
    assert [str(found[name].dtype) for name in KINDS] == ["int64", "int32", "int16"]


async def test_few_rows_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_PAUSE_SECONDS", 3_600)
    decoder = _Decoder(KINDS)
    for part in (HEAD, rows(100), TAIL):
        await asyncio.wait_for(decoder.feed(part), 60)
    assert (await decoder.finish())["id"].shape == (100,)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_Decoder(KINDS).feed(HEAD + rows(5_000)), 0.01)


async def test_a_value_of_another_width_is_refused() -> None:
    decoder = _Decoder(KINDS)
    await decoder.feed(HEAD + rows(3).replace(struct.pack(">ii", 4, -1), struct.pack(">ii", 8, -1)) + TAIL)
    with pytest.raises(ValueError, match="length of day"):
        await decoder.finish()


async def test_a_value_of_another_width_is_refused_where_it_is_decoded_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_CHUNK_BYTES", 64)
    decoder = _Decoder(KINDS)
    await decoder.feed(HEAD + rows(9).replace(struct.pack(">ii", 4, -1), struct.pack(">ii", 8, -1)) + TAIL)
    await decoder.rest()
    with pytest.raises(ValueError, match="length of day"):
        await decoder.finish()
