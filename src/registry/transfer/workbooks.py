"""The parts of a workbook's archive, and the elements of its XML."""

import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from xml.parsers import expat

WORKBOOK = "xl/workbook.xml"
Begin = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]


def parse(begin: Begin, end: Text | None = None, text: Text | None = None) -> expat.XMLParserType:
    """A parser that knows namespaces and refuses entities: whatever declares them is an attack on its reader."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def _refuse_doctype(*_: object) -> None:
    raise expat.ExpatError("a document type is declared")


def part_named(archive: zipfile.ZipFile, wanted: str) -> str | None:
    """The name under which an archive has a part; names differ in case and slashes by who wrote them."""
    return next((name for name in archive.namelist() if name.replace("\\", "/").lower() == wanted.lower()), None)


def elements(archive: zipfile.ZipFile, wanted: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a part by their local names, attributes likewise."""
    found: list[tuple[str, dict[str, str]]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        found.append((local_name(name), {local_name(key): value for key, value in attributes.items()}))

    name = part_named(archive, wanted)
    if name is not None:
        parse(begin).Parse(archive.read(name), True)
    return found


def local_name(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]


def part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part that holds a sheet, by the workbook's list of sheets and of relations."""
    listed = [found for name, found in elements(archive, WORKBOOK) if name == "sheet" and found.get("name") == sheet]
    relations = {
        found.get("Id"): found.get("Target", "")
        for name, found in elements(archive, "xl/_rels/workbook.xml.rels")
        if name == "Relationship"
    }
    target = relations.get(listed[0].get("id")) if listed else None
    return None if target is None else part_named(archive, str(PurePosixPath("/xl") / target).lstrip("/"))
