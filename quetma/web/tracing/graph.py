"""The contact graph: F0 in the middle, F1 on a ring around, F2 and F3 outside near who may have infected them."""

import math
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from quetma import tracing
from quetma.web import charts
from quetma.web.tracing import person

if TYPE_CHECKING:
    from quetma.web.page import Page

DRAWN = 500  # people in the graph besides the F0s: a browser draws no more in a second, and nobody reads more
CROWD = 150  # more people than this are drawn smaller and without names
LABELLED = 16  # names written beside their nodes: the strongest F1s first
NESTED = 0.4  # room on a ring for each one further out, against 1 for oneself: the rings outside are longer
LETTER, LINE = 0.035, 0.13  # room that a letter takes beside, and a line of text above another, on a wide screen
RINGS = (0, 1.2, 2.0, 2.7)  # how far from the middle F0, F1, F2 and F3 stand
KEY = "trace_graph"


def view(here: "Page", answer: tracing.Trace) -> None:
    """The graph, and the person whose node was clicked below it."""
    t = here.t
    links = tracing.links(here.store, answer)
    people, shown = strongest(answer, links)
    if people.is_empty():
        st.caption(t("Nobody."))
        return
    if people.height < links["person_id"].n_unique():
        st.info(
            t("{all} people are in this answer. The graph shows the {n} with the most minutes, F1s first; the tables "
              "have everybody.", all=here.number(links["person_id"].n_unique()), n=here.number(people.height)),
            icon=":material/filter_alt:",
        )  # fmt: skip
    st.caption(
        t("The larger, the more minutes shared. Line: ── seen, ╌╌ inferred, ┈┈ possible; hollow: possible. "
          "Beyond F1, one line a person: the contact with the most minutes. Click somebody to open them.")
    )  # fmt: skip
    among = tuple(person.classes(answer))
    counts = ", ".join(f"{people.filter(pl.col('degree') == degree).height} F{degree}" for degree in among)
    charts.choosable(
        here,
        figure(here, answer, people, shown, person.opened(among)),
        alt=t("Contact graph: {names} in the middle, around {counts}. The tables F1 and F2 have the same facts.",
              names=", ".join(answer.people["name"]), counts=counts),
        key=KEY,
        on_choice=lambda person_id: person.show(person_id, among),
    )  # fmt: skip
    person.choose_and_show(here, answer, among)


def strongest(answer: tracing.Trace, links: pl.DataFrame, drawn: int = DRAWN) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is drawn: person_id, name, minutes, certainty, degree, parent_id; and the links drawn between them.

    F1s come first, each class by minutes; nobody without the one they are reached through. All links of F1s are drawn,
    further out each person's strongest one.
    """
    frames = [
        frame.select("person_id", "name", "minutes", "exposed_at", "certainty", degree=pl.lit(degree))
        for degree, frame in person.classes(answer).items()
    ]
    by_minutes = links.sort("minutes", "exposed_at", "infector_id", descending=[True, False, False])
    parents = by_minutes.unique("person_id", keep="first", maintain_order=True)
    people = (
        pl.concat(frames)
        .join(parents.select("person_id", parent_id="infector_id"), on="person_id", maintain_order="left")
        .sort("degree", "minutes", "person_id", descending=[False, True, False])
        .head(drawn)
    )
    known = {*people["person_id"], *answer.people["person_id"]}
    for degree in range(2, answer.question.steps + 1):  # whose parent was left out would hang in the air
        people = people.filter((pl.col("degree") != degree) | pl.col("parent_id").is_in(known))
        known = {*people["person_id"], *answer.people["person_id"]}
    first = links.filter(pl.col("degree") == 1)
    shown = pl.concat([first, parents.filter(pl.col("degree") > 1)]).filter(
        pl.col("person_id").is_in(known) & pl.col("infector_id").is_in(known)
    )
    return people, shown


def places(roots: list[int], people: pl.DataFrame) -> dict[int, tuple[float, float]]:
    """Where each node stands: a ring a class, everybody within the sector of their parent."""
    children: dict[int, list[int]] = {}
    for person_id, parent in people.select("person_id", "parent_id").iter_rows():
        children.setdefault(parent, []).append(person_id)
    room: dict[int, float] = {}
    for person_id in [*reversed(people["person_id"].to_list()), *roots]:  # the outermost first
        room[person_id] = 1 + NESTED * sum(room[child] for child in children.get(person_id, []))
    at: dict[int, tuple[float, float]] = {}
    rings = (0.0 if len(roots) == 1 else 0.4, *RINGS[1:])
    layers, spread = (7, 0.11) if people.height > CROWD else (3, 0.14)
    sectors = [(roots, 0, 0.0, 2 * math.pi)]
    while sectors:
        group, ring, begin, width = sectors.pop()
        total = sum(room[one] for one in group)
        for n, one in enumerate(group):
            share = width * room[one] / total
            # neighbours in a crowded ring stand a little further out and in
            radius = rings[ring] + (spread * (n % layers - layers // 2) if ring and len(group) > 12 else 0)
            angle = begin + share / 2
            at[one] = (radius * math.sin(angle), radius * math.cos(angle))
            if one in children:
                sectors.append((children[one], ring + 1, begin, share))
            begin += share
    return at


def legible(at: dict[int, tuple[float, float]], wanted: list[int], names: dict[int, str]) -> list[int]:
    """Of the people wanted, in their order, those whose names have room beside their nodes (`charts.nodes`)."""
    taken: list[tuple[float, float, float]] = []
    found = []
    for one in wanted:
        (x, y), width = at[one], LETTER * len(names[one])
        begin, y = (x - width / 2, y + LINE) if charts.in_the_middle(x) else (x if x > 0 else x - width, y)
        if all(begin + width < left or right < begin or abs(y - other) >= LINE for left, right, other in taken):
            taken.append((begin, begin + width, y))
            found.append(one)
    return found


def figure(
    here: "Page", answer: tracing.Trace, people: pl.DataFrame, links: pl.DataFrame, chosen: int | None = None
) -> go.Figure:
    """The graph of these people and links; the links of who is `chosen` are drawn thick."""
    t = here.t
    roots = answer.people["person_id"].to_list()
    at = places(roots, people)
    words = person.certainty(t)
    traces = []
    for sure, dash in (("seen", "solid"), ("inferred", "dash"), ("possible", "dot")):
        of = links.filter(pl.col("certainty") == sure).select("infector_id", "person_id").rows()
        own = [pair for pair in of if chosen in pair]
        rest = [pair for pair in of if chosen not in pair]
        traces += [
            charts.links(at, rest, dash, 1, 0.2 if people.height > CROWD else 0.6),
            charts.links(at, own, dash, 3, 1),
        ]
    biggest = people["minutes"].max() or 1
    crowd = people.height > CROWD
    names = person.names(answer)
    labelled = {*legible(at, [*roots, *people["person_id"].head(0 if crowd else LABELLED)], names), chosen}
    least, more = (5, 8) if crowd else (9, 17)
    for degree in person.classes(answer):
        rows = people.filter(pl.col("degree") == degree)
        if rows.height:
            traces.append(
                charts.nodes(
                    [at[person_id] for person_id in rows["person_id"]],
                    rows["person_id"].to_list(),
                    kind=degree,
                    label=t("suspected or possible F{n}", n=degree),
                    text=[row["name"] if row["person_id"] in labelled else "" for row in rows.iter_rows(named=True)],
                    hover=[
                        f"F{degree} {row['name']}: {t('{n} minutes', n=here.number(round(row['minutes'])))}, "
                        f"{here.moment(row['exposed_at'])}, {words[row['certainty']]}, ← {names.get(row['parent_id'])}"
                        for row in rows.iter_rows(named=True)
                    ],
                    size=[least + more * math.sqrt(minutes / biggest) for minutes in rows["minutes"]],
                    hollow=[sure == "possible" for sure in rows["certainty"]],
                    marked=[person_id == chosen for person_id in rows["person_id"]],
                )
            )
    traces.append(
        charts.nodes(
            [at[person_id] for person_id in roots], roots, kind=0, label="F0", text=[names[one] for one in roots],
            hover=[f"F0 {names[one]}" for one in roots], size=[26.0] * len(roots), hollow=[False] * len(roots),
            marked=[False] * len(roots),
        )
    )  # fmt: skip
    return charts.plane([trace for trace in traces if trace], max(math.hypot(x, y) for x, y in at.values()), height=640)
