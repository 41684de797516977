"""What a visitor wrote into the form, and what is wrong with it, in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quetma.language import DEFAULT, Translate, translator
from quetma.people import clean, is_masked, phone

LONGEST = {"name": 80, "phone": 20, "came_from": 120, "purpose": 120, "host": 80}
NO_NAME = re.compile(r"\d{4}|[<>{}|]|://")  # numbers, markup, addresses
NOTHING = "none"
HEALTH = {  # what the form asks: field value → words
    "fever": "Fever (37.5 °C or more)",
    "cough": "Cough",
    "throat": "Sore throat",
    "breath": "Difficult breathing",
    "taste": "Loss of taste or smell",
    "contact": "In the last 14 days close to somebody with COVID-19",
    NOTHING: "None of these",
}
PURPOSES = (
    "Hand in papers",
    "Work with an official",
    "Meeting",
    "Delivery",
    "Repair or cleaning",
)


@dataclass(frozen=True)
class Answers:
    """The form's fields, tidied. trap: what stands in the field that people do not see."""

    direction: Literal["in", "out"] = "in"
    name: str = ""
    phone: str = ""
    came_from: str = ""
    purpose: str = ""
    host: str = ""
    health: tuple[str, ...] = ()
    remember: bool = False
    trap: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Sequence[str]]) -> "Answers":
        """The fields of a form that was sent. Unknown ones mean nothing."""

        def sent(name: str) -> str:
            return clean(fields.get(name, [""])[0].replace("\0", ""))

        health = tuple(value for value in HEALTH if value in fields.get("health", ()))
        return cls(
            direction="out" if sent("direction") == "out" else "in", health=health, remember=sent("remember") == "yes",
            trap=sent("website"), **{name: sent(name) for name in LONGEST},
        )  # fmt: skip

    @property
    def symptoms(self) -> str | None:
        """What was declared, in Vietnamese as in every log; "" for nothing; None when leaving, which asks nothing."""
        if self.direction == "out":
            return None
        t = translator(DEFAULT)
        return ", ".join(t(HEALTH[value]) for value in self.health if value != NOTHING)

    def wrong(self, t: Translate) -> dict[str, str]:
        """Field → what is wrong with it; {} when the passage can be stored."""
        found: dict[str, str] = {}
        if not re.search(r"[^\W\d_]{2}", self.name) or is_masked(self.name) or NO_NAME.search(self.name):
            found["name"] = t("Write your full name, in letters.")
        if phone(self.phone) is None:
            found["phone"] = t("Write your phone number, for example 0912 345 678.")
        for name, longest in LONGEST.items():
            if len(getattr(self, name)) > longest:
                found[name] = t("At most {n} characters.", n=longest)
        if self.direction == "in":
            if not self.health:
                found["health"] = t("Tick what applies to you, or that none of it does.")
            elif NOTHING in self.health and len(self.health) > 1:
                found["health"] = t("Tick either a sign, or that there is none.")
        return found
