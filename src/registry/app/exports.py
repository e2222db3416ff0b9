"""/exports/: finished exports with their manifests, in ranges, and gone with the first end of an entry in them.

`/exports/index.json` is the catalogue by which a program that matches names (yente) finds the newest entities.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from registry.api.caching import is_known
from registry.db.pool import Database
from registry.domain.errors import Bilingual, NotFound
from registry.services.exporting import (
    DATASET_TITLE,
    ENTITIES,
    MANIFEST,
    PUBLIC_SETS,
    TARGETS,
    ExportFormat,
    is_gone,
)

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
        datasets = [] if newest is None else [await asyncio.to_thread(self._dataset, newest)]
        return JSONResponse({"datasets": datasets}, headers={"cache-control": "no-cache"})

    def _dataset(self, manifest: dict[str, Any]) -> dict[str, Any]:
        place, folder = f"{self._address}{EXPORTS_PATH}{manifest['folder']}/", self._folder / manifest["folder"]
        checksums = {file["name"]: _sha1(folder / file["name"], file["sha256"]) for file in manifest["files"]}
        return {"url": self._address, **_dataset(manifest, place, checksums)}

    async def standing(self) -> list[dict[str, Any]]:
        """Return the manifests of all exports that are not gone, each with its folder."""
        found = await asyncio.to_thread(self._manifests)
        return [one for one in found if not await self._is_gone(one)]

    async def file(self, request: Request) -> Response:
        """Answer with a file or the part of it that is asked for; 410 once an entry in it has ended."""
        folder, name = request.path_params["folder"], request.path_params["name"]
        manifest = await asyncio.to_thread(self._manifest, folder)
        if await self._is_gone(manifest):
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

    async def _is_gone(self, manifest: dict[str, Any]) -> bool:
        """Whether an entry in it has ended; the files of what was gone once may have been removed."""
        place = self._folder / manifest["folder"]
        emptied = not all((place / file["name"]).is_file() for file in manifest["files"])
        return emptied or await is_gone(self._database, manifest)

    def _manifests(self) -> list[dict[str, Any]]:
        names = sorted(path.parent.name for path in self._folder.glob(f"*/{MANIFEST}"))
        return [found for name in names if (found := self._find(name)) is not None]

    def _manifest(self, folder: str) -> dict[str, Any]:
        document = self._find(folder)
        if document is None:
            raise _unknown()
        return document

    def _find(self, folder: str) -> dict[str, Any] | None:
        """The manifest of a public export; None where there is none, or none any more."""
        if not _FOLDER.fullmatch(folder):
            return None
        try:
            document = json.loads((self._folder / folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        if document["set"] not in PUBLIC_SETS:
            return None
        digest = "-".join(file["sha256"][:16] for file in document["files"])
        return {"folder": folder, **document, "etag": f"{digest}-{document['position']}-{document['lawDay']}"}


@lru_cache(maxsize=64)
def _sha1(path: Path, sha256: str) -> str:  # noqa: ARG001 - files of one name may differ
    """The digest that matchers hold a file to."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha1").hexdigest()


def _media_type(name: str) -> str:
    return _MEDIA_TYPES[".ftm.json" if name == ENTITIES else Path(name).suffix]


def _dataset(manifest: dict[str, Any], place: str, checksums: Mapping[str, str]) -> dict[str, Any]:
    """The export as a dataset of FollowTheMoney; its version grows with every day and position.

    `resource_name` tells a matcher that reads the catalogue as its whole configuration where the entities are.
    """
    files = {file["name"]: file for file in manifest["files"]}
    return {
        "name": "care_credit_register",
        "title": DATASET_TITLE,
        "version": f"{manifest['lawDay'].replace('-', '')}{manifest['position']:010d}",
        "updated_at": manifest["recordedAt"],
        "last_export": manifest["recordedAt"],
        "entity_count": files[ENTITIES]["rows"],
        "thing_count": files[TARGETS]["rows"],
        "resource_name": ENTITIES,
        "resources": [
            {
                "name": name,
                "url": place + name,
                "checksum": checksums[name],
                "timestamp": manifest["recordedAt"],
                "mime_type": _media_type(name).partition(";")[0],
                "size": file["bytes"],
            }
            for name, file in files.items()
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
