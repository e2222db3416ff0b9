"""A statement on paper, read by others' programs: the words by Chrome's PDF reader, the code by ZXing."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from registry.domain.attestation import verification_address
from registry.domain.signing import Signer
from registry.reports.statement_pdf import statement_pdf
from registry.services.statements import KIND

SIGNER = Signer.derive(bytes(32))
ADDRESS = "https://credit.example.gov.cn/register"
REASON = {
    "code": "BLACK_ENTRY",
    "verdict": "FAILS",
    "textZh": "列入失信惩戒名单",
    "textEn": "It is on a black list",
    "wanted": None,
    "found": None,
    "groundCode": "FALSE_CLAIMS",
    "disputed": True,
    "endedSince": False,
    "entry": {"id": "Q3JlZGl0RW50cnk6MQ", "authority": "长春市民政局", "documentNumber": "长民罚〔2026〕7号"},
}
ANSWER = {
    "code": "52310120Y91400428A",
    "verdict": "FAILS",
    "certifiedRatio": "0.875",
    "reasons": [REASON],
    "organisation": {"code": "52310120Y91400428A", "name": "奉贤安康养老院"},
    "institution": {
        "code": "FAC:A1",
        "name": "安康颐养院（东区）" * 20,
        "kind": "CARE_HOME",
        "status": "ACTIVE",
        "region": {"code": "310120", "name": "奉贤区"},
    },
    "assessedGrade": {
        "grade": 4,
        "validFrom": "2025-05-01",
        "validTo": "2028-04-30",
        "decidedOn": "2025-05-01",
        "assessor": "上海市民政局",
        "documentNumber": "沪民〔2025〕1号",
    },
    "rating": {
        "stars": 3,
        "starsBeforeCaps": 5,
        "score": "81.25",
        "asOf": "2026-11-01",
        "publishedAt": "2026-11-01T02:00:00.000000Z",
        "policy": {"code": "national", "version": "1"},
        "run": {"id": "UmF0aW5nUnVuOjE"},
    },
    "entries": [
        {
            "id": "Q3JlZGl0RW50cnk6MQ",
            "kind": "BLACK",
            "origin": "COURT",
            "authority": "长春市民政局",
            "documentNumber": "长民罚〔2026〕7号",
            "decidedOn": "2026-05-01",
            "inForceFrom": "2026-05-02",
            "inForceTo": None,
            "disputed": True,
            "ground": {"code": "FALSE_CLAIMS", "nameZh": "骗取补贴"},
        }
    ],
}
UNKNOWN = {
    **dict.fromkeys(("organisation", "institution", "assessedGrade", "rating", "certifiedRatio")),
    "code": "FAC:无此机构",
    "verdict": "UNDETERMINED",
    "reasons": [{**REASON, "code": "UNKNOWN_CODE", "verdict": "UNDETERMINED", "entry": None, "found": "FAC:无此机构"}],
    "entries": [],
}
CRITERIA = {"minStars": 4, "minCertifiedRatio": "0.9", "regions": ["310000", "220000"], "noBlackEntry": True}


def content(answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "b3b6d2f0-0000-4000-8000-000000000001",
        "issuedAt": "2026-11-22T17:30:00.123456+00:00",
        "asker": {"identity": "key:4", "role": "PROCUREMENT", "name": "市政府采购中心"},
        "asked": {
            "codes": [answer["code"] for answer in answers],
            "asOf": "2026-06-01T09:00:00.000000Z",
            "criteria": {"minStars": 4},
        },
        "check": {
            "lawDay": "2026-06-01",
            "position": 4711,
            "recordedAt": "2026-06-01T08:59:00.000000Z",
            "showsAllEntries": True,
            "criteria": CRITERIA,
            "answers": answers,
        },
        "auditChain": {"sequence": 815, "hash": "ab" * 32, "position": 4711},
    }


def printed(answers: list[dict[str, Any]]) -> tuple[str, pypdfium2.PdfDocument]:
    text = SIGNER.sign(KIND, content(answers))
    return text, pypdfium2.PdfDocument(statement_pdf(text, ADDRESS))


def words(paper: pypdfium2.PdfDocument) -> str:
    """Everything that is printed, without spaces and line ends, where lines break."""
    pages = (page.get_textpage().get_text_range() for page in paper)
    return "".join(unicodedata.normalize("NFKC", "".join(pages)).replace("\ufffe", "-").split())


def leaves(value: object) -> Iterator[str]:
    """Every text and number of a content."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield "".join(unicodedata.normalize("NFKC", str(value)).split())


def test_everything_that_was_signed_is_printed() -> None:
    _, paper = printed([ANSWER, UNKNOWN])
    found = words(paper)
    assert [leaf for leaf in leaves(content([ANSWER, UNKNOWN])) if leaf not in found] == []
    assert found.count("是yes") == 5  # all entries, no black entry, and disputed: two reasons and one entry
    for both in ("采购核查证明Procurementstatement", "FAILS不符合条件", "UNDETERMINED无法判定:1", "CARE_HOME养老机构"):
        assert both in found
    assert "北京时间2026-11-2301:30:00" in found


def test_the_code_leads_to_the_verification_of_this_very_text() -> None:
    text, paper = printed([ANSWER])
    digest = hashlib.sha256(text.encode()).hexdigest()
    (code,) = zxingcpp.read_barcodes(paper[0].render(scale=2).to_pil())
    assert code.text == verification_address(ADDRESS, digest) == f"{ADDRESS}/statements?sha256={digest}"
    assert all(digest in "".join(page.get_textpage().get_text_range().split()) for page in paper)


def test_the_signed_text_is_attached() -> None:
    text, paper = printed([ANSWER])
    (attached,) = (paper.get_attachment(place) for place in range(paper.count_attachments()))
    assert bytes(attached.get_data()).decode() == text


def test_the_font_is_embedded_as_a_subset_and_the_bytes_are_the_same() -> None:
    text = SIGNER.sign(KIND, content([ANSWER]))
    made = statement_pdf(text, ADDRESS)
    assert made == statement_pdf(text, ADDRESS)
    fonts = re.findall(rb"/BaseFont /([^\s/]+)", made)
    assert [font for font in fonts if not re.match(rb"[A-Z]{6}\+", font)] == [], "six letters name a subset"
    assert made.count(b"/FontFile3") == made.count(b"/Type /FontDescriptor") > 0
    assert len(made) < 200_000, "the whole font has eight megabytes"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("𠮷祥院", "〔U+20BB7〕祥院"),
        ("a\u0000\u200fb", "a〔U+0000〕〔U+200F〕b"),
        ("{nb} \\ ** __ {{x}}", "{nb}\\**__{{x}}"),
    ],
)
def test_characters_that_the_font_lacks_are_printed_by_number(name: str, shown: str) -> None:
    _, paper = printed([{**ANSWER, "institution": {**ANSWER["institution"], "name": name}}])  # type: ignore[dict-item]
    assert unicodedata.normalize("NFKC", shown) in words(paper)


def test_a_thousand_codes_are_numbered_over_pages() -> None:
    answers = [{**UNKNOWN, "code": f"FAC:{number}"} for number in range(1, 1001)]
    _, paper = printed(answers)
    found = words(paper)
    assert "共1000个代码" in found
    assert "1000.FAC:1000" in found
    assert f"{len(paper)}/{len(paper)}" in found


def test_the_words_are_those_of_the_content() -> None:
    from registry.reports.statement_words import LABELS

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
            for inner in value.values():
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    unnamed = {key for key in keys(content([ANSWER])) if key not in LABELS}
    assert unnamed == {"check", "answers"}, json.dumps(sorted(unnamed))
