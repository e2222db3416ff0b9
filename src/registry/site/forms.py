"""What a reader filled in: read in memory alone, from pages of this site alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from registry.site.asking import Refused

MOST_BYTES = 8 << 20
"""What the application lets in; an upload up to this size never touches a disk."""
_SAME_SITE = ("same-origin", "none", "")


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of a form by name, and the bytes of the one file that it may have."""

    fields: Mapping[str, str] = field(repr=False)
    file: bytes | None = field(default=None, repr=False)

    def text(self, name: str) -> str:
        """Return a field without blanks around it and with plain line ends; empty where it was left out."""
        return self.fields.get(name, "").replace("\r\n", "\n").strip()


async def filled(request: Request) -> Filled:
    """Read a posted form. Refused for a page of another site, and for what is no form."""
    if request.headers.get("sec-fetch-site", "") not in _SAME_SITE:
        raise Refused("BAD_USER_INPUT", "请在本站页面上填写", "Fill in the form on a page of this site")
    try:
        form = await _parser(request).parse()
    except (MultiPartException, KeyError) as error:
        raise Refused("BAD_USER_INPUT", "无法读取填写的内容", "What was sent cannot be read") from error
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    content = await files[0].read() if files else None
    await form.close()
    return Filled({name: value for name, value in form.items() if isinstance(value, str)}, content)


def _parser(request: Request) -> FormParser | MultiPartParser:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        parser = MultiPartParser(
            request.headers, request.stream(), max_files=1, max_fields=10, max_part_size=MOST_BYTES
        )
        parser.spool_max_size = MOST_BYTES
        return parser
    return FormParser(request.headers, request.stream())
