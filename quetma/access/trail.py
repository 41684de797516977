"""Reading the audit: who did what about whom, when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from quetma.language import Translate, day
from quetma.people import fold
from quetma.store import Store, query


@dataclass(frozen=True)
class Filter:
    """What of the audit is asked for; one object gives the binds and the sentence. accounts, actions: () is all.

    text: words that stand in the account, the subject or the detail, in any order, tones or none.
    """

    first: date
    last: date
    accounts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    text: str = ""

    def params(self) -> dict[str, Any]:
        """The binds of queries/audit/totals.sql."""
        return {
            "first": self.first, "last": self.last, "accounts": list(self.accounts), "actions": list(self.actions),
            "words": fold(self.text).split(),
        }  # fmt: skip

    def count(self, store: Store) -> int:
        """How many lines there are."""
        return _asked(store, "audit/totals", self.params())["lines"][0]

    def lines(self, store: Store, rows: int, skip: int = 0) -> pl.DataFrame:
        """Those lines, newest first: number, logged_at, account, action, subject, detail, seal."""
        return _asked(store, "audit/lines", self.params() | {"rows": rows, "skip": skip})

    def sentence(self, t: Translate, n: int) -> str:
        """`Lines of the audit from 01/08/2021 to 27/08/2021: 12. Who: An. Text: mai.`"""
        parts = [t("Lines of the audit from {first} to {last}: {n}.", first=day(self.first), last=day(self.last), n=n)]
        if self.accounts:
            parts.append(t("Who: {names}.", names=", ".join(self.accounts)))
        if self.actions:
            told = words(t)
            parts.append(t("What: {actions}.", actions=", ".join(told.get(action, action) for action in self.actions)))
        if self.text.strip():
            parts.append(t("Text: {text}.", text=self.text.strip()))
        return " ".join(parts)

    def sought(self) -> str:
        """What is asked, without how much there is: the subject of the line that this look-up leaves itself."""
        told = [f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}", *self.accounts, *self.actions, self.text.strip()]
        return ", ".join(part for part in told if part)


def known(store: Store) -> tuple[list[str], list[str]]:
    """The accounts and the actions that the audit knows, in order."""
    found = _asked(store, "audit/choices", {})
    return sorted(set(found["account"])), sorted(set(found["action"]))


def _asked(store: Store, name: str, params: dict[str, Any]) -> pl.DataFrame:
    # not `store.ask`: lines are appended without a write of the store, and its answers would stand still
    return store.cursor().sql(query(name)[0], params=params or None).pl()


def words(t: Translate) -> dict[str, str]:
    """The actions in words; one that is missing here is shown as it stands in the audit."""
    return {
        "account_created": t("made an account"),
        "sign_in": t("signed in"),
        "sign_in_failed": t("failed to sign in"),
        "sign_out": t("signed out"),
        "code_failed": t("failed to give the second factor"),
        "password_set": t("set a password"),
        "role_changed": t("changed a role"),
        "account_off": t("switched an account off"),
        "account_on": t("switched an account on"),
        "account_provider": t("changed the sign-in through the agency"),
        "account_limits": t("changed the limits of sessions"),
        "second_factor_on": t("set up a second factor"),
        "second_factor_off": t("took a second factor away"),
        "recovery_code_used": t("signed in with a code on paper"),
        "session_ended": t("ended a session"),
        "open rows": t("looked at the people behind a number"),
        "open ledger": t("looked at the ledger"),
        "open extract": t("looked at what was decided about somebody"),
        "open audit": t("looked at the audit"),
        "open follow-up": t("looked at the contacts of all cases"),
        "open contact": t("looked at a contact"),
        "open case": t("looked at a case"),
        "open upload": t("looked at an upload"),
        "open file": t("looked at a file"),
        "open rejected rows": t("looked at rejected rows"),
        "open saved trace": t("looked at a saved trace"),
        "open drill": t("looked at a drill"),
        "history": t("looked at scans"),
        "who is who": t("looked at who is who"),
        "continuity": t("asked what is uncovered"),
        "trace": t("traced"),
        "save trace": t("saved a trace"),
        "trace backwards": t("traced backwards"),
        "compliance": t("asked for compliance"),
        "register case": t("registered a case"),
        "change case": t("changed a case"),
        "list contacts": t("listed contacts"),
        "follow up": t("entered something about a contact"),
        "take back follow up": t("took back what was entered"),
        "step done": t("ticked a step of the checklist"),
        "step not done": t("unticked a step of the checklist"),
        "decide": t("decided about missed duties"),
        "take back decision": t("took a decision back"),
        "notice given": t("told the person concerned"),
        "notice failed": t("failed to send a letter"),
        "save plan": t("saved a version of the plan"),
        "change rota": t("changed the rota"),
        "set up mail": t("set mail up"),
        "try mail": t("sent a letter to try mail"),
        "change address": t("changed an e-mail address"),
        "upload": t("uploaded"),
        "undo upload": t("took an upload back"),
        "mend": t("mended rejected rows"),
        "take file away": t("took a file away"),
        "change source": t("changed the source of an upload"),
        "inbox failed": t("the inbox refused a file"),
        "start drill": t("began a drill"),
        "finish drill": t("finished a drill"),
        "merge": t("said that two are one person"),
        "unmerge": t("took back that two are one"),
        "apart": t("said that two are two people"),
        "export scans": t("took scans along"),
        "export trace": t("took a trace along"),
        "export contacts": t("took the contacts along"),
        "export drills": t("took the drills along"),
        "export ledger": t("took the ledger along"),
        "export audit": t("took the audit along"),
        "export rejected rows": t("took rejected rows along"),
        "add place": t("added a place"),
        "edit place": t("changed a place"),
        "close place": t("closed a place"),
        "reopen place": t("opened a place again"),
        "add unit": t("added a unit"),
        "edit unit": t("changed a unit"),
        "remove unit": t("removed a unit"),
        "give places": t("gave places to a unit"),
        "unit_changed": t("changed the unit of an account"),
        "make poster": t("made a check-in code"),
        "print poster": t("printed a check-in code"),
        "retire poster": t("retired a check-in code"),
        "set public address": t("changed the address of the codes"),
        "badge issued": t("made a badge"),
        "badge revoked": t("took a badge out of use"),
        "badges printed": t("printed badges"),
        "gate in": t("let somebody in at the gate"),
        "gate out": t("let somebody out at the gate"),
        "gate search": t("looked for a name at the gate"),
        "gate turned": t("turned an entry of the gate around"),
        "gate taken back": t("took an entry of the gate back"),
        "gate closed": t("closed a visit that nobody ended"),
        "enter request": t("entered a request for information"),
        "answer request": t("answered a request for information"),
        "refuse request": t("refused a request for information"),
        "open requests": t("looked at requests for information"),
        "set up schedule": t("said what is made by itself"),
        "try again": t("had something tried again"),
        "make document": t("made a document"),
        "open documents": t("looked at the documents made"),
        "remove document": t("removed the file of a document"),
        "open draft": t("looked at the draft of a document"),
        "export document": t("took a document along"),
        "change agency": t("changed what stands on official documents"),
        "muster list": t("printed who is on site"),
        "open person": t("looked at everything about a person"),
        "purge": t("forgot visitors whose time was over"),
        "strike audit": t("struck names of forgotten visitors out of the audit"),
        "delete what is over": t("deleted what is over"),
        "set retention": t("set for how long something is kept"),
        "look at audit chain": t("looked the audit's chain through"),
        "enter own-data request": t("entered somebody's request about their own data"),
        "open own-data requests": t("looked at requests about own data"),
        "end own-data request": t("ended a request about own data"),
        "erase person": t("deleted what was held about somebody"),
        "export person": t("took along everything held about somebody"),
        "set notice": t("changed what visitors are told"),
        "prepare restore": t("made a backup ready to be brought back"),
        "purge audit": t("deleted lines of the audit whose time was over"),
        "backup": t("made a backup"),
        "restore": t("brought a backup back"),
        "backup passphrase": t("changed the passphrase of backups"),
        "set up backups": t("set up the daily backup"),
        "snapshot": t("made a snapshot for analysts"),
        "set up snapshots": t("set up the daily snapshot"),
        "edit": t("changed a table by hand"),
        "setting": t("changed a setting"),
    }
