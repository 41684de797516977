"""The tracing drill: a mock case of the past week, how well it can be traced, and the list worked against the clock."""

import polars as pl
import streamlit as st

from quetma import directory, drill, language
from quetma.documents import MEDIA_TYPES
from quetma.documents import drill as document
from quetma.store import now
from quetma.web import charts, downloads, page, widgets

NEXT = 10  # people to call at once: the next ones come when these are done

here = page.begin("Tracing drill", right="trace")
t = here.t
st.markdown(f"## :orange-background[**{drill.MARK}**]")
st.caption(
    t("A drill is no real case: nobody is ill. It is kept apart from all real figures. Say so first in every call.")
)


def begin() -> None:
    """Starts one; what cannot be is said on the next run."""
    try:
        started = drill.start(here.store, here.account)
    except drill.DrillError as error:
        st.session_state["drill_error"] = str(error)
    else:
        here.audit("start drill", str(started.drill_id), f"person {started.person_id}")


def end(running: drill.Drill, given_up: bool) -> None:
    """Ends the one that runs."""
    drill.finish(here.store, running, given_up)
    here.audit("finish drill", str(running.drill_id), "given up" if given_up else "done")


@st.fragment(run_every="5s")
def clock(running: drill.Drill) -> None:
    """The time since it began, which runs."""
    seconds = max(0, int((now() - running.started_at).total_seconds()))
    st.metric(t("Time since the start"), f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}")


def work(running: drill.Drill) -> None:
    """The list of whom to reach, and the ways to end."""
    case = directory.person(here.store, running.person_id)
    name = case["name"] if case else t("somebody who is no longer known")
    here.audit("open drill", str(running.drill_id), name)
    people = drill.contacts(here.store, running)
    waiting = people.filter(pl.col("reached_at").is_null())
    reached = people.filter(pl.col("reached_at").is_not_null()).sort("reached_at", descending=True)
    st.markdown(
        t("Suppose that **{name}** ({kind}) fell ill on **{day}**. Reach everybody on this list by phone.",
          name=widgets.plain(name), kind=t("Staff") if running.staff else t("Visitor"), day=here.day(running.onset))
    )  # fmt: skip
    with st.grid(2, min_column_width=150):
        clock(running)
        st.metric(t("Reached"), f"{here.number(reached.height)} / {here.number(people.height)}")
    st.progress(reached.height / people.height if people.height else 1.0)
    if people.is_empty():
        st.success(t("Nobody was in the same place: there is nobody to call."), icon=":material/check_circle:")
    elif waiting.is_empty():
        st.success(t("Everybody was reached."), icon=":material/check_circle:")
    if waiting.height > NEXT:
        st.caption(t("The next {n} of {all}, longest together first.", n=NEXT, all=here.number(waiting.height)))
    for row in waiting.head(NEXT).iter_rows(named=True):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            phone = f"[{row['phone_shown']}](tel:{row['phone_shown']})" if row["phone"] else t("no phone known")
            st.markdown(
                f"**{widgets.plain(row['name'])}** · {phone} · {t('{n} minutes', n=round(row['minutes']))}",
                width="stretch",
            )
            st.button(
                t("Reached"),
                key=f"reach_{running.drill_id}_{row['person_id']}",
                icon=":material/phone_in_talk:",
                on_click=drill.reach,
                args=(here.store, running, row["person_id"]),
            )
    if reached.height:
        with st.expander(t("Reached so far ({n})", n=here.number(reached.height)), key="drill_reached"):
            for row in reached.iter_rows(named=True):
                with st.container(horizontal=True, vertical_alignment="center"):
                    at = here.moment(row["reached_at"])
                    st.markdown(f"{widgets.plain(row['name'])} · {at}", width="stretch")
                    st.button(
                        t("Not after all"),
                        key=f"unreach_{running.drill_id}_{row['person_id']}",
                        type="tertiary",
                        on_click=drill.reach,
                        args=(here.store, running, row["person_id"], False),
                    )
    with st.container(horizontal=True):
        st.button(
            t("Finish the drill"),
            type="primary",
            key="drill_finish",
            icon=":material/flag:",
            on_click=end,
            args=(running, False),
        )
        st.button(t("Give up"), key="drill_give_up", on_click=end, args=(running, True))


def share(label: str, part: int, whole: int, about: str = "", explained: str | None = None) -> widgets.Card:
    """A card with `92,3%`, and `12 / 13` below."""
    of = f"{here.number(part)} / {here.number(whole)}"
    return widgets.Card(label, here.percent(part, whole), f"{of} · {about}" if about else of, help=explained)


def figures(row: dict) -> None:
    """What one drill measured."""
    widgets.cards(
        here,
        [
            widgets.Card(
                t("Seconds to the answer"), here.number(round(row["seconds"], 2)), t("{n} suspected F1", n=row["f1"])
            ),
            share(t("F1 with a phone"), row["phones"], row["f1"]),
            share(t("F1 reached"), row["reached"], row["f1"], t("given up") if row["given_up"] else ""),
            share(t("Contacts scanned whole"), row["contacts_seen"], row["contacts"]),
            share(
                t("Days of the case scanned whole"),
                row["own_days_seen"],
                row["own_days"],
                explained=t("Days on which the mock case has every scan in and out."),
            ),
            widgets.Card(
                t("Staff on duty, not scanned"),
                here.number(row["unscanned"]),
                help=t("On the roster where the mock case was, without a scan on that day."),
            ),
        ],
    )


current = drill.running(here.store)
if current:
    work(current)
elif here.store.ask("flow/span")["first_day"][0] is None:
    widgets.empty(here, t("There are no scans to practise with yet."))
else:
    st.markdown(
        t("One button picks anybody who scanned in the past week, staff or visitor, as a mock F0. It measures how "
          "complete the scans are, and how fast you reach the suspected F1s.")
    )  # fmt: skip
    if error := st.session_state.pop("drill_error", None):
        st.info(t(error), icon=":material/info:")
    st.button(t("Start a drill"), type="primary", key="drill_start", icon=":material/timer:", on_click=begin)

# Results --------------------------------------------------------------------------------------------------------------

results = drill.results(here.store)
if results.is_empty():
    st.caption(t("No drill has ended yet; its results will stand here."))
    st.stop()
st.subheader(t("Results so far"), anchor=False)
figures(results.row(-1, named=True))
if results.height > 1:
    shares = {"reached_share": t("F1 reached"), "with_phone": t("F1 with a phone"), "seen": t("Contacts scanned whole")}
    charts.show(
        here,
        charts.lines_by_day(results, shares, day="started_at", percent=True),
        alt=t("Over the drills: shares of F1 reached, of F1 with a phone, and of contacts scanned whole"),
        key="drill_chart",
    )
widgets.table(
    results.reverse().with_columns(
        how=pl.when("given_up").then(pl.lit(t("given up"))).otherwise(pl.lit(t("finished"))),
        who=pl.when("staff").then(pl.lit(t("Staff"))).otherwise(pl.lit(t("Visitor"))),
    ),
    {
        "started_at": st.column_config.DatetimeColumn(t("Began"), format="HH:mm DD/MM/YYYY", pinned=True),
        "started_by": t("Started by"),
        "who": t("Mock F0"),
        "how": t("Outcome"),
        "f1": st.column_config.NumberColumn("F1", format="%d"),
        "reached": st.column_config.NumberColumn(t("Reached"), format="%d"),
        "minutes": st.column_config.NumberColumn(t("Minutes to the last reached"), format="%.1f"),
        "with_phone": st.column_config.NumberColumn(t("F1 with a phone"), format="percent"),
        "seen": st.column_config.NumberColumn(t("Contacts scanned whole"), format="percent"),
        "own": st.column_config.NumberColumn(t("Days of the case scanned whole"), format="percent"),
        "unscanned": st.column_config.NumberColumn(t("Staff on duty, not scanned"), format="%d"),
        "seconds": st.column_config.NumberColumn(t("Seconds to the answer"), format="%.2f"),
    },
    alt=t("Results of all drills, newest first"),
)
with st.container(horizontal=True):
    for fmt, label in (("xlsx", "Excel"), ("csv", "CSV")):
        st.link_button(
            label,
            downloads.offer(
                here.session,
                lambda path, fmt=fmt: document.write(results, fmt, path, here.language),
                f"dien-tap-truy-vet.{fmt}",
                MEDIA_TYPES[fmt],
                ("export drills", fmt, document.title(results, language.translator("en"))),
            ),
            icon=":material/download:",
        )
