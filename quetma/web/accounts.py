"""The parts of the page Accounts: all accounts and what can be done with them, the sessions, the limits."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import settings, units
from quetma.access import accounts, audit, oidc, second, sessions
from quetma.access.accounts import Account, AccountError
from quetma.access.chain import Line
from quetma.access.rights import ROLES
from quetma.access.sessions import Session
from quetma.store import now
from quetma.units import Unit
from quetma.web import steps, widgets
from quetma.web.page import role_name

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = "accounts_first_password"  # account and first password, until the next thing is done on the page
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "CrOS", "Linux")


def everybody(here: "Page") -> None:
    """All accounts; one that is chosen can be changed; another can be added."""
    t, store = here.t, here.store
    known = [account for account in accounts.every(store) if account.password_hash != accounts.NO_PASSWORD]
    tree = {unit.unit_id: unit for unit in units.every(store)}
    counts = pl.Series("account", [session.account for session in sessions.live(store)], pl.String)
    last = sessions.last_starts(store)
    rows = pl.DataFrame(
        {
            "name": [account.name for account in known],
            "role": [role_name(account.role, t) for account in known],
            "unit": [tree[of].name if (of := units.of(store, account.unit)) in tree else "" for account in known],
            "state": [_state(account, t) for account in known],
            "second": ["✓" if account.second else "–" for account in known],
            "last": [last.get(account.name) for account in known],
            "sessions": [int((counts == account.name).sum()) for account in known],
        },
        schema_overrides={"last": pl.Datetime},
    )
    if len(tree) < 2:
        rows = rows.drop("unit")
    title = t("All accounts: {n}", n=len(known))
    st.subheader(title, anchor=False)
    widgets.table(
        rows,
        {
            "name": st.column_config.TextColumn(t("Name"), pinned=True),
            "role": t("Role"),
            **({"unit": t("Team or unit")} if len(tree) > 1 else {}),
            "state": t("State"),
            "second": t("Second factor"),
            "last": st.column_config.DatetimeColumn(t("Last signed in"), format="HH:mm DD/MM/YYYY"),
            "sessions": t("Signed in now"),
        },
        alt=title,
    )
    _first_password(here)
    left, right = st.columns(2, gap="large")
    with left, st.form("account_add", clear_on_submit=True):
        st.markdown(f"**{t('Add an account')}**")
        name = st.text_input(t("Name"), max_chars=accounts.LONGEST_NAME, key="account_new_name")
        role = st.selectbox(
            t("Role"), ROLES, index=ROLES.index("viewer"), format_func=lambda r: role_name(r, t), key="account_new_role"
        )
        unit = None
        if len(tree) > 1:
            unit = st.selectbox(
                t("Team or unit"), list(tree), index=None, format_func=units.named(tree), placeholder=t("Choose one"),
                key="account_new_unit",
            )  # fmt: skip
        if st.form_submit_button(t("Add"), icon=":material/person_add:"):
            if len(tree) > 1 and unit is None:  # the topmost sees everything: nobody is of it by oversight
                st.error(t("Say of which unit they are. No account was made."), icon=":material/error:")
            else:
                _do(here, lambda: _shown(*accounts.add_first(store, name, role, here.account, unit)))
    with right:
        _one(here, known, tree)


def _one(here: "Page", known: list[Account], tree: dict[int, Unit]) -> None:
    """What can be done with one account."""
    t, store, by = here.t, here.store, here.account
    with st.container(border=True):
        st.markdown(f"**{t('Change an account')}**")
        names = {account.name: account for account in known}
        name = st.selectbox(t("Account"), list(names), index=None, placeholder=t("Choose one"), key="account_chosen")
        if name is None:
            return
        account = names[name]
        role = st.selectbox(
            t("Role"), ROLES, index=ROLES.index(account.role), format_func=lambda r: role_name(r, t),
            key=f"account_role_{name}_{account.role}",
        )  # fmt: skip
        unit = own = units.of(store, account.unit)
        if len(tree) > 1:
            unit = st.selectbox(
                t("Team or unit"), list(tree), index=list(tree).index(own) if own in tree else None,
                format_func=units.named(tree), key=f"account_unit_{name}_{own}",
            )  # fmt: skip

        def changed(action: Callable[[], object]) -> None:
            """Does it, and ends the sessions, which still have what was before."""
            _do(here, lambda: (action(), sessions.end_all(store, name, but=here.session.key)))

        with st.container(horizontal=True):
            if role != account.role and st.button(t("Save the role"), type="primary", key="account_role_save"):
                changed(lambda: accounts.set_role(store, name, role, by))
            if unit != own and st.button(t("Save the unit"), type="primary", key="account_unit_save"):
                changed(lambda: accounts.set_unit(store, name, unit, by))
            if account.has_password and st.button(
                t("New first password"), icon=":material/lock_reset:", key="account_reset"
            ):
                changed(lambda: _shown(name, accounts.reset(store, name, by)))
            if (
                account.second
                and name != by
                and st.button(t("Take the second factor away"), icon=":material/mobile_off:", key="account_second")
            ):
                changed(lambda: second.reset(store, name, by))
            if account.off_since:
                if st.button(t("Switch on"), icon=":material/toggle_on:", key="account_on"):
                    _do(here, lambda: accounts.switch(store, name, True, by))
            elif st.button(t("Switch off"), icon=":material/toggle_off:", key="account_off"):
                changed(lambda: accounts.switch(store, name, False, by))
        st.caption(t("Whoever's account is changed is signed out everywhere and signs in again."))


def signed_in(here: "Page", live: list[Session], title: str) -> None:
    """The browsers that are signed in, each with a button that ends it, for whoever gave the password moments ago."""
    t = here.t
    may_end = _may_end(here)
    rows = pl.DataFrame(
        {
            "account": [session.account for session in live],
            "browser": [
                (_browser(session.browser) or "–") + (f" · {t('this one')}" if session.key == here.session.key else "")
                for session in live
            ],
            "address": [session.address or "–" for session in live],
            "started": [session.started for session in live],
            "used": [sessions.last_used(session) for session in live],
        }
    )
    if may_end:
        rows = rows.insert_column(1, pl.repeat(t("Sign out"), rows.height, eager=True).alias("_end"))
    moment = st.column_config.DatetimeColumn
    keys = [session.key for session in live]
    st.dataframe(
        rows,
        column_config={
            "account": t("Name"),
            "_end": st.column_config.ButtonColumn(
                "", width="small", on_click=_end, args=(here, "session_end", keys), key="session_end"
            ),
            "browser": t("Browser"),
            "address": t("Network address"),
            "started": moment(t("Signed in at"), format="HH:mm DD/MM/YYYY"),
            "used": moment(t("Last used"), format="HH:mm DD/MM/YYYY"),
        },
        hide_index=True,
        placeholder="",
        key="sessions_live",
        alt=title,
    )
    if not may_end:
        st.link_button(t("Sign out a browser: enter your password"), steps.AGAIN, icon=":material/lock_open:")


def limits(here: "Page") -> None:
    """How long sessions last, and whether leaders must have a second factor."""
    t, store = here.t, here.store
    with st.expander(t("Limits"), icon=":material/tune:", key="account_limits"), st.form("account_limits_form"):
        hours = st.number_input(t("Sign out after so many hours"), 1, 24, settings.get(store, "session_hours"))
        idle = st.number_input(
            t("Sign out after so many minutes in which nothing is done"), 5, 720,
            settings.get(store, "session_idle_minutes"), step=5,
        )  # fmt: skip
        must = st.checkbox(
            t("Leaders must have a second factor: they set it up at their next sign-in"),
            settings.get(store, "leaders_second_factor"),
        )
        if st.form_submit_button(t("Save")):
            told = {
                "session_hours": str(hours), "session_idle_minutes": str(idle),
                "leaders_second_factor": "yes" if must else "no",
            }  # fmt: skip
            with store.write() as cursor:
                for key, value in told.items():
                    settings.put(cursor, key, value)
                audit.log_within(cursor, here.account, "account_limits", ", ".join(f"{k} {v}" for k, v in told.items()))
            st.rerun()


PROVIDER = ("oidc_issuer", "oidc_client", "oidc_claim", *(f"oidc_{role}s" for role in ROLES))


def provider(here: "Page") -> None:
    """The agency's own sign-in: where it is, and which groups there are which role."""
    t, store = here.t, here.store
    labels = {
        "oidc_issuer": t("Address of the provider (issuer)"),
        "oidc_client": t("Client ID of this dashboard there"),
        "oidc_claim": t("Claim that names the groups"),
        "oidc_leaders": t("Groups of leaders"),
        "oidc_gatekeepers": t("Groups of gatekeepers"),
        "oidc_viewers": t("Groups of viewers"),
    }
    with st.expander(t("Sign-in through the agency (OpenID Connect)"), icon=":material/login:", key="account_provider"):
        st.caption(
            t("Its client secret stands in the file {file} of the store's folder, never here. Tell the provider this "
              "address of return: the dashboard's own, followed by {path}.", file=f"`{oidc.SECRET}`",
              path="`/sign-in/oidc/back`")
        )  # fmt: skip
        with st.form("account_provider_form"):
            given = {}
            for key in PROVIDER:
                kept = settings.get(store, key)
                given[key] = st.text_input(labels[key], kept if isinstance(kept, str) else " ".join(kept))
            if not st.form_submit_button(t("Save")):
                return
            given = {key: text.strip() for key, text in given.items()}
            if given["oidc_issuer"] and not oidc.safe(given["oidc_issuer"]):
                st.error(t("The address must begin with https://. Nothing was changed."), icon=":material/error:")
                return
            with store.write() as cursor:
                for key, text in given.items():
                    settings.put(cursor, key, text)
                audit.log_within(cursor, here.account, "account_provider", given["oidc_issuer"])
            st.rerun()


def _state(account: Account, t: Callable[..., str]) -> str:
    if account.off_since:
        return t("switched off")
    return t("first password, not changed yet") if account.must_change else t("in use")


def _first_password(here: "Page") -> None:
    """Shows a first password, once: in the run after it was made, and until the next thing is done on the page."""
    shown = st.session_state.pop(SHOWN, None)
    if shown is None:
        return
    name, password = shown
    t = here.t
    with st.container(border=True):
        days = accounts.FIRST_LASTS.days
        st.markdown(
            ":material/key: "
            + t("First password of {name}. It is shown only now: give it to them alone. It can be used for {n} days "
                "and is changed at the first sign-in.", name=widgets.plain(name), n=days)
        )  # fmt: skip
        st.code(password, language=None)


def _shown(name: str, password: str) -> None:
    st.session_state[SHOWN] = (name, password)


def _do(here: "Page", action: Callable[[], object]) -> None:
    """Does it and draws the page anew, or says why not."""
    try:
        action()
    except AccountError as error:
        st.error(here.t(error.message, **error.gaps), icon=":material/error:")
        return
    st.rerun()


def _may_end(here: "Page") -> bool:
    own = accounts.find(here.store, here.account)
    return sessions.proved(here.session) or own is None or not own.has_password


def _end(here: "Page", click: str, keys: list[str]) -> None:
    if not _may_end(here):
        return
    key = keys[st.session_state[click]["row"]]
    known = {session.key: session for session in sessions.live(here.store)}
    if key in known and (here.may("accounts") or known[key].account == here.account):
        line = Line(now(), here.account, "session_ended", known[key].account, known[key].address)
        sessions.end_key(key, line)


def _browser(told: str) -> str:
    """`Chrome, Windows` from what a browser calls itself."""
    name = next((shown for word, shown in BROWSERS if re.search(rf"\b{word}/", told)), "")
    system = next((word for word in SYSTEMS if word in told), "")
    return ", ".join(part for part in (name, {"Macintosh": "macOS", "CrOS": "ChromeOS"}.get(system, system)) if part)
