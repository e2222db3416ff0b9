"""The words of a printed statement: what each part of its content is called, and how values are written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from registry.domain.access import Role
from registry.domain.credit.vocabulary import EntryOrigin, ListKind
from registry.domain.institutions import InstitutionKind, OperatingStatus
from registry.domain.lawdays import LAW_ZONE
from registry.domain.procurement import Verdict
from registry.domain.terms import Term

LABELS = {
    "id": "编号",
    "issuedAt": "出具时刻",
    "asker": "申请人",
    "identity": "身份",
    "role": "角色",
    "name": "名称",
    "asked": "所问",
    "asOf": "查询时点",
    "codes": "代码",
    "criteria": "条件",
    "lawDay": "核查基准日",
    "position": "登记簿位置",
    "recordedAt": "登记时刻",
    "showsAllEntries": "计入此后终止的记录",
    "minStars": "最低星级",
    "minAssessedGrade": "最低评定等级",
    "minValidityDays": "最少剩余有效天数",
    "minCertifiedRatio": "最低持证上岗率",
    "regions": "所在区划",
    "noBlackEntry": "未列入失信惩戒名单",
    "noWatchEntry": "未列入重点关注名单",
    "countDisputed": "异议中的记录计入",
    "operating": "须在营业状态",
    "verdict": "结论",
    "certifiedRatio": "持证上岗率",
    "reasons": "理由",
    "wanted": "要求值",
    "found": "登记值",
    "groundCode": "事由代码",
    "disputed": "异议中",
    "endedSince": "此后已终止",
    "entry": "名单记录",
    "entries": "名单记录",
    "authority": "认定机关",
    "documentNumber": "文书号",
    "organisation": "经营主体",
    "institution": "机构",
    "code": "代码",
    "kind": "类别",
    "status": "状态",
    "region": "区划",
    "assessedGrade": "评定等级",
    "grade": "等级",
    "validFrom": "有效期自",
    "validTo": "有效期至",
    "decidedOn": "决定日",
    "assessor": "评定机构",
    "rating": "信用评级",
    "stars": "星级",
    "starsBeforeCaps": "封顶前星级",
    "score": "评分",
    "publishedAt": "发布时刻",
    "policy": "政策",
    "version": "版本",
    "run": "批次",
    "origin": "来源",
    "inForceFrom": "生效日",
    "inForceTo": "最后一日",
    "ground": "事由",
    "nameZh": "名称",
    "textZh": "说明",
    "textEn": "英文说明",
    "sequence": "事件序号",
    "hash": "事件摘要",
    "auditChain": "审计链",
}
"""Chinese names by key; the key itself is the English one."""

_TERMS: Mapping[str, Sequence[type[Term]]] = {
    "verdict": (Verdict,),
    "role": (Role,),
    "kind": (InstitutionKind, ListKind),
    "status": (OperatingStatus,),
    "origin": (EntryOrigin,),
}


def label(key: str) -> str:
    """Return what a part is called, in both languages."""
    zh = LABELS.get(key)
    return key if zh is None else f"{zh} {key}"


def written(key: str, value: object) -> str:
    """Return a value as it is printed: as it was signed, with its Chinese term or local time where it has one."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    text = str(value)
    term = next((kind(text).zh for kind in _TERMS.get(key, ()) if text in set(kind)), "")
    local = _local(text) if "T" in text and (key.endswith("At") or key == "asOf") else ""
    return f"{text} {term}{local}".rstrip()


def _local(text: str) -> str:
    try:
        instant = datetime.fromisoformat(text).astimezone(LAW_ZONE)
    except ValueError:
        return ""
    return f"（北京时间 {instant:%Y-%m-%d %H:%M:%S}）"


def parts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of everything in an object, what stands below it under its own name in order."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            below = "，".join(f"{name}：{text}" for name, text in parts(value))
            yield label(key), f"［{below}］"
        elif isinstance(value, list):
            yield label(key), "、".join(_item(key, item) for item in value) or "—"
        else:
            yield label(key), written(key, value)


def _item(key: str, item: object) -> str:
    if isinstance(item, Mapping):
        return f"［{'，'.join(f'{name}：{text}' for name, text in parts(item))}］"
    return written(key, item)
