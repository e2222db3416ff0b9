"""What the parts of a document may refer to while it is read: the names defined so far and their scales."""

from dataclasses import dataclass, field

from scoring.policy.reader import Reader

BY_MAXIMUM = "maximum"
BY_FACTOR = "factor"


@dataclass(slots=True)
class Names:
    """Codes defined so far, in order; a value is the number of decimals at which the thing is compared."""

    points_decimals: int = 4
    score_decimals: int = 2
    grades: int = 5
    rescale_by: str = BY_MAXIMUM
    measures: dict[str, int] = field(default_factory=dict)
    indicators: dict[str, int] = field(default_factory=dict)
    domains: dict[str, int] = field(default_factory=dict)
    graded_domains: dict[str, int] = field(default_factory=dict)
    """Domains with grades of their own, and how many they have."""
    all_measures: frozenset[str] = frozenset()
    """Codes of the document's measures, also of those that come later."""

    def measure(self, reader: Reader, key: str, name: str | None = None) -> int:
        """The index of the measure named at a key; -1 with a problem when unknown."""
        code = reader.text(key, required=True) if name is None else name
        later = code in self.all_measures and code not in self.measures
        return self._index(reader, key, code, self.measures, "later-measure" if later else "unknown-measure")

    def indicator(self, reader: Reader, key: str, name: str | None = None) -> int:
        """The index of the indicator named at a key; -1 with a problem when unknown."""
        return self._index(reader, key, name, self.indicators, "unknown-indicator")

    def domain(self, reader: Reader, key: str, name: str | None = None) -> int:
        """The index of the domain named at a key; -1 with a problem when unknown."""
        return self._index(reader, key, name, self.domains, "unknown-domain")

    def graded_domain(self, reader: Reader, key: str, name: str | None = None) -> int:
        """The index of a domain that has cuts and so a grade."""
        code = reader.text(key, required=True) if name is None else name
        index = self.domain(reader, key, code)
        if index >= 0 and code not in self.graded_domains:
            reader.note(key, "no-domain-grade", name=code)
        return index

    def highest_grade(self, index: int) -> int:
        """The highest grade a domain can have, also where an exception fixes it."""
        code = list(self.domains)[index] if index >= 0 else ""
        return max(self.graded_domains.get(code, 0), self.grades)

    def measure_decimals(self, index: int) -> int:
        """The decimals a measure is rounded to."""
        return list(self.measures.values())[index] if index >= 0 else 12

    def _index(self, reader: Reader, key: str, name: str | None, known: dict[str, int], rule: str) -> int:
        code = reader.text(key, required=True) if name is None else name
        if code in known:
            return list(known).index(code)
        if code:
            reader.note(key, rule, name=code, known=", ".join(known) or "-")
        return -1


def define(reader: Reader, known: dict[str, int], decimals: int, key: str = "code") -> str:
    """Reads a new code and notes a repeated one."""
    code = reader.code(key)
    if code in known:
        reader.note(key, "duplicate", name=code)
    elif code:
        known[code] = decimals
    return code
