"""Terms of the field: an enumeration whose members carry the Chinese term that law or practice uses."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A code (the member's value, used in files, the database and the API) with its Chinese term in `zh`."""

    zh: str

    def __new__(cls, code: str, zh: str = "") -> Self:
        """A member from its code and its Chinese term."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        return member
