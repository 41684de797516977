"""The audit: who looked up, traced, decided, exported, changed, signed in; searched, and taken along."""

import math
from datetime import timedelta

import polars as pl
import streamlit as st

from quetma.access import trail
from quetma.documents import MEDIA_TYPES
from quetma.documents import audit as document
from quetma.store import now
from quetma.web import downloads, page, widgets

here = page.begin("Audit", right="audit")
t, store = here.t, here.store
SHOWN, REACHED = 100, 5_000  # lines on one page; so many can be paged through

st.caption(
    t("Every look-up, decision, change and export is written down with who did it, and never changed; only the names "
      "of visitors at the gate are struck out when their time is over.")
)  # fmt: skip

# What is asked -------------------------------------------------------------------------------------------------------

today = now().date()  # of the machine: what was done is written down when it is done, also in the demo unit
accounts, actions = trail.known(store)
words = trail.words(t)
with st.grid(2, min_column_width=260):
    text = st.text_input(
        t("Name, number, or any words"),
        key="audit_text",
        max_chars=100,
        placeholder=t("a piece is enough"),
        icon=":material/search:",
    )
    days = st.date_input(
        t("From day – to day"),
        value=(today - timedelta(days=6), today),
        min_value=widgets.FIRST_DAY,
        max_value=today + timedelta(days=1),
        format="DD/MM/YYYY",
        key="audit_days",
    )
    by = st.multiselect(t("Account"), accounts, key="audit_accounts", placeholder=t("everybody"))
    did = st.multiselect(
        t("What they did"),
        actions,
        format_func=lambda action: words.get(action, action),
        key="audit_actions",
        placeholder=t("everything"),
    )
first, last = (days[0], days[-1]) if days else (today - timedelta(days=6), today)
asked = trail.Filter(first, last, tuple(by), tuple(did), text or "")

# The answer ----------------------------------------------------------------------------------------------------------

count = asked.count(store)
here.audit("open audit", asked.sought())
sentence = asked.sentence(t, count)
st.subheader(widgets.plain(sentence), anchor=False)
if not count:
    st.info(t("No line fits. Choose a longer period, or take a filter away."), icon=":material/search_off:")
    st.stop()
place = st.container()
number = 1
if count > SHOWN:
    with st.container(horizontal=True, horizontal_alignment="center"):
        number = st.pagination(math.ceil(min(count, REACHED) / SHOWN), key=f"audit_page_{hash(asked)}")
    if count > REACHED:
        newest = here.number(REACHED)
        st.caption(t("The newest {n} can be paged through. For older ones choose a shorter period.", n=newest))
with place:
    widgets.table(
        asked.lines(store, SHOWN, (number - 1) * SHOWN).drop("seal").with_columns(pl.col("action").replace(words)),
        {
            "number": st.column_config.NumberColumn(t("No."), format="%d", width="small"),
            "logged_at": st.column_config.DatetimeColumn(t("Done at"), format="HH:mm:ss DD/MM/YYYY", pinned=True),
            "account": t("Account"),
            "action": t("What they did"),
            "subject": st.column_config.TextColumn(t("About what or whom"), width="large"),
            "detail": st.column_config.TextColumn(t("In detail"), width="large"),
        },
        alt=sentence,
    )
with st.container(horizontal=True):
    for fmt, label in (("xlsx", "Excel"), ("csv", "CSV")):
        url = downloads.offer(
            here.session, lambda path, fmt=fmt: document.write(store, asked, fmt, path, here.language),
            f"nhat-ky-{first:%Y-%m-%d}-{last:%Y-%m-%d}.{fmt}", MEDIA_TYPES[fmt],
            ("export audit", sentence, fmt),
        )  # fmt: skip
        st.link_button(label, url, icon=":material/download:")
