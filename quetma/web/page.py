"""What every page begins with: the guard, and what a page may use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from quetma import language, units
from quetma.access import audit, rights, sessions
from quetma.access.sessions import Session
from quetma.engine import EngineAway
from quetma.file import DiskFull
from quetma.store import Store, now
from quetma.web.wall import COOKIE, HTTPS_COOKIE, LANGUAGE_COOKIE, told_full

WAIT_NOT = {"gate", "upload"}  # whose pages ask no second engine: nothing is to be published before they go on
UNIT = "unit"  # in the session: which unit beneath their own somebody looks at


@dataclass(frozen=True)
class Page:
    """What a page may use. Made by `begin` only. unit: what the picker at the left has, as the run began."""

    token: str
    session: Session
    language: str
    unit: int | None = None

    @property
    def store(self) -> Store:
        """The unit's store, or the demo unit's. Asks for the session again, as a fragment reruns without `begin`."""
        if sessions.find(self.token) is None:
            signed_out(self.language)
        store = self.session.store
        if self.unit is None or not rights.may(self.role, "units") or not units.sees(store, self.unit):
            return store  # one's own, with all beneath
        return store.within(self.unit)

    @property
    def account(self) -> str:
        """The name of who is signed in."""
        return self.session.account

    @property
    def role(self) -> str:
        """leader, gatekeeper or viewer."""
        return self.session.role

    @property
    def t(self) -> language.Translate:
        """`here.t("{n} people", n=5)`: the text in the reader's language."""
        return language.translator(self.language)

    def may(self, right: str) -> bool:
        """Whether who is signed in has that right (quetma/access/rights.py)."""
        return rights.may(self.role, right, self.store.unit)

    def day(self, value: date | None) -> str:
        """`24/08/2021`."""
        return language.day(value)

    def moment(self, value: datetime | None) -> str:
        """`08:10 24/08/2021`."""
        return language.moment(value)

    def number(self, value: float) -> str:
        """`3.344` in Vietnamese, `3,344` in English."""
        return language.number(value, self.language)

    def percent(self, have: int, due: int) -> str:
        """`92,3%` of those due; a dash when nobody is due."""
        return language.percent(have, due, self.language)

    def audit(self, action: str, subject: str, detail: str = "") -> None:
        """One line in the audit, once per browser session, action and subject: a rerun is not a second look-up."""
        seen = st.session_state.setdefault("audited", set())
        if (action, subject, detail) not in seen:
            audit.log(self.store, self.account, action, subject, detail)
            seen.add((action, subject, detail))


def begin(title: str, right: str = "figures") -> Page:
    """Guards the page and draws its title. The first line of every page; the run stops here for those who may not.

    title: English text, shown in the reader's language. right: what one must be allowed to see this page at all.
    """
    here = guard()
    if not here.may(right):
        st.title(here.t("This page is not open to your role"), anchor=False)
        st.info(here.t("You are signed in as {role}. If you need this page, ask a leader of your unit.",
                       role=role_name(here.role, here.t)), icon=":material/lock:")  # fmt: skip
        st.stop()
    st.title(here.t(title), anchor=False)
    second = here.store.engine
    if second and right not in WAIT_NOT and not second.settle():
        st.warning(here.t("What was stored last is still being published and is not on this page yet. It is not lost; "
                          "reload the page in a minute."), icon=":material/hourglass_top:")  # fmt: skip
    return here


def guard() -> Page:
    """Who is here, from the token of the browser's cookie. The run stops with "signed out" when the session is over."""
    spoken = chosen_language()
    # AppTest has no cookies and puts the token here; a browser cannot reach this key, as no widget has it.
    cookies = st.context.cookies
    token = st.session_state.get("session_token") or cookies.get(HTTPS_COOKIE) or cookies.get(COOKIE) or ""
    session = sessions.find(token)
    if session is None:
        signed_out(spoken)
    assert session is not None
    if st.session_state.setdefault("session_key", session.key) != session.key:
        st.session_state.clear()  # a tab that came back after somebody else signed in: nothing of the first is left
        st.session_state["session_key"] = session.key
    return Page(token, session, spoken, st.session_state.get(UNIT))


def signed_out(spoken: str) -> None:
    """Says so and stops the run."""
    t = language.translator(spoken)
    st.title(t("You are signed out"), anchor=False)
    # Only text: this tab can load no more of the scripts that buttons need, for the wall no longer gives it any.
    st.markdown(t("Nothing on this page is shown any more. What was saved before is kept."))
    st.markdown(f"[{t('Sign in')}](/sign-in)")
    st.stop()


def apologise(error: Exception) -> bool:
    """What the reader sees when the program failed: what is kept, what to do. Streamlit logs the error itself."""
    t, time = language.translator(chosen_language()), language.moment(now())
    icon = ":material/error:"
    if isinstance(error, DiskFull):
        icon = ":material/disc_full:"
        text = told_full(error, t)
    elif isinstance(error, EngineAway):
        icon = ":material/cloud_off:"
        text = t("The engine that answers this page does not answer just now. Nothing is lost: everything is in the "
                 "store, and files can still be uploaded. Tell your administrator to start it, then reload the "
                 "page.")  # fmt: skip
    elif "Corrupt" in str(error):
        text = t("The server could not read a part of the store: its disk may be failing. Stop working here and tell "
                 "your administrator at once: the newest backup has everything up to its hour. The time is {time}.",
                 time=time)  # fmt: skip
    else:
        text = t("Something went wrong on this page. Your data is unharmed: nothing half-done is ever saved. "
                 "Reload the page; if it happens again, tell your administrator the time, {time}.",
                 time=time)  # fmt: skip
    st.error(text, icon=icon)
    return True  # instead of Streamlit's own words


def chosen_language() -> str:
    """The language of this tab, else the one this browser remembers, else Vietnamese."""
    for choice in (st.session_state.get("language"), st.context.cookies.get(LANGUAGE_COOKIE)):
        if choice in language.LANGUAGES:
            return choice
    return language.DEFAULT


def role_name(role: str, t: Callable[..., str]) -> str:
    """The role in the reader's language."""
    return {"leader": t("leader"), "gatekeeper": t("gatekeeper"), "viewer": t("viewer")}[role]


def end_of_menu(here: Page, screen: str) -> None:
    """The button that ends the session. It also tells the browser which language the page is in, and to remember it,
    and on a phone to put the menu away when another `screen` was chosen.
    """
    _end_of_menu(key="sign_out", data={"text": here.t("Sign out"), "language": here.language, "screen": screen})


# A form of plain HTML: the cookie can only be taken back by an answer to a request. Scripts cannot read it.
_end_of_menu = st.components.v2.component(
    "quetma_end_of_menu",
    html='<form method="post" action="/sign-out"></form>',
    css="""
        form { margin: 0; }
        button {
            width: 100%; padding: 0.4rem 0.75rem; font: inherit; color: var(--st-text-color); cursor: pointer;
            background: transparent; border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
        }
        button:hover, button:focus-visible { color: var(--st-link-color); border-color: var(--st-link-color); }
    """,
    js=f"""
        let shown;
        export default function ({{ data, parentElement }}) {{
            if (shown !== undefined && shown !== data.screen && matchMedia("(max-width: 768px)").matches) {{
                // On a phone the menu covers the page, and Streamlit opens it again once the chosen page has come.
                const menu = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
                menu?.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
            }}
            shown = data.screen;
            const button = document.createElement("button");
            button.textContent = data.text;
            parentElement.querySelector("form").replaceChildren(button);
            document.documentElement.lang = data.language;
            document.cookie = `{LANGUAGE_COOKIE}=${{data.language}}; path=/; max-age=31536000; samesite=lax`;
        }}
    """,
)
