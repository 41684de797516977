"""Upload: files go onto the desk, are looked at and confirmed; below, all uploads, to be mended or taken back."""

import streamlit as st

from quetma.web import desk, page, uploader, uploads

here = page.begin("Upload", right="upload")
t = here.t

if here.store.demo:
    st.info(
        t("This is the demo unit. What you load here stays in the demo and never mixes with the data of a real unit."),
        icon=":material/science:",
    )
st.write(
    t(
        "Put in files as they are: CSV, TXT, Excel, ODS, or a ZIP of them. Scan logs, the staff roster, vaccine doses, "
        "app installs, health declarations, absences. Nothing counts until you confirm."
    )
)
uploader.uploader(here)
desk.show(here)
uploads.show(here)
