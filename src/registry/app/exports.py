"""/exports/: finished exports with their manifests, in ranges, and gone with the first end of an entry in them."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from registry.api.caching import is_known
from registry.db.pool import Database
from registry.domain.errors import Bilingual, NotFound
from registry.services.exporting import MANIFEST, is_gone

EXPORTS_PATH = "/exports/"
_FOLDER = re.compile(r"[a-z][a-z0-9-]*")
_MEDIA_TYPES = {".csv": "text/csv; charset=utf-8", ".jsonl": "application/x-ndjson", ".json": "application/json"}


class Exports:
    """The exports below a folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def listing(self, _request: Request) -> Response:
        """Answer with the manifests of all exports that are not gone, each with its folder."""
        found = await asyncio.to_thread(self._manifests)
        standing = [one for one in found if not await is_gone(self._database, one)]
        return JSONResponse({"exports": standing}, headers={"cache-control": "no-cache"})

    async def file(self, request: Request) -> Response:
        """Answer with a file or the part of it that is asked for; 410 once an entry in it has ended."""
        folder, name = request.path_params["folder"], request.path_params["name"]
        manifest = await asyncio.to_thread(self._manifest, folder)
        if await is_gone(self._database, manifest):
            return _gone()
        digests = {file["name"]: file["sha256"] for file in manifest["files"]}
        if name != MANIFEST and name not in digests:
            raise _unknown()
        etag = f'"{digests.get(name) or manifest["etag"]}"'
        headers = {"etag": etag, "cache-control": "no-cache"}
        if is_known(request, etag):
            return Response(status_code=304, headers=headers)
        path = self._folder / folder / name
        return FileResponse(path, headers=headers, media_type=_MEDIA_TYPES[path.suffix])

    def _manifests(self) -> list[dict[str, Any]]:
        names = [path.parent.name for path in self._folder.glob(f"*/{MANIFEST}")]
        return [self._manifest(name) for name in sorted(names) if _FOLDER.fullmatch(name)]

    def _manifest(self, folder: str) -> dict[str, Any]:
        if not _FOLDER.fullmatch(folder):
            raise _unknown()
        try:
            document = json.loads((self._folder / folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise _unknown() from None
        digest = "-".join(file["sha256"][:16] for file in document["files"])
        return {"folder": folder, **document, "etag": f"{digest}-{document['position']}-{document['lawDay']}"}


def _unknown() -> NotFound:
    return NotFound(Bilingual("没有该导出文件", "There is no such export"), rule="export.unknown")


def _gone() -> Response:
    zh, en = "其中有记录已移出；请取用新的导出", "An entry in this export has ended; take a newer one"
    shown = {"code": "NOT_FOUND", "rule": "export.gone", "path": [], "message": {"zh": zh, "en": en}}
    return JSONResponse({"error": shown}, 410, headers={"cache-control": "no-store"})


def export_routes(database: Database, folder: Path) -> list[Route]:
    """Return the routes of the exports below `folder`, which need not exist."""
    exports = Exports(database, folder)
    return [
        Route(EXPORTS_PATH, exports.listing),
        Route(f"{EXPORTS_PATH}{{folder}}/{{name}}", exports.file),
    ]
