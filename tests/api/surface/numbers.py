"""Finds citizen numbers in whatever the register lets out, in plain or as bytes written out."""

import re
from collections.abc import Collection


class Finder:
    """Knows the numbers of all people of the register."""

    def __init__(self, numbers: Collection[str]) -> None:
        self.beginnings = {number[:17] for number in numbers}

    def found(self, text: str) -> set[str]:
        """The beginnings of numbers in a text, at any place of longer runs of digits too."""
        runs = re.findall(r"[0-9]{17,}", text)
        plain = {run[at : at + 17] for run in runs for at in range(len(run) - 16)} & self.beginnings
        return plain | {
            match for match in _WRITTEN_OUT.findall(text) if bytes.fromhex(match).decode() in self.beginnings
        }


_WRITTEN_OUT = re.compile(r"(?=((?:3[0-9]){17}))")
