"""Where in a TOML text a key stands, so that a mistake can be shown with its line."""

import re
from dataclasses import replace

from scoring.policy.problems import Problem

HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"""\s*((?:[A-Za-z0-9_\-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_\-]+|"[^"]*"|'[^']*'))*)\s*=""")
STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*$')
AT_LINE = re.compile(r"line (\d+)")


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, of every table header and every key that begins a line, by dotted path."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = STRING.sub("", line)
        if depth == 0 and (header := HEADER.match(bare and line)) is not None:
            table = _opened(header.group(2), header.group(1) == "[[", counts)
            found.setdefault(table, number)
            continue
        if depth == 0 and (key := KEY.match(line)) is not None:
            found.setdefault(f"{table}.{_plain(key.group(1))}".lstrip("."), number)
        depth = max(0, depth + sum(bare.count(one) for one in "[{") - sum(bare.count(one) for one in "]}"))
    return found


def _plain(dotted: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in dotted.split("."))


def _opened(name: str, listed: bool, counts: dict[str, int]) -> str:
    """The path of a table that a header opens; tables of a list are numbered from 0."""
    path = ""
    parts = _plain(name).split(".")
    for place, part in enumerate(parts):
        path = f"{path}.{part}".lstrip(".")
        if place == len(parts) - 1 and listed:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}.{counts[path]}"
    return path


def with_lines(text: str, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems with the line of their place, or of the nearest table around it, in the order of the text."""
    lines = lines_of(text)
    placed = [replace(problem, line=_line(lines, problem)) for problem in problems]
    return tuple(sorted(placed, key=lambda problem: problem.line or 0))


def _line(lines: dict[str, int], problem: Problem) -> int | None:
    if (told := AT_LINE.search(problem.en)) is not None and problem.rule in ("toml", "json"):
        return int(told.group(1))
    path = problem.path
    while path and path not in lines:
        # A list of tables as a whole is shown where it begins.
        if f"{path}.0" in lines:
            return lines[f"{path}.0"]
        path = path.rpartition(".")[0]
    return lines.get(path)
