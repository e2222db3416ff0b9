"""The plots of a report as SVG texts; their words are text, set in the reader's own fonts."""

from collections.abc import Sequence
from html import escape
from io import StringIO
from pathlib import Path
from warnings import catch_warnings, filterwarnings

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from registry.services.run_reports import PolicyReport, RegionReport, Spread, Weight

SOFT, RULE = "#52606d", "#e4e7eb"
UNRATED = "#c3cad2"
BLUES = ("#cfe3f1", "#9cc5e0", "#5fa0cb", "#2f78b0", "#135089", "#0b355f")
WARM = "#d9772b"
_FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
_STYLE = Path(__file__).with_name("plots.mplstyle")
WIDTH_INCHES = 4.6


def star_colours(most: int) -> list[str]:
    """Return one colour per grade from none to the highest: the better, the darker."""
    steps = [BLUES[min(round(at * (len(BLUES) - 1) / max(most - 1, 1)), len(BLUES) - 1)] for at in range(most)]
    return [UNRATED, *steps]


def star_names(most: int) -> list[str]:
    """Return the name of each grade from none to the highest."""
    return ["未评 none", *(f"{stars} ★" for stars in range(1, most + 1))]


def _drawn(figure: Figure, label: str) -> str:
    out = StringIO()
    with catch_warnings():
        # Chinese characters are set by the reader's fonts; that the font which measures lacks them does not matter.
        filterwarnings("ignore", message="Glyph")
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :].replace(
        "'DejaVu Sans'", ", ".join(f"'{name}'" for name in _FONTS[:-1]) + ", sans-serif"
    )
    start = svg.index(">")
    head = f'<svg role="img" aria-label="{escape(label, quote=True)}" viewBox="{_view_box(svg)}" '
    return head + f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{svg[start:]}'


def _view_box(svg: str) -> str:
    return svg.partition('viewBox="')[2].partition('"')[0]


def _figure(height_inches: float, salt: str) -> tuple[Figure, Axes]:
    mpl.rcParams["svg.hashsalt"] = salt
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    return figure, figure.add_subplot()


def grades(policy: PolicyReport, salt: str) -> str:
    """Draw how many institutions there are of each grade."""
    with mpl.rc_context(fname=_STYLE):
        most = len(policy.counts) - 1
        figure, axes = _figure(0.36 * (most + 1) + 0.1, salt)
        bars = axes.barh(star_names(most), policy.counts, color=star_colours(most), height=0.68)
        axes.bar_label(bars, [f"{count:,}" for count in policy.counts], padding=4, color=SOFT)
        axes.margins(x=0.14, y=0.02)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        return _drawn(figure, f"counts per grade, {policy.code}")


def spread(one: Spread, salt: str) -> str:
    """Draw the quantiles of one measure: the middle half as a box, nine tenths as a bar, all as a line."""
    least, fifth, quarter, median, three, ninety_fifth, most = map(float, one.quantiles)
    with mpl.rc_context(fname=_STYLE):
        figure, axes = _figure(0.55, salt)
        axes.plot([least, most], [0, 0], color=BLUES[1], lw=1.2)
        axes.plot([fifth, ninety_fifth], [0, 0], color=BLUES[1], lw=5, solid_capstyle="butt")
        axes.plot([quarter, three], [0, 0], color=BLUES[3], lw=11, solid_capstyle="butt")
        axes.plot([median], [0], marker="|", ms=17, mew=2.6, color=WARM)
        axes.set_ylim(-0.6, 0.6)
        axes.set_yticks([])
        axes.margins(x=0.02)
        if least == most:
            axes.set_xticks([least], [str(one.quantiles[0])])
        else:
            axes.locator_params(axis="x", nbins=6)
        return _drawn(figure, f"quantiles of {one.code}")


def weights(lines: Sequence[Weight], salt: str) -> str:
    """Draw each indicator's base and final weight within its bounds."""
    with mpl.rc_context(fname=_STYLE):
        figure, axes = _figure(0.34 * len(lines) + 0.75, salt)
        places = list(range(len(lines)))[::-1]
        for place, line in zip(places, lines, strict=True):
            axes.plot([float(line.low) * 100, float(line.high) * 100], [place, place], color=RULE, lw=7, zorder=1)
            axes.plot([float(line.base) * 100, float(line.final) * 100], [place] * 2, color=BLUES[2], lw=1.6, zorder=2)
        for name, colour, marker, label in (
            ("objective", SOFT, "x", "数据 data"),
            ("base", "white", "o", "基础 base"),
            ("final", BLUES[4], "o", "采用 in use"),
        ):
            edge = SOFT if marker == "x" else BLUES[4]
            values = [float(getattr(line, name)) * 100 for line in lines]
            axes.plot(values, places, marker, ls="none", ms=5.5, mfc=colour, mec=edge, zorder=3, label=label)
        axes.set_yticks(places, [line.title.zh or line.code for line in lines])
        axes.grid(axis="x", color=RULE, lw=0.6)
        axes.set_xlabel("%")
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.6 / len(lines) - 0.05), ncols=3, frameon=False)
        return _drawn(figure, "weights before and after")


def regions(lines: Sequence[RegionReport], salt: str) -> str:
    """Draw the share of each grade by province."""
    most = max(len(line.counts) for line in lines) - 1
    with mpl.rc_context(fname=_STYLE):
        figure, axes = _figure(0.27 * len(lines) + 0.7, salt)
        places = list(range(len(lines)))[::-1]
        left = [0.0] * len(lines)
        for stars, (colour, name) in enumerate(zip(star_colours(most), star_names(most), strict=True)):
            shares = [100 * line.counts[stars] / sum(line.counts) for line in lines]
            axes.barh(places, shares, left=left, color=colour, height=0.74, label=name)
            left = [start + share for start, share in zip(left, shares, strict=True)]
        axes.set_yticks(places, [f"{line.name}  {sum(line.counts):,}" for line in lines])
        axes.set_xlim(0, 100)
        axes.margins(y=0.01)
        axes.set_xlabel("%")
        columns = min(most + 1, 3)
        axes.legend(loc="lower center", bbox_to_anchor=(0.35, 1.0), ncols=columns, frameon=False, fontsize=8)
        return _drawn(figure, "grades by province")
