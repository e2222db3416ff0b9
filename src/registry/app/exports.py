"""/exports/: finished exports with their manifests, in ranges, and gone with the first end of an entry in them.

`/exports/index.json` is the catalogue by which a program that matches names (yente) finds the newest entities.
"""

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
from registry.services.exporting import ENTITIES, MANIFEST, PUBLIC_SETS, ExportFormat, is_gone

EXPORTS_PATH = "/exports/"
_FOLDER = re.compile(r"[a-z][a-z0-9-]*")
_MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson",
    ".json": "application/json",
    ".ftm.json": "application/json+ftm",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Exports:
    """The exports below a folder."""

    def __init__(self, database: Database, folder: Path, address: str) -> None:
        self._database = database
        self._folder = folder
        self._address = address

    async def listing(self, _request: Request) -> Response:
        """Answer with the manifests of all exports that are not gone, each with its folder."""
        return JSONResponse({"exports": await self.standing()}, headers={"cache-control": "no-cache"})

    async def catalogue(self, _request: Request) -> Response:
        """Answer with the newest entities that are not gone, as a catalogue of one dataset; of none where none are."""
        entities = [one for one in await self.standing() if one["format"] == ExportFormat.FTM]
        newest = max(entities, key=lambda one: (one["lawDay"], one["position"]), default=None)
        datasets = [] if newest is None else [_dataset(newest, f"{self._address}{EXPORTS_PATH}{newest['folder']}/")]
        return JSONResponse({"datasets": datasets}, headers={"cache-control": "no-cache"})

    async def standing(self) -> list[dict[str, Any]]:
        """Return the manifests of all exports that are not gone, each with its folder."""
        found = await asyncio.to_thread(self._manifests)
        return [one for one in found if not await is_gone(self._database, one)]

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
        return FileResponse(path, headers=headers, media_type=_media_type(name))

    def _manifests(self) -> list[dict[str, Any]]:
        names = [path.parent.name for path in self._folder.glob(f"*/{MANIFEST}")]
        found = [self._read(name) for name in sorted(names) if _FOLDER.fullmatch(name)]
        return [one for one in found if one["set"] in PUBLIC_SETS]

    def _manifest(self, folder: str) -> dict[str, Any]:
        document = self._read(folder)
        if document["set"] not in PUBLIC_SETS:
            raise _unknown()
        return document

    def _read(self, folder: str) -> dict[str, Any]:
        if not _FOLDER.fullmatch(folder):
            raise _unknown()
        try:
            document = json.loads((self._folder / folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise _unknown() from None
        digest = "-".join(file["sha256"][:16] for file in document["files"])
        return {"folder": folder, **document, "etag": f"{digest}-{document['position']}-{document['lawDay']}"}


def _media_type(name: str) -> str:
    return _MEDIA_TYPES[".ftm.json" if name == ENTITIES else Path(name).suffix]


def _dataset(manifest: dict[str, Any], place: str) -> dict[str, Any]:
    """The export as a dataset of FollowTheMoney; its version grows with every day and position."""
    return {
        "name": "care_credit_register",
        "title": "Credit lists of elderly care 养老服务信用名单",
        "version": f"{manifest['lawDay'].replace('-', '')}{manifest['position']:010d}",
        "updated_at": manifest["recordedAt"],
        "last_export": manifest["recordedAt"],
        "resources": [
            {
                "name": file["name"],
                "url": place + file["name"],
                "mime_type": _media_type(file["name"]).partition(";")[0],
                "size": file["bytes"],
            }
            for file in manifest["files"]
        ],
    }


def _unknown() -> NotFound:
    return NotFound(Bilingual("没有该导出文件", "There is no such export"), rule="export.unknown")


def _gone() -> Response:
    zh, en = "其中有记录已移出；请取用新的导出", "An entry in this export has ended; take a newer one"
    shown = {"code": "NOT_FOUND", "rule": "export.gone", "path": [], "message": {"zh": zh, "en": en}}
    return JSONResponse({"error": shown}, 410, headers={"cache-control": "no-store"})


def export_routes(exports: Exports) -> list[Route]:
    """Return the routes of exports, whose folder need not exist."""
    return [
        Route(EXPORTS_PATH, exports.listing),
        Route(f"{EXPORTS_PATH}index.json", exports.catalogue),
        Route(f"{EXPORTS_PATH}{{folder}}/{{name}}", exports.file),
    ]
