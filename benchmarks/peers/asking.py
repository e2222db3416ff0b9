"""Questions with their variants, drawn from a register, and the answers that every server must give."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from common.register import ACTOR, AS_OF, Register

from peers.documents import CURSORS, QUESTIONS, Question, Variables
from peers.statements import Answered, answer_listening
from registry.db.pool import Database, open_database
from registry.services.rating_runs import recompute

SEED, VARIANTS = 1, 100


@dataclass(slots=True)
class Asked:
    """A question with its variants, each as the bodies that the servers take and the answer they must give."""

    question: Question
    variables: list[Variables] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def statement(self) -> str:
        """Return the one statement that the planner made of all variants."""
        texts = {answer.text for answer in self.answers}
        if len(texts) != 1:
            raise AssertionError("one question became several statements")
        return texts.pop()

    def bodies(self, *, bare: bool) -> tuple[str, list[bytes]]:
        """Return the path and the bodies of all variants, for the bare handler or for GraphQL."""
        if bare:
            return f"/{self.question.field}", [orjson.dumps([_plain(v) for v in a.values]) for a in self.answers]
        asked = ({"query": self.question.document, "variables": variables} for variables in self.variables)
        return "/graphql", [orjson.dumps(body) for body in asked]


def _plain(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


async def _codes_and_cursors(database: Database) -> tuple[list[str], list[str]]:
    codes: list[str] = []
    cursors: list[str] = []
    after: str | None = None
    while True:
        page = (await answer_listening(database, CURSORS, {"after": after})).data["institutions"]
        codes += [edge["node"]["code"] for edge in page["edges"]]
        cursors += [edge["cursor"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return codes, cursors[:-50]


async def prepare(register: Register, name: str) -> list[Asked]:
    """Give ratings a history, and draw the variants of every question."""
    asked = []
    async with open_database(register.addresses(name), size=3) as database:
        for days in (60, 30, 0):
            await recompute(database, ACTOR, as_of=AS_OF - timedelta(days=days))
        codes, cursors = await _codes_and_cursors(database)
        draw = random.Random(SEED)
        for question in QUESTIONS:
            one = Asked(question, [question.varied(draw, codes, cursors) for _ in range(VARIANTS)])
            one.answers = [
                await answer_listening(database, question.document, variables) for variables in one.variables
            ]
            asked.append(one)
    return asked
