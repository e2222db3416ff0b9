"""SQL in every argument of the schema that takes a text: found in the schema itself, so that a new one is tried too."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    parse,
    print_ast,
)
from tests.api.surface import acts
from tests.api.surface.conftest import Surface
from tests.api.surface.roots import roots
from tests.api.surface.walking import SCHEMA, ways

from registry.db.pool import Connection

CANARY = "CREATE SEQUENCE public.canary; GRANT ALL ON SEQUENCE public.canary TO PUBLIC"
RUN = "nextval('public.canary')"
ATTEMPTS = (
    f"' || {RUN} || '",
    f"'; SELECT {RUN}; --",
    f"1 OR {RUN} > 0",
    f"') OR {RUN} > 0 OR ('' = '",
    f'" || {RUN} || "',
    f"$$ || {RUN} || $$",
    f"\\'; SELECT {RUN}; --",
    "%' _ \\ $1 $2 {} {0} %s %(x)s E'\\x00'",
)
SAFE = {"Int", "Float", "Boolean"}
Tried = tuple[str, str]


def values(kind: Any, text: str) -> Iterator[Any]:
    """Values of a type with the text in one place that takes any, place by place."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLInputObjectType):
        required = {
            name: acts.drawn(field.type, "x")
            for name, field in inner.fields.items()
            if isinstance(field.type, GraphQLNonNull)
        }
        for name, field in inner.fields.items():
            for value in values(field.type, text):
                yield {**required, name: value}
    elif isinstance(inner, GraphQLList):
        for value in values(inner.of_type, text):
            yield [value]
    elif isinstance(inner, GraphQLScalarType) and inner.name not in SAFE:
        yield text


def _of_roots(given: dict[str, str]) -> dict[str, dict[str, str]]:
    """The arguments of each root field by which it tells something, as they are written."""
    found = {}
    for name, text in given.items():
        field = parse(f"{{ {name}{text} }}").definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]
        found[name] = {argument.name.value: print_ast(argument.value) for argument in field.arguments or ()}
    return found


def _selection(kind: Any) -> str:
    return (
        ""
        if isinstance(get_named_type(kind), GraphQLScalarType) or hasattr(get_named_type(kind), "values")
        else " { __typename }"
    )


def arguments() -> Iterator[tuple[str, str, GraphQLArgument]]:
    """Every argument of every field that a query can reach, which takes a text anywhere: type, field, argument."""
    for kind in ways():
        for name, field in SCHEMA.type_map[kind].fields.items():  # type: ignore[attr-defined]
            for argument, declared in field.args.items():
                if next(values(declared.type, "x"), None) is not None:
                    yield kind, f"{name}.{argument}", declared


def question(kind: str, place: str, declared: GraphQLArgument, given: dict[str, dict[str, str]]) -> str:
    """The question that puts the variable `v` into the argument, by the shortest way to its field."""
    name, argument = place.split(".")
    way = ways()[kind]
    field = SCHEMA.type_map[kind].fields[name]  # type: ignore[attr-defined]
    own = dict(given[name]) if kind == "Query" else {}
    if kind != "Query":
        own = {n: '"x"' for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) and n != argument}
    own[argument] = "$v"
    written = ", ".join(f"{n}: {value}" for n, value in own.items())
    text, closing = "", ""
    for depth in range(0, len(way), 2):
        root = given[way[depth]] if depth == 0 else {}
        around = ", ".join(f"{n}: {value}" for n, value in root.items())
        text += f"{way[depth]}{f'({around})' if around else ''} {{ ... on {way[depth + 1]} {{ "
        closing += " } }"
    return f"query($v: {declared.type}) {{ {text}{name}({written}){_selection(field.type)}{closing} }}"


async def _tell(surface: Surface, caller: str, asked: str, name: str, value: Any) -> dict[str, Any]:
    answer = await surface.ask(caller, asked, **{name: value})
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL", (asked, value, answer)
        assert error["extensions"].get("rule") != "graphql.syntax", (asked, answer)
    return answer


async def test_no_argument_of_a_question_is_read_as_sql(surface: Surface, admin: Connection) -> None:
    await admin.execute(CANARY)
    given, tried, answered = _of_roots(roots(surface.place)), set(), set()
    for kind, place, declared in arguments():
        asked = question(kind, place, declared, given)
        for attempt in ATTEMPTS:
            for value in values(declared.type, attempt):
                for caller in ("admin", "public"):
                    answer = await _tell(surface, caller, asked, "v", value)
                    if "errors" not in answer:
                        answered.add((kind, place))
        tried.add((kind, place))
    assert len(tried) > 40
    assert len(answered) > 20, "many texts are looked for, and not found"
    assert not await admin.fetchval("SELECT is_called FROM public.canary")


async def test_no_input_of_a_mutation_is_read_as_sql(surface: Surface, admin: Connection) -> None:
    await admin.execute(CANARY)
    given = acts.inputs(surface.place)
    for name in acts.names():
        kind = acts.input_type(name)
        for attempt in (ATTEMPTS[0], ATTEMPTS[1], ATTEMPTS[-1]):
            for wanted in (*acts.filled(given[name], kind, attempt), acts.drawn(kind, attempt)):
                for caller in ("region", "own"):
                    await _tell(surface, caller, acts.mutation(name), "in", wanted)
    assert not await admin.fetchval("SELECT is_called FROM public.canary")


async def test_the_canary_sings(admin: Connection) -> None:
    await admin.execute(CANARY)
    await admin.execute(f"SELECT '{ATTEMPTS[0]}'")
    assert await admin.fetchval("SELECT is_called FROM public.canary")
