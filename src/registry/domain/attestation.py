"""What may be wrong with a statement that somebody holds (采购核查证明核验)."""

from collections.abc import Sequence

from registry.domain.errors import Bilingual, InputError
from registry.domain.terms import Term

VERIFICATION_PATH = "/statements"
"""Where the register tells people whether a statement is genuine."""


def verification_address(address: str, sha256: str) -> str:
    """Return the address that a printed statement carries."""
    return f"{address.rstrip('/')}{VERIFICATION_PATH}?sha256={sha256}"


class StatementFault(Term):
    """Why a statement is not, or not any more, what the register says it issued."""

    MALFORMED = "MALFORMED", "不是本登记簿出具的证明，或已被改动"
    ALGORITHM = "ALGORITHM", "签名算法不受支持"
    UNKNOWN_KEY = "UNKNOWN_KEY", "签名密钥不是本登记簿的密钥"
    WRONG_SIGNATURE = "WRONG_SIGNATURE", "签名与内容不符，内容已被改动"
    UNKNOWN_DIGEST = "UNKNOWN_DIGEST", "本登记簿没有出具过该摘要的证明"
    CHAIN_SHORTER = "CHAIN_SHORTER", "审计链已短于证明所述位置"
    CHAIN_DIFFERS = "CHAIN_DIFFERS", "审计链在证明所述位置已不同"
    UNRECORDED = "UNRECORDED", "审计链中没有出具该证明的记录"


ENGLISH = {
    StatementFault.MALFORMED: "This is no statement of this register, or it was changed",
    StatementFault.ALGORITHM: "The algorithm of the signature is not supported",
    StatementFault.UNKNOWN_KEY: "The key of the signature is none of this register",
    StatementFault.WRONG_SIGNATURE: "The signature does not belong to the content, which was changed",
    StatementFault.UNKNOWN_DIGEST: "This register issued no statement with this digest",
    StatementFault.CHAIN_SHORTER: "The audit chain ends before the event that the statement tells of",
    StatementFault.CHAIN_DIFFERS: "The audit chain has another event where the statement tells of one",
    StatementFault.UNRECORDED: "The audit chain does not tell that the statement was issued",
}

RULES = {
    StatementFault.MALFORMED: "signature.malformed",
    StatementFault.ALGORITHM: "signature.algorithm",
    StatementFault.UNKNOWN_KEY: "signature.unknown-key",
    StatementFault.WRONG_SIGNATURE: "signature.wrong",
    StatementFault.UNKNOWN_DIGEST: "statement.unknown-digest",
    StatementFault.CHAIN_SHORTER: "statement.chain-shorter",
    StatementFault.CHAIN_DIFFERS: "statement.chain-differs",
    StatementFault.UNRECORDED: "statement.unrecorded",
}
"""The rule that a statement with the fault breaks."""


def fault_of(refusal: InputError) -> StatementFault:
    """Return the fault of a text whose signature was refused."""
    return next((fault for fault, rule in RULES.items() if rule == refusal.rule), StatementFault.MALFORMED)


def text_of_fault(fault: StatementFault) -> Bilingual:
    """Return the sentence for people."""
    return Bilingual(fault.zh, ENGLISH[fault])


def refusal_of(faults: Sequence[StatementFault]) -> InputError | None:
    """Return the error of the first fault; None where there is none."""
    return InputError(text_of_fault(faults[0]), rule=RULES[faults[0]]) if faults else None
