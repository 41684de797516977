"""The unit's settings: what may differ between units or change by rule, with its default and where that comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from duckdb import DuckDBPyConnection

from quetma.store import Store, query


@dataclass(frozen=True)
class Setting:
    """One setting: how its stored text is read, the value when nothing is stored, and the reason for that value."""

    read: Callable[[str], Any]
    default: Any
    why: str


SETTINGS = {
    "assumed_minutes": Setting(
        int, 240, "how long a stay without a scan out (or in) is taken to last: half a working day"
    ),
    "declaration_days": Setting(int, 1, "for how many days a health declaration counts, the day it is given included"),
    "accepted_apps": Setting(
        lambda text: tuple(filter(None, text.split("|"))),
        (),
        "the apps the unit's own instruction accepts on any day; none: those of the dated list (quetma/duties.toml)",
    ),
    "vaccinated_needs": Setting(str, "one", "what counts as vaccinated: one dose, the full course, or a booster"),
    "upload_limit_mb": Setting(int, 200, "how large a file one upload may be: three million rows and more"),
    "public_address": Setting(
        str, "", "at which address visitors' phones reach this dashboard: what the printed codes lead to"
    ),
    "visitor_days": Setting(
        int,
        28,
        "for how many days a check-in of a visitor is kept, as they are told: two incubation periods",
    ),
    "backup_at": Setting(time.fromisoformat, time(1, 0), "from which hour on the day's backup is made: at night"),
    "backup_kept": Setting(int, 14, "how many backups that were made by themselves are kept: two weeks"),
    "backup_folder": Setting(str, "", "where they lie; '' is backups/ in the store's folder, on the same disk"),
    "snapshot_folder": Setting(str, "", "where the day's snapshot for analysts is published; '' is nowhere"),
    "snapshot_at": Setting(time.fromisoformat, time(2, 30), "from which hour on: at night, after the backup"),
    "notice_vi": Setting(
        str, "", "what visitors are told of who keeps what they write and for what; '' is our own text"
    ),
    "notice_en": Setting(str, "", "the same in English"),
    "scan_days": Setting(int, 0, "for how many days visitors of uploaded lists are known by name; 0 is without end"),
    "symptom_days": Setting(int, 0, "the same of symptoms that were declared"),
    "dose_days": Setting(int, 0, "the same of where a dose was given, and its lot"),
    "absence_days": Setting(int, 0, "the same of why somebody was absent"),
    "case_days": Setting(int, 0, "the same of symptoms and notes of closed cases and their contacts"),
    "document_days": Setting(int, 0, "the same of files of documents made"),
    "audit_days": Setting(int, 0, "the same of lines of the audit"),
    "regular_kinds": Setting(
        lambda text: tuple(filter(None, text.split("|"))), (), "which documents are made by themselves; none at first"
    ),
    "regular_at": Setting(time.fromisoformat, time(6, 30), "from which hour on: before the working day begins"),
    "regular_to": Setting(lambda text: tuple(text.split()), (), "whom they are sent to; nobody at first"),
    "regular_daily_since": Setting(datetime.fromisoformat, None, "when that was switched on: no day before is due"),
    "regular_weekly_since": Setting(datetime.fromisoformat, None, "the same of weeks"),
    "regular_monthly_since": Setting(datetime.fromisoformat, None, "the same of months"),
    "smtp_host": Setting(str, "", "the mail server reminders go through; '' is none"),
    "smtp_port": Setting(int, 587, "submission with STARTTLS (RFC 6409); 465 is TLS from the first byte (RFC 8314)"),
    "smtp_security": Setting(str, "starttls", "starttls | tls | none, which is for a server on this machine only"),
    "smtp_user": Setting(str, "", "who the mail server is told that we are; '' when it asks for none"),
    "smtp_sender": Setting(str, "", "the address that reminders come from"),
    "session_hours": Setting(int, 12, "for how long one signs in: a working day with its overtime"),
    "session_idle_minutes": Setting(int, 120, "how long a signed-in browser may lie unused"),
    "leaders_second_factor": Setting(
        lambda text: text == "yes", False, "whether leaders must have a second factor: a phone with an app is needed"
    ),
    "oidc_issuer": Setting(str, "", "the agency's own sign-in (OpenID Connect), by its address; '' is none"),
    "oidc_client": Setting(str, "", "what the dashboard is called there"),
    "oidc_claim": Setting(str, "roles", "which claim says who is in which groups"),
    "oidc_leaders": Setting(lambda text: tuple(text.split()), (), "the groups there whose people are leaders here"),
    "oidc_gatekeepers": Setting(lambda text: tuple(text.split()), (), "the same of gatekeepers"),
    "oidc_viewers": Setting(lambda text: tuple(text.split()), (), "the same of viewers"),
    "unit_name": Setting(str, "", "the unit's name as it stands on screens and exports"),
    "agency_parent": Setting(str, "", "the agency above, at the head of official documents (Decree 30/2020/NĐ-CP)"),
    "agency_name": Setting(str, "", "the issuing agency at their head; '' is the unit's name"),
    "agency_symbol": Setting(str, "", "its abbreviation in their symbol, as in …/BC-ĐQLTT2"),
    "agency_place": Setting(str, "", "the name of the place before their date"),
    "agency_authority": Setting(
        str, "", "on whose behalf they are signed, as in KT. ĐỘI TRƯỞNG; '' is in one's own right"
    ),
    "agency_title": Setting(str, "", "the title of who signs them"),
    "agency_signer": Setting(str, "", "the name of who signs them"),
    "agency_recipients": Setting(
        lambda text: tuple(filter(None, text.split("\n"))), (), "to whom they go, under Nơi nhận, without the archive"
    ),
}


def put(cursor: DuckDBPyConnection, key: str, value: str) -> None:
    """Stores a setting, as text, within a write."""
    if key not in SETTINGS:
        raise KeyError(key)
    cursor.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [key, value])


def get(source: Store | DuckDBPyConnection, key: str) -> Any:
    """The value of a setting: what is stored, else its default. Inside a write, pass its cursor."""
    setting = SETTINGS[key]
    if isinstance(source, Store):
        stored = source.setting(key)
    else:
        stored = dict(source.execute(query("settings/stored")[0]).fetchall()).get(key)
    return setting.default if stored is None else setting.read(stored)
