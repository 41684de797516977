"""The words for what is due, done and decided: about cases, their contacts, and duties; on screens and in files."""

from typing import Any

from quetma.follow_up import Questionnaire
from quetma.language import Translate, day


def capital(text: str) -> str:
    """The text with a capital first letter; the others stay, as in `Không quét mã QR`."""
    return text[:1].upper() + text[1:]


def states(t: Translate) -> dict[str, str]:
    """What a case may be."""
    return {
        "suspected": t("suspected"),
        "confirmed": t("confirmed"),
        "recovered": t("recovered"),
        "ruled_out": t("ruled out"),
    }


def tasks(t: Translate) -> dict[str, str]:
    """What may be due about a contact."""
    return {
        "ill": t("Ill or tested positive: register as a case"),
        "call": t("Call them"),
        "verdict": t("Decide: close contact or not"),
        "quarantine": t("Arrange quarantine"),
        "test": t("Test"),
        "health": t("Ask how they are"),
        "release": t("Quarantine ends today"),
    }


def progress(t: Translate) -> dict[str, str]:
    """How far the follow-up of a contact is; the sign says it without colour."""
    return {
        "following": "● " + t("followed"),
        "case": "▲ " + t("a case themself"),
        "cleared": "○ " + t("cleared"),
        "lost": "? " + t("lost"),
        "done": "✓ " + t("done"),
    }


def kinds(t: Translate) -> dict[str, str]:
    """The kinds of entries."""
    return {
        "called": t("Call"),
        "questionnaire": t("Questions"),
        "verdict": t("Decision"),
        "quarantine": t("Quarantine"),
        "test": t("Test"),
        "health": t("Health"),
        "lost": t("Lost"),
    }


def outcomes(t: Translate) -> dict[str, dict[str, str]]:
    """What may come out of each kind of entry."""
    return {
        "called": {"reached": t("reached"), "no_answer": t("no answer"), "wrong_number": t("wrong number")},
        "questionnaire": {"": ""},
        "verdict": {"contact": t("close contact"), "cleared": t("no close contact")},
        "quarantine": {
            "home": t("at home"),
            "centre": t("in a quarantine centre"),
            "hospital": t("in a hospital"),
            "elsewhere": t("elsewhere"),
        },
        "health": {"well": t("well"), "ill": t("ill")},
        "test": {"pending": t("sample taken, no result yet"), "negative": t("negative"), "positive": t("positive")},
        "lost": {"": t("cannot be found")},
    }


def questions(t: Translate) -> dict[str, str]:
    """The questions a contact is asked, those answered with yes or no."""
    return {
        "met": t("Did they meet at all?"),
        "near": t("Within 2 metres?"),
        "closed": t("In one closed room or vehicle?"),
        "masked": t("Both masked, all the time?"),
    }


def answers(t: Translate, said: Questionnaire) -> str:
    """What a contact answered, in one line."""
    yes = {True: t("yes"), False: t("no")}
    parts = [
        f"{question} {yes[getattr(said, name)]}"
        for name, question in questions(t).items()
        if getattr(said, name) is not None
    ]
    if said.minutes is not None:
        parts.append(t("{n} minutes together", n=said.minutes))
    return " ".join(parts) if parts else t("nothing known")


def entry(t: Translate, row: dict[str, Any]) -> str:
    """An entry (a row of queries/follow_up/entries.sql) in words."""
    said = [kinds(t)[row["kind"]]]
    if outcome := outcomes(t)[row["kind"]][row["outcome"]]:
        said.append(outcome)
    if row["kind"] == "quarantine":
        said.append(t("from {since} to {until}", since=day(row["happened_at"].date()), until=day(row["until"])))
    if row["kind"] == "questionnaire":
        said.append(answers(t, Questionnaire.from_json(row["detail"])))
    elif row["detail"]:
        said.append(f"“{row['detail']}”")
    return ": ".join([said[0], ", ".join(said[1:])]) if len(said) > 1 else said[0]


def due(t: Translate, row: dict[str, Any]) -> str:
    """What is due about a contact (a row of `follow_up.state`) in one line; what is overdue is marked so."""
    names = tasks(t)
    return ", ".join(names[task] + (f" ({t('overdue')})" if task in row["overdue"] else "") for task in row["tasks"])


def measures(t: Translate) -> dict[str, str]:
    """The figures of public health by their names in `follow_up.behind`, in the order they are told."""
    return {
        "contacts": t("Contacts listed"),
        "reached": t("Reached within 24 hours"),
        "daily": t("Asked every day how they are"),
        "quarantined": t("In quarantine now"),
        "cleared": t("Cleared: no close contact"),
        "cases": t("Fell ill: a case themselves"),
        "lost": t("Lost"),
        "done": t("Follow-up done"),
    }


def steps(t: Translate) -> dict[str, str]:
    """The steps of the ladder for those who miss a duty."""
    return {"remind": t("reminder"), "criticise": t("criticism"), "sanction": t("sanction")}


def channels(t: Translate) -> dict[str, str]:
    """How a decision may reach the person concerned."""
    return {"handed": t("handed over in writing"), "told": t("told in person"), "email": t("by e-mail")}


def missed(t: Translate) -> dict[str, str]:
    """What it is to have missed a daily duty."""
    return {"scanned": t("no QR scan"), "declared": t("no health declaration")}


def duties(t: Translate) -> dict[str, str]:
    """The four duties of the staff."""
    return {
        "apps": t("App installed"),
        "vaccinated": t("Vaccinated"),
        "declared": t("Declared health"),
        "scanned": t("Scanned"),
    }


def levels(t: Translate) -> dict[str, str]:
    """How far somebody's confirmed doses go."""
    return {
        "none": t("no confirmed dose"),
        "one": t("one dose"),
        "full": t("full course"),
        "booster": t("full course and booster"),
    }


def kinds_of_case(t: Translate) -> dict[str, str]:
    """The classes of people the playbook has steps for."""
    return {"suspected": t("suspected case"), "f0": "F0", "f1": "F1", "f2": "F2"}


def progress_of_measure(t: Translate) -> dict[str, str]:
    """How far a measure of the plan is."""
    return {"planned": "○ " + t("planned"), "doing": "◐ " + t("under way"), "done": "✓ " + t("done")}


def grades(t: Translate) -> dict[int, str]:
    """How likely a risk is, and how bad its effect."""
    return {1: t("low"), 2: t("medium"), 3: t("high")}


def problems(t: Translate) -> dict[str, str]:
    """What may be wrong with a shift."""
    return {
        "gap": t("nobody"),
        "twice": t("has another duty on that day"),
        "absent": t("is absent"),
        "away": t("is in quarantine or a case"),
        "left": t("is no longer on the staff list"),
    }


def documents(t: Translate) -> dict[str, str]:
    """The kinds of documents that are made and kept (quetma/archive.py)."""
    return {
        "report": t("Report of a period"),
        "dossier": t("Trace dossier"),
        "letter": t("Official letter"),
        "history": t("Scan history on request"),
        "workbook": t("Workbook of the whole dashboard"),
        "summary": t("Daily summary"),
    }
