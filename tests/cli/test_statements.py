"""Statements on the register's machine: verified, and printed once they are."""

from pathlib import Path

import pypdfium2
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import ask, serving

from registry.app.hosting import opened_register
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.signing import Signer
from registry.services.statements import issue_statement
from registry.settings import load_settings

ANSWER = {
    **dict.fromkeys(("organisation", "institution", "assessedGrade", "rating", "certifiedRatio")),
    "code": "FAC:NOBODY",
    "verdict": "UNDETERMINED",
    "reasons": [{"code": "UNKNOWN_CODE", "verdict": "UNDETERMINED"}],
    "entries": [],
}
CHECK = {
    "lawDay": "2026-11-23",
    "position": 0,
    "recordedAt": None,
    "showsAllEntries": True,
    "criteria": {"minStars": 4},
    "answers": [ANSWER],
}


@pytest.fixture
async def jws(demo: Program, tmp_path: Path) -> Path:
    """The file of a statement of the demo register."""
    settings = load_settings(data_dir=demo.folder / ".registry")
    signer, buyer = Signer.derive(settings.key("SIGNING_KEY")), Actor("key:1", Role.PROCUREMENT, "buyer")
    async with opened_register(settings, size=2) as database:
        wanted = {"codes": ["FAC:NOBODY"], "asOf": None, "criteria": None}
        issued = await issue_statement(database, buyer, signer, CHECK, wanted)
    file = tmp_path / "statement.jws"
    file.write_text(f"{issued.text}\n", encoding="ascii")
    return file


def test_a_statement_is_verified_and_printed(demo: Program, jws: Path) -> None:
    assert "FAC:NOBODY  UNDETERMINED  UNKNOWN_CODE" in demo.done("statement", "verify", jws)
    assert demo.data("statement", "verify", jws)["statement"]["check"]["answers"] == [ANSWER]
    assert demo.data("statement", "pdf", jws) == {"file": str(jws.with_suffix(".pdf"))}
    (page,) = pypdfium2.PdfDocument(jws.with_suffix(".pdf"))
    assert "http://127.0.0.1:8000/statements?sha256=" in "".join(page.get_textpage().get_text_range().split())
    demo.done("statement", "pdf", jws, "--out", jws.with_name("other.pdf"))
    assert jws.with_name("other.pdf").read_bytes() == jws.with_suffix(".pdf").read_bytes()


def test_the_certificate_of_a_rating_is_verified(demo: Program, tmp_path: Path) -> None:
    document = "{ institutions(first: 1) { nodes { code name } } }"
    with serving(demo) as (_, url):
        (rated,) = ask(url, document).json()["data"]["institutions"]["nodes"]
        asked = f'{{ institution(code: "{rated["code"]}") {{ certificate {{ jws }} }} }}'
        jws = ask(url, asked).json()["data"]["institution"]["certificate"]["jws"]
    file = tmp_path / "rating.jws"
    file.write_text(jws, encoding="ascii")
    assert rated["name"] in demo.done("certificate", "verify", file)
    assert demo.data("certificate", "verify", file)["certificate"]["institution"]["code"] == rated["code"]
    file.write_text(jws[:-2] + ("A" if jws[-2] != "A" else "B") + jws[-1], encoding="ascii")
    assert demo.run("certificate", "verify", file).returncode == 1


def test_what_was_changed_is_neither_verified_nor_printed(demo: Program, jws: Path) -> None:
    text = jws.read_text(encoding="ascii")
    place = text.index(".") + 40
    jws.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :], encoding="ascii")
    for command in ("verify", "pdf"):
        refused = demo.run("statement", command, jws)
        assert refused.returncode == 1
        assert "signature." in refused.stderr
    assert not jws.with_suffix(".pdf").exists()


def test_a_signature_that_the_chain_does_not_know_is_told(demo: Program, jws: Path) -> None:
    """Whoever has SIGNING_KEY can sign; the chain has no event of it."""
    settings = load_settings(data_dir=demo.folder / ".registry")
    content = demo.data("statement", "verify", jws)["statement"] | {"issuedAt": "2026-01-01T00:00:00+00:00"}
    signed = Signer.derive(settings.key("SIGNING_KEY")).sign("registry-procurement-statement+jws", content)
    jws.write_text(signed, encoding="ascii")
    refused = demo.run("statement", "verify", jws)
    assert refused.returncode == 1
    assert "statement.unrecorded" in refused.stderr
