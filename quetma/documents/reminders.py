"""What to write to staff who missed a duty: which days, what is asked of them, what was decided. A text to copy."""

from collections.abc import Sequence
from datetime import date

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


def notice(t: Translate, row: dict, unit: str = "") -> str:
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


def as_list(texts: Sequence[tuple[str, str, str]]) -> str:
    """Several texts (name, phone, text) as one, each under whom it goes to."""
    return "\n\n".join(f"{name} · {phone}".strip(" ·") + f"\n{text}" for name, phone, text in texts)


def _listed(days: Sequence[date]) -> str:
    return ", ".join(map(day, days))
