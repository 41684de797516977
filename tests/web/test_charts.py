"""Names from files stand in charts as they are written."""

from datetime import datetime

import polars as pl

from quetma.web import charts

NAME = '<a href="https://x.example">A & B</a>'
SHOWN = '&lt;a href="https://x.example">A &amp; B&lt;/a>'  # Plotly shows these signs and takes none for markup


def test_no_name_is_taken_for_markup():
    bars = charts.bars(pl.DataFrame({"place": [NAME], "n": [1]}), "place", {"n": "Arrivals"})
    assert bars.data[0].y == (SHOWN,)
    stay = pl.DataFrame(
        {"who": [NAME], "kind": ["seen"], "t_in": [datetime(2021, 8, 1)], "t_out": [datetime(2021, 8, 2)]}
    )
    spans = charts.spans(stay, "t_in", "t_out", "who", "kind", {"seen": "Seen"})
    assert spans.data[0].y == spans.layout.yaxis.categoryarray == (SHOWN,)


def test_a_zero_is_told_from_nothing_where_both_can_be():
    grid, names = [[3, 0], [None, 12]], ["a", "b"]
    assert charts.heatmap(grid, names, names, "n").data[0].text == (["3", ""], ["", "12"])
    assert charts.heatmap(grid, names, names, "n", zeros=True).data[0].text == (["3", "0"], ["", "12"])
