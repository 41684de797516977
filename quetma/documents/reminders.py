"""What to write to staff who missed a duty: which days, what is asked of them, what was decided. Texts to copy, to
print and to send. They say nothing of anybody's health, and nothing of anybody else.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from quetma import terms
from quetma.language import Translate, day


def reminder(t: Translate, name: str, duty: str, days: Sequence[date], unit: str = "") -> str:
    """To one person, about the days on which they did not do the duty."""
    asked = {
        "scanned": t("you have no QR scan at the unit's premises"),
        "declared": t("you have given no health declaration"),
    }[duty]
    wanted = {
        "scanned": t("Please scan the code each time you enter and leave."),
        "declared": t("Please declare your health electronically each working day."),
    }[duty]
    return " ".join([
        t("{unit} to {name}: on {days} {asked}.", unit=unit or t("Your unit"), name=name, days=_listed(days),
          asked=asked),
        wanted,
        t("If you did, or could not, tell your leader why."),
    ])  # fmt: skip


def notice(t: Translate, row: dict[str, Any], unit: str = "") -> str:
    """To the person concerned, what was decided (a row of `conduct.ledger`), and that they may answer."""
    parts = [
        t("{unit} to {name}: decided on {day}: {step}.", unit=unit or t("Your unit"), name=row["name"],
          day=day(row["decided_on"]), step=terms.steps(t)[row["step"]]),
        t("About: {duty}, {days}.", duty=terms.missed(t)[row["duty"]], days=_listed(row["missed"])),
        t("Reason: {reason}.", reason=row["reason"].rstrip(".")),
    ]  # fmt: skip
    if row["document"]:
        parts.append(t("Document: {number}.", number=row["document"]))
    parts.append(t("If this is not right, tell your leader; a decision can be taken back."))
    return " ".join(parts)


def letter(t: Translate, row: dict[str, Any], unit: str = "") -> tuple[str, str]:
    """Subject and text for a row of `conduct.ledger`: of a reminder the reminder, of any other step the notice."""
    subject = t("From your unit: {step}", step=terms.steps(t)[row["step"]])
    if row["step"] == "remind":
        return subject, reminder(t, row["name"], row["duty"], row["missed"], unit)
    return subject, notice(t, row, unit)


def extract(t: Translate, rows: Sequence[dict[str, Any]], unit: str = "") -> str:
    """Everything decided about one person (rows of `conduct.everything`), to be handed to them when they ask."""
    lines = [
        t("{unit}: decisions about {name}: {n}.", unit=unit or t("Your unit"), name=rows[0]["name"], n=len(rows))
    ]  # fmt: skip
    for row in rows:
        said = t("{day}: {step}. {duty}, {days}. Reason: {reason}.", day=day(row["decided_on"]),
                 step=terms.steps(t)[row["step"]], duty=terms.capital(terms.missed(t)[row["duty"]]),
                 days=_listed(row["missed"]), reason=row["reason"].rstrip("."))  # fmt: skip
        if row["document"]:
            said += " " + t("Document: {number}.", number=row["document"])
        if row["taken_back_at"]:
            said += " " + t("Taken back on {day}: {reason}.", day=day(row["taken_back_at"]),
                            reason=row["taken_back_why"].rstrip("."))  # fmt: skip
        lines.append("- " + said)
    return "\n".join(lines)


def as_list(texts: Sequence[tuple[str, str, str]]) -> str:
    """Several texts (name, phone, text) as one, each under whom it goes to."""
    return "\n\n".join(f"{name} · {phone}".strip(" ·") + f"\n{text}" for name, phone, text in texts)


def _listed(days: Sequence[date]) -> str:
    return ", ".join(map(day, days))
