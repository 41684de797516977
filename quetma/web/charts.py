"""Charts in one look: Plotly figures that follow Streamlit's light and dark theme and speak the reader's language.

Colour is never the only signal: series also differ in hatching, dash and marker, heatmap cells carry their number, and
every chart has a sentence for screen readers. Dragging is off, so that a finger on a phone scrolls the page.
"""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

if TYPE_CHECKING:
    from quetma.web.page import Page

# Of the Okabe-Ito set, the four with a contrast of at least 3:1 on white and on Streamlit's dark background alike.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
HATCHES = ("", "/", "x", ".")
DASHES = ("solid", "dash", "dot", "dashdot")
MOST_SERIES = len(COLOURS)
SYMBOLS = ("circle", "square", "diamond", "triangle-up")

_VIETNAMESE = {
    "dictionary": {},
    "format": {
        "days": ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
        "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
        "months": [f"Tháng {n}" for n in range(1, 13)],
        "shortMonths": [f"Thg {n}" for n in range(1, 13)],
        "date": "%d/%m/%Y",
        "decimal": ",",
        "thousands": ".",
    },
}
_CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
CONFIG = {"vi": _CONFIG | {"locale": "vi", "locales": {"vi": _VIETNAMESE}}, "en": _CONFIG | {"locale": "en"}}


def show(here: "Page", figure: go.Figure, alt: str, key: str) -> None:
    """Draws the figure; `alt` is one plain sentence that says what it shows, for those who cannot see it."""
    st.plotly_chart(figure, key=key, config=CONFIG[here.language], alt=alt)


def choosable(here: "Page", figure: go.Figure, alt: str, key: str, on_choice: Callable[[int], None]) -> None:
    """Draws a figure of `nodes`; a click on one calls `on_choice` with its number, before the page runs again."""

    def clicked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:  # none: a second click on the same
            number = points[0]["customdata"]
            on_choice(int(number[0] if isinstance(number, list) else number))

    st.plotly_chart(figure, key=key, config=CONFIG[here.language], alt=alt, on_select=clicked, selection_mode="points")


def columns_by_day(frame: pl.DataFrame, series: Mapping[str, str], *, day: str = "day", height: int = 280) -> go.Figure:
    """Stacked columns, one a day. `series` is column of counts → label; `frame` has one row per day."""
    days = frame[day].to_list()
    traces = [
        {
            "type": "bar",
            "x": days,
            "y": frame[column].to_list(),
            "name": label,
            "marker": _fill(at),
            "hovertemplate": "%{x|%a %d/%m/%Y}: <b>%{y:,}</b>",
        }
        for at, (column, label) in enumerate(series.items())
    ]
    largest = _largest(frame, series)
    return _figure(traces, height, x=_day_axis(days), y=_count_axis(largest), barmode="stack", bargap=0.25)


def lines_by_day(
    frame: pl.DataFrame,
    series: Mapping[str, str],
    *,
    day: str = "day",
    percent: bool = False,
    height: int = 280,
    target: tuple[float, str] | None = None,
) -> go.Figure:
    """Lines over days. `series` is column → label; with `percent` the values are shares of 1, and None leaves a gap.

    target: the value that is wanted, drawn across, and what is written at it.
    """
    days = frame[day].to_list()
    traces = [
        {
            "type": "scatter",
            "x": days,
            "y": frame[column].to_list(),
            "name": label,
            "mode": "lines+markers",
            "line": {"color": COLOURS[at], "dash": DASHES[at], "width": 2},
            "marker": {"color": COLOURS[at], "symbol": SYMBOLS[at], "size": 7},
            "hovertemplate": "%{x|%a %d/%m/%Y}: <b>%{y:" + (".1%" if percent else ",") + "}</b>",
        }
        for at, (column, label) in enumerate(series.items())
    ]
    y = _share_axis(frame, series, *target[:1] if target else ()) if percent else _count_axis(_largest(frame, series))
    return _figure(traces, height, x=_day_axis(days), y=y, **(_target(*target) if target else {}))


def _target(value: float, label: str) -> dict[str, Any]:
    """The layout that draws a line across the chart, with its words above the left end."""
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value,
            "line": {"color": COLOURS[1], "width": 2, "dash": "dash"}}  # fmt: skip
    words = {"xref": "paper", "x": 0, "y": value, "text": label, "showarrow": False, "xanchor": "left",
             "yanchor": "bottom"}  # fmt: skip
    return {"shapes": [line], "annotations": [words]}


def bars(frame: pl.DataFrame, category: str, series: Mapping[str, str], *, percent: bool = False) -> go.Figure:
    """Horizontal bars, the first row of `frame` on top, each with its number. Counts are stacked; shares are not."""
    short = [lines(name) for name in frame[category]]
    names = [_plain(name) for name in frame[category]]
    number = "%{x:" + (".1%" if percent else ",") + "}"
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": frame[column].to_list(),
            "y": names,
            "name": label,
            "marker": _fill(at),
            "texttemplate": number,
            "textposition": "auto",
            "insidetextanchor": "middle",
            "hovertemplate": "%{y}: <b>" + number + "</b>",
        }
        for at, (column, label) in enumerate(series.items())
    ]
    return _figure(
        traces,
        70 + 44 * max(frame.height, 1) * (len(series) if percent else 1),
        x={"visible": False, "range": [0, 1.05] if percent else None},
        y={
            "autorange": "reversed",
            "type": "category",
            "ticksuffix": " ",
            "tickmode": "array",
            "tickvals": names,
            "ticktext": short,
        },
        barmode="group" if percent else "stack",
        bargap=0.3,
    )


def columns(names: Sequence[str], series: Mapping[str, Sequence[float]], *, height: int = 280) -> go.Figure:
    """Columns side by side over named groups in the given order, each with its number. `series` is label → values."""
    broken = [name.replace(" ", "<br>") for name in names]  # else Plotly turns them on a narrow screen
    traces = [
        {
            "type": "bar",
            "x": broken,
            "y": list(values),
            "name": label,
            "marker": _fill(at),
            "text": [value or "" for value in values],
            "textposition": "outside",
            "cliponaxis": False,
            "customdata": list(names),
            "hovertemplate": "%{customdata}: <b>%{y:,}</b>",
        }
        for at, (label, values) in enumerate(series.items())
    ]
    y = {"visible": False}
    return _figure(traces, height, x={"type": "category", "tickangle": 0}, y=y, barmode="group", bargap=0.2)


def columns_by_quarter(frame: pl.DataFrame, series: Mapping[str, str], *, height: int = 280) -> go.Figure:
    """Columns side by side for the quarters of an hour of a day. `frame` has `quarter` (from midnight) without gaps;
    `series` is column → label.
    """
    names = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in frame["quarter"]]
    traces = [
        {
            "type": "bar",
            "x": names,
            "y": frame[column].to_list(),
            "name": label,
            "marker": _fill(at),
            "hovertemplate": "%{x}: <b>%{y:,}</b>",
        }
        for at, (column, label) in enumerate(series.items())
    ]
    hours = names[:: 4 if len(names) <= 32 else 8 if len(names) <= 64 else 16]  # as many as a phone has room for
    x = {"type": "category", "tickvals": hours, "ticktext": hours, "tickangle": 0, "showgrid": False}
    return _figure(traces, height, x=x, y=_count_axis(_largest(frame, series)), barmode="group", bargap=0.15)


def heatmap(
    counts: Sequence[Sequence[int | None]],
    names_x: Sequence[str],
    names_y: Sequence[str],
    label: str,
    *,
    height: int = 320,
    zeros: bool = False,
) -> go.Figure:
    """A grid of counts (`counts[y][x]`, None where there is none), first row on top. Each cell carries its number;
    zeros: also where it is 0, which else is left empty.
    """
    trace = {
        "type": "heatmap",
        "z": [list(row) for row in counts],
        "x": list(names_x),
        "y": list(names_y),
        "name": label,
        "text": [[str(n) if n or (zeros and n is not None) else "" for n in row] for row in counts],
        "texttemplate": "%{text}",
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hovertemplate": "%{y}, %{x}: <b>%{z:,}</b>",
    }
    return _figure(
        [trace],
        height,
        x={"type": "category", "side": "top", "showgrid": False},
        y={"type": "category", "autorange": "reversed", "showgrid": False, "ticksuffix": " "},
    )


def spans(frame: pl.DataFrame, begin: str, end: str, who: str, kind: str, kinds: Mapping[str, str]) -> go.Figure:
    """A bar from `begin` to `end` for each row, one line for each `who` in the frame's order.

    `kinds` is value of `kind` → label.
    """
    frame = frame.with_columns(_letters(who))
    traces = []
    for at, (value, label) in enumerate(kinds.items()):
        rows = frame.filter(pl.col(kind) == value)
        if rows.height:
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "base": rows[begin].to_list(),
                    "x": (rows[end] - rows[begin]).dt.total_milliseconds().to_list(),
                    "y": rows[who].to_list(),
                    "name": label,
                    "marker": _fill(at),
                    "customdata": rows[end].dt.strftime("%H:%M").to_list(),
                    "hovertemplate": "%{y}: <b>%{base|%H:%M}–%{customdata}</b> %{base|%d/%m/%Y}",
                }
            )
    names = frame[who].unique(maintain_order=True).to_list()
    return _figure(
        traces,
        90 + 26 * max(len(names), 1),
        x={"type": "date", "tickformat": "%H:%M\n%d/%m"},
        y={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names,
            "autorange": "reversed",
            "ticksuffix": " ",
        },
        barmode="overlay",
        bargap=0.3,
    )


def in_the_middle(x: float) -> bool:
    """Whether a node stands so near the middle line that its name is written above it, not beside it."""
    return abs(x) < 0.15


def nodes(
    at: Sequence[tuple[float, float]],
    numbers: Sequence[int],
    *,
    kind: int,
    label: str,
    text: Sequence[str],
    hover: Sequence[str],
    size: Sequence[float],
    hollow: Sequence[bool],
    marked: Sequence[bool],
) -> dict[str, Any]:
    """Points of a graph: `kind` gives colour and shape, `numbers` what a click gives back, `marked` ones have a rim."""
    symbol = SYMBOLS[kind]
    keep = {"marker": {"opacity": 1}}  # else a click fades everybody else
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [x for x, _ in at],
        "y": [y for _, y in at],
        "customdata": list(numbers),
        "name": label,
        "text": [_plain(words) for words in text],
        "textposition": [
            "top center" if in_the_middle(x) else "middle right" if x > 0 else "middle left" for x, _ in at
        ],
        "textfont": {"size": 11},
        "hovertext": [_plain(words) for words in hover],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": COLOURS[kind],
            "symbol": [f"{symbol}-open" if open_ else symbol for open_ in hollow],
            "size": list(size),
            "opacity": 1,
            "line": {"width": [4 if one or open_ else 1 for one, open_ in zip(marked, hollow, strict=True)],
                     "color": [COLOURS[kind] if open_ else "#888888" for open_ in hollow]},
        },
        "selected": keep,
        "unselected": keep,
    }  # fmt: skip


def links(
    at: Mapping[int, tuple[float, float]], pairs: Sequence[tuple[int, int]], dash: str, width: float, opacity: float
) -> dict[str, Any] | None:
    """Lines between the nodes of a graph, all in one trace; None for no pairs."""
    if not pairs:
        return None
    ends = [(at[one], at[other]) for one, other in pairs]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for (x1, _), (x2, _) in ends for x in (x1, x2, None)],
        "y": [y for (_, y1), (_, y2) in ends for y in (y1, y2, None)],
        "line": {"color": "#888888", "dash": dash, "width": width},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def plane(traces: list[dict[str, Any]], radius: float, height: int) -> go.Figure:
    """A figure without axes that reaches `radius` from its middle, as broad as the screen allows."""
    bare = {"visible": False, "automargin": False}
    x = bare | {"range": [-1.3 * radius, 1.3 * radius]}  # names stand beside the outermost nodes
    return _figure(traces, height, x=x, y=bare | {"range": [-1.1 * radius, 1.1 * radius]}, hovermode="closest")


def _plain(text: str) -> str:
    """As `_letters`, of one text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def lines(name: str, letters: int = 22) -> str:
    """A name in a chart: two short lines at most, as there is little room on a phone; the whole of it on hovering."""
    first, *more = textwrap.wrap(name, letters) or [""]
    second = [more[0] + ("…" if len(more) > 1 else "")] if more else []
    return "<br>".join(_plain(line) for line in [first, *second])


def _letters(column: str) -> pl.Expr:
    """Names from files, letter by letter: Plotly takes `<b>` and `<a href=…>` in a text for markup."""
    return pl.col(column).str.replace_all("&", "&amp;", literal=True).str.replace_all("<", "&lt;", literal=True)


def _figure(traces: list[dict], height: int, *, x: dict, y: dict, **layout: Any) -> go.Figure:
    """Built in one call: each later change of a Plotly figure costs milliseconds of every rerun."""
    legend = len(traces) > 1
    fixed = {"fixedrange": True, "automargin": True}
    return go.Figure(
        data=traces,
        layout={
            "height": height,
            "margin": {"l": 4, "r": 8, "t": 36 if legend else 12, "b": 4},
            "dragmode": False,
            "showlegend": legend,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal",
                       "itemclick": False, "itemdoubleclick": False},
            "xaxis": fixed | x,
            "yaxis": fixed | y,
            **layout,
        },
    )  # fmt: skip


def _fill(at: int) -> dict[str, Any]:
    hatch = {
        "shape": HATCHES[at],
        "fillmode": "overlay",
        "fgcolor": "rgba(255,255,255,0.7)",
        "size": 7,
        "solidity": 0.2,
    }
    return {"color": COLOURS[at], "pattern": hatch}


def _day_axis(days: Sequence[Any]) -> dict[str, Any]:
    # A few days are named one by one: Plotly would label the hours between them.
    named = {"tickvals": list(days)} if len(days) <= 7 else {}
    return {"type": "date", "tickformat": "%d/%m", "showgrid": False} | named


def _largest(frame: pl.DataFrame, series: Mapping[str, str]) -> float:
    return max((value for column in series for value in frame[column] if value is not None), default=0)


def _share_axis(frame: pl.DataFrame, series: Mapping[str, str], *shown: float) -> dict[str, Any]:
    # Shares are mostly near 100%: the axis begins below the lowest, or the lines cannot be told apart.
    values = [value for column in series for value in frame[column] if value is not None]
    lowest = min([*values, *shown], default=0)
    low = max(0, math.floor(lowest * 10 - 0.5) / 10)
    return {"tickformat": ".0%", "range": [low, 1 + (1 - low) * 0.05], "dtick": 0.25 if low < 0.4 else 0.1, "tick0": 0}


def _count_axis(largest: float) -> dict[str, Any]:
    # Plotly labels half a person when the counts are small.
    return {"rangemode": "tozero", "tickformat": ",", "nticks": 6} | ({"dtick": 1} if largest <= 5 else {})
