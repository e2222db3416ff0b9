"""The page that tells whether a procurement statement is genuine; nothing of what was given to it stays."""

from starlette.responses import Response

from registry.site.documents import VERIFY
from registry.site.forms import filled
from registry.site.frame import Page, Visit

_DIGEST_LENGTH = 64


async def verify(visit: Visit) -> Page | Response:
    """By the digest in the address, as the code on paper has it, or by a file or text that is filled in."""
    if visit.request.method == "POST":
        form = await filled(visit.request)
        text = (form.file or b"").decode("utf-8", "replace").strip() or form.text("jws")
        return await _told(visit, jws=text) if text else _asking(visit)
    digest = visit.request.query_params.get("sha256", "").strip().lower()
    return await _told(visit, sha256=digest[: _DIGEST_LENGTH + 1]) if digest else _asking(visit)


def _asking(visit: Visit) -> Page:  # noqa: ARG001 - as every page
    return Page("statements.html", {"result": None}, kept=False)


async def _told(visit: Visit, *, jws: str | None = None, sha256: str | None = None) -> Page:
    told = await visit.answer(VERIFY, jws=jws, sha256=sha256)
    return Page("statements.html", {"result": told.data["verifyStatement"]}, indexed=False, kept=False)
