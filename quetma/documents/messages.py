"""What to write to an F1 or F2: where and when, what to do, whom to call. Never who the case is."""

from dataclasses import dataclass
from typing import Any

from quetma import tracing
from quetma.language import Translate, day, moment, translator


@dataclass(frozen=True)
class Message:
    """A text for one person, in the class they are in."""

    person_id: int
    degree: str
    name: str
    phone: str
    text: str


def messages(answer: tracing.Trace, language: str, unit: str = "", call: str = "") -> list[Message]:
    """A message for each suspected F1 and F2 who has a phone, in the answer's order.

    unit: who writes. call: the name or number to call back, "" where nobody said it.
    """
    t = translator(language)
    return [
        Message(row["person_id"], degree, row["name"], row["phone_shown"], _text(row, degree, unit, call, t))
        for degree, frame in (("F1", answer.f1), ("F2", answer.f2))
        for row in tracing.suspected(frame).iter_rows(named=True)
        if row["phone"]
    ]


def as_list(found: list[Message]) -> str:
    """All of them as one text, each under the phone it goes to."""
    return "\n\n".join(f"{message.degree} · {message.phone} · {message.name}\n{message.text}" for message in found)


def _text(row: dict[str, Any], degree: str, unit: str, call: str, t: Translate) -> str:
    writer = unit or t("The unit you visited")
    if degree == "F1":
        parts = [
            t("{unit} to {name}: our check-in log shows you at {place} on {day}, from about {begin}, at the same time "
              "as a person who now has COVID-19.", unit=writer, name=row["name"], place=row["location"],
              day=day(row["exposed_at"]), begin=f"{row['exposed_at']:%H:%M}"),
            t("You may be a close contact (suspected F1, to be verified). Please stay at home, keep away from others, "
              "wear a mask, watch your health and tell the health station of your commune at once."),
        ]  # fmt: skip
    else:
        parts = [
            t("{unit} to {name}: our check-in log shows you at {place} at {moment}, together with a person who may be "
              "a close contact of somebody with COVID-19.", unit=writer, name=row["name"], place=row["location"],
              moment=moment(row["exposed_at"])),
            t("You may be an F2 (to be verified). Please avoid meeting others, wear a mask, watch your health and "
              "report any fever, cough or trouble breathing to the health station of your commune."),
        ]  # fmt: skip
    if call:
        parts.append(t("Please call back: {call}.", call=call))
    return " ".join(parts)
