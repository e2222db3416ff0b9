"""The page of a run: what it did, and of each policy the grades, moves, weights and measures."""

from collections.abc import Iterable
from decimal import Decimal
from html import escape
from importlib.resources import files

from registry.domain.errors import Bilingual
from registry.domain.lawdays import LAW_ZONE
from registry.reports import plots
from registry.services.run_reports import PolicyReport, RegionReport, RunReport, Spread

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_KINDS = {"FULL": "全量 full", "INCREMENTAL": "增量 incremental"}


def run_page(report: RunReport) -> str:
    """Return the page of a run as one HTML document in both languages, the same text for the same run."""
    style = files("registry.reports").joinpath("style.css").read_text(encoding="utf-8")
    title = f"评级批次 {report.run_id} · Rating run {report.run_id}"
    largest = sorted(report.policies, key=lambda policy: (-policy.population, policy.code))
    body = [_header(report, title), "<main>", _facts(report)]
    body += [_policy(policy, number) for number, policy in enumerate(largest)]
    body += [_regions(report.regions), "</main>"]
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _header(report: RunReport, title: str) -> str:
    finished = report.finished_at.astimezone(LAW_ZONE)
    return (
        f"<header><h1>{escape(title)}</h1><p>评级基准日 law day {report.as_of} · {_KINDS[report.kind]} · "
        f"登记位置 position {report.position:,} · {finished:%Y-%m-%d %H:%M} (Asia/Shanghai) · "
        f"引擎 engine {escape(report.engine_version)}</p></header>"
    )


def _facts(report: RunReport) -> str:
    rated = sum(policy.rated for policy in report.policies)
    seconds = sum(report.durations_ms.values()) / 1000
    shown = (
        ("机构 institutions", f"{report.institutions:,}"),
        ("已评级 rated", f"{rated:,}"),
        ("变动 changed", f"{report.changed:,}"),
        ("政策 policies", f"{len(report.policies):,}"),
        ("用时 duration", f"{seconds:,.1f} s"),
    )
    return (
        '<dl class="facts">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in shown) + "</dl>"
    )


def _policy(policy: PolicyReport, number: int) -> str:
    cards = [_card("各等级机构数 · Institutions per grade", plots.grades(policy, f"g{number}"))]
    if policy.weights:
        cards.append(_weights(policy, number))
    cards += [_moves(policy), _spreads(policy.spreads, number)]
    return (
        f"<section><h2>{_both(policy.title)} <small>{escape(policy.code)}@{escape(policy.version)} · "
        f'{policy.population:,} 家机构 institutions</small></h2><div class="cards">'
        + "".join(cards)
        + "</div></section>"
    )


def _both(title: Bilingual) -> str:
    return " · ".join(escape(text) for text in (title.zh, title.en) if text)


def _card(title: str, content: str, note: str = "", size: str = "") -> str:
    told = f'<p class="note">{note}</p>' if note else ""
    return f'<div class="card{size and " " + size}"><h3>{title}</h3>{told}{content}</div>'


def _moves(policy: PolicyReport) -> str:
    title = "等级变动 · Moves between grades"
    if policy.moves_since is None:
        return _card(title, '<p class="note">此前没有全量批次可比 · No full run before to compare with</p>')
    counts = {(old, new): count for old, new, count in policy.moves}
    most = max(max(old, new) for old, new in [*counts, (0, len(policy.counts) - 1)])
    names = ["未评", *(f"{stars} ★" for stars in range(1, most + 1))]
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(
        f"<tr><th>{names[old]}</th>" + "".join(_move(counts, old, new) for new in range(most + 1)) + "</tr>"
        for old in range(most + 1)
    )
    table = f'<div class="scroll"><table class="moves"><tr><th>从 from ↓ 至 to →</th>{head}</tr>{rows}</table></div>'
    moved = sum(count for (old, new), count in counts.items() if old != new)
    note = f"较批次 {policy.moves_since}：{moved:,} 家变动 · {moved:,} moved since run {policy.moves_since}"
    return _card(title, table, note)


def _move(counts: dict[tuple[int, int], int], old: int, new: int) -> str:
    """One cell: those that stayed in grey, rises in blue, falls in orange, the more the deeper."""
    count = counts.get((old, new), 0)
    share = count / max(sum(n for (start, _), n in counts.items() if start == old), 1)
    hue = "31, 41, 51" if old == new else "47, 120, 176" if new > old else "217, 119, 43"
    shade = 0.04 if not count else 0.12 + (0.2 if old == new else 0.55) * share
    return f'<td style="background: rgba({hue}, {shade:.2f})">{count or "·"}</td>'


def _weights(policy: PolicyReport, number: int) -> str:
    note = (
        f"由批次 {policy.weights_run} 计算；灰带为上下限 · "
        f"Recomputed by run {policy.weights_run}; the grey band is what the policy allows"
    )
    rows = (
        (
            line.title.zh or line.code,
            line.title.en,
            *map(_percent, (line.base, line.objective, line.low, line.high, line.final)),
        )
        for line in policy.weights
    )
    head = ("指标 indicator", "", "基础 base", "数据 data", "下限 low", "上限 high", "采用 in use")
    content = plots.weights(policy.weights, f"w{number}") + _details("数值 · Figures", head, rows)
    return _card("权重 · Weights", content, note, "tall")


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"


def _details(summary: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    table = f'<div class="scroll"><table><tr>{titles}</tr>{body}</table></div>'
    return f"<details><summary>{summary}</summary>{table}</details>"


def _spreads(spreads: tuple[Spread, ...], number: int) -> str:
    shown = "".join(_spread(one, f"s{number}-{place}") for place, one in enumerate(spreads))
    note = (
        "线：最小至最大；浅条：5 % 至 95 %；深条：中间一半；竖线：中位数 · "
        "Line: least to most; light bar: 5 % to 95 %; dark bar: the middle half; mark: the median"
    )
    head = ("指标 measure", "有值 have", "缺失 lack", "0 %", "5 %", "25 %", "50 %", "75 %", "95 %", "100 %")
    rows = ((one.code, f"{one.present:,}", f"{one.missing:,}", *map(str, one.quantiles)) for one in spreads)
    content = f'<div class="spreads">{shown}</div>' + _details("数值 · Figures", head, rows)
    return _card("指标分布 · How measures are spread", content, note, "wide")


def _spread(one: Spread, salt: str) -> str:
    title = escape(one.title.zh or one.code)
    drawn = plots.spread(one, salt) if one.quantiles else '<p class="note">无数据 · nobody has it</p>'
    missing = f" · 缺失 lack {one.missing:,}" if one.missing else ""
    count = f"<p>{one.present:,} 家 have it{missing}</p>"
    return f"<div><h3>{title} <small>{escape(one.title.en)}</small></h3>{drawn}{count}</div>"


def _regions(regions: tuple[RegionReport, ...]) -> str:
    if not regions:
        return ""
    most = max(len(line.counts) for line in regions)
    head = ("地区 region", "", "机构 all", "未评 none", *(f"{stars} ★" for stars in range(1, most)))
    rows = (
        (line.name, line.code, f"{sum(line.counts):,}", *(f"{count:,}" for count in line.counts)) for line in regions
    )
    content = plots.regions(regions, "regions") + _details("数值 · Figures", head, rows)
    title = "各地区等级构成 · Grades by region"
    return f'<section><h2>地区 · Regions</h2><div class="cards">{_card(title, content, size="wide")}</div></section>'


__all__ = ["run_page"]
