"""A procurement statement on paper: everything that was signed, in Chinese and English, with a code to verify it by.

The signed text itself is attached to the file. The same statement gives the same bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from pylopdf_fonts_zh_cn import sans_path

from registry.domain.attestation import verification_address
from registry.domain.procurement import Verdict
from registry.domain.signing import content_signed, key_named
from registry.reports.statement_words import label, parts, written

_FONT = "NotoSansSC"
_MARGIN_MM, _CODE_MM = 16.0, 34.0
_TITLE, _HEADING, _TEXT, _SMALL = 18, 11, 8.5, 7
_LINE = {_TITLE: 9.0, _HEADING: 6.0, _TEXT: 4.4, _SMALL: 3.6}
_SHADE, _GREY = (238, 242, 246), (90, 90, 90)
_BREAKS, _IDEOGRAPHS = frozenset(" -/,;"), 0x2E80


class _Paper(FPDF):
    """A4 pages with the statement's number and digest at the foot of each."""

    def __init__(self, number: str, digest: str) -> None:
        super().__init__(format="A4")
        self._foot = f"{number}  SHA-256 {digest}"
        self._pages = (
            f"{{{digest[:6]}}}"  # what stands for their number until it is known: no text holds its own digest
        )
        self.alias_nb_pages(self._pages)
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_MARGIN_MM + 6)
        self.add_font(_FONT, "", str(sans_path()))
        self._widths: dict[tuple[str, float], float] = {}
        font = self.fonts[_FONT.lower()]
        self._known = frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()
        self.set_font(_FONT, size=_TEXT)
        self.set_lang("zh-CN")

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-_MARGIN_MM)
        self.set_font(_FONT, size=6)
        self.set_text_color(*_GREY)
        self.cell(0, 4, f"{self._foot}    {self.page_no()} / {self._pages}", align="C")
        self.set_text_color(0)

    def printable(self, text: str) -> str:
        """Return the text with every character that the font lacks written as its number."""
        return "".join(one if ord(one) in self._known else f"〔U+{ord(one):04X}〕" for one in text)

    def write_line(self, text: str, size: float = _TEXT, width: float = 0, *, shaded: bool = False) -> None:
        """Write a text over as many lines as it needs."""
        self.set_font(_FONT, size=size)
        self.set_fill_color(*_SHADE)
        wide = width or self.epw
        for line in self._broken(self.printable(text), wide - 2 * self.c_margin):
            self.cell(wide, _LINE[size], line, fill=shaded, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _broken(self, text: str, most: float) -> Iterator[str]:
        """Break a text where it may be broken; the library measures the whole line again for each character."""
        begun, may, taken = 0, 0, 0.0
        for place, one in enumerate(text):
            wide = self._wide(one)
            if taken + wide > most and place > begun:
                end = may if may > begun else place
                yield text[begun:end]
                begun, taken = end, sum(map(self._wide, text[end:place]))
            taken += wide
            if one in _BREAKS or ord(one) >= _IDEOGRAPHS:
                may = place + 1
        yield text[begun:]

    def _wide(self, one: str) -> float:
        known = self._widths.get((one, self.font_size_pt))
        if known is None:
            known = self._widths[one, self.font_size_pt] = self.get_string_width(one)
        return known

    def heading(self, zh: str, en: str) -> None:
        """Begin a part."""
        self.ln(2)
        self.write_line(f"{zh}  {en}", _HEADING, shaded=True)
        self.ln(1)


def statement_pdf(text: str, address: str) -> bytes:
    """Return a statement of the register as PDF (A4); `address` is where people reach the register."""
    content = content_signed(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    paper = _Paper(content["id"], digest)
    paper.set_title(f"采购核查证明 Procurement statement {content['id']}")
    paper.set_creation_date(datetime.fromisoformat(content["issuedAt"]))
    paper.set_creator("care-credit-register")
    paper.add_page()
    link = verification_address(address, digest)
    _head(paper, content, link)
    _question(paper, content)
    _answers(paper, content["check"])
    _proof(paper, text, content, digest, link)
    paper.embed_file(basename=f"{content['id']}.jws", bytes=text.encode(), desc="JWS", mime_type="application/jose")
    return bytes(paper.output())


def _head(paper: _Paper, content: Mapping[str, Any], link: str) -> None:
    top = paper.get_y()
    _draw_code(paper, link, paper.w - _MARGIN_MM - _CODE_MM, top)
    width = paper.epw - _CODE_MM - 4
    paper.write_line("采购核查证明", _TITLE, width)
    paper.write_line("Procurement statement", _HEADING, width)
    for key in ("id", "issuedAt"):
        paper.write_line(f"{label(key)}：{written(key, content[key])}", width=width)
    asker = "，".join(f"{name}：{value}" for name, value in parts(content["asker"]))
    paper.write_line(f"{label('asker')}：{asker}", width=width)
    paper.write_line("扫描二维码核验本证明 · Scan the code to verify this statement", _SMALL, width)
    paper.set_y(max(paper.get_y(), top + _CODE_MM + 2))


def _draw_code(paper: _Paper, link: str, left: float, top: float) -> None:
    """Draw the code as one path of squares, so that it prints at any resolution."""
    matrix = segno.make(link, error="m", micro=False).matrix
    side = _CODE_MM / len(matrix)
    paper.set_fill_color(0)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                paper.rect(left + column * side, top + row * side, side * 1.02, side * 1.02, style="F")


def _question(paper: _Paper, content: Mapping[str, Any]) -> None:
    paper.heading("所问与登记簿", "The question, and the register")
    check, asked = content["check"], content["asked"]
    stated = {key: check[key] for key in check if key not in ("criteria", "answers")}
    for name, value in parts({"asOf": asked["asOf"], **stated}):
        paper.write_line(f"{name}：{value}")
    paper.heading("适用的条件", "The criteria as they were applied")
    paper.write_line("；".join(f"{name}：{value}" for name, value in parts(check["criteria"])))
    given = asked["criteria"]
    told = "—" if given is None else "；".join(f"{name}：{value}" for name, value in parts(given))
    paper.write_line(f"申请时给出 As given：{told}", _SMALL)


def _answers(paper: _Paper, check: Mapping[str, Any]) -> None:
    paper.heading("核查结果", "The answers")
    counts = Counter(answer["verdict"] for answer in check["answers"])
    told = "；".join(f"{written('verdict', verdict)}：{counts[verdict]}" for verdict in Verdict)
    paper.write_line(f"共 {len(check['answers'])} 个代码 codes。{told}")
    for number, answer in enumerate(check["answers"], start=1):
        _answer(paper, number, answer)


def _answer(paper: _Paper, number: int, answer: Mapping[str, Any]) -> None:
    paper.ln(1)
    named = answer["institution"] or answer["organisation"] or {}
    head = f"{number}.  {answer['code']}  {named.get('name', '')}  —  {written('verdict', answer['verdict'])}"
    paper.write_line(head, _TEXT, shaded=True)
    rest = {key: value for key, value in answer.items() if key not in ("code", "verdict", "reasons", "entries")}
    paper.write_line("；".join(f"{name}：{value}" for name, value in parts(rest)), _SMALL)
    for kind in ("reasons", "entries"):
        for item in answer[kind]:
            told = "；".join(f"{name}：{value}" for name, value in parts(item))
            paper.write_line(f"{label(kind)}　{told}", _SMALL)


def _proof(paper: _Paper, text: str, content: Mapping[str, Any], digest: str, link: str) -> None:
    paper.heading("证明力", "Proof")
    paper.write_line("本证明由登记簿签名，签名文本附于本文件之内，以签名文本为准；登记簿此后的更正不改变本证明。")
    paper.write_line("Signed by the register. The attached signed text prevails; later corrections change nothing.")
    facts = {"SHA-256": digest, "签名密钥 key": key_named(text), "签名算法 algorithm": "EdDSA (Ed25519)"}
    for name, value in (*facts.items(), *parts({"auditChain": content["auditChain"]})):
        paper.write_line(f"{name}：{value}")
    paper.write_line(f"核验地址 Verify at：{link}")
