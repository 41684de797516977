"""What stands at the head and the foot of official documents: agencies, symbol, place, who signs, who receives."""

from typing import TYPE_CHECKING

import streamlit as st

from quetma import agency
from quetma.agency import LONGEST, Agency, AgencyError
from quetma.web.documents import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page") -> None:
    """The form."""
    t = here.t
    known = agency.of(here.store)
    st.caption(
        t("These stand on every document, as Decree 30/2020/NĐ-CP asks. Number, day and signature are left open.")
    )

    def line(label: str, name: str, example: str) -> str:
        return st.text_input(
            label, value=getattr(known, name), max_chars=LONGEST, placeholder=example, key=f"agency_{name}"
        )

    with st.form("agency", border=True):
        with st.grid(2, min_column_width=280):
            parent = line(t("Agency above"), "parent", "CỤC QUẢN LÝ THỊ TRƯỜNG TỈNH SƠN LA")
            name = line(t("Issuing agency"), "name", "ĐỘI QUẢN LÝ THỊ TRƯỜNG SỐ 2")
            symbol = line(t("Its abbreviation in the symbol"), "symbol", "ĐQLTT2")
            place = line(t("Place before the date"), "place", "Sơn La")
            title = line(t("Title of who signs"), "title", "ĐỘI TRƯỞNG")
            signer = line(t("Name of who signs"), "signer", "Nguyễn Văn A")
            authority = line(t("On whose behalf (empty: in their own right)"), "authority", "KT. ĐỘI TRƯỞNG")
        recipients = st.text_area(
            t("Recipients, one a line (the archive is added last)"), value="\n".join(known.recipients),
            max_chars=LONGEST * 10, key="agency_recipients", height=120,
        )  # fmt: skip
        if st.form_submit_button(t("Save"), type="primary"):
            wanted = Agency(parent, name, symbol, place, authority, title, signer, tuple(recipients.split("\n")))
            try:
                agency.change(here.store, here.account, wanted)
            except AgencyError as refused:
                st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
            else:
                st.session_state[SAID] = t("Saved. The documents made from now on have it.")
                st.rerun()
