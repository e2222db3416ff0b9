"""The text of a file of unknown encoding: UTF-8 with or without BOM, UTF-16 with BOM, GB18030."""

import codecs
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

CHUNK_BYTES = 1 << 18
LONGEST_LINE = 1 << 22
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def _fits(chunk: bytes, encoding: str) -> bool:
    """Whether a chunk, which may end within a character, is text of an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _decoder_after(chunk: bytes) -> codecs.IncrementalDecoder | None:
    """The decoder that the first chunk with other than ASCII decides, or None while there is only ASCII."""
    if chunk.isascii():
        return None
    return codecs.getincrementaldecoder("utf-8" if _fits(chunk, "utf-8") else "gb18030")()


def decode(stream: BinaryIO) -> Iterator[str]:
    """The text of a stream in pieces; UnicodeDecodeError where it is no text of the encoding it began with.

    Without a BOM the first piece with other than ASCII decides: UTF-8 if it is, else GB18030.
    """
    decoder: codecs.IncrementalDecoder | None = None
    chunk = stream.read(CHUNK_BYTES)
    for bom, encoding in _BOMS:
        if chunk.startswith(bom):
            decoder, chunk = codecs.getincrementaldecoder(encoding)(), chunk[len(bom) :]
            break
    while chunk:
        decoder = decoder or _decoder_after(chunk)
        yield decoder.decode(chunk) if decoder else chunk.decode("ascii")
        chunk = stream.read(CHUNK_BYTES)
    if decoder:
        yield decoder.decode(b"", final=True)


def lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text in pieces, each with a line feed at its end, whatever ended it (CR LF, LF, or CR alone).

    Only line ends cut: form feeds and Unicode separators may stand within a cell. ValueError for a line beyond all
    measure, so that a file without line ends cannot fill the memory.
    """
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + newlines.decode(piece)).split("\n")
        for line in whole:
            yield line + "\n"
        if len(rest) > LONGEST_LINE:
            msg = f"a line is longer than {LONGEST_LINE} characters"
            raise ValueError(msg)
    rest += newlines.decode("", final=True)
    if rest:
        yield rest
