"""The pages that machines watch: /healthz (the process runs), /readyz (the register serves), /metrics (how it does)."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from registry.app import metrics
from registry.app.hosting import Host
from registry.domain.errors import RegisterError
from registry.domain.lawdays import law_day
from registry.services.freshness import read_freshness
from registry.services.patience import within
from registry.services.readiness import Finding, Level, check_readiness, failed

REMEMBERED_SECONDS = 1.0
PATIENCE_SECONDS = 3.0
_NO_STORE = {"cache-control": "no-store"}


class Readiness:
    """Makes the checks at most once in REMEMBERED_SECONDS, however many ask."""

    def __init__(self, host: Host, zone: ZoneInfo) -> None:
        self._host = host
        self._zone = zone
        self._checking = asyncio.Lock()
        self._checked_at = float("-inf")
        self._findings: list[Finding] = []

    async def findings(self) -> list[Finding]:
        """Return what the checks found."""
        async with self._checking:
            if time.monotonic() - self._checked_at > REMEMBERED_SECONDS:
                self._findings = await self._check()
                self._checked_at = time.monotonic()
            return self._findings

    async def _check(self) -> list[Finding]:
        if self._host.database is None:
            return [failed("database", self._host.problem)]
        return await check_readiness(self._host.database, law_day(datetime.now(UTC), self._zone))


def _shown(finding: Finding) -> dict[str, object]:
    shown: dict[str, object] = {"check": finding.check, "level": finding.level}
    shown["message"] = {"zh": finding.text.zh, "en": finding.text.en}
    if finding.remedy is not None:
        shown["remedy"] = {"zh": finding.remedy.zh, "en": finding.remedy.en}
    return shown


async def _healthz(_request: Request) -> Response:
    return JSONResponse({"alive": True}, headers=_NO_STORE)


async def note_state(host: Host) -> None:
    """Bring the gauges up to date; a database that does not answer leaves them as they were."""
    metrics.note_pools(host.database)
    if host.database is not None:
        with suppress(RegisterError, TimeoutError):
            metrics.note_freshness(await within(PATIENCE_SECONDS, read_freshness(host.database)))


def health_routes(host: Host, zone: ZoneInfo) -> list[Route]:
    """Return the three routes over the pools of `host`; law days are those of `zone`."""
    readiness = Readiness(host, zone)

    async def readyz(_request: Request) -> Response:
        findings = await readiness.findings()
        ready = all(finding.level is not Level.FAIL for finding in findings)
        body = {"ready": ready, "checks": [_shown(finding) for finding in findings]}
        return JSONResponse(body, 200 if ready else 503, headers=_NO_STORE)

    async def exposed(_request: Request) -> Response:
        await note_state(host)
        return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE, **_NO_STORE})

    return [Route("/healthz", _healthz), Route("/readyz", readyz), Route("/metrics", exposed)]
