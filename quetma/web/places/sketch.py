"""Where the places are: a sketch in kilometres, drawn here, without a map from anywhere."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from quetma.places import Place
from quetma.web import charts

if TYPE_CHECKING:
    from quetma.web.page import Page

KM = 111.32  # one degree of latitude
LETTERS = 14  # in a line of a name below its dot, so that it fits on a phone
SCALES = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


def draw(here: "Page", known: Sequence[Place]) -> None:
    """The places whose coordinates are known, north on top, with a scale."""
    t = here.t
    at = [(place, place.latitude, place.longitude) for place in known]
    placed = [(place, lat, lon) for place, lat, lon in at if lat is not None and lon is not None]
    if not placed:
        return
    st.header(t("Where they are"), anchor=False)
    middle = [
        (min(values) + max(values)) / 2 for values in ([lat for _, lat, _ in placed], [lon for _, _, lon in placed])
    ]
    east = KM * math.cos(math.radians(middle[0]))
    points = [((lon - middle[1]) * east, (lat - middle[0]) * KM) for _, lat, lon in placed]
    radius = max(max(math.hypot(x, y) for x, y in points), 0.05) * 1.25
    scale = max((one for one in SCALES if one <= radius / 1.5), default=SCALES[0])
    traces = []
    for kind, label, closed in ((0, t("open"), False), (1, t("closed"), True)):
        some = [
            (place, point)
            for (place, _, _), point in zip(placed, points, strict=True)
            if bool(place.closed_on) == closed
        ]
        if some:
            drawn = charts.nodes(
                [point for _, point in some], [place.location_id or 0 for place, _ in some], kind=kind, label=label,
                text=[""] * len(some), hover=[_told(place) for place, _ in some],
                size=[16] * len(some), hollow=[closed] * len(some), marked=[False] * len(some),
            )  # fmt: skip
            names = [charts.lines(place.name, LETTERS) for place, _ in some]
            traces.append(drawn | {"text": names, "textposition": "bottom center"})
    left, low = -1.2 * radius, -1.0 * radius
    bar = charts.links({1: (left, low), 2: (left + scale, low)}, [(1, 2)], "solid", 4, 1.0)
    if bar:
        traces.append(bar)
    figure = charts.plane(traces, radius, 420)
    length = f"{here.number(scale)} km" if scale >= 1 else f"{here.number(scale * 1000)} m"
    figure.add_annotation(x=left + scale / 2, y=low, text=length, showarrow=False, yshift=12)
    figure.update_yaxes(scaleanchor="x", scaleratio=1)
    names = ", ".join(place.name for place, _, _ in placed)
    charts.show(here, figure, t("The places on a sketch: {names}.", names=names), key="places_sketch")
    st.caption(t("North is on top. Only places with coordinates are shown."))


def _told(place: Place) -> str:
    return " · ".join(filter(None, [place.name, place.address, place.district]))
