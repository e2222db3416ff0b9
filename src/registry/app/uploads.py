"""/uploads/: files brought in pieces over lines that break, by the tus protocol 1.0, https://tus.io.

Extensions: creation, expiration, checksum, termination. A whole file is imported; what comes of it `uploads` tells.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from registry.app.background import Background
from registry.db.pool import Database
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.domain.uploads import UploadState
from registry.services.uploads import (
    MOST_BYTES,
    Store,
    Upload,
    Wanted,
    begin,
    find,
    import_upload,
    list_whole,
    note_piece,
    remove,
)
from registry.services.uploads.importing import Keys
from registry.services.uploads.store import COPY_BYTES, Piece

UPLOADS_PATH = "/uploads/"
VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha256", "sha1")
TRY_AGAIN_SECONDS = 5.0
_CHECKSUM_MISMATCH = 460
"""The status that tus gives to a piece that is not what its digest says."""
_CAPABLE = {
    "tus-version": VERSION,
    "tus-extension": "creation,expiration,checksum,termination",
    "tus-max-size": str(MOST_BYTES),
    "tus-checksum-algorithm": ",".join(ALGORITHMS),
}
_ALWAYS = {"tus-resumable": VERSION, "cache-control": "no-store"}
Authenticate = Callable[[str | None], Awaitable[Actor]]


class Uploads:
    """The uploads of a register, their bytes below a folder."""

    def __init__(
        self, database: Database, authenticate: Authenticate, store: Store, keys: Keys, background: Background
    ) -> None:
        self._database, self._authenticate, self.store = database, authenticate, store
        self._keys, self._background = keys, background

    async def collection(self, request: Request) -> Response:
        """Tell what the server can do, or begin an upload."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={**_ALWAYS, **_CAPABLE})
        refusal = _other_version(request)
        if refusal is not None:
            return refusal
        actor = await self._actor(request)
        upload = await begin(self._database, actor, _wanted(request), self.store)
        return Response(status_code=201, headers={**_known(upload, 0), "location": f"{UPLOADS_PATH}{upload.id}"})

    async def one(self, request: Request) -> Response:
        """Tell how far an upload is, take its next piece, or forget it."""
        refusal = _other_version(request)
        if refusal is not None:
            return refusal
        number: UUID = request.path_params["number"]
        upload = await find(self._database, await self._actor(request), number)
        if upload.expired:
            return Response(status_code=410, headers=_ALWAYS)
        if request.method == "DELETE":
            await remove(self._database, upload, self.store)
            return Response(status_code=204, headers=_ALWAYS)
        if request.method == "PATCH":
            return await self._patch(request, upload)
        return await self._head(upload)

    async def _head(self, upload: Upload) -> Response:
        size = self.store.size(upload.id)
        offset = upload.bytes_total if size is None else size
        if offset == upload.bytes_total and upload.state is UploadState.RECEIVING:
            await self._whole(upload)
        return Response(status_code=200, headers={**_known(upload, offset), "upload-length": str(upload.bytes_total)})

    async def _patch(self, request: Request, upload: Upload) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != PIECE_TYPE:
            return Response(status_code=415, headers=_ALWAYS)
        checksum = _checksum(request)
        with self.store.held(upload.id) as stream:
            if stream is None:
                return Response(status_code=409, headers=_ALWAYS)
            piece = Piece(stream, upload.bytes_total, None if checksum is None else checksum[0])
            if request.headers.get("upload-offset") != str(piece.begun):
                return Response(status_code=409, headers=_ALWAYS)
            refused = await _receive(request, piece, None if checksum is None else checksum[1])
            offset = piece.offset
        if refused is not None:
            return Response(status_code=refused, headers=_ALWAYS)
        if offset == upload.bytes_total:
            await self._whole(upload)
        else:
            await note_piece(self._database, upload, whole=False)
        return Response(status_code=204, headers=_known(upload, offset))

    async def _whole(self, upload: Upload) -> None:
        await note_piece(self._database, upload, whole=True)
        self._background.start(self._import(upload.id))

    async def _import(self, number: UUID) -> None:
        if await import_upload(self._database, self._keys, self.store, number):
            return
        await asyncio.sleep(TRY_AGAIN_SECONDS)
        self._background.start(self._import(number))

    async def take_up(self) -> None:
        """Import what was whole when a server ended before it had imported it."""
        for number in await list_whole(self._database):
            await self._import(number)

    async def _actor(self, request: Request) -> Actor:
        return await self._authenticate(request.headers.get("authorization"))


async def _receive(request: Request, piece: Piece, digest: bytes | None) -> int | None:
    """Append what comes and return the status of a refusal; what came before a line broke stays, without a digest."""
    held = bytearray()
    try:
        async for chunk in request.stream():
            held += chunk
            if len(held) >= COPY_BYTES:
                await asyncio.to_thread(piece.write, bytes(held))
                held.clear()
        refused = None
    except ClientDisconnect:
        refused = 400
    await asyncio.to_thread(piece.write, bytes(held))
    if not piece.fits:
        refused = 413
    elif digest is not None and refused is None and piece.digest() != digest:
        refused = _CHECKSUM_MISMATCH
    if refused == 413 or (refused is not None and digest is not None):
        await asyncio.to_thread(piece.discard)
    await asyncio.to_thread(piece.keep)
    return refused


def _known(upload: Upload, offset: int) -> dict[str, str]:
    expires = format_datetime(upload.expires_at, usegmt=True)
    return {**_ALWAYS, "upload-offset": str(offset), "upload-expires": expires}


def _other_version(request: Request) -> Response | None:
    if request.headers.get("tus-resumable") == VERSION:
        return None
    return Response(status_code=412, headers={**_ALWAYS, "tus-version": VERSION})


def _wanted(request: Request) -> Wanted:
    length = request.headers.get("upload-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        zh, en = "须以 Upload-Length 说明文件大小", "Upload-Length says how large the file is"
        raise InputError(Bilingual(zh, en), rule="upload.length")
    told = _metadata(request.headers.get("upload-metadata", ""))
    return Wanted(
        kind=told.get("kind", ""),
        file_name=told.get("filename", ""),
        bytes_total=int(length),
        source=told.get("source"),
        sha256=told.get("sha256"),
    )


def _metadata(header: str) -> Mapping[str, str]:
    """Read names and values, the latter in Base64. Rule: `upload.metadata`."""
    try:
        pairs = [part.strip().partition(" ") for part in header.split(",") if part.strip()]
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        zh, en = "Upload-Metadata 须为名称及 Base64 值", "Upload-Metadata has names and values in Base64"
        raise InputError(Bilingual(zh, en), rule="upload.metadata") from error


def _checksum(request: Request) -> tuple[str, bytes] | None:
    """Read the digest of a piece. Rule: `upload.checksum`."""
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, text = header.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or not digest:
        zh, en = f"校验算法可用：{'、'.join(ALGORITHMS)}", f"digests are known of: {', '.join(ALGORITHMS)}"
        raise InputError(Bilingual(zh, en), rule="upload.checksum")
    return algorithm, digest


def upload_routes(uploads: Uploads) -> list[Route]:
    """Return the routes of uploads."""
    return [
        Route(UPLOADS_PATH, uploads.collection, methods=["OPTIONS", "POST"]),
        Route(f"{UPLOADS_PATH}{{number:uuid}}", uploads.one, methods=["HEAD", "PATCH", "DELETE"]),
    ]
