"""The muster list: who is on site, to be printed and ticked off when everybody has to leave (PDF by Typst)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import typst

from quetma import language, settings
from quetma.documents.poster import FONTS
from quetma.language import Translate
from quetma.store import Store

TEMPLATE = Path(__file__).parent / "muster.typ"


def pdf(store: Store, people: pl.DataFrame, at: datetime, t: Translate) -> bytes:
    """Who is on site (`quetma.flow.OnSite.people`, asked with names) by location, with a box to tick for each."""
    places = [
        {
            "name": place,
            "count": t("{n} people", n=there.height),
            "rows": [
                {
                    "name": row["name"],
                    "kind": {"staff": t("Staff"), "visitor": t("Visitor")}[row["kind"]],
                    "phone": row["phone"] or "",
                    "since": f"{row['since']:%H:%M}",
                    "host": row["host"] or "",
                }
                for row in there.iter_rows(named=True)
            ],
        }
        for (place,), there in sorted(people.group_by("location"), key=lambda group: str(group[0]))
    ]
    data = {
        "title": t("Muster list"),
        "unit": settings.get(store, "unit_name"),
        "as_of": t("On site at {moment}: {n}", moment=language.moment(at), n=people.height),
        "heads": ["", t("Full name"), t("Who"), t("Since"), t("Phone"), t("Comes to see")],
        "places": places,
        "foot": t("Counted at …… : …… people. Missing: ……………………………… Signature: ………………"),
    }
    files: Any = {"main.typ": TEMPLATE.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    made = typst.compile(files, font_paths=[FONTS], ignore_system_fonts=True, format="pdf")
    return made[0] if isinstance(made, list) else made
