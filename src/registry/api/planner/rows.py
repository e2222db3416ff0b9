"""Rows within a statement: their aliases, and the joins that the selected fields ask for."""

from dataclasses import dataclass, field

from registry.api.planner.sql import SOURCES, Moment, Parameters


@dataclass(frozen=True, slots=True)
class Join:
    """A relation beside a row; `text` is its join clause, in which `{name}` and `{row}` are the aliases."""

    name: str
    text: str


class _Relation:
    """A source in a template: `{institution:i}` becomes the FROM item with alias i."""

    __slots__ = ("_name", "_statement")

    def __init__(self, statement: "Statement", name: str) -> None:
        self._statement = statement
        self._name = name

    def __format__(self, alias: str) -> str:
        return self._statement.relation(self._name, alias)


class _Names(dict[str, object]):
    __slots__ = ("_statement",)

    def __init__(self, statement: "Statement", known: dict[str, object]) -> None:
        super().__init__(known)
        self._statement = statement

    def __missing__(self, name: str) -> object:
        if name in self._statement.given:
            return self._statement.given[name]
        if name == "day":
            return self._statement.law_day()
        if name == "position":
            return self._statement.position()
        return _Relation(self._statement, name)


@dataclass(slots=True)
class Statement:
    """One statement: its parameters, the moment it asks about, and a supply of aliases.

    `for_staff` says that staff ask, `for_institution` that one does of itself; `reads_as_staff`, that it reads what
    they see otherwise than everybody.
    """

    moment: Moment
    for_staff: bool = False
    for_institution: bool = False
    reads_as_staff: bool = False
    parameters: Parameters = field(default_factory=Parameters)
    given: dict[str, str] = field(default_factory=dict)
    aliases: int = 0

    def alias(self) -> str:
        """Return an alias that is new in this statement."""
        self.aliases += 1
        return f"r{self.aliases}"

    def law_day(self) -> str:
        """Return the mark of the law day of the question."""
        return self.parameters.once("day", self.moment.law_day, "date")

    def position(self) -> str:
        """Return the mark of the position asked about; when the question is about now, NULL that the server sees."""
        # As a parameter it would be weighed each time, and plans made anew because its value simplifies them.
        position = self.moment.position
        return "NULL::bigint" if position is None else self.parameters.once("position", position, "bigint")

    def relation(self, name: str, alias: str) -> str:
        """Return the FROM item of a named source at the question's moment."""
        source = SOURCES[name]
        if self.for_staff and source.staff is not None:
            source, self.reads_as_staff = source.staff, True
        if self.moment.position is None or not source.stood:
            return f"{source.now} AS {alias}"
        reviewed = self.moment.reviewed and source.reviewed
        return source.then(alias, self.fill(reviewed or source.stood))

    def fill(self, template: str, **names: object) -> str:
        """Return a template with its names, relations, `{day}` and `{position}` filled in."""
        return template.format_map(_Names(self, names))


@dataclass(slots=True)
class Row:
    """One row of a FROM clause, with the joins that grow as fields need them."""

    statement: Statement
    alias: str
    parent: str = ""
    joins: dict[str, str] = field(default_factory=dict)
    clauses: list[str] = field(default_factory=list)

    def names(self) -> dict[str, str]:
        """Return the aliases that templates about this row may use."""
        return {"row": self.alias, "parent": self.parent, **self.joins}

    def need(self, *joins: Join) -> None:
        """Add each join once, in the order first needed."""
        for join in joins:
            if join.name not in self.joins:
                self.joins[join.name] = f"{self.alias}_{join.name}"
                self.clauses.append(self.statement.fill(join.text, **self.names()))

    def fill(self, template: str, *needs: Join, **more: object) -> str:
        """Return a template about this row filled in, with the joins it needs added."""
        self.need(*needs)
        return self.statement.fill(template, **self.names(), **more)

    def from_clause(self, relation: str) -> str:
        """Return the FROM clause of the row's relation and all joins needed so far."""
        return " ".join((f"FROM {relation}", *self.clauses))
