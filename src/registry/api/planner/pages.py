"""The page that a connection is asked for: its size, its end, and the keys of the cursors it lies between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, cast

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.keyset import Ordering
from registry.api.planner.sql import Free
from registry.domain.errors import Bilingual, InputError

LARGEST_PAGE = 1_000
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page asked for: so many rows from the start or the end, between two cursors' keys."""

    size: int | Free
    backwards: bool
    after: Sequence[object] | None
    before: Sequence[object] | None


def _refuse(rule: str, path: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=(path,))


def _size(given: Mapping[str, Any], name: str) -> int | None:
    size = given.get(name)
    if size is None:
        return None
    if not 0 <= size <= LARGEST_PAGE:
        raise _refuse("page.size", name, f"每页应为0至{LARGEST_PAGE}条", f"a page has 0 to {LARGEST_PAGE} items")
    return cast("int", size)


def read_page(given: Mapping[str, Any], ordering: Ordering) -> Page:
    """Return the page that the arguments ask for. Rules: `page.size`, `page.first-and-last`, `page.cursor`."""
    first, last = _size(given, "first"), _size(given, "last")
    if first is not None and last is not None:
        raise _refuse("page.first-and-last", "last", "first 与 last 不能同时使用", "use either first or last, not both")
    cursors = {
        name: None if given.get(name) is None else ordering.read(given[name], name) for name in ("after", "before")
    }
    size = last if last is not None else first if first is not None else DEFAULT_PAGE
    return Page(size, last is not None, cursors["after"], cursors["before"])


OF_PAGE = ("first", "last", "after", "before")


def free_page(compiler: Compiler, selected: Selected, given: Mapping[str, Any], ordering: Ordering) -> Page:
    """Return the page asked for, such that the statement holds for every page of its kind.

    Of its kind is a page from the same end, between cursors where there are cursors, of rows that have a value where
    these have one.
    """
    page = read_page(given, ordering)
    named = {name: compiler.variable_of(selected, name) for name in OF_PAGE}
    variables = {name: variable for name, variable in named.items() if variable is not None}
    if not variables:
        return page

    @lru_cache(maxsize=1)  # one request asks for its page once as a guard and once for every parameter
    def page_of(*asked: object) -> Page:
        return read_page({**given, **dict(zip(variables, asked, strict=True))}, ordering)

    def again(values: Mapping[str, Any]) -> Page:
        return page_of(*(values[variable] for variable in variables.values()))

    compiler.guard(lambda values: _kind(again(values)))
    return Page(
        Free(page.size, lambda values: again(values).size),
        page.backwards,
        _free_keys(page.after, lambda values: again(values).after),
        _free_keys(page.before, lambda values: again(values).before),
    )


def _kind(page: Page) -> object:
    bounds = (None if keys is None else [key is None for key in keys] for keys in (page.after, page.before))
    return page.backwards, *bounds


def _free_keys(
    keys: Sequence[object] | None, read: Callable[[Mapping[str, Any]], Sequence[object] | None]
) -> Sequence[object] | None:
    if keys is None:
        return None
    return [None if key is None else Free(key, partial(_key_at, read, place)) for place, key in enumerate(keys)]


def _key_at(
    read: Callable[[Mapping[str, Any]], Sequence[object] | None], place: int, values: Mapping[str, Any]
) -> object:
    keys = read(values)
    assert keys is not None  # noqa: S101 - guarded: a page of this kind has them
    return keys[place]
