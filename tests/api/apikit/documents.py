"""Documents drawn at random from the schema: selections, aliases, fragments, directives, variables, arguments."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

APART = frozenset(
    {
        "viewer",
        "procurementCheck",
        "procurementStatement",
        "reviewStatement",
        "verifyStatement",
        "complaints",
        "complaintReceipt",
        "imports",
        "regionStatistics",
        "auditTrail",
        "webhooks",
        "uploads",
        "sources",
        "runUnderWay",
    }
)
"""Root fields that the reference does not answer; each has tests of its own."""


class Word(str):
    """A value that is written bare: an enumeration's."""


@dataclass
class Pools:
    """Values to ask with: what the register holds, and some it does not."""

    codes: list[str]
    ids: list[str]
    instants: list[datetime]
    cursors: dict[str, list[str]] = field(default_factory=dict)
    """By `Type.field`."""
    ordered: list[tuple[Any, list[str]]] = field(default_factory=list)
    """Orderings of institutions with cursors of each."""
    for_staff: bool = False
    """Whether fields of filters that are for staff are used."""

    def other(self, draw: random.Random, value: Any) -> Any:
        """Return another value that could stand where `value` does, or the same."""
        if isinstance(value, list):
            return [self.other(draw, item) for item in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return draw.choice([0, 1, 2, 3, 5])
        instants = [at.isoformat() for at in self.instants]
        for alike in (self.codes, self.ids, instants, *self.cursors.values(), *(found for _, found in self.ordered)):
            if value in alike:
                return draw.choice(alike)
        return value

    def of(self, name: str) -> list[Any]:
        return {
            "code": [*self.codes, "unknown", ""],
            "uscc": [*self.codes, "unknown"],
            "codes": self.codes,
            "id": self.ids,
            "ids": self.ids,
            "asOf": [at.isoformat() for at in self.instants],
            "first": [0, 1, 2, 3, 7, 1000],
            "last": [0, 1, 2, 5],
            "nameContains": ["安", "安康", "康二部", "%", "号%", "划_线", "引'", '双"引', "引\\号", "１％", "区", ""],
            "pinyin": ["ankang", "An K", "ak", "x", "lü", "%"],
            "organisation": [*self.codes, "unknown"],
            "stars": [1, 2, 3, 4, 5],
            "assessedGrades": [1, 2, 3, 4, 5],
            "minCertifiedRatio": ["0", "0.5", "0.875", "1.5"],
            "maxCertifiedRatio": ["0.2", "0.5", "1"],
            "codePrefix": ["91", "fac:", "US-CCN:0", "FAC:1-"],
            "region": ["CN", "220000", "220100", "220104", "us", "nowhere"],
            "parent": ["CN", "220100", "US"],
            "scheme": ["USCC", "fac", "US-CCN"],
            "policy": ["national", "jilin@2", "national@1", "none"],
            "minBeds": [0, 10, 50],
            "maxBeds": [0, 10, 100],
            "minStars": [1, 3],
            "maxStars": [2, 5],
            "validOn": ["1995-05-05", "2026-01-01"],
            "institution": [*self.codes, "unknown"],
            "source": ["bureau", " home ", "nobody"],
            "rules": ["DOUBLE_POST", "MANUAL", "NONE"],
            "lists": ["CN-BLACK", "NONE"],
            "subject": [*self.codes, "unknown"],
            "inForceOn": ["2019-12-31", "2025-12-31", "2026-06-01"],
            "list": ["CN-BLACK", "CN-WATCH", "NONE"],
            "ground": ["FALSE_CLAIMS", "HONEST_OPERATION", "NONE"],
        }[name]


@dataclass
class Author:
    """Writes one document."""

    schema: GraphQLSchema
    dice: random.Random
    pools: Pools
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    only: tuple[str, ...] = ()
    """The root fields to ask; all but APART where none is named."""
    avoid: frozenset[str] = frozenset({"Institution.explanation", "Institution.certificate", "Institution.workforce"})
    """Fields left out: what is worked out from what a real run read, what is signed, and what a job counts."""

    def document(self) -> tuple[str, dict[str, Any]]:
        """Return a query and its variables."""
        query = self.schema.query_type
        assert query is not None
        roots = self.only or [name for name in query.fields if name not in APART]
        chosen = self.dice.choices(roots, k=self.dice.choice([1, 1, 2]))
        fields = [f"root{n}: {self.field(query, name, 0, alias=False)}" for n, name in enumerate(chosen)]
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.variables.items())
        head = f"query Drawn({declared})" if declared else "query Drawn"
        values = {name: value for name, (_, value) in self.variables.items()}
        return "\n".join((f"{head} {{ {' '.join(fields)} }}", *self.fragments)), values

    def maybe(self, times_in_ten: int) -> bool:
        return self.dice.randrange(10) < times_in_ten

    def some(self, things: Sequence[Any], most: int) -> list[Any]:
        """Return one to `most` different things."""
        return self.dice.sample(list(things), self.dice.randint(1, min(most, len(things))))

    def selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            return self.abstract(kind, depth)
        assert isinstance(kind, GraphQLObjectType)
        fields = {n: f for n, f in kind.fields.items() if f"{kind.name}.{n}" not in self.avoid}
        names = [n for n, f in fields.items() if depth < 6 or is_leaf_type(get_named_type(f.type))]
        if not names:
            return "{ __typename }"
        chosen = self.some(names, 5)
        parts = [self.decorated(kind, name, depth) for name in chosen]
        if self.maybe(2):
            parts.append("__typename")
        return "{ " + " ".join(parts) + " }"

    def abstract(self, kind: Any, depth: int) -> str:
        members = self.some(self.schema.get_possible_types(kind), 9)
        parts = [f"... on {member.name} {self.unaliased(member, depth)}" for member in members]
        return "{ __typename " + " ".join(parts) + " }"

    def unaliased(self, kind: GraphQLObjectType, depth: int) -> str:
        """Select on one member of an abstract type under keys of its own, so that members never conflict."""
        names = self.some(sorted(n for n in kind.fields if f"{kind.name}.{n}" not in self.avoid), 3)
        fields = [f"{kind.name}_{name}: {self.field(kind, name, depth + 1, alias=False)}" for name in names]
        return "{ " + " ".join(fields) + " }"

    def decorated(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        text = self.field(kind, name, depth + 1)
        if self.maybe(1):
            fragment = f"F{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(fragment[1:])] = f"fragment {fragment} on {kind.name} {{ {text} }}"
            return f"...{fragment} {self.directive()}"
        if self.maybe(1):
            return f"... on {kind.name} {self.directive()} {{ {text} }}"
        return text

    def directive(self) -> str:
        name = self.dice.choice(["", "@include", "@skip"])
        if not name:
            return ""
        value = self.maybe(5)
        return f"{name}(if: {self.placed('Boolean!', value, self.write(value))})"

    def field(self, kind: GraphQLObjectType, name: str, depth: int, alias: bool = True) -> str:
        definition = kind.fields[name]
        prefix = f"a{self.dice.randrange(9999)}_{name}: " if alias and (definition.args or self.maybe(1)) else ""
        arguments = self.arguments(f"{kind.name}.{name}", definition.args)
        named = get_named_type(definition.type)
        directive = "" if prefix == "" else self.directive()
        below = "" if is_leaf_type(named) else self.selection(named, depth)
        return f"{prefix}{name}{arguments} {directive} {below}"

    def arguments(self, field_name: str, declared: dict[str, GraphQLArgument]) -> str:
        given = {n: a for n, a in declared.items() if isinstance(a.type, GraphQLNonNull) or self.maybe(4)}
        if "first" in given and "last" in given:
            del given["last"]
        cursors, order = self.pools.cursors.get(field_name, []), None
        if field_name == "Query.institutions" and {"after", "before"} & given.keys() and self.maybe(8):
            order, cursors = self.dice.choice(self.pools.ordered)
            given["orderBy"] = declared["orderBy"]
        fixed = {"orderBy": [order]} if order else {}
        if cursors:
            fixed |= dict.fromkeys(("after", "before"), cursors)
        written = []
        for name, argument in given.items():
            if name in fixed or name not in ("after", "before"):
                value = self.dice.choice(fixed[name]) if name in fixed else self.value(name, argument.type)
                written.append(f"{name}: {self.placed(str(argument.type), value, self.write(value))}")
        return f"({', '.join(written)})" if written else ""

    def placed(self, kind: str, value: Any, literal: str) -> str:
        """Return the literal, or a variable that carries the value."""
        if not self.maybe(3):
            return literal
        name = f"v{len(self.variables)}"
        self.variables[name] = (kind, value)
        return f"${name}"

    def value(self, name: str, kind: GraphQLInputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self.value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self.value(name, kind.of_type) for _ in range(self.dice.randrange(5))]
        if isinstance(kind, GraphQLEnumType):
            return Word(self.dice.choice(sorted(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                n: self.value(n, f.type)
                for n, f in kind.fields.items()
                if (isinstance(f.type, GraphQLNonNull) or self.maybe(2))
                and (n not in {"ended", "overdue"} or self.pools.for_staff)
            }
        if get_named_type(kind).name == "Boolean":
            return self.maybe(5)
        return self.dice.choice(self.pools.of(name))

    def write(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, Word):
            return str(value)
        if isinstance(value, str):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if isinstance(value, list):
            return "[" + ", ".join(self.write(item) for item in value) + "]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{n}: {self.write(v)}" for n, v in value.items()) + "}"
        return str(value)
